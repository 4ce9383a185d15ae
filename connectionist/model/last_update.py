"""The inputs of the last update of the weights, from which `Connection.explain` derives how the rule computed the change.

A training session sets ``net.weight_state.last_update`` after each block of epochs. All arrays have one entry per updated weight, in the
order of `rows`, which are rows of the weights' state. The arrays are copies: later changes of the weights do not alter them, so a reader
must check whether the weights still have the values that the update gave them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from connectionist.plugins.rules import WholeNetRule, summary_of
from connectionist.utils.declared_attributes import with_assignment_errors

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from connectionist.plugins.rules import Rule

    Array = npt.NDArray[np.float64]


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class LastUpdate:
    """The inputs of one update of all trainable weights.

    Parameters
    ----------
    rule : Rule
        Update rule of the phase.
    rows : int array [weight]
        Rows of the updated weights in the weights' state, in the order of ``net.weights``.
    rates : array [weight]
        Learning rate of each; NaN if the rule has none.
    values : array [weight]
        w before the update.
    derivatives : array [weight]
        ∂E/∂w, or the signals of a `LocalRule`, summed over the examples. NaN for a search rule.
    memory : dict of str to array [weight]
        Memory of the rule before the update, by name.
    examples : int
        Number of examples of the update.
    error : float
        E, summed over these examples; 0 if the rule does not use it.
    clip : pair of str and float, or None
        How the derivatives were clipped, see `Phase`.
    backward : array [row of the weights' state] or None
        Weights through which a learning procedure let the derivatives go back; None for the weights themselves.
    """

    rule: Rule
    rows: npt.NDArray[np.intp]
    rates: Array
    values: Array
    derivatives: Array
    memory: Mapping[str, Array]
    examples: int
    error: float = 0.0
    clip: tuple[str, float] | None = None
    backward: Array | None = None

    def position_of(self, row: int) -> int | None:
        """Return the position of a row in the arrays; None if its weight was not updated."""
        return self._positions.get(row)

    def moved(self, rows: Sequence[int]) -> LastUpdate:
        """Return the update after weights were moved: `rows` has the old row of each new one. Weights without a new row have −1."""
        import numpy as np  # not when the package is imported

        new_row = {old: new for new, old in enumerate(rows)}
        backward = None if self.backward is None else self.backward[np.array(rows, np.intp)]
        return replace(self, rows=np.array([new_row.get(row, -1) for row in self.rows.tolist()], np.intp), backward=backward)

    @cached_property
    def summary(self) -> tuple[float, ...]:
        """The number that a `WholeNetRule` computes from all derivatives and from E; empty for other rules."""
        if not isinstance(self.rule, WholeNetRule):
            return ()
        return tuple(map(float, summary_of(self.rule, self.derivatives.tolist(), self.error)))

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {row: position for position, row in enumerate(self.rows.tolist())}
