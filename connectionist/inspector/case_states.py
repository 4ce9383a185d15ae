"""The quantities of all units in one case, by an engine, without changing what the units show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import ExampleSet
from connectionist.engines.probes import UnitProbe
from connectionist.model.propagation import passes
from connectionist.recording.in_testing import read_states

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

Numbers = npt.NDArray[np.intp]
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
        states: Array = self.read(subset, QUANTITIES, self.network.units, np.array([place]))[0][:ticks]
        return states

    def read(self, examples: ExampleSet, quantities: tuple[str, ...], units: tuple[Unit, ...], cases: Numbers | None = None) -> Array:
        """Return quantities of units in several cases, [case, tick, quantity, unit]."""
        numbers = np.arange(len(examples)) if cases is None else cases
        return read_states(self.network, examples, UnitProbe(quantities, tuple(units), numbers), self.engine)

    def errors(self, examples: ExampleSet) -> Array:
        """Return E of each case, as the objects compute it from the activations and net inputs; NaN without a target."""
        outputs = self.network.schedule.outputs
        if not outputs:
            return np.full(len(examples), np.nan)
        states = self.read(examples, ("activation", "net_input"), outputs)
        with self.network.state.restored_afterwards():
            return np.array([self._error(examples, case, states[case]) for case in range(len(examples))])

    def error_of(self, examples: ExampleSet, case: int, states: Array) -> float:
        """Return E of one case, given the quantities of all units, [tick, quantity, unit]."""
        numbers = {unit: number for number, unit in enumerate(self.network.units)}
        columns = [numbers[unit] for unit in self.network.schedule.outputs]
        with self.network.state.restored_afterwards():
            return self._error(examples, case, states[:, :2][:, :, columns])

    def _error(self, examples: ExampleSet, case: int, states: Array) -> float:
        """Return E of a case, given activations and net inputs of the output units, [tick, quantity, unit]."""
        network, targets = self.network, np.atleast_2d(examples.targets[case])
        if np.isnan(targets).all():
            return float("nan")
        rows = [unit.row for unit in network.schedule.outputs]
        error = 0.0
        for tick in range(1 if examples.lengths is None else int(examples.lengths[case])):
            for number, quantity in enumerate(QUANTITIES[:2]):
                network.state.array(quantity)[rows] = states[tick, number]
            error += passes.compare(network.schedule, network.state, targets[tick].tolist())
        return error * float(examples.error_weights[case])

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
