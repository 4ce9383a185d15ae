"""Random initial weights: distribution, mean, and which weights are drawn."""

from typing import Any

import numpy as np
import pytest

import connectionist as cn


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("net")
    made.add_group("input", 50, role="input")
    made.add_group("output", 40, role="output", biased=False)
    made.connect("input", "output")
    return made


def test_a_normal_distribution_has_the_given_mean_and_standard_deviation(net: cn.Network) -> None:
    net.randomize(sd=0.2, mean=1.5, seed=3)
    values = net.weight_values
    assert values.mean() == pytest.approx(1.5, abs=5 * 0.2 / np.sqrt(len(values)))
    assert values.std() == pytest.approx(0.2, rel=0.1)
    assert (np.abs(values - 1.5) > 2 * 0.2).mean() == pytest.approx(0.0455, abs=0.02)


def test_a_mean_moves_the_uniform_distribution(net: cn.Network) -> None:
    net.randomize(0.5, seed=3)
    centred = net.weight_values
    net.randomize(0.5, seed=3, mean=2.0)
    assert np.array_equal(net.weight_values, centred + 2.0)


def test_projections_can_be_drawn_differently(net: cn.Network) -> None:
    net.add_group("hidden", 3, biased=False)
    projection = net.connect("input", "hidden", weights=0.0)
    net.randomize(sd=0.1, seed=1, among=projection)
    assert not net.projection("input", "output").weights.any()
    assert len({connection.weight.value for connection in projection}) == len(projection)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, r"randomize: give either half_range or sd \(got None and None\)"),
        ({"half_range": 0.5, "sd": 0.5}, "randomize: give either half_range or sd"),
        ({"sd": -1.0}, r"randomize.sd: must be a number of at least 0 .*got -1"),
        ({"sd": 1.0, "mean": float("inf")}, "randomize.mean"),
        (
            {"sd": 1.0, "among": [3]},
            r"randomize.among: must be weights, connections or projections \(got 3\)",
        ),
    ],
)
def test_misuse_is_an_error(net: cn.Network, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(cn.ConnectionistError, match=message):
        net.randomize(**arguments)
