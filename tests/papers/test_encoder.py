"""The encoder: Rumelhart, Hinton & Williams (1986), PDP vol. 1, chapter 8, Table 5."""

import statistics
from typing import Any

import numpy as np
import pytest

import connectionist as cn


def measured(result: cn.Result) -> dict[str, Any]:
    return {finding["quantity"]: finding["measured"] for finding in result.report["findings"]}


@pytest.mark.parametrize(("size", "hidden"), [(2, 1), (4, 2), (8, 3), (16, 4)])
def test_the_bottleneck_has_log2_n_units(size: int, hidden: int) -> None:
    """N-log2 N-N, one input and one output on per pattern; targets 0.1 and 0.9."""
    task = cn.task("encoder", size=size)
    net = task.network(seed=1)
    examples = task.training_examples
    assert [len(group) for group in net.groups] == [size, hidden, size]
    assert (examples.inputs == np.eye(size)).all()
    assert np.argmax(examples.targets, axis=1).tolist() == list(range(size))
    assert np.unique(examples.targets).tolist() == pytest.approx([0.1, 0.9])


def test_a_size_that_is_not_a_power_of_two_is_an_error() -> None:
    with pytest.raises(cn.ConnectionistError, match=r"encoder\.size: must be a power of two.*got 6"):
        cn.task("encoder", size=6)


def test_8_3_8_is_learned_with_eight_different_codes() -> None:
    """Default preset (ε 0.25, α 0.9, changes after each pattern), seeds 1-5: every output within 0.2; all codes differ, as in Table 5."""
    for result in cn.run_seeds("encoder", range(1, 6)):
        assert result.report["correct"] == 1
        assert measured(result)["different codes"] == 8


@pytest.mark.parametrize(("size", "seeds"), [(2, 5), (4, 5), (16, 2)])
def test_other_sizes_are_learned(size: int, seeds: int) -> None:
    """Default preset, seeds from 1: every output within 0.2 of its target."""
    for result in cn.run_seeds("encoder", range(1, seeds + 1), parameters={"size": size}):
        assert result.report["correct"] == 1


@pytest.mark.slow
def test_fifty_seeds_of_8_3_8() -> None:
    """Preset "published" (ε 0.5, α 0.9, changes after each epoch), seeds 1-50: all learn it; another replication: 50 of 50, median 260.

    The median must be within a third of 260. In Table 5 four of the eight codes have activations of about one half; most of our networks
    must have them in some code.
    """
    results = list(cn.run_seeds("encoder", range(1, 51), preset="published"))
    assert all(result.report["correct"] == 1 for result in results)
    assert statistics.median(result.report["epochs"] for result in results) == pytest.approx(260, rel=1 / 3)
    assert sum(measured(result)["some code has a ½"] for result in results) > 25
