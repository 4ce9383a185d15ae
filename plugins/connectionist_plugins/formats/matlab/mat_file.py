"""The variables of a ``.mat`` file: numbers, text, and cell arrays of these.

The reader of scipy ends the process with some damaged files, so the files are parsed here. Every size is checked before it is used.

Version 5 to 7.2: a header of 128 bytes, and elements with a type and a size. An element of type matrix has flags, dimensions, a name and
values; one of type compressed has another element. A variable of a class that Matlab defines itself, such as string or datetime, has flags,
a name and the name of its class; its values are in a variable without a name. Version 4: for each variable, five whole numbers, a name and
values.

MathWorks, *MAT-File Format*.
"""

from __future__ import annotations

import math
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import connectionist as cn
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

HEADER_BYTES = 128
MATRIX, COMPRESSED, UTF8, UTF16, UTF32 = 14, 15, 16, 17, 18
TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8", UTF8: "u1", UTF16: "u2", UTF32: "u4"}
CELL, CHARACTERS, SPARSE, FIRST_NUMERIC, LAST_NUMERIC, OPAQUE = 1, 4, 5, 6, 15, 17
CLASSES = {2: "structure", 3: "object", 16: "function"}
HDF5 = b"\x89HDF"
HDF5_BYTES = 512  # before it, the header and zeros
COMPLEX, LOGICAL = 0x800, 0x200
CHARACTERS_4, SPARSE_4 = 1, 2
TYPES_4 = {0: "f8", 1: "f4", 2: "i4", 3: "i2", 4: "u2", 5: "u1"}
LONGEST_NAME = 4096
PART = 2**20


@dataclass(frozen=True)
class Unreadable:
    """A variable of a type that is not read, such as a structure."""

    kind: str


def read_variables(file: cn.formats.InputFile) -> dict[str, Any]:
    """Return the variables: arrays of numbers, texts or lists of texts, lists for cell arrays, or `Unreadable`."""
    content = file.content()
    if HDF5 in (content[:4], content[HDF5_BYTES : HDF5_BYTES + 4]) or b"MATLAB 7.3" in content[:HEADER_BYTES]:
        raise file.error(message="is of version 7.3, which is HDF5; save it with the option -v7")
    if content[126:128] in (b"IM", b"MI"):
        return _Version5(file, content, "<" if content[126:128] == b"IM" else ">").variables()
    if len(content) >= 20 and 0 in content[:4]:
        return _version_4(file, content)
    raise file.error(message="is no file of Matlab: it does not begin with 'MATLAB 5.0 MAT-file'", offset=0)


class _Version5:
    """A file of version 5 to 7.2."""

    def __init__(self, file: cn.formats.InputFile, content: bytes, order: str) -> None:
        self._file, self._content, self._order = file, content, order
        self._decompressed = 0

    def variables(self) -> dict[str, Any]:
        """Return all variables."""
        found: dict[str, Any] = {}
        at = HEADER_BYTES
        while at < len(self._content):
            start = at
            kind, data, at = self._element(self._content, start, start)
            if kind == COMPRESSED:
                inner = self._decompress(data, start)
                kind, data, end = self._element(inner, 0, start)
                if end < len(inner):
                    raise self._fail(f"a compressed variable has {len(inner) - end} bytes after its end", start)
            if kind == MATRIX and data:
                name, value = self._matrix(data, start)
                if name:
                    found[name] = value
        return found

    def _fail(self, message: str, offset: int) -> cn.errors.FormatError:
        return self._file.error(message=message, offset=offset)

    def _element(self, data: bytes, at: int, offset: int) -> tuple[int, bytes, int]:
        """Return the type and the content of an element, and where the next one begins. `offset` is its place in messages."""
        if at + 8 > len(data):
            raise self._fail("the file ends within an element", offset)
        kind, size = struct.unpack_from(f"{self._order}II", data, at)
        if kind >> 16:  # a small element has its size in the upper half, and its content at once
            kind, size = kind & 0xFFFF, kind >> 16
            start, following = at + 4, at + 8
        else:
            start = at + 8
            following = start + size + (0 if kind == COMPRESSED else -size % 8)
        if start + size > len(data) or (kind != COMPRESSED and start == at + 4 and size > 4):
            raise self._fail(f"an element says that it has {size} bytes, more than there are", offset)
        return kind, data[start : start + size], following

    def _decompress(self, data: bytes, offset: int) -> bytes:
        decompressor, parts = zlib.decompressobj(), []
        try:
            while not decompressor.eof:
                part = decompressor.decompress(data, PART)
                if not part:
                    break
                parts.append(part)
                self._decompressed += len(part)
                self._file.check_memory(3 * self._decompressed, "its variables")
                data = decompressor.unconsumed_tail
        except zlib.error as error:
            raise self._fail(f"a variable cannot be decompressed ({error})", offset) from None
        if not decompressor.eof:
            raise self._fail("the end of a compressed variable is missing", offset)
        return b"".join(parts)

    def _matrix(self, data: bytes, offset: int, *, is_in_cell: bool = False) -> tuple[str, Any]:
        """Return the name and the value of a matrix."""
        _, flags, at = self._element(data, 0, offset)
        flag = struct.unpack_from(f"{self._order}I", flags)[0] if len(flags) >= 4 else 0
        _, dimensions, at = self._element(data, at, offset) if flag & 0xFF != OPAQUE else (0, bytes(8), at)
        _, name, at = self._element(data, at, offset)
        if len(flags) < 4 or len(dimensions) % 4 or len(dimensions) < 8 or len(name) > LONGEST_NAME:
            raise self._fail("the header of a variable is damaged", offset)
        if flag & 0xFF == OPAQUE:
            return name.decode("latin-1"), Unreadable(self._opaque_kind(data, at, offset))
        shape = struct.unpack(f"{self._order}{len(dimensions) // 4}i", dimensions)
        if any(size < 0 for size in shape) or len(shape) > 32:
            raise self._fail(f"a variable has the size {' × '.join(map(str, shape[:10]))}", offset)
        kind, text = flag & 0xFF, name.decode("latin-1")
        if kind == CELL and not is_in_cell:
            return text, self._cells(data, at, math.prod(shape), offset)
        if kind == CHARACTERS:
            return text, self._characters(data, at, shape, offset)
        if kind == SPARSE and not flag & COMPLEX:
            return text, self._sparse(data, at, shape, offset, is_logical=bool(flag & LOGICAL))
        if not FIRST_NUMERIC <= kind <= LAST_NUMERIC or flag & COMPLEX:
            return text, Unreadable("array of complex numbers" if flag & COMPLEX else CLASSES.get(kind, "variable of another type"))
        return text, self._numbers(data, at, shape, offset)

    def _opaque_kind(self, data: bytes, at: int, offset: int) -> str:
        _, _, at = self._element(data, at, offset)
        _, name, _ = self._element(data, at, offset)
        return f"object of the class {shown(name.decode('latin-1'), 60)}"

    def _numbers(self, data: bytes, at: int, shape: tuple[int, ...], offset: int) -> npt.NDArray[np.float64]:
        values = self._values(data, at, offset)
        if values.size != math.prod(shape):
            raise self._fail(f"a variable has {values.size} numbers, and should have {' × '.join(map(str, shape))}", offset)
        return values.astype(float).reshape(shape, order="F")

    def _sparse(self, data: bytes, at: int, shape: tuple[int, ...], offset: int, *, is_logical: bool) -> npt.NDArray[np.float64]:
        """Return the whole matrix of the row numbers, the first place of each column, and the values."""
        import numpy as np

        parts = []
        for number in range(3):
            content = self._element(data, at, offset)[1]
            has_bytes = is_logical and number == 2  # whatever their type says
            parts.append(np.frombuffer(content, dtype=np.uint8) if has_bytes else self._values(data, at, offset))
            _, _, at = self._element(data, at, offset)
        rows, firsts, values = parts[0].astype(np.int64), parts[1].astype(np.int64), parts[2]
        counts = np.diff(firsts)
        used = int(firsts[-1]) if len(firsts) else 0
        if len(shape) != 2 or len(firsts) != shape[1] + 1 or firsts[0] or (counts < 0).any() or used > min(len(rows), len(values)):
            raise self._fail(f"a sparse matrix has no {' × '.join(map(str, shape))} values", offset)
        return _filled(self._file, shape, rows[:used], np.repeat(np.arange(shape[1]), counts), values[:used], offset)

    def _values(self, data: bytes, at: int, offset: int) -> npt.NDArray[Any]:
        import numpy as np

        kind, content, _ = self._element(data, at, offset)
        if kind not in TYPES:
            raise self._fail(f"a variable has values of type {kind}", offset)
        dtype = np.dtype(f"{self._order}{TYPES[kind]}")
        if len(content) % dtype.itemsize:
            raise self._fail("the values of a variable are cut", offset)
        return np.frombuffer(content, dtype=dtype)

    def _characters(self, data: bytes, at: int, shape: tuple[int, ...], offset: int) -> str | list[str]:
        """Return the text of one row of characters, or that of each row."""
        if at >= len(data) or 0 in shape:
            return ""
        kind, _, _ = self._element(data, at, offset)
        codes = self._values(data, at, offset)
        if kind == UTF8:
            text = codes.tobytes().decode("utf-8", errors="replace")
        else:
            text = codes.astype(f"{self._order}u2").tobytes().decode("utf-16-le" if self._order == "<" else "utf-16-be", errors="replace")
        rows, width = shape[0], math.prod(shape[1:])
        if rows == 1:
            return text
        if len(text) != rows * width:
            raise self._fail(f"a variable has {len(text)} characters, and should have {rows} × {width}", offset)
        return [text[row::rows].rstrip() for row in range(rows)]

    def _cells(self, data: bytes, at: int, count: int, offset: int) -> list[Any]:
        if 8 * count > len(data):
            raise self._fail(f"a cell array says that it has {count} cells, more than there are bytes", offset)
        cells = []
        for _ in range(count):
            kind, content, at = self._element(data, at, offset)
            if kind != MATRIX:
                raise self._fail("a cell is no variable", offset)
            cells.append(self._matrix(content, offset, is_in_cell=True)[1] if content else "")
        return cells


def _version_4(file: cn.formats.InputFile, content: bytes) -> dict[str, Any]:
    """Return the variables of a file of version 4."""
    import numpy as np

    found: dict[str, Any] = {}
    order = "<" if 0 <= struct.unpack_from("<i", content)[0] < 5000 else ">"  # the numbers of a big-endian file may be negative here
    at = 0
    while at < len(content):
        if at + 20 > len(content):
            raise file.error(message="the file ends within a header", offset=at)
        kind, rows, columns, is_complex, length = struct.unpack_from(f"{order}5i", content, at)
        dtype, role = TYPES_4.get(kind // 10 % 10), kind % 10
        if not 0 <= kind < 5000 or dtype is None or role > SPARSE_4 or rows < 0 or columns < 0 or not 1 <= length <= LONGEST_NAME:
            raise file.error(message="is no file of Matlab, or is damaged", offset=at)
        start = at + 20 + length
        name = content[at + 20 : start].rstrip(b"\0").decode("latin-1")
        size = rows * columns * np.dtype(dtype).itemsize
        at = start + size * (2 if is_complex else 1)
        if at > len(content):
            raise file.error(message=f"the variable {name!r} says that it has {rows} × {columns} values, more than there are", offset=start)
        values = np.frombuffer(content[start : start + size], dtype=f"{order}{dtype}").astype(float).reshape(rows, columns, order="F")
        if is_complex or (role == SPARSE_4 and columns == 4):  # rows, columns, real and imaginary parts
            found[name] = Unreadable("array of complex numbers")
        elif role == SPARSE_4:
            found[name] = _sparse_4(file, values, start)
        elif role == CHARACTERS_4:
            texts = ["".join(chr(int(code)) if 0 <= code < 0x110000 else "?" for code in row).rstrip() for row in values]
            found[name] = texts[0] if len(texts) == 1 else texts
        else:
            found[name] = values
    return found


def _sparse_4(file: cn.formats.InputFile, values: npt.NDArray[np.float64], offset: int) -> npt.NDArray[np.float64]:
    """Return the whole matrix of rows with the number of a row, that of a column, and a value; the last one has the size."""
    import numpy as np

    if values.shape[1] != 3 or not len(values) or not (np.abs(values[:, :2]) < 2**31).all():
        raise file.error(message=f"a sparse matrix has {values.shape[1]} columns, and should have 3", offset=offset)
    places = values[:, :2].astype(np.int64)
    return _filled(file, tuple(places[-1].tolist()), places[:-1, 0] - 1, places[:-1, 1] - 1, values[:-1, 2], offset)


def _filled(
    file: cn.formats.InputFile, shape: tuple[int, ...], rows: Any, columns: Any, values: Any, offset: int
) -> npt.NDArray[np.float64]:
    """Return a matrix with some values, 0 elsewhere."""
    import numpy as np

    size = " × ".join(map(str, shape))
    if min(shape) < 0 or ((rows < 0) | (rows >= shape[0]) | (columns < 0) | (columns >= shape[1])).any():
        raise file.error(message=f"a sparse matrix of {size} has a value outside of it", offset=offset)
    file.check_memory(8 * math.prod(shape), f"a sparse matrix of {size}")
    matrix = np.zeros(shape)
    matrix[rows, columns] = values
    return matrix
