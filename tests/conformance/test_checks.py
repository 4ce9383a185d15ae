"""The public checks find each error. The message names the object, the property, what was allowed and what was found."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

import connectionist as cn
from connectionist.learning.run import Run
from connectionist.plugins import registry
from connectionist.plugins.functions import ActivationFunction
from connectionist.plugins.rules import LocalRule, SearchRule, UpdateRule
from connectionist.testing import check_activation_function, check_error_function, check_task, check_update_rule
from connectionist.utils.arrays import Array

Logistic: Any = registry.find("activation_functions", "logistic")
Softmax: Any = registry.find("activation_functions", "softmax")
Squared: Any = registry.find("error_functions", "squared")
Momentum: Any = registry.find("update_rules", "momentum")
Delta: Any = registry.find("update_rules", "delta")
Doug: Any = registry.find("update_rules", "dougs_momentum")


def frozen(base: type, **members: Any) -> Any:
    """Return a subclass of a plugin with some members replaced."""
    return dataclass(frozen=True)(type("Wrong", (base,), members))


class Counter:
    """A function that is not pure: it returns another number at each call."""

    count = 0.0

    def __call__(self, *_: object) -> float:
        Counter.count += 0.25
        return Counter.count % 1.0


by_chance = Counter()


def rejected(check: Callable[[Any], None], wrong: object, message: str) -> None:
    with pytest.raises(AssertionError, match=rf"Wrong.*, .*{message}") as rejection:
        check(wrong)
    assert "must " in str(rejection.value)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (frozen(Logistic, slope=lambda self, x, y: y), r"slope at -6.7363: must be the central difference, 0.001184\d+ \(got"),
        (
            frozen(Logistic, activation=lambda self, x: 2.0 * math.tanh(x)),
            r"activation at .*: must be a number from 0 to 1, its range \(got -",
        ),
        (frozen(Logistic, activation=Counter()), "called twice"),
        (frozen(Logistic, slope=lambda self, x, y: math.nan), "slope at .*: must be a finite number"),
        (frozen(Logistic, name="my logistic"), r"name: must be text without spaces"),
        (frozen(Logistic, range=(1.0, 0.0)), "range: must be the smallest activation, then a greater one"),
        (type("Wrong", (Logistic,), {}), "must be decorated with @dataclass"),
        (
            dataclass(type("Wrong", (ActivationFunction,), {"name": "w", "activation": lambda s, x: x, "slope": lambda s, x, y: 1.0})),
            "frozen",
        ),
        (
            frozen(Softmax, net_derivatives=lambda self, y, d, out: out.__setitem__(slice(None), [y[i] * d[i] for i in range(len(y))])),
            r"net_derivatives\[0\] at",
        ),
        (frozen(Softmax, activations=lambda self, x, y: y.__setitem__(slice(None), [math.exp(each) for each in x])), "its range"),
        (frozen(Softmax, activations=lambda self, x, y: None), "activation"),
        (frozen(Squared), "class: must be a subclass of ActivationFunction or JointActivationFunction"),
    ],
)
def test_wrong_activation_functions(wrong: object, message: str) -> None:
    rejected(check_activation_function, wrong, message)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            frozen(Squared, derivative=lambda self, y, d: 2.0 * (y - d)),
            "derivative at activation .*, target .*: must be the central difference",
        ),
        (frozen(Squared, derivative=lambda self, y, d: d - y), "must be the central difference"),
        (frozen(Squared, error=lambda self, y, d: 0.5 * (y - d) ** 2 + 1.0), "error for activation and target .*: must be 0"),
        (frozen(Squared, error=Counter()), "called twice|must be 0"),
        (frozen(Squared, derivative=lambda self, y, d: math.inf), "must be a finite number"),
        (frozen(Logistic), "class: must be a subclass of ErrorFunction"),
    ],
)
def test_wrong_error_functions(wrong: object, message: str) -> None:
    rejected(check_error_function, wrong, message)


@dataclass(frozen=True)
class NeedsArguments(UpdateRule):
    rate: float
    name = "needs"

    def change(self, value: float, derivative: float) -> tuple[float]:
        return (-self.rate * derivative,)


class Still(SearchRule):
    name = "still"

    def search(self, values: Array, evaluate: object, memory: object) -> Array:
        return values


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            frozen(Momentum, change=lambda s, v, d, m: (-s.rate * d,)),
            r"must be a tuple of 2 finite numbers, Δw and one for each name in memory",
        ),
        (frozen(Momentum, change=lambda s, v, d, m: [-s.rate * d, 0.0]), "must be a tuple of 2"),
        (frozen(Momentum, change=lambda s, v, d, m: (math.nan, m)), "finite"),
        (frozen(Momentum, change=lambda s, v, d, m: (s.rate * d, m)), "first change of a weight of 0 .*: must be against its derivative"),
        (frozen(Momentum, change=lambda s, v, d, m: (by_chance(), m)), "called twice"),
        (frozen(Momentum, memory=("last", "last")), "memory: must be a tuple of different names"),
        (frozen(Momentum, memory=["last"]), "memory: must be a tuple"),
        (frozen(Momentum, memory=([],)), "memory: must be a tuple of different names"),
        (frozen(Momentum, memory=3), "memory: must be a tuple of different names"),
        (frozen(Momentum, memory=()), r"change: must take the arguments value, derivative and one for each name in memory \(\)"),
        (frozen(Delta, signal=lambda s, v, y, r: 0.0), "signal: must take the arguments value, sender, receiver, target"),
        (frozen(Doug, change=lambda s, v, d, m: (d, m)), "change: must take the arguments value, derivative, summary and one"),
        (frozen(Still, search=lambda s, v: v), "search: must take the arguments values, evaluate, memory"),
        (frozen(Momentum, rate=0.25), "rate: has no annotation, so it is no parameter; must be declared as rate: float = 0.25"),
        (frozen(Momentum, limit=True), "limit: has no annotation, so it is no parameter; must be declared as limit: bool = True"),
        (frozen(Momentum, __post_init__=lambda self: None), r"rate: must be a number above 0, and otherwise raise ParameterError \(got"),
        (frozen(Momentum, with_rate=lambda self, rate: self), r"with_rate\(0.0625\): must be"),
        (frozen(Delta, signal=lambda s, v, y, r, t: (t - r) * y), "signal.*: must be a finite number"),
        (frozen(Delta, signal=Counter()), "called twice"),
        (frozen(Doug, summarize=lambda s, d: 1.0 / sum(x * x for x in d) if d else math.inf), "summarize.*finite"),
        (frozen(Still), "error after 5 searches of a quadratic error: must be below the error at the start"),
        (frozen(Still, search=lambda s, v, e, m: v[:-1]), "search: must be an array of 3 finite weights"),
        (frozen(Still, search=lambda s, v, e, m: v * 0 + by_chance()), "search, called twice"),
        (frozen(Logistic), "class: must be a subclass of UpdateRule or WholeNetRule or LocalRule or SearchRule"),
    ],
)
def test_wrong_rules(wrong: object, message: str) -> None:
    with np.errstate(all="ignore"):
        rejected(check_update_rule, wrong, message)


def test_an_abstract_class_lacks_what_it_does_not_define() -> None:
    @dataclass(frozen=True)
    class Unfinished(UpdateRule):
        name = "unfinished"

    with pytest.raises(AssertionError, match=r"^Unfinished lacks change$"):
        check_update_rule(Unfinished)


def test_a_task_without_a_source_is_rejected() -> None:
    class Unpublished(cn.Task):
        name = "unpublished"
        network = training_examples = phases = findings = None  # type: ignore[assignment]

    found = "must be where it was published, or a text such as 'not published' (got '')"
    with pytest.raises(AssertionError, match=re.escape(f"Unpublished, source: {found}")):
        check_task(dataclass(frozen=True)(Unpublished))


def test_a_task_may_fix_the_parameters_of_its_rule() -> None:
    @dataclass(frozen=True)
    class Fixed(cn.OnePhaseTask):
        name = "fixed"
        source = "these tests"
        rate = 0.5
        epochs = 2
        network = Not.network
        training_examples = Not.training_examples
        findings = Not.findings

    check_task(Fixed)


def test_a_class_that_needs_arguments_is_rejected_and_an_object_of_it_is_not() -> None:
    with pytest.raises(AssertionError, match="NeedsArguments, parameters: must all have default values"):
        check_update_rule(NeedsArguments)
    check_update_rule(NeedsArguments(rate=0.5))


def test_a_rule_whose_decay_an_engine_forgets_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    from connectionist.engines.weight_updates import WeightUpdate

    def forgetful(self: WeightUpdate, signal: float, summary: tuple[float, ...]) -> None:
        self.weight.change = self.rule.change(self.weight.value, signal, *summary, *self.own_memory)[0]  # type: ignore[attr-defined]
        self.weight.value = self.weight.value * (1.0 - self.rule.decay) + self.weight.change

    monkeypatch.setattr(WeightUpdate, "change", forgetful)
    with pytest.raises(AssertionError, match=r"weight after a change with decay 0.25: must be \(1 − decay\)\(w \+ Δw\)"):
        check_update_rule(cn.rule("steepest"), engine="local")


def test_a_local_rule_is_told_nan_where_there_is_no_target() -> None:
    @dataclass(frozen=True)
    class Wrong(LocalRule):
        rate: float = 0.1
        name = "wrong"

        def signal(self, value: float, sender: float, receiver: float, target: float) -> float:
            return 1.0 / (target - target + 1.0) if target == 0 else math.nan * target if math.isnan(target) else 0.0

        def change(self, value: float, signal: float) -> tuple[float]:
            return (self.rate * signal,)

    with pytest.raises(AssertionError, match=r"Wrong, signal\(0.0, 0.75, 0.25, nan\): must be a finite number \(got nan\)"):
        check_update_rule(Wrong)


@dataclass(frozen=True)
class Not(cn.Task):
    """The network must learn negation. Only for these tests."""

    rate: float = 0.5
    name = "not"
    source = "these tests"
    presets: ClassVar[dict[str, dict[str, Any]]] = {"default": {}, "published": {"rate": 0.25}}

    def network(self, seed: int) -> cn.Network:
        net = cn.Network("not")
        net.add_group("input", 1, role="input")
        net.add_group("output", 1, role="output")
        net.connect("input", "output")
        net.randomize(0.5, seed)
        return net

    @property
    def training_examples(self) -> cn.ExampleSet:
        return cn.ExampleSet.from_arrays([[0], [1]], [[1], [0]])

    @property
    def phases(self) -> Sequence[cn.Phase]:
        return [cn.Phase(cn.rule("steepest", rate=self.rate), 50)]

    def findings(self, network: cn.Network, run: Run) -> Sequence[cn.Finding]:
        return [cn.Finding("error", run.error, 0.1, "page 2")]


def test_a_right_task_passes_as_class_and_as_object() -> None:
    check_task(Not)
    check_task(Not(rate=1.0))


ONE_NETWORK = Not().network(1)


def network_by_chance(self: Not, seed: int) -> cn.Network:
    net = Not.network(self, seed)
    net.weights[0].value = float(np.random.default_rng().random())
    return net


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"presets": {"default": {}}}, "presets: must be a table that has 'published'"),
        ({"presets": {"default": {}, "published": {"rat": 1}}}, "preset 'published': must be of its parameters, rate"),
        ({"network": network_by_chance}, r"network\(1\), called twice: must be the same network"),
        ({"network": lambda self, seed: ONE_NETWORK}, "must be a new Network each time"),
        ({"phases": property(lambda self: [])}, "phases: must be at least one Phase"),
        ({"phases": property(lambda self: [cn.rule("steepest")])}, "phases: must be objects of class Phase"),
        ({"criterion": property(lambda self: 0.1)}, "criterion: must be a Criterion, a function of the run, or None"),
        (
            {"training_examples": property(lambda self: cn.ExampleSet.from_arrays([[0, 1]], [[1]]))},
            "training_examples: must fit its network",
        ),
        ({"testing_examples": property(lambda self: [[0], [1]])}, "testing_examples: must be an ExampleSet"),
        ({"findings": lambda self, net, run: [cn.Finding("error", run.error, 0.1)]}, "source of 'error': must be where it was published"),
        ({"findings": lambda self, net, run: [cn.Finding("error", None)]}, "note of 'error': must be the reason why it was not measured"),
        (
            {"findings": lambda self, net, run: [cn.Finding("error", [run.error])]},  # type: ignore[arg-type]
            r"task 'not': findings\(network, run\) must return a number .* as the measured value of 'error' \(got \[",
        ),
        ({"findings": lambda self, net, run: [cn.Finding("seconds", run.seconds)]}, "report of the same run again"),
        ({"for_seed": lambda self, seed: Softmax()}, r"for_seed\(1\): must be a Wrong"),
        ({"source": ""}, "source: must be where it was published"),
        ({"rate": 0.25}, "rate: has no annotation, so it is no parameter; must be declared as rate: float = 0.25"),
        ({"findings": lambda self, net: []}, "findings: must take the arguments network, run"),
        (
            {"findings": lambda self, net, run: {"error": run.error}},
            r"task 'not': findings\(network, run\) must return a list of cn.Finding \(got \{'error': ",
        ),
        ({"network": lambda self, seed: None}, r"network\(1\): must be a new Network each time \(got None\)"),
        ({"tolerance": 0.0}, "tolerance: must be above 0"),
        ({"name": "not it"}, "name: must be text without spaces"),
    ],
)
def test_wrong_tasks(members: dict[str, Any], message: str) -> None:
    rejected(check_task, frozen(Not, **members), message)


def test_checks_take_objects_too() -> None:
    check_activation_function(replace(Logistic(), gain=3.0))
    check_error_function(Squared())


def test_a_declared_bound_that_is_not_checked_is_noticed() -> None:
    @dataclass(frozen=True)
    class Unchecked(cn.UpdateRule):
        rate: float = cn.parameter(0.1, above=0)
        extra: float = cn.parameter(0.1, at_most=1)
        name = "unchecked"

        def __post_init__(self) -> None: ...

        def change(self, value: float, derivative: float, *memory: float) -> tuple[float, ...]:
            return (-self.rate * derivative,)

    with pytest.raises(AssertionError, match=r"Unchecked, rate: must be a number above 0, and otherwise raise ParameterError"):
        check_update_rule(Unchecked)
