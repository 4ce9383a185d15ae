"""The inner loops over a block of cases where a network is not dense: one receiver, its connections one by one, vectors of cases.

Arguments are as in `tiles`: addresses and distances in bytes, but for the array of weights or of their derivatives. Senders and
weights of the connections are given as the addresses of lists of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from connectionist_plugins.engines.compiled.tiles import WHOLE_BYTES, shared
from connectionist_plugins.engines.compiled.vectors import VECTOR_BYTES, Vectors, numbers_of, whole

RETURNS = 1  # what `Wiring.backs` says of a connection that hands its derivative back
WIDTHS = (8, 4, 2, 1)  # vectors of cases at a time


@intrinsic
def _gathered_sums(_context: Any, weights: Any, senders: Any, rows: Any, count: Any, out: Any, source: Any, step: Any, width: Any) -> Any:  # noqa: ARG001, PLR0913
    """Set a receiver's net input for `width` vectors of cases (equation 1)."""

    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        vectors, start = numbers_of(context, builder, weights, given[0])
        senders, rows, count, out, source, step, width = given[1:]

        def some(size: int, vector: Any) -> None:
            shift = builder.mul(vector, whole(VECTOR_BYTES))

            def term(weight: Any, sender: Any, *sums: Any) -> list[Any]:
                factor = vectors.spread(vectors.load(_at(vectors, start, weight), vectors.number))
                terms = _row(vectors, builder.add(builder.add(source, shift), builder.mul(sender, step)), size)
                return [vectors.add_product(total, factor, vectors.load(place)) for total, place in zip(sums, terms, strict=True)]

            sums = _through(vectors, (senders, rows, count), [vectors.zero] * size, term)
            for value, place in zip(sums, _row(vectors, builder.add(out, shift), size), strict=True):
                vectors.store(value, place)

        shared(vectors, WIDTHS, width, some)
        return context.get_dummy_value()

    return types.void(weights, *[types.int64] * 7), build


@intrinsic
def _scattered_sums(  # noqa: PLR0913
    _context: Any,
    weights: Any,
    senders: Any,  # noqa: ARG001
    rows: Any,  # noqa: ARG001
    backs: Any,  # noqa: ARG001
    count: Any,  # noqa: ARG001
    out: Any,  # noqa: ARG001
    source: Any,  # noqa: ARG001
    step: Any,  # noqa: ARG001
    width: Any,  # noqa: ARG001
) -> Any:
    """Add to each sender's ∂E/∂y what one receiver hands back, for `width` vectors of cases (equation 7)."""

    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        vectors, start = numbers_of(context, builder, weights, given[0])
        senders, rows, backs, count, out, source, step, width = given[1:]

        def some(size: int, vector: Any) -> None:
            shift = builder.mul(vector, whole(VECTOR_BYTES))
            derivatives = [vectors.load(place) for place in _row(vectors, builder.add(source, shift), size)]

            def term(weight: Any, sender: Any, flag: Any) -> list[Any]:
                with builder.if_then(builder.icmp_signed("==", vectors.load(flag, ir.IntType(8)), ir.IntType(8)(RETURNS))):
                    factor = vectors.spread(vectors.load(_at(vectors, start, weight), vectors.number))
                    places = _row(vectors, builder.add(builder.add(out, shift), builder.mul(sender, step)), size)
                    for derivative, place in zip(derivatives, places, strict=True):
                        vectors.store(vectors.add_product(vectors.load(place), factor, derivative), place)
                return [builder.add(flag, whole(1))]

            _through(vectors, (senders, rows, count), [backs], term)

        shared(vectors, WIDTHS, width, some)
        return context.get_dummy_value()

    return types.void(weights, *[types.int64] * 8), build


@intrinsic
def _gathered_products(_context: Any, sums: Any, senders: Any, rows: Any, count: Any, receiver: Any, source: Any, step: Any, width: Any) -> Any:  # noqa: ARG001, PLR0913
    """Add to the derivatives of one receiver's weights, for `width` vectors of cases (equation 6)."""

    def build(context: Any, builder: Any, _: Any, given: Any) -> Any:
        vectors, start = numbers_of(context, builder, sums, given[0])
        senders, rows, count, receiver, source, step, width = given[1:]

        def some(size: int, vector: Any) -> None:
            shift = builder.mul(vector, whole(VECTOR_BYTES))
            derivatives = [vectors.load(place) for place in _row(vectors, builder.add(receiver, shift), size)]

            def term(weight: Any, sender: Any) -> list[Any]:
                total, place = vectors.zero, _at(vectors, start, weight)
                activations = _row(vectors, builder.add(builder.add(source, shift), builder.mul(sender, step)), size)
                for derivative, activation in zip(derivatives, activations, strict=True):
                    total = vectors.add_product(total, derivative, vectors.load(activation))
                added = builder.extract_element(vectors.sums([total])[0], ir.IntType(32)(0))
                vectors.store(builder.fadd(vectors.load(place, vectors.number), added), place)
                return []

            _through(vectors, (senders, rows, count), [], term)

        shared(vectors, WIDTHS, width, some)
        return context.get_dummy_value()

    return types.void(sums, *[types.int64] * 7), build


def _through(vectors: Vectors, connections: tuple[Any, Any, Any], carried: list[Any], term: Callable[..., list[Any]]) -> list[Any]:
    """Go through connections, given the lists of their senders' and weights' rows and how many they are."""
    builder, (senders, rows, count) = vectors.builder, connections

    def body(senders: Any, rows: Any, *carried: Any) -> list[Any]:
        sender, weight = (vectors.load(place, whole(0).type) for place in (senders, rows))
        following = [builder.add(place, whole(WHOLE_BYTES)) for place in (senders, rows)]
        return [*following, *term(weight, sender, *carried)]

    return vectors.loop(count, [senders, rows, *carried], body)[2:]


def _row(vectors: Vectors, first: Any, width: int) -> list[Any]:
    return [vectors.builder.add(first, whole(VECTOR_BYTES * number)) for number in range(width)]


def _at(vectors: Vectors, start: Any, row: Any) -> Any:
    return vectors.builder.add(start, vectors.builder.mul(row, whole(vectors.number_bytes)))


gathered_sums: Any = _gathered_sums
scattered_sums: Any = _scattered_sums
gathered_products: Any = _gathered_products
