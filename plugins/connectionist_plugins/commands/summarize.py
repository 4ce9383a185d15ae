"""``connectionist summarize``: the summary of runs with several seeds that were ended before they wrote it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import connectionist as cn
from connectionist.cli.streams import results_kept
from connectionist.reporting.table import print_tables
from connectionist.reporting.text import summary_tables
from connectionist.utils.json_values import as_json
from connectionist.utils.visible_text import print_text, visible_line


class Summarize(cn.Command):
    """Summarize the finished seeds of a run that was killed.

    'connectionist run TASK --seeds A-B --out DIR' writes a summary when it ends. If it was killed, this command makes the summary of
    the seeds that finished, and writes summary.json, runs.csv and report.html into the folder.

    For example:

      connectionist summarize results/symmetry
    """

    name = "summarize"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", metavar="DIR", help="folder of a run with several seeds")
        parser.add_argument("--json", action="store_true", help="print only the summary, as JSON, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Write the summary and print it."""
        from connectionist.experiments.run_folder import write_summary
        from connectionist.experiments.summarize_folder import summarize_folder
        from connectionist.reporting.html.write import write_seeds_report
        from connectionist.utils.files import check_path, write_errors
        from connectionist.utils.folder_lock import lock_folder

        folder = check_path(arguments.folder, "run")
        if not folder.is_dir():
            raise cn.errors.FileError(f"run {arguments.folder!r}: there is no such folder")
        if (folder / "summary.json").exists():
            raise cn.errors.FileError(f"run {arguments.folder!r}: has a summary already, summary.json; delete it to make another")
        with write_errors(folder, "folder"), lock_folder(folder, "summarize"):
            summary, command_line = summarize_folder(folder)
            write_seeds_report(folder, summary, write_summary(folder, summary, command_line))
        with results_kept(lambda: f"the summary is in {arguments.folder!r}"):
            if arguments.json:
                print_text(as_json(summary))
            else:
                print_tables(summary_tables(summary))
                print_text(f"\nWritten to {visible_line(str(folder))}; open {visible_line(str(folder / 'report.html'))}")
        return 0


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist summarize``."""
    return [Summarize]
