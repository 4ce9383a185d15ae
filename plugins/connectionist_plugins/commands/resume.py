"""``connectionist resume``: go on with a run that was killed or interrupted, or train it longer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import connectionist as cn
from connectionist.cli.main import plugin_options
from connectionist.cli.runs import execute
from connectionist.cli.settings import checkpoint_interval, whole_number
from connectionist.plugins import registry
from connectionist.utils.visible_text import visible_line


class Resume(cn.Command):
    """Go on with a run that was killed or interrupted, or train it longer.

    The folder must be that of 'connectionist run TASK --out DIR'. The run goes on from its last checkpoint, with the same numbers as a run
    that was not interrupted, and the folder is written as if it had not been. With several seeds, those that are whole are left, and the
    others are trained. With --epochs, training goes on to that number of epochs in total.

    For example:

      connectionist resume results/symmetry
      connectionist resume results/symmetry --epochs 3000
    """

    name = "resume"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", metavar="DIR", help="folder of a run")
        parser.add_argument("--epochs", type=whole_number, metavar="N", help="number of epochs in total; by default as before")
        parser.add_argument(
            "--checkpoint-every", type=checkpoint_interval, metavar="T", help="interval of the next checkpoints; by default as before"
        )
        parser.add_argument("--json", action="store_true", help="print only the report, as JSON, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Go on, write the folder, and print the report. The exit status is that of ``connectionist run``."""
        from connectionist.experiments.run_with_checkpoints import command_line_of
        from connectionist.utils.files import check_path

        folder = check_path(arguments.folder, "resume:")
        if not folder.is_dir():
            raise cn.errors.FileError(f"resume: {arguments.folder!r} is not a folder")
        with _claimed(folder):
            before = _arguments_of(command_line_of(folder), folder)
            for name in ("epochs", "checkpoint_every"):
                if (value := getattr(arguments, name)) is not None:
                    setattr(before, name, value)
                    before.command_line += [f"--{name.replace('_', '-')}", str(value)]
            before.out, before.json, before.command = arguments.folder, arguments.json, arguments.command
            return execute(before, _given(folder), goes_on=True)


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Lock the folder, and remove what killed processes left."""
    from connectionist.utils.files import write_errors
    from connectionist.utils.folder_lock import lock_folder
    from connectionist.utils.temporary_files import remove_leftovers

    with write_errors(folder, "resume:"), lock_folder(folder, "resume"):
        remove_leftovers(folder)
        yield


@contextmanager
def _given(folder: Path) -> Iterator[Path | None]:
    yield folder


def _arguments_of(command_line: list[str], folder: Path) -> Namespace:
    """Return the arguments of the command that made a folder."""
    options, words = plugin_options().parse_known_args(command_line[1:])
    if not words or words[0] != "run":
        raise cn.errors.FileError(f"resume: {str(folder)!r} was not written by 'connectionist run'")
    task = next((word for word in words[1:] if word in registry.get_registry().names("tasks")), None)
    if task is None and options.plugins_dir:
        given = " ".join(f"--plugins-dir {visible_line(each)}" for each in options.plugins_dir)
        raise cn.errors.UnknownNameError(f"resume: the task of {str(folder)!r} is not installed; the run had {given}, give it again")
    parser = ArgumentParser(prog="connectionist run", allow_abbrev=False)
    command: cn.Command = registry.find("commands", "run")()
    command.add_arguments(parser)
    arguments = parser.parse_args(words[1:])
    arguments.command_line = command_line
    return arguments


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist resume``."""
    return [Resume]
