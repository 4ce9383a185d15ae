"""Exclusive or in time: a simple recurrent network predicts the next bit of an endless stream.

Elman (1990), Finding structure in time, *Cognitive Science* 14, 179–211, pp. 185–187, Figs 2 and 3. The stream consists of triples: two
random bits and their exclusive or. The network receives one bit at a time and must predict the next. Every third bit can be predicted if
the network remembers the bit before. The network must find out what to remember: its context units hold the activations that its hidden
units had one tick before, and no error goes back through them.

Nothing in the stream marks the beginning of a triple. Elman's network "attempts to use the XOR rule at all points in time". For a random
bit that rule is correct half of the time. The best prediction of a network that knows the rule, but not its place in the triple, is
therefore 2/3 for the bit that the rule gives. Its root mean squared error is then 1/3 for every third bit and √(5/18) = 0.53 for the
others.

The paper does not print the rate, the momentum, the initial weights and when weights were changed. Chosen here are a change after each bit,
no momentum and initial weights of ±1. With the two hidden units of the paper (preset "published") the error drops at every third bit as in
Fig. 3, but hardly any network finds the whole rule. Most networks predict the third bit for three of the four pairs, or for somewhat more.
Smaller and larger rates, momentum and 2,000 passes did not change that. Nor do the hidden units become the detectors of equal and of
alternating bits that the paper describes. The default has four hidden units, and most of its networks find the rule.
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

FIGURE_3 = "Elman (1990), Fig. 3"
PAGE_186 = "Elman (1990), p. 186"


@dataclass(frozen=True)
class XorInTime(cn.OnePhaseTask):
    """The network must learn to predict the next bit of a stream in which every third bit is the exclusive or of the two before.

    Published in Elman (1990), *Cognitive Science* 14, 179–211, pp. 185–187, Figs 2 and 3.

    Each bit is an example of one tick, so that weights can change after each bit. The state carries over from one example to the next. The
    target of the last bit is the first one. A case is correct if the prediction is on the right side of 0.5; at best 2/3 of all cases are.
    The findings are measured on a second stream.

    Parameters
    ----------
    hidden : int
        Number of hidden units, and of context units; at least 1.
    bits : int
        Length of the stream: a multiple of three, at least 3.
    rate : float
        Learning rate ε, above 0.
    momentum : float
        Momentum α, from 0 to below 1.
    half_range : float
        Initial weights are uniform on ±`half_range`; above 0.
    update_after : "epoch" or int
        Number of bits after which the weights change, at least 1.
    epochs : int
        Passes through the stream, at least 0.
    data_seed : int, optional
        Seed of the random bits, at least 0. By default the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> task = XorInTime(bits=6, data_seed=1)
    >>> stream = task.training_examples.inputs.ravel()
    >>> bool(stream[2] == (stream[0] != stream[1])), bool(stream[5] == (stream[3] != stream[4]))
    (True, True)
    >>> bool((task.training_examples.targets.ravel() == [*stream[1:], stream[0]]).all())
    True
    """

    hidden: int = cn.parameter(4, at_least=1)
    bits: int = cn.parameter(3000, at_least=3)
    rate: float = cn.parameter(0.1, above=0)
    momentum: float = cn.parameter(0.0, at_least=0, below=1)
    half_range: float = cn.parameter(1.0, above=0)
    update_after: Literal["epoch"] | int = cn.parameter(1, at_least=1)
    epochs: int = cn.parameter(600, at_least=0)
    data_seed: int | None = cn.parameter(None, at_least=0)

    name = "xor-in-time"
    source = "Elman (1990), Finding structure in time, Cognitive Science 14, 179–211, pp. 185–187, Figs 2 and 3"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"default": {}, "published": {"hidden": 2}}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bits % 3:
            raise cn.errors.ParameterError(f"{self.name}.bits: must be a multiple of three, as 3, 6, 3000 (got {self.bits})")

    def network(self, seed: int) -> cn.Network:
        """Return a simple recurrent network with its initial weights; its context is 0.5 at first."""
        net = cn.simple_recurrent_network(self.name, 1, self.hidden, 1, initial=0.5)
        self.randomize(net, seed)
        return net

    def randomize(self, network: cn.Network, seed: int) -> None:
        """Draw the initial weights."""
        network.randomize(self.half_range, seed)

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """The stream, one bit per example."""
        return self._examples("training stream")

    @cached_property
    def testing_examples(self) -> cn.ExampleSet:
        """A second stream of the same length."""
        return self._examples("testing stream")

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure which bits of the second stream the network predicts, by which rule, and what the hidden units do."""
        examples = self.testing_examples
        bits, predictions = examples.inputs.ravel(), network.outputs(examples, run.engine).ravel()
        hidden = network.activations(examples, "hidden", run.engine).reshape(len(bits), -1)
        return [*_errors(predictions - examples.targets.ravel()), *_rule(predictions, bits), *_detectors(hidden, bits)]

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the mean error over twelve bits, as in Fig. 3."""
        import numpy as np
        import pandas as pd

        examples = self.testing_examples
        errors = network.outputs(examples, run.engine).ravel() - examples.targets.ravel()
        shown = min(SHOWN, self.bits)
        rows = errors[: self.bits // shown * shown].reshape(-1, shown)
        table = pd.DataFrame({"root mean squared error": np.sqrt((rows**2).mean(axis=0))}, index=pd.RangeIndex(1, shown + 1, name="tick"))
        axes = cn.plots.over_time(table)
        axes.set(xlabel="bit of the stream", ylabel="root mean squared error", ylim=(0, None), xticks=table.index.tolist())
        return {FIGURE: axes}

    def _examples(self, name: str) -> cn.ExampleSet:
        import numpy as np

        first, second = cn.random_stream(self.data_seed or 0, name).integers(0, 2, (self.bits // 3, 2)).T
        bits = np.stack([first, second, first != second], axis=1).astype(float).reshape(-1, 1, 1)
        return cn.ExampleSet.from_arrays(bits, np.roll(bits, -1, axis=0), continues=[True] * len(bits))


SHOWN = 12
FIGURE = """Error of the prediction after each of twelve bits, averaged over the testing stream, as in Elman (1990), Fig. 3. After
    bits 2, 5, 8 and 11 the next bit is the exclusive or of the last two and can be predicted."""
BEST = "{} for the best network that knows the rule, but not where a triple begins"


def _errors(errors: cn.Array) -> list[cn.Finding]:
    """Measure the error for each of the three bits of a triple."""
    import numpy as np

    first, second, third = (float(np.sqrt((errors[place::3] ** 2).mean())) for place in (2, 0, 1))
    others = float(np.sqrt((first**2 + second**2) / 2))
    return [
        cn.Finding("root mean squared error for every third bit", third, None, FIGURE_3, BEST.format("0.33")),
        cn.Finding("root mean squared error for the other bits", others, None, FIGURE_3, BEST.format("0.53")),
        cn.Finding("the error drops at every third bit", third < 0.9 * min(first, second), True, FIGURE_3, "by a tenth of it or more"),
    ]


def _rule(predictions: cn.Array, bits: cn.Array) -> list[cn.Finding]:
    """Measure how often the network predicts the exclusive or of the last two bits."""
    followed = (predictions[1:] > 0.5) == (bits[1:] != bits[:-1])
    third, all_bits = float(followed[::3].mean()), float(followed.mean())
    return [
        cn.Finding("fraction of the third bits that are predicted", third, 1.0, PAGE_186, GUARANTEED),
        cn.Finding("fraction of all bits predicted as the exclusive or of the last two", all_bits, 1.0, PAGE_186, AT_ALL_POINTS),
    ]


GUARANTEED = "published: the exclusive or is correct for every third bit; 0.75: one of four pairs is wrong"
EQUAL = "published: one unit is on if the last two bits are identical"
ALTERNATING = "published: one unit is on if the last two bits alternate"
AT_ALL_POINTS = "published: the network attempts to use the rule at all points"


def _detectors(hidden: cn.Array, bits: cn.Array) -> list[cn.Finding]:
    """Measure the correlation of hidden units [tick, unit] with the equality of a bit and the one before."""
    import numpy as np

    alike = (bits[1:] == bits[:-1]) - np.mean(bits[1:] == bits[:-1])
    deviations = hidden[1:] - hidden[1:].mean(axis=0)
    lengths = np.sqrt((deviations**2).sum(axis=0) * (alike**2).sum())
    products = alike @ deviations
    correlations = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    quantity = "{} correlation of a hidden unit with two equal bits in a row"
    return [
        cn.Finding(quantity.format("largest"), float(correlations.max()), None, PAGE_186, EQUAL),
        cn.Finding(quantity.format("smallest"), float(correlations.min()), None, PAGE_186, ALTERNATING),
    ]


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer exclusive or in time."""
    return [XorInTime]
