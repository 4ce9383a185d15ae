"""Whether this process executes calls of another process, which is the one that a user waits for."""

from __future__ import annotations

import threading

_is_worker = threading.Event()


def become_worker() -> None:
    """Remember that this process is a worker of another one."""
    _is_worker.set()


def is_worker() -> bool:
    """Return whether this process is a worker of another one. Several workers print once what concerns them all."""
    return _is_worker.is_set()
