"""Noise of a random network, and weights of the error and clamps of its examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.errors import ParameterError
from connectionist.model.clamping import KINDS, has_inverse
from connectionist.model.noise import DURING, Noise

if TYPE_CHECKING:
    from connectionist.data.example import Example
    from connectionist.model.connection import Weight
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array


def add_noise(draw: np.random.Generator, net: Network) -> None:
    """Add noise to about half of the quantities that may have some."""
    for group in net.groups:
        for quantity in ("net_input_noise", "activation_noise"):
            if draw.random() < 0.5:
                try:
                    setattr(group, quantity, _draw_noise(draw))
                except ParameterError:
                    setattr(group, quantity, None)  # not possible for this group
    for projection in net.projections:
        if draw.random() < 0.3:
            projection.weight_noise = _draw_noise(draw)
    _adapt_tied(net)


def _adapt_tied(net: Network) -> None:
    """Give projections that share weights the same noise on weights, or none."""
    noise_of: dict[Weight, Noise] = {}
    for projection in [each for each in net.projections if each.weight_noise is not None]:
        found = {noise_of[connection.weight] for connection in projection if connection.weight in noise_of}
        projection.weight_noise = None if len(found) > 1 else next(iter(found), projection.weight_noise)
        if projection.weight_noise is not None:
            noise_of |= dict.fromkeys((connection.weight for connection in projection), projection.weight_noise)


def _draw_noise(draw: np.random.Generator) -> Noise:
    scale, during = float(draw.uniform(0.01, 0.3)), DURING[int(draw.integers(len(DURING)))]
    return Noise(scale, during=during) if draw.random() < 0.6 else Noise(half_range=scale, during=during)


def perturb(draw: np.random.Generator, net: Network, examples: ExampleSet) -> ExampleSet:
    """Return the examples with weights of the error, about half of them with clamps, whose kinds are drawn for the groups."""
    for group in [each for each in net.groups if each.role not in ("input", "bias")]:
        kind = KINDS[int(draw.integers(len(KINDS)))]
        group.clamping = kind if kind != "soft" or has_inverse(group.activation_function) else "external"
    return ExampleSet(_perturbed(draw, net, example) for example in examples)


def _perturbed(draw: np.random.Generator, net: Network, example: Example) -> Example:
    weight = float(draw.uniform(0.5, 2.0)) if draw.random() < 0.7 else 1.0
    clamps = {group.name: _draw_clamps(draw, (*example.inputs.shape[:-1], len(group))) for group in net.groups if group.role != "input"}
    kept = {name: table for name, table in clamps.items() if draw.random() < 0.3}
    return replace(example, error_weight=weight, clamps=kept)


def _draw_clamps(draw: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return np.where(draw.random(shape) < 0.4, draw.uniform(0.1, 0.9, shape), np.nan)
