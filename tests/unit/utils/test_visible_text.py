"""Text from elsewhere is shown without control characters, and keeps its meaning where it is read again."""

from __future__ import annotations

import csv
import io
import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectionist.reporting.html.elements import element, inline_html
from connectionist.reporting.table import Table, print_tables
from connectionist.utils.files import write_rows
from connectionist.utils.json_values import as_json
from connectionist.utils.visible_text import UNSAFE, from_spreadsheet_cell, shown, spreadsheet_cell, visible_text

HOSTILE = "\x1b]0;title\x07\x9b31m\x08\x7f\r\u202etxt\u2066\ud800\x00"
texts = st.text(st.characters(codec="utf-8"), max_size=8) | st.text("=+-@\t\r\n'1.e\"", max_size=6)


def test_exactly_the_control_characters_are_escaped() -> None:
    """The bidirectional marks and joiners that languages need are kept."""
    kept = {"\t", "\n"}
    for code in (*range(0x10000), 0x1F600, sys.maxunicode):
        letter = chr(code)
        is_control = unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(letter) in (
            *("LRE", "RLE", "LRO", "RLO", "PDF"),
            *("LRI", "RLI", "FSI", "PDI"),
        )
        assert bool(UNSAFE.match(letter)) == ((is_control and letter not in kept) or letter in "\ufffe\uffff"), hex(code)
    assert visible_text("a\x1b[31m\u202e\ud800\nb") == "a\\x1b[31m\\u202e\\ud800\nb"


@given(st.recursive(st.text(st.characters(exclude_categories=[])), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_has_the_same_value_without_control_characters(value: object) -> None:
    text = as_json(value)
    assert json.loads(text) == value
    assert not UNSAFE.search(text)


@given(st.lists(texts, min_size=1, max_size=4))
def test_a_csv_file_has_the_visible_text_and_no_cell_is_a_formula(tmp_path_factory: pytest.TempPathFactory, row: list[str]) -> None:
    path = Path(tmp_path_factory.getbasetemp()) / "cells.csv"
    write_rows(path, [row])
    (read,) = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
    assert [from_spreadsheet_cell(cell) for cell in read] == [visible_text(cell) for cell in row]
    for cell in read:
        assert not cell or cell[0] not in "=+-@\t\r\n" or float(cell) == float(cell) or cell.endswith("nan")


@pytest.mark.parametrize("cell", [1, -1.5, None, "-1.5", "+3e-07", "-inf", "hidden:0", "a=b", "it's", "'s", ""])
def test_numbers_and_plain_text_have_no_mark(cell: object) -> None:
    assert spreadsheet_cell(cell) is cell


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "-", "'=1", "- 1", "-1_0"])
def test_formulas_have_a_mark(cell: str) -> None:
    assert spreadsheet_cell(cell) == f"'{cell}"


class Mute:
    def __repr__(self) -> str:
        raise ValueError


@pytest.mark.parametrize("most", [80, 200])
def test_a_value_in_a_message_is_short_and_in_one_line(most: int) -> None:
    for value in ("x" * 10**6, ["x"] * 10**5, 1.5, "a\nb\x1b", "\ud800", Path("a" * 500), b"x" * 1000):
        text = shown(value, most)
        assert text == repr(value) or (len(text) == most and text[-1] == "…" and repr(value).startswith(text[:-1]))
        assert text.isprintable()
    assert shown(Mute()) == "an object of class Mute"
    assert shown(10**5000) == "an object of class int"  # Python writes at most 4,300 digits


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("kind", [io.StringIO, Terminal])
def test_tables_print_no_control_characters(monkeypatch: pytest.MonkeyPatch, kind: type[io.StringIO]) -> None:
    printed = kind()
    monkeypatch.setattr(sys, "stdout", printed)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    print_tables([Table(HOSTILE, [HOSTILE], [[HOSTILE], [[HOSTILE]]], [HOSTILE]), Table(HOSTILE, [], [], [HOSTILE])])
    assert printed.getvalue().count("\\x9b") == 7
    assert not UNSAFE.search(printed.getvalue())


def test_pages_have_no_control_characters() -> None:
    assert not UNSAFE.search(element("p", HOSTILE, title=HOSTILE) + inline_html(HOSTILE))
