"""Lesions take units and connections out, and restoring puts everything back where it was."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import connectionist as cn
from connectionist.errors import LoopError, UnknownNameError, WiringError
from connectionist.model.assembly import parts
from connectionist.model.connection import Connection
from connectionist.testing import random_network


def test_a_lesioned_unit_is_silent_and_its_connections_are_gone(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    net.lesion("hidden:0")
    outputs = net.outputs(xor, engine)
    for connection in list(net.connections):
        assert "hidden:0" not in connection.name
    assert net.unit("hidden:0").lesioned
    assert net.unit("hidden:0").activation == 0.0
    net.restore()
    for receiver in ("output:0",):
        net.connection("hidden:0", receiver).weight.value = 0.0
    assert np.allclose(net.outputs(xor, engine), outputs, rtol=1e-12)


def test_a_lesioned_connection_carries_nothing(net: cn.Network) -> None:
    connection = net.connection("hidden:0", "output:0")
    connection.weight.value = 5.0
    net.lesion(connection)
    without = net.forward([1, 0])
    net.restore(connection)
    connection.weight.value = 0.0
    assert net.forward([1, 0]) == pytest.approx(without, rel=1e-15)


def test_a_lesioned_weight_keeps_its_place_and_value_and_is_not_trained(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    connection = net.connection("input:0", "hidden:1")
    place, value = net.weights.index(connection.weight), connection.weight.value
    net.lesion(connection)
    assert net.weights[place] is connection.weight
    run = cn.train(net, xor, cn.rule("momentum", decay=0.1), 5, engine=engine)
    assert connection.weight.value == value
    assert run.memory["last_change"][place] == 0.0
    assert cn.error_derivatives(net, xor, engine)[1][place] == 0.0


@given(st.integers(0, 300), st.randoms(use_true_random=False))
def test_restoring_in_any_order_gives_the_same_network_bit_for_bit(seed: int, random: object) -> None:
    net, examples = random_network(seed, lesions=False)
    before = net.outputs(examples, "local").tolist(), [c.name for c in net.connections], [list(u.incoming) for u in net.units]
    units = [unit for unit in net.units if unit.group.role != "bias"]
    lesioned = [*random.sample(units, len(units) // 2), *[]]  # type: ignore[attr-defined]
    net.lesion(*lesioned)
    connections = list(net.connections)[:2]
    net.lesion(*connections)
    waiting = [*lesioned, *connections]
    random.shuffle(waiting)  # type: ignore[attr-defined]
    for thing in waiting:
        net.restore(thing)
    after = net.outputs(examples, "local").tolist(), [c.name for c in net.connections], [list(u.incoming) for u in net.units]
    assert after == before


def test_a_connection_lesioned_by_itself_stays_out_when_its_unit_comes_back(net: cn.Network) -> None:
    connection = net.connection("input:0", "hidden:0")
    net.lesion(connection)
    net.lesion("hidden:0")
    net.restore("hidden:0")
    assert connection not in net.connections
    net.restore(connection)
    assert connection in net.connections


def test_what_is_connected_to_a_lesioned_unit_appears_when_it_is_restored(net: cn.Network) -> None:
    net.lesion("output:0")
    net.add_group("late", 1)
    net.connect("late", "output")
    with pytest.raises(UnknownNameError):
        net.connection("late:0", "output:0")
    net.restore("output:0")
    assert net.connection("late:0", "output:0") in net.connections


@pytest.mark.parametrize(
    ("things", "message"),
    [
        (["hidden:0", "hidden:0"], None),
        (["bias"], "the unit that is always 1 cannot be lesioned"),
        (["hidden:1"], "lesion: hidden:1 is lesioned already"),
    ],
)
def test_lesions_that_cannot_be_made_are_rejected_and_nothing_is_taken_out(net: cn.Network, things: list[str], message: str | None) -> None:
    net.lesion("hidden:1")
    count = len(net.connections)
    if message is None:
        net.lesion(*things)
        assert len(net.connections) < count
        return
    with pytest.raises(WiringError, match=message):
        net.lesion("input:0", *things)
    assert len(net.connections) == count
    assert not net.unit("input:0").lesioned


def test_mistakes_are_named(net: cn.Network) -> None:
    other = cn.Network("other")
    other.add_group("hidden", 1)
    with pytest.raises(WiringError, match="hidden:0 belongs to another network"):
        net.lesion(other.unit("hidden:0"))
    with pytest.raises(WiringError, match="restore: hidden:0 is not lesioned"):
        net.restore("hidden:0")
    with pytest.raises(UnknownNameError, match="group 'hidden' has no unit 'O'"):
        net.lesion("hidden:O")
    connection = net.connection("input:0", "hidden:0")
    net.lesion("hidden:0")
    with pytest.raises(WiringError, match="input:0 → hidden:0 is lesioned already"):
        net.lesion(connection)


def test_a_lesioned_output_unit_is_silent_and_has_no_target(net: cn.Network, xor: cn.ExampleSet, engine: str) -> None:
    net.lesion("output:0")
    assert net.forward([1, 0]).tolist() == [0.0]
    assert net.backward([1]) == 0.0
    error, derivatives = cn.error_derivatives(net, xor, engine=engine)
    assert error == 0.0
    assert not derivatives.any()
    assert math.isnan(net.unit("output:0").target)


def test_a_group_or_projection_stands_for_its_parts(net: cn.Network) -> None:
    net.lesion(net["hidden"])
    assert [unit.lesioned for unit in net["hidden"]] == [True, True]
    net.restore("hidden")
    net.lesion(net.projection("input", "output"))
    assert len(net.unit("output:0").incoming) == 3
    net.restore()
    with pytest.raises(WiringError, match=r"must be units, connections, groups or projections, or their names \(got 3\)"):
        net.lesion(3)  # type: ignore[arg-type]


def test_what_is_lesioned_still_counts_when_something_is_connected(net: cn.Network) -> None:
    net.lesion("input:0", net.connection("hidden:0", "output:0"))
    with pytest.raises(WiringError, match="input:0 → hidden:0: already connected"):
        net.connect("input", "hidden")
    with pytest.raises(LoopError, match="is a loop without delay"):
        net.connect("output", "hidden", pattern=[[True, False]])
    net.add_group("context", 1)
    net.connect("input", "context")
    assert not net.unit("input:0").outgoing
    net.restore()
    assert [c.receiver.name for c in net.unit("input:0").outgoing] == ["hidden:0", "hidden:1", "output:0", "context:0"]
    net.forward([0, 1])


def test_a_unit_that_sends_to_itself_is_taken_out_and_put_back(net: cn.Network) -> None:
    net.connect("hidden", "hidden", delay=1)
    net.connect("hidden", "hidden", pattern="one_to_one", delay=2)
    before = [list(unit.incoming) for unit in net.units], [list(unit.outgoing) for unit in net.units]
    net.lesion("hidden:0")
    assert not net.unit("hidden:0").incoming
    assert [c.name for c in net.unit("hidden:1").incoming if c.delay] == ["hidden:1 → hidden:1", "hidden:1 → hidden:1"]
    net.restore("hidden:0")
    assert ([list(unit.incoming) for unit in net.units], [list(unit.outgoing) for unit in net.units]) == before


@pytest.mark.parametrize("unit_first", [True, False])
def test_a_unit_and_a_connection_of_it_go_out_together_in_any_order(net: cn.Network, unit_first: bool) -> None:
    unit, connection = net.unit("hidden:0"), net.connection("input:0", "hidden:0")
    if unit_first:
        net.lesion(unit, connection)
    else:
        net.lesion(connection, unit)
    assert not unit.incoming
    net.restore(unit)
    assert connection not in net.connections
    net.restore()
    assert connection in unit.incoming


def test_a_projection_within_a_group_is_checked_against_its_lesioned_connections() -> None:
    net = cn.Network("recurrent")
    net.add_group("h", 2, biased=False)
    first = net.connect("h", "h", delay=1)
    net.lesion(first.connections[1], "h:0")
    with pytest.raises(WiringError, match="already connected with delay 1"):
        net.connect("h", "h", delay=1)
    net.connect("h", "h", delay=2)
    assert not net.unit("h:0").incoming
    net.restore()
    names = [(connection.sender.index, connection.delay) for connection in net.unit("h:1").incoming]
    assert names == [(0, 1), (1, 1), (0, 2), (1, 2)]
    assert len(net.connections) == 8


def test_several_units_or_connections_go_out_and_come_back_together(net: cn.Network) -> None:
    net.lesion(net["hidden"][0:2], [net.connections[0], "input:0"], "output:0")
    assert [unit.name for unit in net.units if unit.lesioned] == ["input:0", "hidden:0", "hidden:1", "output:0"]
    net.restore(net["hidden"][[0, 1]])
    assert [unit.name for unit in net.units if unit.lesioned] == ["input:0", "output:0"]
    with pytest.raises(WiringError, match=r"lesion or restore: must be units, .* \(got 3\)"):
        net.lesion(["hidden:0", 3])  # type: ignore[list-item]
    assert not net.unit("hidden:0").lesioned


def test_no_units_restore_no_lesions(net: cn.Network) -> None:
    net.lesion("hidden:0")
    net.lesion(net["hidden"][2:])
    with pytest.raises(WiringError, match=r"restore: must name units or connections, or nothing to restore all \(got \(\)\)"):
        net.restore(net["hidden"][2:])
    assert net.unit("hidden:0").lesioned


@pytest.mark.parametrize("seed", range(3))
def test_parts_restored_in_any_order_are_in_the_order_in_which_they_were_made(seed: int) -> None:
    net = cn.Network("wide")
    net.add_group("input", 40, role="input")
    net.add_group("output", 40, role="output")
    net.connect("input", "output")
    before = [(list(unit.incoming), list(unit.outgoing)) for unit in net.units]
    draw = np.random.default_rng(seed)
    lesioned: list[cn.Unit | cn.Connection] = [net.units[number] for number in draw.choice(np.arange(1, 81), 12, replace=False)]
    net.lesion(*lesioned)
    lesioned += [net.connections[number] for number in draw.choice(len(net.connections), 30, replace=False)]
    net.lesion(*lesioned[12:])
    for number in draw.permutation(len(lesioned)):
        net.restore(lesioned[number])
    assert [(unit.incoming, unit.outgoing) for unit in net.units] == before


def test_a_connection_is_found_by_name_without_a_walk_over_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    net = cn.Network("wide")
    net.add_group("input", 20, role="input")
    net.add_group("hidden", 30)
    net.connect("input", "hidden", pattern=cn.Random(0.5, seed=1))
    net.connect("input", "hidden", pattern=cn.Random(0.5, seed=2), delay=1)
    between = [connection for connection in net.connections if connection.sender.name != "bias"]
    wanted = {name: [each for each in between if each.name == name] for name in dict.fromkeys(each.name for each in between)}
    compared: list[Connection] = []

    def pair(connection: Connection) -> tuple[int, int]:
        compared.append(connection)
        return connection.receiver.index, connection.sender.index

    monkeypatch.setattr(parts, "fnmatchcase", None)  # patterns, which are compared with all units
    monkeypatch.setattr(parts, "_pair", pair)
    for name, connections in wanted.items():
        compared.clear()
        assert parts.find_parts(net._wiring, name) == connections
        assert len(compared) < 30
    with pytest.raises(UnknownNameError, match="unknown group, unit, projection or connection of wide 'input:0 → output'"):
        net.lesion("input:0 → output")
