"""Random networks in time, of `connectionist.testing`."""

from __future__ import annotations

from connectionist.testing import random_network


def test_units_that_see_their_last_activation_do_not_integrate() -> None:
    for seed in range(40):
        network, _ = random_network(seed, dynamic=True, integrators=True)
        assert not any(group.dynamic and group.timing.integrates for group in network.groups)
