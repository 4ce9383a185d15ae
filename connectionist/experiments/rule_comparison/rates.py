"""The search for the rate of a pair: a grid of values, the same for all pairs, on a few seeds that are not those of the comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError
from connectionist.experiments.study import seeds as seed_ranges
from connectionist.utils.finite_list import check_each, finite_list
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd

RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SEARCH_SEEDS = 3


def checked_rates(rates: Any) -> tuple[float, ...]:
    """Return the values to try, in ascending order.

    Raises
    ------
    ParameterError
        If they are not different numbers above 0.
    """
    if isinstance(rates, str | Mapping) or not isinstance(rates, Iterable):
        raise ParameterError(f"compare_rules.rates: must be a list of numbers, such as [0.01, 0.1, 1.0] (got {shown(rates)})")
    given = finite_list(rates, "compare_rules.rates")
    check_each("compare_rules", "rates", given, above=0)
    if not given or len({float(rate) for rate in given}) < len(given):
        raise ParameterError(f"compare_rules.rates: must have at least one number, and each once (got {shown(given)})")
    return tuple(sorted(float(rate) for rate in given))


def choose_search_seeds(given: Any, seeds: seed_ranges.Ranges) -> list[int]:
    """Return the seeds of the search: the given ones, or the three after the largest seed of the comparison.

    Raises
    ------
    ParameterError
        If they are no seeds, or if one of them is a seed of the comparison.
    """
    if given is None:
        largest = max(some[-1] for some in seeds)
        return list(range(largest + 1, largest + 1 + SEARCH_SEEDS))
    chosen = seed_ranges.as_list(seed_ranges.read_seeds(given, "compare_rules", "search_seeds"), "compare_rules.search_seeds")
    if both := list(islice((seed for seed in chosen if any(seed in some for some in seeds)), 1)):
        raise ParameterError(f"compare_rules.search_seeds: must not have a seed of the comparison (got {both[0]})")
    return chosen


def best_rate(tries: Sequence[tuple[float, pd.DataFrame]]) -> float:
    """Return the rate with the most runs that learned, then with the fewest epochs until they did, then with the least error.

    Parameters
    ----------
    tries : sequence of (float, DataFrame)
        For each rate its runs: the columns "learned", "learned_after" and "error". At equal results, the smaller rate is returned.
    """
    return min(tries, key=lambda each: (*_result(each[1]), each[0]))[0]


def _result(runs: pd.DataFrame) -> tuple[float, float, float]:
    epochs = runs["learned_after"][runs["learned"]].median()
    error = runs["error"].astype(float).fillna(float("inf")).median()
    return -float(runs["learned"].sum()), _infinite_if_nan(epochs), _infinite_if_nan(error)


def _infinite_if_nan(value: Any) -> float:
    return float("inf") if value != value else float(value)  # noqa: PLR0124  (only NaN differs from itself)
