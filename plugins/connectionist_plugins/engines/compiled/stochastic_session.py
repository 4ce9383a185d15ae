"""Sessions of procedures with random units whose computation has a kernel."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.engine import TrainingJob
from connectionist.engines.object_steps import output_units
from connectionist.engines.probes import UnitProbe
from connectionist.model.perturbation import UNPERTURBED, perturb_units
from connectionist.model.propagation.passes import clear_units
from connectionist.plugins.procedures import LearningProcedure, StochasticProcedure
from connectionist_plugins.engines.compiled.kernels.entries import run_epochs_with_random_units
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import (
    COMPUTATIONS,
    REINFORCE,
    RESTRICTED_BOLTZMANN,
    StochasticArguments,
)
from connectionist_plugins.engines.compiled.layout.stochastic import stochastic_arguments
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.session import CompiledSession
from connectionist_plugins.engines.compiled.settling_session import at_last_tick

if TYPE_CHECKING:
    from connectionist_plugins.engines.compiled.kernel_compiler.kernel import Entry
    from connectionist_plugins.engines.compiled.kernel_compiler.types import Integers
    from connectionist_plugins.engines.compiled.kernels.arguments import RuleArguments, WeightArrays


def has_kernel(procedure: LearningProcedure) -> bool:
    """Return whether there is a kernel for what a procedure with random units computes."""
    return isinstance(procedure, StochasticProcedure) and procedure.computation in COMPUTATIONS


def beyond_kernels(job: TrainingJob, precision: Precision) -> str:
    """Return what the kernels for random units cannot do, as in " with recorders of units"; empty if they can run a job."""
    if precision != "float64":
        return f" in {precision}"
    if any(isinstance(probe, UnitProbe) for probe in job.probes):
        return " with recorders of units"
    if job.after_example:
        return " with functions that are called after each example"
    return " with units that have no target" if _lacks_targets(job) else ""


def _lacks_targets(job: TrainingJob) -> bool:
    """Return whether the procedure has no target that it needs, which is an error as soon as it runs the example."""
    procedure = job.phase.learning_procedure
    assert isinstance(procedure, StochasticProcedure)
    is_intact = [not unit.lesioned for unit in output_units(job.network)]
    is_missing = np.isnan(at_last_tick(job.examples).targets[..., is_intact])
    if procedure.computation == COMPUTATIONS[REINFORCE]:
        return bool(is_missing.all(axis=-1).any())
    return procedure.computation == COMPUTATIONS[RESTRICTED_BOLTZMANN] and bool(is_missing.any())


class StochasticSession(CompiledSession):
    """A phase of training by a procedure with random units, in one thread. The parameters are those of `CompiledSession`.

    The kernels work on the state of the units in place.
    """

    def __init__(self, job: TrainingJob, precision: Precision, threads: int) -> None:  # the units have one state
        super().__init__(replace(job, examples=at_last_tick(job.examples)), precision, 1)
        self.kept: list[object] = []

    @property
    def _kernel(self) -> Entry:
        return run_epochs_with_random_units

    def _own_arguments(self) -> dict[str, Any]:
        network = self.network
        clear_units(network.state)
        perturb_units(network, UNPERTURBED)
        network.unit("bias").activation = 1.0
        return {"stochastic": self._stochastic_arguments}

    @cached_property
    def _stochastic_arguments(self) -> StochasticArguments:
        procedure = self.job.phase.learning_procedure
        assert isinstance(procedure, StochasticProcedure)
        return stochastic_arguments(self.network, procedure, self.kept)

    def _copy_last_case(self, rule_arguments: RuleArguments, weights: WeightArrays, size: int, order: Integers, epoch: int) -> None:
        del rule_arguments, size, order, epoch  # the units have the state of the last case already
        self.network.weight_state.array("derivative")[:] = weights.derivatives
