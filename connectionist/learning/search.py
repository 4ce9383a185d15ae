"""Sessions of search rules. They need only the error and its derivatives from an engine, so they run on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.data.accuracy import correct_cases
from connectionist.engines.divergence import NanGuard
from connectionist.engines.engine import Engine, EpochResults, Session, TrainingJob
from connectionist.engines.object_probes import ObjectProbes
from connectionist.errors import ParameterError, PluginError
from connectionist.learning.jacobian import residuals_and_jacobian
from connectionist.model.last_update import LastUpdate
from connectionist.plugins.formula_faults import call_on_arrays
from connectionist.plugins.registry import describe_origin
from connectionist.plugins.rules import SearchRule
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.engines.engine import Orders
    from connectionist.engines.phase import Criterion
    from connectionist.engines.probes import DueMask
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array


class SearchSession(Session):
    """A phase of training with a `SearchRule`. Each epoch is one call of the rule's `search`.

    Parameters
    ----------
    engine : Engine
    job : TrainingJob
    memory : dict
        State that the rule keeps between calls. It must be empty when a phase starts.

    Raises
    ------
    ParameterError
        If the rule is not a `SearchRule`, if a projection has a rate, or if examples continue one another.
    """

    def __init__(self, engine: Engine, job: TrainingJob, memory: dict[str, Any]) -> None:
        self.engine = engine
        self.rule = _check_job(job)
        self.job = job
        self.memory = memory
        self.is_searched = _trainable_mask(job)
        self.evaluation = Evaluation(engine, job, self.is_searched)

    def run(self, orders: Orders, criterion: Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train for some epochs. The records of units are from a presentation of all examples with the weights before the search."""
        with np.errstate(all="ignore"):  # what overflows is a divergence
            return self._epochs(orders, criterion, due)

    def _epochs(self, orders: Orders, criterion: Criterion | None, due: DueMask | None) -> EpochResults:
        self.evaluation.forget()
        errors: list[float] = []
        correct: list[float] = []
        records = ObjectProbes(self.job, due, changes=1)
        guard = NanGuard(self.job.network)
        divergence, exception = None, None
        for epoch in range(len(orders)):
            guard.save_weights()
            try:
                for probe, buffer in records.due_unit_buffers(epoch):
                    buffer[:] = self.engine.states(self.job.network, self.job.examples, probe)
                error, correct_now = self._run_epoch()
                divergence = guard.restore_if_diverged(error)
            except Exception as raised:  # a formula may raise anything
                divergence, exception = guard.restore_after(raised)
            if divergence or exception:
                self.job.network.weight_state.last_update = None
                break
            records.record_change(epoch, 0)
            records.record_epoch(epoch)
            errors.append(error)
            correct.append(correct_now)
            if criterion and criterion.is_met(error, correct_now):
                break
        return EpochResults(np.array(errors), np.array(correct), divergence, records.first_epochs(len(errors)), exception)

    def _run_epoch(self) -> tuple[float, float]:
        """Search once, and return E and the fraction of correct examples before the search."""
        network, examples = self.job.network, self.job.examples
        outputs = self.engine.outputs(network, examples)
        correct = float(correct_cases(outputs, examples.targets, self.job.tolerance).mean())
        before = network.weight_values[self.is_searched]
        error, _ = self.evaluation(before)
        given: object = call_on_arrays(self.rule, "search", before.copy(), self.evaluation, self.memory)
        try:
            after = np.asarray(given, dtype=float)
            got = f"shape {after.shape}"
        except (TypeError, ValueError):
            after, got = np.zeros(0), shown(given)
        if after.shape != before.shape:
            origin = describe_origin(type(self.rule))
            raise PluginError(f"{origin}rule {self.rule.name!r}: search must return {describe_count(len(before), 'weight')} (got {got})")
        self.evaluation.show_derivatives()
        self.evaluation.write("change", after - before)
        self.evaluation.write("value", after * (1.0 - self.rule.decay))
        self._store_last_update(before)
        return error, correct

    def _store_last_update(self, before: Array) -> None:
        """Store the weights before the search, for `Connection.explain`."""
        state, rows = self.job.network.weight_state, self.job.network.weight_rows[self.is_searched]
        unknown = np.full(len(rows), np.nan)
        state.last_update = LastUpdate(self.rule, rows, unknown, before, unknown, {}, len(self.job.examples))


class Evaluation:
    """The error of the examples of a job as a function of the weights that are searched; see `Evaluate`.

    Parameters
    ----------
    engine : Engine
    job : TrainingJob
    is_searched : bool array [weight]
    """

    def __init__(self, engine: Engine, job: TrainingJob, is_searched: npt.NDArray[np.bool_]) -> None:
        self.engine = engine
        self.job = job
        self.is_searched = is_searched
        self._last: tuple[Array, float, Array] | None = None

    def __call__(self, values: Array, /) -> tuple[float, Array]:
        """Set the weights, and return E and ∂E/∂w."""
        self.write("value", values)
        if self._last is not None and np.array_equal(values, self._last[0]):
            return self._last[1], self._last[2].copy()
        with _summed_over_ties(self.job.network):
            error, derivatives = self.engine.error_derivatives(self.job.network, self.job.examples)
        self._last = np.array(values, dtype=float), error, derivatives[self.is_searched]
        return error, self._last[2].copy()

    def jacobian(self, values: Array, /) -> tuple[Array, Array]:
        """Set the weights, and return the residuals and ∂e/∂w."""
        self.write("value", values)
        residuals, jacobian = residuals_and_jacobian(self.job.network, self.job.examples, self.engine)
        return residuals, jacobian if self.is_searched.all() else jacobian[:, self.is_searched]

    def show_derivatives(self) -> None:
        """Let shared weights show the mean of the last evaluation, if that is their derivative; the search took the sum."""
        network = self.job.network
        is_shared = bool(network.in_time) or bool((network.schedule.connection_counts > 1).any())
        if self._last is not None and network.tie_derivative == "mean" and is_shared:
            self.write("value", self._last[0])
            self.engine.error_derivatives(network, self.job.examples)

    def forget(self) -> None:
        """Forget the last evaluation, since the network may have changed between two blocks of epochs."""
        self._last = None

    def write(self, quantity: str, values: Array) -> None:
        """Assign a quantity of the weights that are searched."""
        network = self.job.network
        network.weight_state.array(quantity)[network.weight_rows[self.is_searched]] = values


@contextmanager
def _summed_over_ties(network: Network) -> Iterator[None]:
    """Let the derivative of a shared weight be the sum in the context: the mean is not ∂E/∂w, by which lines are searched."""
    before, network.tie_derivative = network.tie_derivative, "sum"
    try:
        yield
    finally:
        network.tie_derivative = before


def _check_job(job: TrainingJob) -> SearchRule:
    """Return the rule of a job, if it is a `SearchRule` that can train the network on the examples."""
    rule = job.phase.rule
    if not isinstance(rule, SearchRule):
        raise ParameterError(f"SearchSession: rule must be a SearchRule (got {rule!r})")
    for projection in job.network.projections:
        if projection.rate is not None:
            raise ParameterError(
                f"rule {rule.name!r} searches over all weights at once, so a projection cannot have a rate "
                f"(projection {projection.name} has {projection.rate}); assign projection.rate = None, or give a rule that does not search"
            )
    for projection in job.network.projections:
        if projection.limits is not None:
            raise ParameterError(
                f"rule {rule.name!r} searches without limits, so projection {projection.name} cannot have any; assign "
                f"projection.limits = None, or give a rule that does not search"
            )
    if job.noise is not None:
        raise ParameterError(
            f"rule {rule.name!r} compares errors of several passes, so the network cannot have noise in training; remove it, as in "
            f"group.net_input_noise = None, or give a rule that does not search"
        )
    if job.examples.continues.any():
        raise ParameterError(
            f"rule {rule.name!r} evaluates the error from the initial state, so examples cannot continue one another; give a rule "
            f"that does not search, such as 'momentum'"
        )
    return rule


def _trainable_mask(job: TrainingJob) -> npt.NDArray[np.bool_]:
    """Return which weights are trainable and carried by a connection that is not lesioned."""
    counts = job.network.schedule.connection_counts
    return np.array([weight.trainable and counts[weight.row] for weight in job.network.weights], dtype=bool)
