"""Weak and soft clamps, and external input: what the clamps of a case do to the units of a group."""

import copy
import math

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, ParameterError, WiringError

NAN = float("nan")


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("hub")
    made.add_group("input", 1, role="input")
    made.add_group("hub", 2)
    made.add_group("name", 2, role="output", error="cross_entropy")
    for ends in (("input", "hub"), ("hub", "name"), ("input", "name")):
        made.connect(*ends)
    made.randomize(1.0, seed=1)
    return made


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def test_a_weak_clamp_replaces_a_part_of_the_activation(net: cn.Network) -> None:
    net.forward([1.0])
    free = net["hub"].activations.copy()
    net["hub"].clamping = cn.Clamping("weak", 0.25)
    net.forward({"input": [1.0], "hub": [0.875, NAN]})
    assert net["hub"].activations.tolist() == pytest.approx([0.75 * free[0] + 0.25 * 0.875, free[1]], rel=1e-15)
    assert not net.unit("hub:0").is_clamped


def test_a_soft_clamp_adds_the_net_input_of_an_activation_between_rest_and_the_value(net: cn.Network) -> None:
    net.forward([1.0])
    x = [unit.net_input for unit in net["hub"]]
    net["hub"].clamping = "soft"  # strength 0.5, as LENS's clampStrength: the logit of 0.5 + 0.5 (1 − 0.5) = 0.75 is added
    net.forward({"input": [1.0], "hub": [1.0, NAN]})
    assert net.unit("hub:0").net_input == pytest.approx(x[0] + math.log(3.0), rel=1e-15)
    assert net.unit("hub:0").activation == pytest.approx(logistic(x[0] + math.log(3.0)), rel=1e-14)
    assert net.unit("hub:1").net_input == x[1]


def test_external_input_is_added_to_the_net_input(net: cn.Network) -> None:
    net.forward([1.0])
    x = net.unit("hub:1").net_input
    net["hub"].clamping = cn.Clamping("external", 0.4)
    net.forward({"input": [1.0], "hub": [NAN, -2.0]})
    assert net.unit("hub:1").net_input == x - 0.8
    assert net.unit("hub:1").external_input == -0.8
    assert net.unit("hub:0").external_input == 0.0
    assert net.forward([1.0]).tolist() == net.forward({"input": [1.0], "hub": [NAN, NAN]}).tolist()


@pytest.mark.parametrize("kind", ["weak", "soft", "external"])
def test_the_derivatives_are_those_of_finite_differences(net: cn.Network, kind: str, engine: str) -> None:
    for group in ("hub", "name"):
        net[group].clamping = kind
    example = cn.Example([1.0], [0.0, 1.0], clamps={"hub": [0.25, NAN], "name": [0.5, NAN]})
    examples = cn.ExampleSet([example, cn.Example([-1.0], [1.0, 1.0])])
    _, derivatives = cn.error_derivatives(net, examples, engine=engine)
    for index, weight in enumerate(net.weights):
        value, errors = weight.value, []
        for change in (-1e-6, 1e-6):
            weight.value = value + change
            errors.append(cn.error_derivatives(net, examples, engine=engine)[0])
        weight.value = value
        assert derivatives[index] == pytest.approx((errors[1] - errors[0]) / 2e-6, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("kind", ["weak", "soft", "external"])
@pytest.mark.parametrize("order", ["synchronous", "permuted"])
def test_settling_is_the_same_in_both_engines(kind: str, order: str) -> None:
    made = cn.Network("attractor")
    made.add_group("cue", 2, role="input")
    made.add_group("pattern", 3, activation="tanh")
    made.connect("cue", "pattern")
    made.connect("pattern", "pattern", delay=1)
    made.randomize(0.7, seed=3)
    made["pattern"].clamping = kind
    settled = [
        cn.settle(made, {"cue": [1, 0], "pattern": [0.5, NAN, -0.25]}, ticks=9, criterion=None, order=order, seed=2, engine=engine)
        for engine in ("local", "compiled")
    ]
    free = cn.settle(made, [1, 0], ticks=9, criterion=None, order=order, seed=2)
    np.testing.assert_allclose(settled[0].activations, settled[1].activations, rtol=1e-12, atol=1e-14)
    assert not np.allclose(settled[0].activations, free.activations, atol=1e-3)


def test_until_can_change_the_clamping(engine: str) -> None:
    def trained(kind: str, first: str) -> list[float]:
        made = cn.Network("hub")
        made.add_group("input", 1, role="input")
        made.add_group("name", 2, role="output")
        made.connect("input", "name")
        made["name"].clamping = first

        def change(_run: cn.Run) -> bool:
            made["name"].clamping = kind
            return False

        examples = cn.ExampleSet([cn.Example([1.0], [0.0, 1.0], clamps={"name": [0.5, NAN]})])
        return cn.train(made, examples, "steepest", 3, until=change, engine=engine).errors

    assert trained("external", "weak")[1:] != trained("weak", "weak")[1:]
    assert trained("external", "weak")[0] == trained("weak", "weak")[0]


def test_a_copy_and_a_file_keep_the_clamping(net: cn.Network, tmp_path: object) -> None:
    net["hub"].clamping = cn.Clamping("soft", 0.25)
    path = f"{tmp_path}/net.npz"
    cn.save_network(net, path)
    for again in (copy.deepcopy(net), net.copy(), cn.load_network(path)):
        assert again["hub"].clamping == cn.Clamping("soft", 0.25)
        assert again["name"].clamping == cn.Clamping("hard")


def test_explain_shows_the_terms_of_a_clamp(net: cn.Network) -> None:
    net["hub"].clamping, net["name"].clamping = "external", cn.Clamping("weak", 0.25)
    net.forward({"input": [1.0], "hub": [0.5, NAN], "name": [NAN, 1.0]})
    hub, name = net.unit("hub:0").explain(), net.unit("name:1").explain()
    assert hub.net_input is not None
    assert ("external input", 0.5) in [(term.name, term.value) for term in hub.net_input.terms]
    assert hub.net_input.total == net.unit("hub:0").net_input
    assert name.integrated is not None
    assert name.integrated.total == pytest.approx(net.unit("name:1").activation, rel=1e-15)
    assert "weak clamp in this case, value 1.0, strength" in str(name)


@pytest.mark.parametrize(
    ("assigned", "message"),
    [
        ("firm", "group 'hub', clamping: must be one of hard, weak, soft, external, or a cn.Clamping (got 'firm')"),
        (3, "group 'hub', clamping: must be one of hard, weak, soft, external, or a cn.Clamping (got 3)"),
    ],
)
def test_an_unknown_kind_is_an_error(net: cn.Network, assigned: object, message: str) -> None:
    with pytest.raises(ParameterError) as raised:
        net["hub"].clamping = assigned  # type: ignore[assignment]
    assert str(raised.value) == message


def test_strengths_out_of_range_are_errors() -> None:
    for kind, strength in (("weak", 0.0), ("weak", 1.0), ("soft", 1.5), ("external", 0.0), ("hard", 0.5), ("external", NAN)):
        with pytest.raises(ParameterError, match=r"Clamping\.strength"):
            cn.Clamping(kind, strength)


def test_what_cannot_be_clamped_softly_is_an_error(net: cn.Network) -> None:
    net["hub"].activation_function = "rectified"
    with pytest.raises(ParameterError, match="'rectified' has none; the kind 'external' adds"):
        net["hub"].clamping = "soft"
    net["hub"].activation_function = "tanh"
    net["hub"].clamping = "soft"
    with pytest.raises(ParameterError, match="'rectified' has none"):
        net["hub"].activation_function = "rectified"
    with pytest.raises(ParameterError, match="is for hidden and output groups"):
        net["input"].clamping = "weak"


def test_a_value_out_of_the_range_of_the_activation_function_is_an_error(net: cn.Network) -> None:
    net["hub"].clamping = "weak"
    with pytest.raises(DataError, match=r"input, unit hub:1: must be from 0 to 1 for a weak clamp, or NaN for none \(got 1.5\)"):
        net.forward({"input": [1.0], "hub": [NAN, 1.5]})
    examples = cn.ExampleSet([cn.Example([1.0], [0, 1]), cn.Example([1.0], [0, 1], name="odd", clamps={"hub": [-0.5, NAN]})])
    with pytest.raises(DataError, match=r"clamp of example 'odd', unit hub:0: must be from 0 to 1 for a weak clamp"):
        cn.train(net, examples, "steepest", 1)


def test_procedures_that_clamp_targets_need_hard_clamps() -> None:
    made = cn.Network("pair")
    made.add_group("input", 1, role="input")
    made.add_group("output", 1, role="output")
    made.connect("input", "output")
    made["output"].clamping = "weak"
    with pytest.raises(WiringError, match="clamps the output units to the targets, so the clamping of group 'output' must be 'hard'"):
        cn.train(made, cn.ExampleSet.from_arrays([[1], [0]], [[1], [0]]), "steepest", 1, procedure="contrastive_hebbian")


def test_the_range_is_checked_again_after_the_kind_was_assigned(net: cn.Network) -> None:
    examples = cn.ExampleSet([cn.Example([1.0], [0, 1], clamps={"hub": [3.0, NAN]})])
    net.outputs(examples)
    for kind in ("soft", "weak"):
        net["hub"].clamping = kind
        with pytest.raises(DataError, match=f"must be from 0 to 1 for a {kind} clamp"):
            net.outputs(examples)


@pytest.mark.parametrize("procedure", ["boltzmann", "restricted_boltzmann"])
def test_machines_with_random_units_need_hard_clamps(procedure: str) -> None:
    made = cn.Network("machine")
    made.add_group("hidden", 1)
    made.add_group("output", 1, role="output")
    made.connect("hidden", "output")
    made.make_symmetric("hidden", "output")
    made["output"].clamping = "soft"
    held = cn.ExampleSet([cn.Example.of_events([cn.Event([], [1], time=2, targets_at="last")])])
    with pytest.raises(WiringError, match="so the clamping of group 'output' must be 'hard'"):
        cn.train(made, held, "steepest", 1, procedure=procedure)


def test_soft_clamps_and_temperature_exclude_each_other() -> None:
    made = cn.Network("pools")
    made.add_group("cue", 1, role="input")
    made.add_group("pool", 1)
    made.connect("cue", "pool")
    made.connect("pool", "pool", delay=1)
    made["pool"].clamping = "soft"
    with pytest.raises(WiringError, match=r"settle.temperature: changes the activation function of group 'pool'"):
        cn.settle(made, {"cue": [0], "pool": [0.9]}, temperature=2.0)


@pytest.mark.parametrize("wrong", [[], {}, np.array(["weak"])])
def test_kinds_of_other_types_are_errors(net: cn.Network, wrong: object) -> None:
    for make in (cn.Clamping, cn.ActivationCost):
        with pytest.raises(ParameterError, match="kind: must be one of"):
            make(wrong)  # type: ignore[arg-type]
    for name in ("clamping", "cost"):
        with pytest.raises(ParameterError, match="must be one of"):
            setattr(net["hub"], name, wrong)
