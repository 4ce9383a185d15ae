"""The compiled passes over one case, for weights that change after each example.

With one case there is no dimension of cases to make vectors of; where a network is dense, vectors are made of successive senders, over
successive weights (`lines`). Here the arrays of the block hold one number per unit, in a room with spacing, so that the units of a
step fill whole vectors.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernels.block.derivatives import average, gather_signals
from connectionist_plugins.engines.compiled.kernels.block.epoch import change_weights, show_compared
from connectionist_plugins.engines.compiled.kernels.block.passes import enter
from connectionist_plugins.engines.compiled.kernels.case.backward import go_back_one
from connectionist_plugins.engines.compiled.kernels.case.compare import compare_one
from connectionist_plugins.engines.compiled.kernels.case.forward import forward_one
from connectionist_plugins.engines.compiled.kernels.probes import OF_CHANGES, keep_units, keep_weights
from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, set_zero
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit


@cached_njit(error_model="numpy")
def load_one(inputs, targets, case, ticks, cases):
    """Copy the inputs and targets of one example."""
    for number in range(ticks * cases.inputs_each):
        cases.y[cases.input_rows[number], 0] = inputs[case, number]
    for number in range(ticks * cases.targets_each):
        cases.d[cases.target_rows[number], 0] = targets[case, number]


@cached_njit(error_model="numpy")
def run_epoch_singly(
    wiring, functions, loops, learning, weights, inputs, targets, order, _per_change, cases, tolerance, _is_loaded, probes, epoch, _team
):
    """Present one epoch's examples, change the weights after each, and return E, how many were right, and 1, the size of a block."""
    error, right = 0.0, 0
    adds = 1 if wiring.tied.size > 0 or learning.signal != 0 or not wiring.is_dense else 0
    for number in range(order.size):
        case, is_shown = order[number], number == order.size - 1
        ticks = cases.lengths[0 if cases.lengths.size == 1 else case]
        scale = 1.0 / ticks if weights.mean else 1.0
        if adds:
            set_zero(address_of(weights.gathered), weights.gathered.itemsize * weights.gathered.size)
        if cases.continues.size:
            enter(cases, case, ticks)
        load_one(inputs, targets, case, ticks, cases)
        forward_one(wiring, functions, loops, weights.values, cases, ticks)
        if learning.signal == 0:
            e, is_right = go_back_one(
                wiring, functions, loops, weights.values, weights.gathered, cases, ticks, scale, tolerance, adds, is_shown
            )
        else:
            e, is_right = compare_one(wiring, functions, cases, ticks, 1.0, tolerance)
            show_compared(cases, ticks, 0)
            gather_signals(wiring, learning, weights.values, weights.gathered, cases, ticks, scale, 1)
        if probes is not None:
            keep_units(probes, cases, order, number, 0, 1, ticks, 1.0 if learning.signal else 1.0 / scale, epoch)
        error += e
        right += is_right
        if weights.mean:
            average(wiring.tied, wiring.copies, weights.gathered)
        change_weights(learning, weights, probes is not None or is_shown, 0, 1)
        if probes is not None:
            keep_weights(probes, weights.values, epoch, number, OF_CHANGES)
    return error, right, 1
