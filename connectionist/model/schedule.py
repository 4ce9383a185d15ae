"""The order of computation, decided here and nowhere else.

A forward pass activates the *steps* in order; a backward pass asks them in the opposite order. A step is a unit, or a whole
joint group (softmax), whose units need one another's net inputs. A step comes after all that send to it without delay.

Groups are ordered first, as the topological generations of the undelayed projections, so that a group's units stay together;
groups of one generation stand in the order in which they were made, units in the order of their group. Only where groups feed
each other, or themselves, within a tick are units ordered one by one, as the topological generations of their connections.
A unit adds up its incoming connections in the order in which those were made. The sums of every engine start from this order.

Clamped units (input, bias) and lesioned ones have no step: nothing activates them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

from connectionist.model.connection import Connection, Weight
from connectionist.model.graph import Graph, find_loop, raise_for_loop, strongly_connected_groups, undelayed_graph
from connectionist.model.group import Group
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit


@dataclass(frozen=True, eq=False)
class Schedule:
    """What to compute, in which order.

    Attributes
    ----------
    steps : tuple of Unit or Group
        In forward order.
    copies : int array [weight row]
        How many intact connections carry each weight.
    tied : dict from Weight to int
        The weights that more than one intact connection carries, with their number.
    always_on : tuple of Unit
        The unit that is always 1.
    inputs, outputs : tuple of Unit
        Units of the input and of the output groups, group by group in the order in which the groups were made.
    initial : tuple of Unit
        In an unrolled network, the units that are clamped to what there was before tick 1.
    """

    steps: tuple[Unit | Group, ...]
    copies: npt.NDArray[np.intp]
    tied: dict[Weight, int]
    always_on: tuple[Unit, ...]
    inputs: tuple[Unit, ...]
    outputs: tuple[Unit, ...]
    initial: tuple[Unit, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every unit that is activated, in forward order."""
        return tuple(unit for step in self.steps for unit in intact_units(step))


def make_schedule(
    graph: Graph[Unit],
    groups: Sequence[Group],
    projections: Sequence[Projection],
    connections: Sequence[Connection],
    weight_count: int,
) -> Schedule:
    """Derive the schedule of a graph.

    Parameters
    ----------
    graph : networkx.DiGraph
    groups : sequence of Group
        All, with that of the unit that is always 1.
    projections : sequence of Projection
    connections : sequence of Connection
        The intact ones.
    weight_count : int
        How many rows the weights' state has.

    Raises
    ------
    LoopError
        When the connections without delay form a loop.
    """
    ordered = [step for knot in strongly_connected_groups(groups, projections) for step in _order(graph, knot)]
    copies, tied = _count_copies(connections, weight_count)
    return Schedule(
        steps=tuple(step for step in ordered if _is_activated(step)),
        copies=copies,
        tied=tied,
        always_on=_units_with(groups, "bias"),
        inputs=_units_with(groups, "input"),
        outputs=_units_with(groups, "output"),
        initial=_units_with(groups, "initial"),
    )


def _units_with(groups: Sequence[Group], role: str) -> tuple[Unit, ...]:
    return tuple(unit for group in groups if group.role == role for unit in group)


def intact_units(step: Unit | Group) -> tuple[Unit, ...]:
    """Return the units of a step that are not lesioned."""
    return tuple(unit for unit in (step if isinstance(step, Group) else (step,)) if not unit.lesioned)


def _order(graph: Graph[Unit], knot: list[Group]) -> list[Unit | Group]:
    if len(knot) == 1 and not any(connection.sender.group is knot[0] for unit in knot[0] for connection in unit.incoming):
        return [knot[0]] if knot[0].joint else list(knot[0])
    undelayed = undelayed_graph(graph, knot)
    place = {step: number for number, step in enumerate(undelayed)}
    raise_for_loop(find_loop(graph, knot))
    return [step for generation in nx.topological_generations(undelayed) for step in sorted(generation, key=place.__getitem__)]


def _count_copies(connections: Sequence[Connection], size: int) -> tuple[npt.NDArray[np.intp], dict[Weight, int]]:
    rows = np.fromiter((connection.weight.row for connection in connections), dtype=np.intp, count=len(connections))
    copies = np.bincount(rows, minlength=size)
    is_tied = copies > 1
    tied = {connection.weight: int(copies[connection.weight.row]) for connection in connections if is_tied[connection.weight.row]}
    return copies, tied


def _is_activated(step: Unit | Group) -> bool:
    group = step if isinstance(step, Group) else step.group
    return not group.clamped and bool(intact_units(step))
