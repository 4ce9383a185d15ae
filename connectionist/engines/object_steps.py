"""Steps on unit objects for learning procedures that compute on objects: clamps, errors, and iterations to a fixed point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from connectionist.errors import WiringError
from connectionist.utils.caller_warnings import REST, warn_caller
from connectionist.utils.counts import describe_count
from connectionist.utils.real_number import real_number

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


def clamp_inputs(network: Network, inputs: Array) -> None:
    """Set the input units, lesioned units and the unit that is always on. Inputs with ticks are those of the last tick.

    Parameters
    ----------
    network : Network
    inputs : float64 array [input unit] or [tick, input unit]
        Inputs of a case, in the order of `input_units`.
    """
    last = inputs[-1] if inputs.ndim == 2 else inputs
    network.unit("bias").activation = 1.0
    for unit, activation in zip(input_units(network), last.tolist(), strict=True):
        unit.activation = 0.0 if unit.lesioned else activation


def input_units(network: Network) -> list[Unit]:
    """Return the units of the input groups.

    Parameters
    ----------
    network : Network

    Returns
    -------
    list of Unit
        In the order of the groups, lesioned units included.
    """
    return [unit for group in network.groups if group.role == "input" for unit in group]


def output_units(network: Network) -> list[Unit]:
    """Return the units of the output groups.

    Parameters
    ----------
    network : Network

    Returns
    -------
    list of Unit
        In the order of the groups, lesioned units included.
    """
    return [unit for group in network.groups if group.role == "output" for unit in group]


def computed_units(network: Network) -> list[Unit]:
    """Return the units of hidden and output groups that are not lesioned.

    Parameters
    ----------
    network : Network

    Returns
    -------
    list of Unit
        In the order of the groups.
    """
    return [unit for group in network.groups if group.role in ("hidden", "output") for unit in group if not unit.lesioned]


def set_targets(network: Network, targets: Array) -> None:
    """Set the target of each output unit. Targets with ticks are those of the last tick; a lesioned unit has none.

    Parameters
    ----------
    network : Network
    targets : float64 array [output unit] or [tick, output unit]
        Targets of a case, in the order of `output_units`. NaN means no target.
    """
    last = targets[-1] if targets.ndim == 2 else targets
    for unit, target in zip(output_units(network), last.tolist(), strict=True):
        unit.target = float("nan") if unit.lesioned else target


def response(network: Network, targets: Array) -> Array:
    """Return the activations of the output units in the shape of the targets; NaN at all ticks but the last.

    Parameters
    ----------
    network : Network
    targets : float64 array [output unit] or [tick, output unit]

    Returns
    -------
    float64 array like `targets`
    """
    import numpy as np

    outputs = np.full(targets.shape, np.nan)
    outputs[-1 if targets.ndim == 2 else slice(None)] = [unit.activation for unit in output_units(network)]
    return outputs


def net_input_of(unit: Unit) -> float:
    r"""Return the sum of weight times activation over the incoming connections of a unit.

    .. math:: x_j = \sum_i w_{ji} y_i

    Parameters
    ----------
    unit : Unit

    Returns
    -------
    float
    """
    total = 0.0
    for connection in unit.incoming:
        total += connection.weight.value * connection.sender.activation
    return total


def error_of(units: Sequence[Unit]) -> float:
    """Return E of output units, and set ∂E/∂y of each unit to the derivative of its error.

    Parameters
    ----------
    units : sequence of Unit
        Output units, whose targets are set.

    Returns
    -------
    float
        Sum over the units that have a target.
    """
    error = 0.0
    for unit in units:
        unit.activation_derivative = 0.0
        if unit.has_error:
            error += unit.group.error_function.error(unit.activation, unit.target)
            unit.activation_derivative = unit.group.error_function.derivative(unit.activation, unit.target)
    return error


def slope_of(unit: Unit) -> float:
    """Return the slope of a unit's activation function at its net input.

    Parameters
    ----------
    unit : Unit
        A unit of a group without a joint activation function.

    Returns
    -------
    float
        f'(x).
    """
    return real_number(unit.group.activation_function.slope(unit.net_input, unit.activation))


def repeat_until_at_rest(step: Callable[[], float], steps: int, criterion: float, procedure: str) -> None:
    """Call a function that returns the largest change until that is below the criterion, at most `steps` times.

    Parameters
    ----------
    step : function
        Makes one step, and returns the largest change of a quantity, at least 0.
    steps : int
        At least 1.
    criterion : float
        Above 0.
    procedure : str
        Name of the procedure, for the message.

    Warns
    -----
    UserWarning
        If the change is not below the criterion after `steps` times. The message names the procedure.
    """
    change = float("inf")
    for _ in range(steps):
        change = step()
        if change < criterion:
            return
    warn_caller(
        f"procedure {procedure!r}: not at rest after {describe_count(steps, 'step')} (largest change {change:.3g}, criterion "
        f"{criterion:g}), so its numbers are not those at rest; give more steps",
        topic=REST,
    )


def own_net_derivative(unit: Unit) -> float:
    """Return ∂E/∂x of an output unit, from its own error.

    Parameters
    ----------
    unit : Unit

    Returns
    -------
    float
        0 if the unit has no target. If the error function has a formula of the net input, it is used.
    """
    if not unit.has_error:
        return 0.0
    group = unit.group
    if group.paired_error is not None:
        paired, activation_function = group.paired_error, group.activation_function
        return real_number(paired.compare_net_input(unit.net_input, unit.activation, unit.target, activation_function)[1])
    return real_number(group.error_function.derivative(unit.activation, unit.target)) * slope_of(unit)


def check_separate_units(network: Network, procedure: str) -> None:
    """Raise an error if a group has a joint or dynamic activation function, or units that integrate over time.

    Parameters
    ----------
    network : Network
    procedure : str
        Name of the procedure, for messages.

    Raises
    ------
    WiringError
        The message says what to change.
    """
    for group in network.groups:
        if group.dynamic:
            raise WiringError(
                f"procedure {procedure!r}: computes each unit from its net input alone, and {group.activation_function.name!r} of group "
                f"{group.name!r} needs the activation one tick before; give the group another activation function"
            )
        if group.joint:
            raise WiringError(
                f"procedure {procedure!r}: computes each unit alone, and the units of group {group.name!r} depend on one another "
                f"({group.activation_function.name}); give the group another activation function"
            )
        if group.integrates:
            raise WiringError(
                f"procedure {procedure!r}: has no integration over time, and group {group.name!r} integrates its {group.integrates}; "
                f"make the group without integrates"
            )


def check_probabilities(network: Network, procedure: str) -> None:
    """Raise an error unless the activation of each computed unit is from 0 to 1, so that it can be the probability that the unit is on.

    Parameters
    ----------
    network : Network
    procedure : str
        Name of the procedure, for messages.

    Raises
    ------
    WiringError
        If an activation function has another range.
    """
    for unit in computed_units(network):
        function = unit.group.activation_function
        if function.range != (0.0, 1.0):
            raise WiringError(
                f"procedure {procedure!r}: an activation is the probability that the unit is on, and group {unit.group.name!r} has "
                f"{function.name!r}; give the group activation='logistic'"
            )
