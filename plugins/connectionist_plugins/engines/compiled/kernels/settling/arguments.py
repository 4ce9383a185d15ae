"""The struct of the arguments of settling."""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    Doubles,
    DoubleTable,
    Flags,
    Floats,
    FloatTable,
    Integers,
    IntegerTable,
)


class SettlingArguments(NamedTuple):
    """The phases of a case, the wiring for settling, and its memory.

    Attributes
    ----------
    slots : int
        Number of slots: 1 more than the longest delay; 1 for dynamics.
    matrices : int array [slot · matrix, 5]
        As `WiringArguments.matrices`, seen from each slot. In each block, those from clamped units come first. Matrices of one sender
        whose weights follow those of the sender before are one matrix, whose fourth number is 1.
    firsts, counts, constant_counts : int arrays [block]
        First matrix, number of matrices, and of those from clamped units, which come first.
    sender_rows : int array [slot · (connection + padding)]
        As `WiringArguments.sender_rows`, seen from each slot.
    end_rows : int array [connection]
        Row of each sender without its delay.
    end_senders : int array [matrix]
        First row of the senders of each matrix without their delay.
    targets : int array [row]
        Row of each unit's target, as in `WiringArguments.unit_target_rows`.
    is_output : uint8 array [step]
        Whether the units of a step are output units.
    ticks : int
        Number of ticks of each phase; 0 for dynamics.
    can_rest : bool
        Whether a phase may end when the state does not change any more.
    is_set_by_targets : bool
        Whether one tick after the targets gives the state at the end of a phase in which all output units are clamped.
    dt, criterion, steps : float, float and int
        Those of `Dynamics`; `steps` is 0 without.
    is_state_cost : bool
        Whether E of dynamics is that of the states.
    clamped, nudging, starts, ends_of : uint8, float, int and int arrays [phase]
        Whether the output units are clamped; β; 1 if the phase starts from the end of the first one; index of its activations in `ends`,
        or −1.
    case_signals, matrix_signals, block_signals : int
        Addresses of the formulas of the signals of a weight in each case, of a weight matrix in one case, and of a weight matrix in a block
        of cases; the last is 0 if the formula cannot be compiled for it.
    signals : array [case]
        Signals of a weight.
    base : array [row, case]
        Part of the net inputs that comes from clamped units.
    ends : array [2 · row, case]
        Activations at the end of two phases.
    first : array [2 · row, case]
        Net inputs and activations at the end of the first phase of dynamics.
    own : array [row, case]
        Memory for derivatives of the units' own errors.
    moving, exceeds : array [case]
        Whether the units of a case still move, and whether a change was above the criterion.
    unsettled : float array [thread, 2]
        Number of cases that were not at rest after all steps, and the largest change of one of them.
    """

    slots: int
    matrices: IntegerTable
    firsts: Integers
    counts: Integers
    constant_counts: Integers
    sender_rows: Integers
    end_rows: Integers
    end_senders: Integers
    targets: Integers
    is_output: Flags
    ticks: int
    can_rest: bool
    is_set_by_targets: bool
    dt: float
    criterion: float
    steps: int
    is_state_cost: bool
    clamped: Flags
    nudging: Doubles
    starts: Integers
    ends_of: Integers
    case_signals: int
    matrix_signals: int
    block_signals: int
    signals: Floats
    base: FloatTable
    ends: FloatTable
    first: FloatTable
    own: FloatTable
    moving: Floats
    exceeds: Floats
    unsettled: DoubleTable
