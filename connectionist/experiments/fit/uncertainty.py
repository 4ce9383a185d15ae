"""How far the result of a fit depends on which seeds, and which people, are in the sample: a bootstrap.

Seeds, and people if each person's scores are known, are drawn with replacement. In each sample the setting with the smallest distance is
found among settings between the trials, whose scores are interpolated. No run is made. Since all trials have the same seeds, a sample
changes all settings alike (common random numbers).

References
----------
Efron & Tibshirani (1993). An introduction to the bootstrap. Chapman & Hall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from connectionist.experiments.fit.distance import Distance
from connectionist.experiments.fit.evaluation import Trial
from connectionist.experiments.fit.free_parameters import Free
from connectionist.experiments.fit.interpolation import best_of, interpolate
from connectionist.experiments.fit.people import Floats
from connectionist.utils.random_streams import random_stream

RESAMPLES = 500
RESAMPLES_OF_A_FUNCTION = 100  # for a distance of the user, which is called for each setting
INTERVAL = (2.5, 97.5)  # percentiles


@dataclass(frozen=True, eq=False)
class Resamples:
    """What the samples have.

    Attributes
    ----------
    parameters : dict of str to array [sample]
        Values of each range that are best in each sample; empty if there are too few trials.
    distances : array [sample]
        Distance of the best trial.
    scores : array [sample, condition]
        Mean scores of the best trial.
    people : array [sample, condition]
        Mean scores of the people.
    """

    parameters: dict[str, Floats]
    distances: Floats
    scores: Floats
    people: Floats


def resample(trials: Sequence[Trial], free: Free, distance: Distance) -> Resamples:
    """Return samples of the seeds and people of trials. The random numbers are the same each time."""
    generator = random_stream(0, "bootstrap of a fit")
    best, between = best_of(trials), interpolate(trials, free, distance, generator)
    found, scores, people = [], [], []
    for _ in range(RESAMPLES if distance.function is None else RESAMPLES_OF_A_FUNCTION):
        drawn = generator.integers(len(best.scores), size=len(best.scores))
        people.append(distance.people.resampled(generator))
        scores.append(best.scores[drawn].mean(axis=0))
        if between is not None:
            found.append(between.setting(int(distance(between.scores[:, drawn].mean(axis=1), people[-1]).argmin())))
    distances = [float(distance(each[None], data)[0]) for each, data in zip(scores, people, strict=True)]
    parameters = {} if between is None else {name: np.array([each[name] for each in found], dtype=float) for name in between.ranges}
    return Resamples(parameters, np.array(distances), np.array(scores), np.array(people))


def interval(values: Floats) -> tuple[Floats, Floats]:
    """Return the limits of the 95 % interval of values [sample, …]."""
    low, high = np.percentile(values, INTERVAL, axis=0)
    return low, high
