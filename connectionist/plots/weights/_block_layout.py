"""Positions of blocks of cells in a drawing, in cells from the top left."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

GAP_ACROSS, GAP_DOWN = 1.0, 1.7  # cells between blocks; the name of a block needs room above it
ASPECT = 1.5  # width to height of the whole, to be approximated


class BlockLayout:
    """Blocks of equal size, arranged down the first column, then down the next.

    Parameters
    ----------
    blocks : int
        Number of blocks.
    cells : int
        Number of cells in a block.
    rows : int
        Number of rows in a block.

    Attributes
    ----------
    wide, high : int
        Columns and rows of a block.
    across, down : int
        Number of columns of blocks, and of blocks in a column.
    """

    def __init__(self, blocks: int, cells: int, rows: int) -> None:
        self._cells = cells
        self.high = rows
        self.wide = math.ceil(cells / rows)
        self.across = min(range(1, blocks + 1), key=lambda across: self._aspect_error(across, math.ceil(blocks / across)))
        self.down = math.ceil(blocks / self.across)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of all blocks together."""
        return self.across * (self.wide + GAP_ACROSS) - GAP_ACROSS, self.down * (self.high + GAP_DOWN)

    @property
    def row_lengths(self) -> list[int]:
        """Number of cells in each row of a block; the last rows may have fewer cells, or none."""
        return [max(0, min(self.wide, self._cells - self.wide * row)) for row in range(self.high)]

    def corner(self, number: int) -> tuple[float, float]:
        """Return the column and the row of a block's first cell."""
        return (number // self.down) * (self.wide + GAP_ACROSS), (number % self.down) * (self.high + GAP_DOWN) + GAP_DOWN - 0.7

    def positions(self, blocks: npt.NDArray[np.intp], cells: npt.NDArray[np.intp]) -> tuple[Array, Array]:
        """Return the row and the column of each cell, given its block and its number within the block."""
        corners = np.array([self.corner(int(block)) for block in blocks]).reshape(-1, 2)
        return corners[:, 1] + cells // self.wide, corners[:, 0] + cells % self.wide

    def _aspect_error(self, across: int, down: int) -> float:
        """Return the distance of the aspect of an arrangement from `ASPECT`, on a logarithmic scale."""
        return abs(math.log(across * (self.wide + GAP_ACROSS) / (down * (self.high + GAP_DOWN)) / ASPECT))
