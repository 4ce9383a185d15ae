"""A network whose units are drawn by a procedure, as arrays for kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from connectionist.engines.object_steps import computed_units, input_units, output_units
from connectionist.model.network import Network
from connectionist.plugins.procedures import StochasticProcedure
from connectionist_plugins.engines.compiled.kernels.stochastic.arguments import COMPUTATIONS, REINFORCE, RandomStream, StochasticArguments
from connectionist_plugins.engines.compiled.layout.aligned_arrays import aligned_zeros
from connectionist_plugins.engines.compiled.layout.functions import Addresses
from connectionist_plugins.engines.compiled.layout.trajectory import integers
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

MOST = 2**63 - 1  # of an int64; no training has so many sweeps or steps


def stochastic_arguments(network: Network, procedure: StochasticProcedure, kept: list[object]) -> StochasticArguments:
    """Return the arguments of the kernels for procedures with random units. They have the arrays of the units' state.

    Parameters
    ----------
    network : Network
    procedure : StochasticProcedure
        Its computation has a kernel.
    kept : list of object
        Receives the objects that the caller must keep as long as it uses the arguments.
    """
    addresses, state = Addresses("float64"), network.state
    in_steps = procedure.computation == COMPUTATIONS[REINFORCE]
    units, outputs = network.schedule.units if in_steps else computed_units(network), output_units(network)
    number = {unit: index for index, unit in enumerate(units)}
    incoming = [connection for unit in units for connection in unit.incoming]
    functions = [unit.group.activation_function for unit in units]
    error_functions = [unit.group.error_function for unit in outputs]
    ends = [(each.sender.row, each.receiver.row, each.weight.row) for each in network.connections]
    arguments = StochasticArguments(
        net_inputs=state.array("net_input"),
        activations=state.array("activation"),
        targets=state.array("target"),
        derivatives=state.array("activation_derivative"),
        units=integers(unit.row for unit in units),
        activate=integers(addresses.formula(function, "activate") for function in functions),
        parameters=integers(addresses.parameters(function) for function in functions),
        connection_starts=integers([0, *np.cumsum([len(unit.incoming) for unit in units])]),
        senders=integers(connection.sender.row for connection in incoming),
        weights=integers(connection.weight.row for connection in incoming),
        values=np.zeros(len(incoming)),
        ends=integers(ends).reshape(-1, 3),
        input_rows=integers(-1 if unit.lesioned else unit.row for unit in input_units(network)),
        output_rows=integers(unit.row for unit in outputs),
        output_units=integers(number.get(unit, -1) for unit in outputs),
        compare=integers(addresses.formula(function, "compare") for function in error_functions),
        error_parameters=integers(addresses.parameters(function) for function in error_functions),
        margins=np.array([unit.group.margin for unit in outputs], float),
        case_derivatives=np.zeros(network.weight_state.size),
        hidden=integers(number[unit] for unit in units if unit.group.role == "hidden"),
        free=np.zeros(len(units), np.int64),
        order=np.zeros(len(units), np.int64),
        numbers=np.zeros(len(units)),
        means=np.zeros(len(units)),
        scratch=aligned_zeros((4, VECTOR_BYTES // 8), "float64"),
        stream=RandomStream(np.zeros(4, np.int64), np.zeros(4, np.uint64), np.zeros(2, np.int64)),
        computation=COMPUTATIONS.index(procedure.computation),
        **_parameters(procedure),
    )
    kept += [addresses.kept]
    return arguments


def _parameters(procedure: Any) -> dict[str, Any]:
    """Return the parameters of the procedure, and 0 for those of others."""
    floats, others = ("first_temperature", "temperature", "baseline", "penalty"), ("annealing", "samples", "stochastic", "steps")
    numbers = {name: float(getattr(procedure, name, 0.0)) for name in floats}
    return numbers | {name: min(int(getattr(procedure, name, 0)), MOST) for name in others}
