"""The loop over epochs of several networks. A lane whose network has ended takes the next one."""

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.formulas.templates import INDEXED
from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import (
    FLOAT64_BYTES,
    address_of,
    call,
    copy_memory,
    increment_counter,
    read_counter,
    set_zero,
)
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, rare
from connectionist_plugins.engines.compiled.kernels.arguments import (
    RuleArguments,
    WeightArrays,
)
from connectionist_plugins.engines.compiled.kernels.block.backward import compare_and_backward
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average_tied, sum_derivatives
from connectionist_plugins.engines.compiled.kernels.block.epoch import change_weights, limit_weights
from connectionist_plugins.engines.compiled.kernels.block.forward import forward
from connectionist_plugins.engines.compiled.kernels.population.arguments import Lanes, PopulationArguments, PopulationSettings
from connectionist_plugins.engines.compiled.kernels.population.case import compare_and_backward_case
from connectionist_plugins.engines.compiled.kernels.population.orders import draw_orders
from connectionist_plugins.engines.compiled.kernels.training_loop import is_met
from connectionist_plugins.engines.compiled.simd.lane_sums import add_sums, log_lanes, set_zero_if_finite
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES

PAUSE = 50  # microseconds between two looks for networks that are made

NOT_ENDED, ENDED_BY_EPOCHS, ENDED_BY_CRITERION, FAILED, TAKEN_OUT = range(5)


@inline
def load_cases(arguments: PopulationArguments, start: int, count: int) -> None:
    """Load the examples that each network presents from position `start` on, `count` for all lanes together."""
    loops, buffers, lanes = arguments.network.loops, arguments.network.buffers, arguments.lanes
    inputs, targets = arguments.inputs, arguments.targets
    row_bytes, examples = buffers.x.itemsize * buffers.x.shape[1], address_of(lanes.cases) + INT64_BYTES * start
    y, d = address_of(buffers.y), address_of(buffers.d)
    call(loops.transposed, (address_of(inputs), examples, count, inputs.shape[1], address_of(buffers.input_rows), y, row_bytes))
    call(loops.transposed, (address_of(targets), examples, count, targets.shape[1], address_of(buffers.target_rows), d, row_bytes))
    for column in range(count if buffers.example_weights.size else 0):
        buffers.error_weights[column] = buffers.example_weights[lanes.cases[start + column]]


@kernel
def run_block(arguments: PopulationArguments, count: int, scale: float, adds: int) -> None:
    """Run the passes for a block of `count` cases of each network, and sum the derivatives of the weights."""
    network, weights, lanes, settings = arguments.network, arguments.weights, arguments.lanes, arguments.settings
    columns, ticks, buffers = count * lanes.errors.size, settings.ticks, network.buffers
    forward(network, weights.values, ticks, 0, columns, 0)
    if settings.is_by_case:
        compare_and_backward_case(arguments, scale, adds)
    else:
        compare_and_backward(network, weights.values, ticks, scale, 0, columns, arguments.stop.tolerance, -1, 0)
        add_sums(buffers.errors, count, lanes.errors)
        if settings.has_summary:
            add_sums(buffers.errors, count, lanes.errors_of_change)
        sum_derivatives(network, weights.values, weights.derivatives, ticks, count, adds, 0, 1)
    add_sums(buffers.wrong, count, lanes.wrong)


@kernel
def run_epoch(arguments: PopulationArguments, is_loaded: bool) -> bool:
    """Present the examples of one epoch to every network. Return whether the buffers hold all of them."""
    network, rule, weights = arguments.network, arguments.rule, arguments.weights
    wiring, buffers, lanes, settings = network.wiring, network.buffers, arguments.lanes, arguments.settings
    lane_count, presentations = lanes.errors.size, lanes.orders.shape[1]
    cases_per_block = buffers.x.shape[1] // lane_count
    has_ties = wiring.tied_weights.size > 0
    # A sparse network alone adds the derivatives of a case to 0, which makes 0 of −0; sums over ticks begin with 0 in any network.
    is_summed = settings.ticks > 1 and (buffers.ticks_back <= 0 or buffers.ticks_back >= settings.ticks)
    must_clear = has_ties or (settings.is_by_case and not wiring.is_dense and not is_summed)
    for step in range(settings.has_trained_connections.size):
        must_clear |= settings.has_trained_connections[step] != 0
    scale = 1.0 / settings.ticks if weights.averages_ties else 1.0
    set_zero(address_of(lanes.errors), VECTOR_BYTES)
    set_zero(address_of(lanes.wrong), VECTOR_BYTES)
    start = 0
    while start < presentations:
        end = min(start + settings.per_change, presentations)
        adds = 1 if must_clear else 0
        if settings.has_summary:
            set_zero(address_of(lanes.errors_of_change), VECTOR_BYTES)
        if must_clear:
            set_zero(address_of(weights.derivatives), weights.derivatives.itemsize * weights.derivatives.size)
        while start < end:
            count = min(cases_per_block, end - start)
            if not is_loaded:
                load_cases(arguments, start * lane_count, count * lane_count)
            run_block(arguments, count, scale, adds)
            adds = 1
            start += count
        if weights.averages_ties and has_ties:
            average_tied(wiring.tied_weights, wiring.tie_sizes, weights.derivatives, lane_count)
        if settings.has_summary:
            change_lanes(rule, weights, lanes, settings)
        else:
            change_weights(rule, weights, False, False, 0, 1)
    return cases_per_block >= presentations and settings.per_change >= presentations  # type: ignore[no-any-return]


@inline
def lane_index(settings: PopulationSettings, name: int, weight: int, lane: int) -> int:
    """Return the index of a trained weight of one lane in the memory of a rule."""
    return name * settings.name_stride + weight * settings.weight_stride + lane * settings.lane_stride


@kernel
def change_lanes(rule: RuleArguments, weights: WeightArrays, lanes: Lanes, settings: PopulationSettings) -> None:
    """Change every trainable weight once, by a rule that has a summary of all derivatives of a network."""
    weight_count, item_bytes = rule.weight_count, weights.values.itemsize
    arrays = (address_of(weights.values), address_of(weights.derivatives), address_of(weights.changes))
    for lane in range(lanes.errors.size):
        rows = address_of(rule.rows) + INT64_BYTES * weight_count * lane
        memory = address_of(rule.memory) + item_bytes * settings.lane_stride * lane
        rates, sizes = address_of(rule.rates) + FLOAT64_BYTES * weight_count * lane, (weight_count, weight_count, weights.values.size)
        last = (rule.decay, lanes.errors_of_change[lane], rule.parameters)
        call(rule.change, (*sizes, rows, *arrays, memory, rates, rule.rate, INDEXED, *last))
    if rule.lowest.size:
        limit_weights(rule, weights.values, 0, rule.rows.size)


@rare
def take_next(arguments: PopulationArguments, lane: int) -> int:
    """Put the next network into a lane, or none if it is not made. Return how many were put."""
    population, lanes, settings = arguments.population, arguments.lanes, arguments.settings
    rule, weights = arguments.rule, arguments.weights
    lane_count = lanes.networks.size
    lanes.networks[lane], lanes.last_epochs[lane] = -1, -1
    if lanes.reserved[lane] < 0:
        lanes.reserved[lane] = increment_counter(address_of(population.next_network))  # other threads take networks too
    network = lanes.reserved[lane]
    if network >= read_counter(address_of(population.made)):
        return 0
    lanes.reserved[lane] = -1
    first_epoch = lanes.epoch_count[0]
    lanes.networks[lane], lanes.last_epochs[lane] = network, first_epoch + settings.epochs - 1
    population.first_epochs[network], population.lanes[network] = first_epoch, settings.first_lane + lane
    memory = rule.memory.ravel()
    for row in range(population.values.shape[1]):
        weights.values[row * lane_count + lane] = population.values[network, row]
    for name in range(population.memory.shape[1]):
        for weight in range(population.memory.shape[2]):
            memory[lane_index(settings, name, weight, lane)] = population.memory[network, name, weight]
    for weight in range(population.memory.shape[2] if population.rates.size else 0):
        rule.rates[weight * settings.weight_stride + lane * (rule.weight_count if settings.has_summary else 1)] = population.rates[network]
    return 1


@rare
def store_network(arguments: PopulationArguments, lane: int, ending: int) -> None:
    """Write the weights of a lane, and the memory of its rule, to its network, whose training has ended, or goes on alone."""
    population, lanes, settings = arguments.population, arguments.lanes, arguments.settings
    rule, weights = arguments.rule, arguments.weights
    network, lane_count = lanes.networks[lane], lanes.networks.size
    population.endings[network] = ending
    population.epochs[network] = lanes.epoch_count[0] - population.first_epochs[network]
    memory = rule.memory.ravel()
    for row in range(population.values.shape[1]):
        population.values[network, row] = weights.values[row * lane_count + lane]
    for name in range(population.memory.shape[1]):
        for weight in range(population.memory.shape[2]):
            population.memory[network, name, weight] = memory[lane_index(settings, name, weight, lane)]
    if population.last_values.size:
        for row in range(population.values.shape[1]):
            population.last_values[network, row] = lanes.previous_values[row * lane_count + lane]
        for name in range(population.memory.shape[1]):
            for weight in range(population.memory.shape[2]):
                population.last_memory[network, name, weight] = lanes.previous_memory[lane_index(settings, name, weight, lane)]
        for position in range(lanes.orders.shape[1] if population.last_orders.size else 0):
            population.last_orders[network, position] = lanes.orders[lane, position]


@kernel
def end_epoch(arguments: PopulationArguments, active: int) -> int:
    """Log the epoch of each network, and replace those that have ended. Return how many are in training, `active` before."""
    lanes, stop = arguments.lanes, arguments.stop
    presentations, epoch = lanes.orders.shape[1], lanes.epoch_count[0]
    lanes.epoch_count[0] = epoch + 1
    row = epoch - arguments.epochs_before
    least = stop.correct if stop.has_criterion else 2.0  # which no lane reaches
    given = (lanes.errors, lanes.wrong, lanes.checks, lanes.last_epochs)
    is_ended = log_lanes(*given, epoch, presentations, stop.error, least, arguments.log[row])
    return replace_ended(arguments, epoch) if is_ended else active


@rare
def replace_ended(arguments: PopulationArguments, epoch: int) -> int:
    """Store the networks whose training has ended with an epoch, and put others in their lanes. Return how many are in training."""
    lanes, stop, row, active = arguments.lanes, arguments.stop, epoch - arguments.epochs_before, 0
    for lane in range(lanes.networks.size):
        if lanes.networks[lane] >= 0:
            error, correct, ending = arguments.log[row, lane], arguments.log[row, lanes.networks.size + lane], NOT_ENDED
            if not np.isfinite(error + lanes.checks[lane]):
                ending = FAILED
            elif is_met(stop, error, correct):
                ending = ENDED_BY_CRITERION
            elif epoch == lanes.last_epochs[lane]:
                ending = ENDED_BY_EPOCHS
            if ending != NOT_ENDED:
                store_network(arguments, lane, ending)
                take_next(arguments, lane)
            active += 1 if lanes.networks[lane] >= 0 else 0
    return active


@rare
def fill_lanes(arguments: PopulationArguments) -> int:
    """Put networks into the lanes that have none. Return how many are in training."""
    lanes, active = arguments.lanes, 0
    for lane in range(lanes.networks.size):
        if lanes.networks[lane] < 0:
            take_next(arguments, lane)
        active += 1 if lanes.networks[lane] >= 0 else 0
    return active


@rare
def wait_until_made(arguments: PopulationArguments, made: int) -> None:
    """Wait until the number of networks that are made is not `made`, or no more are made.

    The thread waits here, since in Python it would need the interpreter's lock, which the thread that makes networks holds for long.
    """
    population, pause = arguments.population, arguments.settings.pause
    while read_counter(address_of(population.made)) == made and read_counter(address_of(population.is_making)) != 0:
        if read_counter(address_of(arguments.is_stopped)) != 0:
            return
        if pause != 0:
            call(pause, (PAUSE,))


@rare
def take_out(arguments: PopulationArguments, active: int, made: int) -> int:
    """Take `active` networks out of the lanes, unless others wait. Return how many are in training.

    Their indices stay in `Lanes.networks`. When the lanes were filled, `made` networks were made.
    """
    population, lanes = arguments.population, arguments.lanes
    if read_counter(address_of(population.is_making)) != 0 or read_counter(address_of(population.made)) != made:
        return active
    if read_counter(address_of(population.next_network)) < made:
        return active
    for lane in range(lanes.networks.size):
        if lanes.networks[lane] >= 0:
            store_network(arguments, lane, TAKEN_OUT)
    return 0


@kernel
def train_population(arguments: PopulationArguments) -> int:
    """Train the networks until none is left and no more are made, or the part of the log is full. Return how many are in training."""
    rule, weights, buffers = arguments.rule, arguments.weights, arguments.network.buffers
    population, lanes, settings = arguments.population, arguments.lanes, arguments.settings
    active, made, is_loaded = 0, -1, False
    can_stay_loaded = population.generators.size == 0
    for _ in range(arguments.log.shape[0]):
        if active == 0:
            wait_until_made(arguments, made)
        while made != read_counter(address_of(population.made)):
            made = read_counter(address_of(population.made))
            active = fill_lanes(arguments)
            if active == 0:  # other threads took those that were made
                wait_until_made(arguments, made)
        if active <= read_counter(address_of(population.most_to_take_out)):
            active = take_out(arguments, active, made)
        if active == 0 or arguments.is_stopped[0]:
            return active
        if lanes.previous_values.size:
            copy_memory(address_of(lanes.previous_values), address_of(weights.values), weights.values.itemsize * weights.values.size)
            copy_memory(address_of(lanes.previous_memory), address_of(rule.memory), rule.memory.itemsize * rule.memory.size)
        draw_orders(population, lanes, settings)
        is_full = run_epoch(arguments, is_loaded)
        is_loaded = is_full and can_stay_loaded
        if buffers.has_raised[0]:
            return active
        set_zero_if_finite(weights.values, lanes.checks)
        active = end_epoch(arguments, active)
    return active
