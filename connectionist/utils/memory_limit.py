"""Whether there is room for what is asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from connectionist.errors import MemoryLimitError

LITTLE = 2**20  # bytes, for which nobody is asked
MOST = 0.8  # of the memory that is free; the rest is left to what cannot be foreseen


def check_fits_in_memory(needed: int, what: str, free: Callable[[], int | None] | None = None) -> None:
    """Refuse what needs more bytes than there are.

    Raises
    ------
    MemoryLimitError
        It says how much is needed and how much there is.
    """
    if free is None and needed < LITTLE:
        return
    available = (free or free_bytes)()
    if available is not None and needed > MOST * available:
        raise MemoryLimitError(f"{what} need about {_text(needed)} of memory (there are {_text(available)} free)")


def _text(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def free_bytes() -> int | None:
    """Return how much memory is free, or None where the system does not tell."""
    with suppress(OSError, ValueError), Path("/proc/meminfo").open(encoding="ascii") as table:
        for line in table:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    return None
