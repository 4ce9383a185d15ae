"""Presenting examples without training, and recording what the units do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.probes import UnitProbe, WeightProbe
from connectionist.errors import ParameterError
from connectionist.model.connection import Connection
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.model.selection import connection_name, select_cases, select_units
from connectionist.plugins import registry
from connectionist.recording.recorder import OF_UNITS, OF_WEIGHTS, Recorder, check_quantities
from connectionist.recording.recording import RecordedPart, Recording, recording_in_memory
from connectionist.utils.arrays import Array


def record(
    network: Network,
    examples: ExampleSet,
    quantities: str | Sequence[str] = "activation",
    of: Any = "*",
    *,
    cases: Any = None,
    engine: str | Engine = DEFAULT_ENGINE,
) -> Recording:
    """Present examples, without learning from them, and record what units do.

    Parameters
    ----------
    network : Network
        Its weights are not changed; its units show the last case afterwards.
    examples : ExampleSet
        All are presented, in their order.
    quantities : str or sequence of str
        "activation", "net_input", "activation_derivative", "net_derivative", "target"; for the derivatives, of this example alone, a
        backward pass is made.
    of : str, Group, Unit, or a sequence of these
        A group or unit by name, a pattern of unit names; all units unless given.
    cases : str, int, or a sequence of these, optional
        Of which examples, by name, pattern or number; all unless given.
    engine : str or Engine

    Returns
    -------
    Recording
        By case, tick if there are any, and unit.

    Raises
    ------
    UnknownNameError
        When there is no such quantity, unit or case.
    DataError
        When the examples do not fit the network.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.Network("copy")
    >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output", activation="linear")
    >>> _ = net.connect("input", "output", weights=2.0)
    >>> examples = cn.ExampleSet.from_arrays([[1.0], [3.0]], [[0.0], [0.0]], names=["low", "high"])
    >>> recording = record(net, examples, ["activation", "net_derivative"], of="output")
    >>> recording
    <Recording of copy: activation, net_derivative; 2 cases, 1 units>
    >>> float(recording["activation"].sel(case="high", unit="output:0"))
    6.0
    """
    wanted = check_quantities(quantities)
    for quantity in wanted:
        if quantity in OF_WEIGHTS:
            raise ParameterError(f"record.quantities: {quantity!r} is of connections, which presenting does not change; train records it")
    network.check(examples)
    using = registry.resolve("engines", engine, Engine)  # type: ignore[type-abstract,unused-ignore]
    probe = unit_tap_of(network, examples, wanted, of, cases)
    assert probe is not None
    ticks = None if examples.ticks is None else range(1, examples.ticks + 1)
    kept = using.states(network, examples, probe)
    network._copies.engine_ran()
    recording = recording_in_memory(network.name, [unit_part(probe, examples, ticks)], has_epochs=False)
    recording.add([], [(kept if ticks else kept[:, 0])[np.newaxis]])
    return recording


def present(network: Network, examples: ExampleSet, probe: UnitProbe, engine: Engine) -> Array:
    """Return what a probe keeps of examples, [case, tick, quantity, unit], leaving the units as they were."""
    with network.state.unchanged():
        return engine.states(network, examples, probe)


def unit_tap_of(network: Network, examples: ExampleSet, quantities: Sequence[str], of: Any, cases: Any) -> UnitProbe | None:
    """Return what an engine is asked for; None where nothing of units is wanted.

    Raises
    ------
    ParameterError
        When quantities of units are wanted, and only connections named.
    """
    if not quantities:
        return None
    units = select_units(network, of)
    if not units:
        raise ParameterError(f"recording: {quantities[0]!r} is of units, and {of!r} names connections; units have {', '.join(OF_UNITS)}")
    return UnitProbe(tuple(quantities), units, select_cases(examples, cases))


def weight_tap_of(connections: Sequence[Connection], quantities: Sequence[str], of: Any, each_change: bool) -> WeightProbe | None:
    """Return what an engine is asked for; None where nothing of connections is wanted.

    Raises
    ------
    ParameterError
        When quantities of connections are wanted, and what is named has none.
    """
    if not quantities:
        return None
    if not connections:
        raise ParameterError(f"recording: {quantities[0]!r} is of connections, and no intact connection comes into {of!r}")
    weights = tuple(connection.weight for connection in connections)
    return WeightProbe(tuple(OF_WEIGHTS[quantity] for quantity in quantities), weights, each_change)


def unit_part(probe: UnitProbe, examples: ExampleSet, ticks: Sequence[int] | None) -> RecordedPart:
    """Return the labels of what is recorded of units."""
    coordinates: dict[str, list[Any]] = {"case": [examples.names[case] for case in probe.cases.tolist()]}
    if ticks is not None:
        coordinates["tick"] = list(ticks)
    lengths = None if examples.lengths is None else tuple(examples.lengths[probe.cases].tolist())
    return RecordedPart("units", probe.quantities, {**coordinates, "unit": [unit.name for unit in probe.units]}, lengths)


def parts_of(
    recorder: Recorder,
    units: UnitProbe | None,
    connections: Sequence[Connection],
    examples: ExampleSet,
    ticks: Sequence[int] | None,
    changes: int | None,
) -> list[RecordedPart]:
    """Return the labels of what a recorder records, of units and of connections."""
    parts = [] if units is None else [unit_part(units, examples, ticks)]
    if connections:
        coordinates: dict[str, list[Any]] = {} if changes is None else {"change": list(range(1, changes + 1))}
        names = [connection_name(connection) for connection in connections]
        parts.append(RecordedPart("connections", recorder.of_weights, {**coordinates, "connection": names}))
    return parts
