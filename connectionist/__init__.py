"""A simulator of networks of simple units, for cognitive modellers.

``import connectionist as cn`` gives every public name. Each is loaded at first use, so that the import is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from connectionist.utils import hooks

if TYPE_CHECKING:
    from connectionist import analysis, errors, formats, plots
    from connectionist.cli.command import Command
    from connectionist.data.accuracy import correct_cases
    from connectionist.data.event import Event
    from connectionist.data.example import Example
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Engine
    from connectionist.engines.goodness import goodness
    from connectionist.engines.phase import Criterion, Phase
    from connectionist.engines.presentation import Presentation
    from connectionist.engines.settling import Settling, settle, settle_many
    from connectionist.errors import ConnectionistError
    from connectionist.experiments.fit.fit import fit
    from connectionist.experiments.fit.result import Fit
    from connectionist.experiments.lesion_study.result import LesionStudy
    from connectionist.experiments.lesion_study.study import lesion_study
    from connectionist.experiments.one_phase_task import OnePhaseTask
    from connectionist.experiments.read_run import ReopenedRun, read_run
    from connectionist.experiments.result import Result
    from connectionist.experiments.rule_comparison.compare_rules import compare_rules
    from connectionist.experiments.rule_comparison.result import RuleComparison
    from connectionist.experiments.run_seeds import run_seeds
    from connectionist.experiments.run_task import run
    from connectionist.experiments.study.read_study import ReopenedStudy, read_study
    from connectionist.experiments.study.study import Study
    from connectionist.experiments.task import Finding, Task
    from connectionist.formats.file_format import FileFormat
    from connectionist.formats.network_file import load_network, save_network
    from connectionist.formats.read import read_examples, read_network, read_weights
    from connectionist.formats.weights_file import load_weights, save_weights
    from connectionist.formats.write import write_examples, write_network, write_weights
    from connectionist.inspector.view import View, inspect
    from connectionist.learning.derivatives import derivative_angle, error_derivatives
    from connectionist.learning.resume import resume
    from connectionist.learning.run import Run
    from connectionist.learning.train_many import train_many
    from connectionist.learning.training import train
    from connectionist.model.activation_cost import ActivationCost
    from connectionist.model.assembly.context import add_context
    from connectionist.model.clamping import Clamping
    from connectionist.model.connection import Connection, Weight
    from connectionist.model.connectivity import Random
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.noise import Noise
    from connectionist.model.projection import Projection
    from connectionist.model.simple_recurrent_network import simple_recurrent_network
    from connectionist.model.unit import Unit
    from connectionist.plugins.by_name import (
        activation_function,
        engine,
        error_function,
        file_format,
        input_function,
        procedure,
        rule,
        task,
    )
    from connectionist.plugins.functions import (
        ActivationFunction,
        DynamicActivationFunction,
        ErrorFunction,
        JointActivationFunction,
        JointErrorFunction,
        log_softmax,
        logistic,
        moved_target,
    )
    from connectionist.plugins.hookspecs import hookimpl
    from connectionist.plugins.input_functions import InputFunction
    from connectionist.plugins.parameters import parameter
    from connectionist.plugins.procedures import (
        BackwardProcedure,
        CasePhase,
        EnergyDescent,
        JointSignalProcedure,
        LearningProcedure,
        ObjectProcedure,
        SignalProcedure,
        StochasticProcedure,
    )
    from connectionist.plugins.rules import JointRule, LocalRule, SearchRule, UpdateRule, WholeNetRule
    from connectionist.recording.in_testing import record
    from connectionist.recording.recorder import Recorder
    from connectionist.recording.recording import Recording, load_recording
    from connectionist.reporting.compare import compare
    from connectionist.stepper.step import step
    from connectionist.stepper.stop import Stop
    from connectionist.utils.arrays import Array
    from connectionist.utils.random_streams import random_stream

_MODULES = {
    "ActivationFunction": "plugins.functions",
    "Array": "utils.arrays",
    "BackwardProcedure": "plugins.procedures",
    "CasePhase": "plugins.procedures",
    "EnergyDescent": "plugins.procedures",
    "Command": "cli.command",
    "Connection": "model.connection",
    "ConnectionistError": "errors",
    "Criterion": "engines.phase",
    "DynamicActivationFunction": "plugins.functions",
    "Engine": "engines.engine",
    "ErrorFunction": "plugins.functions",
    "InputFunction": "plugins.input_functions",
    "Event": "data.event",
    "Example": "data.example",
    "ExampleSet": "data.example_set",
    "FileFormat": "formats.file_format",
    "Finding": "experiments.task",
    "Fit": "experiments.fit.result",
    "Group": "model.group",
    "JointActivationFunction": "plugins.functions",
    "JointErrorFunction": "plugins.functions",
    "LearningProcedure": "plugins.procedures",
    "LesionStudy": "experiments.lesion_study.result",
    "JointRule": "plugins.rules",
    "JointSignalProcedure": "plugins.procedures",
    "LocalRule": "plugins.rules",
    "Network": "model.network",
    "Noise": "model.noise",
    "Clamping": "model.clamping",
    "ActivationCost": "model.activation_cost",
    "ObjectProcedure": "plugins.procedures",
    "OnePhaseTask": "experiments.one_phase_task",
    "Phase": "engines.phase",
    "Presentation": "engines.presentation",
    "Projection": "model.projection",
    "Random": "model.connectivity",
    "Recorder": "recording.recorder",
    "Recording": "recording.recording",
    "ReopenedRun": "experiments.read_run",
    "ReopenedStudy": "experiments.study.read_study",
    "Result": "experiments.result",
    "RuleComparison": "experiments.rule_comparison.result",
    "Run": "learning.run",
    "SearchRule": "plugins.rules",
    "Settling": "engines.settling",
    "SignalProcedure": "plugins.procedures",
    "StochasticProcedure": "plugins.procedures",
    "Stop": "stepper.stop",
    "Study": "experiments.study.study",
    "Task": "experiments.task",
    "Unit": "model.unit",
    "UpdateRule": "plugins.rules",
    "View": "inspector.view",
    "Weight": "model.connection",
    "WholeNetRule": "plugins.rules",
    "activation_function": "plugins.by_name",
    "add_context": "model.assembly.context",
    "compare": "reporting.compare",
    "compare_rules": "experiments.rule_comparison.compare_rules",
    "correct_cases": "data.accuracy",
    "derivative_angle": "learning.derivatives",
    "engine": "plugins.by_name",
    "error_derivatives": "learning.derivatives",
    "error_function": "plugins.by_name",
    "input_function": "plugins.by_name",
    "file_format": "plugins.by_name",
    "fit": "experiments.fit.fit",
    "goodness": "engines.goodness",
    "hookimpl": "plugins.hookspecs",
    "inspect": "inspector.view",
    "lesion_study": "experiments.lesion_study.study",
    "load_network": "formats.network_file",
    "load_recording": "recording.recording",
    "load_weights": "formats.weights_file",
    "log_softmax": "plugins.functions",
    "logistic": "plugins.functions",
    "moved_target": "plugins.functions",
    "parameter": "plugins.parameters",
    "procedure": "plugins.by_name",
    "random_stream": "utils.random_streams",
    "read_examples": "formats.read",
    "read_network": "formats.read",
    "read_run": "experiments.read_run",
    "read_study": "experiments.study.read_study",
    "read_weights": "formats.read",
    "record": "recording.in_testing",
    "resume": "learning.resume",
    "rule": "plugins.by_name",
    "run": "experiments.run_task",
    "run_seeds": "experiments.run_seeds",
    "save_network": "formats.network_file",
    "save_weights": "formats.weights_file",
    "settle": "engines.settling",
    "settle_many": "engines.settling",
    "simple_recurrent_network": "model.simple_recurrent_network",
    "step": "stepper.step",
    "task": "plugins.by_name",
    "train": "learning.training",
    "train_many": "learning.train_many",
    "write_examples": "formats.write",
    "write_network": "formats.write",
    "write_weights": "formats.write",
}
_NAMESPACES = ("analysis", "errors", "formats", "plots")

__version__ = "0.1.0"


def _render(shown: object) -> str | None:
    from connectionist.reporting import notebook

    return notebook.html(shown)


def _explain(explained: object) -> Any:
    from connectionist.explain import explain

    return explain(explained)


hooks.set_html_renderer(_render)
hooks.set_explainer(_explain)


def __getattr__(name: str) -> Any:
    """Load a public name at first use (PEP 562)."""
    if name in _NAMESPACES:
        return importlib.import_module(f"connectionist.{name}")
    if name not in _MODULES:
        raise AttributeError(f"module 'connectionist' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"connectionist.{_MODULES[name]}"), name)
    globals()[name] = value  # so that Python does not call this function for the name again
    return value


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "ActivationCost",
    "ActivationFunction",
    "Array",
    "BackwardProcedure",
    "CasePhase",
    "Clamping",
    "Command",
    "Connection",
    "ConnectionistError",
    "Criterion",
    "DynamicActivationFunction",
    "EnergyDescent",
    "Engine",
    "ErrorFunction",
    "Event",
    "Example",
    "ExampleSet",
    "FileFormat",
    "Finding",
    "Fit",
    "Group",
    "InputFunction",
    "JointActivationFunction",
    "JointErrorFunction",
    "JointRule",
    "JointSignalProcedure",
    "LearningProcedure",
    "LesionStudy",
    "LocalRule",
    "Network",
    "Noise",
    "ObjectProcedure",
    "OnePhaseTask",
    "Phase",
    "Presentation",
    "Projection",
    "Random",
    "Recorder",
    "Recording",
    "ReopenedRun",
    "ReopenedStudy",
    "Result",
    "RuleComparison",
    "Run",
    "SearchRule",
    "Settling",
    "SignalProcedure",
    "StochasticProcedure",
    "Stop",
    "Study",
    "Task",
    "Unit",
    "UpdateRule",
    "View",
    "Weight",
    "WholeNetRule",
    "activation_function",
    "add_context",
    "analysis",
    "compare",
    "compare_rules",
    "correct_cases",
    "derivative_angle",
    "engine",
    "error_derivatives",
    "error_function",
    "errors",
    "file_format",
    "fit",
    "formats",
    "goodness",
    "hookimpl",
    "input_function",
    "inspect",
    "lesion_study",
    "load_network",
    "load_recording",
    "load_weights",
    "log_softmax",
    "logistic",
    "moved_target",
    "parameter",
    "plots",
    "procedure",
    "random_stream",
    "read_examples",
    "read_network",
    "read_run",
    "read_study",
    "read_weights",
    "record",
    "resume",
    "rule",
    "run",
    "run_seeds",
    "save_network",
    "save_weights",
    "settle",
    "settle_many",
    "simple_recurrent_network",
    "step",
    "task",
    "train",
    "train_many",
    "write_examples",
    "write_network",
    "write_weights",
]
