"""Reading of files, which may come from anywhere. Every file that a user names is opened and read here.

Only regular files are opened, so that no pipe or device makes a reader wait.
The memory that a reader needs is at most a small multiple of the file's size, and is checked first. Whatever is wrong with a file raises
`FileError`, which names the file and the reason. Nothing in a file is run. `array_files` reads arrays.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import stat
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from connectionist.errors import FileError
from connectionist.utils.counts import describe_count
from connectionist.utils.memory_limit import allocating
from connectionist.utils.visible_text import from_spreadsheet_cell, shown

JSON_BYTES = 30  # of memory for a byte of JSON: a list of empty dicts needs the most
TEXT_BYTES = 5
MAX_DEPTH = 60  # of lists and dicts in JSON
MAX_WHOLE_NUMBER = 10**300  # less than the largest float, so that every number of a file can be converted
MAX_LINE = 10_000  # characters of a line of a table
MAX_WHOLE_CELL = 2.0**53


@contextmanager
def open_file(path: str | Path, subject: str) -> Iterator[BinaryIO]:
    """Open a regular file for reading during the block. An OSError in the block becomes a FileError.

    Parameters
    ----------
    path : str or path
    subject : str
        The file in error messages, such as "weights file 'w.npz'".

    Raises
    ------
    FileError
        If the file cannot be read or is not a regular file.
    """
    if "\0" in str(path):
        raise FileError(f"{subject} cannot be read (a path has no null character)")
    with _read_errors(subject):
        _check_regular(os.stat(path).st_mode, subject)  # noqa: PTH116  (a device is not even opened)
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            _check_regular(os.fstat(descriptor).st_mode, subject)
            yield file


@contextmanager
def _read_errors(subject: str) -> Iterator[None]:
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"{subject} cannot be read ({error.strerror or error})") from None


def is_file(path: Path) -> bool:
    """Return whether a path is that of a regular file, or of a link to one; False for a path that cannot be, for example one too long."""
    return os.path.isfile(path)  # noqa: PTH113  (`Path.is_file` raises OSError then)


def describe_other(path: Path) -> str:
    """Return what a path is instead of a regular file, as part of a message; "" if it is a file, or if there is nothing."""
    if is_file(path) or not os.path.lexists(path):
        return ""
    kind = "a link to nothing" if not os.path.exists(path) else _kind(os.stat(path).st_mode)  # noqa: PTH110, PTH116
    return f"it is {kind}, not a file"


def check_link(path: Path, folder: Path, subject: str) -> None:
    """Raise FileError if a file is a link out of its folder, so that a folder from elsewhere makes no program read other files."""
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # links that form a loop
        inside = False
    if not inside:
        raise FileError(f"{subject} is a link out of the folder")


def _check_regular(mode: int, subject: str) -> None:
    if not stat.S_ISREG(mode):
        raise FileError(f"{subject} cannot be read (it is {_kind(mode)}, not a file)")


def _kind(mode: int) -> str:
    return "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"


def read_text(path: str | Path, subject: str, memory: int = TEXT_BYTES) -> str:
    """Return the content of a file in UTF-8, without a byte order mark.

    Parameters
    ----------
    path, subject
        As for `open_file`.
    memory : int
        Bytes of memory that reading and using one byte of the file needs.

    Raises
    ------
    FileError
        If the file cannot be read or is not text in UTF-8.
    MemoryLimitError
        If the file is too large for the free memory.
    """
    with open_file(path, subject) as file:
        size = os.fstat(file.fileno()).st_size
        with allocating(memory * size, f"{subject}: its {size} bytes"):
            content = file.read(size)
            try:
                return content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise FileError(f"{subject} is not text in UTF-8 (byte 0x{content[error.start]:02x} at {error.start})") from None


def read_json(path: str | Path, subject: str) -> Any:
    """Return the value of a JSON file. The parameters are those of `open_file`.

    Raises
    ------
    FileError
        If the file cannot be read or is not JSON. NaN, infinite numbers, keys that occur twice, numbers above 1e300 and more than 60
        levels of lists and objects are errors too.
    MemoryLimitError
        If the file is too large for the free memory.
    """
    return parse_json(read_text(path, subject, JSON_BYTES), subject)


def parse_json(text: str, subject: str) -> Any:
    """Return the value of a JSON text, with the errors of `read_json`."""
    try:
        with allocating(JSON_BYTES * len(text), f"{subject}: its {len(text)} characters"):
            value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
            _check_values(value)
    except RecursionError:
        raise FileError(f"{subject} is not valid JSON (more than {MAX_DEPTH} levels of lists and objects)") from None
    except ValueError as error:
        raise FileError(f"{subject} is not valid JSON ({error})") from None
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"the key {shown(twice)} occurs twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def _check_values(value: Any) -> None:
    """Raise ValueError if a value has too many levels or too large a number."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        for each in level:
            if (isinstance(each, float) and not math.isfinite(each)) or (type(each) is int and abs(each) > MAX_WHOLE_NUMBER):
                raise ValueError("a number is above 1e300")
        level = [inner for each in level if isinstance(each, (dict, list)) for inner in (each.values() if isinstance(each, dict) else each)]
        if not level:
            return
    raise ValueError(f"more than {MAX_DEPTH} levels of lists and objects")


def read_columns(
    path: str | Path, subject: str, *, required: Iterable[str] = (), whole: Iterable[str] = (), texts: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the columns of a CSV file as arrays of numbers and lists of text, with its header as keys. An empty cell of numbers is NaN.

    Parameters
    ----------
    path, subject
        As for `open_file`.
    required : iterable of str
        Columns that the file must have. It may have others.
    whole : iterable of str
        Columns whose numbers must be whole.
    texts : iterable of str
        Columns of text, without the mark that `visible_text.spreadsheet_cell` puts in front. All others are numbers.

    Raises
    ------
    FileError
        If the file cannot be read, lacks a column, or has a row that is not whole or a cell that is not a number.
    MemoryLimitError
        If the file is too large for the free memory.
    """
    with open_file(path, subject) as file:
        size = os.fstat(file.fileno()).st_size
        with allocating(TEXT_BYTES * size, f"{subject}: its {size} bytes"):
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            try:
                return _read_columns(csv.reader(_lines(text)), frozenset(required), frozenset(whole), frozenset(texts))
            except UnicodeDecodeError as error:
                raise FileError(f"{subject} is not text in UTF-8 ({error.reason})") from None
            except (ValueError, csv.Error) as error:
                raise FileError(f"{subject} is damaged: {error}") from None
            finally:
                text.detach()


def read_numbers(path: str | Path, subject: str, *, required: Iterable[str] = (), whole: Iterable[str] = ()) -> dict[str, array[float]]:
    """Return the columns of a CSV file of numbers, as `read_columns` does."""
    return read_columns(path, subject, required=required, whole=whole)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of a text.

    Raises
    ------
    ValueError
        If a line is too long, or if the last one has no end.
    """
    number = 1
    while line := text.readline(MAX_LINE):
        if not line.endswith("\n"):
            long = len(line) == MAX_LINE
            raise ValueError(f"line {number} has more than {MAX_LINE} characters" if long else f"line {number} is not whole")
        yield line
        number += 1


def _read_columns(rows: Iterator[list[str]], required: frozenset[str], whole: frozenset[str], texts: frozenset[str]) -> dict[str, Any]:
    names = [from_spreadsheet_cell(name) for name in next(rows, [])]
    if missing := [name for name in sorted(required) if name not in names]:
        raise ValueError(f"it has no column {missing[0]!r} (its columns: {shown(', '.join(names))})")
    if len(set(names)) < len(names):
        raise ValueError(f"two columns have the same name ({shown(', '.join(names))})")
    columns: list[Any] = [[] if name in texts else array("d") for name in names]
    for number, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise ValueError(f"a row is not whole: row {number} has {describe_count(len(row), 'cell')}, and the header has {len(names)}")
        for name, column, cell in zip(names, columns, row, strict=True):
            column.append(from_spreadsheet_cell(cell) if name in texts else _number(cell, number, name, name in whole))
    return dict(zip(names, columns, strict=True))


def _number(cell: str, row: int, name: str, is_whole: bool) -> float:
    try:
        value = float(cell or "nan")
    except ValueError:
        value = None
    if value is None or (is_whole and not (abs(value) < MAX_WHOLE_CELL and value.is_integer())):
        raise ValueError(f"row {row} must have a {'whole ' if is_whole else ''}number as {shown(name)} (got {shown(cell)})")
    return value
