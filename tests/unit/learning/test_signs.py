"""Weights of one sign: excitatory and inhibitory projections."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DataError, ParameterError

XOR = cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])


def signed_net() -> cn.Network:
    """Excitatory and inhibitory hidden units, each of whose outgoing weights has the sign of its group."""
    net = cn.Network("dale")
    net.add_group("input", 2, role="input")
    net.add_group("excitatory", 4)
    net.add_group("inhibitory", 3)
    net.add_group("output", 1, role="output")
    net.connect("input", "excitatory", sign="excitatory")
    net.connect("input", "inhibitory", sign="excitatory")
    net.connect("excitatory", "output", sign="excitatory")
    net.connect("inhibitory", "output", sign="inhibitory")
    return net


def values(net: cn.Network, sender: str, receiver: str) -> Any:
    return np.array([connection.weight.value for connection in net.projection(sender, receiver)])


@pytest.mark.parametrize("drawn", [{"half_range": 1.0}, {"sd": 1.0}, {"half_range": 1.0, "mean": -0.3}])
def test_initial_weights_have_the_sign_and_otherwise_the_same_size(drawn: dict[str, Any]) -> None:
    net = signed_net()
    net.randomize(**drawn, seed=3)
    free = signed_net()
    for projection in free.projections:
        projection.limits = None
    free.randomize(**drawn, seed=3)
    assert (np.abs(net.weight_values) == np.abs(free.weight_values)).all()
    assert (values(net, "input", "excitatory") > 0).all()
    assert (values(net, "inhibitory", "output") < 0).all()
    assert (values(net, "bias", "output") == values(free, "bias", "output")).all()


def test_initial_weights_are_within_the_limits() -> None:
    net = signed_net()
    net.projection("input", "excitatory").limits = 0.2, 0.5
    net.projection("inhibitory", "output").limits = -0.1, 0.3
    net.randomize(1.0, seed=1)
    first, second = values(net, "input", "excitatory"), values(net, "inhibitory", "output")
    assert first.min() >= 0.2
    assert first.max() <= 0.5
    assert second.min() >= -0.1
    assert second.max() <= 0.3


@pytest.mark.parametrize("rule", ["momentum", "irprop_plus", "quickprop"])
@pytest.mark.parametrize("update_after", ["epoch", 1])
def test_training_keeps_the_signs(rule: str, update_after: Any, engine: str) -> None:
    net = signed_net()
    net.randomize(0.2, seed=1)
    cn.train(net, XOR, rule, 30, engine=engine, update_after=update_after)
    assert (values(net, "input", "excitatory") >= 0).all()
    assert (values(net, "excitatory", "output") >= 0).all()
    assert (values(net, "inhibitory", "output") <= 0).all()


def test_networks_trained_together_keep_the_signs() -> None:
    together = [signed_net() for _ in range(5)]
    for seed, net in enumerate(together):
        net.randomize(0.2, seed=seed)
    cn.train_many(together, XOR, "rprop_minus", 20)
    for seed, net in enumerate(together):
        alone = signed_net()
        alone.randomize(0.2, seed=seed)
        cn.train(alone, XOR, "rprop_minus", 20)
        assert net.weight_values.tobytes() == alone.weight_values.tobytes()
        assert (values(net, "inhibitory", "output") <= 0).all()


def test_a_sign_is_assigned_copied_and_saved(tmp_path: Path) -> None:
    net = signed_net()
    cn.save_network(net, tmp_path / "net.npz")
    for each in (net, net.copy(), cn.load_network(tmp_path / "net.npz")):
        assert [projection.sign for projection in each.projections if projection.sender.name == "inhibitory"] == ["inhibitory"]
        assert each.projection("bias", "output").sign is None
    projection = net.projection("input", "excitatory")
    projection.sign = None
    assert projection.limits is None
    projection.sign = "inhibitory"
    assert projection.limits == (float("-inf"), 0.0)
    projection.limits = 0.5, 2.0
    assert projection.sign == "excitatory"


@pytest.mark.parametrize("sign", ["positive", "", 1, True, ["excitatory"]])
def test_another_sign_is_an_error(sign: Any) -> None:
    net = signed_net()
    net.add_group("late", 1)
    with pytest.raises(ParameterError, match=r"input → late, sign: must be 'excitatory', 'inhibitory' or None \(got "):
        net.connect("input", "late", sign=sign)
    assert len(net.projections) == len(signed_net().projections) + 1  # its bias


@pytest.mark.parametrize(
    ("sign", "weights", "error"),
    [("excitatory", -0.5, ParameterError), ("inhibitory", [[0.5], [-1]], ParameterError), ("inhibitory", "x", DataError)],
)
def test_given_weights_of_the_other_sign_are_an_error(sign: str, weights: Any, error: type[Exception]) -> None:
    net = signed_net()
    net.add_group("late", 1)
    with pytest.raises(error, match=r"input → late, weights: must be"):
        net.connect("input", "late", weights=weights, sign=sign)
    net.connect("input", "late", weights=-0.0 if sign == "inhibitory" else [[0.5], [0.0]], sign=sign)
