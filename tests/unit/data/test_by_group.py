"""Examples by group: the same arrays as side by side, whatever form they are given in, and errors that name example and group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, UnknownNameError

NAN = float("nan")


@pytest.fixture
def net() -> cn.Network:
    net = cn.Network("facts")
    net.add_group("item", ["canary", "robin"], role="input")
    net.add_group("relation", ["can", "is", "has"], role="input")
    net.add_group("hidden", 3)
    net.add_group("attribute", 2, role="output")
    net.add_group("name", 1, role="output")
    for sender, receiver in (("item", "hidden"), ("relation", "hidden"), ("hidden", "attribute"), ("hidden", "name")):
        net.connect(sender, receiver)
    net.randomize(0.5, seed=1)
    return net


def example(**changes: Any) -> cn.Example:
    given: dict[str, Any] = {
        "inputs": {"relation": [0, 1, 0], "item": [1, 0]},
        "targets": {"name": [0.9], "attribute": [0.1, NAN]},
        "name": "canary is",
    } | changes
    return cn.Example(**given)


def test_a_set_has_the_order_of_the_groups_of_its_network(net: cn.Network) -> None:
    other = example(inputs={"item": [0, 1], "relation": [1, 0, 0]}, name="robin can")
    examples = cn.ExampleSet([example(), other], network=net)
    assert examples.inputs.tolist() == [[1, 0, 0, 1, 0], [0, 1, 1, 0, 0]]
    assert np.array_equal(examples.targets, [[0.1, NAN, 0.9]] * 2, equal_nan=True)
    assert (examples.input_groups, examples.target_groups) == ({"item": 2, "relation": 3}, {"attribute": 2, "name": 1})
    assert examples[0].input_groups == examples[0:1].with_numbered_names().input_groups == {"item": 2, "relation": 3}


def test_without_a_network_the_order_is_that_of_the_first_example(net: cn.Network) -> None:
    other = example(inputs={"item": [0, 1], "relation": [1, 0, 0]})
    examples = cn.ExampleSet([example(), other])
    assert examples.inputs.tolist() == [[0, 1, 0, 1, 0], [1, 0, 0, 0, 1]]
    message = r"inputs of the examples: must be in the order of the groups item, relation; .*network=net\) \(got relation, item\)"
    for use in (net.outputs, lambda given: cn.train(net, given, "momentum", 1), lambda given: cn.record(net, given)):
        with pytest.raises(DataError, match=message):
            use(examples)


def test_passes_and_training_are_those_of_the_array(net: cn.Network, engine: str) -> None:
    by_group, copy = cn.ExampleSet([example()], network=net), net.copy()
    arrays = cn.ExampleSet.from_arrays([[1, 0, 0, 1, 0]], [[0.1, NAN, 0.9]])
    for each, examples in ((net, by_group), (copy, arrays)):
        cn.train(each, examples, "momentum", 3, engine=engine)
    assert np.array_equal(net.weight_values, copy.weight_values)


def test_one_case_takes_an_example_in_any_order(net: cn.Network) -> None:
    wanted = net.forward([1, 0, 0, 1, 0])
    error = net.backward([0.1, NAN, 0.9])
    assert net.forward(example()).tolist() == wanted.tolist()
    assert net.backward(example()) == error
    stops = list(cn.step(net, example(), by="group"))
    assert net.unit("name:0").activation == wanted[2]
    assert len(stops) == len(list(cn.step(net, [1, 0, 0, 1, 0], [0.1, NAN, 0.9], by="group")))


def test_sequences_by_group_are_those_of_the_arrays() -> None:
    inputs = {"a": [[1], [2], [3]], "b": [[4, 5]] * 3}
    for targets in (
        {"out": [[NAN], [NAN], [6]], "more": [[7], [NAN], [NAN]]},
        {"out": {3: [6]}, "more": {1: [7]}},
        {1: {"more": [7]}, 3: {"out": [6]}},
    ):
        sequence = cn.Example.sequence(inputs, targets)
        assert sequence.inputs.tolist() == [[1, 4, 5], [2, 4, 5], [3, 4, 5]]
        columns = list(sequence.target_groups or ())
        table = sequence.targets[:, [columns.index("out"), columns.index("more")]]
        assert np.array_equal(table, [[NAN, 7], [NAN, NAN], [6, NAN]], equal_nan=True)


def test_events_by_group() -> None:
    events = [cn.Event({"a": [1], "b": [2, 3]}, time=2, stays=False), cn.Event({"b": [4, 5], "a": [6]}, {"out": [1]})]
    made = cn.Example.of_events([*events, cn.Event({"a": [0], "b": [0, 0]}, {"more": [2]})])
    assert made.inputs.tolist() == [[1, 2, 3], [0, 0, 0], [6, 4, 5], [0, 0, 0]]
    assert made.target_groups == {"out": 1, "more": 1}
    assert np.array_equal(made.targets, [[NAN, NAN], [NAN, NAN], [1, NAN], [NAN, 2]], equal_nan=True)


def test_tables_by_group(net: cn.Network) -> None:
    tables: Any = {"relation": np.eye(3)[:2], "item": np.eye(2)}, {"name": [[1], [0]], "attribute": np.ones((2, 2))}
    examples = cn.ExampleSet.from_arrays(*tables, network=net)
    assert examples.inputs.tolist() == [[1, 0, 1, 0, 0], [0, 1, 0, 1, 0]]
    stream = cn.ExampleSet.stream({"a": np.ones((5, 1)), "b": np.zeros((5, 2))}, np.ones((5, 1)), ticks=2)
    assert (len(stream), stream.input_groups) == (3, {"a": 1, "b": 2})


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (
            lambda net: cn.ExampleSet([example(inputs={"itm": [1, 0], "relation": [0, 0, 1]})], net),
            UnknownNameError,
            r"unknown group of example 'canary is': 'itm'; did you mean 'item'\? Known: item, relation",
        ),
        (
            lambda net: cn.ExampleSet([example(inputs={"item": [1, 0, 1], "relation": [0, 0, 1]})], net),
            DataError,
            r"inputs of group 'item' of example 'canary is': must be 2, one for each unit \(got 3\)",
        ),
        (
            lambda _: cn.ExampleSet([example(), example(inputs={"relation": [0, 0], "item": [1, 0]}, name="b")]),
            DataError,
            r"inputs of group 'relation' of example 'b': must be 3, one for each unit \(got 2\)",
        ),
        (
            lambda _: cn.ExampleSet([example(), example(inputs=[1, 0, 0, 0, 1], name="b")]),
            DataError,
            "example 'b': either all examples have inputs by group or none",
        ),
        (
            lambda net: net.outputs(cn.ExampleSet([example(inputs=[1, 0, 0, 0, 1], targets={"name": [1], "property": [1, 0]})])),
            UnknownNameError,
            "unknown target group of the examples 'property'",
        ),
        (lambda _: example(inputs={}), DataError, r"'canary is', inputs: must have values for one group or more \(got an empty dict\)"),
        (lambda _: example(inputs={0: [1]}), DataError, r"the keys of the dict must be names of groups \(got 0\)"),
        (lambda _: example(inputs={"item": ["a"]}), DataError, "example 'canary is', inputs, group 'item': must be numbers"),
        (
            lambda _: cn.Example.sequence({"a": [[1]], "b": [[1], [2]]}, [[1]]),
            DataError,
            r"inputs: all groups must have the same \[tick\] \(got 'a' \[1\], 'b' \[2\]\)",
        ),
        (
            lambda _: cn.Example.of_events([cn.Event({"a": [1]}, [1]), cn.Event([1])]),
            DataError,
            "example: either all events have inputs by group or none",
        ),
        (lambda _: cn.Example(np.ones(2), np.ones(1), input_groups={"a": 3}), DataError, r"the sizes of the groups must add up to 2"),
    ],
)
def test_a_mistake_names_the_example_and_the_group(
    net: cn.Network, use: Callable[[cn.Network], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        use(net)


def test_a_group_that_an_event_does_not_name_is_not_clamped_in_it() -> None:
    net = cn.Network("hub")
    net.add_group("cue", 1, role="input")
    net.add_group("hub", 2)
    net.add_group("name", 1, role="output")
    net.connect("cue", "hub")
    net.connect("hub", "hub", delay=1)
    net.connect("hub", "name")
    example = cn.Example.of_events([cn.Event({"cue": [1], "hub": [0.25, 0.5]}), cn.Event({"cue": [0]}, {"name": [1]})], "e")
    examples = cn.ExampleSet([example], network=net)
    assert np.array_equal(examples.clamps["hub"], [[[0.25, 0.5], [np.nan, np.nan]]], equal_nan=True)
    states = net.activations(examples, "hub")[0]
    assert states[0].tolist() == [0.25, 0.5]
    assert (states[1] == 0.5).all()  # all weights are 0


def test_an_input_group_that_is_missing_or_nan_is_an_error_of_the_network() -> None:
    net = cn.Network("cued")
    net.add_group("cue", 2, role="input")
    net.add_group("name", 1, role="output")
    net.connect("cue", "name")
    examples = cn.ExampleSet([cn.Example({"cue": [1, 0]}, [1], "a"), cn.Example({"cue": [1, np.nan]}, [1], "b")])
    with pytest.raises(
        DataError, match=r"input of example 'b', unit cue:1: must be finite, since input units cannot be computed \(got nan\)"
    ):
        net.outputs(examples)


def test_groups_that_are_left_out_have_no_target_and_beside_clamps_the_input_0() -> None:
    net = cn.Network("hub")
    net.add_group("cue", 1, role="input")
    net.add_group("hub", 2)
    for name in ("picture", "word"):
        net.add_group(name, 2, role="output")
        net.connect("hub", name)
    net.connect("cue", "hub")
    net.randomize(1.0, seed=1)
    examples = cn.ExampleSet([cn.Example({"cue": [1]}, {"word": [0, 1]}, "a")], network=net)
    assert np.array_equal(examples.targets, [[np.nan, np.nan, 0, 1]], equal_nan=True)
    assert (net.forward({"hub": [0.5, 0.25]}) == net.forward({"cue": [0], "hub": [0.5, 0.25]})).all()
    error = net.backward({"word": [0, 1]})
    net.forward({"hub": [0.5, 0.25]})
    assert error == net.backward([np.nan, np.nan, 0, 1])
