"""Training: phases, stopping, continuing, interruption. Each test runs with every engine."""

import math
import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.data.order import PresentationOrder
from connectionist.errors import DataError, ParameterError, TrainingInterrupted, UnknownNameError

MOMENTUM = cn.rule("momentum", rate=0.5, momentum=0.9)
Maker = Callable[[], cn.Network]


def test_a_name_means_the_rule_with_its_defaults(make_net: Maker, xor: cn.ExampleSet, engine: str) -> None:
    first, second = make_net(), make_net()
    run = cn.train(first, xor, "momentum", 5, engine=engine)
    cn.train(second, xor, cn.rule("momentum"), 5, engine=engine)
    assert np.array_equal(first.weight_values, second.weight_values)
    assert (run.engine, run.seed, run.stopped, run.epochs) == (engine, first.seed, "epochs", 5)
    assert run.seconds > 0


def test_one_root_seed_makes_weights_and_order(make_net: Maker, xor: cn.ExampleSet, engine: str) -> None:
    def train(drawn: int, **options: Any) -> cn.Network:
        net = make_net()
        net.randomize(0.5, drawn)
        run = cn.train(net, xor, "momentum", 3, update_after=1, order="permuted", engine=engine, **options)
        assert run.seed == options.get("seed", drawn)
        return net

    assert np.array_equal(train(7).weight_values, train(7, seed=7).weight_values)
    assert not np.array_equal(train(7).weight_values, train(7, seed=0).weight_values)
    assert not np.array_equal(train(7).weight_values, train(8).weight_values)


@pytest.mark.filterwarnings("ignore:rule .delta.. learns from targets")
@pytest.mark.parametrize("name", ["steepest", "momentum", "dougs_momentum", "delta", "hebb"])
def test_ten_epochs_and_ten_more_with_memory_are_twenty_bit_for_bit(make_net: Maker, xor: cn.ExampleSet, engine: str, name: str) -> None:
    whole, parts = make_net(), make_net()
    rule = cn.rule(name, rate=0.1)
    run = cn.train(whole, xor, rule, 20, engine=engine)
    first = cn.train(parts, xor, rule, 10, engine=engine)
    first_memory = {key: numbers.tolist() for key, numbers in first.memory.items()}
    second = cn.train(parts, xor, rule, 10, engine=engine, memory=first.memory)
    assert {key: numbers.tolist() for key, numbers in first.memory.items()} == first_memory
    assert first.errors + second.errors == run.errors
    assert parts.weight_values.tolist() == whole.weight_values.tolist()
    for key, numbers in run.memory.items():
        assert second.memory[key].tolist() == numbers.tolist()


def test_without_memory_momentum_starts_at_zero(make_net: Maker, xor: cn.ExampleSet, engine: str) -> None:
    whole, parts = make_net(), make_net()
    cn.train(whole, xor, MOMENTUM, 20, engine=engine)
    first = cn.train(parts, xor, MOMENTUM, 10, engine=engine)
    kept = {name: numbers.copy() for name, numbers in first.memory.items()}
    cn.train(parts, xor, MOMENTUM, 10, engine=engine)
    assert parts.weight_values.tolist() != whole.weight_values.tolist()
    assert all(np.array_equal(first.memory[name], kept[name]) for name in kept), "a later run must not change the memory of an earlier run"


def test_phases_carry_momentum_over(make_net: Maker, xor: cn.ExampleSet, engine: str) -> None:
    """1986: ε .005, α .5 for 20 sweeps, then .01, .9; the first change of the second phase still has α Δw of the first."""
    phased, reference = make_net(), make_net()
    early, late = cn.rule("momentum", rate=0.005, momentum=0.5), cn.rule("momentum", rate=0.01, momentum=0.9)
    run = cn.train(phased, xor, phases=[cn.Phase(early, 20), cn.Phase(late, 1)], engine=engine)
    cn.train(reference, xor, early, 20, engine=engine)
    last = np.array([weight.change for weight in reference.weights])
    before, (_, derivatives) = reference.weight_values, cn.error_derivatives(reference, xor, engine)
    assert phased.weight_values == pytest.approx(before - 0.01 * derivatives + 0.9 * last, rel=1e-12)
    assert run.phase_numbers == [1] * 20 + [2]
    assert run.log["phase"].tolist() == run.phase_numbers


def test_memory_does_not_pass_through_a_rule_without_it(make_net: Maker, xor: cn.ExampleSet, engine: str) -> None:
    net = make_net()
    run = cn.train(net, xor, phases=[cn.Phase(MOMENTUM, 3), cn.Phase(cn.rule("steepest"), 1), cn.Phase(MOMENTUM, 0)], engine=engine)
    assert list(run.memory) == ["last_change"]
    assert not run.memory["last_change"].any()


@pytest.mark.parametrize("order", ["fixed", "permuted", "sampled"])
def test_the_seed_determines_the_order_of_examples(make_net: Maker, xor: cn.ExampleSet, engine: str, order: str) -> None:
    trained, reference = make_net(), make_net()
    run = cn.train(trained, xor, cn.rule("steepest", rate=0.5), 3, engine=engine, update_after=1, order=order, seed=7)
    errors = []
    for row in PresentationOrder(xor, 7).orders(order, 3):
        errors.append(0.0)
        for case in row:
            error, derivatives = cn.error_derivatives(reference, cn.ExampleSet([xor[int(case)]]), "local")
            reference.weight_values = reference.weight_values - 0.5 * derivatives
            errors[-1] += error
    assert run.errors == pytest.approx(errors, rel=1e-11)
    assert trained.weight_values == pytest.approx(reference.weight_values, rel=1e-11)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["fixed", "permuted", "sampled"]), st.sampled_from(["epoch", 1, 3]), st.integers(0, 10**6), st.integers(0, 6))
def test_the_same_seed_gives_the_same_bits(
    make_net: Maker, xor: cn.ExampleSet, engine: str, order: str, update_after: str | int, seed: int, epochs: int
) -> None:
    weights = []
    for _ in range(2):
        net = make_net()
        cn.train(net, xor, MOMENTUM, epochs, engine=engine, order=order, update_after=update_after, seed=seed)
        weights.append(net.weight_values.tolist())
    assert weights[0] == weights[1]


def test_it_stops_after_the_first_epoch_at_or_below_an_error(make_net: Maker, xor: cn.ExampleSet, engine: str) -> None:
    probe = cn.train(make_net(), xor, MOMENTUM, 200, engine=engine)
    goal = probe.errors[100]
    first = next(number for number, error in enumerate(probe.errors, 1) if error <= goal)
    run = cn.train(make_net(), xor, MOMENTUM, 200, engine=engine, until=goal)
    assert (run.epochs, run.stopped) == (first, "criterion")


def test_a_criterion_ends_all_phases(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    run = cn.train(net, xor, phases=[cn.Phase(MOMENTUM, 5), cn.Phase(MOMENTUM, 5)], until=cn.Criterion(error=1e9), engine=engine)
    assert (run.epochs, run.phase_numbers, run.stopped) == (1, [1], "criterion")


def test_a_function_is_called_after_each_epoch(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    called: list[int] = []

    def until(run: cn.Run) -> bool:
        called.append(run.epochs)
        return run.epochs == 7

    run = cn.train(net, xor, MOMENTUM, 50, until=until, engine=engine)
    assert called == [1, 2, 3, 4, 5, 6, 7]
    assert run.stopped == "until"


def test_zero_epochs_change_nothing(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    before = net.weight_values
    run = cn.train(net, xor, MOMENTUM, 0, engine=engine)
    assert (run.epochs, run.stopped) == (0, "epochs")
    assert np.array_equal(net.weight_values, before)


def test_ctrl_c_keeps_what_was_learned(make_net: Maker, xor: cn.ExampleSet, engine: str) -> None:
    def until(run: cn.Run) -> bool:
        if run.epochs == 4:
            raise KeyboardInterrupt
        return False

    net, copy = make_net(), make_net()
    with pytest.raises(
        TrainingInterrupted, match="interrupted after 4 epochs; the network keeps the weights it has learned"
    ) as interrupted:
        cn.train(net, xor, MOMENTUM, 50, until=until, engine=engine)
    run = interrupted.value.run
    assert (run.epochs, run.stopped, run.network) == (4, "interrupted", net)
    assert isinstance(interrupted.value, KeyboardInterrupt)
    cn.train(copy, xor, MOMENTUM, 4, engine=engine)
    assert net.weight_values.tolist() == copy.weight_values.tolist()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rule": "momentun", "epochs": 1}, UnknownNameError, "unknown update rule 'momentun'; did you mean 'momentum'"),
        (
            {"rule": MOMENTUM},
            ParameterError,
            r"train.epochs: must be given with a rule, as in epochs=100 \(got the rule 'momentum'",
        ),
        ({"epochs": 5}, ParameterError, r"train.rule: must be given with epochs, as in rule='momentum' \(got epochs=5 and no rule\)"),
        ({}, ParameterError, r"train: must have a rule and epochs, as in rule='momentum', epochs=100, or phases \(got none of them\)"),
        ({"rule": MOMENTUM, "epochs": 5, "phases": []}, ParameterError, "phases replace rule"),
        ({"phases": [], "order": "permuted"}, ParameterError, "phases replace rule"),
        *(
            ({"phases": [cn.Phase(MOMENTUM, 1)], name: default}, ParameterError, rf"phases replace .* \(got {name}='{default}' too\)")
            for name, default in {"update_after": "epoch", "order": "fixed", "weighting": "equal"}.items()
        ),
        ({"rule": MOMENTUM, "epochs": 1, "engine": "compild"}, UnknownNameError, "unknown engine 'compild'; did you mean 'compiled'"),
        (
            {"rule": MOMENTUM, "epochs": 1, "engine": 3},
            ParameterError,
            "train.engine: must be the name of an engine or an object of class Engine",
        ),
        ({"rule": 3, "epochs": 1}, ParameterError, "train.rule: must be the name of an update rule or an object of class Rule"),
        ({"rule": MOMENTUM, "epochs": 1, "tolerance": 0}, ParameterError, "train.tolerance: must be a number above 0"),
        ({"rule": MOMENTUM, "epochs": 1, "seed": -1}, ParameterError, "seed: must be a whole number"),
        ({"rule": MOMENTUM, "epochs": 1, "until": -1.0}, ParameterError, "train.until: must be a number of at least 0"),
        (
            {"rule": MOMENTUM, "epochs": 1, "until": "correct"},
            ParameterError,
            r"train.until: must be a Criterion, a number \(the error\) or a function of the run \(got 'correct'\)",
        ),
        ({"rule": MOMENTUM, "epochs": 1, "memory": {"last_change": [1, 2]}}, DataError, r"train.memory\['last_change'\]: must be 11"),
    ],
)
def test_invalid_arguments_raise_before_anything_changes(
    net: cn.Network, xor: cn.ExampleSet, arguments: dict[str, object], error: type[Exception], message: str
) -> None:
    before = net.weight_values
    with pytest.raises(error, match=message):
        cn.train(net, xor, **arguments)  # type: ignore[arg-type]
    assert np.array_equal(net.weight_values, before)


def test_the_tolerance_decides_what_counts_as_right(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    assert cn.train(net, xor, MOMENTUM, 1, engine=engine, tolerance=1.0).correct == 1.0
    assert cn.train(net, xor, MOMENTUM, 1, engine=engine, tolerance=1e-9).correct == 0.0


def test_zero_trainable_weights_warn_even_if_frozen_weights_are_not_zero() -> None:
    net = cn.Network("srn")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    cn.add_context(net, "hidden")
    for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    with pytest.warns(UserWarning, match="srn: every trainable weight is 0"):
        cn.train(net, cn.ExampleSet.stream([[1.0], [0.0]], [[0.0], [1.0]]), "steepest", 1, engine="local")


@pytest.mark.parametrize(("answer", "stopped"), [(True, "until"), (np.True_, "until"), ("calm", "calm"), ("", "epochs"), (None, "epochs")])
def test_a_function_that_ends_training_is_no_criterion(net: cn.Network, xor: cn.ExampleSet, engine: str, answer: Any, stopped: str) -> None:
    run = cn.train(net, xor, "steepest", 4, engine=engine, until=lambda run: answer if run.epochs == 2 else False)
    assert (run.stopped, run.epochs) == (stopped, 4 if stopped == "epochs" else 2)


@pytest.mark.parametrize("answer", [1, 0.5, float("nan"), np.array([True, False]), []])
def test_another_answer_of_until_is_an_error(net: cn.Network, xor: cn.ExampleSet, answer: Any) -> None:
    with pytest.raises(
        ParameterError, match=r"train.until: the function must return true, false, or a word for run.stopped other than .*error \(got "
    ):
        cn.train(net, xor, "steepest", 4, engine="local", until=lambda _: answer)


def output_net(activation: str, margin: float = 0.0) -> cn.Network:
    net = cn.Network("ranges")
    net.add_group("input", 1, role="input")
    net.add_group("first", 1, role="output")
    net.add_group("output", ["a", "b"], role="output", activation=activation, margin=margin)
    net.connect("input", "first")
    net.connect("input", "output")
    return net


@pytest.mark.parametrize(
    ("activation", "margin", "target", "message"),
    [
        ("tanh", 0.0, -70.0, "target -70 cannot be reached, since activations of tanh are from -1 to 1$"),
        ("logistic", 0.0, 1000.0, "target 1000 cannot be reached, since activations of logistic are from 0 to 1$"),
        ("rectified", 0.0, -0.1, "target -0.1 cannot be reached, since activations of rectified are from 0 to inf$"),
        ("logistic", 0.1, 1.2, "target 1.2 cannot"),
        ("logistic", 0.0, 1.0, ""),
        ("logistic", 0.2, 1.2, ""),
        ("tanh", 0.0, -1.0, ""),
        ("linear", 0.0, 1e6, ""),
    ],
)
def test_a_target_out_of_range_warns(activation: str, margin: float, target: float, message: str) -> None:
    examples = cn.ExampleSet.from_arrays([[1.0], [0.0]], [[0.5, 0.0, 0.0], [math.nan, 0.0, target]], names=["low", "high"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cn.train(output_net(activation, margin), examples, "steepest", 1)
    texts = [str(warning.message) for warning in caught]
    assert len(texts) == bool(message)
    assert not message or re.search("^example 'high', unit output:b: the " + message, texts[0])


def test_a_target_out_of_range_names_the_tick_and_the_number() -> None:
    net = cn.simple_recurrent_network("srn", 1, 2, 2)
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet([cn.Example.sequence(np.ones((2, 1)), {2: [-0.5, 3.0]})])
    with pytest.warns(UserWarning, match=r"example '0', unit output:0 at tick 2: the target -0.5 .* \(2 such targets in the group\)"):
        cn.train(net, examples, "steepest", 1)


def test_frequencies_without_effect_warn(net: cn.Network, xor: cn.ExampleSet) -> None:
    examples = cn.ExampleSet.from_arrays(xor.inputs, xor.targets, frequencies=[1, 2, 1, 50])
    message = r"frequencies of the examples, 1 to 50, have no effect: phase 1 has order 'permuted', .*; order='sampled' draws"
    with pytest.warns(UserWarning, match=message) as caught:
        cn.train(net, examples, "steepest", 1, order="permuted")
    assert len(caught) == 1
    phases = [cn.Phase("steepest", 1), cn.Phase("steepest", 1, order="sampled")]  # type: ignore[arg-type,unused-ignore]
    cn.train(net, examples, phases=phases)
    cn.train(net, examples.weighted(), "steepest", 1)
    cn.train(net, cn.ExampleSet.from_arrays(xor.inputs, xor.targets, frequencies=[3, 3, 3, 3]), "steepest", 1)
    cn.train(net, examples.weighted(np.log(examples.frequencies + 1)), "steepest", 1)


def test_frequencies_that_are_used_twice_warn(net: cn.Network, xor: cn.ExampleSet) -> None:
    examples = cn.ExampleSet.from_arrays(xor.inputs, xor.targets, frequencies=[1, 2, 1, 50])
    with pytest.warns(UserWarning, match="phase 1 uses the frequencies of the examples twice: order 'sampled' draws") as caught:
        cn.train(net, examples, "steepest", 1, order="sampled", weighting="frequency")
    assert len(caught) == 1


def test_one_example_is_a_set_of_one(net: cn.Network, xor: cn.ExampleSet) -> None:
    assert (net.outputs(xor[1]) == net.outputs(xor[1:2])).all()
    assert cn.error_derivatives(net, xor[1])[0] == cn.error_derivatives(net, [xor[1]])[0]


def test_training_that_cannot_learn_gives_a_warning(net: cn.Network, xor: cn.ExampleSet) -> None:
    none = cn.ExampleSet.from_arrays(xor.inputs, np.full(xor.targets.shape, np.nan))
    far = cn.ExampleSet.from_arrays(xor.inputs, xor.targets * 5)
    with pytest.warns(UserWarning, match="no example has a target, so the error is 0 and nothing is learned"):
        cn.train(net, none, "momentum", 1)
    with pytest.warns(UserWarning, match="the target 5 cannot be reached"):
        cn.train(net, xor, "momentum", 1, test=far)
    without = net.copy()
    without.lesion("output")
    with pytest.warns(UserWarning, match=r"the output units that have targets are lesioned, so the error is 0 .*network.restore\(\)"):
        cn.train(without, xor, "momentum", 1)
    cn.train(net, none, "momentum", 0)
    cn.train(net, none, "hebb", 1)  # learns from activations
    for projection in net.projections:
        projection.trainable = False
    with pytest.warns(UserWarning, match="all weights are frozen, so training changes none"):
        cn.train(net, xor, "momentum", 1)
    net.connections[0].weight.trainable = True
    cn.train(net, xor, "momentum", 1)
