"""The parts of many examples as arrays: the words that are no numbers, in their order, and the numbers after each."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.lens_examples.side import WHOLE
from connectionist_plugins.formats.lens_examples.table import HEADER_WORDS, spread

WORDS = cn.formats.WordArrays
TEXT, NATURAL, NUMBER, SPAN = WORDS.TEXT, WORDS.NATURAL, WORDS.NUMBER, WORDS.SPAN  # codes of words that are no marks
MARKS = b';[](){}"'
SEMICOLON, LIST, END_OF_LIST, GROUP, END_OF_GROUP, SPARSE, END_OF_SPARSE, QUOTE = range(4, 12)
NAME, FREQUENCY, HEADER, GONE, OTHER = range(12, 17)  # GONE has been read
LETTERS = "ITBitb"
SIDES = {letter: 17 + number for number, letter in enumerate(LETTERS)}
CODES = np.arange(17 + len(SIDES))
MARK_CODES = np.zeros(256, dtype=np.uint8)
MARK_CODES[list(MARKS)] = range(SEMICOLON, QUOTE + 1)
SIDE_CODES = np.full(256, OTHER, dtype=np.uint8)
SIDE_CODES[[*LETTERS.encode()]] = [*SIDES.values()]

ALL_SIDES = [*SIDES.values()]
WITH_VALUES = [GROUP, SPARSE, *ALL_SIDES]  # values, or numbers of units, may follow
IS_SIDE = np.isin(CODES, ALL_SIDES)
IS_SPARSE = np.isin(CODES, [SPARSE, *(SIDES[letter] for letter in "itb")])
HAS = {letter: np.isin(CODES, [SIDES[each] for each in (letter, letter.lower(), "B", "b")]) for letter in "IT"}
IS_PART = ~np.isin(CODES, [NATURAL, NUMBER, SPAN, GONE])
IS_OPENING = np.isin(CODES, [GROUP, SPARSE, QUOTE])
CLOSING = np.where(CODES == QUOTE, QUOTE, CODES + 1)

BEFORE, AFTER = np.full(len(CODES), 12, dtype=np.uint8), np.full(len(CODES), 3, dtype=np.uint8)  # classes of parts, for pairs of parts
BEFORE[[SEMICOLON, END_OF_LIST]], BEFORE[WITH_VALUES], BEFORE[LIST] = 0, 4, 8
AFTER[[SEMICOLON, LIST, *ALL_SIDES]], AFTER[[GROUP, SPARSE]], AFTER[END_OF_LIST] = 0, 1, 2
MAY_FOLLOW = np.isin(np.arange(16), [0, 4, 5, 10])
HAS_NUMBERS = np.isin(CODES, [SEMICOLON, LIST, *WITH_VALUES])
IS_NUMBER_OF = np.zeros((len(CODES), SPAN + 1), dtype=bool)
IS_NUMBER_OF[SEMICOLON, NATURAL] = True
IS_NUMBER_OF[np.ix_([LIST, *CODES[IS_SPARSE]], [NATURAL, SPAN])] = True
IS_NUMBER_OF[np.ix_([GROUP, *(SIDES[letter] for letter in "ITB")], [NATURAL, NUMBER])] = True
LIKE_NUMBER = re.compile(rb"[-.]?\d|-\Z")
TIMES = "max", "min", "grace"


def look_up(table: Any, codes: Any) -> Any:
    """Return the values of a table of flags or bytes for some codes."""
    values = table.astype(np.uint8).tobytes().ljust(256, b"\0")
    return np.frombuffer(codes.tobytes().translate(values), dtype=table.dtype)


class Parts:
    """The parts of the examples of a text.

    Parameters
    ----------
    text : bytes
        Up to a semicolon.
    groups : sequence of str
        The names of groups that are known.

    Attributes
    ----------
    count : int
        Number of examples.
    names : list of str
    frequencies : array [example]
    codes : int array [part]
        Each example begins with a `SEMICOLON`, that of the example before.
    examples : int array [part]
        The number of the example that has it.
    counts, starts : int array [part]
        How many numbers follow a part, and the first of them.
    values, lasts : array [number]
        Of spans, the first and last number; the same array if there are none.
    sides : int array [part]
        The codes of inputs or targets that ranges belong to, as the codes of other parts.
    has_ranges : bool
        Whether there are ranges in brackets. If not, there are no `groups`, `firsts`, `acts` and `has_act`.
    groups : int array [part]
        Of a range, the number of its group, 0 for none, -1 if it is not known.
    firsts, acts : array [part]
        First unit of a range; value of its units, NaN if it is missing.
    has_act : bool array [part]
    headers : list of (str, int array, array)
        Words, the parts that they follow, and their numbers.

    Raises
    ------
    UnknownPartError
    """

    def __init__(self, text: bytes, groups: list[str]) -> None:
        self._words = words = cn.formats.WordArrays(text, marks=MARKS, last=b":", missing=(b"-",))
        self._codes = words.kinds + MARK_CODES[words.firsts]
        self._ends = np.flatnonzero(self._codes == SEMICOLON)
        self.count = len(self._ends)
        if words.text != text or not self.count:
            self.fail(self.count)  # a character that is in no word
        headers = self._find_colons()
        self._take_stars()
        heads: list[Any] = []
        self.names = self._read_names(heads)
        self.frequencies = self._read_frequencies(heads)
        given = [(word, places, self._read_numbers(places, word)) for word, places in headers if len(places)]
        ranges = self._read_ranges(groups)
        self._set_parts()
        for places in heads:
            self.reject(self.codes[self._part_before(places)] != SEMICOLON, self._example_of(places))
            self.reject_second(self._example_of(places))
        for _, places, _ in given:
            lists = self._part_before(places)
            self.reject(self.codes[lists] != LIST, self._example_of(places))
            self.reject(lists[1:] == lists[:-1], self._example_of(places[1:]))
        self.headers = [(word, self._part_before(places), values) for word, places, values in given]
        self._set_ranges(*ranges)

    def reject(self, wrong: Any, examples: Any) -> None:
        """Raise the error of the first example with something wrong."""
        if wrong.any():
            self.fail(int(examples[int(wrong.argmax())]))

    def reject_parts(self, wrong: Any, places: Any) -> None:
        """Raise the error of the example that has the first part with something wrong."""
        if wrong.any():
            self.fail(int(self.examples[places[int(wrong.argmax())]]))

    def reject_second(self, examples: Any) -> None:
        """Raise the error of an example that is in a list twice."""
        self.reject(examples[1:] == examples[:-1], examples[1:])

    def fail(self, example: int) -> NoReturn:
        """Raise the error of an example."""
        raise cn.formats.UnknownPartError(int(self._words.ends[self._ends[example - 1]]) if example else 0)

    def groups_of(self, parts: Any) -> Any:
        """Return the numbers of the groups of some parts."""
        return self.groups[parts] if self.has_ranges else np.zeros(len(parts), dtype=np.intp)

    def firsts_of(self, parts: Any) -> Any:
        """Return the first units of some parts."""
        return self.firsts[parts] if self.has_ranges else np.zeros(len(parts), dtype=np.intp)

    def acts_of(self, parts: Any) -> tuple[Any, Any]:
        """Return the values of the units of some parts, and whether they have one."""
        return (self.acts[parts], self.has_act[parts]) if self.has_ranges else (np.zeros(len(parts)), np.zeros(len(parts), dtype=bool))

    def _example_of(self, words: Any) -> Any:
        return np.searchsorted(self._ends, words)

    def _part_before(self, words: Any) -> Any:
        """Return the last part before some words."""
        return np.searchsorted(self._places, words)

    def _after(self, words: Any, distance: int) -> Any:
        """Return the words after some others; the last one is a semicolon, which no error is after."""
        return np.minimum(words + distance, len(self._codes) - 1)

    def _find_colons(self) -> list[tuple[str, Any]]:
        """Set the codes of words that end with a colon. Return the places of those of a header."""
        words, codes = self._words, self._codes
        several = np.flatnonzero(words.sizes > 1)
        found = several[words.characters[words.ends[several] - 1] == ord(":")]
        is_short = words.sizes[found] == 2
        codes[found] = np.where(is_short, look_up(SIDE_CODES, words.firsts[found]), OTHER)
        rest = found[~is_short]
        if not len(rest):
            return []
        keys = words.keys_of(rest)
        codes[rest[words.are(b"name:", rest, keys)]] = NAME
        codes[rest[words.are(b"freq:", rest, keys)]] = FREQUENCY
        headers = [(word, rest[words.are(word.encode() + b":", rest, keys)]) for word in HEADER_WORDS]
        for _, places in headers:
            codes[places] = HEADER
        return headers

    def _take_stars(self) -> None:
        """Take the ``*`` of lists of all events, which an empty list has too."""
        codes = self._codes
        stars = np.flatnonzero((self._words.firsts == ord("*")) & (self._words.sizes == 1))
        if len(stars):
            followers = codes[self._after(stars, 1)]
            is_alone = (codes[stars - 1] == LIST) & ((followers == END_OF_LIST) | (followers == HEADER))
            codes[stars[is_alone]] = GONE

    def _read_names(self, heads: list[Any]) -> list[str]:
        words, codes = self._words, self._codes
        places = np.flatnonzero(codes == NAME)
        if not len(places):
            return [""] * self.count
        heads.append(places)
        opening = self._after(places, 1)
        has_opening = IS_OPENING[codes[opening]]
        chosen = np.where(has_opening, self._after(places, 2), opening)
        closing = self._after(chosen, 1)
        opened = np.flatnonzero(has_opening)
        closing[opened] = self._closing(opening[opened])
        last = closing - 1
        wrong = (last < chosen) | (codes[chosen] > SPAN)
        wrong |= ~has_opening & (codes[closing] == SEMICOLON) & (words.ends[chosen] == words.starts[closing])  # which the name has
        if len(opened):
            marks = np.cumsum(codes > SPAN)
            wrong |= marks[np.maximum(last, chosen)] != marks[chosen]
            is_quoted = codes[opening] == QUOTE
            wrong |= is_quoted & ((words.ends[opening] != words.starts[chosen]) | (words.ends[last] != words.starts[closing]))
        self.reject(wrong, self._example_of(places))
        texts = words.texts_between(words.starts[chosen], words.ends[last])
        for number, text in enumerate(texts) if len(opened) or "" in texts else ():
            if not text or "\n" in text:  # a line in brackets may have been a comment elsewhere
                self.fail(int(self._example_of(places[number])))
        codes[places] = codes[chosen] = GONE
        codes[spread(opening[opened], (closing - opening + 1)[opened])] = GONE
        if len(places) == self.count:
            return texts
        names = np.full(self.count, "", dtype=object)
        names[self._example_of(places)] = texts
        return list(names.tolist())

    def _closing(self, opening: Any) -> Any:
        """Return the next word that closes what some words open; the first of these where there is none."""
        codes, found = self._codes, opening.copy()
        for code in (GROUP, SPARSE, QUOTE):
            closers = np.flatnonzero(codes == CLOSING[code])
            is_open = np.flatnonzero(codes[opening] == code)
            numbers = np.searchsorted(closers, opening[is_open] + 1)
            is_closed = numbers < len(closers)
            found[is_open[is_closed]] = closers[numbers[is_closed]]
        return found

    def _read_frequencies(self, heads: list[Any]) -> cn.Array:
        places = np.flatnonzero(self._codes == FREQUENCY)
        frequencies = np.ones(self.count)
        if len(places):
            heads.append(places)
            values = self._read_numbers(places, "freq")
            self.reject(~(values > 0), self._example_of(places))
            frequencies[self._example_of(places)] = values
        return frequencies

    def _read_numbers(self, places: Any, word: str) -> Any:
        """Take the numbers after some words."""
        codes, after = self._codes, self._after(places, 1)
        values = self._words.values[after]
        wrong = (codes[after] != NATURAL) & (codes[after] != NUMBER)
        if word in TIMES:
            wrong |= np.isnan(values)
        if word in HEADER_WORDS:
            follower = codes[self._after(places, 2)]
            wrong |= (follower != HEADER) & (follower != END_OF_LIST) & (follower != GONE)
        self.reject(wrong, self._example_of(places))
        codes[places] = codes[after] = GONE
        return values

    def _read_ranges(self, groups: list[str]) -> tuple[Any, Any, Any, Any]:
        """Take what is in brackets before values. Return the places of ranges, the words of their groups, or -1, and of their numbers."""
        words, codes = self._words, self._codes
        places = np.flatnonzero((codes == GROUP) | (codes == SPARSE))
        if not len(places):
            return places, places, places, places
        one, two, three = (self._after(places, distance) for distance in (1, 2, 3))
        closing = CLOSING[codes[places]]
        is_sparse = codes[places] == SPARSE
        is_number = (codes[one] == NATURAL) | (is_sparse & (codes[one] == NUMBER))
        size = np.select([codes[one] == closing, codes[two] == closing, codes[three] == closing], [0, 1, 2], 3)
        has_group = (size == 2) | ((size == 1) & ~is_number)
        has_number = (size == 2) | ((size == 1) & is_number)
        number = np.where(size == 2, two, one)
        wrong = (size == 3) | (has_group & ((codes[one] > SPAN) | (is_sparse & (codes[one] != TEXT))))
        wrong |= has_number & (codes[number] != NATURAL) & ~(is_sparse & (codes[number] == NUMBER))
        self.reject(wrong, self._example_of(places))
        for distance in (1, 2, 3):
            codes[self._after(places, distance)[size >= distance - 1]] = GONE
        named, keys = one[has_group], words.keys_of(one[has_group])
        chosen = np.full(len(named), -1)
        for group, name in enumerate(groups):
            word = name.encode()
            if word:
                may_be = ~is_sparse[has_group] if LIKE_NUMBER.match(word) else True
                chosen[words.are(word, named, keys) & may_be] = group
        group_of = np.where(has_group, -1, groups.index(WHOLE))
        group_of[has_group] = chosen
        return places, group_of, has_number, np.where(has_number, words.values[number], 0.0)

    def _set_parts(self) -> None:
        """Find the parts, and check which follow one another, and the numbers after them."""
        codes, words = self._codes, self._words
        self._places = places = np.flatnonzero(look_up(IS_PART, codes))
        followers = codes[places]
        self.codes = np.concatenate([np.full(1, SEMICOLON, dtype=np.uint8), followers[:-1]])
        if (codes == GONE).any():
            is_number = (codes - np.uint8(1)) < SPAN
            before = np.cumsum(is_number)[places]
            self.counts = np.diff(before, prepend=0)
            self.starts = before - self.counts
            self.values = words.values[is_number]
            self.lasts = self.values if words.lasts is words.values else words.lasts[is_number]
        else:
            self.starts = np.concatenate([[0], places[:-1] + 1])
            self.counts = places - self.starts
            self.values, self.lasts = words.values, words.lasts
        is_semicolon = self.codes == SEMICOLON
        self.examples = np.cumsum(is_semicolon) - 1
        wrong = ~look_up(MAY_FOLLOW, look_up(BEFORE, self.codes) + look_up(AFTER, followers))
        has_numbers = self.counts > 0
        wrong |= has_numbers & ~look_up(HAS_NUMBERS, self.codes)
        if is_semicolon[has_numbers].any():
            wrong |= is_semicolon & (self.counts > 1)  # there is one number of events
        others = np.flatnonzero((codes == NUMBER) | (codes == SPAN))  # a natural number may be after each part that has numbers
        if len(others):
            owners = np.searchsorted(places, others)
            wrong[owners[~IS_NUMBER_OF[self.codes[owners], codes[others]]]] = True
        self.reject(wrong, self.examples)

    def _set_ranges(self, places: Any, groups: Any, has_number: Any, numbers: Any) -> None:
        """Set the groups of parts, and the sides that parts belong to."""
        count = len(self.codes)
        self.sides = self.codes
        self.has_ranges = len(places) > 0
        if self.has_ranges:
            parts = self._part_before(places) + 1
            is_sparse = self.codes[parts] == SPARSE
            self.groups, self.firsts = np.zeros((2, count), dtype=np.intp)
            self.acts, self.has_act = np.zeros(count), np.zeros(count, dtype=bool)
            self.groups[parts] = groups
            self.firsts[parts] = np.where(is_sparse, 0, numbers)
            self.acts[parts], self.has_act[parts] = numbers, has_number & is_sparse
            before = np.flatnonzero(IS_SIDE[self.codes])
            self.sides = self.codes.copy()
            self.sides[parts] = self.codes[before[np.searchsorted(before, parts) - 1]]
