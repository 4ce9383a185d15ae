"""Many examples read at once: the results are those of the reader word by word."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.formats import blocks
from connectionist.formats.word_arrays import NATURAL, NUMBER, NUMBER_WORD, SPAN, TEXT, WordArrays

FORMS = (
    "I: {} {} T: {};",
    "I:{} {}T: {};",
    "name: {name} I: {} {} T: {};",
    'name: "{name}" freq: {} I: {} T: {} ;',
    "freq: {} name: {{{name}}} i: {} {} t: {};",
    "i: {{{}}} {} t: {};",
    "[max: {} defI: {}] I: {} T: {};",
    "2 [0] I: {} 0 [1] I: {} 1 T: {};",
    "3 [*] I: {} T: {} [* max: {}] ;",
    "# {}; \nname: {name} I: {}\n#{}\n {} T: {};",
    "proc: {{}} I: {} T: {} {};",
)
NUMBERS = (
    "0",
    "1",
    "7",
    "-",
    "0.5",
    "-1e-3",
    ".25",
    "3.",
    "12345678901",
    "1 freq: 2",
    "1 max: 2",
    "1e999",
    "nan",
    "1e+2",
    "+1",
    "1-2",
    "1 0",
    "",
    "x",
    "0x1",
    "1T:",
    "5;",
    "\n# 1;\n",
    " # 1\n",
    "*",
)
PLAIN = ("0", "1", "2")
NAMES = ("e17", "n{}", "x name: y", "a:b", "a:", "12", "é", "x;y", "#x", "{a\n#b\nc}", '"a\n#b\n"', '"', "two words", "\x1c", "")
BETWEEN = ("\n", " ", "\n# a comment\n", '\n#\n#"{;\n', "\n # no comment\n", "", "\t\r\n", "\n#;\n", "\0")


def outcome(path: Path) -> Any:
    """Return the values of a file, and what was listed; or the error."""
    with warnings.catch_warnings(record=True) as listed:
        warnings.simplefilter("always")
        try:
            found = cn.read_examples(path, strict=False)
        except cn.errors.ConnectionistError as error:
            return str(error)
    tables = [found.inputs, found.targets, found.frequencies]
    return found.names, str(found.lengths), [(each.shape, each.tobytes()) for each in tables], [str(each.message) for each in listed]


@st.composite
def files(draw: st.DrawFn) -> str:
    """Return a file of examples of one form, a few of which have other words."""
    form = draw(st.sampled_from(FORMS))
    count, seed = draw(st.integers(20, 60)), draw(st.randoms(use_true_random=False))
    faults = set(draw(st.lists(st.integers(12, 59), max_size=3)))
    parts = []
    for number in range(count):
        is_odd = number in faults
        numbers = [seed.choice(NUMBERS if is_odd and seed.random() < 0.5 else PLAIN) for _ in range(form.count("{}"))]
        if "freq" in form:
            numbers[0] = numbers[0].replace("0", "3") if not is_odd else numbers[0]
        name = seed.choice(NAMES).replace("{}", str(number)) if is_odd else f"e{number}"
        parts.append(form.format(*numbers, name=name) + (seed.choice(BETWEEN) if is_odd else "\n"))
    return "".join(parts)


@settings(derandomize=True, deadline=None, max_examples=120, database=None)
@given(text=files())
def test_blocks_have_the_values_of_the_reader_word_by_word(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "x.ex"
        path.write_bytes(text.encode())
        patch.setattr(blocks, "FEW_BYTES", 100)
        together = outcome(path)
        patch.setattr(blocks.Blocks, "take", lambda _: None)
        assert together == outcome(path)


@pytest.mark.parametrize(
    "form",
    [
        "I: 0 {} T: 1;",
        "I:0 {} T:1;",
        "name: e{} I: 1 T: .5;",
        'name: "e{}" freq: 2 I: 1 - T: 1;',
        "i: {{0.5}} {} t: 1;",
        "name: é{} I: 1 T: 0;",
        "# {};\nI: 1 T: 0;",
        "2 [*] I: {}; ",
        "2 [* max: 2] I: {}; ",
    ],
)
def test_nearly_all_short_examples_are_read_in_blocks(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts, take = [], blocks.Blocks.take

    def counted(given: blocks.Blocks[Any]) -> Any:
        content = take(given)
        counts.append(0 if content is None else len(content.names))
        return content

    monkeypatch.setattr(blocks.Blocks, "take", counted)
    path = tmp_path / "x.ex"
    path.write_text("".join(form.format(number % 10) + "\n" for number in range(5000)), encoding="utf-8")
    assert len(cn.read_examples(path)) == 5000
    assert sum(counts) >= 4998


@pytest.mark.parametrize(
    ("second", "wanted", "listed"),
    [
        ("name: a name: b freq: 2 I: 1 T: 0;\nI: 1 T: 1;", [("b", 2), ("1", 1)], ":1:9: 'name:' of the example is given again"),
        ("freq: 2 freq: 3 I: 1 T: 0;", [("0", 3)], ":1:9: 'freq:' of the example is given again; the last one is read"),
        ("2 1 I: 1 T: 0;", [("0", 1)], ":1:3: the number of events of the example is given again"),
        ("[0 max: 1 defT: 1 max: 2] I: 1 T: 0;", [("0", 1)], ":1:19: 'max:' of an event is given again"),
    ],
)
def test_what_an_example_has_twice_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str, wanted: Any, listed: str
) -> None:
    path, others = tmp_path / "x.ex", "".join(f"name: n{number} I: 1 T: 0;\n" for number in range(40))
    for _ in range(2):
        for text, line in ((f";{second}\n{others}", 0), (f";{others}{second}\n", 40)):
            path.write_text(text)
            with pytest.warns(cn.errors.FormatWarning) as caught:
                found = cn.read_examples(path)
            of_second = [each for each in zip(found.names, found.frequencies.tolist(), strict=True) if not each[0].startswith("n")]
            assert of_second == [(str(int(name) + line) if name.isdecimal() else name, frequency) for name, frequency in wanted]
            (warning,) = caught
            assert isinstance(warning.message, cn.errors.FormatWarning)
            (issue,) = warning.message.issues
            place = listed.split(":")  # the semicolon of the header moves the column of line 1
            assert f"x.ex:{line + 1}:{int(place[2]) + (not line)}:{':'.join(place[3:])}" in issue
        monkeypatch.setattr(blocks, "FEW_BYTES", 100)


def test_a_name_keeps_a_line_that_is_a_comment_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "x.ex"
    path.write_text("".join(f"# {number}\nname: {{{number}\n# a\nb}} I: 0 T: 1;\n" for number in range(50)), encoding="utf-8")
    assert cn.read_examples(path).names == tuple(f"{number}\n# a\nb" for number in range(50))


def test_blocks_are_smaller_and_rarer_after_a_part_that_was_left(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * 2**20)
    sizes: list[int] = []

    def read(text: bytes) -> tuple[int, int]:
        sizes.append(len(text))
        if len(sizes) > 4:
            raise cn.formats.UnknownPartError(0)
        return 1, len(text)

    with cn.formats.InputFile(path).scanner() as scanner:
        found = cn.formats.Blocks(scanner, read)
        taken = [found.take() for _ in range(11)]
    assert sizes == [2**12, 2**13, 2**14, 2**15, 2**16, 2**12, 2**12]
    assert taken == [1] * 4 + [None] * 7  # the sixth and seventh block come after one and three parts alone
    assert 0 < found.part_read < 0.1


WORDS = ("0", "7", "12345678", "123456789", "1234567890", "-", "-0", "-1", ".5", "5.", ".", "-.", "0.1234", "-12.5", "0.12345", "1234.5678")
OTHERS = (
    "1e5",
    "1E-3",
    "1e999",
    "nan",
    "1-2",
    "10-12",
    "1-",
    "1-2-3",
    "-1-2",
    "1234-5678",
    "123456789-123456789",
    "x",
    "1x",
    "0x1",
    "1_0",
    "+1",
    "1..2",
    "é",
)


def test_words_are_the_numbers_that_python_reads() -> None:
    words = WordArrays(" ".join(WORDS + OTHERS).encode(), missing=(b"-", b"nan"))
    assert len(words) == len(WORDS + OTHERS)
    for at, word in enumerate(WORDS + OTHERS):
        found = NUMBER_WORD.fullmatch(word.encode())
        if word in ("-", "nan"):
            assert (words.kinds[at], str(words.values[at])) == (NUMBER, "nan")
        elif found is None or word == "1e999":
            assert (words.kinds[at], words.values[at]) == (TEXT, 0)
        elif found[2]:
            assert (words.kinds[at], words.values[at], words.lasts[at]) == (SPAN, float(found[2]), float(found[3]))
        else:
            assert (words.kinds[at], repr(float(words.values[at]))) == (NATURAL if found[1] else NUMBER, repr(float(word)))


@settings(derandomize=True, deadline=None, max_examples=200, database=None)
@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9), min_size=1))
def test_decimal_numbers_are_rounded_as_python_rounds_them(numbers: list[Any]) -> None:
    words = WordArrays(" ".join(map(str, numbers)).encode())
    assert words.values.tolist() == [float(str(number)) for number in numbers]


def test_words_end_at_marks_and_after_endings() -> None:
    words = WordArrays(b"a:b [c];long_name:1", marks=b"[];", last=b":")
    assert words.texts_of(np.arange(len(words))) == ["a:", "b", "[", "c", "]", ";", "long_name:", "1"]
    places = np.arange(len(words))
    assert np.flatnonzero(words.are(b"long_name:", places, words.keys_of(places))).tolist() == [6]
    assert not words.are(b"long_nama:", places, words.keys_of(places)).any()
    assert WordArrays(b"a b\0c").text == b"a b"
    assert WordArrays(b"\xff \xc3\xa9").texts_of(np.arange(2)) == ["", "é"]
