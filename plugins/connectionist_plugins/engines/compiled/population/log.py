"""The log of a population: E and the proportion of correct cases of each epoch of each network."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class LogPart(NamedTuple):
    """The epochs that one call of the kernel logs: how many came before, and E and the proportion of correct cases [epoch, lane]."""

    epochs_before: int
    errors: npt.NDArray[np.float64]
    corrects: npt.NDArray[np.float64]


_epochs_before = attrgetter("epochs_before")


class Logs(Sequence[npt.NDArray[np.float64]]):
    """A column of the log for each network, views of the log of its lane if it is in one part of it.

    Parameters
    ----------
    parts : list of list of LogPart
        Log of each pack.
    places : tuple of list of int
        Lane, first epoch and number of epochs of each network.
    column : str
        Name in `LogPart`.
    """

    def __init__(self, parts: list[list[LogPart]], places: tuple[list[int], list[int], list[int]], column: str) -> None:
        self.parts, self.places, self.column = parts, places, column

    def __len__(self) -> int:
        return len(self.places[0])

    def __getitem__(self, position: Any) -> Any:
        lane, first, epochs = (each[position] for each in self.places)
        lanes = self.parts[0][0].errors.shape[1]
        log, lane = self.parts[lane // lanes], lane % lanes
        index, found = bisect_right(log, first, key=_epochs_before) - 1, []
        end = first + epochs
        while True:
            column, before = getattr(log[index], self.column)[:, lane], log[index].epochs_before
            found.append(column[max(first - before, 0) : end - before])
            if before + len(column) >= end:
                return found[0] if len(found) == 1 else np.concatenate(found)
            index += 1
