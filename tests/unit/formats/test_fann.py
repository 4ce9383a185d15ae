"""Files of FANN. The outputs were printed by version 2.2 of the library in double precision, from the same file."""

from pathlib import Path

import numpy as np
import pytest

import connectionist as cn

NETWORK = """FANN_FLO_2.1
num_layers=3
learning_rate=0.700000
connection_rate={rate}
network_type={kind}
learning_momentum=0.000000
training_algorithm=2
train_error_function=1
train_stop_function=0
cascade_output_change_fraction=0.010000
quickprop_decay=-0.000100
quickprop_mu=1.750000
rprop_increase_factor=1.200000
rprop_decrease_factor=0.500000
rprop_delta_min=0.000000
rprop_delta_max=50.000000
rprop_delta_zero=0.100000
cascade_output_stagnation_epochs=12
cascade_candidate_change_fraction=0.010000
cascade_candidate_stagnation_epochs=12
cascade_max_out_epochs=150
cascade_min_out_epochs=50
cascade_max_cand_epochs=150
cascade_min_cand_epochs=50
cascade_num_candidate_groups=2
bit_fail_limit=3.5e-01
cascade_candidate_limit=1e+03
cascade_weight_multiplier=4e-01
cascade_activation_functions_count=2
cascade_activation_functions=3 5\x20
cascade_activation_steepnesses_count=2
cascade_activation_steepnesses=2.5e-01 5e-01\x20
layer_sizes={sizes}
scale_included=0
neurons (num_inputs, activation_function, activation_steepness)={neurons}
connections (connected_to_neuron, weight)={links}
"""
LAYERED = NETWORK.format(
    rate="1.000000",
    kind=0,
    sizes="3 3 2",
    neurons="(0, 0, 0.0) (0, 0, 0.0) (0, 0, 0.0) (3, 5, 0.5) (3, 5, 0.5) (0, 5, 0.5) (3, 0, 0.5) (0, 0, 0.5) ",
    links="(0, 0.5) (1, -0.75) (2, 0.25) (0, -0.5) (1, 1.0) (2, 0.125) (3, 1.5) (4, -0.5) (5, 0.25) ",
)
SHORTCUTS = NETWORK.format(
    rate="0.500000",
    kind=1,
    sizes="3 2 1",
    neurons="(0, 0, 0.0) (0, 0, 0.0) (0, 0, 0.0) (2, 3, 0.75) (2, 3, 0.75) (3, 5, 1.0) ",
    links="(0, 0.5) (2, -0.75) (1, 0.25) (0, -0.5) (4, 1.0) (1, 0.125) (2, 1.5) ",
)
INPUTS = [[0.5, -0.25], [1.0, 1.0]]
OUTPUTS = {LAYERED: [0.4194491380972558, 0.049322567666972905], SHORTCUTS: [0.9520896571092283, 0.966242160652178]}


def read(tmp_path: Path, text: str, *, strict: bool = True) -> cn.Network:
    path = tmp_path / "x.net"
    path.write_text(text)
    return cn.read_network(path, strict=strict)


@pytest.mark.parametrize("text", [LAYERED, SHORTCUTS], ids=["layers", "shortcuts"])
def test_the_outputs_are_those_of_the_library(text: str, tmp_path: Path) -> None:
    net = read(tmp_path, text)
    for inputs, output in zip(INPUTS, OUTPUTS[text], strict=True):
        assert net.forward(inputs)[0] == pytest.approx(output, rel=1e-15)
    cn.write_network(net, tmp_path / "y.net", "fann_network")
    again = cn.read_network(tmp_path / "y.net")
    for inputs in INPUTS:
        assert again.forward(inputs) == pytest.approx(net.forward(inputs), rel=1e-15)


DEEP = NETWORK.replace("num_layers=3", "num_layers=4").format(
    rate="1.000000",
    kind=0,
    sizes="2 2 3 2",
    neurons="(0, 0, 0.0) (0, 0, 0.0) (2, 5, 0.5) (0, 5, 0.5) (2, 5, 0.5) (2, 5, 0.5) (0, 5, 0.5) (3, 5, 0.5) (0, 5, 0.5) ",
    links="(0, 0.5) (1, 0.5) (2, 0.5) (3, 0.5) (2, 0.5) (3, 0.5) (4, 0.5) (5, 0.5) (6, 0.5) ",
)


def labels(net: cn.Network) -> list[str]:
    return [" ".join(group.labels) for group in net.groups]


def test_numbers_with_a_bias_neuron_in_each_layer_are_no_lost_labels(tmp_path: Path) -> None:
    net = read(tmp_path, DEEP)
    assert labels(net) == ["0", "2", "4 5", "7"]
    cn.write_network(net, tmp_path / "y.net", "fann_network")  # a warning is an error in tests
    assert labels(cn.read_network(tmp_path / "y.net")) == ["0", "2", "3 4", "5"]
    other = read(tmp_path, DEEP.replace("(2, 5, 0.5) (2, 5, 0.5)", "(2, 5, 0.5) (2, 3, 0.5)"))
    other.add_group("extra", ["6", "8"])
    other.connect("extra", "output")
    with pytest.warns(cn.errors.FormatWarning, match="labels of group 'extra', such as '6'"):
        cn.write_network(other, tmp_path / "z.net", "fann_network")


def test_layers_and_functions(tmp_path: Path) -> None:
    net = read(tmp_path, LAYERED)
    assert [(group.name, group.labels) for group in net.groups] == [("input", ("0", "1")), ("hidden", ("3", "4")), ("output", ("6",))]
    assert net["hidden"].activation_function == cn.activation_function("bipolar", gain=1.0)
    assert net["output"].activation_function.name == "linear"
    assert net.connection("hidden:3", "output:6").weight.value == 0.75  # the steepness of the linear neuron is in its weights
    assert read(tmp_path, SHORTCUTS)["hidden"].activation_function == cn.activation_function("logistic", gain=1.5)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("FANN_FLO_2.1", "FANN_FIX_2.1", "1:1", "found 'FANN_FIX_2.1'; 'FANN_FLO_2.1'"),
        ("(3, 5, 0.5) (3", "(3, 5) (3", "35:101", r"neuron 3 of 8 \(0 is the first\)"),
        ("(3, 5, 0.5) (3", "(3, 5, -1) (3", "35:101", "found the steepness -1"),
        ("(3, 5, 0.5) (3", "(3, 5, x) (3", "35:101", "found 'x'; a number"),
        ("(0, 0.5)", "(9, 0.5)", "36:43", "found 9; the number of a neuron, from 0 to 7"),
        ("(0, 0.5)", "(0; 0.5)", "36:43", r"connection 1 of 9, as in '\(2, 0.25\)'"),
        ("(5, 0.25) ", "", "37:1", "found the end of the file; connection 9 of 9"),
        ("(5, 0.25) ", "(4, 0.25) ", "36:None", "neuron 6 has two connections from the same neuron"),
        ("(5, 0.25) ", "(7, 0.25) ", "36:None", "neuron 6 has a connection from neuron 7, which is not before it"),
        ("layer_sizes=3 3 2", "layer_sizes=3", "34:1", "two or more numbers of neurons, at least 1, before this"),
        ("num_layers=3", "num_layers=4", "34:1", "4 numbers of neurons, as 'num_layers=' says, before this"),
        ("layer_sizes=3 3 2", "layer_sizes=3 3 9999999", None, "too much for a file of"),
        ("num_layers", "num layers", "2:1", "found 'num'; a field such as 'num_layers='"),
        ("(3, 0, 0.5)", "(0, 0, 0.5)", "36:103", "the end of the file after 6 connections"),
    ],
)
def test_an_error_in_a_network_has_its_place(tmp_path: Path, old: str, new: str, place: str | None, message: str) -> None:
    assert old in LAYERED
    with pytest.raises(cn.errors.FormatError, match=message) as raised:
        read(tmp_path, LAYERED.replace(old, new))
    assert place is None or f"{raised.value.line}:{raised.value.column}" == place


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(3, 0, 0.5)", "(3, 8, 0.5)", ":35: neuron 6 has the activation function FANN_GAUSSIAN_SYMMETRIC, which has no counterpart"),
        ("(3, 5, 0.5) (3, 5, 0.5)", "(3, 9, 0.5) (3, 9, 0.5)", ":35: 2 neurons, from 3 on, have the activation function FANN_GAUSSIAN_S"),
        ("scale_included=0", "scale_included=1\nscale_mean_in=0 0", r":34:\d+: the scaling of inputs and outputs has no counterpart"),
    ],
)
def test_what_has_no_counterpart_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = LAYERED.replace(old, new)
    with pytest.raises(cn.errors.FormatError, match=message):
        read(tmp_path, text)
    with pytest.warns(cn.errors.FormatWarning, match=message):
        read(tmp_path, text, strict=False)


@pytest.mark.parametrize(
    ("number", "outputs"),  # of the library: version 2.2 has no function 18
    [
        (0, [1.67578125, -0.92578125, 0.05859375]),
        (1, [1, 0, 1]),
        (4, [0.9577997385931277, 0.16841593591091158, 0.5266671643611405]),
        (5, [0.93231192931901496, -0.72862090806278146, 0.058526786733177127]),
        (6, [0.9155994771862556, -0.6631681401362706, 0.05333432872228083]),
        (7, [0.06031087773808487, 0.42440337373484238, 0.99657265924778504]),
        (12, [1, 0, 0.05859375]),
        (13, [1, -0.92578125, 0.05859375]),
    ],
)
def test_each_function_is_that_of_the_library(tmp_path: Path, number: int, outputs: list[float]) -> None:
    text = LAYERED.replace("(3, 0, 0.5)", f"(3, {number}, 0.75)").replace("(3, 1.5)", "(3, 6)")
    text = text.replace("(5, 0.25)", "(5, -1)").replace("(3, 5, 0.5)", "(3, 13, 0.75)")
    net = read(tmp_path, text)
    rows = [[0.5, -0.25], [1.0, 1.0], [0.0, 0.0]]
    cn.write_network(net, tmp_path / "y.net", "fann_network")
    again = cn.read_network(tmp_path / "y.net")
    assert again["output"].activation_function == net["output"].activation_function
    tolerance = 1e-7 if number in (4, 6) else 1e-15  # the library has the points in single precision
    for row, output in zip(rows, outputs, strict=True):
        assert net.forward(row)[0] == pytest.approx(output, rel=tolerance, abs=1e-15)
        assert again.forward(row) == pytest.approx(net.forward(row), rel=1e-15)


def test_a_threshold_neuron_is_on_at_0_as_in_the_library(tmp_path: Path) -> None:
    net = read(
        tmp_path,
        LAYERED.replace("(3, 0, 0.5)", "(3, 1, 0.5)")
        .replace("(5, 0.25)", "(5, 0.0)")
        .replace("(2, 0.25)", "(2, 0)")
        .replace("(2, 0.125)", "(2, 0)"),
    )
    assert net.forward([0.0, 0.0])[0] == 1.0
    assert read(tmp_path, LAYERED.replace("(3, 0, 0.5)", "(3, 18, 0.5)"))["output"].activation_function.name == "rectified"


def test_a_function_with_bounds_that_the_library_lacks_is_named(tmp_path: Path) -> None:
    for name, parameters, message in (
        ("threshold", {}, r"'threshold' with threshold=-1e-30 only \(group 'output'"),
        ("clipped_linear", {"highest": 2.0}, "'clipped_linear' with the bounds 0 and 1, or -1 and 1 only"),
        ("piecewise_logistic", {"lowest": 0.5}, "'piecewise_logistic' with the bounds 0 and 1, or -1 and 1 only"),
        ("rectified", {}, "FANN has no activation function Rectified"),
    ):
        net = cn.Network("n")
        net.add_group("input", 1, role="input")
        net.add_group("output", 1, role="output", activation=cn.activation_function(name, **parameters))
        net.connect("input", "output", weights=2.0)
        with pytest.raises(cn.errors.FormatError, match=message):
            cn.write_network(net, tmp_path / "y.net", "fann_network")


def test_a_unit_without_connections_is_not_written_as_one_that_is_always_1(tmp_path: Path) -> None:
    net = cn.Network("n")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 1, biased=False)
    net.add_group("output", 1, role="output", activation="tanh")
    net.connect("hidden", "output", weights=2.0)
    cn.write_network(net, tmp_path / "y.net", "fann_network")
    assert cn.read_network(tmp_path / "y.net").forward([1.0]) == pytest.approx(net.forward([1.0]), rel=1e-15)


def test_patterns(tmp_path: Path) -> None:
    path = tmp_path / "x.data"
    path.write_text("2 2 1\n-1 1\n1\n1 1e0\n-1\n")
    examples = cn.read_examples(path)
    assert examples.inputs.tolist() == [[-1, 1], [1, 1]]
    assert examples.targets.tolist() == [[1], [-1]]
    cn.write_examples(examples, tmp_path / "y.data", "fann_patterns")
    assert (cn.read_examples(tmp_path / "y.data").inputs == examples.inputs).all()
    for text, message in (
        ("3 2 1\n-1 1\n1\n", ":4:1: found the end of the file; a number; 3 patterns of 2 inputs and 1 outputs"),
        ("1 2 1\n-1 1\n1\n2\n", ":4:1: the file goes on after 1 patterns of 2 inputs and 1 outputs; the rest is not read"),
        ("1 2 1\n-1 1;\n1\n", ":2:4: found '1;'; a number"),
        ("999999999 2 1\n", "too much for a file of"),
        ("1 0 1\n", ":1:3: found '0'; the number of inputs"),
    ):
        path.write_text(text)
        with pytest.raises(cn.errors.FormatError, match=message):
            cn.read_examples(path)
    path.write_text("1 2 1\n-1 1\n1\n2 further words\n")  # as the library, which reads as many patterns as the file says
    with pytest.warns(cn.errors.FormatWarning, match="the rest is not read"):
        assert cn.read_examples(path, strict=False).targets.tolist() == [[1]]


OLD_LAYERED = """FANN_FLO_1.1
3 0.700000 1.000000 0 5 3 5.0e-001 7.5e-001
3 3 2\x20
0 0 0\x20
3 3 0\x20
3 0\x20
(0 0.5) (1 -0.75) (2 2.5e-001) (0 -0.5) (1 1.0) (2 0.125) (3 1.5) (4 -0.5) (5 0.25)\x20
"""
OLD_SHORTCUTS = """FANN_FLO_1.1
3 0.7 0.5 1 3 5 0.75 1
3 2 1
0 0 0
2 2
3
(0 0.5) (2 -0.75) (1 0.25) (0 -0.5) (4 1.0) (1 0.125) (2 1.5)
"""


@pytest.mark.parametrize(
    ("text", "outputs"),
    [
        (OLD_LAYERED, [0.778741493177935, 0.5369245800676062, 0.647479919448676]),
        (OLD_SHORTCUTS, [0.9520896571092283, 0.966242160652178, 0.9640275800758169]),
    ],
)
def test_networks_of_version_1(tmp_path: Path, text: str, outputs: list[float]) -> None:
    net = read(tmp_path, text)
    for row, output in zip([*INPUTS, [0.0, 0.0]], outputs, strict=True):
        assert net.forward(row)[0] == pytest.approx(output, rel=1e-15)


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("FLO_1.1", "FLO_0.1", "1:1", "found 'FANN_FLO_0.1'; 'FANN_FLO_2.1' or 'FANN_FLO_1.1'"),
        ("FLO_1.1", "FIX_2.0", "1:1", "networks of fixed point numbers, and of version 0, are not read"),
        ("3 0.7", "1 0.7", "2:1", "found '1'; the number of layers"),
        (" 0 5 3", " 2 5 3", "2:21", "the type of the network"),
        ("7.5e-001", "-1", "2:36", "found the steepness -1"),
        ("3 3 2 ", "3 0 2 ", "3:3", "found '0'; the number of neurons of a layer"),
        ("3 3 2 ", "3 9999999 2 ", None, "too much for a file of"),
        ("3 0.7", "999999999 0.7", None, "too much for a file of"),
        ("3 3 0 ", "3 x 0 ", "5:3", "found 'x'; the number of connections of neuron 1 of 3 of layer 1"),
        ("(1 1.0)", "(1, 1.0)", "7:41", r"connection 5 of 9, as in '\(2 0.25\)'"),
        ("(5 0.25) ", "(5 0.25) 7", "7:85", "the end of the file after 9 connections"),
    ],
)
def test_an_error_in_a_network_of_version_1_has_its_place(tmp_path: Path, old: str, new: str, place: str | None, message: str) -> None:
    assert old in OLD_LAYERED
    with pytest.raises(cn.errors.FormatError, match=message) as raised:
        read(tmp_path, OLD_LAYERED.replace(old, new, 1))
    assert place is None or f"{raised.value.line}:{raised.value.column}" == place


def test_the_networks_of_other_programs_have_the_same_suffix(tmp_path: Path) -> None:
    """`sniff` tells them apart: what is not of FANN, SNNS or bp is an error that lists the formats."""
    assert np.isfinite(read(tmp_path, LAYERED).weight_values).all()
    with pytest.raises(cn.errors.FileError, match="fann_network, pdp_network, snns_network"):
        read(tmp_path, "something else\n")
