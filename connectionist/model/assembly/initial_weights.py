"""Random initial weights."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.errors import DataError, ParameterError, WiringError, check_number
from connectionist.model.assembly.shared_settings import limits_by_row
from connectionist.model.connection import Connection, Weight
from connectionist.model.projection import Projection
from connectionist.utils.arrays import Array, check_no_set
from connectionist.utils.random_streams import random_stream
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.network import Network

WEIGHTS_STREAM = "weights"

Among = str | Projection | Iterable[str | Weight | Connection | Projection] | None


def draw_weights(network: Network, half_range: float | None, sd: float | None, mean: float, seed: int, among: Among) -> None:
    """Draw trainable weights; see `Network.randomize`."""
    if (half_range is None) == (sd is None):
        raise ParameterError(f"randomize: give either half_range or sd (got {half_range!r} and {sd!r})")
    name, spread = ("half_range", half_range) if sd is None else ("sd", sd)
    width = abs(check_number("randomize", name, spread, at_least=0, at_most=sys.float_info.max / 2))  # numpy needs a finite width, not −0
    center = check_number("randomize", "mean", mean)
    root_seed = check_number("randomize", "seed", seed, at_least=0, whole=True)
    state, rows, stream = network.weight_state, network.weight_rows, WEIGHTS_STREAM
    if among is not None:
        chosen = list(_weights_of(network, among))
        rows, stream = np.array([weight.row for weight in chosen], np.intp), _stream_of(network, chosen)
    rows = rows[state.array("trainable")[rows] != 0.0]
    generator = random_stream(root_seed, stream)
    drawn = generator.uniform(-width, width, len(rows)) if sd is None else generator.normal(0.0, width, len(rows))
    state.array("value")[rows] = _within_limits(network, rows, drawn + center if center else drawn)
    state.forget_changes(rows)


def _within_limits(network: Network, rows: npt.NDArray[np.intp], drawn: Array) -> Array:
    """Return drawn values of weights with the sign, and then within the limits, of their projections."""
    limits = limits_by_row(network)
    if limits is None:
        return drawn
    low, high = limits[0][rows], limits[1][rows]
    signed = np.where(low >= 0.0, np.abs(drawn), np.where(high <= 0.0, -np.abs(drawn), drawn))
    return np.minimum(np.maximum(signed, low), high)


def _stream_of(network: Network, weights: Sequence[Weight]) -> str:
    """Return the name of a stream by the first connection of some weights, so that projections do not get the same numbers."""
    first = next((connection.name for connection in network.connections if weights and connection.weight is weights[0]), "")
    return f"weights from {first}"


def _weights_of(network: Network, among: str | Projection | Iterable[str | Weight | Connection | Projection]) -> dict[Weight, None]:
    """Return the weights of projections, connections and weights, each once."""
    if not isinstance(among, (str, Projection)):
        check_no_set(among, "randomize.among")
    found: dict[Weight, None] = {}
    for given in [among] if isinstance(among, (str, Projection)) else among:
        part = network.projection(given) if isinstance(given, str) else given
        if isinstance(part, Projection):
            found |= dict.fromkeys(connection.weight for connection in part)
        elif isinstance(part, (Weight, Connection)):
            found[part if isinstance(part, Weight) else part.weight] = None
        else:
            raise DataError(f"randomize.among: must be weights, connections or projections (got {shown(part)})")
    if any(weight._state is not network.weight_state for weight in found):
        raise WiringError(f"randomize.among: some of these weights belong to another network than {network.name}")
    return found
