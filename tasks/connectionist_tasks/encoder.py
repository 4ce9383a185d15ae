"""The encoder: N patterns through a bottleneck of log₂ N hidden units.

Rumelhart, Hinton & Williams (1986), *Parallel Distributed Processing*, vol. 1, chapter 8, "The encoding problem", Table 5. The problem is
from Ackley, Hinton & Sejnowski (1985). The hidden units have just enough room for a binary code, which the network must invent. The
published network also used activations between off and on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import connectionist as cn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TABLE_5 = "PDP vol. 1, chapter 8, Table 5"
NEVER = "not measured: in no epoch was every case correct"


@dataclass(frozen=True)
class Encoder(cn.OnePhaseTask):
    """The network must learn to turn on the output unit that corresponds to the active input unit, through a few hidden units.

    Published in Rumelhart, Hinton & Williams (1986), *Parallel Distributed Processing*, vol. 1, chapter 8, Table 5 (8–3–8).

    A case is correct if every output unit is within 0.2 of its target. Training stops when every case is correct. Table 5 gives the codes,
    but not the parameters that led to them. The preset "published" has 8 units, and a rate and `update_after` with which replications
    find such codes.

    Parameters
    ----------
    size : int
        N, the number of input units, of output units and of patterns: a power of two, at least 2. With these parameters the network
        learns up to 16 patterns. It did not learn 32, nor did it with smaller rates or less momentum in 10,000 epochs.
    rate : float
        Learning rate ε, above 0.
    momentum : float
        Momentum α, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0.
    off : float
        Target of an output unit that should be off, from 0 to below 0.5; the target of the one that should be on is 1 − off.
    update_after : "epoch" or int
        Number of patterns after which the weights change, at least 1. With "epoch" a larger size needs a smaller rate.
    epochs : int
        Maximum number of epochs, at least 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> Encoder(size=4).network(seed=1)
    <Network encoder: input 4, hidden 2, output 4; 22 connections>
    """

    size: int = cn.parameter(8, at_least=2)
    rate: float = cn.parameter(0.25, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    half_range: float = cn.parameter(0.5, above=0)
    off: float = cn.parameter(0.1, at_least=0, below=0.5)
    update_after: Literal["epoch"] | int = cn.parameter(1, at_least=1)
    epochs: int = cn.parameter(5000, at_least=0)

    name = "encoder"
    source = "Rumelhart, Hinton & Williams (1986), Parallel Distributed Processing, vol. 1, chapter 8, Table 5"
    tolerance = 0.2
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {"rate": 0.5, "update_after": "epoch"},
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.size & (self.size - 1):
            raise cn.errors.ParameterError(f"{self.name}.size: must be a power of two, as 2, 4, 8, 16 (got {self.size})")

    def network(self, seed: int) -> cn.Network:
        """Return an N–log₂ N–N network with its initial weights."""
        net = cn.Network(self.name)
        net.add_group("input", self.size, role="input")
        net.add_group("hidden", self.size.bit_length() - 1)
        net.add_group("output", self.size, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """One pattern per input unit, named by the unit's number."""
        import numpy as np

        one_on = np.eye(self.size)
        return cn.ExampleSet.from_arrays(one_on, np.where(one_on == 1, 1 - self.off, self.off))

    @property
    def criterion(self) -> cn.Criterion:
        """Every case correct."""
        return cn.Criterion(correct=1.0)

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure the number of epochs, and the codes."""
        examples = self.training_examples
        learned = bool(self.correct_cases(network, examples, run.engine).all())
        first = run.first_correct
        codes = [_code(network, inputs) for inputs in examples.inputs]
        published = self.size == 8
        return [
            cn.Finding("epochs until every case is correct", first, note="" if first else NEVER),
            cn.Finding("every case correct at the end", learned, True if published else None, TABLE_5),
            cn.Finding("different codes", len(set(codes)), 8 if published else None, TABLE_5, "0 below ¼, 1 above ¾, ½ between"),
            cn.Finding("some code has a ½", "½" in "".join(codes), True if published else None, TABLE_5, "published: in 4 of 8 codes"),
            cn.Finding("codes, pattern by pattern", " ".join(codes), PUBLISHED_CODES if published else None, TABLE_5, ANY_ORDER),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the code of each pattern."""
        recording = cn.record(network, self.training_examples, of="hidden", engine=run.engine)
        return {FIGURE: cn.plots.activations(recording["activation"])}


FIGURE = "Activations of the hidden units for each pattern: the code that the network invented, as in PDP vol. 1, chapter 8, Table 5."
PUBLISHED_CODES = "½00 010 110 111 011 ½01 10½ 00½"
ANY_ORDER = "the order of the codes and of the hidden units is arbitrary"


def _code(network: cn.Network, inputs: cn.Array) -> str:
    network.forward(inputs)
    return "".join("0" if unit.activation < 0.25 else "1" if unit.activation > 0.75 else "½" for unit in network["hidden"])


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the encoder."""
    return [Encoder]
