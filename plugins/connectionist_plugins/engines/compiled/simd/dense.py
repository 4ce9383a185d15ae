"""The inner loops over a block of cases where a network is dense: tiles of units × vectors of cases, held in registers.

Numbers of a block are [unit, case]. What is to be computed is cut into tiles of a few fixed shapes, the largest that registers hold
first, so that nothing but loads and multiply-adds remains in the innermost loop. Every number comes to the same value whatever tile
it is computed in: a sum goes through its terms in their order, and a sum over cases through the vectors, whose numbers are added up
by halves at the end.

Arguments are whole numbers in the function that is being built: the address of the weights or of their derivatives first, then
addresses, counts, and distances in bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectionist_plugins.engines.compiled.simd.vectors import REGISTERS, VECTOR_BYTES, WHOLE_BYTES, Vectors, apart, shared, whole

ROUTE = 5  # whole numbers in a row of a route: see `weighted_sums`

SUM_SHAPES = ((6, 4, 2, 1), (4, 2, 1)) if REGISTERS > 16 else ((6, 4, 2, 1), (2, 1))  # rows, vectors of cases
PRODUCT_SHAPES = ((4, 2, 1), (4, 2, 1)) if REGISTERS > 16 else ((2, 1), (4, 2, 1))  # rows, columns


def weighted_sums(
    vectors: Vectors, weights: Any, routes: Any, count: Any, out: Any, rows: Any, source: Any, stride: Any, width: Any, adds: Any
) -> None:
    """Set, or add to, the sums of some rows over weighted rows, for `width` vectors of cases.

    A route says where a row's terms come from: the first row to read, how many, the first weight, how far the weights of two rows to
    write are apart, and how far those of two rows to read. Forward, rows to write are receivers and rows to read are senders
    (equation 1 of the 1986 paper); backward, the other way round (equation 7).
    """
    builder = vectors.builder

    def tile(shape: tuple[int, int], row: Any, vector: Any) -> None:
        shift = builder.mul(vector, whole(VECTOR_BYTES))
        first = builder.add(builder.add(out, shift), builder.mul(row, stride))
        _sum_tile(vectors, shape, weights, (routes, count, row, first, builder.add(source, shift), stride, adds))

    _tiled(vectors, SUM_SHAPES, (rows, width), tile)


def _sum_tile(vectors: Vectors, shape: tuple[int, int], weights: Any, given: Any) -> None:
    builder, (rows, width) = vectors.builder, shape
    routes, count, number, out, source, stride, adds = given
    places = [[builder.add(row, whole(VECTOR_BYTES * v)) for v in range(width)] for row in apart(builder, out, stride, rows)]

    def along(route: Any, *sums: Any) -> list[Any]:
        row, terms, weight, across, down = (vectors.load(builder.add(route, whole(WHOLE_BYTES * n)), whole(0).type) for n in range(ROUTE))
        bytes_across, bytes_down = (builder.mul(distance, whole(vectors.number_bytes)) for distance in (across, down))
        offset = builder.mul(builder.add(weight, builder.mul(number, across)), whole(vectors.number_bytes))
        begin = [builder.add(source, builder.mul(row, stride)), builder.add(weights, offset)]

        def term(read: Any, place: Any, *sums: Any) -> list[Any]:
            terms = [vectors.load(builder.add(read, whole(VECTOR_BYTES * v))) for v in range(width)]
            factors = [vectors.spread(vectors.load(at, vectors.number)) for at in apart(builder, place, bytes_across, rows)]
            new = [vectors.add_product(sums[r * width + v], factors[r], terms[v]) for r in range(rows) for v in range(width)]
            return [builder.add(read, stride), builder.add(place, bytes_down), *new]

        return [builder.add(route, whole(ROUTE * WHOLE_BYTES)), *vectors.loop(terms, [*begin, *sums], term)[2:]]

    sums = vectors.loop(count, [routes, *_present(vectors, places, adds)], along)[1:]
    for value, address in zip(sums, (address for row in places for address in row), strict=True):
        vectors.store(value, address)


def _present(vectors: Vectors, places: list[list[Any]], adds: Any) -> list[Any]:
    """Return what stands at the places when it is to be added to, else 0."""
    builder, before = vectors.builder, vectors.builder.block
    reading, ready = builder.append_basic_block("reading"), builder.append_basic_block("ready")
    builder.cbranch(builder.icmp_signed("!=", adds, whole(0)), reading, ready)
    builder.position_at_end(reading)
    there = [vectors.load(address) for row in places for address in row]
    builder.branch(ready)
    builder.position_at_end(ready)
    return [vectors.joined((vectors.zero, before), (value, reading)) for value in there]


def summed_products(
    vectors: Vectors,
    sums: Any,
    at: Any,
    distance: Any,
    receivers: Any,
    rows: Any,
    senders: Any,
    columns: Any,
    stride: Any,
    width: Any,
    adds: Any,
) -> None:
    """Set, or add to, the sums over cases of products of some rows with some others.

    Rows are the receivers' ∂E/∂x, columns the senders' y, and the sums are the weights' derivatives (equation 6), the first of which
    stands in row `at`; those of two receivers are `distance` rows apart.
    """
    builder = vectors.builder

    def tile(shape: tuple[int, int], row: Any, column: Any) -> None:
        place = builder.add(builder.add(at, column), builder.mul(row, distance))
        first = builder.add(sums, builder.mul(place, whole(vectors.number_bytes)))
        lines = [builder.add(begin, builder.mul(number, stride)) for begin, number in ((receivers, row), (senders, column))]
        bytes_apart = builder.mul(distance, whole(vectors.number_bytes))
        _product_tile(vectors, shape, (first, bytes_apart, *lines, stride, width, adds))

    _tiled(vectors, PRODUCT_SHAPES, (rows, columns), tile)


def _product_tile(vectors: Vectors, shape: tuple[int, int], given: Any) -> None:
    builder, (rows, columns) = vectors.builder, shape
    first, distance, receivers, senders, stride, width, adds = given

    def term(receiver: Any, sender: Any, *sums: Any) -> list[Any]:
        a = [vectors.load(address) for address in apart(builder, receiver, stride, rows)]
        b = [vectors.load(address) for address in apart(builder, sender, stride, columns)]
        new = [vectors.add_product(sums[r * columns + c], a[r], b[c]) for r in range(rows) for c in range(columns)]
        return [builder.add(receiver, whole(VECTOR_BYTES)), builder.add(sender, whole(VECTOR_BYTES)), *new]

    sums = vectors.sums(vectors.loop(width, [receivers, senders, *[vectors.zero] * (rows * columns)], term)[2:])
    keeps = builder.icmp_signed("!=", adds, whole(0))
    for row, address in enumerate(apart(builder, first, distance, rows)):
        column = 0
        while column < columns:
            number = row * columns + column
            size = min(columns - column, sums[0].type.count - number % sums[0].type.count)
            part, place = vectors.part(sums, number, size), builder.add(address, whole(column * vectors.number_bytes))
            before = builder.select(keeps, vectors.load(place, part.type), part.type([0.0] * size))
            vectors.store(builder.fadd(part, before), place)
            column += size


def _tiled(vectors: Vectors, shapes: tuple[Sequence[int], Sequence[int]], total: tuple[Any, Any], tile: Callable[..., None]) -> None:
    """Cover a rectangle of so many rows and columns by tiles, given their shape, first row and first column."""
    for_rows, for_columns = shapes
    rows, columns = total

    def along(rows: int, row: Any) -> None:
        shared(vectors, for_columns, columns, lambda width, column: tile((rows, width), row, column))

    shared(vectors, for_rows, rows, along)
