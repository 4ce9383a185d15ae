"""If numbers do not fit the network, the error names the group, its size and the numbers."""

import math

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, UnknownNameError
from connectionist.model.assembly.validation import check_values


@pytest.fixture
def two_in() -> cn.Network:
    net = cn.Network("two in")
    net.add_group("person", ["Colin", "Charlotte"], role="input")
    net.add_group("relation", 1, role="input")
    net.add_group("output", 1, role="output", error="cross_entropy")
    net.connect("person", "output", weights=[[1.0], [-1.0]])
    net.connect("relation", "output", weights=0.5)
    return net


def test_inputs_by_group_are_put_in_the_order_of_the_groups(two_in: cn.Network) -> None:
    by_name = two_in.forward({"relation": [3.0], "person": [1.0, 2.0]})
    assert by_name.tolist() == two_in.forward([1.0, 2.0, 3.0]).tolist()
    assert two_in.unit("relation:0").activation == 3.0


@pytest.mark.parametrize("values", [[1, 2], [1, 2, 3, 4], []])
def test_a_wrong_number_of_inputs_names_the_groups_what_they_have_and_what_came(two_in: cn.Network, values: list[float]) -> None:
    message = rf"input: must have 3 values, since group 'person' has 2 units and group 'relation' has 1 unit \(got {len(values)}\)"
    with pytest.raises(DataError, match=message):
        two_in.forward(values)


def test_a_wrong_number_for_one_group_names_that_group(two_in: cn.Network) -> None:
    with pytest.raises(DataError, match=r"must have 2 values, since group 'person' has 2 units \(got 3\)"):
        two_in.forward({"person": [1, 2, 3], "relation": [1]})


def test_groups_that_are_missing_or_unknown_are_named(two_in: cn.Network) -> None:
    with pytest.raises(
        DataError, match=r"input for group 'relation' is missing \(got 'person'; the input groups are 'person', 'relation'\)"
    ):
        two_in.forward({"person": [1, 2]})
    with pytest.raises(UnknownNameError, match="unknown group 'persons'; did you mean 'person'"):
        two_in.forward({"persons": [1, 2], "relation": [1]})
    two_in.forward([0, 0, 0])
    with pytest.raises(UnknownNameError, match="unknown target group 'person'"):
        two_in.backward({"person": [1]})


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_input_that_is_not_finite_names_the_unit(two_in: cn.Network, bad: float) -> None:
    with pytest.raises(
        DataError, match=rf"input, unit person:Charlotte: must be finite, since input units cannot be computed \(got {bad}\)"
    ):
        two_in.forward([0, bad, 0])


def test_inputs_that_are_no_numbers_are_rejected(two_in: cn.Network) -> None:
    with pytest.raises(DataError, match="input: must be numbers"):
        two_in.forward(["a", "b", "c"])


@pytest.mark.parametrize("bad", [1.5, -0.1])
def test_a_target_out_of_the_error_functions_range_names_the_unit_and_the_range(two_in: cn.Network, bad: float) -> None:
    two_in.forward([0, 0, 0])
    with pytest.raises(DataError, match=rf"target, unit output:0: must be from 0 to 1, or NaN for none \(got {bad}\)"):
        two_in.backward([bad])


def test_an_infinite_target_is_rejected_where_any_number_will_do(net: cn.Network) -> None:
    net.forward([0, 0])
    with pytest.raises(DataError, match=r"target, unit output:0: must be finite, or NaN for none \(got inf\)"):
        net.backward([math.inf])


def test_examples_that_do_not_fit_are_rejected_before_anything_is_computed(two_in: cn.Network, engine: str) -> None:
    narrow = cn.ExampleSet.from_arrays([[0, 1]], [[1]])
    wide = cn.ExampleSet.from_arrays([[0, 1, 0]], [[1, 0]])
    beyond = cn.ExampleSet.from_arrays([[0, 1, 0], [1, 1, 1]], [[1], [2]], names=["fine", "beyond"])
    for examples, message in (
        (narrow, r"input of the examples: must have 3 values.*\(got 2\)"),
        (wide, r"target of the examples: must have 1 value, since group 'output' has 1 unit \(got 2\)"),
        (beyond, r"target of example 'beyond', unit output:0: must be from 0 to 1"),
    ):
        for attempt in (
            lambda examples=examples: two_in.outputs(examples, engine),
            lambda examples=examples: cn.error_derivatives(two_in, examples, engine),
            lambda examples=examples: cn.train(two_in, examples, "steepest", 1, engine=engine),
        ):
            with pytest.raises(DataError, match=message):
                attempt()


def test_without_input_group_it_says_so() -> None:
    net = cn.Network()
    net.add_group("output", 1, role="output")
    with pytest.raises(DataError, match=r"input: must have 0 values, since the network has no group with that role \(got 1\)"):
        net.forward([1])


def test_values_are_so_many_finite_numbers() -> None:
    assert check_values([1, 2], 2, "x").tolist() == [1.0, 2.0]
    for values, message in (
        ([1], r"x: must be 2 numbers \(got shape \(1,\)\)"),
        ([[1, 2]], r"\(got shape \(1, 2\)\)"),
        ([1, np.nan], r"x\[1\]: must be finite \(got nan\)"),
        (["a", "b"], "x: must be numbers"),
    ):
        with pytest.raises(DataError, match=message):
            check_values(values, 2, "x")


@pytest.fixture
def in_time(two_in: cn.Network) -> cn.Network:
    two_in.connect("output", "output", delay=2)
    return two_in


def test_a_network_in_time_rejects_examples_without_ticks_and_says_how_to_make_others(in_time: cn.Network, engine: str) -> None:
    examples = cn.ExampleSet.from_arrays([[0, 1, 0]], [[1]])
    message = (
        r"two in: output → output has a delay of 2, so examples must have ticks: make them with cn.Example.sequence\(inputs, targets\)"
    )
    for attempt in (
        lambda: in_time.outputs(examples, engine),
        lambda: cn.error_derivatives(in_time, examples, engine),
        lambda: cn.train(in_time, examples, "steepest", 1, engine=engine),
    ):
        with pytest.raises(DataError, match=message):
            attempt()


def test_so_does_one_whose_units_integrate(engine: str) -> None:
    net = cn.Network("slow")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", integrates="net_input", dt=0.5)
    net.connect("input", "output")
    with pytest.raises(DataError, match=r"slow: the units of group 'output' integrate, so examples must have ticks"):
        net.outputs(cn.ExampleSet.from_arrays([[0]], [[1]]), engine)


def test_sequences_that_do_not_fit_are_rejected_with_example_unit_and_tick(in_time: cn.Network, engine: str) -> None:
    narrow = cn.ExampleSet([cn.Example.sequence([[0, 1]], [[1]])])
    beyond = cn.ExampleSet([cn.Example.sequence([[0, 1, 0]], [[1]], "fine"), cn.Example.sequence([[0, 1, 0]] * 3, {2: [1.5]}, "beyond")])
    for examples, message in (
        (narrow, r"input of the examples: must have 3 values.*\(got 2\)"),
        (beyond, r"target of example 'beyond', unit output:0 at tick 2: must be from 0 to 1, or NaN for none \(got 1.5\)"),
    ):
        with pytest.raises(DataError, match=message):
            in_time.outputs(examples, engine)
