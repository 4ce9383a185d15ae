"""Reading of examples, networks and weights from the files of any program."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from connectionist.data.by_group import check_is_network
from connectionist.errors import DataError, FormatWarning, WiringError, check_flag
from connectionist.formats.choose_format import choose_format
from connectionist.formats.input_file import InputFile
from connectionist.utils.files import as_path

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.formats.file_format import FileFormat
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.network import Network

MOST_SHOWN = 5  # issues in a warning


def read_examples(
    path: str | Path, network: Network | None = None, format: str | FileFormat | None = None, *, strict: bool = True
) -> ExampleSet:
    """Return the examples of a file.

    Parameters
    ----------
    path : str or path
        A file compressed by gzip is decompressed.
    network : Network, optional
        Network that the examples are for. The groups of the file become its groups, and it gives the sizes and the order of groups.
        Without it, they are those of the file.
    format : str or FileFormat, optional
        ``connectionist list formats`` lists the names; `file_format` makes one with parameters. By default it follows from the suffix, and
        from the beginning of the file if several formats have this suffix.
    strict : bool
        Whether a part of the file that the simulator does not support is an error. If False, such parts are left out, and a
        `FormatWarning` lists them.

    Returns
    -------
    ExampleSet

    Raises
    ------
    FormatError
        If the file has something that the format does not allow; the message has the file, line and column.
    FileError
        If the file cannot be read, or if its format is not known.
    DataError
        If the examples do not fit the network.
    MemoryLimitError
        If the examples would not fit in memory.

    Warns
    -----
    FormatWarning
        With ``strict=False``, if something was left out.
    """
    file, chosen = _open(path, "read_examples", format, strict)
    check_is_network(network, "read_examples.network")
    examples = chosen.read_examples(file, network)
    warn_of(file.issues, "read")
    return examples


def read_network(path: str | Path, format: str | FileFormat | None = None, *, strict: bool = True) -> Network:
    """Return the network of a file. The parameters and errors are those of `read_examples`.

    Returns
    -------
    Network
    """
    file, chosen = _open(path, "read_network", format, strict)
    network = chosen.read_network(file)
    warn_of(file.issues, "read")
    return network


def read_weights(network: Network, path: str | Path, format: str | FileFormat | None = None, *, strict: bool = True) -> None:
    """Set the weights of a network to those of a file. If an error is raised, the network is not changed.

    Parameters
    ----------
    network : Network
    path, format, strict
        As for `read_examples`.

    Raises
    ------
    FormatError, FileError
        As for `read_examples`.
    DataError
        If the file does not fit the network, if a weight is not finite, or if connections that are tied have different weights.
    """
    _check_folded(network, "read_weights")
    file, chosen = _open(path, "read_weights", format, strict)
    _assign(file, chosen.read_weights(file, network), network)
    warn_of(file.issues, "read")


def _open(path: str | Path, ability: str, given: str | FileFormat | None, strict: bool) -> tuple[InputFile, FileFormat]:
    check_flag(ability, "strict", strict)
    file = InputFile(as_path(path, f"{ability}.path"), strict=strict)
    return file, choose_format(file.path, ability, given, file)


def _check_folded(network: Network, what: str) -> None:
    from connectionist.model.network import check_network

    check_network(network, what)
    if network.ticks is not None:
        raise WiringError(f"{what}: {network.name} is an unrolled network; use the network from which it was made, with the same weights")


def _assign(file: InputFile, values: Mapping[Connection, float], network: Network) -> None:
    """Set the weights of connections, all or none."""
    by_weight: dict[Weight, tuple[Connection, float]] = {}
    for connection, value in values.items():
        if not math.isfinite(value):
            raise DataError(f"{file.subject}: {connection.name} must be finite (got {value})")
        other, first = by_weight.setdefault(connection.weight, (connection, value))
        if first != value:
            raise DataError(
                f"{file.subject}: {other.name} and {connection.name} are tied in {network.name} but have different weights in the file "
                f"({first} and {value})"
            )
    for weight, (_, value) in by_weight.items():
        weight.value = value
    network.weight_state.forget_changes([weight.row for weight in by_weight])


def warn_of(issues: list[str], done: str) -> None:
    """Issue one FormatWarning for all issues of a file."""
    if not issues:
        return
    more = f" (and {len(issues) - MOST_SHOWN} more)" if len(issues) > MOST_SHOWN else ""
    warning = FormatWarning(f"not {done}: {'; '.join(issues[:MOST_SHOWN])}{more}")
    warning.issues = tuple(issues)
    warnings.warn(warning, stacklevel=3)
