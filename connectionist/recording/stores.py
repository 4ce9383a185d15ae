"""Stores of records: in memory, or in a file to which records are appended."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Protocol

import numpy as np

from connectionist.errors import FileError
from connectionist.utils.array_files import map_array
from connectionist.utils.arrays import Array
from connectionist.utils.files import create_file, write_at
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.untrusted_files import check_link

ITEM_BYTES = 8


class Store(Protocol):
    """Records of one shape. The first dimension grows."""

    def add(self, records: Array) -> None:
        """Append records [record, …]."""

    def array(self) -> Array:
        """Return all records [record, …]."""


class InMemory:
    """Records in memory.

    Parameters
    ----------
    shape : tuple of int
        Shape of one record.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.pieces: list[Array] = [np.zeros((0, *shape))]

    def add(self, records: Array) -> None:
        """Append records [record, …]."""
        self.pieces.append(records)

    def since(self, count: int) -> Array:
        """Return the records after the first `count`, without putting all in one array."""
        pieces, left = [], sum(map(len, self.pieces)) - count
        for piece in reversed(self.pieces):
            if left <= 0:
                break
            pieces.append(piece[max(0, len(piece) - left) :])
            left -= len(piece)
        return np.concatenate([self.pieces[0][:0], *reversed(pieces)])

    def array(self) -> Array:
        """Return all records [record, …].

        Raises
        ------
        MemoryLimitError
            If they would not fit in memory in one array.
        """
        if len(self.pieces) > 1:
            numbers = sum(piece.size for piece in self.pieces)
            shape = " × ".join(map(str, self.pieces[0].shape[1:]))
            with allocating(NUMBER_BYTES * numbers, f"records of {sum(map(len, self.pieces))} × {shape} numbers in one array"):
                self.pieces = [np.concatenate(self.pieces)]
        return self.pieces[0]


class OnDisk:
    """Records in a ``.npy`` file. The header is rewritten after each addition, so the file can be read at any time.

    Parameters
    ----------
    path : path
        File that does not exist yet, unless `exists`.
    shape : tuple of int
        Shape of one record.
    exists : bool
        Whether the file is that of an earlier process, in which `go_on` continues.

    Raises
    ------
    FileError
        If the file exists or cannot be written.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], *, exists: bool = False) -> None:
        self.path, self.shape, self.count = path, shape, 0
        if not exists:
            create_file(path, self._header(0), "recording")

    def go_on(self, count: int) -> None:
        """Go on after the first `count` records of the file. Further ones are overwritten.

        Raises
        ------
        FileError
            If the file cannot be read or has fewer records.
        """
        found = len(map_array(self.path, f"recording {str(self.path)!r}", self.shape))
        if found < count:
            raise FileError(f"recording {str(self.path)!r}: has {found} of the {count} records that the checkpoint needs")
        self.count = count
        write_at(self.path, self._header(count), 0, "recording")

    def synchronize(self) -> None:
        """Synchronize the file to the disk."""
        write_at(self.path, b"", 0, "recording", synchronized=True)

    def add(self, records: Array) -> None:
        """Append records [record, …]. They go behind those that the header counts, so the rest of a failed addition is overwritten.

        Raises
        ------
        FileError
            If the file cannot be written. It has the earlier records then.
        """
        end = len(self._header(0)) + self.count * ITEM_BYTES * math.prod(self.shape)
        write_at(self.path, np.ascontiguousarray(records, dtype="<f8").tobytes(), end, "recording")
        write_at(self.path, self._header(self.count + len(records)), 0, "recording")
        self.count += len(records)

    def array(self) -> Array:
        """Return all records [record, …] as a memory map of the file."""
        if not self.count:
            return np.zeros((0, *self.shape))
        return map_array(self.path, f"recording {str(self.path)!r}", self.shape)

    def _header(self, count: int) -> bytes:
        """Return the header of a file with `count` records. Its length is constant; numpy reserves space for the first dimension."""
        header = io.BytesIO()
        description = {"descr": "<f8", "fortran_order": False, "shape": (count, *self.shape)}
        np.lib.format.write_array_header_1_0(header, description)
        return header.getvalue()


class Loaded(InMemory):
    """Records of an existing ``.npy`` file, as a memory map. Nothing can be appended to the file.

    Parameters
    ----------
    path : path
    shape : tuple of int
        Shape of one record.
    folder : str
        Folder of the recording, for messages.

    Raises
    ------
    FileError
        If the file cannot be read, is damaged, or has records of another shape.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], folder: str) -> None:
        self.path = path
        subject = f"load_recording: {folder!r}: {path.name}"
        check_link(path, path.parent, subject)
        self.pieces = [map_array(path, subject, shape)]
