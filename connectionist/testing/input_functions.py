"""Check of an input function: its slopes."""

from __future__ import annotations

import math

from connectionist.plugins.input_functions import InputFunction
from connectionist.testing.claims import assert_that, call_to_read, call_to_write, check_declaration, make_instance

CASES = (
    ((0.5,), (1.0,)),
    ((0.75, -0.5, 1.25), (1.0, 0.25, -2.0)),
    ((0.0, 0.5), (0.5, 0.0)),
    ((0.3, -0.2, 0.0, 1.5), (1.0, 1.0, 0.7, -0.4)),
)
STEP, TOLERANCE = 1e-5, 1e-6


def check_input_function(function: type[InputFunction] | InputFunction) -> None:
    """Check an input function.

    It must be a frozen dataclass with a name. The same weights and activations must give the same finite net input, also if some of them
    are 0. Slopes must equal central differences within 1e-6.

    Parameters
    ----------
    function : InputFunction or class of InputFunction
        Function to check. A class must have default parameters.

    Raises
    ------
    AssertionError
        If a check fails. The message names the function, the property, what was allowed and what was found.

    Examples
    --------
    >>> from connectionist.plugins import registry
    >>> check_input_function(registry.find("input_functions", "distance"))
    """
    made = make_instance(function, InputFunction)
    check_declaration(made)
    owner = type(made).__name__
    for weights, activations in CASES:
        where = f"for weights {weights} and activations {activations}"
        got, again = (call_to_read(made, "net_input", weights, activations) for _ in range(2))
        assert_that(math.isfinite(got), owner, f"net_input {where}", "a finite number", got)
        assert_that(got == again, owner, f"net_input {where}, called twice", f"the same, {got!r}", again)
        slopes = [0.0] * len(weights), [0.0] * len(weights)
        call_to_write(made, "slopes", weights, activations, *slopes)
        for place in range(len(weights)):
            for kind, name in enumerate(("weight", "activation")):
                wanted = _difference(made, (weights, activations), kind, place)
                is_close = abs(slopes[kind][place] - wanted) <= TOLERANCE * max(1.0, abs(wanted))
                what = f"slope by {name} {place} {where}"
                assert_that(is_close, owner, what, f"the central difference, {wanted!r}", slopes[kind][place])


def _difference(function: InputFunction, numbers: tuple[tuple[float, ...], tuple[float, ...]], kind: int, place: int) -> float:
    found = []
    for step in (STEP, -STEP):
        moved = [list(each) for each in numbers]
        moved[kind][place] += step
        found.append(function.net_input(*moved))
    return (found[0] - found[1]) / (2.0 * STEP)
