"""Noise and clamps of one case: they are written to the units before the forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from connectionist.model.noise import ACTIVATION, NET_INPUT, WEIGHT, NoiseSource, Words, draw, draw_logistic, scale_of, weight_scales
from connectionist.model.time.group_copy import GroupAtTick
from connectionist.utils.arrays import Array

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit

QUANTITIES = {NET_INPUT: "net_input_noise", ACTIVATION: "activation_noise"}


@dataclass(frozen=True, eq=False)
class Perturbation:
    """What perturbs one case.

    Attributes
    ----------
    clamps : dict of group name to array [unit] or [tick, unit]
        NaN for a unit that is not clamped.
    key : uint64 array [1] or None
        Key of the noise of this presentation; None without noise.
    mode : {"training", "testing"}
    """

    clamps: Mapping[str, Array] = field(default_factory=dict)
    key: Words | None = None
    mode: str = "testing"


UNPERTURBED = Perturbation()


def perturbation_of(source: NoiseSource | None, presentation: int, clamps: Mapping[str, Array], epoch: int = 0) -> Perturbation:
    """Return the perturbation of one presentation, counted from 0 in the epoch."""
    if source is None:
        return Perturbation(clamps) if clamps else UNPERTURBED
    return Perturbation(clamps, source.key(presentation, epoch), source.mode)


def perturb_units(network: Network, perturbation: Perturbation, tick: int | None = None) -> None:
    """Write the noise and the clamps of a case to the units of the network in which it runs.

    An engine that ran the case in other arrays gives the tick, from 1, that the units of a network in time show.
    """
    state = network.state
    if perturbation is UNPERTURBED and not state.is_perturbed:
        return
    if state.is_perturbed:
        state.array("clamp")[:] = np.nan
        for noise in QUANTITIES.values():
            state.array(noise)[:] = 0.0
    state.is_perturbed = perturbation is not UNPERTURBED
    for name, table in perturbation.clamps.items():
        for row_tick, row in enumerate(np.atleast_2d(table), 1):
            if tick in (None, row_tick):
                clamped = network[name if network.ticks is None or table.ndim == 1 else f"{name}@{row_tick}"]
                state.array("clamp")[clamped.rows] = np.where([unit.lesioned for unit in clamped], np.nan, row)
    if perturbation.key is not None:
        for group in network.groups:
            for quantity, noise in QUANTITIES.items():
                scale = 0.0 if group.role == "initial" else scale_of(getattr(group, noise), perturbation.mode)
                if scale:
                    state.array(noise)[group.rows] = _noise_of(group, scale, perturbation.key, quantity, tick or 1)
            if logistic_scale := logistic_scale_of(group):
                drawn = draw_logistic(logistic_scale, perturbation.key, _numbers_of(group, NET_INPUT, tick or 1))
                state.array("net_input_noise")[group.rows] += np.where([unit.lesioned for unit in group], 0.0, drawn)


def logistic_scale_of(group: Group) -> float:
    """Return the scale of the logistic deviates on the net inputs of a group, which its activation function has; 0 for none."""
    return 0.0 if group.clamped or group.activation_function is None else float(group.activation_function.logistic_scale)


def _noise_of(group: Group, scale: float, key: Words, quantity: int, tick: int) -> Array:
    """Return the noise on the units of a group; 0 for lesioned units."""
    return np.where([unit.lesioned for unit in group], 0.0, draw(scale, key, _numbers_of(group, quantity, tick)))


def _numbers_of(group: Group, quantity: int, tick: int) -> Words:
    """Return the numbers of the noise on the units of a group."""
    numbers = np.array([noise_number(unit) for unit in group], np.int64) + (tick - 1) * 3 * group._state.size + quantity
    return numbers.astype(np.uint64)


def noise_number(unit: Unit) -> int:
    """Return the number of a unit's noise without the quantity. A copy has that of its original at the tick of the copy."""
    group = unit.group
    if not isinstance(group, GroupAtTick):
        return 3 * unit.row
    first: int = group.original.rows.start + (group.tick - 1) * group.original._state.size
    return 3 * (first + unit.index)


def has_weight_noise(network: Network, mode: str) -> bool:
    """Return whether there is noise on weights in "training" or "testing"."""
    return network.weight_state.may_have_noise and any(scale_of(each.weight_noise, mode) for each in network.projections)


def has_noise(network: Network, mode: str) -> bool:
    """Return whether a network has noise in "training" or "testing"."""
    if not network.weight_state.may_have_noise:
        return False
    return any(map(logistic_scale_of, network.groups)) or has_drawn_noise(network, mode)


def has_drawn_noise(network: Network, mode: str) -> bool:
    """Return whether a network has noise in "training" or "testing" beside that of activation functions."""
    if not network.weight_state.may_have_noise:
        return False
    of_units = [noise for group in network.groups for noise in (group.net_input_noise, group.activation_noise)]
    return any(scale_of(noise, mode) for noise in (*of_units, *(each.weight_noise for each in network.projections)))


@contextmanager
def noisy_weights(network: Network, perturbation: Perturbation) -> Iterator[None]:
    """Add the noise to the weights in the context, and restore them at its end."""
    values = network.weight_state.array("value")
    scales = np.zeros(0) if perturbation.key is None else weight_scales(network.projections, perturbation.mode, len(values))
    before = values.copy() if len(scales) else None
    try:
        for scale in np.unique(scales[scales != 0.0]).tolist():
            rows = np.flatnonzero(scales == scale)
            values[rows] += draw(scale, perturbation.key, (3 * rows + WEIGHT).astype(np.uint64))  # type: ignore[arg-type]
        yield
    finally:
        if before is not None:
            values[:] = before
