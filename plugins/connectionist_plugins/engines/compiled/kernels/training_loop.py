"""The compiled loop over epochs. An epoch of a small network takes less time than one call from Python.

The kernels return the number of epochs completed, whether the next one diverged or a formula raised in it, and the size of the last block.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, copy_memory
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel
from connectionist_plugins.engines.compiled.kernels.barrier import ThreadTeam, barrier, slice_of
from connectionist_plugins.engines.compiled.kernels.block.epoch import run_epoch, show_last_case
from connectionist_plugins.engines.compiled.kernels.case.epoch import run_epoch_by_case
from connectionist_plugins.engines.compiled.kernels.entry_arguments import TrainingArguments
from connectionist_plugins.engines.compiled.kernels.probes import EPOCH_PROBE, record_weights, records_units
from connectionist_plugins.engines.compiled.kernels.settling.epoch import run_epoch_by_settling
from connectionist_plugins.engines.compiled.kernels.stochastic.epoch import run_epoch_with_random_units
from connectionist_plugins.engines.compiled.kernels.stop_conditions import StopConditions
from connectionist_plugins.engines.compiled.simd.sums import are_finite


@inline
def is_met(stop: StopConditions, error: float, correct: float) -> bool:
    """Return whether the criterion for stopping is met."""
    return stop.has_criterion and error <= stop.error and correct >= stop.correct


def _make_training_loop(run_epoch: Any, *, shows_each: bool = False) -> Any:
    """Return the loop over epochs with one of the kernels for an epoch. `shows_each` says that it shows the last case of each epoch."""

    @kernel
    def run_epochs(arguments: TrainingArguments, team: ThreadTeam) -> tuple[int, bool, int]:
        """Train until the criterion is met, the network diverges, or all epochs are done."""
        weights, buffers, stop, probes = arguments.weights, arguments.network.buffers, arguments.stop, arguments.probes
        values, previous, orders, per_change = weights.values, arguments.previous_values, arguments.orders, arguments.per_change
        memory, previous_memory = arguments.rule.memory, arguments.previous_memory
        has_one_order, last_size, is_loaded = orders.shape[0] == 1, 0, False
        can_stay_loaded = buffers.lengths.size == 1 and buffers.continues.size == 0 and buffers.is_plain != 0 and buffers.after_example == 0
        is_one_block = can_stay_loaded and per_change <= buffers.x.shape[1] and per_change == orders.shape[1]
        shows_all = shows_each or not is_one_block or buffers.is_by_case != 0 or stop.has_criterion or probes is not None
        presentations = orders.shape[1] // arguments.rule.signal_phases
        begin, end = slice_of(team.rank, team.size, values.size, 64)
        for epoch in range(arguments.epochs):
            for row in range(begin, end):
                previous[row] = values[row]
            if previous_memory.size and team.rank == 0:
                copy_memory(address_of(previous_memory), address_of(memory), memory.itemsize * memory.size)
            order = orders[0 if has_one_order else epoch]
            if probes is not None:
                buffers.is_recording[0] = buffers.recorded_dy.size > 0 and records_units(probes, epoch)
            network = arguments.recording_network if buffers.is_recording[0] else arguments.network
            shows = shows_all or epoch == arguments.epochs - 1
            error, correct_count, last_size = run_epoch(arguments, network, order, is_loaded, shows, epoch, team)
            if probes is not None and team.rank == 0:
                record_weights(probes, values, epoch, 0, EPOCH_PROBE)
            is_loaded = is_one_block and has_one_order
            if buffers.has_raised[0] or not np.isfinite(error) or not are_finite(values):
                if not shows_each and not shows and team.rank == 0:
                    show_last_case(arguments, network, previous, last_size)
                return epoch, True, last_size
            if team.rank == 0:
                arguments.errors[epoch] = error
                arguments.correct[epoch] = correct_count / presentations
            if is_met(stop, error, correct_count / presentations):
                return epoch + 1, False, last_size
            if not barrier(team):
                return epoch, False, last_size
        return arguments.epochs, False, last_size

    return run_epochs


train_by_block = _make_training_loop(run_epoch)
train_by_case = _make_training_loop(run_epoch_by_case)
train_by_settling = _make_training_loop(run_epoch_by_settling, shows_each=True)
train_with_random_units = _make_training_loop(run_epoch_with_random_units, shows_each=True)
