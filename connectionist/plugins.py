"""The plugins in use, loaded at first need, and the calls that make things by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError, unknown
from connectionist.functions import ActivationFunction, ErrorFunction, JointActivationFunction
from connectionist.registry import Registry
from connectionist.rules import Rule
from connectionist.tasks import Task

_registry: Registry | None = None


def registry() -> Registry:
    """Return the plugins in use; those installed, unless `load` was told otherwise."""
    global _registry  # noqa: PLW0603  (one set of plugins per process)
    if _registry is None:
        _registry = Registry()
    return _registry


def load(folders: Sequence[str | Path] = (), without: Sequence[str] = ()) -> Registry:
    """Use other plugins from now on: those installed, those in folders of ``.py`` files, and without some.

    Parameters
    ----------
    folders : sequence of path
        As ``--plugins-dir``.
    without : sequence of str
        Names of plugins to leave out, as ``-p no:NAME``.

    Returns
    -------
    Registry

    Raises
    ------
    PluginError
        When plugins clash.
    """
    global _registry  # noqa: PLW0603  (one set of plugins per process)
    _registry = Registry(folders, without)
    return _registry


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
    found = registry().find("tasks", name)
    if preset not in found.presets:
        raise unknown(f"preset of {name}", preset, found.presets)
    made: Task = make("tasks", name, {**found.presets[preset], **parameters})
    return made


def parameters_of(kind: type) -> dict[str, Any]:
    """Return the names of a class's parameters with their defaults, in order; `MISSING` is the default of one that has none."""
    given = [field for field in fields(kind) if field.init] if is_dataclass(kind) else []
    return {field.name: field.default if field.default_factory is MISSING else field.default_factory() for field in given}


def make(kind: str, name: str, parameters: dict[str, Any]) -> Any:
    """Return a new object of what goes by a name, refusing parameters it does not have."""
    found = registry().find(kind, name)
    known = parameters_of(found)
    for parameter in parameters:
        if parameter not in known:
            raise ParameterError(f"{name}.{parameter}: no such parameter; known: {', '.join(known) or 'none'}")
    for parameter, default in known.items():
        if default is MISSING and parameter not in parameters:
            raise ParameterError(f"{name}.{parameter}: must be given, since it has no default")
    return found(**parameters)
