"""Files of weights. They name each connection by its units, so no order has to be known. Reading a file never runs code."""

from __future__ import annotations

import itertools
import json
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import DataError, FileError, WiringError, check_flag
from connectionist.formats.weight_values import COLUMNS, FORMAT, Key, describe_keys, read_values
from connectionist.utils.files import as_path, atomic_write, write_rows

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.group import Group
    from connectionist.model.network import Network

FREE_BYTES = 2**20  # that the arrays of a file may have in any case


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


def load_weights(network: Network, path: str | Path, *, partial: bool = False) -> list[Connection]:
    """Set the weights of a network to those of a file. Connections are matched by the names of sender and receiver, and by delay.

    Only the values are set. Whether a weight is trainable does not change.

    Parameters
    ----------
    network : Network
        If an error is raised, it is not changed.
    path : str or path
        File written by `save_weights` or `save_network`, or ``weights.csv`` of a run.
    partial : bool
        Whether to set only the weights of connections that both the network and the file have. By default the connections of the network
        must be those of the file, in any order.

    Returns
    -------
    list of Connection
        The connections whose weights were set, in the order of the network.

    Raises
    ------
    FileError
        If the file cannot be read or has another format.
    DataError
        If the file lacks a connection of the network, has a further one or has one twice, if a value is not finite, or if connections that
        are tied in the network have different values in the file. With `partial`, if the file has no connection of the network.
    WiringError
        If the network is unrolled.
    """
    _check_folded(network, "load_weights")
    check_flag("load_weights", "partial", partial)
    path = as_path(path, "load_weights.path")
    subject = f"weights file {str(path)!r}"
    largest = FREE_BYTES + 2 * sum(array.nbytes for array in _arrays(network).values())
    values = read_values(path, subject, None if partial else largest)
    connections = {_key(connection): connection for projection in network.projections for connection in projection.connections}
    if partial:
        connections = {key: connection for key, connection in connections.items() if key in values}
        if not connections:
            raise DataError(f"{subject} has no connection of {network.name}; it has {describe_keys(list(values))}")
    else:
        _check_difference(subject, f"lacks connections of {network.name}", [key for key in connections if key not in values])
        _check_difference(subject, f"has connections that {network.name} lacks", [key for key in values if key not in connections])
    _check_ties(subject, connections, values)
    for key, connection in connections.items():
        connection.weight.value = values[key]
    network.weight_state.forget_changes([connection.weight.row for connection in connections.values()])
    return list(connections.values())


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
        **({} if group.input_function is None else {"input": _describe_function(group.input_function)}),
        **({} if group.output_function is None else {"output": _describe_function(group.output_function)}),
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


def _key(connection: Connection) -> Key:
    return connection.sender.name, connection.receiver.name, connection.delay


def _check_difference(subject: str, what: str, keys: list[Key]) -> None:
    if keys:
        raise DataError(f"{subject} {what}: {describe_keys(keys)}")


def _check_ties(subject: str, connections: dict[Key, Connection], values: dict[Key, float]) -> None:
    seen: dict[object, Key] = {}
    for key, connection in connections.items():
        first = seen.setdefault(connection.weight, key)
        if values[first] != values[key]:
            raise DataError(
                f"{subject}: {describe_keys([first])} and {describe_keys([key])} are tied in the network "
                f"but have different weights in the file ({values[first]} and {values[key]})"
            )
