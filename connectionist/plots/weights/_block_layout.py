"""Where the blocks of a drawing stand, and the cells in each, in cells from the top left."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

ACROSS, DOWN = 1.0, 1.7  # cells between blocks, the latter with room for the block's name
SHAPE = 1.5  # width to height that the whole is to come near


class BlockPlaces:
    """Blocks that follow one another down, then across.

    Attributes
    ----------
    wide, high : int
        Cells of each block.
    across, down : int
        How many blocks stand side by side, and how many in each column.
    """

    def __init__(self, blocks: int, cells: int, rows: int) -> None:
        self._cells = cells
        self.high = rows
        self.wide = math.ceil(cells / rows)
        self.across = min(range(1, blocks + 1), key=lambda across: self._off(across, math.ceil(blocks / across)))
        self.down = math.ceil(blocks / self.across)

    @property
    def cells(self) -> tuple[float, float]:
        """Width and height of it all."""
        return self.across * (self.wide + ACROSS) - ACROSS, self.down * (self.high + DOWN)

    @property
    def lengths(self) -> list[int]:
        """How many cells each row of a block has; the last ones may have fewer, or none."""
        return [max(0, min(self.wide, self._cells - self.wide * row)) for row in range(self.high)]

    def corner(self, number: int) -> tuple[float, float]:
        """Return column and row of a block's first cell."""
        return (number // self.down) * (self.wide + ACROSS), (number % self.down) * (self.high + DOWN) + DOWN - 0.7

    def places(self, blocks: npt.NDArray[np.intp], cells: npt.NDArray[np.intp]) -> tuple[Array, Array]:
        """Return row and column of some cells of some blocks."""
        corners = np.array([self.corner(int(block)) for block in blocks]).reshape(-1, 2)
        return corners[:, 1] + cells // self.wide, corners[:, 0] + cells % self.wide

    def _off(self, across: int, down: int) -> float:
        """Return how far from the shape wanted so many blocks would be."""
        return abs(math.log(across * (self.wide + ACROSS) / (down * (self.high + DOWN)) / SHAPE))
