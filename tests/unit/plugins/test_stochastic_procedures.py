"""Procedures with random units: their mean signals are derivatives that are known by enumeration."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import WiringError
from connectionist.utils.arrays import Array

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "procedures_golden.json").read_text())


def machine(weights: Array, biases: Array, visible: int) -> cn.Network:
    """Return a Boltzmann machine without inputs whose first units are visible."""
    net = cn.Network("machine")
    net.add_group("visible", visible, role="output")
    net.add_group("hidden", len(biases) - visible)
    units = [*net["visible"], *net["hidden"]]
    for first, second in (("visible", "visible"), ("hidden", "hidden"), ("visible", "hidden")):
        mask = np.array([[bool(weights[units.index(i), units.index(j)]) for j in net[second]] for i in net[first]])
        if mask.any():
            net.connect(first, second, mask, delay=1)
            net.make_symmetric(first, second)
    for connection in net.connections:
        if connection.sender.group.role == "bias":
            connection.weight.value = float(biases[units.index(connection.receiver)])
        else:
            connection.weight.value = float(weights[units.index(connection.sender), units.index(connection.receiver)])
    return net


def held(data: Array, copies: int) -> cn.ExampleSet:
    return cn.ExampleSet([cn.Example.sequence(np.zeros((1, 0)), row[None]) for _ in range(copies) for row in np.array(data, float)])


def mean_signals(net: cn.Network, examples: cn.ExampleSet, procedure: object, engine: str) -> Array:
    """Return the mean signal per example of each weight. The weights change by less than their rounding."""
    cn.train(net, examples, cn.rule("steepest", rate=1e-30), 1, procedure=procedure, engine=engine, seed=0)  # type: ignore[arg-type]
    return -net.weight_state.array("derivative")[net.weight_rows] / len(examples)


def signals(net: cn.Network, examples: cn.ExampleSet, procedure: object, engine: str) -> dict[tuple[str, str], float]:
    """Return the mean signal per example of each pair of units."""
    found = mean_signals(net, examples, procedure, engine)
    column = {weight: index for index, weight in enumerate(net.weights)}
    return {(c.sender.name, c.receiver.name): found[column[c.weight]] for c in net.connections}


def test_boltzmann_statistics_equal_enumeration(engine: str) -> None:
    golden = GOLDEN["boltzmann_exact"]
    net = machine(np.array(golden["W"]), np.array(golden["b"]), visible=3)
    names = [unit.name for unit in (*net["visible"], *net["hidden"])]
    procedure = cn.procedure("boltzmann", annealing=20, samples=1500)
    found = signals(net, held(golden["data"], 1), procedure, engine)
    for i, j in product(range(5), range(5)):
        if i != j:
            assert found[names[i], names[j]] == pytest.approx(golden["by_T"]["1.0"]["dw"][i][j], abs=0.06)
    for i in range(5):
        assert found["bias", names[i]] == pytest.approx(golden["by_T"]["1.0"]["db"][i], abs=0.06)


def test_the_deterministic_form_is_at_rest(engine: str) -> None:
    golden = GOLDEN["boltzmann_exact"]
    net = machine(np.array(golden["W"]), np.array(golden["b"]), visible=3)
    data = held(golden["data"][:1], 1)
    procedure = cn.procedure("boltzmann", stochastic=False, temperature=2.0, first_temperature=8.0, samples=200)
    found = signals(net, data, procedure, engine)
    means = {unit.name: unit.activation for unit in (*net["visible"], *net["hidden"])}
    for unit in (*net["visible"], *net["hidden"]):
        x = sum(c.weight.value * (means[c.sender.name] if c.sender.name != "bias" else 1.0) for c in unit.incoming)
        assert means[unit.name] == pytest.approx(1 / (1 + np.exp(-x / 2.0)), abs=1e-12)
    visible = dict(zip((unit.name for unit in net["visible"]), golden["data"][0], strict=True))
    for (sender, receiver), signal in found.items():
        if sender in visible and receiver in visible:
            assert signal == pytest.approx(visible[sender] * visible[receiver] - means[sender] * means[receiver], abs=1e-12)


def test_contrastive_divergence_tends_to_the_derivative_of_the_likelihood(engine: str) -> None:
    golden = GOLDEN["rbm"]
    between = np.array(golden["W"])  # [hidden, visible]
    weights = np.block([[np.zeros((4, 4)), between.T], [between, np.zeros((3, 3))]])
    net = machine(weights, np.array([*golden["visible_bias"], *golden["hidden_bias"]]), visible=4)
    found = signals(net, held(golden["data"], 300), cn.procedure("restricted_boltzmann", steps=12), engine)
    for (hidden, visible), exact in np.ndenumerate(np.array(golden["exact_gradient_of_mean_log_likelihood_W"])):
        assert found[f"visible:{visible}", f"hidden:{hidden}"] == pytest.approx(exact, abs=0.05)


def layered() -> cn.Network:
    net = cn.Network("layered")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=3)
    return net


INPUTS, TARGET = np.array([1.0, -0.5]), np.array([1.0, 0.0])


def mean_reward(net: cn.Network) -> float:
    """Return the exact mean of the reward, over all states of the units."""

    def logistic(x: Array) -> Array:
        return 1 / (1 + np.exp(-x))

    first, second = net.projection("input", "hidden").weights, net.projection("hidden", "output").weights
    of_hidden, of_output = net.projection("bias", "hidden").weights, net.projection("bias", "output").weights
    total = 0.0
    p = logistic(np.asarray(of_hidden).ravel() + INPUTS @ np.asarray(first))
    for hidden in product((0, 1), repeat=2):
        q = logistic(np.asarray(of_output).ravel() + np.array(hidden) @ np.asarray(second))
        for output in product((0, 1), repeat=2):
            chance = np.prod(np.where(hidden, p, 1 - p)) * np.prod(np.where(output, q, 1 - q))
            total += chance * (1 - np.abs(np.array(output) - TARGET).mean())
    return float(total)


@pytest.mark.parametrize("baseline", [0.0, 0.6])
def test_the_mean_signal_of_reinforce_is_the_derivative_of_the_mean_reward(baseline: float, engine: str) -> None:
    net = layered()
    count = 2000
    examples = cn.ExampleSet.from_arrays(np.tile(INPUTS, (count, 1)), np.tile(TARGET, (count, 1)))
    procedure = cn.procedure("reinforce", baseline=baseline)
    found = mean_signals(net, examples, procedure, engine)
    exact = []
    for weight in net.weights:
        value, rewards = weight.value, []
        for moved in (value + 1e-5, value - 1e-5):
            weight.value = moved
            rewards.append(mean_reward(net))
        weight.value = value
        exact.append((rewards[0] - rewards[1]) / 2e-5)
    np.testing.assert_allclose(found, exact, atol=0.03)
    assert np.abs(exact).max() > 0.05


@pytest.mark.parametrize("name", ["boltzmann", "restricted_boltzmann", "reinforce"])
def test_draws_depend_on_the_seed_and_the_epoch_only(name: str, engine: str) -> None:
    golden = GOLDEN["rbm"]
    between = np.array(golden["W"])
    weights = np.block([[np.zeros((4, 4)), between.T], [between, np.zeros((3, 3))]])

    def fresh() -> tuple[cn.Network, cn.ExampleSet]:
        if name == "reinforce":
            return layered(), cn.ExampleSet.from_arrays([[1, 0], [0, 1]], [[1, 0], [0, 1]])
        return machine(weights, np.zeros(7), visible=4), held(golden["data"], 1)

    results = []
    options: dict[str, Any] = {"rule": "steepest", "procedure": name, "engine": engine, "continue_from": None}
    for seed, parts in ((1, (4,)), (1, (2, 2)), (2, (4,))):
        net, examples = fresh()
        options["continue_from"] = None
        for epochs in parts:
            options["continue_from"] = cn.train(net, examples, epochs=epochs, seed=seed, **options)
        results.append(net.weight_values.tobytes())
    assert results[0] == results[1]
    assert results[0] != results[2]


def test_networks_that_cannot_be_run_raise() -> None:
    net = layered()
    examples = cn.ExampleSet.from_arrays([[1, 0]], [[1, 0]])
    with pytest.raises(WiringError, match=r"make_symmetric\('hidden', 'output'\)"):
        cn.train(net, examples, procedure="boltzmann", rule="steepest", epochs=1, engine="local")
    net.make_symmetric("hidden", "output")
    held_examples = cn.ExampleSet([cn.Example.sequence([[1, 0]], [[1, 0]])])
    with pytest.raises(WiringError, match="connections are between hidden and output units only"):
        cn.train(net, held_examples, procedure="restricted_boltzmann", rule="steepest", epochs=1, engine="local")
    with pytest.raises(WiringError, match="'reinforce': runs networks without time"):
        cn.train(net, held_examples, procedure="reinforce", rule="steepest", epochs=1, engine="local")
    for group in ("hidden", "output"):
        net[group].activation_function = "tanh"
    with pytest.raises(WiringError, match="group 'hidden' has 'tanh'; give the group activation='logistic'"):
        cn.train(net, held_examples, procedure="boltzmann", rule="steepest", epochs=1, engine="local")


IN_TIME = ["boltzmann", "real_time_recurrent", "equilibrium_propagation"]
ON_OBJECTS = ["reinforce", "predictive_coding", "almeida_pineda", "recirculation", *IN_TIME]


def with_feedback(name: str) -> cn.Network:
    net = layered()
    if name in IN_TIME:
        net.make_symmetric("hidden", "output")
    return net


def one_case(name: str) -> cn.ExampleSet:
    make = cn.Example.sequence if name in IN_TIME else cn.Example
    inputs, targets = (np.array([each]) if name in IN_TIME else np.array(each) for each in ([1.0, 0.0], [0.0, 1.0]))
    return cn.ExampleSet([make(inputs, targets)])


@pytest.mark.parametrize("name", ON_OBJECTS)
def test_a_lesioned_output_unit_does_not_make_a_case_incorrect(name: str) -> None:
    net = with_feedback(name)
    net.projection("bias", "output").weights = [[-30.0, 0.0]]
    net.lesion("output:1")
    run = cn.train(net, one_case(name), cn.rule("steepest", rate=1e-9), 3, procedure=name, engine="local", seed=1)
    assert run.corrects == [1.0] * 3


@pytest.mark.parametrize("name", ON_OBJECTS)
def test_noise_of_a_test_before_has_no_effect(name: str) -> None:
    found = []
    for is_tested in (False, True):
        net = with_feedback(name)
        net["hidden"].net_input_noise = cn.Noise(5.0, during="testing")
        if is_tested:
            net.outputs(one_case(name))
        cn.train(net, one_case(name), cn.rule("steepest", rate=0.1), 3, procedure=name, engine="local", seed=1)
        found.append(net.weight_values.tobytes())
    assert found[0] == found[1]
