"""The result of a fit: the best parameters, how certain they are, tables and a figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from connectionist.errors import ParameterError, check_number, unknown_name
from connectionist.experiments.fit.distance import Distance
from connectionist.experiments.fit.evaluation import Trial
from connectionist.experiments.fit.free_parameters import Free, FreeRange
from connectionist.experiments.fit.interpolation import best_of
from connectionist.experiments.fit.model import Settings
from connectionist.experiments.fit.uncertainty import Resamples, interval, resample
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import DeclaredAttributes
from connectionist.utils.files import as_path, atomic_write, check_path, write_rows, write_text
from connectionist.utils.folders import make_folder
from connectionist.utils.json_values import as_json

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BINS = 10
TAKEN = ("distance", "failed", "message", "trials")  # columns of every fit
Hold = Callable[[Settings, int], list[Trial]]  # function of parameters that are held at values, and of a number of trials


class Fit(DeclaredAttributes):
    """The parameters with which the mean scores of a model are nearest to those of people.

    Attributes
    ----------
    title : str
        Name of the task or function.
    best : dict of str to object
        The free parameters of the trial with the smallest distance.
    distance : float
        The smallest distance.
    """

    title: str
    best: Settings
    distance: float

    _elsewhere: ClassVar[Mapping[str, str]] = {
        "trials": "table",
        "summary": "report",
        "parameters": "best",
        "params": "best",
        "value": "distance",
        "profiles": "profile",
    }

    def __init__(self, title: str, free: Free, distance: Distance, trials: Sequence[Trial], hold: Hold) -> None:
        self._best = best_of(trials)
        self._free, self._distance, self._trials, self._hold = free, distance, list(trials), hold
        self.title = title
        self.best, self.distance = dict(self._best.parameters), self._best.distance

    @property
    def table(self) -> pd.DataFrame:
        """One row per trial, in the order of the search.

        The columns are the free parameters, "distance" (NaN if a run has not all scores), the mean score of the runs in each condition,
        "failed" (number of runs without all scores), and "message" (why a run failed; empty if none did).
        """
        import pandas as pd

        names = self._distance.people.names
        rows = [
            {
                **{column_of(name): trial.parameters[name] for name in self._free},
                "distance": trial.distance,
                **{
                    f"{name} (score)" if name in TAKEN else name: score
                    for name, score in zip(names, trial.scores.mean(axis=0).tolist(), strict=True)
                },
                "failed": trial.failed,
                "message": trial.message,
            }
            for trial in self._trials
        ]
        return pd.DataFrame(rows)

    @property
    def scores(self) -> pd.DataFrame:
        """One row per condition of the data: the scores of people and of the model with the best parameters, with 95 % intervals.

        The columns are "people", "people low", "people high", "model", "model low" and "model high". The intervals are from resampled seeds
        and people; they are NaN with one seed, and for people of whom only the means are known.
        """
        import pandas as pd

        people, best = self._distance.people, self._best.scores
        columns: dict[str, Any] = {}
        for name, mean, samples, known in (
            ("people", people.means, self._resamples.people, people.each is not None and len(people.each) > 1),
            ("model", best.mean(axis=0), self._resamples.scores, len(best) > 1),
        ):
            low, high = interval(samples) if known else (np.nan, np.nan)
            columns |= {name: mean, f"{name} low": low, f"{name} high": high}
        return pd.DataFrame(columns, index=pd.Index(people.names, name="condition"))

    @property
    def uncertainty(self) -> pd.DataFrame:
        """One row per free parameter, and one for the distance, with 95 % bootstrap intervals over seeds.

        The seeds, and the people if ``data`` has a row for each, are drawn with replacement 500 times. For each sample, the best values are
        found among settings between the trials, whose scores are interpolated from the better half of the trials. The columns are "best",
        "low" and "high". The limits are NaN for choices, and if there are fewer than (k + 1) (k + 2) trials, for k ranges. The interval of
        the distance is that of the best trial. With a distance of your own there are 100 samples.

        Raises
        ------
        ParameterError
            If there is one seed, and ``data`` has means only.
        """
        import pandas as pd

        if not self._has_samples():
            raise ParameterError("Fit.uncertainty: needs at least two seeds, or the scores of at least two people (got one seed)")
        samples = {**self._resamples.parameters, "": self._resamples.distances}
        rows = []
        for name, best in [*self.best.items(), ("", self.distance)]:
            low, high = map(float, interval(samples[name])) if name in samples else (float("nan"), float("nan"))
            rows.append({"best": best, "low": low, "high": high})
        return pd.DataFrame(rows, index=pd.Index([*map(column_of, self._free), "distance"], name="parameter"))

    def profile(self, name: str, values: int = BINS, trials: int = 0) -> pd.DataFrame:
        """Return how the smallest distance grows as one parameter is held away from its best value.

        Parameters
        ----------
        name : str
            A free parameter.
        values : int
            Number of values, at least 2. FreeChoices have as many as they are.
        trials : int
            Number of further trials for each value. With 0, no run is made: the range is divided into `values` equal parts, and of the
            trials in each part the one with the smallest distance is taken. This is an upper bound of the profile: the search had few
            trials far from the best value. With a positive number, the parameter is held at each value, and the others are searched
            again, beginning with their best values.

        Returns
        -------
        DataFrame
            The columns are the parameter, "distance", and "trials" (number of trials from which the smallest distance is). Parts without a
            trial are left out.

        Raises
        ------
        UnknownNameError
            If the fit has no such free parameter.
        ParameterError
            If `values` or `trials` is out of range.
        """
        import pandas as pd

        if name not in self._free:
            raise unknown_name("free parameter", name, list(self._free))
        values = check_number("Fit.profile", "values", values, at_least=2, at_most=1000, whole=True)
        trials = check_number("Fit.profile", "trials", trials, at_least=0, whole=True)
        parts: dict[Any, list[Trial]] = {}
        if trials:
            parts = {value: self._hold({name: value}, trials) for value in self._free[name].spread(values)}
        else:
            for trial in self._trials:
                parts.setdefault(self._free[name].bin_of(trial.parameters[name], values), []).append(trial)
            parts = {key: parts[key] for key in sorted(parts)}
        found = [(min(some, key=lambda trial: trial.rank), len(some)) for some in parts.values()]
        rows = [(best.parameters[name], best.distance, count) for best, count in found if best.is_finished]
        return pd.DataFrame(rows, columns=[column_of(name), "distance", "trials"])

    @property
    def report(self) -> dict[str, Any]:
        """The result as a dict that can be written as JSON.

        The keys are "fit" (name of the task or function), "best", "distance", "trials" and "runs" (their numbers), "failed" (number of
        trials with a run without all scores), "uncertainty", "scores", and "profiles" (from the trials).
        """
        return {
            "fit": self.title,
            "best": self.best,
            "distance": self.distance,
            "trials": len(self._trials),
            "runs": sum(len(trial.scores) for trial in self._trials),
            "failed": sum(trial.failed > 0 for trial in self._trials),
            "uncertainty": _records(self.uncertainty.reset_index()) if self._has_samples() else [],
            "scores": _records(self.scores.reset_index()),
            "profiles": {name: _records(self.profile(name)) for name in self._free},
        }

    def plot(self, profile_trials: int = 0) -> Figure:
        """Draw the scores of model and people by condition, and the profile of each parameter.

        Parameters
        ----------
        profile_trials : int
            Further trials for each of ten values of each profile, as for `profile`.

        Returns
        -------
        Figure
            Points and 95 % intervals of `scores`; for each free parameter a grey dot per trial, a line for the profile, a vertical line at
            the best value, and a band for its interval.
        """
        from connectionist.plots.runs.fits import fit_figure

        profiles = {column_of(name): self.profile(name, trials=profile_trials) for name in self._free}
        best = {column_of(name): value for name, value in self.best.items()}
        logs = {column_of(name) for name, values in self._free.items() if isinstance(values, FreeRange) and values.is_log}
        bands = {}
        if self._has_samples():
            bands = {name: (low, high) for name, low, high in self.uncertainty[["low", "high"]].itertuples()}
        return fit_figure(self.scores, self.table, profiles, best, bands, logs)

    def save(self, folder: str | Path) -> None:
        """Write ``report.json``, ``trials.csv`` and ``fit.png`` into a folder.

        Parameters
        ----------
        folder : str or path
            New or existing.

        Raises
        ------
        FileError
            If a file cannot be written.
        """
        path = check_path(as_path(folder, "Fit.save.folder"), "fit:")
        make_folder(path)
        table = self.table
        write_text(path / "report.json", as_json(self.report) + "\n", "report of a fit")
        write_rows(path / "trials.csv", [list(table.columns), *table.itertuples(index=False)], "table of a fit")
        with atomic_write(path / "fit.png", "figure of a fit") as file:
            self.plot().savefig(file, format="png", dpi=150)

    @cached_property
    def _resamples(self) -> Resamples:
        return resample(self._trials, self._free, self._distance)

    def _has_samples(self) -> bool:
        people = self._distance.people.each
        return len(self._trials[0].scores) > 1 or (people is not None and len(people) > 1)

    def __repr__(self) -> str:
        best = ", ".join(f"{name} {f'{value:.4g}' if isinstance(value, float) else value}" for name, value in self.best.items())
        count = sum(trial.failed > 0 for trial in self._trials)
        failed = f", {count} failed" if count else ""
        return f"<Fit of {self.title}: {best}; distance {self.distance:.4g}, {describe_count(len(self._trials), 'trial')}{failed}>"


def column_of(name: str) -> str:
    """Return the column of a free parameter in the tables of a fit."""
    return f"{name} (parameter)" if name in TAKEN else name


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
