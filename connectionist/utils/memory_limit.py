"""Check that a computation fits in the free memory."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from connectionist.errors import MemoryLimitError

UNCHECKED_BYTES = 2**22  # below this size, reading the free memory costs more than it is worth
USABLE_FRACTION = 0.8  # usable share of the free memory; the rest is for temporaries that the estimate does not count
NUMBER_BYTES = 8  # size of a float64
GROUP_OBJECTS = 20  # a group or projection takes as much time to make as this number of units or connections
NO_LIMIT = 2**60  # a container without a limit has a larger number in its place
CGROUPS = (  # limit, use, statistics and the part of the use that can be freed, of a container; version 2, then version 1
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", "inactive_file"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
        "/sys/fs/cgroup/memory/memory.stat",
        "total_inactive_file",
    ),
)


@dataclass
class _Budget:
    """What the computations in a block of `limited_memory` may still allocate and make, all together."""

    memory: int
    objects: int

    def check(self, needed: int, what: str, objects: int = 0) -> None:
        if needed > self.memory:
            raise MemoryLimitError(f"{what} need about {_text(needed)} of memory (at most {_text(self.memory)} more are allowed here)")
        if objects > self.objects:
            raise MemoryLimitError(f"{what} are too many (at most {self.objects} more units and connections are allowed here)")

    def spend(self, needed: int, objects: int) -> None:
        self.memory -= needed
        self.objects -= objects


_budget: ContextVar[_Budget | None] = ContextVar("_budget", default=None)


def check_fits_in_memory(needed: int, what: str, free: Callable[[], int | None] | None = None) -> None:
    """Raise MemoryLimitError if a computation needs more than 80 % of the free memory.

    Parameters
    ----------
    needed : int
        Bytes that the computation needs. Less than 4 MiB is not checked.
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
    if (budget := _budget.get()) is not None:
        budget.check(needed, what)
    available = (free or free_bytes)()
    if available is not None and needed > USABLE_FRACTION * available:
        raise _error(needed, what, available)


@contextmanager
def limited_memory(memory: int, objects: int) -> Iterator[None]:
    """Limit what all blocks of `allocating` in this block need together, however much memory is free.

    This bounds what a file from elsewhere can make a program compute. Memory that is freed within the block counts too.

    Parameters
    ----------
    memory : int
        Bytes.
    objects : int
        As for `allocating`.

    Raises
    ------
    MemoryLimitError
        From `allocating` and `check_fits_in_memory`, above the limit.
    """
    token = _budget.set(_Budget(memory, objects))
    try:
        yield
    finally:
        _budget.reset(token)


class allocating:  # noqa: N801  (used like a function; a generator would take three times as long, in every pass)
    """Context that checks that a block fits in memory, and turns a MemoryError that it raises all the same into MemoryLimitError.

    The operating system may have less memory than it reports, or the estimate may be too low.

    Parameters
    ----------
    needed : int
        Bytes that the block needs.
    what : str
        Name of what the block makes in the error message, as a plural noun phrase.
    objects : int
        Number of units and connections that the block makes, for `limited_memory`. A group or projection counts as `GROUP_OBJECTS`.

    Raises
    ------
    MemoryLimitError
        As `check_fits_in_memory`.
    """

    __slots__ = ("needed", "what")

    def __init__(self, needed: int, what: str, objects: int = 0) -> None:
        check_fits_in_memory(needed, what)
        if (budget := _budget.get()) is not None:
            budget.check(needed, what, objects)
            budget.spend(needed, objects)
        self.needed, self.what = needed, what

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, raised: TracebackType | None) -> None:
        if isinstance(error, MemoryError) and not isinstance(error, MemoryLimitError):
            traceback.clear_frames(raised)  # frees what was made so far, so that there is memory for the message
            raise _error(self.needed, self.what, free_bytes()) from None


def _error(needed: int, what: str, available: int | None) -> MemoryLimitError:
    free = "more than is free" if available is None else f"{_text(available)} are free"
    return MemoryLimitError(f"{what} need about {_text(needed)} of memory ({free})")


def _text(size: int) -> str:
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def free_bytes() -> int | None:
    """Return the memory that this process can still get, in bytes, or None if the operating system does not report it.

    It is the least of the free memory of the machine, of the container, and of what the limits of the process leave (``ulimit -v``).
    """
    amounts = [amount for amount in (_free_in_machine(), _free_in_container(), _free_under_limits()) if amount is not None]
    return min(amounts, default=None)


def _free_in_machine() -> int | None:
    available = _field("/proc/meminfo", "MemAvailable:")
    if available is not None:
        return available * 1024
    with suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    return None


def _free_in_container() -> int | None:
    for limit_file, use_file, statistics, freeable in CGROUPS:
        limit = _number(limit_file)
        used = None if limit is None or limit > NO_LIMIT else _number(use_file)
        if limit is not None and used is not None:
            return max(0, limit - used + (_field(statistics, freeable) or 0))
    return None


def _free_under_limits() -> int | None:
    try:
        import resource
    except ImportError:  # Windows has none
        return None
    left = []
    for limit, used in ((resource.RLIMIT_AS, "VmSize:"), (resource.RLIMIT_DATA, "VmData:")):
        most = resource.getrlimit(limit)[0]
        in_use = None if most == resource.RLIM_INFINITY else _field("/proc/self/status", used)
        if in_use is not None:
            left.append(max(0, most - in_use * 1024))
    return min(left, default=None)


def _number(path: str) -> int | None:
    """Return the number that is all of a file; None without such a file, or if it has no number ("max" means no limit)."""
    with suppress(OSError, ValueError):
        return int(Path(path).read_text(encoding="ascii"))
    return None


def _field(path: str, name: str) -> int | None:
    """Return the number after a name at the beginning of a line of a file, or None."""
    with suppress(OSError, ValueError), Path(path).open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            first, *rest = line.split()[:2] or [""]
            if first == name and rest:
                return int(rest[0])
    return None
