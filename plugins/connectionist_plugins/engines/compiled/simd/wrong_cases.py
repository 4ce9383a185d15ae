"""The comparison that finds wrong cases, as a function that kernels call. A case is one column, of one network or of one of several."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import EMITTERS
from connectionist_plugins.engines.compiled.kernel_compiler.types import DOUBLE, Array, Floats, FloatTable, Nothing
from connectionist_plugins.engines.compiled.kernel_compiler.values import Arithmetic, Value
from connectionist_plugins.engines.compiled.simd.vectors import INT64, VECTOR_BYTES, Vectors, constant, for_each_chunk, strided_addresses

VECTORS = 4  # of cases at a time


def mark_wrong(
    y: FloatTable, row: int, d: FloatTable, target: int, units: int, first: int, count: int, tolerance: float, adds: bool, wrong: Floats
) -> None:
    """Set each of the numbers of `wrong` [column] to 1 if the distance of one of some units from its target is `tolerance` or more.

    The units have successive rows, from `row` on in `y` and from `target` on in `d`. The other numbers remain if `adds`, else they become
    0. This is done for `count` columns from `first` on, and for those after them in their last vector.
    """
    raise NotImplementedError


def _mark_wrong(arithmetic: Arithmetic, *given: Value) -> Value:
    y, row, d, target, units, first, count, tolerance, adds, wrong = given
    assert isinstance(y.type, Array)
    builder, vectors = arithmetic.builder, Vectors(arithmetic.builder, y.type.item.stored)
    number_bytes, doubles = constant(vectors.number_bytes), ir.VectorType(DOUBLE.llvm, vectors.lanes)
    limit, one = vectors.broadcast(arithmetic.convert(tolerance, DOUBLE).llvm, doubles), vectors.broadcast(vectors.number_type(1.0))
    shift = builder.mul(first.llvm, number_bytes)
    strides = [builder.mul(each.parts[2], number_bytes) for each in (y, d)]
    starts = [
        builder.add(builder.ptrtoint(each.parts[0], INT64), offset)
        for each, offset in (
            (y, builder.add(shift, builder.mul(row.llvm, strides[0]))),
            (d, builder.add(shift, builder.mul(target.llvm, strides[1]))),
            (wrong, shift),
        )
    ]

    def is_wrong(activation: Any, target: Any) -> Any:
        distance = vectors.magnitude(builder.fsub(vectors.load(activation), vectors.load(target)))
        return builder.fcmp_ordered(">=", distance if distance.type == doubles else builder.fpext(distance, doubles), limit)

    def mark(width: int, vector: Any) -> None:
        shift = builder.mul(vector, constant(VECTOR_BYTES))
        *arrays, out = (strided_addresses(builder, builder.add(start, shift), constant(VECTOR_BYTES), width) for start in starts)

        def compare(activation: Any, target: Any, *marks: Any) -> list[Any]:
            places = zip(*(strided_addresses(builder, each, constant(VECTOR_BYTES), width) for each in (activation, target)), strict=True)
            new = [builder.select(is_wrong(*place), one, before) for place, before in zip(places, marks, strict=True)]
            return [*[builder.add(*pair) for pair in zip((activation, target), strides, strict=True)], *new]

        before = [builder.select(arithmetic.truth(adds), vectors.load(address), vectors.zero) for address in out]
        marks = vectors.loop(units.llvm, [arrays[0][0], arrays[1][0], *before], compare)[2:]
        for value, address in zip(marks, out, strict=True):
            vectors.store(value, address)

    bytes_of_all = builder.add(builder.mul(count.llvm, number_bytes), constant(VECTOR_BYTES - 1))
    for_each_chunk(vectors, (VECTORS, 1), builder.sdiv(bytes_of_all, constant(VECTOR_BYTES)), mark)
    return Value(Nothing(), ())


EMITTERS[mark_wrong] = _mark_wrong
