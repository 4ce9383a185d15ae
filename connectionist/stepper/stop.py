"""The stops of a walk through one case: what has just been done, in plain words with the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from connectionist.model.group import Group
from connectionist.model.schedule import intact_units
from connectionist.model.unit import Unit
from connectionist.plugins.rules import LocalRule

if TYPE_CHECKING:
    from connectionist.engines.weight_updates import WeightUpdate
    from connectionist.model.connection import Connection, Weight

MOST_SHOWN = 12

Step = Unit | Group


@dataclass(frozen=True)
class Stop:
    """Where a walk through a case has come to.

    Attributes
    ----------
    phase : {"clamp", "forward", "compare", "backward", "change"}
    text : str
        What has just been done, in plain words with the numbers: a line for each unit or weight.
    units : tuple of Unit
        Those that have just been clamped, activated, compared or asked to hand back; of a network in time the copies.
    weights : tuple of Weight
        Those whose derivative has just been added to, or that were changed.
    tick : int or None
        Of the units; None where there are no ticks, or several.
    """

    phase: str
    text: str
    units: tuple[Unit, ...] = ()
    weights: tuple[Weight, ...] = ()
    tick: int | None = None

    def __str__(self) -> str:
        return f"{self.phase}: {self.text}"


def portions(steps: Sequence[Step], by: str) -> list[list[Step]]:
    """Return steps in forward order, cut up at each stop. No step needs one of a later tick, so ticks can be had one after the other."""
    if by == "unit":
        return [[one] for one in steps]
    if by == "group":
        return [list(some) for _, some in groupby(steps, key=group_of)]
    return [list(some) for _, some in groupby(sorted(steps, key=lambda one: tick_of(one) or 0), key=tick_of)]


def stop_at(phase: str, steps: Sequence[Step], say: Callable[[Unit], str], more: str = "") -> Stop:
    """Return the stop after some steps: a line for each of their units."""
    units = tuple(unit for one in steps for unit in intact_units(one))
    ticks = {tick_of(one) for one in steps}
    weights = tuple(dict.fromkeys(c.weight for unit in units for c in unit.incoming)) if phase == "backward" else ()
    return Stop(phase, "\n".join(say(unit) + more for unit in units), units, weights, ticks.pop() if len(ticks) == 1 else None)


def activated(unit: Unit) -> str:
    """Say what a unit answers."""
    return f"{unit.name}: net input {unit.net_input:.6g}, activation {unit.activation:.6g}"


def compared(unit: Unit, error: float) -> str:
    """Say how an output unit compares with its target."""
    if math.isnan(unit.target):
        return f"{unit.name}: activation {unit.activation:.6g}, no target"
    derivative = unit.activation_derivative
    return f"{unit.name}: activation {unit.activation:.6g}, target {unit.target:.6g}, share of E {error:.6g}, ∂E/∂y {derivative:.6g}"


def handed_back(unit: Unit) -> str:
    """Say what a unit makes of its error derivative."""
    added = f"added to the derivatives of {len(unit.incoming)} weights" if unit.incoming else "nothing comes in to hand it to"
    return f"{unit.name}: ∂E/∂y {unit.activation_derivative:.6g}, ∂E/∂x {unit.net_derivative:.6g}, {added}"


def changed(learner: WeightUpdate, carrier: Connection) -> str:
    """Say how a weight was changed."""
    before, derivative, _ = learner.before
    weight, what = learner.weight, "signal" if isinstance(learner.rule, LocalRule) else "derivative"
    return f"{carrier.name}: {what} {derivative:.6g}, weight {before:.6g}, change {weight.change:.6g}, weight now {weight.value:.6g}"


def shortened(texts: Iterable[str]) -> str:
    """Return texts in a line, of many the first."""
    shown = list(texts)
    more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
    return ", ".join(shown[:MOST_SHOWN]) + more


def group_of(one: Step) -> Group:
    """Return the group of a step."""
    return one if isinstance(one, Group) else one.group


def tick_of(one: Step) -> int | None:
    """Return the tick of a step; None where there are none."""
    return group_of(one).tick
