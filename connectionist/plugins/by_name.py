"""Functions that make a rule, learning procedure, engine, function, file format or task from its name."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError, PluginError, unknown_name
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.registry import describe_origin, make

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine
    from connectionist.experiments.task import Task
    from connectionist.formats.file_format import FileFormat
    from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction
    from connectionist.plugins.input_functions import InputFunction
    from connectionist.plugins.procedures import LearningProcedure
    from connectionist.plugins.rules import Rule


def rule(name: str, **parameters: Any) -> Rule:
    """Return an update rule.

    Parameters
    ----------
    name : str
        Name of the rule; ``connectionist list rules`` lists them.
    **parameters
        Parameters of the rule; ``connectionist show NAME`` lists them.

    Returns
    -------
    Rule

    Raises
    ------
    UnknownNameError
        If no plugin has a rule of this name.
    ParameterError
        If a parameter does not exist, is out of range, or is missing and has no default.

    Examples
    --------
    >>> rule("momentum", rate=0.1, momentum=0.9)
    Momentum(rate=0.1, momentum=0.9, decay=0.0, weight_decay=0.0)
    """
    made: Rule = make("update_rules", name, parameters)
    return made


def procedure(name: str, **parameters: Any) -> LearningProcedure:
    """Return a learning procedure, for arguments ``procedure=…``.

    Parameters
    ----------
    name : str
        Name of the procedure, or of a `LocalRule`, whose signals are a procedure; ``connectionist list procedures`` lists them.
    **parameters
        As for `rule`.

    Returns
    -------
    LearningProcedure

    Raises
    ------
    UnknownNameError, ParameterError
        As for `rule`.

    Examples
    --------
    >>> procedure("feedback_alignment", feedback_range=0.3)
    FeedbackAlignment(feedback_range=0.3, feedback_seed=0)
    """
    made: LearningProcedure = make(procedure_kind(name), name, parameters)
    return made


def engine(name: str, **parameters: Any) -> Engine:
    """Return an engine with parameters other than its defaults, for arguments ``engine=…``.

    Parameters
    ----------
    name, **parameters
        As for `rule`; ``connectionist list engines`` lists the names.

    Returns
    -------
    Engine

    Raises
    ------
    UnknownNameError, ParameterError
        As for `rule`.

    Examples
    --------
    >>> engine("compiled", precision="float32")
    Compiled(precision='float32', threads=1)
    """
    made: Engine = make("engines", name, parameters)
    return made


def activation_function(name: str, **parameters: Any) -> ActivationFunction | JointActivationFunction:
    """Return an activation function, for ``add_group(activation=…)``.

    Parameters
    ----------
    name, **parameters
        As for `rule`; ``connectionist list functions`` lists the names.

    Returns
    -------
    ActivationFunction or JointActivationFunction

    Raises
    ------
    UnknownNameError, ParameterError
        As for `rule`.

    Examples
    --------
    >>> activation_function("logistic", gain=2.0)
    Logistic(gain=2.0)
    """
    made: ActivationFunction | JointActivationFunction = make("activation_functions", name, parameters)
    return made


def input_function(name: str, **parameters: Any) -> InputFunction:
    """Return an input function, for ``add_group(input_function=…)``.

    Parameters
    ----------
    name, **parameters
        As for `rule`; ``connectionist list functions`` lists the names.

    Returns
    -------
    InputFunction

    Raises
    ------
    UnknownNameError, ParameterError
        As for `rule`.

    Examples
    --------
    >>> input_function("distance")
    SquaredDistance()
    """
    made: InputFunction = make("input_functions", name, parameters)
    return made


def error_function(name: str, **parameters: Any) -> ErrorFunction:
    """Return an error function, for ``add_group(error=…)``.

    Parameters
    ----------
    name, **parameters
        As for `rule`; ``connectionist list functions`` lists the names.

    Returns
    -------
    ErrorFunction

    Raises
    ------
    UnknownNameError, ParameterError
        As for `rule`.

    Examples
    --------
    >>> error_function("squared")
    Squared(target_radius=0.0, zero_error_radius=0.0)
    """
    made: ErrorFunction = make("error_functions", name, parameters)
    return made


def file_format(name: str, **parameters: Any) -> FileFormat:
    """Return a file format with parameters other than its defaults, for arguments ``format=…``.

    Parameters
    ----------
    name, **parameters
        As for `rule`; ``connectionist list formats`` lists the names.

    Returns
    -------
    FileFormat

    Raises
    ------
    UnknownNameError, ParameterError
        As for `rule`.

    Examples
    --------
    >>> file_format("lens_weights", text=False)
    LensWeights(text=False)
    """
    made: FileFormat = make("file_formats", name, parameters)
    return made


def task(name: str, preset: str = "default", **parameters: Any) -> Task:
    """Return a task.

    Parameters
    ----------
    name : str
        Name of the task; ``connectionist list tasks`` lists them.
    preset : str
        Name of a set of parameter values. "published" is the recipe as printed in the paper.
    **parameters
        Parameters that replace those of the preset; ``connectionist show NAME`` lists them.

    Returns
    -------
    Task

    Raises
    ------
    UnknownNameError
        If no plugin has a task of this name, or the task has no such preset.
    ParameterError
        If a parameter does not exist or is out of range.
    PluginError
        If a parameter of the preset is out of range.

    Examples
    --------
    >>> task("xor", preset="published").name
    'xor'
    """
    found = registry.find("tasks", name)
    if not isinstance(preset, str) or preset not in found.presets:
        raise unknown_name(f"preset of {name}", preset, found.presets)
    try:
        made: Task = make("tasks", name, {**found.presets[preset], **parameters})
    except ParameterError as error:
        is_whole = all(default is not MISSING or key in found.presets[preset] for key, default in parameters_of(found).items())
        if parameters or not is_whole:
            raise
        raise PluginError(f"{describe_origin(found)}task {name!r}, preset {preset!r}: {error}") from None
    return made
