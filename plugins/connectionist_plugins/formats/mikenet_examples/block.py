"""Many examples of a text of MikeNet, read at once: the grammar on arrays of words.

It knows the parts that most files have. An example with another part is left to the reader word by word, which finds each error too.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import numpy as np

import connectionist as cn
from connectionist_plugins.formats.mikenet_examples.groups import LAST, MISSING, MOST_TICKS, NO_VALUE, Examples, Groups, Values

WORDS = cn.formats.WordArrays
TEXT, NATURAL, NUMBER, SPAN = WORDS.TEXT, WORDS.NATURAL, WORDS.NUMBER, WORDS.SPAN  # codes of words that are no others are their kinds
VERB, END, GONE = range(4, 7)  # GONE has been read
TO_THE_END = re.compile(rb"(?:(\d{1,4})-)?ALL")
MOST_CHARACTERS = 8  # of ticks that are no numbers
VERBS = b"CLAMP", b"INPUT", b"TARGET"


class MikenetBlock:
    """The examples of a text.

    Parameters
    ----------
    text : bytes
    groups : Groups
    ticks : int
        Number of ticks of each example; 0 if the file gives it.
    line : int
        The line of the first word.

    Attributes
    ----------
    size : int
        Bytes of the examples.
    examples : Examples

    Raises
    ------
    UnknownPartError
    """

    def __init__(self, text: bytes, groups: Groups, ticks: int, line: int) -> None:
        self._groups, self._ticks = groups, ticks
        text = text[: text.rfind(b"\n") + 1]
        self._words = words = cn.formats.WordArrays(text, missing=(MISSING.encode(), NO_VALUE.encode()))
        if words.text != text:  # a character that is in no word
            raise cn.formats.UnknownPartError(words.text.rfind(b"\n") + 1)
        self._codes = words.kinds.copy()
        line_ends = np.flatnonzero(words.characters[: len(words.text)] == ord("\n"))
        tags, ends_of_tags = self._find_tags(line_ends)
        self._ends = np.flatnonzero((words.firsts == ord(";")) & (words.sizes == 1) & (self._codes != GONE))
        self._count = len(self._ends)
        if not self._count:
            self._fail(0)
        self._codes = codes = self._codes[: self._ends[-1] + 1]
        codes[self._ends] = END
        self.size = int(words.ends[self._ends[-1]])
        frequencies = self._read_frequencies()
        values = self._read_clauses()
        names = [""] * self._count
        for example, name in zip(self._example_of(tags).tolist(), self._names(tags, ends_of_tags), strict=True):
            if example < self._count:
                names[example] = name
        starts = words.starts[np.concatenate([[0], self._ends[:-1] + 1])]
        lines = (line + np.searchsorted(line_ends, starts)).tolist()
        self.examples = Examples(names, frequencies, lines, values)

    def _reject(self, wrong: Any, examples: Any) -> None:
        """Raise the error of the first example with something wrong."""
        if wrong.any():
            self._fail(int(examples[int(wrong.argmax())]))

    def _fail(self, example: int) -> NoReturn:
        raise cn.formats.UnknownPartError(int(self._words.ends[self._ends[example - 1]]) if example else 0)

    def _reject_second(self, words: Any) -> None:
        """Raise the error of an example that has two of some words."""
        examples = self._example_of(words)
        self._reject(examples[1:] == examples[:-1], examples[1:])

    def _example_of(self, words: Any) -> Any:
        return np.searchsorted(self._ends, words)

    def _find(self, word: bytes) -> Any:
        """Return where a word is."""
        words = self._words
        found = np.flatnonzero(words.firsts[: len(self._codes)] == word[0])
        found = found[self._codes[found] == TEXT]
        return found[words.are(word, found, words.keys_of(found))]

    def _find_tags(self, line_ends: Any) -> tuple[Any, Any]:
        """Find the names of examples, each up to the end of a line. Return the words before them, and where they end."""
        tags = self._find(b"TAG")
        if not len(tags):
            return tags, tags
        lines = np.searchsorted(line_ends, self._words.starts[tags])
        is_first = np.ones(len(tags), dtype=bool)
        is_first[1:] = lines[1:] != lines[:-1]  # another one in the line is part of the name
        tags, ends = tags[is_first], line_ends[lines[is_first]]
        is_name = np.zeros(len(self._codes) + 1, dtype=np.int8)
        is_name[tags] = 1
        np.subtract.at(is_name, np.searchsorted(self._words.starts, ends), 1)
        self._codes[np.cumsum(is_name[:-1], dtype=np.int8) > 0] = GONE
        return tags, ends

    def _names(self, tags: Any, ends: Any) -> list[str]:
        """Return the names of examples."""
        words = self._words
        self._reject_second(tags)
        names = [name.strip() for name in words.texts_between(words.ends[tags], ends)]
        if not words.text.isascii():
            wrong = np.array([not name for name in names], dtype=bool) & (self._example_of(tags) < self._count)
            self._reject(wrong, self._example_of(tags))  # which may be no text in UTF-8
        return names

    def _read_frequencies(self) -> list[float]:
        places, frequencies = self._find(b"PROB"), np.ones(self._count)
        if len(places):
            codes, values = self._codes[places + 1], self._words.values[places + 1]
            examples = self._example_of(places)
            self._reject_second(places)
            self._reject(((codes != NATURAL) & (codes != NUMBER)) | ~(values > 0), examples)
            frequencies[examples] = values
            self._codes[places] = self._codes[places + 1] = GONE
        return list(frequencies.tolist())

    def _read_clauses(self) -> list[Values]:
        """Return the values of all groups."""
        words, codes = self._words, self._codes
        places = np.sort(np.concatenate([self._find(word) for word in VERBS]))
        codes[places] = VERB
        examples = self._example_of(places)
        kinds = np.minimum(places + 3, len(codes) - 1)
        keys = words.keys_of(kinds)
        is_sparse = words.are(b"SPARSE", kinds, keys)
        is_known = is_sparse | words.are(b"FULL", kinds, keys) | words.are(b"EXPANDED", kinds, keys)
        self._reject(~is_known | (codes[kinds] != TEXT) | (codes[kinds - 1] >= VERB) | (codes[kinds - 2] >= VERB), examples)
        if not self._groups.has_network:
            self._reject(is_sparse, examples)  # the size of a group is in no list of units
        firsts, on_off = self._on_off(kinds + 1, is_sparse)
        others = np.flatnonzero((codes == TEXT) | (codes > NUMBER))
        after = others[np.searchsorted(others, firsts)]
        is_comma = is_sparse & (words.firsts[after] == ord(",")) & (words.sizes[after] == 1)
        known = np.bincount(self._example_of(np.flatnonzero((codes == GONE) | (codes == END))), minlength=self._count)
        known += np.bincount(examples, after - places + is_sparse, minlength=self._count).astype(np.intp)
        wrong = known != np.diff(self._ends, prepend=-1)  # a word is in no clause
        wrong[examples[is_sparse & ~is_comma]] = True
        self._reject(wrong, np.arange(self._count))
        is_target = words.firsts[places] == ord("T")
        ticks = self._ticks_of(places + 2, examples)
        sizes = after - firsts
        return self._values(places + 1, is_target, examples, ticks, (firsts, sizes, is_sparse, on_off))

    def _on_off(self, firsts: Any, is_sparse: Any) -> tuple[Any, Any]:
        """Return where lists of units begin, and the values [list, 2] of units that are on and off."""
        words, codes = self._words, self._codes
        firsts, on_off = firsts.copy(), np.tile([1.0, 0.0], (len(firsts), 1))
        if is_sparse.any():
            for word, column in ((b"ONVAL", 0), (b"OFFVAL", 1), (b"ONVAL", 0)):
                if not len(places := self._find(word)):
                    continue
                has_word = is_sparse & np.isin(firsts, places)
                value = firsts[has_word] + 1
                self._reject(
                    ((codes[value] != NATURAL) & (codes[value] != NUMBER)) | np.isnan(words.values[value]), self._example_of(value)
                )
                on_off[has_word, column] = words.values[value]
                firsts[has_word] += 2
        return firsts, on_off

    def _ticks_of(self, places: Any, examples: Any) -> tuple[Any, Any]:
        """Return first and last ticks."""
        words, kinds = self._words, self._codes[places]
        firsts, lasts = words.values[places].astype(np.intp), words.lasts[places].astype(np.intp)
        others = np.flatnonzero((kinds != NATURAL) & (kinds != SPAN))
        self._reject(words.sizes[places[others]] > MOST_CHARACTERS, examples[others])
        _, first, which = np.unique(words.keys_of(places[others]), return_index=True, return_inverse=True)
        bounds = np.array([_to_the_end(words.text[words.starts[at] : words.ends[at]]) for at in places[others[first]]] or [LAST])
        self._reject(bounds[which] < 0, examples[others])
        firsts[others], lasts[others] = bounds[which], LAST
        wrong = (lasts != LAST) & ((lasts < firsts) | (lasts >= MOST_TICKS))
        if self._ticks:
            wrong |= np.maximum(firsts, lasts) >= self._ticks
        self._reject(wrong, examples)
        return firsts, lasts

    def _values(self, names: Any, is_target: Any, examples: Any, ticks: tuple[Any, Any], lists: tuple[Any, ...]) -> list[Values]:
        """Return the values of each group."""
        words, groups = self._words, self._groups
        firsts, sizes, is_sparse, on_off = lists
        is_free, keys, made = np.ones(len(names), dtype=bool), words.keys_of(names), []
        for (group, of_targets), size in groups.known_sizes().items():
            chosen = np.flatnonzero((is_target == of_targets) & words.are(group.encode(), names, keys))
            if not len(chosen):
                continue
            is_free[chosen] = False
            numbers = np.empty((len(chosen), size))
            full, sparse = chosen[~is_sparse[chosen]], chosen[is_sparse[chosen]]
            self._reject(sizes[full] != size, examples[full])
            if len(full):
                at = firsts[full][:, np.newaxis] + np.arange(size)
                numbers[~is_sparse[chosen]] = words.values[at]
            if len(sparse):
                numbers[is_sparse[chosen]] = self._on(firsts[sparse], sizes[sparse], on_off[sparse], size, examples[sparse])
            at_ticks = [each[chosen] for each in ticks]
            self._reject_replaced(examples[chosen], *at_ticks)
            made.append(Values(group, of_targets, 0, numbers, examples[chosen], *at_ticks))
        self._reject(is_free, examples)
        for of_targets in (False, True):
            if groups.are_mixed([each.group for each in made if each.is_target == of_targets]):
                self._fail(0)  # the later one of an example replaces the other
        return made

    def _reject_replaced(self, examples: Any, firsts: Any, lasts: Any) -> None:
        """Raise the error of an example in which a list of a group has a tick of another one."""
        order = np.lexsort((firsts, examples))
        examples, firsts, lasts = examples[order], firsts[order], lasts[order]
        self._reject((examples[1:] == examples[:-1]) & ((lasts[:-1] == LAST) | (firsts[1:] <= lasts[:-1])), examples[1:])

    def _on(self, firsts: Any, sizes: Any, on_off: Any, size: int, examples: Any) -> Any:
        """Return the values [list, unit] of lists of units that are on."""
        lists = np.repeat(np.arange(len(firsts)), sizes)
        words = np.arange(len(lists)) + np.repeat(firsts - np.cumsum(sizes) + sizes, sizes)
        units = self._words.values[words].astype(np.intp)
        self._reject((self._codes[words] != NATURAL) | (units >= size), examples[lists])
        values = np.repeat(on_off[:, 1:], size, axis=1)
        values[lists, units] = on_off[lists, 0]
        return values


def _to_the_end(text: bytes) -> int:
    """Return the first tick of a text such as ALL or 2-ALL; `LAST` for another text."""
    found = TO_THE_END.fullmatch(text)
    return int(found[1] or 0) if found else LAST
