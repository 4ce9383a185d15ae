"""Words in sentences: what a network finds out about words from nothing but the order in which they come.

Elman (1990), Finding structure in time, *Cognitive Science* 14, 179–211, Tables 3 and 4 and Fig. 7. From 29 words and 16 templates,
10,000 sentences of two or three words are drawn and run together, without any mark between them. A simple recurrent network sees a word
at each tick, each word a unit of its own (31, of which two are never on), and must predict the next. It cannot; it can learn how likely
each word is to come. The hidden units' activations, averaged for each word over all its contexts, then form a tree: nouns and verbs,
among nouns animate and inanimate, humans, food, things that break.

Which words each category has beside the two examples in Table 3 is a reconstruction. Weights change after every word, and the context goes
on from word to word, so each word is an example of one tick that continues the one before. The last word is followed by the first.

The tree depends on how clusters are joined, and we do not know how the published ones were. By Ward's method verbs, food and breakable
things are branches in every run of `connectionist run elman-sentences --seeds 1-10`; nouns, animate and inanimate ones and humans are
in half of them or more, and in most others things that are only eaten or broken stand beside the verbs. Animals never are one branch:
dragon, lion and monster stand apart from cat, dog and mouse. Joined by the average distance of their words (linkage="average"), verbs and
nouns are not so clean. Larger initial weights (half_range=0.7) make cleaner nouns and less clean humans.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn
from connectionist.errors import ParameterError, check_number

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.utils.arrays import Array

UNUSED = ("unused1", "unused2")
LINKAGES = ("ward", "average", "complete", "single")


@dataclass(frozen=True)
class ElmanSentences(cn.Task):
    """The network must learn to predict the next word, as far as it can be predicted; how it groups the words is what is looked at.

    Published in Elman (1990), *Cognitive Science* 14, 179–211, Tables 3 and 4 and Fig. 7.

    A word is right when every output unit is on its right side of 0.5, which for most words nothing can achieve; what counts is how near
    the outputs are to the likelihoods. Units are labelled by words, as in ``input:man``. Rate and initial weights are not known to us.

    Parameters
    ----------
    hidden : int
        Number of hidden units, and of context units; at least 1.
    sentences : int
        How many are drawn, at least 1.
    epochs : int
        Passes through them, at least 0.
    rate : float
        ε, above 0.
    half_range : float
        Initial weights are uniform on ± this; above 0.
    linkage : {"ward", "average", "complete", "single"}
        How clusters of words are joined in the tree.
    drawn : int, optional
        Seed of the draw of sentences. Each run draws by its own seed when this is None.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> ElmanSentences(hidden=10).network(seed=1)
    <Network elman-sentences: input 31, hidden 10, output 31, context 10; 771 connections>
    >>> round(float(likelihoods(("lion", "eat"))[words().index("cookie")]), 3)
    0.131
    """

    hidden: int = 150
    sentences: int = 10000
    epochs: int = 6
    rate: float = 0.1
    half_range: float = 0.5
    linkage: str = "ward"
    drawn: int | None = None

    name = "elman-sentences"
    source = "Elman (1990), Cognitive Science 14, 179–211, Tables 3 and 4, Fig. 7"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {}}

    def __post_init__(self) -> None:
        for name in ("hidden", "sentences"):
            check_number(self.name, name, getattr(self, name), at_least=1, whole=True)
        check_number(self.name, "epochs", self.epochs, at_least=0, whole=True)
        check_number(self.name, "rate", self.rate, above=0)
        check_number(self.name, "half_range", self.half_range, above=0)
        if self.linkage not in LINKAGES:
            raise ParameterError(f"{self.name}.linkage: must be one of {', '.join(LINKAGES)} (got {self.linkage!r})")
        if self.drawn is not None:
            check_number(self.name, "drawn", self.drawn, at_least=0, whole=True)

    def for_seed(self, seed: int) -> ElmanSentences:
        """Return the task with this seed's own sentences, unless `drawn` says which."""
        return replace(self, drawn=seed) if self.drawn is None else self

    def network(self, seed: int) -> cn.Network:
        """Return a simple recurrent network with its initial weights."""
        net = cn.Network(self.name)
        net.add_group("input", words() + UNUSED, role="input")
        net.add_group("hidden", self.hidden, initial=0.5)
        net.add_group("output", words() + UNUSED, role="output")
        cn.add_context(net, "hidden")
        for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("hidden", "output")):
            net.connect(sender, receiver)
        net.randomize(self.half_range, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        """A case for each word, named by its number and the word."""
        return _examples(self._sentences())

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase; weights change after each word."""
        return [cn.Phase(cn.rule("steepest", rate=self.rate), self.epochs, update_after=1)]

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure how near the outputs are to words and to likelihoods, and how nearly classes of words are branches of the tree."""
        return [*self._predicted(network, run), *self._grouped(network, run)]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the tree of words, as Fig. 7 has it."""
        from connectionist.plots import dendrogram

        averages = self._averages(network, run)
        return {TREE: dendrogram(averages, method=self.linkage)} if len(averages) > 1 else {}

    def _sentences(self) -> tuple[tuple[str, ...], ...]:
        return _draw(self.drawn or 0, self.sentences)

    def _predicted(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
        import numpy as np

        examples, sentences = self.training_examples, self._sentences()
        outputs, targets = network.outputs(examples, run.engine)[:, 0], examples.targets[:, 0]
        likely = np.array([likelihoods(sentence[: said + 1]) for sentence in sentences for said in range(len(sentence))])
        apart = _lengths(outputs - likely)
        cosines = (outputs * likely).sum(axis=1) / (_lengths(outputs) * _lengths(likely))
        return [
            cn.Finding("error against words, mean length", float(_lengths(outputs - targets).mean()), 0.88, PAPER, REMEMBERED),
            cn.Finding("that of the likelihoods themselves", float(_lengths(likely - targets).mean())),
            cn.Finding("error against likelihoods, mean length", float(apart.mean()), None, PAPER, UNKNOWN_MEASURE),
            cn.Finding("error against likelihoods, rms per unit", float((apart @ apart / outputs.size) ** 0.5), 0.053, PAPER, REMEMBERED),
            cn.Finding("mean cosine of outputs and likelihoods", float(cosines.mean()), 0.916, PAPER, REMEMBERED),
        ]

    def _grouped(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
        grown = cn.analysis.clusters(self._averages(network, run), self.linkage).branches
        return [_branch(name, members, grown) for name, members in classes().items()]

    def _averages(self, network: cn.Network, run: cn.Run) -> xr.DataArray:
        """Return the hidden units' activations averaged for each word over its contexts [word, unit]."""
        examples = self.training_examples
        said = [words()[number] for number in examples.inputs[:, 0].argmax(axis=1)]
        return cn.analysis.average_by(network.activations(examples, "hidden", run.engine), said)


PAPER = "Elman (1990)"
TREE = """The tree of words, as in Elman (1990), Fig. 7: words stand together when the hidden units' activations for them, averaged over all
    contexts, are alike."""
FIGURE = "Elman (1990), Fig. 7"
REMEMBERED = "published: as we remember it"
UNKNOWN_MEASURE = "published .053 may be this or the next; we do not know which"


@cache
def _table(kind: str) -> dict[str, tuple[str, ...]]:
    """Return the categories with their words, or the templates with their categories."""
    with Path(__file__).with_name("elman_sentence_grammar.csv").open(newline="", encoding="utf-8") as file:
        return {row["name"]: tuple(row["members"].split()) for row in csv.DictReader(file) if row["kind"] == kind}


@cache
def words() -> tuple[str, ...]:
    """Return the 29 words in the order of the units."""
    return tuple(dict.fromkeys(word for members in _table("category").values() for word in members))


@cache
def classes() -> dict[str, frozenset[str]]:
    """Return the words of each branch of Fig. 7 that is looked for."""
    of = {name: frozenset(members) for name, members in _table("category").items()}
    animate, inanimate = of["NOUN-ANIM"], of["NOUN-INANIM"] | of["NOUN-FRAG"] | of["NOUN-FOOD"]
    return {
        "verbs": frozenset(words()) - animate - inanimate,
        "nouns": animate | inanimate,
        "animate nouns": animate,
        "inanimate nouns": inanimate,
        "humans": of["NOUN-HUM"],
        "animals": animate - of["NOUN-HUM"],
        "food": of["NOUN-FOOD"],
        "breakable things": of["NOUN-FRAG"],
    }


@lru_cache(maxsize=2)
def _draw(seed: int, count: int) -> tuple[tuple[str, ...], ...]:
    """Draw sentences: a template, then a word for each of its categories, all equally likely."""
    from connectionist.utils.random_streams import random_stream

    generator = random_stream(seed, "sentences")
    templates, members = list(_table("template").values()), _table("category")
    drawn = generator.integers(len(templates), size=count).tolist()
    return tuple(
        tuple(members[category][int(generator.integers(len(members[category])))] for category in templates[number]) for number in drawn
    )


@lru_cache(maxsize=2)
def _examples(sentences: tuple[tuple[str, ...], ...]) -> cn.ExampleSet:
    """Return a case of one tick for each word; the first comes again after the last."""
    import numpy as np

    one_on = dict(zip(words(), np.eye(len(words() + UNUSED)), strict=False))
    said = [word for sentence in sentences for word in sentence]
    return cn.ExampleSet(
        cn.Example.sequence(one_on[word][None], one_on[after][None], f"{number} {word}", continues=True)
        for number, (word, after) in enumerate(zip(said, said[1:] + said[:1], strict=True))
    )


@cache
def likelihoods(said: tuple[str, ...]) -> Array:
    """Return how likely each word is to come next [unit], given what has been said of a sentence; after its end, a new one begins."""
    import numpy as np

    total = np.zeros(len(words() + UNUSED))
    for template in _table("template").values():
        weight = _likelihood(said, template)
        if weight:
            total += weight * (_one_of(template[len(said)]) if len(template) > len(said) else likelihoods(()))
    return np.asarray(total / total.sum())


def _likelihood(said: tuple[str, ...], template: tuple[str, ...]) -> float:
    """Return how likely a sentence of this template is to begin with these words."""
    if len(said) > len(template):
        return 0.0
    return prod(float(_one_of(category)[words().index(word)]) for word, category in zip(said, template, strict=False))


@cache
def _one_of(category: str) -> Array:
    import numpy as np

    members = _table("category")[category]
    return np.array([(word in members) / len(members) for word in words() + UNUSED])


def _lengths(vectors: Array) -> Array:
    import numpy as np

    return np.asarray(np.sqrt((vectors * vectors).sum(axis=1)))


def _branch(name: str, members: frozenset[str], grown: Sequence[frozenset[str]]) -> cn.Finding:
    """Find the branch nearest to a class: words in both, as a fraction of words in either."""
    overlap = max(len(members & branch) / len(members | branch) for branch in grown)
    nearest = max(grown, key=lambda branch: len(members & branch) / len(members | branch))
    astray = ", ".join(sorted(members ^ nearest))
    return cn.Finding(f"{name}: overlap with the nearest branch", overlap, 1.0, FIGURE, f"astray: {astray}" if astray else "")


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the sentences."""
    return [ElmanSentences]
