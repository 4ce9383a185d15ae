"""An iterator without an end, as ``itertools.count()``, is an error that names the argument."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import MemoryLimitError, ParameterError
from connectionist.experiments.study.seeds import SEED_BYTES, read_seeds
from connectionist.utils import finite_list, memory_limit

EXAMPLES = cn.ExampleSet.from_arrays([[0, 1]], [[1]])
HUGE = range(0, 10**30, 7)  # len(HUGE) raises OverflowError
API: Any = cn  # not typed, since an iterator is not among the types of some of these arguments


def small_network(seed: int = 0) -> cn.Network:
    net = cn.Network("small", seed=seed)
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output", weights=0.5)
    return net


def settling_network() -> cn.Network:
    net = small_network()
    net.connect("output", "output", delay=1)
    return net


def endless(most: int, value: Callable[[int], Any] = int) -> Iterator[Any]:
    """Yield values. No more are asked for than are needed to see that there are more than `most`."""
    for number in range(1, most + 2):
        yield value(number)
    raise AssertionError("asked for more values")


def train_many(**options: Any) -> object:
    return API.train_many(**{"networks": small_network, "examples": EXAMPLES, "rule": "steepest", "epochs": 1, "seeds": [1], **options})


def lesion_study(**options: Any) -> object:
    return API.lesion_study(**{"trained": small_network(), "examples": EXAMPLES, **options})


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("train_many.seeds", lambda given: train_many(seeds=given)),
        ("train_many.seeds", lambda given: train_many(networks=[small_network()], seeds=given)),
        ("train_many.rates", lambda given: train_many(rates=given)),
        ("train_many.phases", lambda given: train_many(rule=None, epochs=None, phases=given)),
        ("train.phases", lambda given: cn.train(small_network(), EXAMPLES, phases=given)),
        ("Study.seeds", lambda given: cn.Study("xor", seeds=given)),
        ("Study.vary['rate']", lambda given: cn.Study("xor", seeds=[1], vary={"rate": given})),
        ("lesion_study.severities", lambda given: lesion_study(severities=given)),
        ("lesion_study.at_epochs", lambda given: lesion_study(recovery=cn.Phase(cn.rule("steepest"), 3), at_epochs=given)),
        ("lesion_study.recovery", lambda given: lesion_study(recovery=given)),
        ("lesion_study.of", lambda given: lesion_study(of=given)),
        ("compare_rules.seeds", lambda given: cn.compare_rules("xor", seeds=given)),
        ("compare_rules.search_seeds", lambda given: cn.compare_rules("xor", seeds=[0], search_seeds=given)),
        ("compare_rules.rates", lambda given: cn.compare_rules("xor", seeds=[0], rates=given)),
        ("compare_rules.rules", lambda given: API.compare_rules("xor", seeds=[0], rules=given)),
        ("Study.record", lambda given: cn.Study("xor", seeds=[1], record=given)),
        ("tie.connections", lambda given: small_network().tie(given)),
        ("lesion or restore", lambda given: small_network().lesion(given)),
        ("recording.of", lambda given: cn.record(small_network(), EXAMPLES, of=given)),
        ("cases", lambda given: cn.record(small_network(), EXAMPLES, cases=given)),
        ("Recorder.ticks", lambda given: cn.Recorder("activation", of="*", ticks=given)),
        ("settle.order", lambda given: cn.settle(settling_network(), [0, 1], 2, order=given)),
        ("settle_many.cases", lambda given: cn.settle_many(settling_network(), given, 2)),
        ("compare.runs", cn.compare),
        ("ExampleSet", cn.ExampleSet),
        ("ExampleSet.from_sequences", cn.ExampleSet.from_sequences),
        ("ExampleSet.from_table", lambda given: cn.ExampleSet.from_table(given, "a", "b")),
    ],
)
def test_values_without_an_end(monkeypatch: pytest.MonkeyPatch, name: str, call: Callable[[Any], object]) -> None:
    monkeypatch.setattr(finite_list, "MOST", 1_000)  # since a million values take as long as a hundred tests
    with pytest.raises(ParameterError) as raised:
        call(endless(1_000))
    text = "an iterator must end after 1,000 values at most (got one with more); give a list"
    assert str(raised.value) == f"{name}: {text}"


def test_conditions_and_networks_without_an_end() -> None:
    row = {"rate": 0.1}
    with pytest.raises(ParameterError, match=r"^Study\.conditions: an iterator must end after 1,000,000 values at most"):
        API.Study("xor", seeds=[1], conditions=endless(1_000_000, lambda _: row))
    network = small_network()
    for name, call in (("train_many.networks", train_many), ("lesion_study.trained", lesion_study)):
        with pytest.raises(ParameterError, match=rf"^{name}: an iterator must end after 10,000 values at most"):
            call(**{name.partition(".")[2]: endless(10_000, lambda _: network)})


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("train_many.seeds", lambda given: train_many(seeds=given)),
        ("Study.seeds", lambda given: cn.Study("xor", seeds=given)),
        ("compare_rules.seeds", lambda given: cn.compare_rules("xor", seeds=given)),
        ("lesion_study.severities", lambda given: lesion_study(severities=given)),
    ],
)
def test_ranges_that_do_not_fit_in_the_memory(name: str, call: Callable[[Any], object]) -> None:
    with pytest.raises(MemoryLimitError, match=rf"^{name}: {(10**30 + 6) // 7} numbers (that do not follow one another )?need about"):
        call(HUGE)
    with pytest.raises(MemoryLimitError, match=rf"^compare_rules\.seeds: {10**15} numbers need about"):
        cn.compare_rules("xor", seeds=range(10**15))


def test_the_check_of_seeds_counts_what_reading_them_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    tracemalloc.start()
    try:
        read_seeds(range(10**12, 10**12 + 10**5, 2))
        needed = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert needed < SEED_BYTES * 50_000 < 2 * needed
    monkeypatch.setattr(memory_limit, "free_bytes", lambda: 60_000_000)
    with pytest.raises(MemoryLimitError, match=r"^Study\.seeds: 1000000 numbers that do not follow one another need about 140\.0 MB"):
        cn.Study("xor", seeds=range(0, 2 * 10**6, 2))
    cn.Study("xor", seeds=range(10**6))


def test_run_seeds_takes_seeds_as_it_needs_them() -> None:
    for seeds in (HUGE, range(0, 10**15, 7), count(0, 7)):
        results = cn.run_seeds("xor", seeds, epochs=0)
        assert [next(results).run.seed for _ in range(2)] == [0, 7]
    with pytest.raises(ParameterError, match=r"^run_seeds\.seeds: must be a whole number of at least 0 \(got -1\)"):
        cn.run_seeds("xor", range(10**15, -2, -1))


def test_an_iterator_that_ends_is_a_list() -> None:
    runs = train_many(networks=(small_network(seed) for seed in range(2)), seeds=iter([3, 5]), rates=iter([0.1, 0.2]))
    assert [run.seed for run in runs] == [3, 5]  # type: ignore[attr-defined]


@pytest.mark.parametrize("given", [np.array(3), b"12"])
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("train_many.seeds", lambda given: train_many(seeds=given)),
        ("train_many.rates", lambda given: train_many(networks=[small_network(), small_network()], seeds=[1, 2], rates=given)),
        ("run_seeds.seeds", lambda given: cn.run_seeds("xor", given)),
        ("Study.seeds", lambda given: cn.Study("xor", seeds=given)),
    ],
)
def test_arrays_without_a_dimension_and_bytes(name: str, call: Callable[[Any], object], given: object) -> None:
    with pytest.raises(ParameterError, match=rf"^{name}: must "):
        call(given)
