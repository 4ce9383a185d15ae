"""Running a network in time until it comes to rest."""

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
from connectionist.model.assembly.validation import Values, fit_inputs
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.model.time.unrolling import longest_delay
from connectionist.plugins import registry

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

FIRST_TICKS = 16  # of the first try; each further one has twice as many


@dataclass(frozen=True, eq=False)
class Settling:
    """How a network came to rest, or did not.

    Attributes
    ----------
    is_settled : bool
    ticks : int
        The first tick at which it was found at rest; if there was none, how many ran.
    change : float
        The largest change of an activation in that tick.
    activations : array [tick, unit]
        Of every unit of ``network.schedule.units``, from tick 1 to that tick.
    """

    is_settled: bool
    ticks: int
    change: float
    activations: Array


def settle(network: Network, inputs: Values, criterion: float = 1e-4, ticks: int = 1000, engine: str | Engine = DEFAULT_ENGINE) -> Settling:
    """Hold a pattern of inputs until the network has come to rest; its units then show the state in which it did.

    Parameters
    ----------
    network : Network
        One that runs in time.
    inputs : array_like [input unit] or dict of group name to array_like
        Held at every tick.
    criterion : float
        It is at rest when no unit's activation has changed by this or more in as many successive ticks as the longest delay has; above
        0. For units that integrate, changes are divided by dt, and net inputs that are integrated must be at rest too.
    ticks : int
        At most so many, at least 2.
    engine : str or Engine

    Returns
    -------
    Settling

    Raises
    ------
    WiringError
        When the network does not run in time, and so has nothing to settle.
    ParameterError, DataError
        When a parameter is out of range or the inputs do not fit.
    DivergenceError
        When an activation leaves the finite numbers.

    Warns
    -----
    UserWarning
        When it has not come to rest.

    Examples
    --------
    >>> net = Network("decay")
    >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation="linear", biased=False)
    >>> _ = net.connect("input", "output", weights=1.0), net.connect("output", "output", delay=1, weights=0.5)
    >>> rest = settle(net, [1.0], criterion=0.01)
    >>> rest.ticks, rest.activations[-1].round(2)
    (8, array([1.99]))
    """
    check_number("settle", "criterion", criterion, above=0)
    check_number("settle", "ticks", ticks, at_least=2, whole=True)
    if not network.in_time:
        raise WiringError(f"{network.name}: has neither delays nor integrating units, so one forward pass is all it does")
    pattern = fit_inputs(inputs, [group for group in network.groups if group.role == "input"])
    hold = _Hold(network, pattern, registry.resolve("engines", engine, Engine))  # type: ignore[type-abstract,unused-ignore]
    tried, count = 0, min(FIRST_TICKS, ticks)
    while True:
        activations = hold.run(count)
        changes = hold.changes(activations)
        last = _first_calm(changes < criterion, max(1, longest_delay(network)), tried)
        if last is not None and hold.net_inputs_change(last) < criterion:
            return Settling(True, last, float(changes[last - 2]), hold.run(last))
        if count == ticks:
            break
        tried, count = count, min(2 * count, ticks)
    still = "a net input still changes" if last is not None else f"an activation still changes by {changes[-1]:.3g}"
    warnings.warn(f"{network.name}: not at rest after {ticks} ticks ({still})", stacklevel=2)
    return Settling(False, ticks, float(changes[-1]), activations)


class _Hold:
    """A network that is shown one pattern at every tick."""

    def __init__(self, network: Network, pattern: Array, engine: Engine) -> None:
        self.network = network
        self.pattern = pattern
        self.engine = engine
        self.units = network.schedule.units
        self.dt = np.array([unit.group.dt[unit.index] for unit in self.units])

    def run(self, ticks: int) -> Array:
        """Return the activations [tick, unit] from the initial state on."""
        nothing = np.full((ticks, len(self.network.schedule.outputs)), np.nan)
        held = ExampleSet([Example.sequence(np.tile(self.pattern, (ticks, 1)), nothing)])
        activations: Array = self.engine.activations(self.network, held, self.units)[0]
        self.network._was_run()
        if not np.isfinite(activations).all():
            tick, place = (int(at[0]) for at in np.nonzero(~np.isfinite(activations)))
            name, value = self.units[place].name, activations[tick, place]
            raise DivergenceError(f"{self.network.name}: unit {name} became {value} at tick {tick + 1}, so it cannot settle")
        return activations

    def changes(self, activations: Array) -> Array:
        """Return the largest change from each tick to the next; of a unit that integrates, as fast as it would change without its dt."""
        return np.asarray((np.abs(np.diff(activations, axis=0)) / self.dt).max(axis=1, initial=0.0))

    def net_inputs_change(self, tick: int) -> float:
        """Return how much the net inputs that are integrated still change after a tick, by the same measure."""
        places = [place for place, unit in enumerate(self.units) if unit.group.integrates == "net_input"]
        if not places:
            return 0.0
        after = []
        for count in (tick, tick + 1):
            self.run(count)
            after.append(np.array([self.units[place].net_input for place in places]))
        return float((np.abs(after[1] - after[0]) / self.dt[places]).max())


def _first_calm(is_calm: npt.NDArray[np.bool_], steps: int, tried: int) -> int | None:
    """Return the first tick after those tried at which so many successive steps have been calm, or None."""
    run = 0
    for step, calm in enumerate(is_calm.tolist()):
        run = run + 1 if calm else 0
        if run >= steps and step + 2 > tried:
            return step + 2
    return None
