"""A small session for the tests of the inspector."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import connectionist as cn
from connectionist.inspector.session import InspectorSession


def make_network(seed: int = 1) -> cn.Network:
    net = cn.Network("xor")
    net.add_group("input", ["left", "right"], role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=seed)
    return net


def make_examples() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], names=["00", "01", "10", "11"])


def make_session(net: cn.Network | None = None, **options: object) -> InspectorSession:
    phases = [cn.Phase(cn.rule("momentum", rate=0.5), 1)]
    network = make_network() if net is None else net
    return InspectorSession(network, make_examples(), phases, engine=cn.engine("compiled"), **options)  # type: ignore[arg-type]


@pytest.fixture
def session() -> InspectorSession:
    return make_session()


@pytest.fixture
def session_maker() -> Callable[..., InspectorSession]:
    return make_session
