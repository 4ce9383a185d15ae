"""The compiled way through an epoch, block by block, with the changes of the weights in between."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.caching import kept
from connectionist_plugins.engines.compiled.crews import meet, share
from connectionist_plugins.engines.compiled.kernels import backward, compare, forward, load, sum_derivatives, sum_up, vectors_of
from connectionist_plugins.engines.compiled.loops.vectors import VECTOR_BYTES, WHOLE_BYTES
from connectionist_plugins.engines.compiled.pointers import FLOAT_BYTES, address_of, ask, call
from connectionist_plugins.engines.compiled.templates import SCATTERED, SHOWN, SUCCESSIVE


@kept(error_model="numpy")
def gather_signals(wiring, learning, values, signals, cases, count):
    """Add every connection's signal to its weight's sum, for a rule that makes no backward pass."""
    row = cases.x.itemsize * cases.y.shape[1]
    y, d = address_of(cases.y), address_of(cases.d)
    for place in range(wiring.units.size):
        receiver, target = y + row * wiring.units[place], d + row * wiring.place_targets[place]
        for at in range(wiring.starts[place], wiring.starts[place + 1]):
            weight, sender = wiring.weights[at], y + row * wiring.senders[at]
            signals[weight] += ask(learning.signal, (values[weight], sender, receiver, target, count, learning.parameters))


@kept(error_model="numpy")
def average(tied, copies, derivatives):
    """Divide each tied weight's sum by the number of connections tied to it."""
    for number in range(tied.size):
        derivatives[tied[number]] /= copies[number]


@kept(error_model="numpy")
def change_weights(learning, weights, is_last, rank, threads):
    """Let the rule change every trainable weight once; by how much is kept of the last change in an epoch."""
    begin, end = 0, learning.trained if rank == 0 else 0
    if learning.divides:
        begin, end = share(rank, threads, learning.trained, 64)
    if begin == end:
        return
    bytes_each, total = weights.values.itemsize, learning.trained
    values, gathered, changes = address_of(weights.values), address_of(weights.gathered), address_of(weights.changes)
    how, at = SCATTERED, 0
    if learning.first >= 0:
        how, at = SHOWN if is_last else SUCCESSIVE, bytes_each * (learning.first + begin)
    numbers = (
        end - begin,
        total,
        weights.values.size,
        address_of(learning.rows) + WHOLE_BYTES * begin,
        values + at,
        gathered + at,
        changes + at,
        address_of(learning.memory) + bytes_each * begin,
        address_of(learning.rates) + FLOAT_BYTES * begin,
        learning.rate,
        how,
        learning.decay,
        learning.parameters,
    )
    call(learning.change, numbers)


@kept(error_model="numpy")
def run_epoch(  # noqa: PLR0912
    wiring, functions, loops, learning, weights, inputs, targets, order, per_change, cases, tolerance, is_loaded, crew
):
    """Present one epoch's examples, change the weights when it is time, and return E, how many were right, and the last block's size.

    `is_loaded` says that the block holds the whole epoch already, in this order.
    """
    error, wrong, count = 0.0, 0.0, 0
    lanes = VECTOR_BYTES // cases.x.itemsize
    has_ties = wiring.tied.size > 0
    clears = has_ties or learning.signal != 0 or not wiring.is_dense
    start = 0
    while start < order.size:
        end = min(start + per_change, order.size)
        adds = 1 if clears else 0
        if clears and crew.rank == 0:
            weights.gathered[:] = 0.0
        while start < end:
            count = min(cases.x.shape[1], end - start)
            first, beyond = share(crew.rank, crew.size, count, lanes)
            last = count - 1 if start + count == order.size and beyond == count else -1
            if not is_loaded:
                load(wiring, loops, inputs, targets, order, start, first, beyond - first, cases)
            if first < beyond:
                forward(wiring, functions, loops, weights.values, cases, first, beyond - first, crew.rank)
                compare(wiring, functions, cases, first, beyond - first, tolerance)
                if learning.signal == 0:
                    backward(wiring, functions, loops, weights.values, cases, first, beyond - first, last, crew.rank)
            meet(crew)
            error += sum_up(cases.errors, count)
            wrong += sum_up(cases.wrong, count)
            if learning.signal != 0:
                if last >= 0:
                    for unit in range(cases.shown.size):
                        cases.shown[unit] = cases.dy[unit, last]
                if crew.rank == 0:
                    gather_signals(wiring, learning, weights.values, weights.gathered, cases, count)
            elif not has_ties:
                sum_derivatives(wiring, loops, weights.gathered, cases, vectors_of(cases, count), adds, crew.rank, crew.size)
            elif crew.rank == 0:
                sum_derivatives(wiring, loops, weights.gathered, cases, vectors_of(cases, count), adds, 0, 1)
            meet(crew)
            adds = 1
            start += count
        if weights.mean and has_ties:
            if crew.rank == 0:
                average(wiring.tied, wiring.copies, weights.gathered)
            meet(crew)
        change_weights(learning, weights, start == order.size, crew.rank, crew.size)
        meet(crew)
    return error, order.size - wrong, count
