"""``connectionist list``: the tasks, rules, learning procedures, functions, engines and file formats."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import connectionist as cn
from connectionist.formats.file_format import ABILITIES, abilities
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind, procedure_names
from connectionist.reporting.plugin_description import first_line
from connectionist.reporting.table import Table, print_tables

TOPICS = ("tasks", "rules", "procedures", "functions", "engines", "formats")


class List(cn.Command):
    """List the tasks, rules, learning procedures, functions, engines and file formats.

    'connectionist show NAME' describes one of them. 'connectionist plugins' lists their origins.
    """

    name = "list"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "topic", nargs="?", choices=TOPICS, metavar="WHAT", help=f"{', '.join(TOPICS[:-1])} or {TOPICS[-1]} (default: all)"
        )

    def run(self, arguments: Namespace) -> int:
        """Print one table per topic."""
        topics = [arguments.topic] if arguments.topic else TOPICS
        makers = {
            "tasks": _tasks,
            "rules": _rules,
            "procedures": _procedures,
            "functions": _functions,
            "engines": _engines,
            "formats": _formats,
        }
        print_tables(makers[topic]() for topic in topics)
        return 0


def _tasks() -> Table:
    table = Table("Tasks", ["name", "what the network learns", "presets"])
    for name in registry.get_registry().names("tasks"):
        task = registry.find("tasks", name)
        table.rows.append([name, first_line(task), ", ".join(task.presets)])
    return table


def _rules() -> Table:
    return Table("Rules", ["name", "description"], _rows("update_rules"))


def _procedures() -> Table:
    rows: list[Sequence[object]] = [[name, first_line(registry.find(procedure_kind(name), name))] for name in procedure_names()]
    return Table("Learning procedures", ["name", "description"], rows)


def _engines() -> Table:
    return Table("Engines", ["name", "description"], _rows("engines"))


def _functions() -> Table:
    table = Table("Functions", ["name", "kind", "description"])
    for kind, word in (("activation_functions", "activation"), ("input_functions", "input"), ("error_functions", "error")):
        table.rows += [[name, word, description] for name, description in _rows(kind)]
    return table


def _formats() -> Table:
    table = Table("File formats", ["name", "suffixes", "description", "can do"])
    for name in registry.get_registry().names("file_formats"):
        found = registry.find("file_formats", name)
        does = ", ".join(ABILITIES[ability] for ability in abilities(found))
        table.rows.append([name, " ".join(found.suffixes + found.sniffed_suffixes), first_line(found), does])
    return table


def _rows(kind: str) -> list[Sequence[object]]:
    return [[name, first_line(registry.find(kind, name))] for name in registry.get_registry().names(kind)]


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist list``."""
    return [List]
