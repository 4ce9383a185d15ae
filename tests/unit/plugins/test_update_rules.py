"""Update rules by sign, by mean and by parabola: their numbers, their traps, and the rules that use E."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import ParameterError, PluginError, UnknownNameError
from connectionist.plugins.rules import summary_of

GOLDEN: dict[str, list[list[float]]] = json.loads((Path(__file__).parent / "optimizer_golden.json").read_text())
MESH = json.loads((Path(__file__).parents[2] / "papers" / "data" / "mesh_golden.json").read_text())
A, B = np.array([[3.0, 0.5], [0.5, 1.0]]), np.array([1.0, -2.0])
RPROP = ("rprop_minus", "rprop_plus", "irprop_minus", "irprop_plus")
INSIDE = ("steepest", "delta_bar_delta", "nesterov", "lens_delta_bar_delta", "quickprop", "adam", *RPROP)
XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
DBD = {"rate": 0.1, "increase": 0.05, "decrease": 0.1, "smoothing": 0.7}
MOMENTUM = {"rate": 0.1, "momentum": 0.9}


def xor_net(seed: int = 1) -> cn.Network:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=seed)
    return net


def bowl(rule: Any, count: int) -> list[list[float]]:
    """Return the weights after each change, for the error E(w) = ½ wᵀAw − bᵀw, from (1, 1)."""
    weights, memory, path = np.array([1.0, 1.0]), [[0.0] * len(rule.memory)] * 2, []
    for _ in range(count):
        derivatives, error = A @ weights - B, float(weights @ A @ weights / 2 - B @ weights)
        summary = summary_of(rule, derivatives.tolist(), error)
        answers = [rule.change(w, d, *summary, *m) for w, d, m in zip(weights, derivatives, memory, strict=True)]
        weights = weights + [answer[0] for answer in answers]
        memory = [list(answer[1:]) for answer in answers]
        shown = weights - rule.momentum * np.array(memory)[:, 0] if rule.name == "nesterov" else weights
        path.append(shown.tolist())
    return path


@pytest.mark.parametrize(
    ("name", "parameters", "golden"),
    [
        ("nesterov", MOMENTUM, GOLDEN["nesterov_lookahead_lr01_a09"]),
        ("adam", {"rate": 0.1}, GOLDEN["adam_lr01"]),
        ("delta_bar_delta", DBD, GOLDEN["delta_bar_delta_e0_01_k005_phi01_theta07"]),
        ("rprop_minus", {}, GOLDEN["rprop_minus_d0_01"]),
        ("irprop_minus", {}, GOLDEN["irprop_minus_d0_01"]),
        ("rprop_plus", {}, GOLDEN["rprop_plus_d0_01"]),
        ("irprop_plus", {}, MESH["irprop_plus_quadratic"]),
        ("quickprop", {"rate": 0.1}, GOLDEN["quickprop_eps01_mu175_nodecay"]),
    ],
)
def test_twelve_steps_down_a_bowl_are_those_of_other_programs(name: str, parameters: dict[str, float], golden: list[list[float]]) -> None:
    """The weights of Nesterov's momentum there are those before the look-ahead, weight − momentum · velocity."""
    assert np.allclose(bowl(cn.rule(name, **parameters), 12), golden, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", RPROP)
def test_signs_of_derivatives_whose_product_rounds_to_zero_are_compared(name: str) -> None:
    rule: Any = cn.rule(name)
    memory = [1e-200, 0.1, -0.1, 1.0][: len(rule.memory)]
    summary = (2.0,) if name == "irprop_plus" else ()
    assert rule.change(0.0, 1e-200, *summary, *memory)[2] == pytest.approx(0.12)
    assert rule.change(0.0, -1e-200, *summary, *memory)[2] == pytest.approx(0.05)


@pytest.mark.parametrize(("name", "size"), [("delta_bar_delta", 1), ("lens_delta_bar_delta", 1)])
def test_rates_rise_by_signs_whose_product_rounds_to_zero(name: str, size: int) -> None:
    rule: Any = cn.rule(name)
    other = 1e-200 if name == "delta_bar_delta" else -1e-200
    assert rule.change(0.0, 1e-200, 0.5, other)[size] == 0.5 + rule.increase


@pytest.mark.parametrize("name", ["delta_bar_delta", "lens_delta_bar_delta"])
def test_a_rate_that_decreases_for_ever_is_not_taken_for_the_first_update(name: str) -> None:
    rule: Any = cn.rule(name, rate=0.5)
    memory = [0.0, 0.0]
    for number in range(2000):
        sign = 1.0 if number % 2 else -1.0
        _, *memory = rule.change(0.0, sign, memory[0], -sign if name == "delta_bar_delta" else sign)
    assert 0.0 < memory[0] < 1e-29


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(-10, 10))
def test_quickprop_is_finite_and_a_step_downhill_is_at_most_mu_times_the_last_one(slope: float, last: float, change: float) -> None:
    rule: Any = cn.rule("quickprop", adds_descent=False)
    step = rule.change(0.0, slope, last, change)[0]
    assert np.isfinite(step)
    if change and slope * change < 0 and last * change < 0:
        assert abs(step) <= 1.75 * abs(change) * (1 + 1e-12)


def test_quickprop_does_not_move_a_weight_without_derivatives_or_divide_by_zero() -> None:
    rule: Any = cn.rule("quickprop")
    assert rule.change(3.0, 0.0, 0.0, 0.5) == (0.0, 0.0, 0.0)
    assert rule.change(0.0, 1.0, 1.0, 0.5)[0] == 1.75 * 0.5


def test_irprop_plus_undoes_a_change_only_if_the_error_has_risen() -> None:
    rule: Any = cn.rule("irprop_plus")
    assert rule.change(0.0, -1.0, 3.0, 1.0, 0.1, -0.1, 2.0)[0] == 0.1
    assert rule.change(0.0, -1.0, 2.0, 1.0, 0.1, -0.1, 2.0)[0] == 0.0


def test_the_first_adam_step_has_the_size_of_the_rate() -> None:
    rule: Any = cn.rule("adam", rate=0.25)
    for derivative in (1e-3, -7.0):
        assert rule.change(0.0, derivative, 0.0, 0.0, 0.0, 0.0)[0] == pytest.approx(-np.sign(derivative) * 0.25, rel=2e-5)


@pytest.mark.parametrize("name", INSIDE)
def test_one_of_the_decays_only(name: str) -> None:
    with pytest.raises(ParameterError, match=rf"{name}: decay is applied after each change, .* give one of them \(got 0.1 and 0.2\)"):
        cn.rule(name, decay=0.1, weight_decay=0.2)


@pytest.mark.parametrize("name", RPROP)
def test_the_first_step_is_between_the_limits(name: str) -> None:
    with pytest.raises(ParameterError, match=rf"{name}: initial_step must be at least smallest_step .* \(got 60, with 1e-06 and 50\)"):
        cn.rule(name, initial_step=60)


@pytest.mark.parametrize(("other", "name"), [("rprop", "rprop_plus"), ("nag", "nesterov"), ("qprop", "quickprop")])
def test_another_name_is_answered_with_the_name(other: str, name: str) -> None:
    with pytest.raises(UnknownNameError, match=name):
        cn.rule(other)


@dataclass(frozen=True)
class ErrorKeeper(cn.WholeNetRule):
    """Steepest descent that remembers E."""

    rate: float = cn.parameter(0.1, above=0)
    name = "error_keeper"
    memory = ("last_error",)

    def summarize(self, derivatives: Sequence[float], error: float) -> float:
        return error

    def change(self, value: float, derivative: float, summary: float, last_error: float) -> tuple[float, float]:
        return -self.rate * derivative, summary


@pytest.mark.parametrize("update_after", ["epoch", 3, 1])
def test_a_rule_receives_the_error_of_the_examples_since_the_last_change(engine: str, update_after: Any) -> None:
    net = xor_net()
    run = cn.train(net, XOR, ErrorKeeper(), 3, engine=engine, update_after=update_after)
    seen = run.memory["last_error"]
    assert (seen == seen[0]).all()
    if update_after == "epoch":
        assert seen[0] == run.errors[-1]
        return
    before = xor_net()
    cn.train(before, XOR, ErrorKeeper(), 2, engine=engine, update_after=update_after)
    cn.train(before, [XOR[number] for number in range(3)], ErrorKeeper(), 1, engine=engine, update_after=update_after)
    assert seen[0] == pytest.approx(cn.error_derivatives(before, [XOR[3]])[0], rel=1e-14)


@pytest.mark.parametrize("update_after", ["epoch", 3, 1])
@pytest.mark.parametrize("rule", [ErrorKeeper(), "irprop_plus", "quickprop", "adam", "rprop_plus", "lens_delta_bar_delta"])
def test_networks_trained_together_have_the_bits_that_each_has_alone(rule: Any, update_after: Any) -> None:
    options: Any = {"rule": rule, "epochs": 20, "update_after": update_after}
    together = [xor_net(seed) for seed in range(6)]
    runs = cn.train_many(together, XOR, **options)
    for seed, (net, run) in enumerate(zip(together, runs, strict=True)):
        alone = xor_net(seed)
        wanted = cn.train(alone, XOR, **options)
        assert net.weight_values.tobytes() == alone.weight_values.tobytes()
        assert run.errors == wanted.errors
        assert all(run.memory[name].tobytes() == wanted.memory[name].tobytes() for name in wanted.memory)


@pytest.mark.parametrize("name", INSIDE)
def test_a_run_that_goes_on_has_the_bits_of_one_run(name: str) -> None:
    net, other = xor_net(), xor_net()
    cn.train(net, XOR, name, 20)
    run = cn.train(other, XOR, name, 7)
    cn.train(other, XOR, name, 13, continue_from=run)
    assert net.weight_values.tobytes() == other.weight_values.tobytes()


def test_the_last_change_of_a_rule_with_the_error_is_explained(engine: str) -> None:
    net = xor_net()
    cn.train(net, XOR, "irprop_plus", 9, engine=engine)
    explained = net.connection("input:0", "hidden:0").explain()
    assert "summary" in str(explained)
    assert explained.change is not None
    assert explained.change.change.value == explained.change.change.stored


@pytest.mark.parametrize("arguments", ["self", "self, a, b, c", "self, *, derivatives", "self, *derivatives"])
def test_a_summary_of_neither_one_nor_two_arguments_is_an_error_of_the_class(arguments: str) -> None:
    scope: dict[str, Any] = {"cn": cn}
    text = f"class Wrong(cn.WholeNetRule):\n    name = 'wrong'\n    def summarize({arguments}):\n        return 0.0\n"
    with pytest.raises(PluginError, match=r"wrong.summarize: must have the arguments derivatives, or derivatives and error \(got "):
        exec(text, scope)


def test_a_summary_may_be_a_static_method() -> None:
    class Longest(cn.WholeNetRule):
        name = "longest"

        @staticmethod
        def summarize(derivatives: Sequence[float]) -> float:
            return max(map(abs, derivatives), default=1.0)

        def change(self, value: float, derivative: float, summary: float) -> tuple[float]:
            return (-0.1 * derivative / (summary + 1e-9),)

    net = xor_net()
    cn.train(net, XOR, Longest(), 2, engine="local")
    assert summary_of(Longest(), [1.0, -3.0], 0.5) == (3.0,)
