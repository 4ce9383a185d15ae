"""The orders of presentation of the networks, with the random numbers that numpy draws for `PresentationOrder`."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.numba_runtime.c_calls import call_float, call_uint32
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit


@cached_njit(error_model="numpy")
def draw_up_to(next_uint32, state, highest):
    """Return a random integer from 0 to `highest`, below 2**32, as numpy does it: random bits until they are not above it."""
    mask = highest
    for shift in (1, 2, 4, 8, 16):
        mask |= mask >> shift
    number = np.int64(call_uint32(next_uint32, (state,))) & mask
    while number > highest:
        number = np.int64(call_uint32(next_uint32, (state,))) & mask
    return number


@cached_njit(error_model="numpy")
def draw_permutation(order, next_uint32, state):
    """Fill an order with a random permutation, as ``Generator.permutation`` does."""
    for index in range(order.size):
        order[index] = index
    for index in range(order.size - 1, 0, -1):
        other = draw_up_to(next_uint32, state, index)
        order[index], order[other] = order[other], order[index]


@cached_njit(error_model="numpy")
def draw_sample(order, next_double, state, cumulative):
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


@cached_njit(error_model="numpy")
def draw_orders(population, lanes, settings):
    """Draw the next order of each network in training, unless the order is fixed."""
    count = lanes.networks.size
    for lane in range(count if population.generators.size else 0):
        if lanes.networks[lane] >= 0:
            state = population.generators[lanes.networks[lane]]
            if settings.is_permuted:
                draw_permutation(lanes.orders[lane], settings.next_uint32, state)
            else:
                draw_sample(lanes.orders[lane], settings.next_double, state, settings.cumulative)
            for position in range(lanes.orders.shape[1]):
                lanes.cases[position * count + lane] = lanes.orders[lane, position]
