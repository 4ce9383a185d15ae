"""Letters in time: each of three consonants, in random order, is followed by its own vowel once, twice or three times.

Elman (1990), Finding structure in time, *Cognitive Science* 14, 179–211, Figs 4 and 5. The sequence consists of 1,000 random consonants,
with b replaced by "ba", d by "dii" and g by "guuu". A simple recurrent network receives a letter at each tick, as six features, and must
predict the next letter. The consonant determines which vowel follows, and how often. The next consonant cannot be predicted. The network
can predict that a consonant is due, however, and the features that all three consonants share. The error must therefore be examined
feature by feature.

Weights change after every letter, and the context carries over from letter to letter. So each letter is an example of one tick that
continues the one before. As published, the first letter follows the last. The context is ½ at the very first letter only.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import connectionist as cn

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORDS = {"b": "ba", "d": "dii", "g": "guuu"}


@dataclass(frozen=True)
class ElmanLetters(cn.OnePhaseTask):
    """The network must learn to predict the next letter, as far as it can be predicted.

    Published in Elman (1990), *Cognitive Science* 14, 179–211, Figs 4 and 5.

    A letter is correct if each of the six features of the next letter is on its side of 0.5. All vowels can be correct, some consonants by
    chance. The findings are measured on another stream of letters, as published. The published rate and initial weights are not known to
    us.

    Parameters
    ----------
    hidden : int
        Number of hidden units, and of context units; at least 1.
    consonants : int
        Number of consonants in the stream, at least 1. With its vowels a consonant makes three letters on average.
    rate : float
        Learning rate ε, above 0.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0.
    epochs : int
        Passes through the stream, at least 0.
    data_seed : int, optional
        Seed of the draw of consonants, at least 0. By default the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> ElmanLetters().network(seed=1)
    <Network elman-letters: input 6, hidden 20, output 6, context 20; 686 connections>
    """

    hidden: int = cn.parameter(20, at_least=1)
    consonants: int = cn.parameter(1000, at_least=1, at_most=100_000)
    rate: float = cn.parameter(0.1, above=0)
    half_range: float = cn.parameter(0.5, above=0)
    epochs: int = cn.parameter(200, at_least=0)
    data_seed: int | None = cn.parameter(None, at_least=0)

    name = "elman-letters"
    source = "Elman (1990), Cognitive Science 14, 179–211, Figs 4 and 5"
    rule = "steepest"
    update_after = 1

    def network(self, seed: int) -> cn.Network:
        """Return a simple recurrent network with its initial weights; the units are labelled by the features."""
        net = cn.simple_recurrent_network(self.name, features(), self.hidden, features(), initial=0.5)
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @property
    def training_examples(self) -> cn.ExampleSet:
        """A case for each letter, named by its number and the letter."""
        return _examples(self._letters("letters"))

    @property
    def testing_examples(self) -> cn.ExampleSet:
        """Another stream with the same number of consonants."""
        return _examples(self._letters("testing letters"))

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure the error before consonants and before vowels, and before consonants by feature."""
        examples = self.testing_examples
        outputs, targets = network.outputs(examples, run.engine)[:, 0], examples.targets[:, 0]
        is_consonant = targets[:, features().index("Consonant")] == 1
        vowels_right = self.correct_cases(network, examples, run.engine)[~is_consonant]
        return [
            cn.Finding("rms error before consonants", _rms(outputs, targets, is_consonant), "high", FIG_4, "another replication: .267"),
            cn.Finding("rms error before consonants of the mean consonant as prediction", _least(targets[is_consonant])),
            cn.Finding("rms error before vowels", _rms(outputs, targets, ~is_consonant), "low", FIG_4, "another replication: .004"),
            cn.Finding("fraction of vowels correct", float(vowels_right.mean()), None, FIG_4, "published: vowels can be predicted"),
            *_by_feature(outputs[is_consonant], targets[is_consonant]),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the error letter by letter, over all features and for two of them, as in Figs 4 and 5."""
        examples = cn.ExampleSet(list(self.testing_examples)[:SHOWN])
        errors = abs(network.outputs(examples, run.engine) - examples.targets)[:, 0]
        after = [name.split()[1] for name in self.testing_examples.names[1 : len(examples) + 1]] + [""]
        return {
            ALL_FEATURES: _by_letter(cn.plots.over_time((errors**2).mean(axis=1) ** 0.5), after, "root mean squared error"),
            TWO_FEATURES: _by_letter(cn.plots.over_time(_named(errors)), after, "|error|"),
        }

    def _letters(self, name: str) -> str:
        consonants = cn.random_stream(self.data_seed or 0, name).choice(list(WORDS), self.consonants).tolist()
        return "".join(WORDS[consonant] for consonant in consonants)


SHOWN = 24
ALL_FEATURES = """Error of the prediction of each letter, over all features, as in Elman (1990), Fig. 4. It is high before a consonant, and
    low before the vowels that follow from the consonant."""
TWO_FEATURES = """Error for two features, as in Elman (1990), Fig. 5. The network can know that a consonant is due (Consonant), but not
    which one (High)."""
FIG_4 = "Elman (1990), Fig. 4"
FIG_5 = "Elman (1990), Fig. 5"
PUBLISHED: Mapping[str, tuple[str, str]] = {
    "Consonant": ("low", "bit 1; another replication: .005"),
    "High": ("high", "bit 4; another replication: .456"),
}


@cache
def vectors() -> dict[str, list[float]]:
    """Return the six features of each letter."""
    return {row[0]: [float(bit) for bit in row[1:]] for row in _table()[1:]}


@cache
def features() -> tuple[str, ...]:
    """Return the names of the features, in the order of the units."""
    return tuple(_table()[0][1:])


def _table() -> list[list[str]]:
    with Path(__file__).with_name("elman_letters.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@lru_cache(maxsize=4)
def _examples(letters: str) -> cn.ExampleSet:
    """Return a case of one tick for each letter; the first letter follows the last."""
    import numpy as np

    names = [f"{number} {letter}" for number, letter in enumerate(letters)]
    shown = np.array([vectors()[letter] for letter in letters])[:, np.newaxis]
    return cn.ExampleSet.from_arrays(shown, np.roll(shown, -1, axis=0), names, continues=[True] * len(letters))


def _named(errors: cn.Array) -> pd.DataFrame:
    """Return the errors [letter, feature] of the published features, with their names."""
    import pandas as pd

    table = pd.DataFrame(errors, columns=list(features()), index=pd.RangeIndex(1, len(errors) + 1, name="tick"))
    return table[list(PUBLISHED)]


def _by_letter(axes: Axes, letters: Sequence[str], quantity: str) -> Axes:
    """Label each tick with the letter to predict."""
    axes.set_xticks(range(1, len(letters) + 1), letters)
    axes.set(xlabel="letter to predict", ylabel=quantity, ylim=(0, None))
    return axes


def _rms(outputs: cn.Array, targets: cn.Array, chosen: cn.Array) -> float:
    """Return the root of the mean squared error over the chosen cases and all features."""
    difference = outputs[chosen] - targets[chosen]
    return float((difference * difference).mean() ** 0.5)


def _least(targets: cn.Array) -> float:
    """Return the rms error if each output is the mean of its targets: that of a network that knows only the frequencies."""
    return float(targets.var(axis=0).mean() ** 0.5)


def _by_feature(outputs: cn.Array, targets: cn.Array) -> list[cn.Finding]:
    errors = abs(outputs - targets).mean(axis=0).tolist()
    findings = []
    for feature, error in zip(features(), errors, strict=True):
        published, note = PUBLISHED.get(feature, (None, ""))
        findings.append(cn.Finding(f"mean |error| of {feature} before consonants", error, published, FIG_5 if published else "", note))
    return findings


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the letters."""
    return [ElmanLetters]
