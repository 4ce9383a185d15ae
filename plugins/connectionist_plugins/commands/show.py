"""``connectionist show``: description of one task, rule, function or engine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import connectionist as cn
from connectionist.plugins import registry
from connectionist.plugins.registry import SINGULAR
from connectionist.reporting.plugin_description import full_description, origin_lines, parameter_table, preset_table
from connectionist.reporting.table import print_tables
from connectionist.utils.visible_text import print_text


class Show(cn.Command):
    """Describe a task, rule, function or engine: its documentation, parameters, presets and origin."""

    name = "show"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("name", metavar="NAME", help="name of a task, rule, function or engine; 'connectionist list' lists them")

    def run(self, arguments: Namespace) -> int:
        """Print the description of everything with this name; a rule and a function may have the same name."""
        kinds = [kind for kind in SINGULAR if kind != "commands"]
        found = [kind for kind in kinds if arguments.name in registry.get_registry().names(kind)]
        if not found and arguments.name in registry.get_registry().names("commands"):
            raise cn.errors.UnknownNameError(f"{arguments.name!r} is a command; 'connectionist {arguments.name} --help' describes it")
        if not found:
            known = [name for kind in kinds for name in registry.get_registry().names(kind)]
            synonyms = {synonym: name for kind in kinds for synonym, name in registry.get_registry().synonyms(kind).items()}
            raise cn.errors.unknown_name("task, rule, function or engine", arguments.name, known, synonyms)
        for kind in found:
            _show(kind, arguments.name)
        return 0


def _show(kind: str, name: str) -> None:
    cls = registry.find(kind, name)
    print_text("\n".join([f"{name}: {SINGULAR[kind]}", *origin_lines(kind, name), "", full_description(cls), ""]))
    print_tables(table for table in (parameter_table(cls), preset_table(cls)) if table.rows)


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist show``."""
    return [Show]
