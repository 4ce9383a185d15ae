"""Parsing of values by the declared type of a parameter."""

from __future__ import annotations

from argparse import ArgumentTypeError
from dataclasses import dataclass, field
from typing import Literal

import pytest

from connectionist.cli.settings import parse_seeds, parse_settings, whole_number
from connectionist.errors import ParameterError
from connectionist.plugins.parameter_types import describe_kinds, kinds_of


@dataclass
class Owner:
    count: int = 1
    size: float = 1.0
    direct: bool = False
    name_of: str = "a"
    margin: float | None = None
    update_after: str | int = "epoch"
    kind: Literal["mean", "sum"] = "mean"
    sizes: tuple[int, ...] = field(default_factory=lambda: (1, 2))
    pair: tuple[Literal["all"] | int, float] = ("all", 0.5)
    anything: object = None


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ("count=3", 3),
        ("size=3", 3.0),
        ("size=1e-3", 0.001),
        ("direct=true", True),
        ("direct=No", False),
        ("name_of=x=y", "x=y"),
        ("name_of=", ""),
        ("margin=none", None),
        ("margin=0.2", 0.2),
        ("update_after=5", 5),
        ("update_after=epoch", "epoch"),
        ("kind=sum", "sum"),
        ("sizes=4,5", (4, 5)),
        ("pair=all,0.5", ("all", 0.5)),
        ("pair=3,1", (3, 1.0)),
    ],
)
def test_value_has_the_declared_kind(pair: str, value: object) -> None:
    (parsed,) = parse_settings([pair], [Owner]).values()
    assert (type(parsed), parsed) == (type(value), value)


@pytest.mark.parametrize(
    ("pair", "allowed"),
    [
        ("count=3.0", "a whole number"),
        ("count=", "a whole number"),
        ("direct=1", "true or false"),
        ("margin=wide", "a number or none"),
        ("kind=median", "'mean' or 'sum'"),
        ("sizes=4,x", "a whole number, or several with commas between"),
        ("pair=3", "2 values with commas between: 'all' or a whole number, a number"),
        ("pair=3,4,5", "2 values with commas between: 'all' or a whole number, a number"),
        ("anything=3", "an object of class object .in Python only."),
    ],
)
def test_other_values_are_rejected_by_name(pair: str, allowed: str) -> None:
    key = pair.partition("=")[0]
    with pytest.raises(ParameterError, match=rf"^Owner\.{key}: must be {allowed} \(got '{pair.partition('=')[2]}'\)"):
        parse_settings([pair], [Owner])


def test_first_owner_says_the_kind() -> None:
    @dataclass
    class Other:
        count: str = ""
        more: int = 0

    assert parse_settings(["count=3", "more=4", "unheard=5"], [Owner, Other]) == {"count": 3, "more": 4, "unheard": "5"}


def test_kind_of_the_default_when_the_hint_cannot_be_resolved() -> None:
    @dataclass
    class Odd:
        size: "NotImportedHere" = 0.5  # type: ignore[name-defined]  # noqa: F821, UP037

    assert describe_kinds(kinds_of(Odd, "size")) == "a number"


@pytest.mark.parametrize("text", ["", "1", "1-", "-1", "a-b", "3-1", "1-2-3", "1.0-2"])
def test_seeds_must_be_a_range(text: str) -> None:
    with pytest.raises(ParameterError, match="--seeds: must be A-B"):
        parse_seeds(text)


@pytest.mark.parametrize("text", ["-1", "+1", "1.0", "1e3", "", " 1", "1_0", "٣", "nan", "9223372036854775808", "9" * 5000])
def test_what_is_no_whole_number_is_rejected_with_the_limits(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="must be a whole number from 0 to 9223372036854775807"):
        whole_number(text)
    with pytest.raises(ParameterError, match="--seeds: must be A-B, two whole numbers from 0 to 9223372036854775807"):
        parse_seeds(f"0-{text}")


def test_a_whole_number_may_be_large() -> None:
    assert whole_number("0" * 30 + "9223372036854775807") == 2**63 - 1


def test_seeds_include_both_ends() -> None:
    assert list(parse_seeds("0-0")) == [0]
    assert list(parse_seeds("7-9")) == [7, 8, 9]
