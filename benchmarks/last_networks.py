"""Measure when the last networks of a population train faster alone than in the lanes of the processor's vectors.

usage: python benchmarks/last_networks.py [REPEATS]

For each network, the table has the time of an epoch of all lanes over that of one network alone, without the time of a call, and the limit
that `connectionist.train_many` uses: a thread with at most as many networks takes them out of its lanes when no network waits.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import numpy as np

import connectionist as cn
from connectionist.engines.engine import TrainingJob
from connectionist_plugins.engines.compiled.layout.buffers import LANES as LANES_OF
from connectionist_plugins.engines.compiled.population import remaining
from connectionist_plugins.engines.compiled.session import CompiledSession

LANES = LANES_OF["float64"]
SECONDS = 0.02  # of a measurement, about
RULE = cn.rule("momentum", rate=0.001)


class Row(NamedTuple):
    """Units of each layer, number of cases, examples for each change of the weights, proportion of the connections, and ticks.

    With ticks, the units of hidden layers receive from each other with a delay of one tick.
    """

    sizes: tuple[int, ...]
    cases: int
    update_after: int
    density: float = 1.0
    ticks: int = 1


ROWS = (
    *(Row((2, 2, 1), cases, cases) for cases in (2, 4, 16, 64)),
    *(Row(sizes, 64, each) for sizes in ((6, 2, 1), (8, 3, 8), (24, 12, 24), (105, 100, 61)) for each in (1, 2, 8, 64)),
    *(Row((60, 60, 20), 64, each, 0.1) for each in (1, 2, 8, 64)),
    *(Row(sizes, 64, each, ticks=10) for sizes in ((4, 4, 4), (20, 12, 10), (20, 40, 20)) for each in (1, 2, 8, 64)),
)


def network_of(row: Row) -> tuple[cn.Network, cn.ExampleSet]:
    """Return the network of a row, and its examples."""
    random, net = np.random.default_rng(0), cn.Network("net")
    names = ["input", *(f"hidden{index}" for index in range(1, len(row.sizes) - 1)), "output"]
    for name, units in zip(names, row.sizes, strict=True):
        net.add_group(name, units, role={"input": "input", "output": "output"}.get(name, "hidden"))
    for sender, receiver in pairwise(names):
        pattern = random.random((len(net[sender]), len(net[receiver]))) <= row.density
        net.connect(sender, receiver, pattern="full" if row.density == 1.0 else pattern)
    for name in names[1:-1] if row.ticks > 1 else ():
        net.connect(name, name, delay=1)
    shape = (row.cases,) if row.ticks == 1 else (row.cases, row.ticks)
    inputs, targets = (random.integers(0, 2, (*shape, units)).astype(float) for units in (row.sizes[0], row.sizes[-1]))
    return net, cn.ExampleSet.from_arrays(inputs, targets)


def seconds(net: cn.Network, examples: cn.ExampleSet, row: Row, epochs: int, count: int) -> float:
    """Return the processor time of training `count` networks in lanes, or one network by `cn.train`."""

    def make(seed: int) -> cn.Network:
        net.randomize(0.5, seed=seed)
        return net

    options: Any = {"update_after": row.update_after}
    start_time = process_time()
    if count == 1:
        cn.train(make(0), examples, RULE, epochs, **options)
    else:
        cn.train_many(make, examples, RULE, epochs, seeds=range(count), **options)
    return process_time() - start_time


def ratio(row: Row, repeats: int) -> float:
    """Return the time of an epoch of all lanes over that of one network alone."""
    net, examples = network_of(row)
    for count in (LANES, 1):
        seconds(net, examples, row, 1, count)  # compiles
    one = max(1e-6, (seconds(net, examples, row, 33, 1) - seconds(net, examples, row, 1, 1)) / 32)  # may be noise
    epochs = max(2, int(SECONDS / one))

    def of_epochs(count: int) -> float:
        return seconds(net, examples, row, epochs + 1, count) - seconds(net, examples, row, 1, count)

    return median(of_epochs(LANES) / of_epochs(1) for _ in range(repeats))


def limit(row: Row) -> int:
    """Return the largest number of networks that a thread takes out of its lanes."""
    net, examples = network_of(row)
    phase = cn.Phase(RULE, 1, update_after=row.update_after)
    memory = {name: np.zeros(len(net.weights)) for name in RULE.memory}
    return remaining.most_to_take_out(CompiledSession(TrainingJob(net, examples, phase, 0.5, memory), "float64", 1), 1)


def _none(session: CompiledSession, threads: int) -> int:
    """Let all networks stay in their lanes."""
    del session, threads
    return 0


def main(repeats: int = 5) -> None:
    """Print the table: medians of repeats in turn."""
    print("| network | weights change after | lanes over alone | limit |\n| --- | --- | --- | --- |")
    limits = [limit(row) for row in ROWS]
    remaining.most_to_take_out = _none
    for row, most in zip(ROWS, limits, strict=True):
        sparse = "" if row.density == 1.0 else f", {row.density:.0%} of the connections"
        ticks = "" if row.ticks == 1 else f", {row.ticks} ticks"
        name = f"{'-'.join(map(str, row.sizes))}{sparse}{ticks}"
        print(f"| {name} | {row.update_after} of {row.cases} cases | {ratio(row, repeats):.2f} | {most} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
