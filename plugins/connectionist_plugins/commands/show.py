"""``connectionist show``: description of one task, rule, learning procedure, function, engine or file format, or of a file."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import connectionist as cn
from connectionist.formats.choose_format import candidates_for, choose_format
from connectionist.formats.file_format import abilities
from connectionist.plugins import registry
from connectionist.plugins.registry import SINGULAR
from connectionist.reporting.file_tables import data_table, example_tables, network_tables, weight_table
from connectionist.reporting.plugin_description import full_description, origin_lines, parameter_table, preset_table
from connectionist.reporting.table import Table, print_tables
from connectionist.utils.counts import describe_count
from connectionist.utils.untrusted_files import is_file
from connectionist.utils.visible_text import print_text, visible_line

MOST_ISSUES = 20
SAVED = ".npz"  # of save_network and save_weights
OF_FOLDERS = ("run.json", "summary.json")  # written by connectionist run


class Show(cn.Command):
    """Describe a task, rule, learning procedure, function, engine or file format, or a file: its content and its unsupported parts.

    For example:

      connectionist show momentum
      connectionist show train.ex
    """

    name = "show"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        what = "name of a task, rule, learning procedure, function, engine or file format ('connectionist list' lists them), or a file"
        parser.add_argument("name", metavar="NAME|FILE", help=what)
        parser.add_argument("--format", metavar="FORMAT", help="format of the file (default: by its suffix)")

    def run(self, arguments: Namespace) -> int:
        """Print the description of everything with this name; a rule and a function may have the same name."""
        kinds = [kind for kind in SINGULAR if kind != "commands"]
        found = [kind for kind in kinds if arguments.name in registry.get_registry().names(kind)]
        if not found:
            _check_not_of_run(Path(arguments.name))
        if arguments.format is not None or (not found and _is_file_name(arguments.name)):
            _show_file(arguments.name, arguments.format)
            return 0
        if not found and arguments.name in registry.get_registry().names("commands"):
            raise cn.errors.UnknownNameError(f"{arguments.name!r} is a command; 'connectionist {arguments.name} --help' describes it")
        if not found:
            known = [name for kind in kinds for name in registry.get_registry().names(kind)]
            synonyms = {synonym: name for kind in kinds for synonym, name in registry.get_registry().synonyms(kind).items()}
            raise cn.errors.unknown_name(
                "task, rule, learning procedure, function, engine, file format or file", arguments.name, known, synonyms
            )
        for kind in found:
            _show(kind, arguments.name)
        return 0


def _check_not_of_run(path: Path) -> None:
    """Raise FileError for a folder, and for files that describe the folder of a run."""
    folder = path if os.path.isdir(path) else path.parent  # noqa: PTH112  (`Path.is_dir` raises OSError if the path is too long)
    if folder == path or path.name in OF_FOLDERS:
        where = visible_line(str(folder))
        raise cn.errors.FileError(
            f"{str(path)!r}: show describes files of examples, networks, weights and tables; for the folder of a run, "
            f"'connectionist report {where}' writes its report, and 'connectionist inspect {where}' opens its network"
        )


def _show(kind: str, name: str) -> None:
    cls = registry.find(kind, name)
    print_text("\n".join([f"{name}: {SINGULAR[kind]}", *origin_lines(kind, name), "", full_description(cls), ""]))
    print_tables(table for table in (parameter_table(cls), preset_table(cls)) if table.rows)


def _is_file_name(name: str) -> bool:
    """Return whether a name is that of a file: it exists, has a folder in front, or has the suffix of a format."""
    formats = registry.get_registry().names("file_formats")
    suffixes = tuple(suffix for each in formats for suffix in registry.find("file_formats", each).suffixes)
    return is_file(Path(name)) or "/" in name or name.lower().removesuffix(".gz").endswith((*suffixes, SAVED))


def _show_file(name: str, given: str | None) -> None:
    """Print the content of a file: examples, a network, weights or a table."""
    if given is None and name.lower().endswith(SAVED):
        _show_saved(name)
        return
    file = cn.formats.InputFile(name, strict=False)
    kinds = ("read_examples", "read_network", "read_table")
    ability = next((each for each in kinds if given is not None or candidates_for(file.path, each, file)), kinds[0])
    if given is not None:
        chosen = registry.resolve("file_formats", given, cn.FileFormat, what="--format")
        ability = next((each for each in kinds if each in abilities(chosen)), ability)
    chosen = choose_format(file.path, ability, given, file)
    try:
        content, tables = _content(chosen, ability, file)
    except cn.errors.FormatError as error:
        if ability == "read_table" or "read_table" not in abilities(chosen):
            raise
        content, tables = _content(chosen, "read_table", file)
        file.issues.append(str(error))
    print_text(f"{visible_line(name)}: {chosen.name}, {content}\n")
    print_tables(tables)
    if file.issues:
        more = [f"and {len(file.issues) - MOST_ISSUES} more"] if len(file.issues) > MOST_ISSUES else []
        print_text("\nNot supported:\n" + "\n".join(f"  {visible_line(issue)}" for issue in [*file.issues[:MOST_ISSUES], *more]))


def _show_saved(name: str) -> None:
    """Print the content of a file of `save_network` or `save_weights`."""
    from connectionist.formats.weight_values import has_network, read_values

    path, subject = Path(name), f"file {name!r}"
    if has_network(path, subject):
        network = cn.load_network(path)
        kind, (content, tables) = "save_network", _network_content(network)
    else:
        values = read_values(path, subject, None)
        kind, content, tables = "save_weights", describe_count(len(values), "weight"), [weight_table(values)]
    print_text(f"{visible_line(name)}: written by {kind}, {content}\n")
    print_tables(tables)


def _network_content(network: cn.Network) -> tuple[str, list[Table]]:
    return f"a network of {describe_count(len(network.units) - 1, 'unit')}", network_tables(network)


def _content(chosen: cn.FileFormat, ability: str, file: cn.formats.InputFile) -> tuple[str, list[Table]]:
    """Return the content of a file in words and in tables."""
    if ability == "read_examples":
        examples = chosen.read_examples(file, None)
        return describe_count(len(examples), "example"), example_tables(examples)
    if ability == "read_network":
        return _network_content(chosen.read_network(file))
    frame = chosen.read_table(file)
    return describe_count(len(frame), "row"), [data_table(frame)]


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist show``."""
    return [Show]
