"""Functions of one class that differ in attributes which are no parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

import connectionist as cn


@dataclass(frozen=True)
class Base(cn.ActivationFunction):
    name = "base"

    gain: float = 1.0

    def activation(self, net_input: float) -> float:
        return 1 / (1 + math.exp(-self.gain * vars(self).get("extra", 1.0) * net_input))

    def slope(self, net_input: float, activation: float) -> float:
        return self.gain * activation * (1 - activation)


class Scaled(Base):
    name = "scaled"

    def __init__(self, extra: float) -> None:
        super().__init__()
        self.extra = extra


@pytest.mark.filterwarnings("ignore:.*cannot be compiled")
def test_each_group_has_its_own_function_in_both_engines() -> None:
    net = cn.Network("two")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    for number, extra in enumerate((1.0, 3.0)):
        net.add_group(f"hidden {number}", 2, activation=Scaled(extra))
        net.connect("input", f"hidden {number}")
        net.connect(f"hidden {number}", "output")
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet.from_arrays([[1.0, 0.5]], [[1.0]])
    np.testing.assert_allclose(net.outputs(examples), net.outputs(examples, engine="local"), rtol=1e-12)
    (error, _), (local, _) = cn.error_derivatives(net, examples), cn.error_derivatives(net, examples, engine="local")
    assert error == pytest.approx(local, rel=1e-12)
