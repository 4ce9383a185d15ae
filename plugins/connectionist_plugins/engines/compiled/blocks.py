"""Where a network is dense: blocks of connections from successive senders to successive receivers over successive weights.

A full projection between two groups is such a block, and so are the biases of a group. With one case at a time, sums along a block
are sums over successive numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectionist.unit import Unit

LEAST_RUN = 2  # connections per run below which it is not worth while to look for blocks
LEAST_DENSE = 4  # connections per block from which a step is computed by blocks


class Run(NamedTuple):
    """Incoming connections of one unit from successive senders over successive weights."""

    sender: int
    senders: int
    weight: int
    back: int


class Block(NamedTuple):
    """The same runs of successive receivers: ``receivers`` times ``senders`` connections, receiver by receiver.

    Attributes
    ----------
    sender, senders : int
        First row of the senders, and how many.
    receiver, receivers : int
        First row of the receivers, and how many.
    weight : int
        First row of the weights.
    back : int
        What `Wiring.backs` says of all of them.
    """

    sender: int
    senders: int
    receiver: int
    receivers: int
    weight: int
    back: int


def find_blocks(units: Sequence[Unit], runs: Sequence[list[Run]]) -> list[Block]:
    """Return the blocks of one step, given its units and the runs of each; none where it is not dense."""
    connections = sum(run.senders for of_unit in runs for run in of_unit)
    if connections < LEAST_RUN * sum(map(len, runs)):
        return []
    blocks: list[Block] = []
    first = 0
    while first < len(units):
        end = first + 1
        while end < len(units) and units[end].row == units[end - 1].row + 1 and _continues(runs[end - 1], runs[end]):
            end += 1
        receiver, receivers = units[first].row, end - first
        blocks += [Block(run.sender, run.senders, receiver, receivers, run.weight, run.back) for run in runs[first]]
        first = end
    return blocks if connections >= LEAST_DENSE * len(blocks) else []


def _continues(before: list[Run], runs: list[Run]) -> bool:
    return runs == [run._replace(weight=run.weight + run.senders) for run in before]
