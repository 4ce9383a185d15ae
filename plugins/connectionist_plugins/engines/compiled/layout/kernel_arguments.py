"""What the kernels are handed: wiring, functions, room for cases, a rule at work, weights, limits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from connectionist.utils.arrays import Array

Numbers = npt.NDArray[Any]  # of the kind of number that is computed with
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.uint8]


class Wiring(NamedTuple):
    """Who sends to whom with which weight, in the order of computation. Rows of units are those of a `RowLayout`.

    Attributes
    ----------
    units : int array [place]
        Row of the unit at each place of the forward order.
    bounds : int array [step + 1]
        First place of each step, and the end. A step here is a joint group, or as many units of one group as stand in successive
        rows and do not send to each other: their activations are computed in one call.
    starts : int array [place + 1]
        First incoming connection of each place, and the end.
    senders, weights : int array [connection]
        Row of the sending unit, less the rows of as many ticks as the connection's delay, and of the weight. The list of senders
        goes on for a while beyond the last, for loops that look ahead.
    backs : uint8 array [connection]
        1 where the error derivative goes back to the sender, 2 where the sender is clamped (so that only what is shown of the
        last case needs it), 0 where it does not.
    block_starts : int array [step + 1]
        First block of each step, and the end; a step without blocks is computed connection by connection.
    blocks : int array [block, 4]
        First row of the receivers, how many, the block's first patch, how many patches.
    forth, back : int array [patch, 5]
        The route of each patch forward and backward: see `tiles.weighted_sums`.
    patch_backs : uint8 array [patch]
        As `backs`, of all connections of the patch.
    inputs, outputs : int array
        Rows of the input units and of the output units. For lesioned inputs the last row.
    targets : int array
        Rows of the targets of the output units: their number, or their row where the room has spacing.
    place_targets : int array [place]
        Row of the target of each unit that is activated: one without targets for those that are not output units.
    runs : int array [run, 2]
        Output units of one group that stand in successive rows: number of the first in `outputs`, and how many.
    tied : int array
        Rows of tied weights.
    copies : float array
        How many connections carry each of these.
    rest : int
        Where the room has spacing: the first row of the units that are not activated.
    always_on : int
        Row of the unit that is always on.
    is_dense : bool
        Whether every step is computed by blocks, and so writes each weight's derivative instead of adding to it.
    """

    units: Whole
    bounds: Whole
    starts: Whole
    senders: Whole
    weights: Whole
    backs: Flags
    block_starts: Whole
    blocks: Whole
    forth: Whole
    back: Whole
    patch_backs: Flags
    inputs: Whole
    outputs: Whole
    targets: Whole
    place_targets: Whole
    runs: Whole
    tied: Whole
    copies: Array
    rest: int
    always_on: int
    is_dense: bool


class Functions(NamedTuple):
    """Addresses of the compiled functions, with those of their parameters.

    Attributes
    ----------
    activate, slope, activation_parameters : int array [step]
    joint : uint8 array [step]
        Whether the step's units are activated together.
    integrates : uint8 array [step]
        1 where they integrate their net input, 2 where their activation, else 0.
    dt : float array [place]
    compare, error_parameters : int array [run]
    margin : float array [run]
    """

    activate: Whole
    slope: Whole
    activation_parameters: Whole
    joint: Flags
    integrates: Flags
    dt: Array
    compare: Whole
    error_parameters: Whole
    margin: Array


class Cases(NamedTuple):
    """Room for a block of cases, and what is asked of them. Rows of units are those of a `RowLayout`.

    Attributes
    ----------
    x, y, dy : array [tick · row, case]
        Net input, activation and ∂E/∂y, the last of which gives way to ∂E/∂x once that is known. `history` ticks stand before the first.
    d : array [tick · (output + 2), case]
        Target, NaN where there is none, as there is not in the last but one; the last means nothing. Over a single case [tick · row, case].
    errors, wrong : array [case]
        E of each case, and 1 for a case that is wrong; over a single case [row].
    shown : array [row]
        ∂E/∂y of the last case.
    scratch : float array [thread, 3 · units]
        Three numbers per unit of the largest group for each thread.
    spare : array [row, case]
        Room for answers of units that integrate their activation; else empty.
    sums : array [tick · row, case]
        Room for summed ∂E/∂x where errors are not carried back through all ticks; else empty.
    kept : array [tick · row, case]
        Room for ∂E/∂y where it may be recorded; else empty.
    keeping : int array [1]
        Whether it is recorded now.
    cleared : int array
        Where ∂E/∂y may be recorded, rows of the clamped units, to which it then goes back too; else empty.
    input_rows, target_rows : int array [tick · unit]
        Where the columns of the tables of inputs and targets go, filled up to a whole vector.
    inputs_each, targets_each : int
        Of how many columns a tick's are.
    span, target_span : int
        Rows of one tick, in x and in d.
    history : int
        How many ticks stand before tick 1.
    lengths : int array [example], or [1] where all have the same number of ticks
    continues : uint8 array [example]
        Which go on from where the one before ended; empty when none does.
    ended : int array [1]
        How many ticks the example before had; 0 when its end stands before tick 1 already, -1 when there was none.
    ticks_back : int
        Through how many ticks an error is carried back; 0 for all.
    initial_x, initial_y : array [row]
        State before tick 1.
    """

    x: Numbers
    y: Numbers
    dy: Numbers
    d: Numbers
    errors: Numbers
    wrong: Numbers
    shown: Numbers
    scratch: Numbers
    spare: Numbers
    sums: Numbers
    kept: Numbers
    keeping: Whole
    cleared: Whole
    input_rows: Whole
    target_rows: Whole
    inputs_each: int
    targets_each: int
    span: int
    target_span: int
    history: int
    lengths: Whole
    continues: Flags
    ended: Whole
    ticks_back: int
    initial_x: Numbers
    initial_y: Numbers


class RuleArguments(NamedTuple):
    """A rule at work.

    Attributes
    ----------
    change, signal, parameters : int
        Addresses; signal is 0 for a rule that learns from error derivatives.
    trained : int
        How many weights there are to train.
    first : int
        The first row of these weights where they stand in successive rows and have one rate; else -1.
    rate : float
        That of all of them, where `first` is not -1.
    rows : int array [place]
    rates : float array [place]
        Rows and rates of the weights to train, where `first` is -1; else empty.
    memory : array [memory, place]
        With a row of scratch at the end for a rule that summarizes.
    earlier : array [1 + memory, place]
        The weights and what was remembered before the last change that is shown; empty where that is not kept.
    divides : bool
        Whether several threads may share the weights out: a rule that summarizes must see them all.
    decay : float
    """

    change: int
    signal: int
    parameters: int
    trained: int
    first: int
    rate: float
    rows: Whole
    rates: Array
    memory: Numbers
    earlier: Numbers
    divides: bool
    decay: float


class Weights(NamedTuple):
    """The weights' numbers by row.

    Attributes
    ----------
    values, changes : array [weight row]
    gathered : array [weight row]
        Derivatives; or signals, for a rule that makes no backward pass.
    mean : bool
        Whether ties are averaged.
    """

    values: Numbers
    changes: Numbers
    gathered: Numbers
    mean: bool


class Taps(NamedTuple):
    """What is to be kept for those who record: see `tapping`.

    Attributes
    ----------
    plan : int array [probe, 7]
        Of units, epochs or changes; first column and how many; where the slots begin and how many cases are kept; how many ticks or
        changes; where in `out` the first record begins.
    records : int array [probe, epoch]
        The number of the record to write; -1 for none.
    places, strides : int array [column]
        The address of the number in question, of the first case at tick 1, and how many bytes further that of the next tick is.
    are_derivatives : uint8 array [column]
        Whether it is a derivative of a unit, which is to be multiplied by a factor.
    slots : int array [probe · example]
        Where each example goes in a record; -1 where it is not kept.
    out : float array
        Records [record, case, tick, column] or [record, change, column], probe by probe.
    """

    plan: Whole
    records: Whole
    places: Whole
    strides: Whole
    are_derivatives: Flags
    slots: Whole
    out: Array


class StopConditions(NamedTuple):
    """When to stop, and what counts as right."""

    error: float
    correct: float
    has_criterion: bool
    tolerance: float
