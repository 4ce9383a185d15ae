"""The log of a population: E and the fraction of correct cases of each epoch of each network."""

from __future__ import annotations

import mmap
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

LARGE_PAGES_BYTES = 2**22  # from which on NumPy asks for large pages


def empty_log(epochs: int, lanes: int) -> npt.NDArray[np.float64]:
    """Return memory for the log of some epochs [epoch, 2, lane]. The system provides each page of it when it is first written.

    A large array of NumPy has large pages. On some virtual machines, a large page takes several times as long to provide as small pages
    of the same size.

    Raises
    ------
    MemoryError
        If the system has not enough memory.
    """
    shape = epochs, 2, lanes
    needed = np.dtype(np.float64).itemsize * epochs * 2 * lanes
    if needed < LARGE_PAGES_BYTES or sys.platform == "win32":
        return np.empty(shape)
    try:
        memory = mmap.mmap(-1, needed, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(error.strerror) from None
    return np.frombuffer(memory, np.float64).reshape(shape)


class LogPart(NamedTuple):
    """The epochs that one call of the kernel logs.

    Attributes
    ----------
    epochs_before : int
        Number of epochs before them.
    numbers : float array [epoch, 2, lane]
        E, and the fraction of correct cases.
    """

    epochs_before: int
    numbers: npt.NDArray[np.float64]


_epochs_before = attrgetter("epochs_before")


class Logs(Sequence[npt.NDArray[np.float64]]):
    """A column of the log for each network, views of the log of its lane if it is in one part of it.

    Parameters
    ----------
    parts : list of list of LogPart
        Log of each pack.
    places : tuple of list of int
        Lane, first epoch and number of epochs in the lane of each network.
    alone : dict of int to list of array
        The column for the later epochs of networks that were then trained alone.
    column : int
        0 for E, 1 for the fraction of correct cases.
    """

    def __init__(
        self,
        parts: list[list[LogPart]],
        places: tuple[list[int], list[int], list[int]],
        alone: dict[int, list[npt.NDArray[np.float64]]],
        column: int,
    ) -> None:
        self.parts, self.places, self.alone, self.column = parts, places, alone, column

    def __len__(self) -> int:
        return len(self.places[0])

    def __getitem__(self, position: Any) -> Any:
        position = range(len(self))[position]  # so that -1 is the last one
        found = [*self._in_lane(*(each[position] for each in self.places)), *self.alone.get(position, ())]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _in_lane(self, lane: int, first: int, epochs: int) -> Iterator[npt.NDArray[np.float64]]:
        """Yield the column for the epochs in a lane, part by part."""
        lanes = self.parts[0][0].numbers.shape[2]
        log, lane = self.parts[lane // lanes], lane % lanes
        index, end = bisect_right(log, first, key=_epochs_before) - 1, first + epochs
        while True:
            column, before = log[index].numbers[:, self.column, lane], log[index].epochs_before
            yield column[max(first - before, 0) : end - before]
            if before + len(column) >= end:
                return
            index += 1
