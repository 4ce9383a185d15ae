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
    from connectionist.engines.probes import UnitProbe, Wanted
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

        player = CaseRunner(network, examples)
        room: Array = np.full(probe.shape(1, examples.ticks)[1:], np.nan)
        derivatives = network.weight_state.array("derivative").copy()
        places = {case: place for place, case in enumerate(probe.cases.tolist())}
        for case in range(len(examples)):
            player.run(case)
            if probe.goes_back:
                player.differentiate()
            if case in places:
                room[places[case], : player.ticks or 1] = read_units(probe, player.ticks, player.unit)
        network.weight_state.array("derivative")[:] = derivatives
        player.copy_last_tick()
        return room

    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        """Return E and ∂E/∂w, summed over the examples."""
        import numpy as np

        from connectionist.engines.case_runner import CaseRunner

        player = CaseRunner(network, examples)
        gathered, error = np.zeros(network.weight_state.size), 0.0
        for case in range(len(examples)):
            player.run(case)
            error += player.differentiate()
            gathered += network.weight_state.array("derivative")
        network.weight_state.array("derivative")[:] = gathered
        player.copy_last_tick()
        return error, gathered[network.weight_rows]

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
        self.carried = job.carried
        self.player = CaseRunner(job.network, job.examples, *self.carried)
        self.learning = WeightUpdates(job.network, job.phase.rule, job.memory)
        self.learners = self.learning.learners
        self.watch = NanGuard(job.network)

    def run(self, orders: Orders, criterion: Criterion | None, wanted: Wanted | None = None) -> EpochResults:
        """Train for as many epochs as `orders` has rows, or until the criterion is met."""
        import numpy as np

        errors: list[float] = []
        correct: list[float] = []
        diverged = None
        size = self.phase.examples_per_change(orders.shape[1])
        keeper = ObjectProbes(self.job, wanted, -(-orders.shape[1] // size))
        for number, order in enumerate(orders.tolist()):
            self.watch.remember()
            try:
                error, right = self.epoch(order, keeper, number)
                self.player.copy_last_tick()
                diverged = self.watch.trouble(error)
            except ArithmeticError as overflow:
                diverged = self.watch.give_up(overflow)
            if diverged:
                break
            errors.append(error)
            correct.append(right / len(order))
            keeper.keep_epoch(number)
            if criterion and criterion.is_met(errors[-1], correct[-1]):
                break
        self.learning.write_back(is_known=diverged is None)
        self.carried[:] = [self.player.end_state]
        return EpochResults(np.array(errors), np.array(correct), diverged, keeper.of_epochs(len(errors)))

    def epoch(self, order: Sequence[int], keeper: ObjectProbes, number: int) -> tuple[float, int]:
        """Present the examples in order, change the weights when it is time, and return E and how many were right."""
        import numpy as np

        error, right = 0.0, 0
        size = self.phase.examples_per_change(len(order))
        for change, start in enumerate(range(0, len(order), size)):
            gatherer = SignalSum(self.network, self.phase.rule) if isinstance(self.phase.rule, LocalRule) else None
            gathered = np.zeros(self.network.weight_state.size)
            cases = order[start : start + size]
            for case in cases:
                error += self.present(case, gatherer)
                keeper.keep_case(number, case, self.player.ticks, self.player.unit)
                gathered += self.network.weight_state.array("derivative")
                right += self.player.is_right(self.tolerance)
            self.network.weight_state.array("derivative")[:] = gathered
            self.learning.examples = len(cases)
            self.change_weights(gatherer)
            keeper.keep_change(number, change)
        return error, right

    def present(self, case: int, gatherer: SignalSum | None) -> float:
        """Run one case, leave its derivatives with the weights or its signals with the gatherer, and return its E."""
        stage = self.player.run(case)
        if gatherer is None:
            return self.player.differentiate()
        error = self.player.compare()
        gatherer.gather(stage)
        return error

    def change_weights(self, gatherer: SignalSum | None) -> None:
        """Let the rule change every trainable weight once."""
        self.learning.change(gatherer)


@hookimpl
def engines() -> Sequence[type[Engine]]:
    """Offer the local engine."""
    return [Local]
