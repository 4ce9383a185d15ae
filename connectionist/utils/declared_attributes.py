"""Objects whose attributes are declared in their class, so that a wrong name cannot be assigned silently."""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from connectionist.errors import suggest_name


class DeclaredAttributes:
    """Mixin: an assignment to an undeclared or a fixed attribute raises AttributeError.

    Assignable are properties with a setter, and names that begin with an underscore. Any other attribute is annotated in the class and
    is assigned once, when the object is made. A subclass gives what to do instead of an assignment in `_instead`.
    """

    __slots__ = ()

    _instead: ClassVar[Mapping[str, str]] = {}
    _annotated: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._annotated = frozenset(name for base in cls.__mro__ for name in inspect.get_annotations(base))

    def __setattr__(self, attribute: str, value: object) -> None:
        if attribute.startswith("_") or _is_assignable(type(self), attribute) or attribute in self._annotated - vars(self).keys():
            object.__setattr__(self, attribute, value)
        else:
            raise AttributeError(_message(self, attribute, value))


class ReadOnlyProperties:
    """Mixin: an assignment to a property without a setter raises AttributeError with the message of `DeclaredAttributes`.

    It is for classes with ``__slots__`` whose other attributes are assigned often, since it makes no assignment slower.
    """

    __slots__ = ()

    _instead: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, item in list(vars(cls).items()):
            if isinstance(item, property) and item.fset is None:
                setattr(cls, name, item.setter(_rejection(name)))


def _rejection(attribute: str) -> Callable[[object, object], None]:
    """Return a setter that raises."""

    def reject(owner: object, value: object) -> None:
        raise AttributeError(_message(owner, attribute, value))

    return reject


def _is_assignable(kind: type, attribute: str) -> bool:
    declared = getattr(kind, attribute, None)
    return isinstance(declared, property) and declared.fset is not None


def _message(owner: Any, attribute: str, value: object) -> str:
    kind = type(owner)
    assigned = f"{owner!r}, {attribute}: cannot be assigned (got {reprlib.repr(value)})"
    if attribute in kind._instead:
        return f"{assigned}; {kind._instead[attribute]}"
    if isinstance(getattr(kind, attribute, None), property):
        return f"{assigned}; it is read-only"
    if hasattr(owner, attribute):
        return f"{assigned}; it is fixed when the object is made"
    assignable = sorted({name for base in kind.__mro__ for name, item in vars(base).items() if getattr(item, "fset", None) is not None})
    return f"{assigned}; it does not exist; {suggest_name(attribute, assignable or kind._instead)}"
