"""Weights on disk, by the names of the units: opening a file never runs code, and no order has to be guessed."""

from __future__ import annotations

import csv
import json
import zipfile
import zlib
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError, FileError, WiringError

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network

FORMAT = "connectionist weights 1"
COLUMNS = ("sender", "receiver", "delay", "value", "trainable")

Key = tuple[str, str, int]


def save_weights(network: Network, path: str | Path) -> None:
    """Write every connection's weight with the names of its units.

    The file is an ``.npz`` with one array per column, an entry per connection, lesioned ones included: ``sender`` and
    ``receiver`` (text), ``delay`` (ticks), ``value``, ``trainable``. A sixth, ``description``, is a text in JSON that says which
    format this is and lists the groups with their units, roles and functions. numpy alone reads it, with ``allow_pickle=False``.

    Parameters
    ----------
    network : Network
    path : str or path
        Replaced if it exists.

    Raises
    ------
    FileError
        When its name does not end in ``.npz``, or it cannot be written.
    WiringError
        For an unrolled network.
    """
    _check_unrolled(network, "save_weights")
    if Path(path).suffix != ".npz":
        raise FileError(f"weights file {str(path)!r}: its name must end in .npz, which is what it is")
    import numpy as np

    columns: dict[str, Any] = {name: np.array(column) for name, column in zip(COLUMNS, _columns(network), strict=True)}
    description = np.array(json.dumps(describe(network), ensure_ascii=False))
    try:
        with Path(path).open("wb") as file:
            np.savez_compressed(file, description=description, **columns)
    except OSError as error:
        raise FileError(f"weights file {str(path)!r}: cannot be written ({error.strerror})") from None


def load_weights(network: Network, path: str | Path) -> None:
    """Give a network the weights of a file, connection by connection, matched by the names of sender and receiver and the delay.

    Values only: whether a weight is trainable stays as it is in the network.

    Parameters
    ----------
    network : Network
        Must have exactly the file's connections, in whatever order. It is left as it was when something does not fit.
    path : str or path
        As written by `save_weights`.

    Raises
    ------
    FileError
        When there is no such file, or it is of another kind.
    DataError
        When a connection is missing or too many, a value is not finite, or tied connections have different values.
    WiringError
        For an unrolled network.
    """
    _check_unrolled(network, "load_weights")
    values = _read(path)
    connections = {_key(connection): connection for projection in network.projections for connection in projection.connections}
    _check_difference(path, f"lacks connections of {network.name}", [key for key in connections if key not in values])
    _check_difference(path, f"has connections that {network.name} lacks", [key for key in values if key not in connections])
    _check_untied(path, connections, values)
    for key, connection in connections.items():
        connection.weight.value = values[key]
    network.weight_state.forget_changes([connection.weight.row for connection in connections.values()])


def write_table(network: Network, path: Path) -> None:
    """Write what `save_weights` writes as CSV, a row per connection."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(zip(*_columns(network), strict=True))


def describe(network: Network) -> dict[str, Any]:
    """Return a network's groups with their units, roles and functions, as JSON can hold them."""
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


def _check_unrolled(network: Network, what: str) -> None:
    if network.ticks is not None:
        raise WiringError(f"{what}: {network.name} is an unrolled network; its weights are those of the network it copies")


def _describe_function(function: Any) -> dict[str, Any] | None:
    if function is None:
        return None
    return {"name": function.name, **(asdict(function) if is_dataclass(function) and not isinstance(function, type) else {})}


def _columns(network: Network) -> tuple[list[Any], ...]:
    every = [connection for projection in network.projections for connection in projection.connections]
    return (
        [connection.sender.name for connection in every],
        [connection.receiver.name for connection in every],
        [connection.delay for connection in every],
        [connection.weight.value for connection in every],
        [connection.weight.trainable for connection in every],
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


def _check_untied(path: str | Path, connections: dict[Key, Connection], values: dict[Key, float]) -> None:
    seen: dict[object, Key] = {}
    for key, connection in connections.items():
        first = seen.setdefault(connection.weight, key)
        if values[first] != values[key]:
            raise DataError(
                f"weights file {str(path)!r}: {_text(first)} and {_text(key)} are tied in the network, "
                f"and have different weights in the file ({values[first]} and {values[key]})"
            )
