"""Measure the cost of a test during training (`train(test=…)`) in milliseconds per test.

usage: python benchmarks/testing.py [REPEATS]
"""

from __future__ import annotations

import sys
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import connectionist as cn

EPOCHS = 300


def large() -> tuple[cn.Network, cn.ExampleSet]:
    """Return a reading model of 105-100-61 units, and 1,000 random words."""
    network = cn.Network("reading")
    network.add_group("input", 105, role="input")
    network.add_group("hidden", 100)
    network.add_group("output", 61, role="output")
    network.connect("input", "hidden")
    network.connect("hidden", "output")
    network.randomize(0.1, seed=1)
    draw = np.random.default_rng(1)
    return network, cn.ExampleSet.from_arrays(draw.integers(0, 2, (1000, 105)), draw.integers(0, 2, (1000, 61)))


def workload(name: str) -> tuple[cn.Network, cn.ExampleSet]:
    """Return a network and its examples, which are trained and tested."""
    if name == "105-100-61, 1,000 cases":
        return large()
    task = cn.task(name).for_seed(1)
    return task.network(1), task.training_examples


def milliseconds(name: str, epochs: int, test_every: int) -> float:
    """Return the time of training per epoch; without tests if the interval is 0."""
    network, examples = workload(name)
    options: dict[str, Any] = {"test": examples, "test_every": test_every} if test_every else {}
    began = perf_counter()
    cn.train(network, examples, cn.rule("momentum", rate=0.001), epochs, **options)
    return (perf_counter() - began) / epochs * 1000


def main(repeats: int = 5) -> None:
    """Print the time of an epoch without tests, and the time of a test of the same examples: medians over repeats in turn."""
    for name in ("xor", "family-trees", "105-100-61, 1,000 cases"):
        milliseconds(name, 2, 1)
        epochs = 30 if name.startswith("105") else EPOCHS
        for interval in (1, 10):
            pairs = [(milliseconds(name, epochs, interval), milliseconds(name, epochs, 0)) for _ in range(repeats)]
            without = median(plain for _, plain in pairs)
            cost = interval * median(own - plain for own, plain in pairs)
            print(f"{name:24} test_every={interval:<3} {cost:.3f} ms for a test; an epoch without tests takes {without:.3f} ms")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
