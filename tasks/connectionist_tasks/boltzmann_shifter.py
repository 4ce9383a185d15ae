"""The shifter of the Boltzmann machine: which way the second of two rows of units is shifted against the first.

Hinton & Sejnowski (1986), Learning and relearning in Boltzmann machines, in *Parallel Distributed Processing*, vol. 1, chapter 7. The
second row has the pattern of the first, shifted by one place to the left, not shifted, or shifted by one place to the right. What leaves
one end enters at the other. No unit of a row alone says anything about the shift. Hidden units must detect units of both rows that are on
together.

The machine of 1986 has random units. It learns how often each state of all visible units occurs. Here the rows are inputs in both phases,
so the machine learns which shift goes with them. Each unit has its probability as activation. This deterministic form of the machine is
contrastive Hebbian learning (Peterson & Anderson 1987, *Complex Systems* 1, 995–1019; Hinton 1989, *Neural Computation* 1, 143–150). In
the preset "stochastic", units are on at random. Each of the two takes about a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHIFTS = {"left": -1, "none": 0, "right": 1}
ENOUGH, TOLD = 0.97, "97 % correct"
PART_ON = 0.3  # of the units of the first row


@dataclass(frozen=True)
class BoltzmannShifter(cn.Task):
    """The network must tell whether a row of units is shifted to the left, not at all, or to the right against another row.

    Published in Hinton & Sejnowski (1986), *Parallel Distributed Processing*, vol. 1, chapter 7.

    There is an example for each pattern of the first row and each shift. An epoch draws as many examples as there are; a unit of the first
    row is on with a probability of 0.3. An example is correct if the unit of its shift is the most active one. Training stops when 97 % of
    the examples are correct, which is tested after every fifth epoch. A pattern without a unit that is on, one with all units on, and one
    that alternates are the same after several shifts, so not all examples can be correct.

    Parameters
    ----------
    size : int
        Units of a row, from 3 to 10.
    hidden : int
        Hidden units, from 1 to 1000.
    ticks : int
        Number of ticks in which the units settle in each phase, from 2 to 1000; random units settle by sweeps instead.
    rate : float
        Learning rate, above 0 and at most 1000.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0 and at most 1000.
    update_after : int
        Examples between two changes of the weights, at least 1.
    epochs : int
        Number of epochs, at least 0.
    stochastic : bool
        Whether units are on at random, by the procedure "boltzmann".

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> task = BoltzmannShifter()
    >>> task.network(seed=1), len(task.training_examples)
    (<Network boltzmann-shifter: first 8, second 8, hidden 24, shift 3; 555 connections>, 768)
    """

    size: int = cn.parameter(8, at_least=3, at_most=10)
    hidden: int = cn.parameter(24, at_least=1, at_most=1000)
    ticks: int = cn.parameter(5, at_least=2, at_most=1000)
    rate: float = cn.parameter(0.05, above=0, at_most=1000)
    half_range: float = cn.parameter(0.3, above=0, at_most=1000)
    update_after: int = cn.parameter(20, at_least=1)
    epochs: int = cn.parameter(60, at_least=0)
    stochastic: bool = cn.parameter(False)

    name = "boltzmann-shifter"
    every: ClassVar[int] = 5
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {},
        "stochastic": {"stochastic": True, "rate": 0.1},
    }
    source = "Hinton & Sejnowski (1986), Learning and relearning in Boltzmann machines, Parallel Distributed Processing, vol. 1, chapter 7"

    def network(self, seed: int) -> cn.Network:
        """Return the network with its initial weights. Those between hidden units and the shifts are the same in both directions."""
        net = cn.Network(self.name)
        for name in ("first", "second"):
            net.add_group(name, self.size, role="input")
        net.add_group("hidden", self.hidden)
        net.add_group("shift", list(SHIFTS), role="output")
        for sender, receiver in (("first", "hidden"), ("second", "hidden"), ("hidden", "shift")):
            net.connect(sender, receiver)
        net.make_symmetric("hidden", "shift")
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @property
    def training_examples(self) -> cn.ExampleSet:
        """Each pattern with each shift. Their frequencies follow from the units of the first row that are on."""
        return self._examples(1) if self.stochastic else self._settled

    @cached_property
    def _settled(self) -> cn.ExampleSet:
        return self._examples(self.ticks)

    def _examples(self, ticks: int) -> cn.ExampleSet:
        import numpy as np

        examples = []
        for first in product([0.0, 1.0], repeat=self.size):
            frequency = PART_ON ** sum(first) * (1 - PART_ON) ** (self.size - sum(first))
            for number, (word, shift) in enumerate(SHIFTS.items()):
                row = np.hstack([first, np.roll(first, shift)])
                name = f"{''.join(f'{on:.0f}' for on in first)} {word}"
                shown = np.tile(row, (ticks, 1)), np.tile(np.eye(len(SHIFTS))[number], (ticks, 1))
                examples.append(cn.Example(*shown, name, frequency=frequency))
        return cn.ExampleSet(examples)

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase of contrastive Hebbian learning, or of the procedure "boltzmann"."""
        procedure = cn.procedure("boltzmann" if self.stochastic else "contrastive_hebbian")
        rule = cn.rule("steepest", rate=self.rate)
        return [cn.Phase(rule, self.epochs, update_after=self.update_after, order="sampled", procedure=procedure)]

    @property
    def criterion(self) -> Callable[[cn.Run], bool | str]:
        """Whether 97 % of the examples are correct."""
        return lambda run: TOLD if self._correct(run.network).mean() >= ENOUGH else False

    def correct_cases(self, network: cn.Network, examples: cn.ExampleSet, engine: str | cn.Engine) -> npt.NDArray[np.bool_]:
        """Return for each example whether the unit of its shift is the most active one, after settling without random numbers."""
        settled = self._settled if self.stochastic else examples
        return self._is_correct(settled, network.outputs(settled, engine=engine))

    def _is_correct(self, examples: cn.ExampleSet, outputs: cn.Array) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = outputs[:, -1].argmax(axis=1) == examples.targets[:, -1].argmax(axis=1)
        return found

    def _correct(self, network: cn.Network) -> npt.NDArray[np.bool_]:
        return self._is_correct(self._settled, network.outputs(self._settled))

    def recognized(self, network: cn.Network) -> dict[int, float]:
        """Return the percent of examples that are correct, by the number of units of a row that are on, from 1 to one less than all."""
        correct = self._correct(network)
        counts = self._settled.inputs[:, 0, : self.size].sum(axis=1)
        return {count: 100 * float(correct[counts == count].mean()) for count in range(1, self.size)}

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:  # noqa: ARG002  (the weights are enough)
        """Measure how many examples are correct, by the number of units that are on."""
        percents = self.recognized(network).values()
        return [
            cn.Finding("least percent correct, by the number of units on", min(percents), note=RANGE),
            cn.Finding("greatest percent correct, by the number of units on", max(percents), note=RANGE),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights are enough)
        """Draw the weights to the hidden units from both rows, and from the hidden units to the shifts."""
        return {
            f"Weights from {sender} to {receiver}.": cn.plots.hinton(network.projection(sender, receiver))
            for sender, receiver in (("first", "hidden"), ("second", "hidden"), ("hidden", "shift"))
        }


RANGE = "published: 50 to 89 %, of a machine that learned all visible units; this one learns the shift alone"


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the shifter."""
    return [BoltzmannShifter]
