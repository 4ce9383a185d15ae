"""Files of whole networks: an ``.npz`` that numpy alone can read. Reading a file never runs code.

The array ``description`` is a JSON text with the format, the names, the parameters, and the functions with the plugins that offer them.
The other arrays are those of `model.assembly.description.NetworkDescription`. An unrolled network is saved as the network from which it
was made, with further arrays for the units of the unrolled one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.errors import FileError, MemoryLimitError, PluginError
from connectionist.model.assembly.description import (
    LESIONS,
    NetworkDescription,
    array_kinds,
    build_into,
    describe,
    describe_unrolled,
    fill_unrolled,
)
from connectionist.model.network import Network, check_network
from connectionist.plugins.stored_objects import restore, store
from connectionist.utils.array_files import read_arrays, write_arrays
from connectionist.utils.files import as_path
from connectionist.utils.untrusted_files import parse_json
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import numpy.typing as npt

FORMAT = "connectionist network 1"
FUNCTIONS_OF_GROUPS = {  # kind of each function that a group may have, by its name in the description
    "activation": "activation_functions",
    "error": "error_functions",
    "input": "input_functions",
    "output": "activation_functions",
}
UNROLLED = "unrolled."  # beginning of the names of the arrays of an unrolled network
FAULTS = (ValueError, TypeError, LookupError, AttributeError, OverflowError)  # of a description of another form


def save_network(network: Network, path: str | Path) -> None:
    """Write a whole network to a file: groups, functions, connections, ties, lesions, weights and state. `load_network` reads it.

    Parameters
    ----------
    network : Network
        An unrolled network is written with the network from which it was made.
    path : str or path
        File name ending in ``.npz``. An existing file is replaced; it stays as it is until the new one is written whole.

    Raises
    ------
    ParameterError
        If a function of a group cannot be stored, since no plugin offers it, or one of its parameters is no number or text.
    FileError
        If the name does not end in ``.npz``, or the file cannot be written.
    WiringError
        If the network is unrolled, and its original has been rewired since.

    Examples
    --------
    >>> net = Network("xor")
    >>> _ = net.add_group("input", 2, role="input")
    >>> save_network(net, "net.txt")
    Traceback (most recent call last):
    connectionist.errors.FileError: network file 'net.txt': its name must end in .npz, which is its format
    """
    check_network(network, "save_network")
    path = as_path(path, "save_network.path")
    if path.suffix != ".npz":
        raise FileError(f"network file {str(path)!r}: its name must end in .npz, which is its format")
    import numpy as np

    values, arrays = network_arrays(network)
    description = np.array(json.dumps({"format": FORMAT, **values}, allow_nan=False))
    write_arrays(path, "network file", {"description": description, **arrays})


def load_network(path: str | Path) -> Network:
    """Return the network of a file. It computes, trains and draws the same bits as the network that was saved.

    Parameters
    ----------
    path : str or path
        File written by `save_network`.

    Returns
    -------
    Network

    Raises
    ------
    FileError
        If the file cannot be read, has another format, or is damaged.
    PluginError
        If the network needs a function of a plugin that is not installed.
    MemoryLimitError
        If the network would not fit in memory.
    """
    path = as_path(path, "load_network.path")
    subject = f"network file {str(path)!r}"
    values = read_description(path, subject)
    kinds = array_kinds()
    if values.get("unrolled") is not None:
        kinds |= {UNROLLED + name: kind for name, kind in kinds.items() if name.startswith("unit.") or name in LESIONS}
    return network_of(values, read_arrays(path, subject, kinds), subject)


def network_arrays(network: Network) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return a network as values that JSON has, and arrays. `network_of` makes the network again."""
    folded = network if network._original is None else network._original
    described = describe(folded)
    arrays: dict[str, npt.NDArray[Any]] = {}
    values = {**described.values, "functions": _store_functions(folded, described), "unrolled": None}
    if folded is not network:
        values["unrolled"], arrays = describe_unrolled(network)
    return values, described.arrays | {UNROLLED + name: array for name, array in arrays.items()}


def network_of(values: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]], subject: str) -> Network:
    """Return the network of values and arrays of a file.

    Raises
    ------
    FileError
        If they are not those of a network.
    PluginError, MemoryLimitError
        As `load_network`.
    """
    try:
        functions = [restore(kind, stored, subject) for kind, stored in values["functions"]]
        network = Network()
        build_into(network, NetworkDescription(dict(values), dict(arrays), functions))
        if values["unrolled"] is None:
            return network
        own = {name.removeprefix(UNROLLED): array for name, array in arrays.items() if name.startswith(UNROLLED)}
        ticks, ticks_before = values["unrolled"]["ticks"], values["unrolled"]["ticks_before"]
        if not all(type(each) is int and 1 <= each <= len(own["unit.activation"]) for each in (ticks, ticks_before)):
            raise ValueError(f"the ticks must be from 1 to the number of units (got {shown(ticks)} and {shown(ticks_before)})")
        unrolled = network._unroll(ticks, ticks_before)
        fill_unrolled(unrolled, values["unrolled"], own)
    except (PluginError, MemoryLimitError):
        raise
    except FAULTS as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise FileError(f"{subject} is not that of a network ({reason})") from None
    return unrolled


def read_description(path: Path, subject: str) -> dict[str, Any]:
    """Return the JSON value of the array ``description``.

    Raises
    ------
    FileError
        If the file cannot be read or has another format.
    """
    description = read_arrays(path, subject, {"description": "U"})["description"]
    values = parse_json(str(description.item()), f"{subject}: its description") if description.shape == () else None
    found = values if isinstance(values, dict) else {}
    if found.get("format") != FORMAT:
        raise FileError(f"{subject}: must be of format {FORMAT!r}, as written by save_network (got {shown(found.get('format'))})")
    return found


def _store_functions(network: Network, described: NetworkDescription) -> list[tuple[str, dict[str, Any]]]:
    """Return the kind of each function, with its name and parameters."""
    found: list[tuple[str, dict[str, Any]]] = [("", {})] * len(described.functions)
    for group in described.values["groups"]:
        for each, kind in FUNCTIONS_OF_GROUPS.items():
            if (number := group.get(each)) is not None:
                found[number] = kind, store(kind, described.functions[number], f"{network.name}, group {group['name']!r}")
    return found
