"""The numbers of the learning procedures, compared with other programs and with what each tends to."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "procedures_golden.json").read_text())
NET = {name: np.array(values) for name, values in GOLDEN["feedback_alignment"]["net"].items()}
EXACT: dict[str, Any] = {"rtol": 0, "atol": 1e-14}


def layered(activation: str = "logistic") -> cn.Network:
    """Return the network 3-4-2 of the numbers, which is not symmetric."""
    net = cn.Network("layered")
    net.add_group("input", 3, role="input")
    net.add_group("hidden", 4)
    net.add_group("output", 2, role="output", activation=activation)
    net.connect("input", "hidden", weights=NET["W1"].T)
    net.connect("hidden", "output", weights=NET["W2"].T)
    for group, biases in (("hidden", "b1"), ("output", "b2")):
        for index, bias in enumerate(NET[biases].tolist()):
            net.connection("bias", f"{group}:{index}").weight.value = bias
    return net


def symmetric() -> cn.Network:
    """Return the same network with symmetric connections between hidden and output units."""
    net = layered()
    net.make_symmetric("hidden", "output")
    return net


def matrix(net: cn.Network, values: Any, sender: str, receiver: str) -> Any:
    """Return the numbers of the weights between two groups, [receiver, sender]."""
    column = {weight: index for index, weight in enumerate(net.weights)}
    senders = [net.unit("bias")] if sender == "bias" else list(net[sender])
    return np.array([[values[column[net.connection(one, other).weight]] for one in senders] for other in net[receiver]])


def held(inputs: Any, targets: Any, ticks: int) -> cn.Example:
    """Return an example with the same inputs at all ticks and targets at the last."""
    no_targets = np.full((ticks - 1, len(targets)), np.nan)
    return cn.Example.sequence(np.tile(inputs, (ticks, 1)), np.vstack([no_targets, targets]))


class GivenFeedback(cn.BackwardProcedure):
    """Feedback alignment with the backward weights of the numbers, step by step."""

    name = "given"

    def backward_weights(self, network: cn.Network) -> Any:
        """Return the weights back from the output units; 0 for others."""
        given = np.zeros(len(network.weights))
        column = {weight: index for index, weight in enumerate(network.weights)}
        for (hidden, output), weight in np.ndenumerate(GOLDEN["feedback_alignment"]["B"]):
            given[column[network.connection(f"hidden:{hidden}", f"output:{output}").weight]] = weight
        return given


class GivenDirectFeedback(cn.BackwardProcedure):
    """Direct feedback alignment with the weights of the numbers."""

    name = "given_directly"

    def direct_weights(self, network: cn.Network) -> Any:
        """Return the weights [hidden unit, output unit]."""
        return np.array(GOLDEN["feedback_alignment"]["B"])


@pytest.mark.parametrize("procedure", [GivenFeedback(), GivenDirectFeedback()])
def test_feedback_alignment_has_the_derivatives_of_other_programs(engine: str, procedure: Any) -> None:
    golden, net = GOLDEN["feedback_alignment"], layered()
    examples = cn.ExampleSet.from_arrays(NET["inputs"], NET["targets"])
    _, derivatives = cn.error_derivatives(net, examples, engine=engine, procedure=procedure)
    for name, (sender, receiver) in {"W1": ("input", "hidden"), "b1": ("bias", "hidden")}.items():
        wanted = np.array(golden["dE"]["fa_B_times_delta_out"][name])
        np.testing.assert_allclose(matrix(net, derivatives, sender, receiver), wanted.reshape(4, -1), **EXACT)
    np.testing.assert_allclose(matrix(net, derivatives, "hidden", "output"), golden["dE"]["bp"]["W2"], **EXACT)


@pytest.mark.parametrize(
    ("name", "procedure"), [("local", GivenFeedback()), ("compiled", GivenFeedback()), ("local", GivenDirectFeedback())]
)
def test_feedback_alignment_has_the_weights_of_other_programs_after_training(name: str, procedure: Any) -> None:
    net, examples = layered(), cn.ExampleSet.from_arrays(NET["inputs"], NET["targets"])
    cn.train(net, examples, cn.rule("steepest", rate=0.5), 200, procedure=procedure, engine=name)
    golden = GOLDEN["feedback_alignment"]["training_rate_0.5_full_batch"]["200"]
    np.testing.assert_allclose(matrix(net, net.weight_values, "input", "hidden"), golden["W1"], **EXACT)
    np.testing.assert_allclose(matrix(net, net.weight_values, "hidden", "output"), golden["W2"], **EXACT)


def test_contrastive_hebbian_and_generec_have_the_changes_of_the_golden_numbers() -> None:
    golden, net = GOLDEN["contrastive_hebbian_generec"], symmetric()
    case = GOLDEN["equilibrium_propagation"]
    examples = cn.ExampleSet([held(case["input"], case["target"], 400)])
    _, found = cn.error_derivatives(net, examples, engine="local", procedure="contrastive_hebbian")
    np.testing.assert_allclose([unit.activation for unit in net["hidden"]], golden["minus"]["hidden"], **EXACT)
    wanted = golden["chl_change_rate_1"]
    for name, (sender, receiver) in {"W1": ("input", "hidden"), "W2": ("hidden", "output"), "b2": ("bias", "output")}.items():
        changes = -matrix(net, found, sender, receiver)
        np.testing.assert_allclose(changes, np.array(wanted[name]).reshape(changes.shape), rtol=0, atol=1e-12)
    same = cn.procedure("generec", midpoint=True, symmetric=True)
    _, generec = cn.error_derivatives(net, examples, engine="local", procedure=same)
    np.testing.assert_allclose(generec, found, rtol=0, atol=1e-12)


def test_generec_has_the_changes_of_the_golden_numbers_in_both_directions() -> None:
    net, case = layered(), GOLDEN["equilibrium_propagation"]
    net.connect("output", "hidden", delay=1, weights=NET["W2"])
    examples = cn.ExampleSet([held(case["input"], case["target"], 400)])
    _, found = cn.error_derivatives(net, examples, engine="local", procedure="generec")
    golden = GOLDEN["contrastive_hebbian_generec"]["generec_change_rate_1"]
    np.testing.assert_allclose(-matrix(net, found, "hidden", "output"), golden["W2"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(-matrix(net, found, "output", "hidden").T, golden["W2_backward_weights"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("beta", ["0.5", "0.1"])
def test_equilibrium_propagation_has_the_changes_of_the_golden_numbers(beta: str) -> None:
    golden, net = GOLDEN["equilibrium_propagation"], symmetric()
    procedure = cn.procedure("equilibrium_propagation", beta=float(beta), cost="state", steps=5000, criterion=1e-14)
    examples = cn.ExampleSet([held(golden["input"], golden["target"], 2)])
    _, found = cn.error_derivatives(net, examples, engine="local", procedure=procedure)
    np.testing.assert_allclose([unit.net_input for unit in net["hidden"]], golden["free"]["hidden"], rtol=0, atol=1e-13)
    for name, (sender, receiver) in {"dWx": ("input", "hidden"), "dWy": ("hidden", "output"), "dbo": ("bias", "output")}.items():
        changes = -matrix(net, found, sender, receiver)
        np.testing.assert_allclose(changes, np.array(golden["nudged"][beta][name]).reshape(changes.shape), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("is_symmetric", "most"), [(False, 0.0025), (True, 2e-5)])
def test_equilibrium_propagation_tends_to_the_derivatives(is_symmetric: bool, most: float) -> None:
    golden, net = GOLDEN["equilibrium_propagation"], symmetric()
    procedure = cn.procedure("equilibrium_propagation", beta=0.01, symmetric=is_symmetric, cost="state", steps=5000, criterion=1e-14)
    examples = cn.ExampleSet([held(golden["input"], golden["target"], 2)])
    _, found = cn.error_derivatives(net, examples, engine="local", procedure=procedure)
    difference = np.abs(matrix(net, found, "hidden", "output") - golden["exact_dC"]["Wy"]).max()
    assert 0.1 * most < difference < most


def test_predictive_coding_has_the_changes_of_the_golden_numbers() -> None:
    golden, net = GOLDEN["predictive_coding"], layered("linear")
    examples = cn.ExampleSet.from_arrays([golden["input"]], [golden["target"]])
    procedure = cn.procedure("predictive_coding", steps=5000, criterion=1e-14)
    _, found = cn.error_derivatives(net, examples, engine="local", procedure=procedure)
    np.testing.assert_allclose(-matrix(net, found, "input", "hidden"), golden["equilibrium"]["dW1"], rtol=0, atol=1e-13)
    np.testing.assert_allclose(-matrix(net, found, "hidden", "output"), golden["equilibrium"]["dW2"], rtol=0, atol=1e-13)


@pytest.mark.parametrize("precision", [1.0, 0.1, 0.01, 0.001])
def test_predictive_coding_tends_to_back_propagation_with_the_precision(precision: float) -> None:
    golden, net = GOLDEN["predictive_coding"], layered("linear")
    examples = cn.ExampleSet.from_arrays([golden["input"]], [golden["target"]])
    procedure = cn.procedure("predictive_coding", precision=precision, steps=5000, criterion=1e-14)
    _, found = cn.error_derivatives(net, examples, engine="local", procedure=procedure)
    _, exact = cn.error_derivatives(net, examples, engine="local")
    of_found, of_exact = matrix(net, found, "bias", "hidden"), matrix(net, exact, "bias", "hidden")
    difference = np.abs(of_found - of_exact).max() / np.abs(of_exact).max()
    assert difference == pytest.approx(golden["output_precision_pi"]["by_pi"][str(precision)], rel=1e-6)


def test_almeida_pineda_has_the_derivatives_of_the_golden_numbers() -> None:
    golden = GOLDEN["almeida_pineda"]
    net = cn.Network("recurrent")
    net.add_group("input", 5, role="input")
    net.add_group("hidden", 3, biased=False)
    net.add_group("output", 2, role="output", biased=False)
    weights, external = np.array(golden["W"]), np.eye(5)
    rows = {"hidden": slice(0, 3), "output": slice(3, 5)}
    for receiver, of_receiver in rows.items():
        net.connect("input", receiver, weights=external[:, of_receiver], trainable=False)
        for sender, of_sender in rows.items():
            net.connect(sender, receiver, delay=1, weights=weights[of_receiver, of_sender].T)
    examples = cn.ExampleSet([held(golden["external"], golden["target"], 2)])
    procedure = cn.procedure("almeida_pineda", steps=5000, criterion=1e-14)
    _, found = cn.error_derivatives(net, examples, engine="local", procedure=procedure)
    np.testing.assert_allclose([unit.activation for unit in net["output"]], golden["fixed_point"][3:], **EXACT)
    for receiver, of_receiver in rows.items():
        for sender, of_sender in rows.items():
            wanted = np.array(golden["minus_dE_dW"])[of_receiver, of_sender]
            np.testing.assert_allclose(-matrix(net, found, sender, receiver), wanted, rtol=0, atol=1e-13)


def recurrent(seed: int, tie_derivative: str) -> tuple[cn.Network, cn.ExampleSet]:
    """Return a recurrent network with several delays, a tie and a skip, and random sequences."""
    net = cn.Network("recurrent", tie_derivative=tie_derivative)
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output")
    for sender, receiver, delay in (("input", "hidden", 0), ("hidden", "hidden", 1), ("hidden", "output", 0), ("output", "hidden", 2)):
        net.connect(sender, receiver, delay=delay)
    net.connect("input", "output", delay=1)
    net.randomize(0.8, seed=seed)
    net.tie(["hidden:0 → hidden:1", "hidden:1 → hidden:2"])
    numbers = np.random.default_rng(seed)
    targets = np.where(numbers.random((3, 6, 2)) < 0.5, np.nan, numbers.random((3, 6, 2)))
    return net, cn.ExampleSet([cn.Example.sequence(numbers.normal(size=(6, 2)), target) for target in targets])


@pytest.mark.parametrize("tie_derivative", ["mean", "sum"])
@pytest.mark.parametrize("seed", range(3))
def test_real_time_recurrent_learning_is_back_propagation_through_time(seed: int, tie_derivative: str) -> None:
    net, examples = recurrent(seed, tie_derivative)
    error, found = cn.error_derivatives(net, examples, engine="local", procedure="real_time_recurrent")
    wanted_error, wanted = cn.error_derivatives(net, examples, engine="local")
    assert error == pytest.approx(wanted_error, rel=1e-14)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-14)


def test_almeida_pineda_is_back_propagation_through_many_ticks() -> None:
    net = cn.Network("settling", tie_derivative="sum")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output")
    for sender, receiver, delay in (("input", "hidden", 0), ("hidden", "hidden", 1), ("hidden", "output", 0), ("output", "hidden", 1)):
        net.connect(sender, receiver, delay=delay)
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet([held([0.3, -0.8], [0.2, 0.9], 150)])
    procedure = cn.procedure("almeida_pineda", criterion=1e-16)
    _, found = cn.error_derivatives(net, examples, engine="local", procedure=procedure)
    _, wanted = cn.error_derivatives(net, examples, engine="local")
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-13)


def test_recirculation_has_the_weights_of_the_golden_numbers() -> None:
    golden = GOLDEN["recirculation"]
    net = cn.Network("encoder")
    net.add_group("visible", 4, role="input")
    net.add_group("hidden", 2)
    net.add_group("reconstruction", 4, role="output")
    net.connect("visible", "hidden", weights=np.array(golden["W_vh"]).T)
    net.connect("hidden", "reconstruction", weights=np.array(golden["W_hv"]).T)
    examples = cn.ExampleSet.from_arrays(golden["visible"], golden["visible"])
    rule = cn.rule("steepest", rate=golden["rate"])
    cn.train(net, examples, rule, 20, update_after=1, procedure="recirculation", engine="local")
    wanted = golden["after_epoch"]["20"]
    for name, (sender, receiver) in {"W_vh": ("visible", "hidden"), "W_hv": ("hidden", "reconstruction")}.items():
        np.testing.assert_allclose(matrix(net, net.weight_values, sender, receiver), wanted[name], rtol=0, atol=1e-12)
    np.testing.assert_allclose(matrix(net, net.weight_values, "bias", "hidden").ravel(), wanted["b_h"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("epochs", [1, 2, 20, 100])
def test_oja_has_the_weights_of_the_golden_numbers(engine: str, epochs: int) -> None:
    golden = GOLDEN["oja_sanger"]
    net = cn.Network("component")
    net.add_group("input", 4, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "output", weights=np.array([golden["oja_start"]]).T)
    no_targets = np.full((len(golden["data"]), 1), np.nan)
    cn.train(
        net,
        cn.ExampleSet.from_arrays(golden["data"], no_targets),
        cn.rule("oja", rate=golden["rate"]),
        epochs,
        update_after=1,
        engine=engine,
    )
    np.testing.assert_allclose(net.weight_values, golden["oja_after_epoch"][str(epochs)], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("targets", "converges"), [([0, 0, 0, 1], True), ([0, 1, 1, 1], True), ([0, 1, 1, 0], False)])
def test_perceptron_converges_on_separable_patterns_and_never_on_exclusive_or(targets: list[int], converges: bool) -> None:
    net = cn.Network("perceptron")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    examples = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[target] for target in targets])
    for seed in range(5):
        net.randomize(1.0, seed=seed)
        run = cn.train(net, examples, cn.rule("perceptron", rate=0.1), 300, update_after=1, until=cn.Criterion(correct=1.0))
        assert (run.stopped == "criterion") == converges
