"""Kinds of damage to a network. Each has a severity and draws random numbers from a generator.

The random numbers do not depend on the severity. So with generators in the same state, more severe damage includes less severe damage, or
is the same damage enlarged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, inf
from typing import Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.experiments.lesion_study.damaged_parts import intact_connections, intact_units
from connectionist.model.connection import Connection, Weight
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array
from connectionist.utils.declared_attributes import with_assignment_errors

Names = tuple[str, ...] | None
Connections = Sequence[Connection]


@with_assignment_errors
@dataclass(frozen=True)
class Damage:
    """One kind of damage.

    Attributes
    ----------
    name : str
    axis : str
        Label of the severity axis of plots.
    max_severity : float
        Greatest allowed severity.
    find : function
        Takes a network and names of parts. Returns the intact units or connections to damage.
    apply : function
        Takes a network, these parts, a severity and a generator. Returns the number of damaged units, connections or weights; None if
        unknown.
    is_systematic : bool
        Whether each of the parts that `find` returns is damaged alone, in turn. Each is then a list of units or connections.
    """

    name: str
    axis: str
    max_severity: float
    find: Callable[[Network, Names], Sequence[Any]]
    apply: Callable[[Network, Any, float, np.random.Generator], int | None]
    is_systematic: bool = False


def lesion_units(network: Network, units: Sequence[Unit], severity: float, generator: np.random.Generator) -> int:
    """Lesion a fraction of the units, ``severity``, rounded half up to a number of units. Return this number."""
    chosen = generator.permutation(len(units))[: _count(severity, len(units))]
    network.lesion(*(units[number] for number in sorted(chosen.tolist())))
    return len(chosen)


def lesion_connections(network: Network, connections: Connections, severity: float, generator: np.random.Generator) -> int:
    """Lesion a fraction of the connections, ``severity``, rounded half up to a number of connections. Return this number."""
    chosen = generator.permutation(len(connections))[: _count(severity, len(connections))]
    network.lesion(*(connections[number] for number in sorted(chosen.tolist())))
    return len(chosen)


def add_noise(_: Network, connections: Connections, severity: float, generator: np.random.Generator) -> int:
    """Add Gaussian noise with the standard deviation ``severity`` to each weight. Return the number of weights."""
    return _add_noise(_weights(connections), severity, generator, 1.0)


def add_relative_noise(_: Network, connections: Connections, severity: float, generator: np.random.Generator) -> int:
    """Add Gaussian noise to each weight; its standard deviation is ``severity`` times the standard deviation of these weights.

    Returns
    -------
    int
        Number of weights.

    Raises
    ------
    ParameterError
        If all these weights have the same value.
    """
    weights = _weights(connections)
    values = np.array([weight.value for weight in weights])
    if not np.ptp(values) > 0:
        raise ParameterError(f"lesion_study: all weights to damage are {values[0]:g}, so their standard deviation is 0; use damage='noise'")
    return _add_noise(weights, severity, generator, float(values.std()))


def weaken(_: Network, connections: Connections, severity: float, __: np.random.Generator) -> int:
    """Reduce each weight by a fraction: w ← (1 − severity) w. Return the number of weights."""
    weights = _weights(connections)
    for weight in weights:
        weight.value = (1.0 - severity) * weight.value
    return len(weights) if severity else 0


def each_unit(network: Network, names: Names) -> list[list[Unit]]:
    """Return each of the units in a list."""
    return [[unit] for unit in intact_units(network, names)]


def each_projection(network: Network, names: Names) -> list[list[Connection]]:
    """Return the connections of each projection."""
    by_projection: dict[Projection, list[Connection]] = {}
    for connection in intact_connections(network, names):
        by_projection.setdefault(connection.projection, []).append(connection)
    return list(by_projection.values())


def lesion_all(network: Network, part: Sequence[Unit | Connection], _: float, __: np.random.Generator) -> int:
    """Lesion all units or connections of a part. Return their number."""
    network.lesion(*part)
    return len(part)


DAMAGES = {
    damage.name: damage
    for damage in (
        Damage("units", "lesioned units (fraction)", 1.0, intact_units, lesion_units),
        Damage("connections", "lesioned connections (fraction)", 1.0, intact_connections, lesion_connections),
        Damage("noise", "noise on weights (standard deviation)", inf, intact_connections, add_noise),
        Damage("relative_noise", "noise on weights (× their standard deviation)", inf, intact_connections, add_relative_noise),
        Damage("each_unit", "lesioned unit (0: none, 1: one)", 1.0, each_unit, lesion_all, is_systematic=True),
        Damage("each_projection", "lesioned projection (0: none, 1: one)", 1.0, each_projection, lesion_all, is_systematic=True),
        Damage("weakening", "reduction of each weight (fraction)", 1.0, intact_connections, weaken),
    )
}


def _count(fraction: float, of: int) -> int:
    return floor(fraction * of + 0.5)


def _weights(connections: Connections) -> list[Weight]:
    """Return the weights, each once: tied connections share a weight, which must be damaged only once."""
    return list(dict.fromkeys(connection.weight for connection in connections))


def _add_noise(weights: list[Weight], severity: float, generator: np.random.Generator, scale: float) -> int:
    noise: Array = generator.standard_normal(len(weights)) * (severity * scale)
    for weight, change in zip(weights, noise.tolist(), strict=True):
        weight.value += change
    return len(weights) if severity else 0
