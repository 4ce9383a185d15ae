"""From tables of examples [case, unit] to the block's rows [unit, case], squares of vectors at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES, WHOLE_BYTES, Vectors, apart, whole


def turned(vectors: Vectors, table: Any, order: Any, count: Any, columns: Any, rows: Any, out: Any, stride: Any) -> None:
    """Write some rows of a table as columns.

    Arguments are the table, the address of the list of its rows to take, how many, how many columns the table has, the address of the
    list of the rows to write, filled up to whole vectors, where the first of all rows begins, and how far in bytes they are apart.
    What is written beyond the last column up to a whole vector means nothing.
    """
    builder, lanes = vectors.builder, whole(vectors.lanes)

    def some_cases(case: Any, order: Any, out: Any) -> list[Any]:
        examples = _examples(vectors, table, order, builder.sub(count, case), columns)

        def square(load: Callable[[Any], Any], _store: Any, shift: Any, rows: Any) -> list[Any]:
            columns = _transposed(vectors, [load(builder.add(example, shift)) for example in examples])
            for value, place in zip(columns, apart(builder, rows, whole(WHOLE_BYTES), vectors.lanes), strict=True):
                vectors.store(value, builder.add(out, builder.mul(vectors.load(place, whole(0).type), stride)))
            return [builder.add(shift, whole(VECTOR_BYTES)), builder.add(rows, whole(WHOLE_BYTES * vectors.lanes))]

        vectors.along(columns, [whole(0), rows], square)
        return [builder.add(case, lanes), builder.add(order, whole(WHOLE_BYTES * vectors.lanes)), builder.add(out, whole(VECTOR_BYTES))]

    vectors.loop(builder.sdiv(builder.add(count, whole(vectors.lanes - 1)), lanes), [whole(0), order, out], some_cases)


def _examples(vectors: Vectors, start: Any, order: Any, left: Any, columns: Any) -> list[Any]:
    """Return where the next rows of the table begin; beyond those that are left, the last one stands in."""
    builder, places = vectors.builder, [order]
    for number in range(1, vectors.lanes):
        further = builder.add(places[-1], whole(WHOLE_BYTES))
        places.append(builder.select(builder.icmp_signed(">", left, whole(number)), further, places[-1]))
    bytes_each = builder.mul(columns, whole(vectors.number_bytes))
    return [builder.add(start, builder.mul(vectors.load(place, whole(0).type), bytes_each)) for place in places]


def _transposed(vectors: Vectors, rows: list[Any]) -> list[Any]:
    """Return a square's columns: at each of its levels, pairs of rows exchange halves, quarters and so on down to single numbers."""
    width, lanes = 1, vectors.lanes
    while width < lanes:
        turned = list(rows)
        for number in (number for number in range(lanes) if not number & width):
            pair = rows[number], rows[number + width]
            turned[number] = vectors.pick(*pair, [place - width + lanes if place & width else place for place in range(lanes)])
            turned[number + width] = vectors.pick(*pair, [place + lanes if place & width else place + width for place in range(lanes)])
        rows, width = turned, 2 * width
    return rows
