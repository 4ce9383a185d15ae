"""Correctness of cases: by tolerance, by thresholds, by the margin of the winner, or by the best match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.analysis._outputs_and_targets import OutputsAndTargets
from connectionist.analysis.matching import match
from connectionist.data.accuracy import DEFAULT_TOLERANCE, correct_cases
from connectionist.errors import check_number

if TYPE_CHECKING:
    import xarray as xr


def correct_by_tolerance(outputs: object, targets: object, tolerance: float = DEFAULT_TOLERANCE, each: str = "case") -> xr.DataArray:
    """Return whether each case is correct by tolerance, as `train` counts correct cases.

    A case is correct if :math:`|y - d| <` `tolerance` for every unit with a target d and output y.

    Parameters
    ----------
    outputs : DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        Activations of the output units. A DataArray may have further dimensions, such as "epoch"; the targets are the same along them.
    targets : ExampleSet, list of Example, DataArray, DataFrame or array_like [case, unit] or [case, tick, unit]
        NaN means "no target".
    tolerance : float
        Above 0, in units of activation.
    each : {"case", "tick"}
        "case": a sequence is correct if it is correct at every tick. "tick": each tick is judged.

    Returns
    -------
    DataArray [case] of bool, or [case, tick] of float
        By case: True or False; True for a case without targets. By tick: 1 or 0, and NaN for a tick without targets, which ``.mean()``
        leaves out.

    Raises
    ------
    DataError
        If outputs and targets do not have the same cases and units, or if an output with a target is not finite.
    ParameterError
        If the tolerance is not above 0, if `each` is neither "case" nor "tick", or if it is "tick" and there are no ticks.

    Examples
    --------
    >>> correct_by_tolerance([[0.9, 0.4], [0.9, 0.6]], [[1, 0], [1, 0]]).values
    array([ True, False])
    """
    tolerance = check_number("correct_by_tolerance", "tolerance", tolerance, above=0)
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_tolerance")
    return pair.correctness(correct_cases(pair.outputs, pair.targets, tolerance), each)


def correct_by_thresholds(outputs: object, targets: object, on: float = 0.8, off: float = 0.2, each: str = "case") -> xr.DataArray:
    """Return whether each case is correct by thresholds.

    A case is correct if y > `on` for every unit with a target above 0.5, and y < `off` for every other unit with a target.

    Parameters
    ----------
    outputs, targets, each
        As for `correct_by_tolerance`.
    on, off : float
        Thresholds of activation; `off` is at most `on`. The defaults are those of Rumelhart, Hinton & Williams.

    Returns
    -------
    DataArray [case] of bool, or [case, tick] of float
        As from `correct_by_tolerance`.

    Raises
    ------
    DataError
        As for `correct_by_tolerance`.
    ParameterError
        If a threshold is not a finite number, if `off` is above `on`, or if `each` is not allowed.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton & R. J. Williams (1986), Learning representations by back-propagating errors, *Nature* 323, 533–536.

    Examples
    --------
    >>> correct_by_thresholds([[0.9, 0.1], [0.9, 0.3]], [[1, 0], [1, 0]]).values
    array([ True, False])
    """
    on = check_number("correct_by_thresholds", "on", on)
    off = check_number("correct_by_thresholds", "off", off, at_most=on)
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_thresholds")
    is_within = np.where(pair.targets > 0.5, pair.outputs > on, pair.outputs < off)
    return pair.correctness(np.asarray((is_within | np.isnan(pair.targets)).all(axis=1)), each)


def correct_by_margin(outputs: object, targets: object, margin: float = 0.0, each: str = "case") -> xr.DataArray:
    r"""Return whether each case is correct by margin: every wanted unit is more active than every other unit.

    A unit is wanted if its target is above 0.5. A case is correct if :math:`y_w > y_o` and :math:`y_w - y_o \geq` `margin` for every
    wanted unit w and every other unit o with a target. If one unit is wanted, it must be the most active.

    Parameters
    ----------
    outputs, targets, each
        As for `correct_by_tolerance`. A pattern in which all units are wanted, or none, is correct.
    margin : float
        At least 0, in units of activation. With 0 the wanted unit must still be more active.

    Returns
    -------
    DataArray [case] of bool, or [case, tick] of float
        As from `correct_by_tolerance`.

    Raises
    ------
    DataError
        As for `correct_by_tolerance`.
    ParameterError
        If the margin is below 0, or if `each` is not allowed.

    Examples
    --------
    >>> correct_by_margin([[0.4, 0.1, 0.3], [0.4, 0.1, 0.3]], [[1, 0, 0], [1, 0, 1]]).values
    array([ True,  True])
    >>> correct_by_margin([[0.4, 0.1, 0.3], [0.4, 0.1, 0.3]], [[1, 0, 0], [1, 0, 1]], margin=0.15).values
    array([False,  True])
    """
    margin = check_number("correct_by_margin", "margin", margin, at_least=0)
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_margin")
    least_wanted = np.where(pair.targets > 0.5, pair.outputs, np.inf).min(axis=1)
    largest_other = np.where(pair.targets <= 0.5, pair.outputs, -np.inf).max(axis=1)
    return pair.correctness((least_wanted > largest_other) & (least_wanted - largest_other >= margin), each)


def correct_by_match(
    outputs: object, targets: object, candidates: object = None, metric: str = "euclidean", each: str = "case"
) -> xr.DataArray:
    """Return whether each case is correct by best match: its target is nearer to the output than every other candidate.

    A case with target t and output y is correct if d(y, t) < d(y, c) for every candidate c other than t.

    Parameters
    ----------
    outputs, targets, each
        As for `correct_by_tolerance`. Every unit of a pattern has a target, or none.
    candidates : DataArray, DataFrame or array_like [candidate, unit], optional
        Possible answers. The default is every distinct target vector.
    metric : str
        Distance d of two vectors, as for `distances`.

    Returns
    -------
    DataArray [case] of bool, or [case, tick] of float
        As from `correct_by_tolerance`. A case is not correct if another candidate is equally near, or if the output has no distance, such
        as an output of zeros with "cosine".

    Raises
    ------
    DataError
        As for `correct_by_tolerance`; also if a pattern has targets for some units only, if there is no target at all, or if a target is
        not among the candidates.
    UnknownNameError
        If there is no such metric.
    ParameterError
        If `each` is not allowed.

    References
    ----------
    G. E. Hinton & T. Shallice (1991), Lesioning an attractor network: investigations of acquired dyslexia, *Psychological Review* 98,
    74–95 (best match by cosine).

    Examples
    --------
    >>> correct_by_match([[0.2, 0.1], [0.2, 0.1]], [[1, 0], [0, 1]]).values
    array([ True, False])
    """
    pair = OutputsAndTargets.read(outputs, targets, "correct_by_match")
    found = match(pair, candidates, metric)
    is_correct = np.ones(len(pair.has_target), dtype=bool)
    is_correct[pair.has_target] = found.is_correct
    return pair.correctness(is_correct, each)
