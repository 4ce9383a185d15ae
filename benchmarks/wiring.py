"""Measure what building, naming, lesioning, recording and explaining cost per item as the network grows.

usage: python benchmarks/wiring.py [LARGEST_SIDE]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import connectionist as cn

SIDES = (10, 32, 100, 316, 1000)  # units per group: about 100 to 1,000,000 connections
ITEMS = 40


def network(side: int) -> cn.Network:
    """Return two groups of equal size, fully connected."""
    net = cn.Network("wiring")
    net.add_group("input", side, role="input")
    net.add_group("output", side, role="output", biased=False)
    net.connect("input", "output", weights=0.1)
    return net


def chain(groups: int) -> cn.Network:
    """Return a chain of groups of one unit."""
    net = cn.Network("chain")
    net.add_group("g0", 1, role="input")
    for number in range(1, groups):
        net.add_group(f"g{number}", 1, role="output" if number == groups - 1 else "hidden")
        net.connect(f"g{number - 1}", f"g{number}")
    return net


def microseconds(function: Callable[[], object], items: int) -> float:
    """Return the processor time of a function per item."""
    began = process_time()
    function()
    return 1e6 * (process_time() - began) / items


def costs(side: int) -> dict[str, float]:
    """Return the microseconds per item of each operation."""
    count = side * side
    found = {"build, per connection": microseconds(lambda: network(side), count)}
    net = network(side)
    net.forward([1.0] * side)
    some = [net.connections[place * (count // ITEMS)] for place in range(ITEMS)]
    names = [connection.name for connection in some]
    examples = cn.ExampleSet.from_arrays([[1.0] * side], [[0.0] * side])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        found |= {
            "find a connection by name": microseconds(lambda: [net.connection(name) for name in names], ITEMS),
            "record, per connection": microseconds(
                lambda: cn.train(net, examples, "steepest", 1, engine="local", record=cn.Recorder("weight", of=names)), count
            ),
            "explain a unit, per connection": microseconds(lambda: net.unit("output:0").explain(), side),
            "copy, per connection": microseconds(net.copy, count),
            "lesion a connection, per sibling": microseconds(lambda: list(map(net.lesion, some)), ITEMS * side),
            "restore a connection, per sibling": microseconds(lambda: list(map(net.restore, some)), ITEMS * side),
            "tie two connections": microseconds(lambda: [net.tie(some[place : place + 2]) for place in range(0, ITEMS, 2)], ITEMS // 2),
            "save weights, per connection": microseconds(lambda: cn.save_weights(net, path), count),
            "load weights, per connection": microseconds(lambda: cn.load_weights(net, path), count),
        }
    return found


def main(largest: int = SIDES[-1]) -> None:
    """Print the table in Markdown."""
    sides = [side for side in SIDES if side <= largest]
    chain(2).unroll(1)  # imports
    columns = [costs(side) for side in sides]
    print("| µs | " + " | ".join(f"{side * side:,} connections" for side in sides) + " |")
    print("| --- |" + " --- |" * len(sides))
    for name in columns[0]:
        print(f"| {name} | " + " | ".join(f"{column[name]:.3g}" for column in columns) + " |")
    lengths = [10, 100, 1000, 3000]
    chains = [f"{length:,}: {microseconds(lambda length=length: chain(length), length):.3g}" for length in lengths]  # type: ignore[misc]
    print("\nbuild a chain of groups, µs per group: " + ", ".join(chains))


if __name__ == "__main__":
    costs(SIDES[0])
    main(*map(int, sys.argv[1:]))
