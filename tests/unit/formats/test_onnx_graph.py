"""Graphs of ONNX, run by onnxruntime."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FileError, FormatError, WiringError
from connectionist.plugins import registry
from connectionist.testing import random_network
from connectionist.testing.claims import assert_close

onnx: Any = pytest.importorskip("onnx", reason="onnx is in the extra 'onnx'")
onnxruntime: Any = pytest.importorskip("onnxruntime", reason="onnxruntime is in the dependency group 'dev'")

FUNCTIONS = ("linear", "logistic", "bipolar", "tanh", "rectified", "softmax")


def session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(path: Path, inputs: Any) -> Any:
    (outputs,) = session(path).run(["outputs"], {"inputs": inputs})
    return outputs


def in_time() -> cn.Network:
    net = cn.Network("in time")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "output")
    net.randomize(1.0, seed=1)
    return net


@pytest.mark.parametrize(("precision", "dtype", "tolerance"), [("single", "float32", 1e-6), ("double", "float64", 1e-12)])
@pytest.mark.parametrize("delays", [False, True])
def test_outputs_are_those_of_random_networks_with_everything(
    tmp_path: Path, precision: str, dtype: str, tolerance: float, delays: bool
) -> None:
    for seed in range(15):
        net, examples = random_network(seed, activations=FUNCTIONS, delays=delays, integrators=delays and seed % 2 == 0, initial=True)
        running = net.unroll(examples.inputs.shape[1]) if delays else net
        cn.write_network(running, tmp_path / "net.onnx", cn.file_format("onnx", precision=precision))
        found = run(tmp_path / "net.onnx", np.nan_to_num(examples.inputs).astype(dtype))
        wanted = net.outputs(examples)
        assert found.dtype == dtype
        assert_close(np.where(np.isnan(wanted), np.nan, found), wanted, tolerance, f"network {seed}", "outputs")


def test_the_file_is_valid_and_names_its_ends(tmp_path: Path) -> None:
    cn.write_network(in_time().unroll(3), tmp_path / "net.onnx")
    onnx.checker.check_model(str(tmp_path / "net.onnx"), full_check=True)
    opened = session(tmp_path / "net.onnx")
    assert [(end.name, end.shape, end.type) for end in (*opened.get_inputs(), *opened.get_outputs())] == [
        ("inputs", ["case", 3, 2], "tensor(float)"),
        ("outputs", ["case", 3, 1], "tensor(float)"),
    ]
    names = opened.get_modelmeta().custom_metadata_map
    assert (json.loads(names["input_units"]), json.loads(names["output_units"])) == (["input:0", "input:1"], ["output:0"])


def test_a_gain_and_any_number_of_cases(tmp_path: Path) -> None:
    net = in_time()
    net["hidden"].activation_function = registry.find("activation_functions", "logistic")(gain=3.0)
    cn.write_network(net.unroll(1), tmp_path / "net.onnx")
    inputs = np.random.default_rng(1).normal(size=(7, 1, 2))
    assert run(tmp_path / "net.onnx", inputs.astype("float32")) == pytest.approx(
        net.outputs([cn.Example.sequence(each, [[0.0]]) for each in inputs]), abs=1e-6
    )
    assert run(tmp_path / "net.onnx", inputs[:0].astype("float32")).shape == (0, 1, 1)


@pytest.mark.parametrize("name", ["x", '"{x}', "a\x00b", "\ud800", "constant bias", "inputs", "outputs", "shape", "cases", "bias 1", "é"])
def test_names_of_any_kind(tmp_path: Path, name: str) -> None:
    for groups in ((name, "a", "b"), ("a", name, "b"), ("a", "b", name)):
        net = cn.Network(name)
        for group, role in zip(groups, ("input", "hidden", "output"), strict=True):
            net.add_group(group, [name], role=role, activation=None if role == "input" else "linear")
        net.connect(groups[0], groups[1], weights=2.0)
        net.connect(groups[1], groups[2], weights=1.0)
        cn.write_network(net, tmp_path / "net.onnx")
        onnx.checker.check_model(str(tmp_path / "net.onnx"), full_check=True)
        assert run(tmp_path / "net.onnx", np.array([[1.0], [3.0]], dtype="float32")).tolist() == [[2.0], [6.0]]


def test_a_network_in_time_must_be_unrolled(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"hidden → hidden has a delay of 1, and a graph has a fixed number of ticks; write net\.unroll"):
        cn.write_network(in_time(), tmp_path / "net.onnx")


def test_lesions_at_some_ticks_and_changes_of_the_wiring_are_errors(tmp_path: Path) -> None:
    net = in_time()
    net.lesion("hidden:0", net.connections[0])
    cn.write_network(net.unroll(2), tmp_path / "net.onnx")
    for part in ("hidden:1@2", "input:1@1 → hidden:2@1"):
        unrolled = net.unroll(2)
        unrolled.lesion(part if "→" not in part else unrolled.connection(part))
        with pytest.raises(FormatError, match="has lesions at some ticks only; lesion in time and unroll it again"):
            cn.write_network(unrolled, tmp_path / "net.onnx")
    unrolled = net.unroll(2)
    net.restore()
    with pytest.raises(WiringError, match="has been rewired since"):
        cn.write_network(unrolled, tmp_path / "net.onnx")


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(FileError, match=r"needs the package onnx, which is not installed; pip install 'connectionist-simulator\[onnx\]'"):
        cn.write_network(in_time().unroll(2), tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


def test_more_weights_than_a_file_can_have_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[registry.find("file_formats", "onnx").__module__], "MOST_BYTES", 50)
    with pytest.raises(FormatError, match="more than 2 GB"):
        cn.write_network(in_time().unroll(2), tmp_path / "net.onnx")
