"""The runs of one command, ``connectionist run`` or ``connectionist resume``: trained, written, reported."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import connectionist as cn
from connectionist.cli.kept_results import describe_kept
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.run_options import run_options
from connectionist.cli.run_output import FAILED, FINISHED, RunOutput
from connectionist.cli.settings import parse_seeds
from connectionist.cli.streams import print_message
from connectionist.experiments.seed_folders import seed_folder
from connectionist.learning.stop_signals import stop_signals
from connectionist.plugins.faults import describe_fault
from connectionist.reporting.text import run_tables, summary_tables
from connectionist.utils.json_values import json_value
from connectionist.utils.visible_text import visible_line

if TYPE_CHECKING:
    from concurrent.futures import Future

    from connectionist.experiments.seeds_ahead import SeedOutcome
    from connectionist.experiments.study.work import Work
    from connectionist.learning.progress import Reporter

INTERRUPTED = 130


def execute(arguments: Namespace, claimed: AbstractContextManager[Path | None], *, goes_on: bool = False) -> int:
    """Run the task of the arguments of ``connectionist run``, and return the exit status.

    Parameters
    ----------
    arguments : Namespace
    claimed : context manager
        Gives the folder to write to, locked, or None.
    goes_on : bool
        Whether the folder has runs to go on with.

    Raises
    ------
    KeyboardInterrupt
        With a message, if a signal came before training, or a second one before everything was written.
    """
    seeds = range(arguments.seed, arguments.seed + 1) if arguments.seeds is None else parse_seeds(arguments.seeds)
    options = run_options(arguments)
    try:
        with claimed as folder:
            absolute = folder and folder.absolute()  # a plugin may change the working folder
            runs = Runs(arguments, options, seeds, absolute, goes_on=goes_on)
            status = runs.run_one() if arguments.seeds is None else runs.run_all()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_interrupted_text(arguments)) from None
    except OSError:  # the reader of the output is gone, or a file cannot be written
        _report_interrupt(arguments)
        raise
    _report_interrupt(arguments)
    return status


class Runs(RunOutput):
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
    goes_on : bool
        Whether to go on with the runs in the folder, and to leave those that are whole.
    """

    def __init__(self, arguments: Namespace, options: dict[str, Any], seeds: range, folder: Path | None, *, goes_on: bool = False) -> None:
        super().__init__(arguments, folder)
        self.options = options
        self.seeds = seeds
        self.goes_on = goes_on
        self.finished: list[dict[str, Any]] = []
        self.failed: list[int] = []  # seeds without a result
        self.has_criterion = False

    def run_one(self) -> int:
        """Run with one seed, write the folder, print the report, and return the exit status."""
        from connectionist.learning.progress import progress_over_seeds

        if (record := self.whole_record(self.folder)) is not None:
            print_message(f"connectionist resume: {visible_line(str(self.arguments.out))!r} is whole; --epochs N trains longer")
            self.note_status(record)
            self.print_report(record["report"], run_tables)
            return self.status
        with progress_over_seeds(self.arguments.task, 1) as reporter:
            result = self.run_seed(self.seeds[0], reporter)
        assert result is not None  # only with several seeds
        report = json_value(result.report)
        with afterwards(lambda: self.print_report(report, run_tables), self.arguments.command):
            self.write(result, self.folder)
        return self.status

    def run_all(self) -> int:
        """Run with each seed, report the finished runs even after an exception, and return the exit status."""
        with afterwards(self.report_summary, self.arguments.command):
            try:
                self.run_each()
            except KeyboardInterrupt:
                self.status = INTERRUPTED
        if not self.finished and self.status == INTERRUPTED:
            print_message(f"connectionist {self.arguments.command}: interrupted before the first run finished")
        return self.status

    def run_each(self) -> None:
        """Run with each seed, until a run is interrupted. Later seeds are run in other processes, if much is left."""
        from connectionist.experiments.seeds_ahead import SeedsAhead
        from connectionist.learning.progress import progress_over_seeds

        ahead = SeedsAhead(self.work(), range(0) if self.goes_on else self.seeds)
        with progress_over_seeds(self.arguments.task, self.seeds[-1] - self.seeds[0] + 1) as reporter, ahead:
            for seed in self.seeds:
                folder = self.folder and self.folder / seed_folder(seed)
                if (record := self.whole_record(folder)) is not None:
                    self.leave(record)
                    continue
                if (future := ahead.take(seed)) is not None:
                    try:
                        self.add_outcome(seed, self.outcome_of(future, reporter(seed)))
                    except BaseException:
                        for later, outcome in ahead.finished():
                            self.add_outcome(later, outcome)
                        raise
                    continue
                result = self.run_seed(seed, reporter)
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
        return Work(
            self.arguments.task,
            options,
            self.options["parameters"],
            keep=folder,
            command_line=command_line,
            checkpoint_every=self.arguments.checkpoint_every,
        )

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
            print_message(f"connectionist {self.arguments.command}: seed {seed}: {message}")
            self.status = FAILED if self.status == FINISHED else self.status
        if outcome.report is None:
            self.failed.append(seed)
        else:
            self.has_criterion = outcome.has_criterion
            self.finished.append(outcome.report)

    def whole_record(self, folder: Path | None) -> dict[str, Any] | None:
        """Return ``run.json`` of a run that is whole and need not go on; None if it must be trained.

        Raises
        ------
        ParameterError
            If it has more epochs than it shall have now.
        """
        if not self.goes_on or folder is None or not (folder / "run.json").is_file():
            return None
        from connectionist.experiments.read_run import read_record

        try:
            record = read_record(folder)
        except cn.errors.FileError as error:
            print_message(f"connectionist resume: {error}; it is trained again")
            return None
        report, epochs = record["report"], self.arguments.epochs
        if epochs is not None and report["epochs"] > epochs:
            done = report["epochs"]
            raise cn.errors.ParameterError(f"resume.epochs: must be at least {done}, the number of epochs so far (got {epochs})")
        has_other_epochs = epochs is not None and sum(phase["epochs"] for phase in report["phases"]) != epochs
        lacks_figures = self.arguments.seeds is None and "report.html" not in record.get("files", {"report.html": {}})
        return None if has_other_epochs or lacks_figures or report["stopped"] == "interrupted" else record

    def leave(self, record: dict[str, Any]) -> None:
        """Count a run that is whole already among the finished ones."""
        from connectionist.experiments.remake_task import remake_task
        from connectionist.experiments.task_members import has_criterion

        self.finished.append(record["report"])
        self.has_criterion = has_criterion(remake_task(self.folder or Path(), record))
        self.note_status(record)

    def note_status(self, record: dict[str, Any]) -> None:
        """Set the exit status to that of a run that is whole already."""
        if record["report"].get("failures") or record["report"]["stopped"] in ("diverged", "error"):
            self.status = FAILED

    def train(self, seed: int, reporter: Reporter) -> cn.Result:
        """Train with one seed; with a folder, write checkpoints, or go on from them."""
        if self.folder is None:
            return cn.run(self.arguments.task, seed=seed, progress=reporter, **self.options)
        from connectionist.experiments.run_with_checkpoints import run_with_checkpoints

        folder = self.folder if self.arguments.seeds is None else self.folder / seed_folder(seed)
        written = self.arguments.command_line, self.arguments.checkpoint_every
        return run_with_checkpoints(self.arguments.task, folder, *written, seed=seed, progress=reporter, **self.options)

    def run_seed(self, seed: int, reporter: Callable[[int], Reporter]) -> cn.Result | None:
        """Run with one seed, and return its result; None if a plugin failed before training.

        A run that diverged, failed or was interrupted also has a result; it sets the exit status.
        """
        stop_signals().allow()
        try:
            with plugin_code():
                return self.train(seed, reporter(seed))
        except (Exception, KeyboardInterrupt) as ended:
            found = getattr(ended, "result", None)
            result = found if isinstance(found, cn.Result) else None  # the exception of a plugin may have an attribute of that name
            if result is None and not self.others_may_succeed(ended):
                raise
            has_stopped = isinstance(ended, (cn.errors.DivergenceError, cn.errors.TrainingInterrupted))
            messages = [str(ended)] if has_stopped else [] if isinstance(ended, KeyboardInterrupt) else [describe_fault(ended)]
            for message in dict.fromkeys([*messages, *(result.report["failures"] if result else [])]):
                print_message(f"connectionist {self.arguments.command}: seed {seed}: {message}")
            self.status = INTERRUPTED if isinstance(ended, KeyboardInterrupt) else FAILED
            return result

    def others_may_succeed(self, error: BaseException) -> bool:
        """Return whether to go on with other seeds after an error: not after wrong use, which would be wrong with each seed."""
        is_wrong_use = isinstance(error, cn.errors.ConnectionistError) and not isinstance(error, cn.errors.PluginError)
        return bool(self.arguments.seeds) and isinstance(error, Exception) and (bool(self.finished) or not is_wrong_use)

    def report_summary(self) -> None:
        """Summarize the finished runs, if there are any, write the summary, and print it."""
        if not self.finished:
            return
        from connectionist.experiments.seed_summary import missing_ranges, summarize

        done = [*(report["seed"] for report in self.finished), *self.failed]
        unfinished = missing_ranges(self.seeds[0], self.seeds[-1], done)
        summary = summarize(self.finished, self.has_criterion, unfinished, self.failed)
        with afterwards(lambda: self.print_report(summary, summary_tables), self.arguments.command):
            if self.folder is not None:
                from connectionist.experiments.run_folder import write_summary
                from connectionist.reporting.html.write import write_seeds_report

                write_seeds_report(self.folder, summary, write_summary(self.folder, summary, self.arguments.command_line))


@contextmanager
def afterwards(act: Callable[[], None], command: str) -> Iterator[None]:
    """Call a function after the block, also if the block raises. Then an error of the function is printed, and that of the block raised."""
    try:
        yield
    except BaseException:
        try:
            act()
        except OSError as error:
            print_message(f"connectionist {command}: error: {error}")
        raise
    act()


def _report_interrupt(arguments: Namespace) -> None:
    if stop_signals().number:
        print_message(f"connectionist: {_interrupted_text(arguments)}")


def _interrupted_text(arguments: Namespace) -> str:
    return f"interrupted{stop_signals().cause}; {describe_kept(arguments.out, 'the run until then')}"
