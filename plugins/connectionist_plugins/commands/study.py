"""``connectionist study``: run a task over conditions and seeds, on all processors or a cluster, and report the distributions."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import connectionist as cn
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.run_options import add_run_options, add_ticks_option, owners_of_parameters, run_options
from connectionist.cli.settings import parse_seeds, parse_variations
from connectionist.cli.streams import print_message, results_kept
from connectionist.cli.worker_options import add_worker_options, interruption_text, where_to_run
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import print_text, visible_line

FINISHED, FAILED, INTERRUPTED = 0, 1, 130

PRESET = "default"
OF_RUNS = ("preset", "vary", "seeds", "epochs", "engine", "rule", "procedure", "set", "clip", "schedule", "workers", "dask", "out", "keep")


class StudyTask(cn.Command):
    """Run a task over conditions and seeds, and report the distributions.

    Every combination of the values of --vary is run with every seed. With --out, each finished run is kept; after an interruption or a
    kill, the same command goes on, and a command with more seeds or values makes only the new runs.

    For example:

      connectionist study xor --vary rate=0.05,0.1,0.2 --vary momentum=0:0.9:0.3 --seeds 1-40 --out rates
      connectionist study --show rates
    """

    name = "study"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task", metavar="TASK", nargs="?", help="name of a task; 'connectionist list tasks' lists them")
        parser.add_argument("--preset", default=PRESET, metavar="P", help="preset of the task")
        parser.add_argument(
            "--vary", action="append", default=[], metavar="KEY=VALUES", help="values with commas between, or FIRST:LAST:STEP; repeatable"
        )
        parser.add_argument("--seeds", metavar="A-B", help="run each condition once for each seed from A to B")
        add_run_options(parser)
        add_ticks_option(parser)
        add_worker_options(parser)
        parser.add_argument("--out", metavar="DIR", help="folder of the study, new or of the same study")
        parser.add_argument("--keep", choices=["runs"], help="also write a folder for each run, with its log and weights")
        parser.add_argument("--show", metavar="DIR", help="print the results in the folder of a study, finished or not")
        parser.add_argument("--json", action="store_true", help="print only the summary, as JSON, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Make the runs and report them. Return 0, 1 if a run failed, or 130 if it was interrupted."""
        if arguments.show is not None:
            check_only_shown(arguments)
            study = cn.read_study(arguments.show)
            report(study, study.table, str(study.record["identity"].get("task", "study")), arguments)
            return FINISHED
        for name in ("task", "seeds"):
            if getattr(arguments, name) is None:
                raise cn.errors.ParameterError(f"study: must have {'a task' if name == 'task' else '--seeds A-B'} (got none)")
        return make_runs(arguments)


def check_only_shown(arguments: Namespace) -> None:
    """Raise ParameterError if there are arguments of a study that is run, beside --show."""
    if arguments.task is not None:
        raise cn.errors.ParameterError(f"--show: must be given without a task (got {arguments.task!r})")
    for name in OF_RUNS:
        if (given := getattr(arguments, name)) not in (None, [], PRESET):
            raise cn.errors.ParameterError(f"--show: must be given without --{name} (got {given!r})")


def make_runs(arguments: Namespace) -> int:
    """Make the runs, and report those that are done even after an interruption. Return the exit status."""
    if arguments.keep is not None and arguments.out is None:
        raise cn.errors.ParameterError(f"--keep: needs --out DIR (got {arguments.keep!r} without it)")
    options = run_options(arguments)
    vary = parse_variations(arguments.vary, owners_of_parameters(arguments))
    status = FINISHED
    with plugin_code():
        study = cn.Study(arguments.task, seeds=parse_seeds(arguments.seeds), vary=vary or None, **options)
        with where_to_run(arguments) as places:
            try:
                study.run(arguments.out, keep=arguments.keep, progress=True, command_line=arguments.command_line, **places)
            except cn.errors.TrainingInterrupted as interrupted:
                status = INTERRUPTED
                print_message(f"connectionist study: {interruption_text(interrupted, arguments.out)}")
    table = study.table
    if arguments.out is not None:
        has_failed = write_report(arguments.out)
        status = FAILED if has_failed and status == FINISHED else status
    if len(table):
        report(study, table, arguments.task, arguments)
    failures = [text for text in table["message"] if text] if "message" in table else []
    if failures and status != INTERRUPTED:
        status = FAILED
        failed = f"{len(failures)} of {describe_count(len(table), 'run')} failed"
        print_message(f"connectionist study: error: {failed}; the first: {failures[0]}")
    return status


def write_report(folder: str) -> bool:
    """Write the report of a study. Return whether a figure could not be drawn."""
    from connectionist.reporting.html.study_report import write_study_report
    from connectionist.utils.files import check_path, write_errors
    from connectionist.utils.folder_lock import lock_folder

    path = check_path(folder, "study:").absolute()
    with write_errors(path, "--out:"), lock_folder(path, "study"), plugin_code():
        return write_study_report(path)


def report(study: Any, table: Any, title: str, arguments: Namespace) -> None:
    """Print the summary of a study as JSON or as tables."""
    from connectionist.reporting.study_tables import study_json, study_tables
    from connectionist.reporting.table import print_tables
    from connectionist.utils.json_values import as_json

    folder = arguments.out if arguments.show is None else arguments.show
    columns, planned = study.columns, study.planned
    with results_kept(lambda: "nothing was written" if folder is None else f"the results are in {folder!r}"):
        if arguments.json:
            print_text(as_json(study_json(table, columns, planned)))
            return
        print_tables(study_tables(table, columns, title, planned))
        if arguments.out is not None:
            print_text(f"\nWritten to {visible_line(arguments.out)}; open {visible_line(str(Path(arguments.out) / 'report.html'))}")


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist study``."""
    return [StudyTask]
