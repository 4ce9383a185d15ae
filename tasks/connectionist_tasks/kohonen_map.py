"""Kohonen's map of a square: a sheet of units that unfolds over random points.

Kohonen (1982), Self-organized formation of topologically correct feature maps, *Biological Cybernetics* 43, 59–69. The units of a square
grid receive the two coordinates of random points in the unit square. The unit whose weights are nearest to a point, and its neighbours on
the grid, move their weights toward the point. The neighbourhood and the rate shrink from epoch to epoch. The weights begin near the middle
of the square in no order, and end as a net over the square in which neighbours on the grid are neighbours in the square.

The quantization error is the mean distance of a point from the nearest weights. The topographic error is the fraction of the points whose
two nearest units are not neighbours on the grid, also not diagonally. The paper shows such maps, and gives neither number.
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

UNFOLDED = 0.1  # topographic error below which a map counts as unfolded


@dataclass(frozen=True)
class KohonenMap(cn.OnePhaseTask):
    """The network must map a square onto a grid of units, so that near points have near units.

    Published in Kohonen (1982), *Biological Cybernetics* 43, 59–69.

    There are no targets. Rate and width of the neighbourhood fall by the same factor in each epoch, to the values of the last epoch. The
    engine "local" does the training. The paper prints neither the rates nor the two errors.

    Parameters
    ----------
    side : int
        Number of units along a side of the grid, at least 2.
    points : int
        Number of points that are drawn, at least 2.
    rate, last_rate : float
        Learning rate of the first and of the last epoch, above 0 and at most 1.
    width, last_width : float
        Width σ of the neighbourhood in the first and in the last epoch, in distances between neighbours on the grid, .01 to 1000.
    half_range : float
        Initial weights are uniform on ½ ± `half_range`, from 0 to 1000.
    order : {"fixed", "permuted", "sampled"}
        Order of the points in an epoch.
    epochs : int
        Number of epochs, at least 0.
    data_seed : int, optional
        Seed of the draw of points, at least 0. By default the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> KohonenMap().network(seed=1)["map"].columns, len(KohonenMap().training_examples)
    (6, 100)
    """

    side: int = cn.parameter(6, at_least=2, at_most=50)
    points: int = cn.parameter(100, at_least=2, at_most=100_000)
    rate: float = cn.parameter(0.5, above=0, at_most=1)
    last_rate: float = cn.parameter(0.05, above=0, at_most=1)
    width: float = cn.parameter(3.0, at_least=0.01, at_most=1000)
    last_width: float = cn.parameter(0.4, at_least=0.01, at_most=1000)
    half_range: float = cn.parameter(0.05, at_least=0, at_most=1000)
    order: Literal["fixed", "permuted", "sampled"] = cn.parameter("permuted")
    epochs: int = cn.parameter(20, at_least=0)
    data_seed: int | None = cn.parameter(None, at_least=0)

    name = "map"
    source = "Kohonen (1982), Self-organized formation of topologically correct feature maps, Biological Cybernetics 43, 59–69"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {}, "narrow": {"width": 0.4}}

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase, in which rate and width fall."""
        last = max(1, self.epochs - 1)
        schedule = {
            name: {epoch: float(f"{first * (end / first) ** (epoch / last):.3g}") for epoch in range(1, self.epochs)}
            for name, first, end in (("rate", self.rate, self.last_rate), ("width", self.width, self.last_width))
        }
        rule = cn.rule("kohonen", rate=self.rate, width=self.width)
        return [cn.Phase(rule, self.epochs, update_after=1, order=self.order, schedule=schedule if self.epochs > 1 else None)]

    def network(self, seed: int) -> cn.Network:
        """Return the network with its initial weights."""
        net = cn.Network(self.name)
        net.add_group("point", ["x", "y"], role="input")
        net.add_group("map", self.side**2, activation="linear", biased=False).columns = self.side
        net.connect("point", "map")
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        draw = cn.random_stream(seed, "initial weights").uniform(-1.0, 1.0, (2, self.side**2))
        network.projection("point", "map").weights = 0.5 + self.half_range * draw

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """Points drawn from the unit square; there are no targets."""
        points = cn.random_stream(self.data_seed or 0, "points").random((self.points, 2))
        return cn.ExampleSet.from_arrays(points, [[]] * self.points)

    def errors(self, network: cn.Network) -> tuple[float, float]:
        """Return the quantization error and the topographic error of a network."""
        import numpy as np

        weights = network.projection("point", "map").weights.T
        distances = np.linalg.norm(self.training_examples.inputs[:, np.newaxis] - weights, axis=2)
        nearest = np.argsort(distances, axis=1, kind="stable")[:, :2]
        rows, columns = np.divmod(nearest, self.side)
        apart = np.maximum(abs(rows[:, 0] - rows[:, 1]), abs(columns[:, 0] - columns[:, 1])) > 1
        return float(distances.min(axis=1).mean()), float(apart.mean())

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure both errors before and after training."""
        before, after = self.errors(self.network(run.seed)), self.errors(network)
        return [
            cn.Finding("quantization error before training", before[0]),
            cn.Finding("quantization error after training", after[0]),
            cn.Finding("topographic error before training", before[1]),
            cn.Finding("topographic error after training", after[1]),
            cn.Finding(
                f"the map has unfolded: topographic error below {UNFOLDED}, quantization error less than half of the first",
                after[1] < UNFOLDED and after[0] < before[0] / 2,
                True if self.width > 1 else None,
                PAPER,
                OURS,
            ),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights are enough)
        """Draw the grid in the square, with the points."""
        weights = network.projection("point", "map").weights.reshape(2, self.side, self.side)
        axes = cn.plots.new_axes()
        axes.plot(*self.training_examples.inputs.T, ".", color="0.7")
        axes.plot(weights[0], weights[1], color="black")
        axes.plot(weights[0].T, weights[1].T, color="black")
        axes.set_aspect("equal")
        axes.set_xlabel("x")
        axes.set_ylabel("y")
        return {CAPTION: axes}


PAPER = "Kohonen (1982), in figures"
OURS = "the limit is ours"
CAPTION = "The weights of the units in the square, with lines between neighbours on the grid. Grey dots are the points."


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the map."""
    return [KohonenMap]
