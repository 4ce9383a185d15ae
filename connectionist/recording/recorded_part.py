"""The labels of a part of a recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectionist.utils.declared_attributes import with_assignment_errors


@with_assignment_errors
@dataclass(frozen=True)
class RecordedPart:
    """Labels of the quantities that were recorded of units, or of connections.

    Attributes
    ----------
    kind : {"units", "connections"}
    quantities : tuple of str
    coordinates : dict of str to list
        Labels along each dimension of one record, in order, without the quantity. The last dimension is "unit" or "connection".
    lengths : tuple of int or None
        Number of ticks of each case; None if there are no ticks or no cases.
    """

    kind: str
    quantities: tuple[str, ...]
    coordinates: dict[str, list[Any]]
    lengths: tuple[int, ...] | None = None

    @property
    def item(self) -> str:
        """Name of the last dimension: "unit" or "connection"."""
        return self.kind[:-1]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one record. The quantity is the last dimension but one."""
        *before, last = (len(labels) for labels in self.coordinates.values())
        return (*before, len(self.quantities), last)
