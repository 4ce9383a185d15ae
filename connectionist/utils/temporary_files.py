"""Names of the temporary files of `files.atomic_write`, and removal of those that a killed process has left."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

TEMPORARY_NAME = re.compile(r"\.connectionist-(?P<system>[0-9a-f]{8})-(?P<pid>[0-9]+)-[0-9a-f]{8}\.tmp")


def is_temporary(name: str) -> bool:
    """Return whether a file has the name of a temporary file, which readers ignore."""
    return TEMPORARY_NAME.fullmatch(name) is not None


def temporary_name() -> str:
    """Return a new name, which has this process and its system in it."""
    return f".connectionist-{_system()}-{os.getpid()}-{secrets.token_hex(4)}.tmp"


def remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of processes on this computer that no longer run."""
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208
            found = TEMPORARY_NAME.fullmatch(name)
            if found and found["system"] == _system() and not is_running(int(found["pid"])):
                os.unlink(folder / name)  # noqa: PTH108


@cache
def remove_leftovers_once(folder: Path) -> None:
    """Remove the temporary files of dead processes, once per folder and process, because a folder may have many files."""
    remove_leftovers(folder)


def is_running(pid: int) -> bool:
    """Return whether a process of this computer runs; True if that cannot be found out."""
    if os.name == "nt":  # os.kill would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@cache
def _system() -> str:
    """Return a digest of the host and of the namespace of its process numbers, within which a number names one process."""
    namespace = ""
    with suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115
    return hashlib.sha256(f"{platform.node()} {namespace}".encode()).hexdigest()[:8]
