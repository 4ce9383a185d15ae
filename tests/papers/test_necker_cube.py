"""The Necker cube: PDP vol. 2, chapter 14, and the program `cs` of McClelland & Rumelhart (1988)."""

import csv
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.necker_cube import CORNERS, NeckerCube


def findings(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"]: finding["measured"] for finding in result.report["findings"]}


def test_the_weights_are_those_of_the_program() -> None:
    """3 neighbours along edges with +1, 2 units of the other interpretation with −1.5, bias ½, all times 0.4."""
    with (Path(__file__).parent / "data" / "necker_cube_weights.csv").open(newline="") as file:
        rows = {row.pop("unit"): {name: float(value) for name, value in row.items()} for row in csv.DictReader(file)}
    net = NeckerCube().network(seed=0)
    for receiver, weights in rows.items():
        unit = net.unit(f"{receiver[0]}:{receiver[1:]}")
        inner = [connection for connection in unit.incoming if not connection.sender.group.name.endswith("_input")]
        found = {c.sender.group.name + (c.sender.label or ""): c.weight.value for c in inner if c.sender.group.role != "bias"}
        assert net.connection("bias", unit.name).weight.value == 0.4 * weights.pop("bias")
        assert found == pytest.approx({name: 0.4 * value for name, value in weights.items() if value})


def test_the_interpretations_are_the_two_best_states() -> None:
    """16 · 0.4 = 6.4; the other strict maxima of 2^16 states are 12 and 8 (· 0.4)."""
    task = NeckerCube()
    assert dict(task.maxima) == {6.4: 2, 4.8: 12, 3.2: 3}
    net = task.network(seed=0)
    for name in "AB":
        for group in "AB":
            net[group].initial = float(group == name)
        settled = task.settle(net, seed=1)
        assert settled.activations[-1].tolist() == settled.activations[0].tolist()
        assert cn.goodness(net) == pytest.approx(6.4)


def test_settling_is_the_dynamics_of_the_program_cs() -> None:
    """One unit after another, drawn with replacement: y ← y + x (1 − y) for x > 0, else y + x y; at most 1, from 0."""
    task = NeckerCube()
    net = task.network(seed=0)
    settled = task.settle(net, seed=5)
    units = [unit.group.name + (unit.label or "") for unit in net.schedule.units]
    assert set(units) == {name + corner for name in "AB" for corner in CORNERS}
    weights = np.array([[task._weight(one, other) for other in units] for one in units])
    orders = cn.random_stream(5, "settling order").integers(0, 16, (500, 16))
    y = np.zeros(16)
    for order, activations in zip(orders, settled.activations, strict=False):
        for unit in order:
            x = weights[unit] @ y + 0.2
            y[unit] = min(y[unit] + (x * (1 - y[unit]) if x > 0 else x * y[unit]), 1.0)
        assert activations == pytest.approx(y, abs=1e-12)


def test_goodness_never_falls_and_both_engines_agree() -> None:
    task = NeckerCube()
    net = task.network(seed=0)
    for seed in range(3):
        one, other = (task.settle(net, seed, engine=engine) for engine in ("compiled", "local"))
        assert one.activations == pytest.approx(other.activations, abs=1e-12)
        assert (np.diff(one.goodness) > -1e-12).all()


def test_where_it_ends() -> None:
    """Seeds 1-3, 200 starts each: 67 % in an interpretation (a replication of the program: 351 of 500), all others with goodness 12."""
    measured = [findings(result) for result in cn.run_seeds("necker-cube", range(1, 4))]
    reached = statistics.mean(each["fraction of starts that end in an interpretation"] for each in measured)
    assert reached == pytest.approx(0.68, abs=0.06)
    assert reached + statistics.mean(each["fraction that ends in the second best kind of maximum"] for each in measured) > 0.99
    assert statistics.mean(each["fraction of these interpretations that is A"] for each in measured) == pytest.approx(0.5, abs=0.08)
    assert min(each["with input for one corner of A: fraction of starts that end nearer to A"] for each in measured) > 0.5


def test_without_inhibition_everything_is_on() -> None:
    net = NeckerCube(inhibition=0.0).network(seed=0)
    NeckerCube(inhibition=0.0).settle(net, seed=1)
    assert [net[name].activations.min() for name in "AB"] == pytest.approx([1.0, 1.0])
