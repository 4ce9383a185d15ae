"""Whether answers are correct: by tolerance, thresholds, best match, or the winner's margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.analysis._pairs import OutputsAndTargets
from connectionist.analysis.matching import match
from connectionist.data.accuracy import correct_cases
from connectionist.errors import check_number

if TYPE_CHECKING:
    import xarray as xr


def correct_by_tolerance(outputs: object, targets: object, tolerance: float = 0.5, each: str = "case") -> xr.DataArray:
    """Return which cases are right: every unit with a target is less than `tolerance` from it, as `train` counts.

    Parameters
    ----------
    outputs : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        A DataArray may have further dimensions, such as "epoch"; each is judged by the same targets.
    targets : ExampleSet, DataArray, DataFrame or array_like
        NaN asks for nothing.
    tolerance : float
        Above 0.
    each : {"case", "tick"}
        A sequence is right when it is right at every tick; or judge tick by tick.

    Returns
    -------
    DataArray [case] or [case, tick]
        By case True or False, True where nothing is asked. By tick 1 or 0, and NaN where nothing is asked, which ``.mean()`` leaves out.

    Raises
    ------
    DataError
        When outputs and targets do not have the same cases and units, or an output with a target is not finite.
    ParameterError
        When the tolerance is not above 0, or `each` is something else.

    Examples
    --------
    >>> correct_by_tolerance([[0.9, 0.4], [0.9, 0.6]], [[1, 0], [1, 0]]).values
    array([ True, False])
    """
    check_number("correct_by_tolerance", "tolerance", tolerance, above=0)
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_tolerance")
    return pair.judged(correct_cases(pair.outputs, pair.targets, tolerance), each)


def correct_by_thresholds(outputs: object, targets: object, on: float = 0.8, off: float = 0.2, each: str = "case") -> xr.DataArray:
    """Return which cases are right: every unit that should be on is above `on`, every other below `off`.

    Parameters
    ----------
    outputs, targets, each
        As for `correct_by_tolerance`. A unit should be on when its target is above one half.
    on, off : float
        `off` at most `on`.

    Returns
    -------
    DataArray [case] or [case, tick]
        As from `correct_by_tolerance`.

    Raises
    ------
    DataError, ParameterError
        As `correct_by_tolerance`; and when `off` is above `on`.

    Examples
    --------
    >>> correct_by_thresholds([[0.9, 0.1], [0.9, 0.3]], [[1, 0], [1, 0]]).values
    array([ True, False])
    """
    check_number("correct_by_thresholds", "on", on)
    check_number("correct_by_thresholds", "off", off, at_most=on)
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_thresholds")
    within = np.where(pair.targets > 0.5, pair.outputs > on, pair.outputs < off)
    return pair.judged(np.asarray((within | np.isnan(pair.targets)).all(axis=1)), each)


def correct_by_margin(outputs: object, targets: object, margin: float = 0.0, each: str = "case") -> xr.DataArray:
    """Return which cases are right: every wanted unit is more active than every other, by at least `margin`.

    Where one unit is wanted: it wins, and the runner-up is at least so far behind.

    Parameters
    ----------
    outputs, targets, each
        As for `correct_by_tolerance`. A unit is wanted when its target is above one half. Where all are wanted or none, nothing
        is asked of them.
    margin : float
        At least 0. With 0 the winner must still be ahead.

    Returns
    -------
    DataArray [case] or [case, tick]
        As from `correct_by_tolerance`.

    Raises
    ------
    DataError, ParameterError
        As `correct_by_tolerance`; and when the margin is below 0.

    Examples
    --------
    >>> correct_by_margin([[0.4, 0.1, 0.3], [0.4, 0.1, 0.3]], [[1, 0, 0], [1, 0, 1]]).values
    array([ True,  True])
    >>> correct_by_margin([[0.4, 0.1, 0.3], [0.4, 0.1, 0.3]], [[1, 0, 0], [1, 0, 1]], margin=0.15).values
    array([False,  True])
    """
    check_number("correct_by_margin", "margin", margin, at_least=0)
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_margin")
    least_wanted = np.where(pair.targets > 0.5, pair.outputs, np.inf).min(axis=1)
    most_other = np.where(pair.targets <= 0.5, pair.outputs, -np.inf).max(axis=1)
    return pair.judged((least_wanted > most_other) & (least_wanted - most_other >= margin), each)


def correct_by_match(
    outputs: object, targets: object, candidates: object = None, metric: str = "euclidean", each: str = "case"
) -> xr.DataArray:
    """Return which cases are right: of all candidates, the case's own target is nearest to the output.

    Parameters
    ----------
    outputs, targets, each
        As for `correct_by_tolerance`. A pattern has a target for every unit, or none at all.
    candidates : DataArray, DataFrame or array_like [candidate, unit], optional
        What could have been answered; every target vector of the set unless given.
    metric : str
        How far two vectors are apart, as for `distances`.

    Returns
    -------
    DataArray [case] or [case, tick]
        As from `correct_by_tolerance`. Another candidate just as near makes it wrong, and so does an output that has no distance
        (one without length, by cosine).

    Raises
    ------
    DataError
        As `correct_by_tolerance`; and when a target is not among the candidates.
    UnknownNameError
        When there is no such metric.

    Examples
    --------
    >>> correct_by_match([[0.2, 0.1], [0.2, 0.1]], [[1, 0], [0, 1]]).values
    array([ True, False])
    """
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_match")
    found = match(pair, candidates, metric)
    right = np.ones(len(pair.asked), dtype=bool)
    right[pair.asked] = found.is_own
    return pair.judged(right, each)
