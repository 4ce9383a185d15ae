"""Networks of one wiring that are trained together, phase by phase. Those that the engine cannot train together are trained alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.data.order import PresentationOrder
from connectionist.engines.engine import Engine, Memory, TrainingJob
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.population import PopulationJob, PopulationResults
from connectionist.errors import DivergenceError
from connectionist.learning.interrupts import training_interrupts
from connectionist.learning.run import Run
from connectionist.learning.run_of_seed import PhaseLog
from connectionist.learning.train_arguments import with_checked_answers
from connectionist.learning.training import train
from connectionist.model.network import Network
from connectionist.plugins.rules import SearchRule

if TYPE_CHECKING:
    from connectionist.learning.train_arguments import Until
    from connectionist.utils.arrays import Array


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
    values : array [weight]
        Present weights.
    rate : float or None
        Learning rate instead of that of the rules.
    """

    network: Network | None
    position: int
    seed: int
    values: Array
    rate: float | None = None
    log: list[PhaseLog] = field(default_factory=list)
    memory: Memory = field(default_factory=dict)
    stopped: str = ""
    last_epoch: tuple[PopulationJob, Array, Memory, Any] | None = None  # job, weights and memory before it, and its order
    is_trained: bool = False
    seconds: float = 0.0
    run: Run | None = None  # of a member that was trained alone


@dataclass(frozen=True, eq=False)
class PopulationTraining:
    """Trains the members of a population, which differ in their weights, seeds and rates only.

    Parameters
    ----------
    network : Network
        Network with the wiring of all. If the members have no networks of their own, it is used in their place.
    members : sequence of Member
    examples : ExampleSet
    phases : tuple of Phase
    engine : Engine
    until : float, Criterion, function or None
        See `train`.
    criterion : Criterion or None
        That of `until`; None without one, or if `until` is a function, which the engine cannot call.
    tolerance : float
        See `train`.
    keeps_last : bool
        Whether to keep what `show` needs.
    """

    network: Network
    members: Sequence[Member]
    examples: ExampleSet
    phases: tuple[Phase, ...]
    engine: Engine
    until: Until
    criterion: Criterion | None
    tolerance: float
    keeps_last: bool = False

    def train(self) -> None:
        """Train all members.

        Raises
        ------
        KeyboardInterrupt
            On Ctrl-C. Members that were trained to the end have ``is_trained``; the networks of the others have their initial weights.
        """
        initial = [member.values for member in self.members]
        interrupts = training_interrupts()
        with interrupts:
            alone = set(range(len(self.members))) if callable(self.until) else self.train_together(interrupts.check)
        for index in sorted(alone):
            self.members[index].values = initial[index]
            self._train_alone(self.members[index])

    def train_together(self, check: Callable[[], None]) -> set[int]:
        """Train all members in the engine at once. Return the indices of those that must be trained alone.

        The function `check` is called between blocks of training.
        """
        active, alone = list(range(len(self.members))), set[int]()
        is_random = any(phase.order != "fixed" for phase in self.phases)
        orders = PresentationOrder.of_seeds(self.examples, [member.seed for member in self.members]) if is_random else []
        for number, phase in enumerate(self.phases, 1):
            if not active:
                break
            job = self._job(phase, active, orders, check)
            results = self._run(job) if phase.epochs else None
            if results is None and phase.epochs:
                for member in self.members:
                    member.stopped = ""
                return set(range(len(self.members)))
            for position, index in enumerate(active):
                if not self._store(self.members[index], number, job, results, position):
                    alone.add(index)
            active = [index for index in active if index not in alone and not self.members[index].stopped]
        for index in active:
            self.members[index].stopped = "epochs"
        for member in self.members:
            if member.stopped:
                if member.network is not None:
                    self.show(member, member.network)
                member.is_trained = True
        return alone

    def _job(self, phase: Phase, active: Sequence[int], orders: Sequence[PresentationOrder], check: Callable[[], None]) -> PopulationJob:
        members, count = [self.members[index] for index in active], len(self.network.weights)
        memory = {
            name: np.array([member.memory.get(name, np.zeros(count)) for member in members]).reshape(-1, count)
            for name in phase.rule.memory
        }
        rates = None if members[0].rate is None else np.array([member.rate for member in members], float)
        return PopulationJob(
            network=self.network,
            examples=self._weighted(phase),
            phase=phase,
            tolerance=self.tolerance,
            criterion=self.criterion,
            values=np.array([member.values for member in members]),
            memory=memory,
            orders=[orders[index] for index in active] if phase.order != "fixed" else [],
            rates=rates,
            keeps_last=self.keeps_last or members[0].network is not None,
            check=check,
        )

    def _weighted(self, phase: Phase) -> ExampleSet:
        examples = self.examples
        return examples if phase.weighting == "equal" else examples.weighted(examples.frequencies * examples.error_weights)

    def _run(self, job: PopulationJob) -> PopulationResults | None:
        is_alone = isinstance(job.phase.rule, SearchRule) or job.phase.clip is not None or job.phase.schedule is not None
        return None if is_alone else self.engine.train_population(job)

    def _store(self, member: Member, number: int, job: PopulationJob, results: PopulationResults | None, position: int) -> bool:
        """Store the results of a phase. Return whether the member was trained."""
        if results is not None:
            stopped = results.stopped[position]
            if not stopped:
                return False
            member.log.append(PhaseLog(number, results.errors[position], results.correct[position]))
            member.stopped = "" if stopped == "epochs" else stopped
            if results.last_values is not None and results.last_memory is not None:
                order = np.arange(len(self.examples)) if results.last_orders is None else results.last_orders[position]
                memory = {name: array[position] for name, array in results.last_memory.items()}
                member.last_epoch = job, results.last_values[position], memory, order
        member.values = job.values[position].copy()
        member.memory = {name: array[position].copy() for name, array in job.memory.items()}
        return True

    def show(self, member: Member, network: Network) -> None:
        """Repeat the last epoch of a member in a network, so that its weights, units and connections are those after `train`."""
        if member.last_epoch is None:
            return
        job, values, memory, order = member.last_epoch
        network.weight_values = values
        phase = job.phase if member.rate is None else with_rate(job.phase, member.rate)
        single = TrainingJob(network=network, examples=job.examples, phase=phase, tolerance=self.tolerance, memory=dict(memory))
        self.engine.session(single).run(order[None, :], None)
        network._engine_ran()

    def _train_alone(self, member: Member) -> None:
        """Train one member by `train`. Training that diverges ends this member only."""
        network = member.network or self.network
        network.weight_values = member.values
        phases = self.phases if member.rate is None else [with_rate(phase, member.rate) for phase in self.phases]
        try:
            member.run = train(
                network,
                self.examples,
                phases=phases,
                engine=self.engine,
                seed=member.seed,
                until=with_checked_answers(self.until, "train_many.until"),
                tolerance=self.tolerance,
            )
        except DivergenceError as error:
            member.run = error.run
        except Exception as error:
            error.add_note(f"train_many: in the training of network {member.position}, counted from 0, with seed {member.seed}")
            raise
        member.values, member.is_trained = network.weight_values, True


def with_rate(phase: Phase, rate: float) -> Phase:
    """Return a phase whose rule has another learning rate."""
    return replace(phase, rule=phase.rule.with_rate(rate))
