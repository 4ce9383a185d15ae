"""A layer over the system calls that write files. It makes the k-th call fail, or ends the process there.

`FaultyOs` replaces the name ``os`` in the modules that write files. It passes every call on and counts those that write. At call k it does
one of these things:

==========  ==================================================================================================================
error       the call raises OSError: no space, or an input/output error; the program goes on
short       a write writes half of its bytes and says so; nothing has failed
part        a write writes half of its bytes, then the disk is full for the rest of the program; another call raises as above
interrupt   the call is made, and then Ctrl-C raises KeyboardInterrupt
kill        the process ends before the call
kill after  the process ends after the call, which has written half of its bytes if it is a write
power       as "kill after"; then the disk loses what was not synchronized: content and names
cache       as "power", but the disk has kept the names
==========  ==================================================================================================================

A process that has ended is one in which every further call raises `Killed` and does nothing, so that no ``finally`` cleans up.
`FaultyOs.end` then closes the open files, as the operating system does, which also ends their locks.

As a program, ``python faults.py K WORDS…`` runs the command line with these words and really ends the process at call K.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from connectionist.experiments.study import parts
from connectionist.utils import files, folder_lock, folders, temporary_files

MODULES: tuple[Any, ...] = (files, folder_lock, folders, temporary_files, parts)
CALLS = ("open", "write", "fsync", "close", "replace", "unlink", "mkdir", "rmdir", "ftruncate", "chmod")
NO_SPACE = ("open", "write", "mkdir")
MODES = ("error", "short", "part", "interrupt", "kill", "kill after", "power", "cache")


class Killed(BaseException):
    """The process has ended."""


class FaultyOs:
    """Replacement of the module ``os``.

    Parameters
    ----------
    at : int
        Number of the call that fails, from 0.
    mode : str
        One of `MODES`.

    Attributes
    ----------
    calls : list of str
        Names of the counted calls.
    """

    def __init__(self, at: int, mode: str) -> None:
        self.at, self.mode = at, mode
        self.calls: list[str] = []
        self.is_dead = False
        self.is_full = False
        self.disk = Disk()

    @property
    def happened(self) -> bool:
        """Whether call `at` was reached."""
        return len(self.calls) > self.at

    @property
    def has_gone_on(self) -> bool:
        """Whether the process has not ended."""
        return self.mode in ("error", "short", "part", "interrupt")

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            return self._call(name, real, arguments, options)

        return call

    def _call(self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if self.is_dead:
            raise Killed
        self.calls.append(name)
        if self.is_full and name in NO_SPACE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if len(self.calls) - 1 == self.at:
            return self._fail(name, real, arguments, options)
        return self._do(name, real, arguments, options)

    def _fail(self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if self.mode in ("part", "short") and name == "write":
            self.is_full = self.mode == "part"
            return self._do(name, real, half(arguments), options)
        if self.mode in ("short", "interrupt"):
            answer = self._do(name, real, arguments, options)
            if self.mode == "interrupt":
                raise KeyboardInterrupt
            return answer
        if self.mode in ("error", "part"):
            if name == "close":
                self._do(name, real, arguments, options)  # a close that fails has closed
            number = errno.ENOSPC if name in NO_SPACE else errno.EIO
            raise OSError(number, os.strerror(number))
        if self.mode != "kill":
            self._do(name, real, half(arguments) if name == "write" else arguments, options)
        self.is_dead = True
        raise Killed

    def _do(self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        self.disk.before(name, arguments)
        answer = None if name == "fsync" else real(*arguments, **options)  # the layer models the disk, so nobody has to wait for it
        self.disk.after(name, arguments, answer)
        return answer

    def end(self) -> None:
        """Close the files of a process that has ended. After a power failure, lose what was not synchronized."""
        for descriptor in [*self.disk.open_paths]:
            os.close(descriptor)
        self.disk.open_paths.clear()
        if self.mode in ("power", "cache"):
            self.disk.lose(names=self.mode == "power")


class Disk:
    """The synchronized part of the files: for each file its length, and for each folder the renames."""

    def __init__(self) -> None:
        self.open_paths: dict[int, Path] = {}
        self.dirty: dict[Path, int] = {}
        self.lengths: dict[Path, int] = {}  # at the last synchronization
        self.renames: list[tuple[Path, bytes | None]] = []

    def before(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Note the old content of a file that is replaced."""
        if name == "replace":
            target = Path(arguments[1])
            self.renames.append((target, target.read_bytes() if target.exists() else None))

    def after(self, name: str, arguments: tuple[Any, ...], answer: Any) -> None:
        """Note what a call has changed."""
        if name == "open":
            self.open_paths[answer] = Path(arguments[0])
        elif name == "write":
            path = self.open_paths[arguments[0]]
            self.dirty.setdefault(path, self.lengths.get(path, 0))
        elif name == "fsync":
            path = self.open_paths[arguments[0]]
            self.dirty.pop(path, None)
            self.lengths[path] = path.stat().st_size
            self.renames = [rename for rename in self.renames if rename[0].parent != path]
        elif name == "close":
            del self.open_paths[arguments[0]]
        elif name == "replace":
            source, target = Path(arguments[0]), Path(arguments[1])
            self.dirty.pop(target, None)
            self.lengths.pop(target, None)
            if source in self.dirty:
                self.dirty[target] = self.dirty.pop(source)

    def lose(self, *, names: bool) -> None:
        """Cut files to their synchronized length and, if `names`, undo the renames that are not synchronized."""
        for path, length in self.dirty.items():
            if path.exists():
                os.truncate(path, length)
        for target, content in reversed(self.renames if names else []):
            if content is None:
                target.unlink(missing_ok=True)
            else:
                target.write_bytes(content)


def half(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments of a write with half of its bytes, at least one."""
    descriptor, content = arguments
    return descriptor, bytes(content)[: (len(content) + 1) // 2]


@contextmanager
def faulty(at: int, mode: str) -> Iterator[FaultyOs]:
    """Replace ``os`` in the modules that write files, and end the process if it is killed in the block."""
    layer = FaultyOs(at, mode)
    for module in MODULES:
        module.os = layer
    try:
        with suppress(Killed):
            yield layer
    finally:
        for module in MODULES:
            module.os = os
        layer.end()


class EndingOs(FaultyOs):
    """A layer that ends the process for good, with status 9."""

    def _fail(self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if name == "write":
            self._do(name, real, half(arguments), options)
        os._exit(9)


if __name__ == "__main__":
    from connectionist.cli.main import main

    ending = EndingOs(int(sys.argv[1]), "kill")
    for each in MODULES:
        each.os = ending
    sys.exit(main(sys.argv[2:]))
