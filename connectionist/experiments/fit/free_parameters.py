"""Free parameters of a fit: the ranges or choices from which a search takes their values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.experiments.study.conditions import plain_value
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

FORMS = "(low, high), (low, high, 'log') or a list of choices"
LARGEST, SMALLEST = 1e100, 1e-100  # limits of ranges; the latter of logarithmic ones


@dataclass(frozen=True)
class FreeRange:
    """All numbers, or all whole numbers, from the lowest to the highest.

    Attributes
    ----------
    low, high : float
    is_log : bool
        Whether the logarithm is searched evenly.
    is_whole : bool
    """

    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False

    @property
    def ends(self) -> list[Any]:
        """The lowest and the highest value."""
        return [self.low, self.high]

    @property
    def given(self) -> list[Any]:
        """What a user gives for the range."""
        return [self.low, self.high, "log"] if self.is_log else [self.low, self.high]

    def distribution(self) -> BaseDistribution:
        """Return the range for Optuna."""
        from optuna.distributions import FloatDistribution, IntDistribution

        return (
            IntDistribution(int(self.low), int(self.high), log=self.is_log) if self.is_whole else FloatDistribution(*self.ends, self.is_log)
        )

    def to_optuna(self, value: Any) -> Any:
        """Return a value as Optuna has it."""
        return value

    def from_optuna(self, value: Any) -> Any:
        """Return a value that Optuna chose."""
        return value

    def spread(self, count: int) -> list[Any]:
        """Return values evenly from the lowest to the highest."""
        values = (np.geomspace if self.is_log else np.linspace)(self.low, self.high, count)
        if self.is_whole:
            return sorted({round(value) for value in values.tolist()})
        return [self.low, *values[1:-1].tolist(), self.high]

    def place(self, value: float) -> float:
        """Return where a value is in the range, from 0 to 1."""
        low, high, at = (math.log(each) if self.is_log else each for each in (self.low, self.high, value))
        return (at - low) / (high - low)

    def at(self, place: float) -> Any:
        """Return the value at a place from 0 to 1, within the limits in spite of rounding."""
        value = self.low * (self.high / self.low) ** place if self.is_log else self.low + place * (self.high - self.low)
        value = min(max(float(value), self.low), self.high)
        return round(value) if self.is_whole else value

    def bin_of(self, value: Any, count: int) -> int:
        """Return the number of the part of the range that has a value, of `count` equal parts."""
        return min(int(count * self.place(value)), count - 1)


@dataclass(frozen=True)
class FreeChoices:
    """Values without an order.

    Attributes
    ----------
    values : tuple
    """

    values: tuple[Any, ...]

    @property
    def ends(self) -> list[Any]:
        """All values."""
        return list(self.values)

    @property
    def given(self) -> dict[str, Any]:
        """What a user gives for the choices, other than a range."""
        return {"choices": self.ends}

    def distribution(self) -> BaseDistribution:
        """Return the choices for Optuna, as their numbers, because it does not take all values."""
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(range(len(self.values)))

    def to_optuna(self, value: Any) -> int:
        """Return the number of a value."""
        return self.values.index(value)

    def from_optuna(self, value: int) -> Any:
        """Return the value with this number."""
        return self.values[value]

    def spread(self, count: int) -> list[Any]:  # noqa: ARG002  (choices have no part)
        """Return all values."""
        return list(self.values)

    def bin_of(self, value: Any, count: int) -> int:  # noqa: ARG002
        """Return the number of a value."""
        return self.values.index(value)


Free = Mapping[str, FreeRange | FreeChoices]


def read_free(given: Any) -> dict[str, FreeRange | FreeChoices]:
    """Return the free parameters that a user gave.

    Raises
    ------
    ParameterError
        If a range is reversed or empty, has a limit that is not a number, or is logarithmic and not above 0; or if choices are fewer than
        two or occur twice.

    Examples
    --------
    >>> read_free({"rate": (0.01, 0.5, "log"), "hidden": (2, 8)})["hidden"]
    FreeRange(low=2, high=8, is_log=False, is_whole=True)
    """
    if not isinstance(given, Mapping) or not given:
        raise ParameterError(f"fit.free: must be a dict of name of a parameter to {FORMS} (got {shown(given)})")
    for name in given:
        if not isinstance(name, str) or not name.isprintable() or not name:
            raise ParameterError(f"fit.free: must have names of parameters as keys (got {shown(name)})")
    return {name: _read_choices(name, values) if isinstance(values, list) else _read_range(name, values) for name, values in given.items()}


def _read_range(name: str, given: Any) -> FreeRange:
    what = f"fit.free[{name!r}]"
    if not isinstance(given, tuple) or len(given) not in (2, 3) or (len(given) == 3 and given[2] != "log"):
        raise ParameterError(f"{what}: must be {FORMS} (got {shown(given)})")
    low, high = (float(limit) if isinstance(limit, float) else plain_value(limit, what) for limit in given[:2])
    for limit in (low, high):
        if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not abs(limit) <= LARGEST:
            raise ParameterError(f"{what}: must have numbers as limits, at most 10¹⁰⁰ (got {shown(given)})")
    if low >= high:
        raise ParameterError(f"{what}: must have a low limit below the high one (got {shown(given)})")
    is_whole = isinstance(low, int) and isinstance(high, int)
    if is_whole and max(-low, high) > 2**53:
        raise ParameterError(f"{what}: must have whole numbers of at most 2⁵³ as limits (got {shown(given)})")
    if len(given) > 2 and low < SMALLEST:
        raise ParameterError(f"{what}: must have limits above 10⁻¹⁰⁰, since the range is logarithmic (got {shown(given)})")
    return FreeRange(low, high, len(given) > 2, is_whole) if is_whole else FreeRange(float(low), float(high), len(given) > 2)


def _read_choices(name: str, given: Sequence[Any]) -> FreeChoices:
    values = tuple(plain_value(value, f"fit.free[{name!r}]") for value in given)
    if len(values) < 2 or len(set(values)) < len(values):
        raise ParameterError(f"fit.free[{name!r}]: must have at least two choices, all different (got {shown(given)})")
    return FreeChoices(values)
