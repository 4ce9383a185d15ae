"""The backward pass of a network without dense matrices, delays, ties and input functions, sender by sender.

A sender gathers the ∂E/∂x of its receivers, which are done, as a receiver gathers the activations of its senders in the forward pass. That
needs fewer accesses to memory than if each receiver added to the ∂E/∂y of its senders, and the derivatives of the weights can be summed
from the same rows. Both are the same numbers as by receiver, since `WiringArguments.receiver_rows` has the order of the backward pass.
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, noinline
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@inline
def begin_sums(network: NetworkArguments, derivatives: Floats, ticks: int, threads: int) -> bool:
    """Let the next backward pass sum the weights' derivatives if it has all cases, and there is one tick. Return whether it does."""
    sums = network.wiring.outgoing_starts.size > 0 and ticks == 1 and threads == 1
    if sums:
        network.buffers.summed_derivatives[0] = address_of(derivatives)
    return sums


@noinline
def gather_from_receivers(network: NetworkArguments, step: int, values: Floats, offset: int, width: int) -> None:
    """Add to ∂E/∂y of one step's units what comes back from their receivers. The pass may also sum the derivatives of these weights."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    derivatives = buffers.summed_derivatives[0]
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    y, dy = address_of(buffers.y) + offset, address_of(buffers.dy) + offset
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        row = wiring.unit_rows[position]
        begin, end, own = wiring.outgoing_starts[2 * row], wiring.outgoing_starts[2 * row + 1], row_bytes * row
        receivers = address_of(wiring.receiver_rows) + INT64_BYTES * begin
        rows = address_of(wiring.outgoing_weight_rows) + INT64_BYTES * begin
        lists = (receivers, rows, end - begin)
        call(loops.gathered_from_receivers, (address_of(values), derivatives, *lists, dy + own, y + own, dy, row_bytes, width))


@noinline
def end_sums(network: NetworkArguments, offset: int, width: int) -> None:
    """Sum the derivatives of the weights whose connections do not propagate ∂E/∂x back. Later passes sum none before `begin_sums`."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    derivatives = buffers.summed_derivatives[0]
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    y, dy = address_of(buffers.y) + offset, address_of(buffers.dy) + offset
    for row in range(buffers.tick_rows):
        begin, end = wiring.outgoing_starts[2 * row + 1], wiring.outgoing_starts[2 * row + 2]
        receivers = address_of(wiring.receiver_rows) + INT64_BYTES * begin
        rows = address_of(wiring.outgoing_weight_rows) + INT64_BYTES * begin
        call(loops.gathered_products, (derivatives, receivers, rows, end - begin, y + row_bytes * row, dy, row_bytes, width))
    buffers.summed_derivatives[0] = 0
