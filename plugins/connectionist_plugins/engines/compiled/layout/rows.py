"""Where units stand in the kernels' arrays.

Over a block of cases a unit stands in its own row. Over a single case the units of a step must fill whole vectors, so each step
begins at a row that is a multiple of the spacing, and the rows that are left between belong to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from connectionist.model.network import Network
from connectionist.model.unit import Unit


@dataclass(frozen=True)
class RowLayout:
    """An assignment of rows to units.

    Attributes
    ----------
    rows : int array [unit row]
        Row in the room by row in the network's state.
    size : int
        How many rows there are, the last of which belongs to nobody.
    spacing : int
    rest : int
        Where there is spacing: the first row of the units that are clamped or lesioned.
    """

    rows: npt.NDArray[np.int64]
    size: int
    spacing: int
    rest: int

    @classmethod
    def of(cls, network: Network, steps: Sequence[Sequence[Unit]], spacing: int) -> RowLayout:
        """Return the room for a network: its own rows, or each step at a multiple of a spacing above 1."""
        if spacing == 1:
            return cls(np.arange(network.state.size, dtype=np.int64), network.state.size + 1, spacing, 0)
        rows = np.full(network.state.size, -1, dtype=np.int64)
        at = 0
        for step in steps:
            for number, unit in enumerate(step):
                rows[unit.row] = at + number
            at += -(-len(step) // spacing) * spacing
        rest = np.flatnonzero(rows < 0)  # clamped or lesioned
        rows[rest] = at + np.arange(len(rest))
        beyond = spacing  # what whole vectors hold past the last unit means nothing
        return cls(rows, -(-(at + len(rest)) // spacing) * spacing + beyond, spacing, at)

    def rows_of(self, units: Sequence[Unit]) -> npt.NDArray[np.int64]:
        """Return the rows of some units."""
        return self.rows[np.array([unit.row for unit in units], dtype=np.int64)]
