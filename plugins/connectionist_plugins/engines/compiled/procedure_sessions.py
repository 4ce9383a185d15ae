"""Sessions of learning procedures other than back-propagation.

A procedure of two phases runs each example as two cases of one block: in the second, the output units are clamped to the targets. The
cases of the first phase come first in a block, and those of the second follow in the same order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.data.from_arrays import ExampleArrays
from connectionist.engines.engine import TrainingJob
from connectionist.model.network import Network
from connectionist.plugins.procedures import BackwardProcedure, SignalProcedure, StochasticProcedure
from connectionist_plugins.engines.compiled.kernel_compiler.types import Integers
from connectionist_plugins.engines.compiled.kernels.arguments import RuleArguments, WeightArrays
from connectionist_plugins.engines.compiled.layout.direct_feedback import has_backward_kernels
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.session import CompiledSession
from connectionist_plugins.engines.compiled.settling_session import SettlingSession, can_settle
from connectionist_plugins.engines.compiled.stochastic_session import StochasticSession, beyond_kernels, has_kernel

if TYPE_CHECKING:
    from connectionist.engines.engine import Orders
    from connectionist.model.last_update import LastUpdate


def session_class(job: TrainingJob, precision: Precision) -> type[CompiledSession] | None:
    """Return the class of the session of a job, or None if the kernels cannot run its procedure."""
    procedure = job.phase.learning_procedure
    if isinstance(procedure, BackwardProcedure):
        return CompiledSession if has_backward_kernels(job.network, procedure) else None
    if isinstance(procedure, StochasticProcedure):
        return StochasticSession if has_kernel(procedure) and not beyond_kernels(job, precision) else None
    if not isinstance(procedure, SignalProcedure):
        return None
    if _is_one_pass(procedure, job):
        return CompiledSession
    if can_settle(procedure, job, precision):
        return SettlingSession
    return TwoPhaseSession if _has_two_phases(procedure, job) else None


def _is_one_pass(procedure: SignalProcedure, job: TrainingJob) -> bool:
    """Return whether the signals of a case are those of all ticks of one forward pass."""
    if len(procedure.phases) > 1 or procedure.dynamics is not None:
        return False
    return procedure.uses_all_ticks or job.examples.lengths is None


def without_procedure_kernels(job: TrainingJob, precision: Precision) -> str:
    """Return what the kernels cannot run, as in "rule 'sanger'"; empty if they can run the procedure of a job."""
    if session_class(job, precision) is not None:
        return ""
    procedure = job.phase.learning_procedure
    beyond = beyond_kernels(job, precision) if has_kernel(procedure) else _beyond_phases(job)
    return f"{procedure._title}{beyond}"


def _beyond_phases(job: TrainingJob) -> str:
    """Return what of a job the kernels for phases cannot do, as in " with noise"; empty if they cannot run its procedure at all."""
    procedure, examples = job.phase.learning_procedure, job.examples
    if not isinstance(procedure, SignalProcedure) or not (procedure.dynamics or _is_of_two_phases(procedure)):
        return ""
    reasons = {
        "functions that are called after each example": job.after_example is not None,
        "noise": job.noise is not None,
        "examples that clamp units": bool(examples.clamps),
        "examples that continue others": bool(examples.continues.any()),
        "weighted examples": bool((examples.error_weights != 1.0).any()),
        "examples of different lengths": not _has_one_length(job),
        "recorders": procedure.dynamics is not None and bool(job.probes),
    }
    found = " and ".join(reason for reason, is_given in reasons.items() if is_given)
    return f" with {found}" if found else ""


def _has_two_phases(procedure: SignalProcedure, job: TrainingJob) -> bool:
    """Return whether a procedure has one phase without and one with targets, each from the initial state, on plain examples."""
    examples = job.examples
    is_plain = not (examples.clamps or examples.continues.any() or (examples.error_weights != 1.0).any())
    return _is_of_two_phases(procedure) and _has_one_length(job) and is_plain and job.noise is None and job.after_example is None


def _is_of_two_phases(procedure: SignalProcedure) -> bool:
    return (
        procedure.dynamics is None
        and [phase.targets for phase in procedure.phases] == ["absent", "clamped"]
        and not procedure.phases[1].continues
        and all(phase.counts for phase in procedure.phases)
        and not procedure.uses_all_ticks
    )


def _has_one_length(job: TrainingJob) -> bool:
    lengths = job.examples.lengths
    return lengths is None or bool((lengths == lengths[0]).all())


class TwoPhaseSession(CompiledSession):
    """A phase of training by a procedure whose cases have two phases. The parameters are those of `CompiledSession`."""

    phases = 2

    def __init__(self, job: TrainingJob, precision: Precision, threads: int) -> None:
        self.count = len(job.examples)
        super().__init__(replace(job, examples=in_two_phases(job.network, job.examples)), precision, threads)

    def _cases_per_change(self) -> int:
        return 2 * self.job.phase.examples_per_change(self.job.phase.epoch_size(self.count))

    def _arranged(self, orders: Orders) -> Integers:
        """Return the cases of each epoch: block by block those of the first phase, and those of the second."""
        has_one_order = orders.strides[0] == 0
        rows = [self._in_blocks(order) for order in np.asarray(orders[: 1 if has_one_order else None])]
        return np.array(rows, np.int64).reshape(len(rows), -1)

    def _in_blocks(self, order: Integers) -> Integers:
        per_change, size = self.per_change // 2, self._buffers.x.shape[1] // 2
        parts = []
        for start in range(0, len(order), per_change):
            of_change = order[start : start + per_change]
            for first in range(0, len(of_change), size):
                block = of_change[first : first + size]
                parts += [block, block + self.count]
        return np.concatenate(parts)

    def _copy_last_case(self, rule_arguments: RuleArguments, weights: WeightArrays, size: int, order: Integers, epoch: int) -> None:
        half = size // 2
        super()._copy_last_case(rule_arguments, weights, half, order[: len(order) - half], epoch)

    def _last_update(self, rule_arguments: RuleArguments, weights: WeightArrays, presentations: int) -> LastUpdate:
        found = super()._last_update(rule_arguments, weights, presentations)
        return replace(found, examples=found.examples // 2)


def in_two_phases(network: Network, examples: ExampleSet) -> ExampleSet:
    """Return each example without clamps, and then each with the output units clamped to the targets of the last tick at all ticks."""
    count, targets = len(examples), examples.targets
    last = targets if examples.ticks is None else np.repeat(targets[:, -1:], examples.ticks, axis=1)
    clamps, first = {}, 0
    for group in network.groups:
        if group.role == "output":
            of_group = last[..., first : first + len(group)]
            clamps[group.name] = np.concatenate([np.full_like(of_group, np.nan), of_group])
            first += len(group)
    arrays = ExampleArrays(
        inputs=np.concatenate([examples.inputs] * 2),
        targets=np.concatenate([targets, np.full_like(targets, np.nan)]),
        names=[*examples.names, *examples.names],
        frequencies=np.tile(examples.frequencies, 2),
        error_weights=np.ones(2 * count),
        lengths=None if examples.lengths is None else np.tile(examples.lengths, 2),
        continues=np.zeros(2 * count, bool),
        event_lengths={},
        clamps=clamps,
        input_groups=examples.input_groups,
        target_groups=examples.target_groups,
    )
    return ExampleSet._of_arrays(arrays, None)
