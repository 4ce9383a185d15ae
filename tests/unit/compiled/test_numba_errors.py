"""The reason why a formula cannot be compiled is in the words of the engine, not in those of numba."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import connectionist as cn
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, formula_address
from connectionist_plugins.engines.compiled.formulas.numba_errors import numba_reason, with_types_of_python

COUNT = 0


class Plugin(cn.ActivationFunction):
    name = "plugin"
    label = "not a parameter"

    def activation(self, net_input: float) -> float:
        return net_input

    def slope(self, net_input: float, activation: float) -> float:
        return 1.0


def product(x: float, factor: float) -> float:
    return float(x * factor**1.0)


def with_none(self: Any, x: float) -> float:
    factor = None
    return x if x < 1e9 else x * factor  # type: ignore[operator]


def with_a_function_of_two(self: Any, x: float) -> float:
    return math.tanh(x, 1.0)  # type: ignore[call-arg]


def with_an_attribute(self: Any, x: float) -> float:
    return x if x < 1e9 else x * len(self.label) ** 1.0


def with_other_arguments(self: Any, x: float) -> float:
    return product(x, 2.0, 3.0)  # type: ignore[call-arg]


def with_a_generator(self: Any, x: float) -> float:
    return sum(x * factor for factor in (0.5, 0.5))


def with_a_module(self: Any, x: float) -> float:
    import math

    return math.tanh(x)


def with_a_global_variable(self: Any, x: float) -> float:
    global COUNT  # noqa: PLW0603
    COUNT = 1
    return x


def with_del(self: Any, x: float) -> float:
    y = x**2.0
    del y
    return x


def with_two_of_one(self: Any, x: float) -> float:
    y, z = x**1.0
    return float(y + z)


def with_values_of_two_kinds(self: Any, x: float) -> float:
    total = 0.0
    for factor in (1, 2.0):
        total += factor * x
    return total


def with_a_list(self: Any, x: float) -> float:
    return x * [1.0, 2.0][0]


def with_a_dict(self: Any, x: float) -> float:
    return x * {1.0: 2.0}[1.0]


def sometimes_none(self: Any, x: float) -> float | None:
    return x if x < 1e9 else None


def with_text(self: Any, x: float) -> float:
    return x * len("text")


def with_a_complex_number(self: Any, x: float) -> float:
    return abs(x + 1j)


def with_a_star(self: Any, x: float) -> float:
    first, *_ = (1.0, 2.0)
    return x * first


def with_a_pattern(self: Any, x: float) -> float:
    match x:
        case [1.0, *_]:
            return 1.0
    return x


def with_a_sum_in_place(self: Any, x: float) -> float:
    total = None
    if x > 1e9:
        total += x  # type: ignore[operator]
    return x


def with_a_shift(self: Any, x: float) -> float:
    return x**1.0 >> 2  # type: ignore[no-any-return]


def with_text_or_none(self: Any, x: float) -> float:
    label = "text" if x > 1e9 else None
    return 0.0 if label is None else x**1.0


REASONS: dict[Callable[..., object], str] = {
    with_a_star: "it unpacks with a star, as in `first, *rest = …`",
    with_a_pattern: "it has a match statement with a pattern that is not compiled",
    with_a_sum_in_place: "+= is not compiled for (None, float)",
    with_a_shift: ">> is not compiled for (float, int)",
    with_text_or_none: "label has a type that is not compiled, str or None",
    with_none: "* is not compiled for (float, None)",
    with_a_function_of_two: "tanh is not compiled for (float, float)",
    with_an_attribute: "it reads the attribute label, which is no parameter with a number",
    with_other_arguments: "it calls a function with other arguments than (x, factor)",
    with_a_generator: "it has a generator expression",
    with_a_module: "it imports a module",
    with_a_global_variable: "it assigns a global variable",
    with_del: "it deletes y",
    with_two_of_one: "it unpacks something of type float",
    with_values_of_two_kinds: "it loops over values of different kinds",
    with_a_list: "it makes a list",
    with_a_dict: "it makes a dict",
    sometimes_none: "a value has a type that is not compiled, float or None",
    with_text: "a value has a type that is not compiled, str",
    with_a_complex_number: "a value has a type that is not compiled, complex",
}


@pytest.mark.parametrize("formula", REASONS)
def test_the_reason_is_in_words(formula: Callable[..., object]) -> None:
    plugin = type(formula.__name__, (Plugin,), {"activation": formula})()
    with pytest.warns(CompilationWarning) as caught:
        formula_address(plugin, "activate", "float64", [])
    rest = "it runs in Python, with the same results but slower"
    assert [str(each.message) for each in caught] == [f"plugin: cannot be compiled ({REASONS[formula]}); {rest}"]


def test_of_an_unknown_error_the_reason_is_its_first_line_that_says_something() -> None:
    failed = "Failed in nopython mode pipeline (step: nopython frontend)"
    text = f"{failed}\n\n{failed}\nCannot unify Literal[int](1) and UniTuple(float64 x 2) for 'y', defined at a.py.\n\nFile a.py, line 1"
    assert numba_reason(TypeError(text)) == "numba does not compile it: Cannot unify int and tuple for 'y', defined at a.py"
    assert numba_reason(TypeError(failed)) == "numba does not compile it: TypeError"


def test_the_types_of_numba_have_the_names_of_python() -> None:
    text = "none, OptionalType(float64), UniTuple(OptionalType(int64) x 2), uint8, Literal[int](3) and unicode_type"
    assert with_types_of_python(text) == "None, float or None, tuple, int, int and str"
