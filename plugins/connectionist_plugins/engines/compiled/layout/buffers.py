"""Allocate the buffers for a block of cases: as many cases as fit in the cache, at the ticks of the longest example."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import ExampleSet
from connectionist.model.network import Network
from connectionist.model.noise import NoiseSource
from connectionist.model.perturbation import has_weight_noise
from connectionist.utils.arrays import Array
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_zeros
from connectionist_plugins.engines.compiled.layout.direct_feedback import with_direct_weights, without_direct_weights
from connectionist_plugins.engines.compiled.layout.perturbation import is_perturbed, perturbation_arrays
from connectionist_plugins.engines.compiled.layout.program import Program
from connectionist_plugins.engines.compiled.layout.rows import padded_rows
from connectionist_plugins.engines.compiled.precision import FLOAT_BYTES, Precision
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

BUFFER_COUNT = 3  # arrays of units × cases: x, y and dy
MIN_VECTORS = 16  # vectors of cases per block; with fewer, reading the connections costs more than the arithmetic
BLOCK_BYTES = 2**20  # total size of these arrays, to fit in the second-level cache; they may be as large as the weights
LANES = {precision: VECTOR_BYTES // size for precision, size in FLOAT_BYTES.items()}


def make_buffers(
    program: Program,
    network: Network,
    examples: ExampleSet,
    count: int,
    precision: Precision,
    threads: int = 1,
    records_dy: bool = False,
    noise: NoiseSource | None = None,
    after_example: int = 0,
    networks: int = 1,
    direct_weights: Array | None = None,
) -> CaseBuffers:
    """Return the buffers for a block of cases.

    The block has as many cases as fit in the cache, at most `count`, rounded up to whole vectors. If examples continue one another, it has
    one case.

    Parameters
    ----------
    program : Program
        Its functions are those of the last call of `functions_of`.
    network : Network
    examples : ExampleSet
    count : int
        Number of cases between two changes of the weights.
    precision : {"float64", "float32"}
    threads : int
        Number of threads.
    records_dy : bool
        Whether ∂E/∂y may be recorded.
    noise : NoiseSource, optional
        Keys of the noise; no noise by default.
    after_example : int
        Address of the function to call after each presentation; 0 for none.
    networks : int
        Number of networks that are computed at once. The block has as many cases for each of them as for one network.
    direct_weights : array [hidden unit, output unit], optional
        Those of the procedure.

    Raises
    ------
    MemoryLimitError
        If the longest example needs more memory than is available.
    """
    lanes, item_bytes, ticks = LANES[precision], FLOAT_BYTES[precision], examples.ticks or 1
    rows = (program.ticks_before + ticks) * program.layout.size
    weight_bytes = item_bytes * len(network.weight_state.array("value"))
    fitting = max(BLOCK_BYTES, weight_bytes) // (BUFFER_COUNT * item_bytes * rows)
    size = min(count, max(MIN_VECTORS, -(-fitting // (4 * lanes)) * 4) * lanes)
    if after_example or examples.continues.any() or (noise is not None and has_weight_noise(network, noise.mode)):
        size = 1
    width = networks * (size if program.layout.spacing > 1 else -(-size // lanes) * lanes)
    description = f"{network.name}: {ticks} ticks of {len(network.units)} units and {width} cases at a time"
    arrays = BUFFER_COUNT + bool(examples.clamps) + (program.layout.spacing > 1) + (network.ticks_back is not None) + records_dy
    row_lists = ticks * (len(network.schedule.inputs) + len(network.schedule.outputs)) * NUMBER_BYTES
    needed = item_bytes * width * (arrays * rows + ticks * len(program.wiring.output_rows)) + row_lists
    with allocating(needed, description):
        buffers = _allocate(program, network, examples, width, precision, threads, records_dy, noise, after_example)
        return buffers if direct_weights is None else with_direct_weights(buffers, program, network, direct_weights)


def _allocate(
    program: Program,
    network: Network,
    examples: ExampleSet,
    width: int,
    precision: Precision,
    threads: int,
    records_dy: bool,
    noise: NoiseSource | None,
    after_example: int,
) -> CaseBuffers:
    tick_rows, ticks, is_spaced = program.layout.size, examples.ticks or 1, program.layout.spacing > 1
    rows, wiring = (program.ticks_before + ticks) * tick_rows, program.wiring
    target_tick_rows = tick_rows if is_spaced else len(wiring.output_rows) + 2
    known = program.known[precision]
    (initial_x, initial_y), has_outputs = known.initial_state, bool(known.functions.output.size)
    x, y = _initial_activity(program, initial_x, initial_y, rows, width)
    lengths = examples.lengths if examples.lengths is not None else np.ones(1, np.int64)
    integrates = any(group.timing.integrates == "activation" for group in program.step_groups)
    is_paired = any(group.paired_error is not None for group in program.run_groups)
    input_rows, target_rows = _rows_by_tick(program, ticks, target_tick_rows)
    d = aligned_zeros((target_tick_rows * ticks, width), precision)
    d[:] = np.nan
    return CaseBuffers(
        x=x,
        y=y,
        dy=aligned_zeros((rows, width), precision),
        outputs=aligned_zeros((rows if has_outputs else 0, width), precision),
        d=d,
        own_dx=aligned_zeros((target_tick_rows * ticks if is_paired else 0, width), precision),
        unused_errors=np.zeros((tick_rows if is_spaced else width) if is_paired else 0, precision),
        is_by_case=int(is_spaced),
        errors=aligned_zeros(tick_rows * width if is_spaced else width, precision),
        wrong=aligned_zeros(tick_rows if is_spaced else width, precision),
        last_dy=np.zeros(tick_rows, precision),
        scratch=np.zeros((threads, max(5, 5 * program.most_units, 4 * program.most_connections))),
        steady_y=np.zeros((tick_rows if integrates or is_perturbed(network, examples, noise) else 0, width), precision),
        dx_sums=np.zeros((ticks * tick_rows if network.ticks_back and network.ticks_back < ticks else 0, width), precision),
        recorded_dy=np.zeros((ticks * tick_rows if records_dy else 0, width), precision),
        is_recording=np.full(1, records_dy, np.int64),
        summed_derivatives=np.zeros(1, np.int64),
        has_raised=aligned_zeros(1, np.int64),
        clamped_rows=_clamped_rows(program, network) if records_dy else np.zeros(0, np.int64),
        input_rows=input_rows,
        target_rows=target_rows,
        inputs_per_tick=len(wiring.input_rows),
        targets_per_tick=len(wiring.target_rows),
        tick_rows=tick_rows,
        target_tick_rows=target_tick_rows,
        ticks_before=program.ticks_before,
        lengths=lengths[:1].astype(np.int64) if (lengths == lengths[0]).all() else lengths.astype(np.int64),
        continues=examples.continues.astype(np.uint8)[: None if examples.continues.any() else 0],
        previous_ticks=np.full(1, -1, np.int64),
        ticks_back=network.ticks_back or 0,
        initial_x=initial_x,
        initial_y=initial_y,
        after_example=after_example,
        **without_direct_weights(precision),
        **perturbation_arrays(program, network, examples, width, precision, noise),
    )


def _clamped_rows(program: Program, network: Network) -> Integers:
    """Return the rows of all units of clamped groups."""
    groups = [group for group in (network["bias"], *network.groups) if group.clamped]
    return np.concatenate([program.layout.rows[group.rows] for group in groups])


def _rows_by_tick(program: Program, ticks: int, target_tick_rows: int) -> tuple[Integers, Integers]:
    """Return `CaseBuffers.input_rows` and `target_rows`. Those for the last number of ticks are kept."""
    if program.rows_by_tick is None or program.rows_by_tick[0] != ticks:
        starts = program.layout.size * (program.ticks_before + np.arange(ticks))
        inputs = padded_rows(
            (starts[:, None] + program.wiring.input_rows).ravel(), program.layout.size * (program.ticks_before + ticks) - 1
        )
        target_starts = target_tick_rows * np.arange(ticks)
        targets = padded_rows((target_starts[:, None] + program.wiring.target_rows).ravel(), target_tick_rows * ticks - 1)
        program.rows_by_tick = ticks, inputs, targets
    return program.rows_by_tick[1:]


def _initial_activity(program: Program, initial_x: Floats, initial_y: Floats, rows: int, width: int) -> tuple[Floats, Floats]:
    """Return net inputs and activations [tick · row, case] with the state before tick 1, and 1 for the unit that is always on."""
    tick_rows = program.layout.size
    x, y = aligned_zeros((rows, width), initial_x.dtype), aligned_zeros((rows, width), initial_y.dtype)
    y[program.wiring.bias_row :: tick_rows] = 1.0
    if len(program.clamped_rows):
        y[program.clamped_rows] = initial_y[program.clamped_rows, None]
    for tick in range(program.ticks_before):
        x[tick * tick_rows : (tick + 1) * tick_rows] = initial_x[:, None]
        y[tick * tick_rows : (tick + 1) * tick_rows] = initial_y[:, None]
    return x, y


def final_state(program: Program, buffers: CaseBuffers) -> tuple[Floats, Floats] | None:
    """Return net inputs and activations [tick, unit] at the end of the last example, or None if no example continues another."""
    if not buffers.continues.size or buffers.previous_ticks[0] < 0:
        return None
    ticks = buffers.previous_ticks[0] + np.arange(buffers.ticks_before)
    rows = buffers.tick_rows * ticks[:, None] + program.layout.rows
    return buffers.x[rows, 0], buffers.y[rows, 0]


def restore_state(program: Program, buffers: CaseBuffers, state: tuple[Floats, Floats]) -> None:
    """Write a final state into the rows before tick 1, for an example that continues the previous one."""
    rows = buffers.tick_rows * np.arange(buffers.ticks_before)[:, None] + program.layout.rows
    buffers.x[rows, 0], buffers.y[rows, 0] = state
    buffers.previous_ticks[0] = 0


def as_precision(array: npt.NDArray[Any], precision: Precision) -> Floats:
    """Return an array as the kernels require it: of the given precision, C-contiguous, aligned and writeable."""
    if array.flags.carray and array.dtype == precision:
        return array
    return np.array(array, precision, order="C")
