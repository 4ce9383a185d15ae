"""Settling: running a network in time on a constant input until its activations stop changing."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.errors import DivergenceError, WiringError, check_number
from connectionist.model.assembly.validation import Values, validate_inputs
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.model.time.unrolling import longest_delay
from connectionist.plugins import registry

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

FIRST_TICKS = 16  # of the first attempt; each further attempt has twice as many


@dataclass(frozen=True, eq=False)
class Settling:
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
        Inputs at every tick.
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
        If an activation becomes infinite or NaN.

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
    check_number("settle", "criterion", criterion, above=0)
    check_number("settle", "ticks", ticks, at_least=2, whole=True)
    if not network.in_time:
        raise WiringError(f"{network.name}: has neither delays nor integrating units, so it computes its output in one pass; use forward")
    pattern = validate_inputs(inputs, [group for group in network.groups if group.role == "input"])
    runner = _ConstantInput(network, pattern, registry.resolve("engines", engine, Engine))  # type: ignore[type-abstract,unused-ignore]
    settling, moving = _search(runner, criterion, ticks)
    if not settling.is_settled:
        warnings.warn(f"{network.name}: not settled after {ticks} ticks ({moving})", stacklevel=2)
    return settling


def _search(runner: _ConstantInput, criterion: float, most_ticks: int) -> tuple[Settling, str]:
    """Run more and more ticks, from the initial state each time. If the network does not settle, return also which quantity changes."""
    steps = max(1, longest_delay(runner.network))
    checked, count = 0, min(FIRST_TICKS, most_ticks)
    while True:
        activations = runner.run(count)
        changes = runner.changes(activations)
        tick = _first_settled_tick(changes < criterion, steps, checked)
        if tick is not None and runner.net_input_change(tick) < criterion:
            return Settling(True, tick, float(changes[tick - 2]), runner.run(tick)), ""
        if count == most_ticks:
            break
        checked, count = count, min(2 * count, most_ticks)
    moving = "a net input still changes" if tick is not None else f"an activation still changes by {changes[-1]:.3g}"
    return Settling(False, most_ticks, float(changes[-1]), activations), moving


class _ConstantInput:
    """Runs a network with the same input pattern at every tick."""

    def __init__(self, network: Network, pattern: Array, engine: Engine) -> None:
        self.network = network
        self.pattern = pattern
        self.engine = engine
        self.units = network.schedule.units
        self.dt = np.array([unit.group.dt[unit.index] for unit in self.units])

    def run(self, ticks: int) -> Array:
        """Run from the initial state and return the activations [tick, unit]."""
        no_targets = np.full((ticks, len(self.network.schedule.outputs)), np.nan)
        examples = ExampleSet([Example.sequence(np.tile(self.pattern, (ticks, 1)), no_targets)])
        activations: Array = self.engine.activations(self.network, examples, self.units)[0]
        self.network._engine_ran()
        if not np.isfinite(activations).all():
            tick, column = (int(indices[0]) for indices in np.nonzero(~np.isfinite(activations)))
            name, value = self.units[column].name, activations[tick, column]
            raise DivergenceError(f"{self.network.name}: unit {name} became {value} at tick {tick + 1}, so the network cannot settle")
        return activations

    def changes(self, activations: Array) -> Array:
        """Return the largest change, divided by dt, from each tick to the next, [tick]. Element 0 is the change from tick 1 to tick 2."""
        return np.asarray((np.abs(np.diff(activations, axis=0)) / self.dt).max(axis=1, initial=0.0))

    def net_input_change(self, tick: int) -> float:
        """Return the largest change, divided by dt, of an integrated net input in the tick after `tick`; 0 if none is integrated."""
        columns = [column for column, unit in enumerate(self.units) if unit.group.integrates == "net_input"]
        if not columns:
            return 0.0
        net_inputs = []
        for count in (tick, tick + 1):
            self.run(count)
            net_inputs.append(np.array([self.units[column].net_input for column in columns]))
        return float((np.abs(net_inputs[1] - net_inputs[0]) / self.dt[columns]).max())


def _first_settled_tick(is_small: npt.NDArray[np.bool_], steps: int, checked: int) -> int | None:
    """Return the first tick after tick `checked` that ends `steps` successive small changes, or None."""
    length = 0
    for index, small in enumerate(is_small.tolist()):
        length = length + 1 if small else 0
        if length >= steps and index + 2 > checked:
            return index + 2
    return None
