"""Functions, rules, engines and tasks in files: by name and parameters, with the plugin that offers them.

A file never has the code of an object. So an object can be stored if a plugin offers its class under a name, and if its parameters are
numbers, text, true, false, None, or tuples of these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import is_dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

from connectionist.errors import ConnectionistError, ParameterError, PluginError
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.parameters import owner_name
from connectionist.plugins.registry import KINDS, SINGULAR, Plugin, get_registry, make
from connectionist.utils.json_values import NOT_FINITE
from connectionist.utils.visible_text import shown


def store(kind: str, given: object, what: str) -> dict[str, Any]:
    """Return the name, the parameters and the plugin of an object, as values that JSON has.

    Parameters
    ----------
    kind : str
        Name of a hook, such as "activation_functions".
    given : object
    what : str
        What has the object, for messages.

    Raises
    ------
    ParameterError
        If no plugin offers the class of the object, or if a parameter is of a type that a file cannot have.
    """
    known, name = get_registry(), getattr(given, "name", None)
    if name not in known.names(kind) or known.find(kind, name) is not type(given):
        raise ParameterError(
            f"{what}: a file has a function or rule by its name, and no plugin offers the {SINGULAR[kind]} {owner_name(given)!r} of class "
            f"{type(given).__name__}; offer the class with @cn.hookimpl in a plugin, for example in a file of a folder for --plugins-dir"
        )
    parameters = {key: getattr(given, key) for key in parameters_of(type(given))}
    plain = {key: _plain(value, f"{what}: parameter {key!r} of {name!r}") for key, value in parameters.items()}
    cached = [key for key, item in vars(type(given)).items() if isinstance(item, cached_property)]
    if lost := [] if is_dataclass(given) else [key for key in vars(given) if key not in cached]:
        raise ParameterError(f"{what}: {name!r} has {lost[0]!r}, which is not a field of a dataclass, so a file cannot have it")
    return {"name": name, "parameters": plain, "plugin": _origin(known.origin(kind, name))}


def restore(kind: str, stored: Mapping[str, Any], what: str) -> Any:
    """Return the object that `store` described.

    Raises
    ------
    PluginError
        If no installed plugin offers it, or offers it with other parameters. The message names it, and the plugin that offered it.
    ValueError, KeyError, TypeError
        If the description has another form.
    """
    name, plugin = stored["name"], stored["plugin"]
    if not isinstance(name, str) or not isinstance(plugin, str):
        raise ValueError(f"a {SINGULAR[kind]} must have a name and a plugin (got {shown(name)} and {shown(plugin)})")
    if name not in get_registry().names(kind):
        failed = "".join(f"; {each.title} could not be loaded: {each.failure}" for each in get_registry().failures)
        raise PluginError(f"{what}: needs the {SINGULAR[kind]} {name!r} of the plugin {plugin}, which is not installed{failed}")
    try:
        return make(kind, name, {key: _from_plain(value) for key, value in stored["parameters"].items()})
    except ConnectionistError as error:
        raise PluginError(
            f"{what}: needs the {SINGULAR[kind]} {name!r} of the plugin {plugin}, and the installed one differs: {error}"
        ) from None


def reduce_by_name(given: Any) -> tuple[Any, ...] | None:
    """Return the pickle of an object that can be stored, or None. Pickle alone does not find the classes of plugins in folders."""
    for kind in KINDS:
        name = getattr(given, "name", None)
        if name in get_registry().names(kind) and get_registry().find(kind, name) is type(given):
            with suppress(ParameterError):
                return restore, (kind, store(kind, given, "pickle"), "pickle")
    return None


def _origin(plugin: Plugin) -> str:
    """Return the name of a plugin with its distribution and version, or with the name of its file."""
    path = PurePath(plugin.origin)
    return f"{plugin.name} ({path.name if path.suffix == '.py' else plugin.origin})"


def _plain(value: Any, what: str) -> Any:
    """Return a parameter as a value that JSON has. JSON lacks tuples, which are lists there, and numbers that are not finite."""
    if hasattr(value, "dtype") and hasattr(value, "item") and not getattr(value, "shape", None):
        value = value.item()  # a number of numpy
    if isinstance(value, float):
        return value if math.isfinite(value) else {"number": str(value)}
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, tuple):
        return [_plain(item, what) for item in value]
    raise ParameterError(
        f"{what}: must be a number, text, true, false, None or a tuple of these to be written to a file (got {shown(value)})"
    )


def _from_plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_from_plain(item) for item in value)
    return NOT_FINITE[value["number"]] if isinstance(value, dict) else value
