"""The compiled backward pass over one case, through all ticks, or through as many as errors are carried back; see `single`."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.block.backward import join_with, part_with
from connectionist_plugins.engines.compiled.kernels.case.compare import clear_one, compare_one, compare_one_at
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, row_of
from connectionist_plugins.engines.compiled.kernels.probes import clear_kept, keep_dy, keep_rest
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@cached_njit(error_model="numpy")
def hand_back_one(wiring, place, values, derivatives, y, dy, now):
    """Add to each incoming weight's derivative (equation 6) and to each sender's ∂E/∂y (equation 7)."""
    net_derivative = dy[now + wiring.units[place]]
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        sender, weight = now + wiring.senders[at], wiring.weights[at]
        derivatives[weight] += net_derivative * y[sender]
        if wiring.backs[at]:
            dy[sender] += net_derivative * values[weight]


@cached_njit(error_model="numpy")
def hand_back_along(wiring, loops, step, values, derivatives, y, dy, now, adds, derives, shows):
    """Set, or add to, the derivatives of the weights into one step (equation 6), and add to the senders' ∂E/∂y (equation 7).

    Unless it `derives`, the derivatives from several senders are left to `sum_along`.
    """
    bytes_each = y.itemsize
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        dx, rows = address_of(dy) + bytes_each * (now + block[0]), block[1]
        for patch in range(block[2], block[2] + block[3]):
            sender, columns, weight = now + wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
            back = wiring.patch_backs[patch]
            returns = back == BACKPROPAGATES or (back and shows)
            senders, handed = address_of(y) + bytes_each * sender, address_of(dy) + bytes_each * sender
            if columns == 1:
                call(loops.scaled_vector, (address_of(y), sender, dx, address_of(derivatives) + bytes_each * weight, rows, adds))
                if returns:
                    for row in range(rows):
                        dy[sender] += dy[now + block[0] + row] * values[weight + row]
                continue
            if not derives:
                if returns:
                    call(loops.propagated_derivatives, (address_of(values), weight, dx, rows, columns, handed))
                continue
            set_or_add = (
                (loops.set_derivatives_and_propagate, loops.add_derivatives_and_propagate)
                if returns
                else (loops.set_derivatives, loops.add_derivatives)
            )
            call(set_or_add[adds], (address_of(values), address_of(derivatives), weight, dx, rows, senders, columns, handed))


@cached_njit(error_model="numpy")
def sum_along(wiring, loops, derivatives, cases, ticks, adds):
    """Set, or add to, the derivatives of weights from several senders, summed over all ticks (equation 6)."""
    bytes_each, now = cases.y.itemsize, row_of(cases, 0)
    y, dx = address_of(cases.y) + bytes_each * now, address_of(cases.dy) + bytes_each * now
    for number in range(wiring.blocks.shape[0]):
        block = wiring.blocks[number]
        for patch in range(block[2], block[2] + block[3]):
            sender, columns, weight = wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
            if columns > 1:
                receivers, senders = dx + bytes_each * block[0], y + bytes_each * sender
                numbers = (weight, receivers, block[1], senders, columns, bytes_each * cases.span, ticks, adds)
                call(loops.derivatives_over_ticks, (address_of(derivatives), *numbers))


@cached_njit(error_model="numpy")
def backward_one_at(wiring, functions, loops, values, derivatives, cases, tick, is_top, is_last, adds, derives, shows):
    """Ask every step, last first, to hand back its error derivatives at one tick; of clamped units, and for what `shows`, only then."""
    x, y, dy = cases.x[:, 0], cases.y[:, 0], cases.dy[:, 0]
    bytes_each, now = x.itemsize, row_of(cases, tick)
    for step in range(functions.slope.size - 1, -1, -1):
        first, end = wiring.bounds[step], wiring.bounds[step + 1]
        if shows and is_last:
            for place in range(first, end):
                cases.shown[wiring.units[place]] = dy[now + wiring.units[place]]
        if cases.keeping[0]:
            keep_dy(wiring, cases, first, end, tick, 0, 1)
        f, parameters, integrates = functions.slope[step], functions.activation_parameters[step], functions.integrates[step]
        if functions.joint[step]:
            rows, at = address_of(wiring.units) + INT64_BYTES * first, bytes_each * now
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
            hand_back_along(wiring, loops, step, values, derivatives, y, dy, now, adds, derives, shows)
        else:
            for place in range(first, end):
                hand_back_one(wiring, place, values, derivatives, y, dy, now)
    if shows:
        show_rest(wiring, cases, now, is_last)


@cached_njit(error_model="numpy")
def show_rest(wiring, cases, now, is_last):
    """Keep the ∂E/∂y of clamped units for showing: that of the last tick, but for the unit that is always on the sum over all."""
    before = cases.shown[wiring.always_on]
    if is_last:
        for unit in range(wiring.rest, cases.span):
            cases.shown[unit] = cases.dy[now + unit, 0]
    cases.shown[wiring.always_on] = before + cases.dy[now + wiring.always_on, 0]


@cached_njit(error_model="numpy")
def go_back_one(wiring, functions, loops, values, derivatives, cases, ticks, scale, tolerance, adds, shows):
    """Compare the outputs with the targets, go backward, and return E, and whether all are right.

    Errors go back through all ticks, or through as many as they are carried back.
    """
    if shows:
        cases.shown[:] = 0.0
    sums = cases.sums[:, 0]
    if cases.keeping[0]:
        clear_kept(cases, ticks, 0, 1)
        sums[:] = 0.0
    if not 0 < cases.ticks_back < ticks:
        error, right = compare_one(wiring, functions, cases, ticks, scale, tolerance)
        for tick in range(ticks - 1, -1, -1):
            is_top = tick == ticks - 1
            now_adds = adds if is_top else 1
            backward_one_at(wiring, functions, loops, values, derivatives, cases, tick, is_top, is_top, now_adds, ticks == 1, shows)
        if ticks > 1:
            sum_along(wiring, loops, derivatives, cases, ticks, adds)
        if cases.keeping[0]:
            keep_rest(wiring, cases, 0, 0, ticks, 0, 1)
        return error, right
    error, right, before = 0.0, 1, row_of(cases, 0)
    for top in range(ticks):
        bottom = max(0, top - cases.ticks_back + 1)
        lowest = max(0, bottom - cases.history) if cases.keeping[0] else bottom
        clear_one(cases, lowest, top + 1)
        e, is_right = compare_one_at(wiring, functions, cases, top, scale, tolerance)
        error += e
        right &= is_right
        for tick in range(top, bottom - 1, -1):
            now_adds, is_last = 1 if tick or top else adds, tick == ticks - 1
            backward_one_at(wiring, functions, loops, values, derivatives, cases, tick, tick == top, is_last, now_adds, True, shows)
        if cases.keeping[0]:
            keep_rest(wiring, cases, lowest, bottom, top + 1, 0, 1)
            for row in range(cases.span * bottom, cases.span * (top + 1)):
                sums[row] += cases.dy[before + row, 0]
    if cases.keeping[0]:
        for row in range(cases.span * ticks):
            cases.dy[before + row, 0] = sums[row]
    return error, right
