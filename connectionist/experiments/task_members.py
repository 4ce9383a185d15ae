"""The members of a task with a check of their types, so that a wrong one is reported with the name of the task."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from inspect import ismethod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.accuracy import has_targets
from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Criterion, Phase
from connectionist.errors import DataError, ParameterError, PluginError, check_number
from connectionist.experiments.task import Finding, Task
from connectionist.learning.run import Run
from connectionist.model.network import Network
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.registry import describe_origin
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import shown

ARGUMENTS = {
    "for_seed": "(seed)",
    "network": "(seed)",
    "findings": "(network, run)",
    "figures": "(network, run)",
    "correct_cases": "(network, examples, engine)",
}
LARGEST = int(sys.float_info.max)  # whole number of a finding


def drawn_task(task: Task, seed: int) -> Task:
    """Return the task for a run with this seed.

    Raises
    ------
    PluginError
        If `Task.for_seed` does not return a task.
    """
    drawn = task.for_seed(seed)
    _check(isinstance(drawn, Task), task, "for_seed", "a Task", drawn)
    return drawn


def network_of(task: Task, seed: int) -> Network:
    """Return a new network of the task.

    Raises
    ------
    PluginError
        If `Task.network` does not return a Network with groups.
    """
    network = task.network(seed)
    _check(isinstance(network, Network), task, "network", "a Network", network)
    _check(bool(network.groups), task, "network", "a Network that has groups", network)
    return network


def phases_of(task: Task) -> Sequence[Phase]:
    """Return the phases of training of the task.

    Raises
    ------
    PluginError
        If `Task.phases` is not a list of one or more Phase.
    """
    phases = task.phases
    _check(_is_sequence_of(phases, Phase) and len(phases) > 0, task, "phases", "a list of one or more cn.Phase", phases)
    return phases


def is_untrained(task: Task, phases: Sequence[Phase]) -> bool:
    """Return whether a task trains nothing: its phases have 0 epochs, and the number of epochs is not one of its parameters."""
    return not any(phase.epochs for phase in phases) and "epochs" not in parameters_of(type(task))


def training_examples_of(task: Task, network: Network) -> ExampleSet:
    """Return the examples to train.

    Raises
    ------
    PluginError
        If `Task.training_examples` is not an ExampleSet that fits the network.
    """
    examples = task.training_examples
    _check(isinstance(examples, ExampleSet), task, "training_examples", "an ExampleSet", examples)
    check_fit(task, "training_examples", network, examples)
    return examples


def testing_examples_of(task: Task, network: Network) -> ExampleSet:
    """Return the examples to test during training.

    Raises
    ------
    ParameterError
        If the task has none.
    PluginError
        If `Task.testing_examples` is neither None nor an ExampleSet that fits the network.
    """
    examples = task.testing_examples
    if examples is None:
        raise ParameterError(f"run.test_every: task {task.name!r} has no testing examples")
    _check(isinstance(examples, ExampleSet), task, "testing_examples", "an ExampleSet or None", examples)
    check_fit(task, "testing_examples", network, examples)
    return examples


def tolerance_of(task: Task) -> float:
    """Return the tolerance of the task.

    Raises
    ------
    PluginError
        If `Task.tolerance` is not a number above 0.
    ParameterError
        If it is not, and is a parameter, which the user may have given.
    """
    try:
        return float(check_number(task.name, "tolerance", task.tolerance, above=0))
    except ParameterError:
        if "tolerance" in parameters_of(type(task)):
            raise
        raise PluginError(_sentence(task, "tolerance", f"must be a number above 0 (got {shown(task.tolerance)})")) from None


def criterion_of(task: Task) -> Criterion | Callable[[Run], bool | str] | None:
    """Return the criterion of the task.

    Raises
    ------
    PluginError
        If `Task.criterion` is neither a Criterion, a function of the run nor None.
    """
    criterion = task.criterion
    is_known = criterion is None or isinstance(criterion, Criterion) or takes(criterion, 1)
    _check(is_known, task, "criterion", "a cn.Criterion, a function of the run, or None", criterion)
    return criterion


def case_note_of(task: Task) -> str:
    """Return what the task says about its cases.

    Raises
    ------
    PluginError
        If `Task.case_note` is not text.
    """
    note = task.case_note
    _check(isinstance(note, str), task, "case_note", "text", note)
    return note


def has_criterion(task: Task) -> bool:
    """Return whether runs of the task can meet a criterion. A function that ends training is none."""
    return isinstance(task.criterion, Criterion)


def fraction_correct(task: Task, network: Network, examples: ExampleSet | None, engine: Engine) -> float | None:
    """Return the fraction of the examples that are correct; None without examples, and if none of them has a target.

    Raises
    ------
    PluginError
        If the examples are neither an ExampleSet that fits the network nor None, or if `Task.correct_cases` does not return a flag for
        each example.
    """
    if examples is None or (isinstance(examples, ExampleSet) and not has_targets(examples)):
        return None
    return float(correct_cases_of(task, network, examples, engine).mean())


def correct_cases_of(task: Task, network: Network, examples: ExampleSet, engine: Engine) -> npt.NDArray[np.bool_]:
    """Return which examples are correct.

    Raises
    ------
    PluginError
        If the examples are not an ExampleSet, or if `Task.correct_cases` does not return a flag for each example.
    """
    _check(isinstance(examples, ExampleSet), task, "testing_examples", "an ExampleSet or None", examples)
    check_fit(task, "testing_examples", network, examples)
    correct = task.correct_cases(network, examples, engine)
    is_flags = isinstance(correct, np.ndarray) and correct.shape == (len(examples),) and correct.dtype == np.bool_
    _check(is_flags, task, "correct_cases", f"an array of {len(examples)} flags", correct)
    return correct


def findings_of(task: Task, network: Network, run: Run) -> list[Finding]:
    """Return the findings on a trained network, with numbers and text of Python.

    NaN and infinity, which are not in JSON, become None with a note.

    Raises
    ------
    PluginError
        If `Task.findings` does not return a list of Finding, or if a finding has a value that is neither a number, text, True, False nor
        None.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # as after a divergence; a number that is not finite has a note
        findings = task.findings(network, run)
    _check(_is_sequence_of(findings, Finding), task, "findings", "a list of cn.Finding", findings)
    return [_plain(task, finding) for finding in findings]


def _plain(task: Task, finding: Finding) -> Finding:
    """Return a finding with numbers and text of Python."""
    for name in ("quantity", "source", "note"):
        text = getattr(finding, name)
        _check(isinstance(text, str), task, "findings", f"findings whose {name} is text", text)
    values = {}
    for name in ("measured", "published"):
        value = getattr(finding, name)
        plain = value.item() if isinstance(value, np.generic) else value
        is_known = plain is None or isinstance(plain, (bool, int, float, str))
        allowed = f"a number of usual size, text, True, False or None as the {name} value of {finding.quantity!r}"
        _check(is_known and not (isinstance(plain, int) and abs(plain) > LARGEST), task, "findings", allowed, value)
        values[name] = plain
    tolerance = finding.tolerance
    is_valid = tolerance is None or (isinstance(tolerance, (int, float)) and not isinstance(tolerance, bool) and 0 < tolerance < math.inf)
    _check(is_valid, task, "findings", f"a number above 0 or None as the tolerance of {finding.quantity!r}", tolerance)
    measured = values["measured"]
    if isinstance(measured, float) and not math.isfinite(measured):
        values = {**values, "measured": None}
        return replace(finding, **values, note=finding.note or f"the measured value is {measured}")
    return replace(finding, **values)


def finding_record(finding: Finding) -> dict[str, Any]:
    """Return a finding as it is in reports: its fields, with the tolerance only if there is one."""
    return {name: value for name, value in asdict(finding).items() if name != "tolerance" or value is not None}


def figures_of(task: Task, network: Network, run: Run) -> dict[str, Any]:
    """Return the figures of a trained network by caption. The weights of the network are those from before.

    Raises
    ------
    PluginError
        If `Task.figures` does not return a dict, or changes the network.
    """
    with unchanged(network, task, "figures"):
        figures = task.figures(network, run)
        _check(isinstance(figures, Mapping), task, "figures", "a dict of figures by caption", figures)
        return {str(caption): drawn for caption, drawn in figures.items()}


@contextmanager
def unchanged(network: Network, task: Task, member: str) -> Iterator[None]:
    """Restore the weights of a network after a block in which a member of a task runs.

    Raises
    ------
    PluginError
        If the block changed the weights, or the units, connections, ties, lesions or functions of the network. The weights are restored.
    """
    state, wiring = network.weight_state, wiring_of(network)
    before = {quantity: state.array(quantity).copy() for quantity in ("value", "trainable")}
    changed = []
    try:
        yield
    finally:
        for quantity, numbers in before.items():
            now = state.array(quantity)[: len(numbers)]
            if now.tobytes() != numbers.tobytes():
                changed.append("weights")
                now[:] = numbers
    if wiring_of(network) != wiring:
        changed.append("units, connections, ties, lesions or functions")
    if changed:
        what = " and the ".join(dict.fromkeys(changed))
        restored = "; the weights are restored" if "weights" in changed else ""
        raise PluginError(_sentence(task, member, f"must not change the network, and it changed the {what}{restored}"))


def wiring_of(network: Network) -> tuple[Any, ...]:
    """Return the units, connections, lesions, weights and functions of a network. Two are equal if it was not changed in between."""
    names = ("activation_function", "input_function", "output_function", "error_function", "margin", "clamping", "cost")
    functions = [tuple(getattr(group, name) for name in names) for group in network.groups]
    conventions = network.ticks_back, network.tie_derivative, [projection.rate for projection in network.projections]
    return network.units, network.connections, network.lesioned_connections, network.weights, functions, conventions


def _is_sequence_of(values: Any, kind: type) -> bool:
    return isinstance(values, Sequence) and all(isinstance(value, kind) for value in values)


def check_fit(task: Task, member: str, network: Network, examples: ExampleSet) -> None:
    """Raise PluginError unless examples, which a member of a task returned, fit its network."""
    try:
        network.check(examples)
    except DataError as error:
        raise PluginError(_sentence(task, member, f"must fit the network of the task: {error}")) from None


def _check(is_valid: bool, task: Task, member: str, allowed: str, got: object) -> None:
    if not is_valid:
        hint = "; is @property missing?" if ismethod(got) else ""
        raise PluginError(_sentence(task, member, f"must return {allowed} (got {shown(got)}{hint})"))


def _sentence(task: Task, member: str, problem: str) -> str:
    """Return what is wrong with a member of a task, with the plugin that offers the task, the file and the line if they are known."""
    function = getattr(type(task), member, None)
    code = getattr(getattr(function, "fget", function), "__code__", None)
    place = f" ({Path(code.co_filename).name}, line {code.co_firstlineno})" if code else ""
    return f"{describe_origin(type(task))}task {task.name!r}: {member}{ARGUMENTS.get(member, '')} {problem}{place}"
