"""Work per item does not grow with the network: the number of function calls is counted, not the time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest

import connectionist as cn
from connectionist.model.selection import select_connections

LAYERS = 12, 96
WIDTH = 2


def _chain(layers: int, *, biased: bool = False) -> cn.Network:
    net = cn.Network("chain")
    net.add_group("g0", WIDTH, role="input")
    for number in range(1, layers):
        net.add_group(f"g{number}", WIDTH, role="output" if number == layers - 1 else "hidden", biased=biased)
        net.connect(f"g{number - 1}", f"g{number}", weights=0.1)
    net.forward([1.0] * WIDTH)
    return net


def _build(net: cn.Network) -> None:
    net.add_group("more", 1, biased=False)
    net.connect("g1", "more")


def _lesion(net: cn.Network) -> None:
    net.lesion("g3:0", net.connection("g4:0", "g5:0"))
    net.restore("g3:0")
    net.restore()


def _tie(net: cn.Network) -> None:
    first, second, third = (net.connection(f"g{number}:0 -> g{number + 1}:0") for number in (3, 4, 5))
    net.tie([first, second])
    net.tie([second, third])


ITEMS: dict[str, Callable[[cn.Network], object]] = {
    "unit": lambda net: net.unit("g5:1"),
    "connection": lambda net: net.connection("g5:0 → g6:1"),
    "projection": lambda net: net.projection("g5", "g6"),
    "select": lambda net: select_connections(net, ["g5:0 → g6:1", "g5 → g6"]),
    "build": _build,
    "lesion": _lesion,
    "tie": _tie,
    "explain": lambda net: net.unit("g5:1").explain(),
    "explain a connection": lambda net: net.connection("g5:0 → g6:1").explain(),
    "assign": lambda net: setattr(net["g3"], "activation_function", "tanh"),
}


def _calls(function: Callable[[], object]) -> int:
    """Return how many functions a function calls, those of Python and of C."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", ITEMS)
def test_the_work_for_an_item_does_not_grow_with_the_network(name: str) -> None:
    small, large = (_chain(layers) for layers in LAYERS)
    for net in (small, large):
        net.forward([1.0] * WIDTH)
        net.unit("g4:0").explain()  # what is derived from the wiring once is not counted
    counts = [_calls(lambda net=net: ITEMS[name](net)) for net in (small, large)]  # type: ignore[misc]
    assert counts[1] <= 1.3 * counts[0] + 20, counts


def test_a_lesion_of_a_unit_with_a_bias_does_not_sort_all_biases() -> None:
    nets = [_chain(layers, biased=True) for layers in LAYERS]
    counts = [_calls(lambda net=net: _lesion(net)) for net in nets]  # type: ignore[misc]
    assert counts[1] <= 1.3 * counts[0] + 60, counts


def test_a_projection_after_a_lesion_does_not_visit_the_lesioned_connections() -> None:
    counts = []
    for lesioned in (4, 64):
        net = _chain(LAYERS[1])
        net.lesion(*net.connections[:lesioned])
        counts.append(_calls(lambda net=net: _build(net)))  # type: ignore[misc]
    assert counts[1] <= counts[0] + 20, counts


def test_unrolling_grows_with_the_number_of_groups_and_not_faster() -> None:
    nets = [_chain(layers) for layers in LAYERS]
    counts = [_calls(lambda net=net: net.unroll(2)) / len(net.groups) for net in nets]  # type: ignore[misc]
    assert counts[1] <= 1.3 * counts[0], counts
