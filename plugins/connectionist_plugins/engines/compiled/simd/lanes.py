"""Loops over several networks of one wiring: each lane of a vector belongs to one network.

A weight is a vector with one number for each network, and a case of a block is a vector too. Sums over cases or senders have the order of
the loops for one network (`dense`, `sparse`, `one_case`), so that each network has the bits that it has alone. There, one vector holds
successive cases or senders, and its lanes are added at the end by halves. Here, the same chains of sums are successive vectors: the sum of
the terms 0, 8, 16, … and so on, for 8 lanes (`_folded`).

Arguments, all int64 values of the function being built, beside those in `dense` and `sparse`:

============ ===================================================================
width        number of cases
adds         1 to add to the values in memory, 0 to overwrite them
weight       row of a matrix's first weight; the matrix is [receiver, sender]
receivers    address of the receivers' ∂E/∂x [receiver], and ``rows`` of them
senders      address of the senders' y [sender], and ``columns`` of them
============ ===================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from typing import Any

from connectionist_plugins.engines.compiled.simd.dense import MATRIX_FIELDS, for_each_product_tile, for_each_tile
from connectionist_plugins.engines.compiled.simd.lane_sums import sum_in_order
from connectionist_plugins.engines.compiled.simd.sparse import WIDTHS, for_each_connection, for_each_receiver, weight_address
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
PRODUCT_SUMS = 16  # sums of products at a time, in sums over cases
BACK_ROWS = (8, 4, 2, 1)  # senders at a time in sums over receivers
COLUMNS = (8, 4, 2, 1)  # senders at a time in products
TICK_TILES = ((4, 2, 1), (4, 2, 1))  # receivers and senders at a time in sums over ticks

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
        _store_products(vectors, shape, sums, (weight, distance), totals, adds)

    for_each_product_tile(vectors, (matrices, count), (first, receivers, rows), source, stride, tile)


def _products_over_cases(vectors: Vectors, shape: tuple[int, int], starts: list[Any], stride: Any, width: Any) -> list[Any]:
    """Return the products of receivers and senders, given their addresses at the first case, summed over cases."""
    at_a_time = max(1, min(vectors.lanes, PRODUCT_SUMS // (shape[0] * shape[1])))
    return _folded(vectors, lambda lanes: _chains(vectors, shape, starts, (stride, lanes, width)), at_a_time)


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
    return _add_remaining(
        vectors,
        builder.srem(width, constant(vectors.lanes)),
        lanes,
        [totals[index * size : (index + 1) * size] for index in range(len(lanes))],
        lambda lane, chain: add_case(receiver, sender, lane, chain),
    )


def _add_remaining(
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
        rest = _add_remaining(vectors, left, lanes[1:], others, add) if others else []
        return [*added, *[value for chain in rest for value in chain]]

    is_left = vectors.builder.zext(vectors.builder.icmp_signed(">", left, constant(lanes[0])), INT64)
    return _split(vectors.loop(is_left, [value for chain in chains for value in chain], add_one), sizes)


def _split(values: Sequence[Any], sizes: Sequence[int]) -> list[list[Any]]:
    remaining = iter(values)
    return [list(islice(remaining, size)) for size in sizes]


def _store_products(vectors: Vectors, shape: tuple[int, int], sums: Any, weights: tuple[Any, Any], totals: list[Any], adds: Any) -> None:
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


def weighted_sums_of_case(
    vectors: Vectors, weights: Any, matrices: Any, count: Any, out: Any, rows: Any, source: Any, stride: Any, width: Any, adds: Any
) -> None:
    """Set the receivers' net inputs, or add to the senders' ∂E/∂y, for one case, as the loops of `one_case` do (equations 1 and 7).

    The arguments are those of `dense.weighted_sums`. `adds` is 0 in the forward and 1 in the backward pass. A row of units is one vector,
    and the weights of one receiver are successive. So `stride`, `width` and some fields of the matrices are known, and not used: addresses
    with constant distances take no time.
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
        lambda size, row: _net_inputs(vectors, size, row, arguments),
    )
    for fuses, condition in ((True, builder.and_(backward, builder.not_(is_one))), (False, builder.and_(backward, is_one))):

        def chunk(size: int, row: Any, fuses: bool = fuses) -> None:
            _back_sums(vectors, size, row, arguments, fuses=fuses)

        for_each_chunk(vectors, BACK_ROWS, builder.select(condition, rows, constant(0)), chunk)


def _net_inputs(vectors: Vectors, size: int, row: Any, arguments: Any) -> None:
    """Set the net inputs of `size` receivers: for each matrix, a sum over its senders, added to that of the matrices before."""
    builder, stride = vectors.builder, constant(VECTOR_BYTES)
    weights, matrices, count, out, source = arguments

    def add_matrix(matrix: Any, *totals: Any) -> list[Any]:
        sender, terms, weight, _, _ = _fields(vectors, matrix)
        first = weight_address(vectors, weights, builder.add(weight, builder.mul(row, terms)), PER_LANE)
        starts, across = [builder.add(source, builder.mul(sender, stride)), first], builder.mul(terms, constant(VECTOR_BYTES))
        is_single = builder.icmp_signed("==", terms, constant(1))

        def single(*current: Any) -> list[Any]:
            y, factors = vectors.load(starts[0]), [vectors.load(a) for a in strided_addresses(builder, first, across, size)]
            return [vectors.multiply_add(total, y, factor) for total, factor in zip(current, factors, strict=True)]

        def several(*current: Any) -> list[Any]:
            dots = _dot_products(vectors, size, starts, across, terms)
            return [builder.fadd(total, dot) for total, dot in zip(current, dots, strict=True)]

        added = vectors.loop(builder.zext(is_single, INT64), totals, single)
        added = vectors.loop(builder.zext(builder.not_(is_single), INT64), added, several)
        return [builder.add(matrix, constant(MATRIX_FIELDS * INT64_BYTES)), *added]

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
    chains = _add_remaining(
        vectors,
        builder.srem(terms, constant(lanes)),
        range(lanes),
        chains,
        lambda lane, chain: add_sender(*advanced(sender, weight, lane), totals=chain),
    )
    return _folded(vectors, lambda chosen: [chains[lane] for lane in chosen], lanes)


def _back_sums(vectors: Vectors, size: int, row: Any, arguments: Any, *, fuses: bool) -> None:
    """Add to ∂E/∂y of `size` senders the sums over receivers, in their order, of ∂E/∂x times the weight."""
    builder, stride = vectors.builder, constant(VECTOR_BYTES)
    weights, matrices, count, out, source = arguments
    targets = strided_addresses(builder, builder.add(out, builder.mul(row, stride)), stride, size)

    def add_matrix(matrix: Any, *totals: Any) -> list[Any]:
        receiver, terms, weight, _, length = _fields(vectors, matrix)
        first = weight_address(vectors, weights, builder.add(weight, row), PER_LANE)
        down = builder.mul(length, constant(VECTOR_BYTES))

        def add_receiver(address: Any, place: Any, *current: Any) -> list[Any]:
            dx, factors = vectors.load(address), [vectors.load(a) for a in strided_addresses(builder, place, stride, size)]
            new = [vectors.multiply_add(total, dx, factor, fuses=fuses) for total, factor in zip(current, factors, strict=True)]
            return [builder.add(address, stride), builder.add(place, down), *new]

        starts = [builder.add(source, builder.mul(receiver, stride)), first]
        added = vectors.loop(terms, [*starts, *totals], add_receiver)[2:]
        return [builder.add(matrix, constant(MATRIX_FIELDS * INT64_BYTES)), *added]

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
    vectors: Vectors, derivatives: Any, weight: Any, receivers: Any, rows: Any, senders: Any, columns: Any, adds: Any
) -> None:
    """Set, or add to, the derivatives of a weight matrix for one case, as `one_case.outer_products` and `scaled_vector` (equation 6)."""
    builder, stride = vectors.builder, constant(VECTOR_BYTES)
    is_adding, is_column = builder.icmp_signed("!=", adds, constant(0)), builder.icmp_signed("==", columns, constant(1))
    fuses = builder.or_(is_adding, is_column)

    def chunk(size: int, column: Any, *, sums: bool) -> None:
        y = [vectors.load(a) for a in strided_addresses(builder, builder.add(senders, builder.mul(column, stride)), stride, size)]

        def receiver(address: Any, out: Any) -> list[Any]:
            dx = vectors.load(address)
            for index, activation in enumerate(y):
                target = builder.add(out, constant(VECTOR_BYTES * index))
                before = builder.select(is_adding, vectors.load(target), vectors.zero) if sums else None
                vectors.store(vectors.multiply_add(before, dx, activation) if sums else builder.fmul(dx, activation), target)
            return [builder.add(address, stride), builder.add(out, builder.mul(columns, constant(VECTOR_BYTES)))]

        vectors.loop(rows, [receivers, weight_address(vectors, derivatives, builder.add(weight, column), PER_LANE)], receiver)

    for sums, condition in ((True, fuses), (False, builder.not_(fuses))):
        for_each_chunk(vectors, COLUMNS, builder.select(condition, columns, constant(0)), partial(chunk, sums=sums))


def products_over_ticks(
    vectors: Vectors,
    derivatives: Any,
    weight: Any,
    receivers: Any,
    rows: Any,
    senders: Any,
    columns: Any,
    tick_stride: Any,
    ticks: Any,
    adds: Any,
) -> None:
    """Set, or add to, the derivatives of a weight matrix, summed over ticks, as `one_case.derivatives_over_ticks` (equation 6).

    The rows of two successive ticks are `tick_stride` bytes apart.
    """
    builder, stride = vectors.builder, constant(VECTOR_BYTES)

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
        _store_products(vectors, shape, derivatives, (first, columns), totals, adds)

    for_each_tile(vectors, TICK_TILES, (rows, columns), tile)


def _folded(vectors: Vectors, chains: Chains, at_a_time: int, first: int = 0, step: int = 1) -> list[Any]:
    """Return the sum of the chains of all lanes, added by halves as `Vectors.lane_sums` adds the lanes of a vector.

    ``chains(lanes)`` emits the code for the chains of some lanes, at most `at_a_time`, and returns the values of each.
    """
    lanes = range(first, vectors.lanes, step)
    if len(lanes) <= at_a_time:
        values = chains(lanes)
        while len(values) > 1:
            half = len(values) // 2
            values = [_added(vectors, a, b) for a, b in zip(values[:half], values[half:], strict=True)]
        return values[0]
    halves = [_folded(vectors, chains, at_a_time, start, 2 * step) for start in (first, first + step)]
    return _added(vectors, *halves)


def _added(vectors: Vectors, a: list[Any], b: list[Any]) -> list[Any]:
    return [vectors.builder.fadd(*pair) for pair in zip(a, b, strict=True)]


def _fields(vectors: Vectors, matrix: Any) -> list[Any]:
    addresses = strided_addresses(vectors.builder, matrix, constant(INT64_BYTES), MATRIX_FIELDS)
    return [vectors.load(address, INT64) for address in addresses]
