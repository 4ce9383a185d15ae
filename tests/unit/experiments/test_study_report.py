"""The report of a study."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import connectionist as cn
from connectionist.experiments.study import parts, scheduler, store
from connectionist.plots import distributions, error_by_epoch, learned_by_epoch
from connectionist.plots.runs.error_by_epoch import error_panels
from connectionist.reporting.html import study_report
from connectionist.reporting.html.study_report import write_study_report


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)


def report_of(study: cn.Study, folder: Path) -> str:
    study.run(folder, workers=1)
    assert not write_study_report(folder)
    return (folder / "report.html").read_text(encoding="utf-8")


def scored(seed: int, **_: object) -> dict[str, Any]:
    return {"<s>score</s>": seed}


def failing(seed: int, **_: object) -> dict[str, Any]:
    raise ValueError("<u>no</u>")


def exits(seed: int) -> dict[str, Any]:
    raise SystemExit(3)


def test_the_report_has_figures_of_learning_distributions_and_two_parameters(tmp_path: Path) -> None:
    text = report_of(cn.Study("xor", seeds=[1, 2], vary={"rate": [0.3, 0.5], "momentum": [0.5, 0.9]}), tmp_path / "s")
    captions = re.findall(r'alt="([^"]*)"', text)
    assert captions[0].startswith("Error over epochs, median of the runs of each condition.")
    assert captions[1].startswith("Runs that have learned")
    assert any(caption.startswith("Distribution of epochs") for caption in captions)
    assert captions[-1] == "Runs that have learned, in percent, over rate and momentum."


@pytest.mark.usefixtures("blank_images")
def test_without_a_run_that_has_learned_there_is_no_curve(tmp_path: Path) -> None:
    text = report_of(cn.Study("xor", seeds=[1], epochs=2), tmp_path / "s")
    assert "in percent of all runs" not in text
    assert "Distribution of error" in text


@pytest.mark.parametrize("function", [scored, failing])
def test_names_values_and_messages_are_no_markup(function: Callable[..., Any], tmp_path: Path) -> None:
    text = report_of(cn.Study(function, seeds=[1, 2], vary={"<i>a</i>": ["<b>x</b>", "$y$"]}), tmp_path / "s")
    tags = Tags()
    tags.feed(text)
    assert not {"i", "b", "s", "u"} & set(tags.found)


def test_conditions_that_look_the_same_have_different_labels(tmp_path: Path) -> None:
    study = cn.Study(scored, seeds=[1, 2], conditions=[{"a": 1, "b": "2, 3"}, {"a": "1, 2", "b": 3}, {"a": "1", "b": "2, 3"}])
    report_of(study, tmp_path / "s")
    axes = study.plot("<s>score</s>")
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1, 2, 3", "1, 2, 3 (2)", "1, 2, 3 (3)"]


@pytest.mark.usefixtures("blank_images")
def test_the_tables_for_other_programs_have_every_run(tmp_path: Path) -> None:
    study = cn.Study(scored, seeds=[1, 2, 3], vary={"a": [1, "x"]})
    report_of(study, tmp_path / "s")
    table = study.table
    for read in (pd.read_csv(tmp_path / "s" / "table.csv"), pd.read_parquet(tmp_path / "s" / "table.parquet")):
        assert list(read.columns) == list(table.columns)
        assert read["seed"].tolist() == table["seed"].tolist()
        assert read["a"].astype(str).tolist() == ["1"] * 3 + ["x"] * 3


@pytest.mark.usefixtures("blank_images")
def test_the_table_as_csv_has_values_that_r_and_spreadsheets_take_as_they_are(tmp_path: Path) -> None:
    report_of(cn.Study(of_many_types, seeds=[1, 2]), tmp_path / "s")
    lines = (tmp_path / "s" / "table.csv").read_text(encoding="utf-8").splitlines()
    assert [line.rpartition(",")[0].rpartition(",")[0] for line in lines] == [
        "seed,stopped,right,number,half,text",
        "1,finished,TRUE,1,,'=1+1",
        '2,finished,FALSE,2,0.1,"a,b"',
    ]


def of_many_types(seed: int) -> dict[str, Any]:
    return {"right": seed == 1, "number": seed, "half": None if seed == 1 else 0.1, "text": "=1+1" if seed == 1 else "a,b"}


def test_a_function_that_exits_is_a_row() -> None:
    table = cn.Study(exits, seeds=[1, 2]).run(workers=1).table
    assert table["stopped"].tolist() == ["error", "error"]


def test_curves_have_the_quartiles_of_runs() -> None:
    errors = np.random.default_rng(1).random((9, 3))
    axes = error_by_epoch({"a": ([1, 2, 3], errors), "b": ([1, 2], errors[:, :2]), "none": ([], np.zeros((0, 0)))})
    assert np.asarray(axes.lines[0].get_ydata()).tolist() == np.median(errors, axis=0).tolist()
    assert len(axes.lines) == 2
    band = np.asarray(axes.collections[0].get_paths()[0].vertices)
    assert band[:, 1].max() == np.percentile(errors, 75, axis=0).max()
    assert not error_by_epoch({str(number): ([1, 2, 3], errors) for number in range(7)}).collections
    assert error_by_epoch({"a": ([1, 2], [[1.0, 1e-3]])}).get_yscale() == "log"
    panels = error_panels({str(number): ([1, 2, 3], errors) for number in range(7)}).axes
    assert [axes.get_title() for axes in panels] == [*"0123456", "", ""]
    assert [len(axes.lines) for axes in panels] == [8] * 7 + [0] * 2
    assert np.asarray(panels[6].lines[-1].get_ydata()).tolist() == np.median(errors, axis=0).tolist()
    with pytest.raises(cn.errors.ParameterError, match=r"error_by_epoch\.curves: must have a run"):
        error_by_epoch({})


def test_runs_that_diverged_are_not_in_curves(tmp_path: Path) -> None:
    study = cn.Study(ends_or_diverges, seeds=[1, 2, 3]).run(tmp_path, workers=1)
    assert study.table["stopped"].tolist() == ["epochs", "diverged", "epochs"]
    reopened = cn.read_study(tmp_path)
    ((epochs, errors),) = study_report._curves(reopened, {"": {0}}).values()
    assert (epochs.tolist(), errors.shape) == ([1, 2], (2, 2))


def ends_or_diverges(seed: int) -> cn.Run:
    run = cn.run("xor", seed=seed, epochs=2).run
    if seed == 2:
        run.stopped, run.errors[-1] = "diverged", float("inf")
    return run


def test_no_curve_is_drawn_if_no_run_has_learned() -> None:
    with pytest.raises(cn.errors.ParameterError, match="must have a run that has learned"):
        learned_by_epoch({"a": [float("nan")]})


def numpy_number(seed: int) -> dict[str, Any]:
    import numpy as np

    return {"score": np.float64(seed)}


def test_a_number_of_numpy_is_a_column_of_floats() -> None:
    assert cn.Study(numpy_number, seeds=[1, 2]).run(workers=1).table["score"].dtype == float


@pytest.mark.usefixtures("blank_images")
def test_published_values_are_those_of_each_condition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conditions: list[dict[str, Any]] = [{"hidden": 1, "direct": True}, {"hidden": 2, "direct": False}, {"hidden": 3, "direct": False}]
    monkeypatch.setattr(store, "SECONDS_BETWEEN_PARTS", 0.0)
    monkeypatch.setattr(scheduler, "SECONDS_OF_CHUNK", 0.0)
    monkeypatch.setattr(parts, "MOST_OF_A_LEVEL", 2)  # so that what was published is merged too
    cn.Study("xor", conditions=conditions, seeds=[1, 2]).run(tmp_path, workers=1)
    quantity = "epochs until every case is correct"
    assert [values.get(quantity) for _, values in sorted(cn.read_study(tmp_path).published().items())] == [558.0, 245.0, None]
    drawn: list[Any] = []

    def draw(*arguments: Any, published: Any, **options: Any) -> Any:
        drawn.append(published)
        return distributions(*arguments, published=published, **options)

    monkeypatch.setattr(study_report, "distributions", draw)
    write_study_report(tmp_path)
    assert {"1, True": 558.0, "2, False": 245.0} in drawn
    axes = distributions({"1": [500, 600], "2": [200, 300], "3": [1]}, "epochs", published={"1": 558.0, "2": 245.0})
    (marks,) = [line for line in axes.lines if line.get_label() == "published"]
    assert np.asarray(marks.get_xydata()).tolist() == [[0.0, 558.0], [1.0, 245.0]]


@pytest.mark.parametrize("values", [[16.0, 16.0], [0.80678, 0.807], [-2.0, -2.0]])
def test_nearly_equal_values_are_not_magnified(values: list[float]) -> None:
    axes = distributions({"": values}, "fraction of the starts that end in the second best kind of maximum")
    low, high = axes.get_ylim()
    assert high - low >= 0.1 * max(map(abs, values))
    assert low < min(values) <= max(values) < high
    assert "\n" in axes.get_ylabel()


@pytest.mark.usefixtures("blank_images")
def test_a_report_needs_no_task(tmp_path: Path) -> None:
    cn.Study("xor", seeds=[1], epochs=2).run(tmp_path / "s", workers=1)
    path = tmp_path / "s" / "study.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"task": "xor"', '"task": "lost"'), encoding="utf-8")
    assert not write_study_report(tmp_path / "s")
    assert "lost" in (tmp_path / "s" / "report.html").read_text(encoding="utf-8")
