"""The weight change at the end of a walk. Either all weights change or, after a divergence, none."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby

from connectionist.engines.weight_updates import SignalSum, WeightUpdate, WeightUpdates
from connectionist.errors import DivergenceError
from connectionist.model.connection import Weight
from connectionist.model.network import Network
from connectionist.plugins.rules import LocalRule
from connectionist.stepper.stop import Stop, describe_change


class WeightChange:
    """One change of all trainable weights, with stops.

    Parameters
    ----------
    network : Network
        Network whose weights change.
    unrolled : Network
        Network in which the case ran: the unrolled network, or `network` itself if that does not run in time.
    updates : WeightUpdates
    by : {"unit", "group", "tick"}
        A stop after each weight, after the weights of each projection, or after all weights.
    """

    def __init__(self, network: Network, unrolled: Network, updates: WeightUpdates, by: str) -> None:
        self.network = network
        self.unrolled = unrolled
        self.updates = updates
        self.by = by
        self.carriers = {connection.weight: connection for connection in reversed(network.connections)}  # the first intact one of each
        self.saved: list[tuple[Weight, float, float]] = []

    def stops(self) -> Iterator[Stop]:
        """Change the weights and yield the stops.

        Raises
        ------
        DivergenceError
            If a weight becomes infinite or NaN. All weights and the state of the rule are then as before the change.
        """
        state = self.network.weight_state
        summary = self._summary()
        self.saved_update, state.last_update = state.last_update, None
        signals = self._signals()
        for part in self._split_at_stops():
            for update in part:
                self._change(update, signals[update.weight] if signals else update.weight.derivative, summary)
            if part[-1] is self.updates.updates[-1]:
                self.updates.examples = 1
                self.updates.write_back()
            lines = [describe_change(update, self.carriers[update.weight]) for update in part]
            yield Stop("change", "\n".join(lines), (), tuple(update.weight for update in part))

    def _summary(self) -> tuple[float, ...]:
        """Return the number that a `WholeNetRule` computes from all derivatives; empty for other rules."""
        try:
            return self.updates.summary()
        except ArithmeticError as exception:
            raise _divergence(f"{self.updates.rule.name} cannot change any weight: {_describe(exception)}") from None

    def _change(self, update: WeightUpdate, derivative_or_signal: float, summary: tuple[float, ...]) -> None:
        weight = update.weight
        self.saved.append((weight, weight.value, weight.change))
        try:
            update.change(derivative_or_signal, summary)
            problem = "" if math.isfinite(weight.value) else f"its change would be {weight.change:g}"
        except ArithmeticError as exception:
            problem = _describe(exception)
        if problem:
            self._restore()
            what = "signal" if isinstance(update.rule, LocalRule) else "derivative"
            inputs = f"weight {update.last_inputs[0]:g}, {what} {derivative_or_signal:g}"
            raise _divergence(f"{update.rule.name} cannot change {self.carriers[weight].name} from {inputs}: {problem}")

    def _restore(self) -> None:
        for weight, value, change in self.saved:
            weight._overwrite(value)
            weight.change = change
        self.network.weight_state.last_update = self.saved_update

    def _signals(self) -> dict[Weight, float] | None:
        """Return the signals of a `LocalRule` by weight; None for other rules."""
        if not isinstance(self.updates.rule, LocalRule):
            return None
        signals = SignalSum(self.network, self.updates.rule)
        signals.add_case(self.unrolled)
        return signals.sums

    def _split_at_stops(self) -> list[list[WeightUpdate]]:
        updates = self.updates.updates
        if self.by == "unit":
            return [[update] for update in updates]
        if self.by == "tick":
            return [updates] if updates else []
        return [list(same) for _, same in groupby(updates, key=lambda update: self.carriers[update.weight].projection)]


def _describe(exception: ArithmeticError) -> str:
    return f"its formula raised {type(exception).__name__}: {exception}"


def _divergence(problem: str) -> DivergenceError:
    return DivergenceError(f"step: {problem}; all weights are as they were before the change. A smaller rate may help")
