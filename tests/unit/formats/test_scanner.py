"""Text read word by word: words, numbers, comments, places, and faults of the encoding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from connectionist.errors import FileError, FormatError
from connectionist.formats import InputFile, Scanner, parse_numbers, text_buffer


@contextmanager
def scanning(folder: Path, text: str | bytes, *, strict: bool = True, **options: Any) -> Iterator[Scanner]:
    path = folder / "x.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with InputFile(path, strict=strict).scanner(**options) as scanner:
        yield scanner


def words(scanner: Scanner) -> list[str]:
    found = []
    while not scanner.is_at_end:
        found.append(scanner.take("a word"))
    return found


def test_words_marks_and_comments(tmp_path: Path) -> None:
    with scanning(tmp_path, "\ufeffa  b;c # d\n\te(1)\r\n#\n#x\nf", marks=";()") as scanner:
        assert words(scanner) == ["a", "b", ";", "c", "e", "(", "1", ")", "f"]


def test_a_comment_only_at_the_start_of_a_line(tmp_path: Path) -> None:
    with scanning(tmp_path, "#a\nb #c\n #d\n#e", comment_at_line_start=True) as scanner:
        assert words(scanner) == ["b", "#c", "#d"]


def test_words_that_are_expected(tmp_path: Path) -> None:
    with scanning(tmp_path, "name x 12\nrest of # line\nend") as scanner:
        assert scanner.accept("other") == ""
        assert scanner.expect("name", "other") == "name"
        assert scanner.last_place == (1, 1)
        assert scanner.peek() == "x"
        assert scanner.place == (1, 6)
        with pytest.raises(FormatError, match=r"x\.txt:1:6: found 'x'; 'a' or 'b' may be here"):
            scanner.expect("a", "b")
        with pytest.raises(FormatError, match=r"found 'x'; a whole number"):
            scanner.whole_number()
        assert scanner.take("a name") == "x"
        with pytest.raises(FormatError, match="found '12'; the number of units, from 1 to 9, may be here"):
            scanner.whole_number("the number of units", 1, 9)
        with pytest.raises(FormatError, match="found '12'; a whole number, 13 or more, may be here"):
            scanner.whole_number(at_least=13)
        assert scanner.whole_number(at_least=12, at_most=12) == 12
        scanner.line()
        assert scanner.line() == ""
        assert scanner.match(re.compile(rb"(\w+) of")) is not None
        assert scanner.line() == "# line"
        assert scanner.take("the end") == "end"
        with pytest.raises(FormatError, match=r"x\.txt:3:4: found the end of the file; more may be here"):
            scanner.take("more")


@pytest.mark.parametrize("block", [3, 7, 2**20])
def test_numbers(tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_buffer, "BLOCK_BYTES", block)
    text = "1 0 -2.5e1 * .5\n# c\n 7 end 1 2 3 x"
    with scanning(tmp_path, text, missing="*") as scanner:
        assert np.array_equal(scanner.numbers(), [1, 0, -25, np.nan, 0.5, 7], equal_nan=True)
        assert len(scanner.numbers()) == 0
        assert scanner.take("a word") == "end"
        assert scanner.numbers(2).tolist() == [1, 2]
        with pytest.raises(FormatError, match=r"x\.txt:3:14: found 'x'; two numbers may"):
            scanner.numbers(2, "two numbers")


@pytest.mark.parametrize("word", ["1-2", "--", "1.2.3", "e5", "+", "1e999", "-1e400"])
def test_a_word_that_is_no_finite_number_is_named(tmp_path: Path, word: str) -> None:
    with scanning(tmp_path, f"1 2\n0.5 {word} 3") as scanner, pytest.raises(FormatError) as raised:
        scanner.numbers()
    assert (raised.value.line, raised.value.column, raised.value.found) == (2, 5, repr(word))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a \0 b", r"x\.txt:1:3: has a null byte"),
        ("a b".encode("utf-16"), "is text in UTF-16"),
        (b"a caf\xe9", r"x\.txt:1:3: byte 0xe9 is not text in UTF-8"),
        (b"a " + b"x" * 70_000, r"x\.txt:1:3: found a word or line of more than 65536 bytes"),
    ],
)
def test_faults_of_the_text_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message), scanning(tmp_path, content) as scanner:
        words(scanner)


def test_a_null_byte_in_a_number_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"x\.txt:1:4: has a null byte"), scanning(tmp_path, b"1 2\x003 4") as scanner:
        scanner.numbers(3)


def test_latin_1_is_read_and_listed_if_not_strict(tmp_path: Path) -> None:
    with scanning(tmp_path, b"caf\xe9", strict=False) as scanner:
        assert words(scanner) == ["caf\xe9"]
        assert scanner.file.issues == [f"{tmp_path / 'x.txt'}:1:1: byte 0xe9 is not text in UTF-8; it is read as Latin-1"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_buffer, "BLOCK_BYTES", 1000)
    with scanning(tmp_path, "word 1 2 3\n# a comment\n" * 2000) as scanner:
        longest = 0
        while scanner.accept("word"):
            assert scanner.numbers().tolist() == [1, 2, 3]
            longest = max(longest, len(scanner._text))
        assert scanner.place == (4001, 1)
        assert longest < 3000


def test_numbers_in_bulk() -> None:
    assert np.array_equal(parse_numbers(b" 1 - 0\t9\n", b"-"), [1, np.nan, 0, 9], equal_nan=True)
    assert np.array_equal(parse_numbers(b"1.5 - 10", b"-"), [1.5, np.nan, 10], equal_nan=True)
    assert parse_numbers(b"").tolist() == []
    assert parse_numbers(b"0.1 1e-3 123456789").tolist() == [float("0.1"), float("1e-3"), 123456789.0]
    for text in (b"1 a", b"a", b"1 2x", b"1e999", b"- -", b"1 - 2"):
        with pytest.raises(ValueError, match="word"):
            parse_numbers(text)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        InputFile(tmp_path / "none").content()
    with pytest.raises(FileError, match="it is a folder"):
        InputFile(tmp_path).beginning()
    assert InputFile(tmp_path / "a.b.data").beside(".teach").path.name == "a.b.teach"
