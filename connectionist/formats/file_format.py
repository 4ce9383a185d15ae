"""The contract of a file format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from connectionist.errors import FileError
from connectionist.plugins.parameters import Parameterized

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.formats.input_file import InputFile
    from connectionist.formats.output_file import OutputFile
    from connectionist.model.connection import Connection
    from connectionist.model.network import Network

ABILITIES = {
    "read_examples": "reads examples",
    "write_examples": "writes examples",
    "read_network": "reads networks",
    "write_network": "writes networks",
    "read_weights": "reads weights",
    "write_weights": "writes weights",
    "read_table": "reads tables",
    "write_table": "writes tables",
}


class FileFormat(Parameterized):
    """Base class of file formats. A format is a frozen dataclass; its fields are its parameters.

    A format overrides the methods that it has: `read_examples`, `write_examples`, `read_network`, `write_network`, `read_weights`,
    `write_weights`, `read_table`, `write_table`. No other declaration is needed.

    A reading method raises only errors of the simulator. `connectionist.formats.InputFile` has them: ``raise file.error(…)`` for
    parts that the format does not allow, ``file.cannot(…)`` for parts that the simulator does not support. The memory that it needs is a
    small multiple of the file, or is checked first.

    Attributes
    ----------
    name : str
        Name for the parameter ``format`` and for ``connectionist list formats``.
    suffixes : tuple of str
        Ends of file names in lower case, with the dot, such as ``(".ex",)``. Several formats may have the same suffix.
    sniffed_suffixes : tuple of str
        Suffixes of other formats. A file with one of them has this format if `sniff` says so; a file is written in it only with
        ``format=``. None by default.
    """

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]] = ()
    sniffed_suffixes: ClassVar[tuple[str, ...]] = ()

    def sniff(self, beginning: bytes) -> bool:
        """Return whether a file may have this format, from its first 4096 bytes.

        It is called if several formats have the suffix of a file that is read, or none has. A format without this method may have any file
        with one of its suffixes.

        Parameters
        ----------
        beginning : bytes
            Not compressed.
        """
        return True

    def read_examples(self, file: InputFile, network: Network | None) -> ExampleSet:
        """Return the examples of a file.

        Parameters
        ----------
        file : InputFile
        network : Network or None
            Network that the examples are for. The groups of the file become its groups, and it gives the sizes and the order of groups.
            Without it, the file does.
        """
        raise self._lacks("read_examples")

    def write_examples(self, file: OutputFile, examples: ExampleSet) -> None:
        """Write examples."""
        raise self._lacks("write_examples")

    def read_network(self, file: InputFile) -> Network:
        """Return a new network, made as the file says."""
        raise self._lacks("read_network")

    def write_network(self, file: OutputFile, network: Network) -> None:
        """Write a network."""
        raise self._lacks("write_network")

    def read_weights(self, file: InputFile, network: Network) -> Mapping[Connection, float]:
        """Return the weights of a file by connection. The caller assigns them, all or none.

        Parameters
        ----------
        file : InputFile
        network : Network
            Must not be changed.

        Returns
        -------
        dict of Connection to float
            Weights of connections that are not in it do not change.
        """
        raise self._lacks("read_weights")

    def write_weights(self, file: OutputFile, network: Network) -> None:
        """Write the weights of a network."""
        raise self._lacks("write_weights")

    def read_table(self, file: InputFile) -> Any:
        """Return the content of a file as a DataFrame of pandas; for ``connectionist show`` and for files that have no examples."""
        raise self._lacks("read_table")

    def write_table(self, file: OutputFile, table: Any) -> None:
        """Write a DataFrame of pandas."""
        raise self._lacks("write_table")

    def _lacks(self, ability: str) -> FileError:
        does = ", ".join(ABILITIES[each] for each in abilities(self)) or "does nothing"
        return FileError(f"format {self.name!r}: no method {ability} (it {does})")


def abilities(file_format: FileFormat | type[FileFormat]) -> list[str]:
    """Return the names of the methods that a format has, in the order of `ABILITIES`."""
    cls = file_format if isinstance(file_format, type) else type(file_format)
    return [ability for ability in ABILITIES if getattr(cls, ability) is not getattr(FileFormat, ability)]


def has_sniff(file_format: FileFormat) -> bool:
    """Return whether a format has a method `sniff`."""
    return type(file_format).sniff is not FileFormat.sniff
