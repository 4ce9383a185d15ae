"""The forward pass over one case, tick by tick."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, set_zero
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import kernel
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.block.forward import leak_forward
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, first_row
from connectionist_plugins.engines.compiled.kernels.input_functions import combine_inputs, has_input_function
from connectionist_plugins.engines.compiled.kernels.perturbation import perturb_activations, perturb_net_inputs
from connectionist_plugins.engines.compiled.simd.sums import sum_of_products
from connectionist_plugins.engines.compiled.simd.table import Loops
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@kernel
def sum_connections(wiring: WiringArguments, position: int, values: Floats, y: Floats, tick_row: int) -> float:
    """Return the net input of the unit at one position of the forward order, connection by connection (equation 1)."""
    first, count = wiring.connection_starts[position], wiring.connection_starts[position + 1] - wiring.connection_starts[position]
    return sum_of_products(values, wiring.weight_rows, y, wiring.sender_rows, tick_row, first, count)


@kernel
def sum_matrices(wiring: WiringArguments, loops: Loops, step: int, values: Floats, x: Floats, y: Floats, tick_row: int) -> None:
    """Set the net inputs of one step's units, weight matrix by weight matrix (equation 1)."""
    item_bytes = x.itemsize
    for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[index]
        receivers, out = block[1], address_of(x) + item_bytes * (tick_row + block[0])
        set_zero(out, item_bytes * receivers)
        for matrix in range(block[2], block[2] + block[3]):
            sender, senders, weight = tick_row + wiring.matrices[matrix, 0], wiring.matrices[matrix, 1], wiring.matrices[matrix, 2]
            if senders == 1:
                call(loops.scaled_vector, (address_of(y), sender, address_of(values) + item_bytes * weight, out, receivers, 1))
            else:
                call(loops.dot_products, (address_of(values), weight, receivers, address_of(y) + item_bytes * sender, senders, out))


@kernel
def forward_case(network: NetworkArguments, values: Floats, ticks: int) -> None:
    """Activate all steps in order, tick by tick."""
    wiring, functions, loops, buffers = network.wiring, network.functions, network.loops, network.buffers
    x, y = buffers.x.ravel(), buffers.y.ravel()
    item_bytes = x.itemsize
    is_plain = buffers.is_plain
    for tick in range(ticks):
        tick_row = first_row(buffers, tick)
        for step in range(functions.activate.size):
            begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
            if wiring.block_starts[step] < wiring.block_starts[step + 1]:
                sum_matrices(wiring, loops, step, values, x, y, tick_row)
            elif has_input_function(functions, step):
                combine_inputs(network, step, values, buffers.y, tick_row, 0, 1, 0)
            else:
                for position in range(begin, end):
                    x[tick_row + wiring.unit_rows[position]] = sum_connections(wiring, position, values, y, tick_row)
            if not is_plain:
                perturb_net_inputs(wiring, begin, end, buffers, tick, 0, 1)
            f, parameters, integrates = functions.activate[step], functions.activation_parameters[step], functions.integrates[step]
            if integrates == NET_INPUT:
                leak_forward(functions.dt, wiring, begin, end, buffers.x, buffers.tick_rows, tick_row, 0, 1)
            if functions.joint[step]:
                rows, offset = address_of(wiring.unit_rows) + INT64_BYTES * begin, item_bytes * tick_row
                arrays = (address_of(x) + offset, address_of(y) + offset, rows)
                call(f, (*arrays, end - begin, 1, 1, address_of(buffers.scratch), parameters))
            else:
                offset = item_bytes * (tick_row + wiring.unit_rows[begin])
                call(f, (address_of(x) + offset, address_of(y) + offset, 1, end - begin, end - begin, parameters))
            if integrates == ACTIVATION:
                leak_forward(functions.dt, wiring, begin, end, buffers.y, buffers.tick_rows, tick_row, 0, 1)
            if not is_plain:
                perturb_activations(wiring, begin, end, buffers, tick, 0, 1)
