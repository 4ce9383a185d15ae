"""The quantities of all units in one case, by an engine, without changing what the units show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import ExampleSet
from connectionist.engines.probes import UnitProbe
from connectionist.model.propagation import passes
from connectionist.plugins.functions import within_margin
from connectionist.recording.in_testing import read_states

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine
    from connectionist.model.group import Group
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

    def of_case(self, examples: ExampleSet, case: int, *, backward: bool = True) -> Array:
        """Return the quantities of all units in one case, [tick, quantity, unit], in the order of `QUANTITIES` and ``net.units``.

        A case that continues others is run after them. Without the backward pass, which takes most of the time, derivatives are NaN, as
        in a case without a target.
        """
        subset, place = self._subset(examples, case)
        ticks = 1 if subset.lengths is None else int(subset.lengths[place])
        quantities = QUANTITIES if backward and have_targets(subset)[place] else QUANTITIES[:-2]
        computed = self.read(subset, quantities, self.network.units, np.array([place]))[0][:ticks]
        states = np.full((ticks, len(QUANTITIES), computed.shape[-1]), np.nan)
        states[:, : len(quantities)] = computed
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
        states, targets = self.read(examples, ("activation", "net_input"), outputs), self._targets(examples)
        if self.network.schedule.joint_outputs or any(unit.group.error_function.is_joint for unit in outputs):
            with self.network.state.restored_afterwards():
                errors = np.array([self._joint_error(case, targets[number]) for number, case in enumerate(states)])
        else:
            errors = np.zeros(len(examples))
            for number, unit in enumerate(outputs):
                errors += _unit_errors(unit.group, states[:, :, :, number], targets[:, :, number]).sum(axis=1)
        errors[~have_targets(examples)] = np.nan
        return errors * examples.error_weights

    def _targets(self, examples: ExampleSet) -> Array:
        """Return the targets that units are compared with, [case, tick, output unit]; NaN for lesioned and hard-clamped units."""
        outputs = self.network.schedule.outputs
        targets = examples.targets.reshape(len(examples), -1, len(outputs)).copy()
        targets[:, :, [unit.lesioned for unit in outputs]] = np.nan
        if examples.lengths is not None:
            targets[np.arange(targets.shape[1]) >= examples.lengths[:, np.newaxis]] = np.nan
        for name, table in examples.clamps.items():
            group = self.network[name]
            columns = [number for number, unit in enumerate(outputs) if unit.group is group]
            if columns and group.clamping.is_hard:
                values = table.reshape(len(examples), -1, len(group))[:, :, [outputs[number].index for number in columns]]
                targets[:, :, columns] = np.where(np.isnan(values), targets[:, :, columns], np.nan)
        return targets

    def _joint_error(self, states: Array, targets: Array) -> float:
        """Return E of a case, [tick, quantity, unit] and [tick, unit], whose output groups are compared as a whole, as with softmax."""
        network, error = self.network, 0.0
        rows = [unit.row for unit in network.schedule.outputs]
        for tick in np.flatnonzero(~np.isnan(targets).all(axis=1)):
            for number, quantity in enumerate(QUANTITIES[:2]):
                network.state.array(quantity)[rows] = states[tick, number]
            error += passes.compare(network.schedule, network.state, targets[tick].tolist(), with_costs=False)
        return error

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


def have_targets(examples: ExampleSet) -> npt.NDArray[np.bool_]:
    """Return for each case whether any unit has a target in it."""
    return np.asarray((~np.isnan(examples.targets)).reshape(len(examples), -1).any(axis=1))


def _unit_errors(group: Group, states: Array, targets: Array) -> Array:
    """Return the errors of a unit, [case, tick], given [case, tick, quantity] and its targets. The formulas are those of `Unit.compare`."""
    function: Any = group.error_function
    is_paired, activation_function, margin = group.paired_error is not None, group.activation_function, group.margin
    is_due, errors = ~np.isnan(targets), np.zeros(targets.shape)
    activations, net_inputs = (states[:, :, number][is_due].tolist() for number in range(2))
    errors[is_due] = [
        0.0 if margin and within_margin(y, d, margin)
        else function.compare_net_input(x, y, d, activation_function)[0] if is_paired
        else function.error(y, d)
        for y, x, d in zip(activations, net_inputs, targets[is_due].tolist(), strict=True)
    ]  # fmt: skip
    return errors
