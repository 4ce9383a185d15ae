"""What of a network learning changes, and what it counts as the derivative of a weight."""

from __future__ import annotations

from collections.abc import Iterable

import numpy.typing as npt

from connectionist.errors import ParameterError, check_number
from connectionist.model.assembly.rewiring import Reconstruction
from connectionist.model.assembly.validation import check_values
from connectionist.model.connection import Weight
from connectionist.model.state import WeightState
from connectionist.utils.arrays import Array
from connectionist.utils.random_streams import stream


class Learnable(Reconstruction):
    """Weights that can be set and drawn all at once, and the conventions by which their derivatives are gathered."""

    def __init__(
        self,
        name: str,
        tie_derivative: str,
        ticks_back: int | None,
        weight_state: WeightState | None = None,
        ticks: int | None = None,
    ) -> None:
        super().__init__(name, weight_state, ticks)
        self.tie_derivative = tie_derivative
        self.ticks_back = ticks_back

    @property
    def tie_derivative(self) -> str:
        """What the derivative of a tied weight is of its connections' derivatives, "mean" or "sum"; assignable."""
        return self._tie_derivative

    @tie_derivative.setter
    def tie_derivative(self, tie_derivative: str) -> None:
        if tie_derivative not in ("mean", "sum"):
            raise ParameterError(f"Network.tie_derivative: must be 'mean' or 'sum' (got {tie_derivative!r})")
        self._tie_derivative = tie_derivative

    @property
    def ticks_back(self) -> int | None:
        """Through how many ticks the error of one tick is carried back, that tick included; None for all. Assignable, at least 1."""
        return self._ticks_back

    @ticks_back.setter
    def ticks_back(self, ticks_back: int | None) -> None:
        if ticks_back is not None:
            check_number("Network", "ticks_back", ticks_back, at_least=1, whole=True)
        self._ticks_back = ticks_back

    @property
    def weight_values(self) -> Array:
        """A new array of every weight's value, in the order of `weights`; assignable."""
        return self.weight_state.array("value")[self.weight_rows]

    @weight_values.setter
    def weight_values(self, values: npt.ArrayLike) -> None:
        self.weight_state.array("value")[self.weight_rows] = check_values(values, len(self.weights), f"{self.name}.weight_values")
        self.weight_state.forget_changes(self.weight_rows)

    def randomize(self, half_range: float, seed: int = 0, among: Iterable[Weight] | None = None) -> None:
        """Draw every trainable weight, biases included, uniformly from ±`half_range`.

        Parameters
        ----------
        half_range : float
            At least 0.
        seed : int
            Root seed; the numbers come from its stream "weights", in the order of `weights`.
        among : iterable of Weight, optional
            Draw only these; a frozen weight is left alone all the same.

        Raises
        ------
        ParameterError
            When the range or the seed is out of range.
        """
        check_number("randomize", "half_range", half_range, at_least=0)
        drawn = [weight for weight in (self.weights if among is None else among) if weight.trainable]
        for weight, value in zip(drawn, stream(seed, "weights").uniform(-half_range, half_range, len(drawn)), strict=True):
            weight.value = float(value)
        self.weight_state.forget_changes([weight.row for weight in drawn])
