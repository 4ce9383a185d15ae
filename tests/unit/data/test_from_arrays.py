"""`ExampleSet.from_arrays` makes the set that its examples, made one by one, would make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, ParameterError

NAN = float("nan")


@pytest.fixture
def net() -> cn.Network:
    made = cn.Network("net")
    made.add_group("a", 2, role="input")
    made.add_group("b", 1, role="input")
    made.add_group("h", 2)
    made.add_group("o", 1, role="output")
    return made


def random_arguments(seed: int) -> dict[str, Any]:
    """Return arguments with any of the features, at random."""
    rng = np.random.default_rng(seed)
    has_ticks, has_groups = rng.random() < 0.6, rng.random() < 0.5
    shape = (5, 4) if has_ticks else (5,)
    inputs, targets = rng.normal(size=(*shape, 3)), rng.normal(size=(*shape, 1))
    targets[rng.random(targets.shape) < 0.3] = NAN
    if rng.random() < 0.3:
        inputs, targets = np.asfortranarray(inputs), np.asfortranarray(targets)
    given: dict[str, Any] = {"inputs": inputs, "targets": targets}
    if has_groups:
        given["inputs"] = {"b": inputs[..., 2:], "a": inputs[..., :2]}
        given["targets"] = {"o": targets}
    if has_ticks:
        given["lengths"] = rng.integers(1, 5, size=5).tolist()
        given["continues"] = (rng.random(5) < 0.5).tolist()
        given["event_lengths"] = [None if length % 2 else (1, length - 1) for length in given["lengths"]]
    if rng.random() < 0.5:
        given["frequencies"] = rng.random(5) + 0.1
        given["error_weights"] = (rng.random(5) + 0.1).tolist()
        given["names"] = ["x", "", "x", "y", "z"]
    if rng.random() < 0.5:
        given["clamps"] = {"h": np.where(rng.random((*shape, 2)) < 0.5, NAN, 1.0)}
    return given


def one_by_one(network: cn.Network | None, inputs: Any, targets: Any, **given: Any) -> cn.ExampleSet:
    def part(values: Any, case: int, ticks: slice) -> Any:
        return {group: table[case][ticks] for group, table in values.items()} if isinstance(values, dict) else values[case][ticks]

    examples = []
    for case in range(5):
        ticks = slice(given["lengths"][case]) if "lengths" in given else slice(None)
        examples.append(
            cn.Example(
                part(inputs, case, ticks),
                part(targets, case, ticks),
                given.get("names", [""] * 5)[case],
                frequency=float(given.get("frequencies", [1.0] * 5)[case]),
                continues=given.get("continues", [False] * 5)[case],
                error_weight=given.get("error_weights", [1.0] * 5)[case],
                event_lengths=given.get("event_lengths", [None] * 5)[case],
                clamps=part(given.get("clamps", {}), case, ticks),
            )
        )
    return cn.ExampleSet(examples, network)


@pytest.mark.parametrize("seed", range(40))
def test_the_set_is_that_of_its_examples(seed: int, net: cn.Network) -> None:
    given = random_arguments(seed)
    for network in (None, net):
        got, wanted = cn.ExampleSet.from_arrays(**given, network=network), one_by_one(network, **given)
        for field in ("inputs", "targets", "lengths", "continues", "frequencies", "error_weights"):
            mine, other = getattr(got, field), getattr(wanted, field)
            assert (mine is None and other is None) or np.array_equal(mine, other, equal_nan=field in ("inputs", "targets")), field
            assert mine is None or (mine.dtype == other.dtype and not mine.flags.writeable and mine.flags.c_contiguous), field
        assert got.clamps.keys() == wanted.clamps.keys()
        assert all(np.array_equal(got.clamps[group], table, equal_nan=True) for group, table in wanted.clamps.items())
        assert (got.input_groups, got.target_groups) == (wanted.input_groups, wanted.target_groups)
        assert list(got.input_groups or []) == list(wanted.input_groups or [])
        assert (got.names, got.unit_names("inputs")) == (wanted.names, wanted.unit_names("inputs"))
        assert [got.events_of(case) for case in range(5)] == [wanted.events_of(case) for case in range(5)]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"inputs": [[1.0], [NAN]]}, DataError, "example '1', input 0: must be finite"),
        ({"targets": [[1.0], [np.inf]]}, DataError, "example '1', target 0: must be finite, or NaN"),
        ({"frequencies": [1, 0]}, ParameterError, r"Example\.frequency"),
        ({"frequencies": [1, "x"]}, ParameterError, r"Example\.frequency"),
        ({"error_weights": [1, -1]}, ParameterError, r"Example\.error_weight"),
        ({"error_weights": [1]}, DataError, "inputs and error_weights must have the same number of cases"),
        ({"continues": [1, 0]}, ParameterError, r"Example\.continues"),
        ({"continues": [True, False]}, DataError, "only a sequence can continue"),
        ({"event_lengths": [[1], None]}, DataError, "event_lengths: must be None"),
        ({"clamps": {"h": [[1.0], [np.inf]]}}, DataError, "clamp of group 'h'"),
        ({"clamps": {"h": [[1.0]]}}, DataError, "inputs and clamps"),
        ({"input_groups": {"a": 2}}, DataError, "the sizes of the groups must add up to 1"),
    ],
)
def test_a_fault_is_the_error_of_the_example(change: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cn.ExampleSet.from_arrays(**{"inputs": [[1.0], [0.0]], "targets": [[1.0], [0.0]], **change})


def test_a_read_only_array_is_not_copied() -> None:
    inputs = np.zeros((3, 2))
    assert not np.shares_memory(cn.ExampleSet.from_arrays(inputs, np.zeros((3, 1))).inputs, inputs)
    inputs.flags.writeable = False
    assert cn.ExampleSet.from_arrays(inputs, np.zeros((3, 1))).inputs is inputs
    view = inputs[:, :1]
    assert not np.shares_memory(cn.ExampleSet.from_arrays(view, np.zeros((3, 1))).inputs, inputs)


def test_numbers_after_the_last_tick_of_a_read_only_array_do_not_count() -> None:
    inputs = np.ones((2, 3, 1))
    inputs.flags.writeable = False
    examples = cn.ExampleSet.from_arrays(inputs, np.ones((2, 3, 1)), lengths=[2, 1])
    assert np.array_equal(examples.inputs[..., 0], np.array([[1, 1], [1, NAN]]), equal_nan=True)
    assert np.isfinite(inputs).all()
