"""The backward pass of a network without dense matrices, delays, ties and input functions, sender by sender.

A sender gathers the ∂E/∂x of its receivers, which are done, as a receiver gathers the activations of its senders in the forward pass. That
needs fewer accesses to memory than if each receiver added to the ∂E/∂y of its senders, and the derivatives of the weights can be summed
from the same rows. Both are the same numbers as by receiver, since `WiringArguments.receiver_rows` has the order of the backward pass.

Here `derivatives` is the address of the weights' derivatives, or 0 if they are not summed in the backward pass.
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, noinline
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@inline
def sums_in_backward_pass(wiring: WiringArguments, ticks: int, threads: int) -> bool:
    """Return whether the backward pass can sum the weights' derivatives: it has all cases, and there is one tick."""
    return wiring.outgoing_starts.size > 0 and ticks == 1 and threads == 1


@noinline
def gather_derivatives(network: NetworkArguments, step: int, values: Floats, derivatives: int, offset: int, width: int) -> None:
    """Add to ∂E/∂y of one step's units what comes back from their receivers, and sum the derivatives of these weights."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    y, dy = address_of(buffers.y) + offset, address_of(buffers.dy) + offset
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        row = wiring.unit_rows[position]
        begin, end, own = wiring.outgoing_starts[2 * row], wiring.outgoing_starts[2 * row + 1], row_bytes * row
        receivers = address_of(wiring.receiver_rows) + INT64_BYTES * begin
        rows = address_of(wiring.outgoing_weight_rows) + INT64_BYTES * begin
        lists = (receivers, rows, end - begin)
        call(loops.gathered_derivatives, (address_of(values), derivatives, *lists, dy + own, y + own, dy, row_bytes, width))


@noinline
def sum_other_derivatives(network: NetworkArguments, derivatives: int, offset: int, width: int) -> None:
    """Sum the derivatives of the weights whose connections do not propagate ∂E/∂x back, at the end of the backward pass."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    y, dy = address_of(buffers.y) + offset, address_of(buffers.dy) + offset
    for row in range(buffers.tick_rows):
        begin, end = wiring.outgoing_starts[2 * row + 1], wiring.outgoing_starts[2 * row + 2]
        receivers = address_of(wiring.receiver_rows) + INT64_BYTES * begin
        rows = address_of(wiring.outgoing_weight_rows) + INT64_BYTES * begin
        call(loops.gathered_products, (derivatives, receivers, rows, end - begin, y + row_bytes * row, dy, row_bytes, width))
