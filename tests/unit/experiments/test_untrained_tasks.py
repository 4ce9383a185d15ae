"""Tasks that train nothing: a network with given weights, of which the findings say what it does."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.cli.main import main
from connectionist.errors import DataError, FileError, ParameterError
from connectionist.experiments.read_run import read_cases, read_log
from connectionist.experiments.run_folder import write_run, write_summary
from connectionist.experiments.seed_summary import summarize
from connectionist.experiments.study.summary import summarize_table
from connectionist.reporting.compare import compare
from connectionist.reporting.compare.output import comparison_page, draw_curves
from connectionist.reporting.compare.runs import read_compared_runs
from connectionist.reporting.html.study_report import write_study_report
from connectionist.reporting.html.write import write_report, write_seeds_report
from connectionist.reporting.study_tables import study_tables
from connectionist.reporting.text import run_tables, summary_tables
from connectionist.testing import check_task

pytestmark = pytest.mark.usefixtures("blank_images")
COMMAND = ["connectionist", "run", "two-rivals"]


@dataclass(frozen=True)
class TwoRivals(cn.OnePhaseTask):
    """Two units inhibit each other."""

    inhibition: float = cn.parameter(0.1, above=0)
    name = "two-rivals"
    source = "these tests"
    rule = "steepest"
    epochs = 0

    def network(self, seed: int) -> cn.Network:
        net = cn.Network("two-rivals")
        net.add_group("input", 2, role="input")
        net.add_group("pool", 2, activation="interactive_activation", output_function="rectified", initial=-0.1, biased=False)
        net.connect("input", "pool", "one_to_one", weights=0.4)
        net.connect("pool", "pool", [[False, True], [True, False]], delay=1, weights=-self.inhibition)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        return cn.ExampleSet([cn.Example(np.tile([1.0, 0.5], (50, 1)), np.zeros((50, 0)), "both")])

    def findings(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
        settled = cn.settle(network, [1.0, 0.5], criterion=None, ticks=50, engine=run.engine)
        return [cn.Finding("activation of the first", float(settled.activations[-1, 0]))]


@pytest.fixture
def results() -> list[cn.Result]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the compiled engine must not warn that it cannot train this network
        return [cn.run(TwoRivals(), seed=seed) for seed in (1, 2)]


def test_it_passes_the_check() -> None:
    check_task(TwoRivals, epochs=3)


def test_what_was_not_measured_is_none(results: list[cn.Result]) -> None:
    report = results[0].report
    assert [report[key] for key in ("epochs", "error", "correct", "test_correct")] == [0, None, None, None]
    assert report["findings"][0]["measured"] == pytest.approx(0.755, abs=0.01)


def test_tables_say_that_nothing_was_trained(results: list[cn.Result]) -> None:
    of_one = run_tables(results[0].report)[1]
    assert of_one.title == "Settings"
    assert [row[0] for row in of_one.rows] == ["engine", "parameters"]
    assert of_one.notes == ["Nothing was trained."]
    of_both = summary_tables(summarize([result.report for result in results], has_criterion=False))[1]
    assert (of_both.title, of_both.rows) == ("Settings", [])
    assert of_both.notes == ["Nothing was trained. Engine compiled.", "Parameters: inhibition=0.1."]


def test_the_page_of_a_run_has_no_learning_curve(results: list[cn.Result], tmp_path: Path) -> None:
    assert not write_report(tmp_path, results[0], write_run(tmp_path, results[0], COMMAND))
    assert not (tmp_path / "learning_curve.png").exists()
    assert (tmp_path / "log.csv").read_text() == "epoch,phase\n"
    assert list(read_log(tmp_path)) == ["epoch", "phase"]
    page = (tmp_path / "report.html").read_text()
    assert "Nothing was trained." in page
    assert not any(text in page for text in ("Error over epochs", "Training", "training cases", ">nan<"))


def test_a_network_without_outputs_has_no_file_of_cases(results: list[cn.Result], tmp_path: Path) -> None:
    write_run(tmp_path, results[0], COMMAND)
    assert not (tmp_path / "cases.csv").exists()
    with pytest.raises(FileError, match=r"has no cases\.csv: the network has no output units"):
        read_cases(tmp_path)


def test_the_page_of_several_seeds_has_no_empty_section(tmp_path: Path) -> None:
    small = {"units": 8, "memories": 1, "starts": 1}
    runs = [cn.run("hopfield-memory", seed=seed, parameters=small) for seed in (1, 2)]
    for seed, result in enumerate(runs, 1):
        (tmp_path / f"seed-{seed}").mkdir()
        write_run(tmp_path / f"seed-{seed}", result, COMMAND)
    summary = summarize([result.report for result in runs], has_criterion=False)
    write_seeds_report(tmp_path, summary, write_summary(tmp_path, summary, COMMAND))
    page = (tmp_path / "report.html").read_text()
    assert "largest number of errors" in page
    assert not any(f"<h2>{heading}</h2>" in page for heading in ("Training", "Figures"))
    assert not any(text in page for text in ("stopped by", "seconds of training", "error in the last epoch"))


def test_the_page_of_several_seeds_has_no_learning_curve(tmp_path: Path) -> None:
    runs = [cn.run("xor", seed=seed, epochs=0) for seed in (1, 2)]
    for seed, result in enumerate(runs, 1):
        (tmp_path / f"seed-{seed}").mkdir()
        write_run(tmp_path / f"seed-{seed}", result, COMMAND)
    summary = summarize([result.report for result in runs], has_criterion=True)
    write_seeds_report(tmp_path, summary, write_summary(tmp_path, summary, COMMAND))
    page = (tmp_path / "report.html").read_text()
    assert "Nothing was trained." in page
    assert not any(text in page for text in ("Error over epochs", "met the criterion"))
    assert cn.read_run(tmp_path / "seed-1").report["epochs"] == 0


def test_comparisons_and_studies_have_no_training(results: list[cn.Result]) -> None:
    assert not {"epochs", "stopped by"} & set(compare(dict(zip("ab", results, strict=True))).index.get_level_values(-1))
    runs = pd.DataFrame([{key: result.report[key] for key in ("seed", "epochs", "correct", "stopped")} for result in results])
    table = study_tables(runs, [], "two-rivals", 2)[0]
    assert (table.columns, table.rows) == (["runs"], [[2]])
    found = runs.assign(winner=["first", "first"], activation=[0.5, 0.75], stable=[True, False], seconds=0.1, message="")
    table = study_tables(found, [], "two-rivals", 2)[0]
    assert table.columns == ["runs", "finding", "median (quartiles), or counts"]
    assert table.rows == [
        [2, "winner", "2 × first"],
        [2, "activation", "0.625 (0.5625 to 0.6875)"],
        [2, "stable", "1 × yes, 1 × no"],
    ]
    assert not {"learned", "epochs"} & {*summarize_table(runs, []), *summarize_table(runs, [])["measure"]}
    both = pd.concat([runs.assign(task=0), runs.assign(task=1, epochs=[3, 4], correct=[1.0, 0.5])])
    table = study_tables(both, ["task"], "both", 4)[0]
    assert table.columns == ["task", "runs", "learned", "epochs (quartiles)", "correct, % (quartiles)"]
    assert [row[:3] for row in table.rows] == [[0, 2, None], [1, 2, 1]]


def test_the_report_of_a_study_has_no_epochs_and_no_curves(tmp_path: Path) -> None:
    study = cn.Study("hopfield-memory", vary={"memories": [1, 2]}, parameters={"units": 8, "starts": 1}, seeds=[1, 2])
    study.run(tmp_path / "study", workers=1)
    write_study_report(tmp_path / "study")
    assert set(study.table["stopped"]) == {"finished"}
    page = (tmp_path / "study" / "report.html").read_text()
    assert "<td>largest number of errors</td>" in page
    assert "Distribution of largest number of errors" in page
    assert not any(text in page for text in ("Distribution of epochs", ">learned<", "epochs (quartiles)", "Error over epochs"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"epochs": 5}, "run.epochs: task 'two-rivals' trains nothing, so it has none (got 5)"),
        ({"rule": "adam"}, "run.rule: task 'two-rivals' trains nothing, so it has none (got 'adam')"),
        ({"procedure": "generec"}, "run.procedure: task 'two-rivals' trains nothing, so it has none (got GeneRec("),
        (
            {"record": cn.Recorder("activation", of="rivals")},
            "run.record: task 'two-rivals' trains nothing, so there is nothing to record (got ",
        ),
    ],
)
def test_training_it_is_an_error(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        cn.run(TwoRivals(), **arguments)
    assert str(caught.value).startswith(message)
    assert cn.run(TwoRivals(), epochs=0).report["epochs"] == 0


def test_a_task_with_a_number_of_epochs_can_be_trained_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "xor", "--epochs", "0"]) == 0
    printed = capsys.readouterr().out
    assert "Nothing was trained." in printed
    assert "training cases correct, %" in printed
    assert "stopped by" not in printed
    assert cn.run("xor", parameters={"epochs": 0}, epochs=2).report["epochs"] == 2


def test_examples_without_targets_have_no_error(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Clusters(TwoRivals):
        name = "clusters"
        rule = "competitive"
        epochs = 2

        def network(self, seed: int) -> cn.Network:
            net = cn.Network("clusters")
            net.add_group("input", 2, role="input")
            net.add_group("cluster", 2, activation="winner_take_all", biased=False)
            net.connect("input", "cluster")
            net.randomize(0.5, seed)
            return net

        @property
        def training_examples(self) -> cn.ExampleSet:
            return cn.ExampleSet.from_arrays([[1, 0], [0, 1]], [[], []])

        def findings(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
            return []

    result = cn.run(Clusters(), engine="local")
    assert [*result.log] == ["epoch", "phase"]
    assert [result.report[key] for key in ("epochs", "error", "correct")] == [2, None, None]
    assert not write_report(tmp_path, result, write_run(tmp_path, result, COMMAND))
    page = (tmp_path / "report.html").read_text()
    assert (tmp_path / "log.csv").read_text().splitlines() == ["epoch,phase", "1,1", "2,1"]
    assert [*read_log(tmp_path)] == ["epoch", "phase"]
    both = read_compared_runs({"one": tmp_path, "other": result})
    with pytest.raises(DataError, match=r"compare\.out: none of the runs has an error"):
        draw_curves(both)
    assert "Learning curves" not in comparison_page(both, [])
    assert "Training stopped after its last epoch (2 epochs)." in page
    assert "Error over epochs" not in page


def test_a_task_without_targets_shows_nothing_about_errors_and_correct_cases(tmp_path: Path) -> None:
    result = cn.run("competitive-letters", seed=1, epochs=2)
    shown = {str(row[0]) for row in run_tables(result.report)[1].rows}
    assert {"epochs", "seconds of training"} < shown
    summary = summarize([result.report], has_criterion=False)
    shown |= {str(row[0]) for row in summary_tables(summary)[1].rows}
    compared = compare({"one": result, "other": result})
    shown |= {str(name) for name in compared.index.get_level_values(-1)}
    write_summary(tmp_path, summary, COMMAND)
    shown |= {*(tmp_path / "runs.csv").read_text().splitlines()[0].split(",")}
    assert not [name for name in shown if "error" in name or "correct" in name]
    assert not write_report(tmp_path, result, write_run(tmp_path, result, COMMAND))
    page = (tmp_path / "report.html").read_text()
    assert not any(text in page for text in ("error in the last epoch", "cases correct", "Error over epochs"))


def test_show_says_that_a_task_trains_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for name, is_there in (("jets-and-sharks", True), ("map", False)):
        assert main(["show", name]) == 0
        assert ("trains: nothing" in capsys.readouterr().out) == is_there


def test_the_report_says_once_that_nothing_was_trained(tmp_path: Path) -> None:
    result = cn.run("necker-cube", seed=1, parameters={"starts": 2})
    assert not write_report(tmp_path, result, write_run(tmp_path, result, COMMAND))
    page = (tmp_path / "report.html").read_text()
    assert len([*re.finditer(r"[Nn]othing (is|was) trained", page)]) == 1
