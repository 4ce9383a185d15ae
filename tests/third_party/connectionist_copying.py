"""A third-party plugin: a task, an update rule and an activation function in one module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class Softsign(cn.ActivationFunction):
    """Softsign, y = x / (1 + |x|)."""

    name = "softsign"
    range = (-1.0, 1.0)

    def activation(self, net_input: float) -> float:
        """Return y."""
        return net_input / (1.0 + abs(net_input))

    def slope(self, net_input: float, activation: float) -> float:
        """Return dy/dx."""
        nearness = 1.0 - abs(activation)
        return nearness * nearness


@dataclass(frozen=True)
class Manhattan(cn.UpdateRule):
    """Manhattan rule: changes of constant size against the sign of the derivative, Δw = −ε sign(∂E/∂w).

    Parameters
    ----------
    rate : float
        Size of a change ε, above 0.
    """

    rate: float = cn.parameter(0.01, above=0)
    name = "manhattan"

    def change(self, value: float, derivative: float) -> tuple[float]:
        """Return Δw."""
        if derivative > 0.0:
            return (-self.rate,)
        return (self.rate,) if derivative < 0.0 else (0.0,)


@dataclass(frozen=True)
class Copying(cn.Task):
    """The network must learn to copy one input unit to one output unit, through a hidden unit.

    Parameters
    ----------
    epochs : int
        Number of epochs, at least 0.
    """

    epochs: int = cn.parameter(400, at_least=0)
    name = "copying"
    source = "nowhere: a test"

    def network(self, seed: int) -> cn.Network:
        """Return a 1–1–1 network."""
        net = cn.Network(self.name)
        net.add_group("input", 1, role="input")
        net.add_group("hidden", 1, activation="softsign")
        net.add_group("output", 1, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        net.randomize(0.5, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        """The two cases, "off" and "on"."""
        return cn.ExampleSet.from_arrays([[0.0], [1.0]], [[0.0], [1.0]], ["off", "on"])

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase of steepest descent."""
        return [cn.Phase(cn.rule("steepest", rate=1.0), self.epochs)]

    @property
    def criterion(self) -> cn.Criterion:
        """Both cases are correct."""
        return cn.Criterion(correct=1.0)

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure the activation for "on"."""
        return [cn.Finding("activation when on", float(network.forward([1.0])[0]), 1.0, "this file")]


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Return the task."""
    return [Copying]


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the rule."""
    return [Manhattan]


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.ActivationFunction]]:
    """Return the activation function."""
    return [Softsign]
