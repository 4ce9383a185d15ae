"""Examples and sets of examples: their checks, and access by number and name."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import connectionist as cn
from connectionist.errors import DataError, ParameterError, UnknownNameError

TABLE = arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 4)), elements=st.floats(-10, 10))


@given(TABLE)
def test_tables_become_examples_and_examples_the_same_tables(table: np.ndarray) -> None:
    examples = cn.ExampleSet.from_arrays(table, -table)
    assert np.array_equal(examples.inputs, table)
    again = cn.ExampleSet(examples)
    assert np.array_equal(again.targets, -table)
    assert again.names == tuple(str(number) for number in range(len(table)))
    assert len(list(examples)) == len(examples) == len(table)


def test_the_set_keeps_its_own_copy_of_the_tables() -> None:
    table = np.zeros((2, 2))
    examples = cn.ExampleSet.from_arrays(table, table)
    table[:] = 9.0
    assert not examples.inputs.any()
    assert not examples.targets.any()
    row = np.zeros(2)
    example = cn.Example(row, row)
    row[:] = 9.0
    assert not example.inputs.any()
    assert not example.targets.any()


def test_an_example_is_found_by_number_from_the_end_and_by_name(xor: cn.ExampleSet) -> None:
    named = cn.ExampleSet.from_arrays([[0], [1]], [[1], [0]], names=["no", "yes"], frequencies=[1.0, 3.0])
    assert named["yes"].inputs.tolist() == named[1].inputs.tolist() == named[-1].inputs.tolist() == [1.0]
    assert named["yes"].frequency == 3.0
    assert named.names == ("no", "yes")
    assert xor["3"].targets.tolist() == [0.0]


def test_several_examples_may_have_one_name() -> None:
    corpus = cn.ExampleSet.from_arrays([[0], [1], [2], [3]], [[0]] * 4, names=["cat", "1", "cat", "cat #1"])
    assert corpus.names == ("cat", "1", "cat", "cat #1")
    assert corpus["1"].inputs == corpus[1].inputs
    assert corpus["3"].name == "cat #1"
    with pytest.raises(UnknownNameError, match="example 'cat': is the name of several examples; use the number of one: 0, 2"):
        corpus["cat"]
    assert corpus.with_numbered_names().names == ("cat #2", "1", "cat #3", "cat #1")
    assert corpus.with_numbered_names().inputs.tolist() == corpus.inputs.tolist()


@pytest.mark.parametrize("key", [4, -5, "4", "none"])
def test_an_unknown_example_is_answered_with_the_known_ones(xor: cn.ExampleSet, key: int | str) -> None:
    with pytest.raises(UnknownNameError, match=rf"unknown example {key!r}.* [Kk]nown: 0, 1, 2, 3"):
        xor[key]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_input_that_is_not_finite_is_rejected_by_example_place_and_value(bad: float) -> None:
    with pytest.raises(
        DataError,
        match=rf"example 'second', input 1: must be finite, since input units are always clamped; clamps= may have NaN \(got {bad}\)",
    ):
        cn.ExampleSet.from_arrays([[0.0, 0.0], [0.0, bad]], [[0], [1]], names=["first", "second"])


def test_a_target_may_be_nan_but_not_infinite() -> None:
    assert np.isnan(cn.Example([0], [math.nan]).targets).all()
    with pytest.raises(DataError, match=r"example 'x', target 0: must be finite, or NaN for none \(got -inf\)"):
        cn.Example([0], [-math.inf], "x")


@pytest.mark.parametrize(
    ("inputs", "targets", "options", "message"),
    [
        ([[0], [1]], [[0]], {}, "inputs and targets must have the same number of cases \\(got 2 and 1\\)"),
        ([[0], [1]], [[0], [1]], {"names": ["a"]}, "inputs and names must .* \\(got 2 and 1\\)"),
        ([[0], [1]], [[0], [1]], {"frequencies": [1, 2, 3]}, "inputs and frequencies must .* \\(got 2 and 3\\)"),
        ([[0, 1], [1]], [[0], [1]], {}, "inputs: must be numbers"),
        ([0, 1], [[0], [1]], {}, r"must be of shape \[case, unit\] or \[case, tick, unit\] \(got 1 dimension"),
        ([["a"]], [[0]], {}, "must be numbers"),
        ([], [], {}, "ExampleSet|shape"),
    ],
)
def test_tables_that_do_not_agree_are_rejected(inputs: object, targets: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        cn.ExampleSet.from_arrays(inputs, targets, **options)  # type: ignore[arg-type]


def test_examples_of_different_width_are_rejected_by_name() -> None:
    with pytest.raises(DataError, match=r"example 'b': must have 1 target like example 'a' \(got 2\)"):
        cn.ExampleSet([cn.Example([0], [0], "a"), cn.Example([0], [0, 1], "b")])


def test_an_empty_set_is_rejected() -> None:
    with pytest.raises(DataError, match="needs at least one example"):
        cn.ExampleSet([])


@pytest.mark.parametrize("frequency", [0, -1, math.nan])
def test_a_frequency_must_be_above_0(frequency: float) -> None:
    with pytest.raises(ParameterError, match=r"Example.frequency: must be a number above 0"):
        cn.Example([0], [0], frequency=frequency)


def test_a_sequence_has_a_pattern_for_each_tick() -> None:
    example = cn.Example.sequence([[0, 1], [1, 0], [1, 1]], [[0.0], [math.nan], [1.0]], "s", frequency=2.0, continues=True)
    assert (example.ticks, example.name, example.frequency, example.continues) == (3, "s", 2.0, True)
    assert example.inputs.shape == (3, 2)
    assert np.array_equal(example.targets, [[0.0], [math.nan], [1.0]], equal_nan=True)
    assert cn.Example([0, 1], [1]).ticks is None


def test_targets_may_be_given_for_some_ticks_only() -> None:
    targets = cn.Example.sequence([[0]] * 3, {3: [1, 0], np.int64(1): [0.5, math.nan]}).targets
    assert np.array_equal(targets, [[0.5, math.nan], [math.nan] * 2, [1.0, 0.0]], equal_nan=True)


def test_shorter_sequences_are_filled_up_with_nan_and_come_out_as_they_went_in() -> None:
    given = [
        cn.Example.sequence([[1, 2]], [[3]]),
        cn.Example.sequence([[4, 5], [6, 7]], [[8.0], [math.nan]], "b", frequency=3.0, continues=True),
    ]
    examples = cn.ExampleSet(given)
    assert np.array_equal(examples.inputs, [[[1.0, 2.0], [math.nan] * 2], [[4.0, 5.0], [6.0, 7.0]]], equal_nan=True)
    assert np.array_equal(examples.targets, [[[3.0], [math.nan]], [[8.0], [math.nan]]], equal_nan=True)
    assert examples.lengths is not None
    assert (examples.lengths.tolist(), examples.ticks, examples.continues.tolist()) == ([1, 2], 2, [False, True])
    assert repr(examples) == "<ExampleSet of 2: 2 inputs, 1 target, 1 to 2 ticks>"
    for example, original in zip(cn.ExampleSet(examples), given, strict=True):
        assert example.inputs.tolist() == original.inputs.tolist()
        assert np.array_equal(example.targets, original.targets, equal_nan=True)
        assert (example.frequency, example.continues) == (original.frequency, original.continues)
    for array in (examples.inputs, examples.targets, examples.lengths, examples.continues, examples.frequencies):
        assert not array.flags.writeable


def test_tables_with_ticks_become_sequences_and_those_without_have_no_lengths(xor: cn.ExampleSet) -> None:
    examples = cn.ExampleSet.from_arrays(np.zeros((4, 3, 2)), np.zeros((4, 3, 1)), names=list("abcd"))
    assert (examples.ticks, examples["b"].ticks, repr(examples)) == (3, 3, "<ExampleSet of 4: 2 inputs, 1 target, 3 ticks>")
    assert xor.lengths is None
    assert (xor.ticks, bool(xor.continues.any()), repr(xor)) == (None, False, "<ExampleSet of 4: 2 inputs, 1 target>")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: cn.Example.sequence([[0], [1]], {3: [1]}, "s"), r"^example 's', targets: the ticks must be .* 1 to 2 \(got 3\)"),
        (lambda: cn.Example.sequence([[0], [1]], {0: [1]}), r"^example, targets: the ticks must be whole numbers from 1 to 2 \(got 0\)"),
        (lambda: cn.Example.sequence([[0], [1]], {1.0: [1]}), r"must be whole numbers from 1 to 2 \(got 1.0\)"),
        (lambda: cn.Example.sequence([[0], [1]], {}), r"^example: must have a target at one tick or more \(got none\)"),
        (lambda: cn.Example.sequence([[0], [1]], {1: [1], 2: [1, 2]}), r"must have 1 target at each tick \(got 2 at tick 2\)"),
        (lambda: cn.Example.sequence([[0], [1]], {1: 1}), r"targets at tick 1: must be of shape \[unit\] \(got 0 dimensions"),
        (lambda: cn.Example.sequence([[0], [1]], [[1]]), r"inputs and targets must have the same ticks \(got 2 and 1\)"),
        (
            lambda: cn.Example(np.zeros((2, 1)), np.zeros(1), "s"),
            r"example 's': inputs and targets must have the same ticks \(got 2 and no ticks\)",
        ),
        (lambda: cn.Example.sequence([0, 1], [[1]]), r"inputs: must be of shape \[tick, unit\] \(got 1 dimension, shape \(2,\)\)"),
        (lambda: cn.Example.sequence(np.zeros((0, 1)), np.zeros((0, 1))), r"^example: needs at least one tick \(got none\)"),
        (
            lambda: cn.Example.sequence([[0.0], [math.nan]], [[1], [1]]),
            r"input 0 at tick 2: must be finite, since input units are always clamped; clamps= may have NaN \(got nan\)",
        ),
        (lambda: cn.Example.sequence([[0], [1]], [[1.0], [math.inf]]), r"target 0 at tick 2: must be finite, or NaN for none \(got inf\)"),
        (
            lambda: cn.Example(np.zeros(1), np.zeros(1), continues=True),
            r"only a sequence can continue the example before \(its inputs have no ticks\)",
        ),
        (
            lambda: cn.ExampleSet([cn.Example(np.zeros(1), np.zeros(1), "a"), cn.Example.sequence([[0]], [[1]], "b")]),
            r"example 'b' and example 'a': either all examples have ticks or none",
        ),
        (
            lambda: cn.ExampleSet([cn.Example.sequence([[0]], [[1]], "a"), cn.Example.sequence([[0, 1]], [[1]], "b")]),
            r"example 'b': must have 1 input like example 'a' \(got 2\)",
        ),
        (lambda: cn.ExampleSet.from_arrays([[[0], [1]], [[0]]], [[[0], [1]], [[0]]]), "ExampleSet.from_arrays.inputs: must be numbers"),
        (lambda: cn.ExampleSet.from_arrays([[[0], [1]]], [[1]]), r"must have the same ticks \(got 2 and no ticks\)"),
    ],
)
def test_mistakes_in_time_are_rejected_by_example_and_tick(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        make()


def test_whether_an_example_continues_is_true_or_false() -> None:
    with pytest.raises(ParameterError, match=r"Example.continues: must be True or False \(got 'yes'\)"):
        cn.Example.sequence([[0]], [[1]], continues="yes")  # type: ignore[arg-type]


def test_tables_with_ticks_may_say_how_many_each_case_has() -> None:
    inputs = np.arange(12.0).reshape(2, 3, 2)
    targets = np.full((2, 3, 1), 0.5)
    inputs[1, 1:] = np.nan
    examples = cn.ExampleSet.from_arrays(inputs, targets, names=["long", "short"], lengths=[3, 1])
    assert examples.lengths is not None
    assert examples.lengths.tolist() == [3, 1]
    assert examples["short"].inputs.tolist() == [[6.0, 7.0]]
    for lengths in ([3, 0], [3, 4], [3, 1.5]):
        with pytest.raises(DataError, match=r"lengths: must be from 1 to 3 ticks \(got .* for case 1\)"):
            cn.ExampleSet.from_arrays(inputs, targets, lengths=lengths)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="lengths: must be given only for tables with ticks"):
        cn.ExampleSet.from_arrays([[1.0]], [[1.0]], lengths=[1])
    with pytest.raises(DataError, match=r"inputs and lengths must have the same number of cases \(got 2 and 1\)"):
        cn.ExampleSet.from_arrays(inputs, targets, lengths=[1])


def test_a_stream_is_cut_into_examples_that_continue() -> None:
    stream = cn.ExampleSet.stream([[float(tick)] for tick in range(5)], [[0.5]] * 5, ticks=2)
    assert [example.inputs.ravel().tolist() for example in stream] == [[0.0, 1.0], [2.0, 3.0], [4.0]]
    assert stream.continues.all()
    with pytest.raises(ParameterError, match=r"ExampleSet.stream.ticks: must be a whole number of at least 1 \(got 0\)"):
        cn.ExampleSet.stream([[1.0]], [[1.0]], ticks=0)


def test_a_set_is_made_of_a_list() -> None:
    with pytest.raises(DataError, match=r"ExampleSet: must be a list of examples \(got <Example"):
        cn.ExampleSet(cn.Example([1.0], [1.0]))  # type: ignore[arg-type]


def test_a_set_made_for_a_network_shows_the_names_of_the_units_that_are_on() -> None:
    net = cn.Network("facts")
    net.add_group("item", ["canary", "rose"], role="input")
    net.add_group("attribute", ["red", "sing"], role="output")
    examples = cn.ExampleSet([cn.Example({"item": [1, 0]}, {"attribute": [0, 1]}, "a"), cn.Example([0, 1], [0, 0], "b")], network=net)
    for shown in (examples, examples[["b", "a"]], examples.weighted([1, 2]), examples.with_numbered_names()):
        assert shown.unit_names("inputs") == ("item:canary", "item:rose")
        html = str(shown._repr_html_())
        assert "<td>a</td><td>item:canary</td><td>attribute:sing</td>" in html
        assert "<td>b</td><td>item:rose</td><td>none</td>" in html
    assert cn.ExampleSet.from_arrays([[1, 0]], [[1]]).unit_names("inputs") == ()


def test_a_set_shows_the_names_of_the_network_that_used_it_last() -> None:
    examples = cn.ExampleSet.from_arrays([[1, 0], [0, 1]], [[0, 1], [1, 1]])
    nets: list[cn.Network] = []
    for labels in (2, ["canary", "rose"], ["dog", "cat"]):
        net = cn.Network("facts")
        net.add_group("item", labels, role="input")
        net.add_group("attribute", ["red", "sing"] if nets else 2, role="output")
        net.connect("item", "attribute")
        nets.append(net)
    nets[0].outputs(examples)
    assert examples.unit_names("inputs") == ()
    assert "<td>0</td><td>1 0</td><td>0 1</td>" in str(examples._repr_html_())
    for run in (nets[1].outputs, nets[1].check, lambda each: cn.train(nets[1], each, "steepest", 1), lambda each: cn.record(nets[1], each)):
        examples = examples[[0, 1]]
        nets[0].check(examples)
        run(examples)
        for shown in (examples, examples[["1", "0"]], examples.weighted([1, 2]), examples.with_numbered_names()):
            assert shown.unit_names("inputs") == ("item:canary", "item:rose")
            assert "<td>0</td><td>item:canary</td><td>attribute:sing</td>" in str(shown._repr_html_())
    nets[2].outputs(examples)
    nets[1].unroll(1).outputs(examples)
    assert examples.unit_names("inputs") == ("item:dog", "item:cat")
    assert cn.ExampleSet(list(examples), network=nets[0]).unit_names("inputs") == ("item:0", "item:1")


def test_inputs_of_a_hidden_group_are_clamps_when_the_network_is_known() -> None:
    net = cn.Network("hub")
    net.add_group("cue", 1, role="input")
    net.add_group("hub", 2)
    net.add_group("name", 1, role="output")
    net.connect("cue", "hub")
    net.connect("hub", "name")
    example = cn.Example({"hub": [0.25, math.nan], "cue": [1]}, [1], "a")
    examples = cn.ExampleSet([example], network=net)
    assert examples.inputs.tolist() == [[1.0]]
    assert examples.clamps["hub"][0, 0] == 0.25
    assert net.activations(examples, "hub")[0, 0] == 0.25
    assert (net.forward(example) == net.outputs(examples)[0]).all()
    with pytest.raises(UnknownNameError, match="unknown input group of the examples 'hub'"):
        net.outputs(cn.ExampleSet([example]))
