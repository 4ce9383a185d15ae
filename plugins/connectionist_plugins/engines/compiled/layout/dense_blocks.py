"""Where a network is dense: blocks of successive receivers that all receive from the same stretches of senders.

Two full projections into a group, and its biases, make one block of three patches. What is dense is computed by tiles (`tiles`) or
along lines (`lines`), what is not connection by connection.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LEAST_STRETCH = 1.5  # connections per stretch below which it is not worth while to look for blocks
LEAST_DENSE = 1.5  # connections per patch from which a step is computed by blocks


class SenderRun(NamedTuple):
    """Incoming connections of one unit from successive senders over successive weights.

    Attributes
    ----------
    sender, senders : int
        First row of the senders, and how many.
    weight : int
        First row of the weights.
    back : int
        What `Wiring.backs` says of all of them.
    """

    sender: int
    senders: int
    weight: int
    back: int


class DenseBlock(NamedTuple):
    """Successive receivers with the same stretches, over weights that go on from receiver to receiver.

    Attributes
    ----------
    receiver, receivers : int
        First row of the receivers, and how many.
    stretches : list of SenderRun
        Of the first receiver. Each makes a patch of ``receivers`` times ``senders`` connections.
    """

    receiver: int
    receivers: int
    stretches: list[SenderRun]


def find_blocks(rows: Sequence[int], stretches: Sequence[list[SenderRun]]) -> list[DenseBlock]:
    """Return the blocks of one step, given the rows of its units and the stretches of each; none where it is not dense."""
    connections = sum(stretch.senders for of_unit in stretches for stretch in of_unit)
    if connections < LEAST_STRETCH * sum(map(len, stretches)):
        return []
    blocks: list[DenseBlock] = []
    first = 0
    while first < len(rows):
        end = first + 1
        while end < len(rows) and rows[end] == rows[end - 1] + 1 and _continues(stretches[end - 1], stretches[end]):
            end += 1
        blocks.append(DenseBlock(rows[first], end - first, stretches[first]))
        first = end
    return blocks if connections >= LEAST_DENSE * sum(len(block.stretches) for block in blocks) else []


def _continues(before: list[SenderRun], stretches: list[SenderRun]) -> bool:
    return stretches == [stretch._replace(weight=stretch.weight + stretch.senders) for stretch in before]
