"""Kinds of damage to a network, each of some severity and drawn by a generator.

What is drawn does not depend on the severity: with one generator, more severe damage includes, or enlarges, less severe damage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import floor, inf
from typing import Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.experiments.lesion_study.damaged_parts import connections_among, units_among
from connectionist.model.connection import Connection, Weight
from connectionist.model.network import Network
from connectionist.model.unit import Unit
from connectionist.utils.arrays import Array

Names = tuple[str, ...] | None
Connections = Sequence[Connection]


@dataclass(frozen=True)
class Damage:
    """One kind of damage.

    Attributes
    ----------
    name : str
    axis : str
        What its severity is, for axes of plots.
    most : float
        The greatest severity there is.
    find : function
        From a network and names to the parts to damage.
    apply : function
        From a network, these parts, severity and generator to how many units, connections or weights were damaged; None if unknown.
    """

    name: str
    axis: str
    most: float
    find: Callable[[Network, Names], Sequence[Any]]
    apply: Callable[[Network, Any, float, np.random.Generator], int | None]


def remove_units(network: Network, units: Sequence[Unit], severity: float, generator: np.random.Generator) -> int:
    """Take out that fraction of the units, to the nearest whole number (a half upwards)."""
    chosen = generator.permutation(len(units))[: _count(severity, len(units))]
    network.lesion(*(units[number] for number in sorted(chosen.tolist())))
    return len(chosen)


def remove_connections(network: Network, connections: Connections, severity: float, generator: np.random.Generator) -> int:
    """Take out that fraction of the connections, to the nearest whole number (a half upwards)."""
    chosen = generator.permutation(len(connections))[: _count(severity, len(connections))]
    network.lesion(*(connections[number] for number in sorted(chosen.tolist())))
    return len(chosen)


def add_noise(_: Network, connections: Connections, severity: float, generator: np.random.Generator) -> int:
    """Add Gaussian noise to each weight; its standard deviation is the severity."""
    return _change(_weights(connections), severity, generator, 1.0)


def add_relative_noise(_: Network, connections: Connections, severity: float, generator: np.random.Generator) -> int:
    """Add Gaussian noise to each weight; its standard deviation is the severity times that of all these weights.

    Raises
    ------
    ParameterError
        When these weights are all the same.
    """
    weights = _weights(connections)
    values = np.array([weight.value for weight in weights])
    if not np.ptp(values) > 0:
        raise ParameterError(
            f"lesion_study: the weights to damage are all {values[0]:g}, so no noise is relative to them; use damage='noise'"
        )
    return _change(weights, severity, generator, float(values.std()))


def weaken(_: Network, connections: Connections, severity: float, __: np.random.Generator) -> int:
    """Take that fraction off each weight: w ← (1 − severity) w."""
    weights = _weights(connections)
    for weight in weights:
        weight.value = (1.0 - severity) * weight.value
    return len(weights) if severity else 0


DAMAGES = {
    damage.name: damage
    for damage in (
        Damage("units", "units taken out (fraction)", 1.0, units_among, remove_units),
        Damage("connections", "connections taken out (fraction)", 1.0, connections_among, remove_connections),
        Damage("noise", "noise on weights (standard deviation)", inf, connections_among, add_noise),
        Damage("relative_noise", "noise on weights (× their standard deviation)", inf, connections_among, add_relative_noise),
        Damage("weakening", "taken off each weight (fraction)", 1.0, connections_among, weaken),
    )
}


def _count(fraction: float, of: int) -> int:
    return floor(fraction * of + 0.5)


def _weights(connections: Connections) -> list[Weight]:
    """Tied connections share a weight, which is damaged once."""
    return list(dict.fromkeys(connection.weight for connection in connections))


def _change(weights: list[Weight], severity: float, generator: np.random.Generator, scale: float) -> int:
    noise: Array = generator.standard_normal(len(weights)) * (severity * scale)
    for weight, change in zip(weights, noise.tolist(), strict=True):
        weight.value += change
    return len(weights) if severity else 0
