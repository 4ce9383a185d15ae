"""The direct weights of a learning procedure, for `CaseBuffers`."""

from __future__ import annotations

from typing import Any

import numpy as np

from connectionist.model.network import Network
from connectionist.model.schedule import group_of
from connectionist.plugins.procedures import BackwardProcedure, LearningProcedure
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers
from connectionist_plugins.engines.compiled.layout.program import Program
from connectionist_plugins.engines.compiled.precision import Precision


def direct_weights_of(network: Network, procedure: LearningProcedure | None) -> Array | None:
    """Return the weights [hidden unit, output unit] through which a procedure takes derivatives back directly; None if there are none."""
    return procedure.direct_weights(network) if isinstance(procedure, BackwardProcedure) else None


def has_own_weights_backward(network: Network, procedure: LearningProcedure | None) -> bool:
    """Return whether a procedure has a backward pass through the weights themselves."""
    return (
        isinstance(procedure, BackwardProcedure)
        and procedure.backward_weights(network) is None
        and procedure.direct_weights(network) is None
    )


def has_backward_kernels(network: Network, procedure: LearningProcedure | None) -> bool:
    """Return whether the kernels can take derivatives back as a procedure does.

    With direct weights, they leave out hidden units that send to none, and need the output units after all hidden units in the schedule.
    """
    if direct_weights_of(network, procedure) is None:
        return True
    sends = [unit.has_receivers for unit in network.units if unit.group.role == "hidden" and not unit.lesioned]
    roles = [group_of(step).role for step in network.schedule.steps]
    return all(sends) and "hidden" not in roles[roles.index("output") if "output" in roles else 0 :]


def without_direct_weights(precision: Precision) -> dict[str, Any]:
    """Return the fields of `CaseBuffers` for no direct weights."""
    rows = np.zeros(0, np.int64)
    return {"direct_rows": rows, "direct_senders": rows, "direct_weights": np.zeros((0, 0), precision)}


def with_direct_weights(buffers: CaseBuffers, program: Program, network: Network, weights: Array) -> CaseBuffers:
    """Return buffers with direct weights [hidden unit, output unit]."""
    hidden = [unit for unit in network.units if unit.group.role == "hidden"]
    intact = [number for number, unit in enumerate(hidden) if not unit.lesioned]
    rows = np.full(program.layout.size, -1, np.int64)
    rows[program.layout.rows_of([hidden[number] for number in intact])] = intact
    outputs = network.schedule.outputs
    sending = [number for number, unit in enumerate(outputs) if not unit.lesioned]
    return buffers._replace(
        is_plain=0,
        direct_rows=rows,
        direct_senders=program.layout.rows_of([outputs[number] for number in sending]),
        direct_weights=np.ascontiguousarray(weights[:, sending], buffers.dy.dtype),
    )
