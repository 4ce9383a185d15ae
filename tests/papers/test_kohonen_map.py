"""Kohonen's map of a square: Kohonen (1982), Biological Cybernetics 43, 59-69."""

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.kohonen_map import KohonenMap


def findings(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"].split(":")[0]: finding["measured"] for finding in result.report["findings"]}


def test_errors_of_a_net_made_by_hand() -> None:
    """A regular net has no topographic error; the same with two distant units exchanged has some, and the same quantization error."""
    task = KohonenMap(side=4, points=400, data_seed=1)
    net = task.network(seed=1)
    rows, columns = np.divmod(np.arange(16), 4)
    weights = np.array([columns, rows]) / 4 + 0.125
    net.projection("point", "map").weights = weights
    quantization, topographic = task.errors(net)
    assert quantization == pytest.approx(0.25 * 0.3826, rel=0.05)  # mean distance from the middle of a square of side 1: 0.3826
    assert topographic == 0
    weights[:, [0, 15]] = weights[:, [15, 0]]
    net.projection("point", "map").weights = weights
    again, exchanged = task.errors(net)
    assert again == pytest.approx(quantization)
    assert 2 / 16 - 0.04 < exchanged < 4 / 16  # the points next to the two units, and some whose second nearest they are


def test_one_epoch_is_kohonens_rule() -> None:
    """The nearest unit and its neighbours move: Δw = ε exp(−d² / 2σ²) (y − w), with d on the grid."""
    task = KohonenMap(side=3, points=10, order="fixed", epochs=1, data_seed=2)
    weights = task.network(seed=2).projection("point", "map").weights.T.copy()
    grid = np.array([divmod(unit, 3) for unit in range(9)])
    for point in task.training_examples.inputs:
        winner = ((point - weights) ** 2).sum(axis=1).argmin()
        near = np.exp(-((grid - grid[winner]) ** 2).sum(axis=1) / (2 * 3.0**2))
        weights += 0.5 * near[:, np.newaxis] * (point - weights)
    learned = cn.run(task, seed=2, engine="local").network.projection("point", "map").weights.T
    assert learned == pytest.approx(weights, abs=1e-14)


def test_rate_and_width_fall_to_their_last_values() -> None:
    (phase,) = KohonenMap(epochs=5).phases
    assert phase.schedule is not None
    values: Any = phase.schedule
    assert [values["width"][epoch] for epoch in (1, 4)] == [pytest.approx(3 * (0.4 / 3) ** 0.25, rel=1e-2), 0.4]
    assert values["rate"][4] == 0.05
    assert KohonenMap(epochs=1).phases[0].schedule is None


def test_the_map_unfolds() -> None:
    """Seeds 1-2: no topographic error to speak of, and the quantization error a sixth of that before."""
    for result in cn.run_seeds("map", range(1, 3), engine="local"):
        measured = findings(result)
        assert measured["topographic error before training"] > 0.3
        assert measured["topographic error after training"] <= 0.02
        assert measured["quantization error after training"] < measured["quantization error before training"] / 5


def test_without_neighbours_it_does_not() -> None:
    measured = findings(cn.run("map", preset="narrow", seed=1, engine="local"))
    assert measured["topographic error after training"] > 0.2
    assert measured["the map has unfolded"] is False
