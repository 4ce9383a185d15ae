"""``connectionist report``: the figures and reports that a folder of runs does not have."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import connectionist as cn
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import print_text, visible_line


class Report(cn.Command):
    """Draw the figures that runs lack, and write their reports.

    'connectionist run TASK --seeds A-B --out DIR' writes the numbers of each seed, and one report of all. This command writes the report of
    each seed, with its figures, into the folder of the seed. A run that lacks a figure or its report, since it was deleted for example,
    gets all of them again; other runs are not changed. The folder may also be that of one run. In the folder of a study, the command
    writes its report and its tables again.

    For example:

      connectionist report results/symmetry
      connectionist report results/symmetry/seed-7
    """

    name = "report"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("folder", metavar="DIR", help="folder of a run, of runs with several seeds, or of a study")

    def run(self, arguments: Namespace) -> int:
        """Write the missing reports. Return 1 if a run could not be read or a figure could not be drawn, else 0."""
        from connectionist.cli.plugin_code import plugin_code
        from connectionist.reporting.html.missing_reports import runs_without_report, write_missing_reports
        from connectionist.reporting.html.study_report import is_study, write_study_report
        from connectionist.reporting.html.write import has_report
        from connectionist.utils.files import check_path, write_errors
        from connectionist.utils.folder_lock import lock_folder

        folder = check_path(arguments.folder, "run").absolute()  # a plugin may change the working folder
        if not folder.is_dir():
            raise cn.errors.FileError(f"run {arguments.folder!r}: there is no such folder")
        if is_study(folder):
            with write_errors(folder, "folder"), lock_folder(folder, "report"), plugin_code():
                has_failed = write_study_report(folder)
            print_text(f"Wrote the report of the study; open {visible_line(str(folder / 'report.html'))}")
            return 1 if has_failed else 0
        runs, failed = runs_without_report(folder), 0
        is_missing = bool(runs) or not has_report(folder)
        if is_missing:
            with write_errors(folder, "folder"), lock_folder(folder, "report"), plugin_code():
                failed = write_missing_reports(folder, runs)
        written = [run for run in runs if has_report(run)]
        pages = [each / "report.html" for each in (folder, *written) if has_report(each)]
        what = f"Wrote the reports of {describe_count(len(written), 'run')}" if written else "Wrote the report of all runs"
        if pages and (written or not runs):
            print_text(f"{what if is_missing else 'No report was missing'}; open {visible_line(str(pages[0]))}")
        return 1 if failed else 0


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist report``."""
    return [Report]
