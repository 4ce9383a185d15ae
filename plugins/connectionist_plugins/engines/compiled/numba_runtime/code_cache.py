"""Where machine code is kept from process to process: in a folder named by everything it was made from.

numba's own cache stamps a function by the file in which it stands, so that a function stays as it was when one that it calls, in
another file, changes. It also needs a writable folder, or refuses to compile. Here one digest over every source file of this engine,
and the versions that make machine code of it, names the folder; whatever changes, another folder is used. Where no folder can be
written, nothing is kept and everything is compiled anew, which takes longer and gives the same.

`MachineCode` takes the place of numba's cache in single functions, through the two methods that numba calls. Nothing global is set,
so other users of numba in the same process are left alone. Each function with each signature has a file of its own, written in one
stroke, so that processes that start at once cannot mix theirs up, as those that share numba's index can.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba import njit
from numba.core.caching import NullCache
from numba.core.ccallback import CFunc
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature
from numba.core.types import unliteral

OPTIONS = ("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "USING_SVML")  # of numba's settings
ENGINE = "connectionist_plugins.engines.compiled"  # every source below it decides what machine code is made
MAKERS = (sys.version, numba.__version__, llvmlite.__version__, np.__version__, *(getattr(numba.config, name, None) for name in OPTIONS))


def kept(name: str = "", **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function as ``numba.njit(**options)`` does, and keep its machine code.

    The name defaults to the function's name after that of its module within the engine, so that modules of one name in two folders
    differ. The function is compiled for types of arguments only, not once more for each constant in a call.
    """

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = njit(**options)(function)
        dispatcher._cache = MachineCode(name or f"{function.__module__}.{function.__name__}".removeprefix(f"{ENGINE}."))
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda given, named: template(tuple(map(unliteral, given)), named)
        return dispatcher

    return compiled


def part(function: Callable[..., Any]) -> Any:
    """Make a function a part of whatever calls it: its text goes into theirs, and is compiled there."""
    return njit(inline="always")(function)


def kept_callback(signature: Any, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function as ``numba.cfunc(signature, **options)`` does, and keep its machine code under a name."""

    def compiled(function: Callable[..., Any]) -> Any:
        callback: Any = CFunc(function, normalize_signature(signature), locals={}, options=options)
        callback._cache = MachineCode(name)
        callback.compile()
        return callback

    return compiled


class MachineCode(NullCache):  # type: ignore[misc,unused-ignore]  # numba has no types
    """The machine code of one function.

    Parameters
    ----------
    name : str
        Different for whatever the sources of this engine do not tell apart.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Return what was compiled for a signature, or None."""
        target_context.refresh()
        path = self.path(signature, target_context.codegen())
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(path.read_bytes())) if path else announce()
        except Exception:  # it is not there, or damaged in one of many ways; what is compiled now takes its place
            return announce()

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep what was compiled, unless it holds addresses of this process."""
        path = self.path(signature, result.codegen)
        if path is not None and not result.library.has_dynamic_globals:
            with contextlib.suppress(OSError):  # a full disk does not stop anybody from training
                write(path, dumps(result._reduce()))

    def path(self, signature: Any, codegen: Any) -> Path | None:
        """Return the file for a signature on this kind of processor, or None where nothing is kept."""
        folder = code_folder()
        key = hashlib.sha256(repr((self.name, signature, codegen.magic_tuple())).encode()).hexdigest()
        return folder and folder / f"{self.name[:60]}-{key[:20]}.code"


@cache
def announce() -> None:
    """Say once that something is being compiled: where a person is looking at a terminal, and nowhere else."""
    if sys.stderr is not None and sys.stderr.isatty():
        again = "once" if code_folder() else "and again next time, since no cache folder can be written; CONNECTIONIST_CACHE may name one"
        print(f"connectionist: compiling for the first time; this takes some seconds, {again}", file=sys.stderr, flush=True)  # noqa: T201


def write(path: Path, content: bytes) -> None:
    """Write a file in one stroke."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@cache
def code_folder() -> Path | None:
    """Return the folder for the machine code of this very engine, or None where none can be written."""
    for folder in _candidates():
        try:
            inner = folder / f"{sys.implementation.cache_tag}-{digest_of(files(ENGINE))}"
            inner.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=inner):
                return inner
        except OSError:
            continue
    return None


def digest_of(sources: Traversable) -> str:
    """Return the digest of all that decides what machine code this engine makes, but for formulas and processor."""
    digest = hashlib.sha256(repr(MAKERS).encode())
    for name, content in _texts(sources):
        digest.update(repr((name, content)).encode())
    return digest.hexdigest()[:16]


def _texts(folder: Traversable, path: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path within the engine and the content of each source, sorted."""
    for source in sorted(folder.iterdir(), key=lambda source: source.name):
        if source.name.endswith((".py", ".pyc")):
            yield f"{path}{source.name}", source.read_bytes()
        elif source.is_dir() and source.name != "__pycache__":
            yield from _texts(source, f"{path}{source.name}/")


def _candidates() -> Iterator[Path]:
    """Name folders in the order of preference: ``$CONNECTIONIST_CACHE``, then the user's cache."""
    given = os.environ.get("CONNECTIONIST_CACHE")
    if given:
        yield Path(given)
    with contextlib.suppress(RuntimeError):  # somebody without a home
        base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
        yield Path(base).expanduser() / "connectionist"
