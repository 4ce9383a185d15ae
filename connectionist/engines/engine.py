"""The interface of an engine: single passes over many examples, and sessions of training.

An engine reads the network: its schedule, its state arrays and its functions. It writes back the trained weights and the state of the last
case, so that the unit and connection objects show them. For each phase of training it opens a `Session`. The caller asks the session for
some epochs at a time. The engine can therefore run the loop over epochs in compiled code, and between two calls the caller can show
progress, stop or be interrupted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.engines.probes import UnitProbe
from connectionist.plugins.parameters import Parameterized
from connectionist.utils.declared_attributes import with_assignment_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.phase import Criterion, Phase
    from connectionist.engines.population import PopulationJob, PopulationResults
    from connectionist.engines.probes import DueMask, Probe
    from connectionist.engines.settling_job import SettlingJob, Trajectory
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.noise import NoiseSource
    from connectionist.model.unit import Unit
    from connectionist.plugins.procedures import LearningProcedure
    from connectionist.utils.arrays import Array

    Orders = npt.NDArray[np.intp]

Memory = dict[str, "Array"]
AfterExample = Callable[[int, int, int, float, bool, Callable[["Group"], "Array"], Callable[[int], None]], None]


@with_assignment_errors
@dataclass(frozen=True)
class EpochResults:
    """The results of some epochs of training.

    Attributes
    ----------
    errors : array [epoch]
        E, summed over the examples of the epoch, each measured when it was presented.
    correct : array [epoch]
        Fraction of the examples for which every unit with a target was within the tolerance, from 0 to 1.
    divergence : str or None
        Description of the number that was not finite in the epoch after these; None if all were finite. After a divergence the weights
        are those from before that epoch.
    records : list of array
        For each probe, its records of the epochs in which it was due: see `UnitProbe.shape` and `WeightProbe.shape`. Empty if
        no probe was due in any epoch of the call.
    exception : Exception or None
        What a formula raised in the epoch after these, if it is not an ArithmeticError, which counts as a divergence. The weights are
        those from before that epoch.
    """

    errors: Array
    correct: Array
    divergence: str | None = None
    records: list[Array] = field(default_factory=list)
    exception: Exception | None = None


@with_assignment_errors
@dataclass(frozen=True)
class TrainingJob:
    """The arguments of a session: everything except the number of epochs.

    Attributes
    ----------
    network : Network
    examples : ExampleSet
    phase : Phase
    tolerance : float
        Distance from the target below which an output unit is correct, above 0.
    memory : dict of str to array [weight]
        State of the rule by name, in the order of ``net.weights``. The session updates it at the end of each call of `Session.run`.
    end_state : list
        State in which the last example ended, in a form of the engine's choice. The engine writes it at the end of each call of
        `Session.run` and reads it in the next call or session of the same training. Empty when training starts.
    procedure_memory : dict
        What a learning procedure keeps from case to case, in a form of the engine's choice. Empty when a phase starts.
    probes : sequence of UnitProbe or WeightProbe
        Probes that can be due in an epoch.
    after_example : function or None
        The session calls it after each presentation, and after the change of the weights that follows it, with the units of the network
        showing the example: ``after_example(epoch, position, case, error, is_correct, read, show)``. The epoch and the position count
        from 0 in the present call of `Session.run`. `read` is a function of a group that returns its activations [tick, unit]. `show` is
        a function of a tick, from 1, that makes the units of a network in time show this tick; it need not show error derivatives. What
        the function assigns to the weights takes effect at the next presentation.
    noise : NoiseSource or None
        Keys of the noise, of which the session counts the epochs; None if the network has no noise in training.
    checked : object or None
        The same object in two jobs only if they have the same network, and its wiring, functions, rates and other settings were the same
        when the jobs were made. The values of weights, and formulas and parameters of functions, may differ. None if that is not known.
    """

    network: Network
    examples: ExampleSet
    phase: Phase
    tolerance: float
    memory: Memory
    end_state: list[Any] = field(default_factory=list)
    procedure_memory: dict[str, Any] = field(default_factory=dict)
    probes: Sequence[Probe] = ()
    noise: NoiseSource | None = None
    after_example: AfterExample | None = None
    checked: object = None


class Session(ABC):
    """One phase of training in progress."""

    @abstractmethod
    def run(self, orders: Orders, criterion: Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train for some epochs.

        Parameters
        ----------
        orders : int array [epoch, presentation]
            Number of the example to present, from 0.
        criterion : Criterion or None
            Training stops after the first epoch that meets it.
        due : bool array [probe, epoch], optional
            Whether to record each probe of the job in each epoch. By default nothing is recorded.

        Returns
        -------
        EpochResults
            Results of the epochs that ran. They are fewer than ``len(orders)`` if the criterion was met or training diverged.
        """


class Engine(Parameterized, ABC):
    """Base class of engines. An engine with parameters is a frozen dataclass.

    Attributes
    ----------
    name : str
        Name for the parameter ``engine`` and for ``connectionist list engines``.
    tolerance : float
        Largest relative difference from the "local" engine in a single pass, at least 0.
    """

    name: ClassVar[str]
    tolerance: float = 1e-12

    @property
    def settings(self) -> dict[str, Any]:
        """Parameters of the engine that differ from their defaults, by name."""
        if not is_dataclass(self):
            return {}
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name) != each.default}

    @abstractmethod
    def states(self, network: Network, examples: ExampleSet, probe: UnitProbe) -> Array:
        """Return the quantities that a probe asks for, for each example.

        Examples are presented in order. An example that continues another starts from the state in which that one ended. If the probe asks
        for error derivatives, the engine makes a backward pass. The derivatives of the weights do not change.

        Parameters
        ----------
        network : Network
        examples : ExampleSet
        probe : UnitProbe

        Returns
        -------
        array [case, tick, quantity, unit]
            NaN at ticks that an example does not have. Examples without ticks have one tick.
        """

    def activations(self, network: Network, examples: ExampleSet, units: Sequence[Unit]) -> Array:
        """Return the activations of some units for each example.

        Parameters
        ----------
        network : Network
        examples : ExampleSet
        units : sequence of Unit

        Returns
        -------
        array [case, unit] or [case, tick, unit]
            The second if the examples have ticks; NaN at ticks that an example does not have.
        """
        import numpy as np

        activations = self.states(network, examples, UnitProbe(("activation",), tuple(units), np.arange(len(examples))))[:, :, 0]
        return activations if examples.ticks else activations[:, 0]

    def outputs(self, network: Network, examples: ExampleSet) -> Array:
        """Return the activations of the output units, with the shape described in `activations`."""
        return self.activations(network, examples, network.schedule.outputs)

    @abstractmethod
    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        """Return E and ∂E/∂w, summed over the examples.

        The derivative of one example is the mean over all connections tied to the weight, including the copies at each tick, or their sum
        if ``network.tie_derivative`` is "sum". Errors go back through ``network.ticks_back`` ticks.

        Parameters
        ----------
        network : Network
        examples : ExampleSet

        Returns
        -------
        error : float
            E.
        derivatives : array [weight]
            ∂E/∂w in the order of ``net.weights``.
        """

    def procedure_derivatives(self, network: Network, examples: ExampleSet, procedure: LearningProcedure) -> tuple[float, Array]:
        """Return E and what a learning procedure gives in place of ∂E/∂w, summed over the examples.

        Parameters
        ----------
        network : Network
        examples : ExampleSet
        procedure : LearningProcedure

        Returns
        -------
        error : float
            E.
        derivatives : array [weight]
            In the order of ``net.weights``. The default computes them through the unit and connection objects.
        """
        from connectionist.engines.procedure_runner import procedure_derivatives

        return procedure_derivatives(network, examples, procedure)

    def settle(self, job: SettlingJob) -> Trajectory:
        """Run a network on a constant input until it has settled; the units then show the last tick.

        Parameters
        ----------
        job : SettlingJob

        Returns
        -------
        Trajectory
            It ends at the tick at which the network had settled, or a number was not finite. The default computes it through the unit and
            connection objects.
        """
        from connectionist.engines.object_settling import settle_objects

        return settle_objects(job)

    def settle_many(self, jobs: Sequence[SettlingJob]) -> list[Trajectory]:
        """Run a network on many constant inputs, each until it has settled; the units then show the last tick of the last case.

        Parameters
        ----------
        jobs : sequence of SettlingJob
            At least one. They differ in their cases only.

        Returns
        -------
        list of Trajectory
            One per job. The default calls `settle` for each.
        """
        return [self.settle(job) for job in jobs]

    def engine_of(self, job: TrainingJob) -> Engine:
        """Return the engine that trains a phase: this one, the default, or another one if this one cannot, with a warning.

        ``Run.ran_by`` and reports name it. The trainer asks it for the session.
        """
        del job
        return self

    @abstractmethod
    def session(self, job: TrainingJob) -> Session:
        """Return a new session, which trains one phase."""

    def train_population(self, job: PopulationJob) -> PopulationResults | None:
        """Train many networks of one wiring at once, in one phase.

        Each network has the weights, errors and memory that it has when it is trained alone, to the last bit.

        Parameters
        ----------
        job : PopulationJob

        Returns
        -------
        PopulationResults or None
            None, the default, if this engine cannot train these networks at once. They are then trained one after the other.
        """
        del job
        return None
