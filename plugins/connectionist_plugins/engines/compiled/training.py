"""Training in blocks of epochs, each one call of a kernel: the loop over epochs, the rule, the log and the stopping test are within."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.divergence import find_trouble
from connectionist.engines import Assignment, Block, Session
from connectionist.network import Network
from connectionist.rules import LocalRule, Rule
from connectionist.state import Array
from connectionist_plugins.engines.compiled.arguments import Learning, Limits, Weights
from connectionist_plugins.engines.compiled.callbacks import raise_kept
from connectionist_plugins.engines.compiled.loop import run_epochs
from connectionist_plugins.engines.compiled.native import address, parameters
from connectionist_plugins.engines.compiled.passes import columns, make_cases, show
from connectionist_plugins.engines.compiled.program import functions_of, wiring_of

if TYPE_CHECKING:
    from connectionist.engines import Orders
    from connectionist.phases import Criterion


class CompiledSession(Session):
    """A phase of training on the arrays."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.network = assignment.network
        self.tables = (assignment.examples.inputs, assignment.examples.targets)
        self.columns = columns(assignment.examples)
        self.places = _trained_places(self.network)
        self.parameters = parameters(assignment.phase.rule)

    def run(self, orders: Orders, criterion: Criterion | None) -> Block:
        """Train for as many epochs as `orders` has rows, or until the criterion is met."""
        network, phase = self.network, self.assignment.phase
        functions, kept = functions_of(network)
        per_change = phase.examples_per_change(orders.shape[1])
        cases = make_cases(network, per_change)
        inputs, targets = self.tables if per_change == 1 else self.columns
        learning = self._learning(phase.rule)
        weights = self._weights(learning)
        errors, correct = np.empty(len(orders)), np.empty(len(orders))
        limits = _limits(criterion, self.assignment.tolerance)
        epochs, diverged, last, before = run_epochs(
            wiring_of(network)[0],
            functions,
            learning,
            weights,
            inputs,
            targets,
            orders,
            phase.order == "fixed",
            per_change,
            cases,
            limits,
            errors,
            correct,
        )
        raise_kept()
        for number, name in enumerate(phase.rule.memory):
            self.assignment.memory[name][self.places] = learning.memory[number]
        if last:
            show(network, cases, last)
        where = find_trouble(network) if diverged else None
        if diverged:
            weights.values[:] = before
        del kept
        return Block(errors[:epochs], correct[:epochs], where)

    def _learning(self, rule: Rule) -> Learning:
        memory = np.zeros((len(rule.memory) + 1, len(self.places)))
        for number, name in enumerate(rule.memory):
            memory[number] = self.assignment.memory[name][self.places]
        rows = self.network.weight_rows[self.places]
        return Learning(
            change=address(rule, "change"),
            signal=address(rule, "signal") if isinstance(rule, LocalRule) else 0,
            parameters=int(self.parameters.ctypes.data),
            first=_first_of(rows),
            rows=rows,
            rates=_rates(self.network, rule)[self.places],
            memory=memory,
            decay=float(rule.decay),
        )

    def _weights(self, learning: Learning) -> Weights:
        state = self.network.weight_state
        derivatives = state.array("derivative")
        gathered = np.zeros_like(derivatives) if learning.signal else derivatives
        return Weights(state.array("value"), state.array("change"), gathered, self.network.tie_derivative == "mean")


def _trained_places(network: Network) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return the places, in ``net.weights``, of the weights that training may change and an intact connection carries."""
    rows = network.weight_rows
    trainable = network.weight_state.array("trainable")[rows] != 0.0
    return np.flatnonzero(trainable & (network.schedule.copies[rows] > 0))


def _first_of(rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> int:
    return int(rows[0]) if len(rows) and (np.diff(rows) == 1).all() else -1


def _rates(network: Network, rule: Rule) -> Array:
    """Return each weight's rate, in the order of ``net.weights``: its projection's own, or the rule's."""
    by_row = np.full(network.weight_state.size, getattr(rule, "rate", np.nan))
    for projection in network.projections:
        if projection.rate is not None:
            by_row[[connection.weight.row for connection in projection]] = projection.rate
    return by_row[network.weight_rows]


def _limits(criterion: Criterion | None, tolerance: float) -> Limits:
    if criterion is None:
        return Limits(0.0, 0.0, False, tolerance)
    error = np.inf if criterion.error is None else criterion.error
    correct = 0.0 if criterion.correct is None else criterion.correct
    return Limits(float(error), float(correct), True, tolerance)
