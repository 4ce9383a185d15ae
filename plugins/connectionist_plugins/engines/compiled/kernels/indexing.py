"""Indices into the buffers, and arithmetic on a row of cases."""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from connectionist_plugins.engines.compiled.numba_runtime.code_cache import cached_njit, inline
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

NET_INPUT, ACTIVATION = 1, 2  # values of `Functions.integrates`
FASTMATH = {"reassoc", "nsz", "contract"}


@inline
def vector_count(buffers, count):
    """Return the number of vectors that hold `count` cases."""
    return (count * buffers.x.itemsize + VECTOR_BYTES - 1) // VECTOR_BYTES


@inline
def first_row(buffers, tick):
    """Return the row of the buffers at which a tick begins. Ticks are counted from 0."""
    return (buffers.ticks_before + tick) * buffers.tick_rows


@cached_njit(error_model="numpy", fastmath=FASTMATH)
def sum_first(numbers, count):
    """Return the sum of the first `count` numbers."""
    total = 0.0
    for index in range(count):
        total += numbers[index]
    return total


@cached_njit(error_model="numpy")
def scale_first(numbers, count, factor):
    """Multiply the first `count` numbers by a factor."""
    for index in range(count):
        numbers[index] *= factor
