"""The structs for training several networks of one wiring at once. Each *lane* of the vectors belongs to one network."""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.types import (
    Doubles,
    DoubleTable,
    Flags,
    FloatCube,
    Floats,
    FloatTable,
    Integers,
    IntegerTable,
)
from connectionist_plugins.engines.compiled.kernels.arguments import (
    NetworkArguments,
    RuleArguments,
    WeightArrays,
)
from connectionist_plugins.engines.compiled.kernels.stop_conditions import StopConditions
from connectionist_plugins.engines.compiled.simd.table import LaneLoops


class Population(NamedTuple):
    """The networks to train. Each lane trains one after the other.

    Attributes
    ----------
    values : array [network, weight row]
        Weights: initial ones until the network is in a lane, those after training when its training has ended.
    memory : array [network, name, weight]
        Memory of the rule, likewise.
    rates : float array [network]
        Learning rates; empty if all networks have the rates of the rule.
    generators : int array [network]
        Address of the state of each network's random generator for orders; empty for a fixed order.
    first_epochs, lanes : int array [network]
        Number of epochs in the log before the network's first epoch, and its lane, where those of the second thread follow those of the
        first.
    epochs : int array [network]
        Number of epochs that ran in the lane, once training there has ended.
    endings : int array [network]
        How training ended: `NOT_ENDED` until then, `ENDED_BY_EPOCHS`, `ENDED_BY_CRITERION` or `FAILED`. `TAKEN_OUT` if the network left
        its lane to be trained alone, until that has ended.
    last_values, last_memory : arrays like `values` and `memory`
        Weights and memory before the last epoch; empty if not needed.
    last_orders : int array [network, presentation]
        Order of presentation in the last epoch; empty if not needed.
    next_network : int array [1]
        Index of the network that the next free lane takes.
    made : int array [1]
        Number of networks that are made and can be taken. It grows while others are trained.
    is_making : int array [1]
        Whether it may still grow.
    most_to_take_out : int array [1]
        Number of networks in the lanes of a thread that train faster alone. When no network waits, a thread with at most this many takes
        them out of its lanes.
    """

    values: FloatTable
    memory: FloatCube
    rates: Doubles
    generators: Integers
    first_epochs: Integers
    lanes: Integers
    epochs: Integers
    endings: Integers
    last_values: FloatTable
    last_memory: FloatCube
    last_orders: IntegerTable
    next_network: Integers
    made: Integers
    is_making: Integers
    most_to_take_out: Integers


class Lanes(NamedTuple):
    """The networks in training, one per lane. Lanes are those of vectors of float64, so that an array of floats [lane] is one vector.

    Attributes
    ----------
    networks : int array [lane]
        Index of the network of each lane, -1 for none.
    last_epochs : int array [lane]
        Index of the epoch in the log with which training ends if no criterion was met, -1 for none.
    orders : int array [lane, presentation]
        Order of presentation in this epoch.
    cases : int array [presentation · lane]
        The same, presentation by presentation.
    errors, case_errors, tick_errors : float array [lane]
        E of the epoch; if the weights change after each case, also E of the case and of the tick.
    errors_of_change : float array [lane]
        E, summed over the examples since the last change, for a rule with a summary.
    wrong, checks : float array [lane]
        Number of wrong cases in the epoch, and 0 if every weight is finite, else NaN.
    previous_values, previous_memory : array [weight row, lane] and array
        Weights and the memory of the rule before the epoch; empty if not needed.
    epoch_count : int array [1]
        Number of epochs in the log.
    reserved : int array [lane]
        Index of the network that a free lane takes as soon as it is made, -1 for none.
    """

    networks: Integers
    last_epochs: Integers
    orders: IntegerTable
    cases: Integers
    errors: Doubles
    case_errors: Doubles
    tick_errors: Doubles
    errors_of_change: Doubles
    wrong: Doubles
    checks: Doubles
    previous_values: Floats
    previous_memory: Floats
    epoch_count: Integers
    reserved: Integers


class OrderSettings(NamedTuple):
    """How orders are drawn. Not used if they are fixed.

    Attributes
    ----------
    is_permuted : int
        Whether the order is drawn without replacement; else with replacement.
    next_uint32, next_double : int
        Addresses of the functions of the random generators.
    cumulative : float array [example]
        Cumulative probabilities of the examples.
    """

    is_permuted: int
    next_uint32: int
    next_double: int
    cumulative: Doubles


class PopulationSettings(NamedTuple):
    """What is common to all networks of a population.

    Attributes
    ----------
    per_change : int
        Examples per change of the weights.
    ticks : int
        Ticks of each example.
    is_by_case : int
        Whether the weights change after each example.
    orders : OrderSettings
    has_trained_connections : uint8 array [step]
        Whether a weight is trained among those of a step that is computed connection by connection. The derivatives of other such weights,
        as of the copies into a context, are not needed.
    epochs : int
        Maximal number of epochs.
    has_summary : int
        Whether the rule has a summary of all derivatives of a network. It is then called for one lane after the other.
    first_lane : int
        Number of lane 0 in `Population.lanes`.
    pause : int
        Address of the C function that pauses a thread for a number of microseconds; 0 if the platform has none.
    name_stride, weight_stride, lane_stride : int
        Distances in the rule's memory [name, weight, lane], or with a summary [lane, name, weight], from name to name, from weight to
        weight, and from lane to lane.
    """

    per_change: int
    ticks: int
    is_by_case: int
    orders: OrderSettings
    has_trained_connections: Flags
    epochs: int
    has_summary: int
    first_lane: int
    pause: int
    name_stride: int
    weight_stride: int
    lane_stride: int


class PopulationArguments(NamedTuple):
    """The arguments of the loop over epochs of several networks. See `kernels` for what is not described here.

    Attributes
    ----------
    log : float array [epoch, 2 · lane]
        The part of the log that is written: E of all lanes, and then their proportions of correct cases. The loop returns when it is full.
    epochs_before : int
        Number of epochs in the log before this part.
    is_stopped : int array [1]
        Whether to return after this epoch.
    """

    network: NetworkArguments
    lane_loops: LaneLoops
    rule: RuleArguments
    weights: WeightArrays
    inputs: FloatTable
    targets: FloatTable
    population: Population
    lanes: Lanes
    settings: PopulationSettings
    stop: StopConditions
    log: DoubleTable
    epochs_before: int
    is_stopped: Integers


class OrderArguments(NamedTuple):
    """The arguments of the function that draws the orders of a network.

    Attributes
    ----------
    orders : int array [epoch, presentation]
        Filled with the next orders.
    generator : int
        Address of the state of the network's random generator.
    """

    orders: IntegerTable
    generator: int
    settings: OrderSettings
