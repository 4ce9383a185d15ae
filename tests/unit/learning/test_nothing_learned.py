"""Training that cannot change weights, and functions that a group cannot have, are said."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, ParameterError, WiringError
from connectionist.learning.training_checks import check_training
from connectionist.model.connection import Connection


def made(activation: object = "logistic", units: int = 1, **options: object) -> cn.Network:
    net = cn.Network("pair")
    net.add_group("input", 2, role="input")
    net.add_group("output", units, role="output", activation=activation, **options)  # type: ignore[arg-type]
    net.connect("input", "output")
    net.randomize(0.5, seed=1)
    return net


def examples(units: int = 1) -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[0] * units, [1] * units])


@pytest.mark.parametrize("name", ["threshold", "binary_stochastic", "winner_take_all", cn.activation_function("k_winners", k=1)])
def test_back_propagation_through_a_function_without_slope_is_warned_of(name: object) -> None:
    net = made(name)
    before = net.weight_values.copy()
    with pytest.warns(UserWarning, match=r"group 'output': the slope of '\w+' is 0, so back_propagation changes no weight to its units"):
        cn.train(net, examples(), "steepest", 3)
    assert (net.weight_values == before).all()


def test_rules_without_slopes_are_not_warned_of() -> None:
    cn.train(made("threshold"), examples(), "perceptron", 3)  # warnings are errors


def test_equilibrium_propagation_needs_slopes() -> None:
    with pytest.raises(WiringError, match="needs activation functions with a slope, and that of 'threshold' in group 'output' is 0"):
        cn.train(made("threshold"), examples(), "steepest", 1, procedure="equilibrium_propagation")


def test_a_criterion_needs_targets() -> None:
    none = cn.ExampleSet.from_arrays([[0, 1]], [[np.nan]])
    for call in (cn.train, lambda net, *rest, **options: cn.train_many([net], *rest, seeds=[1], **options)):
        with pytest.raises(DataError, match=r"\.until: a criterion needs targets, and no example has one; give epochs only"):
            call(made(), none, "steepest", 3, until=cn.Criterion(correct=1.0))


@pytest.mark.parametrize(
    ("targets", "tolerance", "is_warned_of"),
    [
        ([[0.1], [0.9]], 0.5, True),
        ([[0.1], [0.9]], 0.4, False),
        ([[0.3], [0.7]], (0.7 - 0.3) / 2, False),
        ([[-1], [1]], 1.0, False),
        ([[-1], [1]], 1.1, True),
        ([[0], [1]], 0.5, False),
        ([[0.1], [0.1]], 0.5, False),
        ([[0.1], [np.nan]], 0.5, False),
        ([[0.1, 0.9], [0.1, 0.9]], 0.5, False),  # each unit has one value
        ([[0.5, 0.1, np.nan], [0.5, 0.9, 0.1], [0.5, np.nan, 0.1]], 0.5, True),
        (np.array([[0.1], [0.9]], np.float32), 0.4, False),
        ([[0], [4 / 3]], 0.666667, False),  # as the message for a larger one advises
        ([[0.1], [0.5], [0.9]], 0.5, False),  # of more than two values, the tolerance may be meant so
    ],
)
def test_a_tolerance_that_makes_one_output_correct_for_both_values_is_warned_of(targets: Any, tolerance: float, is_warned_of: bool) -> None:
    net = made("tanh", len(targets[0]))
    pairs = cn.ExampleSet.from_arrays([[0, 1]] * len(targets), targets)
    for call in (cn.train, lambda net, *rest, **options: cn.train_many([net], *rest, seeds=[1], **options)):
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            call(net, pairs, "steepest", 1, until=cn.Criterion(correct=1.0), tolerance=tolerance)
            call(net, pairs, "steepest", 1, until=cn.Criterion(error=0.1), tolerance=tolerance)
        sentences = [str(each.message) for each in found if "is correct for the target" in str(each.message)]
        assert len(sentences) == is_warned_of
        if is_warned_of and tolerance == 0.5:
            assert sentences[0].startswith("tolerance 0.5: the output 0.5 is correct for the target 0.1 and for the target 0.9, so the ")
            assert "with a tolerance of 0.4 or less, no output is correct for both" in sentences[0]


def test_joint_functions_need_enough_units() -> None:
    with pytest.raises(ParameterError, match=r"group 'output': KWinners\(k=3\) needs at least 3 units \(got 2\)"):
        made(cn.activation_function("k_winners", k=3), 2)
    with pytest.raises(ParameterError, match=r"group 'output': Cosine\(\) needs at least 2 units \(got 1\)"):
        made(error="cosine")
    net = made(units=1)
    with pytest.raises(ParameterError, match=r"Cosine\(\) needs at least 2 units"):
        net["output"].error_function = "cosine"


def test_the_initial_activation_is_in_the_range_of_a_function_of_it() -> None:
    net = cn.Network("pools")
    with pytest.raises(ParameterError, match=r"group 'pool', initial: 'interactive_activation' gives activations from -0.2 to 1"):
        net.add_group("pool", 2, activation="interactive_activation", initial=5)
    group = net.add_group("pool", 2, activation="interactive_activation", initial=-0.1)
    with pytest.raises(ParameterError, match="and a unit starts from this value"):
        group.initial = -1
    assert group.initial.tolist() == [-0.1, -0.1]


def test_a_drawing_has_no_more_columns_than_units() -> None:
    group = made(units=3)["output"]
    group.columns = 3
    with pytest.raises(ParameterError, match=r"group 'output', columns: must be a whole number of at least 1 and at most 3 \(got 4\)"):
        group.columns = 4


def test_competitive_learning_has_no_negative_inputs() -> None:
    net = cn.Network("clusters")
    net.add_group("input", 2, role="input")
    net.add_group("cluster", 2, activation="winner_take_all", biased=False)
    net.connect("input", "cluster")
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet.from_arrays([[1.0, 1.0], [1.0, -0.5]], np.zeros((2, 0)), names=["a", "b"])
    message = "rule 'competitive': activations of senders must be at least 0, and that of input:1 is -0.5, in example 'b'"
    with pytest.raises(DataError, match=f"^{message}$"):
        cn.train(net, examples, "competitive", 1, engine="local")
    net.connect("cluster", "cluster", delay=1)
    in_time = cn.ExampleSet([cn.Example.sequence([[1.0, 1.0], [1.0, -0.5]], np.zeros((2, 0)), name="c")])
    with pytest.raises(DataError, match=r"and that of input:1@2 is -0.5, in example 'c'$"):
        cn.train(net, in_time, "competitive", 1, engine="local")


def test_a_settling_without_criterion_is_not_called_unsettled() -> None:
    net = cn.Network("pools")
    net.add_group("cue", 1, role="input")
    net.add_group("pool", 2)
    net.connect("cue", "pool")
    net.connect("pool", "pool", delay=1)
    net.randomize(0.5, seed=1)
    assert repr(cn.settle(net, [1], criterion=None, ticks=5)).startswith("<Settling: 5 ticks, change ")
    with pytest.warns(UserWarning, match="not settled after 2 ticks"):
        assert "not settled" in repr(cn.settle(net, [1], criterion=1e-30, ticks=2))


def test_a_restricted_boltzmann_machine_says_first_what_its_groups_are() -> None:
    net = cn.Network("pair")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    with pytest.raises(WiringError, match="the output units are the visible ones, so give the data as targets, and add no input group"):
        cn.train(net, examples(), "steepest", 1, procedure="restricted_boltzmann")


def test_a_joint_rule_needs_a_rate_or_a_change() -> None:
    @dataclass(frozen=True)
    class NoRate(cn.JointRule):
        """A rule without rate."""

        name = "no_rate"

        def signals(self, values: cn.Array, *_: object) -> cn.Array:
            return values

    with pytest.raises(ParameterError, match=r"NoRate: must have the parameter rate, or define change \(got neither\)"):
        NoRate()


def test_the_connections_of_a_network_whose_functions_have_slopes_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection as an object takes .1 s in a network of half a million, at the start of each training."""
    net, phases = made(), [cn.Phase(cn.rule("momentum"), 1)]
    assert net.schedule.steps
    monkeypatch.setattr(Connection, "weight", property(lambda _: pytest.fail("a connection was read")))
    check_training(net, examples(), phases)
