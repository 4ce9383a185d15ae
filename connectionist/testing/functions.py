"""Checks of activation and error functions: their derivatives, and the ranges of their values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product

from connectionist.model.clamping import has_inverse
from connectionist.plugins.functions import (
    KINDS_OF_ACTIVATION,
    ActivationFunction,
    DynamicActivationFunction,
    ErrorFunction,
    JointActivationFunction,
    JointErrorFunction,
)
from connectionist.plugins.pairing import is_pair, paired_functions
from connectionist.testing.claims import assert_that, call_to_write, check_declaration, make_instance

# Not round numbers, so that no point is one where a function may have no derivative (0, ±1).
NET_INPUTS = tuple(0.25 * step + 0.0137 for step in range(-32, 33))
GROUPS = ((0.3137,), (1.25, -0.5), (0.1, -2.3, 0.7, 1.9), (-3.1, 4.2, 0.05, 0.6, -0.9))
FAR = (-800.0, -40.0, 40.0, 800.0)
NEAR = 10.0
FAR_GROUPS = ((800.0,), (37.0, 0.0), (-800.0, 0.0), (-800.0, 0.0, 800.0), (800.0, 799.5, -800.0, 0.0))
PREVIOUS = (-0.1313, 0.0371, 0.6137)
STEP = 1e-5
TOLERANCE = 1e-6
FAR_TOLERANCE = 1e-5  # of central differences of errors near 1000


def check_activation_function(function: type[object] | object) -> None:
    """Check an activation function, of single units, of a whole group, or of single units and their past.

    It must be a frozen dataclass with a name. The same net inputs must give the same activations. Activations must be within its `range`,
    also for net inputs of ±1000 if the range is bounded. Derivatives must equal central differences for net inputs from −8 to 8, within
    1e-6.

    Parameters
    ----------
    function : ActivationFunction, JointActivationFunction, DynamicActivationFunction, or a class of one of them
        Function to check. A class must have default parameters.

    Raises
    ------
    AssertionError
        If a check fails. The message names the function, the property, what was allowed and what was found.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_activation_function(registry.find("activation_functions", "tanh"))
    """
    made = make_instance(function, *KINDS_OF_ACTIVATION)
    check_declaration(made)
    low, high = made.range  # type: ignore[attr-defined]
    assert_that(low < high, type(made).__name__, "range", "the smallest activation, then a greater one", (low, high))
    if isinstance(made, ActivationFunction):
        _check_single(made)
    elif isinstance(made, JointActivationFunction):
        _check_joint(made)
    elif isinstance(made, DynamicActivationFunction):
        _check_dynamic(made)


def check_error_function(function: type[ErrorFunction | JointErrorFunction] | ErrorFunction | JointErrorFunction) -> None:
    """Check an error function.

    It must be a frozen dataclass with a name. For the activations and targets that it declares, ends included, the error and its derivative
    must be finite. The error must be 0 if the activation equals the target. The derivative must equal central differences, within 1e-6.

    For each activation function in ``pairs_with``, the formula of the net input must give the error and ∂E/∂x that follow from the
    activations, within 1e-6, for net inputs from −8 to 8. At net inputs of ±800 both must be finite, and ∂E/∂x must equal central
    differences. A joint error function is checked for several groups of activations and targets; its shares must have the sum E.

    Parameters
    ----------
    function : ErrorFunction, JointErrorFunction, or a class of either
        Function to check. A class must have default parameters.

    Raises
    ------
    AssertionError
        If a check fails. The message names the function, the property, what was allowed and what was found.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_error_function(registry.find("error_functions", "squared"))
    """
    made = make_instance(function, ErrorFunction, JointErrorFunction)
    check_declaration(made)
    owner = type(made).__name__
    if isinstance(made, JointErrorFunction):
        _check_joint_error(made)
        return
    assert isinstance(made, ErrorFunction)
    activations, targets = (_points_of(*bounds) for bounds in (made.activations, made.targets))
    for target in targets:
        if made.activations[0] <= target <= made.activations[1]:
            error = made.error(target, target)
            assert_that(abs(error) <= TOLERANCE, owner, f"error for activation and target {target}", "0", error)
        for activation in activations:
            _check_error_at(made, activation, target)
    for target, activation in product(targets, activations[1:-1]):
        slope = _central_difference(lambda y, d=target: made.error(y, d), activation)  # type: ignore[misc]
        got = made.derivative(activation, target)
        what = f"derivative at activation {activation:g}, target {target:g}"
        assert_that(_is_close(got, slope), owner, what, f"the central difference, {slope!r}", got)
    for named in made.pairs_with:
        assert_that(isinstance(named, (str, type)), owner, "pairs_with", "names or classes of activation functions", named)
    for cls in paired_functions(made):
        _check_pair(made, make_instance(cls, ActivationFunction, JointActivationFunction))  # type: ignore[arg-type]


def _check_joint_error(function: JointErrorFunction) -> None:
    owner = type(function).__name__
    inside, targets = (_points_of(*bounds)[1:-1] for bounds in (function.activations, function.targets))
    for size in (1, 2, 3):
        ys, ds = inside[:size], targets[-size:]

        def total(y: float, place: int, ys: Sequence[float] = ys, ds: Sequence[float] = ds) -> float:
            return math.fsum(_compared(function, [*ys[:place], y, *ys[place + 1 :]], ds)[0])

        (errors, derivatives), again = _compared(function, ys, ds), _compared(function, ys, ds)
        where = f"for activations {tuple(ys)} and targets {tuple(ds)}"
        assert_that(all(map(_is_number, (*errors, *derivatives))), owner, f"compare {where}", "finite numbers", (errors, derivatives))
        assert_that((errors, derivatives) == again, owner, f"compare {where}, called twice", f"the same, {(errors, derivatives)}", again)
        for place, got in enumerate(derivatives):
            slope = _central_difference(lambda y, place=place: total(y, place), ys[place])  # type: ignore[misc]
            assert_that(_is_close(got, slope), owner, f"derivative of unit {place} {where}", f"the central difference, {slope!r}", got)


def _compared(function: JointErrorFunction, activations: Sequence[float], targets: Sequence[float]) -> tuple[list[float], list[float]]:
    errors, derivatives = [0.0] * len(targets), [0.0] * len(targets)
    call_to_write(function, "compare", activations, targets, errors, derivatives)
    return errors, derivatives


def _check_pair(function: ErrorFunction, activation: object) -> None:
    assert_that(is_pair(function, activation), type(function).__name__, "pairs_with", "an activation function", activation)  # type: ignore[arg-type]
    targets = _points_of(*function.targets)
    if isinstance(activation, ActivationFunction):
        for net_input, target in product((*NET_INPUTS, *FAR), targets):
            _check_single_pair(function, activation, net_input, target)
    elif isinstance(activation, JointActivationFunction):
        for number, net_inputs in enumerate((*GROUPS, *FAR_GROUPS)):
            for shift in range(len(targets)):
                chosen = [targets[(shift + 3 * place) % len(targets)] for place in range(len(net_inputs))]
                _check_joint_pair(function, activation, net_inputs, chosen)
                _check_joint_pair(function, activation, net_inputs, [*chosen[:number], math.nan, *chosen[number + 1 :]][: len(net_inputs)])


def _check_single_pair(function: ErrorFunction, activation: ActivationFunction, net_input: float, target: float) -> None:
    def error(x: float) -> float:
        return function.compare_net_input(x, activation.activation(x), target, activation)[0]

    y = activation.activation(net_input)
    got = function.compare_net_input(net_input, y, target, activation)
    product_rule = function.error(y, target), function.derivative(y, target) * activation.slope(net_input, y)
    where = f"at net input {net_input:g}, target {target:g}, with {activation.name!r}"
    _compare_pair(function, where, got, product_rule if abs(net_input) < NEAR else None, _central_difference(error, net_input))


def _check_joint_pair(
    function: ErrorFunction, activation: JointActivationFunction, net_inputs: Sequence[float], targets: Sequence[float]
) -> None:
    def compare(moved: Sequence[float]) -> tuple[list[float], list[float]]:
        errors, derivatives = [0.0] * len(moved), [0.0] * len(moved)
        call_to_write(function, "compare_net_inputs", moved, _activations(activation, moved), targets, errors, derivatives, activation)
        return [0.0 if math.isnan(target) else each for each, target in zip(errors, targets, strict=True)], derivatives

    activations, of_product = _activations(activation, net_inputs), [0.0] * len(targets)
    errors, got = compare(net_inputs)
    pairs = list(zip(activations, targets, strict=True))
    derivatives = [0.0 if math.isnan(target) else function.derivative(y, target) for y, target in pairs]
    call_to_write(activation, "net_derivatives", activations, derivatives, of_product)
    is_near = net_inputs in GROUPS
    for place in range(len(targets)):

        def total(x: float, place: int = place) -> float:
            return math.fsum(compare([*net_inputs[:place], x, *net_inputs[place + 1 :]])[0])

        y, target = pairs[place]
        error = 0.0 if math.isnan(target) else function.error(y, target)
        where = f"of unit {place} at net inputs {tuple(net_inputs)}, targets {tuple(targets)}, with {activation.name!r}"
        _compare_pair(
            function,
            where,
            (errors[place], got[place]),
            (error, of_product[place]) if is_near else None,
            _central_difference(total, net_inputs[place]),
        )


def _compare_pair(
    function: ErrorFunction, where: str, got: tuple[float, float], of_product: tuple[float, float] | None, slope: float
) -> None:
    """Compare E and ∂E/∂x of the formula of the net input with those that follow from the activations, and ∂E/∂x with its difference."""
    owner = type(function).__name__
    for quantity, value in zip(("error", "∂E/∂x"), got, strict=True):
        assert_that(_is_number(value), owner, f"{quantity} {where}", "a finite number", value)
    for quantity, value, wanted in zip(("error", "∂E/∂x"), got, of_product or got, strict=True):
        assert_that(_is_close(value, wanted), owner, f"{quantity} {where}", f"{wanted!r}, from the activation", value)
    assert_that(_is_close(got[1], slope, FAR_TOLERANCE), owner, f"∂E/∂x {where}", f"the central difference, {slope!r}", got[1])


def _check_error_at(function: ErrorFunction, activation: float, target: float) -> None:
    for quantity in ("error", "derivative"):
        first, second = (getattr(function, quantity)(activation, target) for _ in range(2))
        what = f"{quantity} at activation {activation:g}, target {target:g}"
        assert_that(_is_number(first), type(function).__name__, what, "a finite number", first)
        assert_that(first == second, type(function).__name__, f"{what}, called twice", f"the same, {first!r}", second)


def _check_single(function: ActivationFunction) -> None:
    owner = type(function).__name__
    is_bounded = all(map(math.isfinite, function.range))
    for net_input in (*NET_INPUTS, 0.0, *((-1000.0, 1000.0) if is_bounded else ())):
        activation = function.activation(net_input)
        assert_that(
            activation == function.activation(net_input), owner, f"activation at {net_input:g}, called twice", "the same", activation
        )
        _check_range(owner, function.range, net_input, activation)
        slope = function.slope(net_input, activation)
        assert_that(_is_number(slope), owner, f"slope at {net_input:g}", "a finite number", slope)
    for net_input in NET_INPUTS:
        slope, wanted = function.slope(net_input, function.activation(net_input)), _central_difference(function.activation, net_input)
        assert_that(_is_close(slope, wanted), owner, f"slope at {net_input:g}", f"the central difference, {wanted!r}", slope)
    has_slope = any(function.slope(net_input, function.activation(net_input)) for net_input in NET_INPUTS)
    assert_that(function.has_slope == has_slope, owner, "has_slope", f"{has_slope}, as its slopes say", function.has_slope)
    for net_input in NET_INPUTS if has_inverse(function) else ():
        activation = function.activation(net_input)
        again = function.activation(function.inverse(activation))
        assert_that(_is_close(again, activation), owner, f"activation of inverse({activation:g})", f"{activation!r}", again)


def _check_dynamic(function: DynamicActivationFunction) -> None:
    owner = type(function).__name__
    for net_input, previous in product((*NET_INPUTS, 0.0), PREVIOUS):
        activation, again = (function.activation(net_input, previous) for _ in range(2))
        what = f"activation at {net_input:g}, previous activation {previous:g}"
        assert_that(activation == again, owner, f"{what}, called twice", f"the same, {activation!r}", again)
        _check_range(owner, function.range, net_input, activation)
    for net_input, previous in product(NET_INPUTS, PREVIOUS):
        activation = function.activation(net_input, previous)
        slopes = {
            "slope": _central_difference(lambda x, y=previous: function.activation(x, y), net_input),  # type: ignore[misc]
            "previous_slope": _central_difference(lambda y, x=net_input: function.activation(x, y), previous),  # type: ignore[misc]
        }
        for name, wanted in slopes.items():
            got = getattr(function, name)(net_input, previous, activation)
            what = f"{name} at {net_input:g}, previous activation {previous:g}"
            assert_that(_is_close(got, wanted), owner, what, f"the central difference, {wanted!r}", got)


def _check_joint(function: JointActivationFunction) -> None:
    owner = type(function).__name__
    is_bounded = all(map(math.isfinite, function.range))
    for net_inputs in (*GROUPS, *(((-1000.0, 0.0, 1000.0), (0.0, 0.0)) if is_bounded else ())):
        activations, again = (_activations(function, net_inputs) for _ in range(2))
        assert_that(activations == again, owner, f"activations at {net_inputs}, called twice", f"the same, {activations}", again)
        for net_input, activation in zip(net_inputs, activations, strict=True):
            _check_range(owner, function.range, net_input, activation)
    for net_inputs in GROUPS:
        _check_net_derivatives(function, net_inputs)


def _check_net_derivatives(function: JointActivationFunction, net_inputs: Sequence[float]) -> None:
    """Compare with central differences of E = Σ c y, for which each ∂E/∂y is a constant c."""
    constants = [1.0 - 0.7 * place for place in range(len(net_inputs))]
    activations = _activations(function, net_inputs)
    got = [math.nan] * len(net_inputs)
    call_to_write(function, "net_derivatives", tuple(activations), tuple(constants), got)
    for place, net_input in enumerate(net_inputs):

        def total(x: float, place: int = place) -> float:
            moved = [*net_inputs[:place], x, *net_inputs[place + 1 :]]
            return math.fsum(c * y for c, y in zip(constants, _activations(function, moved), strict=True))

        wanted = _central_difference(total, net_input)
        what = f"net_derivatives[{place}] at net inputs {tuple(net_inputs)}"
        assert_that(_is_close(got[place], wanted), type(function).__name__, what, f"the central difference, {wanted!r}", got[place])


def _activations(function: JointActivationFunction, net_inputs: Sequence[float]) -> list[float]:
    activations = [math.nan] * len(net_inputs)
    call_to_write(function, "activations", tuple(net_inputs), activations)
    return activations


def _check_range(owner: str, bounds: tuple[float, float], net_input: float, activation: float) -> None:
    is_valid = _is_number(activation) and bounds[0] <= activation <= bounds[1]
    assert_that(is_valid, owner, f"activation at {net_input:g}", f"a number from {bounds[0]:g} to {bounds[1]:g}, its range", activation)


def _points_of(low: float, high: float) -> list[float]:
    """Return points of an interval, its ends first and last; an infinite end is replaced by ±3."""
    first, last = max(low, -3.0), min(high, 3.0)
    return [first + share * (last - first) for share in (0.0, 0.031, 0.2, 0.4137, 0.5, 0.77, 0.969, 1.0)]


def _central_difference(function: Callable[[float], float], x: float) -> float:
    return (function(x + STEP) - function(x - STEP)) / (2.0 * STEP)


def _is_close(got: object, wanted: float, tolerance: float = TOLERANCE) -> bool:
    return _is_number(got) and abs(got - wanted) <= tolerance * max(1.0, abs(wanted))  # type: ignore[operator]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
