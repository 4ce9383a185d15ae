"""The values of weights in a file by connection, from files of weights, files of networks, and tables."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from connectionist.errors import DataError, FileError
from connectionist.formats import network_file
from connectionist.model.network import Network
from connectionist.utils.array_files import read_arrays
from connectionist.utils.untrusted_files import is_file, parse_json, read_columns
from connectionist.utils.visible_text import shown

FORMAT = "connectionist weights 1"
COLUMNS = ("sender", "receiver", "delay", "value", "trainable")
KINDS = {"sender": "U", "receiver": "U", "delay": "iu", "value": "fiu"}  # of the columns that are read
NAMED_CONNECTIONS = 5  # in a message
EXPANSION = 100  # of a compressed file of names, which repeat

Key = tuple[str, str, int]


def read_values(path: Path, subject: str, most: int | None) -> dict[Key, float]:
    """Return the values of the weights in a file by sender, receiver and delay.

    Parameters
    ----------
    path : path
        File of `save_weights` or `save_network`, or ``weights.csv`` of a run.
    subject : str
        The file in messages.
    most : int or None
        Largest size of the arrays of a file of weights, in bytes; `EXPANSION` times the size of the file by default.

    Raises
    ------
    FileError
        If the file cannot be read or has another format.
    DataError
        If it has a connection twice, or a value that is not finite.
    """
    keys, values = _READERS.get(path.suffix, _read_npz)(path, subject, most)
    if twice := [key for key, count in Counter(keys).items() if count > 1]:
        raise DataError(f"{subject} has a connection twice: {describe_keys(twice[:1])}")
    found = dict(zip(keys, values, strict=True))
    for key, value in found.items():
        if not math.isfinite(value):
            raise DataError(f"{subject}: {describe_keys([key])} must be finite (got {value})")
    return found


def describe_keys(keys: Sequence[Key]) -> str:
    """Return the first connections of a list in words."""
    texts = [f"{sender} → {receiver}" + (f" with delay {delay}" if delay else "") for sender, receiver, delay in keys[:NAMED_CONNECTIONS]]
    return ", ".join(texts) + (f" and {len(keys) - NAMED_CONNECTIONS} more" if len(keys) > NAMED_CONNECTIONS else "")


def has_network(path: Path, subject: str, most: int | None = None) -> bool:
    """Return whether a file is one of `save_network`, and not of `save_weights`. The parameters are those of `read_values`.

    Raises
    ------
    FileError
        If it is neither, or cannot be read.
    """
    most = _largest_size(path) if most is None else most
    description = read_arrays(path, subject, {"description": "U"}, most)["description"]
    read = parse_json(str(description.item()), f"{subject}: its description") if description.shape == () else None
    found = read.get("format") if isinstance(read, dict) else None
    if found not in (FORMAT, network_file.FORMAT):
        raise FileError(f"{subject}: must be of format {FORMAT!r}, as written by save_weights, or of save_network (got {shown(found)})")
    return bool(found == network_file.FORMAT)


def _largest_size(path: Path) -> int | None:
    """Return the largest size of the arrays of a file, in bytes; None if there is no such file, which is an error when it is read."""
    return EXPANSION * path.stat().st_size if is_file(path) else None


def _read_npz(path: Path, subject: str, most: int | None) -> tuple[list[Key], list[float]]:
    most = _largest_size(path) if most is None else most
    if has_network(path, subject, most):
        return _read_network(path)
    arrays = read_arrays(path, subject, KINDS, most)
    columns = [arrays[name] for name in COLUMNS[:4]]
    if any(column.ndim != 1 or len(column) != len(columns[0]) for column in columns):
        shapes = ", ".join(f"{name} {column.shape}" for name, column in zip(COLUMNS, columns, strict=False))
        raise FileError(f"{subject}: its columns must have the same length ({shapes})")
    return _by_key(*(column.tolist() for column in columns[:3])), columns[3].astype(float).tolist()


def _read_network(path: Path) -> tuple[list[Key], list[float]]:
    network: Network = network_file.load_network(path)
    connections = [connection for projection in network.projections for connection in projection]
    keys = [(connection.sender.name, connection.receiver.name, connection.delay) for connection in connections]
    return keys, [connection.weight.value for connection in connections]


def _read_csv(path: Path, subject: str, most: int | None) -> tuple[list[Key], list[float]]:
    del most  # a table is not compressed
    columns = read_columns(path, subject, required=COLUMNS[:4], whole=("delay",), texts=("sender", "receiver", "trainable"))
    return _by_key(columns["sender"], columns["receiver"], map(int, columns["delay"])), list(columns["value"])


def _by_key(senders: Any, receivers: Any, delays: Any) -> list[Key]:
    return list(zip(senders, receivers, delays, strict=True))


Reader = Callable[[Path, str, "int | None"], tuple[list[Key], list[float]]]
_READERS: dict[str, Reader] = {".csv": _read_csv, ".npz": _read_npz}
