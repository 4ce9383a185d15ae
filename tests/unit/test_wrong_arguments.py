"""An argument of the wrong type is an error that names the argument and what is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.errors import ConnectionistError, ParameterError

EXAMPLES = cn.ExampleSet.from_arrays([[0, 1]], [[1]])
RULE = cn.rule("momentum")
API: Any = cn  # not typed, since the arguments here have the wrong type


def small_network() -> cn.Network:
    net = cn.Network("small")
    net.add_group("input", 2, role="input")
    net.add_group("output", 1, role="output")
    net.connect("input", "output", weights=0.5)
    return net


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("train", lambda given: API.train(given, EXAMPLES, RULE, 1)),
        ("error_derivatives", lambda given: API.error_derivatives(given, EXAMPLES)),
        ("record", lambda given: API.record(given, EXAMPLES, "activation")),
        ("save_weights", lambda given: API.save_weights(given, "weights.npz")),
        ("load_weights", lambda given: API.load_weights(given, "weights.npz")),
        ("settle", lambda given: API.settle(given, [0, 1])),
        ("step", lambda given: API.step(given, [0, 1])),
        ("add_context", lambda given: API.add_context(given, "hidden")),
        ("error_surface", lambda given: API.plots.error_surface(given, EXAMPLES, "input:0 → output:0", "input:1 → output:0")),
        ("network_drawing", cn.plots.network_drawing),
        ("hinton_figure", cn.plots.hinton_figure),
        ("response", lambda given: API.plots.response(given, "output:0")),
    ],
)
@pytest.mark.parametrize("given", ["xor", None, EXAMPLES], ids=["name", "none", "examples"])
def test_something_else_than_a_network(name: str, call: Callable[[Any], object], given: object) -> None:
    with pytest.raises(ConnectionistError, match=rf"^{name}\.network: must be a Network \(got "):
        call(given)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda net: API.train(net, EXAMPLES, API.rule, 5),
            r"train\.rule: must be the name of an update rule .*\(got the function rule; call it",
        ),
        (
            lambda net: API.train(net, EXAMPLES, type(RULE), 5),
            r"train\.rule: .*\(got the class Momentum; an object of it is Momentum\(…\)\)",
        ),
        (
            lambda net: API.train(net, EXAMPLES, RULE, 5, engine=3),
            r"train\.engine: must be the name of an engine or an object of class Engine",
        ),
        (lambda net: API.error_derivatives(net, EXAMPLES, 3), r"error_derivatives\.engine: must be the name of an engine"),
        (lambda net: API.record(net, EXAMPLES, "activation", engine=3), r"record\.engine: must be the name of an engine"),
        (lambda net: net.outputs(EXAMPLES, engine=3), r"small\.outputs.*engine: must be the name of an engine"),
        (lambda net: net.outputs(EXAMPLES, engine=API.Engine), r"small\.outputs.*engine: .*the class Engine"),
        (lambda net: net.add_group("new", 2, activation=max), r"group 'new', activation: must be the name of an activation function"),
        (lambda net: net.add_group("new", 2, role="output", error=max), r"group 'new', error: must be the name of an error function"),
        (
            lambda net: API.train(net, EXAMPLES, RULE, 1, progress="yes"),
            r"train\.progress: must be True, False or a context manager \(got 'yes'\)",
        ),
        (lambda net: API.train(net, EXAMPLES, RULE, 1, memory=3), r"train\.memory: must be a dict of name to numbers"),
        (
            lambda net: API.train(net, EXAMPLES, phases=API.Phase(RULE, 1)),
            r"train\.phases: must be a list of one or more Phase \(got Phase",
        ),
        (lambda net: API.train(net, EXAMPLES, phases=[RULE]), r"train\.phases: must be a list"),
        (lambda net: API.train(net, EXAMPLES, phases=[]), r"train\.phases: must be a list"),
        (lambda net: API.run(API.task), r"run\.task: must be the name of a task or an object of class Task \(got the function task"),
        (lambda net: API.run(type(API.task("xor"))), r"run\.task: .*the class Xor"),
        (lambda net: API.run("xor", parameters=3), r"run\.parameters: must be a dict"),
        (lambda net: API.run_seeds("xor", 3), r"run_seeds\.seeds: must be a list or range of whole numbers"),
        (lambda net: API.run_seeds("xor", "1-3"), r"run_seeds\.seeds: must be a list or range of whole numbers"),
        (lambda net: API.run_seeds("xor", {1, 2}), r"run_seeds\.seeds: must be in an order, such as a list \(got a set"),
        (lambda net: API.run_seeds("xor", {1: 2}), r"run_seeds\.seeds: must be a list, not a dict"),
        (lambda net: API.run_seeds("xor", [1, -1]), r"run_seeds\.seeds\[1\]: must be a whole number of at least 0 \(got -1\)"),
        (lambda net: next(API.run_seeds("xor", iter(["a"]))), r"run_seeds\.seeds\[0\]: must be a whole number of at least 0 \(got 'a'\)"),
        (lambda net: list(API.run_seeds("xor", iter([-1, 2]))), r"run_seeds\.seeds\[0\]: must be a whole number of at least 0 \(got -1\)"),
        (lambda net: next(API.run_seeds("xor", iter([1.5]), every=1)), r"run_seeds\.seeds\[0\]: must be a whole number of at least 0"),
        (lambda net: net.randomize(0.5, seed="a"), r"randomize\.seed: must be a whole number of at least 0 \(got 'a'\)"),
        (lambda net: API.task("xor").network(seed=-1), r"randomize\.seed: must be a whole number of at least 0 \(got -1\)"),
        (lambda net: API.Random(0.5, seed="a"), r"Random\.seed: must be a whole number of at least 0 \(got 'a'\)"),
        (lambda net: API.run_seeds("xr", [1]), "unknown task 'xr'"),
        (lambda net: API.run_seeds(API.task, [1]), r"run\.task: must be"),
        (lambda net: API.run_seeds("xor", [1], preset="usual"), "unknown preset of xor 'usual'"),
        (lambda net: API.run_seeds("xor", [1], engine="quick"), "unknown engine 'quick'"),
        (lambda net: API.run_seeds("xor", [1], rule="quick"), "unknown update rule 'quick'"),
        (lambda net: API.run_seeds("xor", [1], procedure="quick"), "unknown learning procedure 'quick'"),
        (lambda net: API.run_seeds("xor", [1], epochs=-1), r"run\.epochs: must be a whole number of at least 0 \(got -1\)"),
        (lambda net: API.run_seeds("xor", [1], ticks=0), r"run\.ticks: must be a whole number of at least 1 \(got 0\)"),
        (lambda net: API.run_seeds("xor", [1], every=0), r"run\.every: must be a whole number of at least 1 \(got 0\)"),
        (lambda net: API.run_seeds("xor", [1], test_every=0), r"run\.test_every: must be a whole number of at least 1 \(got 0\)"),
        (lambda net: API.run_seeds("xor", [1], parameters={"size": 1}), r"xor\.size: no such parameter"),
        (lambda net: API.run_seeds("xor", [1], parameters=3), r"run\.parameters: must be a dict of name to value \(got 3\)"),
        (lambda net: API.run_seeds("xor", [1], clip=3), r"Phase\.clip: must be "),
        (lambda net: API.run_seeds("map", [1], schedule=3), r"Phase\.schedule: must be "),
        (lambda net: API.run_seeds("xor", [1], progress=3), r"train\.progress: must be True, False or a context manager \(got 3\)"),
        (lambda net: API.run_seeds("xor", [1], record=3), r"train\.record: must be a Recorder or a list of recorders \(got 3\)"),
        (lambda net: API.run("xor", seed=None), r"run\.seed: must be a whole number of at least 0 \(got None\)"),
        (lambda net: net[["input"]], r"unknown group of small \['input'\]"),
        (lambda net: net.activations(EXAMPLES, []), r"unknown group of small \[\]"),
        (lambda net: net.connection(3, "output:0"), "unknown unit of small 3"),
        (lambda net: net.connection("input:0", net), "unknown unit of small <Network"),
        (lambda net: net.connection([]), r"unknown connection of small \[\]"),
        (lambda net: net.unit(np.zeros(2)), "unknown unit of small array"),
        (lambda net: net.tie(3), r"tie: must be a list of connections or their names \(got 3\)"),
        (lambda net: net.tie([1, 2]), r"tie: must be a list of connections or their names \(got 1\)"),
        (lambda net: API.random_stream(1, 2), r"random_stream\.name: must be text \(got 2\)"),
        (lambda net: API.rule(RULE), r"update rule: must be given by its name \(got Momentum\(rate="),
        (lambda net: API.engine([]), r"engine: must be given by its name \(got \[\]\)"),
        (lambda net: API.task("xor", preset=[]), r"unknown preset of xor \[\]"),
        (lambda net: API.correct_cases([[0.4]], [[0]], -1), r"correct_cases\.tolerance: must be a number above 0 \(got -1\)"),
        (lambda net: API.correct_cases([[0.4]], [[0, 1]], 0.5), r"correct_cases: outputs and targets must have the same shape"),
        (lambda net: API.correct_cases([0.4], [0], 0.5), r"correct_cases: outputs and targets must have the same shape"),
        (lambda net: net.forward(EXAMPLES), r"input: must be one pattern or example, such as .*network\.outputs and .* take a set"),
        (
            lambda net: net.outputs([[0, 1]]),
            r"examples: must be an ExampleSet or a list of Example .*; network\.forward takes inputs alone",
        ),
        (lambda net: API.Criterion(errors=1), r"Criterion\.errors: no such parameter; did you mean 'error'\? Known: error, correct"),
        (lambda net: API.Phase("momentum", 1, updateafter=1), r"Phase\.updateafter: no such parameter; did you mean 'update_after'\?"),
        (lambda net: API.Noise(std=1), r"Noise\.std: no such parameter; did you mean 'sd'\?"),
        (lambda net: API.Event([1], durations=3), r"Event\.durations: no such parameter; known: inputs, targets, time"),
        (lambda net: API.Recorder("activation", off="hidden"), r"Recorder\.off: no such parameter; did you mean 'of'\?"),
        (lambda net: API.lesion_study({net}, EXAMPLES), r"lesion_study\.trained: must be in an order, such as a list \(got a set"),
        (lambda net: API.Study("xor", seeds=[1], conditions={("rate", 0.1)}), r"Study\.conditions: must be in an order"),
        (lambda net: API.compare({1, 2}), r"compare\.runs: must be in an order"),
        (lambda net: API.Example.of_events({API.Event([1, 0], [1])}), r"must be in an order, such as a list \(got a set"),
        (lambda net: API.correct_cases("a", [[0]], 0.5), r"correct_cases: outputs must be numbers, as of network.outputs"),
    ],
)
def test_other_arguments(call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(ConnectionistError, match=message):
        call(small_network())


def test_an_unknown_option_of_run_is_an_error_before_the_first_run() -> None:
    with pytest.raises(ParameterError, match=r"^run_seeds\.rates: no such argument; did you mean 'parameters.\? Known: task, seeds"):
        cn.run_seeds("xor", [1], rates=2)
    with pytest.raises(
        ParameterError, match=r"^run_seeds\.seed: no such argument; did you mean 'seeds'\? Known: task, seeds, preset, epochs"
    ):
        cn.run_seeds("xor", range(3), seed=3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda net: API.run_seeds("xor", [1], epoch=3),
            r"^run_seeds\.epoch: no such argument; did you mean 'epochs'\? Known: task, seeds, ",
        ),
        (lambda net: API.run("xor", epoch=3), r"^run\.epoch: no such argument; did you mean 'epochs'\? Known: task, preset, seed, epochs"),
        (
            lambda net: API.Study("xor", seeds=[1], epoch=3),
            r"^Study\.epoch: no such argument; did you mean 'epochs'\? Known: task, seeds, ",
        ),
        (lambda net: API.compare_rules("xor", seeds=[1], rate=3), r"^compare_rules\.rate: no such argument; did you mean 'rates'\?"),
        (lambda net: API.lesion_study(net, EXAMPLES, draw=3), r"^lesion_study\.draw: no such argument; did you mean 'draws'\?"),
        (lambda net: API.train(net, EXAMPLES, RULE, epoch=3), r"^train\.epoch: no such argument; did you mean 'epochs'\?"),
        (lambda net: API.resume("folder", epoch=3), r"^resume\.epoch: no such argument; "),
        (lambda net: API.settle(net, [0, 1], tick=3), r"^settle\.tick: no such argument; did you mean 'ticks'\?"),
        (lambda net: API.settle_many(net, [[0, 1]], tick=3), r"^settle_many\.tick: no such argument; did you mean 'ticks'\?"),
    ],
)
def test_an_argument_that_does_not_exist_is_named_with_the_most_similar_one(call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        call(small_network())


def test_lists_and_numpy_values_are_arguments() -> None:
    assert cn.correct_cases([[0.4, 1]], [[0, float("nan")]], 0.5).tolist() == [True]
    assert cn.train(small_network(), EXAMPLES, RULE, 1, progress=np.False_).epochs == 1  # type: ignore[arg-type]
    assert [result.report["seed"] for result in cn.run_seeds("xor", (seed for seed in (1,)), epochs=1)] == [1]
