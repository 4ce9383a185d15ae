"""Checks of what an engine records, and that recording does not change the training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.learning.training import train
from connectionist.plugins.rules import Rule
from connectionist.recording.in_testing import record
from connectionist.recording.recorder import UNIT_QUANTITIES, WEIGHT_QUANTITIES, Recorder
from connectionist.testing.claims import assert_that

if TYPE_CHECKING:
    from xarray import DataArray

    from connectionist.engines.engine import Engine
    from connectionist.model.network import Network
    from connectionist.recording.recording import Recording
    from connectionist.testing.network_pair import NetworkPair

EPOCHS = 3


def check_record(pair: NetworkPair) -> None:
    """Check all recorded quantities of all units, without training."""
    quantities = ("activation", *UNIT_QUANTITIES)
    got, wanted = (record(net, pair.examples, quantities, engine=engine) for net, engine in networks_and_engines(pair))
    compare_recordings(pair, got, wanted, "without training")


def check_recording_in_training(pair: NetworkPair, rule: Rule, update_after: str | int, order: str) -> None:
    """Check the quantities of all units and weights that are recorded in training, and that recording does not change the training."""
    pair.name += f", {rule!r}, update_after={update_after!r}, order={order!r}"
    options: dict[str, Any] = {"update_after": update_after, "order": order, "seed": pair.seed}
    recorders = [
        Recorder(UNIT_QUANTITIES, of="*", every=2),
        Recorder([*UNIT_QUANTITIES, *WEIGHT_QUANTITIES], of="*", epochs=[1, 3], cases=[0, len(pair.examples) - 1]),
        Recorder(list(WEIGHT_QUANTITIES), of="*", epochs=[0, 1, 3], each="change"),
        Recorder("activation", of="*", epochs=[0, 2], examples=pair.examples),
    ]
    runs = [
        train(net, pair.examples, rule, EPOCHS, engine=engine, record=recorders, **options) for net, engine in networks_and_engines(pair)
    ]
    for recorder, got, wanted in zip(recorders, *(run.recordings for run in runs), strict=True):
        compare_recordings(pair, got, wanted, f"by {recorder}", 10 * EPOCHS * len(pair.examples))
    plain, _ = pair.new_copy()
    train(plain, pair.examples, rule, EPOCHS, engine=pair.engine, **options)
    difference = plain.weight_values - pair.net.weight_values
    assert_that(not difference.any(), pair.name, "weights after recorded training", "the same bits as without recording", difference)


def networks_and_engines(pair: NetworkPair) -> list[tuple[Network, Engine]]:
    """Return each network of a pair with its engine."""
    return [(pair.net, pair.engine), (pair.reference_net, pair.reference)]


def compare_recordings(pair: NetworkPair, got: Recording, wanted: Recording, when: str, pass_count: int = 1) -> None:
    """Compare two recordings. Lesioned units are compared separately, because their values may be much larger."""
    assert_that(got.epochs == wanted.epochs, pair.name, f"epochs recorded {when}", str(wanted.epochs), got.epochs)
    for quantity in wanted.quantities:
        actual, expected = got[quantity], wanted[quantity]
        assert_that(actual.dims == expected.dims, pair.name, f"dimensions of {quantity} recorded {when}", str(expected.dims), actual.dims)
        for part in _parts_by_lesion(pair, expected):
            pair.assert_close(actual.values[part], expected.values[part], f"{quantity} recorded {when}", pass_count)


def _parts_by_lesion(pair: NetworkPair, values: DataArray) -> list[Any]:
    """Return the indices of the intact and of the lesioned units; of all values if there are no units."""
    if "unit" not in values.dims:
        return [...]
    lesioned = np.array([pair.reference_net.unit(str(name)).lesioned for name in values["unit"].values])
    return [np.s_[..., ~lesioned], np.s_[..., lesioned]]
