"""Numba's machine code in the code cache.

Numba's own cache is invalidated only by the file of the function itself, and requires a writable folder. `FunctionCache` replaces it in
single functions, through the two methods that numba calls. No global setting is changed, so other users of numba in the same process are
not affected. Each function has its own file. The files are pickles. Only files that the user has written are read (`private_files`).
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import NullCache
from numba.core.ccallback import CFunc
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps
from numba.core.sigutils import normalize_signature

from connectionist_plugins.engines.compiled.machine_code.code_cache import code_path, keep_code, one_process
from connectionist_plugins.engines.compiled.machine_code.compilation_messages import compiling, note_not_kept
from connectionist_plugins.engines.compiled.machine_code.private_files import read_private_file

NUMBA_OPTIONS = ("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "USING_SVML")
NUMBA_KEY = (numba.__version__, *(getattr(numba.config, name, None) for name in NUMBA_OPTIONS))


def cached_cfunc(signature: Any, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function as ``numba.cfunc(signature, **options)`` does, with the machine code cached on disk under a name."""

    def compiled(function: Callable[..., Any]) -> Any:
        callback: Any = CachedFunction(function, normalize_signature(signature), locals={}, options=options)
        callback._cache = FunctionCache(name)
        with one_process(callback._cache.path(callback._sig)):
            callback.compile()
        return callback

    return compiled


class CachedFunction(CFunc):  # type: ignore[misc,unused-ignore]  # numba has no types
    """A C function whose time of compilation, without that of loading it, is reported."""

    def _compile_uncached(self) -> Any:
        with compiling.happening():
            return super()._compile_uncached()  # type: ignore[misc,unused-ignore]


class FunctionCache(NullCache):  # type: ignore[misc,unused-ignore]  # numba has no types
    """The machine code of one function, one file per signature.

    Parameters
    ----------
    name : str
        Name of the function. It must be unique among the functions of one digest.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def path(self, signature: Any) -> Path | None:
        """Return the file for the code compiled for a signature; see `code_path`."""
        return code_path(self.name, (signature, NUMBA_KEY))

    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Return the code compiled for a signature, or None."""
        target_context.refresh()
        path = self.path(signature)
        try:
            content = read_private_file(path) if path else None
            return CompileResult._rebuild(target_context, *pickle.loads(content)) if content else None
        except Exception:  # the file is missing, or cannot be read; newly compiled code replaces it
            return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Write the code to disk, unless it contains addresses of this process."""
        if result.library.has_dynamic_globals:
            note_not_kept("contains addresses of this process")
        else:
            keep_code(self.path(signature), dumps(result._reduce()))
