"""Hidden and output groups that are clamped in some cases or ticks, and computed and learned in others."""

import numpy as np
import pytest

import connectionist as cn

NAN = float("nan")


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("hub")
    made.add_group("input", 1, role="input")
    made.add_group("hub", 2)
    made.add_group("name", 2, role="output")
    for ends in (("input", "hub"), ("hub", "name"), ("input", "name")):
        made.connect(*ends)
    made.randomize(1.0, seed=1)
    return made


def test_forward_clamps_units_of_any_group(net: cn.Network) -> None:
    free = net.forward([1.0])
    hub = net["hub"].activations.copy()
    net.forward({"input": [1.0], "hub": [0.25, NAN], "name": [NAN, NAN]})
    assert net["hub"].activations.tolist() == [0.25, hub[1]]
    assert net.unit("hub:0").is_clamped
    assert not net.unit("hub:1").is_clamped
    assert (net["name"].activations != free).all()
    assert (net.forward([1.0]) == free).all()  # the next case has no clamps


def test_a_network_without_inputs_runs_a_clamped_example() -> None:
    net = cn.Network("no inputs")
    net.add_group("hub", 2), net.add_group("name", 1, role="output")
    net.connect("hub", "name", weights=1.0)
    examples = cn.ExampleSet.from_arrays(np.zeros((1, 0)), [[1.0]]).clamped(net, {"hub:0": 0.25})
    net.forward(examples[0])
    assert net.unit("hub:0").activation == 0.25


def test_a_clamped_unit_has_no_error_and_stops_derivatives(net: cn.Network) -> None:
    net.forward({"input": [1.0], "hub": [0.25, 0.5], "name": [0.5, NAN]})
    net.backward([0.0, 1.0])
    assert net.unit("name:0").net_derivative == 0.0
    assert np.isnan(net.unit("name:0").target)
    assert net.unit("hub:0").net_derivative == 0.0
    assert net.unit("hub:0").activation_derivative != 0.0
    assert net.connection("input:0", "hub:0").weight.derivative == 0.0
    assert net.connection("hub:0", "name:1").weight.derivative == 0.25 * net.unit("name:1").net_derivative


def test_the_derivatives_are_those_of_finite_differences(net: cn.Network) -> None:
    examples = cn.ExampleSet([cn.Example(np.array([1.0]), np.array([0.0, 1.0]), clamps={"hub": [0.25, NAN], "name": [0.5, NAN]})])
    _, derivatives = cn.error_derivatives(net, examples)
    for index, weight in enumerate(net.weights):
        value, errors = weight.value, []
        for change in (-1e-6, 1e-6):
            weight.value = value + change
            errors.append(cn.error_derivatives(net, examples)[0])
        weight.value = value
        assert derivatives[index] == pytest.approx((errors[1] - errors[0]) / 2e-6, rel=1e-5, abs=1e-9)


def test_a_group_is_held_at_some_ticks_and_predicted_at_others(engine: str) -> None:
    net = cn.Network("attractor")
    net.add_group("input", 1, role="input")
    net.add_group("pattern", 2, role="output")
    net.connect("pattern", "pattern", delay=1)
    net.connect("input", "pattern")
    net.randomize(1.0, seed=1)
    patterns = np.eye(2)
    examples = cn.ExampleSet(
        cn.Example.sequence(
            np.zeros((3, 1)), {3: pattern}, clamps={"pattern": np.array([pattern, [NAN, NAN], [NAN, NAN]])}, name=str(number)
        )
        for number, pattern in enumerate(patterns)
    )
    run = cn.train(net, examples, cn.rule("momentum", rate=1.0), 300, engine=engine)
    assert run.correct == 1.0
    states = net.activations(examples, "pattern", engine)
    assert (states[:, 0] == patterns).all()
    assert not np.isin(states[:, 1:], (0.0, 1.0)).any()
    settled = cn.settle(net, {"input": [0.0], "pattern": [1.0, NAN]}, ticks=200, engine=engine)
    assert (settled.activations[:, 0] == 1.0).all()


def test_clamps_that_do_not_fit_are_errors_that_name_the_group(net: cn.Network) -> None:
    with pytest.raises(cn.errors.UnknownNameError, match="'hubb'; did you mean 'hub'"):
        net.forward({"input": [1.0], "hubb": [0.0, 1.0]})
    with pytest.raises(cn.errors.DataError, match="must have 2 values, since group 'hub' has 2 units"):
        net.forward({"input": [1.0], "hub": [0.0]})
    with pytest.raises(cn.errors.DataError, match="input, unit hub:0: must be finite, or NaN for none"):
        net.forward({"input": [1.0], "hub": [np.inf, 0.0]})
    with pytest.raises(cn.errors.DataError, match="unit input:0: must be finite, since input units cannot be computed"):
        net.forward({"input": [NAN]})
    with pytest.raises(cn.errors.UnknownNameError, match="clamps of the examples: hidden or output group 'input'"):
        net.outputs(cn.ExampleSet([cn.Example(np.array([1.0]), np.array([0.0, 1.0]), clamps={"input": [1.0]})]))
    with pytest.raises(cn.errors.DataError, match="clamps of group 'hub': must have the same ticks as the inputs"):
        cn.Example.sequence([[1.0], [1.0]], [[0.0], [0.0]], clamps={"hub": [[0.0, 1.0]]})
    with pytest.raises(cn.errors.DataError, match="must have 2 clamps of group 'hub' like those before"):
        cn.ExampleSet(
            [
                cn.Example(np.array([1.0]), np.array([0.0]), clamps={"hub": [0, 1]}),
                cn.Example(np.array([1.0]), np.array([0.0]), clamps={"hub": [0, 1, 1]}),
            ]
        )


def test_a_subset_and_an_example_of_a_set_keep_clamps_and_weights() -> None:
    given = [
        cn.Example(np.array([1.0]), np.array([0.0]), "a", clamps={"hub": [0.0, NAN]}, error_weight=2.0),
        cn.Example(np.array([0.0]), np.array([1.0]), "b"),
    ]
    examples = cn.ExampleSet(given)[["b", "a"]]
    assert np.isnan(examples.clamps["hub"][0]).all()
    assert examples["a"].clamps["hub"].tolist()[0] == 0.0
    assert examples.error_weights.tolist() == [1.0, 2.0]


def test_the_state_before_tick_1_cannot_be_clamped() -> None:
    net = cn.Network("loop")
    net.add_group("input", 1, role="input")
    net.add_group("hidden", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "hidden", delay=1)
    layered = net.unroll(2)
    layered.forward({"input@1": [1.0], "input@2": [1.0], "hidden@1": [0.25]})
    assert layered.unit("hidden:0@1").activation == 0.25
    with pytest.raises(cn.errors.UnknownNameError, match="unknown group 'hidden@0'"):
        layered.forward({"input@1": [1.0], "input@2": [1.0], "hidden@0": [0.25]})


def test_clamps_of_an_input_group_are_an_error_of_a_single_case_too() -> None:
    net = cn.task("xor").network(seed=1)
    example = cn.Example([0, 1], [1], clamps={"input": [1, 1]})
    for run in (net.forward, lambda each: net.outputs([each])):
        with pytest.raises(cn.errors.UnknownNameError, match="hidden or output group 'input'; known: hidden, output"):
            run(example)


def test_units_are_clamped_at_the_ticks_of_each_example_and_freed_again(net: cn.Network) -> None:
    sequences = cn.ExampleSet([cn.Example.sequence([[0.0]] * ticks, [[0.0, 1.0]] * ticks, frequency=ticks) for ticks in (1, 3)])
    made = sequences.clamped(net, {"hub:1": 0.5}).clamped(net, {"name:0": -1.0})
    one_by_one = cn.ExampleSet(list(made))
    for found in (made, one_by_one):
        assert list(found.clamps) == ["hub", "name"]
        assert np.array_equal(found.clamps["hub"], [[[NAN, 0.5], [NAN, NAN], [NAN, NAN]], [[NAN, 0.5]] * 3], equal_nan=True)
        assert np.array_equal(found.clamps["name"], [[[-1.0, NAN], [NAN, NAN], [NAN, NAN]], [[-1.0, NAN]] * 3], equal_nan=True)
        assert not found.clamps["hub"].flags.writeable
    assert sequences.clamps == {}
    assert made.frequencies.tolist() == [1.0, 3.0]
    assert list(made.clamped(net, {"hub:1": None}).clamps) == ["name"]


def test_clamps_for_another_number_of_units_are_an_error(net: cn.Network) -> None:
    examples = cn.ExampleSet([cn.Example([0.0], [0.0, 1.0], clamps={"hub": [0.5]})])
    with pytest.raises(cn.errors.DataError, match=r"clamps of group 'hub' must be of 2 units \(got 1\)"):
        examples.clamped(net, {"hub:1": 0.5})
