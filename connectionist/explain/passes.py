"""The pass backward that left a unit's derivatives; or the passes, where each tick's error goes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectionist.errors import WiringError
from connectionist.model.network import Network
from connectionist.model.propagation import truncation
from connectionist.model.schedule import intact_units
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array

NOT_RUN = "every unit is at 0, as before the first case: if none was run yet, call forward first"


@dataclass(frozen=True, eq=False)
class Pass:
    """What units were left with by one pass backward.

    Attributes
    ----------
    tick : int or None
        Whose error it was; None for that of all ticks, or of a network without.
    activation_derivatives, net_derivatives : array [unit]
        By the units' rows.
    reached : frozenset of Unit
        The units that handed back. Asked only whether it has a unit.
    """

    tick: int | None
    activation_derivatives: Array
    net_derivatives: Array
    reached: frozenset[Unit]

    def activation_derivative(self, unit: Unit) -> float:
        """Return ∂E/∂y of this pass."""
        return float(self.activation_derivatives[unit.row])

    def net_derivative(self, unit: Unit) -> float:
        """Return ∂E/∂x of this pass."""
        return float(self.net_derivatives[unit.row])

    def compares(self, unit: Unit) -> bool:
        """Whether the unit's target counted in this pass."""
        return unit.group.role == "output" and self.tick in (None, unit.group.tick)


@dataclass(frozen=True, eq=False)
class Context:
    """What an explanation needs to know of a unit's network.

    Attributes
    ----------
    network : Network
    passes : tuple of Pass
    places : dict of Unit to int
        Which unit hands back when, the first in a pass backward at the lowest place.
    """

    network: Network
    passes: tuple[Pass, ...]
    places: dict[Unit, int]


def network_of(unit: Unit) -> Network:
    """Return the network that a unit is part of."""
    assert isinstance(unit.owner, Network)
    return unit.owner


def surroundings(unit: Unit) -> Context:
    """Return what is around a unit, of a network whose own units show all that there is.

    Raises
    ------
    WiringError
        When the network has been rewired since it was unrolled.
    """
    network = network_of(unit)
    steps = [intact_units(step) for step in network.schedule.steps]
    places = {each: place for place, each in enumerate(each for step in reversed(steps) for each in step)}
    return Context(network, tuple(_passes(network)), places)


def copy_at_last_tick(unit: Unit) -> Unit:
    """Return a unit itself; of a network in time, its copy in the unrolled network in which the last case ran.

    Raises
    ------
    WiringError
        When there is none, since an engine ran the last case, or none was run.
    """
    network = network_of(unit)
    if not network.in_time:
        return unit
    stage = network.unrolled
    if stage is None:
        raise WiringError(
            f"{unit.name}: {network.in_time}, so it runs in time, and its own units show the last tick only; call "
            f"{network.name}.forward(inputs), and backward(targets), and ask a copy: "
            f"{network.name}.unrolled.unit('{unit.name if unit.group.role == 'bias' else unit.name + '@1'}').explain()"
        )
    return stage.unit("bias") if unit.group.role == "bias" else stage[f"{unit.group.name}@{stage.ticks}"][unit.index]


def _passes(network: Network) -> Iterator[Pass]:
    for tick, steps, activation_derivatives, net_derivatives in truncation.replay_passes(network):
        reached = frozenset(unit for step in steps for unit in intact_units(step))
        yield Pass(tick, activation_derivatives, net_derivatives, reached)


def run_notes(network: Network) -> list[str]:
    """Return that no case seems to have been run, if all the numbers that one leaves are 0."""
    rows = [unit.row for unit in network.units if unit.group.role != "bias"]
    return [] if any(network.state.array(quantity)[rows].any() for quantity in ("net_input", "activation")) else [NOT_RUN]
