"""Files of SNNS: patterns, networks with the orders of its update functions, and results."""

import warnings
from pathlib import Path

import numpy as np
import pytest

import connectionist as cn
from connectionist.formats.input_file import InputFile
from connectionist.utils.arrays import Array

PATTERNS = """SNNS pattern definition file V3.2
generated at Mon Apr 25 18:08:50 1994


No. of patterns : 2
No. of input units:3
No. of output units : 1

# Input pattern 1:
1 -.5 1.
# Output pattern 1:
0
1e-3 0
0 1
\x1a"""

CLASSES = """SNNS pattern definition file V4.2
generated at Mon Apr 25 18:08:50 1994
No. of patterns : 2
No. of input units : 1
No. of output units : 1
No. of classes : 2
1 0 yes
0 1 no
"""

NETWORK = """SNNS network definition file V1.4-3D
generated at Wed May 18 11:58:33 1994

network name : small
source files :
no. of units : {units}
no. of connections : {links}
no. of unit types : 1
no. of site types : 1


learning function : Std_Backpropagation
update function   : {order}


site definition section :

 site name | site function
-----------|------------------
 excite    | Site_WeightedSum
-----------|------------------


type definition section :

name | act func | out func | sites
-----|----------|----------|-------
flat | Act_Identity | Out_Identity |
-----|----------|----------|-------


unit default section :

act      | bias     | st | subnet | layer | act func     | out func
---------|----------|----|--------|-------|--------------|-------------
 0.00000 |  0.00000 | h  |      0 |     1 | Act_Logistic | Out_Identity
---------|----------|----|--------|-------|--------------|-------------


unit definition section :

no. | typeName | unitName | act      | bias     | st | position | act func | out func | sites
----|----------|----------|----------|----------|----|----------|----------|----------|-------
{rows}
----|----------|----------|----------|----------|----|----------|----------|----------|-------


connection definition section :

target | site | source:weight
-------|------|------------------------------
{connections}
-------|------|------------------------------
"""

UNITS = """  1 |          | a | 1.0 | 0.3 | i | 1,1,0 |||
  2 |          | b |         |         | i | 1,2,0 |||
  3 |          | c | 0.25 | -0.5 |   | 2,1,0 |||
  4 |  flat    | d | 0.125 | 9 | sh | 2, 2, 0 |||
  5 |          | e | 0.5 | 0.75 | o | 3,1,0 | Act_TanH | Out_Clip_11 |"""
LINKS = """     3 |      |  2:-0.25, 1: 0.5,
                4: 2
     4 |      |  3:1, 4:0.5
     5 |      | 3: 1.5"""


def network_text(order: str = "JE_Order", rows: str = UNITS, connections: str = LINKS) -> str:
    links = connections.count(":")
    return NETWORK.format(units=rows.count("\n") + 1, links=links, order=order, rows=rows, connections=connections)


def read(tmp_path: Path, text: str, *, strict: bool = True) -> cn.Network:
    path = tmp_path / "x.net"
    path.write_text(text)
    return cn.read_network(path, strict=strict)


def test_patterns_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.pat"
    path.write_bytes(PATTERNS.replace("\n", "\r\n").encode())
    examples = cn.read_examples(path)
    assert examples.inputs.tolist() == [[1.0, -0.5, 1.0], [0.001, 0.0, 0.0]]
    assert examples.targets.tolist() == [[0.0], [1.0]]


def test_classes_are_the_names(tmp_path: Path) -> None:
    path = tmp_path / "x.pat"
    for version in ("V4.2", "V1.4-3D", "V3"):
        path.write_text(CLASSES.replace("V4.2", version))
        assert cn.read_examples(path).names == ("yes", "no")


def test_patterns_without_outputs_have_no_targets(tmp_path: Path) -> None:
    net = read(tmp_path, network_text())
    path = tmp_path / "x.pat"
    path.write_text("SNNS pattern definition file V3.2\ngenerated at x\nNo. of patterns : 1\nNo. of input units : 2\n1 0\n")
    with pytest.raises(cn.errors.FormatError, match="has no targets; give network="):
        cn.read_examples(path)
    with pytest.warns(cn.errors.FormatWarning, match="has no targets; give network="):
        assert cn.read_examples(path, strict=False).targets.shape == (1, 0)
    plain = cn.Network("plain")
    plain.add_group("input", 2, role="input")
    plain.add_group("output", 3, role="output")
    assert np.isnan(cn.read_examples(path, plain).targets).tolist() == [[True] * 3]
    assert len(net["output"]) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("No. of patterns : 2", "No. of patterns : 3", r":15:1: found .*; a number; 3 patterns of 3 inputs and 1 outputs may be here"),
        (
            "No. of patterns : 2",
            "No. of patterns : 1",
            r":15:1: there are 8 numbers before this, and the header says 1 patterns of 4, which is 4",
        ),
        ("-.5", "0,5", r":10:3: found '?0,5'?; a number"),
        ("No. of patterns", "No of patterns", r":5:1: found 'No'; 'No. of patterns :' may be here"),
        ("V3.2", "V3.2 x", r":1:35: found '?x'?; 'No. of patterns :'"),
        ("1 -.5", "nan -.5", r":10:1: found '?nan'?; a number"),
        ("No. of patterns : 2", "No. of patterns : 999999999", "too much for a file of"),
    ],
)
def test_an_error_in_patterns_has_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "x.pat"
    path.write_text(PATTERNS.replace(old, new))
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.read_examples(path)


def test_patterns_that_snns_cuts_into_parts(tmp_path: Path) -> None:
    path = tmp_path / "x.pat"
    head = "SNNS pattern definition file V4.2\ngenerated at x\nNo. of patterns : 2\nNo. of input units : 2\nNo. of output units : 1\n"
    path.write_text(f"{head}No. of variable input dimensions : 1\nMaximum input dimensions : [ 4 ]\n[ 2 ] 1 2 3 4 0\n[ 2 ] 5 6 7 8 1\n")
    with pytest.raises(cn.errors.FormatError, match=r":7:\d+: the patterns have dimensions of their own"):
        cn.read_examples(path)
    with pytest.warns(cn.errors.FormatWarning, match="read whole"):
        examples = cn.read_examples(path, strict=False)
    assert examples.inputs.tolist() == [[1, 2, 3, 4], [5, 6, 7, 8]]


def test_writing_patterns_names_what_has_no_place(tmp_path: Path) -> None:
    words = cn.ExampleSet([cn.Example([1.0], [0.0], frequency=3.0)])
    with pytest.raises(cn.errors.FormatError, match="the frequencies of the examples have no place"):
        cn.write_examples(words, tmp_path / "x.pat", "snns_patterns")
    with pytest.raises(cn.errors.FormatError, match="no missing targets"):
        cn.write_examples([cn.Example([1.0], [np.nan])], tmp_path / "x.pat", "snns_patterns")
    with pytest.raises(cn.errors.FormatError, match="no sequences"):
        cn.write_examples([cn.Example([[1.0]], [[0.0]])], tmp_path / "x.pat", "snns_patterns")


def logistic(x: Array | float) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.asarray(x))))


def test_a_partially_recurrent_network(tmp_path: Path) -> None:
    """The context unit has its stored activation at first; its bias has no effect, since Act_Identity adds none."""
    net = read(tmp_path, network_text("JE_Order"))
    assert [(group.name, group.labels) for group in net.groups] == [
        ("input", ("a", "b")),
        ("hidden", ("c",)),
        ("context", ("d",)),
        ("output", ("e",)),
    ]
    assert net.name == "small"
    inputs = np.array([[1.0, 0.5], [0.0, 1.0], [1.0, 1.0]])
    context, expected = 0.125, []
    for a, b in inputs:
        hidden = float(logistic(0.5 * a - 0.25 * b + 2 * context - 0.5))
        expected.append([np.tanh(1.5 * hidden + 0.75)])
        context = hidden + 0.5 * context
    np.testing.assert_allclose(net.forward(inputs), expected, rtol=1e-14)
    assert not net.projection("hidden", "context").trainable
    assert not net.projection("context", "hidden").connections[0].backpropagate


def test_the_order_of_back_propagation_through_time(tmp_path: Path) -> None:
    """Every unit takes the activations of the step before, but inputs are those of the step."""
    net = read(tmp_path, network_text("BPTT_Order"))
    inputs = np.array([[1.0, 0.5], [0.0, 1.0]])
    c, d, expected = 0.25, 0.125, []
    for a, b in inputs:
        e = np.tanh(1.5 * c + 0.75)
        c, d = float(logistic(0.5 * a - 0.25 * b + 2 * d - 0.5)), c + 0.5 * d
        expected.append([e])
    np.testing.assert_allclose(net.forward(inputs), expected, rtol=1e-14)
    assert net.tie_derivative == "sum"


def test_serial_order(tmp_path: Path) -> None:
    """A unit takes the new activations of units with lower numbers, and the old ones of the others."""
    net = read(tmp_path, network_text("Serial_Order"))
    delays = {connection.name: connection.delay for connection in net.connections}
    assert delays["context:d → hidden:c"] == delays["context:d → context:d"] == 1
    assert delays["hidden:c → context:d"] == delays["hidden:c → output:e"] == delays["input:a → hidden:c"] == 0


def test_a_step_function_has_no_bias(tmp_path: Path) -> None:
    net = read(tmp_path, network_text().replace("Act_TanH", "Act_StepFunc"))
    assert net["output"].activation_function == cn.activation_function("threshold")
    assert not any(projection.name == "bias → output" for projection in net.projections)
    with pytest.raises(cn.errors.FormatError, match="SNNS has no activation function Threshold"):
        cn.write_network(net, tmp_path / "y.net", "snns_network")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("JE_Order", "Topological_Order", 13, "the links have a loop, which the update function 'Topological_Order' does not allow"),
        ("JE_Order", "ART1_Stable", 13, "update function 'ART1_Stable' has no counterpart"),
        ("Act_TanH", "Act_Perceptron", 48, "unit 5 has the activation function 'Act_Perceptron'"),
        ("Out_Clip_11", "Out_Threshold_0.5", 48, "unit 5 has the output function 'Out_Threshold_0.5'"),
        ("i | 1,1,0 |||", "i | 1,1,0 || Out_Clip_01 |", 44, "unit 1 has the output function 'Out_Clip_01'"),
        ("Out_Clip_11 |", "Out_Clip_11 | inhibit", 48, "site 'inhibit' of unit 5 has the function ''"),
        ("| o |", "| d |", 48, "unit 5 is input and output at once"),
        ("     5 |      | 3:", "     2 |      | 3:", 59, "a link to input unit 2"),
        ("3:1, 4:0.5", "3:1, 3:0.5", 58, "a second link from unit 3 to unit 4"),
        ("3:1, 4:0.5", "3:1 (0.5, 2), 4:0.5 (1,1)", 58, r"the parameters '\(0.5, 2\)' of links, as TACOMA has"),
    ],
)
def test_what_has_no_counterpart_is_named_by_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    text = network_text().replace(old, new)
    with pytest.raises(cn.errors.FormatError, match=f"{message}.*strict=False") as raised:
        read(tmp_path, text)
    assert raised.value.line == line
    with pytest.warns(cn.errors.FormatWarning, match=message):
        read(tmp_path, text, strict=False)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("| 3: 1.5", "| 9: 1.5", 59, "found '9'; the number of a unit, from 1 to 5"),
        ("| 3: 1.5", "| 3 1.5", 59, "'unit:weight', with a comma between links"),
        ("| 3: 1.5", "| 3: 1.5.", 59, "found '1.5.'; a weight"),
        ("| sh |", "| q |", 47, "found 'q'; a kind of unit: i, h, o, d or n"),
        ("  flat    |", "  round   |", 47, "found 'round'; a type of the type definition section"),
        ("  4 |  flat", "  7 |  flat", 47, "found '7'; unit 4, since units are numbered from 1"),
        ("unit default section", "unit defect section", 32, "found 'unit defect'; the title of one of the sections"),
        ("| 0.25 | -0.5", "| x | -0.5", 46, "found 'x'; an activation"),
        ("V1.4-3D", "", 1, "'SNNS network definition file V1.4-3D'"),
    ],
)
def test_an_error_in_a_network_has_its_line(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    text = network_text()
    assert old in text
    with pytest.raises(cn.errors.FormatError, match=message) as raised:
        read(tmp_path, text.replace(old, new))
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("no. of units : 5", "no. of units : 6", 6, "'no. of units : 6', and the file has 5, which are read"),
        ("no. of connections : 6", "no. of connections : 7", 7, "'no. of connections : 7', and the file has 6, which are read"),
    ],
)
def test_wrong_numbers_of_units_and_links_are_listed(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    right = read(tmp_path, network_text())
    with pytest.warns(cn.errors.FormatWarning, match=f":{line}: {message}"):
        net = read(tmp_path, network_text().replace(old, new))
    assert [group.labels for group in net.groups] == [group.labels for group in right.groups]
    assert [c.weight.value for c in net.connections] == [c.weight.value for c in right.connections]


def test_units_of_one_group_need_not_follow_one_another(tmp_path: Path) -> None:
    rows = "\n".join(f"{k + 1} | | | 0 | 0 | {kind} | {k},0,0 |||" for k, kind in enumerate("ihiho"))
    net = read(tmp_path, network_text("Topological_Order", rows, "2 | | 1:1, 3:2\n4 | | 3:4\n5 | | 2:8, 4:16"))
    assert [(group.name, group.labels) for group in net.groups] == [("input", ("1", "3")), ("hidden", ("2", "4")), ("output", ("5",))]
    assert net.connection("input:3", "hidden:4").weight.value == 4


def test_a_written_network_is_read_again(tmp_path: Path) -> None:
    net = cn.Network("two layers")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", ["x", "y"], activation="tanh")
    net.add_group("output", 12, role="output", activation="linear")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("input", "output", pattern=cn.Random(probability=0.5))
    net.randomize(0.5, seed=3)
    cn.write_network(net, tmp_path / "y.net", "snns_network")
    again = cn.read_network(tmp_path / "y.net")
    assert [group.labels for group in again.groups][1] == ("x", "y")
    np.testing.assert_allclose(again.forward([0.25, -1.0]), net.forward([0.25, -1.0]), rtol=1e-14)
    assert (np.sort(again.weight_values) == np.sort(net.weight_values)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda net: setattr(net["hidden"], "activation_function", "rectified"), "no activation function Rectified"),
        (lambda net: net.connect("hidden", "hidden", delay=2), "no update function of SNNS has the delays of n"),
        (lambda net: net.tie(["input:0 → hidden:0", "input:1 → hidden:0"]), "tied weights have no place"),
        (lambda net: setattr(net.projection("input", "hidden"), "trainable", False), "frozen weights have no place"),
        (lambda net: setattr(net.projection("input", "hidden"), "limits", (0, 1)), "the limits of input → hidden have no place"),
        (lambda net: setattr(net["output"], "error_function", "cross_entropy"), "the error function CrossEntropy.* of group 'output'"),
        (lambda net: net.lesion("hidden:0"), "lesions have no place"),
        (lambda net: net.connect("input", "output", backpropagate=False), "connections that pass no error derivatives back have no place"),
    ],
)
def test_what_snns_does_not_have_is_named(tmp_path: Path, change: object, message: str) -> None:
    net = cn.Network("n")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    assert callable(change)
    change(net)
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.write_network(net, tmp_path / "y.net", "snns_network")


@pytest.mark.parametrize(
    ("order", "kind"), [("JE_Order", "sh"), ("BPTT_Order", "sh"), ("BPTT_Order", "h"), ("Serial_Order", "h"), ("Serial_Order", "o")]
)
def test_networks_in_time_are_written(order: str, kind: str, tmp_path: Path) -> None:
    net = read(tmp_path, network_text(order, UNITS.replace("| sh |", f"| {kind} |")))
    strict = (order, kind) not in {("BPTT_Order", "sh"), ("Serial_Order", "h")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cn.write_network(net, tmp_path / "y.net", "snns_network", strict=strict)  # some weights are frozen in one of the two
    written = "JE_Order" if (order, kind) == ("Serial_Order", "h") else order  # which has the same delays here
    assert f"update function   : {written}" in (tmp_path / "y.net").read_text()
    inputs = [[1.0, 0.5], [0.0, 1.0], [0.25, -1.0]]
    np.testing.assert_allclose(cn.read_network(tmp_path / "y.net").forward(inputs), net.forward(inputs), rtol=1e-14)


def test_a_simple_recurrent_network_is_written(tmp_path: Path) -> None:
    net = cn.simple_recurrent_network("elman", 2, 3, 2, context_decay=0.3)
    net.randomize(1.0, seed=1)
    with pytest.warns(cn.errors.FormatWarning, match="tie_derivative='mean' of elman has no place in this format"):
        cn.write_network(net, tmp_path / "y.net", "snns_network")
    assert (tmp_path / "y.net").read_text().count("| sh |") == 3
    inputs = np.random.default_rng(0).normal(size=(6, 2))
    again = cn.read_network(tmp_path / "y.net")
    np.testing.assert_allclose(again.forward(inputs), net.forward(inputs), rtol=1e-13)
    assert sum(weight.trainable for weight in again.weights) == sum(weight.trainable for weight in net.weights)


def test_results_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "x.res"
    counts = "No. of patterns     : 9\nNo. of input units  : 2\nNo. of output units : 1\nstartpattern        : 4\nendpattern          : 5\n"
    path.write_text(f"SNNS result file V1.4-3D\ngenerated at Fri\n\n{counts}teaching output included\n#4.1\n1\n0.75\n#5.1\n0\n0.125\n")
    table = cn.file_format("snns_results").read_table(InputFile(path))
    assert table.columns.tolist() == ["pattern", "part", "target 1", "output 1"]
    assert table.to_numpy().tolist() == [[4, 1, 1, 0.75], [5, 1, 0, 0.125]]
    path.write_text(path.read_text() + "#6.1\n0 x\n")
    with pytest.raises(cn.errors.FormatError, match=r":17:3: found '?x'?; one of 2 numbers"):
        cn.file_format("snns_results").read_table(InputFile(path))


def test_decimal_commas_of_javanns(tmp_path: Path) -> None:
    results = (
        "SNNS result file V1.4-3D\ngenerated at Tue\nNo. of patterns : 1\nNo. of input units : 3\nNo. of output units : 2\n"
        "startpattern : 1\nendpattern : 1\nteaching output included\n#1.1\n0, 1,\n-0,00197 1,5e-1\n"
    )
    path = tmp_path / "x.res"
    path.write_text(results, encoding="utf-8")
    table = cn.file_format("snns_results").read_table(cn.formats.InputFile(path))
    assert table.to_numpy().tolist() == [[1, 1, 0, 1, -0.00197, 0.15]]
    path.write_text(results.replace("1,5e-1", "1,5,1"), encoding="utf-8")
    with pytest.raises(cn.errors.FormatError, match=r"x.res:11:10: found '1,5,1'; one of 4 numbers of the pattern"):
        cn.file_format("snns_results").read_table(cn.formats.InputFile(path))
    rows, links = UNITS.replace(".", ","), LINKS.replace(".", ",")
    with_commas, with_points = read(tmp_path, network_text(rows=rows, connections=links)), read(tmp_path, network_text())
    assert (with_commas.weight_values == with_points.weight_values).all()


def test_labels_that_a_network_file_does_not_have_are_listed(tmp_path: Path) -> None:
    net = cn.Network("n")
    net.add_group("in|\nput", 2, role="input")
    net.add_group("output", ["a|b", "c\nd"], role="output")
    net.connect("in|\nput", "output")
    with pytest.warns(cn.errors.FormatWarning, match=r"the label 'a\|b' of a unit is written as 'a/b'.* 'c\\nd' .* 'c d'"):
        cn.write_network(net, tmp_path / "x.net", "snns_network")
    again = cn.read_network(tmp_path / "x.net")
    assert [list(group.labels) for group in again.groups] == [["in/ put_0", "in/ put_1"], ["a/b", "c d"]]


@pytest.mark.parametrize(("end", "listed"), [(1, 0), (2, 1)])
def test_results_that_were_cut_are_listed(tmp_path: Path, end: int, listed: int) -> None:
    counts = "No. of patterns : 2\nNo. of input units : 1\nNo. of output units : 1\nstartpattern : 1\n"
    (tmp_path / "x.res").write_text(f"SNNS result file V1.4-3D\ngenerated at Fri\n\n{counts}endpattern : {end}\n#1.1\n0.5\n#1.2\n0.5\n")
    file = InputFile(tmp_path / "x.res")
    assert len(cn.file_format("snns_results").read_table(file)) == 2
    assert len(file.issues) == listed
    assert all("has the results of 1 patterns, and the header says 1 to 2; the file may have been cut" in issue for issue in file.issues)
