"""Whether a task can be run, repeated and reported."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.phase import Criterion, Phase
from connectionist.errors import ConnectionistError
from connectionist.experiments.run_task import Result, run
from connectionist.experiments.task import Finding, Task
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins.parameters import parameters_of
from connectionist.reporting.html.figures import figure_of
from connectionist.testing.claims import check_frozen, check_name, claim, make


def check_task(task: type[Task] | Task, epochs: int = 2, engine: str = DEFAULT_ENGINE) -> None:
    """Check a task.

    It is a frozen dataclass with a name and a source; its presets include "default" and "published" and set only parameters it
    has; the network is the same for the same seed; the examples fit it; the phases can be trained; and a few epochs of each preset
    give the same report twice, one that JSON can hold, in which every published number has a source. Its figures can be drawn, and leave
    the network as it is.

    Parameters
    ----------
    task : Task or class of Task
        A class must have default parameters; all its presets are tried. Of an object, only itself.
    epochs : int
        How many to train.
    engine : str
        Which engine trains.

    Raises
    ------
    AssertionError
        It names the task, the property, what was allowed and what came.
    """
    made = make(task, Task)
    thing = type(made).__name__
    check_name(made)
    check_frozen(made)
    claim(isinstance(getattr(made, "source", None), str) and made.source, thing, "source", "where it was published", made.source)
    claim(made.tolerance > 0, thing, "tolerance", "above 0", made.tolerance)
    _check_presets(made)
    for one in _presets(type(made)) if isinstance(task, type) else [made]:
        _check_material(one)
        _check_report(one, epochs, engine)


def _presets(kind: type[Task]) -> list[Task]:
    """Return the task as each preset has it, those that come to the same only once."""
    different: list[Task] = []
    for parameters in kind.presets.values():
        made = kind(**parameters)
        if made not in different:
            different.append(made)
    return different


def _check_presets(task: Task) -> None:
    kind = type(task)
    for preset in ("default", "published"):
        claim(preset in task.presets, kind.__name__, "presets", f"a table that has {preset!r}", sorted(task.presets))
    known = parameters_of(kind)
    for preset, parameters in task.presets.items():
        for parameter in parameters:
            claim(parameter in known, kind.__name__, f"preset {preset!r}", f"of its parameters, {', '.join(known)}", parameter)


def _check_material(task: Task) -> None:
    thing = repr(task)
    drawn = task.for_seed(1)
    claim(type(drawn) is type(task), thing, "for_seed(1)", f"a {type(task).__name__}", drawn)
    claim(drawn == task.for_seed(1), thing, "for_seed(1), asked twice", f"the same, {drawn!r}", task.for_seed(1))
    net, again = drawn.network(1), drawn.network(1)
    claim(isinstance(net, Network) and net is not again, thing, "network(1)", "a new Network each time", net)
    claim(_as_built(net) == _as_built(again), thing, "network(1), asked twice", "the same network", again)
    _check_examples(thing, drawn, net)
    phases = drawn.phases
    claim(isinstance(phases, Sequence) and phases, thing, "phases", "at least one Phase", phases)
    for phase in phases:
        claim(isinstance(phase, Phase), thing, "phases", "objects of class Phase", phase)
    claim(drawn.criterion is None or isinstance(drawn.criterion, Criterion), thing, "criterion", "a Criterion or None", drawn.criterion)


def _check_examples(thing: str, task: Task, net: Network) -> None:
    for name in ("training_examples", "testing_examples"):
        examples = getattr(task, name)
        optional = examples is None and name == "testing_examples"
        claim(optional or isinstance(examples, ExampleSet), thing, name, "an ExampleSet", examples)
        if optional:
            continue
        again = getattr(task, name)
        same = np.array_equal(examples.inputs, again.inputs, equal_nan=True) and np.array_equal(
            examples.targets, again.targets, equal_nan=True
        )
        claim(same, thing, f"{name}, asked twice", "the same examples", again)
        try:
            net.check(examples)
        except ConnectionistError as error:
            raise AssertionError(f"{thing}, {name}: must fit its network ({error})") from error


def _check_report(task: Task, epochs: int, engine: str) -> None:
    thing = repr(task)
    result, again = (run(task, seed=1, epochs=epochs, engine=engine) for _ in range(2))
    claim(_timeless(result) == _timeless(again), thing, "report of the same run again", f"{_timeless(result)}", _timeless(again))
    try:
        json.dumps(result.report, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{thing}, report: must hold only what JSON can ({error}; got {result.report})") from error
    for finding in result.task.findings(result.network, result.run):
        claim(isinstance(finding, Finding), thing, "findings", "objects of class Finding", finding)
        claim(finding.quantity, thing, "quantity of a finding", "what was measured, in a few words", finding)
        claim(finding.published is None or finding.source, thing, f"source of {finding.quantity!r}", "where it was published", finding)
        claim(finding.measured is not None or finding.note, thing, f"note of {finding.quantity!r}", "why it was not measured", finding)
    _check_figures(thing, result)


def _check_figures(thing: str, result: Result) -> None:
    network = result.network
    before = _as_trained(network)
    figures = result.task.figures(network, result.run)
    claim(isinstance(figures, Mapping), thing, "figures", "a dict of caption to Axes or Figure", figures)
    claim(_as_trained(network) == before, thing, "figures", "to leave wiring, weights, lesions and ties as they are", "a changed network")
    for caption, drawn in figures.items():
        claim(isinstance(caption, str) and caption, thing, "caption of a figure", "what it shows, in words", caption)
        try:
            figure_of(drawn).savefig(io.BytesIO(), dpi=20)
        except Exception as error:
            raise AssertionError(f"{thing}, figure {caption!r}: must be one that can be drawn ({type(error).__name__}: {error})") from error


def _timeless(result: Result) -> dict[str, Any]:
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
