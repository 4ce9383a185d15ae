"""A network's schedule as arrays for the kernels.

`WiringArguments` changes only with the graph, and is cached in the schedule. `Functions` is read from the groups again when a function, a
parameter, a formula, a margin or a timing of a group is another than at the last call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import pairwise
from operator import is_
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.errors import WiringError
from connectionist.model.group import Group
from connectionist.model.network import Network
from connectionist.model.schedule import Schedule, intact_units
from connectionist.model.time.unrolling import longest_delay
from connectionist.model.timing import INTEGRATED
from connectionist.model.unit import Unit
from connectionist_plugins.engines.compiled.formulas.compile import formula_address, parameter_values
from connectionist_plugins.engines.compiled.formulas.fingerprint import Snapshot
from connectionist_plugins.engines.compiled.layout.dense_blocks import DenseBlock, SenderRun, find_blocks
from connectionist_plugins.engines.compiled.layout.kernel_arguments import Flags, Floats, Functions, Integers, WiringArguments
from connectionist_plugins.engines.compiled.layout.rows import RowLayout
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES, LAST_CASE_ONLY, PREFETCH_DISTANCE

Steps = list[tuple[Unit, ...]]


@dataclass
class KnownFunctions:
    """The functions of a program when it was last used, and what they were made from.

    Attributes
    ----------
    settings : list of object
        Compared by identity with the present ones, see `_settings`.
    snapshots : list of Snapshot or None
        Of the formulas; None if one of them has no snapshot, so that the functions must be made at each call.
    functions : Functions
    kept : list of object
        What must be kept alive while the addresses are in use.
    initial_state : array [2, row]
        Net inputs and activations before tick 1.
    """

    settings: list[object]
    snapshots: list[Snapshot] | None
    functions: Functions
    kept: list[object]
    initial_state: Floats

    def is_current(self, settings: list[object]) -> bool:
        """Return whether the functions would be made from the same objects now."""
        return (
            self.snapshots is not None
            and len(settings) == len(self.settings)
            and all(map(is_, settings, self.settings))
            and all(snapshot.is_current() for snapshot in self.snapshots)
        )


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
    receives : list of bool
        Whether error derivatives come back to units of each step through their outgoing connections.
    groups : list of (Group, int array [unit], bool array [unit])
        All groups, with the row of each unit, and whether it is intact.
    most_units : int
        Number of units of the largest step.
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
    receives: list[bool]
    groups: list[tuple[Group, Integers, npt.NDArray[np.bool_]]]
    most_units: int
    is_activated: npt.NDArray[np.bool_]
    clamped_rows: Integers
    lesioned_outputs: list[int]
    output_state_rows: Integers
    known: dict[Precision, KnownFunctions] = field(default_factory=dict)
    rows_by_tick: tuple[int, Integers, Integers] | None = None


def program_of(network: Network, spacing: int = 1) -> Program:
    """Return a network's program, which is cached until its schedule changes.

    Parameters
    ----------
    network : Network
    spacing : int
        Spacing of the `RowLayout`.

    Raises
    ------
    WiringError
        If the network is unrolled and has properties that this engine supports in networks with ticks only.
    """
    _check_not_unrolled(network)
    schedule = network.schedule
    programs: dict[int, Program] = schedule.derived.setdefault(Program, {})  # by spacing
    if spacing not in programs:
        programs[spacing] = _make_program(network, schedule, spacing)
    return programs[spacing]


def _make_program(network: Network, schedule: Schedule, spacing: int) -> Program:
    steps = _merge([intact_units(step) for step in schedule.steps])
    layout = RowLayout.of(network, steps, spacing)
    runs = _output_runs(schedule.outputs, layout)
    wiring = _make_wiring(schedule, steps, layout, runs)
    is_activated = np.zeros(layout.size, bool)
    is_activated[wiring.unit_rows] = True
    return Program(
        wiring=wiring,
        layout=layout,
        ticks_before=longest_delay(network),
        step_groups=[step[0].group for step in steps],
        units=[unit for step in steps for unit in step],
        run_groups=[schedule.outputs[first].group for first, _ in runs],
        receives=[any(unit.has_receivers for unit in step) for step in steps],
        groups=[(group, layout.rows_of(group.units), np.array([not unit.lesioned for unit in group])) for group in network.groups],
        most_units=max(map(len, steps), default=0),
        is_activated=is_activated,
        clamped_rows=layout.rows_of([unit for unit in schedule.initial if not unit.lesioned]),
        lesioned_outputs=[index for index, unit in enumerate(schedule.outputs) if unit.lesioned],
        output_state_rows=_integers(unit.row for unit in schedule.outputs),
    )


def functions_of(program: Program, precision: Precision) -> KnownFunctions:
    """Return the functions of a network's groups, and the objects to keep alive while their addresses are in use."""
    settings = _settings(program)
    known = program.known.get(precision)
    if known is None or not known.is_current(settings):
        addresses = _Addresses(precision)
        functions = _make_functions(program, addresses)
        state = _initial_state(program, precision)
        known = program.known[precision] = KnownFunctions(settings, addresses.snapshots, functions, addresses.kept, state)
    return known


def _settings(program: Program) -> list[object]:
    """Return the objects that `_make_functions` and `_initial_state` read from the groups."""
    settings: list[object] = []
    for group, _, _ in program.groups:
        functions = group.activation_function, group.error_function
        settings += [*functions, group.paired_error, group.margin, group.timing]
        for function in functions:
            settings += [getattr(function, name) for name in getattr(function, "__dataclass_fields__", ())]
    return settings


def _initial_state(program: Program, precision: Precision) -> Floats:
    """Return net inputs and activations [2, row] before tick 1."""
    state = np.zeros((2, program.layout.size), precision)
    state[1, program.wiring.bias_row] = 1.0
    for group, rows, is_intact in program.groups:
        state[0, rows], state[1, rows] = group.timing.initial_net_input * is_intact, group.timing.initial * is_intact
    return state


def _make_functions(program: Program, addresses: _Addresses) -> Functions:
    """Return the functions of a network's groups."""
    groups = program.step_groups
    error_functions = [group.error_function for group in program.run_groups]
    return Functions(
        activate=_integers(
            addresses.formula(group.activation_function, "joint_activate" if group.joint else "activate") for group in groups
        ),
        slope=_integers(
            0
            if group.paired_error is not None and not receives
            else addresses.formula(group.activation_function, "joint_slope" if group.joint else "slope")
            for group, receives in zip(groups, program.receives, strict=True)
        ),
        activation_parameters=_integers(addresses.parameters(group.activation_function) for group in groups),
        joint=np.array([group.joint for group in groups], dtype=np.uint8),
        integrates=np.array([INTEGRATED.index(group.timing.integrates) for group in groups], dtype=np.uint8),
        dt=np.array([unit.group.timing.dt[unit.index] for unit in program.units], dtype=float),
        compare=_integers(addresses.formula(function, "compare") for function in error_functions),
        error_parameters=_integers(addresses.parameters(function) for function in error_functions),
        margin=np.array([group.margin for group in program.run_groups], dtype=float),
        is_paired=np.array([group.paired_error is not None for group in program.run_groups], dtype=np.uint8),
        paired=_integers(
            addresses.formula(group.paired_error, "joint_paired" if group.joint else "paired", group.activation_function)
            for group in groups
        ),
        paired_parameters=_integers(addresses.parameters(group.paired_error, group.activation_function) for group in groups),
        paired_margin=np.array([group.margin for group in groups], dtype=float),
    )


def with_clamped_derivatives(wiring: WiringArguments) -> WiringArguments:
    """Return a wiring in which error derivatives propagate to clamped units in every case, not only in the last one."""

    def replaced(flags: Flags) -> Flags:
        return np.where(flags == LAST_CASE_ONLY, BACKPROPAGATES, flags).astype(np.uint8)

    return wiring._replace(connection_flags=replaced(wiring.connection_flags), matrix_flags=replaced(wiring.matrix_flags))


def _check_not_unrolled(network: Network) -> None:
    """Raise WiringError if an unrolled network has leaky units or a truncated backward pass, which need units that know their ticks."""
    if network.ticks is None:
        return
    integrates = any(group.timing.integrates for group in network.groups)
    if integrates or (network.ticks_back is not None and network.ticks_back < network.ticks):
        obstacle = "units that integrate" if integrates else f"errors that go back through {network.ticks_back} ticks only"
        raise WiringError(
            f"{network.name}: an unrolled network with {obstacle} needs engine='local'; this engine takes the network before unrolling"
        )


class _Addresses:
    """The addresses of formulas and parameters, each found once for functions that are equal; 0 for None.

    Attributes
    ----------
    kept : list of object
        What must be kept alive while the addresses are in use.
    """

    def __init__(self, precision: Precision) -> None:
        self.precision: Precision = precision
        self.kept: list[object] = []
        self._equal: dict[tuple[object, ...], object] = {}
        self._formulas: dict[tuple[int, int, str], int] = {}
        self._parameters: dict[tuple[int, int], int] = {}

    @property
    def snapshots(self) -> list[Snapshot] | None:
        """The snapshots of the formulas; None if one of them has none."""
        found = [each for each in self.kept if isinstance(each, Snapshot)]
        return found if len(found) == len(self._formulas) else None

    def formula(self, function: object, role: str, activation_function: object = None) -> int:
        """Return the address of the C function for a role of a function; see `formula_address`."""
        if function is None:
            return 0
        first, of_activation = self._first_equal(function), self._first_equal(activation_function)
        key = id(first), id(of_activation), role
        if key not in self._formulas:
            self._formulas[key] = formula_address(first, role, self.precision, self.kept, of_activation)
        return self._formulas[key]

    def parameters(self, function: object, activation_function: object = None) -> int:
        """Return the address of what a C function reads about a function; see `parameter_values`."""
        if function is None:
            return 0
        first, of_activation = self._first_equal(function), self._first_equal(activation_function)
        key = id(first), id(of_activation)
        if key not in self._parameters:
            values = parameter_values(first, self.precision, of_activation)
            self.kept += [first, of_activation, values]
            self._parameters[key] = int(values.ctypes.data)
        return self._parameters[key]

    def _first_equal(self, function: Any) -> object:
        """Return the first function of the same class with the same parameters."""
        parameters = [getattr(function, field.name) for field in fields(function)] if is_dataclass(function) else [function]
        if not all(type(value) in (bool, int, float) for value in parameters):
            return function
        return self._equal.setdefault((type(function), *map(repr, parameters)), function)  # the text, since True equals 1


def _merge(steps: Steps) -> Steps:
    """Merge successive steps whose units belong to one group, have successive rows and do not send to each other."""
    merged: list[list[Unit]] = []
    for step in steps:
        if merged and not step[0].group.joint and _can_join(merged[-1], step[0]):
            merged[-1] += step
        else:
            merged.append(list(step))
    return [tuple(step) for step in merged]


def _can_join(units: list[Unit], unit: Unit) -> bool:
    if unit.group is not units[-1].group or unit.row != units[-1].row + 1:
        return False
    first, last = units[0].row, units[-1].row
    return not any(first <= connection.sender.row <= last for connection in unit.incoming if not connection.delay)


def _output_runs(outputs: Sequence[Unit], layout: RowLayout) -> list[tuple[int, int]]:
    """Return the runs of output units: index of the first one, and number of units."""
    rows = layout.rows_of(outputs)
    starts = [
        index
        for index, unit in enumerate(outputs)
        if index == 0 or unit.group is not outputs[index - 1].group or rows[index] != rows[index - 1] + 1
    ]
    return [(first, end - first) for first, end in pairwise([*starts, len(outputs)])]


def _make_wiring(schedule: Schedule, steps: Steps, layout: RowLayout, runs: list[tuple[int, int]]) -> WiringArguments:
    units = [unit for step in steps for unit in step]
    incoming = [connection for unit in units for connection in unit.incoming]
    starts = _offsets(len(unit.incoming) for unit in units)
    delays = _integers(connection.delay for connection in incoming)
    senders = layout.rows_of([connection.sender for connection in incoming]) - layout.size * delays
    weights = _integers(connection.weight.row for connection in incoming)
    flags = np.fromiter(((_is_clamped(c.sender) + 1) * c.backpropagate for c in incoming), np.uint8, len(incoming))
    step_blocks = _blocks_by_step(steps, layout, _runs_by_unit(starts, senders, weights, flags))
    blocks = [block for of_step in step_blocks for block in of_step]
    matrices = [(block, run) for block in blocks for run in block.runs]
    firsts = _offsets(len(block.runs) for block in blocks)[:-1].tolist()
    rows, outputs = layout.rows_of(units), layout.rows_of(schedule.outputs)
    targets = outputs if layout.spacing > 1 else np.arange(len(outputs))
    target_of = dict(zip(outputs.tolist(), targets.tolist(), strict=True))
    return WiringArguments(
        unit_rows=rows,
        step_starts=_offsets(len(step) for step in steps),
        connection_starts=starts,
        sender_rows=np.concatenate([senders, np.zeros(PREFETCH_DISTANCE, np.int64)]),
        weight_rows=weights,
        connection_flags=flags,
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


def _blocks_by_step(steps: Steps, layout: RowLayout, runs: list[list[SenderRun]]) -> list[list[DenseBlock]]:
    first, blocks = 0, []
    for step in steps:
        blocks.append(find_blocks(layout.rows_of(step).tolist(), runs[first : first + len(step)]))
        first += len(step)
    return blocks


def _runs_by_unit(starts: Integers, senders: Integers, weights: Integers, flags: Flags) -> list[list[SenderRun]]:
    """Return the runs of senders of the unit at each position."""
    is_first = np.ones(len(senders) + 1, dtype=bool)
    is_first[1:-1] = (np.diff(senders) != 1) | (np.diff(weights) != 1) | (np.diff(flags.astype(int)) != 0)
    is_first[starts] = True
    firsts = np.flatnonzero(is_first)
    lengths, run_starts = np.diff(firsts).tolist(), firsts[:-1]
    fields = zip(senders[run_starts].tolist(), lengths, weights[run_starts].tolist(), flags[run_starts].tolist(), strict=True)
    runs = [SenderRun(*values) for values in fields]
    bounds = np.searchsorted(firsts, starts).tolist()
    return [runs[first:end] for first, end in pairwise(bounds)]


def _is_clamped(unit: Unit) -> bool:
    return unit.group.clamped


def _integers(values: Iterable[int]) -> Integers:
    return np.array(list(values), dtype=np.int64)


def _table(rows: Iterable[tuple[int, ...]], width: int) -> Integers:
    return np.array(list(rows), dtype=np.int64).reshape(-1, width)


def _offsets(sizes: Iterable[int]) -> Integers:
    """Return the first index of each of several successive lists with the given lengths, and the end."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(_integers(sizes), dtype=np.int64)])
