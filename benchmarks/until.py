"""Measure the cost of a function of `until` in milliseconds per call, for small networks and the family trees.

usage: python benchmarks/until.py [REPEATS]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import connectionist as cn

EPOCHS = 2000


def change_rate(network: cn.Network) -> Callable[[cn.Run], bool]:
    """Return a function that changes a rate at each call, so that the session of the engine is opened again."""

    def function(run: cn.Run) -> bool:
        network.projections[-1].rate = 0.01 + 1e-9 * run.epochs
        return False

    return function


def milliseconds(name: str, kind: str, every: int) -> float:
    """Return the time of training per epoch."""
    task = cn.task(name).for_seed(1)
    network = task.network(1)
    until = {"none": None, "nothing changed": lambda _: False, "a rate changed": change_rate(network)}[kind]
    began = perf_counter()
    cn.train(network, task.training_examples, cn.rule("momentum", rate=0.01), EPOCHS, until=until, every=every)
    return (perf_counter() - began) / EPOCHS * 1000


def main(repeats: int = 5) -> None:
    """Print the time of an epoch without a function, and the time that each call adds: medians over repeats in turn."""
    for name in ("xor", "family-trees"):
        milliseconds(name, "none", 1)
        for kind, every in (("nothing changed", 1), ("nothing changed", 100), ("a rate changed", 1)):
            pairs = [(milliseconds(name, kind, every), milliseconds(name, "none", 1)) for _ in range(repeats)]
            without = median(plain for _, plain in pairs)
            cost = median(own - plain for own, plain in pairs)
            print(f"{name:13} {kind:16} every={every:<4} {cost:.4f} ms more per epoch than {without:.4f} ms without")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
