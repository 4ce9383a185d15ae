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
from connectionist.experiments.study.published import published_values
from connectionist.plots import distributions, learned_by_epoch
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
    assert captions[0].startswith("Runs that have learned")
    assert any(caption.startswith("Distribution of epochs") for caption in captions)
    assert captions[-1] == "Runs that have learned, in percent, over rate and momentum."


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


def test_the_tables_for_other_programs_have_every_run(tmp_path: Path) -> None:
    study = cn.Study(scored, seeds=[1, 2, 3], vary={"a": [1, "x"]})
    report_of(study, tmp_path / "s")
    table = study.table
    for read in (pd.read_csv(tmp_path / "s" / "table.csv"), pd.read_parquet(tmp_path / "s" / "table.parquet")):
        assert list(read.columns) == list(table.columns)
        assert read["seed"].tolist() == table["seed"].tolist()
        assert read["a"].astype(str).tolist() == ["1"] * 3 + ["x"] * 3


def test_a_function_that_exits_is_a_row() -> None:
    table = cn.Study(exits, seeds=[1, 2]).run(workers=1).table
    assert table["stopped"].tolist() == ["error", "error"]


def test_no_curve_is_drawn_if_no_run_has_learned() -> None:
    with pytest.raises(cn.errors.ParameterError, match="must have a run that has learned"):
        learned_by_epoch({"a": [float("nan")]})


def numpy_number(seed: int) -> dict[str, Any]:
    import numpy as np

    return {"score": np.float64(seed)}


def test_a_number_of_numpy_is_a_column_of_floats() -> None:
    assert cn.Study(numpy_number, seeds=[1, 2]).run(workers=1).table["score"].dtype == float


def test_published_values_are_those_of_each_condition(tmp_path: Path) -> None:
    identity = {"task": "xor", "preset": "default", "parameters": {}}
    conditions = {"1": {"hidden": 1, "direct": True}, "2": {"hidden": 2}, "3": {"hidden": 3}}
    found, fault = published_values(identity, conditions)
    assert (found["epochs until every case is correct"], fault) == ({"1": 558.0, "2": 245.0}, "")
    axes = distributions({"1": [500, 600], "2": [200, 300], "3": [1]}, "epochs", published=found["epochs until every case is correct"])
    (marks,) = [line for line in axes.lines if line.get_label() == "published"]
    assert np.asarray(marks.get_xydata()).tolist() == [[0.0, 558.0], [1.0, 245.0]]


def test_a_task_that_is_not_known_any_more_is_named_in_the_report(tmp_path: Path) -> None:
    cn.Study("xor", seeds=[1], epochs=2).run(tmp_path / "s", workers=1)
    path = tmp_path / "s" / "study.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"task": "xor"', '"task": "lost"'), encoding="utf-8")
    assert not write_study_report(tmp_path / "s")
    text = (tmp_path / "s" / "report.html").read_text(encoding="utf-8")
    assert "Published values are not drawn" in text
    assert "lost" in text
