"""The shift register: Rumelhart, Hinton & Williams (1986), PDP vol. 1, chapter 8, recurrent nets."""

import itertools
import statistics
from typing import Any

import numpy as np
import pytest

import connectionist as cn


def measured(result: cn.Result) -> list[Any]:
    """Epochs until every case is correct, whether it was at the end, and what a unit does with its neighbour's bit."""
    return [finding["measured"] for finding in result.report["findings"]]


def ring(units: int, sign: float) -> cn.Network:
    """A ring in which each unit passes its neighbour's bit on (sign 1) or inverts it (sign -1); steep enough to be correct within 0.01."""
    net = cn.task("shift-register", units=units).network(seed=0)
    net.projection("ring", "ring", delay=1).weights = sign * 12 * np.roll(np.eye(units), 1, axis=1)
    net.projection("bias", "ring").weights = -6 * sign
    return net


@pytest.mark.parametrize("units", [3, 5])
@pytest.mark.parametrize("ticks", [1, 2, 4])
def test_a_ring_of_neighbours_moves_every_pattern(units: int, ticks: int, engine: str) -> None:
    """Weights by hand: after T ticks every pattern has moved T places. Inverting rings give the same after an even number of ticks."""
    task = cn.task("shift-register", units=units, ticks=ticks, every_tick=True, off=0.0)
    examples = task.training_examples
    assert ring(units, 1).outputs(examples, engine) == pytest.approx(examples.targets, abs=0.01)
    for example in examples:
        bits = example.name
        moved = bits[-ticks % units :] + bits[: -ticks % units]
        assert "".join(str(int(target)) for target in example.targets[-1]) == moved
    inverted = ring(units, -1).outputs(examples, engine)[:, -1]
    assert inverted == pytest.approx(np.abs(examples.targets[:, -1] - ticks % 2), abs=0.01)


def test_findings_of_rings_made_by_hand() -> None:
    task = cn.task("shift-register")
    for sign, solution in ((1, "passes it on"), (-1, "inverts it")):
        net = ring(3, sign)
        run = cn.train(net, task.training_examples, "momentum", epochs=0)
        assert [finding.measured for finding in task.findings(net, run)] == [None, True, solution]


def test_every_unit_is_input_and_output() -> None:
    """No hidden unit; every unit is connected to every unit; the pattern comes in through the ring's own weights."""
    net = cn.task("shift-register", "published-5").network(seed=1)
    assert [(group.name, group.role, len(group)) for group in net.groups if group.role != "bias"] == [
        ("pattern", "input", 5),
        ("ring", "output", 5),
    ]
    assert len(net.weights) == 5 * 5 + 5
    for sender, receiver in itertools.product(range(5), range(5)):
        entrance = net.connection(f"pattern:{sender}", f"ring:{receiver}")
        assert entrance.weight is net.connection(f"ring:{sender}", f"ring:{receiver}", delay=1).weight


def test_three_units_learn_it() -> None:
    """Preset "published", seeds 1-10: every case correct before epoch 200."""
    for result in cn.run_seeds("shift-register", range(1, 11), preset="published"):
        first, learned, _ = measured(result)
        assert first < 200
        assert learned


def test_with_targets_at_every_tick_units_pass_bits_on() -> None:
    """Preset "every-tick", seeds 1-10: all networks are plain shift registers."""
    for result in cn.run_seeds("shift-register", range(1, 11), preset="every-tick"):
        first, learned, solution = measured(result)
        assert (first < 200, learned, solution) == (True, True, "passes it on")


@pytest.mark.slow
@pytest.mark.parametrize(("preset", "least"), [("published", 40), ("published-5", 36)])
def test_forty_seeds_of_the_shift_register(preset: str, least: int) -> None:
    """Seeds 1-40: three units always learn it, five nearly always; the median is far below 200; some pass bits on, some invert them."""
    results = [measured(result) for result in cn.run_seeds("shift-register", range(1, 41), preset=preset)]
    assert sum(learned for _, learned, _ in results) >= least
    assert statistics.median(first or 1000 for first, _, _ in results) < 100
    assert {"passes it on", "inverts it"} <= {solution for _, _, solution in results}
