"""One case forward and backward through the objects, in the order of a schedule.

    forward:   clamp the input units · activate every step
    backward:  clear the unit derivatives · compare output units with targets · ask every step, last first, to backpropagate

A case of several ticks is one case of the unrolled network. Weight derivatives add up from one backward pass to the next until
`clear_derivatives`; `average_ties` then makes each tied weight's sum the mean over the connections tied to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from connectionist import unrolling
from connectionist.group import Group
from connectionist.schedule import intact_units

if TYPE_CHECKING:
    from connectionist.schedule import Schedule
    from connectionist.staging import Staged
    from connectionist.state import UnitState, WeightState
    from connectionist.unit import Unit


def run(stage: Staged, inputs: Sequence[float], carried: unrolling.History | None = None) -> None:
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
    if stage.ticks is not None:
        unrolling.start(stage, carried)
    forward(stage.schedule, inputs)


def differentiate(stage: Staged, targets: Sequence[float]) -> float:
    """Run one case backward, from as far back as errors are carried in that network, and return E.

    Where each tick's error has a way back of its own, units are left with the sums of their derivatives over all of these.
    """
    schedule, state = stage.schedule, stage.state
    if stage.ticks is None or stage.ticks_back is None or stage.ticks_back >= stage.ticks:
        error = compare(schedule, state, targets)
        backward(schedule.steps)
        return error
    error = 0.0
    derivatives = [state.array(quantity) for quantity in ("activation_derivative", "net_derivative")]
    sums = [np.zeros_like(array) for array in derivatives]
    for tick in range(1, stage.ticks + 1):
        here = [target if unit.group.tick == tick else math.nan for unit, target in zip(schedule.outputs, targets, strict=True)]
        error += compare(schedule, state, here)
        backward([step for step in schedule.steps if tick - stage.ticks_back < tick_of(step) <= tick])
        _drop_handed_on(schedule, tick - stage.ticks_back)
        sums = [total + array for total, array in zip(sums, derivatives, strict=True)]
    for total, array in zip(sums, derivatives, strict=True):
        array[:] = total
    for unit, target in zip(schedule.outputs, targets, strict=True):
        unit.target = math.nan if unit.lesioned else target
    return error


def _drop_handed_on(schedule: Schedule, tick: int) -> None:
    """Forget the ∂E/∂x that units which integrate have handed on to the tick below those gone back through: no weight learns from it."""
    for step in schedule.steps:
        if tick_of(step) == tick:
            for unit in intact_units(step):
                unit.net_derivative = 0.0


def tick_of(step: Unit | Group) -> int:
    """Return the tick of a step of an unrolled network."""
    tick = step.tick if isinstance(step, Group) else step.group.tick
    assert tick is not None
    return tick


def forward(schedule: Schedule, inputs: Sequence[float]) -> None:
    """Clamp the input units to one number each, in the order of ``schedule.inputs``, and activate the rest."""
    for unit in schedule.always_on:
        unit.activation = 1.0
    for unit, activation in zip(schedule.inputs, inputs, strict=True):
        unit.activation = 0.0 if unit.lesioned else activation
    for step in schedule.steps:
        step.activate()


def compare(schedule: Schedule, state: UnitState, targets: Sequence[float]) -> float:
    """Clear every unit's derivatives, compare the output units with one target each (NaN: none) and return E.

    A lesioned unit has no target.
    """
    state.array("activation_derivative")[:] = 0.0
    state.array("net_derivative")[:] = 0.0
    error = 0.0
    for unit, target in zip(schedule.outputs, targets, strict=True):
        error += unit.compare(math.nan if unit.lesioned else target)
    return error


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
