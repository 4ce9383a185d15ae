"""Loops over one case of several networks of one wiring: each lane of a vector belongs to one network, as in `lanes`.

A row of units is one vector. So the distance between rows is `VECTOR_BYTES`, and addresses with constant distances take no time. Sums over
senders have the order of `one_case`. The arguments are those in `dense` and `sparse`. The loops `products_of_case` and
`products_over_ticks` have also, all int64 values of the function being built:

================ ========================================================================================
receivers, rows  address of the receivers' ∂E/∂x [receiver], and their number
source           address of y at row 0 of the tick, or of the first tick
tick_stride      bytes from a row at one tick to that row at the next tick
ticks            number of ticks
has_all          1 for all matrices, 0 for those with one sender
================ ========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from connectionist_plugins.engines.compiled.simd.dense import MATRIX_BYTES, PRODUCT_TILES, for_each_tile, matrix_fields
from connectionist_plugins.engines.compiled.simd.lane_sums import sum_in_order
from connectionist_plugins.engines.compiled.simd.lanes import add_remaining, folded, store_products
from connectionist_plugins.engines.compiled.simd.sparse import for_each_receiver, weight_address
from connectionist_plugins.engines.compiled.simd.sums import CHAINS
from connectionist_plugins.engines.compiled.simd.vectors import (
    INT64,
    INT64_BYTES,
    PER_LANE,
    VECTOR_BYTES,
    Vectors,
    constant,
    for_each_chunk,
    strided_addresses,
)

DOT_ROWS = (3, 2, 1)  # receivers at a time in sums over senders, each with as many chains as there are lanes
BACK_ROWS = (8, 4, 2, 1)  # senders at a time in sums over receivers
COLUMNS = (8, 4, 2, 1)  # senders at a time in products


def weighted_sums_of_case(
    vectors: Vectors, weights: Any, matrices: Any, count: Any, out: Any, rows: Any, source: Any, stride: Any, width: Any, adds: Any
) -> None:
    """Set the receivers' net inputs, or add to the senders' ∂E/∂y, for one case, as the loops of `one_case` do (equations 1 and 7).

    The arguments are those of `dense.weighted_sums`. `adds` is 0 in the forward and 1 in the backward pass. The weights of one receiver are
    successive. So `stride`, `width` and some fields of the matrices are known, and not used.
    """
    del stride, width
    builder = vectors.builder
    backward = builder.icmp_signed("!=", adds, constant(0))
    is_one = builder.icmp_signed("==", rows, constant(1))
    arguments = weights, matrices, count, out, source
    for_each_chunk(
        vectors,
        DOT_ROWS,
        builder.select(backward, constant(0), rows),
        partial(_net_inputs, vectors, arguments=arguments),
    )
    for fuses, condition in ((True, builder.and_(backward, builder.not_(is_one))), (False, builder.and_(backward, is_one))):
        chunk = partial(_back_sums, vectors, arguments=arguments, fuses=fuses)
        for_each_chunk(vectors, BACK_ROWS, builder.select(condition, rows, constant(0)), chunk)


def _net_inputs(vectors: Vectors, size: int, row: Any, arguments: Any) -> None:
    """Set the net inputs of `size` receivers: for each matrix, a sum over its senders, added to that of the matrices before."""
    builder, stride = vectors.builder, constant(VECTOR_BYTES)
    weights, matrices, count, out, source = arguments

    def add_matrix(matrix: Any, *totals: Any) -> list[Any]:
        sender, terms, weight, _, _ = matrix_fields(vectors, matrix)
        first = weight_address(vectors, weights, builder.add(weight, builder.mul(row, terms)), PER_LANE)
        starts, across = [builder.add(source, builder.mul(sender, stride)), first], builder.mul(terms, constant(VECTOR_BYTES))
        is_single = builder.icmp_signed("==", terms, constant(1))

        def single(*current: Any) -> list[Any]:
            y, factors = vectors.load(starts[0]), [vectors.load(a) for a in strided_addresses(builder, first, across, size)]
            return [vectors.multiply_add(total, y, factor) for total, factor in zip(current, factors, strict=True)]

        def several(*current: Any) -> list[Any]:
            dots = _dot_products(vectors, size, starts, across, terms)
            return [builder.fadd(total, dot) for total, dot in zip(current, dots, strict=True)]

        added = vectors.when(is_single, totals, single)
        added = vectors.when(builder.not_(is_single), added, several)
        return [builder.add(matrix, constant(MATRIX_BYTES)), *added]

    sums = vectors.loop(count, [matrices, *[vectors.zero] * size], add_matrix)[1:]
    for value, address in zip(sums, strided_addresses(builder, builder.add(out, builder.mul(row, stride)), stride, size), strict=True):
        vectors.store(value, address)


def _dot_products(vectors: Vectors, size: int, starts: list[Any], across: Any, terms: Any) -> list[Any]:
    """Return the sums over senders of y times weight for `size` receivers, in one chain for each lane of a vector, then folded."""
    builder, lanes = vectors.builder, vectors.lanes

    def add_sender(sender: Any, weight: Any, totals: list[Any]) -> list[Any]:
        y, factors = vectors.load(sender), [vectors.load(address) for address in strided_addresses(builder, weight, across, size)]
        return [vectors.multiply_add(total, factor, y) for total, factor in zip(totals, factors, strict=True)]

    def advanced(sender: Any, weight: Any, steps: int) -> tuple[Any, Any]:
        return builder.add(sender, constant(VECTOR_BYTES * steps)), builder.add(weight, constant(VECTOR_BYTES * steps))

    def add_senders(sender: Any, weight: Any, *totals: Any) -> list[Any]:
        new: list[Any] = []
        for lane in range(lanes):
            new += add_sender(*advanced(sender, weight, lane), totals=list(totals[lane * size : (lane + 1) * size]))
        return [*advanced(sender, weight, lanes), *new]

    whole = vectors.loop(builder.sdiv(terms, constant(lanes)), [*starts, *[vectors.zero] * (lanes * size)], add_senders)
    (sender, weight), totals = whole[:2], whole[2:]
    chains = [totals[lane * size : (lane + 1) * size] for lane in range(lanes)]
    chains = add_remaining(
        vectors,
        builder.srem(terms, constant(lanes)),
        range(lanes),
        chains,
        lambda lane, chain: add_sender(*advanced(sender, weight, lane), totals=chain),
    )
    return folded(vectors, lambda chosen: [chains[lane] for lane in chosen], lanes)


def _back_sums(vectors: Vectors, size: int, row: Any, arguments: Any, *, fuses: bool) -> None:
    """Add to ∂E/∂y of `size` senders the sums over receivers, in their order, of ∂E/∂x times the weight."""
    builder, stride = vectors.builder, constant(VECTOR_BYTES)
    weights, matrices, count, out, source = arguments
    targets = strided_addresses(builder, builder.add(out, builder.mul(row, stride)), stride, size)

    def add_matrix(matrix: Any, *totals: Any) -> list[Any]:
        receiver, terms, weight, _, length = matrix_fields(vectors, matrix)
        first = weight_address(vectors, weights, builder.add(weight, row), PER_LANE)
        down = builder.mul(length, constant(VECTOR_BYTES))

        def add_receiver(address: Any, place: Any, *current: Any) -> list[Any]:
            dx, factors = vectors.load(address), [vectors.load(a) for a in strided_addresses(builder, place, stride, size)]
            new = [vectors.multiply_add(total, dx, factor, fuses=fuses) for total, factor in zip(current, factors, strict=True)]
            return [builder.add(address, stride), builder.add(place, down), *new]

        starts = [builder.add(source, builder.mul(receiver, stride)), first]
        added = vectors.loop(terms, [*starts, *totals], add_receiver)[2:]
        return [builder.add(matrix, constant(MATRIX_BYTES)), *added]

    sums = vectors.loop(count, [matrices, *[vectors.load(address) for address in targets]], add_matrix)[1:]
    for value, address in zip(sums, targets, strict=True):
        vectors.store(value, address)


def gathered_sums_of_case(
    vectors: Vectors,
    weights: Any,
    senders: Any,
    rows: Any,
    starts: Any,
    units: Any,
    count: Any,
    out: Any,
    source: Any,
    stride: Any,
    width: Any,
) -> None:
    """Set the net inputs of some receivers for one case, in the order of `sums.sum_of_products` (equation 1). `width` is not used."""
    del width
    builder = vectors.builder

    def receiver(unit: Any, lists: tuple[Any, ...], length: Any) -> None:
        def add(total: Any, index: Any) -> Any:
            shift = builder.mul(index, constant(INT64_BYTES))
            sender, row = (vectors.load(builder.add(start, shift), INT64) for start in lists)
            y = vectors.load(builder.add(source, builder.mul(sender, stride)))
            return vectors.multiply_add(total, vectors.load(weight_address(vectors, weights, row, PER_LANE)), y)

        sizes = (vectors.lanes, CHAINS), (vectors.lanes, 1), (1, 1)
        vectors.store(sum_in_order(vectors, length, sizes, add), builder.add(out, builder.mul(unit, stride)))

    for_each_receiver(vectors, (starts, units, count), ((senders, INT64_BYTES), (rows, INT64_BYTES)), receiver)


def products_of_case(
    vectors: Vectors, derivatives: Any, matrices: Any, count: Any, receivers: Any, rows: Any, source: Any, adds: Any, has_all: Any
) -> None:
    """Set, or add to, the derivatives of weights for one case, as `one_case.outer_products` and `scaled_vector` (equation 6).

    The matrices are those of `dense.weighted_sums`; only those with one sender unless `has_all`.
    """
    builder, stride = vectors.builder, constant(VECTOR_BYTES)
    is_adding = builder.icmp_signed("!=", adds, constant(0))

    def matrix(weight: Any, senders: Any, columns: Any) -> None:
        is_column = builder.icmp_signed("==", columns, constant(1))
        is_fused = builder.or_(is_adding, is_column)

        def chunk(size: int, column: Any, *, fuses: bool) -> None:
            y = [vectors.load(a) for a in strided_addresses(builder, builder.add(senders, builder.mul(column, stride)), stride, size)]

            def receiver(address: Any, out: Any) -> list[Any]:
                dx = vectors.load(address)
                for index, activation in enumerate(y):
                    target = builder.add(out, constant(VECTOR_BYTES * index))
                    before = builder.select(is_adding, vectors.load(target), vectors.zero) if fuses else None
                    vectors.store(vectors.multiply_add(before, dx, activation) if fuses else builder.fmul(dx, activation), target)
                return [builder.add(address, stride), builder.add(out, builder.mul(columns, constant(VECTOR_BYTES)))]

            vectors.loop(rows, [receivers, weight_address(vectors, derivatives, builder.add(weight, column), PER_LANE)], receiver)

        used = builder.select(builder.or_(builder.icmp_signed("!=", has_all, constant(0)), is_column), columns, constant(0))
        for fuses, condition in ((True, is_fused), (False, builder.not_(is_fused))):
            for_each_chunk(vectors, COLUMNS, builder.select(condition, used, constant(0)), partial(chunk, fuses=fuses))

    _for_each_matrix(vectors, matrices, count, source, matrix)


def products_over_ticks(
    vectors: Vectors,
    derivatives: Any,
    matrices: Any,
    count: Any,
    receivers: Any,
    rows: Any,
    source: Any,
    tick_stride: Any,
    ticks: Any,
    adds: Any,
) -> None:
    """Set, or add to, the derivatives of weights, summed over ticks, as `one_case.derivatives_over_ticks` (equation 6).

    The matrices are those of `dense.weighted_sums`, without those that have one sender. The rows of two successive ticks are `tick_stride`
    bytes apart.
    """
    builder, stride = vectors.builder, constant(VECTOR_BYTES)

    def matrix(weight: Any, senders: Any, columns: Any) -> None:
        def tile(shape: tuple[int, int], row: Any, column: Any) -> None:
            some, others = shape
            starts = [builder.add(start, builder.mul(index, stride)) for start, index in ((receivers, row), (senders, column))]

            def tick(receiver: Any, sender: Any, *totals: Any) -> list[Any]:
                a = [vectors.load(address) for address in strided_addresses(builder, receiver, stride, some)]
                b = [vectors.load(address) for address in strided_addresses(builder, sender, stride, others)]
                new = [vectors.multiply_add(totals[r * others + c], a[r], b[c]) for r in range(some) for c in range(others)]
                return [builder.add(receiver, tick_stride), builder.add(sender, tick_stride), *new]

            totals = vectors.loop(ticks, [*starts, *[vectors.zero] * (some * others)], tick)[2:]
            first = builder.add(builder.add(weight, column), builder.mul(row, columns))
            store_products(vectors, shape, derivatives, (first, columns), totals, adds)

        used = builder.select(builder.icmp_signed("==", columns, constant(1)), constant(0), columns)
        for_each_tile(vectors, PRODUCT_TILES, (rows, used), tile)

    _for_each_matrix(vectors, matrices, count, source, matrix)


def _for_each_matrix(vectors: Vectors, matrices: Any, count: Any, source: Any, matrix: Callable[[Any, Any, Any], None]) -> None:
    """Loop over weight matrices.

    ``matrix(weight, senders, columns)`` takes the row of the first weight, the address of the senders' y, and their number.
    """
    builder = vectors.builder

    def body(address: Any) -> list[Any]:
        sender, columns, weight, _, _ = matrix_fields(vectors, address)
        matrix(weight, builder.add(source, builder.mul(sender, constant(VECTOR_BYTES))), columns)
        return [builder.add(address, constant(MATRIX_BYTES))]

    vectors.loop(count, [matrices], body)
