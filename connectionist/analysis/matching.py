"""Which of several candidates is nearest to each output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.analysis._arrays import vectors
from connectionist.analysis._labels import names_of
from connectionist.analysis._pairs import Flags, OutputsAndTargets
from connectionist.analysis.similarities import check_metric
from connectionist.errors import DataError
from connectionist.utils.arrays import Array

ROOM = 1_000_000  # distances at a time


@dataclass(frozen=True)
class Match:
    """The candidates nearest to the patterns that have targets.

    Attributes
    ----------
    names : list
        Of the candidates.
    own, nearest : int array [pattern with targets]
        Which candidate is wanted, and which is nearest: the first of several as near.
    is_own : bool array [pattern with targets]
        Whether the wanted one is nearer than every other.
    """

    names: list[Any]
    own: npt.NDArray[np.intp]
    nearest: npt.NDArray[np.intp]
    is_own: Flags


def match(pair: OutputsAndTargets, candidates: object, metric: str) -> Match:
    """Find the candidate nearest to each output.

    Raises
    ------
    DataError
        When no pattern has a target, or a target is not among the candidates.
    UnknownNameError
        When there is no such metric.
    """
    check_metric(metric)
    pair.check_no_gaps()
    if not pair.asked.any():
        raise DataError(f"{pair.what}, targets: must be one at least (got NaN only)")
    wanted = pair.targets[pair.asked]
    known, names = _distinct(pair, wanted) if candidates is None else _given(pair, candidates)
    own = _own(pair, wanted, known)
    nearest, is_own = np.empty(len(own), dtype=np.intp), np.empty(len(own), dtype=bool)
    outputs, some = pair.outputs[pair.asked], max(1, ROOM // len(known))
    for first in range(0, len(own), some):
        part = slice(first, first + some)
        nearest[part], is_own[part] = _nearest(outputs[part], known, own[part], metric)
    return Match(names, own, nearest, is_own)


def _nearest(outputs: Array, known: Array, own: npt.NDArray[np.intp], metric: str) -> tuple[npt.NDArray[np.intp], Flags]:
    from scipy.spatial.distance import cdist

    apart = cdist(outputs, known, metric)
    nearest = np.where(np.isnan(apart), np.inf, apart).argmin(axis=1)
    at_own = np.arange(len(own)), own
    to_own = apart[at_own]
    apart[at_own] = np.inf
    return nearest, np.asarray(to_own < apart.min(axis=1))


def _given(pair: OutputsAndTargets, candidates: object) -> tuple[Array, list[Any]]:
    table = vectors(candidates, f"{pair.what}, candidates")
    if table.shape[1] != pair.targets.shape[1]:
        raise DataError(f"{pair.what}, candidates: must have {pair.targets.shape[1]} units like the targets (got {table.shape[1]})")
    return table.values, names_of(table)


def _distinct(pair: OutputsAndTargets, wanted: Array) -> tuple[Array, list[Any]]:
    """Return every target vector once, in the order in which they come, with a name."""
    first = np.sort(np.unique(wanted, axis=0, return_index=True)[1])
    return wanted[first], _called(pair, wanted[first], np.flatnonzero(pair.asked)[first])


def _called(pair: OutputsAndTargets, known: Array, patterns: npt.NDArray[np.intp]) -> list[Any]:
    """Name target vectors by the units that are on in them; where that does not tell them apart, by the first case that has each."""
    units = names_of(pair.labelled, -1)
    by_units = [" + ".join(str(units[at]) for at in np.flatnonzero(row > 0.5)) or "none" for row in known]
    return by_units if len(set(by_units)) == len(by_units) else [pair.place(pattern) for pattern in patterns]


def _own(pair: OutputsAndTargets, wanted: Array, known: Array) -> npt.NDArray[np.intp]:
    places = {row.tobytes(): place for place, row in reversed([*enumerate(known + 0.0)])}  # −0 + 0 is 0
    found = [places.get(row.tobytes(), -1) for row in wanted + 0.0]
    if -1 in found:
        where = np.flatnonzero(pair.asked)[found.index(-1)]
        raise DataError(f"{pair.what}, candidates: must have the target of every case (not that of {pair.place(where)})")
    return np.array(found, dtype=np.intp)
