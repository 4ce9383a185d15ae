"""The 4-2-4 encoder of the Boltzmann machine: Ackley, Hinton & Sejnowski (1985), Cognitive Science 9, section 4.1."""

import itertools
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.boltzmann_encoder import BoltzmannEncoder


def encoder(strength: float) -> cn.Network:
    """Weights by hand: each pattern has its code, and units of a group exclude one another."""
    net = BoltzmannEncoder().network(seed=0)
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=2))).T
    for name in ("first", "second"):
        net.projection("hidden", name).weights = strength * signs
        net.projection(name, name, delay=1).weights = np.where(np.eye(4) == 0, -strength, np.nan)
        net.projection("bias", name).weights = [[strength * (0.5 - (signs[:, n] > 0).sum()) for n in range(4)]]
    net.projection("bias", "hidden").weights = 0.0
    return net


def test_the_groups_communicate_through_the_hidden_units_alone() -> None:
    net = BoltzmannEncoder().network(seed=1)
    pairs = {(p.sender.name, p.receiver.name) for p in net.projections if p.sender.role != "bias"}
    within = {("first", "first"), ("second", "second")}
    assert pairs == within | {("hidden", name) for name in ("first", "second")} | {(name, "hidden") for name in ("first", "second")}
    for name in ("first", "second"):
        assert (net.projection("hidden", name).weights == net.projection(name, "hidden", delay=1).weights.T).all()
        lateral = np.nan_to_num(net.projection(name, name, delay=1).weights)
        assert (lateral == lateral.T).all()


def test_codes_and_completion_of_a_network_made_by_hand() -> None:
    task = BoltzmannEncoder()
    net = encoder(20.0)
    assert len(set(task.codes(net))) == 4
    assert task.correct_cases(net, task.training_examples, "local").all()
    assert task.completion(net) > 0.99
    assert task.completion(encoder(0.0)) == pytest.approx(1 / 16)


def test_completion_is_the_distribution_of_boltzmann() -> None:
    """P ∝ exp(G) over the states of the free units, with `cn.goodness`."""
    task = BoltzmannEncoder()
    net = task.network(seed=4)
    found = []
    for number in range(4):
        wanted, total = 0.0, 0.0
        for hidden in itertools.product([0.0, 1.0], repeat=2):
            for second in itertools.product([0.0, 1.0], repeat=4):
                for group, values in (("hidden", hidden), ("first", np.eye(4)[number]), ("second", second)):
                    for unit, value in zip(net[group], values, strict=True):
                        unit.activation = float(value)
                power = float(np.exp(cn.goodness(net)))
                total += power
                wanted += power if second == tuple(np.eye(4)[number]) else 0.0
        found.append(wanted / total)
    assert task.completion(net) == pytest.approx(np.mean(found))


def test_the_code_is_found() -> None:
    """One seed. Training ends when the four codes differ."""
    result = cn.run("boltzmann-encoder", seed=SEED)
    measured: dict[Any, Any] = result.findings["measured"].to_dict()
    assert result.run.stopped == "four codes"
    assert measured["different codes"] == 4
    assert measured["learning cycles until four codes differ"] == result.run.epochs
    assert result.report["correct"] == 1
    assert measured["probability that the first group is completed by the second"] > 2 / 16


SEED = 6


def test_twenty_seeds() -> None:
    """Seeds 1-20: half at least find it within 500 cycles (published: all of 250, in 1,810 at most, in 110 at the median)."""
    results = list(cn.run_seeds("boltzmann-encoder", range(1, 21)))
    assert sum(result.run.stopped == "four codes" for result in results) >= 10
