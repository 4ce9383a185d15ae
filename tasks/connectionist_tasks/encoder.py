"""Passing N patterns through a bottleneck of log₂ N hidden units.

Rumelhart, Hinton & Williams (1986), *Parallel Distributed Processing*, vol. 1, chapter 8, "The encoding problem", Table 5; the problem is
Ackley, Hinton & Sejnowski's (1985). The network has just room for a binary code, which it must invent; the published network used
activations between off and on as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn
from connectionist.data.accuracy import correct_cases
from connectionist.errors import ParameterError, check_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.utils.arrays import Array

TABLE_5 = "PDP vol. 1, chapter 8, Table 5"
NEVER = "not measured: it never came to that"


@dataclass(frozen=True)
class Encoder(cn.Task):
    """The network must learn to turn on the one output unit that goes with the one input unit that is on, past few hidden units.

    Published in Rumelhart, Hinton & Williams (1986), *Parallel Distributed Processing*, vol. 1, chapter 8, Table 5 (8–3–8).

    A case is right when every output unit is within 0.2 of its target. The codes of Table 5 are published, but not the parameters
    that gave them; the preset "published" has 8 units and a rate and order of changes with which replications find such codes.

    Parameters
    ----------
    size : int
        N, the number of input units, of output units and of patterns: a power of two, at least 2. Up to 16 are learned with these
        parameters; 32 were not, nor with smaller rates or less momentum in 10,000 epochs.
    rate : float
        ε, above 0.
    momentum : float
        α, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ± this; above 0.
    off : float
        Target of an output unit that should be off, from 0 to below 0.5; that of the one that should be on is 1 − off.
    update_after : "epoch" or int
        When weights are changed; 1 is after each pattern. After each epoch the rate must fall as the size grows.
    epochs : int
        How many at most, at least 0; training stops when every case is right.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> Encoder(size=4).network(seed=1)
    <Network encoder: input 4, hidden 2, output 4; 22 connections>
    """

    size: int = 8
    rate: float = 0.25
    momentum: float = 0.9
    half_range: float = 0.5
    off: float = 0.1
    update_after: str | int = 1
    epochs: int = 5000

    name = "encoder"
    source = "Rumelhart, Hinton & Williams (1986), Parallel Distributed Processing, vol. 1, chapter 8, Table 5"
    tolerance = 0.2
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {"rate": 0.5, "update_after": "epoch"},
    }

    def __post_init__(self) -> None:
        check_number(self.name, "size", self.size, at_least=2, whole=True)
        if self.size & (self.size - 1):
            raise ParameterError(f"{self.name}.size: must be a power of two, as 2, 4, 8, 16 (got {self.size})")
        check_number(self.name, "rate", self.rate, above=0)
        check_number(self.name, "momentum", self.momentum, at_least=0, below=1)
        check_number(self.name, "half_range", self.half_range, above=0)
        check_number(self.name, "off", self.off, at_least=0, below=0.5)
        check_number(self.name, "epochs", self.epochs, at_least=0, whole=True)

    def network(self, seed: int) -> cn.Network:
        """Return an N–log₂ N–N network with its initial weights."""
        net = cn.Network(self.name)
        net.add_group("input", self.size, role="input")
        net.add_group("hidden", self.size.bit_length() - 1)
        net.add_group("output", self.size, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        net.randomize(self.half_range, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        """One pattern per unit, named by the unit's number."""
        import numpy as np

        one_on = np.eye(self.size)
        return cn.ExampleSet.from_arrays(one_on, np.where(one_on == 1, 1 - self.off, self.off))

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase."""
        return [cn.Phase(cn.rule("momentum", rate=self.rate, momentum=self.momentum), self.epochs, self.update_after)]

    @property
    def criterion(self) -> cn.Criterion:
        """Every case right."""
        return cn.Criterion(correct=1.0)

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure how long it took, and the codes."""
        examples = self.training_examples
        learned = bool(correct_cases(network.outputs(examples, run.engine), examples.targets, self.tolerance).all())
        first = run.first_right
        codes = [_code(network, inputs) for inputs in examples.inputs]
        published = self.size == 8
        return [
            cn.Finding("epochs until every case is right", first, note="" if first else NEVER),
            cn.Finding("every case right at the end", learned, True if published else None, TABLE_5),
            cn.Finding("different codes", len(set(codes)), 8 if published else None, TABLE_5, "0 below ¼, 1 above ¾, ½ between"),
            cn.Finding("some code has a ½", "½" in "".join(codes), True if published else None, TABLE_5, "published: in 4 of 8 codes"),
            cn.Finding("codes, pattern by pattern", " ".join(codes), PUBLISHED_CODES if published else None, TABLE_5, ANY_ORDER),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the code that each pattern got."""
        import xarray as xr

        from connectionist.plots import activations

        examples = self.training_examples
        values = network.activations(examples, "hidden", run.engine)
        units = [unit.name for unit in network["hidden"]]
        return {FIGURE: activations(xr.DataArray(values, dims=("case", "unit"), coords={"case": list(examples.names), "unit": units}))}


FIGURE = "Activations of the hidden units for each pattern: the code that the network invented, as in PDP vol. 1, chapter 8, Table 5."
PUBLISHED_CODES = "½00 010 110 111 011 ½01 10½ 00½"
ANY_ORDER = "which pattern has which code, and which hidden unit is which, is chance"


def _code(network: cn.Network, inputs: Array) -> str:
    network.forward(inputs)
    return "".join("0" if unit.activation < 0.25 else "1" if unit.activation > 0.75 else "½" for unit in network["hidden"])


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the encoder."""
    return [Encoder]
