"""Objects whose attributes are declared in their class, so that a wrong name cannot be assigned silently.

`DeclaredAttributes` and `ReadOnlyProperties` are for classes with attributes that may be assigned. `with_assignment_errors` is for frozen
dataclasses, `FixedAttributes` for the base classes of plugins, whose subclasses need not be dataclasses.
"""

from __future__ import annotations

import functools
import inspect
import reprlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any, ClassVar, TypeVar

from connectionist.errors import AssignmentError, ParameterError, check_number, suggest_name
from connectionist.utils.unknown_attributes import KnownAttributes

Kind = TypeVar("Kind", bound=type)


class DeclaredAttributes(KnownAttributes):
    """Mixin: an assignment to an undeclared or a fixed attribute, or the deletion of one, raises AssignmentError.

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
            raise AssignmentError(_message(self, attribute, value))

    def __delattr__(self, attribute: str) -> None:
        _delete(self, attribute)


class ReadOnlyProperties:
    """Mixin: an assignment to a property without a setter, or a deletion, raises AssignmentError with the message of `DeclaredAttributes`.

    It is for classes with ``__slots__`` whose other attributes are assigned often, since it makes no assignment slower.
    """

    __slots__ = ()

    _instead: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, item in list(vars(cls).items()):
            if isinstance(item, property) and item.fset is None:
                setattr(cls, name, item.setter(_rejection(name)))

    def __delattr__(self, attribute: str) -> None:
        _delete(self, attribute)


class FixedAttributes:
    """Mixin: only methods of an object's own class may assign attributes to it; any other assignment raises AssignmentError.

    It applies to classes without ``@dataclass(frozen=True)``. A frozen dataclass has methods for this, but they do nothing for a
    subclass without the decorator. Names that begin with an underscore are assignable, and those that a method has assigned.
    """

    def __setattr__(self, attribute: str, value: object) -> None:
        _check_assignable(self, attribute, value)
        object.__setattr__(self, attribute, value)

    def __delattr__(self, attribute: str) -> None:
        _delete(self, attribute)


def is_frozen_dataclass(kind: type) -> bool:
    """Return whether a class itself, and not only a base class, is decorated with ``@dataclass(frozen=True)``."""
    declared = vars(kind).get("__dataclass_params__")
    return declared is not None and declared.frozen


def keep_number(thing: object, owner: str, name: str, **bounds: Any) -> None:
    """Replace a field of a frozen dataclass by its number as Python's int or float; owner, bounds and errors are as for `check_number`."""
    given = getattr(thing, name)
    number = check_number(owner, name, given, **bounds)
    if number is not given:
        object.__setattr__(thing, name, number)


def with_assignment_errors(kind: Kind) -> Kind:
    """Make a frozen dataclass raise AssignmentError where it raises Python's FrozenInstanceError, with a message that says what to do.

    It is a decorator above ``@dataclass(frozen=True)``. The base classes of plugins call it for the classes of users.
    """
    if not getattr(vars(kind).get("__setattr__"), "_raises_assignment_error", False):
        _replace_method(kind, "__setattr__", _frozen_message)
        _replace_method(kind, "__delattr__", _deletion_message)
        _check_keywords(kind)
    return kind


def _check_keywords(kind: type) -> None:
    """Let the constructor that `dataclass` made raise ParameterError for a parameter that does not exist."""
    made = vars(kind).get("__init__")
    if made is None or made.__code__.co_filename != "<string>":
        return

    @functools.wraps(made)
    def initialize(self: Any, *values: Any, **parameters: Any) -> None:
        try:
            made(self, *values, **parameters)
        except TypeError:  # a check before each call would take as long as the call
            known = [name for name in made.__annotations__ if name != "return"]
            for key in parameters:
                if key not in known:
                    raise ParameterError(f"{kind.__name__}.{key}: no such parameter; {suggest_name(key, known)}") from None
            raise

    kind.__init__ = initialize  # type: ignore[misc]


def _replace_method(kind: type, method: str, message: Callable[..., str]) -> None:
    """Replace the method that `dataclass` made for a frozen class; do nothing if the class has none."""
    frozen = vars(kind).get(method)
    if frozen is None:
        return

    def act(self: object, attribute: str, *value: object) -> None:
        if type(self) is not kind and value:  # a subclass without the decorator
            _check_assignable(self, attribute, *value)
        try:
            frozen(self, attribute, *value)
        except FrozenInstanceError:
            raise AssignmentError(message(self, attribute, *value)) from None

    vars(act)["_raises_assignment_error"] = True
    setattr(kind, method, act)


def _check_assignable(owner: Any, attribute: str, value: object) -> None:
    """Raise AssignmentError unless code of the owner's class assigns an attribute, or did so before."""
    is_own = attribute in getattr(owner, "__dict__", {}) and not hasattr(type(owner), attribute)
    is_field = is_dataclass(owner) and any(field.name == attribute for field in fields(owner))
    if not (attribute.startswith("_") or is_own or is_field or _is_assignable(type(owner), attribute) or _assigns_itself(owner)):
        raise AssignmentError(_frozen_message(owner, attribute, value))


def _assigns_itself(owner: object) -> bool:
    """Return whether an assignment to an attribute is in a method of the owner's class."""
    frame = sys._getframe(1)
    while frame.f_back is not None and (frame.f_globals.get("__name__") == __name__ or frame.f_code.co_name == "__setattr__"):
        frame = frame.f_back
    where = frame.f_globals.get("__name__"), frame.f_code.co_qualname
    return any(where[0] == kind.__module__ and where[1].startswith(f"{kind.__qualname__}.") for kind in type(owner).__mro__)


def _delete(owner: object, attribute: str) -> None:
    if not attribute.startswith("_"):
        raise AssignmentError(_deletion_message(owner, attribute))
    object.__delattr__(owner, attribute)


def _deletion_message(owner: object, attribute: str) -> str:
    return f"{type(owner).__name__}.{attribute}: cannot be deleted"


def _exists(owner: object, attribute: str) -> bool:
    """Return whether an object has an attribute, without reading it, since a computed one would be computed and kept."""
    return hasattr(type(owner), attribute) or attribute in getattr(owner, "__dict__", {})


def _frozen_message(owner: Any, attribute: str, value: object) -> str:
    """Return the message on an assignment to an object of a frozen dataclass."""
    kind = type(owner)
    assigned = f"{kind.__name__}.{attribute}: cannot be assigned (got {reprlib.repr(value)})"
    names = [field.name for field in fields(kind) if field.init and not field.name.startswith("_")] if is_dataclass(kind) else []
    instead = getattr(kind, "_instead", {})
    if attribute in names:
        return f"{assigned}; make a new object, such as dataclasses.replace({kind.__name__.lower()}, {attribute}={reprlib.repr(value)})"
    if attribute in instead:
        return f"{assigned}; {instead[attribute]}"
    if _exists(owner, attribute):
        return f"{assigned}; it is {'read-only' if isinstance(getattr(kind, attribute, None), property) else 'fixed by its class'}"
    if not (names or instead):
        return f"{assigned}; it does not exist, and the class declares no parameters"
    return f"{assigned}; it does not exist; {suggest_name(attribute, [*names, *instead])}"


def _rejection(attribute: str) -> Callable[[object, object], None]:
    """Return a setter that raises."""

    def reject(owner: object, value: object) -> None:
        raise AssignmentError(_message(owner, attribute, value))

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
    if _exists(owner, attribute):
        return f"{assigned}; it is fixed when the object is made"
    assignable = sorted({name for base in kind.__mro__ for name, item in vars(base).items() if getattr(item, "fset", None) is not None})
    return f"{assigned}; it does not exist; {suggest_name(attribute, assignable or kind._instead)}"
