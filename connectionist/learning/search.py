"""Training with a rule that tries points: it needs no more of an engine than the error and its derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.accuracy import correct_cases
from connectionist.engines.divergence import NanGuard
from connectionist.engines.engine import Engine, EpochResults, Session, TrainingJob
from connectionist.engines.object_probes import ObjectProbes
from connectionist.errors import ParameterError
from connectionist.model.last_update import LastChange
from connectionist.plugins.rules import SearchRule

if TYPE_CHECKING:
    from connectionist.engines.engine import Orders
    from connectionist.engines.phase import Criterion
    from connectionist.engines.probes import DueMask
    from connectionist.utils.arrays import Array


class SearchSession(Session):
    """A phase with a `SearchRule`, on any engine. One epoch is one call of the rule's `search`.

    Parameters
    ----------
    engine : Engine
    job : TrainingJob
    memory : dict
        What the rule keeps from call to call, empty at the beginning of a phase.
    """

    def __init__(self, engine: Engine, job: TrainingJob, memory: dict[str, Any]) -> None:
        if not isinstance(job.phase.rule, SearchRule):
            raise ParameterError(f"SearchSession: rule must be a SearchRule (got {job.phase.rule!r})")
        for projection in job.network.projections:
            if projection.rate is not None:
                raise ParameterError(
                    f"rule {job.phase.rule.name!r} tries points for all weights at once: the rate {projection.rate} of the "
                    f"projection {projection.name} means nothing to it"
                )
        if job.examples.continues.any():
            raise ParameterError(
                f"rule {job.phase.rule.name!r} tries points, each from the initial state: examples that continue one another mean "
                f"nothing to it"
            )
        self.engine = engine
        self.rule = job.phase.rule
        self.job = job
        self.memory = memory
        self.trainable = _trainable(job)

    def run(self, orders: Orders, criterion: Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train for as many epochs as `orders` has rows, or until the criterion is met.

        What is wanted of units is what they are in the presentation of all examples from which the search starts.
        """
        errors: list[float] = []
        correct: list[float] = []
        records = ObjectProbes(self.job, due, changes=1)
        guard = NanGuard(self.job.network)
        diverged = None
        for epoch in range(len(orders)):
            guard.save_weights()
            for probe, buffer in records.due_unit_buffers(epoch):
                buffer[:] = self.engine.states(self.job.network, self.job.examples, probe)
            error, right = self._epoch()
            diverged = guard.restore_if_diverged(error)
            if diverged:
                self.job.network.weight_state.last_change = None
                break
            records.record_change(epoch, 0)
            records.record_epoch(epoch)
            errors.append(error)
            correct.append(right)
            if criterion and criterion.is_met(error, right):
                break
        return EpochResults(np.array(errors), np.array(correct), diverged, records.first_epochs(len(errors)))

    def _epoch(self) -> tuple[float, float]:
        network, examples = self.job.network, self.job.examples
        outputs = self.engine.outputs(network, examples)
        right = float(correct_cases(outputs, examples.targets, self.job.tolerance).mean())
        before = network.weight_values[self.trainable]
        error, _ = self._evaluate(before)
        after = np.asarray(self.rule.search(before.copy(), self._evaluate, self.memory), dtype=float)
        if after.shape != before.shape:
            raise ParameterError(f"{self.rule.name}.search: must return {len(before)} weights (got shape {after.shape})")
        self._write("change", after - before)
        self._write("value", after * (1.0 - self.rule.decay))
        self._note(before)
        return error, right

    def _note(self, before: Array) -> None:
        """Leave with the weights from where the search went, for who explains their last change."""
        state, rows = self.job.network.weight_state, self.job.network.weight_rows[self.trainable]
        none = np.full(len(rows), np.nan)
        state.last_change = LastChange(self.rule, rows, none, before, none, {}, len(self.job.examples))

    def _evaluate(self, values: Array) -> tuple[float, Array]:
        self._write("value", values)
        error, derivatives = self.engine.error_derivatives(self.job.network, self.job.examples)
        return error, derivatives[self.trainable]

    def _write(self, quantity: str, values: Array) -> None:
        network = self.job.network
        network.weight_state.array(quantity)[network.weight_rows[self.trainable]] = values


def _trainable(job: TrainingJob) -> Any:
    copies = job.network.schedule.copies
    return np.array([w.trainable and copies[w.row] for w in job.network.weights], dtype=bool)
