"""The compiled passes over a block of cases. Arrays of the block are [unit, case]: x, y, dy (∂E/∂y) and dx (∂E/∂x).

The case is the innermost dimension, so every loop over it vectorises whatever the wiring is. A unit's incoming connections are
walked four at a time, so that the row of net inputs is read and written a quarter as often. Sums over cases may be taken in any
order that the compiler likes, but always the same one.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from connectionist_plugins.engines.compiled.caching import kept
from connectionist_plugins.engines.compiled.pointers import NUMBER_BYTES, WHOLE_BYTES, ask, call

REORDER = {"reassoc", "contract", "nsz"}


@kept(error_model="numpy", forceinline=True, fastmath=REORDER)
def add_up(wiring, place, values, cases, count):
    """Set the net inputs of the unit at one place of the order (equation 1)."""
    x = cases.x[wiring.units[place]]
    y = cases.y
    at, end = wiring.starts[place], wiring.starts[place + 1]
    for case in range(count):
        x[case] = 0.0
    while at + 4 <= end:
        s0, s1, s2, s3 = wiring.senders[at], wiring.senders[at + 1], wiring.senders[at + 2], wiring.senders[at + 3]
        w0, w1 = values[wiring.weights[at]], values[wiring.weights[at + 1]]
        w2, w3 = values[wiring.weights[at + 2]], values[wiring.weights[at + 3]]
        for case in range(count):
            x[case] += w0 * y[s0, case] + w1 * y[s1, case] + w2 * y[s2, case] + w3 * y[s3, case]
        at += 4
    while at < end:
        sender, weight = wiring.senders[at], values[wiring.weights[at]]
        for case in range(count):
            x[case] += weight * y[sender, case]
        at += 1


@kept(error_model="numpy", forceinline=True)
def forward(wiring, functions, values, cases, count):
    """Activate every step in order."""
    stride = cases.x.shape[1]
    x, y = cases.x.ctypes.data, cases.y.ctypes.data
    for step in range(functions.activate.size):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        for place in range(first, end):
            add_up(wiring, place, values, cases, count)
        f, parameters = functions.activate[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = wiring.units.ctypes.data + WHOLE_BYTES * first
            call(f, (x, y, rows, end - first, stride, count, cases.scratch.ctypes.data, parameters))
        else:
            row = NUMBER_BYTES * stride * wiring.units[first]
            rows = end - first if count < stride else 1
            for _ in range(rows):
                call(f, (x + row, y + row, count if rows > 1 else count * (end - first), parameters))
                row += NUMBER_BYTES * stride


@kept(error_model="numpy", forceinline=True)
def clear_derivatives(wiring, cases, count):
    """Set ∂E/∂y to 0 for every unit that is activated, and for the rest in the last case, which alone is shown of them."""
    for unit in range(cases.dy.shape[0]):
        cases.dy[unit, count - 1] = 0.0
    for place in range(wiring.units.size):
        unit = wiring.units[place]
        for case in range(count):
            cases.dy[unit, case] = 0.0


@kept(error_model="numpy", forceinline=True)
def compare(wiring, functions, cases, count, tolerance):
    """Compare the output units with their targets: add to ∂E/∂y (equation 4), return E, and mark the cases that are wrong."""
    clear_derivatives(wiring, cases, count)
    cases.wrong[:count] = 0
    row = NUMBER_BYTES * cases.x.shape[1]
    y, d, dy = cases.y.ctypes.data, cases.d.ctypes.data, cases.dy.ctypes.data
    error = 0.0
    for number in range(wiring.outputs.size):
        unit = wiring.outputs[number]
        at = row * unit
        error += ask(
            functions.compare[number],
            (y + at, d + at, dy + at, count, functions.margin[number], functions.error_parameters[number]),
        )
        for case in range(count):
            cases.wrong[case] |= abs(cases.y[unit, case] - cases.d[unit, case]) >= tolerance
    return error


@kept(error_model="numpy", forceinline=True, fastmath=REORDER)
def hand_back(wiring, place, values, derivatives, cases, count):
    """Add to each incoming weight's derivative (equation 6) and to each sender's ∂E/∂y (equation 7)."""
    dx = cases.dx[wiring.units[place]]
    y, dy = cases.y, cases.dy
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        sender, weight, back = wiring.senders[at], wiring.weights[at], wiring.backs[at]
        total = 0.0
        if back == 1:
            value = values[weight]
            for case in range(count):
                total += dx[case] * y[sender, case]
                dy[sender, case] += value * dx[case]
        else:
            for case in range(count):
                total += dx[case] * y[sender, case]
            if back == 2:
                dy[sender, count - 1] += values[weight] * dx[count - 1]
        derivatives[weight] += total


@kept(error_model="numpy", forceinline=True)
def backward(wiring, functions, values, derivatives, cases, count):
    """Ask every step, last first, to hand back its error derivatives."""
    stride = cases.x.shape[1]
    x, y, dy, dx = cases.x.ctypes.data, cases.y.ctypes.data, cases.dy.ctypes.data, cases.dx.ctypes.data
    for step in range(functions.slope.size - 1, -1, -1):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        f, parameters = functions.slope[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = wiring.units.ctypes.data + WHOLE_BYTES * first
            call(f, (y, dy, dx, rows, end - first, stride, count, cases.scratch.ctypes.data, parameters))
        else:
            row = NUMBER_BYTES * stride * wiring.units[first]
            rows = end - first if count < stride else 1
            for _ in range(rows):
                call(f, (x + row, y + row, dy + row, dx + row, count if rows > 1 else count * (end - first), parameters))
                row += NUMBER_BYTES * stride
        for place in range(first, end):
            hand_back(wiring, place, values, derivatives, cases, count)


@kept(error_model="numpy", forceinline=True)
def gather_signals(wiring, learning, values, signals, cases, count):
    """Add every connection's signal to its weight's sum, for a rule that makes no backward pass."""
    row = NUMBER_BYTES * cases.y.shape[1]
    y, d = cases.y.ctypes.data, cases.d.ctypes.data
    for place in range(wiring.units.size):
        receiver = row * wiring.units[place]
        for at in range(wiring.starts[place], wiring.starts[place + 1]):
            weight, sender = wiring.weights[at], row * wiring.senders[at]
            signals[weight] += ask(learning.signal, (values[weight], y + sender, y + receiver, d + receiver, count, learning.parameters))


@kept(error_model="numpy", forceinline=True)
def load(wiring, inputs, targets, order, first, count, cases):
    """Copy the inputs and targets of the next examples of an epoch's order into the block."""
    for number in range(wiring.inputs.size):
        unit = wiring.inputs[number]
        if unit >= 0:
            for case in range(count):
                cases.y[unit, case] = inputs[number, order[first + case]]
    for number in range(wiring.outputs.size):
        for case in range(count):
            cases.d[wiring.outputs[number], case] = targets[number, order[first + case]]


@kept(error_model="numpy", forceinline=True)
def average_ties(wiring, derivatives):
    """Divide each tied weight's sum by the number of connections tied to it."""
    for number in range(wiring.tied.size):
        derivatives[wiring.tied[number]] /= wiring.copies[number]


@kept(error_model="numpy", forceinline=True)
def change_weights(learning, weights):
    """Let the rule change every trainable weight once."""
    numbers = (
        learning.rows.size,
        weights.values.size,
        learning.first,
        learning.rows.ctypes.data,
        weights.values.ctypes.data,
        weights.gathered.ctypes.data,
        weights.changes.ctypes.data,
        learning.memory.ctypes.data,
        learning.rates.ctypes.data,
        learning.decay,
        learning.parameters,
    )
    call(learning.change, numbers)


@kept(error_model="numpy", forceinline=True)
def run_epoch(wiring, functions, learning, weights, inputs, targets, order, per_change, cases, tolerance, is_loaded):
    """Present one epoch's examples, change the weights when it is time, and return E, how many were right, and the last block's size.

    `is_loaded` says that the block holds the whole epoch already, in this order.
    """
    error, right, count = 0.0, 0, 0
    first = 0
    while first < order.size:
        end = min(first + per_change, order.size)
        weights.gathered[:] = 0.0
        while first < end:
            count = min(cases.x.shape[1], end - first)
            if not is_loaded:
                load(wiring, inputs, targets, order, first, count, cases)
            forward(wiring, functions, weights.values, cases, count)
            error += compare(wiring, functions, cases, count, tolerance)
            for case in range(count):
                right += 1 - cases.wrong[case]
            if learning.signal == 0:
                backward(wiring, functions, weights.values, weights.gathered, cases, count)
            else:
                gather_signals(wiring, learning, weights.values, weights.gathered, cases, count)
            first += count
        if weights.mean:
            average_ties(wiring, weights.gathered)
        change_weights(learning, weights)
    return error, right, count
