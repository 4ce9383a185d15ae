"""The members of the base classes of tasks: a phase made from the fields, a data seed, and the correct cases."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

import connectionist as cn
from connectionist.errors import ParameterError, PluginError
from connectionist.experiments.run_contents import check_run
from connectionist.experiments.run_folder import write_run
from connectionist.plugins import registry
from connectionist.testing import check_task


class Disjunction(cn.OnePhaseTask):
    source = "these tests"

    def network(self, seed: int) -> cn.Network:
        net = cn.Network("either")
        net.add_group("input", 2, role="input")
        net.add_group("output", 1, role="output")
        net.connect("input", "output")
        net.randomize(0.5, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        return cn.ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [1]])

    def findings(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
        return []


@dataclass(frozen=True)
class Either(Disjunction):
    rate: float = cn.parameter(0.5, above=0)
    momentum: float = cn.parameter(0.25, at_least=0, below=1)
    update_after: Literal["epoch"] | int = cn.parameter("epoch", at_least=1)
    epochs: int = cn.parameter(3, at_least=0)
    data_seed: int | None = cn.parameter(None, at_least=0)
    name = "either"


def test_an_object_of_a_class_without_a_name_is_an_error_where_it_is_given() -> None:
    class Nameless(Disjunction):
        epochs = 1

    class Plain(cn.ActivationFunction):
        def activation(self, x: float) -> float:
            return x

        def slope(self, x: float, y: float) -> float:
            return 1.0

    class Step(cn.UpdateRule):
        def change(self, value: float, derivative: float) -> tuple[float]:
            return (-derivative,)

    net = cn.task("xor").network(seed=1)
    with pytest.raises(ParameterError, match=r"^Nameless: must have a name, as in name = 'nameless'$"):
        cn.run(Nameless(), seed=1)
    with pytest.raises(ParameterError, match=r"^Plain: must have a name, as in name = 'plain'$"):
        net["hidden"].activation_function = Plain()
    with pytest.raises(ParameterError, match=r"^Step: must have a name, as in name = 'step'$"):
        cn.train(net, cn.task("xor").training_examples, Step(), 1)


@dataclass(frozen=True)
class Fixed(Disjunction):
    rate: float = cn.parameter(0.5, above=0)
    epochs: int = cn.parameter(3, at_least=0)
    name = "fixed"
    rule = "steepest"
    update_after = 2
    order = "permuted"


def test_fields_give_the_rule_and_the_phase() -> None:
    task = Either(rate=0.125, update_after=1, epochs=7)
    assert task.phases == [cn.Phase(cn.rule("momentum", rate=0.125, momentum=0.25), 7, 1)]


def test_class_attributes_give_what_is_fixed() -> None:
    assert Fixed(rate=0.125).phases == [cn.Phase(cn.rule("steepest", rate=0.125), 3, 2, "permuted")]


def test_values_out_of_range_are_errors() -> None:
    with pytest.raises(ParameterError, match=r"either\.epochs: must be a whole number of at least 0"):
        Either(epochs=-1)


def test_a_run_gives_its_seed_to_the_data_unless_they_have_one() -> None:
    assert Either().for_seed(4) == Either(data_seed=4)
    assert Either(data_seed=0).for_seed(4) == Either(data_seed=0)
    assert cn.run(Either(), seed=5, epochs=1).report["parameters"]["data_seed"] == 5


def test_task_without_random_data_is_the_same_for_every_seed() -> None:
    task = cn.task("xor")
    assert task.for_seed(3) is task


def test_correct_cases_are_those_within_the_tolerance(engine: str) -> None:
    task = Either()
    net = task.network(seed=1)
    net.projection("input", "output").weights = [[4.0], [0.0]]  # the output follows the first input
    net.projection("bias", "output").weights = -2.0
    assert task.correct_cases(net, task.training_examples, engine).tolist() == [True, False, True, True]


def test_a_fixed_parameter_of_the_rule_may_be_a_class_attribute() -> None:
    @dataclass(frozen=True)
    class Fixed(Disjunction):
        name = "fixed"
        rate = 0.3
        epochs = 2

    (phase,) = Fixed().phases
    assert phase.rule == cn.rule("momentum", rate=0.3)
    assert phase.epochs == 2


def test_a_task_of_one_phase_needs_epochs() -> None:
    @dataclass(frozen=True)
    class Endless(Disjunction):
        name = "endless"

    with pytest.raises(ParameterError, match=r"endless.epochs: must be a field or an attribute of Endless"):
        Endless()


@dataclass(frozen=True)
class OddRule(cn.UpdateRule):
    rate: float = 0.1
    tolerance: float = 0.25
    phases: int = 3
    epochs: int = 4
    name = "odd_rule"

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (-self.rate * derivative,)


def test_members_of_the_base_class_are_no_parameters_of_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry.find
    monkeypatch.setattr(registry, "find", lambda kind, name: OddRule if name == "odd_rule" else known(kind, name))

    @dataclass(frozen=True)
    class Odd(Disjunction):
        rate: float = cn.parameter(0.5, above=0)
        epochs: int = cn.parameter(7, at_least=0)
        tolerance: float = 0.125  # type: ignore[misc]
        name = "odd"
        rule = "odd_rule"

    assert Odd().phases == [cn.Phase(OddRule(rate=0.5), 7)]


@dataclass(frozen=True)
class Mistyped(Disjunction):
    rate: float = cn.parameter(0.5, above=0)
    momemtum: float = cn.parameter(0.5, at_least=0, below=1)
    epochs: int = cn.parameter(3, at_least=0)
    name = "mistyped"


def test_a_field_that_is_similar_to_a_parameter_of_the_rule_gives_a_warning() -> None:
    with pytest.warns(UserWarning, match=r"mistyped\.momemtum: is no parameter of the rule 'momentum', .* did you mean 'momentum'\?"):
        assert Mistyped().phases == [cn.Phase(cn.rule("momentum", rate=0.5), 3)]
    with pytest.raises(AssertionError, match=r"phases: must give no warning \(mistyped\.momemtum: "):
        check_task(Mistyped)


def test_a_rule_is_given_by_its_name() -> None:
    @dataclass(frozen=True)
    class WithRule(Disjunction):
        epochs: int = 3
        name = "with_rule"
        rule = cn.rule("steepest")  # type: ignore[assignment]

    with pytest.raises(ParameterError, match=r"with_rule\.rule: must be the name of an update rule, .*\(got Steepest"):
        WithRule()


@dataclass(frozen=True)
class Weighted(Disjunction):
    weighting: str = "equal"
    presentations: int | None = None
    epochs: int = 2
    name = "weighted"


def test_all_fields_of_a_phase_may_be_fields_of_a_task() -> None:
    [phase] = Weighted(weighting="frequency", presentations=3).phases
    assert (phase.weighting, phase.presentations) == ("frequency", 3)
    assert [(one.weighting, one.presentations) for one in Weighted().phases] == [("equal", None)]
    with pytest.raises(ParameterError, match=r"Phase\.weighting: must be one of equal, frequency \(got 'log'\)"):
        _ = Weighted(weighting="log").phases


def test_a_report_has_the_tolerance_of_a_finding_that_has_one(tmp_path: Path) -> None:
    result = cn.run("necker-cube", seed=1, parameters={"starts": 2})
    assert [finding.get("tolerance") for finding in result.report["findings"]][2:6] == [None, 0.08, 0.08, None]
    assert ["tolerance" in finding for finding in result.report["findings"]][2:6] == [False, True, True, False]
    write_run(tmp_path, result, ["connectionist", "run", "necker-cube"])
    assert cn.read_run(tmp_path).report["findings"] == result.report["findings"]
    record = json.loads((tmp_path / "run.json").read_text())
    record["report"]["findings"][3]["tolerance"] = "small"
    with pytest.raises(ValueError, match=r"'report\.findings\.tolerance' must be a number \(got 'small'\)"):
        check_run(record)


@pytest.mark.parametrize("tolerance", [0, -1, float("nan"), "0.1", True])
def test_a_wrong_tolerance_is_an_error_of_the_task(tolerance: Any) -> None:
    class Wrong(type(cn.task("xor"))):  # type: ignore[misc]
        def findings(self, network: cn.Network, run: cn.Run) -> list[cn.Finding]:
            return [cn.Finding("size", 1.0, 1.0, "here", tolerance=tolerance)]

    with pytest.raises(PluginError, match=r"a number above 0 or None as the tolerance of 'size'"):
        cn.run(Wrong(), seed=1, epochs=1)
