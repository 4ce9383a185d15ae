"""The auto-associator: PDP vol. 2, chapter 17, and the program `aa` of McClelland & Rumelhart (1988)."""

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.auto_associator import CYCLES, NAME, UNITS, AutoAssociator


def findings(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"]: finding["measured"] for finding in result.report["findings"]}


def test_prototypes_and_exemplars() -> None:
    """Names orthogonal; dog and cat with a correlation of ½, bagel with 0; a fifth of the appearance flipped, and no name."""
    task = AutoAssociator(exemplars=400, data_seed=2)
    assert task.prototypes[:, :NAME] @ task.prototypes[:, :NAME].T == pytest.approx(8 * np.eye(3))
    assert task.prototypes[:, NAME:] @ task.prototypes[:, NAME:].T / 16 == pytest.approx(np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]))
    different = task.training_examples.inputs.reshape(400, 3, UNITS) != task.prototypes
    assert not different[:, :, :NAME].any()
    assert different[:, :, NAME:].mean() == pytest.approx(0.2, abs=0.01)


def test_learning_is_the_delta_rule_without_connections_to_the_unit_itself(engine: str) -> None:
    task = AutoAssociator(exemplars=4, data_seed=1)
    weights = np.zeros((UNITS, UNITS))
    for pattern in task.training_examples.inputs:
        weights += task.rate * np.outer(pattern, pattern - pattern @ weights)
        np.fill_diagonal(weights, 0.0)
    learned = cn.run(task, engine=engine).network.projection("pattern", "unit").weights
    assert np.nan_to_num(learned) == pytest.approx(weights, abs=1e-14)


def test_retrieval_is_the_dynamics_of_the_program_aa() -> None:
    """All at once: x = 0.15 (Σ w y + external), y ← 0.85 y + x (1 − y) for x > 0, else 0.85 y + x (y + 1), from 0."""
    result = cn.run("auto-associator", seed=3)
    weights = np.nan_to_num(result.network.projection("pattern", "unit").weights)
    task: Any = result.task
    for prototype, retrieved in zip(task.prototypes, task.completed(result.network, slice(0, NAME)), strict=True):
        external, y = np.where(np.arange(UNITS) < NAME, prototype, 0.0), np.zeros(UNITS)
        for _ in range(CYCLES):
            x = 0.15 * (y @ weights + external)
            y = 0.85 * y + np.where(x > 0, x * (1 - y), x * (y + 1))
        assert retrieved == pytest.approx(y, abs=1e-12)


def test_prototypes_are_learned_from_exemplars() -> None:
    """Seeds 1-10: stronger predictions than for exemplars, names from appearances always, at least 90 % of the signs from names."""
    for result in cn.run_seeds("auto-associator", range(1, 11)):
        measured = findings(result)
        assert measured["mean input · predicted input of prototypes"] > measured["mean input · predicted input of exemplars"] + 0.1
        assert measured["from appearances: fraction of the signs of names retrieved"] == 1
        assert measured["from names: fraction of the signs of prototypes retrieved"] >= 0.9


def test_nothing_is_retrieved_before_learning() -> None:
    measured = findings(cn.run("auto-associator", epochs=0))
    assert measured["mean input · predicted input of prototypes"] == 0
    assert measured["names that retrieve the whole prototype, of 3"] == 0
