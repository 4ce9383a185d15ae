"""Clamps of named units, added to examples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING

import numpy as np

from connectionist.errors import DataError, ParameterError, check_number
from connectionist.utils.arrays import Array

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.network import Network

Clamps = dict[str, dict[int, float]]  # activation by group name and index; NaN for none


def clamped(examples: ExampleSet, network: Network, activations: Mapping[str, float | None]) -> ExampleSet:
    """Return a set in which units are clamped; see `ExampleSet.clamped`."""
    made, tables = copy(examples), _clamps_with(examples, network, _read_clamps(network, activations))
    for table in tables.values():
        table.flags.writeable = False
    vars(made)["clamps"] = tables
    return made


def _read_clamps(network: Network, activations: Mapping[str, float | None]) -> Clamps:
    """Return the activations by group and index."""
    clamps: Clamps = {}
    for name, activation in activations.items():
        unit = network.unit(name)
        if unit.group.role not in ("hidden", "output"):
            raise ParameterError(f"ExampleSet.clamped: units of hidden and output groups can be clamped ({name} is in {unit.group.name!r})")
        if activation is not None:
            check_number("ExampleSet.clamped", name, activation)
        clamps.setdefault(unit.group.name, {})[unit.index] = math.nan if activation is None else float(activation)
    return clamps


def _clamps_with(examples: ExampleSet, network: Network, clamps: Clamps) -> dict[str, Array]:
    """Return the clamps of examples by group, [case, unit] or [case, tick, unit], with others in their place."""
    tables = dict(examples.clamps)
    shape = examples.inputs.shape[:-1]
    after = None if examples.lengths is None else np.arange(shape[-1]) >= examples.lengths[:, np.newaxis]  # ticks that a case does not have
    for group, activations in clamps.items():
        units = len(network[group])
        if group in tables and tables[group].shape[-1] != units:
            raise DataError(f"ExampleSet.clamped: clamps of group {group!r} must be of {units} units (got {tables[group].shape[-1]})")
        table = np.array(tables.get(group, np.full((*shape, units), np.nan)))
        table[..., list(activations)] = list(activations.values())
        if after is not None:
            table[after] = np.nan
        tables[group] = table
    return {group: table for group, table in tables.items() if not np.isnan(table).all()}
