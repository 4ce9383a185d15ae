"""Files of weights. They name each connection by its units, so no order has to be known. Reading a file never runs code."""

from __future__ import annotations

import itertools
import json
import zipfile
import zlib
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError, FileError, WiringError
from connectionist.utils.files import atomic_write, write_rows

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network

FORMAT = "connectionist weights 1"
COLUMNS = ("sender", "receiver", "delay", "value", "trainable")

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
    if Path(path).suffix != ".npz":
        raise FileError(f"weights file {str(path)!r}: its name must end in .npz, which is its format")
    import numpy as np

    columns: dict[str, Any] = {name: np.array(column) for name, column in zip(COLUMNS, _columns(network), strict=True)}
    description = np.array(json.dumps(describe(network), ensure_ascii=False))
    with atomic_write(path, "weights file") as file:
        np.savez_compressed(file, description=description, **columns)


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
        If the file lacks a connection of the network or has a further one, if a value is not finite, or if connections that are tied in
        the network have different values in the file.
    WiringError
        If the network is unrolled.
    """
    _check_folded(network, "load_weights")
    values = _read(path)
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


def _read(path: str | Path) -> dict[Key, float]:
    import numpy as np

    try:
        with Path(path).open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            if json.loads(str(file["description"]))["format"] != FORMAT:
                raise FileError(f"weights file {str(path)!r}: must be of format {FORMAT!r}, as written by save_weights")
            senders, receivers, delays, values = (file[name].tolist() for name in COLUMNS[:4])
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, FileError):
            raise
        reason = getattr(error, "strerror", None) or "it is not an .npz file"
        raise FileError(f"weights file {str(path)!r}: cannot be read ({reason})") from None
    except (KeyError, TypeError, ValueError, EOFError):
        raise FileError(f"weights file {str(path)!r}: was not written by save_weights") from None
    found = {(sender, receiver, delay): value for sender, receiver, delay, value in zip(senders, receivers, delays, values, strict=True)}
    for key, value in found.items():
        if not np.isfinite(value):
            raise DataError(f"weights file {str(path)!r}: {_text(key)} must be finite (got {value})")
    return found


def _key(connection: Connection) -> Key:
    return connection.sender.name, connection.receiver.name, connection.delay


def _text(key: Key) -> str:
    return f"{key[0]} → {key[1]}" + (f" with delay {key[2]}" if key[2] else "")


def _check_difference(path: str | Path, what: str, keys: list[Key]) -> None:
    if keys:
        shown = ", ".join(_text(key) for key in keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        raise DataError(f"weights file {str(path)!r} {what}: {shown}")


def _check_ties(path: str | Path, connections: dict[Key, Connection], values: dict[Key, float]) -> None:
    seen: dict[object, Key] = {}
    for key, connection in connections.items():
        first = seen.setdefault(connection.weight, key)
        if values[first] != values[key]:
            raise DataError(
                f"weights file {str(path)!r}: {_text(first)} and {_text(key)} are tied in the network "
                f"but have different weights in the file ({values[first]} and {values[key]})"
            )
