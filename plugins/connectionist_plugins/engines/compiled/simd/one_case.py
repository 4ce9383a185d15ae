"""The inner loops over one case where a network is dense: along the weights of each receiver, four or eight receivers at a time.

With one case there is no dimension of cases to make vectors of; here they are made of successive senders, over successive weights.
What is left over at the end of a row is gone through in a vector that is not full. Arguments are as in `tiles`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES, Vectors, apart, shared, whole

DOT_ROWS = (8, 4, 2, 1)
TICK_ROWS = (4, 2, 1)
OUTER_WIDTHS = (4, 1)


def dots(vectors: Vectors, weights: Any, at: Any, rows: Any, line: Any, terms: Any, out: Any) -> None:
    """Add to some rows' sums those of a line's numbers times the rows' weights (equation 1).

    Weights stand row after row from row `at` on, as many in each as the line has numbers.
    """
    builder = vectors.builder
    first, distance = (builder.mul(number, whole(vectors.number_bytes)) for number in (at, terms))

    def some(size: int, row: Any) -> None:
        place = builder.add(builder.add(weights, first), builder.mul(row, distance))
        sums = builder.add(out, builder.mul(row, whole(vectors.number_bytes)))
        _dot(vectors, size, place, distance, line, terms, sums)

    shared(vectors, DOT_ROWS, rows, some)


def _dot(vectors: Vectors, rows: int, first: Any, distance: Any, line: Any, terms: Any, out: Any) -> None:
    builder = vectors.builder
    offsets = apart(builder, whole(0), distance, rows)

    def step(load: Any, _store: Any, line: Any, place: Any, *sums: Any) -> list[Any]:
        number = load(line)
        new = [vectors.add_product(total, load(builder.add(place, offset)), number) for total, offset in zip(sums, offsets, strict=True)]
        return [builder.add(line, whole(VECTOR_BYTES)), builder.add(place, whole(VECTOR_BYTES)), *new]

    sums = vectors.along(terms, [line, first, *[vectors.zero] * rows], step)[2:]
    for number, total in enumerate(vectors.sums(sums)):
        place = builder.add(out, whole(VECTOR_BYTES * number))
        vectors.store(builder.fadd(vectors.load(place, total.type), total), place)


def scaled(vectors: Vectors, factors: Any, at: Any, source: Any, out: Any, count: Any, adds: Any) -> None:
    """Set, or add to, the numbers of a line: those of another times the number at one place of an array."""
    builder = vectors.builder
    number = vectors.load(builder.add(factors, builder.mul(at, whole(vectors.number_bytes))), vectors.number)
    factor, keeps = vectors.spread(number), builder.icmp_signed("!=", adds, whole(0))

    def step(load: Any, store: Any, source: Any, out: Any) -> list[Any]:
        before = builder.select(keeps, load(out), vectors.zero)
        store(vectors.add_product(before, factor, load(source)), out)
        return [builder.add(place, whole(VECTOR_BYTES)) for place in (source, out)]

    vectors.along(count, [source, out], step)


def outer(
    vectors: Vectors,
    weights: Any,
    derivatives: Any,
    at: Any,
    receivers: Any,
    rows: Any,
    senders: Any,
    columns: Any,
    back: Any,
    *,
    returns: bool,
    adds: bool,
) -> None:
    """Set, or `adds` to, the derivatives of the weights between some senders and some receivers (equation 6).

    If it `returns`, it also adds to the senders' ∂E/∂y (equation 7). Arguments are the weights, their derivatives, the row of the first
    of both, the receivers' ∂E/∂x and how many they are, the senders' y and how many they are, and the senders' ∂E/∂y.
    """
    builder = vectors.builder
    first, distance = (builder.mul(number, whole(vectors.number_bytes)) for number in (at, columns))
    starts = (builder.add(weights, first), builder.add(derivatives, first), senders, back)

    def some(load: Any, store: Any, width: int, shift: Any) -> None:
        moved = [builder.add(place, shift) for place in starts]
        _outer(vectors, (width, returns, adds), (load, store), (receivers, rows, distance), moved)

    _across(vectors, columns, some)


def _outer(vectors: Vectors, kind: tuple[int, bool, bool], ways: Any, receivers: Any, moved: Sequence[Any]) -> None:
    builder, (width, returns, adds), (load, store), (at, rows, distance) = vectors.builder, kind, ways, receivers
    values, sums, senders, back = ([builder.add(start, whole(VECTOR_BYTES * number)) for number in range(width)] for start in moved)
    activations = [load(place) for place in senders]

    def receiver(at: Any, offset: Any, *handed: Any) -> list[Any]:
        derivative = vectors.spread(vectors.load(at, vectors.number))
        for activation, start in zip(activations, sums, strict=True):
            place = builder.add(start, offset)
            store(vectors.add_product(load(place), derivative, activation) if adds else builder.fmul(derivative, activation), place)
        weights = [load(builder.add(start, offset)) for start in values] if returns else []
        new = [vectors.add_product(total, derivative, weight) for total, weight in zip(handed, weights, strict=True)]
        return [builder.add(at, whole(vectors.number_bytes)), builder.add(offset, distance), *new]

    before = [load(place) for place in back] if returns else []
    handed = vectors.loop(rows, [at, whole(0), *before], receiver)[2:]
    for value, place in zip(handed, back, strict=False):
        store(value, place)


def returned(vectors: Vectors, weights: Any, at: Any, receivers: Any, rows: Any, columns: Any, back: Any) -> None:
    """Add to some senders' ∂E/∂y what some receivers hand back (equation 7); arguments are those of `outer`."""
    builder = vectors.builder
    first, distance = (builder.mul(number, whole(vectors.number_bytes)) for number in (at, columns))

    def some(load: Any, store: Any, width: int, shift: Any) -> None:
        values, places = (
            [builder.add(builder.add(start, shift), whole(VECTOR_BYTES * number)) for number in range(width)]
            for start in (builder.add(weights, first), back)
        )

        def receiver(at: Any, offset: Any, *handed: Any) -> list[Any]:
            derivative = vectors.spread(vectors.load(at, vectors.number))
            terms = [load(builder.add(start, offset)) for start in values]
            new = [vectors.add_product(total, derivative, term) for total, term in zip(handed, terms, strict=True)]
            return [builder.add(at, whole(vectors.number_bytes)), builder.add(offset, distance), *new]

        handed = vectors.loop(rows, [receivers, whole(0), *[load(place) for place in places]], receiver)[2:]
        for value, place in zip(handed, places, strict=True):
            store(value, place)

    _across(vectors, columns, some)


def summed_over_ticks(
    vectors: Vectors,
    derivatives: Any,
    at: Any,
    receivers: Any,
    rows: Any,
    senders: Any,
    columns: Any,
    stride: Any,
    ticks: Any,
    adds: Any,
) -> None:
    """Set, or add to, the derivatives of the weights between some senders and some receivers, summed over ticks (equation 6).

    Arguments are the derivatives, the row of the first, where the receivers' ∂E/∂x of the first tick are and how many, where the senders'
    y are and how many, and how far in bytes the numbers of two ticks are apart.
    """
    builder = vectors.builder
    first, distance = (builder.mul(number, whole(vectors.number_bytes)) for number in (at, columns))
    keeps = builder.icmp_signed("!=", adds, whole(0))

    def some(load: Any, store: Any, width: int, shift: Any) -> None:
        def of_rows(size: int, row: Any) -> None:
            begin = builder.add(builder.add(builder.add(derivatives, first), shift), builder.mul(row, distance))
            lines = [builder.add(builder.add(senders, shift), whole(VECTOR_BYTES * number)) for number in range(width)]
            here = apart(builder, builder.add(receivers, builder.mul(row, whole(vectors.number_bytes))), whole(vectors.number_bytes), size)

            def tick(offset: Any, *sums: Any) -> list[Any]:
                b = [load(builder.add(line, offset)) for line in lines]
                a = [vectors.spread(vectors.load(builder.add(place, offset), vectors.number)) for place in here]
                new = [vectors.add_product(sums[r * width + c], a[r], b[c]) for r in range(size) for c in range(width)]
                return [builder.add(offset, stride), *new]

            sums = vectors.loop(ticks, [whole(0), *[vectors.zero] * (size * width)], tick)[1:]
            for number, place in enumerate(apart(builder, begin, distance, size)):
                for column in range(width):
                    target = builder.add(place, whole(VECTOR_BYTES * column))
                    before = builder.select(keeps, load(target), vectors.zero)
                    store(builder.fadd(sums[number * width + column], before), target)

        shared(vectors, TICK_ROWS, rows, of_rows)

    _across(vectors, columns, some)


def _across(vectors: Vectors, count: Any, some: Callable[..., None]) -> None:
    """Go across so many numbers, several vectors at a time, then one, then what is left over."""
    builder, bytes_each = vectors.builder, whole(vectors.number_bytes)
    column = whole(0)
    for width in OUTER_WIDTHS:
        size = whole(width * vectors.lanes)

        def one(column: Any, width: int = width, size: Any = size) -> list[Any]:
            some(vectors.load, vectors.store, width, builder.mul(column, bytes_each))
            return [builder.add(column, size)]

        (column,) = vectors.loop(builder.sdiv(builder.sub(count, column), size), [column], one)

    def last(load: Any, store: Any) -> list[Any]:
        some(load, store, 1, builder.mul(column, bytes_each))
        return []

    vectors.rest(builder.sub(count, column), [], last)
