"""The compiled loop over epochs: an epoch of a small net takes less time than one call from Python."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from typing import Any

import numpy as np

from connectionist_plugins.engines.compiled.kernels.block.epoch import run_epoch
from connectionist_plugins.engines.compiled.kernels.case.epoch import run_epoch_singly
from connectionist_plugins.engines.compiled.kernels.indexing import SUM
from connectionist_plugins.engines.compiled.kernels.probes import OF_EPOCHS, are_kept, keep_weights
from connectionist_plugins.engines.compiled.numba_runtime.barrier import barrier, slice_of
from connectionist_plugins.engines.compiled.numba_runtime.by_reference import by_reference
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit


@cached_njit(error_model="numpy", fastmath=SUM)
def zero_if_finite(numbers):
    """Return 0 when every number is finite, else NaN."""
    total = 0.0
    for place in range(numbers.size):
        total += numbers[place] * 0.0
    return total


def _loop_over(run_epoch: Any, name: str) -> Any:
    """Return the loop over epochs of one way to go through an epoch."""

    @cached_njit(name=name, error_model="numpy", nogil=True)
    def run_epochs(
        wiring,
        wiring_kept,
        functions,
        loops,
        learning,
        weights,
        before,
        inputs,
        targets,
        orders,
        epochs,
        per_change,
        cases,
        limits,
        errors,
        correct,
        probes,
        team,
    ):
        """Train for some epochs, and return how many ran well, whether the next diverged, and the last block's size.

        Where derivatives of units are kept, in some epochs, the wiring is another, in which they go back to clamped units as well.
        Where all epochs have one order, `orders` may have one row. `before` is left with the weights from before the last epoch.
        """
        last, is_loaded = 0, False
        wiring_kept = by_reference(wiring_kept)
        wiring, functions, loops, cases = by_reference(wiring), by_reference(functions), by_reference(loops), by_reference(cases)
        learning, weights, team, tapped = (
            by_reference(learning),
            by_reference(weights),
            by_reference(team),
            by_reference(probes),
        )  # that `probes` is None must stay plain
        inputs, targets, orders, before = by_reference(inputs), by_reference(targets), by_reference(orders), by_reference(before)
        values, has_one_order = weights.values, orders.shape[0] == 1
        are_alike = cases.lengths.size == 1 and cases.continues.size == 0
        begin, end = slice_of(team.rank, team.size, values.size, 64)
        for epoch in range(epochs):
            for row in range(begin, end):
                before[row] = values[row]
            order = orders[0 if has_one_order else epoch]
            if probes is not None:
                cases.keeping[0] = cases.kept.size > 0 and are_kept(tapped, epoch)
            error, right, last = run_epoch(
                wiring_kept if cases.keeping[0] else wiring,
                functions,
                loops,
                learning,
                weights,
                inputs,
                targets,
                order,
                per_change,
                cases,
                limits.tolerance,
                is_loaded,
                tapped,
                epoch,
                team,
            )
            if probes is not None and team.rank == 0:
                keep_weights(tapped, values, epoch, 0, OF_EPOCHS)
            is_loaded = are_alike and has_one_order and per_change <= cases.x.shape[1] and per_change == order.size
            if not np.isfinite(error + zero_if_finite(values)):
                return epoch, True, last
            if team.rank == 0:
                errors[epoch] = error
                correct[epoch] = right / order.size
            if limits.has_criterion and error <= limits.error and right / order.size >= limits.correct:
                return epoch + 1, False, last
            if not barrier(team):
                return epoch, False, last
        return epochs, False, last

    return run_epochs


run_epochs = _loop_over(run_epoch, "run_epochs")
run_epochs_singly = _loop_over(run_epoch_singly, "run_epochs_singly")
