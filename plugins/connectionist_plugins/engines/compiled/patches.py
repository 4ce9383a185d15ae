"""Where a network is dense: patches of connections from successive senders to successive receivers over successive weights.

A full projection between two groups is such a patch, and so are the biases of a group. With one case at a time, sums along a patch
are sums over successive numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from connectionist.unit import Unit

LEAST_STRETCH = 2  # connections per stretch below which it is not worth while to look for patches
LEAST_DENSE = 4  # connections per patch from which a step is computed by patches


class Stretch(NamedTuple):
    """Incoming connections of one unit from successive senders over successive weights."""

    sender: int
    senders: int
    weight: int
    back: int


class Patch(NamedTuple):
    """The same stretches of successive receivers: ``receivers`` times ``senders`` connections, receiver by receiver.

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


def find_patches(units: Sequence[Unit], stretches: Sequence[list[Stretch]]) -> list[Patch]:
    """Return the patches of one step, given its units and the stretches of each; none where it is not dense."""
    connections = sum(stretch.senders for of_unit in stretches for stretch in of_unit)
    if connections < LEAST_STRETCH * sum(map(len, stretches)):
        return []
    patches: list[Patch] = []
    first = 0
    while first < len(units):
        end = first + 1
        while end < len(units) and units[end].row == units[end - 1].row + 1 and _continues(stretches[end - 1], stretches[end]):
            end += 1
        receiver, receivers = units[first].row, end - first
        patches += [Patch(each.sender, each.senders, receiver, receivers, each.weight, each.back) for each in stretches[first]]
        first = end
    return patches if connections >= LEAST_DENSE * len(patches) else []


def _continues(before: list[Stretch], stretches: list[Stretch]) -> bool:
    return stretches == [stretch._replace(weight=stretch.weight + stretch.senders) for stretch in before]
