"""The engine that ran a training is named in its report, and a task that chose its procedure gives no warning of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.experiments.case_results import CaseResults

WITHOUT_KERNELS = ["map", "competitive-letters"]


@pytest.mark.parametrize("task", WITHOUT_KERNELS)
def test_a_task_that_chose_its_procedure_gives_no_warning(task: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = cn.run(task, epochs=1)
        CaseResults(result)
    assert result.run.ran_by == ["local"]
    assert result.report["engine"] == "local in place of compiled"


def test_a_procedure_that_the_user_chose_gives_a_warning() -> None:
    with pytest.warns(UserWarning, match="procedure 'predictive_coding': the engine 'compiled' has no kernels for it"):
        report = cn.run("xor", procedure="predictive_coding", epochs=1).report
    assert report["engine"] == "local in place of compiled"


@pytest.mark.parametrize("chosen", ["compiled", cn.engine("compiled")], ids=["name", "engine"])
def test_an_engine_that_the_user_asked_for_gives_a_warning_once(chosen: str | cn.Engine) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: cn.run("map", engine=chosen, epochs=1),
        lambda: list(cn.run_seeds("map", [1, 2], engine=chosen, epochs=1)),
        lambda: cn.Study("map", seeds=[1, 2], engine=chosen, epochs=1).run(workers=1),
        lambda: cn.Study("map", seeds=[1, 2], engine=chosen, epochs=1).run(workers=2),
    )
    for run in calls:
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("default")
            run()
        texts = {str(each.message) for each in given}
        assert [text.partition(",")[0] for text in texts] == ["rule 'kohonen': the engine 'compiled' has no kernels for it"]


@pytest.mark.filterwarnings("default")
def test_the_command_warns_only_if_the_engine_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["run", "map", "--epochs", "1"], ["study", "map", "--epochs", "1", "--seeds", "1-2", "--workers", "2"]):
        assert main(command) == 0
        assert "no kernels" not in capsys.readouterr().err
        assert main([*command, "--engine", "compiled"]) == 0
        assert capsys.readouterr().err.count("no kernels") == 1


@pytest.mark.parametrize("chosen", ["local", cn.engine("compiled", threads=2), "compiled"], ids=["local", "two threads", "compiled"])
@pytest.mark.parametrize("rule", ["momentum", "lbfgs"])
def test_an_engine_that_can_train_a_task_is_named_alone(chosen: str | cn.Engine, rule: str) -> None:
    report = cn.run("xor", engine=chosen, rule=rule, epochs=1).report
    assert report["engine"] == (chosen if isinstance(chosen, str) else "compiled threads=2")


def test_a_search_rule_names_the_engine_that_computes() -> None:
    net = cn.Network()
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 2, output_function="tanh")
    net.add_group("output", 1, role="output")
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    examples = cn.ExampleSet([cn.Example([0, 1], [1]), cn.Example([1, 0], [0])])
    with pytest.warns(UserWarning, match="output function 'tanh'"):
        run = cn.train(net, examples, "lbfgs", 2)
    assert (run.engine, run.ran_by) == ("compiled", ["local"])


@pytest.mark.filterwarnings("ignore:.*has no kernels")
def test_a_resumed_and_a_continued_run_name_the_engines_before(tmp_path: Path) -> None:
    task = cn.task("xor").for_seed(1)
    network, examples = task.network(seed=1), task.training_examples
    run = cn.train(network, examples, "momentum", 2, procedure="predictive_coding", checkpoint=tmp_path / "run")
    assert run.ran_by == cn.resume(tmp_path / "run").ran_by == ["local"]
    assert cn.train(network, examples, "momentum", 2, procedure="back_propagation", continue_from=run).ran_by == ["local", "compiled"]
