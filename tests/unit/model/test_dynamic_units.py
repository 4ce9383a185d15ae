"""Dynamic activation functions and output functions: units that depend on their own past, and connections that carry another number."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.probes import UnitProbe
from connectionist.errors import ParameterError, PluginError
from connectionist.testing import random_network


@dataclass(frozen=True)
class Reciprocal(cn.DynamicActivationFunction):
    """A function that cannot be computed at 0."""

    name = "reciprocal"

    def activation(self, net_input: float, previous: float) -> float:
        return net_input + 1.0 / previous

    def slope(self, net_input: float, previous: float, activation: float) -> float:
        return 1.0

    def previous_slope(self, net_input: float, previous: float, activation: float) -> float:
        return -1.0 / (previous * previous)


FORMULA = {"decay": 0.2, "minimum": -0.3, "rest": -0.05, "maximum": 0.9}


def pool(**options: object) -> cn.Network:
    """Return two interactive activation units that inhibit each other, each with an input."""
    net = cn.Network("pool")
    net.add_group("input", 2, role="input")
    function = cn.activation_function("interactive_activation", **FORMULA)
    net.add_group("pool", 2, role="output", activation=function, initial=-0.05, biased=False, **{"output_function": "rectified", **options})  # type: ignore[arg-type]
    net.connect("input", "pool", "one_to_one", weights=0.4)
    net.connect("pool", "pool", ~np.eye(2, dtype=bool), delay=1, weights=-0.6)
    return net


def test_the_equations_of_interactive_activation() -> None:
    net, y = pool(), [-0.05, -0.05]
    outputs = net.forward(np.tile([1.0, 0.3], (12, 1)))
    for tick in range(12):
        x = [0.4 * given - 0.6 * max(y[1 - unit], 0.0) for unit, given in enumerate((1.0, 0.3))]
        distance = [(0.9 - y[unit]) if x[unit] > 0 else (y[unit] + 0.3) for unit in range(2)]
        y = [y[unit] + distance[unit] * x[unit] - 0.2 * (y[unit] + 0.05) for unit in range(2)]
        np.testing.assert_allclose(outputs[tick], y, rtol=1e-14)
    assert y[1] < 0 < y[0]
    assert net["pool"][1].output == 0.0
    assert net["pool"][0].output == net["pool"][0].activation


def central_differences(net: cn.Network, examples: cn.ExampleSet, step: float) -> cn.Array:
    slopes = []
    for weight in net.weights:
        value, errors = weight.value, []
        for moved in (value + step, value - step):
            weight.value = moved
            errors.append(cn.error_derivatives(net, examples, engine="local")[0])
        weight.value = value
        slopes.append((errors[0] - errors[1]) / (2 * step))
    return np.array(slopes)


@pytest.mark.parametrize("seed", [0, 2, 3, 5, 6])
def test_derivatives_are_the_slopes_of_the_error(seed: int) -> None:
    names = ("interactive_activation", "brain_state_in_a_box", "logistic", "tanh")
    time = {"dynamic": True, "delays": True, "initial": True, "ticks": 4}
    net, examples = random_network(seed, cases=2, activations=names, errors=("squared",), margins=False, one_way=False, ties=False, **time)
    net.tie_derivative = "sum"
    net.weight_values *= 0.3
    derivatives = cn.error_derivatives(net, examples, engine="local")[1]
    slopes = central_differences(net, examples, 1e-6)
    close = np.abs(derivatives - slopes) <= 1e-6 * max(1.0, np.abs(slopes).max())
    assert close.mean() > 0.9, (derivatives, slopes)  # a corner of a function may be between two points


def test_the_slopes_of_a_smooth_pool_are_exact() -> None:
    net = pool(output_function="tanh")
    examples = cn.ExampleSet([cn.Example.sequence(np.tile([1.0, 0.3], (6, 1)), np.tile([0.5, -0.1], (6, 1)))])
    net.tie_derivative = "sum"
    derivatives = cn.error_derivatives(net, examples, engine="local")[1]
    np.testing.assert_allclose(derivatives, central_differences(net, examples, 1e-5), rtol=1e-6)


def test_a_saved_network_has_its_output_function(tmp_path: Path) -> None:
    net = pool()
    cn.save_network(net, tmp_path / "pool.npz")
    loaded = cn.load_network(tmp_path / "pool.npz")
    assert loaded["pool"].output_function == net["pool"].output_function
    inputs = np.tile([1.0, 0.3], (9, 1))
    assert loaded.forward(inputs).tobytes() == net.forward(inputs).tobytes()


def test_the_arithmetic_is_explained() -> None:
    net = pool(output_function="tanh")
    net.forward(np.tile([1.0, 0.3], (4, 1)))
    net.backward(np.tile([0.5, -0.1], (4, 1)))
    for tick, unit in product((1, 2, 3, 4), (0, 1)):
        explained: Any = net.unrolled.unit(f"pool:{unit}@{tick}").explain()  # type: ignore[union-attr]
        assert explained.net_input.total == explained.net_input.stored
        assert explained.activation.value == explained.activation.stored
        assert explained.net_derivative.agreement == "exact"
        assert explained.activation_derivative.agreement == "exact"
    text = str(explained)
    assert "previous" in text
    assert "output" in text


@pytest.mark.parametrize("seed", range(40))
def test_forward_passes_of_the_compiled_engine_agree_with_the_objects(seed: int) -> None:
    time = {"dynamic": True, "delays": seed % 2 == 0, "integrators": seed % 3 == 0, "initial": True, "ticks": 6, "continues": seed % 5 == 0}
    options = {**time, "noise": seed % 4 == 0, "perturbed": seed % 7 < 3, "errors": ("squared",)}
    states = []
    for engine in ("local", "compiled"):
        net, examples = random_network(seed, cases=7, **options)
        probe = UnitProbe(("net_input", "activation"), tuple(net.schedule.units), np.arange(len(examples)))
        recorded = cn.engine(engine).states(net, examples, probe)
        states.append((recorded, [unit.activation for unit in net.units], [unit.output for unit in net.units]))
    for local, compiled in zip(*states, strict=True):
        np.testing.assert_allclose(compiled, local, rtol=1e-12, atol=1e-12)


def test_forward_passes_in_single_precision() -> None:
    net, examples = random_network(2, cases=7, dynamic=True, delays=True, initial=True, errors=("squared",))
    assert any(group.dynamic for group in net.groups)
    assert any(group.output_function for group in net.groups)
    single = net.outputs(examples, engine=cn.engine("compiled", precision="float32"))
    np.testing.assert_allclose(single, net.outputs(examples, engine="local"), rtol=1e-4, atol=1e-4)


def test_a_changed_output_function_is_seen_by_the_next_pass() -> None:
    net = pool(output_function="tanh")
    examples = cn.ExampleSet([cn.Example.sequence(np.ones((5, 2)), np.full((5, 2), 0.5))])
    before = net.outputs(examples)
    net["pool"].output_function = "logistic"
    np.testing.assert_allclose(net.outputs(examples), net.outputs(examples, engine="local"), rtol=1e-12)
    assert not np.array_equal(before, net.outputs(examples))


def test_an_exception_of_a_dynamic_function_is_raised() -> None:
    net = pool()
    net["pool"].activation_function = Reciprocal()
    examples = cn.ExampleSet([cn.Example.sequence(np.zeros((3, 2)), np.full((3, 2), 0.5))])
    net["pool"].initial = 0.0
    for engine in ("compiled", "local"):
        with pytest.raises(ZeroDivisionError):
            net.outputs(examples, engine=engine)


def test_the_compiled_engine_says_once_that_it_does_not_train() -> None:
    net = pool()
    examples = cn.ExampleSet([cn.Example.sequence(np.ones((3, 2)), np.full((3, 2), 0.5))])
    np.testing.assert_array_equal(net.outputs(examples), net.outputs(examples, engine="local"))  # without a warning
    message = "group 'pool', activation function 'interactive_activation': the engine 'compiled' has no kernels for it, so it is run by"
    with pytest.warns(UserWarning, match=message) as caught:
        run = cn.train(net, examples, rule="steepest", epochs=3)
    assert len(caught) == 1
    assert len(run.log) == 3


def test_what_does_not_fit_raises() -> None:
    net = pool()
    with pytest.raises(
        ParameterError, match=r"group 'a', integrates: must be None \(got 'activation'\), since 'brain_state_in_a_box' is a"
    ):
        net.add_group("a", 1, activation="brain_state_in_a_box", integrates="activation")
    with pytest.raises(ParameterError, match="group 'a', output_function: is for hidden and output groups only"):
        net.add_group("a", 1, role="input", output_function="tanh")
    with pytest.raises(ParameterError, match=r"group 'a', output_function: must be the name of an activation function .* \(got 'softmax'"):
        net.add_group("a", 1, output_function="softmax")
    with pytest.raises(ParameterError, match=r"cannot change from 'interactive_activation' \(a function of single units and their"):
        net["pool"].activation_function = "tanh"
    net["pool"].output_function = "tanh"
    net.add_group("plain", 1)
    with pytest.raises(ParameterError, match="group 'plain', output_function: cannot be added to a group without one; give"):
        net["plain"].output_function = "tanh"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"minimum": 2.0}, "minimum must be below maximum"),
        ({"rest": 2.0}, r"rest must be from minimum to maximum, -0\.2 to 1\.0 \(got 2\.0\)"),
        ({"decay": 1.5}, "decay"),
    ],
)
def test_parameters_out_of_range_raise(parameters: dict[str, float], message: str) -> None:
    with pytest.raises((ParameterError, PluginError), match=message):
        cn.activation_function("interactive_activation", **parameters)
