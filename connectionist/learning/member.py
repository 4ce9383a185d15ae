"""A network of a population, with what the phases that trained it left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.learning.continuation import Continuation
from connectionist.learning.run import LOG_COLUMNS, Run
from connectionist.learning.run_of_seed import PhaseLog, log_lists

if TYPE_CHECKING:
    from connectionist.data.order import PresentationOrder
    from connectionist.engines.engine import Engine, Memory
    from connectionist.engines.population import PopulationJob, PopulationResults
    from connectionist.model.assembly.description import NetworkDescription
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array


LastEpoch = tuple["PopulationJob", "Array", "Memory", "npt.NDArray[np.int64]"]


@dataclass(frozen=True, eq=False)
class TrainedPhase:
    """A phase in which members were trained together.

    Attributes
    ----------
    number : int
        Number of the phase, from 1.
    is_last : bool
        Whether no phase comes later.
    results : PopulationResults or None
        None if the phase has no epochs.
    """

    number: int
    is_last: bool
    results: PopulationResults | None


@dataclass(eq=False, slots=True)
class Member:
    """A network of a population, and its training.

    Parameters
    ----------
    network : Network or None
        Network to train in place; None if the networks are made on demand.
    position : int
        Position among all networks.
    seed : int
        Root seed of the training.
    initial : array [weight]
        Initial weights.
    rate : float or None
        Learning rate instead of that of the rules.
    description : NetworkDescription or None
        Description of a network of the same wiring, from which the network of the run is made; of an unrolled one, that of its original.
    ticks : int or None
        Ticks of an unrolled network with a description.
    """

    network: Network | None
    position: int
    seed: int
    initial: Array
    rate: float | None = None
    description: NetworkDescription | None = None
    ticks: int | None = None
    name_and_seed: tuple[str, int] = ("", 0)  # of the network that is described
    phases: list[tuple[TrainedPhase, int]] = field(default_factory=list)  # those that ran, with the position in each
    job: PopulationJob | None = None  # of the last one
    epoch_before: LastEpoch | None = None  # the last epoch, if the last phase has none
    order: PresentationOrder | None = None  # of the examples, once it is needed
    is_shown: bool = False  # whether the network has the state after training
    seconds: float = 0.0
    run: Run | None = None  # of a member that was trained alone, and its weights
    values_alone: Array | None = None
    divergence: str = ""  # message of its DivergenceError

    @property
    def values(self) -> Array:
        """Weights after the phases that ran."""
        if self.values_alone is not None:
            return self.values_alone
        return self.initial if self.job is None else self.job.values[self.phases[-1][1]]

    @property
    def memory(self) -> Memory:
        """State of the rule after the phases that ran."""
        memory = {} if self.job is None else self.job.memory
        return {name: array[self.phases[-1][1]].copy() for name, array in memory.items()}

    @property
    def stopped(self) -> str:
        """Why training ended; empty if phases are left, or the member must be trained alone."""
        if not self.phases:
            return ""
        phase, position = self.phases[-1]
        reason = "epochs" if phase.results is None else phase.results.stopped[position]
        return reason if phase.is_last or reason != "epochs" else ""

    @property
    def is_trained(self) -> bool:
        """Whether the member was trained to the end, and its network, if it has one, has the state after training."""
        return self.run is not None or self.is_shown or (self.network is None and bool(self.stopped))

    def ran_by(self, engine: Engine) -> list[str]:
        """Return `Run.ran_by`, given the engine that trained the members that were trained together."""
        return self.run.ran_by if self.run is not None else [engine.name] if self.log else []

    @property
    def log(self) -> list[PhaseLog]:
        """The phases with epochs."""
        return [PhaseLog(phase.number, phase.results, position) for phase, position in self.phases if phase.results is not None]

    @property
    def last_epoch(self) -> LastEpoch | None:
        """Job of the last epoch, weights and memory before it, and its order; None without an epoch, or if they were not kept."""
        if self.job is None:
            return None
        phase, position = self.phases[-1]
        if phase.results is None:
            return self.epoch_before
        values, memory, orders = phase.results.last_values, phase.results.last_memory, phase.results.last_orders
        if values is None or memory is None:
            return None
        order = np.arange(len(self.job.examples)) if orders is None else orders[position]
        return self.job, values[position], {name: array[position] for name, array in memory.items()}, order

    @property
    def epochs(self) -> int:
        """Number of epochs that ran."""
        count = 0
        for each in self.log:
            count += each.epochs
        return count if self.run is None else self.run.epochs

    def continuation(self, engine: Engine, tolerance: float, examples: int, phases: int) -> Continuation | None:
        """Return `Run._continuation`, given what all members have: engine, tolerance and the numbers of examples and phases."""
        if self.run is not None:
            return self.run._continuation
        return Continuation(
            engine=engine,
            tolerance=tolerance,
            examples=examples,
            phase=phases if self.stopped == "epochs" else self.phases[-1][0].number,
            order=(None, ()) if self.order is None else self.order.state(),
            reason="" if self.stopped == "epochs" else self.stopped,
        )

    def add_log(self, run: Run) -> Run:
        """Add the log to a run without one, and return the run. Its lists are made when they are read."""
        for each in self.log:
            if each.epochs:  # copies, since those of all networks are columns of one array
                run._add(each.results.errors[each.position].copy(), each.results.correct[each.position].copy(), each.number)
        return run

    def log_lists(self) -> dict[str, list[Any]]:
        """Return the lists of the log of a `Run`, by name."""
        return log_lists(self.log) if self.run is None else {name: getattr(self.run, name) for name in LOG_COLUMNS}
