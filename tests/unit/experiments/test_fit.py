"""Fits: what is found, that a fit repeats to the bit and goes on, profiles, intervals, and errors."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.errors import ConnectionistError, FileError, ParameterError, TrainingInterrupted, UnknownNameError
from connectionist.experiments.fit import progress
from connectionist.experiments.fit.people import read_people
from connectionist.experiments.fit.result import Fit

pytest.importorskip("optuna")
fit: Any = cn.fit  # for calls with wrong arguments
DATA = {"easy": 0.93, "hard": 0.65, "late": 0.8}
FREE = {"slope": (0.0, 2.0), "rate": (0.01, 1.0, "log")}


def answers(seed: int, slope: float = 1.0, rate: float = 0.1) -> dict[str, float]:
    """Return scores that are those of DATA for the slope 0.7 and the rate 0.1, if their mean over seeds has no noise."""
    noise = 0.01 * math.sin(12.9898 * seed)
    return {"easy": 1 - 0.1 * slope + noise, "hard": 1 - 0.5 * slope - noise, "late": 0.8 + 0.1 * math.log10(10 * rate) + noise}


def fitted(**changed: Any) -> Any:
    """Return a fit of `answers`."""
    return fit(changed.pop("task", answers), **{"data": DATA, "free": FREE, "seeds": [1, 2, 3], "trials": 24, **changed})


@pytest.fixture
def blank_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save fits with a blank figure: to draw that of a fit takes a third of a second."""
    monkeypatch.setattr(Fit, "plot", lambda _: Figure(figsize=(1, 1)))


@pytest.fixture(scope="module")
def undisturbed() -> Any:
    return fitted()


def test_known_parameters_are_found(undisturbed: Any) -> None:
    assert undisturbed.best["slope"] == pytest.approx(0.7, abs=0.03)
    assert undisturbed.best["rate"] == pytest.approx(0.1, rel=0.2)
    assert undisturbed.distance == undisturbed.table["distance"].min() < 0.01
    assert repr(undisturbed).startswith("<Fit of answers: slope 0.688")


def test_every_trial_has_every_seed_and_the_distance_of_its_mean_scores(undisturbed: Any) -> None:
    row = undisturbed.table.iloc[7]
    runs = pd.DataFrame([answers(seed, row["slope"], row["rate"]) for seed in (1, 2, 3)])
    assert row[["easy", "hard", "late"]].tolist() == pytest.approx(runs.mean().tolist(), rel=1e-14)
    assert row["distance"] == pytest.approx(math.sqrt(((runs.mean() - pd.Series(DATA)) ** 2).mean()), rel=1e-14)


def test_weights_and_a_distance_of_the_user() -> None:
    weighted = fitted(weights={"late": 3.0, "easy": 1.0, "hard": 0.0}, trials=2).table.iloc[1]
    squares = [(weighted[name] - DATA[name]) ** 2 for name in ("easy", "late")]
    assert weighted["distance"] == pytest.approx(math.sqrt((squares[0] + 3 * squares[1]) / 4), rel=1e-13)
    own = fitted(distance=lambda model, people: abs(model["hard"] - people["hard"]), trials=2).table.iloc[1]
    assert own["distance"] == pytest.approx(abs(own["hard"] - DATA["hard"]), rel=1e-13)


def test_a_fit_repeats_to_the_bit_and_a_longer_one_begins_with_it(undisturbed: Any) -> None:
    assert_frame_equal(fitted().table, undisturbed.table, check_exact=True)
    assert_frame_equal(fitted(trials=13).table, undisturbed.table.head(13), check_exact=True)
    assert not fitted(search_seed=1, trials=4).table.equals(undisturbed.table.head(4))


def test_a_folder_is_continued_and_nothing_is_computed_twice(undisturbed: Any, tmp_path: Path) -> None:
    calls: list[int] = []

    def answers(seed: int, slope: float, rate: float) -> dict[str, float]:
        calls.append(seed)
        return globals()["answers"](seed, slope, rate)  # type: ignore[no-any-return]

    fitted(task=answers, trials=10, folder=tmp_path)
    assert len(calls) == 30
    longer = fitted(task=answers, folder=tmp_path)
    assert len(calls) == 72
    assert_frame_equal(longer.table, undisturbed.table, check_exact=True)
    assert_frame_equal(fitted(task=answers, folder=tmp_path).uncertainty, undisturbed.uncertainty, check_exact=True)
    assert len(calls) == 72
    assert json.loads((tmp_path / "report.json").read_text())["best"] == undisturbed.best
    assert len(pd.read_csv(tmp_path / "trials.csv")) == 24
    assert (tmp_path / "fit.png").read_bytes().startswith(b"\x89PNG")
    assert len(cn.read_study(tmp_path / "runs").table) == 72


@pytest.mark.usefixtures("blank_plot")
def test_an_interrupted_fit_goes_on(undisturbed: Any, tmp_path: Path) -> None:
    is_interrupted = True

    def answers(seed: int, slope: float, rate: float) -> dict[str, float]:
        if is_interrupted and [*tmp_path.glob("runs/parts/*")] and seed == 2:
            raise KeyboardInterrupt
        return globals()["answers"](seed, slope, rate)  # type: ignore[no-any-return]

    with pytest.raises(TrainingInterrupted, match=r"fit: interrupted after \d of 24 trials; its runs are in"):
        fitted(task=answers, folder=tmp_path)
    is_interrupted = False
    assert_frame_equal(fitted(task=answers, folder=tmp_path).table, undisturbed.table, check_exact=True)


@pytest.mark.usefixtures("blank_plot")
@pytest.mark.parametrize(
    ("changed", "difference"),
    [
        ({"seeds": [1, 2, 4]}, r"seeds was \[1, 2, 3\] and is now \[1, 2, 4\]"),
        ({"data": {**DATA, "easy": 0.9}}, r"data was \[0.93, 0.65, 0.8\] and is now \[0.9, 0.65, 0.8\]"),
        ({"free": {**FREE, "slope": (0.0, 3.0)}}, "free was .* and is now"),
        ({"weights": dict.fromkeys(DATA, 2.0)}, "weights was .* and is now"),
        ({"search_seed": 3}, "search seed was 0 and is now 3"),
        ({"distance": lambda model, people: float((model - people).abs().sum())}, "distance was None and is now"),
        ({"parameters": {"rate": 0.2}, "free": {"slope": (0.0, 2.0)}}, "free was"),
        ({"measure": dict}, "measure was None and is now"),
    ],
)
def test_a_folder_of_another_fit_is_an_error_that_names_the_difference(tmp_path: Path, changed: dict[str, Any], difference: str) -> None:
    fitted(folder=tmp_path, trials=1)
    with pytest.raises(FileError, match=f"has (another fit|the runs of another study): {difference}"):
        fitted(folder=tmp_path, trials=1, **changed)


@pytest.mark.usefixtures("blank_plot")
def test_a_folder_with_other_files_a_damaged_file_or_another_process_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileError, match=r"has files that are not of a fit \('notes.txt'\)"):
        fitted(folder=tmp_path)
    fitted(folder=tmp_path / "f", trials=1)
    (tmp_path / "f" / "fit.json").write_text("[]")
    with pytest.raises(FileError, match="is damaged"):
        fitted(folder=tmp_path / "f", trials=1)

    def again(model: Any, people: Any) -> float:
        fitted(folder=tmp_path / "g", distance=again)
        return 1.0

    with pytest.raises(ParameterError, match="is in use by another run"):
        fitted(folder=tmp_path / "g", distance=again)


def test_the_place_of_the_runs_changes_no_number() -> None:
    def made(**where: Any) -> pd.DataFrame:
        free = {"rate": (0.1, 2.0, "log"), "hidden": (2, 4), "update_after": ["epoch", 1]}
        found: pd.DataFrame = fit("xor", {"correct": 0.9, "error": 0.2}, free=free, seeds=range(5), trials=8, epochs=30, **where).table
        return found

    alone = made(workers=1)
    with ThreadPoolExecutor(3) as threads:
        assert_frame_equal(made(executor=threads), alone, check_exact=True)
    assert set(alone["hidden"]) <= {2, 3, 4}
    assert {type(value) for value in alone["hidden"].tolist()} == {int}
    assert set(alone["update_after"]) == {"epoch", 1}


def test_whole_limits_of_a_parameter_that_is_a_float_are_a_range_of_floats() -> None:
    table = fit("xor", {"correct": 0.9}, free={"rate": (1, 2), "hidden": (2, 9)}, seeds=[1], trials=4, epochs=2).table
    assert not (table["rate"] % 1 == 0).any()
    assert (table["hidden"] % 1 == 0).all()
    assert not (fitted(free={"slope": (0, 2)}, trials=4).table["slope"] % 1 == 0).any()


def test_a_trial_with_a_failed_run_is_the_worst_and_says_why() -> None:
    def fragile(seed: int, slope: float) -> dict[str, float]:
        if slope > 1 and seed == 2:
            raise ValueError("too steep")
        return {"easy": slope, "hard": math.nan if slope > 0.8 else slope}

    found = fitted(task=fragile, data={"easy": 2.0, "hard": 2.0}, free={"slope": (0.0, 1.4)}, trials=40)
    lost = found.table["slope"] > 0.8
    assert lost.any()
    assert found.table["distance"].isna().equals(lost)
    assert set(found.table.loc[found.table["slope"] > 1, "message"]) == {"ValueError: too steep"}
    assert 0.7 < found.best["slope"] <= 0.8
    assert f"{lost.sum()} failed" in repr(found)
    assert found.profile("slope")["slope"].max() <= 0.8


def test_people_by_row_have_means_with_intervals_and_may_lack_scores() -> None:
    people = pd.DataFrame({"easy": [0.9, 0.96, math.nan], "hard": [0.6, 0.7, 0.65], "late": [0.8, 0.8, 0.8]})
    found = fitted(data=people, trials=16)
    assert found.scores["people"].tolist() == pytest.approx([0.93, 0.65, 0.8])
    assert found.scores.loc["hard", "people low"] < 0.65 < found.scores.loc["hard", "people high"]
    assert found.scores.loc["late", "people low"] == pytest.approx(0.8)
    assert fitted(data=people, seeds=[1], trials=16).uncertainty.loc["slope", "low"] > 0
    assert math.isnan(fitted(trials=2).scores.loc["hard", "people low"])


def test_the_interval_is_that_of_resampled_seeds() -> None:
    def simulate(seed: int, slope: float) -> dict[str, float]:
        return {"easy": slope + 0.1 * seed, "hard": 2 * slope}

    found = fitted(task=simulate, data={"easy": 1.2, "hard": 2.0}, free={"slope": (0.0, 2.0)})
    slopes = [(1.2 - 0.1 * np.mean(np.add(drawn, 1)) + 2 * 2.0) / 5 for drawn in np.ndindex(3, 3, 3)]  # least squares of each sample
    low, high = np.percentile(slopes, [2.5, 97.5], method="inverted_cdf")
    row = found.uncertainty.loc["slope"]
    assert high - low > 0.025
    assert (row["low"], row["high"]) == (pytest.approx(low, abs=0.004), pytest.approx(high, abs=0.004))
    assert found.uncertainty.loc["distance", "low"] <= found.distance <= found.uncertainty.loc["distance", "high"]


def test_intervals_of_few_trials_are_missing_and_one_seed_is_an_error() -> None:
    few = fitted(trials=8).uncertainty
    assert few.loc[["slope", "rate"], ["low", "high"]].isna().all(axis=None)
    assert few.loc["distance"].notna().all()
    found = fitted(seeds=[1], trials=4)
    with pytest.raises(ParameterError, match="needs at least two seeds"):
        _ = found.uncertainty
    assert found.report["uncertainty"] == []


def test_a_profile_has_the_smallest_distance_in_each_part_of_the_range(undisturbed: Any) -> None:
    table = undisturbed.table
    parts = np.floor(np.log(table["rate"] / 0.01) / np.log(100) * 5)
    smallest = table.loc[table.groupby(parts)["distance"].idxmin()]
    profile = undisturbed.profile("rate", values=5)
    assert profile[["rate", "distance"]].to_numpy().tolist() == smallest[["rate", "distance"]].to_numpy().tolist()
    assert profile["trials"].sum() == 24
    assert undisturbed.profile("slope")["distance"].min() == undisturbed.distance


def test_a_profile_of_further_trials_holds_the_parameter_and_searches_the_others(undisturbed: Any) -> None:
    profile = undisturbed.profile("slope", values=3, trials=12)
    assert profile["slope"].tolist() == [0.0, 1.0, 2.0]
    assert profile["trials"].tolist() == [12, 12, 12]
    for slope, distance in zip(profile["slope"], profile["distance"], strict=True):  # the rate is as if it were fitted alone
        best = min(
            math.sqrt(((pd.DataFrame([answers(seed, slope, rate) for seed in (1, 2, 3)]).mean() - pd.Series(DATA)) ** 2).mean())
            for rate in np.geomspace(0.01, 1, 201)
        )
        assert distance == pytest.approx(best, rel=0.02)
    assert_frame_equal(undisturbed.profile("slope", values=3, trials=12), profile, check_exact=True)
    alone = fitted(free={"slope": (0.0, 2.0)}, trials=4).profile("slope", values=2, trials=5)
    assert alone["trials"].tolist() == [1, 1]


def test_choices_have_a_profile_and_a_figure() -> None:
    calls: list[tuple[object, ...]] = []

    def chosen(seed: int, kind: str, size: int) -> dict[str, float]:
        calls.append((seed, kind, size))
        return {"$a$": {"one": 1.0, "two": 2.0}[kind] + size + 0.1 * seed}

    found = fitted(task=chosen, data={"$a$": 5.05}, free={"kind": ["one", "two"], "size": (1, 3)}, trials=20)
    assert found.best == {"kind": "two", "size": 3}
    assert len(calls) == len(set(calls)) < 60
    assert found.profile("kind")["kind"].tolist() == ["one", "two"]
    assert len(found.plot().axes) == 3
    assert found.uncertainty.loc["kind", ["low", "high"]].isna().all()


def test_names_of_columns_of_every_fit_are_free_for_parameters_and_conditions() -> None:
    def simulate(seed: int, distance: float, trials: int) -> dict[str, float]:
        return {"failed": distance + trials + 0.01 * seed, "error": distance}

    free = {"distance": (0.0, 1.0), "trials": (0, 2)}
    found = fitted(task=simulate, data={"failed": 1.5, "error": 0.5}, free=free, trials=20)
    assert list(found.table.columns) == [
        "distance (parameter)",
        "trials (parameter)",
        "distance",
        "failed (score)",
        "error",
        "failed",
        "message",
    ]
    assert list(found.uncertainty.index) == ["distance (parameter)", "trials (parameter)", "distance"]
    assert list(found.profile("trials").columns) == ["trials (parameter)", "distance", "trials"]
    assert found.plot().axes[1].get_xlabel() == "distance (parameter)"
    assert found.best["trials"] == 1


def test_scores_of_any_type_of_number_are_taken_and_those_without_squares_are_none() -> None:
    def simulate(seed: int, x: float) -> dict[str, Any]:
        return {"flag": x > 0.5, "small": np.float32(0.25), "array": np.array(3), "large": 1e200 if x > 0.9 else 1.0}

    people = pd.DataFrame({"flag": [True], "small": [0.25], "array": pd.array([3], dtype="Int64"), "large": [1.0]})
    found = fitted(task=simulate, data=people, free={"x": (0.0, 1.0)}, trials=30)
    assert found.distance == 0.0
    assert (found.table["distance"].isna() == (found.table["x"] > 0.9)).all()
    missing = pd.DataFrame({"a": pd.array([1, None, 3], dtype="Int64"), "b": [1.0, math.nan, 2.0], "c": [None, 2.0, 3.0]})
    assert read_people(missing).means.tolist() == [2.0, 1.5, 2.5]


def test_the_figure_shows_scores_and_a_profile_of_each_parameter(undisturbed: Any) -> None:
    scores, slope, rate = undisturbed.plot().axes
    assert [text.get_text() for text in scores.get_xticklabels()] == list(DATA)
    assert (slope.get_xlabel(), slope.get_xscale(), rate.get_xlabel(), rate.get_xscale()) == ("slope", "linear", "rate", "log")
    assert undisturbed.plot(profile_trials=2).axes[1].lines[1].get_xdata()[0] == 0.0


def test_progress_is_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    fitted(trials=8, progress=True)
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].startswith("fit of answers: 8 of 8 trials, smallest distance 0.")


def test_a_fit_without_optuna_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ParameterError, match=r"fits need Optuna; pip install 'connectionist-simulator\[fit\]'"):
        fitted()


def test_optuna_keeps_its_verbosity() -> None:
    import optuna

    before = optuna.logging.get_verbosity()
    fitted(trials=1)
    assert optuna.logging.get_verbosity() == before


def raising(*_: Any, **__: Any) -> dict[str, float]:
    """Raise an exception."""
    raise ValueError("no such word")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"data": {}}, r"fit.data: must have at least one condition"),
    ({"data": {"easy": math.nan}}, r"the score of 'easy' must be a number, at most 10¹⁰⁰ \(got nan\)"),
    ({"data": {"easy": "x"}}, r"the score of 'easy' must be a number, at most 10¹⁰⁰ \(got 'x'\)"),
    ({"data": {"easy": 10**400}}, r"the score of 'easy' must be a number, at most 10¹⁰⁰"),
    ({"data": {"easy": 1.0, "other": 1.0}}, r"'other' is missing or not finite \(the runs have 'easy', 'hard', 'late'\)"),
    ({"data": [1.0]}, r"fit.data: must be a dict or Series"),
    ({"data": pd.DataFrame()}, r"at least one condition"),
    ({"data": pd.DataFrame({"easy": [math.nan]})}, r"at least one score in each condition \(got none for 'easy'\)"),
    ({"data": pd.DataFrame({"name": ["easy"], "score": [0.9]})}, r"a DataFrame has a row per person and a column per condition"),
    ({"data": pd.Series([0.9, 0.7], ["easy", "easy"])}, r"each condition once \(got 'easy' twice\)"),
    ({"data": {"slope": 1.0}}, r"fit.free: must not have the name of a condition of data \(got 'slope'\)"),
    ({"free": {}}, r"fit.free: must be a dict"),
    ({"free": {"slope": (2.0, 1.0)}}, r"a low limit below the high one \(got \(2.0, 1.0\)\)"),
    ({"free": {"slope": (0.0, 1.0, "log")}}, r"limits above 10⁻¹⁰⁰, since the range is logarithmic"),
    ({"free": {"slope": (0.0, math.inf)}}, r"numbers as limits, at most 10¹⁰⁰"),
    ({"free": {"slope": (math.nan, 1.0)}}, r"numbers as limits, at most 10¹⁰⁰ \(got \(nan, 1.0\)\)"),
    ({"free": {"slope": (-1.7e308, 1.7e308)}}, r"numbers as limits, at most 10¹⁰⁰"),
    ({"data": {"easy": 1e200}}, r"must be a number, at most 10¹⁰⁰ \(got 1e\+200\)"),
    ({"data": {"a\nb": 1.0}}, r"names of conditions that can be printed"),
    ({"free": {"slope": (0.0, 1.0, "lin")}}, r"must be \(low, high\)"),
    ({"free": {"slope": [1, 1.0]}}, r"at least two choices, all different"),
    ({"free": {"slop": (0.0, 1.0)}}, r"answers has no parameter 'slop'; did you mean 'slope'"),
    ({"free": {"seed": (0, 1)}}, r"answers has no parameter 'seed'"),
    ({"seeds": []}, r"fit.seeds: must have at least one seed"),
    ({"seeds": range(10**12)}, r"fit.seeds: must be at most 100,000 \(got 1,000,000,000,000\)"),
    ({"trials": 0}, r"fit.trials: must be a whole number of at least 1"),
    ({"search_seed": -1}, r"fit.search_seed"),
    ({"workers": 0}, r"fit.workers: must be a whole number of at least 1"),
    ({"workers": 2, "task": lambda seed, slope, rate: {}}, r"fit.workers: only this process can make the runs.*\(got 2\)"),
    ({"executor": 3}, r"fit.executor: must be an executor"),
    ({"progress": 3}, r"fit.progress: must be True or False"),
    ({"measure": 3}, r"fit.measure: must be a function of a result"),
    ({"measure": lambda row: {**row, "hard": "much"}}, r"the score of 'hard' must be a number \(got 'much'\)"),
    ({"measure": raising}, r"fit: no run has a score \(ValueError: no such word; with slope"),
    ({"task": raising}, r"fit: no run has a score \(ValueError: no such word; with slope"),
    ({"task": lambda seed, slope, rate: {**answers(seed), **({} if seed > 1 else {"hard": None})}}, r"each of 24 trials has a run without"),
    ({"distance": lambda one: 1.0}, r"fit.distance: must be a function of the scores"),
    ({"distance": lambda one, other: math.nan}, r"fit.distance: the function must return a finite number \(got nan\)"),
    ({"distance": lambda one, other: 1 / 0}, r"fit.distance: .*it raised ZeroDivisionError"),
    ({"distance": lambda one, other: 1.0, "weights": DATA}, r"distance and weights exclude each other"),
    ({"weights": {"easy": 1.0}}, r"fit.weights: must have the conditions of data, 'easy', 'hard', 'late' \(got 'easy'\)"),
    ({"weights": {**DATA, "easy": -1.0}}, r"the weight of 'easy' must be a finite number of at least 0 \(got -1.0\)"),
    ({"weights": dict.fromkeys(DATA, 0)}, r"fit.weights: must have a weight above 0"),
    ({"task": "xor", "free": {"rate": (-1.0, 1.0)}}, r"xor.rate: must be a number above 0 \(got -1.0\)"),
    ({"task": "xor", "free": {"rte": (0.1, 1.0)}}, r"xor.rte: no such parameter; did you mean 'rate'"),
    ({"task": "xor", "free": {"rate": (0.1, 1.0)}, "epochs": 1}, r"are missing or not finite \(the runs have 'epochs', 'error'"),
    ({"task": "zor"}, r"unknown task 'zor'; did you mean 'xor'"),
    ({"task": None}, r"fit.task: must be the name of a task"),
    ({"parameters": {"slope": 1.0}}, r"fit.parameters: must not have 'slope', which varies"),
    ({"preset": "x"}, r"fit.preset: must not be given with a function"),
    ({"record": ()}, r"fit.record: no such argument"),
    ({"folder": 3}, r"fit.folder: must be the name of a file or folder"),
]


@pytest.mark.parametrize(("changed", "message"), WRONG, ids=[message[:40] for _, message in WRONG])
def test_a_wrong_argument_is_an_error_that_says_what_was_allowed(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConnectionistError, match=message):
        fitted(**changed)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda made: made.profile("slop"), "unknown free parameter 'slop'; did you mean 'slope'"),
        (lambda made: made.profile("slope", values=1), r"Fit.profile.values: must be a whole number of at least 2"),
        (lambda made: made.profile("slope", trials=-1), r"Fit.profile.trials: must be a whole number of at least 0"),
        (lambda made: made.save(3), r"Fit.save.folder: must be the name"),
        (lambda made: made.params, r"best"),
    ],
)
def test_a_wrong_call_of_a_fit_is_an_error(undisturbed: Any, call: Callable[[Any], Any], message: str) -> None:
    with pytest.raises((ParameterError, UnknownNameError), match=message):
        call(undisturbed)


def test_resampled_people_are_rows_of_the_data() -> None:
    people = read_people(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [10.0, 20.0, math.nan]}))
    for _ in range(50):
        a, b = people.resampled(np.random.default_rng()).tolist()
        assert 1 <= a <= 3
        assert b in (10.0, 15.0, 20.0) or b == pytest.approx(40 / 3) or b == pytest.approx(50 / 3)
