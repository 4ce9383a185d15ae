"""Random initial weights."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from connectionist.errors import DataError, ParameterError, check_number
from connectionist.model.connection import Connection, Weight
from connectionist.model.projection import Projection
from connectionist.utils.arrays import check_order
from connectionist.utils.random_streams import random_stream
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.network import Network

Among = Projection | Iterable[Weight | Connection | Projection] | None


def draw_weights(network: Network, half_range: float | None, sd: float | None, mean: float, seed: int, among: Among) -> None:
    """Draw trainable weights; see `Network.randomize`."""
    if (half_range is None) == (sd is None):
        raise ParameterError(f"randomize: give either half_range or sd (got {half_range!r} and {sd!r})")
    name, spread = ("half_range", half_range) if sd is None else ("sd", sd)
    check_number("randomize", name, spread, at_least=0, at_most=sys.float_info.max / 2)  # numpy needs a finite width
    check_number("randomize", "mean", mean)
    weights = [weight for weight in (network.weights if among is None else _weights_of(among)) if weight.trainable]
    generator, width = random_stream(seed, "weights"), float(spread or 0.0)
    drawn = generator.uniform(-width, width, len(weights)) if sd is None else generator.normal(0.0, width, len(weights))
    for weight, value in zip(weights, drawn.tolist(), strict=True):
        weight.value = value + mean if mean else value
    network.weight_state.forget_changes([weight.row for weight in weights])


def _weights_of(among: Projection | Iterable[Weight | Connection | Projection]) -> dict[Weight, None]:
    """Return the weights of projections, connections and weights, each once."""
    if not isinstance(among, Projection):
        check_order(among, "randomize.among")
    found: dict[Weight, None] = {}
    for part in [among] if isinstance(among, Projection) else among:
        if isinstance(part, Projection):
            found |= dict.fromkeys(connection.weight for connection in part)
        elif isinstance(part, (Weight, Connection)):
            found[part if isinstance(part, Weight) else part.weight] = None
        else:
            raise DataError(f"randomize.among: must be weights, connections or projections (got {shown(part)})")
    return found
