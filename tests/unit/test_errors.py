"""The tree of errors, and their messages."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectionist import errors
from connectionist.errors import ParameterError, check_number, unknown_name

BUILTINS = {
    "ParameterError": ValueError,
    "UnknownNameError": LookupError,
    "UnknownAttributeError": AttributeError,
    "WiringError": ValueError,
    "LoopError": ValueError,
    "DataError": ValueError,
    "DivergenceError": ArithmeticError,
    "MemoryLimitError": MemoryError,
    "AssignmentError": AttributeError,
    "PluginError": RuntimeError,
    "FileError": OSError,
    "FormatError": OSError,
    "FormatWarning": UserWarning,
}


@pytest.mark.parametrize(("name", "builtin"), BUILTINS.items())
def test_every_error_is_ours_and_the_builtin_a_user_would_catch(name: str, builtin: type[Exception]) -> None:
    assert issubclass(getattr(errors, name), UserWarning if builtin is UserWarning else errors.ConnectionistError)
    assert issubclass(getattr(errors, name), builtin)


def test_the_tree_at_the_top_of_the_module_is_the_tree() -> None:
    classes = [thing for thing in vars(errors).values() if isinstance(thing, type) and thing.__module__ == errors.__name__]
    assert set(BUILTINS) | {"ConnectionistError", "TrainingInterrupted"} == {thing.__name__ for thing in classes}
    assert all(thing.__name__ in str(errors.__doc__) for thing in classes)
    assert not issubclass(errors.TrainingInterrupted, Exception), "Ctrl-C must not be swallowed by `except Exception`"


def test_an_unknown_name_is_answered_with_the_nearest_and_the_known() -> None:
    assert str(unknown_name("rule", "momentun", ["steepest", "momentum"])) == (
        "unknown rule 'momentun'; did you mean 'momentum'? Known: steepest, momentum"
    )
    assert str(unknown_name("rule", "xyz", [])) == "unknown rule 'xyz'; known: none"


def test_a_long_list_of_known_names_is_cut() -> None:
    message = str(unknown_name("unit", "?", [f"u{number}" for number in range(45)]))
    assert "u39, … and 5 more" in message
    assert "u40" not in message


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, "1", b"1", bytearray(b"1"), None, True, [1]])
def test_what_is_no_number_above_0_is_rejected_by_owner_name_and_value(value: object) -> None:
    with pytest.raises(ParameterError) as raised:
        check_number("Rule", "rate", value, above=0)
    kind = "finite number" if value == math.inf else "number"
    assert str(raised.value) == f"Rule.rate: must be a {kind} above 0 (got {value!r})"


@pytest.mark.parametrize("value", [1.0, 2.5, -1, np.float64(3)])
def test_what_is_no_whole_number_of_at_least_0_is_rejected(value: object) -> None:
    with pytest.raises(ParameterError, match="must be a whole number of at least 0"):
        check_number("x", "seed", value, at_least=0, whole=True)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-10, 10))
def test_bounds_are_open_or_closed_as_named(value: float, bound: float) -> None:
    for keyword, holds in (
        ("above", value > bound),
        ("at_least", value >= bound),
        ("below", value < bound),
        ("at_most", value <= bound),
    ):
        if holds:
            check_number("x", "y", value, **{keyword: bound})  # type: ignore[arg-type]
        else:
            with pytest.raises(ParameterError):
                check_number("x", "y", value, **{keyword: bound})  # type: ignore[arg-type]


def test_numpy_numbers_are_numbers() -> None:
    check_number("x", "y", np.float64(0.5), above=0, below=1)
    check_number("x", "y", np.int64(5), at_least=5, whole=True)


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_that_no_float_can_be_is_rejected_with_the_limit(digits: int) -> None:
    with pytest.raises(ParameterError, match=r"a whole number of at least 0, at most 1.8e\+308 in size \(got 0x[0-9a-f]+") as raised:
        check_number("x", "seed", 10**digits, at_least=0, whole=True)
    assert len(str(raised.value)) < 450


@pytest.mark.parametrize("kind", [getattr(errors, name) for name in BUILTINS if name != "TrainingInterrupted"])
def test_messages_shorten_long_values(kind: type[errors.ConnectionistError]) -> None:
    path = "/a/" * 90
    assert str(kind(f"file {path!r}: is missing")) == f"file {path!r}: is missing"
    assert str(kind(f"x.y: must be text (got {'a b ' * 1000!r}), not {'9' * 5000}")) == (
        "x.y: must be text (got 'a b a b a b a b a b a b a b a b a b a b … (3,944 more characters) …  a b a b a b a b '), "
        "not 9999999999999999999999999999999999999999 … (4,942 more characters) … 999999999999999999"
    )
    assert len(str(kind("a 'b' " * 10_000))) < 3100
