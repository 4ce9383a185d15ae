"""Training in blocks of epochs, each one call of a kernel: the loop over epochs, the rule, the log and the stopping test are within."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.divergence import find_non_finite
from connectionist.engines.engine import EpochResults, Session, TrainingJob
from connectionist.engines.rates import weight_rates
from connectionist.model.last_update import LastChange
from connectionist.model.network import Network
from connectionist.plugins.rules import LocalRule
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.formulas.compile import change_address, formula_address, parameter_values
from connectionist_plugins.engines.compiled.formulas.dry_run import check_change
from connectionist_plugins.engines.compiled.formulas.python_fallback import raise_pending, take_pending
from connectionist_plugins.engines.compiled.formulas.templates import summarizes
from connectionist_plugins.engines.compiled.kernels.training_loop import run_epochs, run_epochs_singly
from connectionist_plugins.engines.compiled.layout.buffers import LANES, as_kind, end_state, go_on_from, make_cases
from connectionist_plugins.engines.compiled.layout.kernel_arguments import Cases, Numbers, RuleArguments, StopConditions, Weights
from connectionist_plugins.engines.compiled.layout.probe_table import ProbeAddresses, ProbeBuffers, keeps_derivatives
from connectionist_plugins.engines.compiled.layout.program import functions_of, going_back_to_clamped, program_of
from connectionist_plugins.engines.compiled.numba_runtime.threads import processor_count, run_in_threads
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.table import block_loops, case_loops
from connectionist_plugins.engines.compiled.single_pass import arranged, show, tables

if TYPE_CHECKING:
    from connectionist.engines.engine import Orders
    from connectionist.engines.phase import Criterion
    from connectionist.engines.probes import DueMask


MOST_EXPLAINED = 100_000  # weights, of which it is kept what their last change was made from: of more that would take too much room


class CompiledSession(Session):
    """A phase of training on the arrays. What it is to train, and how, is read when it is opened.

    Parameters
    ----------
    job : TrainingJob
    number : {"float64", "float32"}
        What to compute with.
    threads : int
        At most so many; a change of weights after each example is not shared out.
    """

    def __init__(self, job: TrainingJob, number: Precision, threads: int) -> None:
        self.job = job
        self.network = job.network
        self.rule = job.phase.rule
        self.number = number
        check_change(self.rule)
        self.tables = tables(self.network, job.examples, number)
        self.places = _trained_places(self.network)
        self.rates = _in_one(weight_rates(self.network, self.rule)[self.places])
        self.change = change_address(self.rule, self.rates, number)
        self.parameters = parameter_values(self.rule)
        self.per_change = job.phase.examples_per_change(len(job.examples))
        vectors = -(-self.per_change // LANES[number])
        is_one_by_one = self.per_change == 1 or bool(job.examples.continues.any())
        self.threads = 1 if is_one_by_one else min(threads, vectors, processor_count())
        self.program = program_of(self.network, LANES[number] if self.per_change == 1 else 1)
        self.keeps = keeps_derivatives(job.probes, self.network)
        self.wiring_kept = going_back_to_clamped(self.program.wiring) if self.keeps else self.program.wiring
        self.functions, self.kept = functions_of(self.program, number)  # kept: the parameters that the functions point to

    def run(self, orders: Orders, criterion: Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train for as many epochs as `orders` has rows, or until the criterion is met."""
        cases = self._cases
        learning = self._learning()
        weights = self._weights(learning)
        records = self._records(due, orders.shape[1], weights)
        before = np.empty_like(weights.values)
        epochs, is_one_row = len(orders), orders.strides[0] == 0
        errors, correct = np.empty(epochs), np.empty(epochs)
        chosen = np.array([arranged(order, cases, self.per_change) for order in orders[: 1 if is_one_row else None]], np.int64).reshape(
            -1, orders.shape[1]
        )
        done, diverged, last = run_in_threads(
            self.threads,
            run_epochs_singly if self.per_change == 1 else run_epochs,
            self.program.wiring,
            self.wiring_kept,
            self.functions,
            case_loops(self.number) if self.per_change == 1 else block_loops(self.number),
            learning,
            weights,
            before,
            *self.tables,
            chosen,
            epochs,
            self.per_change,
            cases,
            _limits(criterion, self.job.tolerance),
            errors,
            correct,
            records.arguments if records else None,
        )
        ended = end_state(self.program, cases)
        self.job.end_state[:] = [] if ended is None else [ended]
        if last:
            ticks = int(cases.lengths[chosen[min(done + diverged, len(chosen)) - 1, -1] if len(cases.lengths) > 1 else 0])
            self._show(learning, weights, cases, last, ticks)
        self._leave(learning, weights)
        is_known = len(learning.earlier) and not diverged
        self.network.weight_state.last_change = self._last_change(learning, weights, orders.shape[1]) if is_known else None
        where = self._trouble(before) if diverged else None
        raise_pending()
        return EpochResults(errors[:done], correct[:done], where, records.of_epochs(done) if records else [])

    def _records(self, due: DueMask | None, presentations: int, weights: Weights) -> ProbeBuffers | None:
        """Return room for what is wanted in these epochs."""
        self._cases.keeping[0] = 0
        if due is None or not due.any():
            return None
        sources = ProbeAddresses(self.program, self.network, self._cases, weights, goes_back=not isinstance(self.rule, LocalRule))
        changes = -(-presentations // self.per_change)
        return ProbeBuffers(self.job.probes, due, self.job.examples, sources, changes)

    @cached_property
    def _cases(self) -> Cases:
        cases = make_cases(self.program, self.network, self.job.examples, self.per_change, self.number, self.threads, self.keeps)
        for state in self.job.end_state:
            go_on_from(self.program, cases, state)
        return cases

    def _leave(self, learning: RuleArguments, weights: Weights) -> None:
        """Leave what the rule remembers with the assignment, and weights with the objects."""
        for number, name in enumerate(self.rule.memory):
            self.job.memory[name][self.places] = learning.memory[number]
        state, rows = self.network.weight_state, self.network.weight_rows[self.places]
        for name, array in (("value", weights.values), ("change", weights.changes)):
            if self.number == "float32":  # a weight that is not trained keeps all its digits
                state.array(name)[rows] = array[rows]

    def _last_change(self, learning: RuleArguments, weights: Weights, presentations: int) -> LastChange:
        """Return what the last change was made from."""
        rows = self.network.weight_rows[self.places]
        earlier = learning.earlier.astype(np.float64)
        return LastChange(
            rule=self.rule,
            rows=rows.copy(),
            rates=np.broadcast_to(self.rates, len(rows)).copy(),
            values=earlier[0],
            derivatives=weights.gathered[rows].astype(np.float64),
            memory=dict(zip(self.rule.memory, earlier[1:], strict=True)),
            examples=presentations % self.per_change or min(self.per_change, presentations),
        )

    def _show(self, learning: RuleArguments, weights: Weights, cases: Cases, last: int, ticks: int) -> None:
        """Leave the state of the last case with the objects, and the derivatives of the last change with the weights."""
        self.network.weight_state.array("derivative")[:] = 0.0 if learning.signal else weights.gathered
        show(self.network, self.program, cases, last, ticks, went_back=not learning.signal)

    def _trouble(self, before: Numbers) -> str:
        """Put back the weights from before the epoch that diverged, and return where it did."""
        raised = take_pending()
        where = find_non_finite(self.network)
        rows = self.network.weight_rows[self.places]
        self.network.weight_state.array("value")[rows] = before[rows]
        if raised is None:
            return where
        if isinstance(raised, ArithmeticError):  # as `local` has it: Python raises where numbers become too large
            return f"a formula that raised {type(raised).__name__}: {raised}"
        raise raised

    def _learning(self) -> RuleArguments:
        rule = self.rule
        rows = self.network.weight_rows[self.places]
        memory = np.zeros((len(rule.memory) + summarizes(rule), len(rows)), self.number)
        for number, name in enumerate(rule.memory):
            memory[number] = self.job.memory[name][self.places]
        are_successive = len(self.rates) == 1 and int(rows[-1]) - int(rows[0]) == len(rows) - 1 and bool((rows[1:] > rows[:-1]).all())
        return RuleArguments(
            change=self.change,
            signal=formula_address(rule, "signal", self.number) if isinstance(rule, LocalRule) else 0,
            parameters=int(self.parameters.ctypes.data),
            trained=len(rows),
            first=int(rows[0]) if are_successive else -1,
            rate=float(self.rates[0]) if are_successive else float("nan"),
            rows=rows[: 0 if are_successive else None].astype(np.int64),
            rates=np.broadcast_to(self.rates, 0 if are_successive else len(rows)).copy(),
            memory=memory,
            earlier=np.zeros((1 + len(rule.memory) if len(rows) <= MOST_EXPLAINED else 0, len(rows)), self.number),
            divides=not summarizes(rule),
            decay=float(rule.decay),
        )

    def _weights(self, learning: RuleArguments) -> Weights:
        state = self.network.weight_state
        state.array("derivative")[:] = 0.0  # of weights that no intact connection carries
        values, changes, derivatives = (as_kind(state.array(name), self.number) for name in ("value", "change", "derivative"))
        gathered = np.zeros_like(derivatives) if learning.signal else derivatives
        return Weights(values, changes, gathered, self.network.tie_derivative == "mean")


def _trained_places(network: Network) -> np.ndarray[tuple[int], np.dtype[np.intp]] | slice:
    """Return the places, in ``net.weights``, of the weights that training may change and an intact connection carries."""
    rows = network.weight_rows
    trained = (network.weight_state.array("trainable") != 0.0)[rows] & (network.schedule.copies > 0)[rows]
    return slice(None) if trained.all() else np.flatnonzero(trained)


def _in_one(rates: Array) -> Array:
    """Return the rates, or one of them where all are the same."""
    first = rates[:1].copy()
    return first if len(rates) and (np.isnan(rates) if np.isnan(first[0]) else rates == first[0]).all() else rates


def _limits(criterion: Criterion | None, tolerance: float) -> StopConditions:
    if criterion is None:
        return StopConditions(0.0, 0.0, False, tolerance)
    error = np.inf if criterion.error is None else criterion.error
    correct = 0.0 if criterion.correct is None else criterion.correct
    return StopConditions(float(error), float(correct), True, tolerance)
