"""The engine that asks the objects: plain, slow, right by inspection. It is the specification.

For each case, every unit in turn activates from its incoming connections and, last to first, hands its error derivatives back, as
in Rumelhart, Hinton & Williams (1986), Nature 323, 533–536. Nothing is computed here that an object could not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectionist.engines.divergence import NanGuard
from connectionist.engines.engine import Engine, EpochResults, Session, TrainingJob
from connectionist.engines.object_probes import ObjectProbes, read_units
from connectionist.engines.weight_updates import SignalSum, WeightUpdates
from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.rules import LocalRule

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Orders
    from connectionist.engines.phase import Criterion
    from connectionist.engines.probes import DueMask, UnitProbe
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array


class Local(Engine):
    """Object by object, case by case."""

    name = "local"
    tolerance = 0.0

    def states(self, network: Network, examples: ExampleSet, probe: UnitProbe) -> Array:
        """Return what a probe keeps, [case, tick, quantity, unit]."""
        import numpy as np

        from connectionist.engines.case_runner import CaseRunner

        runner = CaseRunner(network, examples)
        buffer: Array = np.full(probe.shape(1, examples.ticks)[1:], np.nan)
        derivatives = network.weight_state.array("derivative").copy()
        places = {case: place for place, case in enumerate(probe.cases.tolist())}
        for case in range(len(examples)):
            runner.run(case)
            if probe.needs_backward_pass:
                runner.differentiate()
            if case in places:
                buffer[places[case], : runner.ticks or 1] = read_units(probe, runner.ticks, runner.unit)
        network.weight_state.array("derivative")[:] = derivatives
        runner.copy_last_tick()
        return buffer

    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        """Return E and ∂E/∂w, summed over the examples."""
        import numpy as np

        from connectionist.engines.case_runner import CaseRunner

        runner = CaseRunner(network, examples)
        summed, error = np.zeros(network.weight_state.size), 0.0
        for case in range(len(examples)):
            runner.run(case)
            error += runner.differentiate()
            summed += network.weight_state.array("derivative")
        network.weight_state.array("derivative")[:] = summed
        runner.copy_last_tick()
        return error, summed[network.weight_rows]

    def session(self, job: TrainingJob) -> Session:
        """Open a phase of training."""
        return LocalSession(job)


class LocalSession(Session):
    """Training, one change at a time."""

    def __init__(self, job: TrainingJob) -> None:
        from connectionist.engines.case_runner import CaseRunner

        self.job = job
        self.network = job.network
        self.phase = job.phase
        self.tolerance = job.tolerance
        self.end_state = job.end_state
        self.runner = CaseRunner(job.network, job.examples, *self.end_state)
        self.weight_updates = WeightUpdates(job.network, job.phase.rule, job.memory)
        self.updates = self.weight_updates.updates
        self.guard = NanGuard(job.network)

    def run(self, orders: Orders, criterion: Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train for as many epochs as `orders` has rows, or until the criterion is met."""
        import numpy as np

        errors: list[float] = []
        correct: list[float] = []
        diverged = None
        size = self.phase.examples_per_change(orders.shape[1])
        records = ObjectProbes(self.job, due, -(-orders.shape[1] // size))
        for epoch_number, order in enumerate(orders.tolist()):
            self.guard.save_weights()
            try:
                error, right = self.epoch(order, records, epoch_number)
                self.runner.copy_last_tick()
                diverged = self.guard.restore_if_diverged(error)
            except ArithmeticError as overflow:
                diverged = self.guard.restore_after(overflow)
            if diverged:
                break
            errors.append(error)
            correct.append(right / len(order))
            records.record_epoch(epoch_number)
            if criterion and criterion.is_met(errors[-1], correct[-1]):
                break
        self.weight_updates.write_back(is_known=diverged is None)
        self.end_state[:] = [self.runner.end_state]
        return EpochResults(np.array(errors), np.array(correct), diverged, records.first_epochs(len(errors)))

    def epoch(self, order: Sequence[int], records: ObjectProbes, epoch_number: int) -> tuple[float, int]:
        """Present the examples in order, change the weights when it is time, and return E and how many were right."""
        import numpy as np

        error, right = 0.0, 0
        size = self.phase.examples_per_change(len(order))
        for change, start in enumerate(range(0, len(order), size)):
            signals = SignalSum(self.network, self.phase.rule) if isinstance(self.phase.rule, LocalRule) else None
            summed = np.zeros(self.network.weight_state.size)
            cases = order[start : start + size]
            for case in cases:
                error += self.present(case, signals)
                records.record_case(epoch_number, case, self.runner.ticks, self.runner.unit)
                summed += self.network.weight_state.array("derivative")
                right += self.runner.is_right(self.tolerance)
            self.network.weight_state.array("derivative")[:] = summed
            self.weight_updates.examples = len(cases)
            self.change_weights(signals)
            records.record_change(epoch_number, change)
        return error, right

    def present(self, case: int, signals: SignalSum | None) -> float:
        """Run one case, leave its derivatives with the weights or its signals with the gatherer, and return its E."""
        unrolled = self.runner.run(case)
        if signals is None:
            return self.runner.differentiate()
        error = self.runner.compare()
        signals.add_case(unrolled)
        return error

    def change_weights(self, signals: SignalSum | None) -> None:
        """Let the rule change every trainable weight once."""
        self.weight_updates.change(signals)


@hookimpl
def engines() -> Sequence[type[Engine]]:
    """Offer the local engine."""
    return [Local]
