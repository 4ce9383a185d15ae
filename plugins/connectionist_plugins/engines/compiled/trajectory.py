"""Settling by the kernel: a network on a constant input until its activations stop changing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.settling_job import SettlingJob, Trajectory
from connectionist.model.perturbation import UNPERTURBED, Perturbation, has_noise, perturb_units
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist_plugins.engines.compiled.formulas.python_fallback import CollectedExceptions, raise_first
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.entries import settle as settle_kernel
from connectionist_plugins.engines.compiled.kernels.entries import settle_cases as settle_cases_kernel
from connectionist_plugins.engines.compiled.kernels.trajectory_arguments import SettlingResults, SettlingState, SettlingTicks
from connectionist_plugins.engines.compiled.layout.settling_wiring import wiring_of
from connectionist_plugins.engines.compiled.layout.trajectory import TrajectoryLayout, TrajectoryMemory

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

TICKS_AT_ONCE = 64  # of the first block; the memory of the states grows with the ticks
TICKS_WITHOUT_CRITERION = 1024  # the same, for a network that runs for all its ticks
NUMBERS_AT_ONCE = 2**22  # largest number of activations in one call of the kernel for many cases
NO_ROWS = np.zeros((0, 0))


def without_kernel(job: SettlingJob, layout: TrajectoryLayout) -> str:
    """Return the part of a network for which the kernel cannot settle it, as in "group 'a', softmax"; empty without one."""
    network, assignments = job.network, job.network.state.assignments
    if layout.obstacle[0] != assignments:
        layout.obstacle = assignments, _group_without_kernel(network)
    if layout.obstacle[1]:
        return f"settling {layout.obstacle[1]}"
    if not job.units:
        return f"settling {network.name!r}, which has no computed unit"
    return f"settling {network.name!r} with noise" if job.orders is None and has_noise(network, "testing") else ""


def _group_without_kernel(network: Network) -> str:
    for group in network.groups:
        if group.joint:
            return f"group {group.name!r} with {group.activation_function.name!r}"
        if group.input_function is not None:
            return f"group {group.name!r} with {group.input_function.name!r}"
    return ""


def settle(job: SettlingJob, layout: TrajectoryLayout) -> Trajectory:
    """Settle a network by the kernel."""
    memory = _memory_for(job, layout)
    trajectory = _run(job, layout, memory)
    job.network._engine_ran()
    layout.memories.append(memory)
    return trajectory


def settle_many(jobs: Sequence[SettlingJob], layout: TrajectoryLayout) -> list[Trajectory]:
    """Settle a network by the kernel with one case after the other, which differ in their inputs only."""
    job, network = jobs[0], jobs[0].network
    memory = _memory_for(job, layout)
    trajectories = _run_many(jobs, layout, memory)
    network._engine_ran()
    layout.memories.append(memory)
    return trajectories


def _memory_for(job: SettlingJob, layout: TrajectoryLayout) -> TrajectoryMemory:
    """Return the arrays of the kernel, with the clamps of a case, and write the clamps to the units."""
    network, state, clamps = job.network, job.network.state, job.case.clamps
    memory = layout.take_memory(network, state)
    if clamps or memory.has_clamps or state.is_perturbed:
        perturb_units(network, Perturbation(clamps) if clamps else UNPERTURBED)
        _set_clamps(network, layout, memory.state)
        memory.has_clamps = bool(clamps)
    return memory


def _set_clamps(network: Network, layout: TrajectoryLayout, state: SettlingState) -> None:
    """Set the clamps of computed units."""
    given = network.state.array("clamp")[layout.rows.units]  # without clamps in this case, NaN
    parts = np.split(given, np.cumsum(layout.sizes)[:-1])
    groups = zip(layout.groups, parts, strict=True)
    clamps = np.concatenate([group.clamping.values(part, group.activation_function) for group, part in groups])
    state.shares[:] = np.repeat([group.clamping.share for group in layout.groups], layout.sizes)
    state.clamps[:] = np.where(state.shares > 0.0, clamps, np.nan)
    state.external[:] = np.where(state.shares > 0.0, 0.0, np.nan_to_num(clamps))


def _run(job: SettlingJob, layout: TrajectoryLayout, memory: TrajectoryMemory) -> Trajectory:
    """Run block after block of ticks with one temperature, and return the states."""
    temperatures, earliest, known, temperature, table = job.temperatures, job.last_change_of_temperature, None, None, NO_ROWS
    state = memory.packed if job.orders is None else _with_orders(job, memory)
    with CollectedExceptions(memory.state.has_raised) as exceptions:
        for first, end in _blocks(job):
            now = None if temperatures is None else temperatures[first]
            if known is None or now != temperature:
                known, temperature = wiring_of(job, layout, first), now
            if end >= len(table):
                table = _with_rows(table, end, job)
            memory.run.set(SettlingTicks(job.case.inputs[None], table, first, end - first, job.criterion, earliest))
            ran, is_settled, change, net_input_change = settle_kernel("float64", layout.packed_rows, known.wiring, state, memory.run)
            if exceptions:
                raise_first(exceptions)
            done = first + ran
            if is_settled or ran < end - first or math.isnan(change) or math.isnan(net_input_change):
                break
    states = table[1 : done + 1]
    if 2 * done < len(table):
        states = states.copy()  # so that the rows without a tick are not kept
    return Trajectory(states, change, net_input_change, is_settled)


def _run_many(jobs: Sequence[SettlingJob], layout: TrajectoryLayout, memory: TrajectoryMemory) -> list[Trajectory]:
    """Run all cases, as many in a call of the kernel as one table of activations has rows for."""
    job, units, found = jobs[0], len(layout.rows.units), list[Trajectory]()
    state, inputs = memory.packed if job.orders is None else _with_orders(job, memory), np.array([each.case.inputs for each in jobs])
    known, most = wiring_of(job, layout, 0), NUMBERS_AT_ONCE // (units * (job.ticks + 1))
    while len(found) < len(jobs):
        left = inputs[len(found) :]
        rows = (job.ticks + 1) * min(most, len(left))
        with allocating(NUMBER_BYTES * rows * units, f"{job.network.name}: states of {units} units in {rows} ticks"):
            table = np.empty((rows, units))
        count, integers, numbers = len(left), np.zeros((2, len(left)), np.int64), np.zeros((2, len(left)))
        with CollectedExceptions(memory.state.has_raised) as exceptions:
            ticks = SettlingTicks(left, table, 0, job.ticks, job.criterion, 0)
            results = SettlingResults(*integers, *numbers)
            (count,) = settle_cases_kernel("float64", layout.packed_rows, known.wiring, state, ticks, results)
            raise_first(exceptions)
        ends = np.cumsum(integers[0, :count] + 1).tolist()
        if 2 * ends[-1] < rows:
            table = table[: ends[-1]].copy()  # so that the rows without a tick are not kept
        starts = [1, *(end + 1 for end in ends[:-1])]
        (changes, net_input_changes), settled = numbers[:, :count].tolist(), integers[1, :count].astype(bool).tolist()
        found += map(Trajectory, [table[start:end] for start, end in zip(starts, ends, strict=True)], changes, net_input_changes, settled)
    return found


def _with_orders(job: SettlingJob, memory: TrajectoryMemory) -> SettlingState:
    """Return the arrays of the kernel, with the orders of a job, as it takes them."""
    orders = np.ascontiguousarray(job.orders, np.int64)
    deviates = np.zeros((0, 0)) if job.deviates is None else job.deviates
    return packed(memory.state._replace(orders=orders, deviates=deviates), "float64")


def _with_rows(table: Array, ticks: int, job: SettlingJob) -> Array:
    """Return a table of activations with rows for some number of ticks, and for the state before tick 1, in place of a smaller one."""
    units, rows = len(job.units), max(ticks, min(2 * len(table), job.ticks)) + 1
    with allocating(NUMBER_BYTES * rows * units, f"{job.network.name}: states of {units} units in {ticks} ticks"):
        larger = np.empty((rows, units))
    if len(table):
        larger[: len(table)] = table
    return larger


def _blocks(job: SettlingJob) -> Iterable[tuple[int, int]]:
    """Return the first tick, from 0, and the end of each block. The temperature is the same in a block."""
    ticks, temperatures = job.ticks, job.temperatures
    size = TICKS_AT_ONCE if job.criterion > 0.0 else TICKS_WITHOUT_CRITERION
    if temperatures is None and ticks <= size:
        return ((0, ticks),)
    changes = [] if temperatures is None else (np.flatnonzero(np.diff(temperatures)) + 1).tolist()
    return _growing_blocks([*changes, ticks], size)


def _growing_blocks(limits: list[int], size: int) -> Iterator[tuple[int, int]]:
    """Yield the beginnings and ends of blocks that end at the limits; each block has at most twice as many ticks as the one before."""
    first = 0
    for limit in limits:
        while first < limit:
            end = min(limit, first + size)
            yield first, end
            first, size = end, 2 * size
