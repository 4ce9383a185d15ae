"""A file of rows of numbers to which rows are appended: what was written is never written again, however long the file becomes."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from connectionist.errors import FileError
from connectionist.utils.counts import describe_count
from connectionist.utils.files import create_file, write_at
from connectionist.utils.memory_limit import allocating
from connectionist.utils.untrusted_files import open_file

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

ITEM_BYTES = 8


class AppendedRows:
    """Rows of float64, little-endian, without a header: ``numpy.fromfile(path, "<f8").reshape(-1, width)``.

    Parameters
    ----------
    path : Path
    width : int
        Numbers in a row.
    count : int
        Number of rows that the file has. The next rows are written behind them, over what else the file has.
    checksum : int
        CRC-32 of these rows.
    """

    def __init__(self, path: Path, width: int, count: int = 0, checksum: int = 0) -> None:
        self.path, self.width, self.count, self.checksum = path, width, count, checksum

    def add(self, rows: Array) -> None:
        """Append rows, and synchronize the file.

        Raises
        ------
        FileError
            If the file cannot be written. It has the earlier rows then.
        """
        content = np.ascontiguousarray(rows, dtype="<f8").tobytes()
        if not content:
            return
        if not self.count and not self.path.exists():
            create_file(self.path, b"")
        write_at(self.path, content, self.count * self.width * ITEM_BYTES, synchronized=True)
        self.count += len(rows)
        self.checksum = zlib.crc32(content, self.checksum)

    def read(self, subject: str) -> Array:
        """Return the rows [row, number].

        Raises
        ------
        FileError
            If the file cannot be read, has fewer rows, or has others than were written.
        """
        if not self.count * self.width:
            return np.zeros((self.count, self.width))
        size = self.count * self.width * ITEM_BYTES
        with open_file(self.path, subject) as file, allocating(2 * size, f"{subject}: its {describe_count(self.count, 'row')}"):
            content = file.read(size)
        if len(content) < size or zlib.crc32(content) != self.checksum:
            fault = "is cut" if len(content) < size else "is damaged"
            raise FileError(f"{subject} {fault}: its first {describe_count(self.count, 'row')} are not those that were written")
        return np.frombuffer(content, dtype="<f8").reshape(-1, self.width).astype(float)
