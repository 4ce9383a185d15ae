"""Lists of nodes as tlearn writes them: ``3``, ``1-4``, ``1,3-5``, ``i1-i77`` for inputs, ``0`` for the bias."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

import connectionist as cn

PART = re.compile(r"(i?)(\d{1,9})(?:-(i?)(\d{1,9}))?", re.ASCII)
Selection = npt.NDArray[np.bool_]


def take_list(scanner: cn.formats.Scanner, nodes: int, inputs: int = 0, what: str = "a list of nodes") -> Selection:
    """Take a word that is a list.

    Parameters
    ----------
    scanner : Scanner
    nodes, inputs : int
        Greatest number of a node and of an input.
    what : str
        Name of the list in messages.

    Returns
    -------
    bool array [1 + inputs + nodes]
        Whether the bias (number 0), each input and each node is in the list.
    """
    allowed = f"{what} such as 3, 1-4 or 1,3-5, of numbers from 0 to {nodes}" + (f", or of inputs i1 to i{inputs}" if inputs else "")
    selected = np.zeros(1 + inputs + nodes, dtype=np.bool_)
    for part in scanner.peek().split(","):
        match = PART.fullmatch(part)
        if not match:
            scanner.fail(allowed)
        first = int(match[2])
        last = int(match[4]) if match[4] else first
        is_input = match[1] == "i"
        if (
            (match[4] and (match[3] == "i") != is_input)
            or last < first
            or last > (inputs if is_input else nodes)
            or (is_input and not first)
        ):
            scanner.fail(allowed)
        if is_input:
            selected[first : last + 1] = True
        else:
            selected[0] |= first == 0
            selected[inputs + max(first, 1) : inputs + last + 1] = True
    scanner.take(allowed)
    return selected


def write_list(numbers: Iterable[int], inputs: int) -> str:
    """Return the list of numbers: 0 is the bias, then come inputs, then nodes.

    Examples
    --------
    >>> write_list([0, 1, 2, 5, 6, 7, 9], inputs=3)
    '0,i1-i2,2-4,6'
    """
    parts: list[tuple[str, int, int]] = []
    for number in numbers:
        kind, own = ("i", number) if 0 < number <= inputs else ("", max(number - inputs, 0))
        if parts and parts[-1][0] == kind and parts[-1][2] == own - 1:
            parts[-1] = kind, parts[-1][1], own
        else:
            parts.append((kind, own, own))
    return ",".join(f"{kind}{first}" if first == last else f"{kind}{first}-{kind}{last}" for kind, first, last in parts)
