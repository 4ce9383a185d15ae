"""Parts of a text that repeat a form, or a few, read many at once.

Most files of examples repeat one form: the same words, with other names and numbers. A reader that has read one example word by word makes
a template of it, a regular expression. `Templates` takes the examples that follow and have a known form, and their numbers are parsed
together.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

from connectionist.formats.scanner import Scanner
from connectionist.formats.word_table import Words, WordTable

MOST_TEMPLATES = 24  # a match takes longer with more groups
MOST_BYTES = 2**17  # of all regular expressions
COST = 5  # bytes that are read word by word in the time in which a byte of a regular expression is compiled
FREE, PART = 2**16, 4  # bytes, and the part of the file, that templates may cost before they save any
TRIALS = 64
FEW_MATCHES, MOST_MATCHES = 64, 2**14  # that are taken at once: few after a part that did not fit, since those after it are matched again

TABLE_MATCHES, TABLE_BYTES = 256, 128  # a table is tried after so many matches of one template, of at most so many bytes on average
FEW_BYTES, MOST_TABLE_BYTES = 2**12, 2**18  # that a table reads at once: few at first


class TextTemplate(Protocol):
    """A form.

    Attributes
    ----------
    source : bytes
        A regular expression with possessive quantifiers, from the first word to the last.
    groups : int
        How many groups it has.
    """

    source: bytes
    groups: int

    def rows(self, found: list[tuple[bytes, ...]]) -> tuple[Any, int]:
        """Return the content of matches, as far as they fit, and how many fit; each is the text of the match and of its groups."""


@runtime_checkable
class TableTemplate(TextTemplate, Protocol):
    """A form whose parts can be read as a table, if they have the same words."""

    def kinds(self) -> Mapping[int, str] | None:
        """Return what each group has, as for ``WordTable``; None if one may have something else."""

    def rows_of_words(self, words: Words) -> tuple[Any, int]:
        """Return the content of the rows of a table, as far as they fit, and how many fit."""


T = TypeVar("T", bound=TextTemplate)


class TemplateRows(NamedTuple, Generic[T]):
    """The matches of one template: their numbers among all matches, from 0, and what `TextTemplate.rows` made of them."""

    template: T
    numbers: list[int]
    content: Any


class Templates(Generic[T]):
    """The templates of a text.

    Parameters
    ----------
    scanner : Scanner
    """

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner
        self._templates: list[T] = []
        self._is_new = 0  # templates that the pattern does not have yet
        self._by_group: dict[int, T] = {}  # of the pattern
        self._pattern = re.compile(b"")  # of all templates
        self._allowance = self._profit = max(FREE, scanner.file.size // PART)  # bytes that templates saved, less what they cost
        self._most = FEW_MATCHES
        self._alone = 0  # parts that were read word by word since a template read one
        self._table: tuple[TableTemplate, WordTable] | None = None
        self._table_bytes = FEW_BYTES

    def learn(self, make: Callable[[], T | None]) -> None:
        """Keep the template of a part that was read word by word; seldom, if templates have cost more than they have saved so far."""
        self._alone += 1
        if self._profit < 0 and self._alone % TRIALS:
            if self._alone > TRIALS:
                self._templates = []
            return
        if template := make():
            kept = [template, *(each for each in self._templates if each.source != template.source)]
            sizes = itertools.accumulate(len(each.source) for each in kept)
            self._templates = [each for each, size in zip(kept, sizes, strict=True) if size <= MOST_BYTES][:MOST_TEMPLATES]
            self._is_new += 1

    def take_table(self) -> tuple[Any, int]:
        """Take parts with the same words as the last match, but for numbers and names. Return their content, and how many they are.

        There are none until `take` has taken many short parts of one form.
        """
        if self._table is None:
            return None, 0
        template, table = self._table
        words = table.read(self._scanner.ahead(self._table_bytes))
        content, count = template.rows_of_words(words) if words.count else (None, 0)
        if count == words.count:
            self._scanner.skip(words.size)
        else:
            content, count = None, 0  # `take` finds the part that does not fit
        is_whole = words.is_whole and count == words.count
        self._table_bytes = min(2 * self._table_bytes, MOST_TABLE_BYTES) if is_whole else FEW_BYTES
        self._table = self._table if is_whole else None
        return content, count

    def take(self) -> tuple[list[TemplateRows[T]], list[re.Match[bytes]]]:
        """Take the parts that have a known form and fit, as far as they follow one another. Return them by template, and the matches.

        The first part that does not fit is the next to be read word by word.
        """
        if self._is_new > len(self._by_group) // 4:  # so that all compilations together take a few times as long as the last
            groups = itertools.accumulate([1, *(each.groups + 1 for each in self._templates)])
            self._by_group = dict(zip(groups, self._templates, strict=False))
            self._pattern = re.compile(b"".join(rb"\s*+(%s)|" % each.source for each in self._templates))
            self._is_new = 0
            self._profit -= COST * len(self._pattern.pattern)
        matches = self._scanner.take_matches(self._pattern, self._most) if self._templates else []
        count, fitting = -1, len(matches)
        while count != fitting:
            count = fitting
            rows, fitting = self._rows(matches[:count])
        if count:
            self._profit = min(self._profit + matches[count - 1].end() - matches[0].start(), self._allowance)
            self._alone = 0
            self._find_table(rows, matches[:count])
        if count < len(matches):
            self._scanner.go_back(matches[count])
            self._most = max(FEW_MATCHES, count)
        else:
            self._most = min(2 * self._most, MOST_MATCHES)
        return rows, matches[:count]

    def _find_table(self, rows: list[TemplateRows[T]], matches: list[re.Match[bytes]]) -> None:
        """Make the table of the last match, if many short ones have its form."""
        size = matches[-1].end() - matches[0].start()
        if self._table is None and len(rows) == 1 and len(matches) >= TABLE_MATCHES and size <= TABLE_BYTES * len(matches):
            template, part = rows[0].template, matches[-1].lastindex or 0
            kinds = template.kinds() if isinstance(template, TableTemplate) else None
            table = None if kinds is None else WordTable.of(matches[-1], part, kinds)
            self._table = (template, table) if isinstance(template, TableTemplate) and table else None

    def _rows(self, matches: list[re.Match[bytes]]) -> tuple[list[TemplateRows[T]], int]:
        """Return the content by template, and how many of all matches fit before the first that does not."""
        groups = [match.lastindex or 0 for match in matches]
        made, count = [], len(matches)
        for group in dict.fromkeys(groups):
            template = self._by_group[group]
            is_only = groups.count(group) == len(groups)
            numbers = [*range(len(groups))] if is_only else [number for number, other in enumerate(groups) if other == group]
            parts = range(group, group + 1 + template.groups)
            content, fitting = template.rows([matches[number].group(*parts) for number in numbers])
            made.append(TemplateRows(template, numbers, content))
            count = count if fitting == len(numbers) else min(count, numbers[fitting])
        return made, count


def decode_texts(texts: Sequence[bytes]) -> list[str]:
    r"""Return texts in UTF-8, up to the first that is not; a reader word by word lists that one with its place.

    Examples
    --------
    >>> decode_texts([b"one", b"two", b"\xff", b"four"])
    ['one', 'two']
    """
    try:
        decoded = b"\n".join(texts).decode().split("\n")
    except UnicodeDecodeError:
        decoded = []
    if len(decoded) != len(texts):
        decoded = []
        for text in texts:
            try:
                decoded.append(text.decode())
            except UnicodeDecodeError:
                break
    return decoded
