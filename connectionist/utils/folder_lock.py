"""A lock on a folder: one process at a time writes into it.

The lock is a lock of the operating system on the file ``run.lock`` in the folder, so it ends with its process, however that ends. The file
names the process for messages; it stays behind if the process is killed. A process on the same host takes such a folder over.

A lock of another host is never taken over, because not every network file system passes locks on to other hosts. Then the user, who knows
whether that process still runs, deletes the file. The same holds for file systems without locks: there the file alone is the lock.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from connectionist.errors import FileError
from connectionist.utils.files import write_all
from connectionist.utils.folders import synchronize, synchronize_folder

LOCK_NAME = "run.lock"
LOCKED_BYTE = 2**30  # position of the locked byte: beyond the content, which stays readable on Windows
MAX_BYTES = 1000  # greatest length of the content that is read
ATTEMPTS = 5
SECONDS_BETWEEN = 0.02  # seconds between attempts; must exceed the time that `lock_holder` holds a lock
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL)
LOCKED_ELSEWHERE = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)


@dataclass(frozen=True)
class Holder:
    """The process that locked a folder.

    Parameters
    ----------
    pid : int
    host : str
    started : str
        When it locked the folder, in ISO 8601.
    """

    pid: int
    host: str
    started: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host!r}, since {self.started!r}"

    @property
    def is_here(self) -> bool:
        """Whether the process is one of this host."""
        return self.host == platform.node()


@contextmanager
def lock_folder(folder: Path, what: str) -> Iterator[None]:
    """Lock an existing folder during the block.

    Parameters
    ----------
    folder : Path
    what : str
        First word of the error message.

    Raises
    ------
    FileError
        If another process has locked it, or if its ``run.lock`` is not a file or is a link.
    OSError
        If the file of the lock cannot be written.
    """
    path = folder / LOCK_NAME
    if other := _other(path):
        raise FileError(f"{what}: {str(path)!r} is {other}, so the folder cannot be locked; choose another folder")
    descriptor = _acquire(path, what)
    try:
        yield
    finally:
        _release(path, descriptor, is_ours=True)


def _other(path: Path) -> str:
    """Return what a path is if it is not the only name of a regular file, since the file of the lock is overwritten; "" otherwise."""
    if path.is_symlink():
        return "a link"
    if path.exists() and not path.is_file():
        return "not a file"
    return "a second name of another file" if path.exists() and path.stat().st_nlink > 1 else ""


def check_not_locked(folder: Path, what: str) -> None:
    """Raise FileError if another process on this computer has locked a folder."""
    holder, may_run = lock_holder(folder) or (None, False)
    if may_run and holder is not None and holder.is_here:
        raise FileError(f"{what}: {str(folder)!r} is in use by another run ({holder}); choose another folder")


def lock_holder(folder: Path) -> tuple[Holder | None, bool] | None:
    """Return the process that locked a folder, if it is known, and whether it may still run; None if the folder is not locked."""
    path = folder / LOCK_NAME
    if not path.is_file():
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        holder = _read_holder(path)
        is_free = try_lock(descriptor, shared=True) is True
        return holder, not is_free or not (holder is None or holder.is_here)
    finally:
        _close(descriptor)


def _acquire(path: Path, what: str) -> int:
    """Return the descriptor of the locked file."""
    for attempt in range(ATTEMPTS):
        time.sleep(SECONDS_BETWEEN if attempt else 0)
        descriptor, is_new = _open(path)
        is_ours = False
        try:
            is_ours = _is_ours(path, descriptor, is_new, is_last=attempt == ATTEMPTS - 1)
            if is_ours:
                _write_holder(descriptor)
                synchronize_folder(path.parent)
                return descriptor
        except BaseException:
            _release(path, descriptor, is_ours)
            raise
        _release(path, descriptor, is_ours)
    raise FileError(f"{what}: {_in_use(path)}")


def _open(path: Path) -> tuple[int, bool]:
    """Open the file of the lock, and return also whether it is new."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666), True
    except FileExistsError:
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666), False


def _is_ours(path: Path, descriptor: int, is_new: bool, is_last: bool) -> bool:
    """Lock the open file, and return whether the folder is ours then.

    An old file without a holder is ours only in the last attempt: a process on another host may be about to write its name.
    """
    is_locked = try_lock(descriptor)
    if not (is_locked or (is_locked is None and is_new)) or not _is_same_file(path, descriptor):
        return False
    holder = _read_holder(path)
    return is_new or (is_last if holder is None else holder.is_here)


def _is_same_file(path: Path, descriptor: int) -> bool:
    """Return whether the file is still in the folder; another process may have removed it before it was locked."""
    with suppress(OSError):
        return os.path.samestat(os.stat(path), os.fstat(descriptor))  # noqa: PTH116
    return False


def _write_holder(descriptor: int) -> None:
    holder = Holder(os.getpid(), platform.node(), datetime.now().astimezone().isoformat(timespec="seconds"))
    os.ftruncate(descriptor, 0)
    write_all(descriptor, json.dumps(asdict(holder)).encode())
    synchronize(descriptor)


def _read_holder(path: Path) -> Holder | None:
    """Return the process that wrote the file of a lock; None if it could not write it whole, or if the file is not that of a lock."""
    try:
        with path.open("rb") as file:
            known = json.loads(file.read(MAX_BYTES))
        return Holder(int(known["pid"]), str(known["host"]), str(known["started"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return None


def _release(path: Path, descriptor: int, is_ours: bool) -> None:
    """Close the file of the lock. If it is ours, remove it while it is locked, so that no other lock is removed."""
    if os.name == "nt":  # an open file cannot be removed there
        _close(descriptor)
    if is_ours:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108
    if os.name != "nt":
        _close(descriptor)


def _close(descriptor: int) -> None:
    with suppress(OSError):  # the lock has ended all the same
        os.close(descriptor)


def _in_use(path: Path) -> str:
    """Return a message that says which process has locked a folder."""
    holder = _read_holder(path)
    in_use = f"{str(path.parent)!r} is in use by another run ({holder or 'an unknown process'}); choose another folder"
    is_here = holder is None or holder.is_here
    return in_use if is_here else f"{in_use}, or delete {str(path)!r} if that run has ended"


def try_lock(descriptor: int, *, shared: bool = False) -> bool | None:
    """Lock an open file until it is closed or the process ends, and return whether it was free; None if the file system has no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in NO_LOCKS:
            return None
        if error.errno in LOCKED_ELSEWHERE:
            return False
        raise
    return True
