"""Measure the cost of a function of `after_example` per example, and that of small calls on one example, in microseconds.

usage: python benchmarks/after_example.py [REPEATS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

import connectionist as cn

PRESENTATIONS, CALLS = 4000, 200
RULE = cn.rule("momentum", rate=0.01)


def microseconds(act: Callable[[], object], count: int) -> float:
    """Return the time of an act, divided by a count."""
    began = perf_counter()
    act()
    return (perf_counter() - began) / count * 1e6


def compare_training(name: str, repeats: int) -> None:
    """Print the time per example with and without a function: medians over repeats in turn."""
    task = cn.task(name).for_seed(1)
    network, examples = task.network(1), task.training_examples
    epochs = PRESENTATIONS // len(examples)

    def train(function: Callable[[object], None] | None) -> float:
        act = lambda: cn.train(network, examples, RULE, epochs, update_after=1, after_example=function)  # noqa: E731
        return microseconds(act, epochs * len(examples))

    train(lambda _: None)
    pairs = [(train(lambda _: None), train(None)) for _ in range(repeats)]
    ratio = median(own / plain for own, plain in pairs)
    without = median(plain for _, plain in pairs)
    cost = median(own - plain for own, plain in pairs)
    print(f"{name:13} after_example: {cost:.1f} us more per example than {without:.2f} us without, {ratio:.1f} times as long")


def one_example(in_time: bool) -> dict[str, Callable[[], object]]:
    """Return small calls on one example of a network of 40-30-40 units, by name."""
    units = np.arange(40) % 3 == 0
    network = cn.simple_recurrent_network("srn", 40, 30, 40) if in_time else cn.Network("net")
    if not in_time:
        network.add_group("input", 40, role="input")
        network.add_group("hidden", 30)
        network.add_group("output", 40, role="output")
        network.connect("input", "hidden")
        network.connect("hidden", "output")
    network.randomize(0.1, seed=1)
    patterns = units[np.newaxis].astype(float)
    examples = cn.ExampleSet.stream(patterns, patterns) if in_time else cn.ExampleSet.from_arrays(patterns, patterns)
    calls: dict[str, Callable[[], object]] = {
        "cn.train, one example": lambda: cn.train(network, examples, RULE, 1),
        "net.outputs, one example": lambda: network.outputs(examples),
    }
    if in_time:
        return calls | {"net.step_forward": lambda: network.step_forward(patterns[0])}
    return calls | {"net.forward": lambda: network.forward(patterns[0])}


def main(repeats: int = 5) -> None:
    """Print the cost of functions and of small calls."""
    for name in ("xor", "family-trees"):
        compare_training(name, repeats)
    for in_time in (False, True):
        network = "simple recurrent 40-30-40" if in_time else "40-30-40"
        for name, call in one_example(in_time).items():
            call()
            times = [microseconds(lambda: [call() for _ in range(CALLS)], CALLS) for _ in range(repeats)]  # noqa: B023
            print(f"{network:26} {name:25} {median(times):7.0f} us a call")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
