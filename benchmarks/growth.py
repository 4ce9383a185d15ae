"""Measure the growth of time and memory with the size of the network and the number of examples."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import connectionist as cn

SIDES = (7, 22, 70, 224, 707)  # units per group: about 100, 1,000, 10,000, 100,000 and 1,000,000 connections
EXAMPLES = (100, 1_000, 10_000, 100_000)
BUDGET = 2e8  # connections × cases per measurement


def network(side: int, cases: int) -> tuple[cn.Network, cn.ExampleSet]:
    """Return a network of three groups of equal size, fully connected in sequence, and random examples."""
    import connectionist as cn

    net = cn.Network("growth")
    net.add_group("input", side, role="input")
    net.add_group("hidden", side)
    net.add_group("output", side, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.1, seed=1)
    generator = np.random.default_rng(0)
    return net, cn.ExampleSet.from_arrays(generator.uniform(size=(cases, side)), generator.uniform(size=(cases, side)))


def nanoseconds(side: int, cases: int) -> float:
    """Return the nanoseconds per epoch, connection and case: the best of five runs."""
    import connectionist as cn

    net, examples = network(side, cases)
    rule, work = cn.rule("momentum", rate=1e-6), len(net.connections) * cases
    epochs = max(2, int(BUDGET / work))
    cn.train(net, examples, rule, 1)
    return min(1e9 * cn.train(net, examples, rule, epochs).seconds / epochs / work for _ in range(5))


def memory(side: int, cases: int) -> tuple[float, float, float]:
    """Return the peak memory of training, without the network and the examples.

    The three values are in arrays of units × cases, in numbers per weight, and as a fraction of three such arrays and four numbers per
    weight together.
    """
    import connectionist as cn

    net, examples = network(side, cases)
    rule = cn.rule("momentum", rate=1e-6)
    cn.train(net, examples, rule, 1)
    tracemalloc.start()
    cn.train(net, examples, rule, 2)
    numbers = tracemalloc.get_traced_memory()[1] / 8
    tracemalloc.stop()
    of_units, of_weights = len(net.units) * cases, len(net.weights)
    return numbers / of_units, numbers / of_weights, numbers / (3 * of_units + 4 * of_weights)


def tables() -> str:
    """Return the tables in Markdown."""
    lines = ["| connections | ns per connection and case, 100 cases | 1,000 cases |", "| --- | --- | --- |"]
    lines += [f"| {2 * side * side + 2 * side:,} | {nanoseconds(side, 100):.3g} | {nanoseconds(side, 1_000):.3g} |" for side in SIDES]
    lines += ["", "| cases (22-22-22) | ns per connection and case |", "| --- | --- |"]
    lines += [f"| {cases:,} | {nanoseconds(22, cases):.3g} |" for cases in EXAMPLES]
    lines += [
        "",
        "| network, cases | memory in arrays of units × cases | in numbers per weight | divided by 3 arrays and 4 numbers per weight |",
        "| --- | --- | --- | --- |",
    ]
    for side, cases in ((22, 100_000), (707, 16), (707, 1_000)):
        lines.append(f"| {side}-{side}-{side}, {cases:,} | {' | '.join(f'{each:.3g}' for each in memory(side, cases))} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(tables())
