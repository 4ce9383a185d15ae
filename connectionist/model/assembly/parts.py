"""What a network is made of, and how its parts are found by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import networkx as nx
import numpy as np
import numpy.typing as npt

from connectionist.errors import unknown
from connectionist.model.connection import Connection, Weight
from connectionist.model.graph import Graph, between, view
from connectionist.model.group import Group
from connectionist.model.lesions import Lesions
from connectionist.model.projection import Projection
from connectionist.model.state import UnitState, WeightState
from connectionist.model.unit import Unit

ARROW = re.compile("→|->")
DELAY = re.compile(r" with delay (\d+)$")


def parse_connection_name(name: str) -> tuple[list[tuple[str, str]], int | None]:
    """Return what may be the two ends in the name of a connection, cut at each arrow, and the delay if it is said.

    Examples
    --------
    >>> parse_connection_name("hidden:0 -> hidden:1 with delay 2")
    ([('hidden:0', 'hidden:1')], 2)
    >>> parse_connection_name("input:a->b → output:0")  # a label may have an arrow in it
    ([('input:a', 'b → output:0'), ('input:a->b', 'output:0')], None)
    """
    delayed = DELAY.search(name)
    ends = name[: delayed.start()] if delayed else name
    cuts = [(ends[: arrow.start()].strip(), ends[arrow.end() :].strip()) for arrow in ARROW.finditer(ends)]
    return cuts, int(delayed[1]) if delayed else None


class Parts:
    """Groups, units, projections, connections and weights, each in a fixed order and by name.

    Attributes
    ----------
    name : str
        For messages and reports.
    state : UnitState
        Every number of every unit, one array per quantity.
    weight_state : WeightState
        Every number of every weight.
    ticks : int or None
        For how many ticks it was unrolled; None for a network that is no other's copy.
    """

    _connections: tuple[Connection, ...] | None
    _weights: tuple[Weight, ...] | None
    _weight_rows: npt.NDArray[np.intp] | None

    def __init__(self, name: str, weight_state: WeightState | None = None, ticks: int | None = None) -> None:
        self.name = name
        self.ticks = ticks
        self.state = UnitState()
        self.state.owner = self
        self.weight_state = WeightState() if weight_state is None else weight_state
        self._graph: Graph[Unit] = nx.DiGraph(name=name)
        self._bias = Group(self.state, "bias", ("0",), "bias", None)
        self._bias[0].activation = 1.0
        self._graph.add_node(self._bias[0])
        self._groups = {"bias": self._bias}
        self._projections: list[Projection] = []
        self._lesions = Lesions()
        self._rewired()

    @property
    def graph(self) -> Graph[Unit]:
        """The networkx graph, read-only: nodes are the `Unit` objects, the edges' data hold "connection"."""
        return view(self._graph)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups in the order in which they were added. The unit that is always 1 has its own, ``net["bias"]``."""
        return tuple(group for group in self._groups.values() if group is not self._bias)

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every unit: "bias" first, then group by group in the order of `groups`."""
        return tuple(unit for group in self._groups.values() for unit in group)

    @property
    def projections(self) -> tuple[Projection, ...]:
        """The projections in the order in which they were made, those from "bias" among them."""
        return tuple(self._projections)

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Every intact connection: projection by projection, receiver by receiver, in the order of the senders."""
        if self._connections is None:
            self._connections = tuple(c for c in self._every_connection() if not self._lesions.hides(c))
        return self._connections

    @property
    def lesioned_connections(self) -> tuple[Connection, ...]:
        """The connections that were lesioned one by one, not with a unit."""
        return self._lesions.connections

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Every weight once, in the order of the first connection that carries it, lesioned ones included."""
        if self._weights is None:
            self._weights = tuple(dict.fromkeys(connection.weight for connection in self._every_connection()))
        return self._weights

    @property
    def weight_rows(self) -> npt.NDArray[np.intp]:
        """Rows of `weight_state`, in the order of `weights`."""
        if self._weight_rows is None:
            self._weight_rows = np.array([weight.row for weight in self.weights], dtype=np.intp)
        return self._weight_rows

    def __getitem__(self, name: str) -> Group:
        """Return a group by name."""
        if name not in self._groups:
            raise unknown(f"group of {self.name}", name, [group.name for group in self.groups])
        return self._groups[name]

    def unit(self, name: str) -> Unit:
        """Return a unit by name: "group:index", "group:label", or "bias"; in an unrolled network "group:label@tick".

        Raises
        ------
        UnknownNameError
            When there is none of that name.
        """
        if not isinstance(name, str):
            raise unknown(f"unit of {self.name}", name, (unit.name for unit in self.units))
        group, separator, label = name.partition(":")
        if name == "bias":
            return self._bias[0]
        if not separator:
            raise unknown(f"unit of {self.name}", name, (unit.name for unit in self.units))
        label, at, tick = label.partition("@")
        return self[f"{group}{at}{tick}"][label]

    def connection(self, sender: str | Unit, receiver: str | Unit | None = None, delay: int | None = None) -> Connection:
        """Return the connection between two units, that of the shortest delay unless told which; or that of a name, "input:0 → hidden:1".

        Raises
        ------
        UnknownNameError
            When a unit does not exist, or the two are not connected.
        """
        if receiver is None:
            sender, receiver, delay = self._ends_of(sender, delay)
        source = self.unit(sender) if isinstance(sender, str) else sender
        target = self.unit(receiver) if isinstance(receiver, str) else receiver
        for connection in between(self._graph, source, target):
            if delay in (None, connection.delay):
                return connection
        what = f"sender{'' if delay is None else f' with delay {delay}'} of {target.name}"
        raise unknown(what, source.name, (c.sender.name for c in target.incoming if delay in (None, c.delay)))

    def _ends_of(self, name: object, delay: int | None) -> tuple[str, str, int | None]:
        """Return both ends, and the delay, of a connection that is called by its name alone."""
        cuts, named = parse_connection_name(name) if isinstance(name, str) else ([], None)
        if not cuts or (None not in (delay, named) and delay != named):
            which = "" if delay is None else f" with delay {delay}"
            raise unknown(f"connection{which} of {self.name}", name, (connection.name for connection in self.connections))
        names = {unit.name for unit in self.units}
        return *next((cut for cut in cuts if names.issuperset(cut)), cuts[0]), named if delay is None else delay

    def projection(self, sender: str, receiver: str, delay: int | None = None) -> Projection:
        """Return the first projection between two groups, of those of the shortest delay unless told which.

        Raises
        ------
        UnknownNameError
            When there is none.
        """
        between = [p for p in self._projections if (p.sender.name, p.receiver.name) == (sender, receiver) and delay in (None, p.delay)]
        if not between:
            known = (p.name + (f" with delay {p.delay}" if p.delay else "") for p in self._projections)
            raise unknown(f"projection of {self.name}", f"{sender} → {receiver}" + (f" with delay {delay}" if delay else ""), known)
        return min(between, key=lambda projection: projection.delay)

    def _every_connection(self) -> Iterator[Connection]:
        return (connection for projection in self._projections for connection in projection.connections)

    def _rewired(self) -> None:
        self._connections = self._weights = self._weight_rows = None
