"""The two weights of an error surface: which they are, their ranges, and the path of training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import is_data_array, select_variable, with_dimensions
from connectionist.analysis._labels import label_texts
from connectionist.errors import DataError, ParameterError, WiringError, check_number, unknown_name
from connectionist.model.connection import Connection, Weight
from connectionist.model.selection import connection_name, select_connections
from connectionist.utils.arrays import as_numbers
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from xarray import DataArray

    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

Named = Connection | Weight | str | tuple[str, str] | tuple[str, str, int]
Span = float | tuple[tuple[float, float], tuple[float, float]]

RELATIVE_SPAN = 1.5  # default distance of the ends from the present weight, times |w|
MIN_SPAN = 2.0  # smallest default distance
PATH_MARGIN, MIN_PATH_MARGIN = 0.25, 0.5  # beyond a path: a fraction of its extent, and at least as much


def resolve_connection(network: Network, given: Named) -> Connection:
    """Return the connection that a user named; for a weight, the first connection that has it.

    Raises
    ------
    DataError
        If the value is not a connection, a weight, a name or a pair of names, or if it names none or several connections.
    UnknownNameError
        If there is no such unit or connection.
    WiringError
        If the connection or weight belongs to another network.
    """
    if isinstance(given, (Connection, Weight)):
        return _check_member(network, given)
    if isinstance(given, tuple) and len(given) in (2, 3):
        return network.connection(*given)
    if not isinstance(given, str):
        raise DataError(f"error_surface: must be a connection, its weight, its name, or sender and receiver (got {shown(given)})")
    found = select_connections(network, given, "error_surface")
    if len(found) != 1:
        names = f"{', '.join(map(connection_name, found[:3]))}{', …' if len(found) > 3 else ''}" if found else "none"
        raise DataError(f"error_surface: must be one connection (got {given!r}, which means {names})")
    return found[0]


def _check_member(network: Network, given: Connection | Weight) -> Connection:
    """Return the connection of the network that is, or has the weight that is, `given`."""
    connections = (connection for projection in network.projections for connection in projection)
    member = next((connection for connection in connections if given is connection or given is connection.weight), None)
    if member is None:
        raise WiringError(f"error_surface: {given!r} belongs to another network than {network.name}")
    return member


def read_path(path: Any, chosen: Sequence[Connection]) -> Array:
    """Return the values of the two weights by epoch.

    Parameters
    ----------
    path : array_like [epoch, 2], Recording, or DataArray with the dimensions epoch and connection
    chosen : sequence of Connection
        The two connections, which are selected by name from a labelled path.

    Returns
    -------
    array [epoch, 2]

    Raises
    ------
    DataError
        If the path has another shape, is empty, or is not finite.
    UnknownNameError
        If a labelled path does not have one of the connections.
    """
    path = select_variable(path, "error_surface.path", usual="weight")
    if is_data_array(path):
        path = _select_by_name(with_dimensions(path, "error_surface.path", ("epoch", "connection")), chosen).values
    table = as_numbers(path, "error_surface.path")
    if table.ndim != 2 or table.shape[1] != 2 or not len(table):
        raise DataError(f"error_surface.path: must be of shape [epoch, 2], with at least one row (got {table.shape})")
    if not np.isfinite(table).all():
        raise DataError("error_surface.path: must be finite")
    return table


def _select_by_name(path: DataArray, chosen: Sequence[Connection]) -> DataArray:
    """Return the two connections of a recorded path; a path without names is returned whole."""
    if "connection" not in path.coords:
        return path
    known = label_texts(path, "connection")
    names = [connection_name(connection) for connection in chosen]
    for name in names:
        if name not in known:
            raise unknown_name("connection of the path", name, known)
    return path.isel(connection=[known.index(name) for name in names])


def resolve_ranges(span: Span | None, present: list[float], path: Array | None) -> list[tuple[float, float]]:
    """Return the lowest and the highest value of each of the two weights.

    Parameters
    ----------
    span : float, pair of pairs of float, or None
        As for `error_surface`.
    present : list of float
        Present values of the weights.
    path : array [epoch, 2], optional

    Raises
    ------
    ParameterError
        If the span is not a number above 0 or two ranges.
    """
    if span is None and path is not None:
        lows, highs = path.min(axis=0), path.max(axis=0)
        margin = np.maximum(PATH_MARGIN * (highs - lows), MIN_PATH_MARGIN)
        return [(float(low), float(high)) for low, high in zip(lows - margin, highs + margin, strict=True)]
    if span is None:
        distances = [max(RELATIVE_SPAN * abs(value), MIN_SPAN) for value in present]
        return [(value - distance, value + distance) for value, distance in zip(present, distances, strict=True)]
    if isinstance(span, (int, float, np.number)):
        check_number("error_surface", "span", span, above=0)
        return [(value - float(span), value + float(span)) for value in present]
    return _check_ranges(span)


def _check_ranges(span: Any) -> list[tuple[float, float]]:
    try:
        (a, b), (c, d) = span
        found = [(float(a), float(b)), (float(c), float(d))]
    except (TypeError, ValueError):
        raise ParameterError(f"error_surface.span: must be a number, or ((low, high), (low, high)) (got {span!r})") from None
    if not all(low < high and np.isfinite([low, high]).all() for low, high in found):
        raise ParameterError(f"error_surface.span: each low must be below its high, and both finite (got {span!r})")
    return found
