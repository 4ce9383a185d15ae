"""Two copies of a random network, one for the tested engine and one for the reference engine, and their comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.learning.run import Run
from connectionist.model.network import Network
from connectionist.testing.claims import assert_close, assert_that
from connectionist.testing.networks import random_network


@dataclass
class NetworkPair:
    """Two equal random networks with examples, one for each engine.

    Attributes
    ----------
    engine, reference : Engine
        The tested engine, and the engine with which it must agree.
    seed : int
        Seed of `random_network`.
    features : dict
        Further arguments of `random_network`.
    net, reference_net : Network
        The network of each engine.
    examples : ExampleSet
    name : str
        Name of the engine and the network in messages.
    """

    engine: Engine
    reference: Engine
    seed: int
    features: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.net, self.examples = self.new_copy()
        self.reference_net, _ = self.new_copy()
        self.name = f"engine {self.engine.name!r} on random_network({self.seed})"

    def new_copy(self) -> tuple[Network, ExampleSet]:
        """Return another copy of the network, with its examples."""
        return random_network(self.seed, **(self.features or {}))

    def change_both(self, change: Callable[[Network], object]) -> None:
        """Call a function with each network."""
        change(self.net)
        change(self.reference_net)

    def compare_units(self, quantities: tuple[str, ...], when: str, pass_count: int = 1) -> None:
        """Compare the state of the units. Lesioned units are compared separately, because their values may be much larger."""
        lesioned = np.array([unit.lesioned for unit in self.reference_net.units])
        for quantity in quantities:
            got, wanted = (np.array([getattr(unit, quantity) for unit in net.units]) for net in (self.net, self.reference_net))
            self.assert_close(got[~lesioned], wanted[~lesioned], f"{quantity} of the units {when}", pass_count)
            self.assert_close(got[lesioned], wanted[lesioned], f"{quantity} of the lesioned units {when}", pass_count)

    def compare_weights(self, quantities: tuple[str, ...], when: str, pass_count: int = 1) -> None:
        """Compare the state of the weights."""
        for quantity in quantities:
            got, wanted = ([getattr(weight, quantity) for weight in net.weights] for net in (self.net, self.reference_net))
            self.assert_close(got, wanted, f"{quantity} of the weights {when}", pass_count)

    def compare_runs(self, run: Run, wanted: Run) -> None:
        """Compare two runs: their logs, the trained weights, and the memory of the rule."""
        assert_that(run.epochs == wanted.epochs, self.name, "epochs", str(wanted.epochs), run.epochs)
        assert_that(run.stopped == wanted.stopped, self.name, "stopped", wanted.stopped, run.stopped)
        self.assert_close(run.errors, wanted.errors, "errors by epoch", self.pass_count(wanted))
        assert_that(run.corrects == wanted.corrects, self.name, "fraction correct by epoch", str(wanted.corrects), run.corrects)
        assert_that(set(run.memory) == set(wanted.memory), self.name, "names in the memory", str(set(wanted.memory)), set(run.memory))
        for name, numbers in wanted.memory.items():
            self.assert_close(run.memory[name], numbers, f"memory {name!r}", self.pass_count(wanted))
        self.compare_weights(("value",), "after training", self.pass_count(wanted))

    def compare_last_updates(self, pass_count: int) -> None:
        """Compare the inputs of the last weight update, which explanations use."""
        got, wanted = (net.weight_state.last_update for net in (self.net, self.reference_net))
        assert_that((got is None) == (wanted is None), self.name, "weight_state.last_update", repr(wanted), got)
        if got is None or wanted is None:
            return
        assert_that(got.examples == wanted.examples, self.name, "examples of the last update", str(wanted.examples), got.examples)
        assert_that(np.array_equal(got.rows, wanted.rows), self.name, "rows of the last update", str(wanted.rows), got.rows)
        self.assert_close(got.rates, wanted.rates, "rates of the last update")
        self.assert_close(got.values, wanted.values, "weights before the last update", pass_count)
        self.assert_close(got.derivatives, wanted.derivatives, "derivatives of the last update", pass_count)
        names = set(wanted.memory)
        assert_that(set(got.memory) == names, self.name, "names in the memory before the last update", str(names), set(got.memory))
        for name, numbers in wanted.memory.items():
            self.assert_close(got.memory[name], numbers, f"memory {name!r} before the last update", pass_count)

    def assert_close(self, got: Any, wanted: Any, what: str, pass_count: int = 1) -> None:
        """Raise AssertionError unless two arrays agree within the engine's tolerance times the number of passes."""
        assert_close(got, wanted, self.engine.tolerance * pass_count, self.name, what)

    def pass_count(self, run: Run) -> int:
        """Return a bound of the accumulated rounding error of a run, in passes: ten per case and epoch, because errors grow."""
        return 10 * max(1, run.epochs) * len(self.examples)
