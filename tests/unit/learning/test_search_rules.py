"""The built-in search rules in training, and the derivatives of residuals that they use."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError
from connectionist.learning.jacobian import residuals_and_jacobian
from connectionist.testing import random_network

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
RULES = ("conjugate_gradient", "scaled_conjugate_gradient", "lbfgs", "gauss_newton", "levenberg_marquardt")
OF_RESIDUALS = RULES[3:]
IN_TIME = {"delays": True, "initial": True, "integrators": True}


def xor_net(seed: int = 1, error: str = "squared") -> cn.Network:
    net = cn.Network("xor")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 1, role="output", error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=seed)
    return net


@pytest.mark.parametrize("rule", RULES)
def test_the_error_does_not_rise_and_most_networks_learn(rule: str) -> None:
    learned = 0
    for seed in range(4):
        run = cn.train(xor_net(seed), XOR, rule, 40)
        assert all(later <= earlier for earlier, later in zip(run.errors, run.errors[1:], strict=False))
        learned += run.error < 0.05
    assert learned >= 2, learned


@pytest.mark.parametrize("rule", RULES)
def test_engines_agree(rule: str) -> None:
    compiled, local = xor_net(), xor_net()
    for net, engine in ((compiled, "compiled"), (local, "local")):
        cn.train(net, XOR, rule, 3, engine=engine)
    assert np.allclose(compiled.weight_values, local.weight_values, rtol=0, atol=1e-9 if rule != "scaled_conjugate_gradient" else 1e-7)


@pytest.mark.parametrize("rule", RULES)
def test_shared_weights_are_searched_with_the_derivatives_of_the_error_whatever_the_convention_for_ties(rule: str) -> None:
    """A line search with the mean over connections and ticks found no lower point: conjugate gradients stayed at the initial weights."""
    inputs, targets = np.random.default_rng(0).integers(0, 2, (2, 3, 5, 3)).astype(float)
    examples = cn.ExampleSet([cn.Example.sequence(inputs[case, : case + 3], targets[case, : case + 3, :2]) for case in range(3)])
    runs = []
    for convention in ("mean", "sum"):
        net = cn.simple_recurrent_network("srn", 3, 4, 2, tie_derivative=convention)
        net.tie([net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:2")])
        net.randomize(0.5, seed=1)
        runs.append(cn.train(net, examples, rule, 6))
        assert net.tie_derivative == convention
    assert runs[0].errors == pytest.approx(runs[1].errors, rel=1e-9)
    assert runs[0].errors[-1] < runs[0].errors[0] or rule == "gauss_newton"


@pytest.mark.parametrize("rule", RULES)
def test_after_a_search_shared_weights_show_the_derivative_of_the_convention(rule: str) -> None:
    net, examples = xor_net(), cn.ExampleSet.from_arrays([[1.0, 1.0]], [[0.0]])
    pair = [net.connection("input:0", "hidden:0"), net.connection("input:1", "hidden:1")]
    net.tie(pair)
    cn.train(net, examples, rule, 2)
    assert "but the stored derivative" not in str(pair[0].explain())
    shown, last = pair[0].weight.derivative, pair[0]
    both = [each.receiver.net_derivative * each.sender.activation for each in pair]
    assert last.weight is pair[1].weight
    assert shown == pytest.approx((both[0] + both[1]) / 2)


@pytest.mark.parametrize("rule", RULES)
def test_a_resumed_training_has_the_bits_of_one_training(rule: str, tmp_path: Path) -> None:
    whole, parts, resumed = xor_net(), xor_net(), xor_net()
    cn.train(whole, XOR, rule, 12)
    run = cn.train(parts, XOR, rule, 5)
    cn.train(parts, XOR, epochs=7, continue_from=run)
    cn.train(resumed, XOR, rule, 5, checkpoint=tmp_path / "checkpoint")
    assert parts.weight_values.tobytes() == whole.weight_values.tobytes()
    assert cn.resume(tmp_path / "checkpoint", 12).network.weight_values.tobytes() == whole.weight_values.tobytes()


@pytest.mark.parametrize("rule", RULES)
def test_at_a_minimum_the_weights_stay(rule: str, engine: str) -> None:
    net = cn.Network("linear")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output", activation="linear")
    net.connect("input", "output")
    examples = cn.ExampleSet.from_arrays([[0, 1], [0, 2]], [[0], [0]])
    run = cn.train(net, examples, rule, 4, engine=engine)
    assert run.errors == [0.0] * 4
    assert (net.weight_values == 0.0).all()


@pytest.mark.parametrize("rule", RULES)
def test_a_linear_least_squares_problem_is_solved(rule: str) -> None:
    generator = np.random.default_rng(3)
    inputs, targets = generator.normal(size=(20, 4)), generator.normal(size=(20, 2))
    net = cn.Network("linear")
    net.add_group("input", 4, role="input")
    net.add_group("output", 2, role="output", activation="linear")
    net.connect("input", "output")
    cn.train(net, cn.ExampleSet.from_arrays(inputs, targets), rule, 40)
    best = np.linalg.lstsq(np.column_stack([inputs, np.ones(20)]), targets, rcond=None)[0]
    found = np.array([connection.weight.value for connection in net.projection("input", "output")]).reshape(2, 4).T
    assert np.allclose(found, best[:4], rtol=0, atol=1e-6)


@pytest.mark.parametrize("features", [{}, {"delays": True, "initial": True}, IN_TIME])
@pytest.mark.parametrize("seed", range(4))
def test_residuals_and_their_derivatives_give_the_error_and_its_derivatives(seed: int, features: dict[str, Any], engine: str) -> None:
    net, examples = random_network(seed, 4, **features)
    for group in net.groups:
        if group.role == "output":
            group.error_function, group.margin = cn.error_function("squared"), 0.0
    net.tie_derivative, net.ticks_back = "sum", None
    error, derivatives = cn.error_derivatives(net, examples, engine=engine)
    residuals, jacobian = residuals_and_jacobian(net, examples, cn.engine(engine))
    assert error == pytest.approx((residuals @ residuals) / 2, rel=1e-12)
    assert np.allclose(jacobian.T @ residuals, derivatives, rtol=0, atol=1e-11 * max(1.0, np.abs(derivatives).max()))


def test_residuals_of_weighted_examples_frozen_weights_and_missing_targets() -> None:
    net = xor_net()
    frozen = net.connection("input:0", "hidden:0").weight
    frozen.trainable = False
    examples = cn.ExampleSet.from_arrays([[0, 1], [1, 0], [1, 1]], [[1.0], [float("nan")], [0.0]], error_weights=[1, 2, 3])
    before = frozen.value
    run = cn.train(net, examples, "levenberg_marquardt", 20)
    assert run.error < 1e-4
    assert frozen.value == before
    residuals, jacobian = residuals_and_jacobian(net, examples, cn.engine("compiled"))
    assert (len(residuals), jacobian.shape) == (2, (2, len(net.weights)))


@pytest.mark.parametrize("rule", OF_RESIDUALS)
def test_rules_of_residuals_need_a_sum_of_squares(rule: str) -> None:
    with pytest.raises(ParameterError, match=r"error function of group 'output' must be 'squared' .* \(got 'cross_entropy'\)"):
        cn.train(xor_net(error="cross_entropy"), XOR, rule, 1)
    with_margin = xor_net()
    with_margin["output"].margin = 0.2
    with pytest.raises(ParameterError, match=r"without radius and margin \(got a margin\)"):
        cn.train(with_margin, XOR, rule, 1)
    with_radius = xor_net()
    with_radius["output"].error_function = cn.error_function("squared", target_radius=0.1)
    with pytest.raises(ParameterError, match=r"without radius and margin \(got target_radius\)"):
        cn.train(with_radius, XOR, rule, 1)
    with pytest.raises(ParameterError, match="must not clamp units"):
        cn.train(xor_net(), XOR.clamped(xor_net(), {"hidden:0": 0.5}), rule, 1)


@pytest.mark.parametrize(
    ("rule", "parameter", "value"),
    [
        ("conjugate_gradient", "beta", "steepest"),
        ("conjugate_gradient", "restart", -1),
        ("conjugate_gradient", "curvature", 1.0),
        ("conjugate_gradient", "curvature", 5e-324),
        ("lbfgs", "curvature", 5e-324),
        ("scaled_conjugate_gradient", "difference", 0.0),
        ("lbfgs", "pairs", 0),
        ("gauss_newton", "halvings", -1),
        ("levenberg_marquardt", "factor", 1.0),
    ],
)
def test_a_parameter_out_of_range_is_an_error(rule: str, parameter: str, value: Any) -> None:
    with pytest.raises(ParameterError, match=rf"{rule}\.{parameter}: must be "):
        cn.rule(rule, **{parameter: value})


def test_a_network_without_trainable_weights_is_searched() -> None:
    for rule in RULES:
        net = xor_net()
        for weight in net.weights:
            weight.trainable = False
        before = net.weight_values
        with pytest.warns(UserWarning, match="all weights are frozen"):
            cn.train(net, XOR, rule, 2)
        assert (net.weight_values == before).all()


def test_scaled_conjugate_gradients_reset_their_scale_as_in_snns() -> None:
    net = xor_net()
    rule: Any = cn.rule("scaled_conjugate_gradient", resets_scale=True)
    values, memory, scales = net.weight_values, dict[str, Any](), []

    def evaluate(point: Any) -> Any:
        net.weight_values = point
        return cn.error_derivatives(net, XOR)

    for _ in range(3 * len(values)):
        values = rule.search(values, evaluate, memory)
        scales.append((memory["count"], memory["scale"], memory.get("resets", False)))
    after = [scales[index + 1] for index, (_, _, resets) in enumerate(scales[:-1]) if resets]
    assert after
    assert all(count == 2 for count, _, _ in after)
