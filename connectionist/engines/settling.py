"""Settling: running a network in time on a constant input until its activations stop changing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.probes import UnitProbe
from connectionist.errors import DivergenceError, WiringError, check_number
from connectionist.model.assembly.validation import CaseInputs, Values, validate_case_inputs
from connectionist.model.network import DEFAULT_ENGINE, Network, check_network
from connectionist.model.time.unrolling import longest_delay
from connectionist.plugins import registry
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

EXAMPLE_COPIES = 4  # arrays as large as the inputs and targets while an example is made
FIRST_TICKS = 16  # ticks of the first attempt; each further attempt has twice as many


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class Settling(KnownAttributes):
    """The result of `settle`.

    Attributes
    ----------
    is_settled : bool
    ticks : int
        First tick, from 1, at which the network had settled; the number of ticks that ran if it did not settle.
    change : float
        Largest change of an activation in that tick, divided by dt for units that integrate.
    activations : array [tick, unit]
        Activations of the units of ``network.schedule.units``, from tick 1 to that tick.
    """

    is_settled: bool
    ticks: int
    change: float
    activations: Array

    def __repr__(self) -> str:
        settled = f"settled at tick {self.ticks}" if self.is_settled else f"not settled after {describe_count(self.ticks, 'tick')}"
        return f"<Settling: {settled}, change {self.change:.3g}, {describe_count(self.activations.shape[1], 'unit')}>"


def settle(network: Network, inputs: Values, criterion: float = 1e-4, ticks: int = 1000, engine: str | Engine = DEFAULT_ENGINE) -> Settling:
    r"""Run a network with constant inputs until it has settled. Its units then show the state in which it settled.

    With D the longest delay in the network, at least 1, the network has settled at the first tick at which, in D successive ticks,

    .. math:: \max_i \, |y_i(t) - y_i(t-1)| / dt_i < \text{criterion}.

    The dt of a unit that does not integrate is 1. Net inputs that are integrated must meet the same condition in one tick.

    Parameters
    ----------
    network : Network
        Network that runs in time.
    inputs : array_like [input unit] or dict of group name to array_like
        Inputs at every tick. A dict may also clamp units of hidden and output groups; NaN for a unit that is computed.
    criterion : float
        Change below which a unit has settled, above 0.
    ticks : int
        Largest number of ticks, at least 2.
    engine : str or Engine

    Returns
    -------
    Settling

    Raises
    ------
    WiringError
        If the network does not run in time.
    ParameterError, DataError
        If a parameter is out of range, or if the inputs do not fit the network.
    DivergenceError
        If an activation, or a net input that is integrated, becomes infinite or NaN.

    Warns
    -----
    UserWarning
        If the network has not settled after `ticks` ticks.

    Examples
    --------
    >>> net = Network("decay")
    >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation="linear", biased=False)
    >>> _ = net.connect("input", "output", weights=1.0), net.connect("output", "output", delay=1, weights=0.5)
    >>> settled = settle(net, [1.0], criterion=0.01)
    >>> settled.ticks, settled.activations[-1].round(2)
    (8, array([1.99]))
    """
    check_network(network, "settle")
    check_number("settle", "criterion", criterion, above=0)
    check_number("settle", "ticks", ticks, at_least=2, whole=True)
    if not network.in_time:
        raise WiringError(f"{network.name}: has neither delays nor integrating units, so it computes its output in one pass; use forward")
    resolved = registry.resolve("engines", engine, Engine, what="settle.engine")  # type: ignore[type-abstract,unused-ignore]
    runner = _ConstantInput(network, validate_case_inputs(inputs, network.groups, ""), resolved)
    settling, moving = _search(runner, criterion, ticks)
    if not settling.is_settled:
        warn_caller(f"{network.name}: not settled after {describe_count(ticks, 'tick')} ({moving})")
    return settling


def _search(runner: _ConstantInput, criterion: float, most_ticks: int) -> tuple[Settling, str]:
    """Run more and more ticks, from the initial state each time. If the network does not settle, return also which quantity changes."""
    steps = max(1, longest_delay(runner.network))
    count = min(FIRST_TICKS, most_ticks)
    while True:
        trajectory = runner.run(count)
        tick = _first_settled_tick(trajectory, steps, criterion)
        if tick is not None:
            change = float(trajectory.changes[tick - 2])
            activations = trajectory.activations if tick == count else runner.run(tick).activations
            return Settling(True, tick, change, activations), ""
        if count == most_ticks:
            break
        count = min(2 * count, most_ticks)
    change, net_input_change = float(trajectory.changes[-1]), float(trajectory.net_input_changes[-1])
    is_calm = change < criterion <= net_input_change
    moving = f"a net input still changes by {net_input_change:.3g}" if is_calm else f"an activation still changes by {change:.3g}"
    return Settling(False, most_ticks, change, trajectory.activations), moving


@dataclass(frozen=True, eq=False)
class _Trajectory:
    """The activations of a network that ran on a constant input, and their changes.

    Attributes
    ----------
    activations : array [tick, unit]
    changes, net_input_changes : array [tick]
        Largest change of an activation, and of a net input that is integrated, from each tick to the next, divided by dt. Element 0 is the
        change from tick 1 to tick 2. Without such units `net_input_changes` is 0.
    """

    activations: Array
    changes: Array
    net_input_changes: Array


class _ConstantInput:
    """Runs a network with the same input pattern at every tick."""

    def __init__(self, network: Network, case: CaseInputs, engine: Engine) -> None:
        self.network = network
        self.pattern = case.inputs
        self.clamps = case.clamps
        self.engine = engine
        self.units = network.schedule.units
        self.dt = np.array([unit.group.dt[unit.index] for unit in self.units])
        self.integrates = np.array([unit.group.integrates == "net_input" for unit in self.units], dtype=bool)

    def run(self, ticks: int) -> _Trajectory:
        """Run from the initial state. The units show the last tick."""
        outputs = len(self.network.schedule.outputs)
        needed = EXAMPLE_COPIES * NUMBER_BYTES * ticks * (len(self.pattern) + outputs)
        with allocating(needed, f"{self.network.name}: inputs and targets of {ticks} ticks"):
            no_targets = np.full((ticks, outputs), np.nan)
            clamps = {group: np.tile(clamp, (ticks, 1)) for group, clamp in self.clamps.items()}
            examples = ExampleSet([Example.sequence(np.tile(self.pattern, (ticks, 1)), no_targets, clamps=clamps)])
        quantities = ("activation", "net_input") if self.integrates.any() else ("activation",)
        states = self.engine.states(self.network, examples, UnitProbe(quantities, self.units, np.arange(1)))[0]
        self.network._engine_ran()
        activations, net_inputs = states[:, 0], states[:, -1, self.integrates]
        self._check_finite("unit", activations, self.units)
        self._check_finite("net input of unit", net_inputs, [unit for unit in self.units if unit.group.integrates == "net_input"])
        return _Trajectory(activations, _largest_changes(activations, self.dt), _largest_changes(net_inputs, self.dt[self.integrates]))

    def _check_finite(self, what: str, values: Array, units: Sequence[Unit]) -> None:
        if not np.isfinite(values).all():
            tick, column = (int(indices[0]) for indices in np.nonzero(~np.isfinite(values)))
            name, value = units[column].name, values[tick, column]
            raise DivergenceError(f"{self.network.name}: {what} {name} became {value} at tick {tick + 1}, so the network cannot settle")


def _largest_changes(values: Array, dt: Array) -> Array:
    return np.asarray((np.abs(np.diff(values, axis=0)) / dt).max(axis=1, initial=0.0))


def _first_settled_tick(trajectory: _Trajectory, steps: int, criterion: float) -> int | None:
    """Return the first tick that ends `steps` successive small changes of the activations and has small changes of net inputs, or None."""
    length = 0
    changes = zip((trajectory.changes < criterion).tolist(), (trajectory.net_input_changes < criterion).tolist(), strict=True)
    for tick, (is_small, has_small_net_inputs) in enumerate(changes, 2):
        length = length + 1 if is_small else 0
        if length >= steps and has_small_net_inputs:
            return tick
    return None
