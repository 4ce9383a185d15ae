"""Copies and pickles of the parts of a network, which are made with the network."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, NoReturn, Self

from connectionist.errors import AssignmentError
from connectionist.utils.declared_attributes import DeclaredAttributes


class NetworkPart:
    """Mixin for groups, units, projections, connections and weights: a copy or pickle is the same part of a copy of the network."""

    __slots__ = ()

    def _network(self) -> Any:
        """Return the network of the part."""
        raise NotImplementedError

    def _key(self) -> Any:
        """Return the place of the part in its network: its name or number."""
        raise NotImplementedError

    @staticmethod
    def _at(network: Any, key: Any) -> Any:
        """Return the part of this kind that a network has at a place."""
        raise NotImplementedError

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copied: Self = self._at(deepcopy(self._network(), memo), self._key())
        return copied

    def __copy__(self) -> NoReturn:
        raise TypeError(f"{self!r}: a part of a network cannot be copied without it; copy the network with .copy()")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self)._at, (self._network(), self._key())


class RemovablePart(DeclaredAttributes, NetworkPart):
    """Mixin for groups and projections: an assignment to one that was removed from its network raises AssignmentError."""

    _is_removed = False

    @property
    def removed(self) -> bool:
        """Whether `Network.remove_group` removed it from its network."""
        return self._is_removed

    def _set_removed(self) -> None:
        """Mark the part as removed. Only `Wiring` calls this."""
        self._is_removed = True

    def __setattr__(self, attribute: str, value: object) -> None:
        if self._is_removed and not attribute.startswith("_"):
            raise AssignmentError(
                f"{self!r}, {attribute}: cannot be assigned, since the {type(self).__name__.lower()} was removed from its network"
            )
        super().__setattr__(attribute, value)
