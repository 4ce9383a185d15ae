"""What the kernel that settles a network takes."""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, DoubleTable, Flags, Integers, IntegerTable

COUNTERS = 5
LARGE_CHANGES, CALM_TICKS, OUTPUT_ROW, CLAMPS, SENDERS = range(COUNTERS)  # of `SettlingState.progress`


class SettlingRows(NamedTuple):
    """Rows of the network's units and weights in the arrays of their state, and positions in the arrays of the kernel.

    Attributes
    ----------
    history : int
        The longest delay, at least 1.
    units, clamped : int array [unit]
        Rows of the computed and of the clamped units.
    inputs, lesioned, always_on : int array [unit]
        Rows of the input units, of the lesioned ones among them, and of the units that are always 1.
    weights, outgoing_weights : int array [connection]
        Rows of the weights of the incoming and of the outgoing connections.
    places : int array [connection]
        Positions of the outgoing connections in `SettlingState.matrix`; empty if they are sparse.
    constant_senders, constant_receivers, constant_weights : int array [connection]
        The connections from clamped units: position in the clamped units, position of the receiver, and row of the weight.
    selected_rows : int
        Address of the loop of `simd.selected_rows`.
    """

    history: int
    units: Integers
    clamped: Integers
    inputs: Integers
    lesioned: Integers
    always_on: Integers
    weights: Integers
    outgoing_weights: Integers
    places: Integers
    constant_senders: Integers
    constant_receivers: Integers
    constant_weights: Integers
    selected_rows: int


class SettlingWiring(NamedTuple):
    """The connections and functions of the computed units. A step is units with one function that do not send to each other within a tick.

    Attributes
    ----------
    step_starts : int array [step + 1]
        First unit of each step, and the end.
    step_of : int array [unit]
    connection_starts : int array [unit + 1]
        First incoming connection of each unit, and the end.
    senders, delays : int array [connection]
        Column of the sender, and delay.
    outgoing_starts : int array [unit + 1]
        First outgoing connection of each unit, and the end; empty unless units are computed from the state one tick before, and all
        connections between them have a delay of 1. Then `outgoing_receivers` has the receivers, and each unit adds to their net inputs.
    outgoing_receivers : int array [connection]
    activate, parameters : int array [step]
        Address of the activation function and of its parameters.
    is_dynamic : uint8 array [step]
        Whether the function has the activation one tick before as an argument.
    output, output_parameters : int array [step]
        Address of the output function and of its parameters; 0 without one.
    integrates : uint8 array [step]
        As in `Functions`.
    dt : float array [unit]
    scales : float array [step]
        Scales of the deviates.
    initial, initial_net_inputs : float array [unit]
        State before tick 1.
    initial_outputs : float array [column]
        Outputs before tick 1.
    """

    step_starts: Integers
    step_of: Integers
    connection_starts: Integers
    senders: Integers
    delays: Integers
    outgoing_starts: Integers
    outgoing_receivers: Integers
    activate: Integers
    parameters: Integers
    is_dynamic: Flags
    output: Integers
    output_parameters: Integers
    integrates: Flags
    dt: Doubles
    scales: Doubles
    initial: Doubles
    initial_net_inputs: Doubles
    initial_outputs: Doubles


class SettlingState(NamedTuple):
    """What the kernel reads and writes.

    Attributes
    ----------
    weights, known_weights : int array [weight]
        The bits of the weights of the network, and those from which the next four arrays were made.
    values, outgoing_values, constant_values : float array [connection]
        Weights of incoming and of outgoing connections, and of those from clamped units.
    matrix : float array [unit, unit in whole vectors]
        Weights of the outgoing connections from each unit to all, 0 for none, which are used instead; without rows if the connections are
        sparse.
    unit_activations, unit_net_inputs : float array [row]
        The numbers of the units of the network.
    constants : float array [unit in whole vectors]
        The part of the net inputs that comes from clamped units and from outside, if units add to the net inputs of their receivers.
    sums : float array [unit in whole vectors]
        Memory for weighted sums.
    senders : int array [unit]
        The units whose outputs are not 0; `sends` is 1 for each of them.
    sends : float array [unit]
    external : float array [unit]
        The part of the net inputs that comes from outside.
    clamps, shares : float array [unit]
        Activations of the clamps, NaN for none, and the part of the activations that they replace.
    outputs : float array [row, column]
        At first, the first rows are those before tick 1, as many as the longest delay. In all others, the clamped units have their outputs.
    net_inputs, before : float array [unit]
        Net inputs, and those one tick before if some are integrated.
    orders : int array [tick, update]
        Units computed one after another in each tick; without rows, all units are computed from the state one tick before.
    deviates : float array [tick, update]
        Numbers that are added to the net inputs, times the scales of the steps; without rows, nothing is.
    scratch : float array [2, unit, in whole vectors]
        Net inputs of a step, then its activations, and then its outputs in place of the net inputs.
    marks : int array [unit]
        Number of large changes before the unit was last computed.
    progress : int array [COUNTERS]
        Number of large changes so far, successive ticks without one, row of the outputs of the next tick, number of clamps, and number of
        units whose outputs are not 0, at `LARGE_CHANGES`, `CALM_TICKS`, `OUTPUT_ROW`, `CLAMPS` and `SENDERS`.
    has_raised : int array [1]
        1 after a formula has raised.
    """

    weights: Integers
    known_weights: Integers
    values: Doubles
    outgoing_values: Doubles
    constant_values: Doubles
    matrix: DoubleTable
    unit_activations: Doubles
    unit_net_inputs: Doubles
    constants: Doubles
    sums: Doubles
    senders: Integers
    sends: Doubles
    external: Doubles
    clamps: Doubles
    shares: Doubles
    outputs: DoubleTable
    net_inputs: Doubles
    before: Doubles
    orders: IntegerTable
    deviates: DoubleTable
    scratch: DoubleTable
    marks: Integers
    progress: Integers
    has_raised: Integers


class SettlingTicks(NamedTuple):
    """The cases, the ticks to run, and when the network has settled.

    Attributes
    ----------
    inputs : float array [case, input unit]
    activations : float array [row, unit]
        For each case, one row per tick, after one for the state before tick 1.
    first_tick, ticks : int
        Number of the first tick, from 0, and number of ticks.
    criterion : float
    earliest : int
        First tick, from 0, at which it can have settled.
    """

    inputs: DoubleTable
    activations: DoubleTable
    first_tick: int
    ticks: int
    criterion: float
    earliest: int


class SettlingResults(NamedTuple):
    """What is known of each of several cases.

    Attributes
    ----------
    ticks : int array [case]
        Number of ticks that ran.
    is_settled : int array [case]
        1 or 0.
    changes, net_input_changes : float array [case]
        Largest changes of an activation, and of a net input that is integrated, in the last tick.
    """

    ticks: Integers
    is_settled: Integers
    changes: Doubles
    net_input_changes: Doubles
