"""Writing of examples, networks and weights to the files of any program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from connectionist.data.example_set import Examples, as_example_set
from connectionist.errors import FormatError, check_flag
from connectionist.formats.choose_format import choose_format
from connectionist.formats.output_file import OutputFile
from connectionist.formats.read import warn_of
from connectionist.utils.files import as_path

if TYPE_CHECKING:
    from connectionist.formats.file_format import FileFormat
    from connectionist.model.network import Network


def write_examples(examples: Examples, path: str | Path, format: str | FileFormat | None = None, *, strict: bool = True) -> None:
    """Write examples to a file. An existing file is replaced when the new one is written whole.

    Parameters
    ----------
    examples : ExampleSet or sequence of Example
    path : str or path
    format : str or FileFormat, optional
        ``connectionist list formats`` lists the names; `file_format` makes one with parameters. By default it follows from the suffix,
        which only one format may have.
    strict : bool
        Whether a property that the format does not support is an error. If False, such properties are left out, and a `FormatWarning`
        lists them.

    Raises
    ------
    FormatError
        If the format does not support a property of the examples.
    FileError
        If the file cannot be written, or if its format is not known.

    Warns
    -----
    FormatWarning
        With ``strict=False``, if something was left out.
    """
    given = as_example_set(examples, None, "write_examples.examples")
    _write(path, "write_examples", format, strict, lambda chosen, file: chosen.write_examples(file, given))


def write_network(network: Network, path: str | Path, format: str | FileFormat | None = None, *, strict: bool = True) -> None:
    """Write a network to a file. The parameters and errors are those of `write_examples`."""
    _check_network(network, "write_network")
    _check_functions(network)
    _write(path, "write_network", format, strict, lambda chosen, file: chosen.write_network(file, network))


def write_weights(network: Network, path: str | Path, format: str | FileFormat | None = None, *, strict: bool = True) -> None:
    """Write the weights of a network to a file. The parameters and errors are those of `write_examples`."""
    _check_network(network, "write_weights")
    _write(path, "write_weights", format, strict, lambda chosen, file: chosen.write_weights(file, network))


def _check_functions(network: Network) -> None:
    for group in network.groups:
        if group.output_function is not None:
            raise FormatError(
                f"write_network: formats of other programs have no output functions, and group {group.name!r} has "
                f"{group.output_function.name!r}; cn.save_network keeps it"
            )
        if group.input_function is not None:
            raise FormatError(
                f"write_network: formats of other programs have weighted sums only, and group {group.name!r} has the input function "
                f"{group.input_function.name!r}; cn.save_network keeps it"
            )


def _check_network(network: Network, what: str) -> None:
    from connectionist.model.network import check_network

    check_network(network, what)


def _write(
    path: str | Path, ability: str, given: str | FileFormat | None, strict: bool, write: Callable[[FileFormat, OutputFile], None]
) -> None:
    check_flag(ability, "strict", strict)
    target = as_path(path, f"{ability}.path")
    chosen = choose_format(target, ability, given)
    with OutputFile(target, strict=strict) as file:
        write(chosen, file)
    warn_of(file.issues, "written")
