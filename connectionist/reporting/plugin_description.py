"""What is known about a thing that a plugin offers, without making one: docstring, parameters, presets, origin."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import MISSING
from typing import Any

from connectionist.plugins import registry
from connectionist.plugins.parameters import describe_allowed, parameters_of
from connectionist.reporting.table import Table


def own_docstring(thing: type) -> str:
    """Return a class's docstring under that of its module, when the module offers nothing else.

    A module with one idea in it says there where the idea comes from, with its equation.
    """
    module = sys.modules[thing.__module__]
    alone = [plugin for plugin in registry.loaded().plugins if plugin.module == thing.__module__ and len(_all_names(plugin.offers)) == 1]
    parts = [inspect.getdoc(module) or "" if alone else "", _class_docstring(thing)]
    return "\n\n".join(part for part in parts if part) or "(it has no description)"


def first_line(thing: type) -> str:
    """Return the first line of a class's docstring; empty when it has none of its own."""
    return _class_docstring(thing).partition("\n")[0]


def description(thing: type) -> str:
    """Return what a class's docstring says before its first section; empty when it has none of its own."""
    return re.split(r"^\w[\w ]*\n-{3,}$", _class_docstring(thing), maxsplit=1, flags=re.MULTILINE)[0].strip()


def origin_lines(kind: str, name: str) -> list[str]:
    """Return where something comes from, in lines: published source, plugin, file."""
    thing, plugin = registry.find(kind, name), registry.loaded().origin(kind, name)
    source = getattr(thing, "source", "")
    published = [f"published: {source}"] if source else []
    return [*published, f"from: plugin {plugin.name!r} of {plugin.origin}", f"file: {inspect.getsourcefile(thing)}"]


def parameter_table(thing: type) -> Table:
    """Return a table of a class's parameters with the allowed values and the default of each."""
    table = Table("Parameters", ["name", "allowed", "default"])
    for name, default in parameters_of(thing).items():
        shown = "must be given" if default is MISSING else repr(default)
        table.rows.append([name, describe_allowed(thing, name), shown])
    return table


def preset_table(thing: Any) -> Table:
    """Return a table of a task's presets: which parameters each sets otherwise."""
    table = Table("Presets", ["name", "sets"])
    for name, parameters in getattr(thing, "presets", {}).items():
        table.rows.append([name, ", ".join(f"{key}={value!r}" for key, value in parameters.items()) or "the defaults"])
    return table


def _class_docstring(thing: type) -> str:
    """Return the docstring written for the class: neither inherited nor the signature that a dataclass puts there."""
    written = inspect.cleandoc(vars(thing).get("__doc__") or "")
    return "" if written.startswith(f"{thing.__name__}(") else written


def _all_names(offers: dict[str, tuple[str, ...]]) -> list[str]:
    return [name for names in offers.values() for name in names]
