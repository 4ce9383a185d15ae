"""Whether an engine keeps what is to be recorded, and computes the same with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.learning.training import train
from connectionist.plugins.rules import Rule
from connectionist.recording.in_testing import record
from connectionist.recording.recorder import UNIT_QUANTITIES, WEIGHT_QUANTITIES, Recorder
from connectionist.testing.claims import claim

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine
    from connectionist.model.network import Network
    from connectionist.recording.recording import Recording
    from connectionist.testing.engines import NetworkPair

EPOCHS = 3


def check_presenting(pair: NetworkPair) -> None:
    """Check what is recorded of every unit when examples are presented."""
    quantities = ("activation", *UNIT_QUANTITIES)
    got, wanted = (record(net, pair.examples, quantities, engine=engine) for net, engine in both(pair))
    compare(pair, got, wanted, "when presented")


def check_recording(pair: NetworkPair, rule: Rule, update_after: str | int, order: str) -> None:
    """Check what is recorded in training, of every unit, case, tick and connection, and that it is the same training."""
    pair.name += f", {rule!r}, update_after={update_after!r}, order={order!r}"
    options: dict[str, Any] = {"update_after": update_after, "order": order, "seed": pair.seed}
    recorders = [
        Recorder(UNIT_QUANTITIES, of="*", every=2),
        Recorder([*UNIT_QUANTITIES, *WEIGHT_QUANTITIES], of="*", epochs=[1, 3], cases=[0, len(pair.examples) - 1]),
        Recorder(list(WEIGHT_QUANTITIES), of="*", epochs=[0, 1, 3], each="change"),
        Recorder("activation", of="*", epochs=[0, 2], examples=pair.examples),
    ]
    runs = [train(net, pair.examples, rule, EPOCHS, engine=engine, record=recorders, **options) for net, engine in both(pair)]
    for recorder, got, wanted in zip(recorders, *(run.recordings for run in runs), strict=True):
        compare(pair, got, wanted, f"as {recorder} has it", 10 * EPOCHS * len(pair.examples))
    plain, _ = pair.another()
    train(plain, pair.examples, rule, EPOCHS, engine=pair.ours, **options)
    difference = plain.weight_values - pair.net.weight_values
    claim(not difference.any(), pair.name, "weights of a training that is recorded", "the bits of one that is not", difference)


def both(pair: NetworkPair) -> list[tuple[Network, Engine]]:
    """Return each network with its engine."""
    return [(pair.net, pair.ours), (pair.twin, pair.theirs)]


def compare(pair: NetworkPair, got: Recording, wanted: Recording, when: str, passes: int = 1) -> None:
    """Compare two recordings, quantity by quantity; of lesioned units, whose missing activation may cost much, by themselves."""
    claim(got.epochs == wanted.epochs, pair.name, f"epochs recorded {when}", str(wanted.epochs), got.epochs)
    for quantity in wanted.quantities:
        ours, theirs = got[quantity], wanted[quantity]
        claim(ours.dims == theirs.dims, pair.name, f"dimensions of {quantity} recorded {when}", str(theirs.dims), ours.dims)
        silent = np.array([pair.twin.unit(str(name)).lesioned for name in theirs.unit.values]) if "unit" in theirs.dims else None
        for part in [...] if silent is None else [np.s_[..., ~silent], np.s_[..., silent]]:
            pair.close(ours.values[part], theirs.values[part], f"{quantity} recorded {when}", passes)
