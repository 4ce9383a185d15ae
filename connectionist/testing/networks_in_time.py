"""Features in time of a random network and its examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.plugins.functions import DynamicActivationFunction, JointActivationFunction

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.testing.networks import Features

DELAYS = (1, 1, 1, 2, 3)
RATES = (None, None, 0.004, 0.02)


def draw_timing(draw: np.random.Generator, features: Features, activation: Any = None) -> dict[str, Any]:
    """Return the arguments of `add_group` for time. `activation` is None for input groups, which do not integrate."""
    timing: dict[str, Any] = {}
    if features.initial and draw.random() < 0.7:
        low, high = np.clip((-1.0, 1.0) if activation is None else activation.range, -1.0, 1.0)
        timing["initial"] = float(low + (high - low) * draw.uniform(0.1, 0.9))
    if features.integrators and activation is not None and draw.random() < 0.6 and not isinstance(activation, DynamicActivationFunction):
        is_joint = isinstance(activation, JointActivationFunction)
        timing["integrates"] = "net_input" if is_joint or draw.random() < 0.5 else "activation"
        timing["dt"] = float(draw.uniform(0.2, 1.0))
        if features.initial and timing["integrates"] == "net_input":
            timing["initial_net_input"] = float(draw.uniform(-1.0, 1.0))
    return timing


def connect_with_delays(draw: np.random.Generator, net: Network, features: Features) -> None:
    """Connect about one pair of groups in three with a delay, and some pairs with two; at least one pair."""
    receivers = [group for group in net.groups if group.role != "input"]
    before = len(net.connections)
    for sender in net.groups:
        for receiver in receivers:
            if draw.random() < 0.35:
                for delay in dict.fromkeys(draw.choice(DELAYS, size=2 if draw.random() < 0.3 else 1).tolist()):
                    _connect(draw, net, sender, receiver, delay, features)
    if len(net.connections) == before:
        net.connect(receivers[-1], receivers[-1], delay=1)


def _connect(draw: np.random.Generator, net: Network, sender: Group, receiver: Group, delay: int, features: Features) -> None:
    mask = draw.random((len(sender), len(receiver))) < draw.choice((0.5, 0.8, 1.1))
    rate = RATES[int(draw.integers(len(RATES)))] if features.rates else None
    one_way = features.one_way and draw.random() < 0.2
    net.connect(sender, receiver, pattern=mask, delay=int(delay), rate=rate, backpropagate=not one_way)


def draw_lengths(draw: np.random.Generator, cases: int, features: Features) -> list[int]:
    """Return the number of ticks of each example, different for the first two; an empty list for single patterns."""
    if not features.in_time:
        return []
    lengths: list[int] = draw.integers(1, features.ticks + 1, cases).tolist()
    if cases > 1 and lengths[0] == lengths[1] and features.ticks > 1:
        lengths[1] = lengths[0] % features.ticks + 1
    return lengths
