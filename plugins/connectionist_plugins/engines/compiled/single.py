"""The compiled passes over one case, for weights that change after each example.

With one case there is no dimension of cases to make vectors of; where a network is dense, vectors are made of successive senders, over
successive weights (`lines`). Here the arrays of the block hold one number per unit, in a room with spacing, so that the units of a
step fill whole vectors.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.caching import kept
from connectionist_plugins.engines.compiled.epochs import average, change_weights, gather_signals
from connectionist_plugins.engines.compiled.kernels import SUM, sum_up
from connectionist_plugins.engines.compiled.loops.gathered import RETURNS
from connectionist_plugins.engines.compiled.loops.vectors import WHOLE_BYTES
from connectionist_plugins.engines.compiled.pointers import address_of, call, wipe


@kept(error_model="numpy", fastmath=SUM)
def add_up_singly(wiring, place, values, y):
    """Return the net input of the unit at one place of the order, connection by connection (equation 1)."""
    total = 0.0
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        total += values[wiring.weights[at]] * y[wiring.senders[at]]
    return total


@kept(error_model="numpy")
def add_up_along(wiring, loops, step, values, x, y):
    """Set the net inputs of one step's units, patch by patch, some receivers at a time (equation 1)."""
    bytes_each = x.itemsize
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        receivers, out = block[1], address_of(x) + bytes_each * block[0]
        wipe(out, bytes_each * receivers)
        for patch in range(block[2], block[2] + block[3]):
            sender, senders, weight = wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
            if senders == 1:
                call(loops.scaled, (address_of(y), sender, address_of(values) + bytes_each * weight, out, receivers, 1))
            else:
                call(loops.dots, (address_of(values), weight, receivers, address_of(y) + bytes_each * sender, senders, out))


@kept(error_model="numpy")
def forward_one(wiring, functions, loops, values, cases):
    """Activate every step in order."""
    x, y = cases.x[:, 0], cases.y[:, 0]
    bytes_each = x.itemsize
    for step in range(functions.activate.size):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        if wiring.block_starts[step] < wiring.block_starts[step + 1]:
            add_up_along(wiring, loops, step, values, x, y)
        else:
            for place in range(first, end):
                x[wiring.units[place]] = add_up_singly(wiring, place, values, y)
        f, parameters = functions.activate[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = address_of(wiring.units) + WHOLE_BYTES * first
            call(f, (address_of(x), address_of(y), rows, end - first, 1, 1, address_of(cases.scratch), parameters))
        else:
            row = bytes_each * wiring.units[first]
            call(f, (address_of(x) + row, address_of(y) + row, 1, end - first, end - first, parameters))


@kept(error_model="numpy")
def compare_one(wiring, functions, cases, tolerance):
    """Compare the output units with their targets: start ∂E/∂y (equation 4), return E, and whether every one of them is right."""
    y, d, dy, errors = cases.y[:, 0], cases.d[:, 0], cases.dy[:, 0], cases.errors
    bytes_each = y.itemsize
    wipe(address_of(dy), bytes_each * dy.size)
    error, right = 0.0, 1
    for run in range(wiring.runs.shape[0]):
        number, units = wiring.runs[run, 0], wiring.runs[run, 1]
        row = wiring.outputs[number]
        at = bytes_each * row
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        wipe(address_of(errors), bytes_each * units)
        arrays = (address_of(y) + at, address_of(d) + at, address_of(dy) + at, address_of(errors))
        call(functions.compare[run], (*arrays, 1, units, units, margin, parameters))
        error += sum_up(errors, units)
        for unit in range(row, row + units):
            if abs(y[unit] - d[unit]) >= tolerance:
                right = 0
    return error, right


@kept(error_model="numpy")
def hand_back_one(wiring, place, values, derivatives, y, dy):
    """Add to each incoming weight's derivative (equation 6) and to each sender's ∂E/∂y (equation 7)."""
    net_derivative = dy[wiring.units[place]]
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        sender, weight = wiring.senders[at], wiring.weights[at]
        derivatives[weight] += net_derivative * y[sender]
        if wiring.backs[at]:
            dy[sender] += net_derivative * values[weight]


@kept(error_model="numpy")
def hand_back_along(wiring, loops, step, values, derivatives, y, dy, adds, shows):
    """Set, or add to, the derivatives of the weights into one step (equation 6), and add to the senders' ∂E/∂y (equation 7)."""
    bytes_each = y.itemsize
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        dx, rows = address_of(dy) + bytes_each * block[0], block[1]
        for patch in range(block[2], block[2] + block[3]):
            sender, columns, weight = wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
            back = wiring.patch_backs[patch]
            returns = back == RETURNS or (back and shows)
            senders, handed = address_of(y) + bytes_each * sender, address_of(dy) + bytes_each * sender
            if columns == 1:
                call(loops.scaled, (address_of(y), sender, dx, address_of(derivatives) + bytes_each * weight, rows, adds))
                if returns:
                    for row in range(rows):
                        dy[sender] += dy[block[0] + row] * values[weight + row]
                continue
            set_or_add = (loops.set_and_return, loops.add_and_return) if returns else (loops.set_only, loops.add_only)
            call(set_or_add[adds], (address_of(values), address_of(derivatives), weight, dx, rows, senders, columns, handed))


@kept(error_model="numpy")
def backward_one(wiring, functions, loops, values, derivatives, cases, adds, shows):
    """Ask every step, last first, to hand back its error derivatives; of clamped units, and for what `shows`, only then."""
    x, y, dy = cases.x[:, 0], cases.y[:, 0], cases.dy[:, 0]
    bytes_each = x.itemsize
    for step in range(functions.slope.size - 1, -1, -1):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        if shows:
            for place in range(first, end):
                cases.shown[wiring.units[place]] = dy[wiring.units[place]]
        f, parameters = functions.slope[step], functions.activation_parameters[step]
        if functions.joint[step]:
            rows = address_of(wiring.units) + WHOLE_BYTES * first
            call(f, (address_of(y), address_of(dy), rows, end - first, 1, 1, address_of(cases.scratch), parameters))
        else:
            row = bytes_each * wiring.units[first]
            call(f, (address_of(x) + row, address_of(y) + row, address_of(dy) + row, 1, end - first, end - first, parameters))
        if wiring.block_starts[step] < wiring.block_starts[step + 1]:
            hand_back_along(wiring, loops, step, values, derivatives, y, dy, adds, shows)
        else:
            for place in range(first, end):
                hand_back_one(wiring, place, values, derivatives, y, dy)
    if shows:
        for unit in range(wiring.rest, dy.size):
            cases.shown[unit] = dy[unit]


@kept(error_model="numpy")
def load_one(wiring, inputs, targets, case, cases):
    """Copy the inputs and targets of one example."""
    for number in range(inputs.shape[1]):
        cases.y[wiring.inputs[number], 0] = inputs[case, number]
    for number in range(targets.shape[1]):
        cases.d[wiring.targets[number], 0] = targets[case, number]


@kept(error_model="numpy")
def run_epoch_singly(wiring, functions, loops, learning, weights, inputs, targets, order, _per_change, cases, tolerance, _is_loaded, _crew):
    """Present one epoch's examples, change the weights after each, and return E, how many were right, and 1, the size of a block."""
    error, right = 0.0, 0
    adds = 1 if wiring.tied.size > 0 or learning.signal != 0 or not wiring.is_dense else 0
    for number in range(order.size):
        is_shown = number == order.size - 1
        if adds:
            wipe(address_of(weights.gathered), weights.gathered.itemsize * weights.gathered.size)
        load_one(wiring, inputs, targets, order[number], cases)
        forward_one(wiring, functions, loops, weights.values, cases)
        e, is_right = compare_one(wiring, functions, cases, tolerance)
        error += e
        right += is_right
        if learning.signal == 0:
            backward_one(wiring, functions, loops, weights.values, weights.gathered, cases, adds, is_shown)
        else:
            for unit in range(cases.shown.size):
                cases.shown[unit] = cases.dy[unit, 0]
            gather_signals(wiring, learning, weights.values, weights.gathered, cases, 1)
        if weights.mean:
            average(wiring.tied, wiring.copies, weights.gathered)
        change_weights(learning, weights, is_shown, 0, 1)
    return error, right, 1
