"""Running a network in time until it comes to rest."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist import lookup
from connectionist.errors import ParameterError, WiringError, check_number
from connectionist.example import Example
from connectionist.examples import ExampleSet
from connectionist.fitting import Values, fit_inputs
from connectionist.network import DEFAULT_ENGINE, Network

if TYPE_CHECKING:
    from connectionist.state import Array

FIRST_TICKS = 16  # of the first try; each further one has twice as many


@dataclass(frozen=True, eq=False)
class Settling:
    """How a network came to rest, or did not.

    Attributes
    ----------
    is_settled : bool
    ticks : int
        The first tick at which no activation changed by as much as the criterion; if there was none, how many ran.
    change : float
        The largest change of an activation in that tick.
    activations : array [tick, unit]
        Of every unit of ``network.schedule.units``, from tick 1 to that tick.
    """

    is_settled: bool
    ticks: int
    change: float
    activations: Array


def settle(network: Network, inputs: Values, criterion: float = 1e-4, ticks: int = 1000, engine: object = DEFAULT_ENGINE) -> Settling:
    """Hold a pattern of inputs until the network has come to rest; its units then show the state in which it did.

    Parameters
    ----------
    network : Network
        One that runs in time.
    inputs : array_like [input unit] or dict of group name to array_like
        Held at every tick.
    criterion : float
        It is at rest when no unit's activation changes by this or more from one tick to the next; above 0.
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
    ParameterError, PatternError
        When a parameter is out of range or the inputs do not fit.

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
    found: Any = lookup.find("engines", engine)() if isinstance(engine, str) else engine
    if not hasattr(found, "activations"):
        raise ParameterError(f"settle.engine: must be the name of an engine or an Engine (got {engine!r})")
    count = min(FIRST_TICKS, ticks)
    while True:
        activations = _run(network, pattern, count, found)
        changes = np.abs(np.diff(activations, axis=0)).max(axis=1, initial=0.0)
        at_rest = np.flatnonzero(changes < criterion)
        if len(at_rest) or count == ticks:
            break
        count = min(2 * count, ticks)
    if not len(at_rest):
        warnings.warn(f"{network.name}: not at rest after {ticks} ticks (an activation still changes by {changes[-1]:.3g})", stacklevel=2)
        return Settling(False, ticks, float(changes[-1]), activations)
    last = int(at_rest[0]) + 2
    return Settling(True, last, float(changes[last - 2]), _run(network, pattern, last, found))


def _run(network: Network, pattern: Array, ticks: int, engine: Any) -> Array:
    nothing = np.full((ticks, len(network.schedule.outputs)), np.nan)
    held = ExampleSet([Example.sequence(np.tile(pattern, (ticks, 1)), nothing)])
    activations: Array = engine.activations(network, held, network.schedule.units)[0]
    return activations
