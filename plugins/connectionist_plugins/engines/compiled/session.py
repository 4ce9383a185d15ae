"""Training sessions. Each call of a kernel runs a number of epochs: the loop over epochs, the rule, the log and the stopping test."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from connectionist.engines.divergence import failure_of, find_non_finite
from connectionist.engines.engine import EpochResults, Session, TrainingJob
from connectionist.engines.phase import are_equal
from connectionist.model.last_update import LastUpdate
from connectionist.model.perturbation import has_weight_noise
from connectionist.plugins.rules import LocalRule, uses_error
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.example_callback import ExampleCallback
from connectionist_plugins.engines.compiled.formulas.module_text import summarizes
from connectionist_plugins.engines.compiled.formulas.python_fallback import Callback, CollectedExceptions
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry
from connectionist_plugins.engines.compiled.kernel_compiler.structs import Packed, packed
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, FloatTable, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, RuleArguments, WeightArrays
from connectionist_plugins.engines.compiled.kernels.block.epoch import CLIP_LENGTH, CLIP_NORMALIZE, CLIP_VALUE
from connectionist_plugins.engines.compiled.kernels.entries import run_epochs, run_epochs_by_case
from connectionist_plugins.engines.compiled.kernels.entry_arguments import TrainingArguments
from connectionist_plugins.engines.compiled.kernels.stop_conditions import StopConditions
from connectionist_plugins.engines.compiled.kernels.threads import processor_count, run_in_threads
from connectionist_plugins.engines.compiled.layout.buffers import LANES, as_precision, final_state, restore_state
from connectionist_plugins.engines.compiled.layout.direct_feedback import direct_weights_of, has_own_weights_backward
from connectionist_plugins.engines.compiled.layout.functions import functions_of, rule_of, rule_settings
from connectionist_plugins.engines.compiled.layout.probe_table import ProbeAddresses, ProbeBuffers, needs_dy_recording
from connectionist_plugins.engines.compiled.layout.program import program_of
from connectionist_plugins.engines.compiled.layout.ready_network import KEPT_BYTES, ReadyNetwork
from connectionist_plugins.engines.compiled.layout.trained_weights import limits_of, rates_of, trained_weights
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.single_pass import (
    backward_array,
    copy_last_case,
    example_tables,
    group_by_length,
    show_last_perturbation,
)

if TYPE_CHECKING:
    from connectionist.engines.engine import Orders
    from connectionist.engines.phase import Criterion
    from connectionist.engines.probes import DueMask


LEAST_RUN = 8  # mean number of weights with successive rows above which they are changed run by run
MAX_EXPLAINED = 100_000  # number of weights above which the inputs of the last change are not stored, to save memory

CLIPS = {"length": CLIP_LENGTH, "value": CLIP_VALUE, "normalize": CLIP_NORMALIZE}  # kinds of `Phase.clip`


class TrainingArrays(NamedTuple):
    """The arrays of the rule and of the weights, also as the kernels take them, and the weights before the last epoch."""

    rule: RuleArguments
    weights: WeightArrays
    packed_rule: RuleArguments
    packed_weights: WeightArrays
    previous_values: Floats


class CompiledSession(Session):
    """A phase of training. The network, the examples and the rule are read when the session is opened.

    Parameters
    ----------
    job : TrainingJob
    precision : {"float64", "float32"}
        Type of the numbers.
    threads : int
        Maximal number of threads. If the weights change after each example, there is one.
    """

    phases: ClassVar[int] = 1  # of a case
    least_products: ClassVar[int] = 2**20  # of weights and activations per change for each thread; with fewer it waits longer than it saves

    def __init__(self, job: TrainingJob, precision: Precision, threads: int) -> None:
        self.job = job
        self.network = job.network
        self.rule = job.phase.rule
        self.precision = precision
        self.given_threads = threads
        self.trained_weights = trained_weights(self.network)
        self.trained = self.trained_weights.indices
        self.limits = limits_of(self.trained_weights, self.network, precision)
        self.rates = rates_of(self.trained_weights, self.network, self.rule)
        rule = rule_of(self.network, job.phase, self.rates, precision)
        self.change, self.signal, self.parameters = rule.change, rule.signal, rule.parameters
        self.backward = backward_array(self.network, job.phase.learning_procedure, precision)
        self.known_rule = rule  # its addresses are in use as long as the session
        self.per_change = self._cases_per_change()
        vectors = -(-self.per_change // LANES[precision])
        has_noisy_weights = job.noise is not None and has_weight_noise(job.network, job.noise.mode)
        self.example_callback = None if job.after_example is None else ExampleCallback(self)
        is_one_by_one = self.per_change == 1 or self.example_callback is not None or bool(job.examples.continues.any()) or has_noisy_weights
        products = len(job.network.connections) * self.per_change * (job.examples.ticks or 1) * self.phases
        most = min(threads, vectors, processor_count(), products // max(1, self.least_products))
        self.threads = 1 if is_one_by_one else max(1, most)
        self.program = program_of(self.network, LANES[precision] if self.per_change == 1 else 1)
        self.records_dy = needs_dy_recording(job.probes, self.network)
        self.known = functions_of(self.program, precision)
        self.runs_python = any(isinstance(each, Callback) for each in (*rule.kept, *self.known.kept))
        self.tables = example_tables(self.network, self.program, job.examples, precision)
        self.arrays: TrainingArrays | None = None
        self.is_kept = False
        self.form: tuple[object, ...] | None = None  # of the buffers, if they are kept between calls

    @classmethod
    def kept_for(cls, job: TrainingJob, precision: Precision, threads: int) -> CompiledSession | None:
        """Return the session that `_keep` kept, if a session of a job would read the same, apart from formulas and their parameters."""
        kept: CompiledSession | None = job.network.schedule.derived.get(cls)
        if (
            kept is None
            or job.checked is None
            or job.checked is not kept.job.checked
            or job.examples is not kept.job.examples
            or not (job.phase is kept.job.phase or are_equal(job.phase, kept.job.phase))
            or (precision, threads) != (kept.precision, kept.given_threads)
            or not _is_plain(job)
        ):
            return None
        return kept

    def again(self, job: TrainingJob) -> CompiledSession | None:
        """Return a copy of this session for a job for which `kept_for` returned it; None if formulas or their parameters have changed."""
        procedure = job.phase.learning_procedure
        if not (
            self.known.is_unchanged()
            and self.known_rule.is_current(rule_settings(job.phase.rule, None))
            and has_own_weights_backward(job.network, procedure)
        ):
            return None
        session = type(self).__new__(type(self))
        vars(session).update(vars(self))
        vars(session).pop("_ready", None)  # with numbers of an epoch that failed, or in use
        session.job = job
        return session

    def _keep(self) -> None:
        """Keep the session for the next training of the network, if its arrays are small and it has nothing of this training only.

        The network then keeps the examples too. They are at most twice as large as `KEPT_BYTES`, and their names.
        """
        if self.is_kept:
            self.network.schedule.derived[type(self)] = self
            return
        is_small = max(self.trained_weights.rows.nbytes, *(table.nbytes for table in self.tables)) <= KEPT_BYTES
        is_plain = _is_plain(self.job) and not self.limits[0].size
        is_plain &= has_own_weights_backward(self.network, self.job.phase.learning_procedure)
        if is_small and is_plain and all(projection.rate is None for projection in self.network.projections):
            self.network.schedule.derived[type(self)] = self
            self.is_kept = True

    def _cases_per_change(self) -> int:
        """Return the number of cases between two changes of the weights."""
        return self.job.phase.examples_per_change(self.job.phase.epoch_size(len(self.job.examples)))

    def run(self, orders: Orders, criterion: Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train for one epoch per row of `orders`, or until the criterion is met."""
        buffers, arrays, arranged = self._buffers, self._arrays(), self._arranged(orders)
        rule_arguments, weights = arrays.rule, arrays.weights
        probes = self._probe_buffers(due, arranged.shape[1], weights)
        before = self.network.weight_values if self.precision == "float32" else None
        errors, correct = np.empty(len(orders)), np.empty(len(orders))
        if self.example_callback is not None:
            self.example_callback.prepare(weights, rule_arguments, self.job.noise)
        with CollectedExceptions(buffers.has_raised) as exceptions:
            arguments = TrainingArguments(
                network=self._ready.arguments,
                recording_network=self._ready.recording_arguments,
                rule=arrays.packed_rule,
                weights=arrays.packed_weights,
                previous_values=arrays.previous_values,
                previous_memory=rule_arguments.memory[:0],
                inputs=self.tables[0],
                targets=self.tables[1],
                orders=arranged,
                epochs=len(orders),
                per_change=self.per_change,
                stop=stop_conditions(criterion, self.job.tolerance),
                errors=errors,
                correct=correct,
                probes=probes.table if probes else None,
                **self._own_arguments(),
            )
            call = Packed(arguments, self.precision)
            done, has_stopped, last_size = run_in_threads(self.threads, lambda team: self._kernel(self.precision, call, team))
        if last_size:
            last_order = arranged[min(done + has_stopped, len(arranged)) - 1]
            self._copy_last_case(rule_arguments, weights, last_size, last_order, min(done + has_stopped, len(orders)) - 1)
        if self.job.noise is not None:
            self.job.noise.epoch += done
            self._buffers.noise_epoch[0] = self.job.noise.epoch
        self._write_back(rule_arguments, weights)
        is_explained = len(rule_arguments.previous) and not has_stopped
        self.network.weight_state.last_update = self._last_update(rule_arguments, weights, arranged.shape[1]) if is_explained else None
        records = probes.of_epochs(done) if probes else []
        divergence, exception = self._failure(arrays.previous_values, before, exceptions) if has_stopped else (None, None)
        if not has_stopped and self._ready.keep(self.known):
            self.form = self._ready.form
            del self._ready
            self._keep()
        return EpochResults(errors[:done], correct[:done], divergence, records, exception)

    @property
    def _kernel(self) -> Entry:
        """The loop over epochs."""
        return run_epochs_by_case if self.per_change == 1 else run_epochs

    def _own_arguments(self) -> dict[str, Any]:
        """Return the arguments of a kernel that not all kernels have, by name."""
        return {}

    def _arranged(self, orders: Orders) -> Integers:
        """Return the orders [epoch, presentation] with examples of the same length together; one row if all epochs have the same order."""
        has_one_order = orders.strides[0] == 0
        arranged = [group_by_length(order, self._buffers, self.per_change) for order in orders[: 1 if has_one_order else None]]
        return np.array(arranged, np.int64).reshape(-1, orders.shape[1])

    def _probe_buffers(self, due: DueMask | None, presentations: int, weights: WeightArrays) -> ProbeBuffers | None:
        """Return the arrays for the records of these epochs, or None if nothing is recorded."""
        self._buffers.is_recording[0] = 0
        if due is None or not due.any():
            return None
        addresses = ProbeAddresses(self.program, self.network, self._buffers, weights, has_backward_pass=not self.signal)
        changes = -(-presentations // self.per_change)
        return ProbeBuffers(self.job.probes, due, self.job.examples, addresses, changes)

    @property
    def _buffers(self) -> CaseBuffers:
        return self._ready.buffers

    @cached_property
    def _ready(self) -> ReadyNetwork:
        return self.new_ready()

    def new_ready(self) -> ReadyNetwork:
        """Return the network as the kernels take it, with buffers that no other call uses."""
        if self.form is not None and (kept := self.known.kept_networks.pop(self.form, None)):
            return kept
        ready = ReadyNetwork.of(
            self.program,
            self.known,
            self.network,
            self.job.examples,
            self.per_change,
            self.precision,
            self.threads,
            self.records_dy,
            self.job.noise,
            0 if self.example_callback is None else self.example_callback.address,
            direct_weights_of(self.network, self.job.phase.learning_procedure),
        )
        for state in [each for each in self.job.end_state if each is not None]:  # None is that of another engine
            restore_state(self.program, ready.buffers, state)
        return ready

    def _write_back(self, rule_arguments: RuleArguments, weights: WeightArrays) -> None:
        """Write the rule's memory and the final state to the job, and the weights to the network."""
        state = final_state(self.program, self._buffers)
        self.job.end_state[:] = [] if state is None else [state]
        for index, name in enumerate(self.rule.memory):
            self.job.memory[name][self.trained] = rule_arguments.memory[index]
        self._write_weights(weights)

    def _write_weights(self, weights: WeightArrays) -> None:
        """Write the weights to the network, if the kernels have copies of them."""
        weight_state, rows = self.network.weight_state, self.trained_weights.rows
        if self.precision == "float32":  # only these rows, so that a weight that is not trained keeps its float64 value
            for name, array in (("value", weights.values), ("change", weights.changes)):
                weight_state.array(name)[rows] = _in_double(array[rows], weight_state.array(name)[rows])

    def _last_update(self, rule_arguments: RuleArguments, weights: WeightArrays, presentations: int) -> LastUpdate:
        """Return the inputs of the last change of the weights."""
        rows = self.trained_weights.rows
        values, *memory = rule_arguments.previous.astype(np.float64)
        return LastUpdate(
            rule=self.rule,
            rows=rows,
            rates=self._rates_by_weight,
            values=values,
            derivatives=weights.derivatives[rows].astype(np.float64, copy=False),
            memory=dict(zip(self.rule.memory, memory, strict=True)),
            examples=presentations % self.per_change or min(self.per_change, presentations),
            error=float(rule_arguments.error[0]) if uses_error(self.rule) else 0.0,
            clip=self.job.phase.clip,
        )

    @cached_property
    def _rates_by_weight(self) -> Array:
        """Rate of each trained weight, read-only, since all last updates have the same array."""
        rates = np.full(len(self.trained_weights.rows), self.rates)
        rates.flags.writeable = False
        return rates

    def _copy_last_case(self, rule_arguments: RuleArguments, weights: WeightArrays, size: int, order: Integers, epoch: int) -> None:
        """Copy the state of the last case, and the derivatives of the last change of the weights, to the network."""
        lengths = self._buffers.lengths
        ticks = int(lengths[order[-1] if len(lengths) > 1 else 0])
        self.network.weight_state.array("derivative")[:] = 0.0 if isinstance(self.rule, LocalRule) else weights.derivatives
        copy_last_case(self.network, self.program, self._buffers, size, ticks, has_backward_pass=not rule_arguments.signal)
        show_last_perturbation(self.network, self.job.examples, int(order[-1]), len(order) - 1, ticks, self.job.noise, epoch)

    def _failure(
        self, previous_values: Floats, before: Array | None, exceptions: list[BaseException]
    ) -> tuple[str | None, Exception | None]:
        """Return the divergence and the exception of `EpochResults`, and restore the weights from before the epoch of either.

        `before` has the weights from before these epochs in double precision. A weight that has not changed since then gets that value.
        """
        description = None if exceptions else find_non_finite(self.network)
        rows = self.trained_weights.rows
        restored = previous_values[rows]
        self.network.weight_state.array("value")[rows] = restored if before is None else _in_double(restored, before[self.trained])
        return failure_of(exceptions[0]) if exceptions else (description, None)

    def _arrays(self) -> TrainingArrays:
        """Return the arrays of the rule and of the weights, with the memory of the job. In double precision they are made once."""
        state = self.network.weight_state
        derivatives = state.array("derivative")
        derivatives[:] = 0.0  # for weights without an intact connection
        arrays = self.arrays
        if arrays is None or state.value.obj is not arrays.weights.values.base:  # type: ignore[comparison-overlap]
            rule = self.rule_arguments()
            weights = self._weight_arrays(rule)
            packed_arrays = packed(rule, self.precision), packed(weights, self.precision)
            arrays = TrainingArrays(rule, weights, *packed_arrays, np.empty_like(weights.values))
            self.arrays = arrays if self.precision == "float64" else None
            return arrays
        arrays.rule.memory[:], arrays.rule.error[0] = 0.0, 0.0
        self._read_memory(arrays.rule.memory)
        if arrays.rule.signal:
            arrays.weights.derivatives[:] = 0.0
        return arrays

    def _read_memory(self, memory: FloatTable) -> None:
        for index, name in enumerate(self.rule.memory):
            memory[index] = self.job.memory[name][self.trained]

    def rule_arguments(self) -> RuleArguments:
        """Return the rule, and its memory from the job."""
        rule, rows = self.rule, self.trained_weights.rows
        memory = np.zeros((len(rule.memory) + summarizes(rule), len(rows)), self.precision)
        self._read_memory(memory)
        runs, has_summary, clip = self.trained_weights.runs, summarizes(rule), self.job.phase.clip
        least = len(rows) if has_summary else LEAST_RUN  # a summary needs all weights in one call
        has_runs = len(self.rates) == 1 and least * len(runs) <= len(rows) and clip is None
        return RuleArguments(
            change=self.change,
            signal=self.signal,
            parameters=int(self.parameters.ctypes.data),
            signal_parameters=int(self.known_rule.signal_parameters.ctypes.data),
            signal_sign=1.0 if isinstance(rule, LocalRule) else -1.0,
            signal_phases=self.phases,
            weight_count=len(rows),
            runs=runs[: None if has_runs else 0],
            rate=float(self.rates[0]) if has_runs else float("nan"),
            rows=rows[: 0 if has_runs else None].astype(np.int64),
            rates=np.full(0 if has_runs else len(rows), 0.0 if has_runs else self.rates, float),
            memory=memory,
            previous=np.zeros((1 + len(rule.memory) if len(rows) <= MAX_EXPLAINED else 0, len(rows)), self.precision),
            is_divisible=not has_summary and clip is None,
            decay=float(rule.decay),
            error=np.zeros(1),
            clip=0 if clip is None else CLIPS[clip[0]],
            clip_limit=0.0 if clip is None else clip[1],
            lowest=self.limits[0],
            highest=self.limits[1],
        )

    def _weight_arrays(self, rule_arguments: RuleArguments) -> WeightArrays:
        state = self.network.weight_state
        values, changes, derivatives = (as_precision(state.array(name), self.precision) for name in ("value", "change", "derivative"))
        sums = np.zeros_like(derivatives) if rule_arguments.signal else derivatives
        return WeightArrays(values, changes, sums, self.backward, self.network.tie_derivative == "mean")


def _is_plain(job: TrainingJob) -> bool:
    """Return whether a job has no recorder, noise, clamp or function after each example."""
    return not (job.probes or job.noise or job.after_example or job.examples.clamps)


def _in_double(numbers: Floats, before: Array) -> Array:
    """Return numbers of single precision in double precision: those that have not changed as they were before."""
    return np.where(numbers == before.astype(np.float32), before, numbers)


def stop_conditions(criterion: Criterion | None, tolerance: float) -> StopConditions:
    """Return the criterion and the tolerance as the kernels require them."""
    if criterion is None:
        return StopConditions(0.0, 0.0, False, tolerance)
    error = np.inf if criterion.error is None else criterion.error
    correct = 0.0 if criterion.correct is None else criterion.correct
    return StopConditions(float(error), float(correct), True, tolerance)
