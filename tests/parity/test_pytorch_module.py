"""Written modules of PyTorch against the outputs and error derivatives of the simulator, to 1e-9 relative."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import FormatError, FormatWarning
from connectionist.formats.steps import network_steps
from connectionist.plugins import registry
from connectionist.testing import random_network
from connectionist.testing.claims import assert_close

torch: Any = pytest.importorskip("torch", reason="torch is in the dependency group 'peers'")

TIME: dict[str, Any] = {"delays": True, "integrators": True, "initial": True}
CrossEntropy: Any = registry.find("error_functions", "cross_entropy")
Squared: Any = registry.find("error_functions", "squared")

FUNCTIONS = ("linear", "logistic", "bipolar", "tanh", "rectified", "softmax")


def written(net: cn.Network, folder: Path, *, strict: bool = True) -> Any:
    cn.write_network(net, folder / "net.py", "pytorch", strict=strict)
    module: Any = ModuleType("net")  # an import could find the code of another module of the same size and second in the cache
    module.__file__ = str(folder / "net.py")
    exec(compile((folder / "net.py").read_text(encoding="utf-8"), folder / "net.py", "exec"), vars(module))
    return module.Network()


def derivatives(net: cn.Network, module: Any) -> Any:
    """Return the derivatives of the parameters of a module in the order of the weights; NaN for frozen weights."""
    blocks = network_steps(net).blocks
    counts = np.bincount(np.concatenate([block.numbers[block.numbers >= 0] for block in blocks]), minlength=len(net.weights))
    trainable = np.array([weight.trainable for weight in net.weights])
    is_tied, found = (counts > 1) & trainable, np.full(len(counts), np.nan)
    if "tied" in module.weights:
        found[is_tied] = gradient(module.weights["tied"])
    for block in blocks:
        own = (block.numbers >= 0) & trainable[block.numbers] & ~is_tied[block.numbers]
        assert (block.name in module.weights) == own.any()
        if own.any():
            slopes = gradient(module.weights[block.name])
            found[block.numbers[own]] = slopes[own]
            assert not slopes[~own].any()  # masked
    assert (np.isnan(found) == (~trainable | (counts == 0))).all()
    return found


def gradient(parameter: Any) -> Any:
    return np.zeros(parameter.shape) if parameter.grad is None else parameter.grad.numpy()


def is_saturated(net: cn.Network, outputs: np.ndarray) -> bool:
    """Whether an output is so near 0 or 1 that 1 − y has lost its digits, from which a module computes E."""
    ends = [unit.group.error_function.name != "squared" and not unit.lesioned for unit in net.schedule.outputs]
    near = outputs[..., ends]
    return bool(((near < 1e-6) | (near > 1 - 1e-6)).any())


@pytest.mark.parametrize("features", [{}, TIME])
def test_random_networks_with_everything(tmp_path: Path, features: dict[str, Any]) -> None:
    compared = 0
    for seed in range(60):
        net, examples = random_network(seed, rates=False, activations=FUNCTIONS, **features)
        net.tie_derivative = "sum"
        module, wanted = written(net, tmp_path), net.outputs(examples)
        outputs = module(examples.inputs)
        assert_close(outputs.detach().numpy(), wanted, 1e-12, f"network {seed}", "outputs")
        if is_saturated(net, wanted):
            continue
        error = module.error(outputs, examples.targets)
        wanted_error, wanted_derivatives = cn.error_derivatives(net, examples)
        assert float(error.detach()) == pytest.approx(wanted_error, rel=1e-9, abs=1e-12)
        if error.requires_grad:
            error.backward()
            found = derivatives(net, module)
            assert_close(found, np.where(np.isnan(found), np.nan, wanted_derivatives), 1e-9, f"network {seed}", "derivatives")
            compared += 1
    assert compared > 40


def small(**output: Any) -> cn.Network:
    net = cn.Network("small", tie_derivative="sum")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4, activation="tanh")
    net.add_group("output", 2, role="output", **output)
    net.connect("input", "hidden", pattern=[[1, 1, 0, 1], [1, 1, 1, 1], [1, 0, 1, 1]])
    net.connect("hidden", "output")
    net.randomize(1.0, seed=1)
    net.tie(["input:0 → hidden:0", "hidden:1 → output:1", "input:1 → hidden:3"])
    net.connection("input:1 → hidden:1").weight.trainable = False
    net.lesion(net.connection("hidden:2 → output:0"))
    return net


DRAW = np.random.default_rng(1)
EXAMPLES = cn.ExampleSet.from_arrays(DRAW.normal(size=(20, 3)), DRAW.random((20, 2)))


def test_training_changes_the_same_weights_by_the_same_amounts(tmp_path: Path) -> None:
    net = small()
    module = written(net, tmp_path)
    before = net.weight_values
    rule = torch.optim.SGD(module.parameters(), lr=0.1)
    for _ in range(20):
        rule.zero_grad()
        module.error(module(EXAMPLES.inputs), EXAMPLES.targets).backward()
        rule.step()
    cn.train(net, EXAMPLES, rule=cn.rule("steepest", rate=0.1), epochs=20)
    assert np.abs(net.weight_values - before).max() > 0.1
    w = {name: matrix.detach().numpy() for name, matrix in module.matrices().items()}
    for block in network_steps(net).blocks:
        assert w[block.name] == pytest.approx(block.weights, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "output",
    [
        {"margin": 0.3},
        {"error": Squared(target_radius=0.1, zero_error_radius=0.2)},
        {"error": CrossEntropy(target_radius=0.2)},
        {"error": "divergence", "activation": "softmax"},
    ],
)
def test_margins_and_radii_of_error_functions(tmp_path: Path, output: dict[str, Any]) -> None:
    net = small(**output)
    module = written(net, tmp_path)
    error = module.error(module(EXAMPLES.inputs), EXAMPLES.targets)
    wanted_error, wanted = cn.error_derivatives(net, EXAMPLES)
    assert float(error.detach()) == pytest.approx(wanted_error, rel=1e-9)
    error.backward()
    found = derivatives(net, module)
    assert found[~np.isnan(found)] == pytest.approx(wanted[~np.isnan(found)], rel=1e-9, abs=1e-12)


def test_a_module_is_one_of_torch(tmp_path: Path) -> None:
    net = small()
    module, again = written(net, tmp_path), written(net, tmp_path)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.mul_(2.0)
    again.load_state_dict(module.state_dict())
    inputs = torch.tensor(np.array(EXAMPLES.inputs), requires_grad=True)
    assert torch.equal(module(inputs), again(inputs))
    module(inputs).sum().backward()
    assert inputs.grad is not None
    assert module.float()(inputs.detach().float()).dtype == torch.float32


@pytest.mark.parametrize(
    "name", ['"', "'''\"\"\"", "\\", "a\nb", "\x00", "{x}", "x'] + [1][", "a.b", "weights", "tied", "bias ", "forward", "é"]
)
def test_names_of_any_kind(tmp_path: Path, name: str) -> None:
    net = cn.Network(name, tie_derivative="sum")
    net.add_group(name, [name], role="input")
    net.add_group(f"{name}2", 2, integrates="activation", dt=0.5)
    net.add_group(f"{name}3", 1, role="output")
    net.connect(name, f"{name}2", pattern=[[1, 0]])
    net.connect(f"{name}2", f"{name}3", delay=2)
    net.randomize(1.0, seed=1)
    net.tie(net.connections[:2])
    inputs = [[1.0], [2.0], [3.0]]
    assert written(net, tmp_path)(inputs).detach().numpy() == pytest.approx(net.forward(inputs), rel=1e-12)


def test_what_a_module_cannot_have_is_named(tmp_path: Path) -> None:
    net = small()
    net["hidden"].net_input_noise = cn.Noise(0.1, during="training")
    net.ticks_back, net.tie_derivative = 2, "mean"
    projection = net.projection("input", "hidden")
    projection.rate, projection.limits = 0.5, (-1.0, 1.0)
    with pytest.raises(FormatError, match="the net_input_noise of group 'hidden' has no equivalent"):
        written(net, tmp_path)
    with pytest.warns(FormatWarning) as caught:
        written(net, tmp_path, strict=False)
    text = str(caught[0].message)
    assert "ticks_back = 2 has no equivalent" in text
    assert "tie_derivative='mean' of small has no place in this format, where the derivative of a weight is the sum" in text
    assert "the rate 0.5 of input → hidden" in text
    assert "the limits (-1.0, 1.0) of input → hidden" in text
