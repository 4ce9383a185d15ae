"""What an engine must offer: many examples through a network, and training over many epochs.

An engine reads the network (its schedule, its state arrays, its functions) and leaves in it what the objects are to show: the
trained weights, and the state of the last case. It opens a `Session` for each phase of training; whoever drives it asks for
some epochs at a time, so that an engine can keep the loop over epochs within, and the driver can show progress, stop, or be
interrupted in between.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.engines.probes import UnitProbe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.phase import Criterion, Phase
    from connectionist.engines.probes import Probe, Wanted
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

    Orders = npt.NDArray[np.intp]

Memory = dict[str, "Array"]


@dataclass(frozen=True)
class EpochResults:
    """What happened in some epochs.

    Attributes
    ----------
    errors : array [epoch]
        E summed over the epoch's examples, measured while they were presented.
    correct : array [epoch]
        Fraction of the epoch's examples in which every unit with a target was within the tolerance.
    diverged : str or None
        Where a number that is not finite turned up in the epoch after these; the weights are then those from before it.
    records : list of array
        For each probe what it kept in those of these epochs in which it was wanted: see `probes`. Empty when nothing was wanted.
    """

    errors: Array
    correct: Array
    diverged: str | None = None
    records: list[Array] = field(default_factory=list)


@dataclass(frozen=True)
class TrainingJob:
    """What a session is to train: everything but how long.

    Attributes
    ----------
    network : Network
    examples : ExampleSet
    phase : Phase
    tolerance : float
        An output unit is right when its activation is less than this from its target.
    memory : dict of str to array [weight]
        The rule's memory by name, in the order of ``net.weights``; the session writes it back after each block.
    carried : list
        The engine's own: where it leaves the state in which the last example ended, and finds it in the next block or session of the
        same training. Empty at its beginning.
    probes : sequence of UnitProbe or WeightProbe
        What may be wanted of its epochs.
    """

    network: Network
    examples: ExampleSet
    phase: Phase
    tolerance: float
    memory: Memory
    carried: list[Any] = field(default_factory=list)
    probes: Sequence[Probe] = ()


class Session(ABC):
    """A phase of training under way."""

    @abstractmethod
    def run(self, orders: Orders, criterion: Criterion | None, wanted: Wanted | None = None) -> EpochResults:
        """Train.

        Parameters
        ----------
        orders : int array [epoch, presentation]
            Which example to present when.
        criterion : Criterion or None
            Stop after the epoch that meets it.
        wanted : bool array [probe, epoch], optional
            In which epochs to keep what a probe of the job asks for; in none unless given.

        Returns
        -------
        EpochResults
            Of the epochs that ran, fewer than asked when the criterion was met or training diverged.
        """


class Engine(ABC):
    """A way to run networks. One with parameters of its own is a frozen dataclass.

    Attributes
    ----------
    name : str
        What ``engine=`` and ``connectionist list engines`` call it.
    tolerance : float
        Relative difference from the `local` engine that a single pass may show.
    """

    name: ClassVar[str]
    tolerance: float = 1e-12

    @property
    def settings(self) -> dict[str, Any]:
        """The engine's own parameters that are not at their defaults, by name."""
        if not is_dataclass(self):
            return {}
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name) != each.default}

    @abstractmethod
    def states(self, network: Network, examples: ExampleSet, probe: UnitProbe) -> Array:
        """Return what a probe keeps while examples are presented, [case, tick, quantity, unit]; NaN at ticks that an example does not have.

        Without ticks there is one. Examples are presented in their order, those that continue from the state that the one before left;
        a backward pass is made when the probe wants error derivatives, and the weights' own are left as they were.
        """

    def activations(self, network: Network, examples: ExampleSet, units: Sequence[Unit]) -> Array:
        """Return the activations of some units [case, unit], or [case, tick, unit] with NaN at ticks that an example does not have."""
        import numpy as np

        kept = self.states(network, examples, UnitProbe(("activation",), tuple(units), np.arange(len(examples))))[:, :, 0]
        return kept if examples.ticks else kept[:, 0]

    def outputs(self, network: Network, examples: ExampleSet) -> Array:
        """Return the activations of the output units, as `activations`."""
        return self.activations(network, examples, network.schedule.outputs)

    @abstractmethod
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        """Return E and ∂E/∂w, summed over the examples; the latter in the order of ``net.weights``.

        The derivative of one example is the mean over all connections tied to the weight, in space and over its ticks, or their sum if
        ``network.tie_derivative`` says so. Errors go back through ``network.ticks_back`` ticks.
        """

    @abstractmethod
    def session(self, job: TrainingJob) -> Session:
        """Open a phase of training."""
