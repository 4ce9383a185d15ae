"""Files of the PDP programs of 1987; networks of these files are trained to the weights that bp has."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.formats.input_file import InputFile

GOLDEN = json.loads((Path(__file__).parents[2] / "papers" / "data" / "pdp_sequences_golden.json").read_text())["cases"]
XOR = """definitions:
nunits 5
ninputs 2
noutputs 1
nepochs 30
end
network:
%r 2 2 0 2
%r 4 1 2 2
end
biases:
%r 2 3
end
"""
XOR_PATTERNS = "p00 0 0 0\np01 . + 1\np10 1 0 +\np11 1 1 .\n"
XOR_WEIGHTS = ".432171 .448781 -.038413 .036489 .272080 .081714 0 0 -.276589 -.402498 .279299\n"
LAYERS = """definitions:
nunits 12
ninputs 3
noutputs 3
end
constraints:
{constraints}
end
network:
% 3 3 0 3
abc
def
ghi
% 6 3 3 3
abc
def
ghi
% 9 3 6 3
abc
def
ghi
end
biases:
% 3 9
jkljkljkl
end
"""


def files(folder: Path, **contents: str) -> Path:
    for suffix, content in contents.items():
        (folder / f"x.{suffix}").write_text(content)
    return folder / f"x.{next(iter(contents))}"


def compare(net: cn.Network, golden: dict[str, Any], examples: cn.ExampleSet, update_after: int | str) -> None:
    rule = cn.rule("momentum", rate=golden["rate"], momentum=golden["momentum"])
    cn.train(net, examples, rule, 10, update_after=update_after, engine="compiled")
    for name, weights in golden["after"]["double"]["10"].items():
        ours = net.projection(*name.split("->")).weights
        np.testing.assert_allclose(ours, np.array(weights, dtype=float), rtol=0, atol=1e-12, err_msg=name)


def test_xor_reaches_the_criterion_in_the_epoch_of_bp(tmp_path: Path) -> None:
    """Bp prints tss 1.050652 before training, and tss is below 0.04 after 289 epochs (lrate 0.5, momentum 0.9, lgrain epoch)."""
    net = cn.read_network(files(tmp_path, net=XOR, pat=XOR_PATTERNS, wts=XOR_WEIGHTS))
    examples = cn.read_examples(tmp_path / "x.pat", net)
    assert examples.names == ("p00", "p01", "p10", "p11")
    error, _ = cn.error_derivatives(net, examples)
    assert 2 * error == pytest.approx(1.050652, abs=5e-7)
    run = cn.train(net, examples, cn.rule("momentum", rate=0.5, momentum=0.9), 400, until=lambda progress: 2 * progress.error < 0.04)
    assert run.log["epoch"].iloc[-1] in (288, 289)


@pytest.mark.parametrize("suffix", ["net", "NET"])
def test_files_in_capitals(suffix: str, tmp_path: Path) -> None:
    capitals = suffix.isupper()
    path = files(tmp_path, **{suffix: XOR, "WTS" if capitals else "wts": XOR_WEIGHTS})
    net = cn.read_network(path)
    assert net.connection("input:0", "hidden:2").weight.value == 0.432171
    assert net.connection("bias", "output:4").weight.value == 0.279299
    assert [group.labels for group in net.groups] == [("0", "1"), ("2", "3"), ("4",)]


@pytest.mark.parametrize(("case", "each"), [("srn-pattern", True), ("srn-epoch", False), ("jordan-pattern", True), ("jordan-epoch", False)])
def test_negative_inputs_are_a_context(case: str, each: bool, tmp_path: Path) -> None:
    golden = GOLDEN[case]
    copied = [7, 8] if case.startswith("jordan") else [5, 6, 7]
    copies, hidden, outputs = len(copied), 3, 2
    units = 2 + copies + hidden + outputs
    first, last = 2 + copies, 2 + copies + hidden
    copied = list(range(first, last)) if copies == 3 else list(range(last, units))
    text = f"definitions:\nnunits {units}\nninputs {first}\nnoutputs 2\nend\nnetwork:\n%r {first} 3 0 {first}\n%r {last} 2 {first} 3\nend\n"
    rows = []
    for number, sequence in enumerate(golden["sequences"]):
        for tick, (inputs, targets) in enumerate(zip(sequence["inputs"], sequence["targets"], strict=True)):
            context = [0] * copies if tick == 0 else [-unit for unit in copied]
            goals = [-1 if goal is None else goal for goal in targets]
            rows.append(" ".join(map(str, [f"s{number}.{tick}", *inputs, *context, *goals])))
    path = files(tmp_path, net=f"{text}biases:\n%r {first} 5\nend\n", pat="\n".join(rows) + "\n")
    net = cn.read_network(path, cn.file_format("pdp_network", mu=golden["mu"]))
    assert [group.name for group in net.groups] == ["input", "context", "hidden", "output"]
    for name, weights in golden["start"].items():
        net.projection(*name.split("->")).weights = np.array(weights, dtype=float)
    examples = cn.read_examples(tmp_path / "x.pat", net, cn.file_format("pdp_patterns", each_pattern=each))
    assert len(examples) == (len(rows) if each else 2)
    compare(net, golden, examples, 1 if each else "epoch")


@pytest.mark.parametrize(("case", "update_after"), [("linked-pattern", 1), ("linked-epoch", "epoch")])
def test_linked_letters_are_tied_weights(case: str, update_after: int | str, tmp_path: Path) -> None:
    golden = GOLDEN[case]
    weights = np.array(golden["start"]["state->state"])  # [sender, receiver]
    values = [*weights.T.ravel(), *golden["start"]["bias->state"][0]]
    constraints = "\n".join(f"{letter} {value} linked" for letter, value in zip("abcdefghijkl", values, strict=True))
    patterns = [
        " ".join(map(str, [f"p{number}", *each["inputs"][0], *(-1 if goal is None else goal for goal in each["targets"][0])]))
        for number, each in enumerate(golden["sequences"])
    ]
    net = cn.read_network(files(tmp_path, net=LAYERS.format(constraints=constraints), pat="\n".join(patterns)))
    assert len(net.weights) == 12
    assert net.tie_derivative == "sum"
    rule = cn.rule("momentum", rate=golden["rate"], momentum=golden["momentum"])
    cn.train(net, cn.read_examples(tmp_path / "x.pat", net), rule, 10, update_after=update_after)
    known = np.array(golden["after"]["double"]["10"]["state->state"])
    np.testing.assert_allclose(net.projection("input", "hidden_1").weights, known, rtol=0, atol=1e-12)


def test_the_meanings_of_letters(tmp_path: Path) -> None:
    constraints = "\n".join(["a 0.75", "b ran pos", "c random negative", "d -2 lin", *(f"{letter} random" for letter in "efghijkl")])
    text = LAYERS.format(constraints=constraints).replace("abc\ndef", "abC\nd.r").replace("jkljkljkl", "jD.jkljkl")
    net = cn.read_network(files(tmp_path, net=text))
    value = {connection.name: connection for connection in net.connections}
    assert value["input:0 → hidden_1:3"].weight.value == 0.75
    assert 0 <= value["input:1 → hidden_1:3"].weight.value <= 1
    assert value["input:1 → hidden_1:3"].projection.limits == (0.0, np.inf)
    assert -1 <= value["input:2 → hidden_1:3"].weight.value <= 0
    assert not value["input:2 → hidden_1:3"].weight.trainable
    assert "input:1 → hidden_1:4" not in value
    assert value["input:0 → hidden_1:4"].weight == value["bias → hidden_1:4"].weight
    assert value["bias → hidden_1:4"].weight.value == -2
    assert "bias → hidden_1:5" not in value


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("definitions:", "definition:", "1:1", "found 'definition:'; 'definitions:' or 'constraints:'"),
        ("end\nnetwork:", "network:", "6:1", "found 'network:'; the name of a variable, or 'end'"),
        ("nunits 5", "nunits five", "2:8", "found 'five'; the number nunits"),
        ("noutputs 1\n", "", "6:1", r"\(got 5, 2 and 0 in .*\); networks of other programs than bp, such as cs and iac, are not read"),
        ("nunits 5", "nunits 2", "7:1", r"nunits must be at least ninputs \+ noutputs.*\(got 2, 2 and 1"),
        ("%r 4 1 2 2", "%r 4 2 2 2", "9:6", "found '2'; the number of receivers, from 1 to 1"),
        ("%r 4 1 2 2", "r 4 1 2 2", "9:1", "found 'r'; '%' with the numbers of a block, or 'end'"),
        ("%r 4 1 2 2", "% 4 1 2 2\nr-", "10:1", "found 'r-'; 2 letters or points, one for each unit"),
        ("nunits 5", "nunits 50000000", None, "too much for a file of"),
        ("network:", "constraints:\nab 1\nend\nnetwork:", "8:1", "found 'ab'; a letter, or 'end'"),
        ("network:", "constraints:\na one\nend\nnetwork:", "8:None", "found 'one'; a number, or one of random, positive"),
        (XOR[XOR.index("network:") :], "", "7:1", "found the end of the file; 'network:'"),
    ],
)
def test_an_error_in_a_network_has_its_place(tmp_path: Path, old: str, new: str, place: str | None, message: str) -> None:
    assert old in XOR
    with pytest.raises(cn.errors.FormatError, match=message) as raised:
        cn.read_network(files(tmp_path, net=XOR.replace(old, new)), "pdp_network")
    assert place is None or f"{raised.value.line}:{raised.value.column}" == place


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("%r 4 1 2 2", "%r 4 1 2 3", ":9: the weight to unit 4 comes from unit 4, which bp computes later; it is read with delay 1"),
        ("%r 2 2 0 2", "%r 1 3 0 2", r":8: the weight to unit 1, an input, from unit 0 has no effect in bp; it is left out \(and 1 more\)"),
        ("%r 4 1 2 2", "%r 4 1 2 2\n%r 4 1 0 4", ":10:10: a second block of weights to unit 4"),
        ("biases:", "sigmas:\nrrrrr\nend\nbiases:", ":11:1: sigmas belong to harmony theory"),
    ],
)
def test_what_has_no_counterpart_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = files(tmp_path, net=XOR.replace(old, new))
    with pytest.raises(cn.errors.FormatError, match=f"{message}.*strict=False"):
        cn.read_network(path)
    with pytest.warns(cn.errors.FormatWarning, match=message):
        cn.read_network(path, strict=False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "p0 1 0 1 0\np1 1 0\n",
            r":3:1: found the end of the file; a number, '\+', '-' or '.' of pattern 'p1', which has 3 inputs and 1 targets",
        ),
        ("p0 1 0 x 0\n", r":1:8: found 'x'; a number, '\+', '-' or '.' of pattern 'p0', which has 3 inputs and 1 targets"),
        ("p0 + 0 x 0\n", r":1:8: found 'x'; a number, '\+', '-' or '.'"),
        ("p0 1 0 nan 0\n", "found 'nan'; a number"),
        ("p0 0 -3 0 0\np1 0 -4 0 0\n", ":2: input unit 1 copies unit 4; it must be one unit, from 3 to 4, in all patterns"),
        ("p0 0 -2 0 0\n", ":1: input unit 1 copies unit 2; it must be one unit, from 3 to 4"),
    ],
)
def test_an_error_in_patterns_has_its_place(tmp_path: Path, text: str, message: str) -> None:
    network = XOR.replace("ninputs 2", "ninputs 3").replace("%r 2 2 0 2", "%r 3 1 0 3").replace("%r 4 1 2 2", "%r 4 1 3 1")
    with pytest.raises(cn.errors.FormatError, match=message):
        cn.read_network(files(tmp_path, net=network, pat=text))


def test_negative_inputs_without_a_network(tmp_path: Path) -> None:
    path = files(tmp_path, pat="a - 1 0\nb + -2 -\n")
    with pytest.raises(cn.errors.FormatError, match="give network=, or PdpPatterns"):
        cn.read_examples(path)
    patterns = cn.file_format("pdp_patterns", inputs=2)
    with pytest.raises(cn.errors.FormatError, match=":1: input 0 of pattern 'a' is negative, which copies unit 1 in bp"):
        cn.read_examples(path, format=patterns)
    with pytest.warns(cn.errors.FormatWarning, match="It is read as a number"):
        examples = cn.read_examples(path, format=patterns, strict=False)
    assert examples.inputs.tolist() == [[-1, 1], [1, -2]]
    np.testing.assert_array_equal(examples.targets, [[0], [np.nan]])
    signed = cn.file_format("pdp_patterns", inputs=2, signed=True)
    examples = cn.read_examples(path, format=signed)
    assert examples.targets.tolist() == [[0], [-1]]
    cn.write_examples(examples, tmp_path / "y.pat", signed)
    assert cn.read_examples(tmp_path / "y.pat", format=signed).inputs.tolist() == [[-1, 1], [1, -2]]


def test_patterns_without_targets(tmp_path: Path) -> None:
    path = tmp_path / "x.pat"
    path.write_text("a + - .\nb 1 .5 +\n")
    net = cn.Network("net")
    net.add_group("input", 3, role="input")
    net.add_group("output", 2, role="output")
    signed = cn.file_format("pdp_patterns", inputs=3, signed=True)
    examples = cn.read_examples(path, net, signed)
    assert examples.inputs.tolist() == [[1, -1, 0], [1, 0.5, 1]]
    assert np.isnan(examples.targets).tolist() == [[True] * 2] * 2
    with pytest.raises(cn.errors.FormatError, match=r"x\.pat: has no targets; give network="):
        cn.read_examples(path, format=signed)
    with pytest.warns(cn.errors.FormatWarning, match="has no targets"):
        assert cn.read_examples(path, format=signed, strict=False).targets.shape == (2, 0)
    expected = r":2:1: found 'b'; .* of pattern 'a', which has 3 inputs and 2 targets \(PdpPatterns\(inputs=3\) reads patterns without"
    with pytest.raises(cn.errors.FormatError, match=expected):
        cn.read_examples(path, net, "pdp_patterns")
    with pytest.raises(cn.errors.FormatError, match=":1: the first pattern has 2 inputs and 1 targets, and net has 3 and 2"):
        cn.read_examples(path, net, cn.file_format("pdp_patterns", inputs=2))
    with pytest.raises(cn.errors.FormatError, match=":1: the first pattern has 3 numbers, and 4 inputs; give network="):
        cn.read_examples(path, format=cn.file_format("pdp_patterns", inputs=4))
    path.write_text("a + - . 1 .\n")
    assert cn.read_examples(path, net, signed).targets.tolist() == [[1, 0]]


def test_patterns_that_are_read_together_are_as_each_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from connectionist_plugins.formats.pdp import patterns

    lines = [f"p{number} {'+.1'[number % 3]} {number % 7 / 4} 1e-1 {'-.1'[number % 3]}\n" for number in range(3000)]
    net = cn.read_network(
        files(tmp_path, net=XOR.replace("ninputs 2", "ninputs 3").replace("%r 2 2 0 2", "%r 3 1 0 3").replace("4 1 2 2", "4 1 3 1"))
    )
    path = files(tmp_path, pat="".join(lines))
    together = cn.read_examples(path, net)
    monkeypatch.setattr(patterns, "_read_many", lambda *_: False)
    alone = cn.read_examples(path, net)
    assert together.names == alone.names
    np.testing.assert_array_equal(together.inputs, alone.inputs)
    np.testing.assert_array_equal(together.targets, alone.targets)
    monkeypatch.undo()
    with pytest.raises(cn.errors.FormatError, match=":1001:4: found 'x'; a number"):
        cn.read_examples(files(tmp_path, pat="".join([*lines[:1000], "pp x 1 0 1\n", *lines])), net)


def test_weights_of_another_network(tmp_path: Path) -> None:
    net = cn.read_network(files(tmp_path, net=XOR))
    path = tmp_path / "y.wts"
    path.write_text("1 2 3\n")
    with pytest.raises(cn.errors.DataError, match=r"has 3 numbers; x has 6 weights, counted .*, and 5 biases"):
        cn.read_weights(net, path)
    path.write_text(XOR_WEIGHTS.replace(" 0 0 ", " 0 .5 "))
    with pytest.raises(cn.errors.DataError, match=r"the weight from the bias to input:1 is 0.5, and x has no such connection"):
        cn.read_weights(net, path)
    assert len(cn.file_format("pdp_weights").read_table(InputFile(path))) == 11
    path.write_text(XOR_WEIGHTS + "1 1 1 1 1\n")
    with pytest.raises(cn.errors.FormatError, match=r"y.wts:\d+:1: sigmas after the biases"):
        cn.read_weights(net, path)
    cn.write_weights(net, tmp_path / "z.wts", "pdp_weights")
    again = cn.read_network(tmp_path / "x.net")
    again.weight_values = np.zeros(9)
    cn.read_weights(again, tmp_path / "z.wts")
    assert (again.weight_values == net.weight_values).all()


def test_a_written_network_is_read_again(tmp_path: Path) -> None:
    net = cn.Network("two")
    net.add_group("output", 2, role="output")
    net.add_group("upper", 2)
    net.add_group("lower", 2, biased=False)
    net.add_group("input", 2, role="input")
    for sender, receiver in (("input", "lower"), ("lower", "upper"), ("upper", "output"), ("input", "output")):
        net.connect(sender, receiver)
    net.randomize(0.5, seed=3)
    net.tie(["input:0 → lower:0", "input:1 → lower:1"])
    net.tie_derivative = "sum"
    net.projection("upper", "output").trainable = False
    net.projection("lower", "upper").limits = (0.0, np.inf)
    cn.write_network(net, tmp_path / "y.net", "pdp_network")
    again = cn.read_network(tmp_path / "y.net")
    np.testing.assert_allclose(again.forward([0.25, 1.0]), net.forward([0.25, 1.0]), rtol=1e-14)
    assert len(again.weights) == len(net.weights)
    assert sum(weight.trainable for weight in again.weights) == sum(weight.trainable for weight in net.weights)
    net.projection("lower", "upper").limits = (-1, 1)
    with pytest.raises(cn.errors.FormatError, match="the limits of lower → upper have no place"):
        cn.write_network(net, tmp_path / "y.net", "pdp_network")


def test_a_script_is_a_table(tmp_path: Path) -> None:
    path = files(tmp_path, str="get network xor.net\nset param lrate .5\n\ntall\n")
    table = cn.file_format("pdp_script").read_table(InputFile(path))
    assert table.to_numpy().tolist() == [["get network", "xor.net"], ["set param lrate", ".5"], ["tall", ""]]


@pytest.mark.parametrize(
    ("text", "is_pdp"),
    [
        ("p0 1 0 1\np1 . + -1\n", True),
        ("0 1 0 1\n1 0 0 1\n", True),
        ("p0 1 0 1\np1 . + -1 and", True),  # the last line may go on after the part that is looked at
        ("p0 1 0", True),
        ("p0 1 0 1\np1 1 1 0\np2 0 x 1\n", True),  # the reader names the mistake
        ("p0 1 0 1\np1 1 x 1\n", False),
        ("0 1 0 1\n0 0 0 1\n", False),
        ("0 1 0\n1 0 0 1\n", False),
        ("SNNS pattern definition file V3.2\n", False),
        ("", False),
    ],
)
def test_patterns_are_known_by_their_first_lines(text: str, is_pdp: bool) -> None:
    assert cn.file_format("pdp_patterns").sniff(text.encode()) is is_pdp


def test_patterns_without_sizes_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "x.pat"
    path.write_bytes(b"p0 1 0 1\n" + b"p\xff 0 . +\n" * 3)
    file = cn.formats.InputFile(path, strict=False)
    table = cn.file_format("pdp_patterns").read_table(file)
    assert table.columns.tolist() == ["pattern", "number 1", "number 2", "number 3"]
    assert table.to_numpy().tolist() == [["p0", 1, 0, 1], *[["p\xff", 0, 0, 1]] * 3]
    assert [issue.split(" ")[0] for issue in file.issues] == [f"{path}:{line}:1:" for line in (2, 3, 4)]


@pytest.mark.parametrize(
    ("weights", "rest", "place", "letter"),
    [
        ("rq.", "", (9, 2), "q"),
        ("rr.", "biases:\n..Z\nend\n", (12, 3), "z"),
        ("rr.", "biases:\n%x 2 1\nend\n", (12, 2), "x"),
    ],
)
def test_a_letter_without_meaning_is_an_error(tmp_path: Path, weights: str, rest: str, place: tuple[int, int], letter: str) -> None:
    text = f"definitions:\nnunits 3\nninputs 2\nnoutputs 1\nend\nnetwork:\n...\n...\n{weights}\nend\n{rest}"
    path = files(tmp_path, net=text)
    expected = f"found the letter '{letter}', which 'constraints:' does not define; '.' or one of n, p, r may be here"
    with pytest.raises(cn.errors.FormatError, match=expected) as raised:
        cn.read_network(path)
    assert (raised.value.line, raised.value.column) == place
    with pytest.warns(cn.errors.FormatWarning, match=f"{expected}; its weights are 0"):
        net = cn.read_network(path, strict=False)
    assert sum(connection.weight.value == 0 for connection in net.connections) == 1
    path = files(tmp_path, net=f"{text}constraints:\n{letter} 0.5\nend\n")
    assert [connection.weight.value for connection in cn.read_network(path).connections].count(0.5) == 1


def test_two_connections_between_two_units_are_an_error(tmp_path: Path) -> None:
    net = cn.Network("n")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output", weights=1.0)
    cn.write_weights(net, tmp_path / "x.wts", "pdp_weights")
    net.connect("input", "output", delay=1, weights=2.0)
    for act in (cn.write_weights, cn.read_weights):
        with pytest.raises(cn.errors.FormatError, match=r"there are 2 connections input:0 → output:0, and place for one"):
            act(net, tmp_path / "x.wts", "pdp_weights")
