"""What the last change of the weights was made from, kept so that it can be told how the rule got it.

A session of training leaves one with ``net.weight_state.last_change`` when a block of epochs is done. All arrays have an entry for each
weight that the change was for, in the order of `rows`, which are rows of the weights' state; an engine that has them by row copies
``array[rows]``. They are copies: nothing changes them later, and whether the weights still are what that change made of them is for
whoever looks to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from connectionist.plugins.rules import WholeNetRule

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from connectionist.plugins.rules import Rule

    Array = npt.NDArray[np.float64]  # that of `state`, which stands above


@dataclass(frozen=True, eq=False)
class LastChange:
    """A change of all trainable weights, from what it was made.

    Parameters
    ----------
    rule : Rule
        Of the phase.
    rows : int array [weight]
        Rows in the weights' state of those that were changed, in the order of ``net.weights``.
    rates : array [weight]
        The rate of each; NaN where the rule has none.
    values : array [weight]
        w before the change.
    derivatives : array [weight]
        What the rule was handed: ∂E/∂w, or the signals of a `LocalRule`, summed over the examples. NaN for rules that try points.
    memory : dict of str to array [weight]
        What the rule remembered before the change, by name.
    examples : int
        After how many examples the change was made.
    """

    rule: Rule
    rows: npt.NDArray[np.intp]
    rates: Array
    values: Array
    derivatives: Array
    memory: Mapping[str, Array]
    examples: int

    def place(self, row: int) -> int | None:
        """Return where in the arrays the weight of a row stands; None when this change was not for it."""
        return self._places.get(row)

    @cached_property
    def summary(self) -> tuple[float, ...]:
        """The number that the rule made from all derivatives; none for a rule that makes none."""
        return (float(self.rule.summarize(self.derivatives.tolist())),) if isinstance(self.rule, WholeNetRule) else ()

    @cached_property
    def _places(self) -> dict[int, int]:
        return {row: place for place, row in enumerate(self.rows.tolist())}
