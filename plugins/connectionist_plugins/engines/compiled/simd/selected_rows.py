"""A loop over some rows of a matrix: their sum, each times a number."""

from __future__ import annotations

from typing import Any

from connectionist_plugins.engines.compiled.simd.vectors import INT64, INT64_BYTES, VECTOR_BYTES, Vectors, constant, for_each_chunk

COLUMN_VECTORS = (9, 5, 4, 2, 1)  # vectors of a row at a time, whose sums stay in registers; a few alone would wait for each other


def selected_rows(
    vectors: Vectors, matrix: Any, row_bytes: Any, selected: Any, count: Any, factors: Any, before: Any, out: Any, width: Any
) -> None:
    """Write `width` vectors to `out`: those at `before`, and `count` rows of a matrix, each times its number.

    `selected` is the address of the indices of the rows, int64, and `factors` that of the numbers of all rows. The rows are added in the
    order of their indices in memory, and each product and each sum is rounded, as by loops in Python.
    """
    builder = vectors.builder

    def chunk(size: int, first: Any) -> None:
        offset = builder.mul(first, constant(VECTOR_BYTES))
        start, source, target = (builder.add(address, offset) for address in (matrix, before, out))
        places = [constant(VECTOR_BYTES * index) for index in range(size)]

        def add_row(position: Any, *sums: Any) -> list[Any]:
            index = vectors.load(position, INT64)
            factor = vectors.load(builder.add(factors, builder.mul(index, constant(vectors.number_bytes))), vectors.number_type)
            row, factor = builder.add(start, builder.mul(index, row_bytes)), vectors.broadcast(factor)
            loaded = [vectors.load(builder.add(row, place)) for place in places]
            new = [vectors.multiply_add(total, each, factor, fuses=False) for total, each in zip(sums, loaded, strict=True)]
            return [builder.add(position, constant(INT64_BYTES)), *new]

        carried = [selected, *(vectors.load(builder.add(source, place)) for place in places)]
        for total, place in zip(vectors.loop(count, carried, add_row)[1:], places, strict=True):
            vectors.store(total, builder.add(target, place))

    for_each_chunk(vectors, COLUMN_VECTORS, width, chunk)
