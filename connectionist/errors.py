"""All errors that the simulator raises, and checks of parameters.

ConnectionistError
├── ParameterError        a parameter is out of range or of the wrong type (ValueError)
├── UnknownNameError      no object has this name                          (LookupError)
│   └── UnknownAttributeError  an object has no such attribute             (AttributeError)
├── WiringError           the network cannot have this group or connection (ValueError)
│   └── LoopError         a loop in which no connection has a delay
├── DataError             inputs, targets or weights have the wrong form   (ValueError)
├── DivergenceError       training produced infinity or NaN                (ArithmeticError)
├── MemoryLimitError      the computation needs more memory than is free   (MemoryError)
├── AssignmentError       an attribute cannot be assigned or deleted       (AttributeError)
├── PluginError           plugins clash or break their contract            (RuntimeError)
└── FileError             a file or folder cannot be read or written       (OSError)
    └── FormatError       a file has something that its format does not allow

FormatWarning             parts of a file that are not supported           (UserWarning)
TrainingInterrupted       Ctrl-C during training; the weights are kept     (KeyboardInterrupt)

Each class also inherits the built-in error in parentheses, `AssignmentError` through ``dataclasses.FrozenInstanceError``. A message names
the object, the value and what was allowed.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from connectionist.utils.real_number import plain_number, real_number

VALUE = re.compile(r"(?<!\w)'[^'\n]*'|(?<!\w)\"[^\"\n]*\"|\S{300,}")  # short quotations too, so that each ends where it ends
LONGEST_VALUE, LONGEST_MESSAGE = 300, 3000


class ConnectionistError(Exception):
    """Base class of the simulator's errors. Long values in the message are shortened, as by ``shorten``."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.args = tuple(shorten(each) if isinstance(each, str) else each for each in arguments)


class ParameterError(ConnectionistError, ValueError):
    """A parameter is out of range or of the wrong type."""


class UnknownNameError(ConnectionistError, LookupError):
    """No object has this name; the message lists the known names."""


class UnknownAttributeError(UnknownNameError, AttributeError):
    """An object has no such attribute; the message says what to use, or lists the known names."""


class WiringError(ConnectionistError, ValueError):
    """The network cannot have this group, connection, tie or lesion."""


class LoopError(WiringError):
    """A loop of connections without delay; the message prints the loop."""


class DataError(ConnectionistError, ValueError):
    """Inputs, targets or weights have the wrong shape, are not numbers, or are not finite."""


class DivergenceError(ConnectionistError, ArithmeticError):
    """Training produced infinity or NaN.

    Attributes
    ----------
    run : Run or None
        The training up to the last epoch with finite numbers; the network holds the weights of that epoch.
    result : Result or None
        The result of the task with its report, if `connectionist.run` ran a task.
    """

    run: Any = None
    result: Any = None


class MemoryLimitError(ConnectionistError, MemoryError):
    """A computation needs more memory than is free; the message gives both amounts."""


class AssignmentError(ConnectionistError, dataclasses.FrozenInstanceError):
    """An attribute does not exist, is fixed or cannot have this value; the message says what to do instead."""


class PluginError(ConnectionistError, RuntimeError):
    """Two plugins have the same name, or a plugin breaks its contract or tries to end the program."""


class FileError(ConnectionistError, OSError):
    """A file or folder cannot be read or written."""


class FormatError(FileError):
    """A file has something that its format does not allow, or that the simulator cannot do.

    Attributes
    ----------
    path : str
        The file.
    line, column : int or None
        Where it is, from 1; None in a binary file.
    offset : int or None
        Byte from the beginning of a binary file, from 0.
    found, expected : str or None
        The word that is there, and a description of the words that may be there.
    """

    path: str = ""
    line: int | None = None
    column: int | None = None
    offset: int | None = None
    found: str | None = None
    expected: str | None = None


class FormatWarning(UserWarning):
    """Parts of a file that the simulator does not support, or the reverse, which ``strict=False`` leaves out.

    Attributes
    ----------
    issues : tuple of str
        One for each part that was left out, with its line.
    """

    issues: tuple[str, ...] = ()

    def __init__(self, *arguments: object) -> None:
        super().__init__(*(shorten(each) if isinstance(each, str) else each for each in arguments))


class TrainingInterrupted(KeyboardInterrupt):
    """Ctrl-C during training. The network keeps the weights that it has learned.

    It is not a `ConnectionistError`, because ``except Exception`` must not catch Ctrl-C.

    Attributes
    ----------
    run : Run
        The training up to the interruption.
    runs : list of Run or None
        Of `train_many`: the run of each network, None for those that were not trained to the end.
    result : Result or None
        The result of the task with its report, if `connectionist.run` ran a task.
    """

    run: Any = None
    runs: Any = None
    result: Any = None


def unknown_name(
    kind: str, name: object, known: Iterable[str], synonyms: Mapping[str, str] | None = None, note: str = ""
) -> UnknownNameError:
    """Return an error for an unknown name; its message suggests the most similar name and lists the known names.

    Parameters
    ----------
    kind : str
        Kind of object, as the message calls it: "rule".
    name : object
        The unknown name.
    known : iterable of str
        The known names. The message lists at most 40.
    synonyms : dict of str to str, optional
        Other names in lower case for known names, which the message suggests.
    note : str
        Follows the unknown name in the message.

    Returns
    -------
    UnknownNameError

    Examples
    --------
    >>> print(unknown_name("rule", "momentun", ["momentum", "steepest"]))
    unknown rule 'momentun'; did you mean 'momentum'? Known: momentum, steepest
    """
    names = list(known)
    meant = (synonyms or {}).get(str(name).lower())
    return UnknownNameError(f"unknown {kind} {name!r}{note}; {suggest_name(meant if meant in names else name, names)}")


def suggest_name(name: object, known: Iterable[str]) -> str:
    """Return the end of a message on an unknown name: the most similar name, if there is one, and at most 40 known names.

    Parameters
    ----------
    name, known
        As for `unknown_name`.

    Examples
    --------
    >>> suggest_name("9", ["0", "1"])
    'known: 0, 1'
    """
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=1)
    shown = names if len(names) <= 40 else [*names[:40], f"… and {len(names) - 40} more"]
    return f"{f'did you mean {near[0]!r}? Known' if near else 'known'}: {', '.join(shown) or 'none'}"


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
) -> Any:
    """Return a finite number within bounds as Python's int or float, or raise ParameterError.

    Parameters
    ----------
    owner, name : str
        Owner and name of the parameter. The message calls it ``owner.name``, or ``owner, name`` if the owner is not the name of an object
        in Python, such as a group or projection.
    value : object
        Value to check, a number of any type, such as one of numpy. Booleans and text are not numbers.
    above, below : float, optional
        Open bounds.
    at_least, at_most : float, optional
        Closed bounds.
    whole : bool
        Whether the value must be an integer.

    Returns
    -------
    int or float

    Raises
    ------
    ParameterError
        If the value is not a number, is not finite, or is out of bounds.

    Examples
    --------
    >>> check_number("momentum", "rate", -0.1, above=0)
    Traceback (most recent call last):
    connectionist.errors.ParameterError: momentum.rate: must be a number above 0 (got -0.1)
    """
    number = plain_number(value, whole)
    if number is not None and _within(number, above, at_least, below, at_most):
        return number
    wanted = describe_number(above=above, at_least=at_least, below=below, at_most=at_most, whole=whole)
    if number is None and isinstance(value, float) and math.isinf(value) and _within(value, above, at_least, below, at_most):
        wanted = wanted.replace("number", "finite number", 1)
    raise ParameterError(f"{_place(owner, name)}: must be {wanted}{limit_and_given(value)}")


def describe_number(
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
    whole: bool = False,
) -> str:
    """Return in words which numbers are allowed.

    Parameters
    ----------
    above, at_least, below, at_most, whole
        As for `check_number`.

    Examples
    --------
    >>> describe_number(at_least=0, below=1)
    'a number of at least 0 and below 1'
    """
    bounds = {"above": above, "at least": at_least, "below": below, "at most": at_most}
    limits = " and ".join(f"{word} {_plain(bound)}" for word, bound in bounds.items() if bound is not None)
    of = "of " if limits.startswith("at ") else ""
    return f"a {'whole ' if whole else ''}number {of}{limits}".rstrip()


def shorten(text: str) -> str:
    """Return a message with each value of more than 300 characters cut in its middle, and at most 3,000 characters in total.

    A value is text in quotation marks, or a run of characters without a space.

    Examples
    --------
    >>> shorten(f"(got {'9' * 5000})")
    '(got 9999999999999999999999999999999999999999 … (4,943 more characters) … 99999999999999999)'
    """
    if len(text) < LONGEST_VALUE:
        return text
    shorter = VALUE.sub(lambda found: _cut(found[0], 40, 18) if len(found[0]) >= LONGEST_VALUE else found[0], text)
    return shorter if len(shorter) <= LONGEST_MESSAGE else _cut(shorter, LONGEST_MESSAGE - 500, 400)


def _cut(text: str, first: int, last: int) -> str:
    return f"{text[:first]} … ({len(text) - first - last:,} more characters) … {text[-last:]}"


def check_flag(owner: str, name: str, value: object) -> bool:
    """Return a value that is True or False, also of numpy's type, as a ``bool``; raise ParameterError for any other.

    Parameters
    ----------
    owner, name : str
        Owner and name of the parameter, as for `check_number`.
    value : object
        Value to check.

    Returns
    -------
    bool

    Raises
    ------
    ParameterError
        If the value is not a ``bool`` or numpy's ``bool_``.

    Examples
    --------
    >>> check_flag("input → hidden", "trainable", "no")
    Traceback (most recent call last):
    connectionist.errors.ParameterError: input → hidden, trainable: must be True or False (got 'no')
    """
    if type(value).__name__ not in ("bool", "bool_"):
        raise ParameterError(f"{_place(owner, name)}: must be True or False (got {value!r})")
    return bool(value)


def _place(owner: str, name: str) -> str:
    return f"{owner}, {name}" if " " in owner else f"{owner}.{name}"


def _plain(number: float) -> str:
    """Return a number as text, whole numbers in full."""
    return f"{number:.0f}" if float(number).is_integer() and abs(number) < 1e15 else f"{number:g}"


def limit_and_given(value: object) -> str:
    """Return the end of a message on a value that is not an allowed number: the largest one, if it is larger, and the value.

    Examples
    --------
    >>> limit_and_given("text"), limit_and_given(2**1024)[:42]
    (" (got 'text')", ', at most 1.8e+308 in size (got 0x10000000')
    """
    limit = f", at most {sys.float_info.max:.2g} in size" if _is_too_large(value) else ""
    return f"{limit} (got {_text_of(value)})"


def _is_too_large(value: Any) -> bool:
    """Return whether a value is a number of a type that has larger ones than float."""
    try:
        return not isinstance(value, float) and math.isinf(real_number(value))
    except OverflowError:
        return True
    except Exception:  # no number
        return False


def _text_of(value: object) -> str:
    if isinstance(value, int) and abs(value) > sys.float_info.max:  # Python does not print long integers in decimal
        return f"{value:#x}"
    try:
        return repr(value)
    except Exception:  # of the class of a user
        return f"an object of class {type(value).__qualname__}"


def _within(value: float, above: float | None, at_least: float | None, below: float | None, at_most: float | None) -> bool:
    return (
        (above is None or value > above)
        and (at_least is None or value >= at_least)
        and (below is None or value < below)
        and (at_most is None or value <= at_most)
    )
