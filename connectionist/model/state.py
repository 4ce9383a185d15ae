"""The numbers of a network: one contiguous array per quantity.

`Unit` and `Weight` are views: a row number and properties that read the arrays. There is one copy of every number, so nothing has to be
synchronised. An object shows what an engine writes into the array, and an engine computes with what is assigned to an object.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import numpy.typing as npt

from connectionist.utils.arrays import Array

if TYPE_CHECKING:
    from connectionist.model.last_update import LastUpdate


class State:
    """Columns of float64 that grow together.

    Each quantity has two views of the same memory: a memoryview (``state.value``), which Python reads item by item three times as fast,
    and an array (``state.array("value")``) for everything else.
    """

    quantities: ClassVar[tuple[str, ...]] = ()
    initial_values: ClassVar[dict[str, float]] = {}

    def __init__(self) -> None:
        self.size = 0
        self._arrays = {quantity: self._new(quantity, 8) for quantity in self.quantities}
        self._expose()

    def grow(self, count: int) -> int:
        """Add `count` rows of initial values (0 by default), and return the number of the first."""
        first, self.size = self.size, self.size + count
        if self.size > len(next(iter(self._arrays.values()))):
            self._arrays = {name: np.concatenate([old, self._new(name, self.size)]) for name, old in self._arrays.items()}
            self._expose()
        return first

    def shrink(self, size: int) -> None:
        """Remove the rows from number `size` on."""
        for quantity in self.quantities:
            self.array(quantity)[size:] = self.initial_values.get(quantity, 0.0)
        self.size = size

    def arranged(self, rows: npt.NDArray[np.intp]) -> Self:
        """Return a new state whose rows are these rows of this one; a row of initial values for −1."""
        arranged = copy(self)
        arranged.size = len(rows)
        arranged._arrays = {quantity: self._new(quantity, len(rows)) for quantity in self.quantities}
        arranged._expose()
        for quantity in self.quantities:
            arranged.array(quantity)[rows >= 0] = self.array(quantity)[rows[rows >= 0]]
        return arranged

    def array(self, quantity: str) -> Array:
        """Return a quantity as a writable array, one value per row. The view is valid until the next row is added."""
        return self._arrays[quantity][: self.size]

    def assign(self, other: Self) -> None:
        """Take the numbers of another state, which has the same rows."""
        for quantity in self.quantities:
            self.array(quantity)[:] = other.array(quantity)

    @contextmanager
    def restored_afterwards(self) -> Iterator[None]:
        """Restore every number at the end of the context."""
        before = {quantity: self.array(quantity).copy() for quantity in self.quantities}
        try:
            yield
        finally:
            for quantity, array in before.items():
                self.array(quantity)[: len(array)] = array

    def _new(self, quantity: str, count: int) -> Array:
        return np.full(count, self.initial_values.get(quantity, 0.0))

    def _expose(self) -> None:
        for quantity, array in self._arrays.items():
            setattr(self, quantity, memoryview(array))  # type: ignore[arg-type]


class UnitState(State):
    """The quantities of all units: one value per unit, in the order in which the units were made.

    Attributes
    ----------
    owner : object
        The network of the units. Layers above the network find it from any unit; nothing in this layer uses it.
    error_weight : float
        Factor of E, and so of each derivative, in the present case.
    is_perturbed : bool
        Whether units have noise or clamps in the present case.
    has_outputs : bool
        Whether a group has an output function, so that its connections carry something else than activations.
    assignments : int
        Number of assignments to attributes of the groups so far, by which others see that what they derived from them is out of date.
    """

    owner: object
    error_weight: float = 1.0
    is_perturbed: bool = False
    has_outputs: bool = False
    assignments: int = 0
    quantities = (
        "net_input",
        "activation",
        "activation_derivative",
        "net_derivative",
        "target",
        "net_input_noise",
        "activation_noise",
        "clamp",
    )
    initial_values: ClassVar[dict[str, float]] = {"target": float("nan"), "clamp": float("nan")}

    net_input: memoryview[float]
    activation: memoryview[float]
    activation_derivative: memoryview[float]
    net_derivative: memoryview[float]
    target: memoryview[float]
    net_input_noise: memoryview[float]
    activation_noise: memoryview[float]
    clamp: memoryview[float]

    def assign(self, other: Self) -> None:
        """Take the numbers and the other attributes of the present case of another state, which has the same rows."""
        super().assign(other)
        self.error_weight, self.is_perturbed = other.error_weight, other.is_perturbed

    @contextmanager
    def restored_afterwards(self) -> Iterator[None]:
        """Restore every number, and the other attributes of the present case, at the end of the context."""
        before = self.error_weight, self.is_perturbed
        with super().restored_afterwards():
            try:
                yield
            finally:
                self.error_weight, self.is_perturbed = before


class WeightState(State):
    """The quantities of all weights: one value per weight, in the order in which the weights were made. `trainable` is 1 or 0.

    Attributes
    ----------
    last_update : LastUpdate or None
        The inputs of the last update. None before the first update, after weights were loaded, drawn or assigned together, and if the
        engine did not record them.
    owner : object
        The network of the weights; for an unrolled network, its original. Nothing in this layer uses it.
    may_have_noise : bool
        Whether noise was assigned to a group or projection; it may have been removed since. Unrolled networks share it.
    backward : memoryview of float
        Weights through which error derivatives go back: the values, unless a learning procedure has others for a backward pass.
    """

    owner: object
    may_have_noise: bool = False
    last_update: LastUpdate | None = None
    quantities = ("value", "derivative", "change", "trainable")

    value: memoryview[float]
    derivative: memoryview[float]
    change: memoryview[float]
    trainable: memoryview[float]
    backward: memoryview[float]

    def _expose(self) -> None:
        super()._expose()
        self.backward = self.value

    def assign(self, other: Self) -> None:
        """Take the numbers and the last update of another state, which has the same rows."""
        super().assign(other)
        self.last_update = other.last_update

    @contextmanager
    def restored_afterwards(self) -> Iterator[None]:
        """Restore every number, and the last update, at the end of the context."""
        before = self.last_update
        with super().restored_afterwards():
            try:
                yield
            finally:
                self.last_update = before

    def forget_changes(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> None:
        """Set the last change of some rows to 0, since their weights were loaded, drawn or assigned."""
        if len(rows):
            self.array("change")[rows] = 0.0
            self.last_update = None
