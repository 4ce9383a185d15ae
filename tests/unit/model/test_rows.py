"""A network from which parts were removed computes what its copy computes, and what a network computes that never had them."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.testing.networks import random_network

TIED_LAST = ["input:2 → hidden:c", "input:1 → hidden:c"]


def build(*removed: str, in_time: bool = False) -> cn.Network:
    """Return a network with noise and ties, whose groups to remove are between the others and tied to them."""
    net = cn.Network("net", seed=5)
    net.add_group("input", 3, role="input")
    for name in removed:
        net.add_group(name, 5)
        net.connect("input", name)
    net.add_group("hidden", ["a", "b", "c"])
    net.add_group("second", 9)
    net.add_group("output", 2, role="output")
    for name in removed:
        net.connect(name, "output")
    for ends in (("input", "hidden"), ("hidden", "second"), ("input", "second"), ("second", "output"), ("input", "output")):
        net.connect(*ends)
    if in_time:
        net.connect("second", "hidden", delay=1)
    net.tie(["second:1 → output:0", "input:0 → hidden:a"])
    net.tie([*(f"input:1 → {name}:3" for name in removed), *TIED_LAST])
    net["input"].activation_noise = net["second"].activation_noise = 0.1
    net["hidden"].net_input_noise = cn.Noise(half_range=0.3)
    net.projection("hidden", "second").weight_noise = net.projection("second", "output").weight_noise = 0.2
    return net


def reduced(*, in_time: bool) -> cn.Network:
    """Return a network from which two groups were removed, after training with them and a call of `connect` that failed."""
    net = build("first", "extra", in_time=in_time)
    with pytest.raises(cn.errors.WiringError, match="already connected"):
        net.connect("input", "hidden")
    net.randomize(0.5)
    cn.train(net, examples_for(net), "momentum", 3)
    net.lesion("first:1", "input:0 → extra:1", "hidden:b")
    net.remove_group("first")
    net.remove_group("extra")
    net.restore()
    net.seed = 5  # counts the passes in testing from 0
    return net


def examples_for(net: cn.Network) -> cn.ExampleSet:
    numbers = np.random.default_rng(1).random((4, 2, 5))
    if not net.in_time:
        numbers = numbers[:, 0]
    return cn.ExampleSet.from_arrays(numbers[..., :3], numbers[..., 3:])


def train(net: cn.Network, engine: str, _: Path) -> list[Any]:
    run = cn.train(net, examples_for(net), "momentum", 6, engine=engine, order="permuted", update_after=3)
    explained = net.connection("hidden:a", "second:3").weight
    return [run.errors, net.weight_values, [weight.change for weight in net.weights], explained.last_update.derivatives]  # type: ignore[union-attr]


def record(net: cn.Network, engine: str, _: Path) -> list[Any]:
    recorders = [cn.Recorder("activation", of="second"), cn.Recorder("change", of="input → hidden", each="change")]
    run = cn.train(net, examples_for(net), "steepest", 3, engine=engine, record=recorders)
    tables = [recording.table() for recording in (*run.recordings, cn.record(net, examples_for(net), of="*", engine=engine))]
    return [table.to_csv() for table in tables]


def randomize(net: cn.Network, engine: str, _: Path) -> list[Any]:
    net.randomize(0.3, seed=2)
    net.randomize(sd=0.2, seed=3, among="hidden → second")
    return [net.weight_values, net.outputs(examples_for(net), engine)]


def train_many(net: cn.Network, engine: str, _: Path) -> list[Any]:
    for part in (*net.groups, *net.projections):
        for quantity in ("net_input_noise", "activation_noise", "weight_noise"):
            if getattr(part, quantity, None):
                setattr(part, quantity, None)
    runs = cn.train_many([net.copy(), net, net.copy(), net.copy(), net.copy()], examples_for(net), "momentum", 4, engine=engine)
    assert all(run.errors == runs[0].errors for run in runs)
    return [run.network.weight_values for run in runs]


def save(net: cn.Network, _: str, folder: Path) -> list[Any]:
    cn.save_weights(net, folder / "w.npz")
    with np.load(folder / "w.npz") as file:
        return [file[name] for name in file.files]


def derive(net: cn.Network, engine: str, _: Path) -> list[Any]:
    examples = examples_for(net)
    forward = [net.forward(examples[0].inputs), net.backward(examples[0].targets)]
    return [*forward, [unit.net_derivative for unit in net.units], *cn.error_derivatives(net, examples, engine)]


@pytest.mark.filterwarnings("ignore:train_many. networks .* have the same weights")
@pytest.mark.parametrize("act", [train, record, randomize, train_many, save, derive])
@pytest.mark.parametrize("in_time", [False, True])
def test_a_network_after_removal_is_its_copy_and_the_network_that_never_had_the_groups(
    engine_in_time: str, in_time: bool, act: Callable[[cn.Network, str, Path], list[Any]], tmp_path: Path
) -> None:
    net = reduced(in_time=in_time)
    plain = build(in_time=in_time)
    plain.weight_values = net.weight_values
    for each in (net, plain):
        each.weight_state.forget_changes(each.weight_rows)
    copy = net.copy()
    results = [act(each, engine_in_time, tmp_path) for each in (net, copy, plain)]
    for result in results[1:]:
        for got, expected in zip(result, results[0], strict=True):
            np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("seed", range(40))
def test_random_networks_after_removal_have_the_rows_and_numbers_of_their_copies(seed: int) -> None:
    net, examples = random_network(seed, noise=seed % 2 == 0, delays=seed % 3 == 0, initial=True)
    hidden = [group.name for group in net.groups if group.role == "hidden"]
    net.remove_group(hidden[seed % len(hidden)])
    copy = net.copy()
    assert (net.state.size, net.weight_state.size) == (copy.state.size, copy.weight_state.size)
    assert [unit.row for unit in net.units] == [unit.row for unit in copy.units]
    assert net.weight_rows.tolist() == copy.weight_rows.tolist()
    for engine in ("local", "compiled"):
        runs = [cn.train(each, examples, "momentum", 2, engine=engine) for each in (net, copy)]
        assert runs[0].errors == runs[1].errors
        np.testing.assert_array_equal(net.weight_values, copy.weight_values)


def test_removed_parts_keep_their_numbers_and_belong_to_no_network() -> None:
    net = build("extra")
    net.randomize(0.5)
    unrolled = net.copy()
    group, projection, kept = net["extra"], net.projection("input", "extra"), net.connection("second:8", "output:1").weight
    connection, value = projection.connections[4], kept.value
    net.forward([1.0, 0.0, 1.0])
    before = group.activations.copy(), projection.weights, kept.value
    net.remove_group("extra")
    net.forward([0.0, 1.0, 0.0])
    assert (group.activations == before[0]).all()
    assert (projection.weights == before[1]).all()
    assert kept.value == value == unrolled.connection("second:8", "output:1").weight.value
    kept.value = 0.125
    assert net.projection("second", "output").weights[8, 1] == 0.125
    with pytest.raises(cn.errors.WiringError, match="another network"):
        net.randomize(0.5, among=[connection])
    for part in (projection, connection, connection.weight):
        with pytest.raises(cn.errors.WiringError, match="removed"):
            deepcopy(part)


def test_a_call_of_connect_that_fails_leaves_no_rows() -> None:
    net, plain = cn.Network(), cn.Network()
    for each in (net, plain):
        each.add_group("input", 2, role="input")
        each.add_group("hidden", 3)
        each.connect("hidden", "hidden", pattern=[[0, 1, 0], [0, 0, 1], [0, 0, 0]])
    for arguments in ({"weights": [[1.0]]}, {"weights": np.nan}, {"pattern": np.eye(3)[::-1]}, {"pattern": np.tri(3)}):
        with pytest.raises(cn.errors.ConnectionistError):
            net.connect("hidden", "hidden", **arguments)
    for each in (net, plain):
        each.connect("input", "hidden")
    assert net.weight_rows.tolist() == plain.weight_rows.tolist()
    assert net.weight_state.size == len(net.weights)
    assert not any(weight.value for weight in net.weights)


def test_the_last_change_is_explained_after_a_removal() -> None:
    net = build("extra")
    net.randomize(0.5)
    cn.train(net, examples_for(net), "dougs_momentum", 2)
    connection = net.connection("input:2", "second:7")
    expected = repr(connection.explain().change)
    net.remove_group("extra")
    assert "summary" in expected
    assert repr(connection.explain().change) == expected


def test_a_copy_does_not_add_the_noise_of_the_last_case_again(engine: str) -> None:
    net = build()
    net.randomize(0.5)
    cn.train(net, examples_for(net), "momentum", 2, engine=engine)
    net["input"].activation_noise = net["second"].activation_noise = net["hidden"].net_input_noise = None
    net.projection("hidden", "second").weight_noise = net.projection("second", "output").weight_noise = None
    copy = net.copy()
    assert (copy.forward([1.0, 0.5, 0.0]) == net.forward([1.0, 0.5, 0.0])).all()
