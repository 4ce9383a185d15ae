"""One form of an argument is accepted wherever it has a meaning: objects, names, patterns and lists of parts, rules and targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError


@pytest.fixture
def net() -> cn.Network:
    net = cn.Network("forms")
    net.add_group("input", ["a", "b"], role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.connect("hidden", "hidden", delay=1)
    net.randomize(0.5, seed=1)
    return net


@pytest.mark.parametrize(
    ("parts", "units", "connections"),
    [
        (["hidden:1"], ["hidden:1"], []),
        (["hidden:*"], ["hidden:0", "hidden:1", "hidden:2"], []),
        ([["hidden:0", "input:b"]], ["input:b", "hidden:0"], []),
        (["input:a → hidden:2"], [], ["input:a → hidden:2"]),
        (["input:a -> *"], [], ["input:a → hidden:0", "input:a → hidden:1", "input:a → hidden:2"]),
        (
            ["hidden → output", "hidden:0 → hidden:1 with delay 1"],
            [],
            [*(f"hidden:{i} → output:0" for i in range(3)), "hidden:0 → hidden:1"],
        ),
        (["bias → output"], [], ["bias → output:0"]),
    ],
)
def test_lesions_by_name(net: cn.Network, parts: list[Any], units: list[str], connections: list[str]) -> None:
    net.lesion(*parts)
    assert [unit.name for unit in net.units if unit.lesioned] == units
    assert sorted(connection.name for connection in net.lesioned_connections) == sorted(connections)
    net.restore(*parts)
    assert not net.lesioned_connections
    assert not any(unit.lesioned for unit in net.units)


@pytest.mark.parametrize("part", ["hiden", "input:a → output:0", "x*", 3, ["hidden:0", None], {"hidden:0"}])
def test_an_unknown_part_is_an_error(net: cn.Network, part: Any) -> None:
    with pytest.raises(ConnectionistError, match=r"lesion or restore|unknown group, unit, projection or connection of forms"):
        net.lesion(part)


def test_parts_by_object_and_by_name_are_the_same(net: cn.Network) -> None:
    examples = cn.ExampleSet.from_arrays(np.ones((2, 3, 2)), np.ones((2, 3, 1)))
    copy = net.copy()
    assert np.array_equal(net.activations(examples, net["hidden"]), net.activations(examples, "hidden"))
    assert net[copy["hidden"]] is net["hidden"]
    assert net.unit(copy.unit("hidden:1")) is net.unit("hidden:1")
    assert net.projection(net["input"], "hidden") is net.projection("input -> hidden") is net.projection("input", net["hidden"])
    assert net.projection("hidden → hidden with delay 1").delay == 1
    shared = net.tie(["input:a → hidden:0", "input:b → hidden:0"])
    assert net.connection("input:b", "hidden:0").weight is shared
    net.randomize(0.1, 3, among=net.projection("hidden", "output"))
    copy.randomize(0.1, 3, among=[connection.weight for connection in copy.projection("hidden", "output")])
    assert [c.weight.value for c in net.projection("hidden", "output")] == [c.weight.value for c in copy.projection("hidden", "output")]
    before = net.weight_values
    net.randomize(0.1, 3, among="hidden -> output")
    net.randomize(0.1, 3, among=["hidden → output"])
    assert np.array_equal(net.weight_values, before)


@pytest.mark.parametrize(
    "use",
    [
        lambda net: net.unit("hidden:*"),
        lambda net: net.connection("hidden:* -> output:0"),
        lambda net: cn.plots.response(net, "hidden:*"),
        lambda net: net.projection("input"),
        lambda net: net.projection(["input"], "hidden"),
        lambda net: net.randomize(0.5, among="hidden"),
        lambda net: net.randomize(0.5, among=net["hidden"]),
    ],
)
def test_what_does_not_mean_one_part_is_an_error(net: cn.Network, use: Callable[[cn.Network], object]) -> None:
    with pytest.raises(ConnectionistError):
        use(net)


def test_cases_by_slice_and_mask(net: cn.Network) -> None:
    examples = cn.ExampleSet.from_arrays(np.ones((3, 2, 2)), np.ones((3, 2, 1)), names=["x", "y", "z"])
    for cases in (slice(1, None), [False, True, True], np.array([False, True, True]), ["y", "z"], [1, 2]):
        assert cn.record(net, examples, of="hidden", cases=cases)["activation"].coords["case"].values.tolist() == ["y", "z"]
    with pytest.raises(ConnectionistError, match="cases: a mask must have 3 values"):
        cn.record(net, examples, cases=[True])
    with pytest.raises(ConnectionistError, match="cases: must name at least one"):
        cn.record(net, examples, cases=slice(9, None))


def test_rules_by_name_and_as_objects() -> None:
    assert cn.Phase("momentum", 2).rule == cn.rule("momentum")  # type: ignore[arg-type,unused-ignore]
    rule = cn.rule("steepest", rate=0.25)
    assert {phase.rule for phase in cn.run("xor", epochs=2, rule=rule).run.phases} == {rule}
    with pytest.raises(ConnectionistError, match=r"run.rule: must be the name of an update rule or an object of class"):
        cn.run("xor", epochs=2, rule=3)  # type: ignore[arg-type]


def test_targets_as_examples_and_recordings(xor: cn.ExampleSet) -> None:
    outputs = np.array(xor.targets) * 0.9
    assert cn.correct_cases(outputs, xor, 0.2).all()
    result = cn.run("xor", seed=1, epochs=5)
    recording = cn.record(result.network, result.task.training_examples, ["activation", "target"], of="output")
    assert cn.plots.activations(recording, targets=recording).collections
    reports = [result.report, {"stopped": "criterion", "epochs": 3}]
    dots = [[line.get_ydata().tolist() for line in cn.plots.endings(each).lines] for each in (reports, iter(reports), {"a": reports})]  # type: ignore[union-attr]
    assert dots == [[[3], [5]]] * 3
    assert cn.plots.endings({"a": result, "b": result.run}).lines
    assert len(cn.plots.learning_curve(iter([result, result])).lines) == 2  # type: ignore[arg-type]


def test_targets_of_a_pass_may_be_given_by_tick_as_in_an_example() -> None:
    net = cn.simple_recurrent_network("srn", 1, 2, 2)
    net.randomize(1.0, seed=1)
    nan = float("nan")
    same: list[Any] = [[[nan, nan], [1, 0]], {2: [1, 0]}, {2: {"output": [1, 0]}}, {"output": {2: [1, 0]}}]
    results = set()
    for targets in same:
        net.forward([[1], [0]])
        error = net.backward(targets)
        walked = [stop.phase for stop in cn.step(net, [[1], [0]], targets)]
        results.add((error, len(walked), *(weight.derivative for weight in net.weights)))
    assert len(results) == 1
    net.forward([[1], [0]])
    with pytest.raises(cn.errors.DataError, match=r"^srn.backward, targets: the ticks must be whole numbers from 1 to 2 \(got 3\)$"):
        net.backward({3: [1, 0]})  # type: ignore[dict-item]
    with pytest.raises(cn.errors.DataError, match=r"^step, targets: the ticks must be whole numbers from 1 to 2 \(got 3\)$"):
        next(cn.step(net, [[1], [0]], {3: [1, 0]}))  # type: ignore[dict-item]
