"""An auto-associator that learns three prototypes from distorted exemplars, in one set of weights.

McClelland & Rumelhart (1986), A distributed model of human learning and memory, *Parallel Distributed Processing*, vol. 2, chapter 17, and
the program ``aa`` of McClelland & Rumelhart (1988). A pattern has a name of 8 units, the same for all members of a category, and an
appearance of 16 units, which differs from the prototype of the category in some units that are drawn for each exemplar. As in the chapter,
two prototypes, dog and cat, have a correlation of ½, and a third, bagel, has none with them. The patterns of the chapter are not used.

Each unit learns to predict its own external input from the other units, by the delta rule. Retrieval is by the dynamics of the program: net
inputs are 0.15 (internal + external), and activations go from −1 to 1 and decay by 0.15. The program learns with activations after some
cycles; here the patterns themselves are the activations of the senders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import connectionist as cn

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CATEGORIES = ("dog", "cat", "bagel")
NAME, LOOK = 8, 16  # units
UNITS = NAME + LOOK
STRENGTH = DECAY = 0.15  # of the program's parameters istr, estr and decay
CYCLES = 50


@dataclass(frozen=True)
class AutoAssociator(cn.OnePhaseTask):
    """The network must complete the prototypes of three categories, of which it has seen only distorted exemplars.

    Published in McClelland & Rumelhart (1986), *Parallel Distributed Processing*, vol. 2, chapter 17.

    An exemplar is correct if each unit predicts the sign of its own input. The testing examples are the prototypes. Weights start at 0. The
    seed draws prototypes and exemplars. They are not the patterns of the chapter, but the prototypes have the same correlations.

    Parameters
    ----------
    exemplars : int
        Number of exemplars of each category, at least 1.
    flips : float
        Probability that a unit of the appearance differs from the prototype, from 0 to below 0.5.
    rate : float
        Learning rate ε, above 0.
    update_after : int
        Number of exemplars after which the weights change, at least 1.
    epochs : int
        Number of epochs, at least 0.
    data_seed : int, optional
        Seed of the draw of patterns, at least 0. By default the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> AutoAssociator().prototypes[:, 8:] @ AutoAssociator().prototypes[:, 8:].T
    array([[16.,  8.,  0.],
           [ 8., 16.,  0.],
           [ 0.,  0., 16.]])
    """

    exemplars: int = cn.parameter(50, at_least=1, at_most=10_000)
    flips: float = cn.parameter(0.2, at_least=0, below=0.5)
    rate: float = cn.parameter(0.01, above=0)
    update_after: int = cn.parameter(1, at_least=1)
    epochs: int = cn.parameter(1, at_least=0)
    data_seed: int | None = cn.parameter(None, at_least=0)

    name = "auto-associator"
    source = "McClelland & Rumelhart (1986), Parallel Distributed Processing, vol. 2, chapter 17"
    rule = "delta"
    tolerance: ClassVar[float] = 1.0  # the sign of ±1

    @property
    def prototypes(self) -> cn.Array:
        """The three prototypes, names and appearances [category, unit]."""
        import numpy as np

        draw = cn.random_stream(self.data_seed or 0, "prototypes")
        names = _hadamard(NAME)[1 : 1 + len(CATEGORIES)]
        dog = np.ones(LOOK)
        cat = np.where(np.arange(LOOK) < LOOK // 4, -1.0, 1.0)  # a quarter of the units differ: correlation ½
        bagel = np.where(np.isin(np.arange(LOOK), [0, 1, *range(LOOK - 6, LOOK)]), -1.0, 1.0)
        looks = np.array([dog, cat, bagel])[:, draw.permutation(LOOK)]
        signs = 2.0 * draw.integers(0, 2, UNITS) - 1.0
        return np.hstack([names, looks]) * signs  # type: ignore[no-any-return]

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """Exemplars of the three categories in turn; the targets are the inputs."""
        import numpy as np

        flipped = cn.random_stream(self.data_seed or 0, "exemplars").random((self.exemplars, len(CATEGORIES), LOOK)) < self.flips
        patterns = np.tile(self.prototypes, (self.exemplars, 1, 1))
        patterns[:, :, NAME:] *= np.where(flipped, -1.0, 1.0)
        patterns = patterns.reshape(-1, UNITS)
        names = [f"{category} {number}" for number in range(1, self.exemplars + 1) for category in CATEGORIES]
        return cn.ExampleSet.from_arrays(patterns, patterns, names)

    @property
    def testing_examples(self) -> cn.ExampleSet:
        """The prototypes, which are not trained."""
        return cn.ExampleSet.from_arrays(self.prototypes, self.prototypes, CATEGORIES)

    def network(self, seed: int) -> cn.Network:  # noqa: ARG002  (weights start at 0)
        """Return the network, in which each unit has connections from the inputs of all other units, with weights of 0."""
        import numpy as np

        net = cn.Network(self.name)
        net.add_group("pattern", UNITS, role="input")
        net.add_group("unit", UNITS, role="output", activation="linear", biased=False)
        net.connect("pattern", "unit", ~np.eye(UNITS, dtype=bool))
        return net

    def recall_network(self, network: cn.Network) -> cn.Network:
        """Return the network of the program ``aa`` with the weights that were learned: its units receive from one another, in cycles."""
        import numpy as np

        net = cn.Network(f"{self.name}-recall")
        function = cn.activation_function("interactive_activation", maximum=1.0, minimum=-1.0, rest=0.0, decay=DECAY)
        net.add_group("pattern", UNITS, role="input")
        net.add_group("unit", UNITS, activation=function, biased=False)
        net.connect("pattern", "unit", "one_to_one", weights=STRENGTH)
        weights = np.nan_to_num(network.projection("pattern", "unit").weights)
        net.connect("unit", "unit", ~np.eye(UNITS, dtype=bool), delay=1, weights=STRENGTH * weights)
        return net

    def completed(self, network: cn.Network, given: slice, engine: str = "compiled") -> cn.Array:
        """Return the activations of all units after 50 cycles with a part of each prototype as external input [category, unit]."""
        import numpy as np

        net, activations = self.recall_network(network), []
        for prototype in self.prototypes:
            probe = np.zeros(UNITS)
            probe[given] = prototype[given]
            activations.append(cn.settle(net, probe, None, CYCLES, engine).activations[-1])
        return np.array(activations)

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure how strongly prototypes and exemplars are predicted, and whether a part of a prototype retrieves the rest."""
        import numpy as np

        exemplars, prototypes = self.training_examples, self.testing_examples
        looks = slice(NAME, UNITS)
        strengths = [
            float((network.outputs(examples, run.engine)[:, looks] * examples.targets[:, looks]).mean())
            for examples in (exemplars, prototypes)
        ]
        of_names = np.sign(self.completed(network, slice(0, NAME), run.engine)[:, looks]) == np.sign(self.prototypes[:, looks])
        of_looks = np.sign(self.completed(network, looks, run.engine)[:, :NAME]) == np.sign(self.prototypes[:, :NAME])
        return [
            cn.Finding("mean input · predicted input of exemplars", strengths[0]),
            cn.Finding("mean input · predicted input of prototypes", strengths[1]),
            cn.Finding("prototypes are predicted more strongly than trained exemplars", strengths[1] > strengths[0], True, CHAPTER, UNSEEN),
            cn.Finding("from names: fraction of the signs of prototypes retrieved", float(of_names.mean())),
            cn.Finding("from appearances: fraction of the signs of names retrieved", float(of_looks.mean())),
            cn.Finding("names that retrieve the whole prototype, of 3", int(of_names.all(axis=1).sum())),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the activations that each name retrieves."""
        import xarray as xr

        labels = [f"name:{n}" for n in range(NAME)] + [f"look:{n}" for n in range(LOOK)]
        retrieved = self.completed(network, slice(0, NAME), run.engine)
        table = xr.DataArray(retrieved, dims=("case", "unit"), coords={"case": list(CATEGORIES), "unit": labels})
        return {RETRIEVED: cn.plots.activations(table)}


CHAPTER = "PDP vol. 2, chapter 17, from memory"
UNSEEN = "no prototype was trained"
RETRIEVED = "Activations after 50 cycles, given the name alone."


def _hadamard(size: int) -> cn.Array:
    """Return the Hadamard matrix of Sylvester's construction, whose rows are orthogonal."""
    import numpy as np

    matrix = np.ones((1, 1))
    while len(matrix) < size:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the auto-associator."""
    return [AutoAssociator]
