"""The seeds of a study, as ranges: a hundred thousand seeds take no more room than one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from connectionist.errors import ParameterError, check_number
from connectionist.utils.visible_text import shown

LARGEST = 2**63 - 2  # so that a range that ends with it has a length in Python and an end in 64 bits
Ranges = list[range]


def read_seeds(given: Any) -> Ranges:
    """Return the seeds that a user gave, in their order.

    Raises
    ------
    ParameterError
        If they are not different whole numbers from 0 to 2⁶³ − 2.

    Examples
    --------
    >>> read_seeds([1, 2, 3, 7])
    [range(1, 4), range(7, 8)]
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ParameterError(f"Study.seeds: must be a list or range of whole numbers, such as range(1, 41) (got {shown(given)})")
    if isinstance(given, range) and given.step == 1 and len(given) and given[0] >= 0 and given[-1] <= LARGEST:
        return [given]
    seeds = list(given)
    for seed in seeds:
        check_number("Study", "seeds", seed, at_least=0, at_most=LARGEST, whole=True)
    if not seeds:
        raise ParameterError("Study.seeds: must have at least one seed (got none)")
    if len(set(seeds)) < len(seeds):
        twice = next(seed for seed in seeds if seeds.count(seed) > 1)
        raise ParameterError(f"Study.seeds: must have each seed once (got {twice} twice)")
    return as_ranges(int(seed) for seed in seeds)


def as_ranges(seeds: Iterable[int]) -> Ranges:
    """Return the ranges of successive seeds, in the order of the seeds."""
    ranges: Ranges = []
    for seed in seeds:
        if ranges and ranges[-1].stop == seed:
            ranges[-1] = range(ranges[-1].start, seed + 1)
        else:
            ranges.append(range(seed, seed + 1))
    return ranges


def count(ranges: Sequence[range]) -> int:
    """Return the number of seeds."""
    return sum(map(len, ranges))


def each(ranges: Sequence[range]) -> Iterator[int]:
    """Yield the seeds."""
    return chain.from_iterable(ranges)


def joined(first: Sequence[range], others: Sequence[range]) -> Ranges:
    """Return the first seeds, and then those of the others that are not among them."""
    known = set(each(first))
    return [*first, *as_ranges(seed for seed in each(others) if seed not in known)] if list(others) != list(first) else list(first)
