"""A cache on disk for machine code, in a folder named by a digest of all that the code depends on.

Numba's own cache is invalidated only by the file of the function itself: if a function calls another one in a second file, and the
second file changes, the old code stays in use. Numba also requires a writable folder. Here, one digest over every source file of this
engine and over the versions of the compilers names the folder. Any change leads to another folder. If no folder is writable, every
process compiles all code, with the same results.

`FunctionCache` replaces numba's cache in single functions, through the two methods that numba calls. No global setting is changed, so
other users of numba in the same process are not affected. Each function with each signature has its own file, written atomically.
Several processes may therefore start at the same time, which numba's shared index does not allow.

The files are pickles, so only those are read that no other user can have written, and whose digest is right (`private_files`).
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
import tempfile
import warnings
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

from connectionist_plugins.engines.compiled.numba_runtime.private_files import make_private_folder, read_private_file, write_private_file

NUMBA_OPTIONS = ("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "USING_SVML")
ENGINE = "connectionist_plugins.engines.compiled"  # the digest covers every source file of this package
VERSIONS = (
    sys.version,
    numba.__version__,
    llvmlite.__version__,
    np.__version__,
    *(getattr(numba.config, name, None) for name in NUMBA_OPTIONS),
)


def cached_njit(name: str = "", **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function as ``numba.njit(**options)`` does, with the machine code cached on disk.

    The name defaults to the module within the engine and the function's name, so that functions in modules of one name differ. The
    function is specialized by the types of its arguments only; plain numba would also specialize it by literal values.
    """

    def compiled(function: Callable[..., Any]) -> Any:
        dispatcher = njit(**options)(function)
        dispatcher._cache = FunctionCache(name or f"{function.__module__}.{function.__name__}".removeprefix(f"{ENGINE}."))
        template = dispatcher.get_call_template
        dispatcher.get_call_template = lambda given, named: template(tuple(map(unliteral, given)), named)
        return dispatcher

    return compiled


def inline(function: Callable[..., Any]) -> Any:
    """Insert a function's code into each of its callers, and compile it there."""
    return njit(inline="always")(function)


def cached_cfunc(signature: Any, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function as ``numba.cfunc(signature, **options)`` does, with the machine code cached on disk under a name."""

    def compiled(function: Callable[..., Any]) -> Any:
        callback: Any = CFunc(function, normalize_signature(signature), locals={}, options=options)
        callback._cache = FunctionCache(name)
        callback.compile()
        return callback

    return compiled


class FunctionCache(NullCache):  # type: ignore[misc,unused-ignore]  # numba has no types
    """The machine code of one function, one file per signature.

    Parameters
    ----------
    name : str
        Name of the function. It must be unique among the functions of one digest.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Return the code compiled for a signature, or None."""
        target_context.refresh()
        path = self.path(signature, target_context.codegen())
        try:
            content = read_private_file(path) if path else None
            return CompileResult._rebuild(target_context, *pickle.loads(content)) if content else announce_compilation()
        except Exception:  # the file is missing, or cannot be read; newly compiled code replaces it
            return announce_compilation()

    def save_overload(self, signature: Any, result: Any) -> None:
        """Write the code to disk, unless it contains addresses of this process."""
        path = self.path(signature, result.codegen)
        if path is not None and not result.library.has_dynamic_globals:
            with contextlib.suppress(OSError):  # training does not need the file, so a full disk is no error
                write_private_file(path, dumps(result._reduce()))

    def path(self, signature: Any, codegen: Any) -> Path | None:
        """Return the file for a signature on this kind of processor, or None without a writable folder."""
        folder = code_folder()
        key = hashlib.sha256(repr((self.name, signature, codegen.magic_tuple())).encode()).hexdigest()
        return folder and folder / f"{self.name[:60]}-{key[:20]}.code"


@cache
def announce_compilation() -> None:
    """Print once per process that code is being compiled, if standard error is a terminal."""
    if sys.stderr is not None and sys.stderr.isatty():
        again = "once" if code_folder() else "in every process, since no cache folder is writable; set CONNECTIONIST_CACHE to name one"
        print(f"connectionist: compiling for the first time; this takes some seconds, {again}", file=sys.stderr, flush=True)  # noqa: T201


@cache
def code_folder() -> Path | None:
    """Return the folder for machine code of the current digest, or None if no candidate is writable and safe.

    Warns
    -----
    UserWarning
        If another user could change the code in a candidate. The candidate is then not used.
    """
    for folder in _candidates():
        try:
            inner = Path(os.path.realpath(folder / f"{sys.implementation.cache_tag}-{source_digest(files(ENGINE))}"))
            fault = make_private_folder(inner)
            if fault:
                _warn_about(inner, fault)
                continue
            with tempfile.TemporaryFile(dir=inner):
                return inner
        except OSError:
            continue
    return None


def _warn_about(folder: Path, fault: str) -> None:
    advice = "set CONNECTIONIST_CACHE to a folder that only you can change"
    warnings.warn(f"compiled code is not kept in '{folder}', because {fault}; {advice}", stacklevel=2)


def source_digest(sources: Traversable) -> str:
    """Return the digest of all source files in a folder and of the compilers' versions. Formulas and processors have their own keys."""
    digest = hashlib.sha256(repr(VERSIONS).encode())
    for name, content in _source_texts(sources):
        digest.update(repr((name, content)).encode())
    return digest.hexdigest()[:16]


def _source_texts(folder: Traversable, path: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path within the engine and the content of each source file, sorted."""
    for source in sorted(folder.iterdir(), key=lambda source: source.name):
        if source.name.endswith((".py", ".pyc")):
            yield f"{path}{source.name}", source.read_bytes()
        elif source.is_dir() and source.name != "__pycache__":
            yield from _source_texts(source, f"{path}{source.name}/")


def _candidates() -> Iterator[Path]:
    """Yield folders in the order of preference: ``$CONNECTIONIST_CACHE``, then the user's cache."""
    given = os.environ.get("CONNECTIONIST_CACHE")
    if given:
        yield Path(given)
    with contextlib.suppress(RuntimeError):  # the user has no home directory
        base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or "~/.cache"
        yield Path(base).expanduser() / "connectionist"
