"""Functions and classes by name, so that another process can import them, and digests of their sources."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from typing import Any

from connectionist.errors import FileError
from connectionist.utils.untrusted_files import read_text

MAIN = "__main__"


def name_of(given: Any) -> str:
    """Return the module and the qualified name of a function or class, such as "experiments.reading:simulate"."""
    return f"{getattr(given, '__module__', None) or '?'}:{getattr(given, '__qualname__', type(given).__qualname__)}"


def is_importable(given: Any) -> bool:
    """Return whether another process finds a function or class by its name. It finds none of a notebook, and no lambda."""
    module, _, path = name_of(given).partition(":")
    if module in (MAIN, "?"):
        return False
    try:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except Exception:  # the name may be anything, and the import may run any code
        return False
    return found is given


def source_digest(given: Any) -> str:
    """Return a digest of the file that defines a function or class. In a script or a notebook, it is that of the source of the object.

    A script that is extended, for example by more seeds, defines the same function as before.
    """
    try:
        file = inspect.getsourcefile(given)
        if file is not None and getattr(given, "__module__", MAIN) != MAIN:
            text = read_text(file, f"source {file!r}")
        else:
            text = inspect.getsource(given)
    except (OSError, TypeError, FileError):  # there is no source, as in an interactive session
        code = getattr(given, "__code__", None)
        text = (
            "" if code is None else f"{code.co_code!r} {[const for const in code.co_consts if not inspect.iscode(const)]!r} {code.co_names}"
        )
    return digest(text)


def digest(text: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
