"""Mirror symmetry in a row of six binary inputs, with two hidden units.

Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Fig. 1. A network without hidden units cannot do this task, because no single
input gives evidence for the answer. In the published solution the weights of each hidden unit are equal in size and opposite in sign about
the middle, in the ratio 1 : 2 : 4. A symmetric row therefore leaves both hidden units with their (negative) biases as net inputs. For any
other row the net input of one of them is large enough to turn the output unit off. About a third of the networks that learn the task settle
on the ratio 2 : 3 : 4, whose sums and differences are never zero either. Two of these networks still had it after 200,000 epochs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIGURE_1 = "Nature 323, Fig. 1"
FIGURE_1_ERROR = 0.35
ONE_RUN = "published: of one run; the criterion is not given"
UNLEARNED = "not measured: the network has not learned the task"


@dataclass(frozen=True)
class Symmetry(cn.OnePhaseTask):
    """The network must learn to turn its output unit on if a row of six binary inputs is symmetric about its middle.

    Published in Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Fig. 1.

    A case is correct if the output is on its side of 0.5. Weights change after each epoch.

    Parameters
    ----------
    rate : float
        Learning rate ε, above 0.
    momentum : float
        Momentum α, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0, because equal hidden units would stay equal.
    epochs : int
        Maximum number of epochs, at least 0.
    stop_when_learned : bool
        Whether to stop after the first epoch in which every case is correct and E is at most 0.35. With the weights of Fig. 1, E is 0.3464.
        Correct cases alone are not enough: the next change can make a case wrong again, and the weights have not yet reached their
        published shape. The caption gives the number of epochs, but no criterion.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> task = Symmetry()
    >>> len(task.training_examples), task.training_examples["011110"].targets
    (64, array([1.]))
    """

    rate: float = cn.parameter(0.1, above=0)
    momentum: float = cn.parameter(0.9, at_least=0, below=1)
    half_range: float = cn.parameter(0.3, above=0)
    epochs: int = cn.parameter(20_000, at_least=0)
    stop_when_learned: bool = cn.parameter(True)

    name = "symmetry"
    source = "Rumelhart, Hinton & Williams (1986), Nature 323, 533–536, Fig. 1"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {"epochs": 1425, "stop_when_learned": False},
    }

    def network(self, seed: int) -> cn.Network:
        """Return a 6–2–1 network with its initial weights."""
        net = cn.Network(self.name)
        net.add_group("input", 6, role="input")
        net.add_group("hidden", 2)
        net.add_group("output", 1, role="output")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """All 64 rows, named by their bits; the target is 1 for the eight symmetric rows."""
        rows = [f"{number:06b}" for number in range(64)]
        inputs = [[float(bit) for bit in row] for row in rows]
        targets = [[float(row == row[::-1])] for row in rows]
        return cn.ExampleSet.from_arrays(inputs, targets, rows)

    @property
    def criterion(self) -> cn.Criterion | None:
        """Every case correct and an error as small as with the published weights; None for a fixed number of epochs."""
        return cn.Criterion(correct=1.0, error=FIGURE_1_ERROR) if self.stop_when_learned else None

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure the number of epochs, and whether the solution is that of Fig. 1."""
        learned = bool(self.correct_cases(network, self.training_examples, run.engine).all())
        first = run.first_correct
        return [
            cn.Finding("epochs until every case is correct", first, 1425, FIGURE_1, ONE_RUN if first else UNLEARNED),
            cn.Finding("every case correct at the end", learned, True, FIGURE_1, "" if learned else "some seeds do not learn it"),
            *(_shape(network) if learned else _no_shape()),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights are enough)
        """Draw the weights of the hidden units as in Fig. 1."""
        return {FIGURE: cn.plots.weight_blocks(network.projection("input", "hidden"))}


FIGURE = """Weights from the six inputs to each hidden unit, as in Nature 323, Fig. 1. In the published solution they are mirrored about the
    middle with opposite sign, in the ratio 1 : 2 : 4, and the two units are each other's negative."""
RATIO = "published: 1 : 2 : 4; the other solution, in about a third of the runs, is 2 : 3 : 4"
QUANTITIES: Mapping[str, tuple[float | bool, str]] = {
    "departure from antisymmetry, largest |w + mirrored w| / largest |w|": (0.0, "published: 0 to the printed digit"),
    "second magnitude / smallest": (2.0, RATIO),
    "largest magnitude / smallest": (4.0, RATIO),
    "correlation of the two hidden units' weights": (-1.0, "published: the same weights with opposite signs"),
    "both hidden biases negative": (True, "published: -1.1 and -1.1"),
    "output bias positive": (True, "published: 6.4"),
}


def _no_shape() -> list[cn.Finding]:
    return [cn.Finding(quantity, None, published, FIGURE_1, UNLEARNED) for quantity, (published, _) in QUANTITIES.items()]


def _shape(network: cn.Network) -> list[cn.Finding]:
    """Measure the weights of a network that has learned the task."""
    import numpy as np

    weights = network.projection("input", "hidden").weights
    second, largest = _magnitudes(weights)
    measured = (
        float(np.abs(weights + weights[::-1]).max() / np.abs(weights).max()),
        second,
        largest,
        float(np.asarray(np.corrcoef(weights.T))[0, 1]),
        bool((network.projection("bias", "hidden").weights < 0).all()),
        bool((network.projection("bias", "output").weights > 0).all()),
    )
    return [
        cn.Finding(quantity, value, published, FIGURE_1, note)
        for value, (quantity, (published, note)) in zip(measured, QUANTITIES.items(), strict=True)
    ]


def _magnitudes(weights: cn.Array) -> tuple[float, float]:
    """Return the second and the largest magnitude in units of the smallest, given weights [6 inputs, 2 hidden units]."""
    import numpy as np

    pairs = np.sort((np.abs(weights[:3]) + np.abs(weights[:2:-1])) / 2, axis=0)
    ratios = (pairs / pairs[0]).mean(axis=1)
    return float(ratios[1]), float(ratios[2])


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the symmetry task."""
    return [Symmetry]
