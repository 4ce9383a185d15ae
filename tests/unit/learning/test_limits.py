"""Limits of weights: training cuts them after each change."""

from typing import Any

import numpy as np
import pytest

import connectionist as cn

EXAMPLES = cn.ExampleSet.from_arrays([[0, 1], [1, 1], [1, 0]], [[1], [0], [1]])


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("net")
    made.add_group("input", 2, role="input")
    made.add_group("output", 1, role="output")
    made.connect("input", "output", weights=0.1)
    return made


@pytest.mark.parametrize("update_after", ["epoch", 1])
@pytest.mark.parametrize("name", ["local", "compiled", "float32"])
def test_weights_stay_within_the_limits_of_their_projection(net: cn.Network, name: str, update_after: str | int) -> None:
    engine = cn.engine("compiled", precision="float32") if name == "float32" else name
    free = net.copy()
    net.projection("input", "output").limits = np.array([-0.05, 0.2])  # type: ignore[assignment]
    for each in (net, free):
        cn.train(each, EXAMPLES, cn.rule("momentum", rate=1.0), 20, engine=engine, update_after=update_after)
    limited = [connection.weight.value for connection in net.projection("input", "output")]
    assert min(np.abs(np.subtract.outer(limited, [-0.05, 0.2])).ravel()) < (1e-7 if name == "float32" else 1e-300)
    assert all(-0.05 <= value <= 0.2 for value in limited)
    assert max(np.abs(free.weight_values)) > 0.2
    assert net.copy().projection("input", "output").limits == (-0.05, 0.2)


def test_limits_that_are_not_reached_change_nothing(net: cn.Network, engine: str) -> None:
    free = net.copy()
    net.projection("input", "output").limits = -100, 100
    for each in (net, free):
        cn.train(each, EXAMPLES, cn.rule("momentum", rate=1.0), 5, engine=engine)
    assert np.array_equal(net.weight_values, free.weight_values)


def test_impossible_limits_are_errors(net: cn.Network) -> None:
    projection = net.projection("input", "output")
    for given, message in (((1.0,), r"must be \(lowest, highest\) or None"), ((1.0, 0.0), "the lowest must not be above the highest")):
        with pytest.raises(cn.errors.ParameterError, match=message):
            projection.limits = given  # type: ignore[assignment]
    wrong: list[Any] = [{0.0, 1.0}, [1.0, [2.0]], (0.0, "x")]
    for each in wrong:
        with pytest.raises(cn.errors.DataError, match="input → output, limits: must be"):
            projection.limits = each
    projection.limits = 0.0, 1.0
    net.add_group("hidden", 1)
    net.connect("input", "hidden").limits = 2.0, 3.0
    with pytest.raises(cn.errors.WiringError, match="share a weight, but their projections have limits that do not overlap"):
        net.tie(["input:0 → output:0", "input:0 → hidden:0"])
    net.projection("input", "hidden").limits = None
    net.tie(["input:0 → output:0", "input:0 → hidden:0"])
    net.projection("input", "hidden").limits = 2.0, 3.0
    with pytest.raises(cn.errors.WiringError, match="share a weight, but their projections have limits that do not overlap"):
        cn.train(net, EXAMPLES, "momentum", 1)
