"""The residuals of a sum of squared errors, and their derivatives by the weights.

An engine propagates back one residual at a time: in a copy of its case, the output unit has the target y − 1, so that ∂E/∂y is 1, and no
other unit has a target. The products of ∂E/∂x of the receiver and y of the sender are then the derivatives of the residual by the weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.probes import UnitProbe
from connectionist.errors import DataError, ParameterError
from connectionist.model.lesions import intact_outputs
from connectionist.model.network import Network
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating


def residuals_and_jacobian(network: Network, examples: ExampleSet, engine: Engine) -> tuple[Array, Array]:
    """Return the residuals e = y − d, with E = ½ Σ e², and their derivatives by the weights.

    Parameters
    ----------
    network : Network
    examples : ExampleSet
    engine : Engine

    Returns
    -------
    residuals : array [residual]
        Case by case, tick by tick, and for each in the order of the output units with a target. With error weights, they are multiplied by
        the square root of the weight of the case.
    jacobian : array [residual, weight]
        In the order of ``net.weights``. A weight that several connections share, or one at several ticks, has the sum over these.

    Raises
    ------
    ParameterError
        If E is not a sum of squared residuals, or if derivatives are truncated.
    MemoryLimitError
        If the arrays would not fit in memory.
    """
    check_residuals(network, examples)
    outputs = engine.outputs(network, examples)
    places = np.nonzero(~np.isnan(examples.targets) & intact_outputs(network))
    cases, scale = places[0], np.sqrt(examples.error_weights[places[0]])
    residuals: Array = scale * (outputs[places] - examples.targets[places])
    size = len(cases) * len(network.weights)
    with allocating(NUMBER_BYTES * size, f"derivatives of {len(cases)} residuals by {len(network.weights)} weights"):
        jacobian = np.zeros((len(cases), len(network.weights)))
    states = _states(network, _with_one_target(examples, outputs, places), engine)
    for block in _blocks(network):
        product = _products(states, block)
        if len(set(block.weights.tolist())) == len(block.weights):
            jacobian[:, block.weights] += product
        else:
            np.add.at(jacobian.T, block.weights, product.T)
    jacobian *= scale[:, None]
    return residuals, jacobian


def check_residuals(network: Network, examples: ExampleSet, what: str = "examples") -> None:
    """Raise an error if E is not a sum of squared residuals of output units, or not all of their derivatives are propagated.

    Parameters
    ----------
    network : Network
    examples : ExampleSet
    what : str
        What needs the residuals, for messages.

    Raises
    ------
    ParameterError
        If an output group has another error function than "squared", a radius or a margin, if the backward pass is truncated, or if the
        examples clamp units.
    DataError
        If no example has a target for an output unit without lesion.
    """
    if np.isnan(examples.targets[..., intact_outputs(network)]).all():
        raise DataError(
            f"{what}: needs residuals, and no example has a target for an output unit without lesion; give targets, or remove "
            f"lesions by network.restore()"
        )
    for group in network.groups:
        if group.input_function is not None:
            raise ParameterError(
                f"group {group.name}: residuals need net inputs that are weighted sums (got the input function "
                f"{group.input_function.name!r})"
            )
        if group.cost is not None:
            raise ParameterError(f"{what}: needs residuals, so group {group.name!r} must have no cost (got {group.cost!r})")
        function = group.error_function
        if group.role != "output":
            continue
        radii = [name for name in ("target_radius", "zero_error_radius") if getattr(function, name, 0.0)]
        if function.name != "squared" or radii or group.margin:
            got = [f"{function.name!r}" if function.name != "squared" else "", *radii, "a margin" if group.margin else ""]
            raise ParameterError(
                f"{what}: needs residuals, so the error function of group {group.name!r} must be 'squared' without radius and margin "
                f"(got {', '.join(each for each in got if each)})"
            )
    if network.ticks_back is not None:
        raise ParameterError(f"{what}: needs all derivatives, so {network.name}.ticks_back must be None (got {network.ticks_back})")
    if examples.clamps:
        raise ParameterError(f"{what}: needs residuals, so the examples must not clamp units (got clamps of {', '.join(examples.clamps)})")


def _with_one_target(examples: ExampleSet, outputs: Array, places: tuple[npt.NDArray[np.intp], ...]) -> ExampleSet:
    """Return a copy of its case for each residual, in which only the output unit has a target, 1 below its activation."""
    cases = places[0]
    targets = np.full((len(cases), *examples.targets.shape[1:]), np.nan)
    targets[(np.arange(len(cases)), *places[1:])] = outputs[places] - 1.0
    lengths = None if examples.lengths is None else examples.lengths[cases].tolist()
    return ExampleSet.from_arrays(examples.inputs[cases], targets, lengths=lengths)


class _States(NamedTuple):
    """Activations and ∂E/∂x [residual, tick, unit] of all units, and the column of each unit, the last for the bias."""

    activations: Array
    derivatives: Array
    columns: dict[Unit, int]


def _states(network: Network, examples: ExampleSet, engine: Engine) -> _States:
    units = tuple(unit for group in network.groups for unit in group)
    found = engine.states(network, examples, UnitProbe(("activation", "net_derivative"), units, np.arange(len(examples))))
    found[np.isnan(found)] = 0.0
    with_bias = np.concatenate([found[:, :, 0], np.ones_like(found[:, :, 0, :1])], axis=2)
    return _States(with_bias, found[:, :, 1], {unit: column for column, unit in enumerate((*units, network.unit("bias")))})


class _Block(NamedTuple):
    """The connections with one delay into one unit, and the indices of their weights in ``net.weights``."""

    receiver: Unit
    senders: list[Unit]
    delay: int
    weights: npt.NDArray[np.intp]


def _blocks(network: Network) -> Iterator[_Block]:
    index = {row: number for number, row in enumerate(network.weight_rows.tolist())}
    found: dict[tuple[Unit, int], tuple[list[Unit], list[int]]] = {}
    for connection in network.connections:
        senders, weights = found.setdefault((connection.receiver, connection.projection.delay), ([], []))
        senders.append(connection.sender)
        weights.append(index[connection.weight.row])
    for (receiver, delay), (senders, weights) in found.items():
        yield _Block(receiver, senders, delay, np.array(weights, np.intp))


def _products(states: _States, block: _Block) -> Array:
    """Return ∂E/∂x of the receiver times y of each sender, summed over ticks, [residual, sender]."""
    derivatives = states.derivatives[:, :, states.columns[block.receiver]]
    activations = states.activations[:, :, [states.columns[sender] for sender in block.senders]]
    if block.delay:
        initial = np.array([sender.group.timing.initial[sender.index] for sender in block.senders])
        before = np.broadcast_to(initial, (len(activations), min(block.delay, activations.shape[1]), len(initial)))
        activations = np.concatenate([before, activations[:, : max(0, activations.shape[1] - block.delay)]], axis=1)
    products: Array = derivatives * activations[:, 0] if activations.shape[1] == 1 else np.einsum("rt,rts->rs", derivatives, activations)
    return products
