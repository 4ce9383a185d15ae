"""Formulas compiled by numba that read numbers from modules."""

import linecache
import math
import types
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning

CONSTANTS = types.ModuleType("constants")
INNER = CONSTANTS.inner = types.ModuleType("constants.inner")  # type: ignore[attr-defined]
vars(INNER).update(HUGE=-(2**64), HALF=0.5, double=lambda x: 2.0 * x)
vars(CONSTANTS).update(HUGE=2**64, GIANT=10**5000, PAIR_OF_HUGE=(1, 2**70))
vars(CONSTANTS).update(GREAT=2**40, TOO_GREAT=2**60 + 1, SINGLE=np.float32(0.1), TRUE=np.True_, PAIR=(1.0, np.float32(0.1)))


def function_of(expression: str) -> Any:
    """Return an activation function whose activation is the expression of x."""
    source = f"""
@dataclass(frozen=True)
class Expression(cn.ActivationFunction):
    "An expression."
    name = "expression"
    range = (-math.inf, math.inf)

    def activation(self, net_input):
        "Return y."
        x = net_input
        return {expression}

    def slope(self, net_input, activation):
        "Return dy/dx."
        return 1.0
"""
    file = f"<{expression}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    names: dict[str, Any] = {"__name__": __name__, "dataclass": dataclass, "cn": cn, "math": math, "constants": CONSTANTS}
    exec(compile(source, file, "exec"), names)
    return names["Expression"]()


def activation(function: Any, net_input: float, engine: str) -> Any:
    net = cn.Network("net")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", biased=False, activation=function)
    net.connect("input", "output", weights=1.0)
    return net.outputs(cn.ExampleSet.from_arrays([[net_input]], [[0.0]]), engine=engine).item()


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("constants.GREAT * constants.GREAT * x", r"\* of two whole numbers"),
        (
            "x if constants.TOO_GREAT > constants.TOO_GREAT - 1.0 else 7.0",
            f"activation reads {2**60 + 1} from constants.TOO_GREAT; a whole",
        ),
        ("constants.SINGLE * x", "numpy.float32"),
        ("constants.PAIR[1] * x", "numpy.float32"),
        ("(constants.TRUE + constants.TRUE) * x", "numpy.bool"),
    ],
)
def test_numbers_of_modules_have_the_arithmetic_of_python(expression: str, reason: str) -> None:
    function = function_of(expression)
    with pytest.warns(CompilationWarning, match=reason):
        compiled = activation(function, 3.0, "compiled")
    assert compiled == activation(function, 3.0, "local")


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("constants.HUGE * x", f"reads {2**64} from constants.HUGE"),
        ("constants.HUGE * x ** 2", f"reads {2**64} from constants.HUGE"),
        ("constants.inner.HUGE * x ** 2", f"reads {-(2**64)} from constants.inner.HUGE"),
        ("constants.PAIR_OF_HUGE[1] * x", f"reads {2**70} from constants.PAIR_OF_HUGE"),
        ("x if x < constants.GIANT else 0.0", "reads an object of class int from constants.GIANT"),
        (f"{2**64} * x", f"has the number {2**64}"),
    ],
)
def test_a_whole_number_that_is_too_great_is_named_in_one_sentence(expression: str, named: str) -> None:
    function = function_of(expression)
    with pytest.warns(CompilationWarning) as warnings:
        compiled = activation(function, 3.0, "compiled")
    allowed = "a whole number in a compiled formula must be from -2**53 to 2**53"
    rest = "it runs in Python, with the same results but slower"
    assert {str(each.message) for each in warnings} == {f"expression: cannot be compiled (activation {named}; {allowed}); {rest}"}
    assert compiled == activation(function, 3.0, "local")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("expression", ["constants.inner.double(x)", "constants.inner.HALF * x", "math.exp(x) + constants.inner.HALF"])
def test_formulas_of_numba_read_modules_in_modules(expression: str) -> None:
    function = function_of(f"{expression} + x ** 2")  # only numba compiles the power
    assert activation(function, 3.0, "compiled") == pytest.approx(activation(function, 3.0, "local"), rel=1e-12)
