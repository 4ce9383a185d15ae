"""What all kernels share: where a tick and a case stand in the block, and arithmetic on a row of cases."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

NET_INPUT, ACTIVATION = 1, 2  # of `Functions.integrates`
SUM = {"reassoc", "nsz", "contract"}


@inline
def vectors_of(cases, count):
    """Return how many vectors hold so many cases."""
    return (count * cases.x.itemsize + VECTOR_BYTES - 1) // VECTOR_BYTES


@inline
def row_of(cases, tick):
    """Return the first row of a tick, which are counted from 0 here."""
    return (cases.history + tick) * cases.span


@cached_njit(error_model="numpy", fastmath=SUM)
def sum_up(numbers, count):
    """Return the sum of the first so many numbers."""
    total = 0.0
    for place in range(count):
        total += numbers[place]
    return total


@cached_njit(error_model="numpy")
def multiply(numbers, count, factor):
    """Multiply the first so many numbers."""
    for place in range(count):
        numbers[place] *= factor
