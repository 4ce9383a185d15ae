"""The compiled passes over a block of cases. Arrays of the block are [unit, case]: x, y and dy, which is ∂E/∂y and then ∂E/∂x.

The case is the innermost dimension, so that every loop over it makes vectors whatever the wiring is. Where a network is dense, whole
tiles of units × cases are computed at once (`tiles`), elsewhere connection by connection (`gathered`). A thread computes a part of the
block's cases from end to end; only when derivatives are summed over cases do threads meet, and then each sums those of other weights.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.caching import kept, part
from connectionist_plugins.engines.compiled.crews import share
from connectionist_plugins.engines.compiled.lending import lend
from connectionist_plugins.engines.compiled.loops.gathered import RETURNS
from connectionist_plugins.engines.compiled.loops.tiles import ROUTE
from connectionist_plugins.engines.compiled.loops.vectors import VECTOR_BYTES, WHOLE_BYTES
from connectionist_plugins.engines.compiled.pointers import FLOAT_BYTES, address_of, call, wipe

ROUTE_BYTES = ROUTE * WHOLE_BYTES
SHOWN_ONLY = 2  # of `Wiring.backs`, beside RETURNS
SUM = {"reassoc", "nsz", "contract"}


@part
def vectors_of(cases, count):
    """Return how many vectors hold so many cases."""
    return (count * cases.x.itemsize + VECTOR_BYTES - 1) // VECTOR_BYTES


@kept(error_model="numpy")
def add_up(wiring, loops, step, values, cases, at, width):
    """Set the net inputs of one step's units for some vectors of cases (equation 1)."""
    stride = cases.x.itemsize * cases.x.shape[1]
    x, y = address_of(cases.x) + at, address_of(cases.y) + at
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        routes = address_of(wiring.forth) + ROUTE_BYTES * block[2]
        out = x + block[0] * stride
        call(loops.weighted_sums, (address_of(values), routes, block[3], out, block[1], y, stride, width, 0))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    for place in range(wiring.bounds[step], wiring.bounds[step + 1]):
        first, count = wiring.starts[place], wiring.starts[place + 1] - wiring.starts[place]
        senders, rows = address_of(wiring.senders) + WHOLE_BYTES * first, address_of(wiring.weights) + WHOLE_BYTES * first
        out = x + wiring.units[place] * stride
        call(loops.gathered_sums, (address_of(values), senders, rows, count, out, y, stride, width))


@kept(error_model="numpy")
def hand_back(wiring, loops, step, values, cases, at, width):
    """Add to the senders' ∂E/∂y what one step's units hand back, for some vectors of cases (equation 7)."""
    stride = cases.x.itemsize * cases.x.shape[1]
    dy = address_of(cases.dy) + at
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        for patch in range(block[2], block[2] + block[3]):
            if wiring.patch_backs[patch] == RETURNS:
                route, sender, senders = address_of(wiring.back) + ROUTE_BYTES * patch, wiring.forth[patch, 0], wiring.forth[patch, 1]
                out = dy + sender * stride
                call(loops.weighted_sums, (address_of(values), route, 1, out, senders, dy, stride, width, 1))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    for place in range(wiring.bounds[step], wiring.bounds[step + 1]):
        first, count = wiring.starts[place], wiring.starts[place + 1] - wiring.starts[place]
        senders, rows = address_of(wiring.senders) + WHOLE_BYTES * first, address_of(wiring.weights) + WHOLE_BYTES * first
        backs = address_of(wiring.backs) + first
        source = dy + wiring.units[place] * stride
        call(loops.scattered_sums, (address_of(values), senders, rows, backs, count, dy, source, stride, width))


@kept(error_model="numpy")
def sum_derivatives(wiring, loops, derivatives, cases, width, adds, rank, threads):
    """Set, or add to, the weights' derivatives, summed over the block's cases (equation 6)."""
    stride = cases.x.itemsize * cases.x.shape[1]
    dx, y = address_of(cases.dy), address_of(cases.y)
    for step in range(wiring.bounds.size - 1):
        for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
            block = wiring.blocks[number]
            begin, end = share(rank, threads, block[1], 4)
            for patch in range(block[2], block[2] + block[3]):
                sender, senders, weight = wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
                receivers = dx + (block[0] + begin) * stride
                first = weight + begin * senders
                numbers = (first, senders, receivers, end - begin, y + sender * stride, senders, stride, width, adds)
                call(loops.summed_products, (address_of(derivatives), *numbers))
        if wiring.block_starts[step] < wiring.block_starts[step + 1]:
            continue
        begin, end = share(rank, threads, wiring.bounds[step + 1] - wiring.bounds[step], 1)
        for place in range(wiring.bounds[step] + begin, wiring.bounds[step] + end):
            first, count = wiring.starts[place], wiring.starts[place + 1] - wiring.starts[place]
            senders, rows = address_of(wiring.senders) + WHOLE_BYTES * first, address_of(wiring.weights) + WHOLE_BYTES * first
            receiver = dx + wiring.units[place] * stride
            call(loops.gathered_products, (address_of(derivatives), senders, rows, count, receiver, y, stride, width))


@kept(error_model="numpy")
def forward(wiring, functions, loops, values, cases, first, count, rank):
    """Activate every step in order, for some successive cases of the block."""
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    at, width = bytes_each * first, vectors_of(cases, count)
    x, y = address_of(cases.x) + at, address_of(cases.y) + at
    scratch = address_of(cases.scratch) + rank * FLOAT_BYTES * cases.scratch.shape[1]
    for step in range(functions.activate.size):
        begin, end = wiring.bounds[step], wiring.bounds[step + 1]
        add_up(wiring, loops, step, values, cases, at, width)
        f, parameters = functions.activate[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = address_of(wiring.units) + WHOLE_BYTES * begin
            call(f, (x, y, rows, end - begin, stride, count, scratch, parameters))
        else:
            row = bytes_each * stride * wiring.units[begin]
            call(f, (x + row, y + row, end - begin, stride, count, parameters))


@kept(error_model="numpy")
def clear_derivatives(wiring, cases, first, wide):
    """Set ∂E/∂y to 0 for every unit that is activated."""
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    dy = address_of(cases.dy) + bytes_each * first
    if wide == stride:
        for step in range(wiring.bounds.size - 1):
            begin, units = wiring.bounds[step], wiring.bounds[step + 1] - wiring.bounds[step]
            is_one_piece = wiring.units[begin + units - 1] == wiring.units[begin] + units - 1
            pieces = 1 if is_one_piece else units
            for piece in range(pieces):
                wipe(dy + bytes_each * stride * wiring.units[begin + piece], bytes_each * stride * units // pieces)
    else:
        for place in range(wiring.units.size):
            wipe(dy + bytes_each * stride * wiring.units[place], bytes_each * wide)


@kept(error_model="numpy")
def compare(wiring, functions, cases, first, count, tolerance):
    """Compare the output units with their targets: start ∂E/∂y (equation 4), set each case's E, and mark those that are wrong."""
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    wide = vectors_of(cases, count) * VECTOR_BYTES // bytes_each
    clear_derivatives(wiring, cases, first, wide)
    at = bytes_each * first
    y, d, dy, errors = address_of(cases.y) + at, address_of(cases.d) + at, address_of(cases.dy) + at, address_of(cases.errors) + at
    wipe(errors, bytes_each * wide)
    wipe(address_of(cases.wrong) + at, bytes_each * wide)
    for run in range(wiring.runs.shape[0]):
        number, units = wiring.runs[run, 0], wiring.runs[run, 1]
        row, target = bytes_each * stride * wiring.outputs[number], bytes_each * stride * wiring.targets[number]
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        call(functions.compare[run], (y + row, d + target, dy + row, errors, units, stride, count, margin, parameters))
    for number in range(wiring.outputs.size):
        y_row, d_row = cases.y[wiring.outputs[number], first:], cases.d[wiring.targets[number], first:]
        mark_wrong(y_row, d_row, cases.wrong[first:], count, tolerance)


@kept(error_model="numpy")
def mark_wrong(y, d, wrong, count, tolerance):
    """Mark the first so many cases where an output unit is as far from its target as the tolerance, or further."""
    for case in range(count):
        before = wrong[case]
        wrong[case] = 1.0 if abs(y[case] - d[case]) >= tolerance else before


@kept(error_model="numpy", fastmath=SUM)
def sum_up(numbers, count):
    """Return the sum of the first so many numbers."""
    total = 0.0
    for place in range(count):
        total += numbers[place]
    return total


@kept(error_model="numpy")
def backward(wiring, functions, loops, values, cases, first, count, last, rank):
    """Ask every step, last first, for ∂E/∂x, and to hand it back to its senders, for some successive cases of the block.

    Of the case `last`, if it is at least 0, what is to be shown is kept.
    """
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    at, width = bytes_each * first, vectors_of(cases, count)
    wide = width * VECTOR_BYTES // bytes_each
    x, y, dy = address_of(cases.x) + at, address_of(cases.y) + at, address_of(cases.dy) + at
    scratch = address_of(cases.scratch) + rank * FLOAT_BYTES * cases.scratch.shape[1]
    if last >= 0:
        cases.shown[:] = 0.0
    for step in range(functions.slope.size - 1, -1, -1):
        begin, end = wiring.bounds[step], wiring.bounds[step + 1]
        if last >= 0:
            for place in range(begin, end):
                cases.shown[wiring.units[place]] = cases.dy[wiring.units[place], last]
        f, parameters = functions.slope[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = address_of(wiring.units) + WHOLE_BYTES * begin
            call(f, (y, dy, rows, end - begin, stride, count, scratch, parameters))
        else:
            row = bytes_each * stride * wiring.units[begin]
            call(f, (x + row, y + row, dy + row, end - begin, stride, count, parameters))
        if count < wide:
            for place in range(begin, end):
                wipe(dy + bytes_each * (stride * wiring.units[place] + count), bytes_each * (wide - count))
        hand_back(wiring, loops, step, values, cases, at, width)
        if last >= 0:
            show_clamped(wiring, loops, step, values, cases, last)


@kept(error_model="numpy")
def show_clamped(wiring, loops, step, values, cases, last):
    """Add to ∂E/∂y of clamped senders, which is only shown, for one case (equation 7)."""
    bytes_each, stride = cases.x.itemsize, cases.x.shape[1]
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        for patch in range(block[2], block[2] + block[3]):
            if wiring.patch_backs[patch] == SHOWN_ONLY:
                sender, senders, weight = wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
                shown = address_of(cases.shown) + bytes_each * sender
                for row in range(block[1]):
                    of_row = address_of(values) + bytes_each * (weight + row * senders)
                    at = (block[0] + row) * stride + last
                    call(loops.scaled, (address_of(cases.dy), at, of_row, shown, senders, 1))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    for place in range(wiring.bounds[step], wiring.bounds[step + 1]):
        net_derivative = cases.dy[wiring.units[place], last]
        for at in range(wiring.starts[place], wiring.starts[place + 1]):
            if wiring.backs[at] == SHOWN_ONLY:
                cases.shown[wiring.senders[at]] += net_derivative * values[wiring.weights[at]]


@kept(error_model="numpy")
def load(wiring, loops, inputs, targets, order, start, first, count, cases):
    """Copy the inputs and targets of examples into the block's cases from `first` on; the block starts at `start` of the order."""
    stride, at = cases.x.itemsize * cases.x.shape[1], cases.x.itemsize * first
    chosen = address_of(order) + WHOLE_BYTES * (start + first)
    y, d = address_of(cases.y) + at, address_of(cases.d) + at
    call(loops.turned, (address_of(inputs), chosen, count, inputs.shape[1], address_of(wiring.inputs), y, stride))
    call(loops.turned, (address_of(targets), chosen, count, targets.shape[1], address_of(wiring.targets), d, stride))


@kept(error_model="numpy")
def present(wiring, functions, loops, values, inputs, targets, order, start, count, cases):
    """Load a block of examples and activate every step."""
    wiring, functions, loops, cases = lend(wiring), lend(functions), lend(loops), lend(cases)
    load(wiring, loops, inputs, targets, order, start, 0, count, cases)
    forward(wiring, functions, loops, values, cases, 0, count, 0)


@kept(error_model="numpy")
def differentiate(wiring, functions, loops, values, derivatives, cases, count):
    """Return E of the block that was presented, and add to the weights' derivatives."""
    wiring, functions, loops, cases = lend(wiring), lend(functions), lend(loops), lend(cases)
    compare(wiring, functions, cases, 0, count, np.inf)
    backward(wiring, functions, loops, values, cases, 0, count, count - 1, 0)
    sum_derivatives(wiring, loops, derivatives, cases, vectors_of(cases, count), 1, 0, 1)
    return sum_up(cases.errors, count)
