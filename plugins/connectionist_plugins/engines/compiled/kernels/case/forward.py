"""The compiled forward pass over one case, tick by tick; see `single`."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.block.forward import go_on
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, SUM, row_of
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call, set_zero
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@cached_njit(error_model="numpy", fastmath=SUM)
def add_up_singly(wiring, place, values, y, now):
    """Return the net input of the unit at one place of the order, connection by connection (equation 1)."""
    total = 0.0
    for at in range(wiring.starts[place], wiring.starts[place + 1]):
        total += values[wiring.weights[at]] * y[now + wiring.senders[at]]
    return total


@cached_njit(error_model="numpy")
def add_up_along(wiring, loops, step, values, x, y, now):
    """Set the net inputs of one step's units, patch by patch, some receivers at a time (equation 1)."""
    bytes_each = x.itemsize
    for number in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[number]
        receivers, out = block[1], address_of(x) + bytes_each * (now + block[0])
        set_zero(out, bytes_each * receivers)
        for patch in range(block[2], block[2] + block[3]):
            sender, senders, weight = now + wiring.forth[patch, 0], wiring.forth[patch, 1], wiring.forth[patch, 2]
            if senders == 1:
                call(loops.scaled_vector, (address_of(y), sender, address_of(values) + bytes_each * weight, out, receivers, 1))
            else:
                call(loops.dot_products, (address_of(values), weight, receivers, address_of(y) + bytes_each * sender, senders, out))


@cached_njit(error_model="numpy")
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
                rows, at = address_of(wiring.units) + INT64_BYTES * first, bytes_each * now
                call(f, (address_of(x) + at, address_of(y) + at, rows, end - first, 1, 1, address_of(cases.scratch), parameters))
            else:
                at = bytes_each * (now + wiring.units[first])
                call(f, (address_of(x) + at, address_of(y) + at, 1, end - first, end - first, parameters))
            if integrates == ACTIVATION:
                go_on(functions.dt, wiring, first, end, cases.y, cases.span, now, 0, 1)
