"""The contracts of activation functions and error functions.

Both are frozen dataclasses whose methods are plain arithmetic on single numbers: the local engine calls the methods, and the compiled
engine compiles the same source. A joint activation function computes a whole group at once (softmax). A dynamic one depends on the unit's
activation one tick before (interactive activation).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, MutableSequence, Sequence
from typing import Any, ClassVar

from connectionist.plugins.parameters import Parameterized

INFINITE = (-math.inf, math.inf)


class ActivationFunction(Parameterized, ABC):
    r"""An activation function that computes each unit's activation from its own net input.

    .. math:: y = f(x)

    x is the net input, y the activation. A subclass is a frozen dataclass; its fields are the parameters of the function.

    Attributes
    ----------
    name : str
        Name for ``add_group(activation=…)`` and ``connectionist list functions``.
    equation : str
        The function and its slope as one line of plain text, for `Unit.explain`. It may be empty.
    synonyms : tuple of str
        Other names in use, in lower case. The message for one of them suggests the name.
    range : tuple of float
        Smallest and greatest activation, ends included. Some error functions need activations from 0 to 1. Training warns about targets out
        of the range. Without a range no activation is excluded.
    logistic_scale : float
        Scale of a deviate that is added to each net input each time it is computed; 0, the default, for none. Deviates have a logistic
        distribution with mean 0, and come from the seed as `Noise` does, also in testing.
    continuous : bool
        Whether y is a continuous function of x, and so nearly the same on all engines. `check_engine` uses continuous functions only.
    has_slope : bool
        Whether dy/dx differs from 0 for some x. Training warns if derivatives would go back through a function without.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    range: ClassVar[tuple[float, float]] = INFINITE
    logistic_scale: ClassVar[float] = 0.0
    continuous: ClassVar[bool] = True
    has_slope: ClassVar[bool] = True
    _is_formula = True

    @abstractmethod
    def activation(self, net_input: float) -> float:
        """Return the activation y of a unit with net input x."""

    @abstractmethod
    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx at net input x, where the activation is y.

        Parameters
        ----------
        net_input : float
            x.
        activation : float
            y, as `activation` returned it for x. Use whichever of the two makes the formula simpler.
        """

    def inverse(self, activation: float) -> float:
        """Return the net input x that gives the activation y, for y inside the range. Optional; soft clamps need it."""
        raise NotImplementedError(f"{type(self).__name__} has no formula of its inverse")


class JointActivationFunction(Parameterized, ABC):
    r"""An activation function that computes the activations of a group from all of the group's net inputs.

    .. math:: y_i = f_i(x_1, \ldots, x_n)

    Both methods write their results into the last argument, one value per unit in the order of the group.

    Attributes
    ----------
    name, equation, synonyms, range, logistic_scale, continuous, has_slope
        As for `ActivationFunction`.
    least_units : int
        Number of units that a group with the function must have at least.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    range: ClassVar[tuple[float, float]] = INFINITE
    logistic_scale: ClassVar[float] = 0.0
    continuous: ClassVar[bool] = True
    has_slope: ClassVar[bool] = True
    least_units: ClassVar[int] = 1
    _writes: ClassVar[Mapping[str, tuple[int, ...]]] = {"activations": (2,), "net_derivatives": (3,)}
    _is_formula = True

    @abstractmethod
    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write the activation y of each unit.

        Parameters
        ----------
        net_inputs : sequence of float [unit]
            x of each unit of the group.
        activations : mutable sequence of float [unit]
            Receives y of each unit.
        """

    @abstractmethod
    def net_derivatives(
        self,
        activations: Sequence[float],
        activation_derivatives: Sequence[float],
        net_derivatives: MutableSequence[float],
    ) -> None:
        """Write ∂E/∂x of each unit.

        Parameters
        ----------
        activations : sequence of float [unit]
            y of each unit of the group.
        activation_derivatives : sequence of float [unit]
            ∂E/∂y of each unit.
        net_derivatives : mutable sequence of float [unit]
            Receives ∂E/∂x of each unit.
        """


class DynamicActivationFunction(Parameterized, ABC):
    r"""An activation function of a unit's net input and of the unit's activation one tick before.

    .. math:: y(t) = f(x(t), y(t - 1))

    A group with such a function runs in time. The activation before tick 1 is the group's ``initial``. Units of interactive activation
    models are of this kind.

    Attributes
    ----------
    name, equation, synonyms, range, logistic_scale, continuous, has_slope
        As for `ActivationFunction`.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    range: ClassVar[tuple[float, float]] = INFINITE
    logistic_scale: ClassVar[float] = 0.0
    continuous: ClassVar[bool] = True
    has_slope: ClassVar[bool] = True
    _is_formula = True

    @abstractmethod
    def activation(self, net_input: float, previous: float) -> float:
        """Return the activation y(t) of a unit with net input x(t) and activation y(t − 1)."""

    @abstractmethod
    def slope(self, net_input: float, previous: float, activation: float) -> float:
        """Return ∂y(t)/∂x(t) at net input x(t), previous activation y(t − 1) and activation y(t)."""

    @abstractmethod
    def previous_slope(self, net_input: float, previous: float, activation: float) -> float:
        """Return ∂y(t)/∂y(t − 1), as `slope`."""


class ErrorFunction(Parameterized, ABC):
    r"""An error function, which computes the error of one output unit from its activation and its target.

    .. math:: E = \sum_i e(y_i, d_i)

    y is the activation and d the target of an output unit. The error of a case is the sum over the output units with a target.

    Attributes
    ----------
    name : str
        Name for ``add_group(error=…)`` and ``connectionist list functions``.
    equation : str
        The function and its derivative as one line of plain text, for `Unit.explain`. It may be empty.
    synonyms : tuple of str
        As for `ActivationFunction`.
    activations, targets : tuple of float
        Smallest and greatest activation and target for which the function is defined, ends included.
    pairs_with : tuple of str or class
        Activation functions, by registered name or by class, for which the error function has a formula of the net input. For a group with
        one of them, E and ∂E/∂x come from that formula, because an activation near the end of its range has lost the digits that they
        need. For an `ActivationFunction` the formula is `compare_net_input`, for a `JointActivationFunction` `compare_net_inputs`. A
        subclass of a named activation function is another function, and is not paired. Neither are units that integrate their activation,
        since it is not a function of their net input alone.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    activations: ClassVar[tuple[float, float]] = INFINITE
    targets: ClassVar[tuple[float, float]] = INFINITE
    pairs_with: ClassVar[tuple[str | type[ActivationFunction] | type[JointActivationFunction], ...]] = ()
    is_joint: ClassVar[bool] = False
    _writes: ClassVar[Mapping[str, tuple[int, ...]]] = {"compare_net_inputs": (4, 5)}
    _is_formula = True

    @abstractmethod
    def error(self, activation: float, target: float) -> float:
        """Return the error of one unit with activation y and target d."""

    @abstractmethod
    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y of one unit with activation y and target d."""

    def compare_net_input(self, net_input: float, activation: float, target: float, activation_function: Any) -> tuple[float, float]:
        """Return the error and ∂E/∂x of one unit with net input x, activation y = f(x) and target d; only for functions in ``pairs_with``.

        Parameters
        ----------
        net_input, activation, target : float
            x, y and d. Near the ends of its range, y is rounded; x is not.
        activation_function : object
            The activation function f. Compiled code has only its parameters, as attributes.
        """
        raise NotImplementedError

    def compare_net_inputs(
        self,
        net_inputs: Sequence[float],
        activations: Sequence[float],
        targets: Sequence[float],
        errors: MutableSequence[float],
        net_derivatives: MutableSequence[float],
        activation_function: Any,
    ) -> None:
        """Write the error and ∂E/∂x of each unit of a group with a joint activation function; only for functions in ``pairs_with``.

        Parameters
        ----------
        net_inputs, activations : sequence of float [unit]
            x and y of each unit.
        targets : sequence of float [unit]
            d of each unit; NaN for a unit that has no error. Such a unit may still have ∂E/∂x, since its net input changes the activations
            of the others.
        errors : mutable sequence of float [unit]
            Receives the error of each unit. That of a unit without an error is not used.
        net_derivatives : mutable sequence of float [unit]
            Receives ∂E/∂x of each unit.
        activation_function : object
            As for `compare_net_input`.
        """
        raise NotImplementedError


class JointErrorFunction(Parameterized, ABC):
    r"""An error function that computes the error of a group from all of the group's activations and targets.

    .. math:: E = e(y_1, \ldots, y_n, d_1, \ldots, d_n)

    Attributes
    ----------
    name, equation, synonyms, activations, targets
        As for `ErrorFunction`.
    least_units
        As for `JointActivationFunction`.
    """

    name: ClassVar[str]
    equation: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    activations: ClassVar[tuple[float, float]] = INFINITE
    targets: ClassVar[tuple[float, float]] = INFINITE
    least_units: ClassVar[int] = 1
    pairs_with: ClassVar[tuple[str, ...]] = ()
    is_joint: ClassVar[bool] = True
    _writes: ClassVar[Mapping[str, tuple[int, ...]]] = {"compare": (3, 4)}

    @abstractmethod
    def compare(
        self,
        activations: Sequence[float],
        targets: Sequence[float],
        errors: MutableSequence[float],
        derivatives: MutableSequence[float],
    ) -> None:
        """Write the share of each unit in E, and its ∂E/∂y.

        Parameters
        ----------
        activations, targets : sequence of float [unit]
            y and d of the units of the group that have an error: a target, and an activation that is not within the margin of it.
        errors, derivatives : mutable sequence of float [unit]
            Receive shares of E, whose sum is E, and ∂E/∂y.
        """


KINDS_OF_ACTIVATION = (ActivationFunction, JointActivationFunction, DynamicActivationFunction)


def kind_of_activation(function: object) -> type:
    """Return the contract of an activation function, one of `KINDS_OF_ACTIVATION`. The order of computation depends on it."""
    return next(kind for kind in KINDS_OF_ACTIVATION if isinstance(function, kind))


def logistic(x: float) -> float:
    """Return the logistic function 1 / (1 + e^−x).

    Formulas of plugins may call it. The compiled engine computes it in less time than a formula with ``exp``. Below x = −708 it is
    constant, so that it is never 0.

    Parameters
    ----------
    x : float

    Returns
    -------
    float
        From e^−708, about 3.3e-308, to 1; NaN for NaN.

    Examples
    --------
    >>> logistic(0.0), logistic(1000.0), logistic(-1000.0) == logistic(-708.0) > 0.0
    (0.5, 1.0, True)
    """
    power = math.exp(-min(abs(x), 708.0))  # powers below e^−708.3 have fewer digits; the compiled engine has the same bound
    return (1.0 if x >= 0.0 else power) / (1.0 + power)


def log_softmax(net_inputs: Sequence[float], index: int) -> float:
    """Return ln y of a unit of a softmax group from the net inputs of the group.

    It is finite and exact to the last digits where y is too small for a number. An error function whose formula is of the net input may
    call it: both engines compile it.

    Parameters
    ----------
    net_inputs : sequence of float [unit]
    index : int
        Index of the unit.

    Examples
    --------
    >>> log_softmax([0.0, -1000.0], 1)
    -1000.0
    """
    highest, total = net_inputs[0], 0.0
    for i in range(len(net_inputs)):
        highest = max(highest, net_inputs[i])
    for i in range(len(net_inputs)):
        total += math.exp(net_inputs[i] - highest)
    return net_inputs[index] - highest - math.log(total)


def moved_target(activation: float, target: float, target_radius: float, zero_error_radius: float) -> float:
    """Return a target moved towards the activation, as LENS does, for the formulas of error functions.

    Parameters
    ----------
    activation, target : float
    target_radius : float
        Largest distance by which the target moves, at least 0.
    zero_error_radius : float
        Distance from the target within which the target moves to the activation, so that there is no error; at least 0.

    Examples
    --------
    >>> moved_target(0.5, 1.0, 0.1, 0.0), moved_target(0.95, 1.0, 0.1, 0.0), moved_target(0.8, 1.0, 0.0, 0.3)
    (0.9, 0.95, 0.8)
    """
    if target_radius == 0.0 and zero_error_radius == 0.0:
        return target
    difference = activation - target
    if abs(difference) < zero_error_radius or abs(difference) <= target_radius:
        return activation
    return target + target_radius if difference > 0.0 else target - target_radius


def within_margin(activation: float, target: float, margin: float) -> bool:
    """Return whether an activation is within the margin of its target, so that the unit has no error.

    A unit that should be on (target at least 0.5) has no error if its activation is above ``target − margin``. A unit that should be off
    has no error if its activation is below ``target + margin``. Rumelhart, Hinton & Williams (1986), caption of Fig. 2, used a margin of
    0.2: above 0.8 and below 0.2.

    Parameters
    ----------
    activation, target : float
    margin : float
        At least 0; with 0 no activation is within the margin.

    Examples
    --------
    >>> within_margin(0.81, 1.0, 0.2), within_margin(0.8, 1.0, 0.2), within_margin(0.1, 0.0, 0.2)
    (True, False, True)
    >>> within_margin(2.0, 1.0, 0.0)
    False
    """
    if margin <= 0.0:
        return False
    return activation > target - margin if target >= 0.5 else activation < target + margin
