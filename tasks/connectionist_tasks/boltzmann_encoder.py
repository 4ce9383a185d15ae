"""The 4-2-4 encoder of the Boltzmann machine: two groups of visible units that can communicate only through two hidden units.

Ackley, Hinton & Sejnowski (1985), A learning algorithm for Boltzmann machines, *Cognitive Science* 9, 147–169, section 4.1. In each of four
patterns one unit of the first group is on, and the unit of the same number in the second. All visible units are clamped in one phase and
free in the other. The units of a group are connected with one another and with the hidden units; the two groups, and the two hidden units,
are not connected. The hidden units must invent a code of four different states.

The paper changes each weight by a fixed amount, at a fixed temperature of 10, and adds noise to the patterns. Here weights change in
proportion to the signal, at a temperature of 1, and decay instead. In this way weights also remain small enough for units to change state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, ClassVar

import connectionist as cn

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PATTERNS, HIDDEN = 4, 2
CODED = "four codes"


@dataclass(frozen=True)
class BoltzmannEncoder(cn.Task):
    """The network must find a different code of its hidden units for each of four patterns.

    Published in Ackley, Hinton & Sejnowski (1985), *Cognitive Science* 9, 147–169, section 4.1.

    A pattern is correct if no other has its code. Weights change after the four patterns, one learning cycle. Training stops when the four
    codes differ, which is tested after every fifth cycle. A code is the more probable state of each hidden unit if all visible units are
    clamped.

    No preset is the recipe as printed. There, each weight changes by a fixed amount at a temperature of 10, and the patterns have noise.
    Here weights change in proportion to the signal at a temperature of 1, and decay.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0 and at most 1000.
    decay : float
        Part by which every weight shrinks in each cycle, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0 and at most 1000.
    first_temperature : float
        Temperature at the start of each phase, from 1 to 1000. It falls to 1.
    annealing, samples : int
        Number of sweeps through the units before and while the means are taken, from 0 and from 1 to 10,000.
    epochs : int
        Largest number of learning cycles, at least 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> BoltzmannEncoder().network(seed=1)
    <Network boltzmann-encoder: hidden 2, first 4, second 4; 66 connections>
    """

    rate: float = cn.parameter(0.6, above=0, at_most=1000)
    decay: float = cn.parameter(0.05, at_least=0, below=1)
    half_range: float = cn.parameter(0.5, above=0, at_most=1000)
    first_temperature: float = cn.parameter(10.0, at_least=1, at_most=1000)
    annealing: int = cn.parameter(10, at_least=0, at_most=10_000)
    samples: int = cn.parameter(10, at_least=1, at_most=10_000)
    epochs: int = cn.parameter(500, at_least=0)

    name = "boltzmann-encoder"
    source = "Ackley, Hinton & Sejnowski (1985), A learning algorithm for Boltzmann machines, Cognitive Science 9, 147–169, section 4.1"
    every: ClassVar[int] = 5

    def network(self, seed: int) -> cn.Network:
        """Return the network with its initial weights, which are the same in both directions."""
        net = cn.Network(self.name)
        net.add_group("hidden", HIDDEN)
        others = [[one != other for other in range(PATTERNS)] for one in range(PATTERNS)]
        for name in ("first", "second"):
            net.add_group(name, PATTERNS, role="output")
            net.connect("hidden", name)
            net.make_symmetric("hidden", name)
            net.connect(name, name, others, delay=1)
            net.make_symmetric(name, name)
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """The four patterns, as targets of both groups. There are no inputs."""
        import numpy as np

        rows = np.eye(PATTERNS)
        return cn.ExampleSet(
            [cn.Example(np.zeros((1, 0)), np.hstack([row, row])[np.newaxis], f"pattern {n}") for n, row in enumerate(rows, 1)]
        )

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase of the procedure "boltzmann", with changes after the four patterns."""
        procedure = cn.procedure(
            "boltzmann", first_temperature=self.first_temperature, annealing=self.annealing, samples=self.samples, temperature=1.0
        )
        rule = cn.rule("steepest", rate=self.rate, decay=self.decay)
        return [cn.Phase(rule, self.epochs, procedure=procedure)]

    @property
    def criterion(self) -> Callable[[cn.Run], bool | str]:
        """Whether the four codes differ."""
        return lambda run: CODED if len(set(self.codes(run.network))) == PATTERNS else False

    def correct_cases(self, network: cn.Network, examples: cn.ExampleSet, engine: str | cn.Engine) -> npt.NDArray[np.bool_]:  # noqa: ARG002
        """Return for each pattern whether no other has its code."""
        import numpy as np

        codes = self.codes(network)
        return np.array([codes.count(code) == 1 for code in codes])

    def codes(self, network: cn.Network) -> list[tuple[bool, ...]]:
        """Return the code of each pattern: which hidden units are probably on if all visible units are clamped to it."""
        weights = sum(network.projection("hidden", name).weights for name in ("first", "second"))
        net_inputs = weights.T + network.projection("bias", "hidden").weights  # type: ignore[union-attr]
        return [tuple(bool(x > 0) for x in row) for row in net_inputs]

    def completion(self, network: cn.Network) -> float:
        """Return the mean probability, at a temperature of 1, that the second group shows the pattern to which the first is clamped."""
        import numpy as np

        hidden = np.array(list(product([0.0, 1.0], repeat=HIDDEN)))
        second = np.array(list(product([0.0, 1.0], repeat=PATTERNS)))
        to_first, to_second = (network.projection("hidden", name).weights for name in ("first", "second"))
        lateral = np.nan_to_num(network.projection("second", "second", delay=1).weights)
        of_hidden, of_second = (network.projection("bias", name).weights[0] for name in ("hidden", "second"))
        alone = ((second @ lateral) * second).sum(axis=1) / 2 + second @ of_second
        goodness = alone + hidden @ to_second @ second.T + (hidden @ of_hidden)[:, np.newaxis]
        found = []
        for number in range(PATTERNS):
            powers = np.exp(goodness + (hidden @ to_first[:, number])[:, np.newaxis])
            found.append(powers[:, (second == np.eye(PATTERNS)[number]).all(axis=1)].sum() / powers.sum())
        return float(np.mean(found))

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure how many codes differ, after how many cycles, and how well one group completes the other."""
        count = len(set(self.codes(network)))
        cycles = run.epochs if count == PATTERNS else None
        return [
            cn.Finding("learning cycles until four codes differ", cycles, "median 110", PAPER, MEDIAN if cycles is not None else NEVER),
            cn.Finding("different codes", count, PATTERNS, PAPER, "published: in all of 250 tests, after 1,810 cycles at most"),
            cn.Finding(
                "probability that the first group is completed by the second",
                self.completion(network),
                note="by enumeration; 1/16 by chance",
            ),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights are enough)
        """Draw the weights between hidden and visible units."""
        return {
            f"Weights between the hidden units and the {name} group.": cn.plots.hinton(network.projection("hidden", name))
            for name in ("first", "second")
        }


PAPER = "Ackley, Hinton & Sejnowski (1985), section 4.1"
MEDIAN = "published: of 250 tests; one run is not compared with it"
NEVER = "not measured: two patterns have the same code"


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the encoder."""
    return [BoltzmannEncoder]
