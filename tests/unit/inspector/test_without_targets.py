"""Cases without targets: nothing that comes from targets is computed or shown. And warnings, which become notices in the page."""

from __future__ import annotations

import json
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.inspector import acts
from connectionist.inspector import messages as m
from connectionist.inspector.description import describe
from connectionist.inspector.frames import Frames
from connectionist.inspector.hub import Hub, Page
from connectionist.inspector.of_task import open_task
from connectionist.inspector.queries import answer
from connectionist.inspector.session import InspectorSession, Origin

SECONDS = 60.0
LOCAL: dict[str, Any] = {"engine": "compiled", "preset": "default"}


def make_network() -> cn.Network:
    net = cn.Network("partial")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2)
    net.add_group("output", 2, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(1.0, seed=3)
    return net


def make_session() -> InspectorSession:
    """Three cases: with both targets, with one, with none."""
    nan = float("nan")
    targets = [[1.0, 0.0], [nan, 1.0], [nan, nan]]
    examples = cn.ExampleSet.from_arrays([[0, 1], [1, 0], [1, 1]], targets, names=["both", "one", "none"])
    return InspectorSession(make_network(), examples, [cn.Phase(cn.rule("momentum"), 1)], engine=cn.engine("compiled"))


def ask(session: InspectorSession, query: m.Message) -> tuple[dict[str, Any], dict[str, Any]]:
    return answer(session, Frames(session), query)


def settled(name: str, **parameters: Any) -> InspectorSession:
    task = cn.task(name, **parameters)
    return InspectorSession(task.network(seed=0), task.training_examples, task.phases, engine=cn.engine("local"))


def test_only_a_case_with_a_target_has_a_backward_pass() -> None:
    session = make_session()
    lines = []
    for case in range(3):
        acts.do(session, m.ShowCaseAct(id=1, case=case))
        lines.append(session.script_lines())
        shown = session.shown_states()[0]
        assert np.isnan(shown[3:]).all() == (case == 2)
        names = [part["name"] for part in ask(session, m.ExplainQuery(id=1, unit="hidden:0"))[0]["parts"]]
        assert ("activation_derivative" in names, "net_derivative" in names) == (case < 2, case < 2)
        assert bool(ask(session, m.ExplainQuery(id=1, connection="input:0 → hidden:0"))[0]["parts"]) == (case < 2)
    assert lines[:2] == [[f'net.forward(examples["{name}"])', f'net.backward(examples["{name}"])'] for name in ("both", "one")]
    assert lines[2] == ['net.forward(examples["none"])']


def test_errors_and_verdicts_are_those_of_cases_with_targets() -> None:
    session = make_session()
    _, found = ask(session, m.CasesQuery(id=1))
    net = session.network
    expected = [cn.error_derivatives(net, session.examples[case])[0] for case in range(2)]
    np.testing.assert_allclose(found["error"][:2], expected, rtol=1e-12)
    assert [bool(np.isnan(found[name][2])) for name in ("error", "correct")] == [True, True]
    assert [case["has_target"] for case in describe(session).cases] == [True, True, False]
    text = ask(session, m.TableQuery(id=1, query={"kind": "cases"}))[0]["text"]
    assert text.splitlines()[0] == "set,case,error,correct"
    assert text.splitlines()[3] == "training,none,,"
    _, over = ask(session, m.UnitOverQuery(id=1, units=["hidden:0"], quantity="net_derivative", over="cases"))
    assert np.isnan(over["y"][0]).tolist() == [False, False, True]


def test_a_walk_through_a_case_without_targets_ends_after_the_forward_pass() -> None:
    session = make_session()
    acts.do(session, m.ShowCaseAct(id=1, case=2))
    phases = []
    for _ in range(20):
        acts.do(session, m.StepAct(id=1, by="unit"))
        assert session.walk is not None
        phases.append(session.walk.describe()["phase"])
        if session.walk.describe()["last"]:
            break
    assert phases == ["clamp", *["forward"] * 4]


def test_a_table_of_cases_without_targets_has_their_names_only() -> None:
    text = ask(settled("necker-cube"), m.TableQuery(id=1, query={"kind": "cases"}))[0]["text"]
    assert text.splitlines() == ["set,case", "training,drawing", "training,A front"]


def test_a_walk_and_its_change_keep_the_clamps_of_a_weighted_example() -> None:
    net = make_network()
    example = cn.Example([0.0, 1.0], [1.0, 0.0], "weighted", error_weight=2.0, clamps={"hidden": [0.25, float("nan")]})
    session = InspectorSession(net, cn.ExampleSet([example], net), [cn.Phase(cn.rule("steepest", rate=0.1), 1)], engine=cn.engine("local"))
    acts.do(session, m.StepAct(id=1, by="unit"))
    assert session.walk is not None
    while session.walk.go_on():
        pass
    assert session.walk.running.unit("hidden:0").activation == 0.25
    other = net.copy()
    acts.do(session, m.StepAct(id=1, by="change"))
    exec(session.script(), {"net": other, "examples": session.examples})
    assert np.array_equal(other.weight_values, net.weight_values)
    first = make_network()
    assert np.array_equal(net.projection("input", "hidden").weights[:, 0], first.projection("input", "hidden").weights[:, 0])


def test_an_input_by_hand_is_held_for_its_ticks() -> None:
    session = settled("jets-and-sharks", cycles=20)
    task: Any = cn.task("jets-and-sharks", cycles=20)
    net = session.network
    inputs = {"gang_input": [0.0, 1.0], "age_input": [1.0, 0.0, 0.0]}
    acts.do(session, m.EnterInputAct(id=1, inputs=inputs, ticks=task.cycles))
    states = session.shown_states()
    assert len(states) == task.cycles
    task.settle(net, ["Sharks", "20s"], engine="local")  # the task computes all units of a cycle together, as the view shows them
    expected = [unit.activation for unit in net.units]
    np.testing.assert_array_equal(states[-1, 0], expected)
    assert session.script_lines()[-1] == "net.forward(entered)"
    scope = {"net": task.network(seed=0), "examples": session.examples}
    exec(session.script(), scope)
    np.testing.assert_array_equal([unit.activation for unit in scope["net"].units], expected)


@pytest.mark.parametrize(("ticks", "network"), [(0, "jets-and-sharks"), (1_000_000, "jets-and-sharks"), (3, "map")])
def test_ticks_out_of_range_are_an_error(ticks: int, network: str) -> None:
    session = settled(network)
    with pytest.raises(cn.errors.ParameterError, match=r"enter_input.ticks"):
        acts.do(session, m.EnterInputAct(id=1, inputs={}, ticks=ticks))
    assert session.entered is None


def test_products_have_what_a_connection_carries() -> None:
    session = settled("jets-and-sharks", cycles=20)
    acts.do(session, m.ShowCaseAct(id=1, case=1))
    _, found = ask(session, m.WeightsQuery(id=1, unit="gang:Jets"))
    assert (found["activation"] >= 0).all()  # the output function is "rectified"
    states = session.shown_states()
    number = list(session.network.units).index(session.network.unit("gang:Jets"))
    assert found["product"].sum() == pytest.approx(states[-1, 1, number], rel=1e-9)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("xor", ""),
        ("map", ""),
        ("jets-and-sharks", "Nothing is trained: the weights are given."),
        (
            "necker-cube",
            "Nothing is trained: the weights are given. Here all units of a tick are computed together. The task computes one ",
        ),
        (
            "hopfield-memory",
            "Nothing is trained: the weights are given. Here the cue sets the state at the first tick, and then all units ",
        ),
        ("boltzmann-encoder", "Training is by the procedure boltzmann. A case is shown as forward and backward compute it."),
    ],
)
def test_the_description_says_what_is_not_shown(name: str, note: str) -> None:
    with open_task(name, 0, LOCAL, "127.0.0.1", 0) as view:
        text = describe(view.hub.session).note
    assert text.startswith(note)
    assert bool(text) == bool(note)


def notices(hub: Hub, page: Page, message: str, until: Callable[[], bool]) -> list[str]:
    """Send a message, and return the notices that the page gets until something holds."""
    hub.receive(page, message)
    end = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < end
        time.sleep(0.005)
    hub.worker.submit(lambda: None).result()
    headers = (json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")]) for data in page.take())
    return [header["text"] for header in headers if header["kind"] == "notice"]


@pytest.mark.parametrize(("is_recipe", "count"), [(True, 0), (False, 1)])
def test_warnings_are_notices_in_the_page_and_only_those_that_somebody_caused(is_recipe: bool, count: int) -> None:
    task = cn.task("map")
    origin = Origin(is_recipe=is_recipe)
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        hub = Hub(
            lambda between: InspectorSession(
                task.network(seed=0), task.training_examples, task.phases, engine=cn.engine("compiled"), origin=origin, between=between
            )
        )
        page, training, texts = hub.open_page(lambda: None), hub.session.training, list[str]()
        for epoch in (1, 2):  # a warning that is repeated is one notice
            message = '{"kind": "train", "id": 1, "epochs": 1}'
            texts += notices(hub, page, message, lambda: training.epoch == epoch and not training.is_wanted)  # noqa: B023
        hub.close()
    assert [str(each.message) for each in given] == []
    assert len(texts) == count
    assert all("rule 'kohonen'" in text for text in texts)


def test_looking_at_a_network_without_kernels_warns_of_nothing() -> None:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        view = open_task("jets-and-sharks", 0, LOCAL, "127.0.0.1", 0)
        message = '{"kind": "show_case", "id": 1, "case": 1}'
        texts = notices(view.hub, view.hub.open_page(lambda: None), message, lambda: view.hub.session.case == 1)
        view.close()
    assert [str(each.message) for each in given] == []
    assert texts == []
