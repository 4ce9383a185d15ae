"""Rules with signals of a whole group: Sanger's, BCM, competitive learning and Kohonen's map."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.testing.procedures import check_joint_signals

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "procedures_golden.json").read_text())
RULES = ("sanger", "bcm", "competitive", "kohonen")


def without_targets(inputs: Any) -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(inputs, np.zeros((len(inputs), 0)))


def one_layer(weights: Any, columns: int | None = None) -> cn.Network:
    """Return a network of linear units without biases with these weights [receiver, sender]."""
    net = cn.Network("layer")
    net.add_group("input", np.shape(weights)[1], role="input")
    group = net.add_group("layer", len(weights), activation="linear", biased=False)
    group.columns = columns
    net.connect("input", "layer", weights=np.array(weights, float).T)
    return net


def train(net: cn.Network, inputs: Any, rule: Any, epochs: int, **settings: Any) -> cn.Run:
    return cn.train(net, without_targets(inputs), rule, epochs, update_after=1, engine="local", **settings)


def weights_of(net: cn.Network) -> Any:
    """Return the weights [receiver, sender]."""
    return net.projection("input", "layer").weights.T


@pytest.mark.parametrize("epochs", [1, 2, 20, 100])
def test_sanger_has_the_weights_of_the_golden_numbers(epochs: int) -> None:
    golden = GOLDEN["oja_sanger"]
    net = one_layer(golden["sanger_start"])
    train(net, golden["data"], cn.rule("sanger", rate=golden["rate"]), epochs)
    np.testing.assert_allclose(weights_of(net), golden["sanger_after_epoch"][str(epochs)], rtol=0, atol=1e-12)


def test_sanger_finds_the_first_principal_components() -> None:
    golden = GOLDEN["oja_sanger"]
    centred = np.array(golden["data"]) - np.mean(golden["data"], axis=0)
    covariance = centred.T @ centred
    net = one_layer([*golden["sanger_start"], [0.1, -0.2, 0.3, 0.4]])
    four = without_targets(np.linalg.cholesky(covariance).T)  # examples with this covariance
    cn.train(net, four, cn.rule("sanger", rate=0.04), 500, engine="local")
    _, axes = np.linalg.eigh(covariance)
    found, wanted = weights_of(net), axes[:, ::-1][:, :3].T
    signs = np.sign((found * wanted).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found, signs * wanted, rtol=0, atol=1e-5)


@pytest.mark.parametrize("rounds", [1, 2, 20, 100])
def test_bcm_has_the_weights_of_the_golden_numbers(rounds: int) -> None:
    golden = GOLDEN["bcm"]
    net = one_layer([golden["start"]])
    rule = cn.rule("bcm", rate=golden["rate"], threshold_rate=golden["theta_rate"])
    train(net, golden["patterns"], rule, rounds)
    np.testing.assert_allclose(weights_of(net)[0], golden["after_rounds"][str(rounds)]["w"], rtol=0, atol=1e-12)


def test_bcm_makes_a_unit_respond_to_one_of_two_patterns_with_2() -> None:
    net = one_layer([[0.6, 1.2]])
    patterns = np.array(GOLDEN["bcm"]["patterns"])
    train(net, patterns, cn.rule("bcm", rate=0.02, threshold_rate=0.05), 3000)
    np.testing.assert_allclose(sorted(patterns @ weights_of(net)[0]), [0.0, 2.0], rtol=0, atol=0.15)  # the threshold hovers about 2


def test_bcm_that_goes_on_has_the_bits_of_one_training() -> None:
    nets = [one_layer([GOLDEN["bcm"]["start"]]) for _ in range(2)]
    train(nets[0], GOLDEN["bcm"]["patterns"], "bcm", 20)
    run = train(nets[1], GOLDEN["bcm"]["patterns"], "bcm", 12)
    cn.train(nets[1], without_targets(GOLDEN["bcm"]["patterns"]), "bcm", 8, update_after=1, continue_from=run)
    assert nets[0].weight_values.tobytes() == nets[1].weight_values.tobytes()


def test_a_checkpoint_of_bcm_has_its_thresholds(tmp_path: Path) -> None:
    nets = [one_layer([GOLDEN["bcm"]["start"]]) for _ in range(2)]
    train(nets[0], GOLDEN["bcm"]["patterns"], "bcm", 20)
    train(nets[1], GOLDEN["bcm"]["patterns"], "bcm", 12, checkpoint=tmp_path / "run")
    run = cn.resume(tmp_path / "run", epochs=20)
    assert nets[0].weight_values.tobytes() == run.network.weight_values.tobytes()


def compete(weights: Any, inputs: Any, rate: float) -> Any:
    """Return the weights after competitive learning by the formula of the program ``cl``."""
    weights = np.array(weights, float)
    for row in np.array(inputs, float):
        if row.any():
            winner = int(np.argmax([sum(w * x for w, x in zip(each, row, strict=True)) for each in weights]))
            weights[winner] += rate * (row / np.count_nonzero(row) - weights[winner])
    return weights


def test_competitive_learning_is_that_of_cl() -> None:
    random = cn.random_stream(1, "weights")
    weights = random.random((3, 6))
    weights /= weights.sum(axis=1, keepdims=True)
    inputs = (random.random((20, 6)) < 0.4).astype(float)
    inputs[7] = 0.0
    net = one_layer(weights)
    train(net, inputs, cn.rule("competitive", rate=0.3), 1)
    np.testing.assert_allclose(weights_of(net), compete(weights, inputs, 0.3), rtol=0, atol=1e-14)
    np.testing.assert_allclose(weights_of(net).sum(axis=1), 1.0, rtol=0, atol=1e-14)


def test_the_first_of_equal_units_wins_and_none_without_active_senders() -> None:
    net = one_layer([[0.5, 0.5], [0.5, 0.5]])
    train(net, [[0, 0]], "competitive", 1)
    assert weights_of(net).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    train(net, [[1, 0]], cn.rule("competitive", rate=0.5), 1)
    assert weights_of(net).tolist() == [[0.75, 0.25], [0.5, 0.5]]


def organize(weights: Any, inputs: Any, rate: float, width: float, columns: int) -> Any:
    """Return the weights of a map by the formula of MiniSom with a constant rate and width."""
    weights = np.array(weights, float)
    for row in np.array(inputs, float):
        winner = int(np.argmin(np.linalg.norm(row - weights, axis=1)))
        for unit in range(len(weights)):
            across, down = unit % columns - winner % columns, unit // columns - winner // columns
            weights[unit] += rate * np.exp(-(across**2 + down**2) / (2 * width**2)) * (row - weights[unit])
    return weights


@pytest.mark.parametrize("columns", [3, None])
def test_a_map_is_that_of_minisom(columns: int | None) -> None:
    random = cn.random_stream(2, "weights")
    weights, inputs = random.random((6, 2)), random.random((30, 2))
    net = one_layer(weights, columns)
    train(net, inputs, cn.rule("kohonen", rate=0.4, width=0.8), 1)
    np.testing.assert_allclose(weights_of(net), organize(weights, inputs, 0.4, 0.8, columns or 6), rtol=0, atol=1e-14)


def test_a_map_of_a_square_unfolds() -> None:
    random = cn.random_stream(3, "weights")
    net = one_layer(0.5 + 0.01 * random.random((16, 2)), 4)
    schedule = {"width": {0: 1.5, 5: 0.8, 10: 0.4}, "rate": {0: 0.5, 5: 0.2, 10: 0.05}}
    train(net, random.random((150, 2)), "kohonen", 15, schedule=schedule)
    grid = weights_of(net).reshape(4, 4, 2)
    across, down = np.diff(grid, axis=1).reshape(-1, 2), np.diff(grid, axis=0).reshape(-1, 2)
    lengths = np.linalg.norm(np.concatenate([across, down]), axis=1)
    assert lengths.max() < 0.45  # neighbours on the grid are neighbours in the square
    assert (across @ across.T > 0).mean() > 0.9
    assert (down @ down.T > 0).mean() > 0.9
    assert np.ptp(grid.reshape(-1, 2), axis=0).min() > 0.5


@pytest.mark.parametrize("name", RULES)
def test_signals_are_a_procedure_for_rules_of_derivatives(name: str) -> None:
    inputs, weights = [[0.2, 0.9], [0.7, 0.1]], [[0.3, 0.6], [0.8, 0.1]]
    nets = [one_layer(weights) for _ in range(2)]
    train(nets[0], inputs, cn.rule(name, rate=0.125), 3)
    train(nets[1], inputs, cn.rule("steepest", rate=0.125), 3, procedure=name)
    np.testing.assert_array_equal(nets[0].weight_values, nets[1].weight_values)
    with pytest.raises(cn.errors.ParameterError, match=f"rule '{name}' has a learning procedure already"):
        train(nets[0], inputs, name, 1, procedure="back_propagation")


@pytest.mark.parametrize("name", RULES)
def test_the_compiled_engine_gives_the_training_to_local(name: str) -> None:
    inputs, weights = [[0.2, 0.9], [0.7, 0.1]], [[0.3, 0.6], [0.8, 0.1]]
    nets = [one_layer(weights) for _ in range(2)]
    train(nets[0], inputs, name, 3)
    with pytest.warns(UserWarning, match=f"rule '{name}': the engine 'compiled' has no kernels"):
        cn.train(nets[1], without_targets(inputs), name, 3, update_after=1)
    np.testing.assert_array_equal(nets[0].weight_values, nets[1].weight_values)


@pytest.mark.parametrize("name", RULES)
def test_a_step_makes_the_change_of_a_training(name: str) -> None:
    weights = [[0.3, 0.6], [0.8, 0.1]]
    nets = [one_layer(weights) for _ in range(2)]
    train(nets[0], [[0.2, 0.9]], name, 1)
    list(cn.step(nets[1], [0.2, 0.9], [], rule=name))
    np.testing.assert_array_equal(nets[0].weight_values, nets[1].weight_values)
    assert "∂E/∂x" in str(nets[1].unit("layer:0").explain())


@pytest.mark.parametrize(("tie_derivative", "share"), [("sum", 1.0), ("mean", 0.5)])
def test_signals_of_all_ticks_are_summed_or_averaged(tie_derivative: str, share: float) -> None:
    net = one_layer([[0.3, 0.6], [0.8, 0.1]])
    net.tie_derivative = tie_derivative
    net.connect("layer", "layer", delay=1, weights=np.zeros((2, 2)))
    for connection in net.projection("layer", "layer"):
        connection.weight.trainable = False
    sequence = np.array([[0.2, 0.9], [0.7, 0.1]])
    examples = cn.ExampleSet([cn.Example.sequence(sequence, np.zeros((2, 0)))])
    _, found = cn.error_derivatives(net, examples, "local", procedure="sanger")
    wanted = np.zeros((2, 2))
    for row in sequence:
        y = np.array([[0.3, 0.6], [0.8, 0.1]]) @ row
        wanted += np.outer(y, row) - np.tril(np.outer(y, y)) @ np.array([[0.3, 0.6], [0.8, 0.1]])
    columns = {weight: index for index, weight in enumerate(net.weights)}
    got = [[found[columns[net.connection(f"input:{i}", f"layer:{j}").weight]] for i in range(2)] for j in range(2)]
    np.testing.assert_allclose(got, -share * wanted, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", RULES)
def test_targets_are_an_error(name: str) -> None:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output", biased=False)
    net.connect("input", "output")
    with pytest.raises(cn.errors.DataError, match=f"rule '{name}': learns without targets, and example '0' has some; give NaN"):
        cn.train(net, cn.ExampleSet.from_arrays([[0, 1]], [[1]]), name, 1)


@pytest.mark.parametrize("name", ["competitive", "kohonen"])
def test_biases_are_an_error(name: str) -> None:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("layer", 2)
    net.connect("input", "layer")
    with pytest.raises(cn.errors.WiringError, match=r"so 'layer' must have no biases.*network.add_group\('layer', 2, biased=False\)"):
        cn.train(net, without_targets([[0, 1]]), name, 1)


def test_units_with_different_senders_are_an_error() -> None:
    net = one_layer([[0.3, 0.6], [0.8, 0.1]])
    net.lesion(net.connection("input:0", "layer:1"))
    message = (
        r"group 'layer' must have the same senders, and input:0 → layer:1 is missing beside input:0 → layer:0, since 'layer' has lesions"
    )
    with pytest.raises(cn.errors.WiringError, match=message):
        train(net, [[0, 1]], "sanger", 1)


def test_of_several_missing_senders_the_first_is_named() -> None:
    senders = 40
    net = one_layer([[0.1] * senders] * 2)
    for sender in range(3, senders):
        net.lesion(net.connection(f"input:{sender}", "layer:1"))
    with pytest.raises(cn.errors.WiringError, match="input:3 → layer:1 is missing beside input:3 → layer:0"):
        train(net, [[0.0] * senders], "sanger", 1)


def test_a_network_without_a_group_that_learns_is_an_error() -> None:
    net = one_layer([[0.3, 0.6]])
    for weight in net.weights:
        weight.trainable = False
    with pytest.raises(cn.errors.WiringError, match="no group with trainable incoming weights"):
        train(net, [[0, 1]], "sanger", 1)


Keep = Callable[[dict[str, Any], Any], object]
KEEP: dict[str, Keep] = {}


@dataclass(frozen=True)
class Traces(cn.JointRule):
    """A rule with two traces of the activations, the second one case later."""

    rate: float = 0.125
    name = "traces"
    unit_memory = ("first", "second")

    def signals(self, values: Any, senders: Any, net_inputs: Any, activations: Any, positions: Any, memory: Any) -> Any:
        trace = memory["second"].copy()
        KEEP["keep"](memory, activations)
        return np.outer(trace, senders)


def write(memory: dict[str, Any], new: Any) -> None:
    memory["second"][:] = memory["first"]
    memory["first"][:] = new


def assign(memory: dict[str, Any], new: Any) -> None:
    memory["second"], memory["first"] = memory["first"], new


def swap(memory: dict[str, Any], new: Any) -> None:
    memory["second"][:] = new
    memory["first"], memory["second"] = memory["second"], memory["first"]


def trained(keep: Keep, engine: str) -> Any:
    KEEP["keep"] = keep
    net = one_layer([[0.3, 0.6], [0.8, 0.1]])
    cn.train(net, without_targets([[0.2, 0.9], [0.7, 0.1], [0.5, 0.5]]), Traces(), 2, update_after=1, engine=engine)
    return weights_of(net)


OWN = np.zeros(2)  # one array that is assigned each time


def reuse(memory: dict[str, Any], new: Any) -> None:
    OWN[:] = new  # must not change what was kept in the case before
    memory["second"][:] = memory["first"]
    memory["first"] = OWN


@pytest.mark.filterwarnings("ignore:.*has no kernels")
@pytest.mark.parametrize("keep", [assign, swap, reuse])
def test_arrays_that_are_assigned_to_the_memory_are_kept(keep: Keep, engine: str) -> None:
    np.testing.assert_array_equal(trained(keep, engine), trained(write, engine))


NUMBERS = r"signals must assign an array of 2 numbers, one for each unit of layer, to memory\['first'\] \(got "
NAMES = r"signals must keep the names of unit_memory in memory, \('first', 'second'\) \(got "


@pytest.mark.filterwarnings("ignore:.*has no kernels")
@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (lambda memory, new: memory.update(first=1.0), f"{NUMBERS}1.0"),
        (lambda memory, new: memory.update(first=[0.5, 1.0]), NUMBERS + r"\[0.5, 1.0\]"),
        (lambda memory, new: memory.update(first=np.zeros(3)), f"{NUMBERS}array"),
        (lambda memory, new: memory.update(first=np.array(["a", "b"])), f"{NUMBERS}array"),
        (lambda memory, new: memory.update(frist=new), NAMES + r"\('first', 'second', 'frist'\)"),
        (lambda memory, new: memory.pop("first"), NAMES + r"\('second',\)"),
    ],
)
def test_a_memory_that_cannot_be_kept_is_an_error(keep: Keep, message: str, engine: str) -> None:
    with pytest.raises(cn.errors.PluginError, match=f"^rule 'traces': {message}"):
        trained(keep, engine)


@pytest.mark.parametrize("name", ["frist", "second"])
def test_the_check_of_a_plugin_finds_another_memory(name: str) -> None:
    KEEP["keep"] = lambda memory, new: memory.pop(name) if name in memory else memory.update({name: new})
    with pytest.raises(AssertionError, match=r"Traces, memory: must be \('first', 'second'\) after signals"):
        check_joint_signals(Traces())
