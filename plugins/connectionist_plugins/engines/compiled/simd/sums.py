"""Sums in a fixed order, with vectors.

The terms are added in `CHAINS` vectors at a time, then in one vector, then one by one. Vectors are added in pairs, and a vector is folded
by halves. So the result depends only on the terms and on the size of a vector, and not on the code around the sum.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import EMITTERS
from connectionist_plugins.engines.compiled.kernel_compiler.types import BOOL, DOUBLE, Array, Floats, Integers
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, Value
from connectionist_plugins.engines.compiled.simd.vectors import FUSE, INT32, INT64, INT64_BYTES, VECTOR_BYTES, Vectors, constant

CHAINS = 4


def sum_in_vectors(numbers: Floats, count: int) -> float:
    """Return the sum of the first `count` numbers, added in double precision."""
    raise NotImplementedError


def sum_of_products(a: Floats, a_rows: Integers, b: Floats, b_rows: Integers, shift: int, first: int, count: int) -> float:
    """Return the sum of ``a[a_rows[i]] * b[shift + b_rows[i]]`` for `count` indices from `first` on, added in double precision."""
    raise NotImplementedError


def are_finite(numbers: Floats) -> bool:
    """Return whether every number is finite."""
    raise NotImplementedError


def _sum_in_vectors(arithmetic: Arithmetic, numbers: Value, count: Value) -> Value:
    vectors, address = Vectors(arithmetic.builder, DOUBLE.llvm), _address(arithmetic, numbers)
    number_bytes = constant(_item(numbers).bytes)

    def add(total: Any, index: Any) -> Any:
        start = arithmetic.builder.add(address, arithmetic.builder.mul(index, number_bytes))
        loaded = vectors.load(start, _like(total, _item(numbers).stored))
        return arithmetic.builder.fadd(total, _in_double(arithmetic, loaded))

    half = vectors.lanes // 2
    return Value(DOUBLE, (_sum(vectors, count.llvm, ((vectors.lanes, CHAINS), (half, 1), (1, 1)), add),))


def _sum_of_products(arithmetic: Arithmetic, *given: Value) -> Value:
    a, a_rows, b, b_rows, shift, first, count = given
    builder, vectors = arithmetic.builder, Vectors(arithmetic.builder, DOUBLE.llvm)

    def gathered(numbers: Value, rows: Value, shift: Any, index: Any, total: Any) -> Any:
        start = builder.add(_address(arithmetic, rows), builder.mul(builder.add(first.llvm, index), constant(INT64_BYTES)))
        vector = ir.Constant(_like(total, _item(numbers).stored), ir.Undefined)
        for lane in range(_size(total)):
            row = builder.add(vectors.load(builder.add(start, constant(INT64_BYTES * lane)), INT64), shift)
            number = builder.load(builder.gep(numbers.parts[0], [row], inbounds=True))
            vector = builder.insert_element(vector, number, INT32(lane)) if _size(total) > 1 else number
        return vector

    def add(total: Any, index: Any) -> Any:
        factors = gathered(b, b_rows, shift.llvm, index, total), gathered(a, a_rows, constant(0), index, total)
        return builder.fadd(_in_double(arithmetic, builder.fmul(*factors, flags=FUSE)), total, flags=FUSE)

    return Value(DOUBLE, (_sum(vectors, count.llvm, ((vectors.lanes, CHAINS), (vectors.lanes, 1), (1, 1)), add),))


def _are_finite(arithmetic: Arithmetic, numbers: Value) -> Value:
    builder, vectors = arithmetic.builder, Vectors(arithmetic.builder, _item(numbers).stored)

    def add(load: Callable[[Any], Any], _: Any, address: Any, total: Any) -> list[Any]:
        zeros = builder.fmul(load(address), vectors.zero)  # NaN for a number that is not finite
        return [builder.add(address, constant(VECTOR_BYTES)), builder.fadd(total, zeros)]

    total = vectors.for_each_vector(numbers.parts[1], [_address(arithmetic, numbers), vectors.zero], add)[1]
    not_finite = builder.bitcast(builder.fcmp_unordered("!=", total, vectors.zero), ir.IntType(vectors.lanes))
    return Value(BOOL, (builder.icmp_unsigned("==", not_finite, ir.IntType(vectors.lanes)(0)),))


def _item(array: Value) -> Any:
    assert isinstance(array.type, Array)
    return array.type.item


def _address(arithmetic: Arithmetic, array: Value) -> Any:
    return arithmetic.builder.ptrtoint(array.parts[0], INT64)


def _size(total: Any) -> int:
    """Return the size of a vector; 1 for a number, since two operations on a vector of one number are not fused."""
    return total.type.count if isinstance(total.type, ir.VectorType) else 1


def _like(total: Any, number_type: Any) -> Any:
    """Return the type of as many numbers of another type."""
    return ir.VectorType(number_type, total.type.count) if isinstance(total.type, ir.VectorType) else number_type


def _in_double(arithmetic: Arithmetic, value: Any) -> Any:
    kind = _like(value, DOUBLE.llvm)
    return value if value.type == kind else arithmetic.builder.fpext(value, kind)


def _sum(vectors: Vectors, count: Any, sizes: tuple[tuple[int, int], ...], add: Callable[[Any, Any], Any]) -> Any:
    """Return a sum of `count` terms, in vectors of several sizes, and with several vectors at a time.

    ``add(total, index)`` returns a vector of totals plus that of the terms from an index on.
    """
    builder, index, total = vectors.builder, constant(0), DOUBLE.llvm(0.0)
    for size, chains in sizes:
        step = constant(size * chains)

        def add_some(index: Any, *sums: Any, size: int = size, step: Any = step) -> list[Any]:
            added = [add(each, builder.add(index, constant(size * chain))) for chain, each in enumerate(sums)]
            return [builder.add(index, step), *added]

        zero = ir.Constant(ir.VectorType(DOUBLE.llvm, size), [0.0] * size)
        initial = [total] if size == 1 else [builder.insert_element(zero, total, INT32(0)), *[zero] * (chains - 1)]
        index, *sums = vectors.loop(builder.sdiv(builder.sub(count, index), step), [index, *initial], add_some)
        total = _folded(vectors, sums)
    return total


def _folded(vectors: Vectors, sums: list[Any]) -> Any:
    """Return the sum of all numbers of some vectors of one size."""
    while len(sums) > 1:
        sums = [vectors.builder.fadd(*pair) for pair in zip(sums[::2], sums[1::2], strict=True)]
    (total,) = sums
    if _size(total) == 1:
        return total
    while total.type.count > 1:
        half = total.type.count // 2
        halves = [vectors.shuffle(total, total, list(range(start, start + half))) for start in (0, half)]
        total = vectors.builder.fadd(*halves)
    return vectors.builder.extract_element(total, INT32(0))


EMITTERS |= {sum_in_vectors: _sum_in_vectors, sum_of_products: _sum_of_products, are_finite: _are_finite}
