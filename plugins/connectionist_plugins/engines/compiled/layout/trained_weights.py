"""The weights that training changes, and how they lie in the state of the weights."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from connectionist.engines.rates import weight_limits, weight_rates
from connectionist.model.network import Network
from connectionist.plugins.rules import Rule
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats
from connectionist_plugins.engines.compiled.precision import Precision


class TrainedWeights(NamedTuple):
    """The trainable weights that have an intact connection.

    Attributes
    ----------
    trainable : array [weight row]
        Which weights were trainable when this was made.
    indices : int array or slice
        Their indices in ``net.weights``; all if it is a slice.
    rows : int array [weight]
        Their rows in the state of the weights.
    runs : int array [run, 3]
        First weight of each run of successive rows, the end, and the first row.
    """

    trainable: Array
    indices: npt.NDArray[np.intp] | slice
    rows: npt.NDArray[np.intp]
    runs: npt.NDArray[np.int64]


def trained_weights(network: Network) -> TrainedWeights:
    """Return the weights of a network that training changes. They are kept with the schedule until others are trainable."""
    derived, trainable = network.schedule.derived, network.weight_state.array("trainable")
    known: TrainedWeights | None = derived.get(TrainedWeights)
    if known is None or not np.array_equal(known.trainable, trainable):
        known = derived[TrainedWeights] = _find(network, trainable.copy())
    return known


def _find(network: Network, trainable: Array) -> TrainedWeights:
    is_trained = (trainable != 0.0)[network.weight_rows] & (network.schedule.connection_counts > 0)[network.weight_rows]
    indices = slice(None) if is_trained.all() else np.flatnonzero(is_trained)
    rows = network.weight_rows[indices]
    starts = np.flatnonzero(np.diff(rows, prepend=-2) != 1)
    ends = np.append(starts[1:], len(rows))[: len(starts)]
    return TrainedWeights(trainable, indices, rows, np.stack([starts, ends, rows[starts]], axis=1).astype(np.int64))


def rates_of(weights: TrainedWeights, network: Network, rule: Rule) -> Array:
    """Return the rate of each weight, or one rate if all are equal. A rate is NaN if there is none."""
    if all(projection.rate is None for projection in network.projections):
        return np.full(min(1, len(weights.rows)), getattr(rule, "rate", np.nan), float)
    rates = weight_rates(network, rule)[weights.indices]
    first = rates[:1].copy()
    return first if len(rates) and (np.isnan(rates) if np.isnan(first[0]) else rates == first[0]).all() else rates


def limits_of(weights: TrainedWeights, network: Network, precision: Precision) -> tuple[Floats, Floats]:
    """Return the lowest and the highest value of each weight in a precision, none of which is outside the limits; empty without limits."""
    limits = weight_limits(network)
    if not limits:
        return np.zeros(0, precision), np.zeros(0, precision)
    lowest, highest = (each[weights.indices] for each in limits)
    low, high = lowest.astype(precision), highest.astype(precision)
    return np.where(low < lowest, np.nextafter(low, np.inf), low), np.where(high > highest, np.nextafter(high, -np.inf), high)
