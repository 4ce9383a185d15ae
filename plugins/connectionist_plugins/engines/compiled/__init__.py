"""The compiled engine: array kernels over many cases at once, at the speed of compiled C.

It computes the same numbers as the `local` engine, in the same order of units, from the equations of Rumelhart, Hinton & Williams (1986),
Nature 323, 533–536. Activations are arrays [tick · unit, case], so that for any wiring the case is the innermost dimension. One set of
kernels is compiled once and kept on disk (``kernel_compiler``). The kernels read the schedule as arrays, so a change of the network needs
no compilation. The kernels call the formulas of plugins through addresses (see ``formulas``).

The packages, from top to bottom:

- ``session``, ``population``, ``procedure_sessions``, ``stochastic_session``, ``settling_session``, ``example_callback``,
  ``single_pass``, ``trajectory``: training of one network and of many, calls after examples, single passes, and the states through which
  a network settles
- ``layout``: the network and the examples as arrays
- ``kernels``: passes and the loop over epochs
- ``formulas``: activation functions, error functions and rules as C functions
- ``simd``: the innermost loops
- ``kernel_compiler``, ``numba_runtime``: the compiler of kernels; numba, for formulas that need it
- ``machine_code``: machine code made, kept on disk and loaded
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import connectionist as cn
from connectionist.model.activation_cost import CHANGE
from connectionist.utils.caller_warnings import ENGINE, warn_caller
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from connectionist.engines.engine import Session, TrainingJob
    from connectionist.engines.population import PopulationJob, PopulationResults
    from connectionist.engines.probes import UnitProbe
    from connectionist.engines.settling_job import SettlingJob, Trajectory

PRECISIONS = {"float64": 1e-12, "float32": 1e-4}  # largest difference from the local engine in a single pass, relative to the largest value


@dataclass(frozen=True)
class Compiled(cn.Engine):
    """Array kernels over many cases at once, compiled to machine code.

    Parameters
    ----------
    precision : {"float64", "float32"}
        Type of the numbers. Single precision halves the memory per unit and case. A single pass then agrees with the local engine within
        1e-4 of the largest value of each quantity, if no activation is within 0.001 of the end of its range.
    threads : int
        Largest number of threads, at least 1; there are never more than processors. `train` uses no more than there are SIMD vectors of
        cases per change, and one for each 2**20 of connections · cases per change · ticks. `train_many` uses no more than there are
        networks. Results are bit-identical for any number of threads.

    Raises
    ------
    ParameterError
        If a parameter is out of range.
    """

    precision: Literal["float64", "float32"] = cn.parameter("float64")
    threads: int = cn.parameter(1, at_least=1)
    name = "compiled"

    def __post_init__(self) -> None:
        """Check the parameters, and set the tolerance of the precision."""
        super().__post_init__()
        object.__setattr__(self, "tolerance", PRECISIONS[self.precision])

    def states(self, network: cn.Network, examples: cn.ExampleSet, probe: UnitProbe) -> cn.Array:
        """Return the quantities that a probe asks for, [case, tick, quantity, unit]."""
        from connectionist_plugins.engines.compiled.single_pass import states

        if reason := without_kernels(network, forward_only=not probe.needs_backward_pass):
            return self._local(reason).states(network, examples, probe)
        return states(network, examples, probe, self.precision)

    def error_derivatives(self, network: cn.Network, examples: cn.ExampleSet) -> tuple[float, cn.Array]:
        """Return E and ∂E/∂w, summed over the examples."""
        from connectionist_plugins.engines.compiled.single_pass import error_derivatives

        if reason := without_kernels(network):
            return self._local(reason).error_derivatives(network, examples)
        return error_derivatives(network, examples, self.precision)

    def procedure_derivatives(
        self, network: cn.Network, examples: cn.ExampleSet, procedure: cn.LearningProcedure
    ) -> tuple[float, cn.Array]:
        """Return E and what a procedure gives in place of ∂E/∂w; by the objects, if there are no kernels for the procedure."""
        from connectionist_plugins.engines.compiled.layout.direct_feedback import has_backward_kernels
        from connectionist_plugins.engines.compiled.single_pass import error_derivatives

        has_kernels = isinstance(procedure, cn.BackwardProcedure) and has_backward_kernels(network, procedure)
        if not has_kernels or without_kernels(network):
            return super().procedure_derivatives(network, examples, procedure)
        return error_derivatives(network, examples, self.precision, procedure)

    def settle(self, job: SettlingJob) -> Trajectory:
        """Run a network on a constant input until it has settled; by the objects, if a part of it has no kernel."""
        trajectory, layout_of = _settling()
        layout = layout_of(job.network)
        reason = trajectory.without_kernel(job, layout) if self.precision == "float64" else f"settling in {self.precision}"
        return self._local(reason).settle(job) if reason else trajectory.settle(job, layout)

    def settle_many(self, jobs: Sequence[SettlingJob]) -> list[Trajectory]:
        """Run a network on many constant inputs, in one call of the kernel without clamps and temperatures, unless a case may be large."""
        trajectory, layout_of = _settling()
        layout = layout_of(jobs[0].network)
        reason = trajectory.without_kernel(jobs[0], layout) if self.precision == "float64" else f"settling in {self.precision}"
        if reason:
            return self._local(reason).settle_many(jobs)
        is_large = (jobs[0].ticks + 1) * len(jobs[0].units) > trajectory.NUMBERS_AT_ONCE
        if is_large or jobs[0].temperatures is not None or any(job.case.clamps for job in jobs):
            return super().settle_many(jobs)
        found: list[Trajectory] = trajectory.settle_many(jobs, layout)
        return found

    def engine_of(self, job: TrainingJob) -> cn.Engine:
        """Return this engine, or with a warning the engine "local" for a network or a procedure without kernels."""
        if _compiled_session().kept_for(job, self.precision, self.threads):
            return self
        reason = self._without_kernels(job)
        return self._local(reason) if reason else self

    def session(self, job: TrainingJob) -> Session:
        """Open a phase of training. A procedure without kernels is run by the engine "local", with a warning."""
        kept = _compiled_session().kept_for(job, self.precision, self.threads)
        session: Session | None = kept.again(job) if kept else None
        return session or self._new_session(job)

    def _new_session(self, job: TrainingJob) -> Session:
        from connectionist_plugins.engines.compiled.procedure_sessions import session_class

        kind = None if without_kernels(job.network) else session_class(job, self.precision)
        if kind is None:
            return self._local(self._without_kernels(job)).session(job)
        return kind(job, self.precision, self.threads)

    def _without_kernels(self, job: TrainingJob) -> str:
        from connectionist_plugins.engines.compiled.procedure_sessions import without_procedure_kernels

        return without_kernels(job.network) or without_procedure_kernels(job, self.precision)

    def train_population(self, job: PopulationJob) -> PopulationResults | None:
        """Train many networks of one wiring at once, one in each lane of the processor's vectors."""
        from connectionist_plugins.engines.compiled.population.training import train_in_lanes

        if without_kernels(job.network):
            return None
        return train_in_lanes(job, self.precision, self.threads)

    def _local(self, what: str) -> cn.Engine:
        """Return the engine that computes with objects, with a warning that says for what there are no kernels."""
        warn_caller(
            f"{what}: the engine {self.name!r} has no kernels for it, so it is run by the engine 'local', with the same numbers but "
            f"slower; engine='local' does so without this warning",
            topic=ENGINE,
        )
        return cn.engine("local")


@cache
def _settling() -> tuple[Any, Any]:
    """Return what settles networks. An import in each call of `Compiled.settle` would take as long as all its checks."""
    from connectionist_plugins.engines.compiled import trajectory
    from connectionist_plugins.engines.compiled.layout.trajectory import layout_of

    return trajectory, layout_of


@cache
def _compiled_session() -> Any:
    """Return the class of sessions that may be kept."""
    from connectionist_plugins.engines.compiled.session import CompiledSession

    return CompiledSession


def without_kernels(network: cn.Network, *, forward_only: bool = False) -> str:
    """Return the first part of a network for which there are no kernels, as in "group 'a', output function 'tanh'"; empty without one.

    Slopes of dynamic activation functions and of output functions concern the backward pass only. Units of an unrolled network that look at
    their copies at other ticks have no kernels; those of the network before unrolling have.
    """
    if network.ticks is not None:
        if any(group.timing.integrates for group in network.groups):
            return f"unrolled network {network.name!r} with units that integrate"
        if not forward_only and network.ticks_back is not None and network.ticks_back < network.ticks:
            return f"unrolled network {network.name!r} with errors that go back through {describe_count(network.ticks_back, 'tick')} only"
    for group in network.groups:
        if group.dynamic and not (forward_only and network.ticks is None):
            return f"group {group.name!r}, activation function {group.activation_function.name!r}"
        if group.output_function is not None and not forward_only:
            return f"group {group.name!r}, output function {group.output_function.name!r}"
        if group.cost is not None and group.cost.kind == CHANGE and not forward_only:
            return f"group {group.name!r}, cost {CHANGE!r}"
    return ""


@cn.hookimpl
def engines() -> Sequence[type[cn.Engine]]:
    """Return the compiled engine."""
    return [Compiled]
