"""Passes of units with an input function in place of the weighted sum, unit by unit and case by case.

A C function computes the net input of one unit in one case. Another one computes its slopes: it writes ∂x/∂w and ∂x/∂y of each connection
to the third and the fourth row of the thread's scratch memory [4, connection].

Arguments, beside those in `kernels`: `carried` is what the connections carry, [tick · row, case].
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import FLOAT64_BYTES, address_of, call_float
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable
from connectionist_plugins.engines.compiled.kernels.arguments import NetworkArguments
from connectionist_plugins.engines.compiled.kernels.function_arguments import Functions
from connectionist_plugins.engines.compiled.simd.sparse import BACKPROPAGATES
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@inline
def has_input_function(functions: Functions, step: int) -> bool:
    """Return whether the units of a step have an input function."""
    return functions.net_input.size > 0 and functions.net_input[step] != 0


@kernel
def call_for_unit(
    network: NetworkArguments,
    function: int,
    parameters: int,
    position: int,
    values: Floats,
    carried: FloatTable,
    tick_row: int,
    case: int,
    rank: int,
) -> float:
    """Call a C function of an input function for the unit at one position of the forward order."""
    wiring, scratch = network.wiring, network.buffers.scratch
    first, count = wiring.connection_starts[position], wiring.connection_starts[position + 1] - wiring.connection_starts[position]
    weights, senders = address_of(wiring.weight_rows) + INT64_BYTES * first, address_of(wiring.sender_rows) + INT64_BYTES * first
    arrays = (address_of(values), weights, senders, address_of(carried) + carried.itemsize * case)
    rest = (tick_row, count, carried.shape[1], address_of(scratch) + rank * FLOAT64_BYTES * scratch.shape[1])
    return call_float(function, (*arrays, *rest, parameters))


@rare
def combine_inputs(
    network: NetworkArguments, step: int, values: Floats, carried: FloatTable, tick_row: int, first: int, count: int, rank: int
) -> None:
    """Set the net inputs of one step's units."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    f, parameters = functions.net_input[step], functions.input_parameters[step]
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        row = tick_row + wiring.unit_rows[position]
        for case in range(first, first + count):
            buffers.x[row, case] = call_for_unit(network, f, parameters, position, values, carried, tick_row, case, rank)


@rare
def compute_slopes(network: NetworkArguments, step: int, position: int, values: Floats, tick_row: int, case: int, rank: int) -> None:
    """Write the slopes of a unit to the scratch memory."""
    functions = network.functions
    f, parameters = functions.input_slopes[step], functions.input_parameters[step]
    call_for_unit(network, f, parameters, position, values, network.buffers.y, tick_row, case, rank)


@rare
def propagate_to_senders(
    network: NetworkArguments, step: int, values: Floats, tick_row: int, first: int, count: int, with_clamped: bool, rank: int
) -> None:
    """Add to the senders' ∂E/∂y the ∂E/∂x of one step's units times ∂x/∂y; also to that of clamped senders if `with_clamped`."""
    wiring, buffers = network.wiring, network.buffers
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        begin, end = wiring.connection_starts[position], wiring.connection_starts[position + 1]
        row, slopes, propagates = tick_row + wiring.unit_rows[position], 3 * (end - begin) - begin, with_clamped
        for connection in range(begin, end):
            propagates |= wiring.connection_flags[connection] == BACKPROPAGATES
        for case in range(first, first + count if propagates else first):
            compute_slopes(network, step, position, values, tick_row, case, rank)
            for connection in range(begin, end):
                flag = wiring.connection_flags[connection]
                if flag == BACKPROPAGATES or (flag and with_clamped):
                    sender = tick_row + wiring.sender_rows[connection]
                    buffers.dy[sender, case] += buffers.dy[row, case] * buffers.scratch[rank, slopes + connection]


@rare
def add_to_derivatives(
    network: NetworkArguments,
    step: int,
    begin: int,
    end: int,
    values: Floats,
    derivatives: Floats,
    tick_row: int,
    count: int,
    rank: int,
) -> None:
    """Add ∂E/∂x times ∂x/∂w to the derivatives of the weights into some of a step's units, summed over the first `count` cases."""
    wiring, buffers = network.wiring, network.buffers
    for position in range(begin, end):
        first, beyond = wiring.connection_starts[position], wiring.connection_starts[position + 1]
        row, slopes = tick_row + wiring.unit_rows[position], 2 * (beyond - first) - first
        for case in range(count):
            dx = buffers.dy[row, case]
            if dx != 0.0:  # as it is in the space after the last case
                compute_slopes(network, step, position, values, tick_row, case, rank)
                for connection in range(first, beyond):
                    derivatives[wiring.weight_rows[connection]] += dx * buffers.scratch[rank, slopes + connection]
