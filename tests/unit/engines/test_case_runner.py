"""Sequences that continue one another: the state carried over, the state shown, and which examples are correct."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.data.order import PresentationOrder
from connectionist.testing import random_network

IN_TIME = {"delays": True, "integrators": True, "initial": True}


@pytest.fixture
def srn() -> cn.Network:
    net = cn.Network("srn")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3, initial=0.5)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "output")
    net.randomize(0.9, seed=2)
    return net


def make_examples(*continues: bool, lengths: tuple[int, ...] = (2, 3, 1)) -> cn.ExampleSet:
    draw = np.random.default_rng(3)
    pairs = zip(continues, lengths, strict=True)
    return cn.ExampleSet(
        cn.Example.sequence(draw.normal(size=(n, 2)), draw.random((n, 1)), continues=is_continuation) for is_continuation, n in pairs
    )


def ragged(table: np.ndarray, examples: cn.ExampleSet) -> list[np.ndarray]:
    assert examples.lengths is not None
    return [rows[:length] for rows, length in zip(table, examples.lengths, strict=True)]


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), lengths=st.lists(st.integers(1, 4), min_size=2, max_size=5))
def test_a_sequence_in_pieces_gives_the_activations_of_the_whole(seed: int, lengths: list[int]) -> None:
    net, _ = random_network(seed, **IN_TIME)
    widths = [len(net.schedule.inputs), len(net.schedule.outputs)]
    inputs = np.random.default_rng(seed).normal(size=(sum(lengths), widths[0]))
    pieces = cn.ExampleSet(
        cn.Example.sequence(rows, np.full((len(rows), widths[1]), np.nan), continues=True)
        for rows in np.split(inputs, np.cumsum(lengths)[:-1])
    )
    whole = cn.ExampleSet([cn.Example.sequence(inputs, np.full((len(inputs), widths[1]), np.nan))])
    for group in net.groups:
        answers = net.activations(whole, group.name, "local")[0]
        assert np.array_equal(np.concatenate(ragged(net.activations(pieces, group.name, "local"), pieces)), answers), group


def test_an_example_that_continues_starts_from_the_end_of_the_example_before(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(False, True, False)
    found = srn.outputs(examples, engine_in_time)
    whole = srn.forward(np.concatenate([examples[0].inputs, examples[1].inputs]))
    assert found[0, :2] == pytest.approx(whole[:2], rel=1e-12)
    assert found[1] == pytest.approx(whole[2:], rel=1e-12)
    assert found[2, :1] == pytest.approx(srn.forward(examples[2].inputs), rel=1e-12)
    assert np.isnan(found).any(axis=2).tolist() == [[False, False, True], [False] * 3, [False, True, True]]


def test_the_first_example_of_all_starts_from_the_initial_state_even_if_it_continues(srn: cn.Network, engine_in_time: str) -> None:
    fresh, continued = make_examples(False, False, True), make_examples(True, False, True)
    for _ in range(2):
        expected = srn.outputs(fresh, engine_in_time)
        assert np.array_equal(srn.outputs(continued, engine_in_time), expected, equal_nan=True)
        assert cn.error_derivatives(srn, continued, engine_in_time)[0] == cn.error_derivatives(srn, fresh, engine_in_time)[0]


@pytest.mark.parametrize("tie_derivative", ["mean", "sum"])
def test_no_error_goes_back_into_the_example_before(srn: cn.Network, engine_in_time: str, tie_derivative: str) -> None:
    srn.tie_derivative = tie_derivative
    examples = make_examples(False, True, True)
    end = srn.activations(examples, "hidden", engine_in_time)
    _, derivatives = cn.error_derivatives(srn, examples, engine_in_time)
    alone = np.zeros(len(srn.weights))
    for example, initial in zip(examples, (0.5, end[0, 1], end[1, 2]), strict=True):
        srn["hidden"].initial = initial
        alone += cn.error_derivatives(srn, cn.ExampleSet([example]), engine_in_time)[1]
    assert derivatives == pytest.approx(alone, rel=1e-12)
    assert np.abs(derivatives).min() > 1e-6


def test_state_is_carried_over_in_the_order_of_presentation_and_between_epochs(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(True, True, True)
    orders = PresentationOrder(examples, 5).orders("permuted", 6)
    assert len({tuple(order) for order in orders.tolist()}) > 2
    presented = [examples[case] for case in orders.ravel().tolist()]
    in_a_row = [cn.Example(each.inputs, each.targets, continues=True) for each in presented]
    sums = [cn.error_derivatives(srn, cn.ExampleSet(in_a_row[: 3 * epochs]), "local")[0] for epochs in range(1, 7)]
    with pytest.warns(UserWarning, match="examples continue one another, but are presented in permuted order"):
        run = cn.train(srn, examples, cn.rule("steepest", rate=1e-30), 6, engine=engine_in_time, order="permuted", seed=5)
    assert run.errors == pytest.approx(np.diff(sums, prepend=0.0), rel=1e-11)
    assert len({round(error, 9) for error in run.errors}) > 2, "the errors must depend on the order"


def test_the_state_carried_over_a_weight_change_is_that_from_before_it(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(False, True, lengths=(2, 3))
    copy = srn.copy()
    cn.train(srn, examples, cn.rule("steepest", rate=0.5), 1, engine=engine_in_time, update_after=1)
    end = copy.activations(examples, "hidden", "local")[0, 1]
    for example, initial in zip(examples, (0.5, end), strict=True):
        copy["hidden"].initial = initial
        copy.weight_values -= 0.5 * cn.error_derivatives(copy, cn.ExampleSet([example]), "local")[1]
    assert srn.weight_values == pytest.approx(copy.weight_values, rel=1e-12)


def test_each_examples_derivative_is_the_mean_over_its_own_ticks(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(False, False, False)
    derivatives = []
    for srn.tie_derivative in ("mean", "sum"):
        derivatives.append([cn.error_derivatives(srn, cn.ExampleSet([example]), engine_in_time)[1] for example in examples])
        assert cn.error_derivatives(srn, examples, engine_in_time)[1] == pytest.approx(sum(derivatives[-1]), rel=1e-12)
    for mean, total, ticks in zip(*derivatives, (2, 3, 1), strict=True):
        assert mean * ticks == pytest.approx(total, rel=1e-12)


def test_with_one_tick_back_every_tick_learns_alone(srn: cn.Network, engine_in_time: str) -> None:
    examples, srn.tie_derivative = make_examples(False, lengths=(3,)), "sum"
    srn.ticks_back = 1
    end = srn.activations(examples, "hidden", engine_in_time)[0]
    error, derivatives = cn.error_derivatives(srn, examples, engine_in_time)
    alone, alone_derivatives = 0.0, np.zeros(len(srn.weights))
    for tick, initial in enumerate((0.5, end[0], end[1])):
        srn["hidden"].initial = initial
        one = cn.ExampleSet.from_arrays(examples.inputs[:, tick : tick + 1], examples.targets[:, tick : tick + 1])
        found = cn.error_derivatives(srn, one, engine_in_time)
        alone, alone_derivatives = alone + found[0], alone_derivatives + found[1]
    assert error == pytest.approx(alone, rel=1e-12)
    assert derivatives == pytest.approx(alone_derivatives, rel=1e-12)


@pytest.mark.parametrize("ticks_back", [3, 4, 1000])
def test_truncation_beyond_the_first_tick_changes_nothing(srn: cn.Network, engine_in_time: str, ticks_back: int) -> None:
    examples = make_examples(False, False, True)
    _, expected = cn.error_derivatives(srn, examples, engine_in_time)
    srn.ticks_back = 2
    assert not np.allclose(cn.error_derivatives(srn, examples, engine_in_time)[1], expected)
    srn.ticks_back = ticks_back
    assert cn.error_derivatives(srn, examples, engine_in_time)[1] == pytest.approx(expected, rel=1e-12)


def test_activations_of_any_group_are_returned_tick_by_tick(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(False, False, False)
    hidden = srn.activations(examples, "hidden", engine_in_time)
    assert hidden.shape == (3, 3, 3)
    srn.forward(examples[1].inputs)
    assert srn.unrolled is not None
    expected = [srn.unrolled[f"hidden@{tick}"].activations for tick in (1, 2, 3)]
    assert hidden[1] == pytest.approx(np.array(expected), rel=1e-12)
    assert np.array_equal(ragged(srn.activations(examples, "input", engine_in_time), examples)[0], examples[0].inputs)
    assert (srn.activations(examples, "bias", engine_in_time)[1] == 1.0).all()


def test_the_units_show_the_last_tick_of_the_last_example(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(False, True, True)
    hidden = srn.activations(examples, "hidden", engine_in_time)
    assert srn["hidden"].activations == pytest.approx(hidden[2, 0], rel=1e-12)
    cn.error_derivatives(srn, examples, engine_in_time)
    assert srn.unit("output:0").target == examples[2].targets[0, 0]
    assert srn.unit("input:1").activation == examples[2].inputs[0, 1]
    assert srn.unit("output:0").net_derivative != 0.0


def test_an_example_is_correct_if_it_is_correct_at_every_tick_with_targets(srn: cn.Network, engine_in_time: str) -> None:
    inputs = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    answers = srn.forward(inputs)
    near = answers + 0.05
    wrong_once, wrong_last = near.copy(), near.copy()
    wrong_once[0] += 0.2
    wrong_last[2] += 0.2
    without_target = wrong_once.copy()
    without_target[0] = np.nan
    made = [cn.Example.sequence(inputs, np.array(targets)) for targets in (near, wrong_once, wrong_last, without_target)]
    for ticks_back in (None, 1):
        srn.ticks_back = ticks_back
        run = cn.train(srn, cn.ExampleSet(made), cn.rule("steepest", rate=1e-30), 1, engine=engine_in_time, tolerance=0.1)
        assert run.correct == 0.5


def test_a_network_without_delays_treats_a_sequence_as_single_patterns(net: cn.Network, xor: cn.ExampleSet, engine_in_time: str) -> None:
    net.tie_derivative = "sum"
    sequence = cn.ExampleSet([cn.Example.sequence(xor.inputs[:3], xor.targets[:3]), cn.Example.sequence(xor.inputs[3:], xor.targets[3:])])
    found = net.outputs(sequence, engine_in_time)
    assert np.concatenate(ragged(found, sequence)) == pytest.approx(net.outputs(xor, "local"), rel=1e-12)
    error, derivatives = cn.error_derivatives(net, sequence, engine_in_time)
    expected, expected_derivatives = cn.error_derivatives(net, xor, "local")
    assert error == pytest.approx(expected, rel=1e-12)
    assert derivatives == pytest.approx(expected_derivatives, rel=1e-12)


def test_lesions_between_two_runs_take_effect_and_can_be_restored(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(False, True, True)
    before = srn.outputs(examples, engine_in_time)
    srn.lesion("hidden:1")
    without = srn.outputs(examples, engine_in_time)
    assert not np.allclose(ragged(without, examples)[1], ragged(before, examples)[1])
    assert (srn.activations(examples, "hidden", engine_in_time)[1, :, 1] == 0.0).all()
    srn.restore()
    assert np.array_equal(srn.outputs(examples, engine_in_time), before, equal_nan=True)


def test_no_state_of_a_lesioned_unit_is_carried_over(srn: cn.Network, engine_in_time: str) -> None:
    examples = make_examples(False, True, lengths=(2, 3))
    srn.lesion("hidden:0")
    found = srn.outputs(examples, engine_in_time)
    whole = srn.forward(np.concatenate([examples[0].inputs, examples[1].inputs]))
    assert found[1] == pytest.approx(whole[2:], rel=1e-12)


def test_running_the_network_between_epochs_does_not_change_training(engine_in_time: str) -> None:
    examples = cn.ExampleSet.stream([[0.0], [1.0], [1.0]], [[1.0], [0.0], [1.0]])
    errors = []
    for runs_network in (False, True):
        net = cn.Network("echo")
        net.add_group("input", 1, role="input")
        net.add_group("output", 1, role="output", initial=0.3)
        net.connect("input", "output")
        net.connect("output", "output", delay=1)
        net.randomize(0.5, seed=1)

        def run_network(_: object, net: cn.Network = net, runs_network: bool = runs_network) -> bool:
            if runs_network:
                net.outputs(examples, "local")
            return False

        errors.append(
            cn.train(net, examples, cn.rule("steepest", rate=0.5), 5, engine=engine_in_time, update_after=1, until=run_network).errors
        )
    assert errors[0] == errors[1]
