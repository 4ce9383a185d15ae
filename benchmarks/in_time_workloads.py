"""Workloads of networks in time: logistic units with biases, squared error summed over ticks, momentum as in 1986."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import connectionist as cn
    from connectionist.utils.arrays import Array


@dataclass(frozen=True)
class InTime:
    """A network with its sequences and the number of sequences per change of the weights.

    Attributes
    ----------
    name : str
    sizes : (int, int, int)
        Number of input, hidden and output units. Projections within a tick go from input to hidden to output.
    delayed : tuple of (str, str)
        Sender and receiver of the projections with a delay of 1.
    context : bool
        Whether the hidden units receive from a context: copies of their activations of the tick before, through which no error goes back.
    sequences : int or "letters"
        Number of random sequences; or "letters": those of the PDP volumes, two letters and then the digits of both.
    ticks : int
        Number of ticks of each sequence.
    update_after : "epoch" or int
        Number of sequences after which the weights change.
    epochs : int
        Epochs per repeat, enough for an exact measurement.
    rate, half_range, initial : float
        Rate of the rule, range of the initial weights, and activations before tick 1.
    silent : int
        Number of ticks at the start for which the letters have no targets.
    """

    name: str
    sizes: tuple[int, int, int]
    delayed: tuple[tuple[str, str], ...]
    update_after: str | int
    epochs: int
    rate: float
    context: bool = False
    sequences: int | str = "letters"
    ticks: int = 6
    half_range: float = 0.3
    initial: float = 0.5
    silent: int = 0

    def network(self) -> cn.Network:
        """Return a new network with its initial weights, the same at each call."""
        import connectionist as cn

        net = cn.Network(self.name, tie_derivative="sum")
        net.add_group("input", self.sizes[0], role="input")
        net.add_group("hidden", self.sizes[1], initial=self.initial)
        net.add_group("output", self.sizes[2], role="output", initial=self.initial)
        if self.context:
            cn.add_context(net, "hidden")
            net.connect("context", "hidden")
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        for sender, receiver in self.delayed:
            net.connect(sender, receiver, delay=1)
        net.randomize(self.half_range, seed=1)
        return net

    @cached_property
    def tables(self) -> tuple[Array, Array]:
        """Inputs and targets [case, tick, unit]; NaN means "no target"."""
        import numpy as np

        if self.sequences == "letters":
            return _letters()
        generator = np.random.default_rng(0)
        widths = self.sizes[0], self.sizes[2]
        inputs, targets = (generator.integers(0, 2, (int(self.sequences), self.ticks, width)).astype(float) for width in widths)
        return inputs, targets


def _letters() -> tuple[Array, Array]:
    """Return the letter sequences: two letters, then the digits of both (A is 12, B 23, C 31, D 21, E 13), without 5 of the 25 pairs."""
    import numpy as np

    digits = {"A": "12", "B": "23", "C": "31", "D": "21", "E": "13"}
    pairs = [pair for pair in map("".join, product("ABCDE", repeat=2)) if pair not in ("AD", "BE", "CA", "DB", "EC")]
    inputs, targets = np.zeros((len(pairs), 6, 5)), np.full((len(pairs), 6, 3), np.nan)
    for case, pair in enumerate(pairs):
        for tick, letter in enumerate(pair):
            inputs[case, tick, "ABCDE".index(letter)] = 1.0
        for tick, digit in enumerate(digits[pair[0]] + digits[pair[1]]):
            targets[case, 2 + tick] = np.eye(3)[int(digit) - 1]
    return inputs, targets


COMPLETION = {
    "sizes": (5, 30, 3),
    "delayed": (("hidden", "hidden"), ("output", "output"), ("output", "hidden")),
    "initial": 0.2,
    "silent": 2,
}
SRN = {"sizes": (20, 12, 10), "delayed": (), "context": True, "sequences": 100, "ticks": 10}
LONG = {"sizes": (10, 100, 10), "delayed": (("hidden", "hidden"),), "sequences": 32, "ticks": 100}

WORKLOADS = (
    InTime("sequence completion 5-30-3, 20 × 6 ticks, each epoch", update_after="epoch", epochs=2_000, rate=0.01, **COMPLETION),  # type: ignore[arg-type]
    InTime("SRN 20-12-10, 100 × 10 ticks, each epoch", update_after="epoch", epochs=400, rate=0.0005, **SRN),  # type: ignore[arg-type]
    InTime("SRN 20-12-10, 100 × 10 ticks, each sequence", update_after=1, epochs=200, rate=0.005, **SRN),  # type: ignore[arg-type]
    InTime("BPTT 10-100-10, 32 × 100 ticks, each epoch", update_after="epoch", epochs=20, rate=1e-5, **LONG),  # type: ignore[arg-type]
    InTime("BPTT 10-100-10, 32 × 100 ticks, each sequence", update_after=1, epochs=10, rate=1e-4, **LONG),  # type: ignore[arg-type]
)
