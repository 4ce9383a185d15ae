"""The text of an error of a plugin, in one line, and where the plugin raised it."""

from __future__ import annotations

import traceback
from difflib import get_close_matches
from pathlib import Path

from connectionist.utils.visible_text import one_line


def error_text(error: BaseException) -> str:
    r"""Return the class and the message of an error in one line, as the last line of a traceback has them.

    Control characters are escaped, and a message of more than 500 characters is cut. An error whose ``str`` raises is named by its class.

    Examples
    --------
    >>> error_text(ValueError("two\nlines"))
    'ValueError: two lines'
    >>> error_text(MemoryError())
    'MemoryError: out of memory'
    """
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:  # the class is a plugin's
        message = "its message cannot be shown"
    if not message and isinstance(error, MemoryError):
        message = "out of memory"
    if isinstance(error, AttributeError) and error.name and error.obj is not None:  # Python adds it to tracebacks only
        message += _suggestion(error.name, error.obj)
    return one_line(f"{type(error).__qualname__}: {message}").rstrip(": ")


def _suggestion(name: str, owner: object) -> str:
    near = get_close_matches(name, [known for known in dir(owner) if not known.startswith("_")], n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def place_in(error: BaseException, module: str = "") -> str:
    """Return the innermost file and line of a module, or of a package, in the traceback of an error: "mine.py, line 3"; or "".

    Without a module, it is the innermost file and line of all.
    """
    places = [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not module
        or (
            is_in_module(frame.f_globals.get("__name__", ""), module) and not frame.f_code.co_filename.startswith("<")  # of a dataclass
        )
    ]
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        places.append((str(error.filename), error.lineno))
    return f"{one_line(Path(places[-1][0]).name)}, line {places[-1][1]}" if places else ""


def cause_of(error: BaseException) -> BaseException:
    """Return an error as the cause of another one that a context manager raises for it.

    `contextlib` takes a RuntimeError, such as PluginError, whose cause is the StopIteration that it handles for that of a generator, and
    raises StopIteration again. So this is a copy of StopIteration.
    """
    return StopIteration(*error.args).with_traceback(error.__traceback__) if isinstance(error, StopIteration) else error


def is_in_module(name: object, module: str) -> bool:
    """Return whether the module with this name is a module, or in a package, named `module`."""
    return isinstance(name, str) and (name == module or name.startswith(f"{module}."))
