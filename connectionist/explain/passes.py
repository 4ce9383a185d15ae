"""The backward pass or passes of the present case, and the network in which the case ran."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from connectionist.errors import WiringError
from connectionist.model.network import Network
from connectionist.model.propagation import truncation
from connectionist.model.schedule import intact_units
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array
from connectionist.utils.declared_attributes import with_assignment_errors

NOT_RUN = "every unit is at 0, as before the first case; call forward first if none has been run"


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class Pass:
    """Error derivatives of one backward pass.

    Attributes
    ----------
    tick : int or None
        Tick whose error is propagated; None if the pass propagates all errors.
    activation_derivatives, net_derivatives : array [unit]
        ∂E/∂y and ∂E/∂x, by the rows of the units.
    reached : container of Unit
        Units that the error reached.
    """

    tick: int | None
    activation_derivatives: Array
    net_derivatives: Array
    reached: Container[Unit]

    def activation_derivative(self, unit: Unit) -> float:
        """Return ∂E/∂y of a unit in this pass."""
        return float(self.activation_derivatives[unit.row])

    def net_derivative(self, unit: Unit) -> float:
        """Return ∂E/∂x of a unit in this pass."""
        return float(self.net_derivatives[unit.row])

    def compares(self, unit: Unit) -> bool:
        """Return whether this pass propagates the unit's own error."""
        return unit.group.role == "output" and self.tick in (None, unit.group.tick)


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class Context:
    """The network and the passes of the present case.

    Attributes
    ----------
    network : Network
        Network in which the case ran.
    passes : tuple of Pass
    backward_order : dict of Unit to int
        Position of each unit in a backward pass, from 0.
    """

    network: Network
    passes: tuple[Pass, ...]
    backward_order: dict[Unit, int]

    def net_derivative(self, unit: Unit) -> float:
        """Return ∂E/∂x of a unit, summed over the passes that reached it."""
        derivative = 0.0
        for backward_pass in self.passes:
            derivative += backward_pass.net_derivative(unit) if unit in backward_pass.reached else 0.0
        return derivative


def network_of(unit: Unit) -> Network:
    """Return the network of a unit."""
    assert isinstance(unit.owner, Network)
    return unit.owner


def find_context(unit: Unit) -> Context:
    """Return the context of a unit, in a network whose units show the whole case.

    Raises
    ------
    WiringError
        If the network was rewired after it was unrolled.
    """
    network = network_of(unit)
    derived = network.schedule.derived
    backward_order = derived.get(Context)
    if backward_order is None:  # once for a wiring, since it visits all units
        steps = [intact_units(step) for step in network.schedule.steps]
        backward_order = derived[Context] = {each: place for place, each in enumerate(each for step in reversed(steps) for each in step)}
    return Context(network, tuple(_passes(network, backward_order)), backward_order)


def _passes(network: Network, backward_order: dict[Unit, int]) -> Iterator[Pass]:
    for tick, steps, activation_derivatives, net_derivatives in truncation.replay_passes(network):
        reached = backward_order if tick is None else frozenset(unit for step in steps for unit in intact_units(step))
        yield Pass(tick, activation_derivatives, net_derivatives, reached)


def copy_at_last_tick(unit: Unit) -> Unit:
    """Return the copy of a unit at the last tick of the last case; the unit itself if the network does not run in time.

    Raises
    ------
    WiringError
        If there is no copy, because no case was run, or because an engine ran the last one.
    """
    network = network_of(unit)
    if not network.in_time:
        return unit
    unrolled = network.unrolled
    if unrolled is None:
        copy_name = unit.name if unit.group.role == "bias" else f"{unit.name}@1"
        raise WiringError(
            f"{unit.name}: the network runs in time ({network.in_time}), and no copies of its units at each tick are kept, because an "
            f"engine ran the last case or none was run; call net.forward(inputs) and net.backward(targets), and explain a copy: "
            f"net.unrolled.unit('{copy_name}').explain()"
        )
    return unrolled.unit("bias") if unit.group.role == "bias" else unrolled[f"{unit.group.name}@{unrolled.ticks}"][unit.index]


def noise_notes(sides: Sequence[str]) -> list[str]:
    """Return a note if the weights of some sides of a unit have noise; else an empty list."""
    kept = "is not kept after the pass: sums are shown without it, and stored values have it"
    return [f"{' and '.join(sides)} weights have noise, which {kept}"] if sides else []


def run_notes(network: Network) -> list[str]:
    """Return a note if no case seems to have been run, because all net inputs and activations are 0; else an empty list."""
    first = network.schedule.always_on[0].row + 1  # the rows of the other units follow
    return [] if any(network.state.array(quantity)[first:].any() for quantity in ("net_input", "activation")) else [NOT_RUN]
