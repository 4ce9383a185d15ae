"""Copies of a network that share nothing with it, to lesion or train while the first does not change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.utils.memory_limit import allocating

if TYPE_CHECKING:
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection


def copy_into(copy: Network, original: Network) -> None:
    """Add to an empty network the groups, projections, ties and lesions of another, and every number of its units and weights."""
    for group in original.groups:
        margin = group.margin if group.role == "output" else 0.0
        timing = {name: getattr(group.timing, name) for name in ("initial", "integrates", "dt", "initial_net_input")}
        functions = group.activation_function, group.error_function
        copied = copy.add_group(group.name, group.labels, group.role, *functions, margin, biased=False, **timing)
        copied.net_input_noise, copied.activation_noise = group.net_input_noise, group.activation_noise
    copy_of: dict[Connection, Connection] = {}
    for projection in original.projections:
        copy_of |= zip(projection, _copy_projection(copy, projection), strict=True)
    _copy_ties(copy, original, copy_of)
    for projection, projection_copy in zip(original.projections, copy.projections, strict=True):
        # after the ties, since those of one weight may have become different
        projection_copy.rate, projection_copy.limits, projection_copy.weight_noise = (
            projection.rate,
            projection.limits,
            projection.weight_noise,
        )
    copy.lesion(*(copy_of[connection] for connection in original.lesioned_connections))
    copy.lesion(*(copy.unit(unit.name) for unit in original.units if unit.lesioned))
    for unit in original.units:
        unit_copy = copy.unit(unit.name)
        for quantity in original.state.quantities:
            setattr(unit_copy, quantity, getattr(unit, quantity))
    copy.state.error_weight, copy.state.is_perturbed = original.state.error_weight, original.state.is_perturbed


def _copy_projection(copy: Network, projection: Projection) -> Projection:
    shape = len(projection.sender), len(projection.receiver)
    with allocating(shape[0] * shape[1], f"{copy.name}: {shape[0]} × {shape[1]} pairs of units"):
        mask = np.zeros(shape, dtype=bool)
    senders = [connection.sender.index for connection in projection]
    mask[senders, [connection.receiver.index for connection in projection]] = True
    backpropagate = all(connection.backpropagate for connection in projection)
    return copy.connect(projection.sender.name, projection.receiver.name, mask, projection.delay, backpropagate=backpropagate)


def _copy_ties(copy: Network, original: Network, copy_of: dict[Connection, Connection]) -> None:
    tied: dict[Weight, list[Connection]] = {}
    for connection, connection_copy in copy_of.items():
        tied.setdefault(connection.weight, []).append(connection_copy)
    for weight, copies in tied.items():
        first = copy_of[original._wiring.sharing[weight][0]] if len(copies) > 1 else copies[0]
        shared = copy.tie([first, *copies]) if len(copies) > 1 else copies[0].weight
        for quantity in ("value", "derivative", "change", "trainable"):
            setattr(shared, quantity, getattr(weight, quantity))
