"""Any text is a label, and every name that the product prints is taken back."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.model.selection import connection_name, select_connections, select_units

LABELS = ["a@2", "1", "0", "x → y", "a->b", " blank ", "ba$$in", "h:0", "1 with delay 2", "*", "[a]", "?", "@", ":", "bias", "<b>", "\n"]
labels = st.one_of(st.sampled_from(LABELS), st.text(min_size=1, max_size=6))


def _net(names: list[str], delay: int) -> cn.Network:
    net = cn.Network("labels")
    net.add_group("input", names, role="input")
    net.add_group("h", names, biased=False)
    net.connect("input", "h", pattern="one_to_one", delay=delay)
    return net


@settings(max_examples=60, deadline=None)
@given(st.lists(labels, min_size=1, max_size=6, unique=True), st.integers(0, 2))
@example(LABELS, 0)
@example(LABELS, 2)
def test_every_printed_name_is_taken_back(names: list[str], delay: int) -> None:
    net = _net(names, delay)
    for network in (net, net.unroll(2)):
        for unit in network.units:
            assert network.unit(unit.name) is unit
            assert select_units(network, unit.name) == (unit,)
        for connection in network.connections:
            printed = connection_name(connection)
            assert network.connection(printed) is connection
            assert select_connections(network, printed) == (connection,)


def test_an_arrow_without_blanks_and_blanks_around_a_name_are_read_too() -> None:
    net = _net(["a", "b"], 1)
    first = net.connections[0]
    for name in ("input:a->h:a", " input:a → h:a ", "input:a -> h:a with delay 1", "input:0 -> h:0"):
        assert net.connection(name) is first
        assert select_connections(net, name) == (first,)
