"""Which two weights an error surface is over, from where to where, and which way training took through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis.labelled import is_labelled
from connectionist.connection import Connection, Weight
from connectionist.errors import ParameterError, PatternError, WiringError, check_number, unknown
from connectionist.state import as_numbers

if TYPE_CHECKING:
    from connectionist.network import Network
    from connectionist.state import Array

Named = Connection | Weight | str | tuple[str, str]
Span = float | tuple[tuple[float, float], tuple[float, float]]

AROUND = 1.5  # times a weight's size, and
AT_LEAST = 2.0  # so far at least, to either side of it


def connection_of(network: Network, given: Named) -> Connection:
    """Return a connection of a network by whatever names it; of a weight, the first that carries it."""
    if isinstance(given, str):
        sender, arrow, receiver = (part.strip() for part in given.replace("->", "→").partition("→"))
        if not arrow:
            raise unknown("connection", given, (connection.name for connection in network.connections))
        return network.connection(sender, receiver)
    if isinstance(given, tuple) and len(given) == 2:
        return network.connection(*given)
    every = [connection for projection in network.projections for connection in projection]
    for connection in every:
        if given is connection or given is connection.weight:
            return connection
    if isinstance(given, (Connection, Weight)):
        raise WiringError(f"error_surface: {given!r} belongs to another network than {network.name}")
    raise PatternError(f"error_surface: must be a connection, its weight, its name or sender and receiver (got {given!r:.80})")


def way_of(path: Any, names: list[str]) -> Array:
    """Return the values of the two weights [epoch, 2]."""
    if is_labelled(path):
        if "connection" not in path.dims or "epoch" not in path.dims:
            raise PatternError(
                f"error_surface, path: must have the dimensions epoch and connection (got {', '.join(map(str, path.dims)) or 'none'})"
            )
        if "connection" in path.coords:
            known = [str(name) for name in path["connection"].values.tolist()]
            for name in names:
                if name not in known:
                    raise unknown("connection of the path", name, known)
            path = path.isel(connection=[known.index(name) for name in names])
        path = path.squeeze([each for each in path.dims if path.sizes[each] == 1 and each not in ("epoch", "connection")], drop=True)
        path = path.transpose("epoch", "connection", ...).values
    table = as_numbers(path, "error_surface, path")
    if table.ndim != 2 or table.shape[1] != 2 or not len(table):
        raise PatternError(f"error_surface, path: must be of shape [epoch, 2], a row at least (got {table.shape})")
    if not np.isfinite(table).all():
        raise PatternError("error_surface, path: must be finite")
    return table


def ranges(span: Span | None, now: list[float], way: Array | None) -> list[tuple[float, float]]:
    """Return from where to where each weight goes."""
    if span is None and way is not None:
        lows, highs = way.min(axis=0), way.max(axis=0)
        room = np.maximum(0.25 * (highs - lows), 0.5)
        return [(float(low), float(high)) for low, high in zip(lows - room, highs + room, strict=True)]
    if span is None:
        sizes = [max(AROUND * abs(value), AT_LEAST) for value in now]
        return [(value - size, value + size) for value, size in zip(now, sizes, strict=True)]
    if isinstance(span, (int, float, np.number)):
        check_number("error_surface", "span", span, above=0)
        return [(value - float(span), value + float(span)) for value in now]
    return _given_ranges(span)


def _given_ranges(span: Any) -> list[tuple[float, float]]:
    try:
        (a, b), (c, d) = span
        found = [(float(a), float(b)), (float(c), float(d))]
    except (TypeError, ValueError):
        raise ParameterError(f"error_surface.span: must be a number, or ((low, high), (low, high)) (got {span!r})") from None
    if not all(low < high and np.isfinite([low, high]).all() for low, high in found):
        raise ParameterError(f"error_surface.span: each low must be below its high, and both finite (got {span!r})")
    return found
