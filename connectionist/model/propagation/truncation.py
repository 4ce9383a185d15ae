"""The backward pass of a case, in full or truncated in time. `differentiate` runs it for every network, with or without ticks.

In full, a case has one backward pass. If errors are carried back through k ticks only, fewer than the case has, it has one backward pass
for the error of each tick. The pass for tick t stops k ticks before t (Williams & Peng 1990, Neural Computation 2, 490–501).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from connectionist.model.propagation import passes
from connectionist.model.schedule import intact_units, tick_of

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.state import UnitState
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


def differentiate(network: Network, targets: Sequence[float], error_weight: float = 1.0) -> float:
    """Run one case backward and return E, multiplied by a weight as all derivatives are.

    If the network is truncated, the units get the sums of their derivatives over the backward passes of all ticks.
    """
    schedule, state = network.schedule, network.state
    if not is_truncated(network):
        error = passes.compare(schedule, state, targets, error_weight)
        passes.backward(schedule.steps)
        return error
    error = 0.0
    sums = DerivativeSums(state)
    for backward_pass in backward_passes(network, targets):
        error += passes.compare(schedule, state, backward_pass.targets, error_weight, backward_pass.tick)
        passes.backward(backward_pass.steps)
        drop_truncated(network, backward_pass)
        sums.add()
    write_sums(network, targets, sums)
    return error


def is_truncated(network: Network) -> bool:
    """Whether errors are carried back through fewer ticks than the network has, so that each tick has its own backward pass."""
    return network.ticks is not None and network.ticks_back is not None and network.ticks_back < network.ticks


@dataclass(frozen=True)
class BackwardPass:
    """One backward pass: the targets of the output units, and the steps that the error reaches, in forward order.

    Attributes
    ----------
    tick : int or None
        Tick of the error; None for the errors of all ticks, or without ticks.
    """

    tick: int | None
    targets: Sequence[float]
    steps: Sequence[Unit | Group]


def backward_passes(network: Network, targets: Sequence[float]) -> Iterator[BackwardPass]:
    """Yield the backward passes of a case: one, or one per tick if the network is truncated."""
    schedule, ticks_back = network.schedule, network.ticks_back
    if not is_truncated(network) or ticks_back is None or network.ticks is None:
        yield BackwardPass(None, targets, schedule.steps)
        return
    for tick in range(1, network.ticks + 1):
        tick_targets = [target if unit.group.tick == tick else math.nan for unit, target in zip(schedule.outputs, targets, strict=True)]
        reached_ticks = range(tick - ticks_back + 1, tick + 1)
        yield BackwardPass(tick, tick_targets, [step for step in schedule.steps if tick_of(step) in reached_ticks])


class DerivativeSums:
    """Sums of the derivatives of the units over several backward passes.

    Attributes
    ----------
    arrays : list of array [unit]
        ``activation_derivative`` and ``net_derivative`` of the state.
    totals : list of array [unit]
        Sums of the two over the added passes.
    """

    def __init__(self, state: UnitState) -> None:
        self.arrays = [state.array(quantity) for quantity in ("activation_derivative", "net_derivative")]
        self.totals = [np.zeros_like(array) for array in self.arrays]

    def add(self) -> None:
        """Add the derivatives in the state."""
        self.totals = [total + array for total, array in zip(self.totals, self.arrays, strict=True)]


def write_sums(network: Network, targets: Sequence[float], sums: DerivativeSums) -> None:
    """Set the derivatives of the units to the sums over all passes, and their targets to those of all ticks."""
    for total, array in zip(sums.totals, sums.arrays, strict=True):
        array[:] = total
    for unit, target in zip(network.schedule.outputs, targets, strict=True):
        unit.target = math.nan if unit.lesioned or unit.is_clamped else target


def replay_passes(network: Network) -> list[tuple[int | None, Sequence[Unit | Group], Array, Array]]:
    """Return the derivatives of the units after each backward pass of the present case.

    After a single pass, they are in the state. A truncated network has only their sums there, so the passes are repeated from the present
    activations and targets, and the state is restored.

    Returns
    -------
    list of (tick, steps, activation_derivative [unit], net_derivative [unit])
    """
    state = network.state
    arrays = DerivativeSums(state).arrays
    if not is_truncated(network):
        return [(None, network.schedule.steps, arrays[0], arrays[1])]
    targets = state.array("target")
    saved = [(array, array.copy()) for array in (*arrays, targets, network.weight_state.array("derivative"))]
    replayed = []
    try:
        for backward_pass in backward_passes(network, [unit.target for unit in network.schedule.outputs]):
            passes.compare(network.schedule, state, backward_pass.targets, state.error_weight, backward_pass.tick)
            passes.backward(backward_pass.steps)
            drop_truncated(network, backward_pass)
            replayed.append((backward_pass.tick, backward_pass.steps, arrays[0].copy(), arrays[1].copy()))
    finally:
        for array, before in saved:
            array[:] = before
    return replayed


def drop_truncated(network: Network, backward_pass: BackwardPass) -> None:
    """Set to 0 the ∂E/∂x that integrating units passed back beyond the earliest tick of a truncated pass.

    No weight learns from it.
    """
    if backward_pass.tick is None or network.ticks_back is None:
        return
    for step in network.schedule.steps:
        if tick_of(step) == backward_pass.tick - network.ticks_back:
            for unit in intact_units(step):
                unit.net_derivative = 0.0
