"""Every error the simulator raises, as one tree.

ConnectionistError
├── ParameterError        a parameter out of its range                     (ValueError)
├── UnknownNameError      a name that nothing goes by                      (LookupError)
├── WiringError           groups or connections that cannot be made        (ValueError)
│   └── LoopError         a loop in which no connection has a delay
├── DataError          inputs, targets or weights of the wrong form     (ValueError)
├── DivergenceError       training that left the finite numbers            (ArithmeticError)
├── MemoryLimitError      more than there is memory for                    (MemoryError)
├── PluginError           plugins that clash or break their contract       (RuntimeError)
└── FileError             a folder or file that cannot be read or written  (OSError)

TrainingInterrupted       Ctrl-C during training; what was learned is kept (KeyboardInterrupt)

Each also inherits the builtin that a Python user would catch. A message names the object, the value and what was allowed.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from typing import Any


class ConnectionistError(Exception):
    """Base of every error raised on purpose."""


class ParameterError(ConnectionistError, ValueError):
    """A parameter is out of its range, or of the wrong kind."""


class UnknownNameError(ConnectionistError, LookupError):
    """Nothing goes by this name; the message lists what does."""


class WiringError(ConnectionistError, ValueError):
    """A group, connection, tie or lesion that the network cannot have."""


class LoopError(WiringError):
    """A loop of connections without delay; the message prints the loop."""


class DataError(ConnectionistError, ValueError):
    """Inputs, targets or weights have the wrong number, or are not finite."""


class DivergenceError(ConnectionistError, ArithmeticError):
    """Training produced infinity or NaN.

    Attributes
    ----------
    run : Run or None
        What was learned until the epoch before; the network holds those weights.
    result : Result or None
        The report on it, when a task was being run.
    """

    run: Any = None
    result: Any = None


class MemoryLimitError(ConnectionistError, MemoryError):
    """Something that would need more memory than there is; the message says how much."""


class PluginError(ConnectionistError, RuntimeError):
    """Two plugins of one name, or a plugin that breaks its contract."""


class FileError(ConnectionistError, OSError):
    """A file or folder that cannot be read or written."""


class TrainingInterrupted(KeyboardInterrupt):
    """Ctrl-C during training. No error of ours, so it stands beside the tree; the network keeps what it has learned.

    Attributes
    ----------
    run : Run
        What was learned until then.
    result : Result or None
        The report on it, when a task was being run.
    """

    run: Any = None
    result: Any = None


def unknown(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Answer an unknown name with the known ones, the nearest first.

    Examples
    --------
    >>> print(unknown("rule", "momentun", ["momentum", "steepest"]))
    unknown rule 'momentun'; did you mean 'momentum'? Known: momentum, steepest
    """
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    shown = names if len(names) <= 40 else [*names[:40], f"… and {len(names) - 40} more"]
    return UnknownNameError(f"unknown {kind} {name!r}; {hint}Known: {', '.join(shown) or 'none'}")


def check_number(
    owner: str,
    name: str,
    value: object,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
    whole: bool = False,
) -> None:
    """Refuse a value that is not a finite number within the bounds.

    Parameters
    ----------
    owner, name : str
        What the message calls the parameter: ``owner.name``.
    value : object
        What was given.
    above, at_least, below, at_most : float, optional
        Open and closed bounds.
    whole : bool
        Whether only whole numbers will do.

    Raises
    ------
    ParameterError
        For anything else.

    Examples
    --------
    >>> check_number("Momentum", "rate", -0.1, above=0)
    Traceback (most recent call last):
    connectionist.errors.ParameterError: Momentum.rate: must be a number above 0 (got -0.1)
    """
    bounds = {"above": above, "at least": at_least, "below": below, "at most": at_most}
    said = " and ".join(f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None)
    wanted = f"a {'whole ' if whole else ''}number {said}".rstrip()
    if not _is_number(value, whole) or not _within(float(value), above, at_least, below, at_most):  # type: ignore[arg-type]
        raise ParameterError(f"{owner}.{name}: must be {wanted} (got {value!r})")


def check_flag(owner: str, name: str, value: object) -> None:
    """Refuse a value that is neither true nor false.

    Raises
    ------
    ParameterError
        For anything but a bool, numpy's included.

    Examples
    --------
    >>> check_flag("input → hidden", "trainable", "no")
    Traceback (most recent call last):
    connectionist.errors.ParameterError: input → hidden.trainable: must be True or False (got 'no')
    """
    if type(value).__name__ not in ("bool", "bool_"):
        raise ParameterError(f"{owner}.{name}: must be True or False (got {value!r})")


def _is_number(value: Any, whole: bool) -> bool:
    if isinstance(value, (bool, str)) or (whole and not hasattr(value, "__index__")):
        return False
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _within(value: float, above: float | None, at_least: float | None, below: float | None, at_most: float | None) -> bool:
    return (
        (above is None or value > above)
        and (at_least is None or value >= at_least)
        and (below is None or value < below)
        and (at_most is None or value <= at_most)
    )
