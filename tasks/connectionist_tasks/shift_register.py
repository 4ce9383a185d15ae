"""A ring of units that must learn to pass their pattern on: the simplest recurrent network of the chapter.

Rumelhart, Hinton & Williams (1986), chapter 8 of *Parallel Distributed Processing*, vol. 1, on recurrent nets. Every unit is both an
input and an output unit, there are no hidden units, and every unit is connected to every unit, itself included. The units start with a
binary pattern; some ticks later it must have moved on by as many places around the ring. If the target is given at the last tick only,
nothing says what the units should do in between.

**What is uncertain.** That the chapter has shift registers of three and of five units, learned in fewer than 200 sweeps, is known
to us from a later summary and from nothing else: neither the number of ticks, nor when there were targets, nor any parameter was checked
against the print. All of these are choices made here.

**What comes out.** With two ticks and a target at the last there is more than one solution. Some networks become shift registers: each
unit is driven by its neighbour. Some turn every bit over at each tick, which comes to the same after two. Others use every connection,
for a code of their own at the tick between. With targets at every tick (preset "every-tick") only the plain shift register is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn
from connectionist.data.accuracy import correct_cases
from connectionist.errors import check_flag, check_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from connectionist.utils.arrays import Array

CHAPTER = "PDP vol. 1, chapter 8, recurrent nets"
SUMMARY = "published: by a later summary of the chapter, not checked in print; of ticks, targets and parameters it says nothing"
NEVER = "not measured: it never came to that"


@dataclass(frozen=True)
class ShiftRegister(cn.Task):
    """The network must learn to move a binary pattern one place around a ring of units in each tick.

    Published in Rumelhart, Hinton & Williams (1986), *Parallel Distributed Processing*, vol. 1, chapter 8, on recurrent nets.

    A case is right when every unit that has a target is within 0.2 of it. All patterns of the ring are trained, none is held out. The
    pattern comes in through connections that are tied to those of the ring, so that at tick 1 it acts as the ring's own activations
    at tick 0 would. The derivatives of tied connections are summed, not averaged: every second copy carries nothing. The presets
    "published" and "published-5" have the sizes of the chapter; every other parameter is ours, because those of the chapter are not known
    to us.

    Parameters
    ----------
    units : int
        In the ring, from 2 to 10.
    ticks : int
        How many ticks a pattern travels, at least 1.
    every_tick : bool
        Whether there are targets at every tick, or at the last one only.
    rate : float
        ε, above 0.
    momentum : float
        α, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ± this; above 0.
    off : float
        Target of a unit that should be off, from 0 to below 0.5; that of one that should be on is 1 − off.
    update_after : "epoch" or int
        When weights are changed; 1 is after each pattern.
    order : {"fixed", "permuted", "sampled"}
        Of the patterns within an epoch.
    epochs : int
        At least 0. Training goes on when every case is right, because the weights take their shape later.

    Raises
    ------
    ParameterError
        When one is out of range.

    Examples
    --------
    >>> ShiftRegister().training_examples["100"].targets
    array([[nan, nan, nan],
           [0.1, 0.1, 0.9]])
    """

    units: int = 3
    ticks: int = 2
    every_tick: bool = False
    rate: float = 0.25
    momentum: float = 0.9
    half_range: float = 0.5
    off: float = 0.1
    update_after: str | int = 1
    order: str = "permuted"
    epochs: int = 1000

    name = "shift-register"
    source = "Rumelhart, Hinton & Williams (1986), Parallel Distributed Processing, vol. 1, chapter 8, recurrent nets"
    tolerance = 0.2
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {},
        "published-5": {"units": 5},
        "every-tick": {"every_tick": True},
    }

    def __post_init__(self) -> None:
        check_number(self.name, "units", self.units, at_least=2, at_most=10, whole=True)
        check_number(self.name, "ticks", self.ticks, at_least=1, whole=True)
        check_flag(self.name, "every_tick", self.every_tick)
        check_number(self.name, "rate", self.rate, above=0)
        check_number(self.name, "momentum", self.momentum, at_least=0, below=1)
        check_number(self.name, "half_range", self.half_range, above=0)
        check_number(self.name, "off", self.off, at_least=0, below=0.5)
        check_number(self.name, "epochs", self.epochs, at_least=0, whole=True)

    def network(self, seed: int) -> cn.Network:
        """Return a ring in which every unit is connected to every unit, with its initial weights."""
        net = cn.Network(self.name, tie_derivative="sum")
        net.add_group("pattern", self.units, role="input")
        net.add_group("ring", self.units, role="output")
        entrance = net.connect("pattern", "ring")
        for connection, twin in zip(net.connect("ring", "ring", delay=1), entrance, strict=True):
            net.tie([connection, twin])
        net.randomize(self.half_range, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        """All patterns, named by their bits; input at tick 1 only."""
        return cn.ExampleSet([self._example(bits) for bits in product((0, 1), repeat=self.units)])

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase."""
        return [cn.Phase(cn.rule("momentum", rate=self.rate, momentum=self.momentum), self.epochs, self.update_after, self.order)]

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure how long it took, and whether the solution is a shift register."""
        examples = self.training_examples
        learned = bool(correct_cases(network.outputs(examples, run.engine), examples.targets, self.tolerance).all())
        first = run.first_right
        chapter = self.units in (3, 5)
        return [
            cn.Finding("epochs until every case is right", first, "<200" if chapter else None, CHAPTER, SUMMARY if first else NEVER),
            cn.Finding("every case right at the end", learned, True if chapter else None, CHAPTER),
            cn.Finding(
                "what a unit does with its neighbour's bit",
                solution(network.projection("ring", "ring", delay=1).weights) if learned else None,
                "passes it on" if chapter else None,
                CHAPTER,
                OTHERS if learned else UNLEARNED,
            ),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw what becomes of patterns, tick by tick."""
        import xarray as xr

        from connectionist.plots import activations

        examples = cn.ExampleSet(list(self.training_examples)[:MOST_DRAWN])
        names = {"case": list(examples.names), "tick": range(1, self.ticks + 1), "unit": [unit.name for unit in network["ring"]]}
        values, targets = (
            xr.DataArray(table, dims=("case", "tick", "unit"), coords=names)
            for table in (network.outputs(examples, run.engine), examples.targets > 0.5)
        )
        return {FIGURE: activations(values, targets.astype(float))}

    def _example(self, bits: Sequence[int]) -> cn.Example:
        import numpy as np

        inputs = np.zeros((self.ticks, self.units))
        inputs[0] = bits
        taught = range(1, self.ticks + 1) if self.every_tick else [self.ticks]
        return cn.Example.sequence(inputs, {tick: self._moved_on(bits, tick) for tick in taught}, name="".join(map(str, bits)))

    def _moved_on(self, bits: Sequence[int], places: int) -> list[float]:
        return [1 - self.off if bits[(unit - places) % self.units] else self.off for unit in range(self.units)]


MOST_DRAWN = 8
FIGURE = """What becomes of a pattern, tick by tick: a shift register hands every bit on to the next unit at each tick, and an inverting one
    its opposite. At the last tick a ring is a unit that should be on."""
OTHERS = "inverts it: right after two ticks as well; something else: a code of its own between the first tick and the last"
UNLEARNED = "not measured: the network has not learned the task"


def solution(weights: Array) -> str:
    """Say what a ring's weights [sender, receiver] do: "passes it on", "inverts it" or "something else".

    Each of the first two asks that a unit's weight from its neighbour has twice the magnitude of any other, with the same sign for all.

    Examples
    --------
    >>> import numpy as np
    >>> ring = np.roll(np.eye(3), 1, axis=1)
    >>> solution(5 * ring), solution(-5 * ring), solution(np.ones((3, 3)))
    ('passes it on', 'inverts it', 'something else')
    """
    import numpy as np

    neighbours = np.roll(np.eye(len(weights)), 1, axis=1) == 1
    carrying, others = weights[neighbours], np.abs(weights[~neighbours])
    if np.abs(carrying).min() < 2 * others.max():
        return "something else"
    return "passes it on" if (carrying > 0).all() else "inverts it" if (carrying < 0).all() else "something else"


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the shift register."""
    return [ShiftRegister]
