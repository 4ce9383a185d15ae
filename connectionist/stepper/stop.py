"""The stops of a walk through one case, and their texts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from connectionist.model.group import Group
from connectionist.model.schedule import group_of, intact_units, tick_of
from connectionist.model.unit import Unit
from connectionist.plugins.rules import LocalRule
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    from connectionist.engines.weight_updates import WeightUpdate
    from connectionist.model.connection import Connection, Weight

MAX_LISTED = 12

Step = Unit | Group


@with_assignment_errors
@dataclass(frozen=True)
class Stop(KnownAttributes):
    """A stop of a walk through one case.

    Attributes
    ----------
    phase : {"clamp", "forward", "compare", "backward", "change"}
        Part of the case that has just been computed.
    text : str
        Description with numbers, one line per unit or weight.
    units : tuple of Unit
        Units that have just been clamped, activated, compared with their targets, or backpropagated. In a network that runs in time they
        are copies at one tick.
    weights : tuple of Weight
        Weights whose derivative has just been increased, or that have just been changed.
    tick : int or None
        Tick of the units, from 1; None without ticks, or if the units are of several ticks.
    """

    phase: str
    text: str
    units: tuple[Unit, ...] = ()
    weights: tuple[Weight, ...] = ()
    tick: int | None = None

    def __str__(self) -> str:
        return f"{self.phase}: {self.text}"


def split_at_stops(steps: Sequence[Step], by: str) -> list[list[Step]]:
    """Return the steps of a forward pass, divided at the stops.

    Steps can be reordered by tick, since no step depends on one of a later tick.

    Parameters
    ----------
    steps : sequence of Unit or Group
        In the order of computation.
    by : {"unit", "group", "tick"}

    Returns
    -------
    list of list of Unit or Group
    """
    if by == "unit":
        return [[step] for step in steps]
    if by == "group":
        return [list(same) for _, same in groupby(steps, key=group_of)]
    return [list(same) for _, same in groupby(sorted(steps, key=lambda step: tick_of(step) or 0), key=tick_of)]


def stop_after(phase: str, steps: Sequence[Step], describe: Callable[[Unit], str], suffix: str = "") -> Stop:
    """Return the stop after some steps. Its text has one line per unit, made by `describe` and followed by `suffix`."""
    units = tuple(unit for step in steps for unit in intact_units(step))
    ticks = {tick_of(step) for step in steps}
    weights = tuple(dict.fromkeys(c.weight for unit in units for c in unit.incoming)) if phase == "backward" else ()
    return Stop(phase, "\n".join(describe(unit) + suffix for unit in units), units, weights, ticks.pop() if len(ticks) == 1 else None)


def describe_activation(unit: Unit) -> str:
    """Describe the result of `Unit.activate`."""
    return f"{unit.name}: net input {unit.net_input:.6g}, activation {unit.activation:.6g}"


def describe_comparison(unit: Unit, error: float) -> str:
    """Describe the comparison of an output unit with its target, given its share of E."""
    if math.isnan(unit.target):
        return f"{unit.name}: activation {unit.activation:.6g}, no target"
    derivative = unit.activation_derivative
    return f"{unit.name}: activation {unit.activation:.6g}, target {unit.target:.6g}, share of E {error:.6g}, ∂E/∂y {derivative:.6g}"


def describe_backpropagation(unit: Unit) -> str:
    """Describe the result of `Unit.backpropagate`."""
    added = f"added to the derivatives of {describe_count(len(unit.incoming), 'weight')}" if unit.incoming else "no incoming connections"
    return f"{unit.name}: ∂E/∂y {unit.activation_derivative:.6g}, ∂E/∂x {unit.net_derivative:.6g}, {added}"


def describe_change(update: WeightUpdate, connection: Connection) -> str:
    """Describe the last change of a weight. `connection` carries the weight and names it."""
    before, derivative, _ = update.last_inputs
    weight, what = update.weight, "signal" if isinstance(update.rule, LocalRule) else "derivative"
    return f"{connection.name}: {what} {derivative:.6g}, weight {before:.6g}, change {weight.change:.6g}, weight now {weight.value:.6g}"


def join_first(texts: Iterable[str]) -> str:
    """Return texts joined by commas: at most `MAX_LISTED`, and the number of the others."""
    listed = list(texts)
    more = f" and {len(listed) - MAX_LISTED} more" if len(listed) > MAX_LISTED else ""
    return ", ".join(listed[:MAX_LISTED]) + more
