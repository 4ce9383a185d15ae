"""The inner loops as C functions, which the kernels call through their addresses as they call formulas.

So each is compiled once. Called by name, it would go through the compiler again with everything that calls it.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"
# ruff: noqa: PLR0913

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from numba import carray, from_dtype, types  # type: ignore[attr-defined]
from numpy import dtype

from connectionist_plugins.engines.compiled import gathered, lines, loading, tiles
from connectionist_plugins.engines.compiled.caching import kept_callback
from connectionist_plugins.engines.compiled.templates import Number

weighted_sums, summed_products, turned = tiles.weighted_sums, tiles.summed_products, loading.turned
gathered_sums, scattered_sums, gathered_products = gathered.gathered_sums, gathered.scattered_sums, gathered.gathered_products
dots, scaled = lines.dots, lines.scaled
set_only, add_only = lines.outer(returns=False, adds=False), lines.outer(returns=False, adds=True)
set_and_return, add_and_return = lines.outer(returns=True, adds=False), lines.outer(returns=True, adds=True)


class OverCases(NamedTuple):
    """Addresses of the loops over a block of cases: see `tiles`, `gathered`, `loading` and `lines`.

    Each takes its array by address, and then what is said there.
    """

    weighted_sums: int
    summed_products: int
    gathered_sums: int
    scattered_sums: int
    gathered_products: int
    turned: int
    scaled: int


class OverOne(NamedTuple):
    """Addresses of the loops over one case: see `lines`. The last four are `outer`."""

    dots: int
    scaled: int
    set_only: int
    add_only: int
    set_and_return: int
    add_and_return: int


@cache
def over_cases(number: Number) -> OverCases:
    """Return the loops over a block of cases, on one kind of number."""
    return OverCases(*(_address(name, number) for name in OverCases._fields))


@cache
def over_one(number: Number) -> OverOne:
    """Return the loops over one case, on one kind of number."""
    return OverOne(*(_address(name, number) for name in OverOne._fields))


def _weighted_sums(weights, routes, count, out, rows, source, step, width, adds):
    weighted_sums(carray(weights, (1,)), routes, count, out, rows, source, step, width, adds)


def _summed_products(sums, at, distance, receivers, rows, senders, columns, step, width, adds):
    summed_products(carray(sums, (1,)), at, distance, receivers, rows, senders, columns, step, width, adds)


def _gathered_sums(weights, senders, rows, count, out, source, step, width):
    gathered_sums(carray(weights, (1,)), senders, rows, count, out, source, step, width)


def _scattered_sums(weights, senders, rows, backs, count, out, source, step, width):
    scattered_sums(carray(weights, (1,)), senders, rows, backs, count, out, source, step, width)


def _gathered_products(sums, senders, rows, count, receiver, source, step, width):
    gathered_products(carray(sums, (1,)), senders, rows, count, receiver, source, step, width)


def _turned(table, order, count, columns, rows, out, step):
    turned(carray(table, (1,)), order, count, columns, rows, out, step)


def _dots(weights, at, rows, line, terms, out):
    dots(carray(weights, (1,)), at, rows, line, terms, out)


def _scaled(factors, at, source, out, count, adds):
    scaled(carray(factors, (1,)), at, source, out, count, adds)


def _set_only(weights, derivatives, at, receivers, rows, senders, columns, back):
    set_only(carray(weights, (1,)), carray(derivatives, (1,)), at, receivers, rows, senders, columns, back)


def _add_only(weights, derivatives, at, receivers, rows, senders, columns, back):
    add_only(carray(weights, (1,)), carray(derivatives, (1,)), at, receivers, rows, senders, columns, back)


def _set_and_return(weights, derivatives, at, receivers, rows, senders, columns, back):
    set_and_return(carray(weights, (1,)), carray(derivatives, (1,)), at, receivers, rows, senders, columns, back)


def _add_and_return(weights, derivatives, at, receivers, rows, senders, columns, back):
    add_and_return(carray(weights, (1,)), carray(derivatives, (1,)), at, receivers, rows, senders, columns, back)


def _address(name: str, number: Number) -> int:
    function: Callable[..., Any] = globals()[f"_{name}"]
    count = function.__code__.co_argcount
    arrays = 2 if "derivatives" in function.__code__.co_varnames else 1
    pointer = types.CPointer(from_dtype(dtype(number)))
    signature = types.void(*[pointer] * arrays, *[types.int64] * (count - arrays))
    return int(kept_callback(signature, f"inner.{name}.{number}", error_model="numpy")(function).address)
