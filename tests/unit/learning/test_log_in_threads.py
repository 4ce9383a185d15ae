"""The log of a run is read in other threads while it is trained."""

import copy
import pickle
import sys
from collections.abc import Iterator
from threading import Event, Thread

import numpy as np
import pytest

import connectionist as cn


@pytest.fixture
def _frequent_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_frequent_switches")
def test_a_log_read_in_other_threads_has_each_epoch_once() -> None:
    net = cn.Network("pair")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet.from_arrays([[0, 1], [1, 0]], [[0], [1]])
    alone = cn.train(net.copy(), examples, "momentum", 30_000)
    runs: list[cn.Run] = []
    has_ended, counts = Event(), []

    def note(run: cn.Run) -> bool:
        runs.append(run)
        return False

    def read() -> None:
        while not has_ended.is_set():
            for run in runs[:1]:
                before = run.epochs
                counts.append(before <= len(run.errors) <= run.epochs)

    threads = [Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    run = cn.train(net, examples, "momentum", 30_000, until=note, every=50)
    has_ended.set()
    for thread in threads:
        thread.join()
    assert run.errors == alone.errors
    assert len(run.corrects) == len(run.phase_numbers) == 30_000
    assert counts
    assert all(counts)


def test_a_copy_of_a_run_shares_no_blocks_of_the_log() -> None:
    run = cn.Run(cn.Network("empty"), (), "local", 0)
    run._add(np.array([0.5, 0.25]), np.array([0.0, 1.0]), 1)
    for other in (copy.copy(run), copy.deepcopy(run), pickle.loads(pickle.dumps(run))):
        run._add(np.array([0.1]), np.array([1.0]), 1)
        assert (other.errors[:2], other.corrects[:2]) == ([0.5, 0.25], [0.0, 1.0])
        assert len(other._blocks) == 0
    assert run.errors == [0.5, 0.25, 0.1, 0.1, 0.1]


def test_the_columns_of_tests_are_as_long_as_the_others_after_each_block() -> None:
    run = cn.Run(cn.Network("empty"), (), "local", 0, test_every=2)
    run._add(np.array([0.5, 0.25]), np.array([0.0, 1.0]), 1)
    assert run.log["test_error"].isna().tolist() == [True, True]
