"""Each number of an answer is that of the object."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.inspector import acts
from connectionist.inspector import messages as m
from connectionist.inspector.case_states import QUANTITIES, CaseStates
from connectionist.inspector.description import describe
from connectionist.inspector.frames import Frames
from connectionist.inspector.queries import answer
from connectionist.inspector.session import InspectorSession


def ask(session: InspectorSession, query: m.Message) -> tuple[dict[str, Any], dict[str, Any]]:
    return answer(session, Frames(session), query)


@pytest.fixture(params=["xor", "xor-in-time", "elman-letters"])
def trained(request: pytest.FixtureRequest) -> InspectorSession:
    task = cn.task(request.param)
    session = InspectorSession(task.network(seed=2), task.training_examples, task.phases, engine=cn.engine("compiled"), seed=2)
    acts.do(session, m.TrainAct(id=1, epochs=3))
    while session.training.is_wanted:
        session.advance()
    acts.do(session, m.ShowCaseAct(id=1, case=2))
    return session


def test_a_frame_has_the_numbers_of_a_recording(trained: InspectorSession) -> None:
    frames, net = Frames(trained), trained.network
    recorded = cn.record(net, trained.examples, list(QUANTITIES), of="*", cases=[2]).dataset.isel(case=0)
    for quantity in QUANTITIES:
        shown = frames.frame(m.Watch(id=1, quantity=quantity)).arrays["values"]  # type: ignore[arg-type]
        expected = recorded[quantity].values
        expected = np.atleast_2d(expected)
        assert shown.shape[0] <= expected.shape[0]
        names = recorded["unit"].values.tolist()
        order = [names.index(unit.name) if unit.name in names else -1 for unit in net.units]
        columns = [place for place, number in enumerate(order) if number >= 0]
        assert columns
        np.testing.assert_array_equal(shown[:, columns], expected[: len(shown), [order[place] for place in columns]])


def test_the_arithmetic_of_each_unit_adds_up(trained: InspectorSession) -> None:
    for group in trained.network.groups:
        content, _ = ask(trained, m.ExplainQuery(id=1, unit=group[0].name))
        assert content["name"] == group[0].name
        assert all(part["agreement"] in ("exact", "rounded") for part in content["parts"])
        states = trained.shown_states()
        number = list(trained.network.units).index(group[0])
        for part in content["parts"]:
            if part["name"] in QUANTITIES:
                shown = states[-1, QUANTITIES.index(part["name"]), number]
                assert part["stored"] == pytest.approx(shown, rel=1e-9, abs=1e-12)


def test_products_of_weights_add_up_to_the_net_input(trained: InspectorSession) -> None:
    net, states = trained.network, trained.shown_states()
    for group in net.groups:
        if group.role == "input" or group.integrates:
            continue
        content, arrays = ask(trained, m.WeightsQuery(id=1, unit=group[0].name))
        assert [net.connection(name).weight.value for name in content["connections"]] == arrays["weight"].tolist()
        assert (np.diff(np.abs(arrays["product"])) <= 0).all()
        number = list(net.units).index(group[0])
        assert arrays["product"].sum() == pytest.approx(states[-1, 1, number], rel=1e-9, abs=1e-12)


def test_links_and_receptive_fields_are_the_weights(trained: InspectorSession) -> None:
    net = trained.network
    projection = next(each for each in net.projections if each.sender.role == "input")
    _, arrays = ask(trained, m.LinksQuery(id=1, sender=projection.sender.name, receiver=projection.receiver.name))
    expected = np.full(arrays["values"].shape, np.nan)
    for connection in projection:
        expected[connection.sender.index, connection.receiver.index] = connection.weight.value
    np.testing.assert_array_equal(arrays["values"], expected)
    receiver = projection.receiver[0]
    _, field = ask(trained, m.ReceptiveFieldQuery(id=1, unit=receiver.name, group=projection.sender.name))
    np.testing.assert_array_equal(field["weight"], expected[:, 0])


def test_errors_of_cases_add_up_to_the_error(trained: InspectorSession) -> None:
    _, arrays = ask(trained, m.CasesQuery(id=1))
    error, _ = cn.error_derivatives(trained.network, trained.examples)
    assert np.nansum(arrays["error"]) == pytest.approx(error, rel=1e-9)
    right = cn.correct_cases(trained.network.outputs(trained.examples), trained.examples.targets, 0.5)
    assert arrays["correct"].tolist() == right.astype(float).tolist()


@pytest.mark.parametrize("count", [1, 7, 1000])
def test_strongest_connections_have_the_greatest_weights(trained: InspectorSession, count: int) -> None:
    net = trained.network
    net.connections[3].weight.value = -50.0
    net.connections[0].weight.value = 99.0  # from the bias, which is not drawn
    assert net.connections[0].sender.group.role == "bias"
    _, arrays = ask(trained, m.StrongestQuery(id=1, count=count))
    between = [each for each in net.connections if each.sender.group.role != "bias"]
    ordered = sorted(between, key=lambda each: -abs(each.weight.value))[:count]
    numbers = {unit: number for number, unit in enumerate(net.units)}
    expected = [[numbers[each.sender], numbers[each.receiver], each.weight.value] for each in ordered]
    assert arrays["connections"].tolist() == expected


@pytest.mark.parametrize("change", ["clamp", "lesion"])
def test_errors_of_cases_leave_out_clamped_and_lesioned_outputs(trained: InspectorSession, change: str) -> None:
    net = trained.network
    unit = net.schedule.outputs[-1].name
    if change == "clamp":
        trained.examples = trained.examples.clamped(net, {unit: 0.3})
    else:
        net.lesion(unit)
    _, arrays = ask(trained, m.CasesQuery(id=1))
    error, _ = cn.error_derivatives(net, trained.examples)
    assert np.nansum(arrays["error"]) == pytest.approx(error, rel=1e-9)


@pytest.mark.parametrize(
    ("activation", "error", "margin"),
    [("logistic", "squared", 0.2), ("logistic", "cross_entropy", 0.0), ("softmax", "cross_entropy", 0.0), ("softmax", "divergence", 0.1)],
)
def test_errors_of_cases_are_those_of_the_objects(activation: str, error: str, margin: float) -> None:
    net, rng = cn.Network("n"), np.random.default_rng(0)
    net.add_group("input", 4, role="input")
    net.add_group("output", 5, role="output", activation=activation, error=error, margin=margin)
    net.connect("input", "output")
    net.randomize(1, seed=1)
    targets = rng.random((7, 5))
    targets /= targets.sum(axis=1, keepdims=True)
    examples = cn.ExampleSet.from_arrays(rng.random((7, 4)), targets, error_weights=(rng.random(7) + 0.1).tolist())
    found = CaseStates(net, cn.engine("compiled")).errors(examples)
    for number, example in enumerate(examples):
        net.forward(example)
        assert found[number] == pytest.approx(example.error_weight * net.backward(example), rel=1e-12)


def test_spaces_are_those_of_the_analysis(trained: InspectorSession) -> None:
    net, examples = trained.network, trained.examples[:12]
    trained.examples = examples
    hidden = next(group for group in net.groups if group.role == "hidden")
    vectors = net.activations(examples, hidden)
    vectors = vectors[:, -1] if vectors.ndim == 3 else vectors
    content, arrays = ask(trained, m.SimilarityQuery(id=1, group=hidden.name, metric="euclidean"))
    assert content["cases"] == list(range(len(examples)))
    np.testing.assert_array_equal(arrays["values"], cn.analysis.distances(vectors, "euclidean").to_numpy())
    content, arrays = ask(trained, m.ClustersQuery(id=1, group=hidden.name))
    np.testing.assert_array_equal(arrays["merges"], cn.analysis.clusters(vectors).linkage)
    assert sorted(content["order"]) == list(range(len(examples)))
    _, arrays = ask(trained, m.ComponentsQuery(id=1, group=hidden.name, count=1))
    np.testing.assert_allclose(arrays["points"], cn.analysis.principal_components(vectors, 1).scores.values, atol=1e-12)


def test_histograms_count_all_weights(trained: InspectorSession) -> None:
    for quantity in ("weight", "derivative", "change"):
        _, arrays = ask(trained, m.HistogramQuery(id=1, quantity=quantity))
        assert arrays["counts"].sum() == len(trained.network.weights)


def test_a_kept_moment_is_shown_without_changing_the_network(trained: InspectorSession) -> None:
    net = trained.network
    before, epochs = net.weight_values, trained.training.history.epochs
    _, arrays = ask(trained, m.MomentQuery(id=1, epoch=0))
    assert np.array_equal(net.weight_values, before)
    net.weight_values = trained.training.history.moments[0].values
    trained.moment += 1
    np.testing.assert_array_equal(arrays["values"], trained.shown_states()[:, 0])
    net.weight_values = before
    content, arrays = ask(trained, m.CompareMomentsQuery(id=1, first=0, second=epochs[-1]))
    first, second = trained.training.history.moments[0].values, trained.training.history.moments[-1].values
    largest = np.abs(second - first).max()
    assert abs(arrays["second"][0] - arrays["first"][0]) == pytest.approx(largest)
    assert len(content["connections"]) == len(arrays["first"])


def test_quantities_over_cases_ticks_and_epochs(trained: InspectorSession) -> None:
    net = trained.network
    unit = next(group for group in net.groups if group.role == "output")[0]
    content, arrays = ask(trained, m.UnitOverQuery(id=1, units=[unit.name], over="cases"))
    outputs = net.activations(trained.examples, unit.group)
    outputs = outputs[np.arange(len(outputs)), trained.examples.lengths - 1] if trained.examples.lengths is not None else outputs
    np.testing.assert_array_equal(arrays["y"][0], outputs[:, 0])
    content, arrays = ask(trained, m.UnitOverQuery(id=1, units=[unit.name], over="epochs"))
    number = list(net.units).index(unit)
    assert content["x_label"] == "epoch"
    assert arrays["y"][0, -1] == trained.shown_states()[-1, 0, number]
    content, arrays = ask(trained, m.WeightOverQuery(id=1, connections=[net.connections[0].name]))
    assert arrays["y"][0, -1] == net.connections[0].weight.value
    if net.in_time:
        _, arrays = ask(trained, m.UnitOverQuery(id=1, units=[unit.name], over="ticks"))
        np.testing.assert_array_equal(arrays["y"][0], trained.shown_states()[:, 0, number])


def test_tables_have_names_and_numbers(trained: InspectorSession) -> None:
    content, _ = ask(trained, m.TableQuery(id=1, query={"kind": "cases"}))
    rows = list(csv.reader(io.StringIO(content["text"])))
    assert rows[0] == ["set", "case", "error", "correct"]
    _, arrays = ask(trained, m.CasesQuery(id=1))
    assert [float(row[2] or "nan") for row in rows[1:]] == pytest.approx(arrays["error"].tolist(), nan_ok=True)


def test_the_description_names_all_units(trained: InspectorSession) -> None:
    description = describe(trained)
    names: list[str] = []
    for group in description.groups:
        assert group["first"] == len(names)
        names += ["bias"] if group["role"] == "bias" else [f"{group['name']}:{label}" for label in group["labels"]]
    assert names == [unit.name for unit in trained.network.units]
    assert [each["name"] for each in description.cases] == list(trained.examples.names)
