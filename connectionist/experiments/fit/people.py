"""The scores of people: a mean for each condition of an experiment."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError
from connectionist.utils.visible_text import shown

Floats = npt.NDArray[np.float64]
LARGEST = 1e100  # score: its square is a number


@dataclass(frozen=True, eq=False)
class PeopleScores:
    """Scores of people.

    Attributes
    ----------
    names : tuple of str
        Names of the conditions.
    means : array [condition]
    weights : array [condition]
        Weights of the conditions in the distance.
    each : array [person, condition] or None
        Scores of each person, NaN where one is missing; None if only means are known.
    """

    names: tuple[str, ...]
    means: Floats
    weights: Floats
    each: Floats | None = None

    def resampled(self, generator: np.random.Generator) -> Floats:
        """Return the means [condition] of as many people, drawn with replacement; the means themselves if only these are known."""
        if self.each is None:
            return self.means
        drawn = self.each[generator.integers(len(self.each), size=len(self.each))]
        found = ~np.isnan(drawn)
        counts = found.sum(axis=0)
        sums = np.where(found, drawn, 0.0).sum(axis=0)
        return np.where(counts > 0, sums / np.maximum(counts, 1), self.means)


def read_people(data: Any, weights: Any = None) -> PeopleScores:
    """Return the scores that a user gave.

    Parameters
    ----------
    data : mapping, Series or DataFrame
        Mean score by condition; or a row per person and a column per condition, with NaN for a score that is missing.
    weights : mapping or Series, optional
        Weight of each condition, at least 0.

    Raises
    ------
    ParameterError
        If there is no condition, a score is not a finite number, a condition has no score or occurs twice, or the weights have other
        conditions.

    Examples
    --------
    >>> read_people({"congruent": 0.95, "incongruent": 0.80}).means.tolist()
    [0.95, 0.8]
    """
    each = None
    if hasattr(data, "columns") and hasattr(data, "to_numpy"):
        labels = list(data.columns)
        columns = [[_number(label, value, is_of_a_person=True) for value in data.iloc[:, place]] for place, label in enumerate(labels)]
        each = np.array(columns, dtype=float).reshape(len(labels), len(data)).T
        for label, column in zip(labels, each.T, strict=True):
            if np.isnan(column).all():
                raise ParameterError(f"fit.data: must have at least one score in each condition (got none for {shown(label)})")
        values = np.nanmean(each, axis=0).tolist() if labels else []
    else:
        if not isinstance(data, Mapping) and not (hasattr(data, "items") and hasattr(data, "index")):
            raise ParameterError(f"fit.data: must be a dict or Series of scores by condition, or a DataFrame (got {shown(data)})")
        pairs = list(data.items())
        labels, values = [label for label, _ in pairs], [_number(label, value) for label, value in pairs]
    names = tuple(str(label) for label in labels)
    if not names:
        raise ParameterError("fit.data: must have at least one condition (got none)")
    if unprintable := [name for name in names if not name.isprintable()]:
        raise ParameterError(f"fit.data: must have names of conditions that can be printed (got {shown(unprintable[0])})")
    if twice := {name for name in names if names.count(name) > 1}:
        raise ParameterError(f"fit.data: must have each condition once (got {min(twice)!r} twice)")
    return PeopleScores(names, np.array(values, dtype=float), _read_weights(weights, names), each)


def _number(label: Any, value: Any, is_of_a_person: bool = False) -> float:
    """Return a score. That of a person may be missing: NaN, None or NA."""
    import pandas as pd

    try:
        number = float("nan" if value is None or value is pd.NA else value)
    except (TypeError, ValueError, OverflowError):
        number = float("inf")
    if isinstance(value, str) or not (abs(number) <= LARGEST or (is_of_a_person and np.isnan(number))):
        form = "; a DataFrame has a row per person and a column per condition" if is_of_a_person else ""
        raise ParameterError(f"fit.data: the score of {shown(label)} must be a number, at most 10¹⁰⁰ (got {shown(value)}){form}")
    return number


def _read_weights(given: Any, names: Collection[str]) -> Floats:
    if given is None:
        return np.ones(len(names))
    if not isinstance(given, Mapping) and not (hasattr(given, "items") and hasattr(given, "index")):
        raise ParameterError(f"fit.weights: must be a dict or Series of weights by condition (got {shown(given)})")
    weights = {str(label): value for label, value in given.items()}
    if weights.keys() != set(names):
        raise ParameterError(f"fit.weights: must have the conditions of data, {_listed(names)} (got {_listed(weights)})")
    for label, value in weights.items():
        if isinstance(value, (str, bool)) or not hasattr(value, "__float__") or not 0 <= float(value) < float("inf"):
            raise ParameterError(f"fit.weights: the weight of {label!r} must be a finite number of at least 0 (got {shown(value)})")
    if not any(map(float, weights.values())):
        raise ParameterError("fit.weights: must have a weight above 0 (got only 0)")
    return np.array([float(weights[name]) for name in names])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
