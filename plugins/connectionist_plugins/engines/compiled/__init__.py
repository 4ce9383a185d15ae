"""The engine that runs the schedule as array kernels over many cases at once: the same numbers, at the speed of compiled C.

It computes what `local` computes, in the same order of units, from the equations of Rumelhart, Hinton & Williams (1986), Nature 323,
533–536. Activations stand in arrays [tick · unit, case], so that any wiring can be computed with the case as the innermost dimension.
One set of kernels, compiled by numba once and kept on disk, reads the schedule as arrays; nothing is compiled anew when a network
changes. The functions and rules of plugins are called through pointers (see `native`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connectionist.engines.engine import Engine, Session, TrainingJob
from connectionist.errors import ParameterError, check_number
from connectionist.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.probes import UnitProbe
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

PRECISIONS = {"float64": 1e-12, "float32": 1e-4}  # with the relative difference from `local` that a pass may show


@dataclass(frozen=True)
class Compiled(Engine):
    """Kernels over many cases, compiled by numba.

    Parameters
    ----------
    precision : {"float64", "float32"}
        What to compute with. Single precision takes half the room per unit and case, and agrees with `local` within 1e-4 per pass only.
    threads : int
        How many threads share training, at most: no more than there are processors, and vectors of cases from one change of the weights
        to the next. There are the same bits with any number of them.

    Raises
    ------
    ParameterError
        When one is out of range.
    """

    precision: Literal["float64", "float32"] = "float64"
    threads: int = 1
    name = "compiled"

    def __post_init__(self) -> None:
        """Check the parameters."""
        if self.precision not in tuple(PRECISIONS):
            raise ParameterError(f"compiled.precision: must be one of {', '.join(PRECISIONS)} (got {self.precision!r})")
        check_number("compiled", "threads", self.threads, at_least=1, whole=True)
        object.__setattr__(self, "tolerance", PRECISIONS[self.precision])

    def states(self, network: Network, examples: ExampleSet, probe: UnitProbe) -> Array:
        """Return what a probe keeps, [case, tick, quantity, unit]."""
        from connectionist_plugins.engines.compiled.single_pass import states

        return states(network, examples, probe, self.precision)

    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        """Return E and ∂E/∂w, summed over the examples."""
        from connectionist_plugins.engines.compiled.single_pass import error_derivatives

        return error_derivatives(network, examples, self.precision)

    def session(self, job: TrainingJob) -> Session:
        """Open a phase of training."""
        from connectionist_plugins.engines.compiled.session import CompiledSession

        return CompiledSession(job, self.precision, self.threads)


@hookimpl
def engines() -> Sequence[type[Engine]]:
    """Offer the compiled engine."""
    return [Compiled]
