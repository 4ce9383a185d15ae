"""One case forward and backward through the objects, in the order of a schedule.

    forward:   clamp the input units · activate every step
    backward:  set the unit derivatives to 0 · compare output units with targets · backpropagate every step, last first

A case of several ticks is one case of the unrolled network. Each backward pass adds to the weight derivatives until `clear_derivatives`.
`average_ties` divides the sum of a tied weight by the number of its connections. If errors are carried back through a limited number of
ticks, a case has several backward passes (`truncation.backward_passes`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from connectionist.model.activation_cost import CHANGE
from connectionist.model.perturbation import UNPERTURBED, Perturbation, perturb_units
from connectionist.model.schedule import group_of, intact_units
from connectionist.model.time import unrolling
from connectionist.model.time.group_copy import GroupAtTick, argument_of_cost

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.schedule import Schedule
    from connectionist.model.state import UnitState, WeightState
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


def run(
    network: Network,
    inputs: Sequence[float],
    end_state: unrolling.EndState | None = None,
    perturbation: Perturbation = UNPERTURBED,
) -> None:
    """Run one case forward, from the initial state or, in an unrolled network, from the end state of the case before.

    Parameters
    ----------
    network : Network
        A network without delays, or an unrolled one.
    inputs : sequence of float
        One number for each unit of ``network.schedule.inputs``.
    end_state : list of (float, float), optional
        Activation and net input of each unit before tick 1, as `unrolling.read_end_state` returns them.
    perturbation : Perturbation
        Noise on the units, and clamps. Noise on weights is added by the caller (`perturbation.noisy_weights`).
    """
    begin(network, inputs, end_state, perturbation)
    activate(network.schedule.steps, network.state)


def begin(
    network: Network, inputs: Sequence[float], end_state: unrolling.EndState | None = None, perturbation: Perturbation = UNPERTURBED
) -> None:
    """Set the units before tick 1, if there are any, and clamp the input units: `run` without the activation of the steps."""
    if network.ticks is not None:
        unrolling.set_initial_state(network, end_state)
    perturb_units(network, perturbation)
    clamp(network.schedule, inputs)


def activate(steps: Iterable[Unit | Group], state: UnitState) -> None:
    """Activate some steps in order."""
    if not state.is_perturbed:
        for step in steps:
            step.activate()
        return
    for step in steps:
        step.activate()
        step.perturb()


def clamp(schedule: Schedule, inputs: Sequence[float]) -> None:
    """Set the input units to one number each, plus their noise, and the unit that is always on to 1."""
    for unit in schedule.always_on:
        unit.activation = 1.0
    for unit, activation in zip(schedule.inputs, inputs, strict=True):
        unit.activation = 0.0 if unit.lesioned else activation + unit.activation_noise


def compare(
    schedule: Schedule,
    state: UnitState,
    targets: Sequence[float],
    error_weight: float = 1.0,
    tick: int | None = None,
    *,
    with_costs: bool = True,
) -> float:
    """Set the derivatives of all units to 0, compare the output units with one target each (NaN means none), and return E.

    A lesioned or clamped unit has no target. E has the costs of the activations, if `tick` is given only of this one. E and its derivatives
    are multiplied by a weight.
    """
    clear_units(state)
    state.error_weight = error_weight
    error = 0.0
    for unit, target in zip(schedule.outputs, targets, strict=True):
        error += unit.compare(math.nan if unit.lesioned or unit.is_clamped else target)
    for group in schedule.joint_outputs:
        error += group.compare()
    for group in schedule.output_groups:
        if group.error_function.is_joint:
            error += group.add_joint_error()
    if with_costs:
        error += add_costs(state.owner, tick)  # type: ignore[arg-type]
    if error_weight != 1.0:
        state.array("activation_derivative")[:] *= error_weight
    return error * error_weight


def add_costs(network: Network, tick: int | None = None) -> float:
    """Add the slopes of the costs of activations to ∂E/∂y, and return the costs; with a tick, of this tick only."""
    total = 0.0
    for group in network.groups:
        if group.cost is not None and tick in (None, group.tick):
            total += add_cost(group)
    return total


def add_cost(group: Group) -> float:
    """Add the slope of the cost of each intact unit of a group that has one to ∂E/∂y, and return the sum of the costs.

    Raises
    ------
    WiringError
        If the cost is of changes, and there are no ticks.
    """
    cost, total = group.cost, 0.0
    for unit in group if cost is not None else ():
        if cost is not None and not unit.lesioned:
            number = argument_of_cost(unit, cost)
            total += cost.cost(number)
            unit.activation_derivative += cost.slope(number)
            if cost.kind == CHANGE and isinstance(group, GroupAtTick) and group.previous is not None:
                group.previous.units[unit.index].activation_derivative -= cost.slope(number)
    return total


def clear_units(state: UnitState) -> None:
    """Set ∂E/∂y and ∂E/∂x of all units to 0, and the weight of the error to 1."""
    state.error_weight = 1.0
    state.array("activation_derivative")[:] = 0.0
    state.array("net_derivative")[:] = 0.0


def backward(steps: Sequence[Unit | Group]) -> None:
    """Pass the error derivatives back from the output units, and add to the derivatives of the weights."""
    for step in reversed(steps):
        step.backpropagate()


def backward_directly(steps: Sequence[Unit | Group], units: Iterable[Unit], outputs: Sequence[Unit], weights: Array) -> None:
    """Pass the error derivatives back from the output units to each hidden unit directly, and add to the derivatives of the weights.

    Parameters
    ----------
    steps : sequence of Unit or Group
        In forward order. No hidden unit depends on an output unit.
    units : iterable of Unit
        All units of the network.
    outputs : sequence of Unit
    weights : array [hidden unit, output unit]
    """
    rows = dict(zip((unit for unit in units if unit.group.role == "hidden"), weights.tolist(), strict=True))
    # output units first: one may be before a hidden unit on which it does not depend
    backward = steps[::-1]
    for step in sorted(backward, key=lambda step: group_of(step).role != "output"):
        for unit in intact_units(step):
            if unit in rows:
                derivative = 0.0
                for output, weight in zip(outputs, rows[unit], strict=True):
                    derivative += output.net_derivative * weight
                unit.activation_derivative = derivative
        step.backpropagate()


def clear_derivatives(state: WeightState) -> None:
    """Set ∂E/∂w of all weights to 0."""
    state.array("derivative")[:] = 0.0


def average_ties(schedule: Schedule, tie_derivative: str) -> None:
    """Divide the derivative of each tied weight by the number of its connections, unless ties are summed."""
    if tie_derivative == "sum":
        return
    for weight, count in schedule.tied.items():
        weight.derivative /= count
