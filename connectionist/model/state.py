"""Where every number of a network lives: one contiguous array per quantity.

`Unit` and `Weight` are views, a row number and a way to read it. There is only one copy, so there is nothing to synchronise:
what an engine writes into the array is what the object shows, and what is assigned to the object is what the engine computes with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from connectionist.model.last_update import LastChange
from connectionist.utils.arrays import Array


class State:
    """Columns of float64 that grow together.

    Each quantity is held twice over the same memory: as a memoryview (``state.value``), which Python reads three times as
    fast item by item, and as an array (``state.array("value")``) for everything else.
    """

    quantities: ClassVar[tuple[str, ...]] = ()
    at_first: ClassVar[dict[str, float]] = {}

    def __init__(self) -> None:
        self.size = 0
        self._arrays = {quantity: self._new(quantity, 8) for quantity in self.quantities}
        self._expose()

    def grow(self, count: int) -> int:
        """Add `count` rows, of zeros where `at_first` says nothing else, and return the first one's number."""
        first, self.size = self.size, self.size + count
        if self.size > len(next(iter(self._arrays.values()))):
            self._arrays = {name: np.concatenate([old, self._new(name, self.size)]) for name, old in self._arrays.items()}
            self._expose()
        return first

    def array(self, quantity: str) -> Array:
        """Return a quantity as a writable array, one value per row. It is a view, good until the next row is added."""
        return self._arrays[quantity][: self.size]

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Put back, at the end, every number that is there at the beginning."""
        before = {quantity: self.array(quantity).copy() for quantity in self.quantities}
        try:
            yield
        finally:
            for quantity, array in before.items():
                self.array(quantity)[: len(array)] = array

    def _new(self, quantity: str, count: int) -> Array:
        return np.full(count, self.at_first.get(quantity, 0.0))

    def _expose(self) -> None:
        for quantity, array in self._arrays.items():
            setattr(self, quantity, memoryview(array))  # type: ignore[arg-type]


class UnitState(State):
    """What every unit has: one value per unit, in the order in which the units were made.

    Attributes
    ----------
    owner : object
        Whose units these are, a network: so that whoever knows networks finds it from any of them. Nothing here looks into it.
    """

    owner: object
    quantities = ("net_input", "activation", "activation_derivative", "net_derivative", "target")
    at_first: ClassVar[dict[str, float]] = {"target": float("nan")}

    net_input: memoryview[float]
    activation: memoryview[float]
    activation_derivative: memoryview[float]
    net_derivative: memoryview[float]
    target: memoryview[float]


class WeightState(State):
    """What every weight has: one value per weight, in the order in which the weights were made. `trainable` is 1 or 0.

    Attributes
    ----------
    last_change : LastChange or None
        What the last change of the weights was made from; None before the first, where weights were loaded,
        drawn or assigned all at once since, and where nobody knows.
    """

    last_change: LastChange | None = None
    quantities = ("value", "derivative", "change", "trainable")

    value: memoryview[float]
    derivative: memoryview[float]
    change: memoryview[float]
    trainable: memoryview[float]

    def forget_changes(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> None:
        """Note that the weights of some rows were loaded, drawn or assigned: no change was made to these yet."""
        if len(rows):
            self.array("change")[rows] = 0.0
            self.last_change = None
