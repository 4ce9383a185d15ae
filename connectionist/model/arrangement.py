"""The place of a group in drawings of its network, which the user chose."""

from __future__ import annotations

import math
from typing import Any

from connectionist.errors import ParameterError, check_number
from connectionist.utils.visible_text import shown

FARTHEST = 1_000_000.0


class Arranged:
    """Mixin of groups: their place in drawings. It has no effect on any computation."""

    name: str
    _position: tuple[float, float] | None = None
    _columns: int | None = None
    labels: tuple[str, ...]

    @property
    def position(self) -> tuple[float, float] | None:
        """Lower left corner in drawings, x and y upward in widths of a unit; None to be placed automatically. Assignable."""
        return self._position

    @position.setter
    def position(self, position: tuple[float, float] | None) -> None:
        self._position = None if position is None else _read_position(position, f"group {self.name!r}")

    @property
    def columns(self) -> int | None:
        """Units in one row of a drawing, at least 1; None for all. Assignable."""
        return self._columns

    @columns.setter
    def columns(self, columns: int | None) -> None:
        limits = {"at_least": 1, "at_most": len(self.labels)}
        self._columns = None if columns is None else check_number(f"group {self.name!r}", "columns", columns, whole=True, **limits)


def _read_position(given: Any, what: str) -> tuple[float, float]:
    try:
        x, y = map(float, given)
    except (TypeError, ValueError, OverflowError):
        x = y = math.nan
    if not (abs(x) <= FARTHEST and abs(y) <= FARTHEST):
        raise ParameterError(
            f"{what}, position: must be two numbers, x and y, of at most {FARTHEST:g} in size, or None (got {shown(given)})"
        )
    return x, y
