"""Calls that make a rule, engine, function or task by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.errors import unknown
from connectionist.plugins import registry
from connectionist.plugins.registry import make

if TYPE_CHECKING:
    from connectionist.engines.engine import Engine
    from connectionist.experiments.task import Task
    from connectionist.plugins.functions import ActivationFunction, ErrorFunction, JointActivationFunction
    from connectionist.plugins.rules import Rule


def rule(name: str, **parameters: Any) -> Rule:
    """Return an update rule by name.

    Parameters
    ----------
    name : str
        As ``connectionist list rules`` shows.
    **parameters
        The rule's own; ``connectionist show NAME`` tells which.

    Returns
    -------
    Rule

    Raises
    ------
    UnknownNameError
        When there is none of that name.
    ParameterError
        When a parameter does not exist or is out of range.

    Examples
    --------
    >>> rule("momentum", rate=0.1, momentum=0.9)
    Momentum(rate=0.1, momentum=0.9, decay=0.0)
    """
    made: Rule = make("update_rules", name, parameters)
    return made


def engine(name: str, **parameters: Any) -> Engine:
    """Return an engine by name, for ``engine=…`` where its own parameters are to be other than their defaults.

    Parameters
    ----------
    name : str
        As ``connectionist list engines`` shows.
    **parameters
        The engine's own.

    Returns
    -------
    Engine

    Raises
    ------
    UnknownNameError, ParameterError
        As `rule`.

    Examples
    --------
    >>> engine("compiled", precision="float32")
    Compiled(precision='float32', threads=1)
    """
    made: Engine = make("engines", name, parameters)
    return made


def activation_function(name: str, **parameters: Any) -> ActivationFunction | JointActivationFunction:
    """Return an activation function by name, for ``add_group(activation=…)``.

    Parameters
    ----------
    name : str
        As ``connectionist list functions`` shows.
    **parameters
        The function's own.

    Raises
    ------
    UnknownNameError, ParameterError
        As `rule`.

    Examples
    --------
    >>> activation_function("logistic", gain=2.0)
    Logistic(gain=2.0)
    """
    made: ActivationFunction | JointActivationFunction = make("activation_functions", name, parameters)
    return made


def error_function(name: str, **parameters: Any) -> ErrorFunction:
    """Return an error function by name, for ``add_group(error=…)``.

    Parameters
    ----------
    name : str
        As ``connectionist list functions`` shows.
    **parameters
        The function's own.

    Raises
    ------
    UnknownNameError, ParameterError
        As `rule`.

    Examples
    --------
    >>> error_function("squared")
    Squared()
    """
    made: ErrorFunction = make("error_functions", name, parameters)
    return made


def task(name: str, preset: str = "default", **parameters: Any) -> Task:
    """Return a task by name.

    Parameters
    ----------
    name : str
        As ``connectionist list tasks`` shows.
    preset : str
        Values for its parameters; "published" is the recipe as printed.
    **parameters
        Values that take the place of the preset's.

    Returns
    -------
    Task

    Raises
    ------
    UnknownNameError
        When there is no task or preset of that name.
    ParameterError
        When a parameter does not exist or is out of range.
    """
    found = registry.find("tasks", name)
    if preset not in found.presets:
        raise unknown(f"preset of {name}", preset, found.presets)
    made: Task = make("tasks", name, {**found.presets[preset], **parameters})
    return made
