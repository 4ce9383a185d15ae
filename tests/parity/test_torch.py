"""Derivatives against another program's automatic differentiation, torch in float64, to 1e-9 relative.

The network is built here a second time, as tensors, from nothing but `net.graph` and documented attributes: no schedule, no state,
no method of a unit or function.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.testing import random_network

torch: Any = pytest.importorskip("torch", reason="torch is in the dependency group 'peers'")

NAMES: dict[str, Any] = {
    "activations": ("logistic", "tanh", "linear", "rectified", "softmax"),
    "errors": ("squared", "cross_entropy", "divergence"),
}
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


class Autograd:
    """One network as tensors with a row per case."""

    def __init__(self, net: cn.Network, examples: cn.ExampleSet) -> None:
        self.net = net
        self.cases = len(examples)
        self.copies: dict[cn.Weight, int] = {}
        self.incoming: dict[cn.Unit, list[cn.Connection]] = {unit: [] for unit in net.graph.nodes}
        for _, receiver, data in net.graph.edges(data=True):
            self.incoming[receiver].append(data["connection"])
            self.copies[data["connection"].weight] = self.copies.get(data["connection"].weight, 0) + 1
        self.w = {weight: torch.tensor(weight.value, dtype=torch.float64, requires_grad=True) for weight in net.weights}
        self.x: dict[cn.Unit, Any] = {}
        self.y: dict[cn.Unit, Any] = {}
        inputs = [unit for group in net.groups if group.role == "input" for unit in group]
        for unit, column in zip(inputs, examples.inputs.T, strict=True):
            self.y[unit] = torch.zeros(self.cases).double() if unit.lesioned else torch.tensor(column)
        self.y[net.unit("bias")] = torch.ones(self.cases, dtype=torch.float64)
        outputs = [unit for group in net.groups if group.role == "output" for unit in group]
        self.outputs = torch.stack([self.activation(unit) for unit in outputs], dim=1)
        self.error = torch.zeros((), dtype=torch.float64)
        for unit, column in zip(outputs, examples.targets.T, strict=True):
            if not unit.lesioned:  # it has no target
                self.error = self.error + error(unit.group, self.activation(unit), torch.tensor(column))
        for x in self.x.values():
            x.retain_grad()
        if self.error.requires_grad:
            self.error.backward()

    def activation(self, unit: cn.Unit) -> Any:
        if unit not in self.y:
            if unit.lesioned:
                self.y[unit] = torch.zeros(self.cases, dtype=torch.float64)
            elif unit.group.activation_function.name == "softmax":
                units = [other for other in unit.group if not other.lesioned]
                shares = torch.softmax(torch.stack([self.net_input(other) for other in units], dim=1), dim=1)
                self.y.update({other: shares[:, column] for column, other in enumerate(units)})
            else:
                self.y[unit] = FUNCTIONS[unit.group.activation_function.name](self.net_input(unit))
        return self.y[unit]

    def net_input(self, unit: cn.Unit) -> Any:
        total = torch.zeros(self.cases, dtype=torch.float64, requires_grad=True) * 1.0
        for connection in self.incoming[unit]:
            y = self.activation(connection.sender)
            total = total + self.w[connection.weight] * (y if connection.backpropagate else y.detach())
        self.x[unit] = total
        return total

    def derivatives(self) -> np.ndarray:
        sums = np.array([0.0 if self.w[weight].grad is None else float(self.w[weight].grad) for weight in self.net.weights])
        if self.net.tie_derivative == "sum":
            return sums
        return sums / [self.copies.get(weight, 1) for weight in self.net.weights]


FUNCTIONS = {
    "logistic": torch.sigmoid,
    "tanh": torch.tanh,
    "linear": lambda x: x,
    "rectified": torch.relu,
}


def error(group: cn.Group, y: Any, d: Any) -> Any:
    """E of one output unit, summed over the cases with a target that are not within the margin."""
    counts = ~torch.isnan(d)
    if group.margin:
        counts &= ~torch.where(d >= 0.5, y > d - group.margin, y < d + group.margin)
    y, d = y[counts], d[counts]
    if group.error_function.name == "squared":
        return 0.5 * ((y - d) ** 2).sum()
    on = torch.xlogy(d, d) - d * torch.log(y.clamp(min=1e-300))
    if group.error_function.name == "divergence":
        return on.sum()
    return (on + torch.xlogy(1 - d, 1 - d) - torch.xlogy(1 - d, 1 - y)).sum()


def is_saturated(net: cn.Network, examples: cn.ExampleSet) -> bool:
    """Whether an output is so near 0 or 1 that 1 − y has lost its digits, and with them ln(1 − y)."""
    lesioned = np.array([unit.lesioned for unit in net.schedule.outputs])
    ends = np.array([unit.group.error_function.name != "squared" for unit in net.schedule.outputs])
    outputs = net.outputs(examples, "local")[:, ends & ~lesioned]
    return bool(((outputs < 1e-6) | (outputs > 1 - 1e-6)).any())


def assert_near(got: np.ndarray, expected: np.ndarray) -> None:
    assert np.allclose(got, expected, rtol=1e-9, atol=1e-12 * float(np.abs(expected).max(initial=0.0))), np.abs(got - expected).max()


@SLOW
@given(seed=st.integers(0, 10**6))
def test_random_networks_with_everything(engine: str, seed: int) -> None:
    net, examples = random_network(seed, **NAMES)
    assume(not is_saturated(net, examples))
    peer = Autograd(net, examples)
    error, derivatives = cn.error_derivatives(net, examples, engine)
    assert error == pytest.approx(float(peer.error.detach()), rel=1e-9, abs=1e-13)
    assert_near(derivatives, peer.derivatives())
    assert_near(net.outputs(examples, engine), peer.outputs.detach().numpy())


@SLOW
@given(seed=st.integers(0, 10**6))
def test_every_units_net_derivative_in_one_case(seed: int) -> None:
    net, examples = random_network(seed, cases=1, **NAMES)
    assume(not is_saturated(net, examples))
    peer = Autograd(net, examples)
    net.forward(examples[0].inputs)
    net.backward(examples[0].targets)
    units = [unit for unit in net.schedule.units if unit in peer.x]
    expected = [0.0 if peer.x[unit].grad is None else float(peer.x[unit].grad[0]) for unit in units]
    assert_near(np.array([unit.net_derivative for unit in units]), np.array(expected))


@pytest.mark.parametrize(("activation", "error"), [("softmax", "divergence"), ("logistic", "cross_entropy"), ("tanh", "squared")])
@pytest.mark.parametrize("tie_derivative", ["mean", "sum"])
@pytest.mark.parametrize("margin", [0.0, 0.3])
def test_a_layered_network_of_each_kind(engine: str, activation: str, error: str, tie_derivative: str, margin: float) -> None:
    net = cn.Network("layered", tie_derivative=tie_derivative)
    net.add_group("input", 5, role="input")
    net.add_group("hidden", 4, activation="tanh")
    net.add_group("output", 3, role="output", activation=activation, error=error, margin=margin)
    for sender, receiver in (("input", "hidden"), ("hidden", "output"), ("input", "output")):
        net.connect(sender, receiver)
    net.randomize(1.0, seed=5)
    net.tie([*net.projection("input", "hidden").connections[:7], net.connection("hidden:0", "output:1")])
    draw = np.random.default_rng(11)
    targets = draw.dirichlet([0.4] * 3, 20)
    targets[draw.random(targets.shape) < 0.2] = np.nan
    examples = cn.ExampleSet.from_arrays(draw.normal(size=(20, 5)), targets)
    peer = Autograd(net, examples)
    assert np.abs(peer.derivatives()).min() > 1e-6
    found, derivatives = cn.error_derivatives(net, examples, engine)
    assert found == pytest.approx(float(peer.error.detach()), rel=1e-9)
    assert derivatives == pytest.approx(peer.derivatives(), rel=1e-9)
