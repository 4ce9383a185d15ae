"""The compiled passes over one case, for weights that change after each example.

With one case there is no dimension of cases to make vectors of; where a network is dense, vectors are made of successive senders, over
successive weights (`lines`). Here the arrays of the block hold one number per unit, in a room with spacing, so that the units of a
step fill whole vectors.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.backward import join_with, part_with
from connectionist_plugins.engines.compiled.basics import ACTIVATION, NET_INPUT, SUM, multiply, row_of, sum_up
from connectionist_plugins.engines.compiled.blocks import enter
from connectionist_plugins.engines.compiled.caching import kept
from connectionist_plugins.engines.compiled.epochs import change_weights, show_compared
from connectionist_plugins.engines.compiled.forward import go_on
from connectionist_plugins.engines.compiled.loops.gathered import RETURNS
from connectionist_plugins.engines.compiled.loops.vectors import WHOLE_BYTES
from connectionist_plugins.engines.compiled.pointers import address_of, call, wipe
from connectionist_plugins.engines.compiled.summing import average, gather_signals


@kept(error_model="numpy", fastmath=SUM)
def add_up_singly(wiring, place, values, y, now):
    """Return the net input of the unit at one place of the order, connection by connection (equation 1)."""
    total = 0.0
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        total += values[wiring.weights[at]] * y[now + wiring.senders[at]]
    return total


@kept(error_model="numpy")
def add_up_along(wiring, loops, step, values, x, y, now):
    """Set the net inputs of one step's units, patch by patch, some receivers at a time (equation 1)."""
    bytes_each = x.itemsize
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        receivers, out = block[1], address_of(x) + bytes_each * (now + block[0])
        wipe(out, bytes_each * receivers)
        for patch in range(block[2], block[2] + block[3]):
            sender, senders, weight = now + wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
            if senders == 1:
                call(loops.scaled, (address_of(y), sender, address_of(values) + bytes_each * weight, out, receivers, 1))
            else:
                call(loops.dots, (address_of(values), weight, receivers, address_of(y) + bytes_each * sender, senders, out))


@kept(error_model="numpy")
def forward_one(wiring, functions, loops, values, cases, ticks):
    """Activate every step in order, tick by tick."""
    x, y = cases.x[:, 0], cases.y[:, 0]
    bytes_each = x.itemsize
    for tick in range(ticks):
        now = row_of(cases, tick)
        for step in range(functions.activate.size):
            first, end = wiring.bounds[step], wiring.bounds[step + 1]
            if wiring.block_starts[step] < wiring.block_starts[step + 1]:
                add_up_along(wiring, loops, step, values, x, y, now)
            else:
                for place in range(first, end):
                    x[now + wiring.units[place]] = add_up_singly(wiring, place, values, y, now)
            f, parameters, integrates = functions.activate[step], functions.activation_parameters[step], functions.integrates[step]
            if integrates == NET_INPUT:
                go_on(functions.dt, wiring, first, end, cases.x, cases.span, now, 0, 1)
            if functions.joint[step]:
                rows, at = address_of(wiring.units) + WHOLE_BYTES * first, bytes_each * now
                call(f, (address_of(x) + at, address_of(y) + at, rows, end - first, 1, 1, address_of(cases.scratch), parameters))
            else:
                at = bytes_each * (now + wiring.units[first])
                call(f, (address_of(x) + at, address_of(y) + at, 1, end - first, end - first, parameters))
            if integrates == ACTIVATION:
                go_on(functions.dt, wiring, first, end, cases.y, cases.span, now, 0, 1)


@kept(error_model="numpy")
def clear_one(cases, begin, end):
    """Set ∂E/∂y to 0 for all units at some ticks."""
    bytes_each = cases.dy.itemsize
    wipe(address_of(cases.dy) + bytes_each * row_of(cases, begin), bytes_each * cases.span * (end - begin))


@kept(error_model="numpy")
def compare_one_at(wiring, functions, cases, tick, scale, tolerance):
    """Compare the output units with their targets at one tick: start ∂E/∂y (equation 4), return E, and whether all are right."""
    y, d, dy, errors = cases.y[:, 0], cases.d[:, 0], cases.dy[:, 0], cases.errors
    bytes_each, now, wanted = y.itemsize, row_of(cases, tick), tick * cases.target_span
    error, right = 0.0, 1
    for run in range(wiring.runs.shape[0]):
        number, units = wiring.runs[run, 0], wiring.runs[run, 1]
        row, target = now + wiring.outputs[number], wanted + wiring.targets[number]
        margin, parameters = functions.margin[run], functions.error_parameters[run]
        wipe(address_of(errors), bytes_each * units)
        at = bytes_each * row
        arrays = (address_of(y) + at, address_of(d) + bytes_each * target, address_of(dy) + at, address_of(errors))
        call(functions.compare[run], (*arrays, 1, units, units, margin, parameters))
        error += sum_up(errors, units)
        for unit in range(units):
            if abs(y[row + unit] - d[target + unit]) >= tolerance:
                right = 0
        if scale != 1.0:
            multiply(dy[row:], units, scale)
    return error, right


@kept(error_model="numpy")
def compare_one(wiring, functions, cases, ticks, scale, tolerance):
    """Compare the output units with their targets at every tick, and return E, and whether every one of them is right."""
    clear_one(cases, 0, ticks)
    error, right = 0.0, 1
    for tick in range(ticks):
        e, is_right = compare_one_at(wiring, functions, cases, tick, scale, tolerance)
        error += e
        right &= is_right
    return error, right


@kept(error_model="numpy")
def hand_back_one(wiring, place, values, derivatives, y, dy, now):
    """Add to each incoming weight's derivative (equation 6) and to each sender's ∂E/∂y (equation 7)."""
    net_derivative = dy[now + wiring.units[place]]
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        sender, weight = now + wiring.senders[at], wiring.weights[at]
        derivatives[weight] += net_derivative * y[sender]
        if wiring.backs[at]:
            dy[sender] += net_derivative * values[weight]


@kept(error_model="numpy")
def hand_back_along(wiring, loops, step, values, derivatives, y, dy, now, adds, shows):
    """Set, or add to, the derivatives of the weights into one step (equation 6), and add to the senders' ∂E/∂y (equation 7)."""
    bytes_each = y.itemsize
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        dx, rows = address_of(dy) + bytes_each * (now + block[0]), block[1]
        for patch in range(block[2], block[2] + block[3]):
            sender, columns, weight = now + wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
            back = wiring.patch_backs[patch]
            returns = back == RETURNS or (back and shows)
            senders, handed = address_of(y) + bytes_each * sender, address_of(dy) + bytes_each * sender
            if columns == 1:
                call(loops.scaled, (address_of(y), sender, dx, address_of(derivatives) + bytes_each * weight, rows, adds))
                if returns:
                    for row in range(rows):
                        dy[sender] += dy[now + block[0] + row] * values[weight + row]
                continue
            set_or_add = (loops.set_and_return, loops.add_and_return) if returns else (loops.set_only, loops.add_only)
            call(set_or_add[adds], (address_of(values), address_of(derivatives), weight, dx, rows, senders, columns, handed))


@kept(error_model="numpy")
def backward_one_at(wiring, functions, loops, values, derivatives, cases, tick, is_top, adds, shows):
    """Ask every step, last first, to hand back its error derivatives at one tick; of clamped units, and for what `shows`, only then."""
    x, y, dy = cases.x[:, 0], cases.y[:, 0], cases.dy[:, 0]
    bytes_each, now = x.itemsize, row_of(cases, tick)
    for step in range(functions.slope.size - 1, -1, -1):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        if shows and is_top:
            for place in range(first, end):
                cases.shown[wiring.units[place]] = dy[now + wiring.units[place]]
        f, parameters, integrates = functions.slope[step], functions.activation_parameters[step], functions.integrates[step]
        if functions.joint[step]:
            rows, at = address_of(wiring.units) + WHOLE_BYTES * first, bytes_each * now
            call(f, (address_of(y) + at, address_of(dy) + at, rows, end - first, 1, 1, address_of(cases.scratch), parameters))
        else:
            at, units = bytes_each * (now + wiring.units[first]), end - first
            answers = address_of(y) + at
            if integrates == ACTIVATION:
                part_with(functions, wiring, first, end, cases, now, 0, 1)
                answers = address_of(cases.spare)
                call(functions.activate[step], (address_of(x) + at, answers, 1, units, units, parameters))
            call(f, (address_of(x) + at, answers, address_of(dy) + at, 1, units, units, parameters))
        if integrates == NET_INPUT:
            join_with(functions, wiring, first, end, cases, now, 0, 1, is_top)
        if wiring.block_starts[step] < wiring.block_starts[step + 1]:
            hand_back_along(wiring, loops, step, values, derivatives, y, dy, now, adds, shows)
        else:
            for place in range(first, end):
                hand_back_one(wiring, place, values, derivatives, y, dy, now)
    if shows:
        show_rest(wiring, cases, now, is_top)


@kept(error_model="numpy")
def show_rest(wiring, cases, now, is_top):
    """Keep the ∂E/∂y of clamped units for showing: that of the last tick, but for the unit that is always on the sum over all."""
    before = cases.shown[wiring.always_on]
    if is_top:
        for unit in range(wiring.rest, cases.span):
            cases.shown[unit] = cases.dy[now + unit, 0]
        before = 0.0
    cases.shown[wiring.always_on] = before + cases.dy[now + wiring.always_on, 0]


@kept(error_model="numpy")
def go_back_one(wiring, functions, loops, values, derivatives, cases, ticks, scale, tolerance, adds, shows):
    """Compare the outputs with the targets, go backward, and return E, and whether all are right.

    Errors go back through all ticks, or through as many as they are carried back.
    """
    if not 0 < cases.ticks_back < ticks:
        error, right = compare_one(wiring, functions, cases, ticks, scale, tolerance)
        for tick in range(ticks - 1, -1, -1):
            is_top = tick == ticks - 1
            backward_one_at(wiring, functions, loops, values, derivatives, cases, tick, is_top, adds if is_top else 1, shows)
        return error, right
    error, right = 0.0, 1
    for top in range(ticks):
        bottom = max(0, top - cases.ticks_back + 1)
        clear_one(cases, bottom, top + 1)
        e, is_right = compare_one_at(wiring, functions, cases, top, scale, tolerance)
        error += e
        right &= is_right
        for tick in range(top, bottom - 1, -1):
            are_shown = shows and top == ticks - 1
            backward_one_at(wiring, functions, loops, values, derivatives, cases, tick, tick == top, 1 if tick or top else adds, are_shown)
    return error, right


@kept(error_model="numpy")
def load_one(inputs, targets, case, ticks, cases):
    """Copy the inputs and targets of one example."""
    for number in range(ticks * cases.inputs_each):
        cases.y[cases.input_rows[number], 0] = inputs[case, number]
    for number in range(ticks * cases.targets_each):
        cases.d[cases.target_rows[number], 0] = targets[case, number]


@kept(error_model="numpy")
def run_epoch_singly(wiring, functions, loops, learning, weights, inputs, targets, order, _per_change, cases, tolerance, _is_loaded, _crew):
    """Present one epoch's examples, change the weights after each, and return E, how many were right, and 1, the size of a block."""
    error, right = 0.0, 0
    adds = 1 if wiring.tied.size > 0 or learning.signal != 0 or not wiring.is_dense else 0
    for number in range(order.size):
        case, is_shown = order[number], number == order.size - 1
        ticks = cases.lengths[0 if cases.lengths.size == 1 else case]
        scale = 1.0 / ticks if weights.mean else 1.0
        if adds:
            wipe(address_of(weights.gathered), weights.gathered.itemsize * weights.gathered.size)
        if cases.continues.size:
            enter(cases, case, ticks)
        load_one(inputs, targets, case, ticks, cases)
        forward_one(wiring, functions, loops, weights.values, cases, ticks)
        if learning.signal == 0:
            e, is_right = go_back_one(
                wiring, functions, loops, weights.values, weights.gathered, cases, ticks, scale, tolerance, adds, is_shown
            )
        else:
            e, is_right = compare_one(wiring, functions, cases, ticks, 1.0, tolerance)
            show_compared(cases, ticks, 0)
            gather_signals(wiring, learning, weights.values, weights.gathered, cases, ticks, scale, 1)
        error += e
        right += is_right
        if weights.mean:
            average(wiring.tied, wiring.copies, weights.gathered)
        change_weights(learning, weights, is_shown, 0, 1)
    return error, right, 1
