"""Clamps of named units, added to examples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example import Example
from connectionist.errors import ParameterError, check_number
from connectionist.utils.arrays import Array

if TYPE_CHECKING:
    from connectionist.model.network import Network

Clamps = dict[str, dict[int, float]]  # activation by group name and index; NaN for none


def read_clamps(network: Network, activations: Mapping[str, float | None]) -> Clamps:
    """Return the activations by group and index; see `ExampleSet.clamped`."""
    clamps: Clamps = {}
    for name, activation in activations.items():
        unit = network.unit(name)
        if unit.group.role not in ("hidden", "output"):
            raise ParameterError(f"ExampleSet.clamped: units of hidden and output groups can be clamped ({name} is in {unit.group.name!r})")
        if activation is not None:
            check_number("ExampleSet.clamped", name, activation)
        clamps.setdefault(unit.group.name, {})[unit.index] = math.nan if activation is None else float(activation)
    return clamps


def clamps_with(example: Example, network: Network, clamps: Clamps) -> dict[str, Array]:
    """Return the clamps of an example with others in their place."""
    tables = dict(example.clamps)
    for group, activations in clamps.items():
        empty = np.full((*example.inputs.shape[:-1], len(network[group])), np.nan)
        table = np.array(tables.get(group, empty), dtype=float)
        table[..., list(activations)] = list(activations.values())
        tables[group] = table
    return {group: table for group, table in tables.items() if not np.isnan(table).all()}
