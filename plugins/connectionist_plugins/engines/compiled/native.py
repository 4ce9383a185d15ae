"""From a plugin's functions and rules to C functions that the kernels call through pointers.

The kernels are compiled once and know no function by name: they are handed addresses. For each class of a plugin, a small module is
written that loops its formula over a row of cases (or over the weights), and numba compiles that, formula inlined; module and
machine code are kept in a cache folder, under a name that changes with the formula. A class that numba refuses is called back in
Python through the same pointer, with the same numbers, slower, and a warning says so once.
"""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np

from connectionist.state import Array
from connectionist_plugins.engines.compiled import templates
from connectionist_plugins.engines.compiled.callbacks import called_back

GENERATION = 4  # raise it when a template or the exponential changes


class CompilationWarning(UserWarning):
    """A plugin's formula runs in Python because numba cannot compile it."""


def parameters(thing: object) -> Array:
    """Return a plugin object's numeric parameters, in the order of its fields, as the compiled formula takes them."""
    return np.array([float(getattr(thing, field.name)) for field in _numeric_fields(type(thing), thing)] or [0.0])


def address(thing: object, role: str) -> int:
    """Return the address of the C function for one role of a plugin object.

    Parameters
    ----------
    thing : object
        An activation function, error function or rule.
    role : str
        One of the names in `templates.ROLES`.

    Returns
    -------
    int
    """
    kind: Any = type(thing)
    compiled = _compiled(kind, role, tuple(field.name for field in _numeric_fields(kind, thing)))
    return compiled if compiled is not None else called_back(thing, role)


@cache
def _compiled(kind: Any, role: str, names: tuple[str, ...]) -> int | None:
    try:
        if len(names) < len(fields(kind)):
            raise TypeError("a parameter is not a number")
        return int(_module(kind, role, names).native.address)
    except Exception as error:  # numba raises many kinds, of its own and of others
        reason = str(error).strip().splitlines()[0]
        warnings.warn(
            f"{getattr(kind, 'name', kind.__name__)}: cannot be compiled ({type(error).__name__}: {reason}); it runs in Python, "
            f"with the same numbers, slower",
            CompilationWarning,
            stacklevel=2,
        )
        return None


def _module(kind: Any, role: str, names: tuple[str, ...]) -> ModuleType:
    """Write, compile and load the module that loops a class's formula; straight from the cache when it is there."""
    text = templates.module_text(role, kind, names)
    methods = {name: getattr(kind, name) for name in templates.methods(role, kind)}
    path = _write(f"{kind.__name__}_{role}_{_digest(text, methods)}", text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    for name, method in methods.items():
        setattr(module, name, numba.njit(_vectorisable(method), error_model="numpy"))
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _digest(text: str, methods: dict[str, Callable[..., Any]]) -> str:
    digest = hashlib.sha256(repr((GENERATION, numba.__version__, text)).encode())
    for method in methods.values():
        digest.update(_fingerprint(method.__code__))
        digest.update(repr(sorted(_constants(method).items())).encode())
    return digest.hexdigest()[:20]


def _vectorisable(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return the method with math.exp replaced by one that can be vectorised."""
    import math

    from connectionist_plugins.engines.compiled.exponential import exponential

    assert isinstance(method, FunctionType)
    swapped = {name: exponential if value is math.exp else value for name, value in method.__globals__.items()}
    return FunctionType(method.__code__, swapped, method.__name__, method.__defaults__, method.__closure__)


def _fingerprint(code: CodeType) -> bytes:
    return code.co_code + marshal.dumps([c for c in code.co_consts if not isinstance(c, CodeType)]) + repr(code.co_names).encode()


def _constants(method: Callable[..., Any]) -> dict[str, Any]:
    names = method.__code__.co_names
    found = {name: method.__globals__[name] for name in names if name in method.__globals__}
    return {name: value for name, value in found.items() if isinstance(value, (int, float))}


def _numeric_fields(kind: Any, thing: object) -> list[Any]:
    return [field for field in fields(kind) if isinstance(getattr(thing, field.name), (int, float))]


def _write(name: str, text: str) -> Path:
    """Write a module into the cache folder unless it is there; several processes may do so at once."""
    path = cache_folder() / f"{name}.py"
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    return path


@cache
def cache_folder() -> Path:
    """Return the folder for compiled code: ``$CONNECTIONIST_CACHE``, else the user's cache, else a temporary one."""
    for folder in _candidates():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="connectionist-"))


def _candidates() -> Sequence[Path]:
    given = os.environ.get("CONNECTIONIST_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.join("~", ".cache")  # noqa: PTH118
    version = f"{sys.implementation.cache_tag}"
    return [*([Path(given)] if given else []), Path(base).expanduser() / "connectionist" / version]
