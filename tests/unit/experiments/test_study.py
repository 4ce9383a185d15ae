"""Studies: conditions and seeds, the table, folders that are continued, and results that do not depend on who made the runs."""

from __future__ import annotations

import math
import os
import threading
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.errors import FileError, ParameterError, TrainingInterrupted, UnknownNameError
from connectionist.experiments.study import parts, scheduler, seeds, store
from connectionist.experiments.study.curves import curve_epochs
from connectionist.experiments.study.execute import _add_published, execute_chunk
from connectionist.experiments.study.executors import WorkerEnded, WorkerProcesses
from connectionist.experiments.study.scheduler import Progress
from connectionist.experiments.study.work import Chunk, ChunkResults, ConditionRuns, Work
from connectionist.utils.worker_process import is_worker
from connectionist_tasks.xor import Xor

API: Any = cn  # for calls with wrong arguments
GRID = {"rate": [0.5, 2.0], "momentum": [0.0, 0.9]}


def doubled(seed: int, x: float = 1.0) -> dict[str, float]:
    """Return what a run of a study of a function returns."""
    return {"y": 2 * x + seed}


def same(one: Any, other: Any) -> None:
    """Compare the tables of two studies to the last bit, without times."""
    for name in ("table", "cases"):
        first, second = (getattr(study, name).drop(columns="seconds", errors="ignore") for study in (one, other))
        assert_frame_equal(first, second, check_exact=True)


@pytest.fixture(scope="module")
def undisturbed() -> cn.Study:
    return cn.Study("xor", seeds=range(1, 7), vary=GRID, epochs=60).run(workers=1)


def test_runs_have_the_bits_of_the_same_runs_alone(undisturbed: cn.Study) -> None:
    row = undisturbed.table.query("rate == 2.0 and momentum == 0.9 and seed == 3").iloc[0]
    alone = cn.run("xor", seed=3, parameters={"rate": 2.0, "momentum": 0.9}, epochs=60)
    assert (row["error"], row["epochs"], row["stopped"]) == (alone.report["error"], alone.report["epochs"], alone.report["stopped"])
    assert row["cases left undecided, within 0.1 of ½"] == alone.report["findings"][2]["measured"]
    case = undisturbed.cases.query("rate == 2.0 and momentum == 0.9 and seed == 3 and case == '01'").iloc[0]
    assert case["output:0"] == alone.network.outputs(alone.task.training_examples)[1, 0]


RULES = [{"rule": "adam", "rate": 0.1}, {"rule": "irprop_minus", "initial_step": 0.5}, {"procedure": "feedback_alignment", "rate": 1.0}]


def test_rules_and_procedures_vary_like_parameters(tmp_path: Path) -> None:
    study = cn.Study("xor", seeds=[1, 2], conditions=RULES, epochs=60).run(tmp_path / "s", workers=1)
    assert study.names == ("rule", "rate", "initial_step", "procedure")
    for number, condition in enumerate(RULES):
        named = {name: condition[name] for name in ("rule", "procedure") if name in condition}
        rest = {name: value for name, value in condition.items() if name not in named}
        alone = cn.run("xor", seed=2, epochs=60, parameters=rest, **named)  # type: ignore[arg-type]
        assert study.table["error"][2 * number + 1] == alone.report["error"]
    again = cn.Study("xor", seeds=[1, 2], conditions=[*RULES, {"rule": "nesterov"}], epochs=60)
    assert len(again.run(tmp_path / "s", workers=1).table) == 8
    same(cn.Study("xor", seeds=[1, 2], conditions=RULES, epochs=60).run(tmp_path / "s"), study)
    assert cn.read_study(tmp_path / "s").columns == ("rule", "rate", "initial_step", "procedure")


def test_a_folder_is_not_continued_with_a_rule_whose_file_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cn.Study("xor", seeds=[1], vary={"rule": ["adam"]}, epochs=2).run(tmp_path / "s", workers=1)
    monkeypatch.setattr("connectionist.experiments.study.varied_arguments.source_digest", lambda kind: "changed")
    with pytest.raises(FileError, match="the file of a rule or procedure of the condition rule adam has changed; choose another folder"):
        cn.Study("xor", seeds=[1], vary={"rule": ["adam"]}, epochs=2).run(tmp_path / "s", workers=1)


def test_a_parameter_of_the_task_with_the_name_of_an_argument_is_a_parameter() -> None:
    @dataclass(frozen=True)
    class Taught(type(cn.task("xor"))):  # type: ignore[misc]
        procedure: str = cn.parameter("slow")
        name = "taught"

        @property
        def phases(self) -> list[cn.Phase]:
            return [cn.Phase(cn.rule("steepest", rate={"slow": 0.1, "quick": 2.0}[self.procedure]), 5)]

    study = cn.Study(Taught(), seeds=[1], vary={"procedure": ["slow", "quick"]}).run(workers=1)
    alone = [cn.run("xor", seed=1, rule="steepest", parameters={"rate": rate, "epochs": 5}).report["error"] for rate in (0.1, 2.0)]
    assert study.table["error"].tolist() == alone


def test_the_table_has_a_row_per_run_in_the_order_of_conditions_and_seeds(undisturbed: cn.Study) -> None:
    table = undisturbed.table
    assert list(table.columns[:7]) == ["rate", "momentum", "seed", "stopped", "epochs", "error", "correct"]
    assert table[["rate", "momentum", "seed"]].to_numpy().tolist() == [
        [rate, momentum, seed] for rate in (0.5, 2.0) for momentum in (0.0, 0.9) for seed in range(1, 7)
    ]
    assert (table["message"] == "").all()


def test_the_order_of_the_conditions_and_their_chunks_change_nothing(undisturbed: cn.Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "SECONDS_OF_CHUNK", 0.0)
    same(cn.Study("xor", seeds=range(1, 7), vary=GRID, epochs=60).run(workers=1), undisturbed)
    rows = [{"rate": rate, "momentum": momentum} for rate in (2.0, 0.5) for momentum in (0.9, 0.0)]
    reverse = cn.Study("xor", seeds=range(6, 0, -1), conditions=pd.DataFrame(rows), epochs=60).run(workers=1).table
    turned = reverse[::-1].reset_index(drop=True)[list(undisturbed.table.columns)]
    assert_frame_equal(turned.drop(columns="seconds"), undisturbed.table.drop(columns="seconds"), check_exact=True)


def test_a_folder_is_continued_and_extended(undisturbed: cn.Study, tmp_path: Path) -> None:
    cn.Study("xor", seeds=[2, 3], vary={"rate": [2.0], "momentum": [0.9]}, epochs=60).run(tmp_path / "s", workers=1)
    made: list[Progress] = []
    study = cn.Study("xor", seeds=range(1, 7), vary=GRID, epochs=60).run(tmp_path / "s", workers=1, progress=made.append)
    assert made[-1].made == 22
    assert made[-1].done == 24
    same(study, undisturbed)
    same(cn.read_study(tmp_path / "s"), undisturbed)
    smaller = cn.Study("xor", seeds=[3], vary={"rate": [0.5], "momentum": [0.9]}, epochs=60).run(tmp_path / "s")
    assert len(smaller.table) == 1
    assert len(cn.read_study(tmp_path / "s").table) == 24


def test_a_parameter_that_varies_later_finds_the_runs_with_its_default(tmp_path: Path) -> None:
    cn.Study("xor", seeds=[1, 2], vary={"rate": [0.5]}, epochs=5).run(tmp_path / "s", workers=1)
    made: list[Progress] = []
    study = cn.Study("xor", seeds=[1, 2], vary={"rate": [0.5], "momentum": [0.9, 0.5]}, epochs=5)
    assert study.run(tmp_path / "s", workers=1, progress=made.append).table["momentum"].tolist() == [0.9, 0.9, 0.5, 0.5]
    assert made[-1].made == 2


@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"epochs": 6}, "epochs was 5 and is now 6"),
        ({"parameters": {"momentum": 0.5}}, r"parameters was \{\} and is now \{'momentum': 0.5\}"),
        ({"preset": "published"}, "preset was 'default' and is now 'published'"),
        ({"rule": "steepest"}, "rule was None and is now 'steepest'"),
        ({"engine": "local"}, "engine was .* and is now"),
        ({"measure": doubled}, "measure was None and is now"),
        ({"cases": False}, "cases was True and is now False"),
    ],
)
def test_a_folder_of_other_runs_is_an_error_that_names_the_difference(tmp_path: Path, changed: dict[str, Any], difference: str) -> None:
    cn.Study("xor", seeds=[1], epochs=5).run(tmp_path, workers=1)
    with pytest.raises(FileError, match=f"has the runs of another study: {difference}"):
        cn.Study("xor", **{"seeds": [1], "epochs": 5, **changed}).run(tmp_path, workers=1)


def test_a_changed_source_and_another_version_are_differences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cn.Study("xor", seeds=[1], epochs=5).run(tmp_path, workers=1)
    monkeypatch.setattr("connectionist.experiments.study.run_key.source_digest", lambda _: "0")
    with pytest.raises(FileError, match="the file of the task has changed"):
        cn.Study("xor", seeds=[1], epochs=5).run(tmp_path, workers=1)
    monkeypatch.undo()
    monkeypatch.setattr("connectionist.experiments.study.run_key.distribution_version", lambda _: "0.0.9")
    with pytest.raises(FileError, match=r"connectionist was .* and is now '0.0.9'"):
        cn.Study("xor", seeds=[1], epochs=5).run(tmp_path, workers=1)


def test_a_folder_with_other_files_or_another_process_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileError, match="has files that are not of a study"):
        cn.Study("xor", seeds=[1], epochs=5).run(tmp_path, workers=1)
    raised: list[Exception] = []

    def again(_: Progress) -> None:
        try:
            cn.Study("xor", seeds=[1], epochs=5).run(tmp_path / "s", workers=1)
        except FileError as error:
            raised.append(error)

    cn.Study("xor", seeds=[1], epochs=5).run(tmp_path / "s", workers=1, progress=again)
    assert "is in use by another run" in str(raised[0])


def test_a_run_that_raises_or_diverges_is_a_row_that_says_so() -> None:
    def fragile(seed: int) -> dict[str, float]:
        if seed == 2:
            raise ValueError("no such thing")
        return {"y": 1.0}

    table = cn.Study(fragile, seeds=[1, 2, 3]).run().table
    assert table["stopped"].tolist() == ["finished", "error", "finished"]
    assert table["message"].tolist() == ["", "ValueError: no such thing", ""]
    diverged = cn.Study("encoder", seeds=[1, 2], parameters={"rate": 1e300}, epochs=30).run(workers=1).table
    assert "diverged" in set(diverged["stopped"])
    assert (diverged["message"].str.contains("epoch") == (diverged["stopped"] == "diverged")).all()


def test_a_measure_that_raises_leaves_the_rest_of_its_row() -> None:
    def measure(result: cn.Result) -> Mapping[str, float]:
        return {"norm": float(np.abs(result.network.weight_values).sum()), "inverse": 1 / (result.run.seed - 2)}

    table = cn.Study("xor", seeds=[1, 2], epochs=5, measure=measure).run(workers=1).table
    assert table["message"].str.contains("ZeroDivisionError").tolist() == [False, True]
    assert table["stopped"].tolist() == ["epochs", "error"]
    assert table["error"].notna().all()
    assert table["inverse"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (3, "Study.measure: the function must return a dict of name to number or text (got 3)"),
        ({"a": [1, 2]}, "Study.measure: a must be one number, text, True, False or None (got [1, 2])"),
        ({"a": {}}, "Study.measure: a must be one number, text, True, False or None (got {})"),
    ],
)
def test_a_measure_that_returns_something_else_is_an_error_of_the_run(returned: Any, message: str) -> None:
    def one_run(seed: int) -> cn.Result:
        return cn.run("xor", seed=seed, epochs=5)

    for subject, options in (("xor", {"epochs": 5}), (one_run, {})):
        table = API.Study(subject, seeds=[1], measure=lambda _: returned, **options).run(workers=1).table
        assert table[["stopped", "epochs", "message"]].to_numpy().tolist() == [["error", 5, message]]
    diverging = API.Study("encoder", seeds=[2], parameters={"rate": 1e300}, epochs=30, measure=lambda _: returned).run(workers=1).table
    assert diverging["stopped"].tolist() == ["diverged"]


def test_a_function_that_returns_something_else_is_told_all_that_it_may_return() -> None:
    row = cn.Study(lambda seed: [seed], seeds=[7]).run(workers=1).table.iloc[0]
    assert row["stopped"] == "error"
    assert row["message"].startswith("Study.task: the function must return a dict of name to number or text, a Run or a Result (got [7])")


def test_values_of_several_types_and_none_are_kept_however_they_are_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = [True, None, 3, 2.5, "text", 2**70, float("nan"), "=1+1"]

    def some(seed: int) -> dict[str, Any]:
        return {"all": values[seed], "number": values[2 + seed % 2], "flag": bool(seed % 2), **({"late": seed} if seed > 5 else {})}

    tables = [cn.Study(some, seeds=range(8)).run(tmp_path / "one", workers=1).table]
    monkeypatch.setattr("connectionist.experiments.study.store.SECONDS_BETWEEN_PARTS", 0.0)
    monkeypatch.setattr(parts, "MOST_OF_A_LEVEL", 3)
    monkeypatch.setattr(scheduler, "SECONDS_OF_CHUNK", 0.0)
    tables.append(cn.Study(some, seeds=range(8)).run(tmp_path / "many", workers=1).table)
    assert any(part.level for part in parts.list_parts(tmp_path / "many" / "parts"))
    for table in tables:
        assert [repr(value) for value in table["all"]] == [repr(value) for value in values]
        assert table["number"].tolist() == [3.0, 2.5] * 4
        assert table["flag"].dtype == bool
    assert_frame_equal(tables[0].drop(columns="seconds"), tables[1].drop(columns="seconds"), check_exact=True)


def test_a_function_of_the_participant_gives_parameters_that_the_table_has(tmp_path: Path) -> None:
    def of_participant(seed: int) -> dict[str, float]:
        return {"rate": 0.1 * seed}

    study = cn.Study("xor", seeds=[1, 2], vary=of_participant, epochs=20).run(tmp_path, workers=1)
    assert study.table["rate"].tolist() == [0.1, 0.2]
    assert study.table["error"].tolist() == [cn.run("xor", seed=n, parameters={"rate": 0.1 * n}, epochs=20).run.error for n in (1, 2)]
    same(cn.read_study(tmp_path), study)


def test_curves_are_those_of_the_runs_however_they_are_divided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def study() -> cn.Study:
        return cn.Study("xor", seeds=[1, 2, 3], vary={"rate": [0.5, 0.1]}, parameters={"epochs": 150}, cases=False)

    curves = study().run(workers=1).curves
    assert list(curves.columns) == ["rate", "seed", "epoch", "error"]
    for rate, seed in [(0.5, 1), (0.1, 3)]:
        curve = curves.query("rate == @rate and seed == @seed")
        errors = cn.run("xor", seed=seed, parameters={"rate": rate, "epochs": 150}).run.errors
        assert curve["epoch"].tolist() == curve_epochs(len(errors))
        assert curve["error"].tolist() == [np.float32(errors[epoch - 1]) for epoch in curve["epoch"]]
    monkeypatch.setattr(store, "SECONDS_BETWEEN_PARTS", 0.0)
    monkeypatch.setattr(scheduler, "SECONDS_OF_CHUNK", 0.0)
    monkeypatch.setattr(parts, "MOST_OF_A_LEVEL", 2)
    assert_frame_equal(study().run(tmp_path, workers=1).curves, curves, check_exact=True)
    assert_frame_equal(cn.read_study(tmp_path).curves, curves, check_exact=True)


@given(st.integers(0, 10**6))
def test_the_epochs_of_curves_are_nested_and_few(last: int) -> None:
    epochs = curve_epochs(last)
    assert epochs[:-1] == [epoch for epoch in curve_epochs(10**6) if epoch < last]
    assert epochs[-1:] == [last][: bool(last)]
    assert len(epochs) <= 136


def test_functions_that_return_a_run_have_curves_and_others_none() -> None:
    study = cn.Study(run_of_two_epochs, seeds=[3]).run(workers=1)
    assert study.curves[["seed", "epoch"]].to_numpy().tolist() == [[3, 1], [3, 2]]
    assert len(cn.Study(doubled, seeds=[1]).run(workers=1).curves) == 0


def run_of_two_epochs(seed: int) -> cn.Run:
    return cn.run("xor", seed=seed, epochs=2).run


def test_parts_that_are_merged_while_they_are_read_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = cn.Study("xor", seeds=[1, 2, 3], epochs=3).run(tmp_path, workers=1)
    expected = study.cases, study.curves
    known = parts.list_parts(tmp_path / "parts")
    removed = [*known[:-1], parts.StudyPart(known[-1].number + 1)]
    lists = [removed]
    monkeypatch.setattr(parts, "list_parts", lambda _: lists.pop(0) if lists else known)
    assert_frame_equal(cn.read_study(tmp_path).cases, expected[0])
    lists.append(removed)
    assert_frame_equal(cn.read_study(tmp_path).curves, expected[1])


def test_runs_that_have_ended_keep_their_last_error_in_curves() -> None:
    study = cn.Study("xor", seeds=[1, 2], vary={"epochs": [7, 30]}, cases=False).run(workers=1)
    curves = study.kept_curves()
    assert curves is not None
    epochs, errors = curves.at_same_epochs(curves.seeds == 2)
    assert epochs.tolist() == curve_epochs(30)
    short = study.curves.query("seed == 2 and `epochs (parameter)` == 7")["error"].tolist()
    assert errors[0].tolist() == short + [short[-1]] * (len(epochs) - 7)
    assert errors[1].tolist() == study.curves.query("seed == 2 and `epochs (parameter)` == 30")["error"].tolist()


def test_recordings_have_a_dimension_of_runs(tmp_path: Path) -> None:
    recorder = cn.Recorder("activation", of="hidden", every=5)
    study = cn.Study("xor", seeds=[4, 2], vary={"rate": [0.5, 2.0]}, epochs=12, record=recorder).run(tmp_path, workers=1)
    recorded = study.recordings
    assert recorded["activation"].dims == ("run", "epoch", "case", "unit")
    assert recorded["seed"].values.tolist() == [4, 2, 4, 2]
    assert recorded["rate"].values.tolist() == [0.5, 0.5, 2.0, 2.0]
    alone = cn.run("xor", seed=2, parameters={"rate": 2.0}, epochs=12, record=recorder).run.recording["activation"]
    assert np.array_equal(recorded["activation"].values[3], alone.values)
    assert cn.read_study(tmp_path).recordings.identical(recorded)


def test_the_summary_counts_who_learned_and_describes_each_measure() -> None:
    study = cn.Study("xor", seeds=range(1, 21), vary={"rate": [0.5, 1e-6]}, epochs=1000).run(workers=1)
    summary = study.summary.query("measure == 'epochs'").set_index("rate").to_dict("index")
    epochs = study.table.query("rate == 0.5")["epochs"]
    assert summary[0.5]["learned"] == (study.table.query("rate == 0.5")["stopped"] == "criterion").to_numpy().sum() > 10
    assert summary[1e-6]["learned"] == 0
    assert [summary[0.5][name] for name in ("median", "q1", "q3")] == np.percentile(epochs, [50, 25, 75]).tolist()
    assert summary[0.5]["low"] <= epochs.median() <= summary[0.5]["high"]
    axes = study.plot("epochs", by="rate")
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0.5", "1e-06"]
    with pytest.raises(UnknownNameError, match="unknown column of the study 'epoch'"):
        study.plot("epoch")


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    def interrupt(state: Progress) -> None:
        if state.done >= 3:
            raise KeyboardInterrupt

    study = cn.Study(doubled, seeds=range(50))
    with pytest.raises(TrainingInterrupted, match=r"interrupted after \d+ of 50 runs; they are in .*; the same call goes on"):
        study.run(tmp_path, workers=1, progress=interrupt)
    assert 3 <= len(cn.read_study(tmp_path).table) < 50
    assert study.run(tmp_path).table["y"].tolist() == [2.0 + seed for seed in range(50)]


@pytest.mark.parametrize("workers", [1, None])
def test_a_result_that_cannot_be_kept_ends_the_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int | None) -> None:
    real = store.WRITE[parts.RUNS]
    written: list[Path] = []

    def write(path: Path, table: Any) -> None:
        if len(written) == 2:
            raise FileError("study '…' cannot be written (No space left on device)")
        real(path, table)
        written.append(path)

    monkeypatch.setattr("connectionist.experiments.study.store.SECONDS_BETWEEN_PARTS", 0.0)
    monkeypatch.setitem(store.WRITE, parts.RUNS, write)
    with pytest.raises(FileError, match="No space left"):
        cn.Study(doubled, seeds=range(500)).run(tmp_path, workers=workers)
    assert 0 < len(cn.read_study(tmp_path).table) < 500
    monkeypatch.undo()
    assert len(cn.Study(doubled, seeds=range(500)).run(tmp_path, workers=workers).table) == 500


def test_a_study_without_runs_has_empty_tables() -> None:
    study = cn.Study("xor", seeds=[1, 2], vary={"rate": [0.1, 0.2]})
    assert repr(study) == "<Study of xor: 2 conditions × 2 seeds, 0 of 4 runs done>"
    assert list(study.table.columns) == ["rate", "seed"]
    assert len(study.table) + len(study.cases) + len(study.summary) == 0
    with pytest.raises(ParameterError, match="nothing was recorded"):
        assert study.recordings


def test_worker_processes_have_the_same_bits_and_one_that_is_killed_is_replaced(
    undisturbed: cn.Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "study_of_killed_workers.py").write_text(KILLED)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("KILLED_ONCE", str(tmp_path / "killed"))
    import study_of_killed_workers as module  # type: ignore[import-not-found]

    study = cn.Study("xor", seeds=range(1, 7), vary=GRID, epochs=60, measure=module.measure).run(tmp_path / "s", workers=2)
    assert (tmp_path / "killed").exists()
    assert study.table["stopped"].tolist().count("died") == 1
    died = study.table.query("stopped == 'died'").iloc[0]
    assert (died["rate"], died["momentum"], died["seed"], died["message"]) == (
        2.0,
        0.0,
        5,
        "twice: WorkerEnded: its worker process ended (signal 9)",
    )
    others = study.table["stopped"] != "died"
    columns = list(undisturbed.table.drop(columns="seconds").columns)
    assert_frame_equal(study.table[others][columns], undisturbed.table[others][columns], check_exact=True, check_dtype=False)
    monkeypatch.setenv("KILLED_NEVER", "1")
    again = cn.Study("xor", seeds=range(1, 7), vary=GRID, epochs=60, measure=module.measure).run(tmp_path / "s", workers=1)
    assert_frame_equal(again.table[columns], undisturbed.table[columns], check_exact=True)


KILLED = """
import os, signal
from pathlib import Path

def measure(result):
    first = Path(os.environ["KILLED_ONCE"])
    parameters = result.report["parameters"]
    if "KILLED_NEVER" not in os.environ:
        if result.run.seed == 2 and parameters["rate"] == 0.5 and not first.exists():
            first.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if result.run.seed == 5 and parameters["rate"] == 2.0 and parameters["momentum"] == 0.0:
            os.kill(os.getpid(), signal.SIGKILL)
    return {"process": os.getpid()}
"""


@given(st.lists(st.integers(0, 12), unique=True), st.lists(st.integers(0, 12), unique=True))
def test_seeds_are_joined_and_counted_as_lists_are(first: list[int], others: list[int]) -> None:
    ranges, more = seeds.as_ranges(first), seeds.as_ranges(others)
    assert list(seeds.each(ranges)) == first
    assert list(seeds.each(seeds.joined(ranges, more))) == [*first, *(seed for seed in others if seed not in first)]
    assert seeds.count_in(ranges, others) == len(set(first) & set(others))


def test_huge_ranges_of_seeds_take_no_memory_and_go_on(tmp_path: Path) -> None:
    def interrupt(state: Progress) -> None:
        if state.made >= 3:
            raise KeyboardInterrupt

    for some in (range(5, 10**15), range(10**18)):
        study = cn.Study(doubled, seeds=some, vary={"x": [1.0, 2.0]})
        for _ in range(2):
            with pytest.raises(TrainingInterrupted):
                study.run(tmp_path, workers=1, progress=interrupt)
    read = cn.read_study(tmp_path)
    assert read.planned == 2 * 10**18
    assert len(read.table) >= 9
    assert "runs done" in repr(read)
    with pytest.raises(cn.errors.MemoryLimitError, match="Study\\.seeds: 5000000000000 numbers that do not follow one another need about"):
        cn.Study(doubled, seeds=range(0, 10**13, 2))
    with pytest.raises(ParameterError, match="must be a whole number of at least 0 and at most"):
        cn.Study(doubled, seeds=range(2**63))


def test_any_executor_may_be_given(undisturbed: cn.Study) -> None:
    with ThreadPoolExecutor(2) as executor:
        same(cn.Study("xor", seeds=range(1, 7), vary=GRID, epochs=60).run(executor=executor), undisturbed)
    with pytest.raises(cn.ConnectionistError, match="the executor takes no more calls"):
        cn.Study("xor", seeds=[1], epochs=5).run(executor=executor)


def test_the_end_of_a_worker_and_the_exception_of_a_call_are_told_apart() -> None:
    with WorkerProcesses(1) as executor:
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 1, 0).result(timeout=60)
        with pytest.raises(WorkerEnded, match=r"exit status 7"):
            executor.submit(os._exit, 7).result(timeout=60)
        assert executor.submit(divmod, 7, 2).result(timeout=60) == (3, 1)
        assert executor.submit(is_worker).result(timeout=60)
    assert not is_worker()


def test_workers_hand_over_their_warnings() -> None:
    executor = WorkerProcesses(2)
    given_there = [("odd", RuntimeWarning), ("odd", RuntimeWarning), ("even", UserWarning)]
    calls = [executor.submit(warnings.warn, text, kind) for text, kind in given_there]
    for call in calls:
        call.result(timeout=60)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        executor.shutdown()
    assert sorted((str(each.message), each.category) for each in caught) == [("even", UserWarning), ("odd", RuntimeWarning)]


@dataclass(frozen=True)
class Targets(Xor):
    """The task of XOR with other targets, or without."""

    values: tuple[float, ...] = (0.1, 0.9)
    has_targets: bool = True
    tolerance = 0.5
    name = "targets"

    @property
    def training_examples(self) -> cn.ExampleSet:
        low, high = self.values if self.has_targets else (float("nan"),) * 2
        return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[low], [high], [high], [low]])

    @property
    def criterion(self) -> cn.Criterion:
        return cn.Criterion(correct=1.0)


def test_runs_of_a_study_are_checked_as_each_alone() -> None:
    study = cn.Study(Targets(), seeds=range(1, 13), epochs=2, vary={"has_targets": [True, False]}, cases=False)
    with pytest.warns(UserWarning, match="the output 0.5 is correct for the target 0.1 and for the target 0.9"):
        table = study.run(workers=1, progress=False).table
    assert set(table.loc[~table["has_targets"], "stopped"]) == {"error"}
    later = cn.Study(Targets(), seeds=range(1, 13), epochs=2, vary={"values": [(0.0, 1.0), (0.1, 0.9)]}, cases=False)
    with pytest.warns(UserWarning, match="the output 0.5 is correct for the target 0.1 and for the target 0.9"):
        later.run(workers=1, progress=False)


def test_a_study_of_a_network_that_settles_has_the_bits_of_the_run() -> None:
    options: dict[str, Any] = {"procedure": "contrastive_hebbian", "ticks": 4, "epochs": 5}
    study = cn.Study("xor", seeds=[1, 2], **options).run(workers=1)
    assert study.table["error"].tolist() == [cn.run("xor", seed=seed, **options).report["error"] for seed in (1, 2)]
    with pytest.raises(ParameterError, match=r"Study\.ticks: must be a whole number of at least 1 \(got 0\)"):
        cn.Study("xor", seeds=[1], ticks=0)
    with pytest.raises(ParameterError, match=r"Study\.ticks: must not be given with a function"):
        cn.Study(doubled, seeds=[1], ticks=3)


def test_the_folder_of_a_study_has_its_ticks(tmp_path: Path) -> None:
    options: dict[str, Any] = {"procedure": "contrastive_hebbian", "epochs": 2}
    cn.Study("xor", seeds=[1], ticks=4, **options).run(tmp_path / "s", workers=1)
    with pytest.raises(FileError, match="ticks was 4 and is now 5"):
        cn.Study("xor", seeds=[1], ticks=5, **options).run(tmp_path / "s", workers=1)


def test_without_a_number_of_workers_short_studies_start_none_and_long_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    class Processes(ThreadPoolExecutor):
        def __init__(self, workers: int) -> None:
            started.append(workers)
            super().__init__(workers)

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait, cancel_futures=cancel_futures)

    monkeypatch.setattr("connectionist.experiments.study.make_runs.WorkerProcesses", Processes)
    monkeypatch.setattr("connectionist.experiments.study.make_runs.processors", lambda: 3)
    threads = threading.active_count()
    monkeypatch.setattr(scheduler, "PARALLEL_FROM", 1e9)
    study = cn.Study(doubled, seeds=range(40)).run()
    assert started == []
    monkeypatch.setattr(scheduler, "PARALLEL_FROM", 0.0)
    assert_frame_equal(cn.Study(doubled, seeds=range(40)).run().table.drop(columns="seconds"), study.table.drop(columns="seconds"))
    assert started == [3]
    assert threading.active_count() < threads + 10


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: API.Study("xor", seeds=3), r"Study\.seeds: must be a list or range of whole numbers"),
        (lambda: API.Study("xor", seeds="12"), r"Study\.seeds: must be a list or range of whole numbers"),
        (lambda: API.Study("xor", seeds=[]), r"Study\.seeds: must have at least one seed"),
        (lambda: API.Study("xor", seeds=[1, 1]), r"Study\.seeds: must have each seed once \(got 1 twice\)"),
        (lambda: API.Study("xor", seeds=[1, -1]), r"Study\.seeds\[1\]: must be a whole number of at least 0"),
        (lambda: API.Study("xor", seeds={3, 1}), r"Study\.seeds: must be in an order, such as a list \(got a set"),
        (lambda: API.Study("xor", seeds={3: 1}), r"Study\.seeds: must be a list, not a dict, .*got \{3: 1\}"),
        (lambda: API.Study("xor", seeds=[1], vary={"rate": {0.1, 0.2}}), r"Study\.vary\['rate'\]: must be in an order.*got a set"),
        (lambda: API.Study("xor", seeds=[1], vary=3), r"Study\.vary: must be a dict of name to list of values, or a function"),
        (lambda: API.Study("xor", seeds=[1], vary={"rate": 0.1}), r"Study\.vary\['rate'\]: must be a list of values \(got 0\.1\)"),
        (lambda: API.Study("xor", seeds=[1], vary={"rate": []}), r"Study\.vary\['rate'\]: must have at least one value"),
        (lambda: API.Study("xor", seeds=[1], vary={"rate": [0.1, 0.1]}), r"Study\.vary: conditions 0 and 1 are the same \(rate 0\.1\)"),
        (lambda: API.Study("xor", seeds=[1], vary={"rat": [1]}), r"xor\.rat: no such parameter.* \(in the condition rat 1\)"),
        (lambda: API.Study("xor", seeds=[1], vary={"hidden": [2, 1]}), r"xor\.hidden: must be at least 2 .*\(in the condition hidden 1\)"),
        (lambda: API.Study("xor", seeds=[1], vary={"rate": [0.1, object()]}), r"Study\.vary\['rate'\]: must be a number, text"),
        (lambda: API.Study("xor", seeds=[1], vary=lambda seed: 3), r"Study\.vary: the function must return a dict"),
        (lambda: API.Study("xor", seeds=[1], conditions=[{}, {}]), r"Study\.conditions: conditions 0 and 1 are the same"),
        (lambda: API.Study("xor", seeds=[1], vary={"rule": ["adam"]}, rule="adam"), r"Study\.rule: must not be given, since it varies"),
        (lambda: API.Study("xor", seeds=[1], vary={"rule": [3]}), r"Study\.rule: must vary by name, .* \(in the condition rule 3\)"),
        (
            lambda: API.Study("xor", seeds=[1], vary={"rule": ["momentum"], "beta1": [0.5]}),
            r"xor\.beta1: no such parameter; .* \(in the condition rule momentum, beta1 0\.5\)",
        ),
        (lambda: API.Study("xor", seeds=[1], conditions=[3]), r"Study\.conditions: row 0 must be a dict"),
        (lambda: API.Study("xor", seeds=[1], conditions=[{"rate": 1}], vary={}), r"vary and conditions exclude each other"),
        (lambda: API.Study("xor", seeds=[1], record=3), r"Study\.record: must be a Recorder"),
        (
            lambda: API.Study("xor", seeds=[1], record=cn.Recorder("weight", "hidden", folder="x")),
            r"Study\.record: the folder of the study",
        ),
        (lambda: API.Study("xor", seeds=[1], measure=3), r"Study\.measure: must be a function of a result"),
        (lambda: API.Study("xor", seeds=[1], parameters=3), r"Study\.parameters: must be a dict"),
        (
            lambda: API.Study("xor", seeds=[1], parameters={"rate": 1}, vary={"rate": [2]}),
            r"Study\.parameters: must not have 'rate', which",
        ),
        (lambda: API.Study("xor", seeds=[1], epochs=-1), r"Study\.epochs: must be a whole number of at least 0"),
        (
            lambda: API.Study(lambda seed, hiden: {}, seeds=[1], vary={"hidden": [2, 3]}),
            r"Study\.task: the function must take the seed and 'hidden', as the study calls it, and <lambda>\(seed, hiden\) does not "
            r"\(missing a required argument: 'hiden'\)",
        ),
        (lambda: API.Study(lambda: {}, seeds=[1]), r"must take the seed, .* and <lambda>\(\) does not \(too many pos"),
        (lambda: API.Study(lambda s: {}, seeds=[1], parameters={"a": 1}), r"must take the seed and 'a', .*unexpected keyword argument 'a'"),
        (lambda: API.Study(lambda seed: {}, seeds=[1], vary={"seed": [1]}), r"must take the seed and 'seed', .*multiple values for arg"),
        (lambda: API.Study(lambda seed: {}, seeds=[1], vary=lambda seed: {"b": 1}), r"must take the seed and 'b', .*unexpected keyword"),
        (lambda: API.Study(lambda seed, b=1: {}, seeds=[1], conditions=[{"b": 1}, {"c": 1}]), r"must take the seed and 'c', .* 'c'"),
        (lambda: API.Study(3, seeds=[1]), r"Study\.task: must be the name of a task, a Task, or a function"),
        (lambda: API.Study(doubled, seeds=[1], epochs=3), r"Study\.epochs: must not be given with a function"),
        (lambda: API.Study("xor", seeds=[1]).run(workers=0), r"Study\.run\.workers: must be a whole number of at least 1"),
        (lambda: API.Study("xor", seeds=[1]).run(executor=3), r"Study\.run\.executor: must be an executor"),
        (lambda: API.Study("xor", seeds=[1]).run(3), r"Study\.run\.folder: must be the name of a file or folder"),
        (lambda: API.Study("xor", seeds=[1]).run(keep="runs"), r"Study\.run\.keep: must be None without a folder"),
        (
            lambda: API.Study(lambda seed: {}, seeds=[1]).run(workers=2),
            r"Study\.run\.workers: only this process can make the runs, since others cannot import",
        ),
        (lambda: API.read_study(3), r"read_study\.folder: must be the name of a file or folder"),
    ],
)
def test_mistakes_are_sentences(make: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


def test_folders_that_are_not_of_a_study_and_damaged_ones_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="is not the folder of a study"):
        cn.read_study(tmp_path / "none")
    cn.Study("xor", seeds=[1], epochs=5).run(tmp_path, workers=1)
    [part] = sorted((tmp_path / "parts").glob("runs-*"))
    content = part.read_bytes()
    for damaged in (b"", content[:-9], b"PAR1" + content[4:-40] + bytes(36) + b"PAR1", content[:30] + b"\xff" * 40 + content[70:]):
        part.write_bytes(damaged)
        with pytest.raises(FileError, match="is damaged"):
            assert cn.read_study(tmp_path).table is None
    (tmp_path / "study.json").write_text('{"format": "connectionist study 1", "identity": {}, "plan": {"names": [], "conditions": [{}]}}')
    with pytest.raises(FileError, match=r"study\.json' is damaged \(it has no 'number'\)"):
        cn.read_study(tmp_path)


@given(st.lists(st.text(max_size=8), max_size=4, unique=True), st.text(max_size=8))
def test_whatever_text_a_function_returns_is_read_again(tmp_path_factory: pytest.TempPathFactory, names: list[str], text: str) -> None:
    folder = tmp_path_factory.mktemp("texts")
    study = cn.Study(lambda seed: dict.fromkeys(names, text) | {"50\u00a0%\n": seed}, seeds=[1]).run(folder, workers=1)
    assert_frame_equal(cn.read_study(folder).table, study.table)
    assert study.table["50\u00a0%\\n"].tolist() == [1]
    assert not names or text.encode("utf-8", "backslashreplace").decode() in study.table.to_numpy()


def test_a_worker_returns_after_any_run_of_a_function_if_its_time_is_over() -> None:
    chunk = Chunk(Work(doubled), (ConditionRuns(0, {}, (1, 2, 3)),), 0.0)
    assert [row["seed"] for row in execute_chunk(chunk).rows] == [1]


def test_only_numbers_that_can_be_drawn_are_kept_as_published() -> None:
    results = ChunkResults()
    found = {
        "whole": 3,
        "fraction": 0.5,
        "true": True,
        "huge": 10**400,
        "nothing": float("nan"),
        "endless": -math.inf,
        "text": "all",
        "a\n": 1,
    }
    result = cn.run("xor", seed=1, epochs=1)
    result.report["findings"] = [{"quantity": name, "published": value} for name, value in found.items()]
    _add_published(ConditionRuns(5, {}, (1,)), result, results)
    assert results.published == {5: {"whole": 3.0, "fraction": 0.5, "true": 1.0, "a\\n": 1.0}}


def test_what_varies_may_be_called_condition() -> None:
    def answer(seed: int, condition: str | int, seconds: int = 0) -> dict[str, float]:
        return {"y": seed + (condition == "new") + seconds}

    study = cn.Study(answer, seeds=range(2), vary={"condition": ["old", "new"], "seconds": [0, 5]}).run()
    assert [*study.table.columns][:3] == ["condition", "seconds (parameter)", "seed"]
    assert study.table.query("condition == 'new' and seed == 1")["y"].tolist() == [2, 7]
    assert study.summary["condition"].unique().tolist() == ["old", "new"]
    drawn = cn.Study(answer, seeds=range(2), vary=lambda seed: {"condition": 10 + seed}).run().table
    assert drawn["condition"].tolist() == [10, 11]


def test_a_function_that_returns_a_result_gives_cases() -> None:
    def answer(seed: int, rate: float) -> cn.Result:
        return cn.run("xor", seed=7 + seed, epochs=5, parameters={"rate": rate})

    study = cn.Study(answer, seeds=[1, 2], vary={"rate": [0.1, 0.5]}).run()
    wanted = cn.Study("xor", seeds=[8, 9], vary={"rate": [0.1, 0.5]}, epochs=5).run().cases
    assert study.cases["seed"].tolist() == (wanted["seed"] - 7).tolist()
    assert_frame_equal(study.cases.drop(columns="seed"), wanted.drop(columns="seed"), check_exact=True)
    assert not len(cn.Study(answer, seeds=[1], vary={"rate": [0.1]}, cases=False).run().cases)
