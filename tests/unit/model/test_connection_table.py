"""The connections as arrays are those of the objects, also after lesions, which keep the arrays of all connections."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectionist as cn
from connectionist.model.connection_table import ConnectionTable
from connectionist.testing import random_network


def check(net: cn.Network) -> None:
    """Compare the arrays with the objects, in the order of making and in that of the incoming connections of each unit."""
    table, connections = net.schedule.connections, net.connections
    assert table.senders.tolist() == [connection.sender.row for connection in connections]
    assert table.receivers.tolist() == [connection.receiver.row for connection in connections]
    assert table.weights.tolist() == [connection.weight.row for connection in connections]
    assert table.delays.tolist() == [connection.delay for connection in connections]
    assert table.backpropagates.tolist() == [connection.backpropagate for connection in connections]
    assert table.projections == net.projections
    for projection in net.projections:
        part, intact = table.of_projection(projection), [each for each in connections if each.projection is projection]
        assert table.weights[part].tolist() == [connection.weight.row for connection in intact]
    by_receiver = [connections[number] for number in np.argsort(table.receivers, kind="stable")]
    assert by_receiver == [connection for unit in sorted(net.units, key=lambda unit: unit.row) for connection in unit.incoming]


@given(st.integers(0, 500), st.booleans())
@settings(max_examples=12)
def test_they_are_those_of_the_objects_whatever_is_lesioned_tied_or_removed(seed: int, in_time: bool) -> None:
    net, _ = random_network(seed, delays=in_time)
    check(net)
    draw = np.random.default_rng(seed)
    for _ in range(3):
        unit = net.units[1 + int(draw.integers(len(net.units) - 1))]
        connection = net.connections[int(draw.integers(len(net.connections)))]
        net.lesion(connection)
        if not unit.lesioned:
            net.lesion(unit)
        check(net)
        net.restore(connection)
        check(net)
    net.restore()
    check(net)
    if hidden := [group for group in net.groups if group.role == "hidden"]:
        net.lesion(*(unit for unit in hidden[-1] if not unit.lesioned))
        net.remove_group(hidden[0])
        check(net)


def test_those_of_an_unrolled_network_are_its_copies() -> None:
    net, _ = random_network(3, delays=True)
    net.lesion(net.connections[0])
    check(net.unroll(3))


def test_a_lesion_keeps_the_arrays_and_a_tie_does_not(net: cn.Network) -> None:
    made, wiring = [], net._wiring
    for change in (lambda: net.lesion("hidden:0"), net.restore, lambda: net.tie(["input:0 → hidden:0", "input:1 → hidden:1"])):
        _ = net.schedule
        before = wiring._every_connection
        change()
        _ = net.schedule
        made.append(wiring._every_connection is not before)
    assert made == [False, False, True]
    assert net.schedule.connections is wiring._every_connection


def test_the_arrays_cannot_be_written(net: cn.Network) -> None:
    table = ConnectionTable.of(net.projections)
    with pytest.raises(ValueError, match="read-only"):
        table.selected(table.delays == 0).weights[0] = 1
