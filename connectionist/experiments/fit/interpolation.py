"""The scores at settings between those of trials.

Each score of each seed is a quadratic function of the parameters, fitted by least squares to the better half of the trials: a response
surface. FreeChoices are those of the best trial.

References
----------
Box & Draper (1987). Empirical model-building and response surfaces. Wiley.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from connectionist.experiments.fit.distance import Distance
from connectionist.experiments.fit.evaluation import Trial
from connectionist.experiments.fit.free_parameters import Free, FreeRange
from connectionist.experiments.fit.model import Settings
from connectionist.experiments.fit.people import Floats

SETTINGS = 1000
SETTINGS_OF_A_FUNCTION = 100  # for a distance of the user, which is called for each
TRIALS_PER_COEFFICIENT = 2  # at least


@dataclass(frozen=True, eq=False)
class Interpolation:
    """Scores at settings between those of trials.

    Attributes
    ----------
    ranges : dict of str to FreeRange
    choices : dict of str to object
        Values of the other parameters.
    places : array [setting, parameter]
        Settings, as places in the ranges from 0 to 1.
    scores : array [setting, run, condition]
    """

    ranges: dict[str, FreeRange]
    choices: Settings
    places: Floats
    scores: Floats

    def best(self, distance: Distance) -> Settings:
        """Return the parameters of the setting with the smallest distance."""
        return self.setting(int(distance(self.scores.mean(axis=1)).argmin()))

    def setting(self, number: int) -> Settings:
        """Return the parameters of a setting."""
        return {
            **self.choices,
            **{name: values.at(place) for (name, values), place in zip(self.ranges.items(), self.places[number], strict=True)},
        }


def best_of(trials: Sequence[Trial]) -> Trial:
    """Return the trial with the smallest distance."""
    return min(trials, key=lambda trial: trial.rank)


def interpolate(trials: Sequence[Trial], free: Free, distance: Distance, generator: np.random.Generator) -> Interpolation | None:
    """Return scores at settings between those of trials; None if there are no ranges, or fewer than two trials for each coefficient.

    Parameters
    ----------
    trials : sequence of Trial
        At least one.
    free : dict of str to FreeRange or FreeChoices
    distance : Distance
    generator : Generator
        Draws the settings: averages, with random weights, of k + 1 random trials for k ranges.
    """
    ranges = {name: values for name, values in free.items() if isinstance(values, FreeRange)}
    best = best_of(trials)
    choices = {name: best.parameters[name] for name in free if name not in ranges}
    alike = [trial for trial in trials if trial.is_finished and all(trial.parameters[name] == value for name, value in choices.items())]
    needed = TRIALS_PER_COEFFICIENT * (len(ranges) + 1) * (len(ranges) + 2) // 2
    if not ranges or len(alike) < needed:
        return None
    better = sorted(alike, key=lambda trial: trial.rank)[: max(needed, len(alike) // 2)]
    tried = np.array([[values.place(trial.parameters[name]) for name, values in ranges.items()] for trial in better])
    scores = np.stack([trial.scores for trial in better])
    fitted = np.linalg.lstsq(_quadratic(tried), scores.reshape(len(better), -1), rcond=None)[0]
    count = SETTINGS if distance.function is None else SETTINGS_OF_A_FUNCTION
    corners = generator.integers(len(better), size=(count, len(ranges) + 1))
    shares = generator.dirichlet(np.ones(len(ranges) + 1), size=count)
    places = (tried[corners] * shares[:, :, None]).sum(axis=1)
    return Interpolation(ranges, choices, places, (_quadratic(places) @ fitted).reshape(count, *scores.shape[1:]))


def _quadratic(places: Floats) -> Floats:
    """Return 1, each parameter, and each product of two [setting, coefficient]."""
    products = [places[:, one] * places[:, other] for one, other in combinations_with_replacement(range(places.shape[1]), 2)]
    return np.column_stack([np.ones(len(places)), places, *products])
