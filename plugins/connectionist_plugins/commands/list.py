"""``connectionist list``: what there is, by kind."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from connectionist.cli.command import Command
from connectionist.plugins import registry
from connectionist.plugins.hookspecs import hookimpl
from connectionist.reporting.plugin_description import first_line
from connectionist.reporting.table import Table, show

TOPICS = ("tasks", "rules", "functions", "engines")


class List(Command):
    """List the tasks, rules, functions and engines that can be named.

    'connectionist show NAME' says more about one of them, 'connectionist plugins' where they come from.
    """

    name = "list"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("topic", nargs="?", choices=TOPICS, metavar="WHAT", help=f"{', '.join(TOPICS)}; all of them unless given")

    def run(self, arguments: Namespace) -> int:
        """Show a table per topic."""
        topics = [arguments.topic] if arguments.topic else TOPICS
        makers = {"tasks": _tasks, "rules": _rules, "functions": _functions, "engines": _engines}
        show(makers[topic]() for topic in topics)
        return 0


def _tasks() -> Table:
    table = Table("Tasks", ["name", "what the network must learn", "presets"])
    for name in registry.loaded().names("tasks"):
        task = registry.find("tasks", name)
        table.rows.append([name, first_line(task), ", ".join(task.presets)])
    return table


def _rules() -> Table:
    return Table("Rules", ["name", "what it is"], _rows("update_rules"))


def _engines() -> Table:
    return Table("Engines", ["name", "what it is"], _rows("engines"))


def _functions() -> Table:
    table = Table("Functions", ["name", "kind", "what it is"])
    for kind, word in (("activation_functions", "activation"), ("error_functions", "error")):
        table.rows += [[name, word, what] for name, what in _rows(kind)]
    return table


def _rows(kind: str) -> list[Sequence[object]]:
    return [[name, first_line(registry.find(kind, name))] for name in registry.loaded().names(kind)]


@hookimpl
def commands() -> Sequence[type[Command]]:
    """Offer ``list``."""
    return [List]
