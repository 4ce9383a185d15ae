"""Measure how many runs a fit needs to recover two known parameters, beside a grid search with the same seeds and distance.

usage: python benchmarks/fits.py [DATA_SETS]
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd

import connectionist as cn

FREE = {"rate": (0.02, 0.4, "log"), "decay": (0.0002, 0.01, "log")}
SEEDS, PEOPLE = range(8), 20
TRIALS = (12, 16, 24, 36, 60, 100)
SIDES = (3, 4, 5, 6, 8, 10, 12, 16)  # values of each parameter in a grid


def words() -> tuple[cn.ExampleSet, cn.Array, Any]:
    """Return 16 words, their meanings [word, feature], and whether each is frequent."""
    spellings, meanings = np.random.default_rng(3).integers(0, 2, (2, 16, 12)).astype(float)
    frequent = np.arange(16) < 8
    examples = [
        cn.Example(spelling, meaning, frequency=4 if is_frequent else 1)
        for spelling, meaning, is_frequent in zip(spellings, meanings, frequent, strict=True)
    ]
    return cn.ExampleSet(examples), meanings, frequent


EXAMPLES, MEANINGS, FREQUENT = words()


def learn_words(seed: int, rate: float, decay: float) -> dict[str, float]:
    """Return the fractions of right features of frequent and rare words after 5, 15 and 40 epochs."""
    net = cn.Network("words")
    net.add_group("spelling", 12, role="input")
    net.add_group("hidden", 10)
    net.add_group("meaning", 12, role="output", error="cross_entropy")
    net.connect("spelling", "hidden")
    net.connect("hidden", "meaning")
    net.randomize(0.5, seed=seed)
    rule = cn.rule("momentum", rate=rate, momentum=0.5, decay=decay)
    scores: dict[str, float] = {}
    run = None
    for epochs in (5, 15, 40):
        more = epochs - (run.epochs if run else 0)
        run = cn.train(net, EXAMPLES, rule, more, seed=seed, order="sampled", update_after=1, continue_from=run)
        right = 1 - np.abs(net.outputs(EXAMPLES) - MEANINGS).mean(axis=1)
        scores |= {f"frequent, {epochs}": right[FREQUENT].mean(), f"rare, {epochs}": right[~FREQUENT].mean()}
    return scores


def table_of_scores(rate: float, decay: float, seeds: range) -> pd.DataFrame:
    """Return the scores of a run with each seed."""
    return pd.DataFrame([learn_words(seed, rate, decay) for seed in seeds])


def main() -> None:
    """Print the distance and the errors by the number of runs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    low, high = np.log([limits[:2] for limits in FREE.values()]).T
    true = np.exp(np.random.default_rng(7).uniform(0.9 * low + 0.1 * high, 0.1 * low + 0.9 * high, (count, 2)))
    axes = {side: [np.geomspace(limits[0], limits[1], side) for limits in FREE.values()] for side in SIDES}
    settings = {(rate, decay) for rates, decays in axes.values() for rate in rates for decay in decays}
    grid = {setting: table_of_scores(*setting, SEEDS).mean() for setting in sorted(settings)}
    rows = []
    for number, (rate, decay) in enumerate(true):
        people = table_of_scores(rate, decay, range(5000 + 100 * number, 5000 + 100 * number + PEOPLE))
        trials: Any = cn.fit(learn_words, people, free=FREE, seeds=SEEDS, trials=max(TRIALS)).table[["distance", *FREE]]
        found = [("fit", size, *trials.loc[trials["distance"].head(size).idxmin()]) for size in TRIALS]
        distances = {setting: float(((scores - people.mean()) ** 2).mean() ** 0.5) for setting, scores in grid.items()}
        for side, (rates, decays) in axes.items():
            best = min(((one, other) for one in rates for other in decays), key=distances.__getitem__)
            found.append(("grid", side * side, distances[best], *best))
        rows += [
            {
                "search": name,
                "runs": size * len(SEEDS),
                "distance": distance,
                "rate": abs(np.log(one / rate)),
                "decay": abs(np.log(other / decay)),
            }
            for name, size, distance, one, other in found
        ]
    by_size = pd.DataFrame(rows).groupby(["search", "runs"])
    table = by_size[["distance"]].mean().join(by_size[["rate", "decay"]].median().map(np.exp))
    print(f"mean smallest distance, and median factor between found and true parameters, of {count} data sets")
    print(table.round({"distance": 4, "rate": 2, "decay": 2}).to_string())


if __name__ == "__main__":
    main()
