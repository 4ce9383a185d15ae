"""The connections of a network as arrays, for all that reads every connection.

An attribute of each of 500,000 connections takes a twentieth of a second to read. A lesion changes none of these attributes, so the arrays
of all connections are kept until another change of the wiring, and those of the intact connections are selected from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.model.connection import Connection
from connectionist.model.projection import Projection

Numbers = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ConnectionTable:
    """Connections, projection by projection, receiver by receiver, in the order of the senders. The arrays are not writable.

    Attributes
    ----------
    projections : tuple of Projection
    bounds : int array [projection + 1]
        Number of the first connection of each projection, and the number of connections.
    senders, receivers : int array [connection]
        Rows of the units at both ends.
    weights : int array [connection]
        Rows of the weights.
    delays : int array [connection]
    backpropagates : bool array [connection]
        `Connection.backpropagate`.
    """

    projections: tuple[Projection, ...]
    bounds: Numbers
    senders: Numbers
    receivers: Numbers
    weights: Numbers
    delays: npt.NDArray[np.int32]
    backpropagates: Flags

    @classmethod
    def of(cls, projections: Iterable[Projection]) -> ConnectionTable:
        """Return all connections of projections, lesioned ones included."""
        given = tuple(projections)
        bounds = np.concatenate([[0], np.cumsum([len(projection) for projection in given], dtype=np.intp)])
        columns: list[Any] = [np.empty(bounds[-1], kind) for kind in (np.intp, np.intp, np.intp, np.int32, np.bool_)]
        for projection, first, end in zip(given, bounds, bounds[1:], strict=False):
            firsts = projection.sender.rows.start, projection.receiver.rows.start, 0, 0, 0
            for column, attribute, start in zip(columns, _ATTRIBUTES, firsts, strict=True):
                values = map(attribute, projection.connections)
                column[first:end] = np.fromiter(values, column.dtype, end - first)
                if start:
                    column[first:end] += start
        return cls(given, bounds, *columns)

    def selected(self, is_selected: Flags) -> ConnectionTable:
        """Return some of the connections, [connection]."""
        bounds = np.concatenate([[0], np.cumsum(is_selected)])[self.bounds]
        columns: tuple[Any, ...] = (self.senders, self.receivers, self.weights, self.delays, self.backpropagates)
        return ConnectionTable(self.projections, bounds, *(column[is_selected] for column in columns))

    def __post_init__(self) -> None:
        for column in (self.bounds, self.senders, self.receivers, self.weights, self.delays, self.backpropagates):
            column.flags.writeable = False

    def are_among(self, connections: Sequence[Connection]) -> Flags:
        """Return whether each connection is one of those given, all of which must be in the table of all connections."""
        found = np.zeros(len(self.senders), bool)
        given = set(connections)  # used for membership only, so its order does not matter
        concerned = {connection.projection for connection in connections}
        for projection, (first, end) in zip(self.projections, pairwise(self.bounds.tolist()), strict=True):
            if projection in concerned:
                found[first:end] = np.fromiter(map(given.__contains__, projection.connections), bool, end - first)
        return found

    def of_projection(self, projection: Projection) -> slice:
        """Return the part of the arrays that belongs to a projection."""
        number = self.projections.index(projection)
        return slice(*self.bounds[number : number + 2].tolist())


_ATTRIBUTES = tuple(map(attrgetter, ("sender.index", "receiver.index", "weight.row", "delay", "backpropagate")))
