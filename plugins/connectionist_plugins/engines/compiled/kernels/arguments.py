"""The structs that kernels take as arguments."""

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
    Words,
)
from connectionist_plugins.engines.compiled.kernels.function_arguments import Functions
from connectionist_plugins.engines.compiled.simd.table import Loops


class WiringArguments(NamedTuple):
    """Connections in the order of computation. Rows of units are those of a `RowLayout`.

    Attributes
    ----------
    unit_rows : int array [position]
        Row of the unit at each position of the forward order.
    activated_runs : int array [run, 2]
        Runs of these units in successive rows: first row, and number of rows.
    step_starts : int array [step + 1]
        First position of each step, and the end. A step here is a joint group, or units of one group in successive rows that do not
        send to each other. One call computes the activations of a step.
    connection_starts : int array [position + 1]
        First incoming connection of each position, and the end.
    sender_rows : int array [connection + padding]
        Row of the sender, minus the rows of as many ticks as the connection's delay. The list is padded for loops that prefetch.
    weight_rows : int array [connection]
        Row of the weight.
    connection_flags : uint8 array [connection]
        1 if the error derivative propagates back to the sender; 2 if the sender is clamped, so that only the last case needs it, for
        the unit objects; 0 if it does not propagate.
    propagates : uint8 array [step]
        Whether the error derivative of some connection of the step propagates back to its sender in every case. Only read for a step that
        is computed connection by connection, without an input function, and not by sender.
    outgoing_starts : int array [2 · row + 1]
        In the lists of outgoing connections, the first one of each row that propagates its derivative back, and the first one that does
        not; then the end. Empty if the derivatives are computed by receiver.
    receiver_rows, outgoing_weight_rows : int array [connection + padding] and int array [connection]
        Rows of the receiver and of the weight of each outgoing connection, in the order of the backward pass.
    block_starts : int array [step + 1]
        First block of each step, and the end. A step without blocks is computed connection by connection.
    blocks : int array [block, 4]
        First row of the receivers, number of receivers, first matrix of the block, number of matrices.
    matrices, transposed_matrices : int array [matrix, 5]
        Description of each weight matrix for the forward and for the backward pass: see `simd.dense.weighted_sums`.
    matrix_flags : uint8 array [matrix]
        Flag of all connections of the matrix, as in `connection_flags`.
    input_rows : int array [input unit]
        Row of each input unit; the last row of all for a lesioned one.
    output_rows : int array [output unit]
        Row of each output unit.
    target_rows : int array [output unit]
        Row of each output unit's target: its index, or its own row if the layout has spacing.
    unit_target_rows : int array [position]
        Row of each activated unit's target; for a unit that is not an output unit, a row without targets.
    output_runs : int array [run, 2]
        Runs of output units of one group in successive rows: index of the first output unit, and number of units.
    tied_weights : int array
        Rows of the tied weights.
    tie_sizes : float array
        Number of connections that share each of the tied weights.
    first_clamped : int
        First row of the clamped or lesioned units if the layout has spacing, else 0.
    bias_row : int
        Row of the unit that is always on.
    is_dense : bool
        Whether all steps consist of blocks. Each weight's derivative is then overwritten, not added to.
    """

    unit_rows: Integers
    activated_runs: IntegerTable
    step_starts: Integers
    connection_starts: Integers
    sender_rows: Integers
    weight_rows: Integers
    connection_flags: Flags
    propagates: Flags
    outgoing_starts: Integers
    receiver_rows: Integers
    outgoing_weight_rows: Integers
    block_starts: Integers
    blocks: IntegerTable
    matrices: IntegerTable
    transposed_matrices: IntegerTable
    matrix_flags: Flags
    input_rows: Integers
    output_rows: Integers
    target_rows: Integers
    unit_target_rows: Integers
    output_runs: IntegerTable
    tied_weights: Integers
    tie_sizes: Doubles
    first_clamped: int
    bias_row: int
    is_dense: bool


class CaseBuffers(NamedTuple):
    """Memory for the state of a block of cases, and properties of the examples. Rows of units are those of a `RowLayout`.

    Attributes
    ----------
    x, y, dy : array [tick · row, case]
        Net input, activation, and ∂E/∂y, which ∂E/∂x replaces in the backward pass. `ticks_before` ticks precede tick 1.
    outputs : array like `y`
        What the connections carry; empty if no unit has an output function, so that it is `y`.
    d : array [tick · (output + 2), case]
        Targets; NaN if there is none. The last row but one of each tick has no targets, the last one is undefined. For a single case
        [tick · row, case].
    own_dx : array like `d`
        ∂E/∂x of the own errors of output units whose error function has a formula of the net input; else empty.
    unused_errors : array like `errors`
        Receives errors that are not used, when an error function is called for ∂E/∂y alone; else empty.
    is_by_case : int
        Whether the buffers have a single case, of one network or of several. E is then computed for each unit of a step.
    errors, wrong : array [case]
        E of each case, and 1 for each wrong case. For a single case [row].
    last_dy : array [row]
        ∂E/∂y of the last case, for the unit objects.
    scratch : float array [thread, number]
        For each thread five numbers per unit of the largest step or output group, or four per connection of a unit with an input function.
    steady_y : array [row, case]
        f(x) of units that integrate their activation; empty if there are none.
    dx_sums : array [tick · row, case]
        Sums of ∂E/∂x over the passes of a truncated backward pass; else empty.
    recorded_dy : array [tick · row, case]
        Record of ∂E/∂y if probes may need it; else empty.
    is_recording : int array [1]
        Whether ∂E/∂y is recorded in this epoch.
    summed_derivatives : int array [1]
        Address of the weights' derivatives while a backward pass also sums them, see `block.by_sender`; else 0.
    has_raised : int array [1]
        1 after a formula has raised.
    clamped_rows : int array
        Rows of the clamped units if ∂E/∂y may be recorded, since derivatives then propagate to them too; else empty.
    input_rows, target_rows : int array [tick · unit + padding]
        Row in `y` or `d` for each column of the tables of inputs and targets, padded to whole vectors.
    inputs_per_tick, targets_per_tick : int
        Columns of the tables per tick.
    tick_rows, target_tick_rows : int
        Rows of one tick in `x`, `y` and `dy`, and in `d`.
    ticks_before : int
        Number of ticks before tick 1.
    lengths : int array [example] or [1]
        Number of ticks of each example, or the one number that all have.
    continues : uint8 array [example]
        Whether each example continues the previous one; empty if none does.
    previous_ticks : int array [1]
        Number of ticks of the previous example; 0 if its final state is already in the rows before tick 1; -1 if there was none.
    ticks_back : int
        Number of ticks of the truncated backward pass; 0 for the full one.
    initial_x, initial_y : array [row], the state before tick 1
    after_example : int
        Address of a function to call after each presentation, see `example_callback`; 0 for none. Blocks then have one case.
    is_plain : int
        1 if there are no noise, no clamps, no weights of the error and no direct weights. Kernels test it once per pass.
    example_weights, error_weights : array [example] and array [case]
        Factors of E and its derivatives; empty if all are 1.
    clamp_table : array [example, tick · clamped unit]
        As `clamps`.
    clamp_rows : int array [tick · clamped unit + padding]
        Row in `clamps` for each column of the table, padded to whole vectors with an unused row.
    clamps : array [tick · row + 1, case]
        Activations to which units are clamped or, if their share is 0, what is added to their net inputs; NaN for none. Empty if there are
        no clamps.
    clamp_shares : array [tick · row + 1]
        Part of the activations that the clamps replace; empty if there are no clamps.
    noise_root : uint64 array [1]
        Number from which all keys of the noise come.
    noise_epoch : int array [1]
        Number of epochs, or of passes, before these.
    noise_keys : uint64 array [case]
        Key of the noise of each presentation; empty without noise.
    net_noise, activation_noise, net_logistic : float array [position]
        Scale of the noise on each unit (see ``Noise.scale``), and of its logistic deviates; empty if there are none.
    unit_numbers, input_numbers : int array [position] and int array [input unit]
        Number of each unit's noise at tick 1, without the quantity.
    tick_numbers : int
        Difference of these numbers from tick to tick.
    input_noise : float array [input unit]
        Scale of the noise on each input; empty if there is none.
    weight_noise : float array [weight row]
        Scale of the noise on each weight; empty if there is none. Blocks then have one case.
    noisy_values : array [weight row]
        Weights with the noise of the present case; empty if there is none.
    direct_rows : int array [row]
        Number of the hidden unit of each row, −1 for other units; empty if the procedure has no direct weights.
    direct_senders : int array [output unit]
        Rows of the output units that are not lesioned.
    direct_weights : array [hidden unit, output unit]
        Weights through which ∂E/∂x of the output units goes to hidden units directly.
    """

    x: FloatTable
    y: FloatTable
    dy: FloatTable
    outputs: FloatTable
    d: FloatTable
    own_dx: FloatTable
    unused_errors: Floats
    is_by_case: int
    errors: Floats
    wrong: Floats
    last_dy: Floats
    scratch: DoubleTable
    steady_y: FloatTable
    dx_sums: FloatTable
    recorded_dy: FloatTable
    is_recording: Integers
    summed_derivatives: Integers
    has_raised: Integers
    clamped_rows: Integers
    input_rows: Integers
    target_rows: Integers
    inputs_per_tick: int
    targets_per_tick: int
    tick_rows: int
    target_tick_rows: int
    ticks_before: int
    lengths: Integers
    continues: Flags
    previous_ticks: Integers
    ticks_back: int
    initial_x: Floats
    initial_y: Floats
    after_example: int
    is_plain: int
    example_weights: Floats
    error_weights: Floats
    clamp_table: FloatTable
    clamp_rows: Integers
    clamps: FloatTable
    clamp_shares: Floats
    noise_root: Words
    noise_epoch: Integers
    noise_keys: Words
    net_noise: Doubles
    activation_noise: Doubles
    net_logistic: Doubles
    unit_numbers: Integers
    input_numbers: Integers
    tick_numbers: int
    input_noise: Doubles
    weight_noise: Doubles
    noisy_values: Floats
    direct_rows: Integers
    direct_senders: Integers
    direct_weights: FloatTable


class NetworkArguments(NamedTuple):
    """A network that computes a block of cases."""

    wiring: WiringArguments
    functions: Functions
    loops: Loops
    buffers: CaseBuffers


class RuleArguments(NamedTuple):
    """A learning rule and its memory. A weight is here one of those that are trained.

    Attributes
    ----------
    change, signal : int
        Addresses of the formulas. `signal` is 0 if the weights learn from error derivatives.
    parameters, signal_parameters : int
        Addresses of the parameters of the rule, and of the procedure that has the signal.
    signal_sign, signal_phases : float and int
        1, or −1 if the sum takes the place of −∂E/∂w; the number of phases. With 2, a block has all cases again in the second phase.
    weight_count : int
        Number of weights.
    runs : int array [run, 3]
        First weight of each run of weights with successive rows, the end, and the first row. No run if the weights have several rates, or
        if there would be too many.
    rate : float
        Rate of all weights if there are runs.
    rows, rates : int array and float array [weight]
        Rows and rates of the weights if there are no runs; else empty.
    memory : array [name, weight]
        Memory, with one more row of scratch memory for a rule with a summary.
    previous : array [1 + name, weight]
        Values and memory before the last change; empty if they are not stored.
    is_divisible : bool
        Whether threads may divide the weights among them. A rule with a summary needs all weights in one thread.
    decay : float
        Weight decay.
    error : float array [1]
        E, summed over the examples since the last change, for a rule with a summary.
    clip, clip_limit : int and float
        What is done to the derivatives before a change: 0 for nothing, or a kind in `block.epoch`, and its number.
    lowest, highest : array [weight]
        Limits of the weights; empty if no weight has some.
    """

    change: int
    signal: int
    parameters: int
    signal_parameters: int
    signal_sign: float
    signal_phases: int
    weight_count: int
    runs: IntegerTable
    rate: float
    rows: Integers
    rates: Doubles
    memory: FloatTable
    previous: FloatTable
    is_divisible: bool
    decay: float
    error: Doubles
    clip: int
    clip_limit: float
    lowest: Floats
    highest: Floats


class WeightArrays(NamedTuple):
    """Quantities of the weights.

    Attributes
    ----------
    values, changes : array [weight row]
        w and the last Δw.
    derivatives : array [weight row]
        ∂E/∂w, summed over cases; for a local rule, the sum of signals.
    backward : array [weight row]
        Weights through which derivatives go back; empty if these are the values.
    averages_ties : bool
        Whether derivatives of tied weights are averaged.
    """

    values: Floats
    changes: Floats
    derivatives: Floats
    backward: Floats
    averages_ties: bool


class ProbeTable(NamedTuple):
    """The quantities to record: see `kernels.probes`.

    Attributes
    ----------
    descriptors : int array [probe, 7]
        Kind of probe; first column; number of columns; first entry in `example_slots`; number of recorded examples; number of ticks, or
        of changes per epoch; offset in `out` of the first record.
    epoch_records : int array [probe, epoch]
        Index of the record to write; -1 for none.
    addresses, strides : int array [column]
        Address of the number for the first case at tick 1, and bytes from tick to tick.
    is_derivative : uint8 array [column]
        Whether it is a derivative of a unit, which a factor multiplies.
    example_slots : int array [probe · example]
        Index of each example in a record; -1 if it is not recorded.
    out : float array
        Records [record, example, tick, column] or [record, change, column], probe by probe.
    """

    descriptors: IntegerTable
    epoch_records: IntegerTable
    addresses: Integers
    strides: Integers
    is_derivative: Flags
    example_slots: Integers
    out: Doubles
