"""Parts are found by name, in a fixed order. The error for an unknown name lists the known names."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import UnknownNameError


def test_orders_are_those_of_making(net: cn.Network) -> None:
    assert [group.name for group in net.groups] == ["input", "hidden", "output"]
    assert [unit.name for unit in net.units] == ["bias", "input:0", "input:1", "hidden:0", "hidden:1", "output:0"]
    assert [projection.name for projection in net.projections] == [
        "bias → hidden", "bias → output", "input → hidden", "hidden → output", "input → output"
    ]  # fmt: skip
    assert [connection.name for connection in net.connections] == [
        "bias → hidden:0", "bias → hidden:1", "bias → output:0",
        "input:0 → hidden:0", "input:1 → hidden:0", "input:0 → hidden:1", "input:1 → hidden:1",
        "hidden:0 → output:0", "hidden:1 → output:0", "input:0 → output:0", "input:1 → output:0",
    ]  # fmt: skip
    assert list(net.weights) == [connection.weight for connection in net.connections]


def test_a_tied_weight_stands_once_at_its_first_connection(net: cn.Network) -> None:
    late, early = net.connection("input:1", "output:0"), net.connection("bias", "hidden:1")
    count = len(net.weights)
    shared = net.tie([late, early])
    assert len(net.weights) == count - 1
    assert net.weights.index(shared) == 1
    assert np.array_equal(net.weight_rows, [weight.row for weight in net.weights])


def test_parts_are_found(net: cn.Network) -> None:
    assert net["hidden"] is net.groups[1]
    assert net.unit("bias") is net.units[0] is net["bias"][0]
    assert net.unit("hidden:1") is net["hidden"][1]
    assert net.connection(net.unit("input:0"), "hidden:1").name == "input:0 → hidden:1"
    assert net.projection("bias", "hidden").sender.name == "bias"


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda net: net["hiden"], "unknown group of xor 'hiden'; did you mean 'hidden'. Known: input, hidden, output"),
        (lambda net: net.unit("hidden"), "xor: 'hidden' is a group; name a unit, such as 'hidden:0'"),
        (lambda net: net.unit("hidden0"), "unknown unit of xor 'hidden0'; .*Known: bias, input:0"),
        (lambda net: net.unit("hiden:0"), "unknown group of xor 'hiden'"),
        (lambda net: net.unit("hidden:2"), "group 'hidden' has no unit '2'; known: 0, 1"),
        (lambda net: net.connection("hidden:0", "hidden:1"), "unknown sender of hidden:1 'hidden:0'; known: bias, input:0, input:1"),
        (lambda net: net.connection("input:0", "hidden:1", delay=1), "unknown sender with delay 1 of hidden:1 'input:0'; known: none"),
        (lambda net: net.connection("hidden:0", "input:1"), "xor: no connection hidden:0 → input:1; there is input:1 → hidden:0$"),
        (lambda net: net.projection("hidden", "input"), "unknown projection of .* 'hidden → input'"),
        (lambda net: net.projection("input", "hidden", delay=3), "unknown projection of .* 'input → hidden with delay 3'"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(net: cn.Network, attempt: object, message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        attempt(net)  # type: ignore[operator]


def test_a_projection_with_a_delay_is_found_without_naming_the_delay() -> None:
    net = cn.Network("echo")
    net.add_group("output", 1, role="output")
    later, soon = (net.connect("output", "output", delay=delay) for delay in (2, 1))
    assert net.projection("output", "output") is soon
    assert net.projection("output", "output", delay=2) is later
    with pytest.raises(UnknownNameError, match="nown: bias → output, output → output with delay 2, output → output with delay 1"):
        net.projection("output", "output", delay=3)
