"""Derivatives that are propagated sender by sender, in networks without dense matrices: the same bits as receiver by receiver."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.testing import random_network
from connectionist_plugins.engines.compiled.layout import program
from connectionist_plugins.engines.compiled.layout.program import program_of

SIZES = {"input": 30, "first": 25, "second": 20, "early": 7, "output": 9}


def sparse_network() -> cn.Network:
    """Return a network with a one-way projection, and an output group that sends."""
    net, draw = cn.Network("sparse"), np.random.default_rng(3)
    for name, size in SIZES.items():
        net.add_group(name, size, role="input" if name == "input" else "output" if name in ("early", "output") else "hidden")
    names = list(SIZES)
    for number, sender in enumerate(names):
        for receiver in names[max(1, number + 1) :]:
            mask = draw.random((SIZES[sender], SIZES[receiver])) < 0.15
            net.connect(sender, receiver, pattern=mask, backpropagate=(sender, receiver) != ("first", "output"))
    net.randomize(0.7, seed=1)
    return net


def examples_of(net: cn.Network, cases: int) -> cn.ExampleSet:
    draw, outputs = np.random.default_rng(cases), SIZES["early"] + SIZES["output"]
    return cn.ExampleSet.from_arrays(draw.uniform(-1, 1, (cases, SIZES["input"])), draw.integers(0, 2, (cases, outputs)).astype(float))


def is_by_sender(net: cn.Network) -> bool:
    return program_of(net).wiring.outgoing_starts.size > 0


def numbers_after_training(cases: int, update_after: str | int, engine: Any, **training: Any) -> list[Any]:
    """Return what the objects show after training, and the derivatives of all examples."""
    net = sparse_network()
    examples = examples_of(net, cases)
    run = cn.train(net, examples, cn.rule("momentum", rate=0.01), epochs=4, update_after=update_after, engine=engine, **training)
    units = [(unit.activation_derivative, unit.net_derivative) for unit in net.units if unit.incoming]
    derivatives = cn.error_derivatives(net, examples, engine=engine)
    return [is_by_sender(net), net.weight_values, run.log["error"].to_numpy(), units, [w.derivative for w in net.weights], *derivatives]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize(("cases", "update_after"), [(300, "epoch"), (150, 67), (5, "epoch")])
def test_the_bits_are_those_by_receiver(
    cases: int, update_after: str | int, precision: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = cn.engine("compiled", precision=precision, threads=threads)
    of_sender, *by_sender = numbers_after_training(cases, update_after, engine)
    monkeypatch.setattr(program, "_outgoing", lambda *_: (np.zeros(0, np.int64), np.zeros(0, np.int64)))
    of_receiver, *by_receiver = numbers_after_training(cases, update_after, engine)
    assert of_sender
    assert not of_receiver
    for one, other in zip(by_sender, by_receiver, strict=True):
        np.testing.assert_array_equal(one, other)


def test_recording_changes_no_bits() -> None:
    recorder = cn.Recorder("activation_derivative", of=["input", "first"], every=2)
    recorded, plain = (numbers_after_training(40, "epoch", "compiled", **given) for given in ({"record": recorder}, {}))
    for one, other in zip(recorded, plain, strict=True):
        np.testing.assert_array_equal(one, other)


def test_derivatives_of_inputs_are_recorded() -> None:
    recorded = []
    for engine in ("compiled", "local"):
        net = sparse_network()
        recorder = cn.Recorder("activation_derivative", of="input")
        run = cn.train(net, examples_of(net, 12), cn.rule("momentum", rate=0.01), epochs=1, engine=engine, record=recorder)
        recorded.append(run.recording["activation_derivative"])
    np.testing.assert_allclose(recorded[0], recorded[1], rtol=1e-12, atol=1e-15)
    assert np.all(np.any(recorded[0] != 0.0, axis=-1))


def test_ties_delays_and_dense_matrices_are_computed_by_receiver() -> None:
    assert is_by_sender(sparse_network())
    net = sparse_network()
    net.tie([net.projection("input", "first").connections[0], net.projection("first", "second").connections[0]])
    assert not is_by_sender(net)
    net = sparse_network()
    net.connect("output", "output", delay=1, pattern="one_to_one")
    assert not is_by_sender(net)
    net = sparse_network()
    net.add_group("dense", 9)
    net.connect("input", "dense")
    assert not is_by_sender(net)


def test_random_networks_agree_with_the_objects() -> None:
    count = 0
    for seed in range(60):
        net, examples = random_network(seed, ties=False)
        if is_by_sender(net):
            count += 1
            own, objects = (cn.error_derivatives(net, examples, engine=engine) for engine in ("compiled", "local"))
            np.testing.assert_allclose(own[1], objects[1], rtol=1e-12, atol=1e-14)
    assert count
