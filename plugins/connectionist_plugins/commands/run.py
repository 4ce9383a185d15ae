"""``connectionist run``: run a task with one or several seeds, and report the results."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import connectionist as cn
from connectionist.cli.kept_results import describe_kept
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.run_options import add_run_options, run_options
from connectionist.cli.settings import parse_seeds, whole_number
from connectionist.cli.streams import print_message, results_kept
from connectionist.experiments.seed_folders import seed_folder
from connectionist.learning.stop_signals import stop_signals
from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.reporting.table import Table, print_tables
from connectionist.reporting.text import run_tables, summary_tables
from connectionist.utils.json_values import as_json, json_value
from connectionist.utils.visible_text import print_text, visible_line

if TYPE_CHECKING:
    from concurrent.futures import Future

    from connectionist.experiments.seeds_ahead import SeedOutcome
    from connectionist.experiments.study.work import Work
    from connectionist.learning.progress import Reporter

FINISHED, FAILED, INTERRUPTED = 0, 1, 130


class RunTask(cn.Command):
    """Run a task and compare the measured with the published results.

    The preset of the task determines the training. Options override it. With --seeds, the task is run once for each seed, and the
    distribution over seeds is reported. Ctrl-C stops the training; the results so far are reported and written.

    For example:

      connectionist run symmetry --seed 1
      connectionist run symmetry --seeds 1-40 --json
      connectionist run xor --preset published --set rate=0.25 --out xor-run
    """

    name = "run"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task", metavar="TASK", help="name of a task; 'connectionist list tasks' lists them")
        parser.add_argument(
            "--preset", default="default", metavar="P", help="preset of the task; 'published' is the recipe printed in the paper"
        )
        seeds = parser.add_mutually_exclusive_group()
        seeds.add_argument("--seed", type=whole_number, default=0, metavar="N", help="root seed of all random numbers (default 0)")
        seeds.add_argument("--seeds", metavar="A-B", help="run once for each seed from A to B")
        add_run_options(parser)
        parser.add_argument("--test-every", type=whole_number, metavar="N", help="test also after every N epochs, for the log")
        parser.add_argument("--out", metavar="DIR", help="write report, log, weights and figures to a new folder")
        parser.add_argument("--json", action="store_true", help="print only the report, as JSON, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Run the task. Return 0, 1 if training diverged or a plugin failed, or 130 if it was interrupted.

        Raises
        ------
        KeyboardInterrupt
            With a message, if a signal came before training, or a second one before everything was written.
        """
        seeds = range(arguments.seed, arguments.seed + 1) if arguments.seeds is None else parse_seeds(arguments.seeds)
        options = run_options(arguments)
        try:
            with ExitStack() as stack:
                folder = None
                if arguments.out is not None:
                    from connectionist.experiments.run_folder import claim_folder

                    folder = stack.enter_context(claim_folder(arguments.out)).absolute()  # a plugin may change the working folder
                runs = Runs(arguments, options, seeds, folder)
                status = runs.run_one() if arguments.seeds is None else runs.run_all()
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_interrupted_text(arguments)) from None
        except OSError:  # the reader of the output is gone, or a file cannot be written
            _report_interrupt(arguments)
            raise
        _report_interrupt(arguments)
        return status


class Runs:
    """The runs of one command.

    Parameters
    ----------
    arguments : Namespace
        Arguments of the command.
    options : dict
        Arguments of `connectionist.run`.
    seeds : range
    folder : Path or None
        Existing folder to write to.
    """

    def __init__(self, arguments: Namespace, options: dict[str, Any], seeds: range, folder: Path | None) -> None:
        self.arguments = arguments
        self.options = options
        self.seeds = seeds
        self.folder = folder
        self.finished: list[dict[str, Any]] = []
        self.failed: list[int] = []  # seeds without a result
        self.has_criterion = False
        self.status = FINISHED

    def run_one(self) -> int:
        """Run with one seed, write the folder, print the report, and return the exit status."""
        from connectionist.learning.progress import progress_over_seeds

        with progress_over_seeds(self.arguments.task, 1) as reporter:
            result = self.run_seed(self.seeds[0], reporter)
        assert result is not None  # only with several seeds
        report = json_value(result.report)
        with afterwards(lambda: self.print_report(report, run_tables)):
            self.write(result, self.folder)
        return self.status

    def run_all(self) -> int:
        """Run with each seed, report the finished runs even after an exception, and return the exit status."""
        with afterwards(self.report_summary):
            try:
                self.run_each()
            except KeyboardInterrupt:
                self.status = INTERRUPTED
        if not self.finished and self.status == INTERRUPTED:
            print_message("connectionist run: interrupted before the first run finished")
        return self.status

    def run_each(self) -> None:
        """Run with each seed, until a run is interrupted. Later seeds are run in other processes, if much is left."""
        from connectionist.experiments.seeds_ahead import SeedsAhead
        from connectionist.learning.progress import progress_over_seeds

        ahead = SeedsAhead(self.work(), self.seeds)
        with progress_over_seeds(self.arguments.task, self.seeds[-1] - self.seeds[0] + 1) as reporter, ahead:
            for seed in self.seeds:
                if (future := ahead.take(seed)) is not None:
                    try:
                        self.add_outcome(seed, self.outcome_of(future, reporter(seed)))
                    except BaseException:
                        for later, outcome in ahead.finished():
                            self.add_outcome(later, outcome)
                        raise
                    continue
                result = self.run_seed(seed, reporter)
                folder = self.folder and self.folder / seed_folder(seed)
                try:
                    if result is None:
                        self.failed.append(seed)
                    else:
                        self.write(result, folder)
                finally:
                    if self.status != INTERRUPTED and result is not None and (folder is None or (folder / "run.json").is_file()):
                        self.has_criterion = isinstance(result.task.criterion, cn.Criterion)
                        self.finished.append(json_value(result.report))
                if self.status == INTERRUPTED:
                    return

    def work(self) -> Work:
        """Return what another process must know to run a seed."""
        from connectionist.experiments.study.work import Work

        options = {name: value for name, value in self.options.items() if name != "parameters"}
        folder = None if self.folder is None else str(self.folder)
        command_line = tuple(self.arguments.command_line)
        return Work(self.arguments.task, options, self.options["parameters"], keep=folder, command_line=command_line)

    def outcome_of(self, future: Future[SeedOutcome], reporter: Reporter) -> SeedOutcome:
        """Wait for the run of a seed in another process."""
        from connectionist.experiments.seeds_ahead import SeedOutcome
        from connectionist.experiments.study.executors import WorkerEnded

        stop_signals().allow()
        with reporter:
            try:
                return future.result()
            except WorkerEnded as error:
                return SeedOutcome(None, (str(error),))

    def add_outcome(self, seed: int, outcome: SeedOutcome) -> None:
        """Add a run that was made in another process, and print why it failed, if it did."""
        for message in outcome.messages:
            print_message(f"connectionist run: seed {seed}: {message}")
            self.status = FAILED if self.status == FINISHED else self.status
        if outcome.report is None:
            self.failed.append(seed)
        else:
            self.has_criterion = outcome.has_criterion
            self.finished.append(outcome.report)

    def run_seed(self, seed: int, reporter: Callable[[int], Reporter]) -> cn.Result | None:
        """Run with one seed, and return its result; None if a plugin failed before training.

        A run that diverged, failed or was interrupted also has a result; it sets the exit status.
        """
        stop_signals().allow()
        try:
            with plugin_code():
                return cn.run(self.arguments.task, seed=seed, progress=reporter(seed), **self.options)
        except (Exception, KeyboardInterrupt) as ended:
            found = getattr(ended, "result", None)
            result = found if isinstance(found, cn.Result) else None  # the exception of a plugin may have an attribute of that name
            if result is None and not self.others_may_succeed(ended):
                raise
            has_stopped = isinstance(ended, (cn.errors.DivergenceError, cn.errors.TrainingInterrupted))
            messages = [str(ended)] if has_stopped else [] if isinstance(ended, KeyboardInterrupt) else [describe_fault(ended)]
            for message in dict.fromkeys([*messages, *(result.report["failures"] if result else [])]):
                print_message(f"connectionist run: seed {seed}: {message}")
            self.status = INTERRUPTED if isinstance(ended, KeyboardInterrupt) else FAILED
            return result

    def others_may_succeed(self, error: BaseException) -> bool:
        """Return whether to go on with other seeds after an error: not after wrong use, which would be wrong with each seed."""
        is_wrong_use = isinstance(error, cn.errors.ConnectionistError) and not isinstance(error, cn.errors.PluginError)
        return bool(self.arguments.seeds) and isinstance(error, Exception) and (bool(self.finished) or not is_wrong_use)

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
            print_message(f"connectionist run: seed {result.run.seed}: {describe_fault(error)}")
            has_failed = True
        if has_failed and self.status == FINISHED:
            self.status = FAILED

    def report_summary(self) -> None:
        """Summarize the finished runs, if there are any, write the summary, and print it."""
        if not self.finished:
            return
        from connectionist.experiments.seed_summary import missing_ranges, summarize

        done = [*(report["seed"] for report in self.finished), *self.failed]
        unfinished = missing_ranges(self.seeds[0], self.seeds[-1], done)
        summary = summarize(self.finished, self.has_criterion, unfinished, self.failed)
        with afterwards(lambda: self.print_report(summary, summary_tables)):
            if self.folder is not None:
                from connectionist.experiments.run_folder import write_summary
                from connectionist.reporting.html.write import write_seeds_report

                write_seeds_report(self.folder, summary, write_summary(self.folder, summary, self.arguments.command_line))

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


@contextmanager
def afterwards(act: Callable[[], None]) -> Iterator[None]:
    """Call a function after the block, also if the block raises. Then an error of the function is printed, and that of the block raised."""
    try:
        yield
    except BaseException:
        try:
            act()
        except OSError as error:
            print_message(f"connectionist run: error: {error}")
        raise
    act()


def _report_interrupt(arguments: Namespace) -> None:
    if stop_signals().number:
        print_message(f"connectionist: {_interrupted_text(arguments)}")


def _interrupted_text(arguments: Namespace) -> str:
    return f"interrupted{stop_signals().cause}; {describe_kept(arguments.out, 'the run until then')}"


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist run``."""
    return [RunTask]
