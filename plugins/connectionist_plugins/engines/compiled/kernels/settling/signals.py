"""The signals of the connections, from the activations at the end of two phases."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, call_float
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments, RuleArguments
from connectionist_plugins.engines.compiled.kernels.indexing import sum_first, vector_count
from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES


@kernel
def add_signals(
    network: NetworkArguments, settling: SettlingArguments, rule: RuleArguments, values: Floats, signals: Floats, step: int, count: int
) -> None:
    """Add the signal of each connection of one step, summed over cases, to `signals` [weight row]."""
    wiring, buffers, ends = network.wiring, network.buffers, address_of(settling.ends)
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    later, d, out = row_bytes * buffers.tick_rows, address_of(buffers.d), address_of(settling.signals)
    padded = vector_count(buffers, count) * VECTOR_BYTES // buffers.x.itemsize
    settling.signals[count:padded] = 0.0
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        receiver, target = ends + row_bytes * wiring.unit_rows[position], d + row_bytes * wiring.unit_target_rows[position]
        for connection in range(wiring.connection_starts[position], wiring.connection_starts[position + 1]):
            weight, sender = wiring.weight_rows[connection], ends + row_bytes * settling.end_rows[connection]
            at_ends = (sender, sender + later, receiver, receiver + later)
            call(settling.case_signals, (values[weight], *at_ends, target, out, count, rule.signal_parameters))
            signals[weight] += rule.signal_sign * sum_first(settling.signals, padded)


@kernel
def add_matrix_signals(
    network: NetworkArguments, settling: SettlingArguments, rule: RuleArguments, values: Floats, signals: Floats, step: int
) -> None:
    """Add the signals of one case to `signals` [weight row], matrix by matrix."""
    wiring, buffers, ends = network.wiring, network.buffers, address_of(settling.ends)
    item_bytes = buffers.x.itemsize
    later, d, signs = item_bytes * buffers.tick_rows, address_of(buffers.d), rule.signal_sign
    for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        receivers, first = wiring.blocks[index, 1], wiring.blocks[index, 0]
        for matrix in range(settling.firsts[index], settling.firsts[index] + settling.counts[index]):
            senders, weight = settling.matrices[matrix, 1], item_bytes * settling.matrices[matrix, 2]
            is_transposed = senders > 1 and settling.matrices[matrix, 3] == 1
            sender, receiver = ends + item_bytes * settling.end_senders[matrix], ends + item_bytes * first
            target = d + item_bytes * settling.targets[first]
            arrays = (address_of(values) + weight, address_of(signals) + weight, sender, sender + later, receiver, receiver + later)
            rows, columns, mode = (senders, receivers, 1) if is_transposed else (receivers, senders, 0)
            call(settling.matrix_signals, (*arrays, target, rows, columns, mode, signs, rule.signal_parameters))


@kernel
def add_block_signals(
    network: NetworkArguments, settling: SettlingArguments, rule: RuleArguments, values: Floats, signals: Floats, step: int, count: int
) -> bool:
    """Add the signals of a block of cases to `signals` [weight row], matrix by matrix. Return whether Python may have raised."""
    wiring, buffers, ends = network.wiring, network.buffers, address_of(settling.ends)
    item_bytes, row_bytes = buffers.x.itemsize, buffers.x.itemsize * buffers.x.shape[1]
    later, raised = row_bytes * buffers.tick_rows, 0.0
    for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        receivers, first = wiring.blocks[index, 1], wiring.blocks[index, 0]
        target = settling.targets[first]
        distance = row_bytes if settling.targets[first + receivers - 1] != target else 0  # units without targets share one row
        for matrix in range(settling.firsts[index], settling.firsts[index] + settling.counts[index]):
            weight, senders = item_bytes * settling.matrices[matrix, 2], settling.matrices[matrix, 1]
            of_weights = (
                address_of(values) + weight,
                address_of(signals) + weight,
                settling.matrices[matrix, 3],
                settling.matrices[matrix, 4],
            )
            of_units = (ends + row_bytes * first, receivers, ends + row_bytes * settling.end_senders[matrix], senders, later)
            of_targets = (address_of(buffers.d) + row_bytes * target, distance, row_bytes, count)
            rest = (rule.signal_sign, rule.signal_parameters)
            raised += call_float(settling.block_signals, (*of_weights, *of_units, *of_targets, *rest))
    return raised > 0.0


@kernel
def sum_case_signals(
    network: NetworkArguments, settling: SettlingArguments, rule: RuleArguments, values: Floats, signals: Floats, count: int
) -> None:
    """Add the signals of all connections."""
    wiring = network.wiring
    for step in range(wiring.step_starts.size - 1):
        is_dense = wiring.block_starts[step] < wiring.block_starts[step + 1]
        if network.buffers.is_by_case and is_dense:
            add_matrix_signals(network, settling, rule, values, signals, step)
        elif not (is_dense and settling.block_signals) or add_block_signals(network, settling, rule, values, signals, step, count):
            add_signals(network, settling, rule, values, signals, step, count)
