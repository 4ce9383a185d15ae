"""Net inputs from clamped units, and from the others."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, copy_memory, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments
from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
from connectionist_plugins.engines.compiled.simd.dense import MATRIX_BYTES
from connectionist_plugins.engines.compiled.simd.sums import sum_of_products
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES


@kernel
def add_matrices(
    network: NetworkArguments,
    settling: SettlingArguments,
    values: Floats,
    block: int,
    first: int,
    count: int,
    out: int,
    source: int,
    width: int,
    adds: int,
) -> None:
    """Set, or add to, the net inputs of one block: sums over `count` matrices (equation 1); `adds` as in `simd.dense`."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    item_bytes, receivers = buffers.x.itemsize, wiring.blocks[block, 1]
    row_bytes = item_bytes * buffers.x.shape[1]
    to = out + wiring.blocks[block, 0] * row_bytes
    if buffers.is_by_case == 0:
        matrices = address_of(settling.matrices) + MATRIX_BYTES * first
        call(loops.weighted_sums, (address_of(values), matrices, count, to, receivers, source, row_bytes, width, adds))
        return
    if adds == 0:
        set_zero(to, item_bytes * receivers)
    for matrix in range(first, first + count):
        sender, senders, weight = settling.matrices[matrix, 0], settling.matrices[matrix, 1], settling.matrices[matrix, 2]
        if senders == 1:
            call(loops.scaled_vector, (source, sender, address_of(values) + item_bytes * weight, to, receivers, 1))
        elif settling.matrices[matrix, 3] == 1:
            call(loops.propagated_derivatives, (address_of(values), weight, source + item_bytes * sender, senders, receivers, to))
        else:
            call(loops.dot_products, (address_of(values), weight, receivers, source + item_bytes * sender, senders, to))


@kernel
def set_base(network: NetworkArguments, settling: SettlingArguments, values: Floats, row: int, first: int, width: int) -> None:
    """Set the parts of the net inputs that come from clamped units, whose activations are in the slot that begins at `row`."""
    blocks, buffers = network.wiring.blocks, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    out, source = address_of(settling.base) + item_bytes * first, address_of(buffers.y) + item_bytes * (stride * row + first)
    for block in range(blocks.shape[0]):
        add_matrices(network, settling, values, block, settling.firsts[block], settling.constant_counts[block], out, source, width, 0)


@inline
def copy_rows(buffers: CaseBuffers, out: int, base: int, rows: int, width: int) -> None:
    """Copy a slice of the cases of some rows."""
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    if buffers.is_by_case != 0 or width * VECTOR_BYTES == row_bytes:
        copy_memory(out, base, rows * row_bytes)
        return
    for row in range(rows):
        copy_memory(out + row * row_bytes, base + row * row_bytes, width * VECTOR_BYTES)


@kernel
def set_net_inputs(
    network: NetworkArguments,
    settling: SettlingArguments,
    values: Floats,
    step: int,
    slot: int,
    target: FloatTable,
    row: int,
    first: int,
    width: int,
) -> None:
    """Write the net inputs of one step's units (equation 1) to the array `target`, and read `y`, both from `row` on."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    item_bytes, row_bytes = buffers.x.itemsize, buffers.x.itemsize * buffers.x.shape[1]
    offset = row * row_bytes + item_bytes * first
    out, source, base = address_of(target) + offset, address_of(buffers.y) + offset, address_of(settling.base) + item_bytes * first
    for block in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        start, constant = wiring.blocks[block, 0] * row_bytes, settling.constant_counts[block]
        matrix, count = slot * settling.end_senders.size + settling.firsts[block] + constant, settling.counts[block] - constant
        begins_at_base = buffers.is_by_case == 0 and count > 0
        if not begins_at_base:
            copy_rows(buffers, out + start, base + start, wiring.blocks[block, 1], width)
        if count > 0:
            add_matrices(network, settling, values, block, matrix, count, out, source, width, base - out + 1 if begins_at_base else 1)
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    shift = slot * wiring.sender_rows.size
    begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
    if buffers.is_by_case:
        for position in range(begin, end):
            start, count = wiring.connection_starts[position], wiring.connection_starts[position + 1] - wiring.connection_starts[position]
            senders = settling.sender_rows[shift:]
            x = sum_of_products(values, wiring.weight_rows, buffers.y.ravel(), senders, row, start, count)
            target[row + wiring.unit_rows[position], 0] = x
    else:
        lists_at = (address_of(settling.sender_rows) + INT64_BYTES * shift, address_of(wiring.weight_rows))
        starts, units = address_of(wiring.connection_starts) + INT64_BYTES * begin, address_of(wiring.unit_rows) + INT64_BYTES * begin
        call(loops.gathered_sums, (address_of(values), *lists_at, starts, units, end - begin, out, source, row_bytes, width))
