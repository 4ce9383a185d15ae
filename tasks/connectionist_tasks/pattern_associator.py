"""The pattern associator: one layer of weights, and which pairs of patterns Hebb's rule and the delta rule can store in it.

McClelland & Rumelhart (1988), *Explorations in Parallel Distributed Processing*, chapter 4; Jordan (1986), An introduction to linear
algebra in parallel distributed processing, *Parallel Distributed Processing*, vol. 1, chapter 9. Input and output patterns have elements −1
and 1, and the output units are linear. One pass of Hebb's rule with a rate of 1 over the number of input units stores orthogonal input
patterns exactly. For others, the output is the sum of all stored outputs, each weighted by the similarity of its input to the present one.
The delta rule stores every linearly independent set. Neither stores a set in which a part of the input means something else in combination
with another part, as in exclusive or.

The patterns of the book are not used here. Patterns are drawn, with the same relations among them.
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

Patterns = Literal["orthogonal", "independent", "dependent"]


@dataclass(frozen=True)
class PatternAssociator(cn.Task):
    """The network must give the output pattern that goes with each input pattern.

    Published in McClelland & Rumelhart (1988), *Explorations in Parallel Distributed Processing*, chapter 4.

    A pattern is correct if every output is within 0.1 of its target. Weights start at 0, and change after each pattern. The seed draws the
    patterns. "dependent" are the four pairs aa, ab, ba and bb of two half patterns, with one output for aa and bb, another for ab and ba.
    They are not the patterns of the book, but have the same relations among them.

    Parameters
    ----------
    patterns : {"orthogonal", "independent", "dependent"}
        How the input patterns are related.
    learning : {"hebb", "delta"}
        Rule of learning.
    units : int
        Number of input units and of output units, a power of two from 4 to 256.
    pairs : int
        Number of patterns, from 1 to half of `units`; "dependent" has four.
    rate : float
        Learning rate in units of 1 over the number of input units, above 0. With the delta rule and 1, a pattern is right immediately after
        it was trained.
    epochs : int
        Largest number of epochs, at least 0.
    data_seed : int, optional
        Seed of the draw of patterns, at least 0. By default the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> inputs = PatternAssociator("orthogonal").training_examples.inputs
    >>> (inputs @ inputs.T).tolist()
    [[8.0, 0.0, 0.0], [0.0, 8.0, 0.0], [0.0, 0.0, 8.0]]
    """

    patterns: Patterns = cn.parameter("independent")
    learning: Literal["hebb", "delta"] = cn.parameter("delta")
    units: int = cn.parameter(8, at_least=4, at_most=256)
    pairs: int = cn.parameter(3, at_least=1)
    rate: float = cn.parameter(1.0, above=0)
    epochs: int = cn.parameter(100, at_least=0)
    data_seed: int | None = cn.parameter(None, at_least=0)

    name = "pattern-associator"
    source = "McClelland & Rumelhart (1988), Explorations in Parallel Distributed Processing, chapter 4"
    tolerance = 0.1
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {"patterns": "orthogonal", "learning": "hebb", "epochs": 1},
        "published-independent-hebb": {"learning": "hebb", "epochs": 1},
        "published-dependent": {"patterns": "dependent"},
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.units & (self.units - 1):
            raise cn.errors.ParameterError(f"{self.name}.units: must be a power of two, as 8 (got {self.units})")
        if self.patterns != "dependent" and self.pairs > self.units // 2:
            raise cn.errors.ParameterError(f"{self.name}.pairs: must be at most {self.units // 2}, half of the units (got {self.pairs})")

    def network(self, seed: int) -> cn.Network:  # noqa: ARG002  (weights start at 0)
        """Return the network, with weights of 0 and without biases."""
        net = cn.Network(self.name)
        net.add_group("input", self.units, role="input")
        net.add_group("output", self.units, role="output", activation="linear", biased=False)
        net.connect("input", "output")
        return net

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """The pairs of patterns."""
        import numpy as np

        draw = cn.random_stream(self.data_seed or 0, "pairs of patterns")
        if self.patterns == "dependent":
            a, b = _different(draw, 2, self.units // 2)
            same, other = _different(draw, 2, self.units)
            pairs = [np.concatenate(halves) for halves in ((a, a), (a, b), (b, a), (b, b))]
            return cn.ExampleSet.from_arrays(pairs, [same, other, other, same], ["aa", "ab", "ba", "bb"])
        targets = _signs(draw, self.pairs, self.units)
        inputs = _orthogonal(draw, self.pairs, self.units) if self.patterns == "orthogonal" else _independent(draw, self.pairs, self.units)
        return cn.ExampleSet.from_arrays(inputs, targets, [f"pattern {number}" for number in range(1, self.pairs + 1)])

    @property
    def phases(self) -> Sequence[cn.Phase]:
        """One phase, with the rule of `learning`."""
        return [cn.Phase(cn.rule(self.learning, rate=self.rate / self.units), self.epochs, update_after=1)]

    @property
    def criterion(self) -> cn.Criterion | None:
        """Every pattern correct, for the delta rule; None for Hebb's rule, which does not know of errors."""
        return cn.Criterion(correct=1.0) if self.learning == "delta" else None

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure whether the patterns are recalled, beside what linear algebra says about them."""
        import numpy as np

        examples, is_hebb = self.training_examples, run.phases[-1].rule.name == "hebb"
        outputs, targets = network.outputs(examples, run.engine), examples.targets
        learned = bool(self.correct_cases(network, examples, run.engine).all())
        possible: bool | None = {"orthogonal": True, "independent": not is_hebb, "dependent": False}[self.patterns]
        if self.rate != 1.0 or (is_hebb and run.epochs != 1) or len(examples) == 1:
            possible = None  # what was published is of one pass of Hebb's rule with rate 1, and of the delta rule with enough epochs
        lengths = np.linalg.norm(outputs, axis=1) * np.linalg.norm(targets, axis=1)
        cosines = (outputs * targets).sum(axis=1) / np.where(lengths, lengths, 1.0)
        best = examples.inputs @ np.linalg.lstsq(examples.inputs, targets, rcond=None)[0]
        summed = examples.inputs @ examples.inputs.T @ targets * self.rate / self.units * run.epochs
        of_hebb = cn.Finding(
            "largest departure from the sum of outputs weighted by similarity", float(np.abs(outputs - summed).max()), 0.0, CHAPTERS
        )
        return [
            cn.Finding("every pattern recalled within 0.1", learned, possible, CHAPTERS, "" if run.epochs else "nothing was trained"),
            cn.Finding("fraction of the outputs with the right sign", float((np.sign(outputs) == targets).mean())),
            cn.Finding("mean cosine of outputs and targets", float(cosines.mean())),
            cn.Finding("E at the end", float(((outputs - targets) ** 2).sum() / 2)),
            cn.Finding("least E of any weights", round(float(((best - targets) ** 2).sum() / 2), 9), note="by least squares"),
            *([of_hebb] if is_hebb else []),
        ]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:  # noqa: ARG002  (the weights are enough)
        """Draw the similarities of the input patterns."""
        import numpy as np
        import xarray as xr

        inputs, names = self.training_examples.inputs, list(self.training_examples.names)
        cosines = xr.DataArray(inputs @ inputs.T / self.units, dims=("case", "other"), coords={"case": names, "other": names})
        return {SIMILARITIES: cn.plots.matrix(np.round(cosines, 12))}


CHAPTERS = "PDP vol. 1, chapter 9, and McClelland & Rumelhart (1988), chapter 4, from memory"
SIMILARITIES = "Cosines of the input patterns."


def _signs(draw: Any, count: int, units: int) -> cn.Array:
    """Return random patterns of −1 and 1."""
    patterns: cn.Array = 2.0 * draw.integers(0, 2, (count, units)) - 1.0
    return patterns


def _different(draw: Any, count: int, units: int) -> cn.Array:
    """Return random patterns of which none is another or its negative."""
    import numpy as np

    patterns = _signs(draw, count, units)
    while (np.abs(patterns @ patterns.T) - units * np.eye(count)).max() == units:
        patterns = _signs(draw, count, units)
    return patterns


def _orthogonal(draw: Any, count: int, units: int) -> cn.Array:
    """Return orthogonal patterns: rows of a Hadamard matrix by Sylvester's construction, with the signs of units drawn."""
    import numpy as np

    matrix = np.ones((1, 1))
    while len(matrix) < units:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    rows: cn.Array = matrix[draw.permutation(units)[:count]] * _signs(draw, 1, units)
    return rows


def _independent(draw: Any, count: int, units: int) -> cn.Array:
    """Return linearly independent patterns, of which two at least are not orthogonal if there are two."""
    import numpy as np

    while True:
        patterns = _signs(draw, count, units)
        overlaps = patterns @ patterns.T - units * np.eye(count)
        if np.linalg.matrix_rank(patterns) == count and (overlaps.any() or count == 1):
            return patterns


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer the pattern associator."""
    return [PatternAssociator]
