"""Where records are kept: in memory, or in a file of a folder, to which they are added as they come."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Protocol

import numpy as np

from connectionist.errors import FileError
from connectionist.utils.arrays import Array


class Store(Protocol):
    """Records of one shape, the first dimension of which grows."""

    def add(self, records: Array) -> None:
        """Add records [record, …]."""

    def array(self) -> Array:
        """Return all records."""


class InMemory:
    """Records in memory."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.pieces: list[Array] = [np.zeros((0, *shape))]

    def add(self, records: Array) -> None:
        """Add records [record, …]."""
        self.pieces.append(records)

    def array(self) -> Array:
        """Return all records, [record, …]."""
        if len(self.pieces) > 1:
            self.pieces = [np.concatenate(self.pieces)]
        return self.pieces[0]


class OnDisk:
    """Records in a ``.npy`` file, whose head is written anew when it has grown; so it can be read at any time, whole or in part.

    Parameters
    ----------
    path : path
        A file that does not exist yet.
    shape : tuple of int
        Of one record.

    Raises
    ------
    FileError
        When it cannot be written.
    """

    def __init__(self, path: Path, shape: tuple[int, ...]) -> None:
        self.path, self.shape, self.count = path, shape, 0
        self._write(self._head(), 0, "xb")

    def add(self, records: Array) -> None:
        """Add records [record, …]."""
        self._write(np.ascontiguousarray(records, dtype="<f8").tobytes(), None, "ab")
        self.count += len(records)
        self._write(self._head(), 0, "r+b")

    def array(self) -> Array:
        """Return all records, [record, …]; they stay in the file, and come into memory where they are looked at."""
        if not self.count:
            return np.zeros((0, *self.shape))
        found: Array = np.load(self.path, mmap_mode="r")
        return found

    def _head(self) -> bytes:
        """Return the head of the file, which is always as long: numpy leaves room for the first dimension to grow."""
        head = io.BytesIO()
        described = {"descr": "<f8", "fortran_order": False, "shape": (self.count, *self.shape)}
        np.lib.format.write_array_header_1_0(head, described)
        return head.getvalue()

    def _write(self, content: bytes, at: int | None, mode: str) -> None:
        try:
            with self.path.open(mode) as file:
                if at is not None:
                    file.seek(at)
                file.write(content)
        except OSError as error:
            raise FileError(f"recording: {str(self.path)!r} cannot be written ({error.strerror})") from None
