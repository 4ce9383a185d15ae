"""The description of a network has everything that a network consists of."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.model.assembly.description import describe
from connectionist.model.assembly.unrolled_copies import UnrolledCopies
from connectionist.model.assembly.wiring import Wiring
from connectionist.model.connection import Connection, Weight
from connectionist.model.lesions import Lesions
from connectionist.model.noise import Noise
from connectionist.model.state import State, UnitState, WeightState
from connectionist.model.timing import Timing
from connectionist.model.unit import Unit
from connectionist.testing import random_network

# What each object has. "stored" is in the description, "derived" follows from the rest, "absent" is left out on purpose: a loaded network
# has no case in its copies and no last update to explain. A new attribute must be added here, and to the description if it is stored.
NETWORK = {
    **dict.fromkeys(("_seed", "_noisy_passes", "_drawn_seed", "_tie_derivative", "_ticks_back", "_wiring"), "stored"),
    **dict.fromkeys(("_copies", "_original", "_original_version"), "stored"),
    "_checked": "derived",
}
WIRING = {
    **dict.fromkeys(("name", "ticks", "growing_state", "growing_weight_state", "bias", "groups", "projections"), "stored"),
    **dict.fromkeys(("lesions", "sharing"), "stored"),
    **dict.fromkeys(
        ("graph", "version", "on_change", "_has_gaps", "_between", "_of_group", "_undelayed", "_units", "_own_groups"),
        "derived",
    ),
    **dict.fromkeys(
        ("_connections", "_every_connection", "_weights", "_weight_rows", "_schedule", "_tied", "_in_time", "fixed"), "derived"
    ),
}
GROUP = {
    **dict.fromkeys(
        ("name", "labels", "role", "rows", "_activation_function", "_input_function", "_error_function", "_output_function"),
        "stored",
    ),
    **dict.fromkeys(
        ("_margin", "_noise", "_timing"),
        "stored",
    ),
    **dict.fromkeys(("_state", "tick", "_activation_kind", "_paired_error", "units", "_index"), "derived"),
}
PROJECTION = {
    **dict.fromkeys(("sender", "receiver", "delay", "_settings", "connections", "_number"), "stored"),
}
LESIONS = {"_units": "stored", "_connections": "stored", "_hidden": "derived"}
COPIES = {"network": "derived", "present": "absent", "perturbation": "absent", "end_state": "stored", "_copies": "derived"}
UNIT = {"_group", "_incoming", "_index", "_lesioned", "_outgoing", "_row", "_state"}
CONNECTION = {"backpropagate", "delay", "projection", "receiver", "sender", "weight"}


def test_no_attribute_is_missing_in_the_description() -> None:
    net, examples = random_network(3, delays=True, noise=True)
    net.outputs(examples)
    assert vars(net).keys() == NETWORK.keys()
    assert vars(net._wiring).keys() == WIRING.keys()
    assert vars(net["hidden0"]).keys() == GROUP.keys()
    assert vars(net.projections[0]).keys() == PROJECTION.keys()
    assert {field.name for field in fields(net.projections[0]._settings)} == {"rate", "limits", "weight_noise"}
    assert vars(net._wiring.lesions).keys() == LESIONS.keys()
    assert vars(net._copies).keys() == COPIES.keys()
    assert set(Unit.__slots__) == UNIT
    assert set(Connection.__slots__) == CONNECTION
    assert set(Weight.__slots__) == {"_row", "_state"}
    assert {field.name for field in fields(Timing)} == {"group", "units", "initial", "integrates", "dt", "initial_net_input"}
    assert {field.name for field in fields(Noise)} == {"sd", "half_range", "during"}
    assert {*UnitState.__annotations__} == {
        *UnitState.quantities,
        "owner",
        "error_weight",
        "is_perturbed",
        "has_outputs",
        "assignments",
        "initial_values",
    }
    assert {*WeightState.__annotations__} == {*WeightState.quantities, "owner", "last_update", "may_have_noise", "backward"}
    assert vars(State()).keys() == {"size", "_arrays"}
    assert (Wiring, Lesions, UnrolledCopies) is not None


def copied(net: cn.Network, _folder: Path) -> cn.Network:
    return net.copy()


def deep_copied(net: cn.Network, _folder: Path) -> cn.Network:
    return copy.deepcopy([net])[0]


def pickled(net: cn.Network, _folder: Path) -> cn.Network:
    made: cn.Network = pickle.loads(pickle.dumps(net))
    return made


def saved(net: cn.Network, folder: Path) -> cn.Network:
    cn.save_network(net, folder / "net.npz")
    return cn.load_network(folder / "net.npz")


ROADS = [copied, deep_copied, pickled, saved]


def same(one: cn.Network, other: cn.Network) -> None:
    """Assert that two networks have the same description, to the bit, and the same order of everything."""
    ours, theirs = describe(one), describe(other)
    assert ours.values == theirs.values
    assert ours.functions == theirs.functions
    for name, array in ours.arrays.items():
        np.testing.assert_array_equal(array, theirs.arrays[name], strict=True)
        assert array.tobytes() == theirs.arrays[name].tobytes()
    for name in ("groups", "units", "projections", "connections", "weights", "lesioned_connections"):
        assert list(map(repr, getattr(one, name))) == list(map(repr, getattr(other, name)))
    for unit, unit_copy in zip(one.units, other.units, strict=True):
        for side in ("incoming", "outgoing"):
            assert [each.name for each in getattr(unit, side)] == [each.name for each in getattr(unit_copy, side)]
    assert list(map(repr, one.schedule.steps)) == list(map(repr, other.schedule.steps))


SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 60))]
FEATURES: list[dict[str, Any]] = [
    {},
    {"noise": True, "perturbed": True, "frequencies": True},
    {"delays": True, "integrators": True, "initial": True, "ticks_back": True, "continues": True, "noise": True, "perturbed": True},
]


def trained(net: cn.Network, examples: cn.ExampleSet, engine: str) -> list[bytes]:
    run = cn.train(net, examples, cn.rule("momentum", rate=0.01), 3, engine=engine, order="permuted", update_after=2, seed=4)
    return [np.array(run.errors).tobytes(), net.weight_values.tobytes(), net.outputs(examples, engine).tobytes()]


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_network_that_was_copied_or_saved_has_the_same_bits(seed: int, road: Callable[..., cn.Network], tmp_path: Path) -> None:
    net, examples = random_network(seed, **FEATURES[seed % 3])
    changed(net, seed)
    engine = "local" if seed % 2 else "compiled"
    net.outputs(examples, engine)
    again = road(net, tmp_path)
    same(net, again)
    assert net.outputs(examples, engine).tobytes() == again.outputs(examples, engine).tobytes()
    ours, theirs = (cn.error_derivatives(each, examples, engine) for each in (net, again))
    assert (ours[0], ours[1].tobytes()) == (theirs[0], theirs[1].tobytes())
    assert trained(net, examples, engine) == trained(again, examples, engine)
    net.restore()
    again.restore()
    same(net, again)
    assert trained(net, examples, engine) == trained(again, examples, engine)


def changed(net: cn.Network, seed: int) -> None:
    """Change a network as users do after they made it: a group removed, rates and noise assigned, a weight limited."""
    net.add_group("extra", 2)
    net.connect("extra", net.groups[-2], delay=1 if net.in_time else 0)
    net.add_group("label", ["a", "b:c", "ä\n"], activation=cn.activation_function("logistic", gain=1.5))
    if seed % 2:
        net.remove_group("extra")
    net.projections[0].limits = (-1, 1)
    net.projections[-1].rate = 0.125
    net["label"].net_input_noise = cn.Noise(half_range=0.1, during="training")
    net.name = "other"


def test_ties_of_a_copy_can_be_extended(net: cn.Network) -> None:
    first, second, third = (net.connection(*ends) for ends in (("input:0", "hidden:0"), ("input:1", "hidden:1"), ("input:0", "hidden:1")))
    net.tie([first, second])
    again = net.copy()
    again.tie([again.connection(second.name), again.connection(third.name)])
    assert len({again.connection(each.name).weight for each in (first, second, third)}) == 1


def test_step_forward_goes_on_in_a_copy(tmp_path: Path) -> None:
    net, _ = random_network(1, delays=True, initial=True, lesions=False)
    inputs = np.ones(sum(len(group) for group in net.groups if group.role == "input"))
    net.step_forward(inputs)
    for road in ROADS:
        again = road(net, tmp_path)
        expected = net.copy().step_forward(inputs).tobytes()
        assert again.step_forward(inputs).tobytes() == expected != net.copy().step_forward(inputs, restart=True).tobytes()


@pytest.mark.parametrize("road", [deep_copied, pickled, saved])
def test_an_unrolled_network_keeps_its_ticks_lesions_and_state(road: Callable[..., cn.Network], tmp_path: Path) -> None:
    net, examples = random_network(2, delays=True, initial=True)
    dag = net.unroll(3)
    dag.lesion(dag.connections[4])
    dag.forward(np.ones(len(dag.schedule.inputs)))
    again = road(dag, tmp_path)
    assert again.ticks == 3
    assert list(map(repr, again.units)) == list(map(repr, dag.units))
    assert list(map(repr, again.lesioned_connections)) == list(map(repr, dag.lesioned_connections))
    assert again._original is not net
    dag_again, net_again = pickle.loads(pickle.dumps([dag, net]))
    assert dag_again._original is net_again
    assert dag_again.weights[0] is net_again.weights[0] or dag_again.weights[0]._state is net_again.weights[0]._state
    net.connect(net.groups[0], net.groups[-1], delay=3)
    with pytest.raises(cn.errors.WiringError, match="has been rewired since"):
        pickle.dumps(dag)
    del examples


@dataclass(frozen=True)
class Doubled(cn.ActivationFunction):
    """2x, of a user, in no plugin."""

    factor: float = 2.0
    name = "doubled"
    range = (-np.inf, np.inf)

    def activation(self, net_input: float) -> float:
        return self.factor * net_input

    def slope(self, net_input: float, activation: float) -> float:
        return self.factor


def test_a_function_of_no_plugin_is_copied_and_not_saved(tmp_path: Path) -> None:
    net = cn.Network("own")
    net.add_group("hidden", 2, activation=Doubled(3.0))
    assert net.copy()["hidden"].activation_function is net["hidden"].activation_function
    with pytest.raises(cn.errors.ParameterError, match=r"own, group 'hidden': .* no plugin offers .*'doubled' of class Doubled; offer"):
        cn.save_network(net, tmp_path / "own.npz")
    assert not list(tmp_path.iterdir())
