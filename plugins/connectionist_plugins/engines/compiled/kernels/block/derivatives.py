"""Sums over a block of cases: the weights' derivatives, or the signals of a local rule, which needs no backward pass."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, call_float
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, noinline, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Floats, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, RuleArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.barrier import ThreadTeam, slice_of
from connectionist_plugins.engines.compiled.kernels.indexing import first_row, vector_count
from connectionist_plugins.engines.compiled.kernels.input_functions import add_to_derivatives, has_input_function
from connectionist_plugins.engines.compiled.simd.dense import MATRIX_BYTES
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES, VECTOR_BYTES


@kernel
def sum_derivatives(
    network: NetworkArguments,
    values: Floats,
    derivatives: Floats,
    ticks: int,
    width: int,
    adds: int,
    rank: int,
    threads: int,
) -> None:
    """Set, or add to, the weights' derivatives: sums over ticks and cases (equation 6). `width` is the number of vectors per row."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    for step in range(wiring.step_starts.size - 1):
        for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
            block = wiring.blocks[index]
            begin, end = slice_of(rank, threads, block[1], 4)
            parts, at_once = 1 if ticks == 1 else block[3], block[3] if ticks == 1 else 1
            for part in range(parts):  # a weight that is tied may be in several matrices, whose sums over ticks are added in their order
                matrices = address_of(wiring.matrices) + MATRIX_BYTES * (block[2] + part)
                for tick in range(ticks):
                    offset = first_row(buffers, tick) * row_bytes
                    receivers, source = address_of(buffers.dy) + offset + (block[0] + begin) * row_bytes, address_of(buffers.y) + offset
                    rest = (begin, receivers, end - begin, source, row_bytes, width, 1 if adds or tick else 0)
                    call(loops.summed_products, (address_of(derivatives), matrices, at_once, *rest))
        if wiring.block_starts[step] == wiring.block_starts[step + 1]:
            gather_derivatives(network, step, values, derivatives, ticks, width, rank, threads)


@noinline
def gather_derivatives(
    network: NetworkArguments, step: int, values: Floats, derivatives: Floats, ticks: int, width: int, rank: int, threads: int
) -> None:
    """Add to the weights' derivatives of one step connection by connection, or by its input function."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    begin, end = slice_of(rank, threads, wiring.step_starts[step + 1] - wiring.step_starts[step], 1)
    begin, end = wiring.step_starts[step] + begin, wiring.step_starts[step] + end
    if has_input_function(network.functions, step):
        for tick in range(ticks):
            count = width * VECTOR_BYTES // buffers.x.itemsize
            add_to_derivatives(network, step, begin, end, values, derivatives, first_row(buffers, tick), count, rank)
        return
    for position in range(begin, end):
        first, count = wiring.connection_starts[position], wiring.connection_starts[position + 1] - wiring.connection_starts[position]
        senders, rows = address_of(wiring.sender_rows) + INT64_BYTES * first, address_of(wiring.weight_rows) + INT64_BYTES * first
        for tick in range(ticks):
            offset = first_row(buffers, tick) * row_bytes
            receiver = address_of(buffers.dy) + offset + wiring.unit_rows[position] * row_bytes
            source = address_of(buffers.y) + offset
            call(loops.gathered_products, (address_of(derivatives), senders, rows, count, receiver, source, row_bytes, width))


@rare
def sum_signals(
    wiring: WiringArguments,
    rule: RuleArguments,
    values: Floats,
    signals: Floats,
    buffers: CaseBuffers,
    ticks: int,
    scale: float,
    count: int,
) -> None:
    """Add the signal of each connection, summed over ticks and cases, to `signals` [weight row]."""
    row_bytes = buffers.x.itemsize * buffers.y.shape[1]
    for tick in range(ticks):
        y = address_of(buffers.y) + row_bytes * first_row(buffers, tick)
        d = address_of(buffers.d) + row_bytes * tick * buffers.target_tick_rows
        for position in range(wiring.unit_rows.size):
            receiver, target = y + row_bytes * wiring.unit_rows[position], d + row_bytes * wiring.unit_target_rows[position]
            for connection in range(wiring.connection_starts[position], wiring.connection_starts[position + 1]):
                weight, sender = wiring.weight_rows[connection], y + row_bytes * wiring.sender_rows[connection]
                signal = call_float(rule.signal, (values[weight], sender, receiver, target, count, rule.signal_parameters))
                signals[weight] += rule.signal_sign * scale * signal


@rare
def sum_phased_signals(
    wiring: WiringArguments, rule: RuleArguments, values: Floats, signals: Floats, buffers: CaseBuffers, ticks: int, count: int
) -> None:
    """Add the signal of each connection at the last tick, summed over cases of two phases, to `signals` [weight row]."""
    row_bytes, tick_rows = buffers.x.itemsize * buffers.y.shape[1], buffers.tick_rows
    later = buffers.x.itemsize * count
    y = address_of(buffers.y) + row_bytes * first_row(buffers, ticks - 1)
    d = address_of(buffers.d) + row_bytes * (ticks - 1) * buffers.target_tick_rows
    for position in range(wiring.unit_rows.size):
        receiver, target = y + row_bytes * wiring.unit_rows[position], d + row_bytes * wiring.unit_target_rows[position]
        for connection in range(wiring.connection_starts[position], wiring.connection_starts[position + 1]):
            sender_row = wiring.sender_rows[connection]
            while sender_row < 0:  # rows of senders are those of earlier ticks, by the delay
                sender_row += tick_rows
            weight, sender = wiring.weight_rows[connection], y + row_bytes * sender_row
            ends = (sender, sender + later, receiver, receiver + later)
            signal = call_float(rule.signal, (values[weight], *ends, target, count, rule.signal_parameters))
            signals[weight] += rule.signal_sign * signal


@inline
def sum_derivatives_or_signals(
    network: NetworkArguments,
    rule: RuleArguments,
    values: Floats,
    derivatives: Floats,
    ticks: int,
    scale: float,
    count: int,
    adds: int,
    team: ThreadTeam,
) -> None:
    """Sum derivatives or signals over a block, after all threads' passes. With ties, or for signals, one thread sums all of them."""
    wiring, buffers = network.wiring, network.buffers
    has_ties = wiring.tied_weights.size > 0
    if rule.signal != 0:
        if team.rank == 0 and rule.signal_phases == 1:
            sum_signals(wiring, rule, values, derivatives, buffers, ticks, scale, count)
        elif team.rank == 0:
            sum_phased_signals(wiring, rule, values, derivatives, buffers, ticks, count // 2)
    elif not has_ties:
        sum_derivatives(network, values, derivatives, ticks, vector_count(buffers, count), adds, team.rank, team.size)
    elif team.rank == 0:
        sum_derivatives(network, values, derivatives, ticks, vector_count(buffers, count), adds, 0, 1)


@rare
def average_tied(tied_weights: Integers, tie_sizes: Doubles, derivatives: Floats, networks: int) -> None:
    """Divide the sum of each tied weight [weight row, network] by the number of connections that share it."""
    for index in range(tied_weights.size):
        for position in range(networks * tied_weights[index], networks * (tied_weights[index] + 1)):
            derivatives[position] /= tie_sizes[index]
