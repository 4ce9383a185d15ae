"""Comparison of rules and procedures: the search for rates, the tables, pairs that cannot be run, and folders that are continued."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from pandas.testing import assert_frame_equal

import connectionist as cn
from connectionist.errors import FileError, ParameterError, UnknownNameError
from connectionist.experiments.rule_comparison.pairs import make_pairs
from connectionist.experiments.rule_comparison.rates import best_rate
from connectionist.experiments.settling_task import SettlingTask
from connectionist.experiments.study.execute import execute_chunk
from connectionist.plugins import registry

API: Any = cn  # for calls with wrong arguments
RULES, PROCEDURES = ["momentum", "irprop_minus", "scaled_conjugate_gradient"], ["back_propagation", "contrastive_hebbian"]


def compared(**options: Any) -> cn.RuleComparison:
    given: dict[str, Any] = {"rules": RULES, "procedures": PROCEDURES, "seeds": range(1, 5), "ticks": 6, "epochs": 150}
    given |= {"rates": [0.3, 2.0], "workers": 1}
    return cn.compare_rules("xor", **given | options)


@pytest.fixture(scope="module")
def found() -> cn.RuleComparison:
    return compared()


def test_runs_have_the_bits_of_the_same_runs_alone(found: cn.RuleComparison) -> None:
    row = found.runs.query("rule == 'irprop_minus' and procedure == 'back_propagation' and seed == 2").iloc[0]
    options: Any = {"rule": "irprop_minus", "procedure": "back_propagation", "parameters": {"initial_step": row["rate"]}}
    alone = cn.run("xor", seed=2, epochs=150, **options).report
    assert (row["error"], row["epochs"], row["stopped"]) == (alone["error"], alone["epochs"], alone["stopped"])


def test_each_rate_is_tried_on_seeds_that_are_not_compared(found: cn.RuleComparison) -> None:
    assert sorted(found.runs["seed"].unique()) == [1, 2, 3, 4]
    assert sorted(found.tries["seed"].unique()) == [5, 6, 7]
    tried = found.tries.groupby(["rule", "procedure"])["rate"].value_counts()
    assert set(tried) == {3}
    assert {rule for rule, _, _ in tried.index} == {"momentum", "irprop_minus"}, "a rule without a rate is not searched"
    assert len(tried) == 4 * 2


def test_the_table_has_the_distribution_over_runs(found: cn.RuleComparison) -> None:
    assert [*zip(found.table["rule"], found.table["procedure"], strict=True)] == [(rule, each) for rule in RULES for each in PROCEDURES]
    assert found.table["parameter"].tolist() == ["rate", "rate", "initial_step", "initial_step", "", ""]
    row = found.table.iloc[0]
    runs = found.runs.query("rule == 'momentum' and procedure == 'back_propagation'")
    after = runs["learned_after"].dropna()
    assert (row["n"], row["learned"]) == (4, runs["learned"].sum()) == (4, len(after))
    assert (row["epochs"], row["q1"], row["q3"]) == (after.median(), *np.percentile(after, [25, 75]))
    assert row["error"] == runs["error"].median()
    assert row["rate"] == 2.0
    assert row["note"] == "the largest rate tried was the best"
    assert math.isnan(found.table["rate"][4])


def test_a_pair_that_cannot_be_run_has_the_reason(found: cn.RuleComparison) -> None:
    row = found.table.iloc[5]
    assert (row["n"], row["learned"]) == (0, 0)
    assert row["note"].startswith(
        "procedure: rule 'scaled_conjugate_gradient' searches for the minimum of E, so it needs 'back_propagation'"
    )
    without = compared(rules=["momentum"], ticks=None, rates=[1.0]).table
    assert without["n"].tolist() == [4, 0]
    assert without["note"][1] == (
        "procedure 'contrastive_hebbian': needs symmetric connections, and hidden:0 → output:0 has no opposite one; add them, as in "
        "network.make_symmetric('hidden', 'output'); or give ticks=15 (--ticks 15), for symmetric connections and examples of 15 "
        "ticks"
    )
    too_few = cn.compare_rules("xor", rules=["steepest"], procedures=["contrastive_hebbian"], ticks=1, seeds=[1], rates=[0.1], epochs=2)
    (note,) = too_few.table["note"]
    assert note.startswith("with symmetric connections, 1 tick: procedure 'contrastive_hebbian': the targets need 2 ticks to reach")
    assert note.endswith("or give ticks=15 (--ticks 15), for symmetric connections and examples of 15 ticks")


def test_procedures_that_do_not_come_to_rest_in_the_search_give_no_warning() -> None:
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        found = cn.compare_rules(
            "symmetry",
            rules=["momentum"],
            procedures=["equilibrium_propagation"],
            ticks=8,
            seeds=[1],
            search_seeds=[2],
            rates=[0.3, 10.0],
            epochs=60,
            workers=1,
        )
    assert found.table["rate"].tolist() == [0.3]
    assert not [each for each in given if "not at rest" in str(each.message)]


def test_an_error_of_a_run_is_the_reason() -> None:
    class Limited(type(cn.task("xor"))):  # type: ignore[misc]
        name = "limited"

        def network(self, seed: int) -> cn.Network:
            network: cn.Network = super().network(seed)
            network.projection("input", "hidden").limits = (-1.0, 1.0)
            return network

    table = cn.compare_rules(Limited(), rules=["lbfgs"], procedures=["back_propagation"], seeds=[1], epochs=1, workers=1).table
    assert table["n"][0] == 0
    assert table["note"][0].startswith("rule 'lbfgs' searches without limits, so projection input → hidden cannot have any; assign")


def test_a_settling_task_has_the_initial_weights_and_the_held_examples(found: cn.RuleComparison) -> None:
    base = cn.task("xor")
    task = SettlingTask(base, 6)
    plain, settling = base.network(3), task.network(3)
    assert settling.weight_values.tolist() == plain.weight_values.tolist()
    assert settling.projection("output", "hidden").delay == 1
    assert task.training_examples.inputs.shape == (4, 6, 2)
    assert np.array_equal(task.training_examples.targets[:, -1], base.training_examples.targets)
    assert np.isnan(task.training_examples.targets[:, :-1]).all()
    assert (task.tolerance, task.criterion, task.phases) == (base.tolerance, base.criterion, base.phases)
    assert "symmetric connections, 6 ticks" in found.table["note"][1]
    row = found.runs.query("procedure == 'contrastive_hebbian' and rule == 'momentum' and seed == 1").iloc[0]
    options: Any = {"rule": "momentum", "procedure": "contrastive_hebbian", "parameters": {"rate": row["rate"]}}
    assert row["error"] == cn.run(task, seed=1, epochs=150, **options).report["error"]


def test_ticks_are_for_tasks_without_time() -> None:
    table = cn.compare_rules(
        "shift-register", rules=["momentum"], procedures=["contrastive_hebbian"], seeds=[1], ticks=5, epochs=1, workers=1
    ).table
    assert table["n"][0] == 0
    assert "procedure 'contrastive_hebbian': needs symmetric connections" in table["note"][0]


def test_local_rules_have_their_own_procedure() -> None:
    every = make_pairs(None, None)
    names = registry.get_registry().names("update_rules")
    assert {pair.rule for pair in every} == set(names)
    assert not [pair for pair in every if pair.obstacle]
    assert [pair.procedure for pair in every if pair.rule == "hebb"] == ["hebb"]
    assert [pair.procedure for pair in every if pair.rule == "scaled_conjugate_gradient"] == ["back_propagation"]
    assert [pair.rule for pair in make_pairs(None, ["hebb"]) if pair.rule in ("hebb", "momentum", "delta", "lbfgs")] == ["hebb", "momentum"]
    table = cn.compare_rules("xor", rules=["hebb"], seeds=[1], rates=[0.1, 0.2], epochs=3, workers=1).table
    assert (table["procedure"][0], table["n"][0]) == ("hebb", 1)
    assert table["note"][0] == "no run of the search learned, so the rate is the one with the least error"


def _runs(*rows: tuple[bool, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["learned", "learned_after", "error"])


@pytest.mark.parametrize(
    ("tries", "best"),
    [
        ([(0.1, _runs((True, 9, 5), (False, math.nan, 5))), (1.0, _runs((True, 90, 5), (True, 90, 5)))], 1.0),  # more have learned
        ([(0.1, _runs((True, 9, 5))), (1.0, _runs((True, 8, 6)))], 1.0),  # in fewer epochs
        ([(0.1, _runs((False, math.nan, 5))), (1.0, _runs((False, math.nan, 4)))], 1.0),  # with less error
        ([(0.1, _runs((False, math.nan, 5))), (1.0, _runs((False, math.nan, math.nan)))], 0.1),  # none diverged
        ([(0.1, _runs((True, 9, 5))), (1.0, _runs((True, 9, 5)))], 0.1),  # the smaller one
    ],
)
def test_the_best_rate(tries: list[tuple[float, pd.DataFrame]], best: float) -> None:
    assert best_rate(tries) == best


def test_the_same_call_goes_on_in_a_folder(found: cn.RuleComparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "c"
    compared(rules=["momentum"], seeds=[1, 2], search_seeds=[5, 6, 7], folder=folder)
    made: list[int] = []

    def counted(chunk: Any) -> Any:
        results = execute_chunk(chunk)
        made.append(len(results.rows))
        return results

    monkeypatch.setattr("connectionist.experiments.study.scheduler.execute_chunk", counted)
    monkeypatch.setattr("connectionist.experiments.study.executors.execute_chunk", counted, raising=False)
    whole = compared(folder=folder)
    for name in ("table", "runs", "tries"):
        assert_frame_equal(getattr(whole, name).drop(columns="seconds"), getattr(found, name).drop(columns="seconds"))
    assert sum(made) == (20 + 4 * 2 * 3) - (4 + 2 * 2 * 3)
    made.clear()
    compared(folder=folder)
    assert not made
    assert len(cn.read_study(folder / "runs").table) == len(whole.runs.query("procedure == 'back_propagation'")) + 2 * 2 * 3


def test_a_folder_with_other_files_is_an_error_before_any_run(tmp_path: Path) -> None:
    """The tables were written among the files of a run, and ``runs.csv`` over that of a study."""
    for number, name in enumerate(("run.json", "study.json", "runs.csv", "notes.txt")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).write_text("{}")
        with pytest.raises(FileError, match=rf"has files that are not of a comparison \('{name}'\); choose another folder"):
            compared(rules=["lbfgs"], procedures=["back_propagation"], folder=folder)
        assert [path.name for path in folder.iterdir()] == [name]
    with pytest.raises(FileError, match="Not a directory"):
        compared(rules=["lbfgs"], procedures=["back_propagation"], folder=tmp_path / "0" / "run.json")


def test_representations(found: cn.RuleComparison) -> None:
    assert repr(found) == "<RuleComparison of xor: 5 pairs, 1 not run, 20 runs>"
    html = found._repr_html_()
    assert html is not None
    assert "contrastive_hebbian" in html
    assert "<img" in html
    upper, lower = found.plot().axes
    assert [bar.get_height() for bar in upper.patches if isinstance(bar, Rectangle)] == [
        100 * each / 4 for each in found.table["learned"][:5]
    ]
    assert lower.get_xticklabels()[0].get_text() == "momentum, back_propagation"
    none = compared(rules=["scaled_conjugate_gradient"], procedures=["hebb"])
    assert "scaled_conjugate_gradient" in str(none._repr_html_())
    with pytest.raises(ParameterError, match=r"RuleComparison\.plot: no pair was run; the column 'note'"):
        none.plot()


def test_a_figure_without_a_run_that_learned() -> None:
    upper, lower = compared(rules=["momentum"], procedures=["back_propagation"], epochs=2, seeds=[1]).plot().axes
    assert [tick.get_text() for tick in lower.get_xticklabels()] == ["momentum, back_propagation"]
    assert upper.get_ylabel() == "learned, % of runs"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: compared(rules="momentum"), r"compare_rules\.rules: must be a list of names, such as \['momentum'\] \(got 'momentum'\)"),
        (lambda: compared(rules=[]), r"compare_rules\.rules: must have at least one name"),
        (lambda: compared(rules=[cn.rule("adam")]), r"compare_rules\.rules: must be a list of names"),
        (lambda: compared(rules={"momentum", "adam"}), r"compare_rules\.rules: must be in an order, such as a list \(got a set"),
        (lambda: compared(procedures=["hebb", "hebb"]), r"compare_rules\.procedures: must have each name once \(got 'hebb' twice\)"),
        (lambda: compared(rates=[0.1, 0.0]), r"compare_rules\.rates\[1\]: must be a number above 0"),
        (lambda: compared(rates=0.1), r"compare_rules\.rates: must be a list of numbers, such as .* \(got 0\.1\)"),
        (lambda: compared(rates=[]), r"compare_rules\.rates: must have at least one number, and each once \(got \[\]\)"),
        (lambda: compared(search_seeds="a"), r"compare_rules\.search_seeds: must be a list or range of whole numbers"),
        (lambda: compared(seeds=[-1]), r"compare_rules\.seeds\[0\]: must be a whole number of at least 0"),
        (lambda: compared(seeds={1, 2}), r"compare_rules\.seeds: must be in an order, such as a list \(got a set"),
        (lambda: compared(rates={1: 0.1}), r"compare_rules\.rates: must be a list of numbers"),
        (lambda: compared(search_seeds=[9, 2]), r"compare_rules\.search_seeds: must not have a seed of the comparison \(got 2\)"),
        (lambda: compared(ticks=0), r"compare_rules\.ticks: must be a whole number of at least 1"),
        (lambda: compared(seeds=[]), r"compare_rules\.seeds: must have at least one seed"),
        (lambda: compared(parameters=3), r"compare_rules\.parameters: must be a dict"),
        (lambda: compared(parameters={"rat": 3}), r"xor\.rat: no such parameter"),
        (lambda: compared(epochs=-1), r"compare_rules\.epochs: must be a whole number of at least 1"),
        (lambda: API.compare_rules(3, seeds=[1]), r"run\.task: must be the name of a task"),
    ],
)
def test_mistakes_are_sentences(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


def test_unknown_names_are_sentences() -> None:
    with pytest.raises(UnknownNameError, match="unknown update rule 'momentun'; did you mean 'momentum'"):
        compared(rules=["momentun"])
    with pytest.raises(UnknownNameError, match="unknown learning procedure 'chl'"):
        compared(procedures=["chl"])


@pytest.mark.parametrize("task", ["necker-cube", "jets-and-sharks"])
def test_a_task_that_trains_nothing_is_an_error(task: str) -> None:
    with pytest.raises(ParameterError, match=f"task '{task}' trains nothing, so there are no rules to compare"):
        cn.compare_rules(task, seeds=[1])


@pytest.mark.parametrize("task", ["competitive-letters", "map"])
def test_a_task_without_targets_is_an_error(task: str) -> None:
    with pytest.raises(ParameterError, match=f"no example of task '{task}' has a target, so its runs have no error"):
        cn.compare_rules(task, seeds=[1])


def test_search_and_local_rules_train_any_task() -> None:
    options: dict[str, Any] = {"seeds": [1], "epochs": 1, "rates": [0.1], "workers": 1}
    found = cn.compare_rules("pattern-associator", rules=["lbfgs"], **options).table
    assert found["n"].tolist() == [1]
    assert found["note"].tolist() == ["update_after='epoch' instead of 1"]
    machine = cn.compare_rules("boltzmann-encoder", rules=["lbfgs", "delta"], **options).table
    assert machine["n"].tolist() == [1, 1], machine["note"].tolist()


def test_rates_that_are_not_allowed_are_left_out() -> None:
    class Bounded(type(cn.task("xor"))):  # type: ignore[misc]
        name = "bounded"
        rate: float = cn.parameter(0.5, above=0, at_most=1)
        __annotations__ = {"rate": float}

    bounded = dataclass(frozen=True)(Bounded)()
    options: dict[str, Any] = {"procedures": ["back_propagation"], "seeds": [1], "search_seeds": [2], "epochs": 2, "workers": 1}
    found = cn.compare_rules(bounded, rules=["momentum", "irprop_minus"], rates=[0.1, 2.0, 60.0], **options)
    assert found.tries["rate"].tolist() == [0.1, 0.1, 2.0]
    assert found.table["n"].tolist() == [1, 1]
    assert "not tried: 2, 60 (bounded.rate: must be a number above 0 and at most 1 (got 2.0))" in found.table["note"][0]
    assert "not tried: 60 (irprop_minus: initial_step must be at least smallest_step" in found.table["note"][1]
    none = cn.compare_rules(bounded, rules=["momentum"], rates=[2.0], **options).table
    assert none["note"].tolist() == ["no rate is allowed: bounded.rate: must be a number above 0 and at most 1 (got 2.0)"]
