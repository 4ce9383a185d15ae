"""Settings of the free parameters, evaluated: for each, the runs of all seeds and the distance of their mean scores from the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.experiments.fit.distance import Distance
from connectionist.experiments.fit.model import Model, Settings
from connectionist.experiments.fit.people import LARGEST, Floats
from connectionist.experiments.fit.processes import FitProcesses
from connectionist.experiments.study.conditions import describe_condition
from connectionist.experiments.study.execute import DIVERGED, KEYS, LAST_COLUMNS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Trial:
    """A setting of the free parameters with its runs.

    Attributes
    ----------
    parameters : dict of str to object
    scores : array [run, condition]
        NaN where a run has no score.
    distance : float
        Of the mean scores of all runs; NaN if a score is missing.
    message : str
        Why a run failed, or empty.
    """

    parameters: Settings
    scores: Floats
    distance: float
    message: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether all runs have all scores, so that there is a distance."""
        return not isnan(self.distance)

    @property
    def rank(self) -> float:
        """The distance; infinity if there is none."""
        return self.distance if self.is_finished else inf

    @property
    def failed(self) -> int:
        """Number of runs without all scores."""
        return int(np.isnan(self.scores).any(axis=1).sum())


class Evaluator:
    """Evaluates settings, each only once.

    Parameters
    ----------
    model : Model
    distance : Distance
    folder : Path or None
        Folder of the study.
    """

    def __init__(self, model: Model, distance: Distance, folder: Path | None) -> None:
        self.distance = distance
        self._model, self._folder = model, folder
        self._columns = [model.column_of(name) for name in distance.people.names]
        self._known: dict[str, Trial] = {}

    @property
    def kept(self) -> str:
        """What becomes of the runs if the fit ends early, in words."""
        if self._folder is None:
            return "its runs are lost, since it has no folder"
        return f"its runs are in {str(self._folder)!r}; the same call goes on"

    def evaluate(self, settings: Sequence[Settings], processes: FitProcesses, later: float = 0.0) -> list[Trial]:
        """Return the trial of each setting. The runs of those that are not known are made.

        Parameters
        ----------
        settings : sequence of dict
        processes : FitProcesses
        later : float
            Number of settings that will be evaluated after these.

        Raises
        ------
        ParameterError
            If no run of the first settings has all scores, unless runs diverged: other settings may not.
        """
        new = {repr(each): each for each in settings if repr(each) not in self._known}
        if new:
            study = processes.run(self._model.study(list(new.values())), self._folder, later / len(new))
            self._add(new, study.table)
        return [self._known[repr(each)] for each in settings]

    def _add(self, new: Mapping[str, Settings], table: pd.DataFrame) -> None:
        scores = np.full((len(table), len(self._columns)), np.nan)
        for place, name in enumerate(self._columns):
            if name in table:
                scores[:, place] = [_number(name, value) for value in table[name]]
        scores[table["message"].to_numpy() != ""] = np.nan  # the run failed, so what was measured is not what it was meant to be
        if not self._known and np.isnan(scores).any(axis=1).all() and DIVERGED not in set(table["stopped"]):
            raise ParameterError(_no_scores(table, scores, self._columns, next(iter(new.values()))))
        by_setting = scores.reshape(len(new), -1, len(self._columns))  # [setting, seed, condition], the order of the table
        messages = table["message"].to_numpy().reshape(len(new), -1)
        distances = self.distance(by_setting.mean(axis=1))
        for (key, setting), runs, distance, texts in zip(new.items(), by_setting, distances.tolist(), messages, strict=True):
            self._known[key] = Trial(setting, runs, distance, next(filter(None, texts), ""))


def _number(name: str, value: Any) -> float:
    """Return a score as a number; NaN for none, for infinity, and for numbers whose squares are too large."""
    if isinstance(value, str):
        raise ParameterError(f"fit.measure: the score of {name!r} must be a number (got {value!r})")
    return float(value) if value is not None and abs(value) <= LARGEST else float("nan")


def _no_scores(table: pd.DataFrame, scores: Floats, columns: Sequence[str], setting: Settings) -> str:
    """Return in words why no run has all scores."""
    if message := next(filter(None, table["message"]), ""):
        return f"fit: no run has a score ({message}; with {describe_condition(setting)})"
    lacking = [repr(name) for name, column in zip(columns, scores.T, strict=True) if np.isnan(column).any()]
    found = [repr(name) for name in table.columns if name not in (*KEYS, "stopped", *LAST_COLUMNS, *setting)]
    return (
        f"fit: no run of the first settings has a score in each condition of data; {', '.join(lacking)} "
        f"{'is' if len(lacking) == 1 else 'are'} missing or not finite (the runs have {', '.join(found) or 'no numbers'})"
    )
