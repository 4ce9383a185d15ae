"""Loops over a block of cases for sparse connections: unit by unit, connection by connection, vectors of cases.

Arguments, all int64 values of the function being built:

====================== ========================================================================================
weights, derivatives   address of the weights, or of their derivatives, [weight row]
senders, rows, count   addresses of two lists, the senders' rows and the weights' rows [connection], and their length
flags                  address of the list of flags [connection], `BACKPROPAGATES` and others, one byte each
out, receiver          address of the receiver's row, at the first case
source                 address of row 0 of the array to read, at the first case
stride                 bytes from row to row
width                  vectors of cases per row
====================== ========================================================================================

The loops `gathered_sums` and `scattered_sums` are over some receivers:

====================== ========================================================================================
starts                 address of the receivers' first connections in the lists, and the end of the last one
units, count           address of the rows of the receivers, and their number
out                    address of row 0 of the array to write, at the first case
====================== ========================================================================================

The list of senders must continue for `PREFETCH_DISTANCE` entries after its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.simd.vectors import (
    BROADCAST,
    INT32,
    INT64,
    INT64_BYTES,
    VECTOR_BYTES,
    Vectors,
    WeightType,
    constant,
    for_each_chunk,
)

BACKPROPAGATES = 1  # flag of a connection that propagates its derivative back to the sender
LAST_CASE_ONLY = 2  # flag of a connection that does so for the last case only, since the sender is clamped
WIDTHS = (8, 4, 2, 1)  # vectors of cases at a time
PREFETCH_DISTANCE = 10  # connections


def gathered_sums(
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
    *,
    weight_type: WeightType = BROADCAST,
) -> None:
    """Set the net inputs of some receivers (equation 1)."""
    builder = vectors.builder

    def receiver(unit: Any, lists: tuple[Any, ...], length: Any) -> None:
        own = builder.add(out, builder.mul(unit, stride))

        def chunk(size: int, vector: Any) -> None:
            shift = builder.mul(vector, constant(VECTOR_BYTES))

            def connection(weight: Any, sender: Any, *sums: Any) -> list[Any]:
                factor = weight_type.load(vectors, weight_address(vectors, weights, weight, weight_type))
                terms = vector_addresses(vectors, builder.add(builder.add(source, shift), builder.mul(sender, stride)), size)
                return [vectors.multiply_add(total, factor, vectors.load(term)) for total, term in zip(sums, terms, strict=True)]

            read = (builder.add(source, shift), stride, size)
            sums = for_each_connection(vectors, (*lists, length), [vectors.zero] * size, connection, read)
            for value, address in zip(sums, vector_addresses(vectors, builder.add(own, shift), size), strict=True):
                vectors.store(value, address)

        for_each_chunk(vectors, WIDTHS, width, chunk)

    for_each_receiver(vectors, (starts, units, count), ((senders, INT64_BYTES), (rows, INT64_BYTES)), receiver)


def scattered_sums(
    vectors: Vectors,
    weights: Any,
    senders: Any,
    rows: Any,
    flags: Any,
    starts: Any,
    units: Any,
    count: Any,
    out: Any,
    stride: Any,
    width: Any,
    *,
    weight_type: WeightType = BROADCAST,
    fuses: bool = True,
) -> None:
    """Add to each sender's ∂E/∂y the ∂E/∂x of some receivers times the weights (equation 7). `out` has both."""
    builder = vectors.builder

    def receiver(unit: Any, lists: tuple[Any, ...], length: Any) -> None:
        senders, rows, flags = lists
        own = builder.add(out, builder.mul(unit, stride))

        def chunk(size: int, vector: Any) -> None:
            shift = builder.mul(vector, constant(VECTOR_BYTES))
            derivatives = [vectors.load(address) for address in vector_addresses(vectors, builder.add(own, shift), size)]

            def connection(weight: Any, sender: Any, flag: Any) -> list[Any]:
                with builder.if_then(builder.icmp_signed("==", vectors.load(flag, ir.IntType(8)), ir.IntType(8)(BACKPROPAGATES))):
                    factor = weight_type.load(vectors, weight_address(vectors, weights, weight, weight_type))
                    targets = vector_addresses(vectors, builder.add(builder.add(out, shift), builder.mul(sender, stride)), size)
                    for derivative, target in zip(derivatives, targets, strict=True):
                        vectors.store(vectors.multiply_add(vectors.load(target), factor, derivative, fuses=fuses), target)
                return [builder.add(flag, constant(1))]

            read = (builder.add(out, shift), stride, size)
            for_each_connection(vectors, (senders, rows, length), [flags], connection, read)

        for_each_chunk(vectors, WIDTHS, width, chunk)

    lists = (senders, INT64_BYTES), (rows, INT64_BYTES), (flags, 1)
    for_each_receiver(vectors, (starts, units, count), lists, receiver)


def gathered_products(
    vectors: Vectors, derivatives: Any, senders: Any, rows: Any, count: Any, receiver: Any, source: Any, stride: Any, width: Any
) -> None:
    """Add to the derivatives of one receiver's weights the sums over cases of ∂E/∂x times y (equation 6)."""
    builder = vectors.builder

    def chunk(size: int, vector: Any) -> None:
        shift = builder.mul(vector, constant(VECTOR_BYTES))
        dx = [vectors.load(address) for address in vector_addresses(vectors, builder.add(receiver, shift), size)]

        def connection(weight: Any, sender: Any) -> list[Any]:
            terms = vector_addresses(vectors, builder.add(builder.add(source, shift), builder.mul(sender, stride)), size)
            add_products(vectors, dx, [vectors.load(term) for term in terms], weight_address(vectors, derivatives, weight))
            return []

        for_each_connection(vectors, (senders, rows, count), [], connection, (builder.add(source, shift), stride, size))

    for_each_chunk(vectors, WIDTHS, width, chunk)


def add_products(vectors: Vectors, dx: list[Any], y: list[Any], target: Any) -> None:
    """Add to one weight's derivative the sum over vectors of cases of ∂E/∂x times y."""
    builder, total = vectors.builder, vectors.zero
    for derivative, activation in zip(dx, y, strict=True):
        total = vectors.multiply_add(total, derivative, activation)
    added = builder.extract_element(vectors.lane_sums([total])[0], INT32(0))
    vectors.store(builder.fadd(vectors.load(target, vectors.number_type), added), target)


def gathered_from_receivers(
    vectors: Vectors,
    weights: Any,
    derivatives: Any,
    receivers: Any,
    rows: Any,
    count: Any,
    out: Any,
    sender: Any,
    source: Any,
    stride: Any,
    width: Any,
    *,
    weight_type: WeightType = BROADCAST,
) -> None:
    """Add to one sender's ∂E/∂y, at `out`, its receivers' ∂E/∂x times the weights (equation 7).

    Add also to the derivatives of these weights, as `gathered_products` does, unless `derivatives` is 0. `sender` is the address of y.
    """
    builder, adds_products = vectors.builder, vectors.builder.icmp_signed("!=", derivatives, constant(0))

    def chunk(size: int, vector: Any) -> None:
        shift = builder.mul(vector, constant(VECTOR_BYTES))
        targets = vector_addresses(vectors, builder.add(out, shift), size)
        y = [vectors.load(address) for address in vector_addresses(vectors, builder.add(sender, shift), size)]

        def connection(weight: Any, receiver: Any, *sums: Any) -> list[Any]:
            factor = weight_type.load(vectors, weight_address(vectors, weights, weight, weight_type))
            terms = vector_addresses(vectors, builder.add(builder.add(source, shift), builder.mul(receiver, stride)), size)
            dx = [vectors.load(term) for term in terms]
            with builder.if_then(adds_products):
                add_products(vectors, dx, y, weight_address(vectors, derivatives, weight))
            return [vectors.multiply_add(total, factor, derivative) for total, derivative in zip(sums, dx, strict=True)]

        initial = [vectors.load(target) for target in targets]
        sums = for_each_connection(vectors, (receivers, rows, count), initial, connection, (builder.add(source, shift), stride, size))
        for value, target in zip(sums, targets, strict=True):
            vectors.store(value, target)

    for_each_chunk(vectors, WIDTHS, width, chunk)


def for_each_receiver(
    vectors: Vectors,
    receivers: tuple[Any, Any, Any],
    lists: tuple[tuple[Any, int], ...],
    receiver: Callable[[Any, tuple[Any, ...], Any], None],
) -> None:
    """Loop over receivers: their first connections in the lists, and the end; their rows; and their number.

    ``receiver(row, lists, length)`` emits the code for one receiver, given where its connections are in the lists, and their number. The
    lists are given as addresses and bytes per connection.
    """
    builder, (starts, units, count) = vectors.builder, receivers

    def body(start: Any, unit: Any) -> list[Any]:
        following = builder.add(start, constant(INT64_BYTES))
        begin, end = vectors.load(start, INT64), vectors.load(following, INT64)
        own = tuple(builder.add(address, builder.mul(begin, constant(size))) for address, size in lists)
        receiver(vectors.load(unit, INT64), own, builder.sub(end, begin))
        return [following, builder.add(unit, constant(INT64_BYTES))]

    vectors.loop(count, [starts, units], body)


def for_each_connection(
    vectors: Vectors,
    connections: tuple[Any, Any, Any],
    carried: list[Any],
    connection: Callable[..., list[Any]],
    read: tuple[Any, Any, int],
) -> list[Any]:
    """Loop over connections: lists of senders' and weights' rows, and their length.

    ``connection(weight, sender, *carried)`` emits the code for one connection and returns the new carried values. The vectors that it
    reads of a sender, at `read` (address of row 0, bytes per row, number of vectors), are prefetched `PREFETCH_DISTANCE` connections ahead.
    """
    builder, (senders, rows, count), (source, stride, width) = vectors.builder, connections, read

    def body(senders: Any, rows: Any, *carried: Any) -> list[Any]:
        sender, weight = (vectors.load(address, INT64) for address in (senders, rows))
        later_sender = vectors.load(builder.add(senders, constant(INT64_BYTES * PREFETCH_DISTANCE)), INT64)
        for address in vector_addresses(vectors, builder.add(source, builder.mul(later_sender, stride)), width):
            vectors.prefetch(address)
        following = [builder.add(address, constant(INT64_BYTES)) for address in (senders, rows)]
        return [*following, *connection(weight, sender, *carried)]

    return vectors.loop(count, [senders, rows, *carried], body)[2:]


def vector_addresses(vectors: Vectors, first: Any, width: int) -> list[Any]:
    """Return the addresses of `width` successive vectors."""
    return [vectors.builder.add(first, constant(VECTOR_BYTES * index)) for index in range(width)]


def weight_address(vectors: Vectors, start: Any, row: Any, weight_type: WeightType = BROADCAST) -> Any:
    """Return the address of a weight, or of its derivative, in an array [weight row]."""
    return vectors.builder.add(start, vectors.builder.mul(row, weight_type.size(vectors)))
