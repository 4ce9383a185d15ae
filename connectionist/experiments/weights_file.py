"""Files of weights. They name each connection by its units, so no order has to be known. Reading a file never runs code."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError, FileError, WiringError
from connectionist.utils.array_files import read_arrays
from connectionist.utils.files import as_path, atomic_write, write_rows

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

FORMAT = "connectionist weights 1"
COLUMNS = ("sender", "receiver", "delay", "value", "trainable")
KINDS = {"sender": "U", "receiver": "U", "delay": "iu", "value": "fiu"}  # of the columns that are read
FREE_BYTES = 2**20  # that the arrays of a file may have in any case

Key = tuple[str, str, int]


def save_weights(network: Network, path: str | Path) -> None:
    """Write the weights of a network to a file, with the names of the units.

    The file is an ``.npz`` with one array per column and one entry per connection, lesioned connections included: ``sender`` and
    ``receiver`` (text), ``delay`` (ticks), ``value``, ``trainable``. A further array, ``description``, is a JSON text with the format and
    the groups with their units, roles and functions. ``numpy.load`` with ``allow_pickle=False`` reads the file.

    Parameters
    ----------
    network : Network
    path : str or path
        File name ending in ``.npz``. An existing file is replaced; it stays as it is until the new one is written whole.

    Raises
    ------
    FileError
        If the name does not end in ``.npz``, or the file cannot be written.
    WiringError
        If the network is unrolled.
    """
    _check_folded(network, "save_weights")
    path = as_path(path, "save_weights.path")
    if path.suffix != ".npz":
        raise FileError(f"weights file {str(path)!r}: its name must end in .npz, which is its format")
    import numpy as np

    with atomic_write(path, "weights file") as file:
        np.savez_compressed(file, **_arrays(network))


def _arrays(network: Network) -> dict[str, Any]:
    """Return the arrays of the file."""
    import numpy as np

    columns: dict[str, Any] = {name: np.array(column) for name, column in zip(COLUMNS, _columns(network), strict=True)}
    return {"description": np.array(json.dumps(describe(network), ensure_ascii=False)), **columns}


def load_weights(network: Network, path: str | Path) -> None:
    """Set the weights of a network to those of a file. Connections are matched by the names of sender and receiver, and by delay.

    Only the values are set. Whether a weight is trainable does not change.

    Parameters
    ----------
    network : Network
        Its connections must be those of the file, in any order. If an error is raised, the network is not changed.
    path : str or path
        File written by `save_weights`.

    Raises
    ------
    FileError
        If the file cannot be read or has another format.
    DataError
        If the file lacks a connection of the network, has a further one or has one twice, if a value is not finite, or if connections that
        are tied in the network have different values in the file.
    WiringError
        If the network is unrolled.
    """
    _check_folded(network, "load_weights")
    path = as_path(path, "load_weights.path")
    values = _read(path, network)
    connections = {_key(connection): connection for projection in network.projections for connection in projection.connections}
    _check_difference(path, f"lacks connections of {network.name}", [key for key in connections if key not in values])
    _check_difference(path, f"has connections that {network.name} lacks", [key for key in values if key not in connections])
    _check_ties(path, connections, values)
    for key, connection in connections.items():
        connection.weight.value = values[key]
    network.weight_state.forget_changes([connection.weight.row for connection in connections.values()])


def write_table(network: Network, path: Path) -> None:
    """Write the columns of `save_weights` as CSV, one row per connection."""
    write_rows(path, itertools.chain([COLUMNS], zip(*_columns(network), strict=True)))


def describe(network: Network) -> dict[str, Any]:
    """Return the groups of a network with their units, roles and functions, as JSON values."""
    return {
        "format": FORMAT,
        "network": network.name,
        "tie_derivative": network.tie_derivative,
        "ticks_back": network.ticks_back,
        "groups": [_describe_group(group) for group in network.groups],
    }


def _describe_group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        "role": group.role,
        "units": list(group.labels),
        "activation": _describe_function(group.activation_function),
        "error": _describe_function(group.error_function),
        "margin": group.margin,
        "integrates": group.timing.integrates,
        "dt": group.dt.tolist(),
        "initial": group.initial.tolist(),
        "initial_net_input": group.timing.initial_net_input.tolist(),
    }


def _check_folded(network: Network, what: str) -> None:
    from connectionist.model.network import check_network

    check_network(network, what)
    if network.ticks is not None:
        raise WiringError(
            f"{what}: {network.name} is an unrolled network; use the network from which it was made, which has the same weights"
        )


def _describe_function(function: Any) -> dict[str, Any] | None:
    if function is None:
        return None
    return {"name": function.name, **(asdict(function) if is_dataclass(function) and not isinstance(function, type) else {})}


def _columns(network: Network) -> tuple[list[Any], ...]:
    connections = [connection for projection in network.projections for connection in projection.connections]
    return (
        [connection.sender.name for connection in connections],
        [connection.receiver.name for connection in connections],
        [connection.delay for connection in connections],
        [connection.weight.value for connection in connections],
        [connection.weight.trainable for connection in connections],
    )


def _read(path: str | Path, network: Network) -> dict[Key, float]:
    """Return the values in a file by connection. Its arrays may have twice the size of those of the network, and 1 MB more."""
    subject = f"weights file {str(path)!r}"
    most = FREE_BYTES + 2 * sum(array.nbytes for array in _arrays(network).values())
    _check_format(subject, read_arrays(path, subject, {"description": "U"}, most)["description"])
    arrays = read_arrays(path, subject, KINDS, most)
    columns = [arrays[name] for name in COLUMNS[:4]]
    if any(column.ndim != 1 or len(column) != len(columns[0]) for column in columns):
        shapes = ", ".join(f"{name} {column.shape}" for name, column in zip(COLUMNS, columns, strict=False))
        raise FileError(f"{subject}: its columns must have the same length ({shapes})")
    senders, receivers, delays, values = columns
    keys = list(zip(senders.tolist(), receivers.tolist(), delays.tolist(), strict=True))
    if twice := [key for key, count in Counter(keys).items() if count > 1]:
        raise DataError(f"{subject} has a connection twice: {_text(twice[0])}")
    found = dict(zip(keys, values.astype(float).tolist(), strict=True))
    for key, value in found.items():
        if not math.isfinite(value):
            raise DataError(f"{subject}: {_text(key)} must be finite (got {value})")
    return found


def _check_format(subject: str, description: Array) -> None:
    try:
        read = json.loads(str(description.item())) if description.shape == () else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise FileError(f"{subject}: must be of format {FORMAT!r}, as written by save_weights")


def _key(connection: Connection) -> Key:
    return connection.sender.name, connection.receiver.name, connection.delay


def _text(key: Key) -> str:
    return f"{key[0]} → {key[1]}" + (f" with delay {key[2]}" if key[2] else "")


def _check_difference(path: str | Path, what: str, keys: list[Key]) -> None:
    if keys:
        named = ", ".join(_text(key) for key in keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        raise DataError(f"weights file {str(path)!r} {what}: {named}")


def _check_ties(path: str | Path, connections: dict[Key, Connection], values: dict[Key, float]) -> None:
    seen: dict[object, Key] = {}
    for key, connection in connections.items():
        first = seen.setdefault(connection.weight, key)
        if values[first] != values[key]:
            raise DataError(
                f"weights file {str(path)!r}: {_text(first)} and {_text(key)} are tied in the network "
                f"but have different weights in the file ({values[first]} and {values[key]})"
            )
