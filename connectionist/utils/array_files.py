"""Reading of ``.npy`` and ``.npz`` files, which may come from anywhere, and writing of ``.npz`` files.

The header of an array is checked before its numbers are read: its length must be that of the data, and its type a plain one. Text and
numbers are read; objects, which numpy would have to unpickle, structured and complex values are not.
"""

from __future__ import annotations

import io
import math
import os
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from connectionist.errors import FileError
from connectionist.utils.counts import describe_count
from connectionist.utils.files import write_bytes
from connectionist.utils.memory_limit import allocating
from connectionist.utils.untrusted_files import open_file
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

MAGIC = b"\x93NUMPY"
LENGTH_FORMATS = {b"\x01\x00": "<H", b"\x02\x00": "<I", b"\x03\x00": "<I"}  # of the header's length, by the version of the format
MAX_HEADER = 10_000  # bytes, as in numpy
HEADER = re.compile(
    r"\{'descr': '(?P<dtype>[<>|](?P<kind>[a-zA-Z])(?P<size>\d{1,12}))', 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>[\d, ]*)\),? ?\} *\n"
)
SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8)}  # bytes of a number of each kind
LETTER_BYTES = 4  # of text, whose size is in letters
EXPANSION = 20  # of a compressed file; zeros can be compressed by a factor of 1000, so that a small file could fill the memory
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, EOFError, RuntimeError, LookupError, OverflowError, TypeError)


@dataclass(frozen=True)
class ArrayHeader:
    """The header of an array in a file.

    Parameters
    ----------
    dtype : str
        As numpy writes it, such as "<f8".
    kind : str
        Letter of the kind in `dtype`: "f", "i", "u", "b" or "U" (text).
    shape : tuple of int
    is_fortran : bool
        Whether the first index changes fastest.
    item_bytes : int
    start : int
        Bytes before the numbers.
    """

    dtype: str
    kind: str
    shape: tuple[int, ...]
    is_fortran: bool
    item_bytes: int
    start: int

    @property
    def data_bytes(self) -> int:
        """Size of the numbers in bytes."""
        return math.prod(self.shape) * self.item_bytes


def read_header(file: IO[bytes]) -> ArrayHeader:
    """Read the header of an array at the beginning of a file.

    Raises
    ------
    ValueError
        If it is not the header of an array of numbers or text.
    """
    beginning = file.read(len(MAGIC) + 2)
    length_format = LENGTH_FORMATS.get(beginning[len(MAGIC) :])
    if beginning[: len(MAGIC)] != MAGIC or length_format is None:
        raise ValueError("it is not a file of numpy")
    (length,) = struct.unpack(length_format, file.read(struct.calcsize(length_format)))
    text = file.read(min(length, MAX_HEADER + 1)).decode("latin-1")
    found = HEADER.fullmatch(text) if len(text) == length <= MAX_HEADER else None
    if found is None:
        raise ValueError(f"its array is not one of numbers or text: {shown(text[:100].strip())}")
    kind, size = found["kind"], int(found["size"])
    if kind != "U" and size not in SIZES.get(kind, ()):
        raise ValueError(f"its array is not one of numbers or text: {found['dtype']!r}")
    start = len(beginning) + struct.calcsize(length_format) + length
    item_bytes = LETTER_BYTES * size if kind == "U" else size
    return ArrayHeader(found["dtype"], kind, _shape(found["shape"]), found["fortran"] == "True", item_bytes, start)


def _shape(text: str) -> tuple[int, ...]:
    """Return the shape from its text in a header, such as "3," or "3, 4"."""
    sizes = text.split(",")
    return tuple(int(size) for size in (sizes[:-1] if not sizes[-1].strip() else sizes))


def read_arrays(path: str | Path, subject: str, kinds: Mapping[str, str], most: int | None = None) -> dict[str, Array]:
    """Return arrays of an ``.npz`` file.

    Parameters
    ----------
    path, subject
        As for `untrusted_files.open_file`.
    kinds : dict of str to str
        Names of the arrays to read, with the letters of the kinds that each may have: "f", "i", "u", "b", "U". An empty array may have any.
    most : int, optional
        Largest size of all these arrays together, in bytes; by default `EXPANSION` times the size of the file.

    Raises
    ------
    FileError
        If the file cannot be read or is damaged, encrypted, or not an ``.npz`` file, if an array is missing or has another kind, or if the
        arrays are too large.
    MemoryLimitError
        If the arrays are too large for the free memory.
    """
    with open_file(path, subject) as file:
        most = EXPANSION * os.fstat(file.fileno()).st_size if most is None else most
        try:
            with zipfile.ZipFile(file) as archive:
                members = _members(archive, kinds, most)
                needed = 2 * sum(member.file_size for member in members.values())
                with allocating(needed, f"{subject}: its arrays"):
                    return {name: _read_member(archive, name, member, kinds[name]) for name, member in members.items()}
        except DAMAGE as error:
            raise FileError(f"{subject} cannot be read ({error or 'it is cut'})") from None


def _members(archive: zipfile.ZipFile, kinds: Mapping[str, str], most: int) -> dict[str, zipfile.ZipInfo]:
    """Return the members of a zip file with the given arrays.

    Raises
    ------
    ValueError
        If one of them is missing or occurs twice, if one is compressed in another way, or if they are too large.
    """
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename.removesuffix(".npy")
        if name in kinds:
            if name in found:
                raise ValueError(f"the array {name!r} occurs twice")
            if member.compress_type not in COMPRESSIONS:
                raise ValueError(f"the array {name!r} is compressed by a method other than deflate")
            found[name] = member
    if missing := [name for name in kinds if name not in found]:
        raise ValueError(f"it has no array {missing[0]!r}")
    size = sum(member.file_size for member in found.values())
    if size > most:
        raise ValueError(f"its arrays have {describe_count(size, 'byte')}; at most {most} are expected")
    return found


def _read_member(archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo, kinds: str) -> Array:
    """Return one array.

    Raises
    ------
    ValueError
        If its kind is another one, if its size is not that of the data, or if it has text that is not Unicode.
    """
    import numpy as np

    with archive.open(member) as file:
        header = read_header(file)
        if header.kind not in kinds and 0 not in header.shape:
            raise ValueError(f"the array {name!r} has values of another type ({header.dtype!r})")
        if header.start + header.data_bytes != member.file_size or (header.item_bytes == 0 and 0 not in header.shape):
            raise ValueError(
                f"the array {name!r} says that it has {_numbers(header)}, and has {describe_count(member.file_size - header.start, 'byte')}"
            )
        content = file.read(header.data_bytes)
        if len(content) != header.data_bytes or file.read(1):  # the last read checks the sum
            raise ValueError(f"the array {name!r} is cut")
    if header.kind == "U" and np.any(np.frombuffer(content, dtype=f"{header.dtype[0]}u4") > sys.maxunicode):
        raise ValueError(f"the array {name!r} has text that is not Unicode")  # numpy would raise SystemError
    values: Array = np.frombuffer(content, dtype=header.dtype).reshape(header.shape, order="F" if header.is_fortran else "C")
    return values


def write_arrays(path: str | Path, what: str, arrays: Mapping[str, Any]) -> None:
    """Write an ``.npz`` file without compression, whole or not at all.

    Raises
    ------
    FileError
        If the file cannot be written.
    """
    import numpy as np

    content = io.BytesIO()  # zipfile seeks for each array, and would write as many small pieces
    np.savez(content, allow_pickle=False, **arrays)
    write_bytes(path, content.getvalue(), what)


def map_array(path: Path, subject: str, shape: tuple[int, ...]) -> Array:
    """Return the records of a ``.npy`` file as a memory map. The file may go on behind them, since it may be written while it is read.

    Parameters
    ----------
    path, subject
        As for `untrusted_files.open_file`.
    shape : tuple of int
        Shape of one record of float64.

    Returns
    -------
    array [record, …]

    Raises
    ------
    FileError
        If the file cannot be read, is cut, or has numbers of another type or shape.
    """
    import numpy as np

    with open_file(path, subject) as file:
        try:
            header = read_header(file)
        except DAMAGE as error:
            raise FileError(f"{subject} cannot be read ({error})") from None
        if header.dtype != "<f8" or header.is_fortran or header.shape[1:] != shape or not header.shape:
            expected = f"'<f8' numbers [record, {', '.join(map(str, shape))}]" if shape else "'<f8' numbers [record]"
            raise FileError(f"{subject} must have {expected} (got {header.dtype!r} numbers of shape {shown(header.shape)})")
        if 0 in header.shape:
            if math.prod(shape) == 0 and header.shape[0]:
                raise FileError(f"{subject} has records without numbers")
            return np.zeros(header.shape)
        size = os.fstat(file.fileno()).st_size
        if header.start + header.data_bytes > size:
            raise FileError(
                f"{subject} is cut: it says that it has {_numbers(header)}, and has {describe_count(size - header.start, 'byte')}"
            )
        return np.memmap(file, dtype="<f8", mode="r", offset=header.start, shape=header.shape)


def _numbers(header: ArrayHeader) -> str:
    return f"{' × '.join(map(str, header.shape)):.60} values of {header.item_bytes} bytes"
