"""The order of computation. No other module decides an order.

A forward pass activates the *steps* in order. A backward pass visits them in the reverse order. A step is a unit, or a whole joint group
(softmax), whose units need one another's net inputs. A step comes after all its senders without delay.

Groups are ordered first, by the topological generations of the projections without delay, so that the units of a group stay together.
Groups of one generation are in the order in which they were made, units in the order of their group. If groups send to each other, or to
themselves, within a tick, their units are ordered one by one, by the topological generations of their connections. A unit adds its
incoming connections in the order in which they were made. All engines start from this order of sums.

Clamped units (input, bias) and lesioned units have no step, since they are not activated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import compress
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from connectionist.model.connection import Connection, Weight
from connectionist.model.connection_table import ConnectionTable
from connectionist.model.graph import Graph, find_loop, raise_for_loop, strongly_connected_groups, undelayed_graph
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit
from connectionist.utils.declared_attributes import with_assignment_errors


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class Schedule:
    """The steps of a forward pass in order, and the units that a pass reads or sets.

    Attributes
    ----------
    steps : tuple of Unit or Group
        In forward order.
    connections : ConnectionTable
        The intact connections as arrays.
    connection_counts : int array [weight row]
        Number of intact connections of each weight.
    tied : dict from Weight to int
        The weights of more than one intact connection, with the number of connections.
    always_on : tuple of Unit
        The unit that is always 1.
    inputs, outputs : tuple of Unit
        Units of the input and of the output groups, group by group in the order in which the groups were made.
    joint_outputs : tuple of Group
        Those of the steps that are output groups.
    output_groups : tuple of Group
        All output groups, at all ticks.
    initial : tuple of Unit
        In an unrolled network, the units clamped to the state before tick 1.
    derived : dict
        What engines and explanations derive from the schedule, each under its own key. It is discarded with the schedule. A cache
        outside the schedule would keep every network, since what is derived refers to units, and through them to the network.
    """

    steps: tuple[Unit | Group, ...]
    connections: ConnectionTable
    connection_counts: npt.NDArray[np.intp]
    tied: dict[Weight, int]
    always_on: tuple[Unit, ...]
    inputs: tuple[Unit, ...]
    outputs: tuple[Unit, ...]
    joint_outputs: tuple[Group, ...] = ()
    output_groups: tuple[Group, ...] = ()
    initial: tuple[Unit, ...] = ()
    derived: dict[object, Any] = field(default_factory=dict)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Every unit that is activated, in forward order."""
        return tuple(unit for step in self.steps for unit in intact_units(step))


def make_schedule(
    graph: Graph[Unit],
    groups: Sequence[Group],
    projections: Sequence[Projection],
    table: ConnectionTable,
    connections: Callable[[], Sequence[Connection]],
    weight_count: int,
) -> Schedule:
    """Derive the schedule of a graph.

    Parameters
    ----------
    graph : networkx.DiGraph
    groups : sequence of Group
        All groups, that of the unit that is always 1 included.
    projections : sequence of Projection
    table : ConnectionTable
        The intact connections.
    connections : function
        Returns the same connections as objects. It is called if some are tied.
    weight_count : int
        Number of rows of the weights' state.

    Raises
    ------
    LoopError
        If connections without delay form a loop.
    """
    within = {projection.sender for projection in projections if projection.sender is projection.receiver}
    ordered = [step for component in strongly_connected_groups(groups, projections) for step in _order(graph, component, within)]
    connection_counts, tied = _count_connections(table, connections, weight_count)
    steps = tuple(step for step in ordered if _is_activated(step))
    return Schedule(
        steps=steps,
        connections=table,
        connection_counts=connection_counts,
        tied=tied,
        always_on=_units_with(groups, "bias"),
        inputs=_units_with(groups, "input"),
        outputs=_units_with(groups, "output"),
        joint_outputs=tuple(step for step in steps if isinstance(step, Group) and step.role == "output"),
        output_groups=tuple(group for group in groups if group.role == "output"),
        initial=_units_with(groups, "initial"),
    )


def _units_with(groups: Sequence[Group], role: str) -> tuple[Unit, ...]:
    return tuple(unit for group in groups if group.role == role for unit in group)


def intact_units(step: Unit | Group) -> tuple[Unit, ...]:
    """Return the units of a step that are not lesioned."""
    return tuple(unit for unit in (step if isinstance(step, Group) else (step,)) if not unit.lesioned)


def group_of(step: Unit | Group) -> Group:
    """Return the group of a step."""
    return step if isinstance(step, Group) else step.group


def tick_of(step: Unit | Group) -> int | None:
    """Return the tick of a step of an unrolled network; None without ticks."""
    return group_of(step).tick


def _order(graph: Graph[Unit], component: list[Group], within: set[Group]) -> list[Unit | Group]:
    """Return the steps of a component, given the groups that have a projection to themselves."""
    if len(component) == 1 and not (component[0] in within and _sends_to_itself(component[0])):
        return [component[0]] if component[0].joint else list(component[0])
    undelayed = undelayed_graph(graph, component)
    position = {step: number for number, step in enumerate(undelayed)}
    raise_for_loop(find_loop(graph, component))
    return [step for generation in nx.topological_generations(undelayed) for step in sorted(generation, key=position.__getitem__)]


def _sends_to_itself(group: Group) -> bool:
    return any(connection.sender.group is group for unit in group for connection in unit.incoming)


def _count_connections(
    table: ConnectionTable, connections: Callable[[], Sequence[Connection]], size: int
) -> tuple[npt.NDArray[np.intp], dict[Weight, int]]:
    counts = np.bincount(table.weights, minlength=size)
    is_tied = counts[table.weights] > 1
    weights = (connection.weight for connection in compress(connections(), is_tied.tolist())) if is_tied.any() else ()
    return counts, {weight: int(counts[weight.row]) for weight in weights}


def _is_activated(step: Unit | Group) -> bool:
    return not group_of(step).clamped and bool(intact_units(step))
