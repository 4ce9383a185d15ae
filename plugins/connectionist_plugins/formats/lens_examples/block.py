"""Many examples of a text, read at once: their events and values, as arrays.

It knows the parts that most files have. An example with another part is left to the reader word by word, which finds each error too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from connectionist_plugins.formats.lens_examples.parts import (
    HAS,
    IS_SPARSE,
    LIST,
    SEMICOLON,
    Parts,
    look_up,
)
from connectionist_plugins.formats.lens_examples.side import WHOLE, Columns, UnitValues
from connectionist_plugins.formats.lens_examples.table import LONGEST, MOST_EVENTS, MOST_UNITS, UNKNOWN, ExampleTable, Rows, spread

COMMENT = re.compile(rb"(?<=\n)#[^\n]*+")
MOST_COLUMNS = 16  # dense ranges of different units
MOST_EXPANDED = 2**22  # events of lists, or units of spans


def read_block(text: bytes, table: ExampleTable) -> tuple[Rows, int]:
    """Return the examples of a text, and how many bytes they have."""
    if b"#" in text:
        text = COMMENT.sub(_blank, text)
    text = text[: text.rfind(b";") + 1]
    return _Block(text, table).rows(), len(text)


@dataclass(frozen=True)
class _Lists:
    """Lists of events: the part, the example, and whether it has one, of each; and the list and the row of each event that they name."""

    parts: Any
    examples: Any
    lists: Any
    rows: Any
    counts: Any  # of rows, by list


class _Block:
    """The examples of a text."""

    def __init__(self, text: bytes, table: ExampleTable) -> None:
        self._table = table
        self._groups = [*dict.fromkeys([WHOLE, *table.inputs.sizes, *table.targets.sizes, *table.left_out])]
        self._parts = Parts(text, self._groups)

    def rows(self) -> Rows:
        """Return the examples."""
        parts = self._parts
        counts = self._event_counts()
        self._firsts = np.cumsum(counts) - counts
        self._total = int(counts.sum())
        lists = self._lists(counts)
        headers = {word: np.full(self._total, value) for word, value in vars(self._table.header).items()}
        if parts.headers:
            self._set_headers(headers, lists)
        values = {letter: self._values(letter, counts, lists, headers) for letter in "IT"}
        return Rows(parts.names, parts.frequencies, counts, headers, values)

    def _event_counts(self) -> Any:
        parts = self._parts
        counts = np.ones(parts.count, dtype=np.dtype("l"))
        given = np.flatnonzero((parts.codes == SEMICOLON) & (parts.counts > 0))
        if len(given):
            values = parts.values[parts.starts[given]]
            parts.reject((values < 1) | (values > MOST_EVENTS), parts.examples[given])
            counts[parts.examples[given]] = values
            if not self._table.has_room(int(counts.sum())):
                parts.fail(0)
        return counts

    def _example_of(self, rows: Any) -> Any:
        return np.searchsorted(self._firsts, rows, side="right") - 1

    def _lists(self, counts: Any) -> _Lists:
        """Return the lists of events."""
        parts = self._parts
        places = np.flatnonzero(parts.codes == LIST)
        examples, sizes = parts.examples[places], parts.counts[places]
        numbers = np.repeat(np.arange(len(places)), sizes)
        at = spread(parts.starts[places], sizes)
        firsts, lasts = parts.values[at].astype(np.intp), parts.lasts[at].astype(np.intp)
        if not sizes.all():  # an empty list has all events
            empty = np.flatnonzero(sizes == 0)
            order = np.argsort(np.concatenate([numbers, empty]), kind="stable")
            numbers = np.concatenate([numbers, empty])[order]
            firsts = np.concatenate([firsts, np.zeros(len(empty), dtype=np.intp)])[order]
            lasts = np.concatenate([lasts, counts[examples[empty]] - 1])[order]
        parts.reject((firsts > lasts) | (lasts >= counts[examples[numbers]]), examples[numbers])
        sizes = lasts - firsts + 1
        if sizes.sum() > MOST_EXPANDED:
            parts.fail(0)
        numbers = np.repeat(numbers, sizes)
        rows = self._firsts[examples[numbers]] + spread(firsts, sizes)
        if len(rows) > len(places):  # an event may be in a list twice
            pairs = np.sort(numbers * self._total + rows)
            twice = pairs[1:][pairs[1:] == pairs[:-1]]
            parts.reject(np.ones(len(twice), dtype=bool), self._example_of(twice % self._total))
        return _Lists(places, examples, numbers, rows, np.bincount(numbers, minlength=len(places)))

    def _set_headers(self, headers: dict[str, Any], lists: _Lists) -> None:
        """Set the numbers of events. Those of an event that another list has before are not known here."""
        parts, has_header = self._parts, np.zeros(len(lists.parts), dtype=bool)
        has_times = has_header.copy()
        for word, places, values in parts.headers:
            numbers = np.searchsorted(lists.parts, places)
            of_list = np.full(len(lists.parts), np.nan)
            is_given = np.bincount(numbers, minlength=len(lists.parts)) > 0
            of_list[numbers] = values
            has_header |= is_given
            has_times |= is_given & (word in ("min", "max"))
            chosen = is_given[lists.lists]
            headers[word][lists.rows[chosen]] = of_list[lists.lists[chosen]]
        is_first = np.zeros(len(lists.rows), dtype=bool)
        is_first[np.unique(lists.rows, return_index=True)[1]] = True
        examples = lists.examples[lists.lists]
        parts.reject(has_header[lists.lists] & ~is_first, examples)
        early = self._table.may_end_early(headers["min"][lists.rows], headers["max"][lists.rows])
        parts.reject(has_times[lists.lists] & (early | (headers["max"][lists.rows] > LONGEST)), examples)

    def _rows_of(self, places: Any, counts: Any, lists: _Lists) -> tuple[Any, Any]:
        """Return the rows of events that some inputs or targets are for, and which of these each row has, in the order of the file."""
        parts = self._parts
        examples, numbers = parts.examples[places], np.arange(len(places))
        if not len(lists.parts) and np.array_equal(examples, np.arange(parts.count)):
            return numbers, self._firsts
        begins = np.ones(len(places), dtype=bool)
        begins[1:] = examples[1:] != examples[:-1]
        events = numbers - np.maximum.accumulate(np.where(begins, numbers, 0)) if len(places) else numbers
        has_list = np.zeros(parts.count, dtype=bool)
        has_list[lists.examples] = True
        of_list = has_list[examples]
        parts.reject(~of_list & (events >= counts[examples]), examples)
        rows = self._firsts[examples] + events
        if of_list.any():
            before = np.searchsorted(lists.parts, places) - 1
            is_used = ~begins
            is_used[1:] &= before[1:] == before[:-1]
            parts.reject(of_list & (is_used | (before < 0) | (lists.examples[before] != examples)), examples)
            sizes = np.where(of_list, lists.counts[before], 1)
            numbers = np.repeat(numbers, sizes)
            first = np.where(of_list, (np.cumsum(lists.counts) - lists.counts)[before], 0)
            all_rows = lists.rows[spread(first, sizes)] if len(lists.rows) else rows
            rows = np.where(of_list[numbers], all_rows, rows[numbers])
            twice = np.flatnonzero(np.bincount(rows, minlength=self._total) > 1)
            parts.reject(np.ones(len(twice), dtype=bool), self._example_of(twice))
        return numbers, rows

    def _values(self, letter: str, counts: Any, lists: _Lists, headers: dict[str, Any]) -> list[UnitValues | Columns]:
        """Return the inputs or targets."""
        parts = self._parts
        of_letter = np.flatnonzero(look_up(HAS[letter], parts.codes))
        givers, rows = self._rows_of(of_letter, counts, lists)
        places, most = self._ranges(letter)
        is_sparse = look_up(IS_SPARSE, parts.codes[places])
        giver = np.searchsorted(of_letter, places, side="right") - 1
        is_single = len(givers) == len(of_letter)  # whether each gives the values of one event
        if is_single and not is_sparse.any():
            columns = self._columns(places, rows[giver])
            if columns is not None:
                return columns
        ranges, numbers, units = self._units(places, most)
        giver = giver[ranges]
        if is_single:
            rows = firsts = rows[giver]
        else:
            sizes = np.bincount(giver, minlength=len(of_letter))
            if sizes[givers].sum() > MOST_EXPANDED:
                parts.fail(0)
            firsts = rows[np.searchsorted(givers, giver)]
            at = spread((np.cumsum(sizes) - sizes)[givers], sizes[givers])
            rows, firsts, ranges, numbers, units = np.repeat(rows, sizes[givers]), firsts[at], ranges[at], numbers[at], units[at]
        values = parts.values[numbers]
        if is_sparse.any():
            acts = headers["actI"][firsts] if letter == "I" else headers["actT"][rows]
            given, has_act = parts.acts_of(places)
            acts = np.where(has_act[ranges], given[ranges], acts) if has_act.any() else acts
            values = acts if is_sparse.all() else np.where(is_sparse[ranges], acts, values)
        return [UnitValues(self._groups, parts.groups_of(places)[ranges], units, rows, values)]

    def _ranges(self, letter: str) -> tuple[Any, Any]:
        """Return the parts that have inputs or targets, and how many units each may have."""
        parts, table = self._parts, self._table
        is_given = parts.counts > 0
        if parts.has_ranges:
            is_given |= (parts.groups != 0) | (parts.firsts > 0)
        places = np.flatnonzero(look_up(HAS[letter], parts.sides) & is_given)
        is_sparse = look_up(IS_SPARSE, parts.codes[places])
        known = np.array([*(table.most_units(name, letter) for name in self._groups), (UNKNOWN, UNKNOWN)])
        known = known[parts.groups_of(places)].T if parts.has_ranges else known[0]
        most = np.where(is_sparse, known[1], known[0])
        parts.reject_parts((most < 0) | (~is_sparse & (parts.firsts_of(places) + parts.counts[places] > most)), places)
        return places, most

    def _columns(self, places: Any, rows: Any) -> list[UnitValues | Columns] | None:
        """Return dense values with the same units together; None if there are many such units, or if some overlap."""
        parts = self._parts
        sizes, groups, firsts = parts.counts[places], parts.groups_of(places), parts.firsts_of(places)
        keys = (groups * MOST_UNITS + firsts) * (int(sizes.max(initial=0)) + 1) + sizes if parts.has_ranges else sizes
        if not len(keys) or (keys == keys[0]).all():
            chosen: list[Any] = [slice(None)][: len(keys)]
            first_places = np.arange(min(1, len(keys)))
        else:
            _, first_places, inverse = np.unique(keys, return_index=True, return_inverse=True)
            if len(first_places) > MOST_COLUMNS:
                return None
            chosen = [np.flatnonzero(inverse == number) for number in range(len(first_places))]
        made: list[UnitValues | Columns] = []
        last, end = -1, 0
        for at, each in zip(first_places.tolist(), chosen, strict=True):  # by group and first unit
            group, first, size = int(groups[at]), int(firsts[at]), int(sizes[at])
            if (group == last and first < end) or (last == 0 and group != 0):
                return None
            last, end = group, first + size
            made.append(Columns(self._groups[group], first, rows[each], _rectangle(parts.values, parts.starts[places[each]], size)))
        return made

    def _units(self, places: Any, most: Any) -> tuple[Any, Any, Any]:
        """Return for each value the range that has it, its place among the numbers, and its unit."""
        parts = self._parts
        sizes, is_sparse = parts.counts[places], look_up(IS_SPARSE, parts.codes[places])
        ranges, numbers = np.repeat(np.arange(len(places)), sizes), spread(parts.starts[places], sizes)
        firsts = numbers - (parts.starts[places] - parts.firsts_of(places))[ranges]
        if not is_sparse.any():
            return ranges, numbers, firsts
        of_sparse: Any = slice(None) if is_sparse.all() else is_sparse[ranges]
        firsts[of_sparse] = parts.values[numbers[of_sparse]]
        if parts.lasts is parts.values:
            parts.reject_parts(firsts >= most[ranges], places[ranges])
            return ranges, numbers, firsts
        lasts = firsts.copy()
        lasts[of_sparse] = parts.lasts[numbers[of_sparse]]
        parts.reject_parts((lasts < firsts) | (lasts >= most[ranges]), places[ranges])
        sizes = lasts - firsts + 1
        if sizes.sum() > len(sizes) + MOST_EXPANDED:
            parts.fail(0)
        return np.repeat(ranges, sizes), np.repeat(numbers, sizes), spread(firsts, sizes)


def _blank(comment: re.Match[bytes]) -> bytes:
    return b" " * len(comment[0])


def _rectangle(values: Any, starts: Any, size: int) -> Any:
    """Return the same number of values from each of some places on."""
    step = int(starts[1] - starts[0]) if len(starts) > 1 else size
    if (np.diff(starts) == step).all():
        return np.lib.stride_tricks.as_strided(values[int(starts[0]) :], (len(starts), size), (step * values.itemsize, values.itemsize))
    return values[starts[:, np.newaxis] + np.arange(size)]
