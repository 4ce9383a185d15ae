"""``connectionist explain``: its output for a run folder, and its error messages."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError
from connectionist.experiments.run_folder import write_run
from connectionist_plugins.commands.explain import Explain

Explainer = Callable[..., str]


@pytest.fixture
def explain(capsys: pytest.CaptureFixture[str]) -> Explainer:
    def run(*words: str | Path) -> str:
        parser = argparse.ArgumentParser()
        command = Explain()
        command.add_arguments(parser)
        assert command.run(parser.parse_args([str(word) for word in words])) == 0
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="module")
def xor(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, cn.Result]:
    folder = tmp_path_factory.mktemp("xor")
    result = cn.run("xor", seed=1, epochs=5, engine="local")
    write_run(folder, result, [])
    return folder, result


@pytest.fixture(scope="module")
def shift(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, cn.Result]:
    folder = tmp_path_factory.mktemp("shift")
    result = cn.run("shift-register", seed=1, epochs=2, engine="local")
    write_run(folder, result, [])
    return folder, result


def test_a_unit_is_explained_for_a_case(explain: Explainer, xor: tuple[Path, cn.Result]) -> None:
    folder, result = xor
    name = result.task.training_examples.names[2]
    printed = explain(folder, "hidden:1", "--case", name)
    net, example = result.network, result.task.training_examples[name]
    net.weight_state.last_update = None
    net.weight_state.array("change")[:] = 0.0
    net.forward(example.inputs)
    net.backward(example.targets)
    assert printed == f"xor, seed 1: training case {name!r}\n\n{net.unit('hidden:1').explain()}\n"


def test_the_first_case_is_taken_unless_one_is_named(explain: Explainer, xor: tuple[Path, cn.Result]) -> None:
    folder, result = xor
    first = result.task.training_examples.names[0]
    assert explain(folder, "bias") == explain(folder, "bias", "--case", first)


@pytest.mark.parametrize("words", ["input:0 -> hidden:1", "input:0 → hidden:1", "input:0->hidden:1"])
def test_a_connection_is_explained_by_either_arrow(explain: Explainer, xor: tuple[Path, cn.Result], words: str) -> None:
    assert "\ninput:0 → hidden:1: weight " in explain(xor[0], words)


def test_in_time_ticks_can_be_asked_for(explain: Explainer, shift: tuple[Path, cn.Result]) -> None:
    folder, result = shift
    connection = next(c for c in result.network.connections if c.delay and c.sender.group.role != "bias")
    receiver = connection.receiver.name
    last = explain(folder, receiver)
    ticks = int(last.splitlines()[0].rpartition(" ")[2])
    assert f"\n{receiver}@{ticks}: " in last
    assert last == explain(folder, receiver, "--tick", str(ticks))
    assert f"\n{receiver}@1: " in explain(folder, receiver, "--tick", "1")
    first = explain(folder, f"{connection.sender.name} -> {receiver}", "--tick", "1", "--delay", "1")
    assert f"\n{connection.sender.name}@0 → {receiver}@1: weight " in first
    assert "but the" not in last + first


def test_a_case_that_continues_others_is_run_after_them(explain: Explainer, tmp_path: Path) -> None:
    result = cn.run("xor-in-time", seed=1, epochs=1, engine="local", parameters={"bits": 60})
    write_run(tmp_path, result, [])
    examples = result.task.training_examples
    assert examples.continues[5]
    printed = explain(tmp_path, "hidden:0", "--case", examples.names[5])
    net = result.network
    net.activations(cn.ExampleSet([examples[number] for number in range(6)]), "hidden", engine="local")
    assert f"→ {net.unit('hidden:0').activation!r}" in printed
    assert "but the" not in printed


def test_what_does_not_fit_is_said(explain: Explainer, xor: tuple[Path, cn.Result], shift: tuple[Path, cn.Result]) -> None:
    for words, message in [
        ((xor[0], "hidden:0", "--case", "nobody"), "unknown case of xor 'nobody'; known: "),
        ((xor[0], "hiden:0"), "unknown group of xor 'hiden'; did you mean 'hidden'"),
        ((xor[0], "hidden:7"), "group 'hidden' has no unit '7'"),
        ((xor[0], "hidden:0 -> input:0"), "xor: no connection hidden:0 → input:0; there is input:0 → hidden:0"),
        ((xor[0], "a:0 -> b:0 -> c:0"), "unknown group, unit or pattern of xor 'a:0'"),
        ((xor[0], "input -> hidden"), "UNIT: must be one unit, 'hidden:0', or one connection"),
        ((xor[0], "hidden:0", "--tick", "1"), "--tick: must not be given, because xor does not run in time"),
        ((xor[0], "hidden:0", "--delay", "1"), "--delay: must be given only for a connection"),
        ((shift[0], "bias", "--tick", "99"), "--tick: must be from 1 to "),
        ((xor[0] / "nowhere", "hidden:0"), "there is no such folder"),
    ]:
        with pytest.raises(ConnectionistError) as raised:
            explain(*words)
        assert message in str(raised.value)
