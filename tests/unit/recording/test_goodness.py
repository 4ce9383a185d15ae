"""Goodness and energy as recorded quantities: parts of the units, whose sum is the goodness of the state."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError, WiringError
from connectionist.testing.networks import random_network


def loop(weight: float = 0.5) -> cn.Network:
    net = cn.Network("loop")
    net.add_group("input", 2, role="input")
    net.add_group("pair", 2, activation="linear")
    net.add_group("output", 1, role="output", activation="linear", biased=False)
    net.connect("input", "pair", "one_to_one", weights=2.0)
    net.connect("pair", "pair", [[False, True], [True, False]], delay=1, weights=weight)
    net.connect("pair", "output", weights=3.0)
    for connection in net.projection("bias", "pair").connections:
        connection.weight.value = 0.25
    return net


def sequence(ticks: int = 4) -> cn.ExampleSet:
    return cn.ExampleSet([cn.Example.sequence(np.tile([1.0, -0.5], (ticks, 1)), np.zeros((ticks, 1)), "tone")])


def test_the_part_of_a_unit_is_that_of_the_connections_that_it_receives(engine: str) -> None:
    net = loop()
    recording = cn.record(net, sequence(), ["goodness", "energy", "activation"], of=[*net.groups, net["bias"]], engine=engine)
    for tick in range(1, 5):
        y = {name: float(recording["activation"].sel(case="tone", tick=tick, unit=name)) for name in ("pair:0", "pair:1", "output:0")}
        parts = {name: float(recording["goodness"].sel(case="tone", tick=tick, unit=name)) for name in (*y, "input:0", "bias")}
        assert parts["pair:0"] == pytest.approx(y["pair:0"] * (0.5 * 0.5 * y["pair:1"] + 0.25 + 2.0 * 1.0))
        assert parts["pair:1"] == pytest.approx(y["pair:1"] * (0.5 * 0.5 * y["pair:0"] + 0.25 + 2.0 * -0.5))
        assert parts["output:0"] == pytest.approx(y["output:0"] * 0.5 * 3.0 * (y["pair:0"] + y["pair:1"]))
        assert parts["input:0"] == parts["bias"] == 0.0
    np.testing.assert_array_equal(recording["energy"], -recording["goodness"])


def test_the_sum_is_the_goodness_that_settling_and_the_present_state_have(engine: str) -> None:
    net = loop()
    recording = cn.record(net, sequence(), "goodness", engine=engine)
    np.testing.assert_allclose(recording["goodness"].sum("unit").sel(case="tone"), cn.settle(net, [1.0, -0.5], None, 4).goodness)
    for seed in range(20):
        net, examples = random_network(seed)
        parts = cn.record(net, examples, "goodness", [*net.groups, net["bias"]], cases=[-1 + len(examples)], engine=engine)["goodness"]
        assert float(parts.sum()) == pytest.approx(cn.goodness(net), rel=1e-12, abs=1e-12)


def test_only_some_units_and_cases_and_other_quantities_have_the_numbers_of_all() -> None:
    net, examples = random_network(3)
    every = cn.record(net, examples, ["net_input", "goodness", "target"], of=list(net.groups))
    some = cn.record(net, examples, ["goodness", "target", "net_input"], of=list(net.groups)[-1], cases=[2, 0])
    for name in ("net_input", "goodness", "target"):
        cases, units = some[name].coords["case"].values, some[name].coords["unit"].values
        np.testing.assert_array_equal(some[name], every[name].sel(case=cases, unit=units))


def test_a_recorder_records_it_in_a_test_after_each_epoch(engine: str) -> None:
    task = cn.task("xor")
    net = task.network(1)
    recorder = cn.Recorder("energy", of="*", every=2, examples=task.training_examples)
    run = cn.train(net, task.training_examples, "momentum", 4, record=recorder, engine=engine, seed=1)
    assert run.recording["energy"].sizes["epoch"] == 2
    expected = cn.record(net, task.training_examples, "energy", engine=engine)["energy"]
    np.testing.assert_array_equal(run.recording["energy"].sel(epoch=4), expected)


def test_it_is_missing_after_the_end_of_a_short_example() -> None:
    net = loop()
    net.add_group("alone", 1, biased=False)
    examples = cn.ExampleSet([sequence(2)[0], cn.Example.sequence(np.ones((4, 2)), np.zeros((4, 1)), "long")])
    recording = cn.record(net, examples, ["activation", "goodness", "energy"], [*net.groups, net["bias"]])
    for name in ("goodness", "energy"):
        np.testing.assert_array_equal(np.isnan(recording[name]), np.isnan(recording["activation"]))
    assert not np.signbit(recording["energy"].sel(unit="input:0", case="long")).any()


def test_training_itself_does_not_record_it() -> None:
    with pytest.raises(ParameterError, match=r"Recorder\.quantities: 'goodness' is recorded in tests only.*; give examples= to test with"):
        cn.Recorder(["activation", "goodness"], of="hidden")


def test_an_output_function_is_an_error_that_names_the_group() -> None:
    net = cn.task("jets-and-sharks").network(0)
    ticks = np.zeros((2, len(net.schedule.inputs)))
    examples = cn.ExampleSet([cn.Example(ticks, np.zeros((2, 0)))])
    message = r"goodness is for weighted sums of activations, and group '.*' has the output function"
    with pytest.raises(WiringError, match=message):
        cn.record(net, examples, "goodness")
    net = loop()
    net.add_group("more", 1, output_function="rectified")
    net.connect("input", "more")
    before = net.weight_values
    with pytest.raises(WiringError, match=message):
        cn.train(net, sequence(), "momentum", 4, record=cn.Recorder("energy", "*", every=3, examples=sequence()))
    np.testing.assert_array_equal(net.weight_values, before)
