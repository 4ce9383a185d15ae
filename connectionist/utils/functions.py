"""Functions of users, which the simulator calls."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import TypeGuard


def takes(function: object, count: int) -> TypeGuard[Callable[..., object]]:
    """Return whether an object is a function that can be called with a number of arguments."""
    try:
        return callable(function) and bool(signature(function).bind(*[None] * count) is not None)
    except TypeError:
        return False
    except ValueError:  # a function without a signature, such as a class written in C
        return True
