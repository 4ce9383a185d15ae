"""Loops over a block of cases for dense weight matrices: tiles of units × vectors of cases, held in registers.

Arrays of a block are [unit, case]. The result is cut into tiles of a few fixed shapes, the largest that the registers hold first, so
that the innermost loop contains only loads and multiply-adds. Each number has the same value in any tile: a sum adds its terms in their
order, and a sum over cases adds vectors in their order, then the lanes of the result by halves.

Arguments, all int64 values of the function being built:

================ ================================================================================
weights, sums    address of the weights, or of their derivatives, [weight row]
matrices, count  address of a list of weight matrices [matrix, `MATRIX_FIELDS`], and their number
out, rows        address of the first row to write, and number of rows to write
source           address of row 0 of the array to read, at the first case
receivers, rows  address of the receivers' ∂E/∂x [receiver, case], and their number
stride           bytes from row to row
width            vectors of cases per row
adds             1 to add to the values in memory, 0 to overwrite them; for `weighted_sums` also 1 + n to add to the values n
                 bytes further on
================ ================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectionist_plugins.engines.compiled.simd.vectors import (
    BROADCAST,
    INT64,
    INT64_BYTES,
    REGISTER_COUNT,
    VECTOR_BYTES,
    Vectors,
    WeightType,
    constant,
    for_each_chunk,
    strided_addresses,
)

MATRIX_FIELDS = 5  # int64 numbers that describe a weight matrix: see `weighted_sums`
MATRIX_BYTES = MATRIX_FIELDS * INT64_BYTES

Tiles = tuple[Sequence[int], Sequence[int]]  # numbers of rows and of columns, the largest first

SUM_TILES = ((6, 4, 2, 1), (4, 2, 1)) if REGISTER_COUNT > 16 else ((6, 4, 2, 1), (2, 1))  # rows, vectors of cases
PRODUCT_TILES = ((4, 2, 1), (4, 2, 1)) if REGISTER_COUNT > 16 else ((2, 1), (4, 2, 1))  # rows, columns


def weighted_sums(
    vectors: Vectors,
    weights: Any,
    matrices: Any,
    count: Any,
    out: Any,
    rows: Any,
    source: Any,
    stride: Any,
    width: Any,
    adds: Any,
    *,
    weight_type: WeightType = BROADCAST,
) -> None:
    """Set, or add to, rows of weighted sums of source rows.

    Five numbers describe a weight matrix: the first source row, the number of source rows, the first weight, the distance between the
    weights of two successive rows to write, and the distance between the weights of two successive source rows. In the forward pass the
    rows to write are receivers and the source rows are senders (equation 1 of the 1986 paper). In the backward pass it is the other way
    round (equation 7). `weight_type` says what a weight is in memory.
    """
    builder = vectors.builder

    def tile(shape: tuple[int, int], row: Any, vector: Any) -> None:
        shift = builder.mul(vector, constant(VECTOR_BYTES))
        first = builder.add(builder.add(out, shift), builder.mul(row, stride))
        _sum_tile(vectors, shape, weight_type, weights, (matrices, count, row, first, builder.add(source, shift), stride, adds))

    for_each_tile(vectors, SUM_TILES, (rows, width), tile)


def _sum_tile(vectors: Vectors, shape: tuple[int, int], weight_type: WeightType, weights: Any, arguments: Any) -> None:
    builder, (rows, width) = vectors.builder, shape
    matrices, count, first_row, out, source, stride, adds = arguments
    targets = [
        [builder.add(row, constant(VECTOR_BYTES * v)) for v in range(width)] for row in strided_addresses(builder, out, stride, rows)
    ]

    def add_matrix(matrix: Any, *sums: Any) -> list[Any]:
        source_row, terms, weight, across, down = matrix_fields(vectors, matrix)
        bytes_across, bytes_down = (builder.mul(distance, weight_type.size(vectors)) for distance in (across, down))
        offset = builder.mul(builder.add(weight, builder.mul(first_row, across)), weight_type.size(vectors))
        starts = [builder.add(source, builder.mul(source_row, stride)), builder.add(weights, offset)]

        def add_term(term: Any, factor: Any, *sums: Any) -> list[Any]:
            loaded = [vectors.load(builder.add(term, constant(VECTOR_BYTES * v))) for v in range(width)]
            addresses = strided_addresses(builder, factor, bytes_across, rows)
            factors = [weight_type.load(vectors, address) for address in addresses]
            new = [vectors.multiply_add(sums[r * width + v], factors[r], loaded[v]) for r in range(rows) for v in range(width)]
            return [builder.add(term, stride), builder.add(factor, bytes_down), *new]

        return [builder.add(matrix, constant(MATRIX_BYTES)), *vectors.loop(terms, [*starts, *sums], add_term)[2:]]

    sums = vectors.loop(count, [matrices, *_initial_sums(vectors, targets, adds)], add_matrix)[1:]
    for value, address in zip(sums, (address for row in targets for address in row), strict=True):
        vectors.store(value, address)


def _initial_sums(vectors: Vectors, targets: list[list[Any]], adds: Any) -> list[Any]:
    """Return the vectors at the target addresses, or further on as `adds` says; zeros if it is 0."""
    builder, addresses = vectors.builder, [address for row in targets for address in row]

    def loaded(*_: Any) -> list[Any]:
        shift = builder.sub(adds, constant(1))
        return [vectors.load(builder.add(address, shift)) for address in addresses]

    return vectors.when(builder.icmp_signed("!=", adds, constant(0)), [vectors.zero] * len(addresses), loaded)


def matrix_fields(vectors: Vectors, matrix: Any) -> list[Any]:
    """Return the numbers that describe a weight matrix, given its address."""
    addresses = strided_addresses(vectors.builder, matrix, constant(INT64_BYTES), MATRIX_FIELDS)
    return [vectors.load(address, INT64) for address in addresses]


def summed_products(
    vectors: Vectors,
    sums: Any,
    matrices: Any,
    count: Any,
    first: Any,
    receivers: Any,
    rows: Any,
    source: Any,
    stride: Any,
    width: Any,
    adds: Any,
) -> None:
    """Set, or add to, the weights' derivatives: sums over cases of ∂E/∂x of each receiver times y of each sender (equation 6).

    The matrices are those of `weighted_sums`. `first` is the index of the first receiver in them.
    """
    builder = vectors.builder

    def tile(shape: tuple[int, int], weight: Any, distance: Any, receiver: Any, sender: Any) -> None:
        out = builder.add(sums, builder.mul(weight, constant(vectors.number_bytes)))
        bytes_apart = builder.mul(distance, constant(vectors.number_bytes))
        _product_tile(vectors, shape, (out, bytes_apart, receiver, sender, stride, width, adds))

    for_each_product_tile(vectors, PRODUCT_TILES, (matrices, count), (first, receivers, rows), source, stride, tile)


def for_each_product_tile(
    vectors: Vectors,
    shapes: Tiles,
    matrices: tuple[Any, Any],
    receivers: tuple[Any, Any, Any],
    source: Any,
    stride: Any,
    tile: Callable[..., None],
) -> None:
    """Cover several weight matrices with tiles of some shapes.

    ``tile(shape, weight, distance, receiver, sender)`` emits the code for one. It takes the row of the first weight, the distance between
    the weights of two successive receivers, and the addresses of ∂E/∂x of the first receiver and y of the first sender.
    """
    builder, (first, start, rows) = vectors.builder, receivers

    def add_matrix(matrix: Any) -> list[Any]:
        source_row, columns, weight, distance, _ = matrix_fields(vectors, matrix)
        first_weight = builder.add(weight, builder.mul(first, distance))
        senders = builder.add(source, builder.mul(source_row, stride))

        def place_tile(shape: tuple[int, int], row: Any, column: Any) -> None:
            at = builder.add(builder.add(first_weight, column), builder.mul(row, distance))
            addresses = [builder.add(address, builder.mul(index, stride)) for address, index in ((start, row), (senders, column))]
            tile(shape, at, distance, *addresses)

        for_each_tile(vectors, shapes, (rows, columns), place_tile)
        return [builder.add(matrix, constant(MATRIX_BYTES))]

    vectors.loop(matrices[1], [matrices[0]], add_matrix)


def _product_tile(vectors: Vectors, shape: tuple[int, int], arguments: Any) -> None:
    builder, (rows, columns) = vectors.builder, shape
    out, distance, receivers, senders, stride, width, adds = arguments

    def add_products(receiver: Any, sender: Any, *sums: Any) -> list[Any]:
        a = [vectors.load(address) for address in strided_addresses(builder, receiver, stride, rows)]
        b = [vectors.load(address) for address in strided_addresses(builder, sender, stride, columns)]
        new = [vectors.multiply_add(sums[r * columns + c], a[r], b[c]) for r in range(rows) for c in range(columns)]
        return [builder.add(receiver, constant(VECTOR_BYTES)), builder.add(sender, constant(VECTOR_BYTES)), *new]

    initial = [receivers, senders, *[vectors.zero] * (rows * columns)]
    sums = vectors.lane_sums(vectors.loop(width, initial, add_products)[2:])
    is_adding = builder.icmp_signed("!=", adds, constant(0))
    for row, address in enumerate(strided_addresses(builder, out, distance, rows)):
        column = 0
        while column < columns:
            index = row * columns + column
            size = min(columns - column, sums[0].type.count - index % sums[0].type.count)
            total, target = vectors.extract(sums, index, size), builder.add(address, constant(column * vectors.number_bytes))
            before = builder.select(is_adding, vectors.load(target, total.type), total.type([0.0] * size))
            vectors.store(builder.fadd(total, before), target)
            column += size


def for_each_tile(vectors: Vectors, shapes: Tiles, total: tuple[Any, Any], tile: Callable[..., None]) -> None:
    """Cover a rectangle of `total` rows and columns with tiles. ``tile(shape, row, column)`` emits the code for one."""
    row_sizes, column_sizes = shapes
    rows, columns = total

    def strip(height: int, row: Any) -> None:
        for_each_chunk(vectors, column_sizes, columns, lambda width, column: tile((height, width), row, column))

    for_each_chunk(vectors, row_sizes, rows, strip)
