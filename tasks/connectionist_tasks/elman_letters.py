"""Letters in time: each of three consonants, in random order, brings its own vowel once, twice or three times.

Elman (1990), Finding structure in time, *Cognitive Science* 14, 179–211, Figs 4 and 5. The sequence is 1,000 random consonants with b
replaced by "ba", d by "dii" and g by "guuu"; a simple recurrent network sees a letter at each tick, as six features, and must predict
the next. Which vowel comes, and how often, follows from the consonant; which consonant comes next nobody can know. But when a
consonant is due can be known, and so can the features that all three share: the error is to be taken apart feature by feature.

Weights change after every letter, and the context goes on from letter to letter, so each letter is an example of one tick that continues
the one before. As published the last letter is followed by the first; the context is ½ at the very first letter only.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn
from connectionist.data.accuracy import correct_cases
from connectionist.errors import check_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.utils.arrays import Array

WORDS = {"b": "ba", "d": "dii", "g": "guuu"}


@dataclass(frozen=True)
class ElmanLetters(cn.Task):
    """The network must learn to predict the next letter, as far as it can be predicted.

    Published in Elman (1990), *Cognitive Science* 14, 179–211, Figs 4 and 5.

    A letter is right when each of the six features of the next is on its right side of 0.5. All vowels can be, and by luck some
    consonants. Measured on another stream of letters, as published. Rate and initial weights are not known to us.

    Parameters
    ----------
    hidden : int
        Number of hidden units, and of context units; at least 1.
    consonants : int
        How many make the stream, at least 1; with its vowels a consonant makes three letters on average.
    rate : float
        ε, above 0.
    half_range : float
        Initial weights are uniform on ± this; above 0.
    epochs : int
        Passes through the stream, at least 0.
    drawn : int, optional
        Seed of the draw of consonants. Each run draws by its own seed when this is None.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> ElmanLetters().network(seed=1)
    <Network elman-letters: input 6, hidden 20, output 6, context 20; 686 connections>
    """

    hidden: int = 20
    consonants: int = 1000
    rate: float = 0.1
    half_range: float = 0.5
    epochs: int = 200
    drawn: int | None = None

    name = "elman-letters"
    source = "Elman (1990), Cognitive Science 14, 179–211, Figs 4 and 5"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {}}

    def __post_init__(self) -> None:
        check_number(self.name, "hidden", self.hidden, at_least=1, whole=True)
        check_number(self.name, "consonants", self.consonants, at_least=1, whole=True)
        check_number(self.name, "rate", self.rate, above=0)
        check_number(self.name, "half_range", self.half_range, above=0)
        check_number(self.name, "epochs", self.epochs, at_least=0, whole=True)
        if self.drawn is not None:
            check_number(self.name, "drawn", self.drawn, at_least=0, whole=True)

    def for_seed(self, seed: int) -> ElmanLetters:
        """Return the task with this seed's own streams of letters, unless `drawn` says which."""
        return replace(self, drawn=seed) if self.drawn is None else self

    def network(self, seed: int) -> cn.Network:
        """Return a simple recurrent network with its initial weights; the units are labelled by the features."""
        net = cn.Network(self.name)
        net.add_group("input", features(), role="input")
        net.add_group("hidden", self.hidden, initial=0.5)
        net.add_group("output", features(), role="output")
        cn.add_context(net, "hidden")
        for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("hidden", "output")):
            net.connect(sender, receiver)
        net.randomize(self.half_range, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        """A case for each letter, named by its number and the letter."""
        return _examples(self._letters("letters"))

    @property
    def testing_examples(self) -> cn.ExampleSet:
        """Another stream of as many consonants."""
        return _examples(self._letters("testing letters"))

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase; weights change after each letter."""
        return [cn.Phase(cn.rule("steepest", rate=self.rate), self.epochs, update_after=1)]

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure the error by what was to be predicted, consonants or vowels, and before consonants by feature."""
        examples = self.testing_examples
        outputs, targets = network.outputs(examples, run.engine)[:, 0], examples.targets[:, 0]
        is_consonant = targets[:, features().index("Consonant")] == 1
        vowels_right = correct_cases(outputs[~is_consonant], targets[~is_consonant], self.tolerance)
        return [
            cn.Finding("rms error before consonants", _rms(outputs, targets, is_consonant), "high", FIG_4, "another replication: .267"),
            cn.Finding("that of one who knows only how often each comes", _least(targets[is_consonant])),
            cn.Finding("rms error before vowels", _rms(outputs, targets, ~is_consonant), "low", FIG_4, "another replication: .004"),
            cn.Finding("fraction of vowels right", float(vowels_right.mean()), None, FIG_4, "published: vowels can be predicted"),
            *_by_feature(outputs[is_consonant], targets[is_consonant]),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the error letter by letter, over all features and for two of them, as Figs 4 and 5 have it."""
        from connectionist.plots import over_time

        examples = cn.ExampleSet(list(self.testing_examples)[:SHOWN])
        errors = abs(network.outputs(examples, run.engine) - examples.targets)[:, 0]
        after = [name.split()[1] for name in self.testing_examples.names[1 : len(examples) + 1]] + [""]
        return {
            ALL_FEATURES: _by_letter(over_time((errors**2).mean(axis=1) ** 0.5), after, "root mean squared error"),
            TWO_FEATURES: _by_letter(over_time(_named(errors)), after, "|error|"),
        }

    def _letters(self, name: str) -> str:
        from connectionist.utils.random_streams import random_stream

        consonants = random_stream(self.drawn or 0, name).choice(list(WORDS), self.consonants).tolist()
        return "".join(WORDS[consonant] for consonant in consonants)


SHOWN = 24
ALL_FEATURES = """Error of the prediction of each letter, over all features, as in Elman (1990), Fig. 4: high where a consonant comes,
    low for the vowels that follow from it."""
TWO_FEATURES = """The same for two features, as in Elman (1990), Fig. 5: that a consonant is due can be known (Consonant), which one
    cannot (High)."""
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
    """Return a case of one tick for each letter; the first comes again after the last."""
    following = letters[1:] + letters[:1]
    return cn.ExampleSet(
        cn.Example.sequence([vectors()[letter]], [vectors()[after]], f"{number} {letter}", continues=True)
        for number, (letter, after) in enumerate(zip(letters, following, strict=True))
    )


def _named(errors: Array) -> Any:
    """Return the errors [letter, feature] of the features that were published, under their names."""
    import pandas as pd

    table = pd.DataFrame(errors, columns=list(features()), index=pd.RangeIndex(1, len(errors) + 1, name="tick"))
    return table[list(PUBLISHED)]


def _by_letter(axes: Axes, letters: Sequence[str], what: str) -> Axes:
    """Write the letter that was to be predicted under each tick."""
    axes.set_xticks(range(1, len(letters) + 1), letters)
    axes.set(xlabel="letter that was to be predicted", ylabel=what, ylim=(0, None))
    return axes


def _rms(outputs: Array, targets: Array, chosen: Array) -> float:
    """Return the root of the mean squared error over the cases chosen and all features."""
    difference = outputs[chosen] - targets[chosen]
    return float((difference * difference).mean() ** 0.5)


def _least(targets: Array) -> float:
    """Return the rms error that is left when each output is the mean of its targets."""
    return float(targets.var(axis=0).mean() ** 0.5)


def _by_feature(outputs: Array, targets: Array) -> list[cn.Finding]:
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
