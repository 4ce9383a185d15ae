"""A sum in a fixed order, with vectors.

The numbers are added in `CHAINS` vectors at a time, then in one vector of half the size, then one by one. Vectors are added in pairs, and
a vector is folded by halves. So the result depends only on the numbers and on the size of a vector, and not on the code around the sum.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import EMITTERS
from connectionist_plugins.engines.compiled.kernel_compiler.types import DOUBLE, Array, Floats
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, Value
from connectionist_plugins.engines.compiled.simd.vectors import INT32, Vectors, constant

CHAINS = 4


def sum_in_vectors(numbers: Floats, count: int) -> float:
    """Return the sum of the first `count` numbers, added in double precision."""
    raise NotImplementedError


def _sum_in_vectors(arithmetic: Arithmetic, numbers: Value, count: Value) -> Value:
    assert isinstance(numbers.type, Array)
    builder, vectors, item = arithmetic.builder, Vectors(arithmetic.builder, DOUBLE.llvm), numbers.type.item

    def load(address: Any, size: int) -> Any:
        loaded = vectors.load(address, ir.VectorType(item.stored, size))
        return builder.fpext(loaded, ir.VectorType(DOUBLE.llvm, size)) if item.value is not DOUBLE else loaded

    def add(address: Any, *sums: Any) -> list[Any]:
        size = sums[0].type.count
        starts = [builder.add(address, constant(item.bytes * size * chain)) for chain in range(len(sums))]
        added = [builder.fadd(total, load(start, size)) for total, start in zip(sums, starts, strict=True)]
        return [builder.add(address, constant(item.bytes * size * len(sums))), *added]

    address, total, left = builder.ptrtoint(numbers.parts[0], constant(0).type), DOUBLE.llvm(0.0), count.llvm
    for size, chains in ((vectors.lanes, CHAINS), (vectors.lanes // 2, 1), (1, 1)):
        passes = builder.sdiv(left, constant(size * chains))
        left = builder.sub(left, builder.mul(passes, constant(size * chains)))
        zero = ir.Constant(ir.VectorType(DOUBLE.llvm, size), [0.0] * size)
        first = builder.insert_element(zero, total, INT32(0))
        address, *sums = vectors.loop(passes, [address, first, *[zero] * (chains - 1)], add)
        total = _folded(vectors, sums)
    return Value(DOUBLE, (total,))


def _folded(vectors: Vectors, sums: list[Any]) -> Any:
    """Return the sum of all numbers of some vectors of one size."""
    while len(sums) > 1:
        sums = [vectors.builder.fadd(*pair) for pair in zip(sums[::2], sums[1::2], strict=True)]
    (total,) = sums
    while total.type.count > 1:
        half = total.type.count // 2
        halves = [vectors.shuffle(total, total, list(range(start, start + half))) for start in (0, half)]
        total = vectors.builder.fadd(*halves)
    return vectors.builder.extract_element(total, INT32(0))


EMITTERS[sum_in_vectors] = _sum_in_vectors
