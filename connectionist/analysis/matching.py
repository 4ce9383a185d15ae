"""The candidate nearest to each output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import finite_vectors
from connectionist.analysis._labels import labels_along
from connectionist.analysis._outputs_and_targets import Flags, OutputsAndTargets
from connectionist.analysis.similarities import check_metric
from connectionist.errors import DataError
from connectionist.utils.arrays import Array
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors

Numbers = npt.NDArray[np.intp]

MAX_DISTANCES = 1_000_000  # computed at a time, to bound the memory


@with_assignment_errors
@dataclass(frozen=True)
class Match:
    """The candidates nearest to the patterns that have targets.

    Attributes
    ----------
    names : list
        Names of the candidates.
    wanted, nearest : int array [pattern with targets]
        Number of the wanted candidate, and of the nearest; the first if several are equally near.
    is_correct : bool array [pattern with targets]
        Whether the wanted candidate is nearer than every other.
    """

    names: list[Any]
    wanted: Numbers
    nearest: Numbers
    is_correct: Flags


def match(pair: OutputsAndTargets, candidates: object, metric: str) -> Match:
    """Return the candidate nearest to each output.

    Parameters
    ----------
    pair : OutputsAndTargets
    candidates : DataArray, DataFrame, array_like [candidate, unit] or None
        Possible answers; None for every distinct target vector.
    metric : str
        Metric of `distances`.

    Raises
    ------
    DataError
        If no pattern has a target, if a pattern has targets for some units only, or if a target is not among the candidates.
    UnknownNameError
        If there is no such metric.
    """
    check_metric(metric)
    pair.check_complete()
    if not pair.has_target.any():
        raise DataError(f"{pair.what}.targets: needs at least one target (got only NaN)")
    targets = pair.targets[pair.has_target]
    vectors, names = _distinct_targets(pair, targets) if candidates is None else _read_candidates(pair, candidates)
    wanted = _numbers_of(pair, targets, vectors)
    nearest, is_correct = np.empty(len(wanted), dtype=np.intp), np.empty(len(wanted), dtype=bool)
    outputs, chunk = pair.outputs[pair.has_target], max(1, MAX_DISTANCES // len(vectors))
    for first in range(0, len(wanted), chunk):
        part = slice(first, first + chunk)
        nearest[part], is_correct[part] = _nearest(outputs[part], vectors, wanted[part], metric)
    return Match(names, wanted, nearest, is_correct)


def _nearest(outputs: Array, candidates: Array, wanted: Numbers, metric: str) -> tuple[Numbers, Flags]:
    """Return the nearest candidate of each output, and whether the wanted candidate is nearer than all others."""
    from scipy.spatial.distance import cdist

    found = cdist(outputs, candidates, metric)
    nearest = np.where(np.isnan(found), np.inf, found).argmin(axis=1)
    at_wanted = np.arange(len(wanted)), wanted
    to_wanted = found[at_wanted]
    found[at_wanted] = np.inf
    return nearest, np.asarray(to_wanted < found.min(axis=1))


def _read_candidates(pair: OutputsAndTargets, candidates: object) -> tuple[Array, list[Any]]:
    table = finite_vectors(candidates, f"{pair.what}.candidates")
    if table.shape[1] != pair.targets.shape[1]:
        raise DataError(
            f"{pair.what}.candidates: must have {describe_count(pair.targets.shape[1], 'unit')} like the targets (got {table.shape[1]})"
        )
    return table.values, labels_along(table)


def _distinct_targets(pair: OutputsAndTargets, targets: Array) -> tuple[Array, list[Any]]:
    """Return every distinct target vector in the order of first occurrence, and a name for each."""
    first = np.sort(np.unique(targets, axis=0, return_index=True)[1])
    return targets[first], _names_of(pair, targets[first], np.flatnonzero(pair.has_target)[first])


def _names_of(pair: OutputsAndTargets, vectors: Array, patterns: Numbers) -> list[Any]:
    """Return a name for each target vector: its active units, or its first pattern if the units do not distinguish the vectors."""
    units = labels_along(pair.labelled, -1)
    by_units = [" + ".join(str(units[at]) for at in np.flatnonzero(vector > 0.5)) or "none" for vector in vectors]
    return by_units if len(set(by_units)) == len(by_units) else [pair.describe_pattern(pattern) for pattern in patterns]


def _numbers_of(pair: OutputsAndTargets, targets: Array, candidates: Array) -> Numbers:
    """Return for each target vector the number of the first candidate that equals it.

    Raises
    ------
    DataError
        If a target vector is not among the candidates.
    """
    numbers = {vector.tobytes(): number for number, vector in reversed([*enumerate(candidates + 0.0)])}  # + 0.0 turns −0 into 0
    found = [numbers.get(vector.tobytes(), -1) for vector in targets + 0.0]
    if -1 in found:
        position = pair.describe_pattern(np.flatnonzero(pair.has_target)[found.index(-1)])
        raise DataError(f"{pair.what}.candidates: must include the target of every case (not found: that of {position})")
    return np.array(found, dtype=np.intp)
