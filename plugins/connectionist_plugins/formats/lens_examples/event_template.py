"""The form of an example whose events have one form or a few, and the examples that have it, with any number of events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.lens_examples.side import Assignment
from connectionist_plugins.formats.lens_examples.table import MOST_EVENTS, ExampleTable, GivenExample, Rows, spread
from connectionist_plugins.formats.lens_examples.template import (
    END_OF_WORD,
    ExampleTemplate,
    Form,
    FormStart,
    count_before,
    frequencies_of,
    names_of,
)

COUNT = rb"(\d{1,9})" + END_OF_WORD
SPAN = rb"(\d{1,9})(?:-(\d{1,9}))?+" + END_OF_WORD
SPAN_GROUPS = 2
MOST_FORMS = 4  # of events


@dataclass(frozen=True)
class _EventForm:
    """The form of an event, or of a list of events.

    Attributes
    ----------
    source : bytes
        A regular expression.
    has_list : bool
        Whether its first groups are the events; otherwise it is the event after the one before.
    letters : tuple of str
        Of the values that it has: "I" and "T".
    has_header : bool
    shape : tuple
        What two forms with the same regular expression may differ in.
    content : Form
    """

    source: bytes
    has_list: bool
    letters: tuple[str, ...]
    has_header: bool
    shape: tuple[Any, ...]
    content: Form


class _Units(NamedTuple):
    """The matches of one form of events: the numbers of their examples, their first and last events, and the matches."""

    form: _EventForm
    template: ExampleTemplate
    owners: Any
    firsts: Any
    lasts: Any
    found: list[tuple[bytes, ...]]


def make_event_template(form: Form, example: GivenExample, table: ExampleTable) -> EventTemplate | None:
    """Return the template of an example; None if its events have many forms, or if examples of other lengths may mean something else."""
    starts = form.starts
    if len(form.counts) != 1 or not starts or starts[0].slots or starts[0].headers or form.counts[0] >= starts[0].pieces:
        return None
    ends = [*starts[1:], FormStart(len(form.pieces), form.groups, len(form.slots), len(form.headers))]
    made: dict[bytes, _EventForm] = {}
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        event = _event_form(form, start, end, number)
        if event is None or made.setdefault(event.source, event).shape != event.shape or len(made) > MOST_FORMS:
            return None
    forms = [made[source] for source in sorted(made)]
    are_alike = len({each.has_list for each in forms}) == 1 and len({each.has_header for each in forms}) == 1
    if not are_alike or (not forms[0].has_list and (len(forms) > 1 or len(starts) != example.event_count)):
        return None
    return EventTemplate(form, forms, table)


def _event_form(form: Form, start: FormStart, end: FormStart, number: int) -> _EventForm | None:
    """Return the form of one event; None if it is not regular."""
    spans = [place for place in form.spans if start.pieces <= place < end.pieces]
    if len(spans) > 1 or len(form.pieces[start.pieces : end.pieces]) < 2:
        return None
    events = _events_of(form.pieces[spans[0]]) if spans else range(number, number + 1)
    if not spans and form.pieces[start.pieces].startswith(rb"\["):
        return None  # of all events
    uses = [use for slot in form.slots[start.slots : end.slots] for use in slot.uses]
    letters = tuple(dict.fromkeys(letter for letter, _ in uses))
    before = start.groups - (SPAN_GROUPS if spans else 0)  # groups that are not in the form
    slots = []
    for slot in form.slots[start.slots : end.slots]:
        of_slot = tuple(dict.fromkeys(letter for letter, _ in slot.uses))
        if set(slot.uses) != {(letter, event) for letter in of_slot for event in events}:
            return None
        value_group = slot.value_group - before if slot.value_group else 0
        slots.append(replace(slot, group=slot.group - before, uses=tuple((letter, 0) for letter in of_slot), value_group=value_group))
    headers = form.headers[start.headers : end.headers]
    if any(list(of) != list(events) for _, _, of in headers):
        return None
    pieces = form.pieces[start.pieces : end.pieces]
    if spans:
        pieces[spans[0] - start.pieces] = SPAN
    groups = end.groups - before
    content = Form(pieces, slots, headers=[(group - before, word, [0]) for group, word, _ in headers], groups=groups)
    shape = tuple((slot.uses, slot.given.first, -1 if slot.given.values is None else len(slot.given.values)) for slot in slots)
    return _EventForm(rb"\s*+".join(pieces), bool(spans), letters, bool(headers), shape, content)


def _events_of(piece: bytes) -> range:
    first, _, last = piece.removesuffix(END_OF_WORD).replace(b"\\", b"").partition(b"-")
    return range(int(first), int(last or first) + 1)


class EventTemplate:
    """The form of examples with any number of events; see `connectionist.formats.TextTemplate`.

    Parameters
    ----------
    form : Form
        Of an example.
    forms : list of _EventForm
        Of its events.
    table : ExampleTable
    """

    def __init__(self, form: Form, forms: list[_EventForm], table: ExampleTable) -> None:
        pieces, place = form.pieces[: form.starts[0].pieces], form.counts[0]
        pieces[place] = COUNT
        self._count = 1 + sum(number < place for number in form.captures)
        self.groups = form.starts[0].groups + 2
        later = [group + (group >= self._count) for group in range(self.groups)]  # numbers of groups after that of the count
        self.scripts = [later[group] for group in form.scripts]
        self._name = later[form.names[-1]] if form.names else None
        self._frequency = later[form.frequencies[-1]] if form.frequencies else None
        sources = [rb"\s*+".join(map(_without_capture, each.content.pieces)) for each in forms]
        body = rb"((?:(?:%s)\s*+)*+;)" % b"|".join(sources)  # with ";", at which a number may end
        self.source = rb"\s*+".join([*pieces, body])
        self._events = re.compile(b"|".join(b"(%s)" % each.source for each in forms))
        self._forms, self._table = forms, table
        self._templates = [ExampleTemplate(each.content, GivenExample(), table) for each in forms]

    def rows(self, found: list[tuple[bytes, ...]]) -> tuple[Rows, int]:
        """Return the examples of some matches, and the number of matches that fit: the next one is for the reader word by word."""
        groups = list(zip(*found, strict=True))
        counts = np.array([*map(int, groups[self._count])])
        fitting = count_before((counts < 1) | (np.cumsum(counts) > MOST_EVENTS))
        frequencies = frequencies_of(None if self._frequency is None else groups[self._frequency], fitting)
        names = names_of(None if self._name is None else groups[self._name], len(frequencies))
        fitting = len(names)
        counts = counts[:fitting]
        units = self._units(groups[self.groups][:fitting])
        parts = [each.template.rows(each.found) if each.found else None for each in units]
        wrong = self._wrong(units, counts)
        for each, part in zip(units, parts, strict=True):
            if part is not None and part[1] < len(each.found):
                wrong[each.owners[part[1]]] = True
        fitting = count_before(wrong)
        counts = counts[:fitting]
        self._table.check_events(int(counts.sum()))
        headers = {word: np.full((int(counts.sum()), 1), value) for word, value in vars(self._table.header).items()}
        assignments: dict[str, list[Assignment]] = {"I": [], "T": []}
        for each, part in zip(units, parts, strict=True):
            if part is not None:
                _add(each, part[0], np.cumsum(counts) - counts, headers, assignments)
        return Rows(names[:fitting], frequencies[:fitting], counts, headers, assignments), fitting

    def _units(self, bodies: Sequence[bytes]) -> list[_Units]:
        """Return the matches of each form of events, in all examples."""
        lists = [*map(self._events.findall, bodies)]
        owners = np.repeat(np.arange(len(lists)), [*map(len, lists)])
        found = [*chain.from_iterable(lists)]
        ends = np.cumsum([0, *(each.content.groups + 1 for each in self._forms)]).tolist()
        units = []
        for form, template, (first, end) in zip(self._forms, self._templates, pairwise(ends), strict=True):
            if len(self._forms) == 1:
                numbers, of_form = np.arange(len(found)), found
                if not form.content.groups:
                    of_form = [(each,) for each in found]
            else:
                numbers = np.flatnonzero([bool(each[first]) for each in found])
                of_form = [found[number][first:end] for number in numbers.tolist()]
            firsts = lasts = numbers - np.searchsorted(owners, owners[numbers])
            if form.has_list and of_form:
                firsts = cn.formats.parse_numbers(b" ".join([each[1] for each in of_form])).astype(np.intp)
                lasts = cn.formats.parse_numbers(b" ".join([each[2] or each[1] for each in of_form])).astype(np.intp)
            units.append(_Units(form, template, owners[numbers], firsts, lasts, of_form))
        return units

    def _wrong(self, units: Sequence[_Units], counts: Any) -> Any:
        """Return which examples have events that do not exist, or that two lists have, or fewer events than their number."""
        wrong = np.zeros(len(counts), dtype=bool)
        for each in units:
            wrong[each.owners[(each.firsts > each.lasts) | (each.lasts >= counts[each.owners])]] = True
            if not each.form.has_list:
                wrong |= np.bincount(each.owners, minlength=len(counts)) != counts
        starts = np.cumsum(counts) - counts
        of_example = np.repeat(np.arange(len(counts)), counts)
        for letter in ("I", "T", ""):
            taken = np.zeros(int(counts.sum()), dtype=np.intp)
            for each in units:
                if letter in each.form.letters or (not letter and each.form.has_header):
                    is_right = ~wrong[each.owners]
                    first, last, owners = each.firsts[is_right], each.lasts[is_right], each.owners[is_right]
                    np.add.at(taken, spread(starts[owners] + first, last - first + 1), 1)
            wrong[of_example[taken > 1]] = True
        return wrong


def _add(units: _Units, rows: Rows, starts: Any, headers: dict[str, cn.Array], assignments: dict[str, list[Assignment]]) -> None:
    """Add the headers and values of one form of events, each for all events of its list."""
    is_kept = units.owners < len(starts)
    firsts, owners = units.firsts[is_kept], units.owners[is_kept]
    counts = units.lasts[is_kept] - firsts + 1
    events = spread(starts[owners] + firsts, counts)
    numbers = np.repeat(np.arange(len(counts)), counts)  # of the match that each event is in
    if units.form.has_header:
        for word, values in rows.headers.items():
            headers[word][events] = values[numbers]
    for letter, given in rows.assignments.items():
        for each in given:
            if each.numbers is not None:
                assignments[letter].append(replace(each, event=0, numbers=each.numbers[numbers], owners=events))
                continue
            sizes = np.bincount(each.owners, minlength=len(is_kept))
            at = spread((np.cumsum(sizes) - sizes)[numbers], sizes[numbers])
            owner = np.repeat(events, sizes[numbers])
            assignments[letter].append(replace(each, event=0, owners=owner, units=each.units[at], values=each.values[at]))


def _without_capture(piece: bytes) -> bytes:
    """Return a piece of an event without its groups, which begin with a bracket each."""
    if piece == SPAN:
        return SPAN.replace(b"(\\d", b"(?:\\d")
    return b"(?:" + piece[1:] if piece[:1] == b"(" else piece
