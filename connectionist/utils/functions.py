"""Functions of users, which the simulator calls, and functions of the simulator, which users call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from typing import ParamSpec, TypeVar

from connectionist.errors import ParameterError, suggest_name

P = ParamSpec("P")
R = TypeVar("R")


def takes(function: object, count: int) -> bool:
    """Return whether an object is a function that can be called with a number of arguments."""
    try:
        return callable(function) and signature(function).bind(*[None] * count) is not None
    except TypeError:
        return False
    except ValueError:  # a function without a signature, such as a class written in C
        return True


def with_known_arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function or a constructor raise ParameterError for an argument that it does not have; a decorator.

    Examples
    --------
    >>> @with_known_arguments
    ... def half(number: float) -> float:
    ...     return number / 2
    >>> half(numbr=3)
    Traceback (most recent call last):
    connectionist.errors.ParameterError: half.numbr: no such argument; did you mean 'number'? Known: number
    """
    known = [name for name in signature(function).parameters if name != "self"]
    owner = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]

    @wraps(function)
    def call(*arguments: P.args, **options: P.kwargs) -> R:
        check_known(owner, options, known)
        return function(*arguments, **options)

    return call


def check_known(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise ParameterError, with the most similar name, if a function does not have one of the arguments that are given by name."""
    for name in given:
        if name not in known:
            raise ParameterError(f"{owner}.{name}: no such argument; {suggest_name(name, known)}")
