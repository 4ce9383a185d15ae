"""Conventions of LENS: decay within the momentum, a limit of the gradient, radii of targets, batches over the end of the set."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.plugins.functions import moved_target
from connectionist.testing.networks import random_network


@pytest.mark.parametrize(("name", "summary"), [("momentum", ()), ("dougs_momentum", (1.0,))])
def test_decay_within_the_momentum_is_remembered(name: str, summary: tuple[float, ...]) -> None:
    rule = cn.rule(name, rate=0.5, momentum=0.5, weight_decay=0.1)
    assert isinstance(rule, (cn.UpdateRule, cn.WholeNetRule))
    first, memory = rule.change(2.0, 1.0, *summary, 0.0)
    assert first == memory == -0.5 * 1.0 - 0.1 * 2.0
    second, _ = rule.change(2.0 + first, 0.0, *summary, memory)
    assert second == pytest.approx(0.5 * first - 0.1 * (2.0 + first))


@pytest.mark.parametrize("name", ["momentum", "dougs_momentum"])
def test_decay_within_the_momentum_is_the_same_in_both_engines(name: str) -> None:
    values = []
    for engine in ("local", "compiled"):
        net, examples = random_network(3)
        cn.train(net, examples, cn.rule(name, rate=0.3, weight_decay=0.01), 5, engine=engine)
        values.append(net.weight_values)
    assert np.allclose(values[0], values[1], rtol=1e-10)


def test_the_length_of_the_gradient_is_limited() -> None:
    rule = cn.rule("dougs_momentum", limit=0.5)
    assert isinstance(rule, cn.WholeNetRule)
    assert rule.summarize([3.0, 4.0]) == 0.1
    assert rule.summarize([0.3, 0.4]) == 1.0


def test_twice_the_rate_and_half_the_limit_are_the_rule_of_lens() -> None:
    """LENS at rate 0.1: the gradient of Σ (y − d)² is (1.2, 1.6), of length 2."""
    rule = cn.rule("dougs_momentum", rate=0.2, momentum=0.0, limit=0.5)
    assert isinstance(rule, cn.WholeNetRule)
    assert rule.change(0.0, 0.6, rule.summarize([0.6, 0.8]), 0.0)[0] == pytest.approx(-0.1 * 1.2 / 2)


@pytest.mark.parametrize(
    ("activation", "radius", "zero_radius", "expected"),
    [
        (0.5, 0.1, 0.0, 0.9),
        (1.25, 0.125, 0.0, 1.125),
        (0.95, 0.1, 0.0, 0.95),
        (0.8, 0.0, 0.3, 0.8),
        (0.5, 0.0, 0.3, 1.0),
        (0.5, 0.1, 0.3, 0.9),
    ],
)
def test_a_target_moves_towards_the_activation(activation: float, radius: float, zero_radius: float, expected: float) -> None:
    assert moved_target(activation, 1.0, radius, zero_radius) == expected


@pytest.mark.parametrize("name", ["squared", "cross_entropy"])
def test_radii_are_those_of_the_moved_targets(engine: str, name: str) -> None:
    net = cn.Network("net")
    net.add_group("input", 1, role="input")
    error = cn.error_function(name, target_radius=0.1, zero_error_radius=0.3)
    net.add_group("output", 2, role="output", error=error)
    net.connect("input", "output", weights=1.0)
    activation = float(net.forward([1.0])[0])  # 0.731
    errors, derivatives = cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.0]], [[1.0, 0.0]]), engine)
    net["output"].error_function = name
    moved, expected = cn.error_derivatives(net, cn.ExampleSet.from_arrays([[1.0]], [[activation, 0.1]]), engine)
    assert errors == pytest.approx(moved)
    assert np.allclose(derivatives, expected, atol=1e-15)
    assert derivatives.any()


@pytest.mark.parametrize("order", ["fixed", "permuted"])
def test_epochs_go_on_over_the_end_of_the_set(engine: str, order: str) -> None:
    net, examples = random_network(1, cases=5)
    presented: list[int] = []
    run = cn.train(
        net, examples, "momentum", 5, engine=engine, order=order, presentations=3, after_example=lambda p: presented.append(p.case)
    )
    assert run.epochs == 5
    assert len(presented) == 15
    assert [sorted(presented[start : start + 5]) for start in (0, 5, 10)] == [[0, 1, 2, 3, 4]] * 3
    assert (presented[:5] == presented[5:10]) == (order == "fixed")
