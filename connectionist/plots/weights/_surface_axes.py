"""Which two weights an error surface is over, from where to where, and which way training took through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import is_data_array, select_variable, with_dimensions
from connectionist.analysis._labels import label_texts
from connectionist.errors import DataError, ParameterError, WiringError, check_number, unknown
from connectionist.model.connection import Connection, Weight
from connectionist.model.selection import connection_name, select_connections
from connectionist.utils.arrays import as_numbers

if TYPE_CHECKING:
    from xarray import DataArray

    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

Named = Connection | Weight | str | tuple[str, str] | tuple[str, str, int]
Span = float | tuple[tuple[float, float], tuple[float, float]]

AROUND = 1.5  # times a weight's size, and
AT_LEAST = 2.0  # so far at least, to either side of it


def connection_of(network: Network, given: Named) -> Connection:
    """Return the one connection of a network that is meant; of a weight, the first that carries it."""
    if isinstance(given, (Connection, Weight)):
        return _own(network, given)
    if isinstance(given, tuple) and len(given) in (2, 3):
        return network.connection(*given)
    if not isinstance(given, str):
        raise DataError(f"error_surface: must be a connection, its weight, its name or sender and receiver (got {given!r:.80})")
    found = select_connections(network, given, "error_surface")
    if len(found) != 1:
        several = f"{', '.join(map(connection_name, found[:3]))}{', …' if len(found) > 3 else ''}" if found else "none"
        raise DataError(f"error_surface: must be one connection (got {given!r}, which means {several})")
    return found[0]


def _own(network: Network, given: Connection | Weight) -> Connection:
    every = (connection for projection in network.projections for connection in projection)
    own = next((connection for connection in every if given is connection or given is connection.weight), None)
    if own is None:
        raise WiringError(f"error_surface: {given!r} belongs to another network than {network.name}")
    return own


def way_of(path: Any, chosen: Sequence[Connection]) -> Array:
    """Return the values of the two weights [epoch, 2]."""
    path = select_variable(path, "error_surface, path", usual="weight")
    if is_data_array(path):
        path = _of_these(with_dimensions(path, "error_surface, path", ("epoch", "connection")), chosen).values
    table = as_numbers(path, "error_surface, path")
    if table.ndim != 2 or table.shape[1] != 2 or not len(table):
        raise DataError(f"error_surface, path: must be of shape [epoch, 2], a row at least (got {table.shape})")
    if not np.isfinite(table).all():
        raise DataError("error_surface, path: must be finite")
    return table


def _of_these(path: DataArray, chosen: Sequence[Connection]) -> DataArray:
    """Return what was recorded of the two connections; where nothing has a name, all of it."""
    if "connection" not in path.coords:
        return path
    known = label_texts(path, "connection")
    names = [connection_name(connection) for connection in chosen]
    for name in names:
        if name not in known:
            raise unknown("connection of the path", name, known)
    return path.isel(connection=[known.index(name) for name in names])


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
