"""Running a small task that is defined here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import DivergenceError, ParameterError, PluginError, TrainingInterrupted, UnknownNameError
from connectionist.experiments import seed_summary
from connectionist.experiments.prepared_run import Preparation
from connectionist.learning.run import Run
from connectionist.reporting import text
from connectionist.testing import check_task


@dataclass(frozen=True)
class And(cn.Task):
    """The network must learn the conjunction of two inputs. Only for these tests."""

    rate: float = 0.5
    held_out: int = -1
    name = "and"
    source = "these tests"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"default": {}, "published": {"rate": 0.25}, "wild": {"rate": 1e300}}

    def for_seed(self, seed: int) -> "And":
        return replace(self, held_out=seed % 4) if self.held_out >= 0 else self

    def network(self, seed: int) -> cn.Network:
        net = cn.Network("and")
        net.add_group("input", 2, role="input")
        net.add_group("output", 1, role="output", activation="linear" if self.rate > 1e6 else "logistic")
        net.connect("input", "output")
        net.randomize(0.5, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        return cn.ExampleSet(example for number, example in enumerate(self._all) if number != self.held_out)

    @property
    def testing_examples(self) -> cn.ExampleSet | None:
        return cn.ExampleSet([self._all[self.held_out]]) if self.held_out >= 0 else None

    @property
    def phases(self) -> Sequence[cn.Phase]:
        return [cn.Phase(cn.rule("steepest", rate=self.rate), 3), cn.Phase(cn.rule("momentum", rate=self.rate), 200)]

    @property
    def criterion(self) -> cn.Criterion | None:
        return cn.Criterion(correct=1.0)

    def findings(self, network: cn.Network, run: Run) -> Sequence[cn.Finding]:
        weight = network.connection("input:0", "output:0").weight.value
        return [cn.Finding("weight from the first input", weight, 5.0, "page 1"), cn.Finding("stopped", run.stopped)]

    @property
    def _all(self) -> cn.ExampleSet:
        return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]])


def test_it_keeps_the_public_contract() -> None:
    check_task(replace(And(), held_out=0))


def test_the_report_has_what_the_command_line_prints(engine: str) -> None:
    result = cn.run(And(), seed=3, engine=engine)
    report = json.loads(json.dumps(result.report, allow_nan=False))
    expected = {"task": "and", "preset": "default", "parameters": {"rate": 0.5, "held_out": -1}, "seed": 3, "engine": engine}
    assert expected.items() <= report.items()
    assert (report["correct"], report["test_correct"], report["stopped"]) == (1.0, None, "criterion")
    assert report["epochs"] == result.run.epochs == len(result.log) > 3
    assert report["error"] == result.run.errors[-1]
    assert [finding["quantity"] for finding in report["findings"]] == ["weight from the first input", "stopped"]
    assert report["findings"][0]["source"] == "page 1"


def test_the_seed_repeats_a_run_and_another_does_not(engine: str) -> None:
    one, again, other = (cn.run(And(), seed=seed, engine=engine) for seed in (3, 3, 4))
    assert np.array_equal(one.network.weight_values, again.network.weight_values)
    assert not np.array_equal(one.network.weight_values, other.network.weight_values)


def test_what_a_task_draws_for_the_seed_is_what_is_run() -> None:
    result = cn.run(And(held_out=0), seed=3)
    assert isinstance(result.task, And)
    assert result.task.held_out == 3
    assert len(result.task.training_examples) == 3
    assert result.report["test_correct"] in (0.0, 1.0)
    assert result.report["parameters"]["held_out"] == 3


@pytest.mark.parametrize(("epochs", "by_phase"), [(0, [0, 0]), (2, [2, 0]), (10, [3, 7]), (300, [3, 297])])
def test_epochs_cut_the_phases_short_or_draw_the_last_one_out(epochs: int, by_phase: list[int]) -> None:
    result = cn.run(And(), epochs=epochs)
    assert [phase.epochs for phase in result.run.phases] == by_phase
    assert result.run.epochs <= epochs
    assert (result.report["error"] is None) == (epochs == 0)


def test_another_rule_takes_over_the_parameters_that_it_also_has() -> None:
    result = cn.run(And(), rule="dougs_momentum", parameters={"momentum": 0.25}, epochs=1)
    rules = [phase.rule for phase in result.run.phases]
    assert rules == [cn.rule("dougs_momentum", rate=0.5, momentum=0.25)] * 2


def test_parameters_of_the_task_come_before_those_of_the_rule() -> None:
    result = cn.run(And(), rule="momentum", parameters={"rate": 0.125}, epochs=1)
    assert result.report["parameters"]["rate"] == 0.125
    assert result.run.phases[0].rule.rate == 0.125  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"parameters": {"rat": 1}}, ParameterError, r"and.rat: no such parameter; did you mean 'rate'\? Known: rate, held_out"),
        ({"parameters": {3: 1}}, ParameterError, r"and.3: no such parameter; known: rate, held_out"),
        ({"parameters": {"momentum": 0.5}}, ParameterError, "and.momentum: no such parameter"),
        ({"rule": "momentun"}, UnknownNameError, "unknown update rule 'momentun'"),
        ({"engine": "lokal"}, UnknownNameError, "unknown engine 'lokal'"),
        ({"epochs": -1}, ParameterError, "run.epochs: must be a whole number of at least 0"),
        ({"seed": -1}, ParameterError, "seed: must be a whole number"),
        ({"parameters": {"rate": -1}}, ParameterError, "steepest.rate: must be a number above 0"),
    ],
)
def test_mistakes_are_rejected(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cn.run(And(), **arguments)


def test_seeds_are_run_one_after_the_other() -> None:
    runs = cn.run_seeds(And(), range(2, 5), epochs=1)
    assert next(runs).report["seed"] == 2
    assert [result.report["seed"] for result in runs] == [3, 4]


def test_the_preparation_that_checks_the_arguments_is_that_of_the_first_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    class Counted(Preparation):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            made.append(self)
            super().__init__(*arguments, **options)

    monkeypatch.setattr("connectionist.experiments.run_seeds.Preparation", Counted)
    assert len(list(cn.run_seeds("xor", range(3), epochs=0))) == 3
    assert len(made) == 1


def test_ctrl_c_leaves_a_report_on_what_was_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(criterion: cn.Criterion, error: float, correct: float) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(cn.Criterion, "is_met", interrupt)
    with pytest.raises(TrainingInterrupted) as interrupted:
        cn.run(And(), engine="local")
    assert interrupted.value.result.report["stopped"] == "interrupted"
    assert interrupted.value.result.run is interrupted.value.run


def test_a_divergence_leaves_a_report_on_what_was_learned_before(engine: str) -> None:
    with pytest.raises(DivergenceError) as diverged:
        cn.run(And(rate=1e300), engine=engine)
    assert diverged.value.result.report["stopped"] == "diverged"
    json.dumps(diverged.value.result.report, allow_nan=False)


def test_findings_are_a_table_that_keeps_what_they_are() -> None:
    result = cn.run("symmetry", seed=1, epochs=1)
    table = result.findings
    assert [*table] == ["measured", "published", "source", "note"]
    assert [*table.index] == [finding["quantity"] for finding in result.report["findings"]]
    assert [*table["published"]][:2] == [1425, True]
    assert table["measured"].iloc[1] is False


def test_a_result_shows_what_came_of_it() -> None:
    result = cn.run(And(), seed=3, epochs=2)
    assert repr(result).startswith("<Result task and, preset default, seed 3, epochs 2, error ")


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("network", lambda self, seed: None, r"network\(seed\) must return a Network \(got None\)"),
        ("findings", lambda self, net, run: {"a": 1}, r"findings\(network, run\) must return a list of cn.Finding \(got {'a': 1}\)"),
        ("findings", lambda self, net, run: [1], r"findings\(network, run\) must return a list of cn.Finding \(got \[1\]\)"),
        ("phases", property(lambda self: None), r"phases must return a list of one or more cn.Phase \(got None\)"),
        ("training_examples", [[0, 1]], r"training_examples must return an ExampleSet \(got \[\[0, 1\]\]\)"),
        ("training_examples", lambda self: [], r"training_examples must return an ExampleSet \(got .*; is @property missing\?\)"),
        ("for_seed", lambda self, seed: None, r"for_seed\(seed\) must return a Task \(got None\)"),
    ],
)
def test_members_that_return_the_wrong_type_are_errors_of_the_task(member: str, value: object, message: str) -> None:
    xor = type(cn.task("xor"))
    wrong = type("Wrong", (xor,), {member: value})
    with pytest.raises(PluginError, match=f"^task 'xor': {message}"):
        cn.run(wrong(), epochs=1, engine="local")


def test_over_seeds_only_notes_that_hold_for_all_are_shown() -> None:
    findings = [
        [
            {"quantity": "size", "measured": number, "published": None, "source": "", "note": "in bits"},
            {"quantity": "who", "measured": number, "published": None, "source": "", "note": f"seed {number}"},
        ]
        for number in (1.0, 2.0)
    ]
    common = {"task": "t", "preset": "p", "phases": [], "engine": "local", "parameters": {}, "epochs": 1, "error": 1.0, "correct": 1.0}
    runs = [
        {**common, "seed": seed, "stopped": "epochs", "seconds": 0.0, "test_correct": None, "findings": found}
        for seed, found in enumerate(findings)
    ]
    table = text.summary_tables(seed_summary.summarize(runs, has_criterion=False))[0]
    assert table.notes == ["[1] in bits"]


def test_a_quantity_that_one_run_of_several_measured_has_the_number_of_runs() -> None:
    common = {"task": "t", "preset": "p", "phases": [], "engine": "local", "parameters": {}, "epochs": 1, "error": 1.0, "correct": 1.0}
    finding = {"quantity": "size", "published": None, "source": "", "note": ""}
    runs = [
        {**common, "seed": seed, "stopped": "epochs", "seconds": 0.0, "test_correct": None, "findings": [{**finding, "measured": measured}]}
        for seed, measured in enumerate((354, None))
    ]
    table = text.summary_tables(seed_summary.summarize(runs, has_criterion=False))[0]
    assert table.rows[0][1] == "354 (1 run)"


@pytest.mark.parametrize("last", ["a", -1])
@pytest.mark.parametrize("count", [1, 2, 40])
def test_results_of_seeds_before_a_wrong_one_of_an_iterator_come_first(count: int, last: Any) -> None:
    runs = cn.run_seeds("xor", iter([*range(count), last, 50]), epochs=1)
    assert [next(runs).run.seed for _ in range(count)] == list(range(count))
    with pytest.raises(cn.errors.ParameterError, match=r"^run_seeds\.seeds"):
        next(runs)


def test_an_exception_of_the_iterator_of_seeds_comes_after_the_results_before_it() -> None:
    runs = cn.run_seeds("xor", (6 // seed for seed in (3, 2, 0)), epochs=1)
    assert [next(runs).run.seed, next(runs).run.seed] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(runs)
