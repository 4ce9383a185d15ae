"""Functions of users, which the simulator calls."""

from __future__ import annotations

from inspect import signature


def takes(function: object, count: int) -> bool:
    """Return whether an object is a function that can be called with a number of arguments."""
    try:
        return callable(function) and signature(function).bind(*[None] * count) is not None
    except TypeError:
        return False
    except ValueError:  # a function without a signature, such as a class written in C
        return True
