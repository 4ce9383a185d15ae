"""Weights and tables of emergent."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.formats.input_file import InputFile

TABLE = (
    "_H:\t$Name\t%Input[2:0,0]<2:2,2>\t%Input[2:1,0]\t%Input[2:0,1]\t%Input[2:1,1]\t|Group\t%Output[2:0,0]<2:1,2>\t%Output[2:0,1]\n"
    "_D:\tEvent_0\t1\t0\t0\t.5\t7\t1\tNaN\n"
    "_D:\tEvent_1\t0\t1\t0\t0\t7\ttrue\t0\n"
)


OLD_WEIGHTS = """<Fmt TEXT>
<Name of the net>
<Epoch 3>
<Lay INPUT>
<Ug>
<UgUn 0 >
<Un>
0
<Cgs 0>
</Un>
</UgUn>
</Ug>
</Lay>
<Lay Hidden>
<ActAvg 0.5>
<Ug>
<UgUn 0 >
<Un>
-0.5
<Cgs 1>
<Cg 0 Fm:Input>
<Cn 2>
1 0.5
0 2.5e-1 0.1
</Cn>
</Cg>
</Un>
</UgUn>
<UgUn 2 >
<Un>
1.5
<Cgs 1>
<Cg 0 Fm:Input>
<Cn 1>
1 0.75
</Cn>
</Cg>
</Un>
</UgUn>
</Ug>
</Lay>
</Fmt>
"""


def weights(**changes: Any) -> dict[str, Any]:
    path = {
        "From": "Input",
        "MetaData": {"GScale": "1"},
        "Rs": [{"Ri": 0, "N": 2, "Si": [0, 1], "Wt": [0.25, 0.5]}, {"Ri": 2, "N": 1, "Si": [1], "Wt": [0.75]}],
    }
    return {"Network": "n", "Layers": [{"Layer": "Input", "Units": {"ActAvg": [0.1]}}, {"Layer": "Hidden", "Paths": [path | changes]}]}


def network(*, biased: bool = True) -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3, biased=biased)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    return net


@pytest.mark.parametrize("is_old", [True, False])
@pytest.mark.parametrize("suffix", [".wts", ".wts.gz"])
def test_weights_by_layer(tmp_path: Path, suffix: str, is_old: bool) -> None:
    net, path = network(), tmp_path / f"x{suffix}"
    text = json.dumps(weights()).replace("Paths", "Prjns" if is_old else "Paths").encode()
    path.write_bytes(gzip.compress(text) if suffix.endswith("gz") else text)
    with pytest.warns(cn.errors.FormatWarning, match="3 of 6 connections of input → hidden, from input:0 → hidden:1 on"):
        cn.read_weights(net, path)
    assert net.projection("input", "hidden").weights.tolist() == [[0.25, 0, 0], [0.5, 0, 0.75]]


@pytest.mark.parametrize("suffix", [".wts", ".wts.gz"])
def test_weights_of_the_versions_in_c(tmp_path: Path, suffix: str) -> None:
    net, path = network(), tmp_path / f"x{suffix}"
    path.write_bytes(gzip.compress(OLD_WEIGHTS.encode()) if suffix.endswith("gz") else OLD_WEIGHTS.replace("\n", "\r\n").encode())
    with pytest.warns(cn.errors.FormatWarning, match="3 of 6 connections of input → hidden, from input:0 → hidden:1 on"):
        cn.read_weights(net, path)
    assert net.projection("input", "hidden").weights.tolist() == [[0.25, 0, 0], [0.5, 0, 0.75]]
    assert net.projection("bias", "hidden").weights.tolist() == [[-0.5, 0, 1.5]]
    table = cn.file_format("emergent_weights").read_table(InputFile(path))
    assert table["weight"].tolist() == [0.5, 0.25, 0.75]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<Fmt TEXT>", "<Fmt BINARY>", r":1: found '<Fmt BINARY>'; '<Fmt TEXT>' \(binary weights are not read\) may be here"),
        ("<Cn 2>", "<Cn 3>", ":25: found '</Cn>'; the number of a sender and a weight, 1 more such lines may be here"),
        ("<Cn 2>", "<Cn 1>", ":24: found '0 2.5e-1 0.1'; a tag such as '<Cg 0 Fm:Input>' may be here"),
        ("<Cn 2>", "<Cn two>", ":22: found 'two'; a number of connections may be here"),
        ("<UgUn 2 >", "<UgUn -2 >", ":29: found '-2'; the number of a unit"),
        ("1 0.75", "1 nan", ":35: found 'nan'; the number of a sender and a weight, 1 more"),
        ("1 0.75", "1 .75_0", ":35: found '.75_0'"),
        ("1 0.75", "x 0.75", ":35: found 'x'"),
        ("1 0.75", "1", ":35: found '1'; the number of a sender and a weight"),
        ("-0.5\n", "-O.5\n", ":19: found '-O.5'; a bias may be here"),
        ("-0.5\n", "-0.5\n-0.5\n", ":20: found '-0.5'; a tag such as"),
        ("<Cg 0 Fm:Input>", "<Cg 0 Input>", ":21: found '<Cg 0 Input>'; '<Cg NUMBER Fm:LAYER>'"),
        ("<Cg 0 Fm:Input>\n", "", ":21: found '<Cn>'; '<Cg NUMBER Fm:LAYER>'"),
        ("<Lay INPUT>\n", "", ":5: found '<UgUn>'; '<Lay NAME>'"),
        (OLD_WEIGHTS[10:], "\n", ": found no layer; '<Lay NAME>'"),
        (OLD_WEIGHTS[-47:], "\n", ":35: found the end of the file in a layer; '</Lay>' may be here"),
    ],
)
def test_an_error_in_weights_of_the_versions_in_c_has_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    net, path = network(), tmp_path / "x.wts"
    assert old in OLD_WEIGHTS
    path.write_text(OLD_WEIGHTS.replace(old, new, 1))
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.read_weights(net, path)
    assert not net.weight_values.any()


def test_a_path_that_is_there_twice_is_named(tmp_path: Path) -> None:
    net, path = network(), tmp_path / "x.wts"
    cells = "<Cg 0 Fm:Input>\n<Cn 1>\n1 0.75\n</Cn>\n</Cg>\n"
    assert cells in OLD_WEIGHTS
    path.write_text(OLD_WEIGHTS.replace(cells, cells + cells.replace("Cg 0", "Cg 1").replace("0.75", "0.25")))
    with pytest.warns(cn.errors.FormatWarning, match="a path from 'Input' to 'Hidden' again; its weights replace those before"):
        cn.read_weights(net, path)
    assert net.projection("input", "hidden").weights[1, 2] == 0.25


def test_biases_of_0_are_read(tmp_path: Path) -> None:
    net, path = network(), tmp_path / "x.wts"
    net.randomize(0.5, seed=1)
    assert net.projection("bias", "hidden").weights.all()
    path.write_text(OLD_WEIGHTS.replace("\n-0.5\n", "\n0\n").replace("\n1.5\n", "\n0\n"))
    with pytest.warns(cn.errors.FormatWarning, match="3 of 6 connections of input → hidden"):
        cn.read_weights(net, path)
    assert net.projection("bias", "hidden").weights.tolist() == [[0, 0, 0]]


def test_biases_without_connections_are_named(tmp_path: Path) -> None:
    net, path = network(biased=False), tmp_path / "x.wts"
    path.write_text(OLD_WEIGHTS)
    with pytest.raises(
        cn.errors.FormatError, match="the biases of layer 'hidden' have no connections from 'bias' in net; they are left out"
    ):
        cn.read_weights(net, path)
    with pytest.warns(cn.errors.FormatWarning):
        cn.read_weights(net, path, strict=False)
    assert net.projection("input", "hidden").weights[1, 2] == 0.75


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        ("utf-16", ":1:1: is text in UTF-16; save it in UTF-8"),
        ("utf-16-le", ":1:1: is text in UTF-16"),
        ("utf-16-be", ":1:1: is text in UTF-16"),
        ("utf-32", ":1:1: is text in UTF-32"),
        ("ascii", ":2:6: has a null byte"),
    ],
)
@pytest.mark.parametrize("name", ["emergent_tables", "tsv"])
def test_another_encoding_than_utf_8_is_named(tmp_path: Path, name: str, encoding: str, message: str) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes("_H:\t$Name\t%Input[2:0,0]\t%Output[2:0,0]\n_D:\ta\0\t1\t0\n".encode(encoding))
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.read_examples(path, format=name)


def test_paths_without_a_projection_are_named(tmp_path: Path) -> None:
    net, path = network(), tmp_path / "x.wts"
    content = weights()
    content["Layers"].append({"Layer": "Hidden", "Paths": [{"From": "Output", "Rs": []}]})
    path.write_text(json.dumps(content))
    with pytest.raises(
        cn.errors.FormatError, match=r"Layers\[\d\].Paths\[0\]: the path from 'Output' to 'Hidden' has no projection in net"
    ):
        cn.read_weights(net, path)
    assert not net.weight_values.any()
    with pytest.warns(cn.errors.FormatWarning, match="left out"):
        cn.read_weights(net, path, strict=False)
    assert net.weight_values.any()


def test_weights_are_written_with_biases(tmp_path: Path) -> None:
    net, again = network(), network()
    net.randomize(1.0, seed=1)
    cn.write_weights(net, tmp_path / "y.wts", "emergent_weights")
    assert json.loads((tmp_path / "y.wts").read_text())["Layers"][1]["Paths"][0]["From"] == "input"
    cn.read_weights(again, tmp_path / "y.wts")
    assert (again.weight_values == net.weight_values).all()
    table = cn.file_format("emergent_weights").read_table(InputFile(tmp_path / "y.wts"))
    assert table.columns.tolist() == ["to", "receiver", "from", "sender", "weight"]
    assert len(table) == 9


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"Layers": [\n1,]}', ":2:[23]: is not JSON"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"Layers": [{"Layer": 5, "Paths": []}]}', r"found Layers\[0\].Layer = 5; text may be here"),
        (json.dumps({"Layers": [{"Layer": "a", "Paths": [{"Rs": []}]}]}), r"found no Layers\[0\].Paths\[0\].From; text may be here"),
        (json.dumps(weights(Rs=[{"Ri": 0, "Si": [0], "Wt": []}])), r"found 1 senders and 0 weights in Layers\[1\].Paths\[0\].Rs\[0\]"),
        (json.dumps(weights(Rs=[{"Ri": "0", "Si": [0], "Wt": [1]}])), r"found Layers\[1\].Paths\[0\].Rs\[0\].Ri = 0; a whole number"),
        (json.dumps(weights(Rs=[{"Ri": 0, "Si": [0], "Wt": [float("nan")]}])), r"found nan in Layers\[1\].Paths\[0\].Rs\[0\].Wt; a finite"),
        (json.dumps(weights(Rs=[{"Ri": 0, "Si": [0.5], "Wt": [1]}])), "a number of a unit that is not whole"),
        (
            json.dumps(weights(Rs=[{"Ri": 3, "Si": [0], "Wt": [1]}])),
            "a connection from unit 0 of 'Input' to unit 3 of 'Hidden', and input → hidden",
        ),
        ('{"Layers": 1' + "0" * 5000 + "}", "cannot be read as JSON"),
    ],
)
def test_an_error_in_weights_has_its_place(tmp_path: Path, content: str, message: str) -> None:
    net, path = network(), tmp_path / "x.wts"
    path.write_text(content)
    if not message:
        cn.read_weights(net, path, "emergent_weights")
        return
    with pytest.raises((cn.errors.FormatError, cn.errors.DataError), match=message):
        cn.read_weights(net, path, "emergent_weights")
    assert not net.weight_values.any()


def test_a_table_is_a_set_of_examples(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text(TABLE)
    examples = cn.read_examples(path)
    assert examples.names == ("Event_0", "Event_1")
    assert examples.input_groups == {"Input": 4}
    assert examples.inputs.tolist() == [[1, 0, 0, 0.5], [0, 1, 0, 0]]
    np.testing.assert_array_equal(examples.targets, [[1, np.nan], [1, 0]])
    columns = cn.file_format("emergent_tables", inputs=("Input",), targets=("Group",))
    with pytest.raises(cn.errors.FormatError, match=":1: column 'Output' has patterns of no group"):
        cn.read_examples(path, format=columns)
    with pytest.warns(cn.errors.FormatWarning):
        assert cn.read_examples(path, format=columns, strict=False).targets.tolist() == [[7], [7]]
    table = cn.file_format("emergent_tables").read_table(InputFile(path))
    assert table.columns.tolist()[:3] == ["Name", "Input[0,0]", "Input[1,0]"]


def test_a_table_without_targets(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("_H:\t$Name\t%Input[2:0,0]<2:1,2>\t%Input[2:0,1]\n_D:\ta\t1\t0\n")
    net = cn.Network("net")
    net.add_group("Input", 2, role="input")
    net.add_group("Output", 3, role="output")
    assert np.isnan(cn.read_examples(path, net).targets).tolist() == [[True] * 3]
    with pytest.raises(cn.errors.FormatError, match=r"has no targets; give network=, whose output units .* \(accepted with strict=False"):
        cn.read_examples(path)
    with pytest.warns(cn.errors.FormatWarning, match="has no targets"):
        assert cn.read_examples(path, strict=False).targets.shape == (1, 0)
    path.write_text(path.read_text().replace("$Name", "$Name\t%Wanted[2:0,0]<2:1,1>").replace("a\t", "a\t1\t"))
    message = r"has no column of targets; its columns of numbers are Wanted, Input. Give network=, .*, or name them with inputs=\(…\)"
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.read_examples(path)
    with pytest.raises(cn.errors.FormatError, match="column 'Wanted' has patterns of no group"):
        cn.read_examples(path, net)
    with pytest.raises(cn.errors.ParameterError, match=r"emergent_tables\.inputs: must be text, or several with commas between \(got 1\)"):
        cn.file_format("emergent_tables", inputs=1)


def test_columns_are_matched_with_groups(tmp_path: Path) -> None:
    net = cn.Network("net")
    net.add_group("input", 4, role="input")
    net.add_group("output", 2, role="output")
    net.connect("input", "output")
    path = tmp_path / "x.dat"
    path.write_text(TABLE)
    examples = cn.read_examples(path, net)
    cn.write_examples(examples, tmp_path / "y.tsv", "emergent_tables")
    again = cn.read_examples(tmp_path / "y.tsv", net)
    np.testing.assert_array_equal(again.targets, examples.targets)
    assert again.names == examples.names


def test_the_column_of_frequencies(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    table = TABLE.replace("|Group", "%Freq").replace("7\t1", "3\t1").replace("7\ttrue", "0.5\ttrue")
    path.write_text(table)
    examples = cn.read_examples(path)
    assert examples.frequencies.tolist() == [3, 0.5]
    assert examples.inputs.shape == (2, 4)
    cn.write_examples(examples, tmp_path / "y.tsv", "emergent_tables")
    again = cn.read_examples(tmp_path / "y.tsv")
    assert again.frequencies.tolist() == [3, 0.5]
    assert (again.inputs == examples.inputs).all()
    columns = cn.file_format("emergent_tables", inputs=("Input",), targets=("Freq",))
    with pytest.warns(cn.errors.FormatWarning, match="column 'Output' has patterns of no group"):
        as_targets = cn.read_examples(path, format=columns, strict=False)
    assert (as_targets.targets.tolist(), as_targets.frequencies.tolist()) == ([[3], [0.5]], [1, 1])
    path.write_text(table.replace("0.5\ttrue", "0\ttrue"))
    with pytest.raises(
        cn.errors.FormatError, match=r"x\.tsv:3: 'Freq' of example 'Event_1' is 0; .* the example has frequency 1 \(accepted"
    ):
        cn.read_examples(path)
    with pytest.warns(cn.errors.FormatWarning, match="is 0"):
        assert cn.read_examples(path, strict=False).frequencies.tolist() == [3, 1]


def test_texts_with_quotation_marks(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    head = "_H:\t$Name\t$Group\t%Input\t%Output\n"
    lines = (
        '"say \\"no\\""\t""\t1\t0',
        '"say ""no"""\tg\t1\t0',
        '"say \\"no\\"\\n\\\\now"\t"a"\t1\t0',
        '"a\\now"\tg\t1\t0',
    )
    path.write_text(head + "".join(f"_D:\t{line}\n" for line in lines))
    examples = cn.read_examples(path)
    assert examples.names == ('say "no"', 'say "no"', 'say "no" \\now', "a\\now")
    assert (examples.inputs == 1).all()
    path.write_text(head + '_D:\t"a"b\tg\t1\t0\n')
    with pytest.raises(cn.errors.FormatError, match=r":2: cannot be split into cells"):
        cn.read_examples(path)


def test_a_layer_may_be_called_name(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("_H:\t$Pattern\t%Name[2:0,0]<2:1,2>\t%Name[2:0,1]\t%Output\n_D:\tp\t0.5\t1\t0\n")
    examples = cn.read_examples(path, format=cn.file_format("emergent_tables", inputs=("Name",)))
    assert (examples.names, examples.inputs.tolist()) == (("0",), [[0.5, 1]])


@pytest.mark.parametrize(("name", "frequency"), [("Name", 1.0), ("Freq", 2.0)])
def test_a_group_with_the_name_of_another_column(tmp_path: Path, name: str, frequency: float) -> None:
    examples = cn.ExampleSet.from_arrays({name: [[1.0]]}, [[0.0]], frequencies=[frequency])
    with pytest.raises(cn.errors.FormatError, match=f"y.tsv: group '{name}' has the name of another column"):
        cn.write_examples(examples, tmp_path / "y.tsv", "emergent_tables")


def test_a_log_has_no_marks(tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    path.write_text("|Epoch\t%Avg SSE\n0\t0.5\n1\t0.25\n")
    table = cn.file_format("emergent_tables").read_table(InputFile(path))
    assert table["Avg SSE"].tolist() == [0.5, 0.25]
    with pytest.raises(cn.errors.FormatError, match="has no column of inputs; its columns of numbers are Epoch, Avg SSE"):
        cn.read_examples(path)
    text = "|Epoch\t#Input ActAvg\t#Output CosDiff\n0\t0.5\t0.25\n"
    path.write_text(text)
    with pytest.raises(cn.errors.FormatError, match="has no column of inputs; its columns of numbers are Epoch, Input ActAvg, Output"):
        cn.read_examples(path)
    path.write_text(text.replace("Input ActAvg", "Input[1:0]<1:1>").replace("Output CosDiff", "Output[1:0]<1:1>"))
    assert cn.read_examples(path).targets.tolist() == [[0.25]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("_H:", "_h:", r":1:1: found '_h:'; '_H:', or the name of a column after its type"),
        ("_D:\tEvent_1", "_X:\tEvent_1", ":3:1: found '_X:'; '_D:'"),
        ("\ttrue\t0\n", "\ttrue\n", ":3: found 8 cells; 9, as the heading has"),
        ("\ttrue\t0\n", "\tyes\t0\n", ":3: found 'yes' in cell 7; a number, true, false or NaN"),
        ("<2:2,2>", "<2:2,3>", ":1: column 'Input' has 4 cells, and its sizes say 6"),
        ("%Input[2:1,0]", "%Input[2:0,0]", r":1: found '%Input\[2:0,0\]'; a column or a cell that is not there yet"),
        ("%Input[2:1,0]", "%Input[2:1,0", ":1: found .*; a column such as"),
    ],
)
def test_an_error_in_a_table_has_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "x.tsv"
    assert old in TABLE
    path.write_text(TABLE.replace(old, new))
    with pytest.raises(cn.errors.ConnectionistError, match=message):
        cn.read_examples(path, format="emergent_tables")


def test_an_unknown_mark_of_a_type_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.dat"
    path.write_text("_H:\t$Name\t!Cue[2:0,0]<2:1,2>\t!Cue[2:0,1]\t%Input\t%Output\n_D:\ta\t5\t6\t1\t0\n")
    expected = r"found '!' before the column 'Cue', which is no mark of a type; one of \$ % # | \^ @ & may be here"
    with pytest.raises(cn.errors.FormatError, match=expected.replace("|", r"\|")) as raised:
        cn.read_examples(path)
    assert (raised.value.line, raised.value.column) == (1, 11)
    with pytest.warns(cn.errors.FormatWarning, match="no mark of a type") as issued:
        examples = cn.read_examples(path, strict=False)
    assert len(issued) == 1
    assert (examples.inputs.tolist(), examples.targets.tolist()) == ([[1.0]], [[0.0]])


def test_the_greatest_number_is_read_again(tmp_path: Path) -> None:
    net = cn.task("xor").network(1)
    net.connections[0].weight.value = -np.finfo(float).max
    net.connections[-1].weight.value = 1e308
    values = net.weight_values.copy()
    cn.write_weights(net, tmp_path / "x.wts", "emergent_weights")
    net.randomize(1.0, seed=1)
    cn.read_weights(net, tmp_path / "x.wts", "emergent_weights")
    assert (net.weight_values == values).all()
