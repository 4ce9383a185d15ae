"""Context units: what others did one tick before, with no error going back."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError, UnknownNameError, WiringError


@pytest.fixture
def srn() -> cn.Network:
    net = cn.Network("srn")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", ["a", "b", "c"], activation="tanh", initial=0.5)
    net.add_group("output", 2, role="output")
    cn.add_context(net, "hidden")
    for sender, receiver in (("input", "hidden"), ("context", "hidden"), ("hidden", "output")):
        net.connect(sender, receiver)
    net.randomize(0.9, seed=4)
    return net


INPUTS = np.array([[1.0, 0.0], [0.5, -1.0], [0.0, 2.0]])


def at(net: cn.Network, group: str, tick: int) -> list[float]:
    assert net.unrolled is not None
    return [unit.activation for unit in net.unrolled[f"{group}@{tick}"]]


def test_the_context_holds_what_the_hidden_units_did_one_tick_before(srn: cn.Network) -> None:
    srn.forward(INPUTS)
    assert at(srn, "context", 1) == [0.5, 0.5, 0.5]
    assert [at(srn, "context", tick) for tick in (2, 3)] == [at(srn, "hidden", tick) for tick in (1, 2)]
    assert srn["context"].labels == ("a", "b", "c")


def test_its_connections_are_one_to_one_fixed_unbiased_and_carry_no_error_back(srn: cn.Network) -> None:
    copies = srn.projection("hidden", "context", 1)
    assert [c.name for c in copies] == [f"hidden:{label} → context:{label}" for label in "abc"]
    assert [(c.weight.value, c.weight.trainable, c.backpropagate) for c in copies] == [(1.0, False, False)] * 3
    assert not [c for c in srn.connections if c.name.startswith("bias → context")]
    srn.randomize(0.5, seed=1)
    examples = cn.ExampleSet([cn.Example.sequence(INPUTS, [[1, 0]] * 3)])
    cn.train(srn, examples, "momentum", 3, engine="local")
    assert [c.weight.value for c in copies] == [1.0, 1.0, 1.0]


def test_the_error_of_a_tick_does_not_reach_the_tick_before_by_way_of_the_context(srn: cn.Network) -> None:
    srn.forward(INPUTS)
    srn.backward([[np.nan, np.nan], [np.nan, np.nan], [1.0, 0.0]])
    assert srn.unrolled is not None
    derivatives = [[unit.net_derivative for unit in srn.unrolled[f"hidden@{tick}"]] for tick in (1, 2, 3)]
    assert derivatives[0] == derivatives[1] == [0.0, 0.0, 0.0]
    assert all(derivatives[2])


def test_state_units_keep_part_of_what_they_had() -> None:
    net = cn.Network("jordan")
    net.add_group("input", 1, role="input")
    net.add_group("output", 1, role="output", activation="linear", biased=False, initial=8.0)
    state = cn.add_context(net, "output", name="state", decay=0.5)
    net.connect("input", "output", weights=1.0)
    net.forward([[1.0], [2.0], [4.0]])
    assert state.name == "state"
    assert [at(net, "state", tick) for tick in (1, 2, 3)] == [[8.0], [1.0 + 4.0], [2.0 + 2.5]]
    assert not any(c.backpropagate or c.weight.trainable for c in net.connections if c.receiver.group is state)


def test_a_context_of_a_context_remembers_one_tick_more(srn: cn.Network) -> None:
    cn.add_context(srn, srn["context"], name="earlier")
    srn.forward(INPUTS)
    assert at(srn, "earlier", 3) == at(srn, "hidden", 1)


def test_inputs_may_have_a_context_too() -> None:
    net = cn.Network("window")
    net.add_group("input", 2, role="input", initial=[7.0, 8.0])
    net.add_group("output", 1, role="output")
    cn.add_context(net, "input", name="last input")
    net.connect("last input", "output")
    net.forward(INPUTS)
    assert [at(net, "last input", tick) for tick in (1, 2, 3)] == [[7.0, 8.0], [1.0, 0.0], [0.5, -1.0]]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("hiden",), UnknownNameError, "unknown group of srn 'hiden'; did you mean 'hidden'"),
        (("hidden", "context"), WiringError, "group 'context': srn already has a group of this name"),
        (("hidden", "a@1"), WiringError, "group 'a@1': a name must be text without ':' and '@'"),
        (("hidden", "state", 1.0), ParameterError, r"add_context.decay: must be a number of at least 0 and below 1 \(got 1.0\)"),
        (("hidden", "state", -0.1), ParameterError, r"add_context.decay: must be a number of at least 0 and below 1 \(got -0.1\)"),
        (("hidden", "state", np.nan), ParameterError, r"add_context.decay"),
    ],
)
def test_mistakes_are_rejected_and_nothing_is_added(
    srn: cn.Network, arguments: tuple[str, ...], error: type[Exception], message: str
) -> None:
    groups, connections = srn.groups, srn.connections
    with pytest.raises(error, match=message):
        cn.add_context(srn, *arguments)  # type: ignore[arg-type]
    assert (srn.groups, srn.connections) == (groups, connections)
