"""The Necker cube: two interpretations of a drawing are the two best states of a network that satisfies constraints.

Rumelhart, Smolensky, McClelland & Hinton (1986), Schemata and sequential thought processes in PDP models, *Parallel Distributed
Processing*, vol. 2, chapter 14; the parameters are those of the program ``cs`` of McClelland & Rumelhart (1988), *Explorations in Parallel
Distributed Processing*, chapter 3. Each of the 8 vertices of the drawing has a unit in either interpretation. Neighbours along an edge of
the same interpretation excite each other. A unit inhibits the two units of the other interpretation that say something else about its
vertex, or take another vertex for its corner. All weights are given, so nothing is trained. Units are computed one after another, each
drawn at random. A state at which the network settles is a maximum of the goodness, and not always the best one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import connectionist as cn

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INTERPRETATIONS = "AB"
CORNERS = [front + up + left for up, front, left in product("ul", "bf", "lr")]  # back or front, upper or lower, left or right
CYCLES = 20  # of the program
MOST_CYCLES = 500
HOT, COLD = 2.0, 0.05  # temperatures of the program's first and last cycle
CALM = 1e-4


@dataclass(frozen=True)
class NeckerCube(cn.OnePhaseTask):
    """The network settles in one of two interpretations of the drawing of a cube, or in a mixture of them.

    Published in Rumelhart, Smolensky, McClelland & Hinton (1986), *Parallel Distributed Processing*, vol. 2, chapter 14.

    Units have labels as ``fll`` for the front lower left corner; the two interpretations are the groups A and B. The
    examples are the drawing without further input, and with input for one corner of one interpretation.

    Parameters
    ----------
    updating : {"schema", "boltzmann"}
        "schema": an activation moves toward 1 by the fraction x of the rest, or toward 0 by the fraction −x, for the net input x.
        "boltzmann": units are on at random, while the temperature falls from 2 to 0.05 in 20 cycles.
    strength : float
        Factor of all weights and biases (istr of the program), above 0 and at most 1000.
    excitation : float
        Weight along an edge, above 0 and at most 1000.
    inhibition : float
        Size of the negative weight between interpretations, from 0 to 1000.
    bias : float
        Bias of each unit, from −1000 to 1000.
    input_strength : float
        Weight of the external inputs (estr), from 0 to 1000.
    starts : int
        Number of times that the network settles, at least 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> NeckerCube().maxima
    {6.4: 2, 4.8: 12, 3.2: 3}
    """

    updating: Literal["schema", "boltzmann"] = cn.parameter("schema")
    strength: float = cn.parameter(0.4, above=0, at_most=1000)
    excitation: float = cn.parameter(1.0, above=0, at_most=1000)
    inhibition: float = cn.parameter(1.5, at_least=0, at_most=1000)
    bias: float = cn.parameter(0.5, at_least=-1000, at_most=1000)
    input_strength: float = cn.parameter(0.4, at_least=0, at_most=1000)
    starts: int = cn.parameter(200, at_least=1, at_most=100_000)

    name = "necker-cube"
    source = "Rumelhart, Smolensky, McClelland & Hinton (1986), Parallel Distributed Processing, vol. 2, chapter 14"
    rule = "steepest"  # of the one phase, which has no epochs
    epochs = 0
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {},
        "boltzmann": {"updating": "boltzmann", "starts": 50},
    }

    def network(self, seed: int) -> cn.Network:  # noqa: ARG002  (nothing is drawn)
        """Return the network: 16 units, each with an external input and a bias."""
        functions = {
            "schema": cn.activation_function("interactive_activation", maximum=1.0, minimum=0.0, rest=0.0, decay=0.0),
            "boltzmann": cn.activation_function("binary_stochastic"),
        }
        net = cn.Network(self.name)
        for name in INTERPRETATIONS:
            net.add_group(f"{name}_input", CORNERS, role="input")
        for name in INTERPRETATIONS:
            net.add_group(name, CORNERS, activation=functions[self.updating])
            net.connect(f"{name}_input", name, "one_to_one", weights=self.input_strength)
            net.projection("bias", name).weights = self.strength * self.bias
        for sender, receiver in product(INTERPRETATIONS, repeat=2):
            weights = [[self._weight(sender + one, receiver + other) for other in CORNERS] for one in CORNERS]
            is_there = [[weight != 0 for weight in row] for row in weights]
            net.connect(sender, receiver, is_there, delay=1, weights=weights)
        return net

    def _weight(self, one: str, other: str) -> float:
        """Return the weight between two units, named by interpretation and corner, as "Afll"; 0 without a connection."""
        same = [a == b for a, b in zip(one[1:], other[1:], strict=True)]
        if one[0] == other[0]:
            return self.strength * self.excitation if sum(same) == len(same) - 1 else 0.0
        return -self.strength * self.inhibition if all(same[1:]) else 0.0

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """The drawing without further input, and with input for the front lower left corner of A. There are no targets."""
        import numpy as np

        inputs = np.zeros((2, CYCLES, 2 * len(CORNERS)))
        inputs[1, :, CORNERS.index("fll")] = 1.0
        empty = np.zeros((CYCLES, 0))
        return cn.ExampleSet([cn.Example(rows, empty, name) for rows, name in zip(inputs, ("drawing", "A front"), strict=True)])

    def settle(self, network: cn.Network, seed: int, corner: str = "", engine: str = "compiled") -> cn.Settling:
        """Settle from 0, with units drawn at random, and with external input for a corner of A if one is given."""
        inputs = {"A_input": [float(label == corner) for label in CORNERS], "B_input": [0.0] * len(CORNERS)}
        if self.updating == "schema":
            return cn.settle(network, inputs, CALM, MOST_CYCLES, engine, order="sampled", seed=seed)
        cooling = [(1, HOT), (CYCLES, COLD)]
        return cn.settle(network, inputs, None, CYCLES, engine, order="sampled", seed=seed, temperature=cooling)

    @property
    def case_note(self) -> str:  # type: ignore[override,unused-ignore]
        """How the task computes what the inspector shows as ticks."""
        cooling = f", while the temperature falls from {HOT:g} to {COLD:g}" if self.updating == "boltzmann" else ""
        return f"Here all units of a tick are computed together. The task computes one after another, each drawn at random{cooling}."

    @property
    def maxima(self) -> Mapping[float, int]:
        """The number of maxima by goodness, the best first: states of 0 and 1, of all 65,536, that the change of any unit makes worse."""
        import numpy as np

        units = [interpretation + corner for interpretation in INTERPRETATIONS for corner in CORNERS]
        weights = np.array([[self._weight(one, other) for other in units] for one in units])
        states = (np.arange(1 << len(units))[:, np.newaxis] >> np.arange(len(units)) & 1).astype(float)
        goodness = ((states @ weights) * states).sum(axis=1) / 2 + self.strength * self.bias * states.sum(axis=1)
        neighbours = np.arange(1 << len(units))[:, np.newaxis] ^ (1 << np.arange(len(units)))
        is_maximum = (goodness[:, np.newaxis] > goodness[neighbours] + CALM).all(axis=1)
        found, counts = np.unique(goodness[is_maximum].round(6), return_counts=True)
        return dict(zip(found[::-1].tolist(), counts[::-1].tolist(), strict=True))

    def ends(self, network: cn.Network, run: cn.Run, corner: str = "") -> tuple[cn.Array, cn.Array]:
        """Return the goodness without the external input, and the means of A and B, after each start: [start] and [start, 2]."""
        import numpy as np

        goodness, means = [], []
        for number in range(self.starts):
            self.settle(network, run.seed * self.starts + number, corner, run.engine)
            means.append([network[name].activations.mean() for name in INTERPRETATIONS])
            external = self.input_strength * network.unit(f"A:{corner}").activation if corner else 0.0
            goodness.append(cn.goodness(network) - external)
        return np.array(goodness), np.array(means)

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Count the maxima, and measure in which the network settles, with and without input for one corner."""
        goodness, means = self.ends(network, run)
        _, biased = self.ends(network, run, "fll")
        maxima = self.maxima
        best, *others = maxima
        reached = abs(goodness - best) < CLOSE * self.strength
        second = abs(goodness - others[0]) < CLOSE * self.strength if others else reached & False
        is_published = (self.updating, self.excitation, self.inhibition, self.bias) == ("schema", 1.0, 1.5, 0.5)
        first, count, fraction, rest = PUBLISHED if is_published else ((None, "", "", None),) * len(PUBLISHED)
        return [
            cn.Finding("best goodness, in units of the strength", best / self.strength, *first),
            cn.Finding("number of states with it", maxima[best], *count),
            cn.Finding("goodness of the other maxima", ", ".join(f"{each / self.strength:.4g}" for each in others) or "none"),
            cn.Finding("fraction of starts that end in an interpretation", float(reached.mean()), *fraction),
            cn.Finding("fraction that ends in the second best kind of maximum", float(second.mean()), *rest),
            cn.Finding("fraction of these interpretations that is A", _fraction(means[reached]), note=NONE_REACHED),
            cn.Finding("with input for one corner of A: fraction of starts that end nearer to A", _fraction(biased)),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the goodness over cycles for a few starts."""
        import numpy as np
        import xarray as xr

        runs = [self.settle(network, run.seed * self.starts + number, "", run.engine).goodness for number in range(SHOWN)]
        length = max(map(len, runs))
        table = np.array([np.append(each, np.full(length - len(each), each[-1])) for each in runs])
        coordinates = {"tick": range(1, length + 1), "case": [f"start {number}" for number in range(1, SHOWN + 1)]}
        labelled = xr.DataArray(table.T, dims=("tick", "case"), coords=coordinates)
        return {CAPTION: cn.plots.over_time(labelled, title="goodness")}


def _fraction(means: npt.NDArray[np.float64]) -> float | None:
    """Return the fraction of end states [state, interpretation] in which A is more active than B; None if there are none."""
    return float((means[:, 0] > means[:, 1]).mean()) if len(means) else None


CLOSE = 0.05  # difference of the goodness from that of a maximum, in units of the strength
SHOWN = 8
PROGRAM = "PDP vol. 2, chapter 14, with the weights of the program cs"
REPLICATED = "500 starts with the arithmetic of the program cs"
SAMPLING = 0.08  # two standard deviations of the difference of the fractions of 200 and of 500 starts
PUBLISHED = (
    (16.0, PROGRAM, "twelve edges, and eight biases of ½"),
    (2, PROGRAM, "of all 65,536 states of 0 and 1; the two interpretations"),
    (0.702, REPLICATED, "351 of 500; not of the book", SAMPLING),
    (0.298, REPLICATED, "149 of 500; these states have units of both interpretations", SAMPLING),
)
NONE_REACHED = "about half, by symmetry; not measured if none was reached"
CAPTION = "Goodness by cycle from eight starts. Each cycle computes 16 units, drawn at random."


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the Necker cube."""
    return [NeckerCube]
