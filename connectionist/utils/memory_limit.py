"""Check that a computation fits in the free memory."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from connectionist.errors import MemoryLimitError

UNCHECKED_BYTES = 2**20  # below this size, reading the free memory costs more than it is worth
USABLE_FRACTION = 0.8  # of the free memory; the rest is for temporaries that the estimate does not count


def check_fits_in_memory(needed: int, what: str, free: Callable[[], int | None] | None = None) -> None:
    """Raise MemoryLimitError if a computation needs more than 80 % of the free memory.

    Parameters
    ----------
    needed : int
        Bytes that the computation needs. Less than 1 MiB is not checked.
    what : str
        Name of the arrays in the error message, as a plural noun phrase.
    free : function, optional
        Returns the free bytes, or None if unknown; `free_bytes` by default. If given, any size is checked.

    Raises
    ------
    MemoryLimitError
        If the memory does not suffice. The message gives both amounts.
    """
    if free is None and needed < UNCHECKED_BYTES:
        return
    available = (free or free_bytes)()
    if available is not None and needed > USABLE_FRACTION * available:
        raise MemoryLimitError(f"{what} need about {_text(needed)} of memory ({_text(available)} are free)")


def _text(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def free_bytes() -> int | None:
    """Return the free memory in bytes, or None if the operating system does not report it."""
    with suppress(OSError, ValueError), Path("/proc/meminfo").open(encoding="ascii") as table:
        for line in table:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    return None
