"""Write tables of examples [case, unit] into the rows of a block [unit, case]."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectionist_plugins.engines.compiled.simd.vectors import INT64, INT64_BYTES, VECTOR_BYTES, Vectors, constant, strided_addresses


def transposed(vectors: Vectors, table: Any, order: Any, count: Any, columns: Any, rows: Any, out: Any, stride: Any) -> None:
    """Write rows of a table as columns of another array, in squares of vectors.

    Numbers after the last column, up to a whole vector, are undefined. Arguments, all int64 values of the function being built:

    ============ ====================================================================
    table        address of the table [example, column]
    order, count address of the list of table rows to read, and its length
    columns      number of columns of the table
    rows         address of the list of rows to write [column], padded to whole vectors
    out          address of row 0 of the array to write
    stride       bytes from row to row of that array
    ============ ====================================================================
    """
    builder, lanes = vectors.builder, constant(vectors.lanes)

    def some_cases(case: Any, order: Any, out: Any) -> list[Any]:
        examples = _example_addresses(vectors, table, order, builder.sub(count, case), columns)

        def square(load: Callable[[Any], Any], _store: Any, shift: Any, rows: Any) -> list[Any]:
            columns = _transpose_square(vectors, [load(builder.add(example, shift)) for example in examples])
            addresses = strided_addresses(builder, rows, constant(INT64_BYTES), vectors.lanes)
            for value, address in zip(columns, addresses, strict=True):
                vectors.store(value, builder.add(out, builder.mul(vectors.load(address, INT64), stride)))
            return [builder.add(shift, constant(VECTOR_BYTES)), builder.add(rows, constant(INT64_BYTES * vectors.lanes))]

        vectors.for_each_vector(columns, [constant(0), rows], square)
        following = builder.add(order, constant(INT64_BYTES * vectors.lanes))
        return [builder.add(case, lanes), following, builder.add(out, constant(VECTOR_BYTES))]

    vectors.loop(builder.sdiv(builder.add(count, constant(vectors.lanes - 1)), lanes), [constant(0), order, out], some_cases)


def broadcast(vectors: Vectors, table: Any, order: Any, count: Any, columns: Any, rows: Any, out: Any, stride: Any) -> None:
    """Write rows of a table as `transposed` does, given a list that has each row as often as there are lanes, in succession."""
    builder, number_bytes = vectors.builder, constant(vectors.number_bytes)

    def vector(order: Any, out: Any) -> list[Any]:
        first = builder.add(table, builder.mul(vectors.load(order, INT64), builder.mul(columns, number_bytes)))

        def column(number: Any, row: Any) -> list[Any]:
            value = vectors.broadcast(vectors.load(number, vectors.number_type))
            vectors.store(value, builder.add(out, builder.mul(vectors.load(row, INT64), stride)))
            return [builder.add(number, number_bytes), builder.add(row, constant(INT64_BYTES))]

        vectors.loop(columns, [first, rows], column)
        return [builder.add(order, constant(INT64_BYTES * vectors.lanes)), builder.add(out, constant(VECTOR_BYTES))]

    vectors.loop(builder.sdiv(count, constant(vectors.lanes)), [order, out], vector)


def _example_addresses(vectors: Vectors, table: Any, order: Any, left: Any, columns: Any) -> list[Any]:
    """Return the addresses of one table row per lane. If fewer than that are left, the last row is repeated."""
    builder, entries = vectors.builder, [order]
    for index in range(1, vectors.lanes):
        following = builder.add(entries[-1], constant(INT64_BYTES))
        entries.append(builder.select(builder.icmp_signed(">", left, constant(index)), following, entries[-1]))
    row_bytes = builder.mul(columns, constant(vectors.number_bytes))
    return [builder.add(table, builder.mul(vectors.load(entry, INT64), row_bytes)) for entry in entries]


def _transpose_square(vectors: Vectors, rows: list[Any]) -> list[Any]:
    """Return the columns of a square. At each level, pairs of rows exchange halves, then quarters, and so on down to single numbers."""
    width, lanes = 1, vectors.lanes
    while width < lanes:
        exchanged = list(rows)
        for index in (index for index in range(lanes) if not index & width):
            pair = rows[index], rows[index + width]
            exchanged[index] = vectors.shuffle(*pair, [lane - width + lanes if lane & width else lane for lane in range(lanes)])
            exchanged[index + width] = vectors.shuffle(*pair, [lane + lanes if lane & width else lane + width for lane in range(lanes)])
        rows, width = exchanged, 2 * width
    return rows
