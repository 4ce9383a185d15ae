"""Settling through the unit and connection objects: the specification of every engine.

Computed synchronously, a tick is one of `Network.step_forward`. Otherwise each unit of the network itself is computed from the present
activations of its senders.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.settling_job import SettlingJob, Trajectory
from connectionist.model.perturbation import Perturbation, logistic_scale_of, perturb_units
from connectionist.model.propagation import passes
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.real_number import real_number

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


def settle_objects(job: SettlingJob) -> Trajectory:
    """Settle a network object by object; see `Engine.settle`."""
    network, units = job.network, job.units
    integrated = np.array([unit.group.integrates == "net_input" for unit in units], dtype=bool)
    if job.orders is not None:
        _begin(network, job)
    before = np.array([unit.group.initial[unit.index] for unit in units])
    net_inputs = np.array([unit.group.initial_net_input[unit.index] for unit in units])
    states = StateTable(job)
    calm = _Calm(job)
    for tick in range(job.ticks):
        with _temperature(job, tick):
            if job.orders is None:
                network.step_forward(job.case, restart=tick == 0)  # type: ignore[arg-type]
                calm_units = None
            else:
                deviates = None if job.deviates is None else job.deviates[tick].tolist()
                calm_units = calm.update_all(job.orders[tick].tolist(), deviates)
        now, net_inputs_now = np.array([unit.activation for unit in units]), np.array([unit.net_input for unit in units])
        net_input_change = float(_changes(net_inputs_now, net_inputs, job.dt)[integrated].max(initial=0.0))
        states.set(tick, now)
        is_calm = bool((_changes(now, before, job.dt) < job.criterion).all()) if calm_units is None else calm_units
        has_ended = not (np.isfinite(now).all() and np.isfinite(net_inputs_now[integrated]).all())
        is_settled = not has_ended and calm.is_settled(tick, is_calm, net_input_change)
        if is_settled or has_ended or tick == job.ticks - 1:
            break
        before, net_inputs = now, net_inputs_now
    network._engine_ran()
    change = float(_changes(now, before, job.dt).max(initial=0.0))
    return Trajectory(states.table[: tick + 1].copy(), change, net_input_change, is_settled)


def _changes(now: Array, before: Array, dt: Array) -> Array:
    """Return the change of each unit, divided by dt; infinite if it is too large for a number."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.abs(now - before) / dt


def _begin(network: Network, job: SettlingJob) -> None:
    """Set the units to the state before tick 1, and clamp them."""
    perturb_units(network, Perturbation(job.case.clamps))
    passes.clamp(network.schedule, job.case.inputs.tolist())
    for unit in job.units:
        unit.activation = float(unit.group.initial[unit.index])
        unit.net_input = float(unit.group.initial_net_input[unit.index])


def compute(unit: Unit, deviate: float) -> None:
    """Compute a unit of a network in time from the present activations of its senders, and its own; a deviate is added to its net input."""
    group, previous, net_input = unit.group, unit.activation, unit.net_input
    dt = float(group.dt[unit.index])
    unit.compute_net_input()
    unit.net_input += deviate
    if group.integrates == "net_input":
        unit.net_input = dt * unit.net_input + (1.0 - dt) * net_input
    arguments = (unit.net_input, previous) if group.dynamic else (unit.net_input,)
    activation = real_number(group.activation_function.activation(*arguments))
    unit.activation = dt * activation + (1.0 - dt) * previous if group.integrates == "activation" else activation
    unit.perturb()


@contextmanager
def _temperature(job: SettlingJob, tick: int) -> Iterator[None]:
    """Give the groups the activation functions of a tick in the context."""
    functions = job.functions_at(tick)
    before = {group: group.activation_function for group in functions}
    try:
        for group, function in functions.items():
            group.activation_function = function
        yield
    finally:
        for group, function in before.items():
            group.activation_function = function


class _Calm:
    """Finds the first tick at which a network has settled."""

    def __init__(self, job: SettlingJob) -> None:
        self.job = job
        self.length = 0
        self.steps = job.calm_ticks if job.orders is None else 1
        self.earliest = job.last_change_of_temperature
        self.since_change: set[int] = set()  # positions of the units computed since the last large change

    def update_all(self, positions: list[int], deviates: list[float] | None) -> bool:
        """Compute units one after another. Return whether every unit was computed since the last large change."""
        job = self.job
        for update, position in enumerate(positions):
            unit = job.units[position]
            before = unit.activation
            compute(unit, 0.0 if deviates is None else logistic_scale_of(unit.group) * deviates[update])
            if not abs(unit.activation - before) / job.dt[position] < job.criterion:
                self.since_change.clear()
            self.since_change.add(position)
        return len(self.since_change) == len(job.units)

    def is_settled(self, tick: int, is_calm: bool, net_input_change: float) -> bool:
        """Return whether the network has settled at a tick, counted from 0, whose changes were small or not."""
        self.length = self.length + 1 if is_calm and tick > 0 else 0
        return self.length >= self.steps and net_input_change < self.job.criterion and tick >= self.earliest


class StateTable:
    """States tick by tick, in an array that grows with the ticks.

    Parameters
    ----------
    job : SettlingJob

    Attributes
    ----------
    table : array [row, unit]
    """

    def __init__(self, job: SettlingJob) -> None:
        self.job = job
        self.table = np.zeros((0, len(job.units)))

    def set(self, tick: int, state: Array) -> None:
        """Set the state of a tick, from 0.

        Raises
        ------
        MemoryLimitError
            If the rows would not fit in memory.
        """
        rows, units = len(self.table), len(self.job.units)
        if tick >= rows:
            rows = max(tick + 1, min(2 * rows, self.job.ticks))
            with allocating(NUMBER_BYTES * rows * units, f"{self.job.network.name}: states of {units} units in {tick + 1} ticks"):
                table = np.empty((rows, units))
                table[: len(self.table)] = self.table
                self.table = table
        self.table[tick] = state
