"""Memory of the log of a population."""

import sys

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import MemoryLimitError
from connectionist_plugins.engines.compiled.population import log
from connectionist_plugins.engines.compiled.population.log import LARGE_PAGES_BYTES, empty_log

LARGE = LARGE_PAGES_BYTES // 128


@pytest.mark.parametrize("epochs", [0, 5, LARGE - 1, LARGE, LARGE + 1])
def test_a_new_log_can_be_written(epochs: int) -> None:
    memory = empty_log(epochs, 8)
    assert memory.shape == (epochs, 2, 8)
    memory[:] = np.arange(memory.size).reshape(memory.shape)
    np.testing.assert_array_equal(memory.ravel(), np.arange(memory.size))


@pytest.mark.skipif(sys.platform == "win32", reason="there, NumPy has no large pages")
def test_without_memory_for_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    net = cn.Network("large log")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output")

    def make(seed: int) -> cn.Network:
        net.randomize(0.5, seed=seed)
        return net

    def fail(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr("mmap.mmap", fail)
    monkeypatch.setattr(log, "LARGE_PAGES_BYTES", 1)
    with pytest.raises(MemoryLimitError, match=r"large log: the log of 40 epochs of \d+ networks"):
        cn.train_many(make, cn.ExampleSet.from_arrays([[0], [1]], [[0], [1]]), "momentum", 10, seeds=range(4))
