"""The table of docs/files.md, which says what files of examples hold: each cell is checked by writing and reading."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.data.example_values import describe_examples
from connectionist.formats.choose_format import able

FLAT = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[0.0], [1.0], [0.0]]
SEQUENCES = [[[0.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 1.0]], [[1.0, 1.0], [0.0, 1.0]]], [[[0.0], [1.0]], [[1.0], [0.0]], [[0.0], [1.0]]]
HELD = [[[0.0, 1.0]] * 2] * 3, [[[1.0]] * 2] * 3
GROUPS = {"first": [[0.0], [1.0], [1.0]], "second": [[1.0], [0.0], [1.0]]}, {"third": FLAT[1]}
EVENTS = [(2,), (1, 1), (1, 1)]
SUFFIXES = {
    "csv": ".csv",
    "tsv": ".tsv",
    "parquet": ".parquet",
    "excel": ".xlsx",
    "matlab": ".mat",
    "lens_examples": ".ex",
    "lens_binary_examples": ".bex",
}

ROWS: dict[str, tuple[Any, dict[str, Any], str]] = {  # inputs and targets, further arguments, and what a message says
    "names": (FLAT, {"names": ["cat", "dog", "cow"]}, "'cat'"),
    "names with white space": (FLAT, {"names": ["a\tcat", "dog", "cow"]}, "cat'"),
    "groups": (GROUPS, {}, "groups of inputs"),
    "frequencies": (FLAT, {"frequencies": [1, 2, 3]}, "frequencies"),
    "error weights": (FLAT, {"error_weights": [1, 2, 3]}, "weights"),
    "missing targets": ((FLAT[0], [[0.0], [np.nan], [0.0]]), {}, "missing targets"),
    "no targets at all": ((FLAT[0], np.zeros((3, 0))), {}, "no targets"),
    "clamps": (GROUPS, {"clamps": {"hidden": [[0.5, np.nan]] * 3}}, "clamps"),
    "sequences": (SEQUENCES, {}, "ticks"),
    "lengths that differ": (SEQUENCES, {"lengths": [1, 2, 2]}, "ticks"),
    "events of several ticks": (HELD, {"event_lengths": EVENTS}, "events|ticks"),
    "events that change within": (SEQUENCES, {"event_lengths": EVENTS}, "event|ticks"),
    "sequences that continue": (SEQUENCES, {"continues": [False, True, False]}, "continue|3 examples are read as 2|ticks"),
}


def table() -> dict[tuple[str, str], str]:
    """Return the cells by format and row."""
    lines = (Path(__file__).parents[3] / "docs" / "files.md").read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("| of examples |"))
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return {
        (name, row[0]): cell for row in rows[2:] for names, cell in zip(rows[0][1:], row[1:], strict=True) for name in names.split(", ")
    }


TABLE = table()


def network(*, in_time: bool) -> cn.Network:
    net = cn.Network("net")
    net.add_group("first", 1, role="input")
    net.add_group("second", 1, role="input")
    net.add_group("hidden", 2)
    net.add_group("third", 1, role="output")
    for sender, receiver in (("first", "hidden"), ("second", "hidden"), ("hidden", "third")):
        net.connect(sender, receiver)
    if in_time:
        net.connect("hidden", "hidden", delay=1)
    return net


def described(examples: cn.ExampleSet, row: str) -> dict[str, Any]:
    """Return what a set has. Groups, which it gets from the network too, only if they are in question."""
    given = describe_examples(examples)
    events = [[(event.start, event.stop) for event in examples.events_of(case)] for case in range(len(examples))]
    tables = {name: np.asarray(values).tolist() for name, values in (given["arrays"] | given["clamps"]).items()}
    return {**tables, "names": given["names"], "events": events, "groups": given["groups"] if row == "groups" else None}


def sweeps(continues: list[bool]) -> cn.ExampleSet:
    """Return sequences of one tick."""
    inputs, targets = ([values[:1] for values in given] for given in SEQUENCES)
    return cn.ExampleSet.from_arrays(inputs, targets, continues=continues)


def read_back(path: Path, name: str, examples: cn.ExampleSet) -> cn.ExampleSet:
    return cn.read_examples(path, network(in_time=examples.ticks is not None), name)


def test_table_has_every_format_that_writes_examples() -> None:
    writing = {each.name for each in able("write_examples")}
    assert {name for name, _ in TABLE} == writing
    assert {row for _, row in TABLE} == set(ROWS)


@pytest.mark.parametrize(("name", "row"), TABLE)
def test_cell_says_what_a_file_holds(tmp_path: Path, name: str, row: str) -> None:
    tables, further, message = ROWS[row]
    examples = cn.ExampleSet.from_arrays(*tables, **further)
    path = tmp_path / f"x{SUFFIXES.get(name, '.data')}"
    cell = TABLE[name, row]
    if cell == "yes":
        cn.write_examples(examples, path, name)  # a warning is an error in tests
        if row == "no targets at all":  # reading gives each output unit of the network none
            examples = cn.ExampleSet.from_arrays(FLAT[0], np.full((3, 1), np.nan))
        assert repr(described(read_back(path, name, examples), row)) == repr(described(examples, row))
        return
    if cell == "warning":
        with pytest.warns(cn.errors.FormatWarning, match=message) as given:
            cn.write_examples(examples, path, name)
        assert len(given) == 1
        assert described(read_back(path, name, examples), row) != described(examples, row)
        return
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.write_examples(examples, path, name)
    if cell == "error":
        with pytest.warns(cn.errors.FormatWarning, match=message) as given:
            cn.write_examples(examples, path, name, strict=False)
        assert len(given) == 1
    else:
        assert cell == "never"
        with pytest.raises(cn.errors.FormatError, match=message):
            cn.write_examples(examples, path, name, strict=False)


@pytest.mark.parametrize("name", ["fann_patterns", "snns_patterns", "tlearn_patterns", "pdp_patterns"])
def test_numbers_from_0_are_no_lost_names(tmp_path: Path, name: str) -> None:
    examples = cn.ExampleSet.from_arrays(*FLAT)
    cn.write_examples(examples, tmp_path / "x.data", name)
    assert read_back(tmp_path / "x.data", name, examples).names == ("0", "1", "2")


@pytest.mark.parametrize("continues", [[True, False, False], [True, True, True]])
def test_tlearn_keeps_that_the_first_sequence_continues_the_last(tmp_path: Path, continues: list[bool]) -> None:
    examples = sweeps(continues)
    cn.write_examples(examples, tmp_path / "x.data", "tlearn_patterns")
    assert described(read_back(tmp_path / "x.data", "tlearn_patterns", examples), "") == described(examples, "")


def test_tlearn_sweeps_are_kept_with_each_sweep(tmp_path: Path) -> None:
    examples = sweeps([False, True, False])
    each_sweep = cn.file_format("tlearn_patterns", each_sweep=True)
    cn.write_examples(examples, tmp_path / "x.data", each_sweep)
    assert described(cn.read_examples(tmp_path / "x.data", network(in_time=True), each_sweep), "") == described(examples, "")


def test_tlearn_stream_is_not_written_beside_resets(tmp_path: Path) -> None:
    (tmp_path / "x.reset").write_text("1\n1\n")
    examples = sweeps([True] * 3)
    with pytest.raises(cn.errors.FormatError, match=r"'x\.reset' exists, and would make other sequences"):
        cn.write_examples(examples, tmp_path / "x.data", "tlearn_patterns")


@pytest.mark.parametrize("name", sorted({name for name, _ in TABLE} - {"fann_patterns", "snns_patterns", "tlearn_patterns"}))
@pytest.mark.parametrize("odd", ["a\rb", "a\x0bb", "a\u2028b", "a\0b", "\0", " a ", "=1", "'a", "NA", "007", 'a"{b'])
def test_a_name_is_kept_or_named(tmp_path: Path, name: str, odd: str) -> None:
    examples = cn.ExampleSet.from_arrays(*FLAT, names=[odd, "dog", odd])
    path = tmp_path / f"x{SUFFIXES.get(name, '.data')}"
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        cn.write_examples(examples, path, name, strict=False)
    is_kept = read_back(path, name, examples).names == examples.names
    assert is_kept == (not given)
    assert len(given) <= 1
    assert all("name" in str(each.message) for each in given)
