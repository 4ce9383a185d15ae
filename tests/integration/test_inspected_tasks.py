"""Views of tasks and of run folders: their scripts are whole programs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.inspector.of_task import open_run, open_task
from connectionist.inspector.view import View

SECONDS = 20.0


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


def test_a_run_folder_shows_the_trained_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
