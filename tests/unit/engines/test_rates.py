"""The learning rate of a weight is that of its projection, or else that of the rule."""

from __future__ import annotations

import numpy as np
import pytest

import connectionist as cn
from connectionist.engines.rates import weight_rates
from connectionist.errors import WiringError


def test_a_projections_rate_replaces_that_of_the_rule(net: cn.Network) -> None:
    net.projection("input", "hidden").rate = 0.5
    rates = dict(zip(net.weights, weight_rates(net, cn.rule("steepest", rate=0.1)).tolist(), strict=True))
    assert {rates[c.weight] for c in net.projection("input", "hidden")} == {0.5}
    assert {rates[c.weight] for c in net.projection("hidden", "output")} == {0.1}


def test_training_raises_if_tied_weights_have_different_rates(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    net.tie([net.connection("input:0", "hidden:0"), net.connection("hidden:0", "output:0")])
    net.projection("hidden", "output").rate = 0.5
    with pytest.raises(WiringError, match="share a weight, but their projections have different rates"):
        cn.train(net, xor, cn.rule("steepest"), 1, engine=engine)


def test_a_rate_assigned_while_training_takes_effect(xor: cn.ExampleSet, make_net: object, engine: str) -> None:
    def speed_up(run: cn.Run) -> bool:
        run.network.projection("input", "hidden").rate = 5.0
        return False

    weights = []
    for stop in (None, speed_up):
        net = make_net()  # type: ignore[operator]
        cn.train(net, xor, cn.rule("steepest", rate=0.1), 3, until=stop, engine=engine)
        weights.append(net.projection("input", "hidden").weights)
    assert np.abs(weights[0] - weights[1]).max() > 1e-3
