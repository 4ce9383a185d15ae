"""Measure what a function of `after_example` adds to each presentation, in microseconds, for small networks and the family trees.

usage: python benchmarks/after_example.py [REPEATS]
"""

from __future__ import annotations

import sys
from statistics import median
from time import perf_counter

import connectionist as cn

EPOCHS = 100


def microseconds(name: str, *, has_function: bool) -> float:
    """Return the time of training per presentation."""
    task = cn.task(name).for_seed(1)
    network, examples = task.network(1), task.training_examples
    function = (lambda _: None) if has_function else None
    began = perf_counter()
    cn.train(network, examples, cn.rule("momentum", rate=0.01), EPOCHS, update_after=1, after_example=function)
    return (perf_counter() - began) / EPOCHS / len(examples) * 1e6


def main(repeats: int = 5) -> None:
    """Print the time of a presentation without a function, and the time that a function adds: medians over repeats in turn."""
    for name in ("xor", "family-trees"):
        microseconds(name, has_function=True)
        pairs = [(microseconds(name, has_function=True), microseconds(name, has_function=False)) for _ in range(repeats)]
        without = median(plain for _, plain in pairs)
        cost = median(own - plain for own, plain in pairs)
        print(f"{name:13} {cost:.1f} microseconds more per presentation than {without:.1f} without")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
