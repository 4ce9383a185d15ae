"""The state of units and weights after training equals that of the local engine, at the ends of arrays, blocks and runs."""

from __future__ import annotations

import math
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DivergenceError
from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.testing import random_network
from connectionist_plugins.engines.compiled import Compiled
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning
from connectionist_plugins.engines.compiled.layout import buffers


@dataclass(frozen=True)
class Root(ErrorFunction):
    """√(1 + (y − d)²) − 1, by Heron's method, which does not terminate for NaN."""

    name = "root"

    def error(self, activation: float, target: float) -> float:
        """Return E."""
        square = (activation - target) ** 2 + 1.0
        root = square
        while not abs(root * root - square) < 1e-12:
            root = (root + square / root) / 2.0
        return root - 1.0

    def derivative(self, activation: float, target: float) -> float:
        """Return ∂E/∂y."""
        return (activation - target) / math.sqrt((activation - target) ** 2 + 1.0)


@dataclass(frozen=True)
class Winner(JointActivationFunction):
    """The greatest net input is its activation. The others are not written and must be 0 before."""

    name = "winner"

    def activations(self, net_inputs: Sequence[float], activations: MutableSequence[float]) -> None:
        """Write y of one unit."""
        best = 0
        for i in range(len(net_inputs)):
            if net_inputs[i] > net_inputs[best]:
                best = i
        activations[best] = net_inputs[best]

    def net_derivatives(
        self, activations: Sequence[float], activation_derivatives: Sequence[float], net_derivatives: MutableSequence[float]
    ) -> None:
        """Add to ∂E/∂x, which must be 0 before."""
        for i in range(len(activations)):
            net_derivatives[i] += activation_derivatives[i] * (activations[i] != 0.0)


@dataclass(frozen=True)
class Careful(ActivationFunction):
    """A logarithm that catches the exception outside its domain."""

    name = "careful"

    def activation(self, net_input: float) -> float:
        """Return ln x, or −3."""
        try:
            return math.log(net_input)
        except Exception:  # all exceptions, as in the formula of a bug report
            return -3.0

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        return 1.0 / net_input if net_input > 0.0 else 0.0


def everything(net: cn.Network) -> dict[str, Any]:
    of_units = {name: net.state.array(name).copy() for name in net.state.quantities}
    return {**of_units, **{f"weight {name}": net.weight_state.array(name).copy() for name in net.weight_state.quantities}}


def same(ours: cn.Network, theirs: cn.Network, tolerance: float = 1e-9) -> None:
    expected = everything(theirs)
    for name, values in everything(ours).items():
        np.testing.assert_allclose(values, expected[name], rtol=tolerance, atol=tolerance, err_msg=name)


def two_layers(hidden: Any = None, error: Any = None, output: Any = None) -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network()
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 5, activation=hidden)
    net.add_group("output", 3, role="output", activation=output, error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=1)
    generator = np.random.default_rng(0)
    targets = generator.integers(0, 2, (13, 3)).astype(float)
    targets[::3, 1] = np.nan
    return net, cn.ExampleSet.from_arrays(generator.uniform(-1, 1, (13, 3)), targets)


def both_engines(make: Any, update_after: Any, engine: Any = "compiled", rate: float = 0.05) -> tuple[cn.Network, cn.Network]:
    nets = []
    for each in (engine, "local"):
        net, examples = make()
        cn.train(net, examples, cn.rule("momentum", rate=rate), 3, update_after=update_after, engine=each)
        nets.append(net)
    return nets[0], nets[1]


@pytest.mark.parametrize("update_after", ["epoch", 1, 4])
@pytest.mark.parametrize("sizes", [(3, 5), (1, 7), (6, 2), (5, 6, 5), (7, 7, 2)])
def test_units_of_a_step_with_several_blocks_have_the_same_state(sizes: tuple[int, ...], update_after: str | int) -> None:
    def blocks() -> tuple[cn.Network, cn.ExampleSet]:
        net = cn.Network()
        net.add_group("input", len(sizes) * 2, role="input")
        net.add_group("output", sum(sizes), role="output")
        mask, first = np.zeros((len(sizes) * 2, sum(sizes)), bool), 0
        for number, size in enumerate(sizes):
            mask[2 * number : 2 * number + 2, first : first + size] = True
            first += size
        net.connect("input", "output", pattern=mask)
        net.randomize(1.0, seed=2)
        generator = np.random.default_rng(1)
        return net, cn.ExampleSet.from_arrays(generator.uniform(size=(9, 2 * len(sizes))), generator.uniform(size=(9, sum(sizes))))

    same(*both_engines(blocks, update_after))


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("update_after", ["epoch", 40])
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 10))])
def test_an_epoch_with_several_blocks_gives_the_same_state(
    seed: int, update_after: str | int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffers, "BLOCK_BYTES", 1)
    monkeypatch.setattr(buffers, "MIN_VECTORS", 1)
    engine = cn.engine("compiled", threads=threads)
    (net, examples), (copy, _) = random_network(seed, cases=101), random_network(seed, cases=101)
    np.testing.assert_allclose(net.outputs(examples, engine), copy.outputs(examples, "local"), rtol=1e-12)
    error, derivatives = cn.error_derivatives(net, examples, engine)
    expected, of_local = cn.error_derivatives(copy, examples, "local")
    assert error == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(derivatives, of_local, rtol=1e-10, atol=1e-12 * np.abs(of_local).max())
    for each, runs_on in ((net, engine), (copy, "local")):
        cn.train(each, examples, cn.rule("momentum", rate=1e-4), 2, update_after=update_after, order="permuted", engine=runs_on)
    same(net, copy)


@pytest.mark.parametrize("threads", [1, 2])
def test_after_divergence_the_state_is_that_of_a_run_in_which_each_epoch_is_shown(threads: int) -> None:
    nets = []
    for until in (None, cn.Criterion(error=0.0)):
        net, examples = two_layers(hidden="linear", output="linear")
        rule, engine = cn.rule("momentum", rate=3.0), cn.engine("compiled", threads=threads)
        with pytest.raises(DivergenceError):
            cn.train(net, examples, rule, 500, until=until, engine=engine)
        nets.append(everything(net))
    for name, values in nets[0].items():
        np.testing.assert_array_equal(values, nets[1][name], err_msg=name)


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_after_divergence_the_same_numbers_are_not_finite(update_after: str | int) -> None:
    nets = []
    for engine in ("compiled", "local"):
        net, examples = two_layers(hidden="linear", output="linear")
        with pytest.raises(DivergenceError):
            cn.train(net, examples, cn.rule("momentum", rate=3.0), 500, update_after=update_after, engine=engine)
        nets.append(everything(net))
    for name in ("activation", "activation_derivative", "net_derivative"):
        np.testing.assert_array_equal(np.isfinite(nets[0][name]), np.isfinite(nets[1][name]), err_msg=name)
        assert (nets[0][name] != 0.0).sum() == (nets[1][name] != 0.0).sum()


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_in_single_precision_an_untrained_weight_keeps_its_float64_value(update_after: str | int) -> None:
    net, examples = two_layers()
    frozen = net.connection("input:0", "hidden:1")
    frozen.weight.value, frozen.weight.trainable = 0.3, False
    cn.train(net, examples, cn.rule("momentum", rate=0.1), 2, update_after=update_after, engine=cn.engine("compiled", precision="float32"))
    assert frozen.weight.value == 0.3
    net.projection("input", "hidden").connections[1].weight.value = 0.1
    with pytest.raises(DivergenceError):
        cn.train(
            net, examples, cn.rule("steepest", rate=1e30), 9, update_after=update_after, engine=cn.engine("compiled", precision="float32")
        )
    assert frozen.weight.value == 0.3


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("good", [0, 3])
def test_after_divergence_in_single_precision_unchanged_weights_are_those_of_double_precision(good: int, update_after: str | int) -> None:
    """The weights of an input that is 0 do not change. Before the first epoch no weight has changed."""
    net = cn.Network("single")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output", activation="linear", biased=False)
    net.connect("input", "output")
    net.randomize(0.3, seed=1)
    before, single = net.weight_values, cn.engine("compiled", precision="float32")
    examples = cn.ExampleSet.from_arrays([[1.0, 0.0]], [[0.5, 0.5]])
    phases = [cn.Phase(cn.rule("steepest", rate=rate), epochs, update_after=update_after) for rate, epochs in ((0.1, good), (1e39, 5))]
    with pytest.raises(DivergenceError) as error:
        cn.train(net, examples, phases=phases[not good :], engine=single)
    is_used = np.array([connection.sender.index == 0 for connection in net.connections])
    assert error.value.run is not None
    assert error.value.run.epochs == good
    assert np.array_equal(net.weight_values == before, ~is_used if good else np.ones(4, bool))


@pytest.mark.parametrize("activation", ["logistic", "tanh"])
def test_single_precision_keeps_four_digits_of_a_slope_unless_the_activation_is_near_the_end_of_its_range(activation: str) -> None:
    far = 10.0 if activation == "tanh" else 20.0
    for net_input in (0.5, 3.0, 3.8 if activation == "tanh" else 6.9, far):
        net = cn.Network("slope")
        net.add_group("input", 1, role="input")
        net.add_group("output", 1, role="output", activation=activation, biased=False)
        net.connect("input", "output", weights=float(np.float32(net_input)))
        examples = cn.ExampleSet.from_arrays([[1.0]], [[0.0]])
        (got,), (expected,) = (
            cn.error_derivatives(net, examples, engine)[1] for engine in (cn.engine("compiled", precision="float32"), "local")
        )
        is_near = net_input == far
        assert abs(got - expected) < (2e-7 if is_near else 1e-4 * expected)
        assert (abs(got - expected) > 1e-4 * expected) == is_near


@pytest.mark.timeout(60)
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_an_error_function_is_not_called_with_nan(update_after: str | int, precision: str) -> None:
    engine = cn.engine("compiled", precision=precision)
    same(*both_engines(lambda: two_layers(error=Root()), update_after, engine), tolerance=1e-9 if precision == "float64" else 1e-4)


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_the_output_lists_of_a_joint_function_are_zero_before(update_after: str | int) -> None:
    same(*both_engines(lambda: two_layers(hidden=Winner(), output="linear"), update_after))


def test_a_formula_that_catches_exceptions_runs_in_python() -> None:
    with pytest.warns(CompilationWarning, match="activation has try or with"):
        ours, theirs = both_engines(lambda: two_layers(hidden=Careful(), output="linear"), "epoch", rate=0.001)
    same(ours, theirs)


def test_saturated_units_learn_in_single_precision() -> None:
    for activation, error, weight in (("logistic", "cross_entropy", 18.0), ("softmax", "divergence", 60.0)):
        net = cn.Network()
        net.add_group("input", 1, role="input")
        net.add_group("output", 2, role="output", activation=activation, error=error, biased=False)
        net.connect("input", "output", weights=np.array([[weight, -weight]]))
        examples = cn.ExampleSet.from_arrays([[1.0]], [[0.0, 1.0]])
        before, derivatives = cn.error_derivatives(net, examples, cn.engine("compiled", precision="float32"))
        assert math.isfinite(before)
        assert derivatives[0] > 0.9
        run = cn.train(net, examples, cn.rule("steepest", rate=1.0), 60, engine=cn.engine("compiled", precision="float32"))
        assert run.error < before


def test_an_unregistered_engine_raises_before_training() -> None:
    @dataclass(frozen=True)
    class Mine(Compiled):
        """The compiled engine under another name."""

        name = "mine"

    with pytest.raises(cn.ConnectionistError, match="unknown engine 'mine'"):
        cn.run("xor", epochs=10**9, engine=Mine())


def test_an_unknown_precision_raises() -> None:
    with pytest.raises(cn.ConnectionistError, match=r"compiled\.precision: must be 'float64' or 'float32' \(got \['float32'\]\)"):
        cn.engine("compiled", precision=["float32"])
