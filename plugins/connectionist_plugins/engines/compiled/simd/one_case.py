"""Loops over one case for dense weight matrices: along the weights of each receiver, up to eight receivers at a time.

With one case, vectors cannot run over cases. Here they run over successive senders, whose weights are successive in memory. The last
numbers of a row that do not fill a vector are read and written with a mask.

Arguments, all int64 values of the function being built:

===================== ========================================================================================
weights, derivatives  address of the weights, and of their derivatives, [weight row]
first                 row of the matrix's first weight; the matrix is [receiver, sender], without gaps
receivers, rows       address of the receivers' ∂E/∂x [receiver], and their number
senders, columns      address of the senders' y [sender], and their number
back                  address of the senders' ∂E/∂y [sender]
adds                  1 to add to the values in memory, 0 to overwrite them
===================== ========================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES, Vectors, constant, for_each_chunk, strided_addresses

DOT_ROWS = (8, 4, 2, 1)  # receivers at a time
TICK_ROWS = (4, 2, 1)  # receivers at a time, in sums over ticks
COLUMN_VECTORS = (4, 1)  # vectors of senders at a time


def dot_products(vectors: Vectors, weights: Any, first: Any, rows: Any, senders: Any, columns: Any, out: Any) -> None:
    """Add to `rows` numbers at `out` the dot products of y of the senders and each receiver's weights (equation 1)."""
    builder = vectors.builder
    offset, distance = (builder.mul(index, constant(vectors.number_bytes)) for index in (first, columns))

    def chunk(size: int, row: Any) -> None:
        start = builder.add(builder.add(weights, offset), builder.mul(row, distance))
        sums = builder.add(out, builder.mul(row, constant(vectors.number_bytes)))
        _dot_products(vectors, size, start, distance, senders, columns, sums)

    for_each_chunk(vectors, DOT_ROWS, rows, chunk)


def _dot_products(vectors: Vectors, rows: int, first: Any, distance: Any, senders: Any, columns: Any, out: Any) -> None:
    builder = vectors.builder
    offsets = strided_addresses(builder, constant(0), distance, rows)

    def step(load: Any, _store: Any, sender: Any, weight: Any, *sums: Any) -> list[Any]:
        y = load(sender)
        new = [vectors.multiply_add(total, load(builder.add(weight, offset)), y) for total, offset in zip(sums, offsets, strict=True)]
        return [builder.add(sender, constant(VECTOR_BYTES)), builder.add(weight, constant(VECTOR_BYTES)), *new]

    sums = vectors.for_each_vector(columns, [senders, first, *[vectors.zero] * rows], step)[2:]
    for index, total in enumerate(vectors.lane_sums(sums)):
        target = builder.add(out, constant(VECTOR_BYTES * index))
        vectors.store(builder.fadd(vectors.load(target, total.type), total), target)


def scaled_vector(vectors: Vectors, factors: Any, index: Any, source: Any, out: Any, count: Any, adds: Any) -> None:
    """Set, or add to, `count` numbers at `out`: the numbers at `source` times the number with an index in the array `factors`."""
    builder = vectors.builder
    number = vectors.load(builder.add(factors, builder.mul(index, constant(vectors.number_bytes))), vectors.number_type)
    factor, is_adding = vectors.broadcast(number), builder.icmp_signed("!=", adds, constant(0))

    def step(load: Any, store: Any, source: Any, out: Any) -> list[Any]:
        before = builder.select(is_adding, load(out), vectors.zero)
        store(vectors.multiply_add(before, factor, load(source)), out)
        return [builder.add(address, constant(VECTOR_BYTES)) for address in (source, out)]

    vectors.for_each_vector(count, [source, out], step)


def outer_products(
    vectors: Vectors,
    weights: Any,
    derivatives: Any,
    first: Any,
    receivers: Any,
    rows: Any,
    senders: Any,
    columns: Any,
    back: Any,
    *,
    propagates: bool,
    adds: bool,
) -> None:
    """Set, or add to, the derivatives of a weight matrix (equation 6). If `propagates`, also add to the senders' ∂E/∂y (equation 7)."""
    builder = vectors.builder
    offset, distance = (builder.mul(index, constant(vectors.number_bytes)) for index in (first, columns))
    starts = (builder.add(weights, offset), builder.add(derivatives, offset), senders, back)

    def chunk(load: Any, store: Any, width: int, shift: Any) -> None:
        shifted = [builder.add(start, shift) for start in starts]
        _outer_products(vectors, (width, propagates, adds), (load, store), (receivers, rows, distance), shifted)

    _for_each_column_chunk(vectors, columns, chunk)


def _outer_products(
    vectors: Vectors, options: tuple[int, bool, bool], access: tuple[Any, Any], receivers: tuple[Any, Any, Any], starts: Sequence[Any]
) -> None:
    builder, (width, propagates, adds), (load, store) = vectors.builder, options, access
    first_receiver, rows, distance = receivers
    weights, derivatives, senders, back = ([builder.add(start, constant(VECTOR_BYTES * v)) for v in range(width)] for start in starts)
    activations = [load(address) for address in senders]

    def receiver(address: Any, offset: Any, *sums: Any) -> list[Any]:
        dx = vectors.broadcast(vectors.load(address, vectors.number_type))
        for y, start in zip(activations, derivatives, strict=True):
            target = builder.add(start, offset)
            store(vectors.multiply_add(load(target), dx, y) if adds else builder.fmul(dx, y), target)
        loaded = [load(builder.add(start, offset)) for start in weights] if propagates else []
        new = [vectors.multiply_add(total, dx, weight) for total, weight in zip(sums, loaded, strict=True)]
        return [builder.add(address, constant(vectors.number_bytes)), builder.add(offset, distance), *new]

    before = [load(address) for address in back] if propagates else []
    sums = vectors.loop(rows, [first_receiver, constant(0), *before], receiver)[2:]
    for value, address in zip(sums, back, strict=False):
        store(value, address)


def propagated_derivatives(vectors: Vectors, weights: Any, first: Any, receivers: Any, rows: Any, columns: Any, back: Any) -> None:
    """Add to the senders' ∂E/∂y the sums over receivers of ∂E/∂x times weight (equation 7)."""
    builder = vectors.builder
    offset, distance = (builder.mul(index, constant(vectors.number_bytes)) for index in (first, columns))

    def chunk(load: Any, store: Any, width: int, shift: Any) -> None:
        starts, targets = (
            [builder.add(builder.add(start, shift), constant(VECTOR_BYTES * v)) for v in range(width)]
            for start in (builder.add(weights, offset), back)
        )

        def receiver(address: Any, offset: Any, *sums: Any) -> list[Any]:
            dx = vectors.broadcast(vectors.load(address, vectors.number_type))
            loaded = [load(builder.add(start, offset)) for start in starts]
            new = [vectors.multiply_add(total, dx, weight) for total, weight in zip(sums, loaded, strict=True)]
            return [builder.add(address, constant(vectors.number_bytes)), builder.add(offset, distance), *new]

        sums = vectors.loop(rows, [receivers, constant(0), *[load(address) for address in targets]], receiver)[2:]
        for value, address in zip(sums, targets, strict=True):
            store(value, address)

    _for_each_column_chunk(vectors, columns, chunk)


def derivatives_over_ticks(
    vectors: Vectors,
    derivatives: Any,
    first: Any,
    receivers: Any,
    rows: Any,
    senders: Any,
    columns: Any,
    stride: Any,
    ticks: Any,
    adds: Any,
) -> None:
    """Set, or add to, the derivatives of a weight matrix, summed over ticks (equation 6).

    `receivers` and `senders` are the addresses at the first tick; the numbers of two successive ticks are `stride` bytes apart.
    """
    builder = vectors.builder
    offset, distance = (builder.mul(index, constant(vectors.number_bytes)) for index in (first, columns))
    is_adding = builder.icmp_signed("!=", adds, constant(0))

    def chunk(load: Any, store: Any, width: int, shift: Any) -> None:
        def some_receivers(size: int, row: Any) -> None:
            out = builder.add(builder.add(builder.add(derivatives, offset), shift), builder.mul(row, distance))
            y = [builder.add(builder.add(senders, shift), constant(VECTOR_BYTES * v)) for v in range(width)]
            number_bytes = constant(vectors.number_bytes)
            dx = strided_addresses(builder, builder.add(receivers, builder.mul(row, number_bytes)), number_bytes, size)
            sums = _products_over_ticks(vectors, load, dx, y, stride, ticks)
            for index, start in enumerate(strided_addresses(builder, out, distance, size)):
                for column in range(width):
                    target = builder.add(start, constant(VECTOR_BYTES * column))
                    before = builder.select(is_adding, load(target), vectors.zero)
                    store(builder.fadd(sums[index * width + column], before), target)

        for_each_chunk(vectors, TICK_ROWS, rows, some_receivers)

    _for_each_column_chunk(vectors, columns, chunk)


def _products_over_ticks(
    vectors: Vectors, load: Callable[[Any], Any], receivers: Sequence[Any], senders: Sequence[Any], stride: Any, ticks: Any
) -> list[Any]:
    """Return the sum over ticks of each receiver's number times each vector of senders, given their addresses at the first tick."""
    builder, size, width = vectors.builder, len(receivers), len(senders)

    def tick(offset: Any, *sums: Any) -> list[Any]:
        b = [load(builder.add(address, offset)) for address in senders]
        a = [vectors.broadcast(vectors.load(builder.add(address, offset), vectors.number_type)) for address in receivers]
        new = [vectors.multiply_add(sums[r * width + c], a[r], b[c]) for r in range(size) for c in range(width)]
        return [builder.add(offset, stride), *new]

    return vectors.loop(ticks, [constant(0), *[vectors.zero] * (size * width)], tick)[1:]


def _for_each_column_chunk(vectors: Vectors, count: Any, chunk: Callable[..., None]) -> None:
    """Cover `count` columns with chunks of several vectors, then of one vector, then of a partly filled vector.

    ``chunk(load, store, width, shift)`` emits the code for `width` vectors that begin `shift` bytes after the first column.
    """
    builder, number_bytes = vectors.builder, constant(vectors.number_bytes)
    column = constant(0)
    for width in COLUMN_VECTORS:
        size = constant(width * vectors.lanes)

        def full(column: Any, width: int = width, size: Any = size) -> list[Any]:
            chunk(vectors.load, vectors.store, width, builder.mul(column, number_bytes))
            return [builder.add(column, size)]

        (column,) = vectors.loop(builder.sdiv(builder.sub(count, column), size), [column], full)

    def partial(load: Any, store: Any) -> list[Any]:
        chunk(load, store, 1, builder.mul(column, number_bytes))
        return []

    vectors.remainder(builder.sub(count, column), [], partial)
