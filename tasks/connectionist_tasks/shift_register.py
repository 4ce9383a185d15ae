"""The shift register: a ring of units that passes its pattern on, the simplest recurrent network of the chapter.

Rumelhart, Hinton & Williams (1986), chapter 8 of *Parallel Distributed Processing*, vol. 1, on recurrent nets. Every unit is both an
input and an output unit. There are no hidden units, and every unit is connected to every unit, itself included. The units start with a
binary pattern. Some ticks later the pattern must have moved on by as many places around the ring. If there is a target at the last tick
only, nothing determines the activations in between.

**What is uncertain.** A later summary says that the chapter has shift registers of three and of five units, learned in fewer than 200
sweeps. We have no other source. Neither the number of ticks, nor the ticks with targets, nor any parameter was checked in print. All of
these are choices made here.

**What is found.** With two ticks and a target at the last there is more than one solution. In some networks each unit is driven by its
neighbour; these are shift registers. Some networks invert every bit at each tick, which gives the same pattern after two ticks. Others use
all connections, with a separate code at the first tick. With targets at every tick (preset "every-tick") all networks become plain
shift registers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import connectionist as cn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CHAPTER = "PDP vol. 1, chapter 8, recurrent nets"
SUMMARY = "published: by a later summary of the chapter, without ticks, targets and parameters; not checked in print"
NEVER = "not measured: in no epoch was every case correct"


@dataclass(frozen=True)
class ShiftRegister(cn.OnePhaseTask):
    """The network must learn to move a binary pattern one place around a ring of units in each tick.

    Published in Rumelhart, Hinton & Williams (1986), *Parallel Distributed Processing*, vol. 1, chapter 8, on recurrent nets.

    A case is correct if every unit with a target is within 0.2 of it. All patterns of the ring are trained; none is held out. The
    pattern comes in through connections that are tied to those of the ring. At tick 1 it therefore acts as the ring's own activations
    at tick 0 would. The derivatives of tied connections are summed, not averaged, because every second copy carries nothing. The presets
    "published" and "published-5" have the sizes of the chapter. Its other parameters are not known to us; the values are choices made here.

    Parameters
    ----------
    units : int
        Number of units in the ring, from 2 to 10.
    ticks : int
        Number of ticks for which a pattern travels, at least 1.
    every_tick : bool
        Whether there are targets at every tick, or at the last one only.
    rate : float
        Learning rate ε, above 0.
    momentum : float
        Momentum α, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0.
    off : float
        Target of a unit that should be off, from 0 to below 0.5; the other target is 1 − off.
    update_after : "epoch" or int
        Number of patterns after which the weights change, at least 1.
    order : {"fixed", "permuted", "sampled"}
        Order of the patterns in an epoch.
    epochs : int
        Number of epochs, at least 0. Training continues when every case is correct, because the weights take their shape later.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> ShiftRegister().training_examples["100"].targets
    array([[nan, nan, nan],
           [0.1, 0.1, 0.9]])
    """

    units: int = cn.parameter(3, at_least=2, at_most=10)
    ticks: int = cn.parameter(2, at_least=1, at_most=1_000_000)
    every_tick: bool = cn.parameter(False)
    rate: float = cn.parameter(0.25, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    half_range: float = cn.parameter(0.5, above=0)
    off: float = cn.parameter(0.1, at_least=0, below=0.5)
    update_after: Literal["epoch"] | int = cn.parameter(1, at_least=1)
    order: Literal["fixed", "permuted", "sampled"] = cn.parameter("permuted")
    epochs: int = cn.parameter(1000, at_least=0)

    name = "shift-register"
    source = "Rumelhart, Hinton & Williams (1986), Parallel Distributed Processing, vol. 1, chapter 8, recurrent nets"
    tolerance = 0.2
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {},
        "published-5": {"units": 5},
        "every-tick": {"every_tick": True},
    }

    def network(self, seed: int) -> cn.Network:
        """Return a ring in which every unit is connected to every unit, with its initial weights."""
        net = cn.Network(self.name, tie_derivative="sum")
        net.add_group("pattern", self.units, role="input")
        net.add_group("ring", self.units, role="output")
        entrance = net.connect("pattern", "ring")
        for connection, input_connection in zip(net.connect("ring", "ring", delay=1), entrance, strict=True):
            net.tie([connection, input_connection])
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """All patterns, named by their bits; the input is at tick 1 only."""
        return cn.ExampleSet([self._example(bits) for bits in product((0, 1), repeat=self.units)])

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure the number of epochs, and whether the solution is a shift register."""
        learned = bool(self.correct_cases(network, self.training_examples, run.engine).all())
        first = run.first_correct
        chapter = self.units in (3, 5)
        return [
            cn.Finding("epochs until every case is correct", first, "<200" if chapter else None, CHAPTER, SUMMARY if first else NEVER),
            cn.Finding("every case correct at the end", learned, True if chapter else None, CHAPTER),
            cn.Finding(
                "what a unit does with its neighbour's bit",
                solution(network.projection("ring", "ring", delay=1).weights) if learned else None,
                "passes it on" if chapter else None,
                CHAPTER,
                OTHERS if learned else UNLEARNED,
            ),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the activations of the ring, tick by tick."""
        examples = cn.ExampleSet(list(self.training_examples)[:MOST_DRAWN])
        recording = cn.record(network, examples, ["activation", "target"], of="ring", engine=run.engine)
        return {FIGURE: cn.plots.activations(recording["activation"], (recording["target"] > 0.5).astype(float))}

    def _example(self, bits: Sequence[int]) -> cn.Example:
        import numpy as np

        inputs = np.zeros((self.ticks, self.units))
        inputs[0] = bits
        taught = range(1, self.ticks + 1) if self.every_tick else [self.ticks]
        return cn.Example.sequence(inputs, {tick: self._moved_on(bits, tick) for tick in taught}, name="".join(map(str, bits)))

    def _moved_on(self, bits: Sequence[int], places: int) -> list[float]:
        return [1 - self.off if bits[(unit - places) % self.units] else self.off for unit in range(self.units)]


MOST_DRAWN = 8
FIGURE = """Activations of the ring for a few patterns, tick by tick. A shift register passes every bit on to the next unit at each tick;
    an inverting one passes on its opposite. At the last tick a ring marks a unit that should be on."""
OTHERS = "inverts it: also correct after two ticks; something else: a separate code between the first tick and the last"
UNLEARNED = "not measured: the network has not learned the task"


def solution(weights: cn.Array) -> str:
    """Return what the weights of a ring do: "passes it on", "inverts it" or "something else".

    In the first two cases every unit's weight from its neighbour has at least twice the magnitude of any other weight, and all these
    weights have the same sign.

    Parameters
    ----------
    weights : array [sender, receiver]

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
