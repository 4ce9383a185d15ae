"""The direct weights of a learning procedure, for `CaseBuffers`."""

from __future__ import annotations

from typing import Any

import numpy as np

from connectionist.model.network import Network
from connectionist.model.schedule import group_of
from connectionist.plugins.procedures import BackwardProcedure, LearningProcedure
from connectionist.utils.arrays import Array
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


def can_be_direct(network: Network) -> bool:
    """Return whether the kernels compute the derivatives of all hidden units, after those of all output units.

    They leave out units that send to none, and go through the schedule, where an output unit may be before hidden units.
    """
    roles = [group_of(step).role for step in network.schedule.steps]
    receive = [unit.has_receivers for unit in network.units if unit.group.role == "hidden" and not unit.lesioned]
    return all(receive) and "hidden" not in roles[roles.index("output") if "output" in roles else 0 :]


def direct_arrays(program: Program, network: Network, weights: Array | None, precision: Precision) -> dict[str, Any]:
    """Return the fields of `CaseBuffers` for direct weights; they are empty if there are none."""
    if weights is None:
        empty = np.zeros(0, np.int64)
        return {"direct_rows": empty, "direct_senders": empty, "direct_weights": np.zeros((0, 0), precision)}
    hidden = [unit for unit in network.units if unit.group.role == "hidden"]
    intact = [number for number, unit in enumerate(hidden) if not unit.lesioned]
    rows = np.full(program.layout.size, -1, np.int64)
    rows[program.layout.rows_of([hidden[number] for number in intact])] = intact
    outputs = network.schedule.outputs
    sending = [number for number, unit in enumerate(outputs) if not unit.lesioned]
    return {
        "direct_rows": rows,
        "direct_senders": program.layout.rows_of([outputs[number] for number in sending]),
        "direct_weights": np.ascontiguousarray(weights[:, sending], precision),
    }
