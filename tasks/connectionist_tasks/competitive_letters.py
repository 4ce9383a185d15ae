"""Competitive learning of letter pairs: two units that compete come to detect a letter in a position.

Rumelhart & Zipser (1985), Feature discovery by competitive learning, *Cognitive Science* 9, 75–112; *Parallel Distributed Processing*,
vol. 1, chapter 5. The pairs AA, AB, BA and BB are shown as points on a grid. Nobody says what to detect. The unit with the greatest net
input moves its weights toward the points that are on. Two units that learn the four pairs divide them by the first letter or by the second,
since pairs that share a letter in its position share most points.

The rate and the letters of the paper are not known to us; these letters have 5 by 7 points. The other unit also learns, with a tenth of the
rate (leaky learning). Without that, one of two units wins all four pairs for ever in three quarters of the runs. Four units do not find
four pairs: the other two remain between the pairs, where they never win.
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

LETTERS: Mapping[str, tuple[str, ...]] = {
    "A": ("..#..", ".#.#.", "#...#", "#...#", "#####", "#...#", "#...#"),
    "B": ("####.", "#...#", "#...#", "####.", "#...#", "#...#", "####."),
}
PAIRS = ("AA", "AB", "BA", "BB")
HEIGHT, WIDTH = 7, 5
POINTS = 2 * HEIGHT * WIDTH


@dataclass(frozen=True)
class CompetitiveLetters(cn.OnePhaseTask):
    """The network must divide four pairs of letters into groups, without being told which.

    Published in Rumelhart & Zipser (1985), *Cognitive Science* 9, 75–112.

    There are no targets. Initial weights are random, with the sum 1 for each unit. The engine "local" does the training.

    The rate and the letters of the paper are not known to us, so no preset is the recipe as printed. With `leak`, the unit that does not
    win also learns.

    Parameters
    ----------
    hidden : int
        Number of units that compete, at least 1.
    rate : float
        Fraction of its weights that the winner moves in one step, from above 0 to 1.
    leak : float
        Learning of units that do not win, as a fraction of the rate, from 0 to 1. Without it, one unit may win all pairs for ever.
    order : {"fixed", "permuted", "sampled"}
        Order of the pairs in an epoch.
    epochs : int
        Number of epochs, at least 0.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> len(CompetitiveLetters().training_examples), CompetitiveLetters().network(seed=1)
    (4, <Network competitive-letters: input 70, cluster 2; 140 connections>)
    """

    hidden: int = cn.parameter(2, at_least=1, at_most=1000)
    rate: float = cn.parameter(0.3, above=0, at_most=1)
    leak: float = cn.parameter(0.1, at_least=0, at_most=1)
    order: Literal["fixed", "permuted", "sampled"] = cn.parameter("permuted")
    epochs: int = cn.parameter(100, at_least=0)

    name = "competitive-letters"
    source = "Rumelhart & Zipser (1985), Feature discovery by competitive learning, Cognitive Science 9, 75–112"
    rule = "competitive"
    update_after = 1
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {}, "without-leak": {"leak": 0.0}}

    def network(self, seed: int) -> cn.Network:
        """Return the network with its initial weights."""
        net = cn.Network(self.name)
        net.add_group("input", POINTS, role="input")
        net.add_group("cluster", self.hidden, activation="winner_take_all", biased=False)
        net.connect("input", "cluster")
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights: positive, with the sum 1 for each unit."""
        weights = cn.random_stream(seed, "initial weights").random((POINTS, self.hidden))
        network.projection("input", "cluster").weights = weights / weights.sum(axis=0)

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """The four pairs, row by row of the grid; there are no targets."""
        inputs = []
        for pair in PAIRS:
            rows = ["".join(both) for both in zip(*(LETTERS[letter] for letter in pair), strict=True)]
            inputs.append([float(point == "#") for point in "".join(rows)])
        return cn.ExampleSet.from_arrays(inputs, [[]] * len(PAIRS), PAIRS)

    def winners(self, network: cn.Network) -> dict[str, int]:
        """Return for each pair the number of the unit that wins."""
        weights = network.projection("input", "cluster").weights
        net_inputs = self.training_examples.inputs @ weights
        return dict(zip(PAIRS, net_inputs.argmax(axis=1).tolist(), strict=True))

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:  # noqa: ARG002  (the weights are enough)
        """Measure how the units divide the pairs."""
        winners = self.winners(network)
        count = len(set(winners.values()))
        divides = [_divides(winners, position) for position in (0, 1)]
        by = "first letter" if divides[0] else "second letter" if divides[1] else "each pair its own" if count == len(PAIRS) else "other"
        two = self.hidden == 2
        return [
            cn.Finding("units that win a pair", count, 2 if two else None, PAPER if two else ""),
            cn.Finding("the pairs are divided by", by),
            cn.Finding("two units detect a letter in a position", any(divides), True if two else None, PAPER if two else ""),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights are enough)
        """Draw the weights of each unit as a grid of points."""
        import xarray as xr

        weights = network.projection("input", "cluster").weights.T.reshape(self.hidden * HEIGHT, 2 * WIDTH)
        rows = [f"unit {unit}, row {row}" for unit in range(self.hidden) for row in range(1, HEIGHT + 1)]
        columns = [f"{position}:{column}" for position in ("first", "second") for column in range(1, WIDTH + 1)]
        table = xr.DataArray(weights, dims=("row", "column"), coords={"row": rows, "column": columns})
        return {CAPTION: cn.plots.matrix(table, label="weight")}


PAPER = "PDP vol. 1, chapter 5, from memory"
CAPTION = "Weights of each unit from the points of the grid, the first letter to the left."


def _divides(winners: Mapping[str, int], position: int) -> bool:
    """Return whether pairs have the same winner exactly if they have the same letter in a position."""
    return all((winners[one] == winners[other]) == (one[position] == other[position]) for one in PAIRS for other in PAIRS)


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the letter pairs."""
    return [CompetitiveLetters]
