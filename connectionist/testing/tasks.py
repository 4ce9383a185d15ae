"""Check of a task: it can be run, repeated and reported."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.phase import Criterion, Phase
from connectionist.errors import ConnectionistError, PluginError
from connectionist.experiments.result import Result
from connectionist.experiments.run_task import run
from connectionist.experiments.task import Finding, Task
from connectionist.experiments.task_members import is_untrained
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins.parameter_types import parameters_of
from connectionist.reporting.html.figures import figure_of
from connectionist.testing.claims import (
    assert_that,
    check_declaration,
    check_signature,
    make_instance,
)
from connectionist.utils.functions import takes


def check_task(task: type[Task] | Task, epochs: int = 2, engine: str = DEFAULT_ENGINE) -> None:
    """Check a task.

    It must be a frozen dataclass with a name and a source. Its presets must include "default" and "published", and must set only parameters
    that it has. The network must be the same for the same seed, and the examples must fit it. `Task.randomize`, if there is one, must make
    the network of another seed. The phases must be trainable. A few epochs of
    each preset must give the same report twice, as valid JSON, with a source for every published number. Its figures must be drawable, and
    must not change the network.

    Parameters
    ----------
    task : Task or class of Task
        Task to check. Of a class, which must have default parameters, all presets are checked.
    epochs : int
        Number of epochs to train, at least 0. A task that trains nothing has none.
    engine : str
        Name of the engine for the training.

    Raises
    ------
    AssertionError
        If a check fails. The message names the task, the property, what was allowed and what was found.
    """
    made = make_instance(task, Task)
    owner = type(made).__name__
    check_declaration(made, allow_constants=True)
    source = getattr(made, "source", None)
    assert_that(isinstance(source, str) and source, owner, "source", "where it was published, or a text such as 'not published'", source)
    _check_signatures(made)
    assert_that(made.tolerance > 0, owner, "tolerance", "above 0", made.tolerance)
    _check_presets(made)
    for one in _presets(type(made)) if isinstance(task, type) else [made]:
        _check_network_and_phases(one)
        _check_report(one, epochs, engine)


def _presets(kind: type[Task]) -> list[Task]:
    """Return the task with each preset; equal tasks only once."""
    different: list[Task] = []
    for parameters in kind.presets.values():
        made = kind(**parameters)
        if made not in different:
            different.append(made)
    return different


def _check_signatures(task: Task) -> None:
    for method, arguments in (
        ("network", "seed"),
        ("randomize", "network, seed"),
        ("for_seed", "seed"),
        ("findings", "network, run"),
        ("figures", "network, run"),
    ):
        check_signature(task, method, arguments, *arguments.split(", "))


def _check_presets(task: Task) -> None:
    kind = type(task)
    for preset in ("default", "published"):
        assert_that(preset in task.presets, kind.__name__, "presets", f"a table that has {preset!r}", sorted(task.presets))
    known = parameters_of(kind)
    for preset, parameters in task.presets.items():
        for parameter in parameters:
            assert_that(parameter in known, kind.__name__, f"preset {preset!r}", f"of its parameters, {', '.join(known)}", parameter)


def _check_network_and_phases(task: Task) -> None:
    owner = repr(task)
    drawn = task.for_seed(1)
    assert_that(type(drawn) is type(task), owner, "for_seed(1)", f"a {type(task).__name__}", drawn)
    assert_that(drawn == task.for_seed(1), owner, "for_seed(1), called twice", f"the same, {drawn!r}", task.for_seed(1))
    net, again = drawn.network(1), drawn.network(1)
    assert_that(isinstance(net, Network) and net is not again, owner, "network(1)", "a new Network each time", net)
    assert_that(_as_built(net) == _as_built(again), owner, "network(1), called twice", "the same network", again)
    if type(drawn).randomize is not Task.randomize:
        drawn.randomize(again, 2)
        assert_that(_as_built(again) == _as_built(drawn.network(2)), owner, "randomize(network, 2)", "the network of seed 2", again)
    _check_examples(owner, drawn, net)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            phases = drawn.phases
        except UserWarning as warning:
            raise AssertionError(f"{owner}, phases: must give no warning ({warning})") from None
    assert_that(isinstance(phases, Sequence) and phases, owner, "phases", "at least one Phase", phases)
    for phase in phases:
        assert_that(isinstance(phase, Phase), owner, "phases", "objects of class Phase", phase)
    assert_that(
        drawn.criterion is None or isinstance(drawn.criterion, Criterion) or takes(drawn.criterion, 1),
        owner,
        "criterion",
        "a Criterion, a function of the run, or None",
        drawn.criterion,
    )


def _check_examples(owner: str, task: Task, net: Network) -> None:
    for name in ("training_examples", "testing_examples"):
        examples = getattr(task, name)
        optional = examples is None and name == "testing_examples"
        assert_that(optional or isinstance(examples, ExampleSet), owner, name, "an ExampleSet", examples)
        if optional:
            continue
        again = getattr(task, name)
        same = np.array_equal(examples.inputs, again.inputs, equal_nan=True) and np.array_equal(
            examples.targets, again.targets, equal_nan=True
        )
        assert_that(same, owner, f"{name}, called twice", "the same examples", again)
        try:
            net.check(examples)
        except ConnectionistError as error:
            raise AssertionError(f"{owner}, {name}: must fit its network ({error})") from error


def _check_report(task: Task, epochs: int, engine: str) -> None:
    owner, phases = repr(task), task.for_seed(1).phases
    epochs = 0 if is_untrained(task, phases) else epochs
    try:
        result, again = (run(task, seed=1, epochs=epochs, engine=engine) for _ in range(2))
    except PluginError as error:
        raise AssertionError(f"{owner}, {error}") from error
    report, second_report = _without_seconds(result), _without_seconds(again)
    assert_that(report == second_report, owner, "report of the same run again", f"{report}", second_report)
    try:
        json.dumps(result.report, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{owner}, report: must have only JSON values ({error}; got {result.report})") from error
    for finding in result.report["findings"]:
        _check_finding(owner, Finding(**finding))
    _check_figures(owner, result)


def _check_finding(owner: str, finding: Finding) -> None:
    assert_that(isinstance(finding, Finding), owner, "findings", "objects of class Finding", finding)
    assert_that(finding.quantity, owner, "quantity of a finding", "the name of what was measured", finding)
    source, note = (f"{field} of {finding.quantity!r}" for field in ("source", "note"))
    assert_that(finding.published is None or finding.source, owner, source, "where it was published", finding)
    assert_that(finding.measured is not None or finding.note, owner, note, "the reason why it was not measured", finding)


def _check_figures(owner: str, result: Result) -> None:
    network = result.network
    before = _as_trained(network)
    figures = result.task.figures(network, result.run)
    assert_that(isinstance(figures, Mapping), owner, "figures", "a dict of caption to Axes or Figure", figures)
    assert_that(
        _as_trained(network) == before, owner, "figures", "such that wiring, weights, lesions and ties do not change", "a changed network"
    )
    for caption, drawn in figures.items():
        assert_that(isinstance(caption, str) and caption, owner, "caption of a figure", "a text that says what it shows", caption)
        try:
            figure_of(drawn).savefig(io.BytesIO(), dpi=20)
        except Exception as error:
            raise AssertionError(f"{owner}, figure {caption!r}: must be drawable ({type(error).__name__}: {error})") from error


def _without_seconds(result: Result) -> dict[str, Any]:
    return {key: value for key, value in result.report.items() if key != "seconds"}


def _as_trained(net: Network) -> tuple[Any, ...]:
    lesioned = [unit.name for unit in net.units if unit.lesioned]
    return (*_as_built(net), lesioned, [id(connection.weight) for connection in net.connections])


def _as_built(net: Network) -> tuple[Any, ...]:
    return (
        [(group.name, group.role, group.labels) for group in net.groups],
        [(connection.name, connection.delay, connection.weight.trainable) for connection in net.connections],
        net.weight_values.tolist(),
    )
