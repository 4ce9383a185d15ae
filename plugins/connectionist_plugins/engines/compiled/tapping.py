"""Keeping what is to be recorded, within the kernels: nothing is looked at where nothing is to be kept.

What is to be kept is a list of columns for each tap, each a quantity of one unit or weight, and goes into one array for all taps.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.basics import row_of
from connectionist_plugins.engines.compiled.caching import kept, part

NOTHING, NET_INPUT, ACTIVATION, NET_DERIVATIVE, ACTIVATION_DERIVATIVE, TARGET, NO_TARGET = range(7)
VALUE, DERIVATIVE, CHANGE = range(3)
OF_UNITS, OF_EPOCHS, OF_CHANGES = range(3)


@part
def are_kept(taps, epoch):
    """Return whether something of units is to be kept in an epoch."""
    found = False
    for tap in range(taps.plan.shape[0]):
        found |= taps.plan[tap, 0] == OF_UNITS and taps.records[tap, epoch] >= 0
    return found


@part
def number_of(cases, tick, source, row, case, factor, went_back):
    """Return one quantity of one unit at one tick of one case of the block."""
    at, number = row_of(cases, tick) + row, 0.0
    if source == ACTIVATION:
        number = cases.y[at, case] * 1.0
    elif source == NET_INPUT:
        number = cases.x[at, case] * 1.0
    elif source == TARGET:
        number = cases.d[tick * cases.target_span + row, case] * 1.0
    elif source == NO_TARGET:
        number = np.nan
    elif source == ACTIVATION_DERIVATIVE and went_back:
        number = cases.kept[tick * cases.span + row, case] * factor
    elif source == ACTIVATION_DERIVATIVE or (went_back and source != NOTHING):
        number = cases.dy[at, case] * factor
    return number


@kept(error_model="numpy")
def keep_units(taps, cases, order, start, first, count, ticks, factor, epoch, went_back):
    """Keep what the taps want of some cases of the block, which starts at `start` of the order. Derivatives are multiplied by a factor."""
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
                    for number in range(columns):
                        source, row = taps.sources[column + number], taps.rows[column + number]
                        taps.out[out + tick * columns + number] = number_of(cases, tick, source, row, case, factor, went_back)


@kept(error_model="numpy")
def keep_weights(taps, weights, epoch, change, kind, has_derivatives):
    """Keep what the taps of one kind want of the weights after a change."""
    for tap in range(taps.plan.shape[0]):
        of, column, columns, _, _, depth, at = taps.plan[tap]
        record = taps.records[tap, epoch]
        if of != kind or record < 0:
            continue
        out = at + (record * depth + change) * columns
        for number in range(columns):
            source, row = taps.sources[column + number], taps.rows[column + number]
            if source == VALUE:
                taps.out[out + number] = weights.values[row]
            elif source == CHANGE:
                taps.out[out + number] = weights.changes[row]
            else:
                taps.out[out + number] = weights.gathered[row] if has_derivatives else 0.0


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
