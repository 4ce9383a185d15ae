"""Many short examples of one form, read as a table of words: the results are those of one match for each example."""

from __future__ import annotations

import re
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.formats import templates

FORMS = (
    "I: {} {} T: {};",
    "I:{} {}T: {};",
    "name: {name} I: {} {} T: {};",
    'name: "{name}" freq: {} I: {} T: {} ;',
    "freq: {} name: {{{name}}} i: {} {} t: {};",
    "i: {{{}}} {} t: {};",
    "[max: {} defI: {}] I: {} T: {};",
    "2 [0] I: {} 0 [1] I: {} 1 T: {};",
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
)
PLAIN = ("0", "1", "2")
NAMES = ("e17", "n{}", "a:b", "a:", "12", "é", "x;y", "#x", '"', "two words", "\x1c", "")
BETWEEN = ("\n", " ", "\n# a comment\n", "", "\t\r\n", "\n#;\n", "\0")


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
def test_a_table_has_the_values_of_single_matches(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "x.ex"
        path.write_bytes(text.encode())
        patch.setattr(templates, "TABLE_MATCHES", 2)
        patch.setattr(templates, "FEW_MATCHES", 4)
        patch.setattr(templates, "FEW_BYTES", 100)
        together = outcome(path)
        patch.setattr(templates.Templates, "take_table", lambda _: (None, 0))
        assert together == outcome(path)


@pytest.mark.parametrize(
    "form", ["I: 0 {} T: 1;", "I:0 {} T:1;", "name: e{} I: 1 T: .5;", 'name: "e{}" freq: 2 I: 1 - T: 1;', "i: {{0.5}} {} t: 1;"]
)
def test_most_of_many_short_examples_are_read_as_a_table(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts, take = [], templates.Templates.take_table

    def counted(self: templates.Templates[Any]) -> tuple[Any, int]:
        content, count = take(self)
        counts.append(count)
        return content, count

    monkeypatch.setattr(templates.Templates, "take_table", counted)
    path = tmp_path / "x.ex"
    path.write_text("".join(form.format(number % 10) + "\n" for number in range(5000)), encoding="utf-8")
    assert len(cn.read_examples(path)) == 5000
    assert sum(counts) > 4400


def table_of(text: bytes, pattern: bytes, kinds: dict[int, str]) -> cn.formats.WordTable | None:
    match = re.match(b"(" + pattern + b")", text)
    assert match is not None
    return cn.formats.WordTable.of(match, 1, kinds)


def test_rows_end_before_another_word() -> None:
    table = table_of(b"I: 0 T: 1;", rb"I:\s*(\S+)\s*T:\s*(\d+);", {1: "number", 2: "natural"})
    assert table is not None
    for text, count in (
        (b"I:-T: 1;", 0),
        (b"I: - T: 1;I:2 T:3 ;", 2),
        (b"I: 1 T: 1; I: 1 t: 1;", 1),
        (b"I: 1 T: -;", 0),
        (b"I: nan T: 1;", 0),
    ):
        words = table.read(text)
        assert words.count == count
        assert words.size == (text.rfind(b";", 0, 12) + 1 if count == 1 else len(text) if count else 0)
    assert table.read(b"I: 1 T: 1234567890;").count == 0
    assert table.read(b"I: 1 T: 1; I:").is_whole
    assert not table.read("I: 1 T: 1; é".encode()).is_whole


def test_a_group_of_a_part_of_a_word_has_no_table() -> None:
    assert table_of(b"x1;", rb"x(\d);", {1: "number"}) is None
    assert table_of(b"n: {a b};", rb"n: (\{.*\});", {1: "text"}) is None
    assert table_of(b"n: {a};", rb"n: (\{.*\});", {1: "text"}) is not None
    assert table_of(b"n: 1", rb"n: (\d)", {1: "number"}) is None


def test_words_that_must_be_the_same_have_the_same_length() -> None:
    table = table_of(b"2 I: 1;", rb"2 I: (\d);", {1: "number"})
    assert table is not None
    assert table.read(b"2 I: 0; 20 I: 1;").count == 1


def test_a_text_is_one_word() -> None:
    table = table_of(b"n: a;", rb"n: (\w);", {1: "text"})
    assert table is not None
    assert table.read(b"n: b; n: c;").texts == {1: ["b", "c"]}
    for text in (b"n: (;", b"n: a:;", b"n: a b;", b"n: ;", b"n: a:b;"):
        assert table.read(text).count == 0


@pytest.mark.parametrize("form", ["i: {{a}} 0 {} t: 0;", "I: 0 T: 1; i: 1 {} t: 0;"])
def test_a_unit_that_does_not_exist_has_its_place(form: str, tmp_path: Path) -> None:
    net = cn.Network("net")
    net.add_group("a", 3, role="input")
    net.add_group("o", 1, role="output")
    path = tmp_path / "x.ex"
    path.write_text("\n".join(form.format(3 if number == 2900 else number % 3) for number in range(3000)), encoding="utf-8")
    with pytest.raises(cn.errors.FormatError, match="found 4 units") as raised:
        cn.read_examples(path, net)
    assert raised.value.line == 2901
