"""Views of tasks and of run folders: their scripts are whole programs."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import PluginError
from connectionist.inspector import acts
from connectionist.inspector.description import describe
from connectionist.inspector.messages import CasesQuery, Watch
from connectionist.inspector.of_task import open_run, open_task, untrained_findings
from connectionist.inspector.queries.cases import cases
from connectionist.inspector.reading import read_message
from connectionist.inspector.view import View
from connectionist.plugins import registry

SECONDS = 60.0
FAILING = '''
import connectionist as cn


def fail():
    {failure}


class Failing(cn.OnePhaseTask):
    """A task of which one member fails."""

    name = "failing"
    epochs = 3

    def network(self, seed):
        net = cn.Network("failing")
        net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output")
        net.connect("input", "output", weights=0.1)
        return net

    @property
    def training_examples(self):
        return cn.ExampleSet.from_arrays([[1.0]], [[0.0]])

    def findings(self, network, run):
        return []

    {member}


@cn.hookimpl
def tasks():
    return [Failing]
'''


def train(view: View, epochs: int) -> None:
    page = view.hub.open_page(lambda: None)
    view.hub.receive(page, f'{{"kind": "train", "id": 1, "epochs": {epochs}}}')
    end = time.monotonic() + SECONDS
    while view.hub.session.training.epoch < epochs or view.hub.session.training.is_wanted:
        assert time.monotonic() < end
        time.sleep(0.005)


def run_script(view: View) -> cn.Network:
    scope: dict[str, Any] = {}
    exec(view.script(), scope)
    net: cn.Network = scope["net"]
    return net


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    ("name", "options", "epochs"),
    [
        ("xor", {"preset": "published", "parameters": {"rate": 0.25}}, 30),
        ("family-trees", {"preset": "default"}, 110),  # its second phase begins after 100 epochs
        ("encoder", {"preset": "default", "rule": "steepest"}, 5),
        ("xor", {"preset": "default", "procedure": "contrastive_hebbian", "ticks": 8, "parameters": {"hidden": 3}}, 5),
        ("encoder", {"preset": "default", "clip": ("length", 1.0)}, 5),
        ("xor", {"preset": "default", "schedule": {"rate": {0: 0.1, 3: 0.5}}}, 7),
    ],
)
def test_the_script_of_a_task_is_a_program_and_its_training_that_of_run(name: str, options: dict[str, Any], epochs: int) -> None:
    view = open_task(name, 4, {"engine": "compiled", **options}, "127.0.0.1", 0)
    train(view, epochs)
    weights = view.hub.session.network.weight_values
    assert np.array_equal(run_script(view).weight_values, weights)
    view.close()
    ran = cn.run(name, seed=4, epochs=epochs, **options)
    assert np.array_equal(ran.network.weight_values, weights)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_schedule_goes_on_after_a_pause_and_ends_with_another_rule() -> None:
    with open_task("map", 2, {"engine": "compiled", "preset": "default"}, "127.0.0.1", 0) as view:
        session = view.hub.session
        assert describe(session).rule["scheduled"] == ["rate", "width"]
        page = view.hub.open_page(lambda: None)
        for epochs, total in ((3, 3), (1, 4), (4, 8)):
            view.hub.receive(page, f'{{"id": 1, "kind": "train", "epochs": {epochs}}}')
            end = time.monotonic() + SECONDS
            while session.training.epoch < total or session.training.is_wanted:
                assert time.monotonic() < end
                time.sleep(0.005)
            view.hub.receive(page, '{"id": 1, "kind": "show_case", "case": 1}')
        weights = session.network.weight_values
        assert np.array_equal(cn.run("map", seed=2, epochs=8).network.weight_values, weights)
        assert np.array_equal(run_script(view).weight_values, weights)
        view.hub.receive(page, '{"id": 1, "kind": "set_rule", "rule": "competitive", "parameters": {}}')
        assert view.hub.worker.submit(lambda: describe(session).rule["scheduled"]).result() == []


def test_the_fraction_of_training_is_shown_if_the_task_judges_cases_by_the_tolerance() -> None:
    for name, is_shown in (("xor", True), ("boltzmann-shifter", False)):
        with open_task(name, 1, {"engine": "compiled", "preset": "default"}, "127.0.0.1", 0) as view:
            training = view.hub.session.training
            page = view.hub.open_page(lambda: None)
            view.hub.receive(page, '{"id": 1, "kind": "train", "epochs": 1}')
            end = time.monotonic() + SECONDS
            while training.epoch < 1 or training.is_wanted:
                assert time.monotonic() < end
                time.sleep(0.005)
            frame = view.hub.worker.submit(lambda view=view: view.hub.frames.frame(Watch(id=2))).result()  # type: ignore[misc]
        assert (frame.epoch_correct is not None) == is_shown
        assert frame.epoch_error is not None


def test_cases_are_right_if_the_task_says_so() -> None:
    with open_task("boltzmann-shifter", 1, {"engine": "compiled", "preset": "default"}, "127.0.0.1", 0) as view:
        session, task = view.hub.session, cn.task("boltzmann-shifter").for_seed(1)
        session.network.randomize(1.0, seed=2)
        found = view.hub.worker.submit(lambda: cases(session, CasesQuery(id=1))[1]["correct"]).result()
    outputs = session.network.outputs(session.examples)
    assert found.tolist() == task.correct_cases(session.network, session.examples, "compiled").tolist()
    assert found.tolist() != cn.correct_cases(outputs, session.examples.targets, task.tolerance).tolist()


def test_a_run_folder_shows_the_trained_network(tmp_path: Path, capsys: pytest.CaptureFixture[str], blank_figures: None) -> None:
    from connectionist.cli.main import main

    folder = tmp_path / "run"
    main(["run", "xor", "--seed", "3", "--epochs", "40", "--out", str(folder)])
    capsys.readouterr()
    view = open_run(str(folder), "127.0.0.1", 0)
    trained = cn.read_run(folder).network.weight_values
    assert np.array_equal(view.hub.session.network.weight_values, trained)
    assert any(mark["epoch"] == 245 for mark in view.hub.session.origin.published)
    train(view, 5)
    weights = view.hub.session.network.weight_values
    assert not np.array_equal(weights, trained)
    assert np.array_equal(run_script(view).weight_values, weights)
    view.close()


def test_published_marks_of_a_task_come_later() -> None:
    view = open_task("xor", 4, {"engine": "compiled", "preset": "default"}, "127.0.0.1", 0)
    assert view.hub.session.origin.published == ()
    view.hub.open_page(lambda: None)
    end = time.monotonic() + SECONDS
    while not view.hub.session.origin.published:
        assert time.monotonic() < end
        time.sleep(0.01)
    assert view.hub.session.origin.published[0]["epoch"] == 245
    view.close()


@pytest.mark.parametrize("name", ["hopfield-memory", "necker-cube", "jets-and-sharks"])
def test_a_task_with_given_weights_is_not_trained(name: str) -> None:
    with open_task(name, 0, {"engine": "compiled", "preset": "default"}, "127.0.0.1", 0) as view:
        session = view.hub.session
        assert not describe(session).trains
        before = session.network.weight_values
        for text in (
            '"kind": "train"',
            '"kind": "step", "by": "epoch"',
            '"kind": "step", "by": "change"',
            '"kind": "set_rule", "rule": "momentum", "parameters": {}',
            '"kind": "set_schedule", "update_after": 1, "order": "fixed"',
        ):
            with pytest.raises(cn.errors.ParameterError, match=f"{name}, seed 0 trains nothing"):
                acts.do(session, read_message(f'{{"id": 1, {text}}}'))
        assert not session.training.is_wanted
        acts.do(session, read_message('{"kind": "step", "id": 1, "by": "unit"}'))
        assert np.array_equal(session.network.weight_values, before)


def test_findings_of_a_task_with_given_weights_are_those_of_its_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    task, epochs = cn.task("hopfield-memory", memories=3, starts=2).for_seed(1), list[int]()
    findings = type(task).findings

    def noted(self: cn.Task, network: cn.Network, run: cn.Run) -> Any:
        epochs.append(run.epochs)
        return findings(self, network, run)

    monkeypatch.setattr(type(task), "findings", noted)
    assert untrained_findings(task, 1)
    assert epochs == [0]


@pytest.fixture
def open_failing(own_registry: None, plugin_file: Callable[[str, str], Path]) -> Callable[[str, str], View]:
    def open_(member: str, failure: str) -> View:
        registry.load([plugin_file("failing_task.py", FAILING.format(member=member, failure=failure))])
        return open_task("failing", 1, {"engine": "compiled", "preset": "default"}, "127.0.0.1", 0)

    return open_


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("raise RuntimeError('none today')", "RuntimeError: none today (failing_task.py, line 6)"),
        ("raise SystemExit(3)", "SystemExit: 3 (failing_task.py, line 6)"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt (failing_task.py, line 6)"),
        ("return 5", "findings(network, run) must return a list of cn.Finding (got 5)"),
    ],
)
def test_findings_that_fail_are_told_and_the_view_goes_on(open_failing: Callable[[str, str], View], failure: str, message: str) -> None:
    with open_failing("def findings(self, network, run): return fail()", failure) as view:
        page, texts = view.hub.open_page(lambda: None), list[str]()
        end = time.monotonic() + SECONDS
        while not texts:
            headers = (json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")]) for data in page.take())
            texts += [header["text"] for header in headers if header["kind"] == "failure"]
            assert time.monotonic() < end
            time.sleep(0.01)
        assert texts[0].startswith("no published values are shown: plugin 'failing_task' from ")
        assert message in texts[0]
        train(view, 5)


@pytest.mark.parametrize(
    ("member", "failure", "message"),
    [
        ("testing_examples = property(lambda self: fail())", "return 7", "testing_examples must return an ExampleSet or None (got 7)"),
        (
            "criterion = property(lambda self: fail())",
            "return 'soon'",
            "criterion must return a cn.Criterion, a function of the run, or None",
        ),
        ("testing_examples = property(lambda self: fail())", "raise ValueError('no')", "no"),
    ],
)
def test_a_task_that_cannot_be_shown_is_not_opened(
    open_failing: Callable[[str, str], View], member: str, failure: str, message: str
) -> None:
    with pytest.raises((PluginError, ValueError), match=re.escape(message)):
        open_failing(member, failure)
