"""Attributes that are read and do not exist: the error names the most similar ones, or says where a quantity is found.

Python calls ``__getattr__`` only where it finds no attribute, but reads every attribute of such a class more slowly. Where passes read
attributes of each connection, that would take half as long again. So `Unit`, `Connection`, `Weight` and `Example` have `OtherNames`
instead: a name that other programs use raises an error, and any other name raises Python's error, to which tracebacks add the most
similar name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from connectionist.errors import UnknownAttributeError, suggest_name


class KnownAttributes:
    """Mixin: reading an attribute that does not exist raises UnknownAttributeError.

    A subclass says in `_elsewhere` what to use in place of some names.
    """

    __slots__ = ()

    _elsewhere: ClassVar[Mapping[str, str]] = {}

    if not TYPE_CHECKING:  # or type checkers would accept every name

        def __getattr__(self, attribute: str) -> Any:
            if attribute.startswith("_"):  # such as those that copy, pickle and IPython look for
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {attribute!r}", name=attribute, obj=self)
            if hasattr(type(self), attribute):  # a property, which raised AttributeError; it raises it again
                return object.__getattribute__(self, attribute)
            raise unknown_attribute(self, attribute, self._elsewhere.get(attribute))


class OtherNames:
    """Mixin for classes whose attributes are read in passes: reading one of the names in `_elsewhere` raises UnknownAttributeError."""

    __slots__ = ()

    _elsewhere: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, instead in vars(cls).get("_elsewhere", {}).items():
            setattr(cls, name, _OtherName(name, instead))

    def __dir__(self) -> list[str]:
        return [name for name in object.__dir__(self) if name not in self._elsewhere]


class _OtherName:
    """A name under which a class has no attribute."""

    def __init__(self, name: str, instead: str) -> None:
        self.name = name
        self.instead = instead

    def __get__(self, owner: object, kind: type) -> NoReturn:
        raise AttributeError(self.name) if owner is None else unknown_attribute(owner, self.name, self.instead)

    def __set__(self, owner: object, value: object) -> NoReturn:
        raise unknown_attribute(owner, self.name, self.instead)


def unknown_attribute(owner: object, attribute: str, instead: str | None = None) -> UnknownAttributeError:
    """Return the error for an attribute that does not exist. `instead` is what to use in its place, if that is known."""
    names = sorted({*dir(owner), *getattr(owner, "_annotated", ())})
    end = f"use {instead}" if instead else suggest_name(attribute, [name for name in names if not name.startswith("_")])
    error = UnknownAttributeError(f"{type(owner).__name__} has no attribute {attribute!r}; {end}")
    error.name = attribute  # so that Python neither sets it nor adds a suggestion
    return error
