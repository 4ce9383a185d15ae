"""Many parts of a text read at once, and the others word by word.

Most files of examples have many short examples of a few forms. A grammar on arrays of words reads a block of them at once. It does not need
to know all that may be in a file: an example with something else is left to the reader word by word, which finds each error too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from connectionist.formats.scanner import Scanner

FEW_BYTES, MOST_BYTES = 2**12, 2**18  # of a block: few after a part that was left
MOST_ALONE = 64  # parts that are read word by word before a block is tried again

T = TypeVar("T")


class UnknownPartError(Exception):
    """A block has a part that its grammar does not know. A reader word by word then reads the part, or finds the error in it.

    It is no error of the simulator, since no user gets it.

    Parameters
    ----------
    size : int
        Bytes of the block before the part.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Blocks(Generic[T]):
    """The blocks of a text.

    Parameters
    ----------
    scanner : Scanner
    read : callable
        Returns the content of a text and how many bytes of it were read, from the beginning; or raises `UnknownPartError`. It is then
        called with the text before the unknown part. The text may end within a part.

    Attributes
    ----------
    part_read : float
        The part of the file in the blocks that were taken, at most 1.
    """

    def __init__(self, scanner: Scanner, read: Callable[[bytes], tuple[T, int]]) -> None:
        self._scanner, self._read = scanner, read
        self._size = FEW_BYTES
        self._alone = self._wait = 0  # parts that were read word by word since the last block, and that are to be
        self._taken = 0
        self.part_read = 0.0

    def take(self) -> T | None:
        """Return the content of the next block; None if the next part is to be read word by word."""
        if self._alone < self._wait:
            self._alone += 1
            return None
        ahead = text = self._scanner.ahead(self._size)
        content, size = None, 0
        while text and not size:
            try:
                content, size = self._read(text)
                break
            except UnknownPartError as error:
                text = text[: min(error.size, len(text) - 1)]  # shorter each time
        self._scanner.skip(size)
        self._taken += size
        self.part_read = min(1.0, self._taken / max(1, self._scanner.file.size))
        self._alone = 0
        self._wait = 0 if size > FEW_BYTES // 8 else min(2 * self._wait + 1, MOST_ALONE)
        self._size = min(2 * self._size, MOST_BYTES) if size > len(ahead) // 2 else FEW_BYTES
        return content if size else None
