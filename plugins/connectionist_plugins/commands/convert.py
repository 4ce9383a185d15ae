"""``connectionist convert``: a file of one program to that of another."""

from __future__ import annotations

import warnings
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import connectionist as cn
from connectionist.cli.settings import parse_settings
from connectionist.formats.choose_format import able, candidates_for, choose_format
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import parameters_of
from connectionist.utils.counts import describe_count
from connectionist.utils.files import check_path
from connectionist.utils.visible_text import print_text, visible_line

KINDS = "examples", "network", "table"


class Convert(cn.Command):
    """Read a file of one program and write it as that of another: examples, a network, weights or a table.

    The formats follow from the suffixes. If several programs have a suffix, the beginning of the file that is read decides, and --format
    names the format that is written. Weights need the network that they belong to. 'connectionist list formats' lists the formats.

    For example:

      connectionist convert train.ex train.csv
      connectionist convert train.ex train.pat --network xor
      connectionist convert trained.wt weights.csv --network letters.net
    """

    name = "convert"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("source", metavar="IN", help="file to read")
        parser.add_argument("target", metavar="OUT", help="file to write; an existing one is replaced")
        parser.add_argument("--from", dest="source_format", metavar="FORMAT", help="format of IN (default: by its suffix)")
        parser.add_argument("--format", metavar="FORMAT", help="format of OUT (default: by its suffix)")
        parser.add_argument(
            "--network", metavar="FILE|TASK", help="file of the network, or task with the network, of the examples or weights"
        )
        help_of_set = "parameter of the format of IN, or of OUT if that of IN has none of this name; repeatable"
        parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=help_of_set)
        parser.add_argument("--lenient", action="store_true", help="leave out unsupported parts, or read them as the list says")

    def run(self, arguments: Namespace) -> int:
        """Convert the file and print the number of things written."""
        source, target = check_path(arguments.source, "file"), check_path(arguments.target, "file")
        network = None if arguments.network is None else _network(arguments.network)
        kind = _kind(source, target, arguments, network)
        formats = [choose_format(source, f"read_{kind}", arguments.source_format, cn.formats.InputFile(source))]
        formats.append(choose_format(target, f"write_{kind}", arguments.format))
        settings = parse_settings(arguments.set, [type(each) for each in formats])
        for key in settings:
            if not any(key in parameters_of(type(each)) for each in formats):
                names = " and ".join(f"{each.name} ({', '.join(parameters_of(type(each))) or 'none'})" for each in formats)
                raise cn.errors.ParameterError(f"--set {key}: no such parameter; the formats have {names}")
        read = _with(formats[0], settings)
        write = _with(formats[1], {key: value for key, value in settings.items() if key not in parameters_of(type(read))})
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", cn.errors.FormatWarning)
            converted = CONVERTERS[kind](read, write, arguments, network)
        print_text(f"Wrote {converted} to {visible_line(arguments.target)} ({write.name})")
        for warning in caught:
            if isinstance(warning.message, cn.errors.FormatWarning):
                print_text("\n".join(f"  not supported: {visible_line(issue)}" for issue in warning.message.issues))
        return 0


def _network(name: str) -> cn.Network:
    """Return the network of a file or of a task."""
    if name in registry.get_registry().names("tasks"):
        return cn.task(name).network(0)
    if not Path(name).exists():
        raise cn.errors.FileError(f"--network {name!r}: there is no such file, and no task of this name")
    return cn.read_network(name)


def _kind(source: Path, target: Path, arguments: Namespace, network: cn.Network | None) -> str:
    """Return the kind of content that can be read from one file and written to the other."""
    kinds = [*KINDS[:1], "weights", *KINDS[1:]] if network is not None else KINDS
    for kind in kinds:
        readable = _candidates(source, f"read_{kind}", arguments.source_format, cn.formats.InputFile(source))
        if readable and _candidates(target, f"write_{kind}", arguments.format, None):
            return kind
    can = [
        kind for kind in (*KINDS, "weights") if _candidates(source, f"read_{kind}", arguments.source_format, cn.formats.InputFile(source))
    ]
    needs = "; weights need --network" if "weights" in can and network is None else ""
    raise cn.errors.FileError(
        f"file {str(source)!r} has {' or '.join(can) or 'a format that is not known'}, and no format for {str(target)!r} writes that{needs}"
    )


def _candidates(path: Path, ability: str, given: str | None, file: cn.formats.InputFile | None) -> list[Any]:
    if given is None:
        return candidates_for(path, ability, file)
    registry.find("file_formats", given)
    return [each for each in able(ability) if each.name == given]


def _with(chosen: cn.FileFormat, settings: dict[str, Any]) -> cn.FileFormat:
    own = {key: value for key, value in settings.items() if key in parameters_of(type(chosen))}
    return cn.file_format(chosen.name, **own)


def _examples(read: cn.FileFormat, write: cn.FileFormat, arguments: Namespace, network: cn.Network | None) -> str:
    examples = cn.read_examples(arguments.source, network, read, strict=not arguments.lenient)
    cn.write_examples(examples, arguments.target, write, strict=not arguments.lenient)
    return describe_count(len(examples), "example")


def _whole_network(read: cn.FileFormat, write: cn.FileFormat, arguments: Namespace, _network: cn.Network | None) -> str:
    made = cn.read_network(arguments.source, read, strict=not arguments.lenient)
    cn.write_network(made, arguments.target, write, strict=not arguments.lenient)
    return f"a network of {describe_count(len(made.units) - 1, 'unit')}"


def _weights(read: cn.FileFormat, write: cn.FileFormat, arguments: Namespace, network: cn.Network | None) -> str:
    assert network is not None  # else the kind is another one
    cn.read_weights(network, arguments.source, read, strict=not arguments.lenient)
    cn.write_weights(network, arguments.target, write, strict=not arguments.lenient)
    return describe_count(len(network.weights), "weight")


def _table(read: cn.FileFormat, write: cn.FileFormat, arguments: Namespace, _network: cn.Network | None) -> str:
    from connectionist.formats.read import warn_of

    source = cn.formats.InputFile(arguments.source, strict=not arguments.lenient)
    frame = read.read_table(source)
    with cn.formats.OutputFile(arguments.target, strict=not arguments.lenient, issues=source.issues) as target:
        write.write_table(target, frame)
    warn_of(target.issues, "converted")
    return describe_count(len(frame), "row")


CONVERTERS: dict[str, Callable[[cn.FileFormat, cn.FileFormat, Namespace, cn.Network | None], str]] = {
    "examples": _examples,
    "network": _whole_network,
    "weights": _weights,
    "table": _table,
}


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist convert``."""
    return [Convert]
