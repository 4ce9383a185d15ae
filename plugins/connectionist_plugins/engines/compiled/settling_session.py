"""Sessions of procedures whose cases settle: contrastive Hebbian learning and others with the same form of phases, and energy descent."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.data.from_arrays import ExampleArrays
from connectionist.engines.engine import TrainingJob
from connectionist.plugins.procedures import SignalProcedure
from connectionist.utils.caller_warnings import REST, warn_caller
from connectionist.utils.counts import describe_count
from connectionist_plugins.engines.compiled.kernels.entries import run_epochs_by_settling
from connectionist_plugins.engines.compiled.layout.functions import functions_of
from connectionist_plugins.engines.compiled.layout.program import program_of
from connectionist_plugins.engines.compiled.layout.settling import has_delayed_inputs, settling_arguments
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.session import CompiledSession

if TYPE_CHECKING:
    from connectionist.engines.engine import EpochResults, Orders
    from connectionist.engines.phase import Criterion
    from connectionist.engines.probes import DueMask
    from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry
    from connectionist_plugins.engines.compiled.kernels.settling.arguments import SettlingArguments
    from connectionist_plugins.engines.compiled.layout.ready_network import ReadyNetwork

ROLES = ("input", "hidden", "output")


def can_settle(procedure: SignalProcedure, job: TrainingJob, precision: Precision) -> bool:
    """Return whether the kernels that settle can run the procedure of a job."""
    examples, phases = job.examples, procedure.phases
    is_plain = not (examples.clamps or examples.continues.any() or (examples.error_weights != 1.0).any() or job.probes)
    is_plain &= job.noise is None and job.after_example is None and all(group.role in ROLES for group in job.network.groups)
    has_two = sum(phase.counts for phase in phases) == 2 and not procedure.uses_all_ticks
    if not (is_plain and has_two):
        return False
    return _can_tick(procedure, job) if procedure.dynamics is None else _can_descend(procedure, job, precision)


def _can_tick(procedure: SignalProcedure, job: TrainingJob) -> bool:
    """Return whether all phases begin in the initial state, and inputs, and targets at the last tick, are all that the examples have."""
    examples = job.examples
    if any(phase.continues or phase.nudging for phase in procedure.phases) or examples.ticks is None or examples.lengths is None:
        return False
    if any(group.input_function is not None for group in job.network.groups):
        return False
    program = program_of(job.network)
    has_one_length = bool((examples.lengths == examples.ticks).all())
    is_constant = (
        has_one_length and bool((examples.inputs == examples.inputs[:, -1:]).all()) and bool(np.isnan(examples.targets[:, :-1]).all())
    )
    return is_constant and program.ticks_before > 0 and not has_delayed_inputs(program)


def _can_descend(procedure: SignalProcedure, job: TrainingJob, precision: Precision) -> bool:
    """Return whether all phases begin in the initial state or at the end of the first one, and derivatives come back to all units."""
    first, *others = procedure.phases
    starts = [phase.continues in (False, first.name) or (phase.continues is True and not index) for index, phase in enumerate(others)]
    functions = functions_of(program_of(job.network), precision).functions
    return first.continues is False and all(starts) and bool(functions.slope.all())


class SettlingSession(CompiledSession):
    """A phase of training by a procedure whose cases settle. The parameters are those of `CompiledSession`."""

    least_products = 0  # since a case has many ticks

    def __init__(self, job: TrainingJob, precision: Precision, threads: int) -> None:
        self.ticks = job.examples.ticks or 1
        super().__init__(replace(job, examples=at_last_tick(job.examples)), precision, threads)
        self.procedure = job.phase.learning_procedure
        self.kept: list[object] = []

    @property
    def _kernel(self) -> Entry:
        return run_epochs_by_settling

    def _own_arguments(self) -> dict[str, Any]:
        return {"settling": self._settling_arguments}

    @cached_property
    def _settling_arguments(self) -> SettlingArguments:
        assert isinstance(self.procedure, SignalProcedure)
        return settling_arguments(self.program, self.procedure, self.ticks, self._buffers, self.precision, self.threads, self.kept)

    @cached_property
    def _ready(self) -> ReadyNetwork:
        ready = self.new_ready()
        ready.form = None  # the rows before tick 1 do not keep the initial state
        return ready

    def run(self, orders: Orders, criterion: Criterion | None, due: DueMask | None = None) -> EpochResults:
        """Train for one epoch per row of `orders`, or until the criterion is met."""
        unsettled = self._settling_arguments.unsettled
        unsettled[:] = 0.0
        results = super().run(orders, criterion, due)
        count = int(unsettled[:, 0].sum())
        if count:
            assert isinstance(self.procedure, SignalProcedure)
            assert self.procedure.dynamics is not None
            dynamics = self.procedure.dynamics
            warn_caller(
                f"procedure {self.procedure.name!r}: {describe_count(count, 'phase')} of a case not at rest after "
                f"{describe_count(dynamics.steps, 'step')} (largest change {unsettled[:, 1].max():.3g}, criterion {dynamics.criterion:g}), "
                f"so its numbers are not those at rest; give more steps",
                topic=REST,
            )
        return results


def at_last_tick(examples: ExampleSet) -> ExampleSet:
    """Return examples of one tick: the last one of each. Examples without ticks are returned as they are."""
    if examples.ticks is None or examples.lengths is None:
        return examples
    count = len(examples)
    last = np.arange(count), examples.lengths - 1
    arrays = ExampleArrays(
        inputs=np.ascontiguousarray(examples.inputs[last][:, None]),
        targets=np.ascontiguousarray(examples.targets[last][:, None]),
        names=[*examples.names],
        frequencies=examples.frequencies,
        error_weights=examples.error_weights,
        lengths=np.ones(count, np.intp),
        continues=examples.continues,
        event_lengths={},
        clamps={},
        input_groups=examples.input_groups,
        target_groups=examples.target_groups,
    )
    return ExampleSet._of_arrays(arrays, None)
