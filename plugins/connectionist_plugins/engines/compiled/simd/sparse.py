"""The inner loops over a block of cases where a network is not dense: one receiver, its connections one by one, vectors of cases.

Arguments are as in `tiles`. Senders and weights of the connections are given as the addresses of lists of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES, WHOLE_BYTES, Vectors, shared, whole

RETURNS = 1  # what a connection's flag says when it hands its derivative back
SHOWN_ONLY = 2  # when it does so in the one case that is shown, since the sender is clamped
WIDTHS = (8, 4, 2, 1)  # vectors of cases at a time
AHEAD = 10  # connections; lists of senders must go on so far beyond their end


def gathered_sums(
    vectors: Vectors, weights: Any, senders: Any, rows: Any, count: Any, out: Any, source: Any, stride: Any, width: Any
) -> None:
    """Set a receiver's net input for `width` vectors of cases (equation 1)."""
    builder = vectors.builder

    def some(size: int, vector: Any) -> None:
        shift = builder.mul(vector, whole(VECTOR_BYTES))

        def term(weight: Any, sender: Any, *sums: Any) -> list[Any]:
            factor = vectors.spread(vectors.load(_at(vectors, weights, weight), vectors.number))
            terms = _row(vectors, builder.add(builder.add(source, shift), builder.mul(sender, stride)), size)
            return [vectors.add_product(total, factor, vectors.load(place)) for total, place in zip(sums, terms, strict=True)]

        sums = _through(vectors, (senders, rows, count), [vectors.zero] * size, term, (builder.add(source, shift), stride, size))
        for value, place in zip(sums, _row(vectors, builder.add(out, shift), size), strict=True):
            vectors.store(value, place)

    shared(vectors, WIDTHS, width, some)


def scattered_sums(
    vectors: Vectors, weights: Any, senders: Any, rows: Any, backs: Any, count: Any, out: Any, source: Any, stride: Any, width: Any
) -> None:
    """Add to each sender's ∂E/∂y what one receiver hands back, for `width` vectors of cases (equation 7)."""
    builder = vectors.builder

    def some(size: int, vector: Any) -> None:
        shift = builder.mul(vector, whole(VECTOR_BYTES))
        derivatives = [vectors.load(place) for place in _row(vectors, builder.add(source, shift), size)]

        def term(weight: Any, sender: Any, flag: Any) -> list[Any]:
            with builder.if_then(builder.icmp_signed("==", vectors.load(flag, ir.IntType(8)), ir.IntType(8)(RETURNS))):
                factor = vectors.spread(vectors.load(_at(vectors, weights, weight), vectors.number))
                places = _row(vectors, builder.add(builder.add(out, shift), builder.mul(sender, stride)), size)
                for derivative, place in zip(derivatives, places, strict=True):
                    vectors.store(vectors.add_product(vectors.load(place), factor, derivative), place)
            return [builder.add(flag, whole(1))]

        _through(vectors, (senders, rows, count), [backs], term, (builder.add(out, shift), stride, size))

    shared(vectors, WIDTHS, width, some)


def gathered_products(
    vectors: Vectors, sums: Any, senders: Any, rows: Any, count: Any, receiver: Any, source: Any, stride: Any, width: Any
) -> None:
    """Add to the derivatives of one receiver's weights, for `width` vectors of cases (equation 6)."""
    builder = vectors.builder

    def some(size: int, vector: Any) -> None:
        shift = builder.mul(vector, whole(VECTOR_BYTES))
        derivatives = [vectors.load(place) for place in _row(vectors, builder.add(receiver, shift), size)]

        def term(weight: Any, sender: Any) -> list[Any]:
            total, place = vectors.zero, _at(vectors, sums, weight)
            activations = _row(vectors, builder.add(builder.add(source, shift), builder.mul(sender, stride)), size)
            for derivative, activation in zip(derivatives, activations, strict=True):
                total = vectors.add_product(total, derivative, vectors.load(activation))
            added = builder.extract_element(vectors.sums([total])[0], ir.IntType(32)(0))
            vectors.store(builder.fadd(vectors.load(place, vectors.number), added), place)
            return []

        _through(vectors, (senders, rows, count), [], term, (builder.add(source, shift), stride, size))

    shared(vectors, WIDTHS, width, some)


def _through(
    vectors: Vectors, connections: tuple[Any, Any, Any], carried: list[Any], term: Callable[..., list[Any]], read: tuple[Any, Any, int]
) -> list[Any]:
    """Go through connections, given the lists of their senders' and weights' rows and how many they are.

    What the terms `read` of the senders, from where, how far apart and how much, is fetched some connections ahead.
    """
    builder, (senders, rows, count), (source, stride, width) = vectors.builder, connections, read

    def body(senders: Any, rows: Any, *carried: Any) -> list[Any]:
        sender, weight = (vectors.load(place, whole(0).type) for place in (senders, rows))
        coming = vectors.load(builder.add(senders, whole(WHOLE_BYTES * AHEAD)), whole(0).type)
        for place in _row(vectors, builder.add(source, builder.mul(coming, stride)), width):
            vectors.fetch(place)
        following = [builder.add(place, whole(WHOLE_BYTES)) for place in (senders, rows)]
        return [*following, *term(weight, sender, *carried)]

    return vectors.loop(count, [senders, rows, *carried], body)[2:]


def _row(vectors: Vectors, first: Any, width: int) -> list[Any]:
    return [vectors.builder.add(first, whole(VECTOR_BYTES * number)) for number in range(width)]


def _at(vectors: Vectors, start: Any, row: Any) -> Any:
    return vectors.builder.add(start, vectors.builder.mul(row, whole(vectors.number_bytes)))
