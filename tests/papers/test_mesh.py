"""Update rules beside weights of Mesh (hbrouwer/mesh), and delta-bar-delta beside weights computed from Jacobs's formula.

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
from connectionist.utils.arrays import Array

GOLDEN = json.loads((Path(__file__).parent / "data" / "mesh_golden.json").read_text())
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
