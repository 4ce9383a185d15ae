"""Files that only the user can have written.

The code cache contains object files and pickles, and reading either runs code. A digest shows damage, and does not protect against another
user, who can write a digest too. What protects is ownership: a folder is used only if no other user can put a file into it or replace it,
and each file is read only if it belongs to the user and no other user may write to it. The owner of ``/`` and root can change every file,
so they are trusted.

On Windows nothing is checked. The user's cache folder is protected by its access control list there.
"""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

from connectionist.utils.files import write_bytes

PRIVATE, PRIVATE_FILE = 0o700, 0o600
OTHERS = stat.S_IRWXG | stat.S_IRWXO
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
DIGEST_BYTES = hashlib.sha256().digest_size


def make_private_folder(folder: Path) -> str:
    """Make a folder that only the user can enter, and return why it is not safe to use; "" if it is.

    Parameters
    ----------
    folder : Path
        Path without symbolic links. Missing parents are made too.

    Raises
    ------
    OSError
        If the folder cannot be made.
    """
    has_users = hasattr(os, "geteuid")
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    present = [each for each in folder.parents if each not in missing]
    if has_users and (fault := next(filter(None, map(_fault_of_parent, present)), "")):
        return fault
    for each in reversed(missing):
        each.mkdir(mode=PRIVATE, exist_ok=True)
    return _fault_of_folder(folder) if has_users else ""


def read_private_file(path: Path) -> bytes | None:
    """Return the content that `write_private_file` wrote.

    If the file is damaged, or another user could have written it, remove it and return None.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    try:
        content = _read_own(path)
    except FileNotFoundError:
        raise
    except OSError:  # such as a symbolic link
        content = b""
    digest, content = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    if digest == _digest(path, content):
        return content
    with suppress(OSError):
        path.unlink()
    return None


def write_private_file(path: Path, content: bytes) -> None:
    """Write a file whole, with a digest of its name and its content.

    Raises
    ------
    FileError, OSError
        If the file cannot be written.
    """
    write_bytes(path, _digest(path, content) + content)
    path.chmod(PRIVATE_FILE)


def _fault_of_folder(folder: Path) -> str:
    """Make a folder private, and return why another user could have changed what is in it; "" if none could."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return "it is not a folder"
    if status.st_uid != os.geteuid():
        return f"it belongs to another user ({status.st_uid})"
    if status.st_mode & OTHERS_WRITE:
        return f"other users may write to it (mode {stat.S_IMODE(status.st_mode):o})"
    if status.st_mode & OTHERS:
        folder.chmod(PRIVATE)
    return ""


def _fault_of_parent(folder: Path) -> str:
    """Return why another user could replace what is in a folder; "" if none can."""
    status = folder.stat()
    if status.st_uid not in (os.geteuid(), 0, Path("/").stat().st_uid):
        return f"{str(folder)!r} belongs to another user ({status.st_uid})"
    may_write = status.st_mode & (stat.S_IWOTH if _is_private_group(status.st_gid) else OTHERS_WRITE)
    if may_write and not status.st_mode & stat.S_ISVTX:  # in a sticky folder, only the owner of a file can replace it
        return f"other users may write to {str(folder)!r} (mode {stat.S_IMODE(status.st_mode):o})"
    return ""


def _is_private_group(group: int) -> bool:
    """Return whether a group is the user's own, which has no other member."""
    import grp
    import pwd

    try:
        user, found = pwd.getpwuid(os.geteuid()), grp.getgrgid(group)
    except KeyError:
        return False
    return user.pw_gid == group and found.gr_name == user.pw_name and set(found.gr_mem) <= {user.pw_name}


def _read_own(path: Path) -> bytes:
    """Return the content of a file; nothing if it is a link or a pipe, belongs to another user, or others may write to it."""
    if not hasattr(os, "geteuid"):
        return path.read_bytes()
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:  # noqa: PTH123  (a descriptor, so that the file that is checked is the one that is read)
        status = os.fstat(descriptor)
        is_own = status.st_uid == os.geteuid() and not status.st_mode & OTHERS_WRITE
        return file.read() if is_own and stat.S_ISREG(status.st_mode) else b""


def _digest(path: Path, content: bytes) -> bytes:
    """Return the digest of a file with its name and that of its folder, so that a file in the place of another one is noticed."""
    digest = hashlib.sha256(f"{path.parent.name}/{path.name}\0".encode())
    digest.update(content)
    return digest.digest()
