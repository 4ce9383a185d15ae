"""The compiled loop over epochs. An epoch of a small network takes less time than one call from Python.

Arguments of the kernels, beside those in `kernels`:

================= ======================================================================================================
recording_wiring  wiring for epochs in which ∂E/∂y is recorded: derivatives also propagate to clamped units
previous_values   array to fill with the weights [weight row] before the last epoch
orders            orders of presentation [epoch, presentation]; one row if all epochs have the same order
epochs            maximal number of epochs
per_change        examples per change of the weights
stop              `StopConditions`
errors, correct   arrays to fill with E and the proportion of correct cases [epoch]
================= ======================================================================================================

They return the number of epochs completed, whether the next one diverged or a formula raised in it, and the size of the last block.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from typing import Any

import numpy as np

from connectionist_plugins.engines.compiled.kernels.block.epoch import run_epoch
from connectionist_plugins.engines.compiled.kernels.case.epoch import run_epoch_by_case
from connectionist_plugins.engines.compiled.kernels.indexing import FASTMATH
from connectionist_plugins.engines.compiled.kernels.probes import EPOCH_PROBE, record_weights, records_units
from connectionist_plugins.engines.compiled.numba_runtime.barrier import barrier, slice_of
from connectionist_plugins.engines.compiled.numba_runtime.by_reference import by_reference
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline


@cached_njit(error_model="numpy", fastmath=FASTMATH)
def zero_if_finite(numbers):
    """Return 0 if every number is finite, else NaN."""
    total = 0.0
    for index in range(numbers.size):
        total += numbers[index] * 0.0
    return total


@inline
def is_met(stop, error, correct):
    """Return whether the criterion for stopping is met."""
    return stop.has_criterion and error <= stop.error and correct >= stop.correct


def _make_training_loop(run_epoch: Any, name: str) -> Any:
    """Return the loop over epochs with one of the two kernels for an epoch."""

    @cached_njit(name=name, error_model="numpy", nogil=True)
    def run_epochs(
        wiring,
        recording_wiring,
        functions,
        loops,
        rule,
        weights,
        previous_values,
        inputs,
        targets,
        orders,
        epochs,
        per_change,
        buffers,
        stop,
        errors,
        correct,
        probes,
        team,
    ):
        """Train until the criterion is met, the network diverges, or all epochs are done."""
        last_size, is_loaded = 0, False
        wiring, recording_wiring = by_reference(wiring), by_reference(recording_wiring)
        functions, loops, buffers = by_reference(functions), by_reference(loops), by_reference(buffers)
        rule, weights, team = by_reference(rule), by_reference(weights), by_reference(team)
        inputs, targets, orders, previous = by_reference(inputs), by_reference(targets), by_reference(orders), by_reference(previous_values)
        table = by_reference(probes)  # `probes` is not assigned, so that numba can remove the branches that test it for None
        values, has_one_order = weights.values, orders.shape[0] == 1
        can_stay_loaded = buffers.lengths.size == 1 and buffers.continues.size == 0 and buffers.is_plain and buffers.after_example == 0
        begin, end = slice_of(team.rank, team.size, values.size, 64)
        for epoch in range(epochs):
            for row in range(begin, end):
                previous[row] = values[row]
            order = orders[0 if has_one_order else epoch]
            if probes is not None:
                buffers.is_recording[0] = buffers.recorded_dy.size > 0 and records_units(table, epoch)
            used = recording_wiring if buffers.is_recording[0] else wiring
            error, correct_count, last_size = run_epoch(
                used, functions, loops, rule, weights, inputs, targets, order, per_change, buffers, stop, is_loaded, table, epoch, team
            )
            if probes is not None and team.rank == 0:
                record_weights(table, values, epoch, 0, EPOCH_PROBE)
            is_loaded = can_stay_loaded and has_one_order and per_change <= buffers.x.shape[1] and per_change == order.size
            if buffers.has_raised[0] or not np.isfinite(error + zero_if_finite(values)):
                return epoch, True, last_size
            if team.rank == 0:
                errors[epoch] = error
                correct[epoch] = correct_count / order.size
            if is_met(stop, error, correct_count / order.size):
                return epoch + 1, False, last_size
            if not barrier(team):
                return epoch, False, last_size
        return epochs, False, last_size

    return run_epochs


run_epochs = _make_training_loop(run_epoch, "run_epochs")
run_epochs_by_case = _make_training_loop(run_epoch_by_case, "run_epochs_by_case")
