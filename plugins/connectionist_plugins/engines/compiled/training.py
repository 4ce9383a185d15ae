"""Training in blocks of epochs, each one call of a kernel: the loop over epochs, the rule, the log and the stopping test are within."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.divergence import find_trouble
from connectionist.engines import Assignment, Block, Session
from connectionist.network import Network
from connectionist.rates import weight_rates
from connectionist.rules import LocalRule
from connectionist.state import Array
from connectionist_plugins.engines.compiled.arguments import Cases, Learning, Limits, Weights
from connectionist_plugins.engines.compiled.callbacks import raise_kept, take_kept
from connectionist_plugins.engines.compiled.loop import run_epochs
from connectionist_plugins.engines.compiled.native import address, change_address, parameters
from connectionist_plugins.engines.compiled.passes import columns, make_cases, owned, show, tables
from connectionist_plugins.engines.compiled.program import functions_of, wiring_of
from connectionist_plugins.engines.compiled.trials import check_answer

if TYPE_CHECKING:
    from connectionist.engines import Orders
    from connectionist.phases import Criterion


class CompiledSession(Session):
    """A phase of training on the arrays. What it is to train, and how, is read when it is opened."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.network = assignment.network
        self.rule = assignment.phase.rule
        check_answer(self.rule)
        self.tables = tables(self.network, assignment.examples)
        self.columns = columns(self.network, assignment.examples)
        self.places = _trained_places(self.network)
        self.rates = weight_rates(self.network, self.rule)[self.places]
        self.change = change_address(self.rule, self.rates)
        self.parameters = parameters(self.rule)
        self.wiring = wiring_of(self.network)[0]
        self.functions, self.kept = functions_of(self.network)  # kept: the parameters that the functions point to

    def run(self, orders: Orders, criterion: Criterion | None) -> Block:
        """Train for as many epochs as `orders` has rows, or until the criterion is met."""
        network, phase = self.network, self.assignment.phase
        per_change = phase.examples_per_change(orders.shape[1])
        cases = make_cases(network, per_change)
        inputs, targets = self.tables if per_change == 1 else self.columns
        learning = self._learning()
        weights = self._weights(learning)
        errors, correct = np.empty(len(orders)), np.empty(len(orders))
        epochs, diverged, last, before = run_epochs(
            self.wiring,
            self.functions,
            learning,
            weights,
            inputs,
            targets,
            owned(orders, np.int64),
            phase.order == "fixed",
            per_change,
            cases,
            _limits(criterion, self.assignment.tolerance),
            errors,
            correct,
        )
        self._leave(learning, cases, last)
        where = self._trouble(weights, before) if diverged else None
        raise_kept()
        return Block(errors[:epochs], correct[:epochs], where)

    def _leave(self, learning: Learning, cases: Cases, last: int) -> None:
        """Leave what the rule remembers with the assignment, and the state of the last case with the objects."""
        for number, name in enumerate(self.rule.memory):
            self.assignment.memory[name][self.places] = learning.memory[number]
        if last:
            show(self.network, cases, last)
            if learning.signal:  # no backward pass was made
                self.network.weight_state.array("derivative")[:] = 0.0

    def _trouble(self, weights: Weights, before: Array) -> str:
        """Put back the weights from before the epoch that diverged, and return where it did."""
        raised = take_kept()
        where = find_trouble(self.network)
        weights.values[:] = before
        if raised is None:
            return where
        if isinstance(raised, ArithmeticError):  # as `local` has it: Python raises where numbers become too large
            return f"a formula that raised {type(raised).__name__}: {raised}"
        raise raised

    def _learning(self) -> Learning:
        rule = self.rule
        memory = np.zeros((len(rule.memory) + 1, len(self.places)))
        for number, name in enumerate(rule.memory):
            memory[number] = self.assignment.memory[name][self.places]
        rows = self.network.weight_rows[self.places]
        return Learning(
            change=self.change,
            signal=address(rule, "signal") if isinstance(rule, LocalRule) else 0,
            parameters=int(self.parameters.ctypes.data),
            first=_first_of(rows),
            rows=rows,
            rates=self.rates,
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


def _limits(criterion: Criterion | None, tolerance: float) -> Limits:
    if criterion is None:
        return Limits(0.0, 0.0, False, tolerance)
    error = np.inf if criterion.error is None else criterion.error
    correct = 0.0 if criterion.correct is None else criterion.correct
    return Limits(float(error), float(correct), True, tolerance)
