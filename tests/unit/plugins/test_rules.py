"""The arithmetic of the rules, compared with published equations and other programs."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import ParameterError
from connectionist.plugins.rules import LocalRule, Rule, UpdateRule, WholeNetRule

GOLDEN: dict[str, list[list[float]]] = json.loads((Path(__file__).parent / "optimizer_golden.json").read_text())
A, B = np.array([[3.0, 0.5], [0.5, 1.0]]), np.array([1.0, -2.0])
NUMBER = st.floats(-100, 100)


def steps(rule: Any, count: int) -> list[list[float]]:
    """Return the weights after each change, for the error E(w) = ½ wᵀAw − bᵀw, from (1, 1)."""
    weights, memory, path = np.array([1.0, 1.0]), [[0.0] * len(rule.memory)] * 2, []
    for _ in range(count):
        derivatives = A @ weights - B
        extra = (rule.summarize(derivatives.tolist()),) if isinstance(rule, WholeNetRule) else ()
        answers = [rule.change(w, d, *extra, *m) for w, d, m in zip(weights, derivatives, memory, strict=True)]
        weights = weights + [answer[0] for answer in answers]
        memory = [list(answer[1:]) for answer in answers]
        path.append(weights.tolist())
    return path


@pytest.mark.parametrize(
    ("name", "parameters", "golden"),
    [
        ("steepest", {"rate": 0.1}, "steepest_lr01"),
        ("momentum", {"rate": 0.1, "momentum": 0.9}, "momentum_lr01_a09"),
        ("dougs_momentum", {"rate": 0.1, "momentum": 0.9}, "dougs_momentum_lr01_a09"),
    ],
)
def test_twelve_steps_down_a_bowl_are_those_of_other_programs(name: str, parameters: dict[str, float], golden: str) -> None:
    """optimizer_golden.json; momentum and steepest descent there agree with optax to 1e-15."""
    assert np.allclose(steps(cn.rule(name, **parameters), 12), GOLDEN[golden], rtol=1e-13, atol=0)


@given(NUMBER, NUMBER, NUMBER)
def test_momentum_is_exactly_as_printed_in_1986(value: float, derivative: float, last: float) -> None:
    """Equation 9, Δw(t) = −ε ∂E/∂w(t) + α Δw(t−1), with ε and α of the symmetry net."""
    rule = cn.rule("momentum", rate=0.1, momentum=0.9)
    assert isinstance(rule, UpdateRule)
    printed = -0.1 * derivative + 0.9 * last
    assert rule.change(value, derivative, last) == (printed, printed)


@given(st.lists(NUMBER, min_size=1, max_size=8))
def test_dougs_momentum_makes_the_derivative_no_longer_than_1_and_leaves_a_short_one(derivatives: list[float]) -> None:
    rule = cn.rule("dougs_momentum")
    assert isinstance(rule, WholeNetRule)
    scaled = rule.summarize(derivatives) * np.array(derivatives)
    length = np.linalg.norm(derivatives)
    assert np.linalg.norm(scaled) == pytest.approx(min(1.0, length), rel=1e-9)


@given(NUMBER, NUMBER, NUMBER)
def test_the_delta_rule_goes_by_miss_times_sender_and_hebbs_by_both_ends(sender: float, receiver: float, target: float) -> None:
    delta, hebb = cn.rule("delta", rate=0.5), cn.rule("hebb", rate=0.5)
    assert isinstance(delta, LocalRule)
    assert isinstance(hebb, LocalRule)
    assert delta.signal(9.0, sender, receiver, target) == (target - receiver) * sender
    assert delta.signal(9.0, sender, receiver, float("nan")) == 0.0
    assert hebb.signal(9.0, sender, receiver, target) == sender * target
    assert hebb.signal(9.0, sender, receiver, float("nan")) == sender * receiver
    assert delta.change(9.0, sender) == hebb.change(9.0, sender) == (0.5 * sender,)


@pytest.mark.parametrize("name", ["momentum", "dougs_momentum"])
@pytest.mark.parametrize("momentum", [1.0, -0.1, float("nan")])
def test_momentum_out_of_range_is_rejected_by_name(name: str, momentum: float) -> None:
    with pytest.raises(ParameterError, match=r"momentum.momentum: must be a number of at least 0 and below 1 \(got"):
        cn.rule(name, momentum=momentum)


def test_with_rate_changes_the_rate_only_and_none_changes_nothing() -> None:
    rule = cn.rule("momentum", rate=0.1, momentum=0.5, decay=0.01)
    assert rule.with_rate(None) is rule
    assert rule.with_rate(0.2) == cn.rule("momentum", rate=0.2, momentum=0.5, decay=0.01)
    with pytest.raises(ParameterError, match=r"momentum.rate"):
        rule.with_rate(0.0)


def test_a_rule_without_rate_says_that_a_projections_own_means_nothing_to_it(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    class Still(UpdateRule):
        name = "still"

        def change(self, value: float, derivative: float) -> tuple[float]:
            return (0.0,)

    assert Still().with_rate(None).name == "still"
    net.add_group("beside", 1)
    net.connect("input", "beside", rate=0.5)
    with pytest.raises(ParameterError, match=r"rule 'still' has no rate, so a projection cannot have a separate rate \(got 0.5\)"):
        cn.train(net, xor, Still(), 1, engine=engine)


def test_every_registered_rule_is_one_of_the_four_kinds() -> None:
    from connectionist.plugins import registry

    assert {"steepest", "momentum", "dougs_momentum", "delta", "hebb"} <= set(registry.get_registry().names("update_rules"))
    for name in registry.get_registry().names("update_rules"):
        assert issubclass(registry.find("update_rules", name), Rule)
