"""The end of a walk: the rule changes every trainable weight once, stop by stop; all of them or, where numbers are lost, none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

from connectionist.engines.weight_updates import SignalSum, WeightUpdate, WeightUpdates
from connectionist.errors import DivergenceError
from connectionist.model.connection import Weight
from connectionist.model.network import Network
from connectionist.plugins.rules import LocalRule
from connectionist.stepper.stop import Stop, changed


class WeightChange:
    """One change of the weights.

    Parameters
    ----------
    network, stage : Network
        Whose weights are changed, and where the case ran.
    learning : WeightUpdates
    by : {"unit", "group", "tick"}
    """

    def __init__(self, network: Network, stage: Network, learning: WeightUpdates, by: str) -> None:
        self.network = network
        self.stage = stage
        self.learning = learning
        self.by = by
        self.carriers = {connection.weight: connection for connection in reversed(network.connections)}  # the first intact one of each
        self.before: list[tuple[Weight, float, float]] = []

    def stops(self) -> Iterator[Stop]:
        """Change the weights.

        Raises
        ------
        DivergenceError
            When a weight leaves the finite numbers. All are then as they were before, and so is what is remembered.
        """
        state, learning = self.network.weight_state, self.learning
        extra = self.summary()
        self.kept, state.last_change = state.last_change, None
        signals = self.signals()
        for learners in self.changed_together():
            for learner in learners:
                self.change(learner, signals[learner.weight] if signals else learner.weight.derivative, extra)
            if learners[-1] is learning.learners[-1]:
                learning.examples = 1
                learning.write_back()
            lines = [changed(learner, self.carriers[learner.weight]) for learner in learners]
            yield Stop("change", "\n".join(lines), (), tuple(learner.weight for learner in learners))

    def summary(self) -> tuple[float, ...]:
        """Return the number that the rule makes from all derivatives, if it makes one."""
        try:
            return self.learning.summary()
        except ArithmeticError as raised:
            raise _diverged(f"nothing can be changed by {self.learning.rule.name}: {_raised(raised)}") from None

    def change(self, learner: WeightUpdate, handed: float, extra: tuple[float, ...]) -> None:
        """Change one weight."""
        weight = learner.weight
        self.before.append((weight, weight.value, weight.change))
        try:
            learner.change(handed, extra)
            lost = "" if math.isfinite(weight.value) else f"its change would be {weight.change:g}"
        except ArithmeticError as raised:
            lost = _raised(raised)
        if lost:
            self.put_back()
            what = f"weight {learner.before[0]:g}, {'signal' if isinstance(learner.rule, LocalRule) else 'derivative'} {handed:g}"
            raise _diverged(f"{self.carriers[weight].name} cannot be changed by {learner.rule.name} from {what}: {lost}")

    def put_back(self) -> None:
        """Give every weight what it had before."""
        for weight, value, change in self.before:
            weight._overwrite(value)
            weight.change = change
        self.network.weight_state.last_change = self.kept

    def signals(self) -> dict[Weight, float] | None:
        """Return the signals of a rule that learns from activations; None for another."""
        if not isinstance(self.learning.rule, LocalRule):
            return None
        gatherer = SignalSum(self.network, self.learning.rule)
        gatherer.gather(self.stage)
        return gatherer.sums

    def changed_together(self) -> list[list[WeightUpdate]]:
        """Return the weights, each with its rule, cut up at each stop."""
        learners = self.learning.learners
        if self.by == "unit":
            return [[learner] for learner in learners]
        if self.by == "tick":
            return [learners] if learners else []
        return [list(some) for _, some in groupby(learners, key=lambda learner: self.carriers[learner.weight].projection)]


def _raised(raised: ArithmeticError) -> str:
    return f"its formula raised {type(raised).__name__}: {raised}"


def _diverged(what: str) -> DivergenceError:
    return DivergenceError(f"step: {what}; all weights are as they were before the change. A smaller rate may help")
