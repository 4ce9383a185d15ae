"""Jets and Sharks: a memory of 27 people that is retrieved by interactive activation and competition.

McClelland (1981), Retrieving general and specific information from stored knowledge of specifics, *Proceedings of the Third Annual
Conference of the Cognitive Science Society*; McClelland, Rumelhart & Hinton (1986), *Parallel Distributed Processing*, vol. 1, pp. 25–31;
McClelland & Rumelhart (1988), *Explorations in Parallel Distributed Processing*, chapter 2, whose parameters are the defaults.

Each person has a unit for the instance, which excites the unit of the name and those of five properties, and is excited by them. The units
of a pool (instances, names, and the values of each property) inhibit one another. All weights are given, so nothing is trained. The
published numbers are those of the authors' program ``iac`` of 1987, which was compiled and run again; this network gives the same.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import connectionist as cn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PROPERTIES = ("gang", "age", "education", "marital", "occupation")
VISIBLE = (*PROPERTIES, "name")
PROBES: Mapping[str, tuple[str, ...]] = {
    "Art": ("Art",),
    "Ken": ("Ken",),
    "Sharks 20s": ("Sharks", "20s"),
    "Jets": ("Jets",),
    "20s JH": ("20s", "JH"),
}
REST = -0.1


@dataclass(frozen=True)
class JetsAndSharks(cn.OnePhaseTask):
    """The network retrieves the properties of a person from the name, a person from properties, and what is typical of a group.

    Published in McClelland (1981) and McClelland & Rumelhart (1988), *Explorations in Parallel Distributed Processing*, chapter 2.

    The members of the gangs are in the table ``jets_sharks.csv``. The units of instances have labels as ``_Art``. The
    examples are five probes, which hold the units that they name on.

    Parameters
    ----------
    excitation : float
        Weight of the connections between an instance and its name and properties (α of the program), above 0.
    inhibition : float
        Size of the negative weights within a pool (γ), at least 0.
    input_strength : float
        Weight of the external inputs (estr), above 0.
    decay : float
        Fraction of the distance to rest by which an activation decays in a cycle, from 0 to 1.
    cycles : int
        Number of cycles, from 2 to 10,000.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> task = JetsAndSharks()
    >>> task.retrieved(task.network(seed=0), ["Sharks", "20s"])["name"]
    ('Ken',)
    """

    excitation: float = cn.parameter(0.1, above=0)
    inhibition: float = cn.parameter(0.1, at_least=0)
    input_strength: float = cn.parameter(0.4, above=0)
    decay: float = cn.parameter(0.1, at_least=0, at_most=1)
    cycles: int = cn.parameter(100, at_least=2, at_most=10_000)

    name = "jets-and-sharks"
    source = "McClelland & Rumelhart (1988), Explorations in Parallel Distributed Processing, chapter 2; McClelland (1981)"
    rule = "steepest"  # of the one phase, which has no epochs
    epochs = 0

    def network(self, seed: int) -> cn.Network:  # noqa: ARG002  (nothing is drawn)
        """Return the network of 68 units, each with its external input but the instances."""
        pools = {**{name: _labels(name) for name in VISIBLE}, "instance": [f"_{person['name']}" for person in people()]}
        net = cn.Network(self.name)
        for pool in VISIBLE:
            net.add_group(f"{pool}_input", pools[pool], role="input")
        function = cn.activation_function("interactive_activation", rest=REST, decay=self.decay)
        for pool, labels in pools.items():
            net.add_group(pool, labels, activation=function, initial=REST, output_function="rectified", biased=False)
        for pool, labels in pools.items():
            others = [[sender != receiver for receiver in labels] for sender in labels]
            net.connect(pool, pool, others, delay=1, weights=-self.inhibition)
        for pool in VISIBLE:
            net.connect(f"{pool}_input", pool, "one_to_one", weights=self.input_strength)
            has = [[person[pool] == label for person in people()] for label in pools[pool]]
            net.connect(pool, "instance", has, delay=1, weights=self.excitation)
            net.connect("instance", pool, list(map(list, zip(*has, strict=True))), delay=1, weights=self.excitation)
        return net

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """The five probes, held for all cycles. There are no targets."""
        import numpy as np

        labels = [label for pool in VISIBLE for label in _labels(pool)]
        rows = {name: [float(label in units) for label in labels] for name, units in PROBES.items()}
        empty = np.zeros((self.cycles, 0))
        return cn.ExampleSet([cn.Example(np.tile(row, (self.cycles, 1)), empty, name) for name, row in rows.items()])

    def settle(self, network: cn.Network, probe: Sequence[str], engine: str = "compiled") -> cn.Settling:
        """Run the network for all cycles with the external inputs of some units on, named by their labels."""
        inputs = {f"{pool}_input": [float(label in probe) for label in _labels(pool)] for pool in VISIBLE}
        return cn.settle(network, inputs, criterion=None, ticks=self.cycles, engine=engine)

    def retrieved(self, network: cn.Network, probe: Sequence[str], engine: str = "compiled") -> dict[str, tuple[str, ...]]:
        """Return for each visible pool the labels of its most active units, if any is above 0. Equal ones within 10⁻³ are all given."""
        self.settle(network, probe, engine)
        found = {}
        for pool in VISIBLE:
            highest = max(0.0, *network[pool].activations)
            found[pool] = tuple(unit.label for unit in network[pool] if unit.activation > max(0.0, highest - SAME))
        return found

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure what is retrieved by names and by properties, and what is filled in for a person with a missing property."""
        art, ken, young_sharks, jets, young = (self.retrieved(network, probe, run.engine) for probe in PROBES.values())
        activations = {}
        for name, units in PROBES.items():
            self.settle(network, units, run.engine)
            activations[name] = {unit.label: unit.activation for pool in VISIBLE for unit in network[pool]}
        right = [self._is_retrieved(self.retrieved(network, [person["name"]], run.engine), person) for person in people()]
        return [
            cn.Finding("Art: properties retrieved by name", _text(art), "Jets, 40s, JH, Single, Pusher", TABLE),
            cn.Finding("Art: activation of his name", activations["Art"]["Art"], 0.807, PROGRAM),
            cn.Finding("Art: activation of Pusher", activations["Art"]["Pusher"], 0.491, PROGRAM),
            cn.Finding("Ken: properties retrieved by name", _text(ken), "Sharks, 20s, HS, Single, Burglar", TABLE),
            cn.Finding("people of 27 whose properties are all retrieved by name", sum(right), note=NOT_ALL),
            cn.Finding("Sharks in their 20s: name", _joined(young_sharks["name"]), "Ken", TABLE, "the one person who has both properties"),
            cn.Finding("Sharks in their 20s: activation of Ken", activations["Sharks 20s"]["Ken"], 0.339, PROGRAM),
            cn.Finding("Jets: age, education, marital status", _text(jets, PROPERTIES[1:4]), "20s, JH, Single", PROGRAM, TYPICAL),
            cn.Finding("Jets: activation of Single", activations["Jets"]["Single"], 0.512, PROGRAM),
            cn.Finding("20s and JH: gang, occupation", _text(young, ("gang", "occupation")), "Jets, Burglar", PROGRAM, GENERALIZED),
            cn.Finding("20s and JH: activation of Burglar", activations["20s JH"]["Burglar"], 0.688, PROGRAM),
            cn.Finding(
                "Lance without his occupation: occupation", _joined(self._filled_in(run.engine)), "Burglar", DEFAULT_PAGE, FILLED_IN
            ),
        ]

    def _is_retrieved(self, found: Mapping[str, tuple[str, ...]], person: Mapping[str, str]) -> bool:
        return all(found[name] == (person[name],) for name in PROPERTIES)

    def _filled_in(self, engine: str) -> tuple[str, ...]:
        """Return the occupation that is retrieved for Lance after its two connections with his instance were removed."""
        network = self.network(seed=0)
        for sender, receiver in (("occupation:Burglar", "instance:_Lance"), ("instance:_Lance", "occupation:Burglar")):
            network.connection(sender, receiver, delay=1).weight.value = 0.0
        return self.retrieved(network, ["Lance"], engine)["occupation"]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the activations over cycles for two of the probes."""
        import xarray as xr

        drawn: dict[str, Axes | Figure] = {}
        for probe, caption in CAPTIONS.items():
            settled = self.settle(network, PROBES[probe], run.engine)
            units = network.schedule.units
            active = [number for number in (settled.activations.max(axis=0) > 0).nonzero()[0] if units[number].group.name != "instance"]
            table = xr.DataArray(
                settled.activations[:, active],
                dims=("tick", "unit"),
                coords={"tick": range(1, settled.ticks + 1), "unit": [units[number].label for number in active]},
            )
            drawn[caption] = cn.plots.over_time(table, title=f"probe: {probe}")
        return drawn


SAME = 1e-3
TABLE = "the table of McClelland (1981)"
PROGRAM = "program iac of McClelland & Rumelhart (1988), compiled and run again"
DEFAULT_PAGE = "PDP vol. 1, p. 30, from memory"
NOT_ALL = "the instances of people with nearly the same properties become active too, and one property of theirs may win"
TYPICAL = "the values that most Jets have; the three occupations are equally frequent among them, and equally active"
GENERALIZED = "all four people in their 20s with junior high school are Jets and burglars"
FILLED_IN = "his two connections with Burglar are 0; people who resemble him are burglars"
CAPTIONS = {
    "Art": "Activations of units outside the pool of instances, retrieved by the name Art. Only units that were active "
    "are drawn. Lines of equal activations cover one another.",
    "Sharks 20s": "The same for the probe Sharks and 20s, by which Ken is retrieved.",
}


@cache
def people() -> tuple[dict[str, str], ...]:
    """Return the 27 people: name and five properties."""
    with Path(__file__).with_name("jets_sharks.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def _labels(pool: str) -> list[str]:
    """Return the labels of a visible pool: names in the order of the table, values of a property in alphabetical order."""
    values = dict.fromkeys(person[pool] for person in people())
    return list(values) if pool == "name" else sorted(values)


def _text(found: Mapping[str, tuple[str, ...]], pools: Sequence[str] = PROPERTIES) -> str:
    return ", ".join(_joined(found[pool]) for pool in pools)


def _joined(labels: Sequence[str]) -> str:
    return " or ".join(labels) or "none"


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer Jets and Sharks."""
    return [JetsAndSharks]
