"""Whether the derivatives of activation and error functions are their own, and their numbers in range."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.testing.claims import check_frozen, check_name, claim, make

# Not round, so that a function's own corners (0, ±1) are not hit, where nothing has a slope.
NET_INPUTS = tuple(0.25 * step + 0.0137 for step in range(-32, 33))
GROUPS = ((0.3137,), (1.25, -0.5), (0.1, -2.3, 0.7, 1.9), (-3.1, 4.2, 0.05, 0.6, -0.9))
STEP = 1e-5
NEAR = 1e-6


def check_activation_function(function: type[object] | object) -> None:
    """Check an activation function, of single units or of a joint group.

    It is a frozen dataclass with a name; the same net inputs give the same activations; these are within its `range`, even for
    net inputs of ±1000 where the range is bounded; and its derivatives equal central differences for net inputs from −8 to 8.

    Parameters
    ----------
    function : ActivationFunction, JointActivationFunction, or a class of either
        A class must have default parameters.

    Raises
    ------
    AssertionError
        It names the function, the property, what was allowed and what came.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_activation_function(registry.find("activation_functions", "tanh"))
    """
    made = make(function, ActivationFunction, JointActivationFunction)
    check_name(made)
    check_frozen(made)
    low, high = made.range  # type: ignore[attr-defined]
    claim(low < high, type(made).__name__, "range", "the least activation, then a greater one", (low, high))
    if isinstance(made, ActivationFunction):
        _check_single(made)
    elif isinstance(made, JointActivationFunction):
        _check_joint(made)


def check_error_function(function: type[ErrorFunction] | ErrorFunction) -> None:
    """Check an error function.

    It is a frozen dataclass with a name; over the activations and targets it declares, ends included, the error and its
    derivative are finite numbers; the error is 0 where activation and target agree; and the derivative equals central differences.

    Parameters
    ----------
    function : ErrorFunction or class of ErrorFunction
        A class must have default parameters.

    Raises
    ------
    AssertionError
        It names the function, the property, what was allowed and what came.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_error_function(registry.find("error_functions", "squared"))
    """
    made = make(function, ErrorFunction)
    check_name(made)
    check_frozen(made)
    thing = type(made).__name__
    activations, targets = (_points(*bounds) for bounds in (made.activations, made.targets))
    for target in targets:
        if made.activations[0] <= target <= made.activations[1]:
            error = made.error(target, target)
            claim(abs(error) <= NEAR, thing, f"error where activation and target are {target}", "0", error)
        for activation in activations:
            _check_error_at(made, activation, target)
    for target, activation in product(targets, activations[1:-1]):
        slope = _central(lambda y, d=target: made.error(y, d), activation)  # type: ignore[misc]
        got = made.derivative(activation, target)
        quality = f"derivative at activation {activation:g}, target {target:g}"
        claim(_is_near(got, slope), thing, quality, f"the central difference, {slope!r}", got)


def _check_error_at(function: ErrorFunction, activation: float, target: float) -> None:
    for quantity in ("error", "derivative"):
        first, second = (getattr(function, quantity)(activation, target) for _ in range(2))
        quality = f"{quantity} at activation {activation:g}, target {target:g}"
        claim(_is_number(first), type(function).__name__, quality, "a finite number", first)
        claim(first == second, type(function).__name__, f"{quality}, asked twice", f"the same, {first!r}", second)


def _check_single(function: ActivationFunction) -> None:
    thing = type(function).__name__
    is_bounded = all(map(math.isfinite, function.range))
    for net_input in (*NET_INPUTS, 0.0, *((-1000.0, 1000.0) if is_bounded else ())):
        activation = function.activation(net_input)
        claim(activation == function.activation(net_input), thing, f"activation at {net_input:g}, asked twice", "the same", activation)
        _check_range(thing, function.range, net_input, activation)
        slope = function.slope(net_input, activation)
        claim(_is_number(slope), thing, f"slope at {net_input:g}", "a finite number", slope)
    for net_input in NET_INPUTS:
        slope, wanted = function.slope(net_input, function.activation(net_input)), _central(function.activation, net_input)
        claim(_is_near(slope, wanted), thing, f"slope at {net_input:g}", f"the central difference, {wanted!r}", slope)


def _check_joint(function: JointActivationFunction) -> None:
    thing = type(function).__name__
    is_bounded = all(map(math.isfinite, function.range))
    for net_inputs in (*GROUPS, *(((-1000.0, 0.0, 1000.0), (0.0, 0.0)) if is_bounded else ())):
        activations, again = (_activations(function, net_inputs) for _ in range(2))
        claim(activations == again, thing, f"activations at {net_inputs}, asked twice", f"the same, {activations}", again)
        for net_input, activation in zip(net_inputs, activations, strict=True):
            _check_range(thing, function.range, net_input, activation)
    for net_inputs in GROUPS:
        _check_net_derivatives(function, net_inputs)


def _check_net_derivatives(function: JointActivationFunction, net_inputs: Sequence[float]) -> None:
    """Compare with the central differences of Σ c y, for which every ∂E/∂y is a constant c."""
    constants = [1.0 - 0.7 * place for place in range(len(net_inputs))]
    activations = _activations(function, net_inputs)
    got = [math.nan] * len(net_inputs)
    function.net_derivatives(tuple(activations), tuple(constants), got)
    for place, net_input in enumerate(net_inputs):

        def total(x: float, place: int = place) -> float:
            moved = [*net_inputs[:place], x, *net_inputs[place + 1 :]]
            return math.fsum(c * y for c, y in zip(constants, _activations(function, moved), strict=True))

        wanted = _central(total, net_input)
        quality = f"net_derivatives[{place}] at net inputs {tuple(net_inputs)}"
        claim(_is_near(got[place], wanted), type(function).__name__, quality, f"the central difference, {wanted!r}", got[place])


def _activations(function: JointActivationFunction, net_inputs: Sequence[float]) -> list[float]:
    activations = [math.nan] * len(net_inputs)
    function.activations(tuple(net_inputs), activations)
    return activations


def _check_range(thing: str, bounds: tuple[float, float], net_input: float, activation: float) -> None:
    holds = _is_number(activation) and bounds[0] <= activation <= bounds[1]
    claim(holds, thing, f"activation at {net_input:g}", f"a number from {bounds[0]:g} to {bounds[1]:g}, its range", activation)


def _points(low: float, high: float) -> list[float]:
    """Return points of an interval, its ends first and last; of one without end, points on both sides of 0."""
    least, greatest = max(low, -3.0), min(high, 3.0)
    return [least + share * (greatest - least) for share in (0.0, 0.031, 0.2, 0.4137, 0.5, 0.77, 0.969, 1.0)]


def _central(function: Callable[[float], float], x: float) -> float:
    return (function(x + STEP) - function(x - STEP)) / (2.0 * STEP)


def _is_near(got: object, wanted: float) -> bool:
    return _is_number(got) and abs(got - wanted) <= NEAR * max(1.0, abs(wanted))  # type: ignore[operator]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
