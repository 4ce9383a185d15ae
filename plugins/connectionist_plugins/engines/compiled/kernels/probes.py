"""Keeping what is to be recorded, within the kernels.

What is to be kept is a list of columns for each probe, each a quantity of one unit or weight given by its address, and goes into one array
for all probes. Where nothing is recorded, kernels are handed None in place of probes, and are compiled without any of this.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.indexing import row_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import read_float
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline

OF_UNITS, OF_EPOCHS, OF_CHANGES = range(3)


@inline
def are_kept(probes, epoch):
    """Return whether something of units is to be kept in an epoch."""
    found = False
    for probe in range(probes.plan.shape[0]):
        found |= probes.plan[probe, 0] == OF_UNITS and probes.records[probe, epoch] >= 0
    return found


@cached_njit(error_model="numpy")
def keep_units(probes, cases, order, start, first, count, ticks, factor, epoch):
    """Keep what the probes want of some cases of the block, which starts at `start` of the order; multiply derivatives by a factor."""
    bytes_each = cases.y.itemsize
    for probe in range(probes.plan.shape[0]):
        kind, column, columns, slot, slots, depth, at = probes.plan[probe]
        record = probes.records[probe, epoch]
        if kind != OF_UNITS or record < 0:
            continue
        for case in range(first, first + count):
            place = probes.slots[slot + order[start + case]]
            if place >= 0:
                out = at + (record * slots + place) * depth * columns
                for tick in range(ticks):
                    for number in range(column, column + columns):
                        value = read_float(probes.places[number] + tick * probes.strides[number] + case * bytes_each, cases.y)
                        probes.out[out] = value * factor if probes.are_derivatives[number] else value
                        out += 1


@cached_njit(error_model="numpy")
def keep_weights(probes, values, epoch, change, kind):
    """Keep what the probes of one kind want of the weights after a change."""
    for probe in range(probes.plan.shape[0]):
        of, column, columns, _, _, depth, at = probes.plan[probe]
        record = probes.records[probe, epoch]
        if of == kind and record >= 0:
            out = at + (record * depth + change) * columns
            for number in range(columns):
                probes.out[out + number] = read_float(probes.places[column + number], values)


@inline
def keep_dy(wiring, cases, begin, end, tick, first, count):
    """Keep ∂E/∂y of one step's units before it gives way to ∂E/∂x; where errors come by several times, the sum."""
    for place in range(begin, end):
        row = wiring.units[place]
        for case in range(first, first + count):
            cases.kept[tick * cases.span + row, case] += cases.dy[row_of(cases, tick) + row, case]


@cached_njit(error_model="numpy")
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


@inline
def clear_kept(cases, ticks, first, count):
    """Set to 0 what is to be kept of ∂E/∂y."""
    for row in range(ticks * cases.span):
        for case in range(first, first + count):
            cases.kept[row, case] = 0.0
