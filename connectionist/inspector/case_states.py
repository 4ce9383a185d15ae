"""The quantities of all units in one case, by an engine, without changing what the units show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.probes import UnitProbe
from connectionist.model.propagation import passes
from connectionist.recording.in_testing import read_states

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

QUANTITIES = ("activation", "net_input", "target", "activation_derivative", "net_derivative")
KEPT_SUBSETS = 16


class CaseStates:
    """Runs cases of a network by an engine.

    Parameters
    ----------
    network : Network
    engine : Engine
    """

    def __init__(self, network: Network, engine: Engine) -> None:
        self.network = network
        self.engine = engine
        self._subsets: list[tuple[ExampleSet, int, ExampleSet, int]] = []

    def of_case(self, examples: ExampleSet, case: int) -> Array:
        """Return the quantities of all units in one case, [tick, quantity, unit], in the order of `QUANTITIES` and ``net.units``.

        A case that continues others is run after them.
        """
        subset, place = self._subset(examples, case)
        ticks = 1 if subset.lengths is None else int(subset.lengths[place])
        return self.read(subset, QUANTITIES, self.network.units, np.array([place]))[0][:ticks]

    def read(self, examples: ExampleSet, quantities: tuple[str, ...], units: tuple[Unit, ...], cases: Array | None = None) -> Array:
        """Return quantities of units in several cases, [case, tick, quantity, unit]."""
        numbers = np.arange(len(examples)) if cases is None else cases.astype(np.intp)
        return read_states(self.network, examples, UnitProbe(quantities, tuple(units), numbers), self.engine)

    def errors(self, examples: ExampleSet) -> Array:
        """Return E of each case, as the objects compute it from the activations and net inputs; NaN without a target."""
        outputs = self.network.schedule.outputs
        if not outputs:
            return np.full(len(examples), np.nan)
        states = self.read(examples, ("activation", "net_input"), outputs)
        targets = examples.targets if examples.targets.ndim == 3 else examples.targets[:, np.newaxis]
        has_target = ~np.isnan(targets).all(axis=(1, 2))
        lengths = np.ones(len(examples), int) if examples.lengths is None else examples.lengths
        weights = examples.error_weights.tolist()
        with self.network.state.restored_afterwards():
            return np.array(
                [
                    weights[case] * sum(self._error(states[case, tick], targets[case, tick]) for tick in range(int(lengths[case])))
                    if has_target[case]
                    else np.nan
                    for case in range(len(examples))
                ]
            )

    def _error(self, states: Array, targets: Array) -> float:
        """Return E of activations and net inputs [quantity, output unit] with targets [output unit]."""
        network = self.network
        rows = [unit.row for unit in network.schedule.outputs]
        for quantity, values in zip(("activation", "net_input"), states, strict=True):
            network.state.array(quantity)[rows] = values
        return passes.compare(network.schedule, network.state, targets.tolist())

    def _subset(self, examples: ExampleSet, case: int) -> tuple[ExampleSet, int]:
        """Return the case with those that it continues, as a small set, and its number in this set."""
        for given, number, subset, place in self._subsets:
            if given is examples and number == case:
                return subset, place
        first = case
        while first > 0 and examples.continues[first]:
            first -= 1
        part = examples if (case - first) * 2 > len(examples) else examples[np.arange(first, case + 1)]
        place = case if part is examples else case - first
        self._subsets = [*self._subsets[1 - KEPT_SUBSETS :], (examples, case, part, place)]
        return part, place
