"""Room for a block of cases: as many as stay in the cache, at as many ticks as the longest example has."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import ExampleSet
from connectionist.model.network import Network
from connectionist.utils.memory_limit import check_fits_in_memory
from connectionist_plugins.engines.compiled.layout.kernel_arguments import Cases, Numbers, Whole
from connectionist_plugins.engines.compiled.layout.program import Program
from connectionist_plugins.engines.compiled.precision import FLOAT_BYTES, Precision
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

ARRAYS = 3  # of units × cases
LEAST_VECTORS = 16  # of cases in a block, so that going through the connections is worth while
BLOCK_BYTES = 2**20  # of these arrays together, so that they stay in the second-level cache; at least as much as the weights take
LANES = {number: VECTOR_BYTES // size for number, size in FLOAT_BYTES.items()}


def make_cases(
    program: Program, network: Network, examples: ExampleSet, count: int, number: Precision, threads: int = 1, keeps: bool = False
) -> Cases:
    """Return room for a block of cases: as many as stay in the cache, at most `count`, and then up to a whole vector.

    Raises
    ------
    MemoryLimitError
        When the longest example needs more memory than there is.
    """
    lanes, bytes_each = LANES[number], FLOAT_BYTES[number]
    rows = (program.history + (examples.ticks or 1)) * program.room.size
    of_weights = bytes_each * len(network.weight_state.array("value"))
    fitting = max(BLOCK_BYTES, of_weights) // (ARRAYS * bytes_each * rows)
    size = min(count, max(LEAST_VECTORS, -(-fitting // (4 * lanes)) * 4) * lanes)
    if examples.continues.any():
        size = 1
    width = size if program.room.spacing > 1 else -(-size // lanes) * lanes
    what = f"{network.name}: {examples.ticks or 1} ticks of {len(network.units)} units and {width} cases at a time"
    arrays = ARRAYS + (network.ticks_back is not None) + keeps
    check_fits_in_memory(bytes_each * width * (arrays * rows + (examples.ticks or 1) * len(program.wiring.outputs)), what)
    return _room(program, network, examples, width, number, threads, keeps)


def _room(program: Program, network: Network, examples: ExampleSet, width: int, number: Precision, threads: int, keeps: bool) -> Cases:
    span, ticks, is_spaced = program.room.size, examples.ticks or 1, program.room.spacing > 1
    rows, wiring = (program.history + ticks) * span, program.wiring
    target_span = span if is_spaced else len(wiring.outputs) + 2
    initial_x, initial_y = initial_state(program, network, number)
    x, y, dy = (np.zeros((rows, width), number) for _ in range(3))
    y[wiring.always_on :: span] = 1.0
    clamped = program.room.rows_of([unit for unit in network.schedule.initial if not unit.lesioned])
    y[clamped] = initial_y[clamped, None]
    x[: program.history * span] = np.tile(initial_x, program.history)[:, None]
    y[: program.history * span] = np.tile(initial_y, program.history)[:, None]
    lengths = examples.lengths if examples.lengths is not None else np.ones(1, np.int64)
    is_in_part = network.ticks_back is not None and network.ticks_back < ticks
    integrates = any(group.timing.integrates == "activation" for group in program.step_groups)
    starts = program.history * span + span * np.arange(ticks)
    return Cases(
        x=x,
        y=y,
        dy=dy,
        d=np.full((target_span * ticks, width), np.nan, number),
        errors=np.zeros(span if is_spaced else width, number),
        wrong=np.zeros(span if is_spaced else width, number),
        shown=np.zeros(span, number),
        scratch=np.zeros((threads, 3 * max(1, int(np.diff(wiring.bounds).max(initial=0))))),
        spare=np.zeros((span if integrates else 0, width), number),
        sums=np.zeros((ticks * span if is_in_part else 0, width), number),
        kept=np.zeros((ticks * span if keeps else 0, width), number),
        keeping=np.full(1, keeps, np.int64),
        cleared=program.room.rows_of([unit for unit in network.units if unit.group.clamped and keeps]),
        input_rows=_filled((starts[:, None] + wiring.inputs).ravel(), rows - 1),
        target_rows=_filled((target_span * np.arange(ticks)[:, None] + wiring.targets).ravel(), target_span * ticks - 1),
        inputs_each=len(wiring.inputs),
        targets_each=len(wiring.targets),
        span=span,
        target_span=target_span,
        history=program.history,
        lengths=lengths[:1].astype(np.int64) if (lengths == lengths[0]).all() else lengths.astype(np.int64),
        continues=examples.continues.astype(np.uint8)[: None if examples.continues.any() else 0],
        ended=np.full(1, -1, np.int64),
        ticks_back=network.ticks_back or 0,
        initial_x=initial_x,
        initial_y=initial_y,
    )


def end_state(program: Program, cases: Cases) -> tuple[Numbers, Numbers] | None:
    """Return net inputs and activations [tick, unit] in which the last example ended, where examples continue one another."""
    if not cases.continues.size or cases.ended[0] < 0:
        return None
    first = cases.ended[0] + np.arange(cases.history)
    rows = cases.span * first[:, None] + program.room.rows
    return cases.x[rows, 0], cases.y[rows, 0]


def go_on_from(program: Program, cases: Cases, state: tuple[Numbers, Numbers]) -> None:
    """Put an end state where the next example finds it."""
    rows = cases.span * np.arange(cases.history)[:, None] + program.room.rows
    cases.x[rows, 0], cases.y[rows, 0] = state
    cases.ended[0] = 0


def initial_state(program: Program, network: Network, number: Precision) -> tuple[Numbers, Numbers]:
    """Return net inputs and activations [row] before tick 1."""
    x, y = np.zeros(program.room.size, number), np.zeros(program.room.size, number)
    y[program.wiring.always_on] = 1.0
    for group in network.groups:
        intact = np.array([not unit.lesioned for unit in group])
        rows = program.room.rows_of(group.units)
        x[rows], y[rows] = group.timing.initial_net_input * intact, group.timing.initial * intact
    return x, y


def _filled(rows: Whole, last: int) -> Whole:
    return np.concatenate([rows, np.full(-len(rows) % VECTOR_BYTES, last, np.int64)]).astype(np.int64)


def as_kind(array: npt.NDArray[Any], number: Precision) -> Numbers:
    """Return the same numbers row by row in successive places that may be written, the only kind of array that the kernels know."""
    return np.require(array, number, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])
