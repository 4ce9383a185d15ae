"""Groups: units under one name, by index or label."""

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ParameterError, UnknownNameError, WiringError
from connectionist.model.unit_labels import make_labels


def test_units_are_found_by_index_label_and_from_the_end() -> None:
    group = cn.Network().add_group("person", ["Colin", "Charlotte"], role="input")
    assert group["Colin"] is group[0] is group[-2] is group["0"]
    assert [unit.label for unit in group] == ["Colin", "Charlotte"]
    assert group.labels == ("Colin", "Charlotte")


@pytest.mark.parametrize("key", [2, -3, "Colinn"])
def test_an_unknown_unit_is_answered_with_the_known_ones(key: int | str) -> None:
    group = cn.Network().add_group("person", ["Colin", "Charlotte"], role="input")
    with pytest.raises(UnknownNameError, match=rf"group 'person' has no unit {key!r};.* [Kk]nown: Colin, Charlotte"):
        group[key]


@pytest.mark.parametrize("units", [0, -1, 1.5, True, "three"])
def test_what_is_no_number_of_units_is_rejected(units: object) -> None:
    with pytest.raises(WiringError, match=r"group 'g': units must be a whole number from 1 to 10000000, or a list of labels \(got "):
        make_labels("g", units)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([], "must have at least one unit"),
        (["a", "a"], r"labels must differ \(got 'a' twice\)"),
        (["a", ""], r"a label must be text of at least one character \(got ''\)"),
        ([3], r"a label must be text of at least one character \(got 3\)"),
    ],
)
def test_labels_that_are_equal_or_no_text_are_rejected(labels: list[str], message: str) -> None:
    with pytest.raises(WiringError, match=message):
        make_labels("g", labels)


def test_numpy_counts_are_counts() -> None:
    assert make_labels("g", np.int64(2)) == ("0", "1")  # type: ignore[arg-type]


def test_a_label_precedes_an_index_of_the_same_text() -> None:
    net = cn.Network("factor")
    group = net.add_group("level", ["2", "1", "x"], role="input")
    assert [group[key].index for key in ("2", "1", "0", "x", 2, 0)] == [0, 1, 0, 2, 2, 0]
    assert net.unit("level:1").index == 1
    with pytest.raises(UnknownNameError, match="group 'level' has no unit '3'"):
        group["3"]
    with pytest.raises(UnknownNameError, match="has no unit"):
        group["9" * 5000]


def test_a_joint_group_activates_and_backpropagates_together() -> None:
    net = cn.Network("softmax")
    net.add_group("input", 1, role="input")
    group = net.add_group("output", 3, role="output", activation="softmax", error="divergence", biased=False)
    net.connect("input", "output", weights=[[0.5, -1.0, 2.0]])
    outputs = net.forward([1.0])
    exps = np.exp([0.5, -1.0, 2.0])
    assert outputs == pytest.approx(exps / exps.sum(), rel=1e-14)
    net.backward([0.2, 0.5, 0.3])
    assert [unit.net_derivative for unit in group] == pytest.approx((outputs - [0.2, 0.5, 0.3]).tolist(), rel=1e-12)


def test_a_lesioned_unit_leaves_a_joint_group_to_the_others() -> None:
    net = cn.Network("softmax")
    net.add_group("input", 1, role="input")
    net.add_group("output", 3, role="output", activation="softmax", biased=False)
    net.connect("input", "output", weights=[[0.5, -1.0, 2.0]])
    net.lesion("output:2")
    exps = np.exp([0.5, -1.0])
    assert net.forward([1.0]) == pytest.approx([*(exps / exps.sum()), 0.0], rel=1e-14)


def test_its_size_role_and_name_are_shown(net: cn.Network) -> None:
    assert repr(net["hidden"]) == "<Group hidden, 2 hidden units>"
    assert len(net["hidden"]) == 2


def test_what_is_integrated_is_fixed_and_the_rest_may_be_assigned() -> None:
    group = cn.Network().add_group("slow", 2, integrates="net_input", dt=0.5)
    group.initial_net_input = [1.0, 2.0]
    assert (group.integrates, group.initial_net_input.tolist(), group.timing.initial_net_input.tolist()) == (
        "net_input",
        [1.0, 2.0],
        [1.0, 2.0],
    )
    with pytest.raises(ParameterError, match="group 'slow', integrates: is 'net_input' and cannot change"):
        group.integrates = "activation"
    with pytest.raises(ParameterError, match="group 'bias': its unit is always 1, before tick 1 too"):
        cn.Network()["bias"].initial = 0.5
