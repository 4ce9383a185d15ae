"""Costs on activations: terms of E for hidden and output groups."""

import copy
from collections.abc import Callable
from contextlib import nullcontext
from tempfile import TemporaryDirectory

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError, WiringError
from connectionist.model.activation_cost import KINDS, WITH_PEAK

COSTS = [cn.ActivationCost(kind, 0.3, peak) for kind in WITH_PEAK for peak in (0.5, 0.3)]
COSTS += [cn.ActivationCost("absolute", 0.2), cn.ActivationCost("square", 0.2), cn.ActivationCost("change", 0.2)]


def made(error: str = "squared", activation: str = "logistic") -> cn.Network:
    net = cn.Network("pair")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output", activation=activation, error=error)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=1)
    return net


EXAMPLES = cn.ExampleSet([cn.Example([0, 1], [0, 1]), cn.Example([1, 1], [1, 0], error_weight=2.0)])


def differences(net: cn.Network, examples: cn.ExampleSet) -> list[float]:
    found = []
    for weight in net.weights:
        value, errors = weight.value, []
        for change in (-1e-6, 1e-6):
            weight.value = value + change
            errors.append(cn.error_derivatives(net, examples, engine="local")[0])
        weight.value = value
        found.append((errors[1] - errors[0]) / 2e-6)
    return found


@pytest.mark.parametrize("cost", COSTS, ids=str)
def test_slopes_are_central_differences(cost: cn.ActivationCost) -> None:
    for y in (0.013, 0.21, 0.47, 0.52, 0.88, 0.991):
        assert cost.slope(y) == pytest.approx((cost.cost(y + 1e-6) - cost.cost(y - 1e-6)) / 2e-6, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("kind", WITH_PEAK)
def test_the_cost_is_greatest_at_the_peak(kind: str) -> None:
    for peak in (0.5, 0.3, 0.8):
        cost = cn.ActivationCost(kind, 1.0, peak)
        assert cost.cost(peak) == pytest.approx(1.0)
        assert max(cost.cost(y) for y in (0.0, peak - 0.1, peak + 0.1, 1.0)) < 1.0
    ends = cn.ActivationCost(kind, 1.0)
    assert [ends.cost(0.0), ends.cost(1.0)] == pytest.approx([0.0, 0.0], abs=1e-14)


@pytest.mark.parametrize(("error", "activation"), [("squared", "logistic"), ("cross_entropy", "logistic"), ("divergence", "softmax")])
def test_derivatives_are_those_of_the_error_and_the_costs(error: str, activation: str) -> None:
    net = made(error, activation)
    without = cn.error_derivatives(net, EXAMPLES)[0]
    net["hidden"].cost, net["output"].cost = cn.ActivationCost("quadratic", 0.3, 0.4), cn.ActivationCost("logistic", 0.2)
    total, derivatives = cn.error_derivatives(net, EXAMPLES, engine="local")
    costs = 0.0
    for example in EXAMPLES:
        net.forward(example)
        for group in (net["hidden"], net["output"]):
            assert group.cost is not None
            costs += example.error_weight * sum(group.cost.cost(unit.activation) for unit in group)
    assert total == pytest.approx(without + costs, rel=1e-13)
    np.testing.assert_allclose(derivatives, differences(net, EXAMPLES), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("ticks_back", [None, 2])
def test_costs_in_time(ticks_back: int | None) -> None:
    net = cn.Network("in time", ticks_back=ticks_back, tie_derivative="sum")
    net.add_group("input", 1, role="input")
    net.add_group("state", 2, role="output")
    net.connect("input", "state")
    net.connect("state", "state", delay=1)
    net.randomize(1.0, seed=2)
    examples = cn.ExampleSet([cn.Example.sequence([[1], [0], [1]], np.array([[np.nan, 0], [1, np.nan], [0, 1]]))])
    without = cn.error_derivatives(net, examples)[0]
    net["state"].cost = cn.ActivationCost("square", 0.5)
    total, derivatives = cn.error_derivatives(net, examples, engine="local")
    net.forward(examples[0])
    assert net.unrolled is not None
    squares = 0.5 * sum(float((net.unrolled[f"state@{tick}"].activations ** 2).sum()) for tick in (1, 2, 3))
    assert total == pytest.approx(without + squares, rel=1e-13)
    if ticks_back is None:
        np.testing.assert_allclose(derivatives, differences(net, examples), rtol=1e-5, atol=1e-8)
    else:
        assert np.abs(derivatives - differences(net, examples)).max() > 1e-4


def test_explain_and_step_show_the_cost() -> None:
    net = made("cross_entropy")
    net["hidden"].cost = net["output"].cost = cn.ActivationCost("quadratic", 0.3)
    net.forward(EXAMPLES[1].inputs)
    error = net.backward(EXAMPLES[1].targets)
    for name in ("hidden:1", "output:0"):
        unit, explained = net.unit(name), net.unit(name).explain()
        assert unit.group.cost is not None
        assert explained.activation_derivative is not None
        assert explained.net_derivative is not None
        terms = {term.name: term.value for term in explained.activation_derivative.terms}
        assert terms["cost"] == unit.group.cost.slope(unit.activation)
        assert explained.activation_derivative.total == pytest.approx(unit.activation_derivative, rel=1e-15)
        assert explained.net_derivative.total == pytest.approx(unit.net_derivative, rel=1e-14)
    stops = list(cn.step(net, EXAMPLES[1].inputs, EXAMPLES[1].targets))
    assert [stop.text.split(":")[0] for stop in stops if "cost of" in stop.text] == ["cost of hidden", "cost of output"]
    assert error == pytest.approx(cn.error_derivatives(net, cn.ExampleSet([cn.Example([1, 1], [1, 0])]), engine="local")[0])


def test_strong_costs_make_hidden_units_binary() -> None:
    def trained(cost: cn.ActivationCost | None) -> float:
        net = made()
        net["hidden"].cost = cost
        cn.train(net, EXAMPLES, "momentum", 200, engine="local")
        found = []
        for example in EXAMPLES:
            net.forward(example)
            found += [min(unit.activation, 1.0 - unit.activation) for unit in net["hidden"]]
        return max(found)

    assert trained(cn.ActivationCost("quadratic", 0.3)) < 0.1 < trained(None)


def saved(net: cn.Network) -> cn.Network:
    with TemporaryDirectory() as folder:
        cn.save_network(net, f"{folder}/net.npz")
        return cn.load_network(f"{folder}/net.npz")


@pytest.mark.parametrize("make", [copy.deepcopy, lambda net: net.copy(), saved], ids=["deepcopy", "copy", "file"])
def test_copies_keep_the_cost(make: Callable[[cn.Network], cn.Network]) -> None:
    net = made()
    net["hidden"].cost, net["output"].cost = cn.ActivationCost("cosine", 0.25, 0.3), "square"
    again = make(net)
    assert again["hidden"].cost == cn.ActivationCost("cosine", 0.25, 0.3)
    assert again["output"].cost == cn.ActivationCost("square")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("flat",), "ActivationCost.kind: must be one of linear, quadratic, convex_quadratic, logistic, cosine, absolute, square"),
        (("linear", 0.0), "ActivationCost.strength"),
        (("linear", 0.1, 1.0), "ActivationCost.peak"),
        (("square", 0.1, 0.5), "ActivationCost.peak: must be left out, since 'square' has none"),
    ],
)
def test_wrong_costs_are_errors(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cn.ActivationCost(*arguments)  # type: ignore[arg-type]


def test_costs_that_a_network_cannot_have_are_errors() -> None:
    net = made(activation="tanh")
    with pytest.raises(ParameterError, match="'logistic' needs activations from 0 to 1, 'tanh' gives -1 to 1; the kinds 'absolute',"):
        net["output"].cost = "logistic"
    with pytest.raises(ParameterError, match=r"group 'hidden', cost: must be one of linear, .* or None \(got 'flat'\)"):
        net["hidden"].cost = "flat"
    with pytest.raises(ParameterError, match="is for hidden and output groups"):
        net["input"].cost = "square"
    net["hidden"].cost = "linear"
    with pytest.raises(ParameterError, match="needs activations from 0 to 1"):
        net["hidden"].activation_function = "tanh"
    with pytest.raises(WiringError, match=r"rule 'hebb': has no costs on activations, and group 'hidden' has the cost 'linear'"):
        cn.train(net, EXAMPLES, "steepest", 1, procedure="hebb")
    with pytest.raises(ParameterError, match="needs residuals, so group 'hidden' must have no cost"):
        cn.train(net, EXAMPLES, "levenberg_marquardt", 1)


def test_every_kind_can_be_assigned_by_name() -> None:
    net = made()
    for kind in KINDS:
        net["hidden"].cost = kind
        assert net["hidden"].cost == cn.ActivationCost(kind)
    net["hidden"].cost = None


def test_costs_alone_can_be_trained() -> None:
    net = made()
    net["hidden"].cost = cn.ActivationCost("quadratic", 1.0)
    none = cn.ExampleSet.from_arrays([[0, 1]], [[np.nan, np.nan]])
    run = cn.train(net, none, "momentum", 5, until=1e-9, engine="local")  # a warning would be an error
    assert run.errors[-1] < run.errors[0]


def test_direct_feedback_has_no_costs() -> None:
    net = made()
    net["hidden"].cost = "square"
    with pytest.raises(WiringError, match=r"procedure 'direct_feedback_alignment': has no costs on activations"):
        cn.train(net, EXAMPLES, "steepest", 1, procedure="direct_feedback_alignment", engine="local")


def test_outputs_of_a_network_with_costs_come_from_the_kernels() -> None:
    net = made()
    before = net.outputs(EXAMPLES)
    net["hidden"].cost = "square"
    assert (net.outputs(EXAMPLES) == before).all()  # a warning would be an error


def test_noise_that_can_leave_the_range_of_a_cost_is_an_error() -> None:
    net = made()
    net["hidden"].cost = "quadratic"
    with pytest.raises(ParameterError, match="group 'hidden': the cost 'quadratic' needs activations from 0 to 1, which activation_noise"):
        net["hidden"].activation_noise = 0.5
    net["hidden"].cost = "square"
    net["hidden"].activation_noise = 0.5
    with pytest.raises(ParameterError, match="assign net_input_noise, or the cost 'absolute', 'square' or 'change'"):
        net["hidden"].cost = "quadratic"


def test_the_error_of_testing_has_the_costs() -> None:
    net = made()
    net["hidden"].cost = cn.ActivationCost("square", 2.0)
    run = cn.train(net, EXAMPLES, "steepest", 1, test=EXAMPLES, engine="local")
    assert run.test_error == pytest.approx(cn.error_derivatives(net, EXAMPLES, engine="local")[0])


def changing(ticks_back: int | None = None) -> tuple[cn.Network, cn.ExampleSet]:
    net = cn.Network("changing", ticks_back=ticks_back, tie_derivative="sum")
    net.add_group("input", 1, role="input")
    net.add_group("state", 2, initial=0.25)
    net.add_group("output", 2, role="output", initial=0.5)
    net.connect("input", "state")
    net.connect("state", "state", delay=1)
    net.connect("state", "output")
    net.randomize(1.0, seed=2)
    net["state"].cost, net["output"].cost = cn.ActivationCost("change", 0.5), "change"
    pattern = np.array([[np.nan, 0], [1, np.nan], [0, 1]])
    first = cn.Example.sequence([[1], [0], [1]], pattern, error_weight=2.0)
    return net, cn.ExampleSet([first, cn.Example.sequence([[0], [1], [1]], pattern, continues=True)])


def test_a_cost_of_changes() -> None:
    net, examples = changing()
    one = examples[:1]  # derivatives do not go back into the example before
    np.testing.assert_allclose(cn.error_derivatives(net, one, engine="local")[1], differences(net, one), rtol=1e-5, atol=1e-8)
    total, _ = cn.error_derivatives(net, examples, engine="local")
    recorded = cn.record(net, examples, engine="local")["activation"]
    costs = 0.0
    for name, strength in (("state", 0.5), ("output", 0.01)):
        for activations, weight in zip(recorded.sel(unit=[f"{name}:0", f"{name}:1"]).values, (2.0, 1.0), strict=True):
            costs += weight * strength * float((np.diff(activations, axis=0) ** 2).sum())  # tick 1 has no cost
    net["state"].cost = net["output"].cost = None
    assert total == pytest.approx(cn.error_derivatives(net, examples, engine="local")[0] + costs, rel=1e-13)


def test_a_cost_of_changes_in_training_and_in_tests() -> None:
    runs = []
    for engine in ("local", "compiled"):
        net, examples = changing()
        with (
            pytest.warns(UserWarning, match="group 'state', cost 'change': the engine 'compiled'")
            if engine == "compiled"
            else nullcontext()
        ):
            run = cn.train(net, examples, cn.rule("momentum", rate=0.1), 3, engine=engine, test=examples)
        runs.append((run.errors, run.test_errors, net.weight_values.tolist(), net.outputs(examples, engine=engine).tolist()))
    assert runs[0][:3] == runs[1][:3]
    np.testing.assert_allclose(runs[0][3], runs[1][3], rtol=1e-12)
    net, examples = changing()
    net["state"].cost = net["output"].cost = None
    assert cn.train(net, examples, cn.rule("momentum", rate=0.1), 1, engine="local").errors[0] < runs[0][0][0]


@pytest.mark.parametrize("ticks_back", [None, 2])
def test_a_cost_of_changes_is_explained(ticks_back: int | None) -> None:
    net, examples = changing(ticks_back)
    net.forward(examples[0])
    net.backward(examples.targets[0])
    assert net.unrolled is not None
    for tick in (1, 2, 3):
        unit = net.unrolled.unit(f"state:0@{tick}")
        explained = unit.explain().activation_derivative
        assert explained is not None
        assert explained.total == pytest.approx(unit.activation_derivative, rel=1e-13)
        if ticks_back is None:  # else the terms are those of the passes
            assert ("cost at the next tick" in {term.name for term in explained.terms}) == (tick < 3)


def test_constant_activations_have_no_cost_of_changes() -> None:
    net, examples = made(), cn.ExampleSet([cn.Example.sequence([[0, 1]] * 3, np.full((3, 2), np.nan))])
    net["hidden"].cost = cn.ActivationCost("change", 1.0)
    total, derivatives = cn.error_derivatives(net, examples, engine="local")
    assert (total, np.abs(derivatives).max()) == (0.0, 0.0)


def test_a_cost_of_changes_needs_ticks() -> None:
    net = made("squared")
    net["hidden"].cost = "change"
    message = "group 'hidden', cost: 'change' is of changes from tick to tick; give examples with ticks, or assign another cost"
    for engine in ("local", "compiled"):
        with pytest.raises(WiringError, match=message):
            cn.train(net, EXAMPLES, "momentum", 1, engine=engine)
    net.forward([0, 1])
    with pytest.raises(WiringError, match=message):
        net.backward([0, 1])
