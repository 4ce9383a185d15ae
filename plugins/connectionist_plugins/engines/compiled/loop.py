"""The compiled loop over epochs: an epoch of a small net takes less time than one call from Python."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

import numpy as np

from connectionist_plugins.engines.compiled.borrowing import (
    borrow,
    borrow_cases,
    borrow_functions,
    borrow_learning,
    borrow_weights,
    borrow_wiring,
)
from connectionist_plugins.engines.compiled.caching import kept
from connectionist_plugins.engines.compiled.kernels import run_epoch
from connectionist_plugins.engines.compiled.single import run_epoch_singly


@kept(error_model="numpy")
def run_epochs(wiring, functions, learning, weights, inputs, targets, orders, is_fixed, per_change, cases, limits, errors, correct):
    """Train for some epochs, and return how many ran well, whether the next diverged, and the last block's size.

    When an epoch leaves the finite numbers, the weights from before it are put back.
    """
    before = weights.values.copy()
    last, is_loaded = 0, False
    wiring, functions, cases = borrow_wiring(wiring), borrow_functions(functions), borrow_cases(cases)
    learning, weights = borrow_learning(learning), borrow_weights(weights)
    inputs, targets, orders = borrow(inputs), borrow(targets), borrow(orders)
    for epoch in range(orders.shape[0]):
        before[:] = weights.values
        order = orders[epoch]
        if per_change == 1:
            last = 1
            error, right = run_epoch_singly(wiring, functions, learning, weights, inputs, targets, order, cases, limits.tolerance)
        else:
            error, right, last = run_epoch(
                wiring, functions, learning, weights, inputs, targets, order, per_change, cases, limits.tolerance, is_loaded
            )
            is_loaded = is_fixed and per_change <= cases.x.shape[1] and per_change == order.size
        total = error
        for row in range(weights.values.size):
            total += weights.values[row] * 0.0
        if not np.isfinite(total):
            return epoch, True, last, before
        errors[epoch] = error
        correct[epoch] = right / order.size
        if limits.has_criterion and error <= limits.error and correct[epoch] >= limits.correct:
            return epoch + 1, False, last, before
    return orders.shape[0], False, last, before
