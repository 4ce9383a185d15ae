"""Formulas of plugins that return something other than numbers, found after they have made a training fail.

Engines use what a formula returns without a check, to save time. The error is then raised in the engine, so its traceback does not have the
plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any

from connectionist.errors import ConnectionistError, PluginError
from connectionist.plugins.functions import ActivationFunction, ErrorFunction
from connectionist.plugins.registry import describe_origin
from connectionist.plugins.rules import UpdateRule
from connectionist.utils.visible_text import shown

TRIED = 0.5  # value of every argument


@contextmanager
def named_formulas(owners: Callable[[], Iterable[Any]]) -> Iterator[None]:
    """Convert a TypeError or ValueError of the block into PluginError, if a formula returns something other than numbers.

    Parameters
    ----------
    owners : function
        Returns the functions and rules that the block uses.

    Raises
    ------
    PluginError
        It has the attributes of the error, such as the run.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        fault = "" if isinstance(error, ConnectionistError) else next(filter(None, map(_fault_of, owners())), "")
        if not fault:
            raise
        named = PluginError(fault)
        vars(named).update(vars(error))
        raise named from error


def _fault_of(owner: Any) -> str:
    """Return which formula of a function or rule returns something other than numbers; "" if none does, or if one raises."""
    try:
        for kind, method, arguments, names in _formulas(owner):
            returned = getattr(owner, method)(*arguments)
            if not (_is_tuple(returned, len(names)) if names else isinstance(returned, Real)):
                wanted = f"a tuple of {', '.join(names)}" if names else "a number"
                return f"{describe_origin(type(owner))}{kind} {owner.name!r}: {method} must return {wanted} (got {shown(returned)})"
    except Exception:  # the code is a plugin's, and its own error was raised before
        pass
    return ""


def _formulas(owner: Any) -> Iterator[tuple[str, str, list[float], tuple[str, ...]]]:
    """Yield the kind of the owner, and of each formula the name, arguments and names of the results; none for a number without a tuple."""
    if isinstance(owner, ActivationFunction):
        yield "activation function", "activation", [TRIED], ()
        yield "activation function", "slope", [TRIED, TRIED], ()
    elif isinstance(owner, ErrorFunction):
        yield "error function", "error", [TRIED, TRIED], ()
        yield "error function", "derivative", [TRIED, TRIED], ()
    elif isinstance(owner, UpdateRule):
        yield "rule", "change", [TRIED, TRIED, *[0.0] * len(owner.memory)], ("Δw", *owner.memory)


def _is_tuple(returned: object, count: int) -> bool:
    return isinstance(returned, tuple) and len(returned) == count and all(isinstance(each, Real) for each in returned)
