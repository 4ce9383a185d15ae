"""A network's schedule as arrays for the kernels.

It changes only with the graph, and is cached in the schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.model.connection_table import ConnectionTable
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.schedule import Schedule, intact_units
from connectionist.model.time.unrolling import longest_delay
from connectionist.model.unit import Unit
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernel_compiler.types import Flags, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import WiringArguments
from connectionist_plugins.engines.compiled.layout.dense_blocks import DenseBlock, SenderRun, find_blocks, may_be_dense
from connectionist_plugins.engines.compiled.layout.rows import RowLayout
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES, LAST_CASE_ONLY, PREFETCH_DISTANCE

if TYPE_CHECKING:
    from connectionist_plugins.engines.compiled.layout.functions import KnownFunctions

Steps = list[tuple[Unit, ...]]


@dataclass
class Program:
    """A network's schedule in a row layout.

    Attributes
    ----------
    wiring : WiringArguments
    layout : RowLayout
    ticks_before : int
        Number of past ticks on which the network depends.
    step_groups : list of Group
        Group of each step.
    units : list of Unit
        Unit at each position of the forward order.
    run_groups : list of Group
        Group of each run of output units.
    output_groups : list of (Group, int)
        Output groups, each with the index of its first output unit.
    receives : list of bool
        Whether error derivatives come back to units of each step through their outgoing connections.
    groups : list of (Group, int array [unit], bool array [unit])
        All groups, with the row of each unit, and whether it is intact.
    most_units : int
        Number of units of the largest step or output group.
    most_connections : int
        Number of connections of the unit that has most of those with an input function.
    is_activated : bool array [row]
        Whether the row is that of a unit that is activated.
    clamped_rows : int array [unit]
        Rows of the intact units that are clamped to the state before tick 1, in an unrolled network.
    lesioned_outputs : list of int
        Indices of the lesioned output units.
    output_state_rows : int array [output unit]
        Row of each output unit in the network's state.
    known : dict of precision to KnownFunctions
    rows_by_tick : tuple of int and two arrays, or None
        The last number of ticks, with its rows of inputs and targets: see `CaseBuffers`.
    """

    wiring: WiringArguments
    layout: RowLayout
    ticks_before: int
    step_groups: list[Group]
    units: list[Unit]
    run_groups: list[Group]
    output_groups: list[tuple[Group, int]]
    receives: list[bool]
    groups: list[tuple[Group, Integers, npt.NDArray[np.bool_]]]
    most_units: int
    most_connections: int
    is_activated: npt.NDArray[np.bool_]
    clamped_rows: Integers
    lesioned_outputs: list[int]
    output_state_rows: Integers
    known: dict[Precision, KnownFunctions] = field(default_factory=dict)
    rows_by_tick: tuple[int, Integers, Integers] | None = None

    @cached_property
    def idle_units(self) -> Integers:
        """Rows in the network's state of the units that are not activated: inputs, the unit that is always 1, lesioned units."""
        return np.flatnonzero(~self.is_activated[self.layout.rows])

    @cached_property
    def packed_wiring(self) -> WiringArguments:
        """The wiring as kernels take it."""
        return packed(self.wiring, "float64")  # it has no numbers in the engine's precision


def program_of(network: Network, spacing: int = 1) -> Program:
    """Return a network's program, which is cached until its schedule changes.

    Parameters
    ----------
    network : Network
    spacing : int
        Spacing of the `RowLayout`.
    """
    schedule = network.schedule
    programs: dict[int, Program] = schedule.derived.setdefault(Program, {})  # by spacing
    if spacing not in programs:
        programs[spacing] = _make_program(network, schedule, spacing)
    return programs[spacing]


def _make_program(network: Network, schedule: Schedule, spacing: int) -> Program:
    steps = merged_steps(schedule)
    layout = RowLayout.of(network, steps, spacing)
    runs = _output_runs(schedule.outputs, layout)
    clamped_groups = [group for group in (network["bias"], *network.groups) if group.clamped]
    output_groups = [group for group in network.groups if group.role == "output"]
    wiring = _make_wiring(schedule, steps, layout, runs, clamped_groups)
    is_activated = np.zeros(layout.size, bool)
    is_activated[wiring.unit_rows] = True
    return Program(
        wiring=wiring,
        layout=layout,
        ticks_before=longest_delay(network),
        step_groups=[step[0].group for step in steps],
        units=[unit for step in steps for unit in step],
        run_groups=[schedule.outputs[first].group for first, _ in runs],
        output_groups=list(zip(output_groups, _offsets(map(len, output_groups)).tolist(), strict=False)),
        receives=[any(unit.has_receivers for unit in step) for step in steps],
        groups=[(group, layout.rows_of(group.units), np.array([not unit.lesioned for unit in group])) for group in network.groups],
        most_units=max([0, *map(len, steps), *map(len, output_groups)]),
        most_connections=max((len(unit.incoming) for step in steps if not _has_sums(step) for unit in step), default=0),
        is_activated=is_activated,
        clamped_rows=layout.rows_of([unit for unit in schedule.initial if not unit.lesioned]),
        lesioned_outputs=[index for index, unit in enumerate(schedule.outputs) if unit.lesioned],
        output_state_rows=_integers(unit.row for unit in schedule.outputs),
    )


def with_clamped_derivatives(wiring: WiringArguments) -> WiringArguments:
    """Return a wiring in which error derivatives propagate to clamped units in every case, not only in the last one."""

    def replaced(flags: Flags) -> Flags:
        return np.where(flags == LAST_CASE_ONLY, BACKPROPAGATES, flags).astype(np.uint8)

    flags = replaced(wiring.connection_flags)
    return wiring._replace(
        connection_flags=flags,
        propagates=_propagates(flags, wiring.connection_starts[wiring.step_starts]),
        matrix_flags=replaced(wiring.matrix_flags),
        outgoing_starts=np.zeros(0, np.int64),
    )


def _propagates(flags: Flags, starts: Integers) -> Flags:
    """Return `WiringArguments.propagates`, given the first connection of each step, and the end."""
    return np.array([(flags[first:end] == BACKPROPAGATES).any() for first, end in pairwise(starts.tolist())], np.uint8)


def merged_steps(schedule: Schedule) -> Steps:
    """Return the steps. Successive ones of one group are merged if their units have successive rows and do not send to each other."""
    merged: list[list[Unit]] = []
    senders = _last_senders_before(schedule.connections)
    for step in map(intact_units, schedule.steps):
        if merged and not step[0].group.joint and _can_join(merged[-1], step[0], senders):
            merged[-1] += step
        else:
            merged.append(list(step))
    return [tuple(step) for step in merged]


def _last_senders_before(connections: ConnectionTable) -> Integers:
    """Return for each row of a unit the greatest row before it that sends to it without delay; −1 for none."""
    chosen = (connections.delays == 0) & (connections.senders < connections.receivers)
    last: Integers = np.full(connections.receivers.max(initial=-1) + 1, -1, np.int64)
    np.maximum.at(last, connections.receivers[chosen], connections.senders[chosen])
    return last


def _can_join(units: list[Unit], unit: Unit, senders: Integers) -> bool:
    if unit.group is not units[-1].group or unit.row != units[-1].row + 1:
        return False
    return unit.row >= len(senders) or bool(senders[unit.row] < units[0].row)


def _output_runs(outputs: Sequence[Unit], layout: RowLayout) -> list[tuple[int, int]]:
    """Return the runs of output units: index of the first one, and number of units."""
    rows = layout.rows_of(outputs)
    starts = [
        index
        for index, unit in enumerate(outputs)
        if index == 0 or unit.group is not outputs[index - 1].group or rows[index] != rows[index - 1] + 1
    ]
    return [(first, end - first) for first, end in pairwise([*starts, len(outputs)])]


def runs_of(rows: Integers) -> list[tuple[int, int]]:
    """Return the runs of successive rows: the first row, and the number of rows."""
    bounds = [0, *(np.flatnonzero(np.diff(rows) != 1) + 1).tolist(), len(rows)]
    return [(int(rows[first]), end - first) for first, end in pairwise(bounds) if first < end]


def _make_wiring(
    schedule: Schedule, steps: Steps, layout: RowLayout, runs: list[tuple[int, int]], clamped_groups: Sequence[Group]
) -> WiringArguments:
    units, table = [unit for step in steps for unit in step], schedule.connections
    order, starts = _incoming(table, units, len(layout.rows))
    senders = layout.rows[table.senders[order]] - layout.size * table.delays[order].astype(np.int64)
    weights = table.weights[order].astype(np.int64)
    is_clamped = np.zeros(len(layout.rows), bool)
    for group in clamped_groups:
        is_clamped[group.rows] = True
    flags = ((is_clamped[table.senders[order]] + np.uint8(1)) * table.backpropagates[order]).astype(np.uint8)
    step_blocks = _blocks_by_step(steps, layout, starts, senders, weights, flags)
    blocks = [block for of_step in step_blocks for block in of_step]
    matrices = [(block, run) for block in blocks for run in block.runs]
    firsts = _offsets(len(block.runs) for block in blocks)[:-1].tolist()
    is_by_sender = not (blocks or schedule.tied or table.delays.any() or layout.spacing > 1) and all(map(_has_sums, steps))
    outgoing_starts, outgoing = _outgoing(steps, starts, senders, flags, layout.size) if is_by_sender else (_integers(()), _integers(()))
    rows, outputs = layout.rows_of(units), layout.rows_of(schedule.outputs)
    targets = outputs if layout.spacing > 1 else np.arange(len(outputs))
    target_of = dict(zip(outputs.tolist(), targets.tolist(), strict=True))
    step_starts = _offsets(len(step) for step in steps)
    return WiringArguments(
        unit_rows=rows,
        activated_runs=_table(runs_of(np.sort(rows)), 2),
        step_starts=step_starts,
        connection_starts=starts,
        sender_rows=np.concatenate([senders, np.zeros(PREFETCH_DISTANCE, np.int64)]),
        weight_rows=weights,
        connection_flags=flags,
        propagates=_propagates(flags, starts[step_starts]),
        outgoing_starts=outgoing_starts,
        receiver_rows=np.concatenate([np.repeat(rows, np.diff(starts))[outgoing], np.zeros(PREFETCH_DISTANCE, np.int64)]),
        outgoing_weight_rows=weights[outgoing],
        block_starts=_offsets(len(of_step) for of_step in step_blocks),
        blocks=_table(
            ((block.first_receiver, block.receivers, first, len(block.runs)) for block, first in zip(blocks, firsts, strict=True)), 4
        ),
        matrices=_table(((run.first_sender, run.length, run.first_weight, run.length, 1) for _, run in matrices), 5),
        transposed_matrices=_table(
            ((block.first_receiver, block.receivers, run.first_weight, 1, run.length) for block, run in matrices), 5
        ),
        matrix_flags=np.array([run.flag for _, run in matrices], dtype=np.uint8),
        input_rows=np.where([unit.lesioned for unit in schedule.inputs], layout.size - 1, layout.rows_of(schedule.inputs)),
        output_rows=outputs,
        target_rows=targets,
        unit_target_rows=_integers(target_of.get(row, row if layout.spacing > 1 else len(outputs)) for row in rows.tolist()),
        output_runs=_table(runs, 2),
        tied_weights=_integers(weight.row for weight in schedule.tied),
        tie_sizes=np.array(list(schedule.tied.values()), dtype=float),
        first_clamped=layout.first_clamped,
        bias_row=int(layout.rows_of(schedule.always_on)[0]),
        is_dense=all(of_step or not any(unit.incoming for unit in step) for of_step, step in zip(step_blocks, steps, strict=True)),
    )


def _incoming(table: ConnectionTable, units: Sequence[Unit], size: int) -> tuple[Integers, Integers]:
    """Return the numbers of the incoming connections of units, unit by unit in the order of making, and the offsets of each unit."""
    place = np.full(size, len(units))
    place[[unit.row for unit in units]] = np.arange(len(units))
    places = place[table.receivers]
    counts = np.bincount(places, minlength=len(units))[: len(units)]
    starts = _offsets(counts.tolist())
    return np.argsort(places, kind="stable")[: starts[-1]], starts


def _outgoing(steps: Steps, starts: Integers, senders: Integers, flags: Flags, size: int) -> tuple[Integers, Integers]:
    """Return `WiringArguments.outgoing_starts`, and the numbers of the outgoing connections, sender by sender.

    Those of a sender are in the order in which the steps of their receivers are in the backward pass.
    """
    step_of_unit = np.repeat(np.arange(len(steps)), [len(step) for step in steps])
    parts = 2 * senders + (flags != BACKPROPAGATES)
    order = np.lexsort((-np.repeat(step_of_unit, np.diff(starts)), parts))
    return _offsets(np.bincount(parts, minlength=2 * size).tolist()), order


def _blocks_by_step(
    steps: Steps, layout: RowLayout, starts: Integers, senders: Integers, weights: Integers, flags: Flags
) -> list[list[DenseBlock]]:
    is_first = np.ones(len(senders) + 1, dtype=bool)
    is_first[1:-1] = (np.diff(senders) != 1) | (np.diff(weights) != 1) | (np.diff(flags.astype(int)) != 0)
    is_first[starts] = True
    firsts = np.flatnonzero(is_first)
    first, blocks = 0, []
    for step in steps:
        bounds = starts[first : first + len(step) + 1]
        run_bounds = np.searchsorted(firsts, bounds)
        has_long_runs = may_be_dense(int(bounds[-1] - bounds[0]), int(run_bounds[-1] - run_bounds[0])) and _has_sums(step)
        runs = _runs_by_unit(firsts, run_bounds, senders, weights, flags) if has_long_runs else []
        blocks.append(find_blocks(layout.rows_of(step).tolist(), runs) if has_long_runs else [])
        first += len(step)
    return blocks


def _has_sums(step: Sequence[Unit]) -> bool:
    """Return whether the net inputs of a step are weighted sums."""
    return step[0].group.input_function is None


def _runs_by_unit(firsts: Integers, bounds: Integers, senders: Integers, weights: Integers, flags: Flags) -> list[list[SenderRun]]:
    """Return the runs of senders of each unit of a step, given the first connections of all runs, and the first run of each unit."""
    own = firsts[bounds[0] : bounds[-1] + 1]
    starts = own[:-1]
    fields = zip(senders[starts].tolist(), np.diff(own).tolist(), weights[starts].tolist(), flags[starts].tolist(), strict=True)
    runs = [SenderRun(*values) for values in fields]
    return [runs[first:end] for first, end in pairwise((bounds - bounds[0]).tolist())]


def _integers(values: Iterable[int]) -> Integers:
    return np.array(list(values), dtype=np.int64)


def _table(rows: Iterable[tuple[int, ...]], width: int) -> Integers:
    return np.array(list(rows), dtype=np.int64).reshape(-1, width)


def _offsets(sizes: Iterable[int]) -> Integers:
    """Return the first index of each of several successive lists with the given lengths, and the end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(_integers(sizes), dtype=np.int64)])
