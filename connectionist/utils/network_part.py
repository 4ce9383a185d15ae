"""Copies of the parts of a network, which are made with the network."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, NoReturn, Self


class NetworkPart:
    """Mixin for groups, units, projections, connections and weights: a deep copy is the same part of a copy of the network."""

    __slots__ = ()

    def _network(self) -> Any:
        """Return the network of the part."""
        raise NotImplementedError

    def _part_of(self, network: Any) -> Any:
        """Return the part of a copy of the network that corresponds to this one."""
        raise NotImplementedError

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        copied: Self = self._part_of(deepcopy(self._network(), memo))
        return copied

    def __copy__(self) -> NoReturn:
        raise TypeError(f"{self!r}: a part of a network cannot be copied without it; copy the network with .copy()")

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{self!r}: a part of a network cannot be pickled; save the weights with connectionist.save_weights")
