"""The connections of one unit, and marks of all units, as arrays kept until the wiring changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.inspector.object_pass import number_by_unit
from connectionist.model.selection import connection_name

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.connection import Connection
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection
    from connectionist.utils.arrays import Array

LESIONED, CLAMPED, FROZEN, PARTLY_FROZEN = 1, 2, 4, 8
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class UnitLines:
    """The connections into or out of a unit.

    Attributes
    ----------
    connections : list of Connection
    others : int array [connection]
        Numbers of the units at the other end.
    rows : int array [connection]
        Rows of the weights.
    delays : int array [connection]
    """

    connections: list[Connection]
    others: Numbers
    rows: Numbers
    delays: Numbers

    def values(self, network: Network, quantity: str = "value") -> Array:
        """Return a quantity of the weights [connection]."""
        return network.weight_state.array(quantity)[self.rows]

    @property
    def names(self) -> list[str]:
        """Names of the connections."""
        return [connection_name(connection) for connection in self.connections]

    def table(self, network: Network) -> Array:
        """Return number of the other unit, weight and delay, [connection, 3]."""
        return np.stack([self.others, self.values(network), self.delays], axis=1) if len(self.rows) else np.empty((0, 3))


def lines_of(network: Network, unit: str, direction: str) -> UnitLines:
    """Return the connections "incoming" to or "outgoing" from a unit."""
    numbers, derived = number_by_unit(network), network.schedule.derived
    key = f"inspector.{direction}.{unit}"
    if key not in derived:
        found = network.unit(unit)
        connections = list(getattr(found, direction))
        end = "sender" if direction == "incoming" else "receiver"
        others = np.array([numbers[getattr(connection, end)] for connection in connections], np.intp)
        rows = np.array([connection.weight.row for connection in connections], np.intp)
        derived[key] = UnitLines(connections, others, rows, np.array([connection.delay for connection in connections], np.intp))
    lines: UnitLines = derived[key]
    return lines


def weights_by_unit(network: Network, unit: str, direction: str) -> Array:
    """Return the weights from (or to) each unit to (or from) one unit, [unit], NaN without connection; that of the shortest delay."""
    lines, values = lines_of(network, unit, direction), np.full(len(network.units), np.nan)
    order = np.argsort(-lines.delays, kind="stable")
    values[lines.others[order]] = lines.values(network)[order]
    return values


def places(network: Network, projection: Projection) -> tuple[Numbers, Numbers, Numbers]:
    """Return senders and receivers (indices in their groups) and rows of the weights of the intact connections of a projection."""
    table = network.schedule.connections
    part, firsts = table.of_projection(projection), (projection.sender.rows.start, projection.receiver.rows.start)
    return table.senders[part] - firsts[0], table.receivers[part] - firsts[1], table.weights[part]


def flags(session: InspectorSession) -> Array:
    """Return the marks of all units, each a sum of the constants of this module, [unit]."""
    network = session.network
    units, numbers = network.units, number_by_unit(network)
    marks = np.zeros(len(units))
    for unit in network._wiring.lesions.units:
        marks[numbers[unit]] += LESIONED
    for name, table in session.examples.clamps.items():
        first = numbers[network[name][0]]
        marks[first : first + table.shape[-1]] += CLAMPED * ~np.isnan(table).all(axis=tuple(range(table.ndim - 1)))
    _, receivers, rows = ends(network)
    is_free = np.ones(network.weight_state.size, bool)
    known = min(len(is_free), len(session.fixed))  # other code may have added or removed connections
    is_free[:known] = ~session.fixed[:known]
    is_frozen = (network.weight_state.array("trainable") == 0) & is_free
    incoming = np.bincount(receivers, weights=is_free[rows], minlength=len(units))
    frozen = np.bincount(receivers, weights=is_frozen[rows], minlength=len(units))
    return marks + np.where(frozen == 0, 0, np.where(frozen == incoming, FROZEN, PARTLY_FROZEN))


def ends(network: Network) -> tuple[Numbers, Numbers, Numbers]:
    """Return the numbers of the sender and the receiver, and the row of the weight, of each intact connection."""
    table, numbers = network.schedule.connections, np.empty(network.state.size, np.intp)
    numbers[[unit.row for unit in network.units]] = np.arange(len(network.units))
    return numbers[table.senders], numbers[table.receivers], table.weights
