"""Two isomorphic families: the network receives a person and a relationship and must name the relatives.

Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Figs 2–4. The task is from Hinton (1986), *Proceedings of the Eighth Annual
Conference of the Cognitive Science Society*. The two trees of Fig. 2, one English and one Italian, give 104 pairs of a person and a
relationship that have an answer. Eight of them (the uncles and aunts of the youngest) have two answers. The task became famous because the
six units that receive only a person come to code what the task never names: nationality, generation and branch of the family.

The recipe as printed learns nothing within its 1,500 epochs, from initial weights of ±0.3, ±1 or ±2 (the paper does not give the range).
The default keeps its rates, decay and margin. It differs in the settings that were found to matter: cross-entropy error, initial weights
of ±2, more momentum, a longer first phase and more epochs. With squared error, five times the rates and half the decay do nearly as well.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import connectionist as cn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RELATIONS = ("father", "mother", "husband", "wife", "son", "daughter", "uncle", "aunt", "brother", "sister", "nephew", "niece")
CASES = 104
AS_PRINTED = {
    "rate": 0.01,
    "momentum": 0.9,
    "first_rate": 0.005,
    "first_momentum": 0.5,
    "first_epochs": 20,
    "decay": 0.002,
    "half_range": 0.3,
    "margin": 0.2,
    "error": "squared",
    "epochs": 1500,
}


@dataclass(frozen=True)
class FamilyTrees(cn.Task):
    """The network must learn to turn on the units of the people who have a given relationship to a given person, in two family trees.

    Published in Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Figs 2–4.

    A case is correct if each of the 24 outputs is on its side of 0.5. Units are labelled by name, as in ``person:Colin``,
    ``relation:aunt`` and ``output:Jennifer``.

    Parameters
    ----------
    error : str
        Name of the error function.
    margin : float
        An output unit within this of its target, or beyond the target, has no error; from 0 to below 0.5.
    testing_cases : int
        Number of the 104 cases that are held out, from 0 to 103.
    first_rate, first_momentum : float
        Learning rate ε, above 0, and momentum α, from 0 to below 1, of the first phase.
    first_epochs : int
        Length of the first phase, at least 0.
    rate, momentum : float
        Learning rate and momentum after the first phase.
    decay : float
        Part by which every weight shrinks after each change, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0.
    update_after : "epoch" or int
        Number of cases after which the weights change, at least 1.
    order : {"fixed", "permuted", "sampled"}
        Order of the cases in an epoch.
    epochs : int
        Number of epochs in all, the first phase included; at least 0.
    data_seed : int, optional
        Seed of the draw of the cases held out, at least 0. By default the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> FamilyTrees().network(seed=1).unit("person:Colin").name
    'person:Colin'
    >>> len(FamilyTrees().training_examples), len(FamilyTrees().testing_examples)
    (100, 4)
    """

    error: str = cn.parameter("cross_entropy")
    margin: float = cn.parameter(0.2, at_least=0, below=0.5)
    testing_cases: int = cn.parameter(4, at_least=0, below=CASES)
    first_rate: float = cn.parameter(0.005, above=0)
    first_momentum: float = cn.parameter(0.5, at_least=0, below=1)
    first_epochs: int = cn.parameter(100, at_least=0)
    rate: float = cn.parameter(0.01, above=0)
    momentum: float = cn.parameter(0.95, at_least=0, below=1)
    decay: float = cn.parameter(0.002, at_least=0, below=1)
    half_range: float = cn.parameter(2.0, above=0)
    update_after: Literal["epoch"] | int = cn.parameter("epoch", at_least=1)
    order: Literal["fixed", "permuted", "sampled"] = cn.parameter("fixed")
    epochs: int = cn.parameter(6000, at_least=0)
    data_seed: int | None = cn.parameter(None, at_least=0)

    name = "family-trees"
    source = "Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Figs 2–4"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": AS_PRINTED,
        "squared": {**AS_PRINTED, "rate": 0.05, "first_rate": 0.025, "decay": 0.001, "half_range": 1.0, "epochs": 6000},
    }

    def network(self, seed: int) -> cn.Network:
        """Return the network of Fig. 3, with five layers, with its initial weights."""
        names = [person["name"] for person in people()]
        net = cn.Network(self.name)
        net.add_group("person", names, role="input")
        net.add_group("relation", RELATIONS, role="input")
        net.add_group("person_code", 6)
        net.add_group("relation_code", 6)
        net.add_group("central", 12)
        net.add_group("penultimate", 6)
        net.add_group("output", names, role="output", error=self.error, margin=self.margin)
        for sender, receiver in PROJECTIONS:
            net.connect(sender, receiver)
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @property
    def training_examples(self) -> cn.ExampleSet:
        """The cases that are not held out, named as in "Colin aunt"."""
        held_out = self._held_out_cases()
        return _examples(case for number, case in enumerate(cases()) if number not in held_out)

    @property
    def testing_examples(self) -> cn.ExampleSet | None:
        """The cases held out; None if there are none."""
        held_out = self._held_out_cases()
        return _examples(cases()[number] for number in held_out) if held_out else None

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """A slow first phase, and the rest."""
        first = min(self.first_epochs, self.epochs)
        return [
            self._phase(self.first_rate, self.first_momentum, first),
            self._phase(self.rate, self.momentum, self.epochs - first),
        ]

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure the cases trained, the cases held out, and the code of the units that receive only a person."""
        return [
            self._learned(network, run),
            *self._generalized(network, run),
            *_coded(person_codes(network)),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights are enough)
        """Draw the weights from the people to the units that receive only a person, as in Fig. 4."""
        return {FIGURE: cn.plots.weight_blocks(network.projection("person", "person_code"), rows=2)}

    def _held_out_cases(self) -> list[int]:
        drawn = cn.random_stream(self.data_seed or 0, "held-out").choice(CASES, self.testing_cases, replace=False)
        return sorted(drawn.tolist())

    def _phase(self, rate: float, momentum: float, epochs: int) -> cn.Phase:
        rule = cn.rule("momentum", rate=rate, momentum=momentum, decay=self.decay)
        return cn.Phase(rule, epochs, self.update_after, self.order)

    def _learned(self, network: cn.Network, run: cn.Run) -> cn.Finding:
        correct = self.correct_cases(network, self.training_examples, run.engine)
        printed = all(getattr(self, name) == value for name, value in AS_PRINTED.items())
        note = "the recipe as printed learns nothing, here and in the replications known to us" if printed else ""
        return cn.Finding("fraction of training cases correct", float(correct.mean()), 1.0, NATURE, note)

    def _generalized(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
        examples = self.testing_examples
        published = 4 if self.testing_cases == 4 else None
        if examples is None:
            return [cn.Finding(quantity, None, published, NATURE, "not measured: no case is held out") for quantity in HELD_OUT]
        correct = self.correct_cases(network, examples, run.engine)
        matched = cn.analysis.correct_by_margin(network.outputs(examples, run.engine), examples.targets)
        return [
            cn.Finding(HELD_OUT[0], int(correct.sum()), published, NATURE, STRICT),
            cn.Finding(HELD_OUT[1], int(matched.sum()), published, NATURE, BEST_MATCH),
        ]


FIGURE = """Weights from the 24 people to each of the six units that receive only a person, as in Nature 323, Fig. 4: the English above,
    and below each the Italian in the same place of the other tree. A unit with two equal rows ignores nationality; a unit with opposite
    rows codes it."""
NATURE = "Nature 323, text to Figs 2–4"
STRICT = "every output on its side of 0.5; the paper does not say which four"
BEST_MATCH = "the highest activations are those of the right people"
HELD_OUT = ("cases held out that are correct", "cases held out that are correct by best match")
PROJECTIONS = (
    ("person", "person_code"),
    ("relation", "relation_code"),
    ("person_code", "central"),
    ("relation_code", "central"),
    ("central", "penultimate"),
    ("penultimate", "output"),
)
PROPERTIES: Mapping[str, tuple[Mapping[str, int], str]] = {
    "nationality": ({"English": 1, "Italian": -1}, "unit 1 of the figure codes it; a replication found 0.83"),
    "generation": ({"1": 1, "2": 2, "3": 3}, "unit 2 of the figure codes it; a replication found 0.73"),
    "branch": ({"left": -1, "both": 0, "right": 1}, "unit 6 of the figure codes it; a replication found 0.61"),
}


@cache
def people() -> tuple[dict[str, str], ...]:
    """Return the 24 people in the order of the units: name, nationality, isomorph, sex, generation, branch."""
    return _table("family_people.csv")


@cache
def cases() -> tuple[dict[str, str], ...]:
    """Return the 104 cases: person1, relationship and person2_all, the answers separated by "|"."""
    return _table("family_cases.csv")


def _table(name: str) -> tuple[dict[str, str], ...]:
    """Read a table beside this file. The path works in any repository; importlib.resources would need a package."""
    with Path(__file__).with_name(name).open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def _examples(chosen: Iterable[Mapping[str, str]]) -> cn.ExampleSet:
    names = [person["name"] for person in people()]
    rows = list(chosen)
    return cn.ExampleSet.from_arrays(
        [_one_on(row["person1"], names) + _one_on(row["relationship"], RELATIONS) for row in rows],
        [[float(name in row["person2_all"].split("|")) for name in names] for row in rows],
        [f"{row['person1']} {row['relationship']}" for row in rows],
    )


def _one_on(label: str, labels: Sequence[str]) -> list[float]:
    return [float(label == other) for other in labels]


def person_codes(network: cn.Network) -> cn.Array:
    """Return the activations of the six person-code units for each person [person, unit]."""
    import numpy as np

    names = [person["name"] for person in people()]
    codes = []
    for name in names:
        network.forward({"person": _one_on(name, names), "relation": [0.0] * len(RELATIONS)})
        codes.append(network["person_code"].activations.copy())
    return np.array(codes)


def _coded(codes: cn.Array) -> list[cn.Finding]:
    """Measure how strongly the best unit codes each property."""
    scales = {name: [scale[person[name]] for person in people()] for name, (scale, _) in PROPERTIES.items()}
    strengths = cn.analysis.correlations_with(codes, scales).abs().max().fillna(0.0)  # 0 where no unit varies
    return [
        cn.Finding(f"{name}: largest |correlation| of a person-code unit", float(strengths[name]), None, "Nature 323, Fig. 4", note)
        for name, (_, note) in PROPERTIES.items()
    ]


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the family trees."""
    return [FamilyTrees]
