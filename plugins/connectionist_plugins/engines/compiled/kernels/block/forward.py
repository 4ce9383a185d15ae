"""The forward pass over a block of cases.

The buffers are arrays [tick · row, case]. A network without time has one tick. Before the rows of tick 1 are those of `ticks_before`
earlier ticks, as many as the longest delay. All lists of rows are for one tick. `WiringArguments.sender_rows` are lower by the rows of as
many ticks as the delay of the connection. A kernel therefore needs only the row at which a tick begins.

The case is the innermost dimension, so all loops vectorize for any wiring. Dense weight matrices are computed in tiles of units × cases
(`simd.dense`), sparse connections one by one (`simd.sparse`). Each thread computes a slice of the cases from the first tick to the last.
The threads meet only before the sums of derivatives over cases, in which each computes other weights.

Arguments, beside those in `kernels`:

============= ======================================================================================================
offset, width byte offset in the buffers of a tick's first row at the first case, and number of vectors per row
array         x or y of the buffers
dt            ``functions.dt`` [position]
============= ======================================================================================================
"""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import FLOAT64_BYTES, address_of, call
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, noinline, rare
from connectionist_plugins.engines.compiled.kernel_compiler.types import Doubles, Floats, FloatTable, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, NetworkArguments, WiringArguments
from connectionist_plugins.engines.compiled.kernels.indexing import ACTIVATION, NET_INPUT, first_row, vector_count
from connectionist_plugins.engines.compiled.kernels.input_functions import combine_inputs, has_input_function
from connectionist_plugins.engines.compiled.kernels.perturbation import perturb_activations, perturb_net_inputs
from connectionist_plugins.engines.compiled.simd.dense import MATRIX_BYTES
from connectionist_plugins.engines.compiled.simd.vectors import INT64_BYTES


@inline
def carried(buffers: CaseBuffers) -> FloatTable:
    """Return what the connections carry: the activations, or the outputs if units have output functions."""
    table = buffers.y
    if buffers.outputs.size:
        table = buffers.outputs
    return table


@kernel
def compute_net_input(
    network: NetworkArguments, step: int, values: Floats, offset: int, width: int, tick_row: int, first: int, count: int, rank: int
) -> None:
    """Set the net inputs of one step's units (equation 1)."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    x, y = address_of(buffers.x) + offset, address_of(carried(buffers)) + offset
    for index in range(wiring.block_starts[step], wiring.block_starts[step + 1]):
        block = wiring.blocks[index]
        matrices = address_of(wiring.matrices) + MATRIX_BYTES * block[2]
        out = x + block[0] * row_bytes
        call(loops.weighted_sums, (address_of(values), matrices, block[3], out, block[1], y, row_bytes, width, 0))
    if wiring.block_starts[step] < wiring.block_starts[step + 1]:
        return
    if has_input_function(network.functions, step):
        combine_inputs(network, step, values, carried(buffers), tick_row, first, count, rank)
    else:
        gather_net_inputs(network, step, values, x, y, width)


@noinline
def gather_net_inputs(network: NetworkArguments, step: int, values: Floats, x: int, y: int, width: int) -> None:
    """Set the net inputs of one step's units connection by connection, given the addresses of x and y at row 0."""
    wiring, loops, buffers = network.wiring, network.loops, network.buffers
    row_bytes, begin = buffers.x.itemsize * buffers.x.shape[1], INT64_BYTES * wiring.step_starts[step]
    lists = (address_of(wiring.sender_rows), address_of(wiring.weight_rows), address_of(wiring.connection_starts) + begin)
    units = (address_of(wiring.unit_rows) + begin, wiring.step_starts[step + 1] - wiring.step_starts[step])
    call(loops.gathered_sums, (address_of(values), *lists, *units, x, y, row_bytes, width))


@rare
def set_outputs(network: NetworkArguments, rows: Integers, begin: int, end: int, tick: int, first: int, count: int) -> None:
    """Compute what connections carry from some of the listed rows of a tick."""
    functions, buffers = network.functions, network.buffers
    item_bytes, stride = buffers.y.itemsize, buffers.y.shape[1]
    for index in range(begin, end):
        row = first_row(buffers, tick) + rows[index]
        offset, f = item_bytes * (stride * row + first), functions.output[rows[index]]
        if f:
            y, output = address_of(buffers.y) + offset, address_of(buffers.outputs) + offset
            call(f, (y, output, 1, stride, count, functions.output_parameters[rows[index]]))
        else:
            for case in range(first, first + count):
                buffers.outputs[row, case] = buffers.y[row, case]


@rare
def set_given_outputs(network: NetworkArguments, ticks: int, first: int, count: int) -> None:
    """Compute the outputs of all units before tick 1, and of the units that no step computes at every tick."""
    rows, given = network.wiring.unit_rows, network.functions.given_rows
    for tick in range(-network.buffers.ticks_before, ticks):
        set_outputs(network, given, 0, given.size, tick, first, count)
        set_outputs(network, rows, 0, rows.size if tick < 0 else 0, tick, first, count)


@rare
def activate_dynamic(network: NetworkArguments, step: int, offset: int, count: int) -> None:
    """Compute the activations of one step's units, whose function also has the activation one tick before."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    row_bytes = buffers.x.itemsize * buffers.x.shape[1]
    for position in range(wiring.step_starts[step], wiring.step_starts[step + 1]):
        place = offset + row_bytes * wiring.unit_rows[position]
        x, y = address_of(buffers.x) + place, address_of(buffers.y) + place
        call(functions.activate[step], (x, y - row_bytes * buffers.tick_rows, y, count, functions.activation_parameters[step]))


@noinline
def leak_forward(
    dt: Doubles, wiring: WiringArguments, begin: int, end: int, array: FloatTable, tick_rows: int, tick_row: int, first: int, count: int
) -> None:
    """Integrate the numbers of leaky units: dt times the new number plus (1 − dt) times that of the tick before."""
    for position in range(begin, end):
        row, fraction = tick_row + wiring.unit_rows[position], dt[position]
        for case in range(first, first + count):
            array[row, case] = fraction * array[row, case] + (1.0 - fraction) * array[row - tick_rows, case]


@kernel
def forward(
    network: NetworkArguments,
    values: Floats,
    ticks: int,
    first: int,
    count: int,
    rank: int,
) -> None:
    """Activate all steps in order, tick by tick."""
    wiring, functions, buffers = network.wiring, network.functions, network.buffers
    item_bytes, stride = buffers.x.itemsize, buffers.x.shape[1]
    width = vector_count(buffers, count)
    scratch = address_of(buffers.scratch) + rank * FLOAT64_BYTES * buffers.scratch.shape[1]
    is_plain, has_outputs = buffers.is_plain, buffers.outputs.size > 0
    if has_outputs:
        set_given_outputs(network, ticks, first, count)
    for tick in range(ticks):
        offset = item_bytes * (stride * first_row(buffers, tick) + first)
        x, y = address_of(buffers.x) + offset, address_of(buffers.y) + offset
        for step in range(functions.activate.size):
            begin, end = wiring.step_starts[step], wiring.step_starts[step + 1]
            compute_net_input(network, step, values, offset, width, first_row(buffers, tick), first, count, rank)
            if not is_plain:
                perturb_net_inputs(wiring, begin, end, buffers, tick, first, count)
            f, parameters, integrates = functions.activate[step], functions.activation_parameters[step], functions.integrates[step]
            if integrates == NET_INPUT:
                leak_forward(functions.dt, wiring, begin, end, buffers.x, buffers.tick_rows, first_row(buffers, tick), first, count)
            if functions.joint[step]:
                rows = address_of(wiring.unit_rows) + INT64_BYTES * begin
                call(f, (x, y, rows, end - begin, stride, count, scratch, parameters))
            elif functions.dynamic[step]:
                activate_dynamic(network, step, offset, count)
            else:
                row = item_bytes * stride * wiring.unit_rows[begin]
                call(f, (x + row, y + row, end - begin, stride, count, parameters))
            if integrates == ACTIVATION:
                leak_forward(functions.dt, wiring, begin, end, buffers.y, buffers.tick_rows, first_row(buffers, tick), first, count)
            if not is_plain:
                perturb_activations(wiring, begin, end, buffers, tick, first, count)
            if has_outputs:
                set_outputs(network, wiring.unit_rows, begin, end, tick, first, count)
