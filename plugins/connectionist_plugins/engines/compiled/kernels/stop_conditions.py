"""When training stops."""

from __future__ import annotations

from typing import NamedTuple


class StopConditions(NamedTuple):
    """The criterion for stopping, and the tolerance for correct cases.

    Attributes
    ----------
    error, correct : float
        Greatest E, and least fraction of correct cases, at which training stops.
    has_criterion : bool
        Whether there is a criterion.
    tolerance : float
        Distance from the target from which an activation counts as wrong.
    """

    error: float
    correct: float
    has_criterion: bool
    tolerance: float
