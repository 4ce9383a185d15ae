"""A cache on disk for machine code, in a folder named by a digest of all that the code depends on.

One digest over every source file of this engine and over the versions of the compilers names the folder. Any change leads to another
folder. If no folder is writable, every process compiles the code that is not there, with the same results. Several processes may start at
the same time: one compiles, and the others wait for its file, which is written whole.

Only those files are read that no other user can have written, and whose digest is right (`private_files`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import llvmlite
import numpy as np

from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.folder_lock import try_lock
from connectionist_plugins.engines.compiled.machine_code.compilation_messages import compiling, note_not_kept, say_other_folder, waiting
from connectionist_plugins.engines.compiled.machine_code.llvm import processor
from connectionist_plugins.engines.compiled.machine_code.private_files import make_private_folder, read_private_file, write_private_file

ENGINE = "connectionist_plugins.engines.compiled"  # the digest covers every source file of this package
OUTSIDE = (("connectionist.model", "noise"),)  # and these modules outside, whose constants are in the code of kernels
LONGEST_WAIT = 60.0  # seconds for which a process waits for another one that compiles the same code
SECONDS_BETWEEN = 0.02
VARIABLE = "CONNECTIONIST_CACHE"
ADVICE = f"set {VARIABLE} to a folder in which you can write"
VERSIONS = (sys.version, llvmlite.__version__, np.__version__)


def cached_code(name: str, make: Callable[[], bytes]) -> bytes:
    """Return machine code from the cache, or made now and kept there.

    Parameters
    ----------
    name : str
        Name of the code. It must be unique among all code of one digest. The name of the file begins with it.
    make : callable
        Compiles the code.
    """
    path = code_path(name, None)
    if path is not None and (content := _read(path)) is not None:
        return content
    with one_process(path):
        content = None if path is None else _read(path)  # another process may have compiled it meanwhile
        if content is None:
            with compiling.happening():
                content = make()
            keep_code(path, content)
    return content


def _read(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):  # the file is missing, or cannot be read; newly compiled code replaces it
        return read_private_file(path)
    return None


def keep_code(path: Path | None, content: bytes) -> None:
    """Write code to its file. Training does not need the file, so a full disk is no error."""
    if path is None:
        folders = " or ".join(repr(str(folder)) for folder in _candidates()) or "a cache folder"
        note_not_kept(f"cannot be kept in {folders}; {ADVICE}")
        return
    try:
        write_private_file(path, content)
    except OSError as error:
        note_not_kept(f"cannot be kept in {str(path.parent)!r} ({_reason(error)}); make room there, or {ADVICE}")


@contextlib.contextmanager
def one_process(path: Path | None) -> Iterator[None]:
    """Let one process at a time compile the code of a missing file. Others wait until it has ended the block, or has ended itself.

    Those that have waited go on together: the file is there, or the first process was killed or cannot keep the code. Without locks, or
    after `LONGEST_WAIT`, several processes compile the same code.
    """
    if path is None or path.exists():
        yield
        return
    try:
        lock = path.with_suffix(".lock")
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError:
        yield
        return
    is_first = False
    try:
        is_first = try_lock(descriptor) is not False
        if is_first:
            yield
        else:
            _wait_for(descriptor)
    finally:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        with contextlib.suppress(OSError):  # a process that waits has it open
            lock.unlink()
    if not is_first:
        yield


def _wait_for(descriptor: int) -> None:
    end = time.monotonic() + LONGEST_WAIT
    with waiting.happening():
        while try_lock(descriptor) is False and time.monotonic() < end:
            time.sleep(SECONDS_BETWEEN)


def code_path(name: str, key: object) -> Path | None:
    """Return the file for some code on this kind of processor, or None without a folder.

    The text of `key` distinguishes code of the same name.
    """
    folder = code_folder()
    digest = hashlib.sha256(repr((name, key, processor())).encode()).hexdigest()
    return folder and folder / f"{name[:60]}-{digest[:20]}.code"


@cache
def code_folder() -> Path | None:
    """Return the folder for machine code of the current digest, or None if no candidate is safe.

    A folder that cannot be written is returned only if none can.

    A line on standard error says why ``$CONNECTIONIST_CACHE`` cannot be used.

    Warns
    -----
    UserWarning
        If another user could change the code in a candidate. The candidate is then not used.
    """
    given, why_not = os.environ.get(VARIABLE), ""
    found: Path | None = None
    faults, safe = list[tuple[Path, str]](), list[Path]()
    for folder in _candidates():
        try:
            inner = Path(os.path.realpath(folder / f"{sys.implementation.cache_tag}-{source_digest(files(ENGINE))}"))
            fault = make_private_folder(inner)
            if fault:
                faults.append((inner, fault))
                continue
            safe.append(inner)
            with tempfile.TemporaryFile(dir=inner):
                found = inner
                break
        except OSError as error:
            if given and folder == _given_folder(given):
                why_not = _reason(error)
    for inner, fault in faults:
        _warn_about(inner, fault, found)
    if found is None and safe:
        return safe[0]  # it may have the code already
    if given and why_not:
        say_other_folder(given, why_not, None if found is None else str(found.parent))
    return found


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _warn_about(folder: Path, fault: str, used: Path | None) -> None:
    advice = f"set {VARIABLE} to a folder that only you can change"
    instead = "" if used is None else f", but in '{used.parent}'"
    warn_caller(f"compiled code is not kept in '{folder}'{instead}, because {fault}; {advice}")


def source_digest(sources: Traversable) -> str:
    """Return the digest of all source files in a folder and of the compilers' versions. Formulas and processors have their own keys."""
    digest = hashlib.sha256(repr(VERSIONS).encode())
    outside = [files(package) / f"{module}.py" for package, module in OUTSIDE]
    texts = [(each.name, each.read_bytes()) for each in outside if each.is_file()]
    for name, content in [*_source_texts(sources), *texts]:
        digest.update(repr((name, content)).encode())
    return digest.hexdigest()[:16]


def _source_texts(folder: Traversable, path: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path within the engine and the content of each source file, sorted."""
    for source in sorted(folder.iterdir(), key=lambda source: source.name):
        if source.name.endswith((".py", ".pyc")):
            yield f"{path}{source.name}", source.read_bytes()
        elif source.is_dir() and source.name != "__pycache__":
            yield from _source_texts(source, f"{path}{source.name}/")


def _given_folder(given: str) -> Path:
    return Path(os.path.expanduser(given))  # noqa: PTH111  (Path.expanduser raises an error of a user who does not exist)


def _candidates() -> Iterator[Path]:
    """Yield folders in the order of preference: ``$CONNECTIONIST_CACHE``, then the user's cache."""
    given = os.environ.get(VARIABLE)
    if given:
        yield _given_folder(given)
    with contextlib.suppress(RuntimeError):  # the user has no home directory
        base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
        yield Path(base).expanduser() / "connectionist"
