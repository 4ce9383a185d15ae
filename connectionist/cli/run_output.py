"""What a command writes and prints of its runs."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import connectionist as cn
from connectionist.cli.kept_results import describe_kept
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.streams import print_message, results_kept
from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.reporting.table import Table, print_tables
from connectionist.utils.json_values import as_json
from connectionist.utils.visible_text import print_text, visible_line

FINISHED, FAILED = 0, 1


class RunOutput:
    """The folder and the printed reports of the runs of one command.

    Parameters
    ----------
    arguments : Namespace
        Arguments of the command.
    folder : Path or None
        Existing folder to write to.

    Attributes
    ----------
    status : int
        Exit status of the command so far.
    """

    def __init__(self, arguments: Namespace, folder: Path | None) -> None:
        self.arguments = arguments
        self.folder = folder
        self.status = FINISHED

    def write(self, result: cn.Result, folder: Path | None) -> None:
        """Write a run into its folder, unless the folder is None. A report that a plugin cannot make sets the exit status.

        With several seeds, a run is written without figures, which take much longer than the training of a small network.
        """
        if folder is not None:
            from connectionist.experiments.run_folder import write_run
            from connectionist.utils.files import write_errors
            from connectionist.utils.folders import make_folder

            with write_errors(folder, "--out:"):
                make_folder(folder)
            with plugin_code():
                record = write_run(folder, result, self.arguments.command_line)
                if self.arguments.seeds is None:
                    self.write_report(folder, result, record)

    def write_report(self, folder: Path, result: cn.Result, record: dict[str, Any]) -> None:
        """Write the figures and the report of a run."""
        from connectionist.reporting.html.write import write_report

        try:
            with exits_as_errors():
                has_failed = write_report(folder, result, record)
        except cn.errors.FileError:
            raise
        except Exception as error:  # of the plugin's task; the numbers are written
            print_message(f"connectionist {self.arguments.command}: seed {result.run.seed}: {describe_fault(error)}")
            has_failed = True
        if has_failed and self.status == FINISHED:
            self.status = FAILED

    def print_report(self, report: dict[str, Any], tables: Callable[[dict[str, Any]], list[Table]]) -> None:
        """Print a report as JSON or as tables."""
        with results_kept(lambda: describe_kept(self.arguments.out, "the run")):
            if self.arguments.json:
                print_text(as_json(report))
            else:
                print_tables(tables(report))
                self.print_written()

    def print_written(self) -> None:
        """Print where the run was written, if it is there."""
        if self.folder is not None and any((self.folder / name).is_file() for name in ("run.json", "summary.json")):
            page = Path(self.arguments.out) / "report.html"
            opened = f"; open {visible_line(str(page))}" if (self.folder / page.name).is_file() else ""
            print_text(f"\nWritten to {visible_line(str(page.parent))}{opened}")
            if self.arguments.seeds is not None:
                print_text(f"'connectionist report {visible_line(str(page.parent))}' draws the figures of each seed")
