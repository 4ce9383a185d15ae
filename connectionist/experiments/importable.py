"""Functions and classes by name, so that another process can import them, and digests of their sources."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
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
    if module in (MAIN, "?") or getattr(sys.modules.get(module), "__spec__", module) is None:  # a module that was not imported
        return False
    try:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except Exception:  # the name may be anything, and the import may run any code
        return False
    return found is given


def source_digest(given: Any) -> str:
    """Return a digest of the file that defines a function or class, and of the files of its package or folder that it imports.

    In a script or a notebook, it is that of the source of the object. A script that is extended, for example by more seeds, defines the
    same function as before.
    """
    try:
        file, module = inspect.getsourcefile(given), getattr(given, "__module__", MAIN)
        if file is not None and module != MAIN:
            texts = [read_text(each, f"source {str(each)!r}") for each in _files_with_imported(module, Path(file))]
            text = texts[0] if len(texts) == 1 else repr(texts)
        else:
            text = inspect.getsource(given)
    except (OSError, TypeError, FileError):  # there is no source, as in an interactive session
        code = getattr(given, "__code__", None)
        text = (
            "" if code is None else f"{code.co_code!r} {[const for const in code.co_consts if not inspect.iscode(const)]!r} {code.co_names}"
        )
    return digest(text)


def _files_with_imported(module: str, file: Path) -> list[Path]:
    """Return the file of a module, and those in its package or folder that it imports, directly or not, by name.

    Of the simulator, only the file: what it imports depends on what was used before, and studies have its version.
    """
    if module.partition(".")[0] == __name__.partition(".")[0]:
        return [file]
    package = sys.modules.get(module.partition(".")[0])
    root = Path(package.__path__[0]) if package is not None and hasattr(package, "__path__") else file.parent
    found, waiting = {file: None}, [(module, file)]
    while waiting:
        for name in _imported_names(*waiting.pop()):
            path = Path(getattr(sys.modules.get(name), "__file__", None) or "")
            if path.suffix == ".py" and path not in found and root in path.parents:
                found[path] = None
                waiting.append((name, path))
    return [file, *sorted(path for path in found if path != file)]


def _imported_names(module: str, file: Path) -> Iterator[str]:
    """Yield the names of the modules that a module may import."""
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(read_text(file, f"source {str(file)!r}"))):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                inner = module if file.name == "__init__.py" else module.rpartition(".")[0]
                parents = inner.split(".")[: len(inner.split(".")) - node.level + 1] if node.level else []
                origin = ".".join(filter(None, [*parents, node.module]))
                yield origin
                yield from (f"{origin}.{each.name}" for each in node.names)


def digest(text: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]
