"""Hopfield's memory: random states that are stored in symmetric weights, and recalled from any state near them.

Hopfield (1982), Neural networks and physical systems with emergent collective computational abilities, *Proceedings of the National Academy
of Sciences* 79, 2554–2558. The units are 0 or 1, and are computed one after another in random order. The weights are Σ (2V_i − 1)(2V_j − 1)
over the stored states V, without connections of a unit with itself. So nothing is trained. The energy never rises, and the network ends in
one of its minima.

Over 100 seeds, 99 % of 5 states and 53 % of 10 are recalled exactly by 100 units (published: almost always, and 0.6), but only 25 % of 15
states with less than five errors (published: about half). With ``balanced`` thresholds, for which the paper expects twice the
capacity, it is 93 %. With 30 units and 5 states, 45 % of the random starts end in a stored state or its complement (published:
approximately 85 %). The theory of large networks of such units puts the limit at 0.138 N states (Amit, Gutfreund & Sompolinsky 1985).

A unit whose net input is 0 becomes 0 here; in the paper it keeps its state. With 100 units this makes no difference that we could measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import connectionist as cn

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAPER = "Hopfield (1982), p. 2556"
PAPER_STARTS = "Hopfield (1982), p. 2557"
FEW_ERRORS = 5  # recalled well with less
NEAR = 3  # errors up to which an end state is near a memory; the paper does not say how many
TICKS = 200  # enough for every network to settle
SHOWN_TICKS = 10  # of the examples


@dataclass(frozen=True)
class HopfieldMemory(cn.OnePhaseTask):
    """The network must recall stored random states, from themselves, from distorted copies, and from random states.

    Published in Hopfield (1982), *Proceedings of the National Academy of Sciences* 79, 2554–2558.

    The seed draws the stored states, the order in which units are computed, and the states to start from. The examples
    are the stored states: a cue sets them at the first tick, and then the units are computed together.

    Parameters
    ----------
    units : int
        Number of units N, at least 2.
    memories : int
        Number of stored states n, at least 1.
    balanced : bool
        Whether each unit has the threshold ½ Σ T_ij in place of 0. The network is then the one of units that are −1 or 1.
    flips : int
        Number of units that differ from a stored state in a distorted copy, from 0 to `units`.
    starts : int
        Number of random states to start from, at least 1.
    data_seed : int, optional
        Seed of the stored states, at least 0. By default the seed of the run.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> task = HopfieldMemory(memories=5)
    >>> task.recall(task.network(seed=0), task.states).tolist() == task.states.tolist()
    True
    """

    units: int = cn.parameter(100, at_least=2, at_most=2000)
    memories: int = cn.parameter(15, at_least=1, at_most=10_000)
    balanced: bool = cn.parameter(False)
    flips: int = cn.parameter(5, at_least=0)
    starts: int = cn.parameter(50, at_least=1, at_most=100_000)
    data_seed: int | None = cn.parameter(None, at_least=0)

    name = "hopfield-memory"
    source = "Hopfield (1982), Proceedings of the National Academy of Sciences 79, 2554–2558"
    rule = "steepest"  # of the one phase, which has no epochs
    epochs = 0
    case_note = (
        "Here the cue sets the state at the first tick, and then all units of a tick are computed together. "
        "The task starts from a state and computes the units one after another, in random order."
    )
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "default": {},
        "published": {},
        "published-starts": {"units": 30, "memories": 5},
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.flips > self.units:
            raise cn.errors.ParameterError(f"{self.name}.flips: must be at most {self.units}, the number of units (got {self.flips})")

    @property
    def states(self) -> npt.NDArray[np.int64]:
        """The stored states of 0 and 1 [memory, unit]."""
        return cn.random_stream(self.data_seed or 0, "stored states").integers(0, 2, (self.memories, self.units))

    def network(self, seed: int) -> cn.Network:  # noqa: ARG002  (the stored states come from data_seed)
        """Return the network with the weights of the stored states."""
        import numpy as np

        net = cn.Network(self.name)
        net.add_group("cue", self.units, role="input")
        net.add_group("memory", self.units, activation="threshold", biased=self.balanced)
        different = ~np.eye(self.units, dtype=bool)
        signs = 2.0 * self.states - 1.0
        weights = (signs.T @ signs) * different
        net.connect("memory", "memory", different, delay=1, weights=weights)
        net.connect("cue", "memory", "one_to_one", weights=float(self.memories * self.units))  # stronger than all others together
        if self.balanced:
            net.projection("bias", "memory").weights = -weights.sum(axis=0, keepdims=True) / 2
        return net

    @cached_property
    def training_examples(self) -> cn.ExampleSet:
        """The stored states, each set by the cue at the first of ten ticks. There are no targets."""
        import numpy as np

        empty = np.zeros((SHOWN_TICKS, 0))
        first = np.arange(SHOWN_TICKS)[:, np.newaxis] == 0
        return cn.ExampleSet([cn.Example(first * (2.0 * state - 1.0), empty, f"state {n}") for n, state in enumerate(self.states, 1)])

    def settle(self, network: cn.Network, state: npt.ArrayLike, engine: str = "compiled", seed: int = 0) -> cn.Settling:
        """Run the network from a state until no unit changes, with units computed one after another in random order."""
        before = network["memory"].initial
        try:
            network["memory"].initial = state
            return cn.settle(network, [0.0] * self.units, 0.5, TICKS, engine, order="permuted", seed=seed)
        finally:
            network["memory"].initial = before

    def recall(self, network: cn.Network, states: npt.ArrayLike, engine: str = "compiled", seed: int = 0) -> npt.NDArray[np.int64]:
        """Return the states in which the network settles from others [state, unit]."""
        import numpy as np

        ends = [
            self.settle(network, state, engine, seed + number).activations[-1] for number, state in enumerate(np.asarray(states, float))
        ]
        return np.array(ends).astype(int)

    def findings(self, network: cn.Network, run: cn.Run) -> Sequence[cn.Finding]:
        """Measure how well the stored states are recalled, and where the network ends from random states."""
        import numpy as np

        states, draw = self.states, cn.random_stream(run.seed, "states to start from")
        errors = np.abs(self.recall(network, states, run.engine, run.seed) - states).sum(axis=1)
        flipped = np.argsort(draw.random(states.shape), axis=1) < self.flips
        distorted = np.abs(self.recall(network, states ^ flipped, run.engine, run.seed) - states).sum(axis=1)
        ends = self.recall(network, draw.integers(0, 2, (self.starts, self.units)), run.engine, run.seed)
        distances = np.abs(ends[:, np.newaxis] - states).sum(axis=2)
        nearest = np.minimum(distances, self.units - distances).min(axis=1)  # the complement of a stored state is as good
        rises = self.settle(network, states[0], run.engine, run.seed).goodness
        return [
            self._finding(EXACT, float((errors == 0).mean())),
            self._finding(FEW, float((errors < FEW_ERRORS).mean())),
            cn.Finding("largest number of errors", int(errors.max())),
            self._finding(f"{self.flips} units flipped: fraction that returns to the state", float((distorted == 0).mean())),
            self._finding(STORED, float((nearest == 0).mean())),
            self._finding(CLOSE, float(((nearest > 0) & (nearest <= NEAR)).mean())),
            self._finding(ELSEWHERE, float((nearest > NEAR).mean())),
            cn.Finding("the energy never rises", bool((np.diff(rises) >= 0).all()), True, "Hopfield (1982), p. 2556, Eq. 8"),
        ]

    def _finding(self, quantity: str, measured: float) -> cn.Finding:
        """Return a finding with what the paper says of it for this number of units and states."""
        known = {} if self.balanced else PUBLISHED.get((self.units, self.memories), {})
        published, source, note = known.get(quantity, (None, "", ""))
        return cn.Finding(quantity, measured, published, source, note)

    def figures(self, network: cn.Network, run: cn.Run) -> Mapping[str, Axes | Figure]:
        """Draw the numbers of errors as in Fig. 2, and the energy while a random state settles."""
        import numpy as np
        import xarray as xr
        from matplotlib.ticker import MaxNLocator

        errors = np.abs(self.recall(network, self.states, run.engine, run.seed) - self.states).sum(axis=1)
        axes = cn.plots.new_axes()
        axes.bar(*np.unique(errors, return_counts=True), color="black")
        axes.set_xlabel("errors")
        axes.set_ylabel("stored states")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
        start = cn.random_stream(run.seed, "state of the figure").integers(0, 2, self.units)
        energy = -self.settle(network, start, run.engine, run.seed).goodness
        table = xr.DataArray(energy, dims="tick", coords={"tick": range(1, len(energy) + 1)})
        return {ERRORS: axes, ENERGY: cn.plots.over_time(table, title="energy")}


EXACT = "fraction of the stored states recalled exactly"
FEW = f"fraction recalled with less than {FEW_ERRORS} errors"
FLIPPED = "5 units flipped: fraction that returns to the state"
STORED = "random starts: fraction that ends in a stored state or its complement"
CLOSE = f"random starts: fraction that ends 1 to {NEAR} units from one"
ELSEWHERE = "random starts: fraction that ends elsewhere"
PUBLISHED: Mapping[tuple[int, int], Mapping[str, tuple[float, str, str]]] = {
    (100, 5): {EXACT: (1.0, PAPER, 'published: "almost always"; our mean over 100 seeds is 0.99')},
    (100, 10): {
        EXACT: (
            0.6,
            PAPER,
            "published: of the simulation; our mean is 0.53, the paper's estimate from a normal distribution 0.40",
        )
    },
    (100, 15): {FEW: (0.5, PAPER, 'published: "about half"; our mean over 100 seeds is 0.25')},
    (30, 5): {
        FLIPPED: (0.9, PAPER_STARTS, 'published: "more than 90%" for up to 5 units, of ends in the nearest stored state; our mean is 0.29'),
        STORED: (0.85, PAPER_STARTS, 'published: "approximately 85%"; our mean over 100 seeds is 0.45'),
        CLOSE: (0.05, PAPER_STARTS, 'published: "an ambiguous 5%" ends "very near", without a distance; our mean is 0.25'),
        ELSEWHERE: (0.1, PAPER_STARTS, 'published: 10 % end in "stable states of no obvious meaning"; our mean is 0.30'),
    },
}
ERRORS = "Number of units that are wrong after recall, starting from each stored state, as in Fig. 2 of the paper."
ENERGY = "Energy after each sweep through the units, from a random state. It never rises."


@cn.hookimpl
def tasks() -> Sequence[type[cn.Task]]:
    """Offer Hopfield's memory."""
    return [HopfieldMemory]
