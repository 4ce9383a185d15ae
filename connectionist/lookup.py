"""From a name to the thing that goes by it, without knowing who offers it.

The core never names a plugin, yet ``add_group(activation="logistic")`` must find one. As the standard library's ``codecs``
does, the lower layers ask here; whoever knows the plugins registers how to find them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from connectionist.errors import ParameterError

Finder = Callable[[str, str], Any]
Contract = TypeVar("Contract")

_finder: Finder | None = None


def use(finder: Finder) -> None:
    """Register the function that finds a class by kind and name."""
    global _finder  # noqa: PLW0603  (registered once, as in the standard library's codecs)
    _finder = finder


def find(kind: str, name: str) -> Any:
    """Return the class that plugins offer under `name` in the hook `kind`.

    Raises
    ------
    UnknownNameError
        When nothing goes by this name; the message lists what does.
    """
    if _finder is None:
        raise RuntimeError("no plugins are registered: import connectionist first")
    return _finder(kind, name)


def resolve(kind: str, thing: object, *contracts: type[Contract]) -> Contract:
    """Return `thing` itself when it fulfils a contract, or a new one of that name with its default parameters.

    Raises
    ------
    ParameterError
        When it is neither a name nor an object of the right kind.
    UnknownNameError
        When nothing goes by this name.
    """
    if isinstance(thing, contracts):
        return thing
    if isinstance(thing, str):
        found: Contract = find(kind, thing)()
        return found
    wanted = " or ".join(contract.__name__ for contract in contracts)
    raise ParameterError(f"{kind}: must be a name or an object of class {wanted} (got {thing!r})")
