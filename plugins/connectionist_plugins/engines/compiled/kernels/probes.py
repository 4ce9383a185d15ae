"""Keeping what is to be recorded, within the kernels.

What is to be kept is a list of columns for each tap, each a quantity of one unit or weight given by its address, and goes into one array
for all taps. Where nothing is recorded, kernels are handed None in place of taps, and are compiled without any of this.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.indexing import row_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import number_at
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import kept, part

OF_UNITS, OF_EPOCHS, OF_CHANGES = range(3)


@part
def are_kept(taps, epoch):
    """Return whether something of units is to be kept in an epoch."""
    found = False
    for tap in range(taps.plan.shape[0]):
        found |= taps.plan[tap, 0] == OF_UNITS and taps.records[tap, epoch] >= 0
    return found


@kept(error_model="numpy")
def keep_units(taps, cases, order, start, first, count, ticks, factor, epoch):
    """Keep what the taps want of some cases of the block, which starts at `start` of the order. Derivatives are multiplied by a factor."""
    bytes_each = cases.y.itemsize
    for tap in range(taps.plan.shape[0]):
        kind, column, columns, slot, slots, depth, at = taps.plan[tap]
        record = taps.records[tap, epoch]
        if kind != OF_UNITS or record < 0:
            continue
        for case in range(first, first + count):
            place = taps.slots[slot + order[start + case]]
            if place >= 0:
                out = at + (record * slots + place) * depth * columns
                for tick in range(ticks):
                    for number in range(column, column + columns):
                        value = number_at(taps.places[number] + tick * taps.strides[number] + case * bytes_each, cases.y)
                        taps.out[out] = value * factor if taps.are_derivatives[number] else value
                        out += 1


@kept(error_model="numpy")
def keep_weights(taps, values, epoch, change, kind):
    """Keep what the taps of one kind want of the weights after a change."""
    for tap in range(taps.plan.shape[0]):
        of, column, columns, _, _, depth, at = taps.plan[tap]
        record = taps.records[tap, epoch]
        if of == kind and record >= 0:
            out = at + (record * depth + change) * columns
            for number in range(columns):
                taps.out[out + number] = number_at(taps.places[column + number], values)


@part
def keep_dy(wiring, cases, begin, end, tick, first, count):
    """Keep ∂E/∂y of one step's units before it gives way to ∂E/∂x; where errors come by several times, the sum."""
    for place in range(begin, end):
        row = wiring.units[place]
        for case in range(first, first + count):
            cases.kept[tick * cases.span + row, case] += cases.dy[row_of(cases, tick) + row, case]


@kept(error_model="numpy")
def keep_rest(wiring, cases, lowest, bottom, end, first, count):
    """Keep ∂E/∂y of what no step has: of clamped units at the ticks from the lowest on, and of others below those gone back through.

    To the latter something is handed back over a delay, though it goes no further.
    """
    for tick in range(lowest, bottom):
        keep_dy(wiring, cases, 0, wiring.units.size, tick, first, count)
    for tick in range(lowest, end):
        for number in range(cases.cleared.size):
            row = cases.cleared[number]
            for case in range(first, first + count):
                cases.kept[tick * cases.span + row, case] += cases.dy[row_of(cases, tick) + row, case]


@part
def clear_kept(cases, ticks, first, count):
    """Set to 0 what is to be kept of ∂E/∂y."""
    for row in range(ticks * cases.span):
        for case in range(first, first + count):
            cases.kept[row, case] = 0.0
