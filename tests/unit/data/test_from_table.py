"""Examples from tables and from sequences of symbols."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest

import connectionist as cn

NAN = float("nan")
ROWS = [
    {"item": "canary", "relation": "can", "fly": 1, "grow": True, "sing": 0.5, "often": 3.0},
    {"item": "rose", "relation": "is", "fly": 0, "grow": True, "sing": None, "often": 1.0},
    {"item": "canary", "relation": "is", "fly": 1, "grow": False, "sing": 2, "often": 1.0},
]
FORMS: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "list of dicts": lambda rows: rows,
    "dict of lists": lambda rows: {name: [row[name] for row in rows] for name in rows[0]},
    "pandas": pd.DataFrame,
    "pandas with an index": lambda rows: pd.DataFrame(rows, index=list("xyz"[: len(rows)])),
    "nullable pandas": lambda rows: pd.DataFrame(rows).convert_dtypes(),
    "categories": lambda rows: pd.DataFrame(rows).astype({"item": "category", "relation": "category"}),
    "polars": lambda rows: polars.DataFrame(rows, strict=False),
}


@pytest.fixture
def net() -> cn.Network:
    net = cn.Network("facts")
    net.add_group("relation", ["is", "can"], role="input")
    net.add_group("item", ["rose", "canary"], role="input")
    net.add_group("attributes", ["fly", "grow", "sing"], role="output", activation="linear")
    net.connect("item", "attributes")
    return net


@pytest.mark.parametrize("form", FORMS)
def test_labels_and_numbers_from_every_form_of_table(net: cn.Network, form: str) -> None:
    columns: Any = {"inputs": {"item": "item", "relation": "relation"}, "targets": ["fly", "grow", "sing"]}
    examples = cn.ExampleSet.from_table(FORMS[form](ROWS), **columns, network=net, names="item", frequencies="often")
    assert examples.inputs.tolist() == [[0, 1, 0, 1], [1, 0, 1, 0], [1, 0, 0, 1]]
    assert np.array_equal(examples.targets, np.array([[1, 1, 0.5], [0, 1, NAN], [1, 0, 2]]), equal_nan=True)
    assert (examples.names, examples.frequencies.tolist()) == (("canary", "rose", "canary"), [3, 1, 1])
    alone = cn.ExampleSet.from_table(FORMS[form](ROWS), **columns, labels={"relation": ["is", "has", "can"]})
    assert alone.inputs.tolist() == [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 1, 0, 0]]
    assert alone.input_groups == {"item": 2, "relation": 3}


def test_labels_of_one_side_are_not_those_of_the_other() -> None:
    rows = [{"item": "rose", "grow": 1}, {"item": "oak", "grow": 0}]
    examples = cn.ExampleSet.from_table(rows, inputs={"item": "item"}, targets=["grow"], labels={"item": ["oak", "rose"]})
    assert (examples.inputs.tolist(), examples.targets.tolist()) == ([[0, 1], [1, 0]], [[1], [0]])
    examples = cn.ExampleSet.from_table(rows, inputs=["grow"], targets={"item": "item"}, labels={"item": ["oak", "rose"]})
    assert (examples.inputs.tolist(), examples.targets.tolist()) == ([[1], [0]], [[0, 1], [1, 0]])


@pytest.mark.parametrize("kind", [list, tuple, pd.Index, pd.Series, np.array])
def test_columns_are_named_by_any_list_and_by_number(kind: Any) -> None:
    table = pd.DataFrame([[0, 1, 1], [1, 0, 0]], columns=["a", "b", "t"])
    examples = cn.ExampleSet.from_table(table, inputs=kind(["a", "b"]), targets="t")
    assert examples.inputs.tolist() == [[0, 1], [1, 0]]
    table.columns = pd.RangeIndex(3)  # as from pd.read_csv(header=None)
    by_number = cn.ExampleSet.from_table(table, inputs=kind([0, 1]), targets={"t": table.columns[2]}, names=1)  # type: ignore[arg-type]
    assert by_number.inputs.tolist() == examples.inputs.tolist()
    assert by_number.targets.tolist() == examples.targets.tolist()
    assert by_number.names == ("1", "0")


def test_rows_of_one_sequence_are_its_ticks(net: cn.Network) -> None:
    rows = [{"s": name, "t": tick, "x": x} for name, tick, x in [("b", 2, 0.2), ("a", 1, 0.5), ("b", 1, 0.1), ("b", 3, 0.3)]]
    by_tick = cn.ExampleSet.from_table(rows, ["x"], ["t"], sequence="s", tick="t")
    assert (by_tick.names, by_tick["b"].inputs.ravel().tolist(), by_tick["a"].ticks) == (("b", "a"), [0.1, 0.2, 0.3], 1)
    by_row = cn.ExampleSet.from_table(rows, ["x"], ["t"], sequence="s")
    assert by_row["b"].inputs.ravel().tolist() == [0.2, 0.1, 0.3]
    assert cn.ExampleSet.from_table(rows, ["x"], ["t"], names="s", tick="t")["b"].targets.ravel().tolist() == [1, 2, 3]


def test_whole_numbers_are_labels_and_one_unit_takes_numbers() -> None:
    net = cn.Network("numbers")
    net.add_group("digit", 3, role="input")
    net.add_group("size", 1, role="input")
    net.add_group("word", ["no", "yes"], role="output")
    net.connect("digit", "word")
    table = pd.DataFrame({"digit": [2.0, 0.0], "size": [0.25, 3], "word": ["yes", None]})
    examples = cn.ExampleSet.from_table(table, {"digit": "digit", "size": "size"}, "word", network=net)
    assert examples.inputs.tolist() == [[0, 0, 1, 0.25], [1, 0, 0, 3]]
    assert np.array_equal(examples.targets, np.array([[0, 1], [NAN, NAN]]), equal_nan=True)


TABLE = pd.DataFrame({"item": ["rose", "canari"], "x": [1.0, NAN], "y": ["1", "a"], "f": [1.0, -1.0], "t": [1, 1]}, index=["r1", "r2"])


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (
            TABLE,
            {"inputs": {"item": "item"}},
            r"row 'r2', column 'item': group 'item' has no unit 'canari'; did you mean 'canary'\? Known: rose, canary",
        ),
        (TABLE, {"inputs": ["x", "f"]}, "row 'r2', column 'x': the value is missing; only targets and clamps may be missing"),
        (TABLE, {"inputs": ["f", "y"]}, "row 'r1', column 'y': must be a number .got '1'.; a column of labels is given alone"),
        (TABLE, {"inputs": ["z", "f"]}, r"unknown column for ExampleSet.from_table.inputs\['item'\] 'z'; known: item, x, y, f, t"),
        (TABLE, {"inputs": ["f", "f"]}, "names the column 'f' twice"),
        (TABLE, {"inputs": []}, "must be a column or a list of columns"),
        (TABLE, {"inputs": 3.5}, "must be a column or a list of columns"),
        (TABLE, {"inputs": 3}, r"unknown column for ExampleSet.from_table.inputs.*3"),
        (TABLE, {"inputs": {}}, "from_table.inputs: must name one column or more"),
        (TABLE, {"inputs": {"item": ["f", "t", "x"]}}, r"inputs\['item'\]: must name 2 columns, one for each unit of the group \(got 3\)"),
        (TABLE, {"inputs": {"thing": "f"}}, "unknown group of example '0': 'thing'"),
        (TABLE, {"frequencies": "f"}, r"row 'r2', column 'f': a frequency must be above 0 \(got -1\)"),
        (TABLE, {"tick": "t", "names": "item"}, None),
        (TABLE.assign(item="rose"), {"tick": "t", "names": "item"}, "row 'r2', column 't': 'rose' has tick 1 twice"),
        (
            TABLE.assign(item="rose", t=[1, 3]),
            {"tick": "t", "names": "item"},
            r"column 't': the 2 ticks of 'rose' must be 1 to 2 \(got 3\)",
        ),
        (
            TABLE.assign(item="rose", f=[1, 2]),
            {"sequence": "item", "frequencies": "f"},
            "row 'r2', column 'f': all rows of a sequence must have one",
        ),
        (TABLE, {"tick": "t"}, "from_table.tick: give the column of the sequences or of the names too"),
        (TABLE, {"labels": {"item": ["a"]}}, "from_table.labels: must not be given with a network"),
        (pd.concat([TABLE, TABLE[["x"]]], axis=1), {}, "from_table: has two columns named 'x'"),
        (TABLE.iloc[:0], {}, "from_table: needs at least one row"),
        ({"f": [1, 2], "t": [1]}, {}, r"all columns must have the same number of rows \(got {'f': 2, 't': 1}\)"),
        ({"f": {1, 2}, "t": [1]}, {}, "column 'f': must be in an order"),
        ({"f": "ab", "t": [1]}, {}, "column 'f': must be a list"),
        ("rows.csv", {}, "from_table: must be a data frame, a list of dicts with at least one row, or a dict of lists"),
        ([], {}, "from_table: must be a data frame"),
        ([{"f": 1, "t": 1}, {"t": 2}], {"inputs": {"relation": ["f", "t"], "item": ["t", "t"]}}, "row 1, column 'f': the value is missing"),
        ([{"f": 10**400, "t": 1}], {"inputs": {"item": ["f", "t"]}}, "row 0, column 'f': must be finite"),
        (TABLE, {"network": 3}, r"from_table.network: must be a Network \(got 3\)"),
        (TABLE, {"network": None, "labels": {"item": 3}}, r"from_table.labels\['item'\]: must be a list of text \(got 3\)"),
        (TABLE, {"network": None, "labels": ["item"]}, "from_table.labels: must be a dict of group name to labels"),
        ([{"f": float("inf"), "t": 1}], {"inputs": {"item": ["f", "t"]}}, "row 0, column 'f': must be finite"),
    ],
)
def test_a_mistake_names_row_column_and_value(table: Any, options: dict[str, Any], message: str | None) -> None:
    net = cn.Network("facts")
    net.add_group("item", ["rose", "canary"], role="input")
    net.add_group("output", 1, role="output", activation="linear")
    net.connect("item", "output")
    given: dict[str, Any] = {"inputs": {"item": ["f", "t"]}, "targets": ["t"], "network": net} | options
    if message is None:
        assert len(cn.ExampleSet.from_table(table, **given)) == 2
        return
    with pytest.raises(cn.ConnectionistError, match=message):
        cn.ExampleSet.from_table(table, **given)


def test_columns_for_hidden_and_output_groups_are_clamps_and_may_be_missing() -> None:
    net = cn.Network("net")
    net.add_group("cue", 1, role="input")
    net.add_group("hidden", ["x", "y"])
    net.add_group("output", 2, role="output")
    rows: list[dict[str, Any]] = [{"cue": 1, "h": "y", "p": 0, "q": None, "t": 1}, {"cue": 0, "h": None, "p": None, "q": 0.5, "t": None}]
    inputs = {"cue": ["cue"], "hidden": "h", "output": ["p", "q"]}
    nan = float("nan")
    for table in (rows, pd.DataFrame(rows), pd.DataFrame(rows).convert_dtypes()):
        examples = cn.ExampleSet.from_table(table, inputs=inputs, targets={"output": ["t", "p"]}, network=net)
        np.testing.assert_array_equal(examples.clamps["hidden"], [[0, 1], [nan, nan]])  # in the order of the labels of the group
        np.testing.assert_array_equal(examples.clamps["output"], [[0, nan], [nan, 0.5]])
        np.testing.assert_array_equal(examples.targets, [[1, 0], [nan, nan]])
    with pytest.raises(cn.ConnectionistError, match=r"row 0, column 'h': group 'hidden' has no unit 'z'; known: x, y"):
        cn.ExampleSet.from_table([rows[0] | {"h": "z"}], inputs=inputs, targets={"output": ["t", "p"]}, network=net)
    with pytest.raises(cn.ConnectionistError, match="row 0, column 'cue': the value is missing"):
        cn.ExampleSet.from_table([rows[0] | {"cue": None}], inputs=inputs, targets={"output": ["t", "p"]}, network=net)


def test_sequences_of_symbols_predict_the_next() -> None:
    net = cn.simple_recurrent_network("srn", list("BTP"), 2, ["T", "B", "P"])
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet.from_sequences(["BTP", "BP"], network=net, frequencies=[2, 2])
    assert examples["BTP"].inputs.tolist() == [[1, 0, 0], [0, 1, 0]]
    assert examples["BTP"].targets.tolist() == [[1, 0, 0], [0, 0, 1]]
    assert examples.lengths is not None
    assert (examples.names, examples.lengths.tolist()) == (("BTP", "BP"), [2, 1])
    assert cn.train(net, examples, "momentum", 2).epochs == 2
    words = cn.ExampleSet.from_sequences([["the", "boy", "runs"], ("a", "boy")], continues=True)
    assert words.names == ("the boy runs", "a boy")
    assert words[0].inputs.argmax(axis=1).tolist() == [3, 1]
    assert words.continues.all()


@pytest.mark.parametrize(
    ("sequences", "options", "message"),
    [
        (["abx"], {"labels": "ab"}, "sequence 0, symbol 3: there is no unit 'x'; known: a, b"),
        (["ab", "a"], {}, r"sequence 1: must be two symbols or more, text or a list of text \(got 'a'\)"),
        (["ab", 3], {}, "sequence 1: must be two symbols or more"),
        ("abc", {}, r"must be a list of one sequence or more, as in \['abcd'\] \(got 'abc'\)"),
        ([], {}, "must be a list of one sequence or more"),
        ({"ab"}, {}, "must be in an order"),
        (["ab"], {"labels": "aab"}, "from_sequences.labels: has 'a' twice"),
        (["ab"], {"names": ["x", "y"]}, r"from_sequences.names: must be 1, one for each sequence \(got 2\)"),
        (["ab"], {"frequencies": 2}, "from_sequences.frequencies: must be a list"),
        (["ab"], {"labels": 3}, "from_sequences.labels: must be a list of text"),
        (["ab"], {"network": 3}, "from_sequences.network: must be a Network"),
        (["ab"], {"network": cn.Network("none")}, r"must have one input group, whose units are the symbols \(got none\)"),
    ],
)
def test_a_mistake_in_a_sequence_is_named(sequences: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        cn.ExampleSet.from_sequences(sequences, **options)


def test_other_kinds_of_tables() -> None:
    frame = pd.DataFrame({"a": [0, 1], "b": [1.5, 2.0], "t": [None, 1.0]})
    wanted = [[0, 1.5], [1, 2]]
    tables = [
        pyarrow.Table.from_pandas(frame),
        polars.from_pandas(frame).lazy(),
        frame.to_records(index=False),
        (row for row in frame.to_dict("records")),
    ]
    for table in tables:
        examples = cn.ExampleSet.from_table(table, inputs=["a", "b"], targets="t")
        assert examples.inputs.tolist() == wanted
        np.testing.assert_array_equal(examples.targets, [[np.nan], [1]])
    headed = pd.DataFrame([[0, 1, 1]], columns=pd.MultiIndex.from_tuples([("in", "a"), ("in", "b"), ("out", "t")]))
    columns: dict[str, Any] = {"inputs": [("in", "a"), ("in", "b")], "targets": [("out", "t")]}
    examples = cn.ExampleSet.from_table(headed, **columns)
    assert (examples.inputs.tolist(), examples.targets.tolist()) == ([[0, 1]], [[1]])
