"""Projections whose connections share a weight need settings that fit; an unrolled network has the settings of its original."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import connectionist as cn

ENDS = [("input", "hidden"), ("hidden", "output")]
SETTINGS = [
    ("rate", 0.2, None, "different rates (0.2 and None); give both projections the same rate"),
    ("rate", None, 0.3, "different rates (None and 0.3); give both projections the same rate"),
    ("limits", (0, 1), (2, 3), "limits that do not overlap ((0.0, 1.0) and (2.0, 3.0)); give both projections limits that overlap"),
    (
        "weight_noise",
        0.1,
        cn.Noise(half_range=0.1),
        "different noise on weights (Noise(sd=0.1, half_range=None, during='both') and Noise(sd=None, half_range=0.1, during='both')); "
        "give both projections the same weight_noise, or one of them None",
    ),
]


def build() -> cn.Network:
    net = cn.Network("net")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 2, role="output")
    for ends in ENDS:
        net.connect(*ends)
    net.randomize(0.5, seed=1)
    return net


def tie(net: cn.Network) -> None:
    net.tie([net.connection("input:0", "hidden:1"), net.connection("hidden:1", "output:0")])


def assign(net: cn.Network, setting: str, *values: object) -> None:
    for ends, value in zip(ENDS, values, strict=True):
        setattr(net.projection(*ends), setting, value)


def train(net: cn.Network, engine: str, **options: Any) -> cn.Run:
    return cn.train(net, cn.ExampleSet.from_arrays(np.eye(2), np.eye(2)), "momentum", 3, engine=engine, **options)


@pytest.mark.filterwarnings("ignore:train_many. networks .* have the same weights")
@pytest.mark.parametrize(("setting", "one", "other", "fault"), SETTINGS)
def test_any_order_of_tie_and_assignment_ends_in_one_sentence(engine: str, setting: str, one: object, other: object, fault: str) -> None:
    sentence = f"input:0 → hidden:1 and hidden:1 → output:0 share a weight, but their projections have {fault}"
    before, after = build(), build()
    assign(before, setting, one, other)
    weights = before.weights
    with pytest.raises(cn.errors.WiringError) as raised:
        tie(before)
    assert str(raised.value) == sentence
    assert before.weights == weights
    train(before, engine)
    tie(after)
    assign(after, setting, one, other)
    with pytest.raises(cn.errors.WiringError) as raised:
        train(after, engine)
    assert str(raised.value) == sentence
    with pytest.raises(cn.errors.WiringError) as raised:
        cn.train_many([after.copy() for _ in range(5)], cn.ExampleSet.from_arrays(np.eye(2), np.eye(2)), "momentum", 2, engine=engine)
    assert str(raised.value) == sentence
    if setting == "weight_noise":
        with pytest.raises(cn.errors.WiringError) as raised:
            after.forward([0, 1])
        assert str(raised.value) == sentence
        with pytest.raises(cn.errors.WiringError) as raised:
            after.outputs(cn.ExampleSet.from_arrays(np.eye(2), np.eye(2)), engine)
        assert str(raised.value) == sentence
    assign(after, setting, one, one)  # one after the other
    train(after, engine)
    tie(after)


def test_settings_that_fit_are_those_of_the_weight(engine: str) -> None:
    net = build()
    tie(net)
    assign(net, "limits", (-0.2, 0.1), (0.0, 0.5))
    assign(net, "weight_noise", 0.1, None)
    train(net, engine)
    assert 0.0 <= net.connection("input:0", "hidden:1").weight.value <= 0.1


def test_lesioned_connections_share_nothing(engine: str) -> None:
    net = build()
    tie(net)
    assign(net, "rate", 0.2, 0.3)
    net.lesion("hidden:1 → output:0")
    train(net, engine)


def in_time() -> cn.Network:
    net = build()
    net.connect("hidden", "hidden", delay=1, weights=0.3)
    net.seed = 4
    return net


def test_an_unrolled_network_has_the_settings_of_its_original(engine_in_time: str) -> None:
    net, other = in_time(), in_time()
    unrolled = other.unroll(2)
    for each in (net, other):
        each["hidden"].net_input_noise = 0.2
        each.projection("hidden", "hidden").rate = 0.5
        each.projection("input", "hidden").limits = (-0.05, 0.05)
        each.projection("hidden", "output").weight_noise = 0.3
    inputs, targets = np.random.default_rng(0).random((2, 3, 2, 2))
    sequences = cn.ExampleSet.from_arrays(inputs, targets)
    patterns = cn.ExampleSet.from_arrays(inputs.reshape(3, 4), targets.reshape(3, 4))
    np.testing.assert_allclose(net.forward(inputs[0]).ravel(), unrolled.forward(inputs[0].ravel()), rtol=1e-12)
    np.testing.assert_allclose(net.outputs(sequences, engine_in_time).reshape(3, 4), unrolled.outputs(patterns, engine_in_time), rtol=1e-12)
    errors = [
        cn.train(each, examples, "momentum", 5, engine=engine_in_time, seed=1).errors
        for each, examples in ((net, sequences), (unrolled, patterns))
    ]
    np.testing.assert_allclose(errors[0], errors[1], rtol=1e-12)
    np.testing.assert_allclose(net.weight_values, other.weight_values, rtol=1e-12)
    assert np.abs(other.projection("input", "hidden").weights).max() == 0.05
    unrolled.projections[-1].rate = 0.25
    assert 0.25 in [each.rate for each in other.projections]


def test_noise_on_weights_is_that_of_the_engines_in_time(engine_in_time: str) -> None:
    net = in_time()
    plain = net.forward(np.eye(2))
    net.projection("hidden", "output").weight_noise = 0.5
    results = []
    for run in (
        net.forward,
        lambda inputs: [net.step_forward(inputs[0])],
        lambda inputs: net.outputs([cn.Example.sequence(inputs, np.eye(2))], engine_in_time)[0],
    ):
        net.seed = 4  # counts the passes from 0
        results.append(np.array(run(np.eye(2)))[0])
    np.testing.assert_allclose(results[1:], [results[0]] * 2, rtol=1e-12)
    assert np.abs(results[0] - plain[0]).max() > 0.01
