"""A network and the phases of a procedure as arrays for kernels that settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from connectionist.plugins.procedures import SignalProcedure
from connectionist_plugins.engines.compiled.formulas.compile import block_signals_address, formula_address
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers
from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_zeros
from connectionist_plugins.engines.compiled.layout.program import Program
from connectionist_plugins.engines.compiled.layout.stochastic import MOST
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES


@dataclass(frozen=True)
class _Matrix:
    """A weight matrix: first sender without its delay, delay, senders, first weight, and the distances of weights in both directions."""

    sender: int
    delay: int
    senders: int
    weight: int
    across: int
    down: int


def settling_arguments(
    program: Program,
    procedure: SignalProcedure,
    ticks: int,
    buffers: CaseBuffers,
    precision: Precision,
    threads: int,
    kept: list[object],
) -> SettlingArguments:
    """Return the arguments of the kernels that settle.

    Parameters
    ----------
    program : Program
    procedure : SignalProcedure
        It has signals of two phases.
    ticks : int
        Number of ticks of each phase.
    buffers : CaseBuffers
        Buffers for examples of one tick.
    precision : {"float64", "float32"}
    threads : int
    kept : list of object
        Receives the objects that the caller must keep as long as it uses the arguments.
    """
    wiring, dynamics, phases, size = program.wiring, procedure.dynamics, procedure.phases, buffers.tick_rows
    slots, width = 1 if dynamics else program.ticks_before + 1, buffers.x.shape[1]
    blocks = _matrices_by_block(program)
    matrices = [matrix for constant, varying in blocks for matrix in (*constant, *varying)]
    counts = np.array([len(constant) + len(varying) for constant, varying in blocks], np.int64)
    ends, senders = wiring.sender_rows % size, wiring.sender_rows
    delays = (ends - senders) // size
    targets = np.zeros(size, np.int64)
    targets[wiring.unit_rows] = wiring.unit_target_rows
    counted = [phase for phase in phases if phase.counts]
    can_rest = slots > 1 and not any(group.timing.integrates for group in program.step_groups)

    def table(rows: int) -> Floats:
        return aligned_zeros((rows, width), precision)

    return SettlingArguments(
        slots=slots,
        matrices=_by_slot(matrices, slots, size),
        firsts=np.cumsum(counts) - counts,
        counts=counts,
        constant_counts=np.array([len(constant) for constant, _ in blocks], np.int64),
        sender_rows=np.concatenate([ends + size * ((slot - delays) % slots - slot) for slot in range(slots)]),
        end_rows=ends,
        end_senders=np.array([matrix.sender for matrix in matrices], np.int64),
        targets=targets,
        is_output=np.array([group.role == "output" for group in program.step_groups], np.uint8),
        ticks=0 if dynamics else ticks,
        can_rest=can_rest,
        is_set_by_targets=can_rest and ticks >= slots and _delays_only_outputs(program),
        dt=dynamics.dt if dynamics else 0.0,
        criterion=dynamics.criterion if dynamics else 0.0,
        steps=min(dynamics.steps, MOST) if dynamics else 0,
        is_state_cost=dynamics is not None and dynamics.cost == "state",
        clamped=np.array([phase.targets == "clamped" for phase in phases], np.uint8),
        nudging=np.array([phase.nudging for phase in phases], float),
        starts=np.array([phase.continues is not False for phase in phases], np.int64),
        ends_of=np.array([counted.index(phase) if phase in counted else -1 for phase in phases], np.int64),
        case_signals=formula_address(procedure, "case_signals", precision, kept),
        matrix_signals=formula_address(procedure, "matrix_signals", precision, kept) if buffers.is_by_case else 0,
        block_signals=0 if buffers.is_by_case or precision != "float64" else block_signals_address(procedure, kept),
        signals=aligned_zeros((max(width, VECTOR_BYTES),), precision),
        base=table(size),
        ends=table(2 * size),
        first=table(2 * size if dynamics else 0),
        own=table(size if any(phase.nudging for phase in phases) else 0),
        moving=table(1)[0],
        exceeds=table(1)[0],
        unsettled=np.zeros((threads, 2)),
    )


def has_delayed_inputs(program: Program) -> bool:
    """Return whether a clamped unit sends through a connection with a delay. Its activation is then another one at tick 1."""
    senders = program.wiring.sender_rows[: len(program.wiring.weight_rows)]
    return bool((~program.is_activated[senders % program.layout.size] & (senders < 0)).any())


def _delays_only_outputs(program: Program) -> bool:
    """Return whether only output units and clamped units send to other units with a delay."""
    wiring, size = program.wiring, program.layout.size
    is_output = np.zeros(size, bool)
    for group, begin, end in zip(program.step_groups, wiring.step_starts[:-1], wiring.step_starts[1:], strict=True):
        is_output[wiring.unit_rows[begin:end]] = group.role == "output"
    senders = wiring.sender_rows[: len(wiring.weight_rows)]
    is_received_by_output = np.repeat(is_output[wiring.unit_rows], np.diff(wiring.connection_starts))
    varies = program.is_activated[senders % size] & ~is_output[senders % size]
    return not (varies & (senders < 0) & ~is_received_by_output).any()


def _shift(slot: int, delay: int, slots: int) -> int:
    """Return the number of slots from a slot to that of senders with a delay."""
    return (slot - delay) % slots - slot


def _by_slot(matrices: Sequence[_Matrix], slots: int, size: int) -> Integers:
    rows = [
        (matrix.sender + size * _shift(slot, matrix.delay, slots), matrix.senders, matrix.weight, matrix.across, matrix.down)
        for slot in range(slots)
        for matrix in matrices
    ]
    return np.array(rows, np.int64).reshape(-1, 5)


def _matrices_by_block(program: Program) -> list[tuple[list[_Matrix], list[_Matrix]]]:
    """Return the matrices of each block: those from clamped units without delay, and the others."""
    wiring, size = program.wiring, program.layout.size
    found = []
    for _, receivers, first, count in wiring.blocks.tolist():
        parts: tuple[list[_Matrix], list[_Matrix]] = ([], [])
        for row, senders, weight, across, down in wiring.matrices[first : first + count].tolist():
            sender = row % size
            part = parts[1 if program.is_activated[sender] else 0]
            matrix = _Matrix(sender, (sender - row) // size, senders, weight, across, down)
            joined = _joined(part[-1], matrix, receivers) if part else None
            if joined is None:
                part.append(matrix)
            else:
                part[-1] = joined
        found.append(parts)
    return found


def _joined(before: _Matrix, matrix: _Matrix, receivers: int) -> _Matrix | None:
    """Return two matrices as one whose senders and weights are successive, if `matrix` has one sender; else None."""
    is_column = before.senders == 1 or before.across == 1
    follows = matrix.sender == before.sender + before.senders and matrix.weight == before.weight + before.senders * receivers
    if matrix.senders > 1 or not (is_column and follows and matrix.delay == before.delay) or receivers == 1:
        return None
    return _Matrix(before.sender, before.delay, before.senders + 1, before.weight, 1, receivers)
