"""Rules beside weights and steps of other programs.

Update rules are compared with Mesh (hbrouwer/mesh), and delta-bar-delta with Jacobs's formula. Search rules are compared with SciPy's
linear conjugate gradients, dense BFGS, MINPACK, and the scaled conjugate gradients of SNNS. The golden files say what was compared with
what.

Weights above 130 are not compared: derivatives of saturated units then round to 0 in Mesh, and so does the product of two derivatives, from
which it takes the sign.
"""

import json
from dataclasses import dataclass
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.learning.jacobian import residuals_and_jacobian
from connectionist.utils.arrays import Array

DATA = Path(__file__).parent / "data"
GOLDEN = json.loads((DATA / "mesh_golden.json").read_text())
SECOND_ORDER = json.loads((DATA / "second_order_golden.json").read_text())
LINEAR = SECOND_ORDER["conjugate_gradient_exact_line_search"]
SCALED = SECOND_ORDER["scaled_conjugate_gradient"]["cases"]
NETWORKS = [case for case in SECOND_ORDER["levenberg_marquardt"]["cases"] if "after_iteration_1" in case]
NAMES = {
    "rprop-": "rprop_minus",
    "rprop+": "rprop_plus",
    "irprop-": "irprop_minus",
    "irprop+": "irprop_plus",
    "qprop": "quickprop",
    "bounded (Doug)": "dougs_momentum",
    "steepest with momentum and decay": "momentum",
}


@dataclass(frozen=True)
class MeshLogistic(cn.ActivationFunction):
    """The logistic function that reaches 0 and 1, with a constant added to its slope, as the docstring of `quickprop` describes it."""

    offset: float = cn.parameter(0.1, at_least=0)
    name = "mesh_logistic"
    range = (0.0, 1.0)

    def activation(self, net_input: float) -> float:
        return 1.0 / (1.0 + exp(-net_input))

    def slope(self, net_input: float, activation: float) -> float:
        return activation * (1.0 - activation) + self.offset


def network_of(problem: dict[str, Any], offset: float) -> cn.Network:
    """A group for each unit, with the numbers of the file as names."""
    net = cn.Network("mesh")
    last = max(int(unit) for unit in problem["start"])
    outputs = len(problem["patterns"][0]["target"])
    for unit in problem["units"]:
        number = int(unit["id"])
        role = "input" if unit["role"] == "input" else "output" if number > last - outputs else "hidden"
        net.add_group(str(number), 1, role=role, activation=None if role == "input" else MeshLogistic(offset))
    for receiver, incoming in problem["start"].items():
        for sender in incoming["w"]:
            net.connect(sender, receiver)
    return net


def weights_of(problem: dict[str, Any], net: cn.Network, weights: dict[str, Any]) -> Array:
    """The weights of the file in the order of ``net.connections``."""
    found = []
    for connection in net.connections:
        sender, incoming = connection.sender.group.name, weights[connection.receiver.group.name]
        found.append(incoming["bias"] if sender == "bias" else incoming["w"][sender])
    return np.array(found)


def rule_of(case: dict[str, Any]) -> Any:
    given, name = case["parameters"], NAMES.get(case["procedure"], "delta_bar_delta")
    if name == "delta_bar_delta":
        return cn.rule(name, rate=0.1, increase=0.05, decrease=0.1, smoothing=0.7)
    parameters = {"weight_decay": given["WeightDecay"]}
    if "prop" in name and name != "quickprop":
        return cn.rule(name, **parameters, initial_step=0.1, increase=1.2, decrease=0.5, smallest_step=1e-6, largest_step=50.0)
    if name != "quickprop":
        parameters["momentum"] = given["Momentum"]
    return cn.rule(name, rate=given["LearningRate"], **parameters)


@pytest.mark.parametrize(
    "case", GOLDEN["cases"], ids=lambda case: f"{case['procedure']} {case['problem']} {case['parameters'].get('WeightDecay')}"
)
def test_training_gives_the_weights_of_mesh(case: dict[str, Any], engine: str) -> None:
    problem = GOLDEN["problems"][case["problem"]]
    net = network_of(problem, case["derivative_offset"])
    net.weight_values = weights_of(problem, net, problem["start"])
    patterns = problem["patterns"]
    examples = cn.ExampleSet.from_arrays([each["input"] for each in patterns], [each["target"] for each in patterns])
    rule, run = rule_of(case), None
    for epoch, wanted in sorted((int(epoch), weights) for epoch, weights in case["after_epoch"].items()):
        done = 0 if run is None else run.epochs
        run = cn.train(net, examples, rule, epoch - done, engine=engine, continue_from=run)
        assert run.epochs == epoch
        difference = np.abs(net.weight_values - weights_of(problem, net, wanted)).max()
        assert difference < (1e-9 if case["procedure"] == "qprop" else 1e-11)


class Quadratic:
    """E = ½ wᵀAw − bᵀw."""

    def __init__(self, matrix: Any, vector: Any) -> None:
        self.matrix, self.vector = np.array(matrix), np.array(vector)

    def __call__(self, values: Array, /) -> tuple[float, Array]:
        return float(values @ self.matrix @ values / 2 - self.vector @ values), self.matrix @ values - self.vector


def rosenbrock(values: Array, /) -> tuple[float, Array]:
    x, y = values
    return float(100 * (y - x * x) ** 2 + (1 - x) ** 2), np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])


@pytest.mark.parametrize("case", LINEAR, ids=lambda case: f"{case['problem']} {case['beta_rule']}")
def test_conjugate_gradients_with_an_exact_line_search_are_those_of_scipy(case: dict[str, Any]) -> None:
    names = {"PR": "polak_ribiere", "FR": "fletcher_reeves"}
    rule: Any = cn.rule("conjugate_gradient", beta=names[case["beta_rule"]], curvature=1e-10)
    error, values, memory = Quadratic(case["A"], case["b"]), np.array(case["w0"]), dict[str, Any]()
    for step in case["steps"]:
        values = rule.search(values, error, memory)
        assert np.allclose(values, step["w"], rtol=0, atol=1e-13)


def test_the_two_loop_recursion_of_lbfgs_is_dense_bfgs() -> None:
    from connectionist_plugins.rules.lbfgs import inverse_times

    golden = SECOND_ORDER["lbfgs_two_loop"]
    steps, changes = (np.array([pair[name] for pair in golden["pairs"]]) for name in ("s", "y"))
    for case in golden["directions"]:
        pairs = case["memory"]
        found = -inverse_times(np.array(golden["gradient"]), steps[-pairs:], changes[-pairs:])
        assert np.allclose(found, case["direction"], rtol=0, atol=1e-15)


@pytest.mark.parametrize(("case", "count"), [(SCALED[0], 4), (SCALED[1], 5), (SCALED[2], 30)], ids=["two", "five", "rosenbrock"])
def test_scaled_conjugate_gradients_are_those_of_snns_without_its_reset(case: dict[str, Any], count: int) -> None:
    matrix = next(each for each in LINEAR if len(each["w0"]) == len(case["w0"]))
    error: Any = rosenbrock if "rosenbrock" in case["problem"] else Quadratic(matrix["A"], matrix["b"])
    rule: Any = cn.rule("scaled_conjugate_gradient")
    values, memory = np.array(case["w0"]), dict[str, Any]()
    for step in case["trace"][:count]:  # up to the minimum, where rounding decides whether a step is made
        values = rule.search(values, error, memory)
        assert np.allclose(values, step["w"], rtol=0, atol=1e-10)
        assert memory["scale"] == pytest.approx(step["lam"], rel=1e-9)
        assert memory["has_moved"] == step["accepted"]


@pytest.mark.parametrize("case", NETWORKS, ids=lambda case: case["problem"].split()[0])
def test_levenberg_marquardt_and_gauss_newton_on_networks(case: dict[str, Any], engine: str) -> None:
    """An iteration there is one trial, here a search goes on to the first trial that is accepted."""
    problem = GOLDEN["problems"][case["problem"].split()[0]]
    net = network_of(problem, 0.0)
    net.weight_values = weights_of(problem, net, problem["start"])
    patterns = problem["patterns"]
    examples = cn.ExampleSet.from_arrays([each["input"] for each in patterns], [each["target"] for each in patterns])
    residuals, jacobian = residuals_and_jacobian(net, examples, cn.engine(engine))
    step = np.linalg.lstsq(jacobian, -residuals, rcond=None)[0]
    assert np.linalg.norm(step) == pytest.approx(case["gauss_newton_step_norm"], rel=1e-12)
    run = cn.train(net, examples, cn.rule("levenberg_marquardt", damping=case["lambda0"]), 1, engine=engine)
    assert np.allclose(net.weight_values, weights_of(problem, net, case["after_iteration_1"]), rtol=0, atol=1e-13)
    accepted = sum(each["accepted"] for each in case["trace"][1:6])
    cn.train(net, examples, epochs=accepted - 1, engine=engine, continue_from=run)
    assert np.allclose(net.weight_values, weights_of(problem, net, case["after_iteration_5"]), rtol=0, atol=1e-11)
