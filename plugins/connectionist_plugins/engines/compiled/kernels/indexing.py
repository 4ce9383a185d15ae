"""Indices into the buffers, and arithmetic on a row of cases."""

from __future__ import annotations

from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline, kernel, noinline
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers
from connectionist_plugins.engines.compiled.simd.sums import sum_in_vectors
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

NET_INPUT, ACTIVATION = 1, 2  # values of `Functions.integrates`
BY_UNIT, BY_NET_INPUT, BY_GROUP = range(3)  # values of `Functions.comparison`


@inline
def vector_count(buffers: CaseBuffers, count: int) -> int:
    """Return the number of vectors that hold `count` cases."""
    return (count * buffers.x.itemsize + VECTOR_BYTES - 1) // VECTOR_BYTES


@inline
def first_row(buffers: CaseBuffers, tick: int) -> int:
    """Return the row of the buffers at which a tick begins. Ticks are counted from 0."""
    return (buffers.ticks_before + tick) * buffers.tick_rows


@kernel
def sum_first(numbers: Floats, count: int) -> float:
    """Return the sum of the first `count` numbers."""
    return sum_in_vectors(numbers, count)


@noinline
def scale_first(numbers: Floats, count: int, factor: float) -> None:
    """Multiply the first `count` numbers by a factor."""
    for index in range(count):
        numbers[index] *= factor
