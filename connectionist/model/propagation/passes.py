"""One case forward and backward through the objects, in the order of a schedule.

    forward:   clamp the input units · activate every step
    backward:  clear the unit derivatives · compare output units with targets · ask every step, last first, to backpropagate

A case of several ticks is one case of the unrolled network. Weight derivatives add up from one backward pass to the next until
`clear_derivatives`; `average_ties` then makes each tied weight's sum the mean over the connections tied to it. Where errors are carried
back through some ticks only, a case has several passes backward (`backward_passes`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectionist.model.time import unrolling

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.schedule import Schedule
    from connectionist.model.state import UnitState, WeightState
    from connectionist.model.unit import Unit


def run(stage: Network, inputs: Sequence[float], carried: unrolling.History | None = None) -> None:
    """Run one case forward, from the initial state or, if unrolled, from one that was carried over.

    Parameters
    ----------
    stage : Network
        One without delays, or an unrolled one.
    inputs : sequence of float
        One number for each unit of ``stage.schedule.inputs``.
    carried : list of (float, float), optional
        What `unrolling.end_state` returned.
    """
    begin(stage, inputs, carried)
    for step in stage.schedule.steps:
        step.activate()


def begin(stage: Network, inputs: Sequence[float], carried: unrolling.History | None = None) -> None:
    """Set the units from before tick 1, if there are any, and clamp the input units; the rest of `run` is to activate each step."""
    if stage.ticks is not None:
        unrolling.start(stage, carried)
    clamp(stage.schedule, inputs)


def forward(schedule: Schedule, inputs: Sequence[float]) -> None:
    """Clamp the input units to one number each, in the order of ``schedule.inputs``, and activate the rest."""
    clamp(schedule, inputs)
    for step in schedule.steps:
        step.activate()


def clamp(schedule: Schedule, inputs: Sequence[float]) -> None:
    """Set the input units to one number each, and the unit that is always on to 1."""
    for unit in schedule.always_on:
        unit.activation = 1.0
    for unit, activation in zip(schedule.inputs, inputs, strict=True):
        unit.activation = 0.0 if unit.lesioned else activation


def compare(schedule: Schedule, state: UnitState, targets: Sequence[float]) -> float:
    """Clear every unit's derivatives, compare the output units with one target each (NaN: none) and return E.

    A lesioned unit has no target.
    """
    clear_units(state)
    error = 0.0
    for unit, target in zip(schedule.outputs, targets, strict=True):
        error += unit.compare(math.nan if unit.lesioned else target)
    return error


def clear_units(state: UnitState) -> None:
    """Set every unit's derivatives to 0."""
    state.array("activation_derivative")[:] = 0.0
    state.array("net_derivative")[:] = 0.0


def backward(steps: Sequence[Unit | Group]) -> None:
    """Hand the error derivatives back from the output units, adding to every weight's derivative."""
    for step in reversed(steps):
        step.backpropagate()


def clear_derivatives(state: WeightState) -> None:
    """Set every weight's derivative to 0."""
    state.array("derivative")[:] = 0.0


def average_ties(schedule: Schedule, tie_derivative: str) -> None:
    """Divide the derivative of each tied weight by the number of connections tied to it, unless it is to be their sum."""
    if tie_derivative == "sum":
        return
    for weight, copies in schedule.tied.items():
        weight.derivative /= copies
