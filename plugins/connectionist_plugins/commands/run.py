"""``connectionist run``: a task from start to report, once or with many seeds."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import ExitStack, redirect_stdout
from typing import TYPE_CHECKING, Any

from connectionist.cli.command import Command
from connectionist.cli.settings import parse_seeds, parse_settings
from connectionist.errors import DivergenceError, ParameterError, TrainingInterrupted
from connectionist.plugins import registry
from connectionist.plugins.hookspecs import hookimpl
from connectionist.plugins.parameters import parameters_of
from connectionist.plugins.registry import make
from connectionist.reporting.table import Table, show
from connectionist.reporting.text import run_tables, summary_tables
from connectionist.utils.json_values import as_json, json_value

if TYPE_CHECKING:
    from pathlib import Path

    from connectionist.experiments.run_task import Result
    from connectionist.learning.progress import Reporter

FINISHED, FAILED, INTERRUPTED = 0, 1, 130


class RunTask(Command):
    """Run a task and set what was measured beside what was published.

    The network is trained as the task's preset says; what an option names takes the place of that. With --seeds the task is
    run once per seed and the distribution over seeds is reported. Ctrl-C ends the training, and what was learned so far is
    reported and written all the same.

    For example:

      connectionist run symmetry --seed 1
      connectionist run symmetry --seeds 1-40 --json
      connectionist run xor --preset published --set rate=0.25 --out xor-run
    """

    name = "run"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task", metavar="TASK", help="as 'connectionist list tasks' shows")
        parser.add_argument("--preset", default="default", metavar="P", help="a named recipe; 'published' is the one printed in the paper")
        seeds = parser.add_mutually_exclusive_group()
        seeds.add_argument("--seed", type=int, default=0, metavar="N", help="root of every random number (default 0)")
        seeds.add_argument("--seeds", metavar="A-B", help="run with each seed from A to B")
        parser.add_argument("--epochs", type=int, metavar="N", help="train at most so long")
        parser.add_argument("--engine", metavar="E", help="as 'connectionist list engines' shows")
        parser.add_argument("--rule", metavar="NAME", help="learn by this rule, as 'connectionist list rules' shows")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="a parameter of the task, or of the rule or engine named; repeatable; 'connectionist show NAME' lists them",
        )
        parser.add_argument("--out", metavar="DIR", help="write the report, log, weights and figures to a new folder")
        parser.add_argument("--json", action="store_true", help="print the report as JSON, and nothing else, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Run it, and return 0, 1 when training diverged, or 130 when it was interrupted."""
        seeds: Sequence[int] = parse_seeds(arguments.seeds) if arguments.seeds else [arguments.seed]
        options = _options(arguments)
        with ExitStack() as stack:
            folder = None
            if arguments.out is not None:
                from connectionist.experiments.run_folder import create_folder

                folder = stack.enter_context(create_folder(arguments.out))
            runs = Runs(arguments, options, seeds, folder)
            return runs.several() if arguments.seeds else runs.one()


class Runs:
    """The runs that one command asks for."""

    def __init__(self, arguments: Namespace, options: dict[str, Any], seeds: Sequence[int], folder: Path | None) -> None:
        self.arguments = arguments
        self.options = options
        self.seeds = seeds
        self.folder = folder
        self.finished: list[dict[str, Any]] = []
        self.has_criterion = False
        self.status = FINISHED

    def one(self) -> int:
        """Run with one seed, write and report."""
        from connectionist.learning.progress import progress_over_seeds

        with progress_over_seeds(self.arguments.task, 1) as reporter:
            result = self.attempt(self.seeds[0], reporter)
        report = json_value(result.report)
        try:
            self.write(result, self.folder)
        finally:
            self.tell(report, run_tables)
        return self.status

    def several(self) -> int:
        """Run with each seed in turn; report those that finished whatever ends the others."""
        try:
            self.one_by_one()
        except KeyboardInterrupt:
            self.status = INTERRUPTED
        finally:
            if self.finished:
                self.conclude()
        if not self.finished:
            _say("interrupted before the first seed had finished")
        return self.status

    def one_by_one(self) -> None:
        """Run with each seed in turn, until one is interrupted."""
        from connectionist.learning.progress import progress_over_seeds

        with progress_over_seeds(self.arguments.task, len(self.seeds)) as reporter:
            for seed in self.seeds:
                result = self.attempt(seed, reporter)
                if self.status != INTERRUPTED:
                    self.has_criterion = result.task.criterion is not None
                    self.finished.append(json_value(result.report))
                self.write(result, self.folder and self.folder / f"seed-{seed}")
                if self.status == INTERRUPTED:
                    return

    def attempt(self, seed: int, reporter: Callable[[int], Reporter]) -> Result:
        """Run with one seed; a run that diverged or was interrupted still has a result, and sets the exit status."""
        from connectionist.experiments.run_task import run

        try:
            with redirect_stdout(sys.stderr):
                return run(self.arguments.task, seed=seed, progress=reporter(seed), **self.options)
        except (DivergenceError, TrainingInterrupted) as ended:
            if ended.result is None:
                raise
            _say(f"seed {seed}: {ended}")
            self.status = FAILED if isinstance(ended, DivergenceError) else INTERRUPTED
            result: Result = ended.result
            return result

    def write(self, result: Result, folder: Path | None) -> None:
        """Write a run into its folder, if there is to be one."""
        if folder is not None:
            from connectionist.experiments.run_folder import write_run
            from connectionist.reporting.html.write import write_report

            folder.mkdir(exist_ok=True)
            write_report(folder, result, write_run(folder, result, self.arguments.command_line))

    def conclude(self) -> None:
        """Sum up the finished runs, write and report."""
        from connectionist.experiments.seed_summary import summarize

        summary = summarize(self.finished, self.has_criterion, self.seeds[len(self.finished) :])
        try:
            if self.folder is not None:
                from connectionist.experiments.run_folder import write_summary
                from connectionist.reporting.html.write import write_seeds_report

                write_seeds_report(self.folder, summary, write_summary(self.folder, summary, self.arguments.command_line))
        finally:
            self.tell(summary, summary_tables)

    def tell(self, report: dict[str, Any], tables: Callable[[dict[str, Any]], list[Table]]) -> None:
        """Print a report, for programs or for people."""
        if self.arguments.json:
            print(as_json(report))  # noqa: T201  (this is the command line)
        else:
            show(tables(report))
            if self.folder is not None:
                print(f"\nWritten to {self.folder}; open {self.folder / 'report.html'}")  # noqa: T201


def _options(arguments: Namespace) -> dict[str, Any]:
    """Return the options of `connectionist.run`, leaving out what was not asked for."""
    if arguments.seed < 0:
        raise ParameterError(f"--seed: must be a whole number of at least 0 (got {arguments.seed})")
    owners = [registry.find("tasks", arguments.task)]
    if arguments.rule:
        owners.append(registry.find("update_rules", arguments.rule))
    given = {name: getattr(arguments, name) for name in ("epochs", "rule")}
    options = {name: value for name, value in given.items() if value is not None}
    from connectionist.model.network import DEFAULT_ENGINE

    engine = arguments.engine or DEFAULT_ENGINE
    of_engine = registry.find("engines", engine)
    settings = parse_settings(arguments.set, [*owners, of_engine])
    its_own = set(parameters_of(of_engine)) - {name for owner in owners for name in parameters_of(owner)}
    options["engine"] = make("engines", engine, {name: value for name, value in settings.items() if name in its_own})
    parameters = {name: value for name, value in settings.items() if name not in its_own}
    return {"preset": arguments.preset, "parameters": parameters, **options}


def _say(line: str) -> None:
    print(f"connectionist run: {line}", file=sys.stderr)  # noqa: T201


@hookimpl
def commands() -> Sequence[type[Command]]:
    """Offer ``run``."""
    return [RunTask]
