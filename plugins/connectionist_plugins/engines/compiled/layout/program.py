"""A network's schedule as arrays that the kernels read.

`Wiring` is what changes only when the graph does; it is kept for each schedule. `Functions` is read from the groups at each call, so
that a function, margin or target group assigned meanwhile takes effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from connectionist.errors import WiringError
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.schedule import Schedule, intact_units
from connectionist.model.time.unrolling import longest_delay
from connectionist.model.timing import INTEGRATED
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.formulas.compile import formula_address, joint_formula_address, parameter_values
from connectionist_plugins.engines.compiled.layout.dense_blocks import DenseBlock, SenderRun, find_blocks
from connectionist_plugins.engines.compiled.layout.kernel_arguments import Flags, Functions, Whole, Wiring
from connectionist_plugins.engines.compiled.layout.rows import RowLayout
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES, LAST_CASE_ONLY, PREFETCH_DISTANCE

Steps = list[tuple[Unit, ...]]


class Program(NamedTuple):
    """The wiring of a network in a room, with the group of each step, unit and run, and for how many ticks the past is needed."""

    wiring: Wiring
    room: RowLayout
    history: int
    step_groups: list[Group]
    units: list[Unit]
    run_groups: list[Group]


_known: WeakKeyDictionary[Schedule, dict[int, Program]] = WeakKeyDictionary()


def program_of(network: Network, spacing: int = 1) -> Program:
    """Return a network's program, made anew when its schedule is.

    Parameters
    ----------
    network : Network
    spacing : int
        Of the `RowLayout`.
    """
    _check_ticks(network)
    schedule = network.schedule
    known = _known.setdefault(schedule, {})
    if spacing not in known:
        steps = _merge([intact_units(step) for step in schedule.steps])
        room = RowLayout.of(network, steps, spacing)
        runs = _runs(schedule.outputs, room)
        wiring = _make_wiring(schedule, steps, room, runs)
        known[spacing] = Program(
            wiring=wiring,
            room=room,
            history=longest_delay(network),
            step_groups=[step[0].group for step in steps],
            units=[unit for step in steps for unit in step],
            run_groups=[schedule.outputs[first].group for first, _ in runs],
        )
    return known[spacing]


def functions_of(program: Program, number: Precision) -> tuple[Functions, list[Array]]:
    """Return the functions of a network's groups, and the parameter arrays, which must be kept while they are used."""
    kept: dict[int, Array] = {}
    sizes = np.diff(program.wiring.bounds).tolist()
    activations = [_Entry.of(group, units, number, kept) for group, units in zip(program.step_groups, sizes, strict=True)]
    functions = [group.error_function for group in program.run_groups]
    made = Functions(
        activate=_whole(entry.activate for entry in activations),
        slope=_whole(entry.slope for entry in activations),
        activation_parameters=_whole(entry.parameters for entry in activations),
        joint=np.array([group.joint for group in program.step_groups], dtype=np.uint8),
        integrates=np.array([INTEGRATED.index(group.timing.integrates) for group in program.step_groups], dtype=np.uint8),
        dt=np.array([unit.group.timing.dt[unit.index] for unit in program.units], dtype=float),
        compare=_whole(formula_address(function, "compare", number) for function in functions),
        error_parameters=_whole(_parameters(function, kept) for function in functions),
        margin=np.array([group.margin for group in program.run_groups], dtype=float),
    )
    return made, list(kept.values())


def going_back_to_clamped(wiring: Wiring) -> Wiring:
    """Return a wiring in which error derivatives go back to clamped units too, in every case and not only in the one that is shown."""
    backs, patch_backs = (
        np.where(flags == LAST_CASE_ONLY, BACKPROPAGATES, flags).astype(np.uint8) for flags in (wiring.backs, wiring.patch_backs)
    )
    return wiring._replace(backs=backs, patch_backs=patch_backs)


def _check_ticks(network: Network) -> None:
    """Refuse an unrolled network that does what only units that know their ticks can do."""
    if network.ticks is None:
        return
    integrates = any(group.timing.integrates for group in network.groups)
    if integrates or (network.ticks_back is not None and network.ticks_back < network.ticks):
        what = "units that integrate" if integrates else f"errors that go back through {network.ticks_back} ticks only"
        raise WiringError(
            f"{network.name}: an unrolled network with {what} is for engine='local'; this engine takes the network that it copies"
        )


class _Entry(NamedTuple):
    activate: int
    slope: int
    parameters: int

    @classmethod
    def of(cls, group: Group, units: int, number: Precision, kept: dict[int, Array]) -> _Entry:
        function = group.activation_function
        if group.joint:
            pair = (
                joint_formula_address(function, "joint_activate", number, units),
                joint_formula_address(function, "joint_slope", number, units),
            )
        else:
            pair = formula_address(function, "activate", number), formula_address(function, "slope", number)
        return cls(*pair, _parameters(function, kept))


def _parameters(function: object, kept: dict[int, Array]) -> int:
    array = kept.setdefault(id(function), parameter_values(function))
    return int(array.ctypes.data)


def _merge(steps: Steps) -> Steps:
    """Draw together the units of one group that stand in successive rows and do not send to each other."""
    merged: list[list[Unit]] = []
    for step in steps:
        if merged and not step[0].group.joint and _goes_with(merged[-1], step[0]):
            merged[-1] += step
        else:
            merged.append(list(step))
    return [tuple(step) for step in merged]


def _goes_with(units: list[Unit], unit: Unit) -> bool:
    if unit.group is not units[-1].group or unit.row != units[-1].row + 1:
        return False
    first, last = units[0].row, units[-1].row
    return not any(first <= connection.sender.row <= last for connection in unit.incoming if not connection.delay)


def _runs(outputs: Sequence[Unit], room: RowLayout) -> list[tuple[int, int]]:
    """Return the runs of output units: the number of the first, and how many."""
    rows = room.rows_of(outputs)
    begins = [
        number
        for number, unit in enumerate(outputs)
        if number == 0 or unit.group is not outputs[number - 1].group or rows[number] != rows[number - 1] + 1
    ]
    return [(first, end - first) for first, end in pairwise([*begins, len(outputs)])]


def _make_wiring(schedule: Schedule, steps: Steps, room: RowLayout, runs: list[tuple[int, int]]) -> Wiring:
    units = [unit for step in steps for unit in step]
    incoming = [connection for unit in units for connection in unit.incoming]
    starts = _bounds(len(unit.incoming) for unit in units)
    delays = _whole(connection.delay for connection in incoming)
    senders = room.rows_of([connection.sender for connection in incoming]) - room.size * delays
    weights = _whole(connection.weight.row for connection in incoming)
    backs = np.fromiter(((_is_clamped(c.sender) + 1) * c.backpropagate for c in incoming), np.uint8, len(incoming))
    blocks = _blocks_by_step(steps, room, _stretches_by_unit(starts, senders, weights, backs))
    patches = [(block, stretch) for of_step in blocks for block in of_step for stretch in block.stretches]
    firsts = _bounds(len(block.stretches) for of_step in blocks for block in of_step)[:-1].tolist()
    every_block = [block for of_step in blocks for block in of_step]
    rows, outputs = room.rows_of(units), room.rows_of(schedule.outputs)
    targets = outputs if room.spacing > 1 else np.arange(len(outputs))
    target_of = dict(zip(outputs.tolist(), targets.tolist(), strict=True))
    return Wiring(
        units=rows,
        bounds=_bounds(len(step) for step in steps),
        starts=starts,
        senders=np.concatenate([senders, np.zeros(PREFETCH_DISTANCE, np.int64)]),
        weights=weights,
        backs=backs,
        block_starts=_bounds(len(of_step) for of_step in blocks),
        blocks=_table(((b.receiver, b.receivers, first, len(b.stretches)) for b, first in zip(every_block, firsts, strict=True)), 4),
        forth=_table(((s.sender, s.senders, s.weight, s.senders, 1) for _, s in patches), 5),
        back=_table(((b.receiver, b.receivers, s.weight, 1, s.senders) for b, s in patches), 5),
        patch_backs=np.array([stretch.back for _, stretch in patches], dtype=np.uint8),
        inputs=np.where([unit.lesioned for unit in schedule.inputs], room.size - 1, room.rows_of(schedule.inputs)),
        outputs=outputs,
        targets=targets,
        place_targets=_whole(target_of.get(row, row if room.spacing > 1 else len(outputs)) for row in rows.tolist()),
        runs=_table(runs, 2),
        tied=_whole(weight.row for weight in schedule.tied),
        copies=np.array(list(schedule.tied.values()), dtype=float),
        rest=room.rest,
        always_on=int(room.rows_of(schedule.always_on)[0]),
        is_dense=all(of_step or not any(unit.incoming for unit in step) for of_step, step in zip(blocks, steps, strict=True)),
    )


def _blocks_by_step(steps: Steps, room: RowLayout, stretches: list[list[SenderRun]]) -> list[list[DenseBlock]]:
    first, blocks = 0, []
    for step in steps:
        blocks.append(find_blocks(room.rows_of(step).tolist(), stretches[first : first + len(step)]))
        first += len(step)
    return blocks


def _stretches_by_unit(starts: Whole, senders: Whole, weights: Whole, backs: Flags) -> list[list[SenderRun]]:
    """Return the stretches of the incoming connections of the unit at each place."""
    begins = np.ones(len(senders) + 1, dtype=bool)
    begins[1:-1] = (np.diff(senders) != 1) | (np.diff(weights) != 1) | (np.diff(backs.astype(int)) != 0)
    begins[starts] = True
    firsts = np.flatnonzero(begins)
    counts, at = np.diff(firsts).tolist(), firsts[:-1]
    of_each = zip(senders[at].tolist(), counts, weights[at].tolist(), backs[at].tolist(), strict=True)
    stretches = [SenderRun(*each) for each in of_each]
    bounds = np.searchsorted(firsts, starts).tolist()
    return [stretches[first:end] for first, end in pairwise(bounds)]


def _is_clamped(unit: Unit) -> bool:
    return unit.group.clamped


def _whole(values: Iterable[int]) -> Whole:
    return np.array(list(values), dtype=np.int64)


def _table(rows: Iterable[tuple[int, ...]], width: int) -> Whole:
    return np.array(list(rows), dtype=np.int64).reshape(-1, width)


def _bounds(sizes: Iterable[int]) -> Whole:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(_whole(sizes), dtype=np.int64)])
