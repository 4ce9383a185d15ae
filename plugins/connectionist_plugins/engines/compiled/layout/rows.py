"""The rows of units in the kernels' arrays.

For a block of cases, each unit has its own row. For a single case, the units of a step must fill whole vectors. Each step then begins at a
multiple of the spacing, and the rows between are unused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from connectionist.model.network import Network
from connectionist.model.unit import Unit
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES


@dataclass(frozen=True)
class RowLayout:
    """The assignment of rows to units.

    Attributes
    ----------
    rows : int array [unit row]
        Row in the kernels' arrays by row in the network's state.
    size : int
        Number of rows. The last one belongs to no unit.
    spacing : int
        Multiple of rows at which each step begins; 1 for a block of cases.
    first_clamped : int
        First row of the clamped or lesioned units if `spacing` is above 1, else 0.
    """

    rows: npt.NDArray[np.int64]
    size: int
    spacing: int
    first_clamped: int

    @classmethod
    def of(cls, network: Network, steps: Sequence[Sequence[Unit]], spacing: int) -> RowLayout:
        """Return the layout for a network: its own rows, or with `spacing` above 1 each step at a multiple of it."""
        if spacing == 1:
            return cls(np.arange(network.state.size, dtype=np.int64), network.state.size + 1, spacing, 0)
        rows = np.full(network.state.size, -1, dtype=np.int64)
        first = 0
        for step in steps:
            for index, unit in enumerate(step):
                rows[unit.row] = first + index
            first += -(-len(step) // spacing) * spacing
        others = np.flatnonzero(rows < 0)  # clamped or lesioned
        rows[others] = first + np.arange(len(others))
        unused = spacing  # whole vectors may extend beyond the last unit
        return cls(rows, -(-(first + len(others)) // spacing) * spacing + unused, spacing, first)

    def rows_of(self, units: Sequence[Unit]) -> npt.NDArray[np.int64]:
        """Return the rows of some units."""
        return self.rows[np.array([unit.row for unit in units], dtype=np.int64)]


def padded_rows(rows: npt.NDArray[np.int64], padding: int) -> npt.NDArray[np.int64]:
    """Return a list of rows padded to whole vectors with one row."""
    return np.concatenate([rows, np.full(-len(rows) % VECTOR_BYTES, padding, np.int64)]).astype(np.int64)
