"""Loops over a block of cases of several networks of one wiring: each lane of a vector belongs to one network.

A weight is a vector with one number for each network, and a case of a block is a vector too. Sums over cases have the order of the loops
for one network (`dense`, `sparse`), so that each network has the bits that it has alone. There, one vector holds successive cases, and its
lanes are added at the end by halves. Here, the same chains of sums are successive vectors: the sum of the terms 0, 8, 16, … and so on, for
8 lanes (`folded`).

The arguments are those in `dense` and `sparse`, but `width` is the number of cases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from connectionist_plugins.engines.compiled.simd.dense import for_each_product_tile
from connectionist_plugins.engines.compiled.simd.sparse import WIDTHS, for_each_connection, weight_address
from connectionist_plugins.engines.compiled.simd.vectors import (
    PER_LANE,
    REGISTER_COUNT,
    VECTOR_BYTES,
    Vectors,
    constant,
    for_each_chunk,
    strided_addresses,
)

TILES = (2, 1), (2, 1)  # receivers and senders at a time in sums over cases: small, so that several chains of each sum stay in registers
PRODUCT_SUMS = 16 if REGISTER_COUNT > 16 else 8  # sums of products at a time, in sums over cases

Chains = Callable[[Sequence[int]], list[list[Any]]]


def summed_products_per_lane(
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
    """Set, or add to, the weights' derivatives, as `dense.summed_products` (equation 6)."""

    def tile(shape: tuple[int, int], weight: Any, distance: Any, receiver: Any, sender: Any) -> None:
        totals = _products_over_cases(vectors, shape, [receiver, sender], stride, width)
        store_products(vectors, shape, sums, (weight, distance), totals, adds)

    for_each_product_tile(vectors, TILES, (matrices, count), (first, receivers, rows), source, stride, tile)


def _products_over_cases(vectors: Vectors, shape: tuple[int, int], starts: list[Any], stride: Any, width: Any) -> list[Any]:
    """Return the products of receivers and senders, given their addresses at the first case, summed over cases."""
    at_a_time = max(1, min(vectors.lanes, PRODUCT_SUMS // (shape[0] * shape[1])))
    return folded(vectors, lambda lanes: _chains(vectors, shape, starts, (stride, lanes, width)), at_a_time)


def _chains(vectors: Vectors, shape: tuple[int, int], starts: list[Any], cases: tuple[Any, Sequence[int], Any]) -> list[list[Any]]:
    """Return the products summed over some chains of cases: for each lane, the cases whose number that lane has in a vector of cases."""
    builder, (rows, columns), (stride, lanes, width) = vectors.builder, shape, cases
    following, size = constant(VECTOR_BYTES * vectors.lanes), rows * columns

    def add_case(receiver: Any, sender: Any, lane: int, totals: Sequence[Any]) -> list[Any]:
        shifted = [builder.add(address, constant(VECTOR_BYTES * lane)) for address in (receiver, sender)]
        a = [vectors.load(address) for address in strided_addresses(builder, shifted[0], stride, rows)]
        b = [vectors.load(address) for address in strided_addresses(builder, shifted[1], stride, columns)]
        return [vectors.multiply_add(totals[r * columns + c], a[r], b[c]) for r in range(rows) for c in range(columns)]

    def add_cases(receiver: Any, sender: Any, *totals: Any) -> list[Any]:
        new: list[Any] = []
        for index, lane in enumerate(lanes):
            new += add_case(receiver, sender, lane, totals[index * size : (index + 1) * size])
        return [builder.add(receiver, following), builder.add(sender, following), *new]

    whole = vectors.loop(builder.sdiv(width, constant(vectors.lanes)), [*starts, *[vectors.zero] * (size * len(lanes))], add_cases)
    (receiver, sender), totals = whole[:2], whole[2:]
    return add_remaining(
        vectors,
        builder.srem(width, constant(vectors.lanes)),
        lanes,
        [totals[index * size : (index + 1) * size] for index in range(len(lanes))],
        lambda lane, chain: add_case(receiver, sender, lane, chain),
    )


def add_remaining(
    vectors: Vectors, left: Any, lanes: Sequence[int], chains: list[list[Any]], add: Callable[[int, list[Any]], list[Any]]
) -> list[list[Any]]:
    """Return the chains of some lanes, in ascending order, where ``add(lane, chain)`` has added a term to those below `left`.

    The condition for a lane is inside that for the lane before, so that the conditions after the last term take no time.
    """
    if lanes[0] == vectors.lanes - 1:  # no lane has a term after the last whole vector
        return chains
    sizes = [len(chain) for chain in chains]

    def add_one(*values: Any) -> list[Any]:
        first, *others = _split(values, sizes)
        added = add(lanes[0], first)
        rest = add_remaining(vectors, left, lanes[1:], others, add) if others else []
        return [*added, *[value for chain in rest for value in chain]]

    is_left = vectors.builder.icmp_signed(">", left, constant(lanes[0]))
    return _split(vectors.when(is_left, [value for chain in chains for value in chain], add_one), sizes)


def _split(values: Sequence[Any], sizes: Sequence[int]) -> list[list[Any]]:
    remaining = iter(values)
    return [list(islice(remaining, size)) for size in sizes]


def store_products(vectors: Vectors, shape: tuple[int, int], sums: Any, weights: tuple[Any, Any], totals: list[Any], adds: Any) -> None:
    """Store sums of products, or add them, given the row of the first weight and the distance from receiver to receiver."""
    builder, (rows, columns), (weight, distance) = vectors.builder, shape, weights
    is_adding, out = builder.icmp_signed("!=", adds, constant(0)), weight_address(vectors, sums, weight, PER_LANE)
    for row, address in enumerate(strided_addresses(builder, out, builder.mul(distance, constant(VECTOR_BYTES)), rows)):
        for column in range(columns):
            target = builder.add(address, constant(VECTOR_BYTES * column))
            before = builder.select(is_adding, vectors.load(target), vectors.zero)
            vectors.store(builder.fadd(totals[row * columns + column], before), target)


def gathered_products_per_lane(
    vectors: Vectors, derivatives: Any, senders: Any, rows: Any, count: Any, receiver: Any, source: Any, stride: Any, width: Any
) -> None:
    """Add to the derivatives of one receiver's weights, as `sparse.gathered_products` (equation 6)."""
    builder, lanes = vectors.builder, vectors.lanes

    def chunk(size: int, vector: Any) -> None:
        first = builder.mul(vector, constant(lanes))
        shift, left = builder.mul(first, constant(VECTOR_BYTES)), builder.sub(width, first)
        cases = builder.select(builder.icmp_signed("<", left, constant(size * lanes)), left, constant(size * lanes))

        def connection(weight: Any, sender: Any) -> list[Any]:
            starts = [builder.add(receiver, shift), builder.add(builder.add(source, builder.mul(sender, stride)), shift)]

            target = weight_address(vectors, derivatives, weight, PER_LANE)
            total = _products_over_cases(vectors, (1, 1), starts, stride, cases)[0]
            vectors.store(builder.fadd(vectors.load(target), total), target)
            return []

        for_each_connection(vectors, (senders, rows, count), [], connection, (builder.add(source, shift), stride, 1))

    vector_count = builder.sdiv(builder.add(width, constant(lanes - 1)), constant(lanes))
    for_each_chunk(vectors, WIDTHS, vector_count, chunk)


def folded(vectors: Vectors, chains: Chains, at_a_time: int, first: int = 0, step: int = 1) -> list[Any]:
    """Return the sum of the chains of all lanes, added by halves as `Vectors.lane_sums` adds the lanes of a vector.

    ``chains(lanes)`` emits the code for the chains of some lanes, at most `at_a_time`, and returns the values of each.
    """
    lanes = range(first, vectors.lanes, step)
    if len(lanes) <= at_a_time:
        values = chains(lanes)
        while len(values) > 1:
            half = len(values) // 2
            values = [vectors.added(a, b) for a, b in zip(values[:half], values[half:], strict=True)]
        return values[0]
    halves = [folded(vectors, chains, at_a_time, start, 2 * step) for start in (first, first + step)]
    return vectors.added(*halves)
