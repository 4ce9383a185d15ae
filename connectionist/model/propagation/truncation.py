"""The way back of a case: one pass backward or, where errors are carried through fewer ticks than there are, one for each tick's error."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from connectionist.model.group import Group
from connectionist.model.propagation import passes
from connectionist.model.schedule import intact_units

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.model.state import UnitState
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


def differentiate(stage: Network, targets: Sequence[float]) -> float:
    """Run one case backward, from as far back as errors are carried in that network, and return E.

    Where each tick's error has a way back of its own, units are left with the sums of their derivatives over all of these.
    """
    schedule, state = stage.schedule, stage.state
    if not is_truncated(stage):
        error = passes.compare(schedule, state, targets)
        passes.backward(schedule.steps)
        return error
    error = 0.0
    sums = DerivativeSums(state)
    for way in backward_passes(stage, targets):
        error += passes.compare(schedule, state, way.targets)
        passes.backward(way.steps)
        drop_truncated(stage, way)
        sums.add()
    write_sums(stage, targets, sums)
    return error


def is_truncated(stage: Network) -> bool:
    """Whether errors are carried through fewer ticks than there are, so that each tick's error has a way back of its own."""
    return stage.ticks is not None and stage.ticks_back is not None and stage.ticks_back < stage.ticks


@dataclass(frozen=True)
class BackwardPass:
    """One pass backward: what the output units are compared with, and the steps that the error reaches, in forward order.

    Attributes
    ----------
    tick : int or None
        Whose error it is; None for that of all ticks, or of a network without.
    """

    tick: int | None
    targets: Sequence[float]
    steps: Sequence[Unit | Group]


def backward_passes(stage: Network, targets: Sequence[float]) -> Iterator[BackwardPass]:
    """Yield the passes backward that a case makes: one, or one for each tick."""
    schedule, back = stage.schedule, stage.ticks_back
    if not is_truncated(stage) or back is None or stage.ticks is None:
        yield BackwardPass(None, targets, schedule.steps)
        return
    for tick in range(1, stage.ticks + 1):
        here = [target if unit.group.tick == tick else math.nan for unit, target in zip(schedule.outputs, targets, strict=True)]
        yield BackwardPass(tick, here, [step for step in schedule.steps if tick - back < tick_of(step) <= tick])


class DerivativeSums:
    """The sums of the units' derivatives over several passes backward.

    Attributes
    ----------
    arrays : list of array [unit]
        ``activation_derivative`` and ``net_derivative``, as the state has them now.
    totals : list of array [unit]
        Their sums over the passes that were added.
    """

    def __init__(self, state: UnitState) -> None:
        self.arrays = [state.array(quantity) for quantity in ("activation_derivative", "net_derivative")]
        self.totals = [np.zeros_like(array) for array in self.arrays]

    def add(self) -> None:
        """Add what the state has now."""
        self.totals = [total + array for total, array in zip(self.totals, self.arrays, strict=True)]


def write_sums(stage: Network, targets: Sequence[float], sums: DerivativeSums) -> None:
    """Leave the sums over all passes with the units, and the targets of all ticks."""
    for total, array in zip(sums.totals, sums.arrays, strict=True):
        array[:] = total
    for unit, target in zip(stage.schedule.outputs, targets, strict=True):
        unit.target = math.nan if unit.lesioned else target


def replay_passes(stage: Network) -> list[tuple[int | None, Sequence[Unit | Group], Array, Array]]:
    """Return what each pass backward of the present case left with the units.

    Where there was one pass, the state has it. Where each tick's error had a pass of its own, the state has their sums, and the passes are
    made once more, from the activations and targets that are there; afterwards the state is as it was.

    Returns
    -------
    list of (tick, steps, activation_derivative [unit], net_derivative [unit])
    """
    state = stage.state
    arrays = DerivativeSums(state).arrays
    if not is_truncated(stage):
        return [(None, stage.schedule.steps, arrays[0], arrays[1])]
    targets = state.array("target")
    kept = [(array, array.copy()) for array in (*arrays, targets, stage.weight_state.array("derivative"))]
    found = []
    try:
        for way in backward_passes(stage, [unit.target for unit in stage.schedule.outputs]):
            passes.compare(stage.schedule, state, way.targets)
            passes.backward(way.steps)
            drop_truncated(stage, way)
            found.append((way.tick, way.steps, arrays[0].copy(), arrays[1].copy()))
    finally:
        for array, before in kept:
            array[:] = before
    return found


def drop_truncated(stage: Network, way: BackwardPass) -> None:
    """Forget the ∂E/∂x that units which integrate have handed on to the tick below those gone back through: no weight learns from it."""
    if way.tick is None or stage.ticks_back is None:
        return
    for step in stage.schedule.steps:
        if tick_of(step) == way.tick - stage.ticks_back:
            for unit in intact_units(step):
                unit.net_derivative = 0.0


def tick_of(step: Unit | Group) -> int:
    """Return the tick of a step of an unrolled network."""
    tick = step.tick if isinstance(step, Group) else step.group.tick
    assert tick is not None
    return tick
