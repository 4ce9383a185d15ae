"""The wiring of a network: groups, projections, the graph they form, lesions, and the order of computation derived from them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from connectionist.errors import LoopError, WiringError
from connectionist.model.connection import Connection, Weight
from connectionist.model.connection_table import ConnectionTable
from connectionist.model.graph import (
    Graph,
    UndelayedProjections,
    empty_graph,
    find_loop,
    link,
    raise_for_loop,
    strongly_connected_groups,
    unlink,
)
from connectionist.model.group import Group
from connectionist.model.lesions import Lesions
from connectionist.model.projection import Projection
from connectionist.model.schedule import Schedule, make_schedule
from connectionist.model.state import UnitState, WeightState
from connectionist.model.unit import Unit

AnyGroup = TypeVar("AnyGroup", bound=Group)
Argument = TypeVar("Argument")
Answer = TypeVar("Answer")

_number = attrgetter("number")


class Wiring:
    """Groups and projections, each in the order in which they were added, and the lists and schedule derived from them.

    Parameters
    ----------
    name : str
        Name of the network, for messages.
    weight_state : WeightState, optional
        The numbers of the weights; a new state by default. An unrolled network shares that of its original.
    ticks : int, optional
        Number of ticks of an unrolled network; None for any other network.

    Attributes
    ----------
    growing_state, growing_weight_state : UnitState, WeightState
        `state` and `weight_state` with the rows of removed groups, which are closed when rows are first used. For adding rows.
    bias : Group
        The group of the unit that is always 1.
    groups : dict of str to Group
        By name; "bias" is the first.
    projections : list of Projection
    graph : networkx.DiGraph
        The nodes are units.
    lesions : Lesions
    sharing : dict of Weight to list of Connection
        The connections of each weight that was tied, lesioned ones included. The weight has the row of the first.
    version : int
        Number of changes so far.
    fixed : str
        Why the wiring cannot change at present, as a sentence; empty if it can. Engines that call a function of a user in the middle of
        an epoch use the arrays of the present wiring afterwards.
    on_change : function
        Called without arguments after each change.
    """

    def __init__(self, name: str, weight_state: WeightState | None = None, ticks: int | None = None) -> None:
        self.name = name
        self.ticks = ticks
        self.growing_state = UnitState()
        self.growing_weight_state = WeightState() if weight_state is None else weight_state
        self._has_gaps = False
        self.bias = Group(self.growing_state, "bias", ("0",), "bias", None)
        self.bias[0].activation = 1.0
        self.groups = {"bias": self.bias}
        self.projections: list[Projection] = []
        self._between: dict[tuple[str, str], list[Projection]] = {}
        self._of_group: dict[Group, dict[Projection, None]] = {}
        self._undelayed = UndelayedProjections()
        self.sharing: dict[Weight, list[Connection]] = {}
        self.graph: Graph[Unit] = empty_graph(name)
        self.graph.add_node(self.bias[0])
        self.lesions = Lesions()
        self.version = 0
        self.fixed = ""
        self.on_change: Callable[[], None] = _do_nothing
        self.changed()

    def call_fixed(self, reason: str, function: Callable[[Argument], Answer], argument: Argument) -> Answer:
        """Return what a function returns. Each change of the wiring that it makes is a WiringError with a reason."""
        before, self.fixed = self.fixed, reason
        try:
            return function(argument)
        finally:
            self.fixed = before

    def check_changeable(self) -> None:
        """Raise WiringError if the wiring cannot change at present."""
        if self.fixed:
            raise WiringError(f"{self.name}: {self.fixed}")

    def changed(self) -> None:
        """Discard what was derived from the wiring before a change."""
        self._units: tuple[Unit, ...] | None = None
        self._own_groups: tuple[Group, ...] | None = None
        self._every_connection: ConnectionTable | None = None
        self._weights: tuple[Weight, ...] | None = None
        self._weight_rows: npt.NDArray[np.intp] | None = None
        self.lesions_changed()

    def lesions_changed(self) -> None:
        """Discard what was derived from the lesions before a change of them."""
        self.version += 1
        self._connections: tuple[Connection, ...] | None = None
        self._schedule: Schedule | None = None
        self._in_time: str | None = None
        self._tied: dict[Weight, list[Connection]] | None = None
        self.on_change()

    @property
    def state(self) -> UnitState:
        """The numbers of the units, one array per quantity."""
        if self._has_gaps:
            self._close_gaps()
        return self.growing_state

    @property
    def weight_state(self) -> WeightState:
        """The numbers of the weights."""
        if self._has_gaps:
            self._close_gaps()
        return self.growing_weight_state

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every unit: "bias" first, then group by group."""
        if self._units is None:
            self._close_gaps()
            self._units = tuple(unit for group in self.groups.values() for unit in group)
        return self._units

    @property
    def own_groups(self) -> tuple[Group, ...]:
        """The groups in the order in which they were added, without `bias`."""
        if self._own_groups is None:
            self._close_gaps()
            self._own_groups = tuple(group for group in self.groups.values() if group is not self.bias)
        return self._own_groups

    @property
    def connections(self) -> tuple[Connection, ...]:
        """Every intact connection: projection by projection, receiver by receiver, in the order of the senders."""
        if self._connections is None:
            self._close_gaps()
            hidden = set(self.lesions.hidden())
            every = self.every_connection()
            self._connections = tuple([c for c in every if c not in hidden] if hidden else every)
        return self._connections

    @property
    def weights(self) -> tuple[Weight, ...]:
        """Every weight once, in the order of its first connection. Weights of lesioned connections are included."""
        if self._weights is None:
            self._close_gaps()
            self._weights = tuple(dict.fromkeys(connection.weight for connection in self.every_connection()))
        return self._weights

    @property
    def weight_rows(self) -> npt.NDArray[np.intp]:
        """Rows of `weight_state`, in the order of `weights`."""
        if self._weight_rows is None:
            self._weight_rows = np.array([weight.row for weight in self.weights], dtype=np.intp)
        return self._weight_rows

    @property
    def schedule(self) -> Schedule:
        """The order of computation within a tick.

        Raises
        ------
        LoopError
            If connections without delay form a loop.
        """
        if self._schedule is None:
            groups, table, size = tuple(self.groups.values()), self.intact_connections, self.weight_state.size
            self._schedule = make_schedule(self.graph, groups, self.projections, table, lambda: self.connections, size)
        return self._schedule

    @property
    def derived(self) -> Mapping[object, Any]:
        """What is kept with the schedule; nothing if the schedule must be made first."""
        return {} if self._schedule is None else self._schedule.derived

    @property
    def intact_connections(self) -> ConnectionTable:
        """The table of the connections that are in the graph."""
        if self._every_connection is None:
            self._close_gaps()
            self._every_connection = ConnectionTable.of(self.projections)
        is_intact = self.lesions.are_intact(self._every_connection, self.state.size)
        return self._every_connection if is_intact.all() else self._every_connection.selected(is_intact)

    @property
    def in_time(self) -> str:
        """The reason why the network runs in time, as in ``"hidden → hidden has a delay of 1"``; empty if it does not."""
        if self._in_time is None:
            delayed = (f"{each.name} has a delay of {each.delay}" for each in self.projections if each.delay and len(each))
            with_past = (
                f"the units of group {each.name!r} {'integrate' if each.timing.integrates else 'depend on their past'}"
                for each in self.own_groups
                if each.depends_on_past
            )
            self._in_time = next(delayed, "") or ("" if self.ticks is not None else next(with_past, ""))
        return self._in_time

    def every_connection(self) -> Iterator[Connection]:
        """Yield every connection, lesioned ones included, in the order of `connections`."""
        return (connection for projection in self.projections for connection in projection.connections)

    def add_group(self, group: AnyGroup) -> AnyGroup:
        """Add a group, and return it."""
        self.groups[group.name] = group
        self.graph.add_nodes_from(group)
        self.changed()
        return group

    def remove_group(self, group: Group) -> None:
        """Remove a group, its projections and their lesions."""
        removed = self._of_group.pop(group, {})
        connections = dict.fromkeys(connection for projection in removed for connection in projection)
        unlink(self.graph, [connection for connection in connections if not self.lesions.hides(connection)])
        self.lesions.forget(group.units, connections)
        self.graph.remove_nodes_from(group)
        del self.groups[group.name]
        for weight in dict.fromkeys(connection.weight for connection in connections):
            if rest := [connection for connection in self.sharing.get(weight, ()) if connection not in connections]:
                self.sharing[weight] = rest
            else:
                self.sharing.pop(weight, None)
        for projection in removed:
            self._remove_projection(projection)
        group._set_removed()
        self._has_gaps = True
        self.changed()

    def _remove_projection(self, projection: Projection) -> None:
        """Take a projection, whose connections are out of the graph, out of the lists."""
        del self.projections[bisect_left(self.projections, projection.number, key=_number)]
        between = self._between[projection.sender.name, projection.receiver.name]
        between.remove(projection)
        if not projection.delay and all(other.delay for other in between):
            self._undelayed.remove(projection.sender, projection.receiver)
        for group in (projection.sender, projection.receiver):
            self._of_group.get(group, {}).pop(projection, None)
        projection._set_removed()

    def _close_gaps(self) -> None:
        """Give units and weights the rows that they would have if what was removed had never been made.

        Noise and the order of sums in engines depend on rows. Removed parts, and unrolled networks made before, keep the old states. This
        visits the whole network, so `remove_group` leaves it to the first use of rows.
        """
        if not self._has_gaps:
            return
        self._has_gaps = False
        groups = list(self.groups.values())
        self.growing_state = self.growing_state.arranged(np.array([unit.row for group in groups for unit in group], np.intp))
        for group, end in zip(groups, np.cumsum([len(group) for group in groups]).tolist(), strict=True):
            group._move(self.growing_state, end - len(group))
        row_of = {connection: row for row, connection in enumerate(self.every_connection())}
        firsts = {self.sharing.get(connection.weight, [connection])[0] for connection in row_of}
        rows = [connection.weight.row if connection in firsts else -1 for connection in row_of]  # tied connections leave gaps
        self.growing_weight_state = self.growing_weight_state.arranged(np.array(rows, np.intp))
        if self.growing_weight_state.last_update is not None:
            self.growing_weight_state.last_update = self.growing_weight_state.last_update.moved(rows)
        for connection in firsts:
            connection.weight._move(self.growing_weight_state, row_of[connection])

    def add_projection(self, projection: Projection) -> None:
        """Add the connections of a projection to the graph.

        Raises
        ------
        WiringError
            If two units are already connected with that delay. The graph does not change.
        LoopError
            If the connections close a loop without delay. The graph does not change.
        """
        may_loop = not projection.delay and self._undelayed.would_be_loop(projection.sender, projection.receiver)
        with self.lesions.suspended(self.graph, self.lesions.hidden(None if may_loop else projection)):
            self._link(projection, may_loop=may_loop)
        self.lesions.hide_new(self.graph, projection.connections)
        self._index(projection)
        self.changed()

    def add_copied_projection(self, projection: Projection) -> None:
        """Add the connections of a projection of an unrolled network, where two units may be connected twice."""
        link(self.graph, projection.connections, parallel=True)
        self._append(projection)
        self._index(projection)
        self.changed()

    def _append(self, projection: Projection) -> None:
        projection._number = self.projections[-1].number + 1 if self.projections else 0
        self.projections.append(projection)

    def _index(self, projection: Projection) -> None:
        self._between.setdefault((projection.sender.name, projection.receiver.name), []).append(projection)
        for group in (projection.sender, projection.receiver):
            self._of_group.setdefault(group, {})[projection] = None

    def projections_between(self, sender: str, receiver: str) -> list[Projection]:
        """Return the projections from one group to another, in the order in which they were made."""
        return self._between.get((sender, receiver), [])

    @property
    def tied(self) -> dict[Weight, list[Connection]]:
        """The intact connections of each weight that several intact connections share."""
        if self._tied is None:
            shared = self.schedule.tied
            self._tied = {weight: [] for weight in shared}
            for connection in self.connections if shared else ():
                if connection.weight in shared:
                    self._tied[connection.weight].append(connection)
        return self._tied

    def _link(self, projection: Projection, *, may_loop: bool) -> None:
        """Add a projection to the graph. `may_loop` is whether its two groups feed each other within a tick."""
        link(self.graph, projection.connections)
        self._append(projection)
        if may_loop:
            try:
                self._check_no_loop(projection.receiver)
            except LoopError:
                self.projections.pop()
                unlink(self.graph, projection.connections)
                raise
        if not projection.delay:
            self._undelayed.add(projection.sender, projection.receiver)

    def _check_no_loop(self, receiver: Group) -> None:
        """Raise LoopError if units close a loop in the component of the groups that has the receiver."""
        components = strongly_connected_groups(tuple(self.groups.values()), self.projections)
        raise_for_loop(find_loop(self.graph, next(component for component in components if receiver in component)))


def _do_nothing() -> None: ...
