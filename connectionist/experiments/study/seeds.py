"""The seeds of a study, as ranges: a hundred thousand seeds take no more room than one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from connectionist.errors import ParameterError, check_number
from connectionist.utils.finite_list import check_each, finite_list
from connectionist.utils.visible_text import shown

LARGEST = 2**63 - 2  # so that a range that ends with it has a length in Python and an end in 64 bits
SEED_BYTES = 140  # of memory for a seed that does not follow the one before, while the seeds are read
Ranges = list[range]


def read_seeds(given: Any, owner: str = "Study", name: str = "seeds") -> Ranges:
    """Return the seeds that a user gave, in their order.

    Parameters
    ----------
    given : object
    owner, name : str
        What has the argument, and its name, for messages.

    Raises
    ------
    ParameterError
        If they are not different whole numbers from 0 to 2⁶³ − 2.
    MemoryLimitError
        If they are a range whose numbers do not follow one another, and do not fit in the memory.

    Examples
    --------
    >>> read_seeds([1, 2, 3, 7])
    [range(1, 4), range(7, 8)]
    """
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise ParameterError(f"{owner}.{name}: must be a list or range of whole numbers, such as range(1, 41) (got {shown(given)})")
    if isinstance(given, range) and given.step == 1 and given:
        for seed in (given[0], given[-1]):
            check_number(owner, name, seed, at_least=0, at_most=LARGEST, whole=True)
        return [given]
    what = f"{owner}.{name}"
    seeds = finite_list(given, what, in_order=True, number_bytes=SEED_BYTES, numbers="numbers that do not follow one another")
    seeds = check_each(owner, name, seeds, at_least=0, at_most=LARGEST, whole=True)
    if not seeds:
        raise ParameterError(f"{owner}.{name}: must have at least one seed (got none)")
    if len(set(seeds)) < len(seeds):
        twice = next(seed for seed in seeds if seeds.count(seed) > 1)
        raise ParameterError(f"{owner}.{name}: must have each seed once (got {twice} twice)")
    return as_ranges(seeds)


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


def as_list(ranges: Sequence[range], what: str) -> list[int]:
    """Return the seeds, after checking that they fit in the memory. `what` is the argument, for messages."""
    return [seed for some in ranges for seed in finite_list(some, what)]


def count_in(ranges: Sequence[range], seeds: Iterable[int]) -> int:
    """Return how many of some seeds are in ranges that do not overlap."""
    ordered = sorted(ranges, key=lambda some: some.start)
    starts = [some.start for some in ordered]
    places = ((bisect_right(starts, seed) - 1, seed) for seed in seeds)
    return sum(place >= 0 and seed in ordered[place] for place, seed in places)


def joined(first: Sequence[range], others: Sequence[range]) -> Ranges:
    """Return the first seeds, and then those of the others that are not among them.

    Examples
    --------
    >>> joined([range(5, 8), range(1, 3)], [range(0, 10**15)])
    [range(5, 8), range(1, 3), range(0, 1), range(3, 5), range(8, 1000000000000000)]
    """
    taken = sorted(first, key=lambda some: some.start)
    stops = [some.stop for some in taken]
    ranges = list(first)
    for some in others:
        start = some.start
        for known in islice(taken, bisect_right(stops, start), None):
            if known.start >= some.stop:
                break
            if start < known.start:
                ranges.append(range(start, known.start))
            start = max(start, known.stop)
        if start < some.stop:
            ranges.append(range(start, some.stop))
    return ranges
