"""The members of a task with a check of their types, so that a wrong one is reported with the name of the task."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import ismethod
from typing import Any

from connectionist.data.example_set import ExampleSet
from connectionist.engines.phase import Phase
from connectionist.errors import PluginError
from connectionist.experiments.task import Finding, Task
from connectionist.learning.run import Run
from connectionist.model.network import Network


def drawn_task(task: Task, seed: int) -> Task:
    """Return the task for a run with this seed.

    Raises
    ------
    PluginError
        If `Task.for_seed` does not return a task.
    """
    drawn = task.for_seed(seed)
    _check(isinstance(drawn, Task), task, "for_seed(seed)", "a Task", drawn)
    return drawn


def network_of(task: Task, seed: int) -> Network:
    """Return a new network of the task.

    Raises
    ------
    PluginError
        If `Task.network` does not return a Network.
    """
    network = task.network(seed)
    _check(isinstance(network, Network), task, "network(seed)", "a Network", network)
    return network


def phases_of(task: Task) -> Sequence[Phase]:
    """Return the phases of training of the task.

    Raises
    ------
    PluginError
        If `Task.phases` is not a list of Phase.
    """
    phases = task.phases
    _check(_is_sequence_of(phases, Phase), task, "phases", "a list of cn.Phase", phases)
    return phases


def training_examples_of(task: Task) -> ExampleSet:
    """Return the examples to train.

    Raises
    ------
    PluginError
        If `Task.training_examples` is not an ExampleSet.
    """
    examples = task.training_examples
    _check(isinstance(examples, ExampleSet), task, "training_examples", "an ExampleSet", examples)
    return examples


def findings_of(task: Task, network: Network, run: Run) -> Sequence[Finding]:
    """Return the findings on a trained network.

    Raises
    ------
    PluginError
        If `Task.findings` does not return a list of Finding.
    """
    findings = task.findings(network, run)
    _check(_is_sequence_of(findings, Finding), task, "findings(network, run)", "a list of cn.Finding", findings)
    return findings


def _is_sequence_of(values: Any, kind: type) -> bool:
    return isinstance(values, Sequence) and all(isinstance(value, kind) for value in values)


def _check(is_valid: bool, task: Task, member: str, allowed: str, got: object) -> None:
    if not is_valid:
        hint = "; is @property missing?" if ismethod(got) else ""
        raise PluginError(f"task {task.name!r}: {member} must return {allowed} (got {got!r}{hint})")
