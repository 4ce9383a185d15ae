"""The connections and functions of a network for the kernel that settles it, kept until something that they depend on has changed."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.model.timing import INTEGRATED
from connectionist.utils.real_number import real_number
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.trajectory_arguments import SettlingWiring
from connectionist_plugins.engines.compiled.layout.functions import Addresses
from connectionist_plugins.engines.compiled.layout.trajectory import KnownWiring, TrajectoryLayout, integers

if TYPE_CHECKING:
    from connectionist.engines.settling_job import SettlingJob
    from connectionist.model.group import Group


def wiring_of(job: SettlingJob, layout: TrajectoryLayout, tick: int) -> KnownWiring:
    """Return the wiring with the functions of a tick. That of a network without temperatures is kept for the next settling."""
    assignments = job.network.state.assignments  # before the functions: another thread may assign one that is then not in the wiring
    if job.temperatures is not None:
        return _make_wiring(job, layout, job.functions_at(tick), assignments)
    known = layout.known.get(job.orders is None)
    if known is None or known.assignments != assignments or not known.is_unchanged():
        known = layout.known[job.orders is None] = _make_wiring(job, layout, {}, assignments)
    return known


def _make_wiring(job: SettlingJob, layout: TrajectoryLayout, at_tick: dict[Group, Any], assignments: int) -> KnownWiring:
    sizes, is_together, addresses = layout.sizes, job.orders is None, Addresses("float64")
    functions = [at_tick.get(group, group.activation_function) for group in layout.groups]
    read = {id(each): each for each in (*functions, *(group.output_function for group in layout.groups))}
    steps = [_functions_of(group, function, addresses) for group, function in zip(layout.groups, functions, strict=True)]
    if layout.outgoing_starts.size:  # no unit sends to another within a tick, so units with the same functions can be one step
        runs = [list(run) for _, run in groupby(zip(steps, sizes, strict=True), key=lambda pair: pair[0])]
        steps, sizes = [run[0][0] for run in runs], [sum(size for _, size in run) for run in runs]
    of_steps = list(zip(*steps, strict=True))
    initial, outputs = _initial_state(job, layout)
    wiring = SettlingWiring(
        integers([0, *np.cumsum(sizes)]),
        np.repeat(np.arange(len(sizes), dtype=np.int64), sizes),
        layout.connection_starts,
        layout.senders,
        layout.delays if is_together else np.zeros_like(layout.delays),  # one after another, units read the present row
        layout.outgoing_starts if is_together else np.zeros(0, np.int64),
        layout.outgoing_receivers,
        integers(of_steps[0]),
        integers(of_steps[1]),
        np.array(of_steps[2], np.uint8),
        integers(of_steps[3]),
        integers(of_steps[4]),
        np.array(of_steps[5], np.uint8),
        job.dt,
        np.array(of_steps[6], float),
        initial[: len(layout.rows.units)].copy(),
        job.timing.of_units("initial_net_input"),
        outputs,
    )
    return KnownWiring([], list(read.values()), addresses.snapshots, addresses.kept, assignments, packed(wiring, "float64"))


def _initial_state(job: SettlingJob, layout: TrajectoryLayout) -> tuple[Any, Any]:
    """Return the activations and the outputs of all units before tick 1, [column]."""
    initial = np.where(layout.is_lesioned, 0.0, job.timing.by_row("initial")[layout.all_rows])
    initial[layout.all_rows == job.network["bias"].rows.start] = 1.0
    outputs = initial.copy()
    for group in job.network.groups:
        if group.output_function is not None:
            columns = layout.columns_of[group]
            activations = initial[columns].tolist()
            known = {y: real_number(group.output_function.activation(y)) for y in set(activations)}  # many units have the same one
            outputs[columns] = [known[y] for y in activations]
    return initial, outputs


def _functions_of(group: Group, function: Any, addresses: Addresses) -> tuple[Any, ...]:
    """Return the fields of `SettlingWiring` of a step."""
    return (
        addresses.formula(function, "dynamic_activate" if group.dynamic else "activate"),
        addresses.parameters(function),
        group.dynamic,
        addresses.formula(group.output_function, "activate"),
        addresses.parameters(group.output_function),
        INTEGRATED.index(group.integrates),
        float(function.logistic_scale),
    )
