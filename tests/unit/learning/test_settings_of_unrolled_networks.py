"""Changes of the groups of an unrolled network, which belong to its original."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import connectionist as cn

CHANGES = [
    ("hidden", "activation_function", "tanh"),
    ("output", "error_function", "cross_entropy"),
    ("output", "margin", 0.3),
    ("hidden", "cost", "square"),
    ("hidden", "initial", 0.5),
    ("hidden", "net_input_noise", 0.5),
]


def original() -> cn.Network:
    net = cn.Network("recurrent")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    net.randomize(0.5, seed=1)
    return net


def examples() -> cn.ExampleSet:
    random = np.random.default_rng(0)
    return cn.ExampleSet.from_arrays(random.random((3, 6)), random.random((3, 3)))


def changed(net: cn.Network, group: str, name: str, value: Any) -> cn.Network:
    setattr(net[group], name, cn.ActivationCost(value, 0.1) if name == "cost" else value)
    return net


@pytest.mark.parametrize("change", CHANGES, ids=[name for _, name, _ in CHANGES])
def test_second_training_has_the_settings_of_the_present(engine: str, change: tuple[str, str, Any]) -> None:
    net = original()
    unrolled, given, values = net.unroll(3), examples(), net.weight_values
    cn.train(unrolled, given, "momentum", 3, engine=engine)
    changed(net, *change)
    net.weight_values = values
    expected = cn.train(changed(original(), *change).unroll(3), given, "momentum", 3, engine=engine).errors
    assert cn.train(unrolled, given, "momentum", 3, engine=engine).errors == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("change", CHANGES, ids=[name for _, name, _ in CHANGES])
def test_until_changes_the_settings_for_the_next_epoch(engine: str, change: tuple[str, str, Any]) -> None:
    net, given = original(), examples()

    def until(run: cn.Run) -> bool:
        if run.epochs == 2:
            changed(net, *change)
        return False

    errors = cn.train(net.unroll(3), given, "momentum", 4, engine=engine, until=until).errors
    same = cn.train(original().unroll(3), given, "momentum", 4, engine=engine).errors
    assert errors[:2] == same[:2]
    assert errors[2] != same[2]
