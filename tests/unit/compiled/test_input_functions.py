"""The compiled engine on networks with input functions. `check_engine` compares random ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError
from connectionist_plugins.engines.compiled.formulas import numba_formulas
from connectionist_plugins.engines.compiled.formulas.compile import CompilationWarning, _compiled, _warned

TABLE = {"steep": 2.0}  # no compiler takes it
QUANTITIES = ("net_input", "activation", "activation_derivative", "net_derivative")


@dataclass(frozen=True)
class Quotient(cn.InputFunction):
    """The weighted sum divided by the sum of the activations plus a constant, which may be 0."""

    constant: float = 5.0
    name = "quotient"

    def net_input(self, weights: Any, activations: Any) -> float:
        """Return x."""
        total, size = 0.0, self.constant
        for i in range(len(weights)):
            total += weights[i] * activations[i]
            size += activations[i]
        return total / size

    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> None:
        """Write ∂x/∂w and ∂x/∂y."""
        total, size = 0.0, self.constant
        for i in range(len(weights)):
            total += weights[i] * activations[i]
            size += activations[i]
        for i in range(len(weights)):
            weight_slopes[i] = activations[i] / size
            activation_slopes[i] = (weights[i] - total / size) / size


@dataclass(frozen=True)
class InPython(Quotient):
    """The same, times a number, which cannot be compiled."""

    name = "in_python"

    def net_input(self, weights: Any, activations: Any) -> float:
        """Return x."""
        return TABLE["steep"] * super().net_input(weights, activations)

    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> None:
        """Write ∂x/∂w and ∂x/∂y."""
        super().slopes(weights, activations, weight_slopes, activation_slopes)
        for each in (weight_slopes, activation_slopes):
            each[:] = [TABLE["steep"] * slope for slope in each]


def made(function: Any, hidden: str = "tanh", in_time: bool = False, **options: Any) -> cn.Network:
    net = cn.Network("input functions", **options)
    net.add_group("input", 3, role="input")
    net.add_group("first", 4, activation=hidden, input_function=function)
    net.add_group("second", 3, activation="tanh", input_function="distance")
    net.add_group("output", 2, role="output")
    net.connect("input", "first")
    net.connect("first", "second", pattern=cn.Random(fan_in=2, seed=1))
    net.connect("second", "output")
    if in_time:
        net.connect("second", "first", delay=1)
    net.randomize(1.0, seed=4)
    return net


def patterns(in_time: bool = False) -> cn.ExampleSet:
    generator = np.random.default_rng(1)
    inputs, targets = generator.uniform(0.1, 1.0, (11, 3)), generator.random((11, 2))
    if not in_time:
        return cn.ExampleSet.from_arrays(inputs, targets)
    return cn.ExampleSet([cn.Example.sequence(np.tile(x, (4, 1)), np.tile(t, (4, 1))) for x, t in zip(inputs, targets, strict=True)])


def trained(net: cn.Network, engine: Any, update_after: str | int = "epoch", in_time: bool = False) -> list[Any]:
    recorder = cn.Recorder(QUANTITIES, of=["first", "second", "input", "bias"])
    options: dict[str, Any] = {"engine": engine, "update_after": update_after, "record": recorder}
    run = cn.train(net, patterns(in_time), cn.rule("momentum", rate=0.05), 4, **options)
    units = [[getattr(unit, quantity) for unit in net.units if not unit.lesioned] for quantity in QUANTITIES]
    return [run.errors, net.weight_values, units, *(run.recording[name].to_numpy() for name in QUANTITIES)]


def assert_same(got: list[Any], wanted: list[Any], *, tolerance: float = 1e-12) -> None:
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("update_after", ["epoch", 1, 3])
@pytest.mark.parametrize("function", ["distance", "product", Quotient()], ids=str)
def test_input_functions_are_those_of_the_objects(function: Any, update_after: str | int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(numba_formulas, "numba_address")
    _compiled.clear()
    for hidden in ("tanh", "softmax"):
        wanted = trained(made(function, hidden), "local", update_after)
        assert_same(trained(made(function, hidden), "compiled", update_after), wanted)
        assert_same(trained(made(function, hidden), cn.engine("compiled", precision="float32"), update_after), wanted, tolerance=1e-4)


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("options", [{}, {"tie_derivative": "sum"}, {"ticks_back": 2}], ids=str)
def test_input_functions_in_time(options: dict[str, Any], update_after: str | int) -> None:
    results = []
    for engine in ("local", "compiled"):
        net = made("product", in_time=True, **options)
        net.tie([net.connection("input:0", "first:1"), net.connection("second:2", "first:3", delay=1)])
        net.lesion(net.unit("first:2"), net.connection("input:1", "first:0"))
        results.append(trained(net, engine, update_after, in_time=True))
    assert_same(*results)


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("in_time", [False, True])
def test_derivatives_of_clamped_units_are_shown_without_a_recorder(in_time: bool, update_after: str | int) -> None:
    results = []
    for engine in ("local", "compiled"):
        net = made("product", in_time=in_time)
        cn.train(net, patterns(in_time), "steepest", 2, engine=engine, update_after=update_after)
        results.append([[unit.activation_derivative for unit in net.units]])
    assert_same(results[0], results[1])


@pytest.mark.parametrize("update_after", ["epoch", 20])
def test_two_threads_give_the_same_bits(update_after: str | int) -> None:
    generator, weights = np.random.default_rng(0), []
    examples = cn.ExampleSet.from_arrays(generator.uniform(-1, 1, (70, 3)), generator.integers(0, 2, (70, 2)))
    for threads in (1, 2):
        net = made("product")
        cn.train(net, examples, "momentum", 5, update_after=update_after, engine=cn.engine("compiled", threads=threads))
        weights.append(net.weight_values)
    np.testing.assert_array_equal(weights[0], weights[1])


def test_formulas_that_cannot_be_compiled_run_in_python_with_a_warning() -> None:
    _warned.clear()
    with pytest.warns(CompilationWarning, match="in_python: cannot be compiled"):
        found = trained(made(InPython()), "compiled")
    assert_same(found, trained(made(InPython()), "local"))


def test_a_compiled_formula_raises_what_python_raises() -> None:
    net = made(Quotient(0.0))
    examples = cn.ExampleSet.from_arrays([[1.0, 0.5, -2.5]], [[0.0, 1.0]])  # their sum and the bias are 0
    for engine in ("local", "compiled"):
        with pytest.raises(ZeroDivisionError):
            net.outputs(examples, engine=engine)
    assert math.isfinite(cn.error_derivatives(net, patterns())[0])


class WithoutSlope(Quotient):
    """A slope that is no number."""

    def slopes(self, weights: Any, activations: Any, weight_slopes: Any, activation_slopes: Any) -> None:
        """Write None."""
        weight_slopes[0] = None


@pytest.mark.filterwarnings("ignore::connectionist_plugins.engines.compiled.formulas.compile.CompilationWarning")
def test_a_slope_that_is_no_number_is_named_in_both_engines() -> None:
    for engine in ("local", "compiled"):
        with pytest.raises(PluginError, match=r"slopes must write one number for each item .* \(wrote \[None, 0.0\] for 2 items\)"):
            cn.error_derivatives(made(WithoutSlope()), patterns(), engine=engine)


@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_populations_have_the_bits_of_each_alone(update_after: str | int) -> None:
    alone, together = ([made("distance") for _ in range(5)] for _ in range(2))
    for nets in (alone, together):
        for seed, net in enumerate(nets):
            net.randomize(1.0, seed=seed)
    for net in alone:
        cn.train(net, patterns(), "momentum", 3, update_after=update_after, order="fixed")
    cn.train_many(together, patterns(), "momentum", 3, update_after=update_after, order="fixed")
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.weight_values, other.weight_values)


def test_contrastive_hebbian_learning_with_an_input_function() -> None:
    results = []
    for engine in ("local", "compiled"):
        net = cn.Network("phases")
        net.add_group("input", 2, role="input")
        net.add_group("hidden", 3, input_function="distance")
        net.add_group("output", 2, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        net.make_symmetric("hidden", "output")
        net.randomize(0.5, seed=1)
        targets = np.full((10, 2), np.nan)
        targets[-1] = 0.0, 1.0
        examples = cn.ExampleSet([cn.Example.sequence(np.tile(x, (10, 1)), targets) for x in ([0.0, 1.0], [1.0, 0.5])])
        run = cn.train(net, examples, cn.rule("steepest", rate=0.05), 3, procedure="contrastive_hebbian", engine=engine)
        results.append([run.errors, net.weight_values])
    assert_same(*results)
