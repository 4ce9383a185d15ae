"""``connectionist show``: all that is known about one task, rule, function or engine."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from connectionist.cli.command import Command
from connectionist.errors import unknown
from connectionist.plugins import registry
from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.registry import SINGULAR
from connectionist.reporting.plugin_description import origin_lines, own_docstring, parameter_table, preset_table
from connectionist.reporting.table import show


class Show(Command):
    """Show what a task, rule, function or engine is, its parameters and presets, and where it comes from."""

    name = "show"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("name", metavar="NAME", help="as 'connectionist list' shows")

    def run(self, arguments: Namespace) -> int:
        """Show everything of that name; a rule and a function may share one."""
        kinds = [kind for kind in SINGULAR if kind != "commands"]
        found = [kind for kind in kinds if arguments.name in registry.loaded().names(kind)]
        if not found:
            raise unknown(
                "task, rule, function or engine", arguments.name, (name for kind in kinds for name in registry.loaded().names(kind))
            )
        for kind in found:
            _show(kind, arguments.name)
        return 0


def _show(kind: str, name: str) -> None:
    thing = registry.find(kind, name)
    print("\n".join([f"{name}: {SINGULAR[kind]}", *origin_lines(kind, name), "", own_docstring(thing), ""]))  # noqa: T201
    show(table for table in (parameter_table(thing), preset_table(thing)) if table.rows)


@hookimpl
def commands() -> Sequence[type[Command]]:
    """Offer ``show``."""
    return [Show]
