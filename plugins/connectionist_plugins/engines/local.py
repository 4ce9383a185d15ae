"""The local engine: it calls the methods of the units, one case after the other. It is slow, and it is the specification.

For each case, every unit computes its activation from its incoming connections. Then every unit, from last to first, propagates its error
derivatives to its senders. This is the procedure of Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating
errors, Nature 323, 533–536. The engine itself computes only sums over cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import connectionist as cn
from connectionist.engines.divergence import NanGuard
from connectionist.engines.engine import EpochResults, Session, TrainingJob
from connectionist.engines.object_probes import ObjectProbes, read_units
from connectionist.engines.probes import empty_records
from connectionist.engines.weight_updates import SignalSum, WeightUpdates

if TYPE_CHECKING:
    from connectionist.engines.engine import Orders
    from connectionist.engines.probes import DueMask, UnitProbe


@dataclass(frozen=True)
class Local(cn.Engine):
    """Unit by unit and case by case, in Python; the specification of the other engines."""

    name = "local"
    tolerance = 0.0

    def states(self, network: cn.Network, examples: cn.ExampleSet, probe: UnitProbe) -> cn.Array:
        """Return the quantities of a probe, [case, tick, quantity, unit]; NaN after the last tick of a case."""
        from connectionist.engines.case_runner import CaseRunner

        runner = CaseRunner(network, examples, noise=network.next_noise())
        buffer: cn.Array = empty_records(probe.shape(1, examples.ticks)[1:])
        derivatives = network.weight_state.array("derivative").copy()
        rows = {case: row for row, case in enumerate(probe.cases.tolist())}
        for case in range(len(examples)):
            with runner.noisy_weights(case):
                runner.run(case, case)
                if probe.needs_backward_pass:
                    runner.differentiate()
            if case in rows:
                buffer[rows[case], : runner.ticks or 1] = read_units(probe, runner.ticks, runner.copy_of)
        network.weight_state.array("derivative")[:] = derivatives
        runner.copy_last_tick()
        return buffer

    def error_derivatives(self, network: cn.Network, examples: cn.ExampleSet) -> tuple[float, cn.Array]:
        """Return E and ∂E/∂w [weight], summed over the examples."""
        import numpy as np

        from connectionist.engines.case_runner import CaseRunner

        runner = CaseRunner(network, examples, noise=network.next_noise())
        summed, error = np.zeros(network.weight_state.size), 0.0
        for case in range(len(examples)):
            with runner.noisy_weights(case):
                runner.run(case, case)
                error += runner.differentiate()
            summed += network.weight_state.array("derivative")
        network.weight_state.array("derivative")[:] = summed
        runner.copy_last_tick()
        return error, summed[network.weight_rows]

    def session(self, job: TrainingJob) -> Session:
        """Return a session for a phase of training."""
        return LocalSession(job)


class LocalSession(Session):
    """A phase of training with the local engine.

    Parameters
    ----------
    job : TrainingJob
    """

    def __init__(self, job: TrainingJob) -> None:
        from connectionist.engines.case_runner import CaseRunner
        from connectionist.engines.procedure_runner import ProcedureRunner

        self.job = job
        self.network = job.network
        self.phase = job.phase
        self.end_state = job.end_state
        self.runner = CaseRunner(job.network, job.examples, self.end_state[0] if self.end_state else None, job.noise)
        self.cases = ProcedureRunner(self.runner, job.phase.learning_procedure, job.tolerance, job.procedure_memory)
        self.weight_updates = WeightUpdates(job.network, job.phase.rule, job.memory)
        self.weight_updates.clip = job.phase.clip
        self.guard = NanGuard(job.network)
        self.numpy_errors: Any = {}  # settings of NumPy for the functions of the user

    def run(self, orders: Orders, criterion: cn.Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train one epoch for each row of `orders`, or until the criterion is met or training diverges."""
        import numpy as np

        self.numpy_errors = np.geterr()
        with np.errstate(all="ignore"):  # what overflows is a divergence
            return self._epochs(orders, criterion, due)

    def _epochs(self, orders: Orders, criterion: cn.Criterion | None, due: DueMask | None) -> EpochResults:
        import numpy as np

        errors: list[float] = []
        correct: list[float] = []
        divergence, exception = None, None
        records = ObjectProbes(self.job, due, -(-orders.shape[1] // self.phase.examples_per_change(orders.shape[1])))
        for epoch, order in enumerate(orders.tolist()):
            error, fraction_correct, divergence, exception = self._guarded_epoch(order, records, epoch)
            if divergence or exception:
                break
            errors.append(error)
            correct.append(fraction_correct)
            records.record_epoch(epoch)
            if self.job.noise is not None:
                self.job.noise.epoch += 1
            if criterion and criterion.is_met(error, fraction_correct):
                break
        self.weight_updates.write_back(is_known=divergence is None and exception is None)
        self.end_state[:] = [self.runner.end_state]
        return EpochResults(np.array(errors), np.array(correct), divergence, records.first_epochs(len(errors)), exception)

    def _guarded_epoch(self, order: Sequence[int], records: ObjectProbes, epoch: int) -> tuple[float, float, str | None, Exception | None]:
        """Train one epoch. If it produces infinity or NaN, or a formula raises, restore the weights and also return what happened."""
        self.guard.save_weights()
        try:
            error, correct = self.train_epoch(order, records, epoch)
            self.runner.copy_last_tick()
        except Exception as raised:  # a formula may raise anything
            return 0.0, 0.0, *self.guard.restore_after(raised)
        return error, correct / len(order), self.guard.restore_if_diverged(error), None

    def train_epoch(self, order: Sequence[int], records: ObjectProbes, epoch: int) -> tuple[float, int]:
        """Present the examples in order, update the weights after each block, and return E and the number of correct cases."""
        import numpy as np

        error, correct = 0.0, 0
        size = self.phase.examples_per_change(len(order))
        for change, start in enumerate(range(0, len(order), size)):
            signals = SignalSum(self.network, self.phase.rule) if isinstance(self.phase.rule, cn.LocalRule) else None
            summed, error_of_change = np.zeros(self.network.weight_state.size), 0.0
            cases = order[start : start + size]
            for presentation, case in enumerate(cases, start):
                with self.runner.noisy_weights(presentation):
                    case_error = self.present_case(case, presentation, signals)
                error += case_error
                error_of_change += case_error
                records.record_case(epoch, case, self.runner.ticks, self.runner.copy_of)
                summed += self.network.weight_state.array("derivative")
                is_correct = self.cases.is_correct
                correct += is_correct
                if presentation < start + len(cases) - 1:
                    self.call_after_example(epoch, presentation, case, case_error, is_correct, summed)
            self.network.weight_state.array("derivative")[:] = summed
            self.weight_updates.examples, self.weight_updates.error = len(cases), error_of_change
            self.change_weights(signals)
            summed[:] = self.network.weight_state.array("derivative")  # which may have been clipped
            records.record_change(epoch, change)
            self.call_after_example(epoch, presentation, case, case_error, is_correct, summed)
        return error, correct

    def call_after_example(self, epoch: int, position: int, case: int, error: float, is_correct: bool, summed: cn.Array) -> None:
        """Show the state of a case, and call the function of the job, if there is one."""
        if self.job.after_example is None:
            return
        import numpy as np

        self.runner.copy_last_tick()
        self.network.weight_state.array("derivative")[:] = 0.0 if isinstance(self.phase.rule, cn.LocalRule) else summed
        with np.errstate(**self.numpy_errors):
            self.job.after_example(epoch, position, case, error, is_correct, self.runner.activations, self.runner.show)

    def change_weights(self, signals: SignalSum | None) -> None:
        """Change every trainable weight once, by the rule."""
        self.weight_updates.change(signals)

    def present_case(self, case: int, presentation: int, signals: SignalSum | None) -> float:
        """Run one case, make its derivatives, or add its signals to `signals` for a local rule, and return its error."""
        return self.cases.run(case, presentation, signals)


@cn.hookimpl
def engines() -> Sequence[type[cn.Engine]]:
    """Return the engine."""
    return [Local]
