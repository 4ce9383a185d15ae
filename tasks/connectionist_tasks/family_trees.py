"""Two isomorphic families: given a person and a relationship, name the relatives.

Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Figs 2–4; the task is Hinton's (1986, *Proceedings of the Eighth Annual
Conference of the Cognitive Science Society*). The two trees of Fig. 2, one English and one Italian, give 104 pairs of a person and a
relationship that have an answer; eight of them (the uncles and aunts of the youngest) have two. What made the task famous is
that the six units that see only a person come to code what the task never names: nationality, generation and branch of the family.

The recipe as printed learns nothing within its 1,500 epochs, from initial weights of ±0.3, ±1 or ±2 (the paper does not say which).
The default keeps its rates, decay and margin, and differs in what was found to matter: cross-entropy error, initial weights of ±2,
more momentum, a longer first phase and more epochs. With squared error, five times the rates and half the decay do nearly as well.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn
from connectionist.data.accuracy import correct_cases
from connectionist.errors import ParameterError, check_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.utils.arrays import Array

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
    """The network must learn to turn on those who stand in a given relationship to a given person, in two family trees.

    Published in Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Figs 2–4.

    A case is right when each of the 24 outputs is on its right side of 0.5. Units are labelled by name, as in ``person:Colin``,
    ``relation:aunt`` and ``output:Jennifer``.

    Parameters
    ----------
    rate, momentum : float
        ε, above 0, and α, from 0 to below 1, after the first phase.
    first_rate, first_momentum : float
        The same for the first phase.
    first_epochs : int
        Length of the first phase, at least 0.
    epochs : int
        Epochs in all, the first phase included; at least 0.
    decay : float
        By which part every weight shrinks after each change, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ± this; above 0.
    margin : float
        An output unit within this of its target, on the right side, has no error; from 0 to below 0.5.
    error : str
        Name of the error function.
    update_after : "epoch" or int
        When weights are changed; 1 is after each case.
    order : {"fixed", "permuted", "sampled"}
        Of the cases within an epoch.
    testing_cases : int
        How many of the 104 cases are held out; from 0 to 103.
    held_out : int, optional
        Seed of the draw of the cases held out. Each run draws by its own seed when this is None.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> FamilyTrees().network(seed=1).unit("person:Colin").name
    'person:Colin'
    >>> len(FamilyTrees().training_examples), len(FamilyTrees().testing_examples)
    (100, 4)
    """

    rate: float = 0.01
    momentum: float = 0.95
    first_rate: float = 0.005
    first_momentum: float = 0.5
    first_epochs: int = 100
    epochs: int = 6000
    decay: float = 0.002
    half_range: float = 2.0
    margin: float = 0.2
    error: str = "cross_entropy"
    update_after: str | int = "epoch"
    order: str = "fixed"
    testing_cases: int = 4
    held_out: int | None = None

    name = "family-trees"
    source = "Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Figs 2–4"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": AS_PRINTED,
        "squared": {**AS_PRINTED, "rate": 0.05, "first_rate": 0.025, "decay": 0.001, "half_range": 1.0, "epochs": 6000},
    }

    def __post_init__(self) -> None:
        for prefix in ("", "first_"):
            check_number(self.name, f"{prefix}rate", getattr(self, f"{prefix}rate"), above=0)
            check_number(self.name, f"{prefix}momentum", getattr(self, f"{prefix}momentum"), at_least=0, below=1)
            check_number(self.name, f"{prefix}epochs", getattr(self, f"{prefix}epochs"), at_least=0, whole=True)
        check_number(self.name, "decay", self.decay, at_least=0, below=1)
        check_number(self.name, "half_range", self.half_range, above=0)
        check_number(self.name, "margin", self.margin, at_least=0, below=0.5)
        check_number(self.name, "testing_cases", self.testing_cases, at_least=0, below=CASES, whole=True)
        if self.held_out is not None:
            check_number(self.name, "held_out", self.held_out, at_least=0, whole=True)
        if not isinstance(self.error, str):
            raise ParameterError(f"{self.name}.error: must be the name of an error function (got {self.error!r})")

    def for_seed(self, seed: int) -> FamilyTrees:
        """Return the task with this seed's own cases held out, unless `held_out` says which."""
        return replace(self, held_out=seed) if self.held_out is None else self

    def network(self, seed: int) -> cn.Network:
        """Return the five-storeyed network of Fig. 3 with its initial weights."""
        names = [person["name"] for person in people()]
        net = cn.Network(self.name)
        net.add_group("person", names, role="input")
        net.add_group("relation", RELATIONS, role="input")
        net.add_group("person_code", 6)
        net.add_group("relation_code", 6)
        net.add_group("central", 12)
        net.add_group("penultimate", 6)
        net.add_group("output", names, role="output", error=self.error, margin=self.margin)
        for sender, receiver in STOREYS:
            net.connect(sender, receiver)
        net.randomize(self.half_range, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        """The cases that are not held out, named as in "Colin aunt"."""
        held_out = self._held_out_cases()
        return _examples(case for number, case in enumerate(cases()) if number not in held_out)

    @property
    def testing_examples(self) -> cn.ExampleSet | None:
        """The cases held out; None when there are none."""
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
        """Measure what was learned, what of the cases held out, and what the person units code."""
        return [
            self._learned(network, run),
            *self._generalized(network, run),
            *_coded(person_codes(network)),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights tell all)
        """Draw what the units that see only a person have learned, as Fig. 4 has it."""
        from connectionist.plots import weight_blocks

        return {FIGURE: weight_blocks(network.projection("person", "person_code"), rows=2)}

    def _held_out_cases(self) -> list[int]:
        from connectionist.utils.random_streams import random_stream

        drawn = random_stream(self.held_out or 0, "held-out").choice(CASES, self.testing_cases, replace=False)
        return sorted(drawn.tolist())

    def _phase(self, rate: float, momentum: float, epochs: int) -> cn.Phase:
        rule = cn.rule("momentum", rate=rate, momentum=momentum, decay=self.decay)
        return cn.Phase(rule, epochs, self.update_after, self.order)

    def _learned(self, network: cn.Network, run: cn.Run) -> cn.Finding:
        examples = self.training_examples
        right = correct_cases(network.outputs(examples, run.engine), examples.targets, self.tolerance)
        printed = all(getattr(self, name) == value for name, value in AS_PRINTED.items())
        note = "the recipe as printed learns nothing, here and in the replications known to us" if printed else ""
        return cn.Finding("fraction of training cases right", float(right.mean()), 1.0, NATURE, note)

    def _generalized(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
        examples = self.testing_examples
        published = 4 if self.testing_cases == 4 else None
        if examples is None:
            return [cn.Finding(what, None, published, NATURE, "not measured: no case is held out") for what in HELD_OUT]
        outputs = network.outputs(examples, run.engine)
        right = correct_cases(outputs, examples.targets, self.tolerance)
        matched = cn.analysis.correct_by_margin(outputs, examples.targets)
        return [
            cn.Finding(HELD_OUT[0], int(right.sum()), published, NATURE, "every output on its side of 0.5; which four is not published"),
            cn.Finding(HELD_OUT[1], int(matched.sum()), published, NATURE, "the highest activations are those of the right people"),
        ]


FIGURE = """Weights from the 24 people to each of the six units that see only a person, as in Nature 323, Fig. 4: the English above, and
    below each the Italian in the same place of the other tree. A unit with two rows alike does not care for nationality; one with
    opposite rows codes it."""
NATURE = "Nature 323, text to Figs 2–4"
HELD_OUT = ("cases held out that are right", "cases held out that are right by best match")
STOREYS = (
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
    """Read a table beside this file, wherever that was copied to; importlib.resources would ask for a package."""
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


def person_codes(network: cn.Network) -> Array:
    """Return the activations of the six person-code units for each person, [person, unit]."""
    import numpy as np

    names = [person["name"] for person in people()]
    codes = []
    for name in names:
        network.forward({"person": _one_on(name, names), "relation": [0.0] * len(RELATIONS)})
        codes.append(network["person_code"].activations.copy())
    return np.array(codes)


def _coded(codes: Array) -> list[cn.Finding]:
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
