"""Probes for the selected units and connections, and the labels of what they record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connectionist.data.example_set import ExampleSet
from connectionist.engines.goodness import goodness_of
from connectionist.engines.probes import UnitProbe, WeightProbe
from connectionist.errors import ParameterError
from connectionist.model.connection import Connection
from connectionist.model.network import Network
from connectionist.model.selection import connection_name, select_cases, select_units
from connectionist.recording.recorded_part import RecordedPart
from connectionist.recording.recorder import GOODNESS_QUANTITIES, UNIT_QUANTITIES, WEIGHT_QUANTITIES


def make_unit_probe(network: Network, examples: ExampleSet, quantities: Sequence[str], *, of: Any, cases: Any) -> UnitProbe | None:
    """Return the probe of the selected units; None if there are no quantities.

    Raises
    ------
    ParameterError
        If there are quantities of units, but `of` selects connections.
    UnknownNameError
        If there is no such unit or case.
    WiringError
        If goodness is to be recorded of a network that has none.
    """
    if not quantities:
        return None
    units = select_units(network, of)
    if not units:
        raise ParameterError(
            f"recording: {quantities[0]!r} is a quantity of units, but {of!r} selects connections; units have "
            f"{', '.join((*UNIT_QUANTITIES, *GOODNESS_QUANTITIES))}"
        )
    if set(GOODNESS_QUANTITIES) & set(quantities):
        goodness_of(network).check()
    return UnitProbe(tuple(quantities), units, select_cases(examples, cases))


def make_weight_probe(connections: Sequence[Connection], quantities: Sequence[str], *, of: Any, each_change: bool) -> WeightProbe | None:
    """Return the probe of the weights of some connections; None if there are no quantities.

    Raises
    ------
    ParameterError
        If there are quantities of connections, but no connection.
    """
    if not quantities:
        return None
    if not connections:
        raise ParameterError(
            f"recording: {quantities[0]!r} is a quantity of connections, but {of!r} has no incoming connection that is not lesioned"
        )
    weights = tuple(connection.weight for connection in connections)
    return WeightProbe(tuple(WEIGHT_QUANTITIES[quantity] for quantity in quantities), weights, each_change)


def label_units(probe: UnitProbe, examples: ExampleSet, ticks: Sequence[int] | None) -> RecordedPart:
    """Return the labels of what a probe records of units, at the given ticks (None for examples without ticks)."""
    coordinates: dict[str, list[Any]] = {"case": [examples.names[case] for case in probe.cases.tolist()]}
    if ticks is not None:
        coordinates["tick"] = list(ticks)
    lengths = None if examples.lengths is None else tuple(examples.lengths[probe.cases].tolist())
    return RecordedPart("units", probe.quantities, {**coordinates, "unit": [unit.name for unit in probe.units]}, lengths)


def label_connections(connections: Sequence[Connection], quantities: Sequence[str], changes: int | None) -> RecordedPart:
    """Return the labels of what is recorded of connections; `changes` is the number of records per epoch, None for one after the epoch."""
    coordinates: dict[str, list[Any]] = {} if changes is None else {"update": list(range(1, changes + 1))}
    names = [connection_name(connection) for connection in connections]
    return RecordedPart("connections", tuple(quantities), {**coordinates, "connection": names})
