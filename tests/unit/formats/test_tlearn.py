"""Files of tlearn: configurations, patterns with resets and time tags, and weights; trained, they give the weights that tlearn has."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.formats.input_file import InputFile

GOLDEN = json.loads((Path(__file__).parents[2] / "papers" / "data" / "tlearn_golden.json").read_text())["cases"]
ELMAN = """NODES:
nodes = 8
inputs = 2
outputs = 2
output nodes are 4-5
CONNECTIONS:
groups = 0
1-5 from 0
1-3 from i1-i2
1-3 from 6-8
4-5 from 1-3
6-8 from 1-3 = 1. & 1. fixed one-to-one
SPECIAL:
linear = 6-8
selected = 1-3
weight_limit = 0.25
"""
LINKED = """NODES:
nodes = 3
inputs = 4
outputs = 1
output node is 3
CONNECTIONS:
groups = 4
1-3 from 0
1 from i1-i2
2 from i3-i4
3 from 1-2
1 from i1 = group 1
2 from i3 = group 1
1 from i2 = group 2
2 from i4 = group 2
1-2 from 0 = group 3
3 from 1-2 = group 4
SPECIAL:
"""
RECURRENT = """NODES:
nodes = 3
inputs = 2
outputs = 2
output nodes are 2-3
CONNECTIONS:
groups = 0
1-3 from 0
1-3 from i1-i2
1-3 from 1-3
SPECIAL:
delayed = 1-3
"""


def files(folder: Path, **contents: str) -> Path:
    for suffix, content in contents.items():
        (folder / f"x.{suffix}").write_text(content)
    return folder / f"x.{next(iter(contents))}"


def table(rows: list[list[float | None]]) -> str:
    return "".join(" ".join("*" if value is None else str(value) for value in row) + "\n" for row in rows)


def pattern_files(folder: Path, golden: dict[str, Any], *, resets: bool) -> Path:
    sequences = golden["sequences"]
    inputs = [row for sequence in sequences for row in sequence["inputs"]]
    targets = [row for sequence in sequences for row in sequence["targets"]]
    starts = np.cumsum([0, *(len(sequence["inputs"]) for sequence in sequences[:-1])])
    contents = {"data": f"distributed\n{len(inputs)}\n{table(inputs)}", "teach": f"distributed {len(targets)}\n{table(targets)}"}
    if resets:
        contents["reset"] = f"{len(starts)}\n" + "\n".join(map(str, starts))
    return files(folder, **contents)


def weight_file(folder: Path, golden: dict[str, Any], places: dict[str, tuple[int, int]], nodes: int, inputs: int) -> Path:
    """Write the starting weights of a golden case. `places` has the first receiver (from 0) and sender (column) of each projection."""
    weights = np.zeros((nodes, 1 + inputs + nodes))
    for name, (receiver, sender) in places.items():
        values = np.nan_to_num(np.array(golden["start"][name], dtype=float)).T
        weights[receiver : receiver + values.shape[0], sender : sender + values.shape[1]] = values
    if "context->hidden" in places:
        weights[[5, 6, 7], [3, 4, 5]] = 1.0
    text = "NETWORK CONFIGURED BY TLEARN\n# weights after 0 sweeps\n# WEIGHTS\n"
    for number, row in enumerate(weights.tolist()):
        text += f"# TO NODE {number + 1}\n" + "".join(f"{value:.10f}\n" for value in row)
    return files(folder, wts=text)


def compare(net: cn.Network, golden: dict[str, Any], examples: cn.ExampleSet, update_after: int | str) -> None:
    rule = cn.rule("momentum", rate=golden["rate"], momentum=golden["momentum"])
    cn.train(net, examples, rule, 10, update_after=update_after, engine="compiled")
    for name, weights in golden["after"]["double"]["10"].items():
        known = np.array(weights, dtype=float)
        ours = net.projection(*name.split("->")).weights
        np.testing.assert_allclose(ours, known, rtol=0, atol=1e-12, err_msg=name)


ELMAN_PLACES = {
    "bias->hidden": (0, 0),
    "input->hidden": (0, 1),
    "context->hidden": (0, 8),
    "hidden->output": (3, 3),
    "bias->output": (3, 0),
}


@pytest.mark.parametrize(("case", "update_after"), [("srn-stream", 1), ("srn-reset", 1), ("srn-epoch", "epoch")])
def test_a_fileroot_trains_to_the_weights_of_tlearn(case: str, update_after: int | str, tmp_path: Path) -> None:
    golden = GOLDEN[case]
    net = cn.read_network(files(tmp_path, cf=ELMAN))
    cn.read_weights(net, weight_file(tmp_path, golden, ELMAN_PLACES, 8, 2))
    each_sweep = cn.file_format("tlearn_patterns", each_sweep=update_after == 1)
    examples = cn.read_examples(pattern_files(tmp_path, golden, resets=case != "srn-stream"), net, each_sweep)
    compare(net, golden, examples, update_after)


@pytest.mark.parametrize(("case", "update_after"), [("linked", 1), ("linked-epoch", "epoch")])
def test_groups_are_tied_weights(case: str, update_after: int | str, tmp_path: Path) -> None:
    golden = GOLDEN[case]
    net = cn.read_network(files(tmp_path, cf=LINKED))
    assert len(net.weights) == 5
    places = {"bias->hidden": (0, 0), "bias->output": (2, 0), "hidden->output": (2, 5), "input->hidden": (0, 1)}
    cn.read_weights(net, weight_file(tmp_path, golden, places, 3, 4))
    compare(net, golden, cn.read_examples(pattern_files(tmp_path, golden, resets=False), net), update_after)


def test_delayed_nodes(tmp_path: Path) -> None:
    """In tlearn, the first sweep leaves delayed units at 0; it is our tick 0. The error goes back through all of time (-L)."""
    golden = GOLDEN["recurrent"]
    net = cn.read_network(files(tmp_path, cf=RECURRENT))
    assert {connection.delay for connection in net.connections if connection.sender.name != "bias"} == {1}
    assert all(connection.backpropagate for connection in net.connections)
    start = golden["start"]
    for node in range(3):
        name = net.units[3 + node].name
        net.connection("bias", name).weight.value = start["bias->state"][0][node]
        for sender in range(2):
            net.connection(f"input:i{sender + 1}", name).weight.value = start["input->state"][sender][node]
        for sender in range(3):
            net.connection(net.units[3 + sender], net.units[3 + node].name).weight.value = start["state->state"][sender][node]
    examples = [cn.Example.sequence(each["inputs"][1:], np.array(each["targets"][1:], dtype=float)) for each in golden["sequences"]]
    rule = cn.rule("momentum", rate=golden["rate"], momentum=golden["momentum"])
    cn.train(net, examples, rule, 10, update_after="epoch", engine="compiled")
    known = np.array(golden["after"]["double"]["10"]["state->state"])
    ours = [[net.connection(net.units[3 + sender], net.units[3 + node].name).weight.value for node in range(3)] for sender in range(3)]
    np.testing.assert_allclose(ours, known, rtol=0, atol=1e-12)


def test_the_groups_and_the_weights_of_a_configuration(tmp_path: Path) -> None:
    net = cn.read_network(files(tmp_path, cf=ELMAN))
    assert [(group.name, group.labels) for group in net.groups] == [
        ("input", ("i1", "i2")),
        ("hidden", ("1", "2", "3")),
        ("output", ("4", "5")),
        ("context", ("6", "7", "8")),
    ]
    assert net["context"].activation_function.name == "linear"
    copies = net.projection("hidden", "context")
    assert (copies.trainable, copies.limits, copies.delay) == (False, (1.0, 1.0), 0)
    assert np.nan_to_num(copies.weights).tolist() == np.eye(3).tolist()
    assert net.projection("context", "hidden").delay == 1
    trainable = np.array([weight.value for weight in net.weights if weight.trainable])
    assert 0.2 < np.abs(trainable).max() <= 0.25
    assert net.tie_derivative == "sum"


def test_nodes_are_computed_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """A node has the old activation of itself and of nodes with higher numbers, and no error goes back to them."""
    text = "NODES:\nnodes = 3\ninputs = 1\noutputs = 1\noutput node is 3\nCONNECTIONS:\ngroups = 0\n1-3 from i1,1-3\nSPECIAL:\n"
    net = cn.read_network(files(tmp_path, cf=text))
    nodes = [unit.name for group in net.groups if group.role != "input" for unit in group]
    connections = [net.connection(sender, receiver) for receiver in nodes for sender in nodes]
    assert [connection.delay for connection in connections] == [1, 1, 1, 0, 1, 1, 0, 0, 1]
    assert all(connection.backpropagate == (connection.delay == 0) for connection in connections)
    cn.write_network(net, tmp_path / "y.cf")
    inputs = [[1.0], [0.0], [0.5]]
    np.testing.assert_allclose(cn.read_network(tmp_path / "y.cf").forward(inputs), net.forward(inputs), rtol=1e-12)


def test_limits_and_functions(tmp_path: Path) -> None:
    text = ELMAN.replace("groups = 0", "groups = 2").replace("linear = 6-8", "bipolar = 1,3\nlinear = 6-8")
    text = text.replace("SPECIAL", "4 from 1 = group 1\n5 from 2 = group 1\ngroup 1 = -2 & -1\n4-5 from 3 = 0 & .5 fixed\nSPECIAL")
    net = cn.read_network(files(tmp_path, cf=text))
    functions = [group.activation_function.name for group in net.groups if group.role != "input"]
    assert functions == ["bipolar", "logistic", "bipolar", "logistic", "linear"]
    tied = net.connection("hidden_1:1", "output:4")
    assert tied.weight == net.connection("hidden_2:2", "output:5").weight
    assert tied.projection.limits == (-2.0, -1.0)
    assert tied.weight.value == -1.0
    fixed = net.connection("hidden_3:3", "output:4")
    assert not fixed.weight.trainable
    assert 0 <= fixed.weight.value <= 0.5


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("NODES:", "nodes:", "1:1", "found 'nodes:'; 'NODES:' may be here"),
        ("inputs = 2", "inputs=2", "3:1", "found 'inputs=2'; 'inputs' or 'outputs'"),
        ("nodes are 4-5", "nodes are 4-6", "5:18", r"the list must have 2 output nodes.*\(got 3 elements\)"),
        ("1-3 from 6-8", "1-3 from 6-9", "10:10", "found '6-9'; a list of nodes such as 3, 1-4 or 1,3-5, of numbers from 0 to 8"),
        ("1-3 from 6-8", "i1 from 6-8", "10:1", "nothing can be connected to an input"),
        ("from i1-i2", "from i1-2", "9:10", "found 'i1-2'"),
        ("1. & 1.", "1. & .5", "12:21", "the highest weight, 0.5, is below the lowest, 1"),
        ("6-8 from 1-3 =", "6-8 from 1-2 =", "12:30", r"'one-to-one' needs as many senders in succession as receivers \(got 2 and 3\)"),
        ("SPECIAL:", "", "14:1", "found 'linear'; a list of nodes"),
        ("nodes = 8", "nodes = 80000000", None, "too much for a file of"),
        ("groups = 0", "groups = 0\n1 from i1 = group 1", "8:19", "found '1'; the number of a group, from 0 to 0"),
    ],
)
def test_an_error_in_a_configuration_has_its_place(tmp_path: Path, old: str, new: str, place: str | None, message: str) -> None:
    assert old in ELMAN
    with pytest.raises(cn.errors.FormatError, match=message) as raised:
        cn.read_network(files(tmp_path, cf=ELMAN.replace(old, new)))
    assert place is None or f"{raised.value.line}:{raised.value.column}" == place


@pytest.mark.parametrize(
    ("statement", "message"),
    [("binary = 1", "binary nodes have no counterpart"), ("context = 6", "the statement 'context =' is not known")],
)
def test_what_has_no_counterpart_is_named(tmp_path: Path, statement: str, message: str) -> None:
    path = files(tmp_path, cf=f"{ELMAN}{statement}\n")
    with pytest.raises(cn.errors.FormatError, match=rf":17:\d+: {message}"):
        cn.read_network(path)
    with pytest.warns(cn.errors.FormatWarning, match=message):
        cn.read_network(path, strict=False)


def test_both_dialects_of_targets(tmp_path: Path) -> None:
    """With time tags, a target holds until the next one, and there is none before the first."""
    data = "distributed\n4\n" + "1 0\n" * 4
    plain = cn.read_examples(files(tmp_path, data=data, teach="distributed\n4\n0 1\n* 1\n1 1\n0 0\n"))
    np.testing.assert_array_equal(plain.targets, [[0, 1], [np.nan, 1], [1, 1], [0, 0]])
    tagged = cn.read_examples(files(tmp_path, data=data, teach="distributed\n2\n1 0.5 1\n3 * 0\n", cf=ELMAN))
    np.testing.assert_array_equal(tagged.targets, [[np.nan, np.nan], [0.5, 1], [0.5, 1], [np.nan, 0]])


def test_lists_of_active_units(tmp_path: Path) -> None:
    examples = cn.read_examples(files(tmp_path, data="localist\n3\n1,3-4\n2\n4\n", teach="localist\n3\n2\n1\n*\n"))
    assert examples.inputs.tolist() == [[1, 0, 1, 1], [0, 1, 0, 0], [0, 0, 0, 1]]
    np.testing.assert_array_equal(examples.targets, [[0, 1], [1, 0], [np.nan, np.nan]])


def test_resets_make_sequences(tmp_path: Path) -> None:
    path = files(tmp_path, data="distributed\n5\n1 2 3 4 5", teach="distributed\n5\n1 2 3 4 5", reset="2\n0\n3\n")
    examples = cn.read_examples(path.with_suffix(".teach"))
    assert [example.inputs.ravel().tolist() for example in examples] == [[1, 2, 3], [4, 5]]
    assert examples.continues.tolist() == [False, False]
    files(tmp_path, reset="1\n3\n")
    assert cn.read_examples(path).continues.tolist() == [True, False]
    sweeps = cn.read_examples(path, format=cn.file_format("tlearn_patterns", each_sweep=True))
    assert sweeps.continues.tolist() == [True, True, True, False, True]


def test_targets_may_be_missing(tmp_path: Path) -> None:
    path = files(tmp_path, data="distributed\n1\n1 0\n")
    with pytest.raises(cn.errors.FormatError, match=r"x.teach: has no targets; give network="):
        cn.read_examples(path)
    files(tmp_path, cf=ELMAN)
    assert np.isnan(cn.read_examples(path).targets).tolist() == [[True, True]]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (
            {"data": "distributed\n2\n1 0 1\n"},
            r"x.data:4:1: there are 3 numbers before this, and the header says 2 items, all of the same size",
        ),
        (
            {"data": "distributed\n3\n1 0 1 1\n", "cf": ELMAN},
            r"x.data:4:1: there are 4 numbers before this, and the header says 3 items of 2 inputs, which is 6",
        ),
        (
            {"data": "distributed\n1\n1\n", "teach": "distributed\n2\n1\n0 2\n"},
            r"x.teach:5:1: there are 3 numbers before this, and the header says 2 items of 1 targets, which is 2, or 4 with time tags",
        ),
        ({"data": "spread\n2\n1 0\n"}, r"x.data:1:1: found 'spread'; 'distributed' or 'localist'"),
        ({"data": "distributed\n2\n1 0\n0,5 1\n"}, r"x.data:4:1: found '0,5'"),
        ({"data": "localist\n1\n1;2\n"}, r"x.data:3:1: found '1;2'; a list of inputs"),
        ({"data": "distributed\n1\n1\n", "teach": "distributed\n1\n1 x\n"}, r"x.teach:3:3: found 'x'; a number or '\*'"),
        ({"data": "distributed\n1\n1\n", "teach": "localist\n1\n1.5\n"}, r"x.teach:3: found 1.5; the number of an output from 1 to 1"),
        (
            {"data": "distributed\n2\n1 0 1 0\n", "teach": "localist\n2\n5 1\n0\n1\n"},
            r"x.teach:4: the time tag 0; the tags, the first number",
        ),
        (
            {"data": "distributed\n2\n1 0\n", "teach": "localist\n2\n0 1\n5\n0\n"},
            r"x.teach:5: found 0; the number of an output from 1 to 1",
        ),
        (
            {"data": "distributed\n2\n1\n2\n", "teach": "distributed\n2\n1\n2\n", "reset": "2\n3 1\n"},
            r"x.reset:2:3: found '1'; the sweep of a reset",
        ),
        (
            {"data": "distributed\n1\n1\n", "teach": "distributed\n2\n1\n2\n"},
            ":4: item 2 of the targets is for sweep 1, and there are 1 items",
        ),
        (
            {
                "data": "distributed\n2\n1 0 1 0\n",
                "teach": "distributed\n3\n0 1\n1\n0\n9 1\n",
                "cf": ELMAN.replace("outputs = 2", "outputs = 1"),
            },
            ":6: item 3 of the targets is for sweep 9",
        ),
    ],
)
def test_an_error_in_patterns_has_its_place(tmp_path: Path, contents: dict[str, str], message: str) -> None:
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.read_examples(files(tmp_path, **contents), format="tlearn_patterns")


def test_weights_in_another_order_of_groups(tmp_path: Path) -> None:
    """Tlearn's nodes are hidden, output and context; a network made here may have its groups in another order."""
    golden = GOLDEN["srn-reset"]
    path = weight_file(tmp_path, golden, ELMAN_PLACES, 8, 2)
    net = cn.Network("elman")
    net.add_group("input", 2, role="input")
    net.add_group("context", 3, activation="linear", biased=False)
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output")
    for sender, receiver in (("input", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    net.connect("hidden", "context", "one_to_one")
    net.connect("context", "hidden", delay=1)
    with pytest.raises(cn.errors.DataError, match=r"the weight from the bias to context:0 is -0.85, and elman has no such connection"):
        cn.read_weights(net, path)
    cn.read_weights(net, path, cn.file_format("tlearn_weights", groups="hidden, output, context"))
    assert net.projection("context", "hidden").weights.tolist() == golden["start"]["context->hidden"]
    with pytest.raises(cn.errors.ParameterError, match="must name each of context, hidden, output once"):
        cn.read_weights(net, path, cn.file_format("tlearn_weights", groups="hidden"))
    table = cn.file_format("tlearn_weights").read_table(InputFile(path))
    assert table.columns.tolist() == ["node", "bias", "i1", "i2", *map(str, range(1, 9))]
    assert table["bias"].tolist()[:3] == golden["start"]["bias->hidden"][0]
    path.write_text(path.read_text().replace("# TO NODE 7", "# TO NODE 9"))
    with pytest.raises(cn.errors.FormatError, match=r"found .*; '# TO NODE 7', since the network has 8 nodes"):
        cn.read_weights(net, path)


def test_a_simple_recurrent_network_is_written(tmp_path: Path) -> None:
    net = cn.simple_recurrent_network("elman", 2, 3, 2, initial=0.0)
    net.randomize(1.0, seed=1)
    net.tie(["input:0 → hidden:0", "input:1 → hidden:1"])
    net.projection("hidden", "output").limits = (-0.5, 0.5)
    net.connection("bias", "output:0").weight.trainable = False
    cn.write_network(net, tmp_path / "y.cf")
    again = cn.read_network(tmp_path / "y.cf")
    inputs = np.random.default_rng(0).normal(size=(5, 2))
    np.testing.assert_allclose(again.forward(inputs), net.forward(inputs), rtol=1e-12)
    assert len(again.weights) == len(net.weights)
    assert sum(not weight.trainable for weight in again.weights) == sum(not weight.trainable for weight in net.weights)
    assert {projection.limits for projection in again.projections} >= {(-0.5, 0.5)}
    net["hidden"].initial = 0.5
    with pytest.raises(cn.errors.FormatError, match="the initial activations of group 'hidden' have no place"):
        cn.write_network(net, tmp_path / "y.cf")


def test_patterns_are_written_with_resets(tmp_path: Path) -> None:
    examples = cn.ExampleSet([cn.Example.sequence([[1.0], [0.5]], {2: [0.25]}), cn.Example.sequence([[0.0]], [[1.0]])])
    cn.write_examples(examples, tmp_path / "y.data", "tlearn_patterns")
    assert (tmp_path / "y.teach").read_text() == "distributed\n3\n*\n0.25\n1\n"
    assert (tmp_path / "y.reset").read_text() == "2\n0\n2\n"
    again = cn.read_examples(tmp_path / "y.data")
    np.testing.assert_array_equal(again.targets, examples.targets)


@pytest.mark.parametrize("compressed", [(".data",), (".data", ".teach", ".reset")])
def test_compressed_patterns_are_read(tmp_path: Path, compressed: tuple[str, ...]) -> None:
    examples = cn.ExampleSet([cn.Example.sequence([[1.0], [0.5]], {2: [0.25]}), cn.Example.sequence([[0.0]], [[1.0]])])
    cn.write_examples(examples, tmp_path / "y.data", "tlearn_patterns")
    for suffix in compressed:
        file = tmp_path / f"y{suffix}"
        (tmp_path / f"y{suffix}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    again = cn.read_examples(tmp_path / "y.data.gz")
    np.testing.assert_array_equal(again.targets, examples.targets)


def test_compressed_patterns_are_written(tmp_path: Path) -> None:
    examples = cn.ExampleSet([cn.Example.sequence([[1.0], [0.5]], {2: [0.25]}), cn.Example.sequence([[0.0]], [[1.0]])])
    cn.write_examples(examples, tmp_path / "y.data.gz", "tlearn_patterns")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["y.data.gz", "y.reset.gz", "y.teach.gz"]
    assert gzip.decompress((tmp_path / "y.reset.gz").read_bytes()) == b"2\n0\n2\n"
    np.testing.assert_array_equal(cn.read_examples(tmp_path / "y.data.gz").targets, examples.targets)


def test_too_few_targets_without_tags_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.data").write_text("distributed\n4\n0 0\n0 1\n1 0\n1 1\n")
    (tmp_path / "x.teach").write_text("distributed\n3\n0\n1\n*\n")
    with pytest.raises(cn.errors.FormatError, match=r"x\.teach:1: 3 items of targets without time tags, and 4 items of inputs"):
        cn.read_examples(tmp_path / "x.data", format="tlearn_patterns")
    with pytest.warns(cn.errors.FormatWarning, match="the last targets hold"):
        examples = cn.read_examples(tmp_path / "x.data", format="tlearn_patterns", strict=False)
    np.testing.assert_array_equal(examples.targets, [[0], [1], [np.nan], [np.nan]])
