"""Tables: CSV, TSV, Parquet and Excel, with a row for each example, or for each tick of a sequence.

The columns ``input:GROUP:UNIT``, ``target:GROUP:UNIT`` and ``clamp:GROUP:UNIT`` have a number for each unit; ``input:UNIT`` and
``target:UNIT`` are without groups. A unit is a label, or a number from 0. The further columns are ``name``, ``frequency``, ``tick``
(from 1), ``event`` (a number for each event), ``continues`` and ``error_weight``. A missing target is no target.

Tables of other programs have other columns. Their ``inputs`` and ``targets`` are given as parameters: names of columns, each a number, or
text, which is the label of the unit of a group that is 1. With a network, a column with the name of a group has the labels of its units.

Weights are rows with the columns ``sender``, ``receiver``, ``delay`` and ``value``, as in the file ``weights.csv`` of a run.
"""

from __future__ import annotations

import codecs
import csv
import io
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

import connectionist as cn
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import from_spreadsheet_cell, shown, spreadsheet_cell, visible_text

if TYPE_CHECKING:
    import pandas as pd

MEMORY = 30  # bytes of memory for a byte of XML
CELL_BYTES = 40
MOST_ROWS, MOST_COLUMNS = 2**20, 2**14  # of a sheet, with the header
TEXTS = "name", "sender", "receiver"  # columns that are not numbers
MISSING = ["", "NA", "NaN", "nan", "-"]


@dataclass(frozen=True)
class _Table(cn.FileFormat):
    """A table with a row for each example.

    Parameters
    ----------
    inputs, targets : tuple of str
        Columns with the inputs and targets, if their names do not say it.
    """

    inputs: tuple[str, ...] = cn.parameter(())
    targets: tuple[str, ...] = cn.parameter(())
    escapes: ClassVar[bool] = True  # whether control characters are escaped

    def read_examples(self, file: cn.formats.InputFile, network: cn.Network | None) -> cn.ExampleSet:
        """Return the examples."""
        from connectionist_plugins.formats.tables.reader import TableReader

        return TableReader(file, self.read_table(file), network, {"input": self.inputs, "target": self.targets}).examples()

    def write_examples(self, file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
        """Write the examples."""
        from connectionist.formats import written_name
        from connectionist_plugins.formats.tables.frame import example_frame

        if self.escapes:
            for name in dict.fromkeys(examples.names):
                written_name(file, name, visible_text(name))

        self.write_table(file, example_frame(examples))

    def read_weights(self, file: cn.formats.InputFile, network: cn.Network) -> Mapping[cn.Connection, float]:
        """Return the weights by the names of the units. The file may have only some of the connections."""
        from connectionist.formats import list_missing_weights
        from connectionist_plugins.formats.tables.cells import column_numbers

        frame = self.read_table(file)
        for column in ("sender", "receiver", "value"):
            if column not in frame:
                raise file.error(f"the columns {', '.join(map(str, frame.columns[:10]))}", f"a column {column!r}", line=1)
        values = column_numbers(file, frame, "value")
        delays = column_numbers(file, frame, "delay").tolist() if "delay" in frame else [0.0] * len(frame)
        known = {_key(each): each for projection in network.projections for each in projection.connections}
        found: dict[cn.Connection, float] = {}
        rows = zip(frame["sender"].tolist(), frame["receiver"].tolist(), delays, values.tolist(), strict=True)
        for line, (sender, receiver, delay, value) in enumerate(rows, 2):
            connection = known.get((from_spreadsheet_cell(str(sender)), from_spreadsheet_cell(str(receiver)), delay))
            if connection is None:
                what = f"{sender} → {receiver}" + (f" with delay {delay:g}" if delay else "")
                raise file.error(f"{shown(what, 200)}", f"a connection of {network.name}", line=line)
            if connection in found:
                raise file.error(message=f"has the connection {sender} → {receiver} twice", line=line)
            found[connection] = value
        list_missing_weights(file, network, found)
        return found

    def write_weights(self, file: cn.formats.OutputFile, network: cn.Network) -> None:
        """Write a row for each connection."""
        import pandas as pd

        connections = [each for projection in network.projections for each in projection.connections]
        columns: dict[str, list[Any]] = {
            "sender": [each.sender.name for each in connections],
            "receiver": [each.receiver.name for each in connections],
            "delay": [each.delay for each in connections],
            "value": [each.weight.value for each in connections],
            "trainable": [each.weight.trainable for each in connections],
        }
        self.write_table(file, pd.DataFrame(columns))


@dataclass(frozen=True)
class Csv(_Table):
    """Tables of text with commas (CSV), for pandas, R and spreadsheets.

    Parameters
    ----------
    inputs, targets : tuple of str
        Columns with the inputs and targets, if their names do not say it.
    separator : str
        Between the cells: one character that is no letter, digit, quotation mark or line end.

    Raises
    ------
    ParameterError
        If the separator is another text.
    """

    separator: str = cn.parameter(",")
    name = "csv"
    suffixes = (".csv",)

    def __post_init__(self) -> None:
        """Check the parameters."""
        super().__post_init__()
        if len(self.separator) != 1 or self.separator.isalnum() or self.separator in "\"'\n\r.-+\0":
            raise cn.errors.ParameterError(f"csv.separator: must be one character, such as ',' or ';' (got {shown(self.separator)})")

    def read_table(self, file: cn.formats.InputFile) -> pd.DataFrame:
        """Return the table."""
        return _read_text(file, self.separator)

    def write_table(self, file: cn.formats.OutputFile, table: pd.DataFrame) -> None:
        """Write the table; text that a spreadsheet would compute has an apostrophe in front."""
        file.write(_cells(table).to_csv(index=False, sep=self.separator))


@dataclass(frozen=True)
class Tsv(_Table):
    """Tables of text with tabs (TSV).

    Parameters
    ----------
    inputs, targets : tuple of str
        Columns with the inputs and targets, if their names do not say it.
    """

    name = "tsv"
    suffixes = (".tsv",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it has a header with tabs, and without the sigils of emergent."""
        return (
            b"\0" not in beginning and b"\t" in beginning.partition(b"\n")[0] and not beginning.startswith((b"_H:", b"$", b"%", b"|", b"#"))
        )

    def read_table(self, file: cn.formats.InputFile) -> pd.DataFrame:
        """Return the table."""
        return _read_text(file, "\t")

    def write_table(self, file: cn.formats.OutputFile, table: pd.DataFrame) -> None:
        """Write the table; text that a spreadsheet would compute has an apostrophe in front."""
        file.write(_cells(table).to_csv(index=False, sep="\t"))


@dataclass(frozen=True)
class Parquet(_Table):
    """Parquet tables, for pandas, polars and R.

    Parameters
    ----------
    inputs, targets : tuple of str
        Columns with the inputs and targets, if their names do not say it.
    """

    name = "parquet"
    escapes = False
    suffixes = (".parquet",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins with the mark of the format."""
        return beginning.startswith(b"PAR1")

    def read_table(self, file: cn.formats.InputFile) -> pd.DataFrame:
        """Return the table."""
        import pyarrow as pa
        import pyarrow.parquet

        try:
            content = pyarrow.parquet.ParquetFile(pa.BufferReader(file.content()))
            metadata = content.metadata
            cells = metadata.num_rows * metadata.num_columns
            file.check_memory(CELL_BYTES * cells, f"its {metadata.num_rows} rows of {metadata.num_columns} columns")
            frame: pd.DataFrame = content.read().to_pandas(ignore_metadata=True)
            for column in frame.columns[[dtype.kind not in "biuf" for dtype in frame.dtypes]]:
                frame[column] = frame[column].astype(object)  # text is decoded here, and its faults are found
        except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError, MemoryError) as error:
            raise _unreadable(file, error) from None
        return frame

    def write_table(self, file: cn.formats.OutputFile, table: pd.DataFrame) -> None:
        """Write the table."""
        file.write(table.to_parquet(index=False))


@dataclass(frozen=True)
class Excel(_Table):
    """Excel tables (.xlsx), the first sheet or a named one; they need the package openpyxl.

    Parameters
    ----------
    inputs, targets : tuple of str
        Columns with the inputs and targets, if their names do not say it.
    sheet : str
        Name of the sheet; the first one by default.
    """

    sheet: str = cn.parameter("")
    name = "excel"
    suffixes = (".xlsx",)

    def sniff(self, beginning: bytes) -> bool:
        """Return whether it begins like a ZIP archive that is no file of numpy."""
        first_name = beginning[30 : 30 + int.from_bytes(beginning[26:28], "little")]  # in the archive
        return beginning.startswith(b"PK") and not first_name.endswith(b".npy")

    def read_table(self, file: cn.formats.InputFile) -> pd.DataFrame:
        """Return the table of the sheet, whose first row is the header."""
        import pandas as pd

        _need_openpyxl(file.subject)
        content = file.content()
        try:
            _check_archive(file, content)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", module="openpyxl")  # of styles, print areas and rules of input, which are not read
                frame: pd.DataFrame = pd.read_excel(
                    io.BytesIO(content),
                    sheet_name=self.sheet or 0,
                    engine="openpyxl",
                    keep_default_na=False,
                    na_values=[""],
                    dtype=dict.fromkeys(TEXTS, str),
                )
            for column in frame.columns.difference(list(TEXTS)):
                if frame[column].dtype.kind not in "biuf":
                    given = frame[column].mask(frame[column].isin(MISSING)).infer_objects()
                    is_number = {type(value) for value in given.tolist()} <= {int, float}  # large ones are whole numbers of Python
                    frame[column] = given.astype(float) if is_number else given
        except cn.ConnectionistError:
            raise
        except Exception as error:  # openpyxl raises errors of many classes for damaged files
            raise _unreadable(file, error) from None
        return frame

    def write_table(self, file: cn.formats.OutputFile, table: pd.DataFrame) -> None:
        """Write the table as the only sheet."""
        _need_openpyxl(f"file {file.name!r}")
        if len(table) >= MOST_ROWS or len(table.columns) > MOST_COLUMNS:
            sizes = f"{len(table):,} rows and {len(table.columns):,} columns, and a sheet has {MOST_ROWS:,} and {MOST_COLUMNS:,} at most"
            raise cn.errors.FormatError(f"{file.name}: the table has {sizes}")
        written = io.BytesIO()
        _cells(table).to_excel(written, index=False, sheet_name=self.sheet or "Sheet1", engine="openpyxl")
        file.write(written.getvalue())


def _need_openpyxl(subject: str) -> None:
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise cn.errors.FileError(f"{subject}: Excel files need openpyxl; pip install 'connectionist-simulator[excel]'") from None


def _check_archive(file: cn.formats.InputFile, content: bytes) -> None:
    """Raise an error if a zip file would need too much memory."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        file.check_memory(MEMORY * sum(member.file_size for member in archive.infolist()), "its sheets")


def _unreadable(file: cn.formats.InputFile, error: Exception) -> cn.errors.FormatError:
    from connectionist_plugins.formats.tables.cells import unreadable

    return unreadable(file, error)


def _read_text(file: cn.formats.InputFile, separator: str) -> pd.DataFrame:
    """Return the table of a text, which is read in parts."""
    import pandas as pd

    encoding, columns = _check_text(file, separator)
    _check_rows(file, separator, encoding, len(columns))
    missing = {column: MISSING for column in columns if column not in TEXTS}
    try:
        with file.stream() as stream:
            frame: pd.DataFrame = pd.read_csv(
                stream,
                sep=separator,
                encoding=encoding,
                keep_default_na=False,
                na_values=missing,
                dtype=dict.fromkeys(TEXTS, str),
                low_memory=False,
            )
    except (ValueError, OverflowError) as error:  # ParserError is a ValueError
        raise _unreadable(file, error) from None
    return frame


def _check_text(file: cn.formats.InputFile, separator: str) -> tuple[str, list[str]]:
    """Return the encoding and the columns of a text, after a check of its characters, its header and the memory that it needs."""
    from connectionist_plugins.formats.tables.cells import hint_of_numbers

    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    encoding, line = "utf-8-sig", 1
    with file.stream() as stream:
        while part := stream.read(2**20):
            file.check_text(part, line)
            try:
                if encoding != "latin-1":
                    decoder.decode(part)
            except UnicodeDecodeError as error:
                wrong = f"byte 0x{error.object[error.start]:02x} is not text in UTF-8; the file is read as Latin-1"
                file.cannot(wrong, line + error.object.count(b"\n", 0, error.start))
                encoding = "latin-1"
            line += max(part.count(b"\n"), part.count(b"\r"))
    with file.stream() as stream:
        rows = _rows(stream, encoding, separator)  # kept, since it closes the stream at its end
        try:
            names: list[str] = next(rows, [])
        except csv.Error as error:
            raise _unreadable(file, error) from None
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise file.error(message=f"has two columns {shown(twice[0])}{hint_of_numbers(names)}", line=1)
    file.check_memory(CELL_BYTES * line * len(names), f"its {line} rows of {len(names)} columns")
    return encoding, names


def _rows(stream: BinaryIO, encoding: str, separator: str) -> Any:
    return csv.reader(io.TextIOWrapper(stream, encoding, errors="replace", newline=""), delimiter=separator)


def _check_rows(file: cn.formats.InputFile, separator: str, encoding: str, count: int) -> None:
    """Raise an error if a row has more or fewer cells than the header, for which pandas moves or adds cells."""
    with file.stream() as stream:
        rows = _rows(stream, encoding, separator)
        try:
            for row in rows:
                if len(row) != count and row:
                    raise file.error(describe_count(len(row), "cell"), f"{count}, as the header has,", line=rows.line_num)
        except csv.Error as error:
            raise file.error(message=f"cannot be read as a table ({error})", line=rows.line_num) from None


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with cells and columns as they are written."""
    return table.map(_cell).rename(columns=_cell)


def _cell(value: object) -> object:
    return spreadsheet_cell(visible_text(value) if isinstance(value, str) else value)


def _key(connection: cn.Connection) -> tuple[str, str, float]:
    return connection.sender.name, connection.receiver.name, float(connection.delay)


@cn.hookimpl
def file_formats() -> Sequence[type[cn.FileFormat]]:
    """Return the formats."""
    return [Csv, Tsv, Parquet, Excel]
