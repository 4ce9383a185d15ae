"""Scripts that compute the outputs of a network with NumPy alone."""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FileError, FormatError, FormatWarning, WiringError
from connectionist.plugins import registry
from connectionist.testing import random_network
from connectionist.testing.claims import assert_close

Logistic: Any = registry.find("activation_functions", "logistic")

FUNCTIONS = ("linear", "logistic", "bipolar", "tanh", "rectified", "softmax")


def load(path: Path) -> Any:
    """Return a written program as a module. An import could find the code of another program of the same size and second in the cache."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), vars(module))
    return module


def written(net: cn.Network, folder: Path) -> Any:
    cn.write_network(net, folder / "net.py", "numpy")
    return load(folder / "net.py")


def feed_forward() -> cn.Network:
    net = cn.Network("small")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3, activation=Logistic(gain=2.0))
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=1)
    return net


@pytest.mark.parametrize("in_time", [False, True])
def test_outputs_are_those_of_random_networks_with_everything(tmp_path: Path, in_time: bool) -> None:
    for seed in range(25):
        net, examples = random_network(seed, activations=FUNCTIONS, delays=in_time, integrators=in_time and seed % 2 == 0, initial=True)
        assert_close(written(net, tmp_path).outputs(examples.inputs), net.outputs(examples), 1e-12, f"network {seed}", "outputs")


def test_gains_and_saturated_units_are_as_in_the_simulator(tmp_path: Path) -> None:
    net = feed_forward()
    net.weight_values = 4000.0 * net.weight_values
    inputs = np.random.default_rng(1).normal(size=(50, 2))
    outputs = net.outputs(cn.ExampleSet.from_arrays(inputs, np.zeros((50, 1))))
    assert (outputs == 1e-300).any()
    assert np.allclose(written(net, tmp_path).outputs(inputs), outputs, rtol=1e-9, atol=0)


def test_a_context_group_of_a_simple_recurrent_network(tmp_path: Path) -> None:
    net = feed_forward()
    cn.add_context(net, "hidden")
    net.connect("context", "hidden")
    net.randomize(1.0, seed=2)
    inputs = np.random.default_rng(1).normal(size=(6, 2))
    assert np.allclose(written(net, tmp_path).outputs(inputs), net.forward(inputs), rtol=1e-12, atol=0)


def test_inputs_may_be_one_pattern_or_any_number_of_them(tmp_path: Path) -> None:
    net, script = feed_forward(), written(feed_forward(), tmp_path)
    inputs = np.random.default_rng(1).normal(size=(4, 5, 2))
    outputs = script.outputs(inputs)
    assert outputs.shape == (4, 5, 1)
    assert script.outputs([0.5, 1.0]) == pytest.approx(net.forward([0.5, 1.0]), rel=1e-12)
    assert script.outputs(inputs[1]) == pytest.approx(outputs[1], rel=1e-15)


def test_the_script_imports_numpy_alone_and_runs_without_the_simulator(tmp_path: Path) -> None:
    net = feed_forward()
    module = written(net, tmp_path)
    tree = ast.parse((tmp_path / "net.py").read_text(encoding="utf-8"))
    assert [ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))] == [
        "from pathlib import Path",
        "import numpy as np",
    ]
    assert (module.NETWORK, module.INPUT_UNITS, module.OUTPUT_UNITS) == ("small", ["input:0", "input:1"], ["output:0"])
    code = "import sys; sys.modules['connectionist'] = None; sys.path.insert(0, '.'); import net; print(repr(net.outputs([1, 0]).item()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(done.stdout) == pytest.approx(net.forward([1, 0]).item(), rel=1e-12)


NAMES = ['"', "'''\"\"\"", "\\", "a\nb", "\x00", "\ud800", "{x}", "x'] + [1][", "../../a", "class", "a.b", "é → ü", "past", "bias ", " (2)"]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_never_code(tmp_path: Path, name: str) -> None:
    net = cn.Network(name)
    net.add_group(name, [name], role="input")
    net.add_group(f"{name}2", 2, integrates="net_input", dt=0.5)
    net.add_group(f"{name}3", [f"{name}4", "b"], role="output")
    net.connect(name, f"{name}2")
    net.connect(f"{name}2", f"{name}3", delay=1)
    net.randomize(1.0, seed=1)
    assert np.allclose(written(net, tmp_path).outputs([[1.0], [2.0]]), net.forward([[1.0], [2.0]]), rtol=1e-12, atol=0)


def test_a_step_with_very_many_senders_can_be_compiled(tmp_path: Path) -> None:
    net = cn.Network("wide")
    net.add_group("output", 1, role="output", activation="linear")
    for number in range(1100):
        net.connect(net.add_group(f"input{number}", 1, role="input"), "output", weights=1.0)
    assert written(net, tmp_path).outputs(np.ones(1100)).tolist() == [1100.0]


@dataclass(frozen=True)
class Same(Logistic):  # type: ignore[misc]
    """A function of another class with a known name."""


@dataclass(frozen=True)
class Steep(cn.ActivationFunction):
    """A function that no format knows."""

    name = "steep"

    def activation(self, net_input: float) -> float:
        return 3.0 * net_input

    def slope(self, net_input: float, activation: float) -> float:
        return 3.0


@pytest.mark.parametrize("function", [Steep(), Same()])
@pytest.mark.parametrize("name", ["net.py", "net.onnx"])
def test_a_function_that_the_format_does_not_have_is_named(tmp_path: Path, function: Any, name: str) -> None:
    net = feed_forward()
    net["hidden"].activation_function = function
    for chosen in ("onnx",) if name == "net.onnx" else ("numpy", "pytorch"):
        with pytest.raises(FormatError, match=rf"the function '{function.name}' of group 'hidden' has no equivalent .* linear, logistic"):
            cn.write_network(net, tmp_path / name, chosen, strict=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("chosen", ["numpy", "onnx"])
def test_noise_that_outputs_would_have_is_named(tmp_path: Path, chosen: str) -> None:
    net = feed_forward()
    net["hidden"].net_input_noise = cn.Noise(0.1, during="training")
    cn.write_network(net, tmp_path / "net.py", chosen)
    net["hidden"].activation_noise = 0.1
    net.projection("input", "hidden").weight_noise = cn.Noise(0.1, during="testing")
    with pytest.raises(FormatError, match="the activation_noise of group 'hidden' has no equivalent"):
        cn.write_network(net, tmp_path / "net.py", chosen)
    with pytest.warns(FormatWarning, match="the weight_noise of input → hidden has no equivalent") as caught:
        cn.write_network(net, tmp_path / "net.py", chosen, strict=False)
    assert len(caught[0].message.issues) == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("chosen", ["numpy", "onnx", "pytorch"])
@pytest.mark.parametrize("clamping", ["weak", "soft", "external"])
def test_clamping_that_is_not_hard_is_named(tmp_path: Path, chosen: str, clamping: str) -> None:
    net = feed_forward()
    net["hidden"].clamping = clamping
    with pytest.raises(FormatError, match="the clamping of group 'hidden' has no equivalent in this format, which has no clamps"):
        cn.write_network(net, tmp_path / "net.py", chosen)
    with pytest.warns(FormatWarning, match="the clamping of group 'hidden'"):
        cn.write_network(net, tmp_path / "net.py", chosen, strict=False)


@pytest.mark.parametrize("chosen", ["numpy", "pytorch"])
def test_the_format_must_be_chosen_and_unrolled_networks_are_errors(tmp_path: Path, chosen: str) -> None:
    net = feed_forward()
    with pytest.raises(FileError, match="several formats have this suffix; give format=, one of numpy, pytorch"):
        cn.write_network(net, tmp_path / "net.py")
    with pytest.raises(WiringError, match="unrolled"):
        cn.write_network(random_network(1, delays=True)[0].unroll(2), tmp_path / "net.py", chosen)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("chosen", ["numpy", "pytorch"])
def test_a_file_of_weights_of_the_same_name_is_kept(tmp_path: Path, chosen: str) -> None:
    net = feed_forward()
    cn.save_weights(net, tmp_path / "net.npz")
    before = (tmp_path / "net.npz").read_bytes()
    cn.write_network(net, tmp_path / "net.py", chosen)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.npz", "net.numbers.npz", "net.py"]
    assert (tmp_path / "net.npz").read_bytes() == before


def test_lesioned_output_units_are_0_and_a_network_may_have_no_intact_input(tmp_path: Path) -> None:
    net = cn.Network("lesioned")
    net.add_group("input", 2, role="input")
    net.add_group("a", 2, role="output")
    net.add_group("b", 3, role="output", activation="softmax", error="divergence")
    net.connect("input", "a")
    net.connect("input", "b")
    net.randomize(1.0, seed=1)
    for part in ("a:0", "b:2", net["input"], "a:1", "b:1", "b:0"):
        net.lesion(part)
        assert written(net, tmp_path).outputs([1.0, 2.0]) == pytest.approx(net.forward([1.0, 2.0]), rel=1e-12), part
