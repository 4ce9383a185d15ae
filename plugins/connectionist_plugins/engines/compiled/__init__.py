"""The engine that runs the schedule as array kernels over many cases at once: the same numbers, at the speed of compiled C.

It computes what `local` computes, in the same order of units, from the equations of Rumelhart, Hinton & Williams (1986), Nature 323,
533–536. Activations stand in arrays [unit, case], so that any wiring can be computed with the case as the innermost dimension.
One set of kernels, compiled by numba once and kept on disk, reads the schedule as arrays; nothing is compiled anew when a network
changes. The functions and rules of plugins are called through pointers (see `native`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from connectionist.engines import Assignment, Engine, Session
from connectionist.hookspecs import hookimpl

if TYPE_CHECKING:
    from connectionist.examples import ExampleSet
    from connectionist.network import Network
    from connectionist.state import Array


@dataclass(frozen=True)
class Compiled(Engine):
    """Kernels over many cases, compiled by numba.

    Parameters
    ----------
    precision : {"float64", "float32"}
        What to compute with. Single precision takes half the room and about half the time in large networks, and agrees with `local` to about
        1e-5 per pass only.
    threads : int
        How many threads share a pass over many cases; there are the same bits with any number of them. More than one pays where a
        pass takes a millisecond or more.
    """

    precision: Literal["float64", "float32"] = "float64"
    threads: int = 1
    name = "compiled"

    def outputs(self, network: Network, examples: ExampleSet) -> Array:
        """Return the output activations [case, output unit]."""
        from connectionist_plugins.engines.compiled.passes import outputs

        return outputs(network, examples, self.precision)

    def error_derivatives(self, network: Network, examples: ExampleSet) -> tuple[float, Array]:
        """Return E and ∂E/∂w, summed over the examples."""
        from connectionist_plugins.engines.compiled.passes import error_derivatives

        return error_derivatives(network, examples, self.precision)

    def session(self, assignment: Assignment) -> Session:
        """Open a phase of training."""
        from connectionist_plugins.engines.compiled.training import CompiledSession

        return CompiledSession(assignment, self.precision, self.threads)


@hookimpl
def engines() -> Sequence[type[Engine]]:
    """Offer the compiled engine."""
    return [Compiled]
