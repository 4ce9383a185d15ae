"""The contracts of learning procedures.

A learning procedure makes a number for each weight in each case: the derivative ∂E/∂w, or a signal in its place. An update rule (`rules`)
makes a change of these numbers. Any procedure works with any rule of derivatives.

LearningProcedure
├── BackwardProcedure      a forward pass, a comparison with the targets, and a backward pass, through the weights or through others
├── SignalProcedure        one or more phases of a case, and a formula of the activations at both ends of a connection
├── JointSignalProcedure   a formula of all weights and activations of a receiving group, whose units compete or share their inputs
├── ObjectProcedure        computations on the unit and connection objects, for which no engine has compiled code
└── StochasticProcedure    the same with random numbers
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.errors import ParameterError, WiringError
from connectionist.plugins.parameters import Parameterized
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from connectionist.model.network import Network

    Array = npt.NDArray[np.float64]  # as in `utils.arrays`, a sibling layer that must not be imported here

TARGETS = ("absent", "clamped")
COSTS = ("activation", "state")


class LearningProcedure(Parameterized, ABC):
    """Base class of the five kinds of learning procedure. A procedure with parameters is a frozen dataclass.

    Attributes
    ----------
    name : str
        Name for ``cn.procedure(name)`` and ``connectionist list procedures``.
    equation : str
        What takes the place of ∂E/∂w, as one line of plain text. It may be empty.
    synonyms : tuple of str
        Other names in use, in lower case. The message for one of them suggests the name.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()

    @property
    def _title(self) -> str:
        """Name in messages; `Rule` has another one, so that a rule that is a learning procedure is called a rule."""
        return f"procedure {self.name!r}"

    def check_network(self, network: Network) -> None:
        """Raise an error if the procedure cannot train a network. The message says what is missing and how to add it.

        Parameters
        ----------
        network : Network

        Raises
        ------
        WiringError
            If the procedure cannot train the network. The default accepts every network.
        """


class BackwardProcedure(LearningProcedure):
    r"""A forward pass and a backward pass, as in back-propagation, perhaps through other weights.

    With backward weights b, equation 7 of Rumelhart, Hinton & Williams (1986) becomes

    .. math:: \partial E / \partial y_i = \sum_j \partial E / \partial x_j \, b_{ji}

    and all other equations stay. With direct weights c, the sum is over all output units k instead, for each hidden unit i:

    .. math:: \partial E / \partial y_i = \sum_k \partial E / \partial x_k \, c_{ik}
    """

    def backward_weights(self, network: Network) -> Array | None:
        """Return the weights through which derivatives go back, or None for the weights themselves.

        It is called when training starts, perhaps more than once, and must return the same numbers for the same network each time.

        Parameters
        ----------
        network : Network

        Returns
        -------
        float64 array [weight] or None
            In the order of ``network.weights``.
        """
        del network
        return None

    def direct_weights(self, network: Network) -> Array | None:
        """Return the weights from each output unit back to each hidden unit, or None if derivatives go back step by step.

        Parameters
        ----------
        network : Network

        Returns
        -------
        float64 array [hidden unit, output unit] or None
            Units in the order of ``network.units``.
        """
        del network
        return None


@with_assignment_errors
@dataclass(frozen=True)
class CasePhase:
    """One phase of a case: a run of the network through all ticks of the case, or movement to rest, with some units clamped.

    Parameters
    ----------
    name : str
        Name of the phase, such as "minus".
    targets : {"absent", "clamped"}
        Whether the output units are clamped to the targets. A unit without a target is free. In a case with ticks, the target is that of
        the last tick, at all ticks.
    continues : bool or str
        Whether the phase starts from the state in which the phase before ended, and not from the initial state; or the name of the phase
        from whose end it starts.
    nudging : float
        Strength β with which the output units are moved toward their targets, or away from them if it is below 0; for a procedure with
        `EnergyDescent`.
    counts : bool
        Whether the formula of the signal has the activations of this phase.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    name: str
    targets: str = "absent"
    continues: bool | str = False
    nudging: float = 0.0
    counts: bool = True

    def __post_init__(self) -> None:
        if self.targets not in TARGETS:
            raise ParameterError(f"CasePhase.targets: must be one of {', '.join(TARGETS)} (got {self.targets!r})")
        keep_number(self, "CasePhase", "nudging")


@with_assignment_errors
@dataclass(frozen=True)
class EnergyDescent:
    r"""Phases in which the states u of all hidden and output units move together until they are at rest, in place of ticks.

    .. math:: u_i \leftarrow u_i + dt \, \Big(f'(u_i) \sum_j w_{ij} f(u_j) - u_i - \beta \frac{\partial E}{\partial u_i}\Big)

    f is the activation function, and β the ``nudging`` of the phase. For symmetric weights w, the units move down the energy
    :math:`\tfrac12 \sum_i u_i^2 - \sum_{i<j} w_{ij} f(u_i) f(u_j) + \beta E`. The states start at 0, and delays of connections have no
    effect. Inputs and targets are those of the last tick. Afterwards the net inputs of the units are the states at the end of the first
    phase. Source: Scellier & Bengio (2017), Frontiers in Computational Neuroscience 11, 24.

    Parameters
    ----------
    dt : float
        Step of the movement, above 0 and at most 1.
    steps : int
        Largest number of steps of each phase, at least 1.
    criterion : float
        Change of a state in one step, divided by dt, below which it is at rest; above 0. A case whose units are all at rest stops.
    cost : {"activation", "state"}
        Whether E is the network's error of the activations, or ½ Σ (u − d)² of the states of the output units.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    dt: float = 0.5
    steps: int = 200
    criterion: float = 1e-6
    cost: str = "activation"

    def __post_init__(self) -> None:
        keep_number(self, "EnergyDescent", "dt", above=0, at_most=1)
        keep_number(self, "EnergyDescent", "steps", at_least=1, whole=True)
        keep_number(self, "EnergyDescent", "criterion", above=0)
        if self.cost not in COSTS:
            raise ParameterError(f"EnergyDescent.cost: must be one of {', '.join(COSTS)} (got {self.cost!r})")


class SignalProcedure(LearningProcedure):
    r"""Phases of a case, and a formula of the activations at both ends of a connection.

    The signal of a weight takes the place of −∂E/∂w:

    .. math:: S = \sum \text{signal}(w, y_\text{sender}, \ldots, y_\text{receiver}, \ldots, d)

    The sum is over the cases since the last change. Connections that carry one weight give their mean, or their sum if
    ``network.tie_derivative`` is "sum". The weight of an example's error multiplies E, and the signals only with
    ``dynamics``, where they tend to derivatives of E.

    Attributes
    ----------
    phases : tuple of CasePhase
        Phases in their order. E and the number of correct cases are those of the first phase.
    uses_all_ticks : bool
        Whether the signals of all ticks of a case count, or only those of the last tick.
    dynamics : EnergyDescent or None
        How the units move in each phase; None if they are activated tick by tick. ``phases`` and ``dynamics`` may be properties, which
        depend on the parameters.
    """

    phases: ClassVar[tuple[CasePhase, ...]] = (CasePhase("pass"),)
    uses_all_ticks: ClassVar[bool] = False
    dynamics: ClassVar[EnergyDescent | None] = None

    @abstractmethod
    def signal(self, *args: Any, **kwargs: Any) -> float:
        """Return the signal of one connection in one case: ``signal(value, sender, …, receiver, …, target)``.

        Parameters
        ----------
        value : float
            Weight w.
        sender, … : float
            Activations of the sending unit, one for each phase that counts, in their order.
        receiver, … : float
            Activations of the receiving unit, one for each of these phases.
        target : float
            Target d of the receiving unit; NaN if it has none.

        Returns
        -------
        float
            Positive to increase the weight.
        """


class JointSignalProcedure(LearningProcedure):
    r"""A formula of all weights of a receiving group, for units that compete with one another or share their inputs.

    The signals take the place of −∂E/∂w:

    .. math:: S_{ji} = \text{signals}(w, y_\text{senders}, x, y)_{ji}

    Each case is one forward pass. The signals of all ticks are summed, without the weight of an example's error. Only groups with trainable
    incoming weights have signals, and all intact units of such a group must have the same senders. There are no targets. No engine has
    compiled code for it.

    Attributes
    ----------
    unit_memory : tuple of str
        Names of the numbers that the procedure keeps for each receiving unit from one case to the next. They start at 0 in each phase of
        training.
    sender_range : tuple of float
        Smallest and greatest activation of a sender for which the formula is defined, ends included. If `signals` raises DataError for
        another one, the message of training names the unit and the example.
    """

    unit_memory: ClassVar[tuple[str, ...]] = ()
    sender_range: ClassVar[tuple[float, float]] = (-math.inf, math.inf)

    @abstractmethod
    def signals(
        self, values: Array, senders: Array, net_inputs: Array, activations: Array, positions: Array, memory: dict[str, Array]
    ) -> Array:
        """Return the signals of all connections to one group in one case, at one tick.

        Parameters
        ----------
        values : float64 array [receiver, sender]
            Weights w.
        senders : float64 array [sender]
            Activations of the sending units, in the order of the connections.
        net_inputs, activations : float64 array [receiver]
            x and y of the units of the group.
        positions : float64 array [receiver, 2]
            Column and row of each unit of the group, from 0. ``group.columns`` is the number of columns; without it the group is one row.
        memory : dict of str to float64 array [receiver]
            The numbers of ``unit_memory``. The procedure writes new numbers into the arrays, or assigns new arrays of the same length.

        Returns
        -------
        float64 array [receiver, sender]
            Positive to increase a weight.
        """

    def check_network(self, network: Network) -> None:
        """Raise WiringError if units of a group with trainable incoming weights have different senders, or if there is no such group."""
        found = False
        for group in network.groups:
            units = [unit for unit in group if not unit.lesioned]
            if group.clamped or not any(connection.weight.trainable for unit in units for connection in unit.incoming):
                continue
            found = True
            wanted = dict.fromkeys((connection.sender, connection.delay) for connection in units[0].incoming)
            for unit in units:
                own = dict.fromkeys((connection.sender, connection.delay) for connection in unit.incoming)
                for each in [*wanted, *own]:
                    if each not in wanted or each not in own:
                        sender, owner, other = each[0], *((units[0], unit) if each in own else (unit, units[0]))
                        raise WiringError(
                            f"{self._title}: the units of group {group.name!r} must have the same senders, and {sender.name} → "
                            f"{owner.name} is missing beside {sender.name} → {other.name}; connect all of them, as in "
                            f"network.connect({sender.group.name!r}, {group.name!r})"
                        )
        if not found:
            raise WiringError(
                f"{self._title}: {network.name!r} has no group with trainable incoming weights; connect one, as in "
                f"network.connect('input', 'output')"
            )


class ObjectProcedure(LearningProcedure):
    """Computations on the unit and connection objects, case by case. It runs in the engine "local" only, without noise and clamps.

    Attributes
    ----------
    uses_all_ticks : bool
        Whether the inputs and targets of all ticks of a case count, or only those of the last tick.
    """

    uses_all_ticks: ClassVar[bool] = False

    @abstractmethod
    def differentiate(self, network: Network, inputs: Array, targets: Array) -> tuple[float, Array]:
        """Run one case, and add a number for each connection to ``connection.weight.derivative``.

        Parameters
        ----------
        network : Network
            Network whose units show the case afterwards. All derivatives are 0.
        inputs, targets : float64 array [input unit] and [output unit], or [tick, input unit] and [tick, output unit]
            Inputs and targets of the case, in the order of the units of input and of output groups. NaN means no target.

        Returns
        -------
        error : float
            E of the case.
        outputs : array like `targets`
            Response of the network. It decides whether the case is correct.
        """


class StochasticProcedure(LearningProcedure):
    """Computations on the unit and connection objects with random numbers, case by case; otherwise as `connectionist.ObjectProcedure`.

    Attributes
    ----------
    uses_all_ticks : bool
        As for `connectionist.ObjectProcedure`.
    clamps_targets : bool
        Whether a phase clamps the output units to the targets. Their groups must then have hard clamps.
    computation : str
        Name of what `differentiate` computes, such as "boltzmann", if an engine may compute it by its own code from the parameters of the
        procedure. Empty if not. A subclass, which may compute something else, does not inherit it.
    """

    clamps_targets: ClassVar[bool] = False
    uses_all_ticks: ClassVar[bool] = False
    computation: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "computation" not in vars(cls):
            cls.computation = ""

    @abstractmethod
    def differentiate(self, network: Network, inputs: Array, targets: Array, stream: np.random.Generator) -> tuple[float, Array]:
        """Run one case, and add a number for each connection to ``connection.weight.derivative``.

        Parameters
        ----------
        network : Network
            Network whose units show the case afterwards. All derivatives are 0.
        inputs, targets : float64 array [input unit] and [output unit], or [tick, input unit] and [tick, output unit]
            As for `connectionist.ObjectProcedure`.
        stream : numpy.random.Generator
            Random numbers. They depend on the seed of training, the epoch and the position of the case in the epoch only.

        Returns
        -------
        error : float
            E of the case.
        outputs : array like `targets`
            Response of the network. It decides whether the case is correct.
        """


ON_OBJECTS = (ObjectProcedure, StochasticProcedure)  # the contracts of procedures that compute on the objects
