"""The inner loops as functions, each compiled once: what calls them is put together anew for passes and for training.

They take addresses rather than the tuples that kernels are handed, since numba passes every number of a tuple's arrays in a call.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"
# ruff: noqa: PLR0913

from __future__ import annotations

from connectionist_plugins.engines.compiled import gathered, lines, loading, tiles
from connectionist_plugins.engines.compiled.caching import kept

_weighted_sums, _summed_products = tiles.weighted_sums, tiles.summed_products
_gathered_sums, _scattered_sums, _gathered_products = gathered.gathered_sums, gathered.scattered_sums, gathered.gathered_products
_dots, _scaled, _turned = lines.dots, lines.scaled, loading.turned
_set_alone, _add_alone = lines.outer(returns=False, adds=False), lines.outer(returns=False, adds=True)
_set_and_return, _add_and_return = lines.outer(returns=True, adds=False), lines.outer(returns=True, adds=True)


@kept(error_model="numpy")
def weighted_sums(weights, routes, count, out, rows, source, step, width, adds):
    """See `tiles`."""
    _weighted_sums(weights, routes, count, out, rows, source, step, width, adds)


@kept(error_model="numpy")
def summed_products(sums, at, distance, receivers, rows, senders, columns, step, width, adds):
    """See `tiles`."""
    _summed_products(sums, at, distance, receivers, rows, senders, columns, step, width, adds)


@kept(error_model="numpy")
def gathered_sums(weights, senders, rows, count, out, source, step, width):
    """See `gathered`."""
    _gathered_sums(weights, senders, rows, count, out, source, step, width)


@kept(error_model="numpy")
def scattered_sums(weights, senders, rows, backs, count, out, source, step, width):
    """See `gathered`."""
    _scattered_sums(weights, senders, rows, backs, count, out, source, step, width)


@kept(error_model="numpy")
def gathered_products(sums, senders, rows, count, receiver, source, step, width):
    """See `gathered`."""
    _gathered_products(sums, senders, rows, count, receiver, source, step, width)


@kept(error_model="numpy")
def dots(weights, at, rows, line, terms, out):
    """See `lines`."""
    _dots(weights, at, rows, line, terms, out)


@kept(error_model="numpy")
def scaled(factors, at, source, out, count, adds):
    """See `lines`."""
    _scaled(factors, at, source, out, count, adds)


@kept(error_model="numpy")
def set_alone(weights, derivatives, at, receivers, rows, senders, columns, back):
    """See `lines.outer`: derivatives are set, nothing is returned."""
    _set_alone(weights, derivatives, at, receivers, rows, senders, columns, back)


@kept(error_model="numpy")
def add_alone(weights, derivatives, at, receivers, rows, senders, columns, back):
    """See `lines.outer`: derivatives are added to, nothing is returned."""
    _add_alone(weights, derivatives, at, receivers, rows, senders, columns, back)


@kept(error_model="numpy")
def set_and_return(weights, derivatives, at, receivers, rows, senders, columns, back):
    """See `lines.outer`: derivatives are set, and the senders get theirs."""
    _set_and_return(weights, derivatives, at, receivers, rows, senders, columns, back)


@kept(error_model="numpy")
def add_and_return(weights, derivatives, at, receivers, rows, senders, columns, back):
    """See `lines.outer`: derivatives are added to, and the senders get theirs."""
    _add_and_return(weights, derivatives, at, receivers, rows, senders, columns, back)


@kept(error_model="numpy")
def turned(table, order, count, columns, rows, out, step):
    """See `loading`."""
    _turned(table, order, count, columns, rows, out, step)
