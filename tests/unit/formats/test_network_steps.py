"""A network as steps of matrices."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import MemoryLimitError, WiringError
from connectionist.formats.steps import network_steps
from connectionist.testing import random_network


def chain() -> cn.Network:
    """Two groups that need each other's activations within a tick, unit by unit."""
    net = cn.Network("chain")
    net.add_group("input", 1, role="input")
    net.add_group("a", 3, biased=False)
    net.add_group("b", 2, role="output", biased=False)
    net.connect("input", "a")
    net.connect("a", "b", pattern=[[1, 0], [0, 1], [0, 0]])
    net.connect("b", "a", pattern=[[0, 1, 0], [0, 0, 1]])
    net.randomize(1.0, seed=1)
    return net


def test_units_that_need_each_others_activations_are_in_several_parts() -> None:
    steps = network_steps(chain())
    assert [(step.part.name, step.part.indices.tolist()) for step in steps.steps] == [
        ("a:1", [0]),
        ("b:1", [0]),
        ("a:2", [1]),
        ("b:2", [1]),
        ("a:3", [2]),
    ]
    assert [block.name for block in steps.steps[2].blocks] == ["input → a:2", "b:1 → a:2"]


def test_a_group_is_one_part_and_lesioned_units_are_in_none() -> None:
    net = cn.Network("lesioned")
    net.add_group("input", 2, role="input")
    net.add_group("output", 3, role="output")
    net.connect("input", "output", weights=[[1, 2, 3], [4, 5, 6]])
    net.lesion("output:1", net.connection("input:0", "output:2"), "input:1")
    steps = network_steps(net)
    (step,) = steps.steps
    assert [part.indices.tolist() for part in steps.inputs] == [[0]]
    assert step.part.indices.tolist() == [0, 2]
    assert step.blocks[1].weights.tolist() == [[1.0, 0.0]]
    assert (step.blocks[1].numbers >= 0).tolist() == [[True, False]]
    assert steps.outputs[1].tolist() == [0, 2, 1]  # 2 is after the last unit of the part


def test_delays_within_a_group_leave_it_one_part() -> None:
    net = cn.Network("delays")
    net.add_group("output", 3, role="output")
    net.connect("output", "output", delay=1)
    (step,) = network_steps(net).steps
    assert [block.name for block in step.blocks] == ["bias → output", "output → output, delay 1"]
    assert network_steps(net).ticks_before == 1


def test_a_group_without_intact_units_is_left_out() -> None:
    net = chain()
    net.lesion("input")
    assert network_steps(net).inputs == ()
    net.lesion("b")
    steps = network_steps(net)
    assert [step.part.name for step in steps.steps] == ["a"]
    assert steps.outputs[1].tolist() == [0, 0]


def test_every_intact_connection_is_in_one_block() -> None:
    for seed in range(40):
        net, _ = random_network(seed, delays=seed % 2 == 0, integrators=seed % 3 == 0)
        blocks = network_steps(net).blocks
        assert sum(int((block.numbers >= 0).sum()) for block in blocks) == len(net.connections)
        assert len({block.name for block in blocks}) == len(blocks)
        values = net.weight_values
        assert all((block.weights == np.where(block.numbers >= 0, values[block.numbers], 0.0)).all() for block in blocks)


def test_names_are_unique_also_where_projections_or_escaped_names_are_the_same() -> None:
    net = cn.Network("names")
    net.add_group("in\n", 2, role="input")
    net.add_group("in\\n", 2, role="input")
    net.add_group("o.p/q", 2, role="output", biased=False)
    for mask in ([[1, 0], [0, 0]], [[0, 1], [0, 0]]):
        net.connect("in\n", "o.p/q", pattern=mask)
    steps = network_steps(net)
    assert [part.name for part in steps.parts] == ["bias", "in_n", "in_n (2)", "o_p_q"]
    assert [block.name for block in steps.blocks] == ["in_n → o_p_q", "in_n → o_p_q (2)"]


def test_an_unrolled_network_is_an_error() -> None:
    net, _ = random_network(1, delays=True)
    with pytest.raises(WiringError, match="unrolled network; write the network from which it was made"):
        network_steps(net.unroll(2))


def test_matrices_that_do_not_fit_in_memory_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    net, _ = random_network(1)
    monkeypatch.setattr("connectionist.utils.memory_limit.free_bytes", lambda: 10)
    monkeypatch.setattr("connectionist.utils.memory_limit.UNCHECKED_BYTES", 0)
    with pytest.raises(MemoryLimitError, match="its weights as matrices"):
        network_steps(net)
