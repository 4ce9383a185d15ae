"""Each procedure and rule with networks and examples that it may not be able to run: a sentence of this project, on both engines."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError, DataError, ParameterError, WiringError
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind, procedure_names

X, T = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([[0.1, 0.2], [0.9, 0.3], [0.1, 0.8]])
Case = tuple[cn.Network, cn.ExampleSet]


def plain() -> cn.ExampleSet:
    return cn.ExampleSet.from_arrays(X, T)


def held(ticks: int = 4, **options: Any) -> cn.ExampleSet:
    """Return examples held for some ticks."""
    return cn.ExampleSet([cn.Example.of_events([cn.Event(x, t, time=ticks)], **options) for x, t in zip(X, T, strict=True)])


def layered(hidden: dict[str, Any] | None = None, **of_output: Any) -> cn.Network:
    net = cn.Network("layered")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3, **hidden or {})
    net.add_group("output", 2, role="output", **of_output)
    net.connect("input", "hidden")
    net.connect("hidden", "output")
    net.randomize(0.5, seed=1)
    return net


def symmetric(**of_output: Any) -> cn.Network:
    net = layered(**of_output)
    net.make_symmetric("hidden", "output")
    return net


def without_hidden() -> Case:
    net = cn.Network("flat")
    net.add_group("input", 2, role="input")
    net.add_group("output", 2, role="output")
    net.connect("input", "output")
    return net, plain()


def without_connections() -> Case:
    net = cn.Network("separate")
    net.add_group("input", 2, role="input")
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output")
    return net, plain()


def without_input() -> Case:
    net = cn.Network("no input")
    net.add_group("hidden", 3)
    net.add_group("output", 2, role="output")
    net.connect("hidden", "output")
    return net, cn.ExampleSet([cn.Example([], t) for t in T])


def recurrent() -> Case:
    net = cn.simple_recurrent_network("recurrent", 2, 3, 2)
    net.randomize(0.5, seed=1)
    return net, held()


def two_ways() -> Case:
    net = layered()
    net.connect("output", "hidden", delay=1)
    return net, held()


def noisy() -> Case:
    net = layered()
    net["hidden"].net_input_noise = cn.Noise(0.1)
    return net, plain()


def clamped() -> Case:
    net = symmetric()
    return net, held().clamped(net, {"hidden:0": 0.5})


def lesioned() -> Case:
    net = layered()
    net.lesion("hidden")
    return net, plain()


def with_early_targets() -> cn.ExampleSet:
    return cn.ExampleSet([cn.Example.of_events([cn.Event(x, t), cn.Event(x, time=3)]) for x, t in zip(X, T, strict=True)])


RULES = ("momentum", "hebb", "perceptron", "lbfgs", "gauss_newton")  # one for each kind of requirement
SOFTMAX: dict[str, Any] = {"activation": "softmax", "error": "divergence"}
CASES: dict[str, Callable[[], Case]] = {
    "layered": lambda: (layered(), plain()),
    "without hidden": without_hidden,
    "without connections": without_connections,
    "without input": without_input,
    "ticks without time": lambda: (layered(), held()),
    "symmetric": lambda: (symmetric(), held()),
    "symmetric, one tick": lambda: (symmetric(), held(1)),
    "symmetric, no ticks": lambda: (symmetric(), plain()),
    "symmetric, early targets": lambda: (symmetric(), with_early_targets()),
    "symmetric, continued": lambda: (symmetric(), held(continues=True)),
    "softmax": lambda: (layered(**SOFTMAX), plain()),
    "softmax, symmetric": lambda: (symmetric(**SOFTMAX), held()),
    "integrating": lambda: (layered({"integrates": "net_input", "dt": 0.5}), held()),
    "recurrent": recurrent,
    "two ways": two_ways,
    "noisy": noisy,
    "clamped": clamped,
    "lesioned": lesioned,
    "no targets": lambda: (layered(), cn.ExampleSet.from_arrays(X, np.full((3, 2), np.nan))),
}


def outcome(case: Callable[[], Case], engine: str, epochs: int = 2, **given: Any) -> str:
    """Return the errors of E of a training, or the message of an error of this project."""
    net, examples = case()
    try:
        run = cn.train(net, examples, epochs=epochs, engine=engine, **given)
    except ConnectionistError as error:
        return f"{type(error).__name__}: {error}"
    return " ".join(f"{each:.9g}" for each in run.errors)


@pytest.mark.parametrize("case", CASES)
def test_no_rule_fails_otherwise_than_with_a_sentence(case: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in RULES:
            messages = {outcome(CASES[case], engine, 1, rule=name) for engine in ("local", "compiled")}
            assert len(messages) == 1 or not any("Error: " in each for each in messages), messages


@pytest.mark.parametrize("case", CASES)
def test_no_procedure_fails_otherwise_than_with_a_sentence(case: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in procedure_names():
            on_objects = outcome(CASES[case], "local", rule="steepest", procedure=name)
            if not issubclass(registry.find(procedure_kind(name), name), cn.ObjectProcedure):  # which the engine "local" runs in any case
                assert outcome(CASES[case], "compiled", rule="steepest", procedure=name) == on_objects, name


@pytest.mark.parametrize(
    ("case", "procedure", "error", "message"),
    [
        ("softmax", "recirculation", WiringError, r"depend on one another \(softmax\); give the group another activation function"),
        ("without connections", "recirculation", WiringError, r"connected input → hidden .*, and no others \(got no connections\)"),
        ("recurrent", "recirculation", WiringError, "hidden → context has a delay of 1; make it without delays and integrates"),
        ("recurrent", "predictive_coding", WiringError, "hidden → context has a delay of 1; make it without delays and integrates"),
        ("recurrent", "generec", WiringError, r"as in network\.connect\('output', 'hidden', delay=1\), or network\.make_symmetric"),
        ("recurrent", "contrastive_hebbian", WiringError, "hidden:0 → context:0 goes one way only, as into a context; leave out"),
        (
            "two ways",
            "contrastive_hebbian",
            WiringError,
            r"tie them, as in network\.tie\(\['hidden:0 → output:0', ",
        ),
        ("ticks without time", "direct_feedback_alignment", DataError, "needs examples without ticks; make them as cn.Example"),
        ("symmetric, one tick", "generec", DataError, r"the targets need 2 ticks to reach group 'hidden', and example .* has 1 tick; hold"),
        ("symmetric, no ticks", "generec", DataError, r"to hold a pattern for some ticks, with cn\.Example\.of_events"),
        ("symmetric, early targets", "contrastive_hebbian", DataError, "give the last tick its target, as in .*targets_at='last'"),
        ("symmetric, continued", "almeida_pineda", DataError, "cannot continue one another, as .* does; make them with continues=False"),
        ("noisy", "predictive_coding", WiringError, "must have none in training; remove it, as in group.net_input_noise = None"),
        ("clamped", "almeida_pineda", DataError, "make examples without them, or input groups"),
        ("layered", "perceptron", WiringError, "so bias → hidden and input → hidden cannot learn; connect the input units to the output"),
    ],
)
def test_the_sentence_says_what_is_missing_and_how_to_add_it(case: str, procedure: str, error: type[Exception], message: str) -> None:
    net, examples = CASES[case]()
    with pytest.raises(error, match=message):
        cn.train(net, examples, "steepest", 1, procedure=procedure)
    with pytest.raises(error, match=message):
        cn.error_derivatives(net, examples, procedure=procedure)


def test_unsymmetric_connections_within_a_group_are_tied_by_make_symmetric() -> None:
    net = layered()
    net.connect("hidden", "hidden", delay=1)
    net.make_symmetric("hidden", "output")
    with pytest.raises(WiringError, match=r"tie them, as in network\.make_symmetric\('hidden', 'hidden'\)"):
        cn.train(net, held(), "steepest", 1, procedure="contrastive_hebbian")
    net.make_symmetric("hidden", "hidden")
    assert cn.train(net, held(), "steepest", 1, procedure="contrastive_hebbian").epochs == 1


@pytest.mark.parametrize("rule", ["gauss_newton", "levenberg_marquardt"])
def test_rules_of_residuals_are_checked_before_training(rule: str) -> None:
    net = layered(error="cross_entropy", margin=0.1)
    with pytest.raises(ParameterError, match=rf"rule '{rule}': needs residuals, .* \(got 'cross_entropy', a margin\)"):
        cn.train(net, plain(), rule, 1)
    with pytest.raises(DataError, match=f"rule '{rule}': needs residuals, and no example has a target"):
        cn.train(layered(), CASES["no targets"]()[1], rule, 1)


def test_a_local_rule_is_its_own_procedure_by_name() -> None:
    once, twice = (cn.run("xor", seed=1, epochs=5, rule="hebb", **each) for each in ({}, {"procedure": "hebb"}))  # type: ignore[arg-type]
    assert once.report["phases"] == twice.report["phases"]
    assert once.report["error"] == twice.report["error"]
