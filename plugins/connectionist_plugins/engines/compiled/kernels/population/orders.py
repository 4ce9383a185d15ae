"""The orders of presentation of the networks, with the random numbers that numpy draws for `PresentationOrder`."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import call_float, call_uint32
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Integers
from connectionist_plugins.engines.compiled.kernels.population.arguments import (
    Lanes,
    OrderArguments,
    OrderSettings,
    Population,
    PopulationSettings,
)


@kernel
def draw_up_to(next_uint32: int, state: int, highest: int) -> int:
    """Return a random integer from 0 to `highest`, below 2**32, as numpy does it: random bits until they are not above it."""
    mask, shift = highest, 1
    while shift < 32:
        mask |= mask >> shift
        shift *= 2
    number = call_uint32(next_uint32, (state,)) & mask
    while number > highest:
        number = call_uint32(next_uint32, (state,)) & mask
    return number


@kernel
def draw_permutation(order: Integers, next_uint32: int, state: int) -> None:
    """Fill an order with a random permutation, as ``Generator.permutation`` does."""
    for index in range(order.size):
        order[index] = index
    for index in range(order.size - 1, 0, -1):
        other = draw_up_to(next_uint32, state, index)
        order[index], order[other] = order[other], order[index]


@rare
def draw_sample(order: Integers, next_double: int, state: int, cumulative: Doubles) -> None:
    """Fill an order with examples drawn with replacement, as ``Generator.choice`` does."""
    for index in range(order.size):
        number = call_float(next_double, (state,))
        low, high = 0, cumulative.size
        while low < high:
            middle = (low + high) // 2
            if cumulative[middle] <= number:
                low = middle + 1
            else:
                high = middle
        order[index] = low


@kernel
def draw_order(order: Integers, generator: int, settings: OrderSettings) -> None:
    """Draw the next order of a network whose random generator has its state at the address `generator`."""
    if settings.is_permuted:
        draw_permutation(order, settings.next_uint32, generator)
    else:
        draw_sample(order, settings.next_double, generator, settings.cumulative)


@kernel
def draw_orders(population: Population, lanes: Lanes, settings: PopulationSettings) -> None:
    """Draw the next order of each network in training, unless the order is fixed."""
    count = lanes.networks.size
    for lane in range(count if population.generators.size else 0):
        if lanes.networks[lane] >= 0:
            draw_order(lanes.orders[lane], population.generators[lanes.networks[lane]], settings.orders)
            for position in range(lanes.orders.shape[1]):
                lanes.cases[position * count + lane] = lanes.orders[lane, position]


@rare
def draw_orders_of_network(arguments: OrderArguments) -> None:
    """Draw the next orders of one network."""
    for epoch in range(arguments.orders.shape[0]):
        draw_order(arguments.orders[epoch], arguments.generator, arguments.settings)
