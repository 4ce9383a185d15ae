"""The pattern associator: PDP vol. 1, chapter 9, and chapter 4 of McClelland & Rumelhart (1988)."""

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist_tasks.pattern_associator import PatternAssociator

SEEDS = range(1, 11)


def findings(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"]: finding["measured"] for finding in result.report["findings"]}


@pytest.mark.parametrize("units", [4, 8, 64])
def test_the_relations_of_the_patterns(units: int) -> None:
    """Orthogonal; independent but not all orthogonal; dependent, with aa + bb = ab + ba but other outputs."""
    for seed in SEEDS:
        made = {
            kind: PatternAssociator(kind, units=units, pairs=2, data_seed=seed).training_examples
            for kind in ("orthogonal", "independent", "dependent")
        }
        assert all(set(examples.inputs.ravel()) | set(examples.targets.ravel()) == {-1.0, 1.0} for examples in made.values())
        assert (made["orthogonal"].inputs @ made["orthogonal"].inputs.T == units * np.eye(2)).all()
        assert np.linalg.matrix_rank(made["independent"].inputs) == 2
        assert made["independent"].inputs[0] @ made["independent"].inputs[1] != 0
        aa, ab, ba, bb = made["dependent"].inputs
        assert (aa + bb == ab + ba).all()
        assert not (made["dependent"].targets[0] == made["dependent"].targets[1]).all()


def test_one_pass_of_hebbs_rule_stores_orthogonal_patterns_exactly(engine: str) -> None:
    for result in cn.run_seeds("pattern-associator", SEEDS, preset="published", engine=engine):
        examples = result.task.training_examples
        assert (result.network.outputs(examples, engine) == examples.targets).all()
        assert (result.network.projection("input", "output").weights == examples.inputs.T @ examples.targets / 8).all()


def test_hebbs_rule_mixes_similar_patterns() -> None:
    """The output is Σ d_q (x_q · x) / N over the stored patterns q."""
    for result in cn.run_seeds("pattern-associator", SEEDS, preset="published-independent-hebb"):
        measured = findings(result)
        assert measured["every pattern recalled within 0.1"] is False
        assert measured["largest departure from the sum of outputs weighted by similarity"] < 1e-12


def test_the_delta_rule_stores_linearly_independent_patterns() -> None:
    for result in cn.run_seeds("pattern-associator", SEEDS):
        assert result.report["stopped"] == "criterion"
        assert findings(result)["every pattern recalled within 0.1"] is True
        assert "largest departure from the sum of outputs weighted by similarity" not in findings(result)


@pytest.mark.parametrize("learning", ["delta", "hebb"])
def test_neither_rule_stores_exclusive_or_of_patterns(learning: str) -> None:
    """The least E of any weights is half of Σ (d1 − d2)²: both outputs are then their mean."""
    for result in cn.run_seeds("pattern-associator", SEEDS, preset="published-dependent", parameters={"learning": learning}):
        measured, targets = findings(result), result.task.training_examples.targets
        assert measured["every pattern recalled within 0.1"] is False
        least = ((targets[0] - targets[1]) ** 2).sum() / 2
        assert measured["least E of any weights"] == pytest.approx(least)
        assert measured["E at the end"] >= least


@pytest.mark.parametrize(
    ("parameters", "message"), [({"units": 6}, "must be a power of two, as 8 (got 6)"), ({"pairs": 5}, "must be at most 4")]
)
def test_mistakes(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(cn.ConnectionistError) as caught:
        cn.task("pattern-associator", **parameters)
    assert message in str(caught.value)
