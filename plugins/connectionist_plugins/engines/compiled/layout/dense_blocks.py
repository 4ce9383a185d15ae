"""Find the dense parts of a network: blocks of successive receivers that receive from the same runs of senders.

For example, two full projections into a group, and its biases, are one block with three weight matrices. Blocks are computed matrix by
matrix (`simd.dense`, `simd.one_case`), all other connections one by one (`simd.sparse`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

MIN_RUN_LENGTH = 1.5  # mean connections per run below which blocks are not searched
MIN_MATRIX_SIZE = 1.5  # mean connections per matrix below which a step is computed without blocks


class SenderRun(NamedTuple):
    """Incoming connections of one unit from successive senders, with successive weights.

    Attributes
    ----------
    first_sender : int
        Row of the first sender.
    length : int
        Number of senders.
    first_weight : int
        Row of the first weight.
    flag : int
        Flag of all of these connections: see `WiringArguments.connection_flags`.
    """

    first_sender: int
    length: int
    first_weight: int
    flag: int


class DenseBlock(NamedTuple):
    """Successive receivers with the same runs of senders, whose weights are successive from receiver to receiver.

    Attributes
    ----------
    first_receiver : int
        Row of the first receiver.
    receivers : int
        Number of receivers.
    runs : list of SenderRun
        Runs of the first receiver. Each is one weight matrix [receiver, sender] of the block.
    """

    first_receiver: int
    receivers: int
    runs: list[SenderRun]


def may_be_dense(connections: int, runs: int) -> bool:
    """Return whether the runs of a step are long enough to search for blocks, given the numbers of connections and of runs."""
    return connections >= MIN_RUN_LENGTH * runs


def find_blocks(rows: Sequence[int], runs: Sequence[list[SenderRun]]) -> list[DenseBlock]:
    """Return the blocks of one step, given the row and the runs of each of its units; an empty list if the step is not dense."""
    connections = sum(run.length for of_unit in runs for run in of_unit)
    if not may_be_dense(connections, sum(map(len, runs))):
        return []
    blocks: list[DenseBlock] = []
    first = 0
    while first < len(rows):
        end = first + 1
        while end < len(rows) and rows[end] == rows[end - 1] + 1 and _is_next_row(runs[end - 1], runs[end]):
            end += 1
        blocks.append(DenseBlock(rows[first], end - first, runs[first]))
        first = end
    return blocks if connections >= MIN_MATRIX_SIZE * sum(len(block.runs) for block in blocks) else []


def _is_next_row(before: list[SenderRun], runs: list[SenderRun]) -> bool:
    """Return whether the runs of a unit are the next rows of the matrices that the runs of the unit before belong to."""
    return runs == [run._replace(first_weight=run.first_weight + run.length) for run in before]
