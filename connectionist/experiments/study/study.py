"""Studies: many runs of a task, or of a function, over conditions and seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.engines.engine import Engine
from connectionist.engines.schedule import Schedule
from connectionist.errors import ParameterError, TrainingInterrupted, check_flag, check_number
from connectionist.experiments.prepared_run import task_and_rule_parameters
from connectionist.experiments.study import seeds as seed_ranges
from connectionist.experiments.study.conditions import OfParticipant, Values, describe_condition, make_conditions, participant_values
from connectionist.experiments.study.make_runs import make_runs, obstacle_of
from connectionist.experiments.study.make_work import check_parameters, make_work
from connectionist.experiments.study.plan import Plan, make_plan
from connectionist.experiments.study.run_key import condition_key, identity_of
from connectionist.experiments.study.scheduler import Progress, Scheduler
from connectionist.experiments.study.store import RUNS_KEPT, ResultsInMemory, ResultStore, open_folder
from connectionist.experiments.study.study_tables import StudyTables, finished_runs
from connectionist.experiments.study.varied_arguments import check_given_once, sources_of, split_varied
from connectionist.experiments.study.work import Work
from connectionist.experiments.task import Task
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import Rule
from connectionist.recording.recorder import Recorder
from connectionist.utils.files import as_path
from connectionist.utils.functions import with_known_arguments
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.experiments.study.work import RunFunction


class Study(StudyTables):
    """Many runs of one task, or of a function of yours, over conditions and seeds.

    A condition is one setting of the parameters that vary. A seed is a simulated participant. Each condition is run with each seed. A run
    has the same bits in any process, in any order, and as `connectionist.run` alone.

    Parameters
    ----------
    task : str, Task or function
        Name of a task, a task, or a function ``function(seed, **parameters)`` that makes one run and returns a dict of name to number or
        text, a `Run` or a `Result`. Other processes import the function by its name, so it must be in a module. A function of a notebook
        or a script, and a lambda, are called in this process only.
    seeds : iterable of int
        Root seeds, each at least 0. An iterator must end after 1,000,000 at most, also one of conditions or of values in `vary`.
    vary : dict of str to list, or function, optional
        Names of parameters with their values; the conditions are all combinations. "rule" and "procedure" are names with which the
        arguments of these names vary, unless the task has parameters of these names. Or a function of the seed that returns the
        parameters of this participant, as a dict; its parameters are columns of the table.
    conditions : DataFrame or list of dict, optional
        Conditions, one per row, instead of `vary`. A parameter that a dict does not have keeps its default.
    preset : str
        Preset of a task given by name.
    rule : str or Rule, optional
        Update rule for all phases, as for `connectionist.run`.
    clip, schedule, procedure, ticks
        As for `connectionist.run`.
    epochs : int, optional
        Number of epochs of all phases together.
    engine : str or Engine
    parameters : dict, optional
        Parameters of every run.
    record : Recorder or sequence of Recorder, optional
        Quantities to record during training, for `recordings`. Several recorders must record different quantities.
    measure : function, optional
        Called with the result of each run. Returns a dict of name to number or text: further columns of `table`. The same about modules
        holds as for a function in place of the task.
    cases : bool
        Whether to keep the results of each case, for `cases`.

    Attributes
    ----------
    names : tuple of str
        Names of what varies.

    Raises
    ------
    UnknownNameError
        If a task, preset, rule or engine does not exist.
    ParameterError
        If an argument has another form, or a condition is one that the task rejects.

    Examples
    --------
    >>> study = Study("xor", seeds=range(1, 5), vary={"rate": [0.1, 0.5]}).run()
    >>> study
    <Study of xor: 2 conditions × 4 seeds, 8 of 8 runs done>
    >>> study.table[["rate", "seed", "stopped", "epochs"]].head(2)
       rate  seed    stopped  epochs
    0   0.1     1  criterion    1095
    1   0.1     2  criterion    1279
    """

    @with_known_arguments
    def __init__(
        self,
        task: str | Task | RunFunction,
        *,
        seeds: Iterable[int],
        vary: Mapping[str, Iterable[Any]] | OfParticipant | None = None,
        conditions: pd.DataFrame | Sequence[Mapping[str, Any]] | None = None,
        preset: str = "default",
        rule: str | Rule | None = None,
        epochs: int | None = None,
        engine: str | Engine = DEFAULT_ENGINE,
        parameters: Mapping[str, Any] | None = None,
        clip: tuple[str, float] | None = None,
        schedule: Schedule | None = None,
        procedure: str | LearningProcedure | None = None,
        ticks: int | None = None,
        record: Recorder | Sequence[Recorder] = (),
        measure: Callable[[Any], Mapping[str, Any]] | None = None,
        cases: bool = True,
    ) -> None:
        options: dict[str, Any] = {"preset": preset, "rule": rule, "epochs": epochs, "engine": engine, "clip": clip, "schedule": schedule}
        options |= {"procedure": procedure, "ticks": ticks, "record": record}
        self._work = make_work(task, parameters, measure, cases, options)
        ranges = seed_ranges.read_seeds(seeds)
        made = make_conditions(vary, conditions)
        for name in {*made.names}.intersection(parameters or {}):
            raise ParameterError(f"Study.parameters: must not have {name!r}, which varies (got {shown(dict(parameters or {})[name])})")
        self._of_participant = made.of_participant
        drawn = {} if made.of_participant is None else participant_values(made.of_participant, ranges[0][0])
        check_given_once(options, {*made.names, *drawn}, task)
        if not isinstance(task, (str, Task)):
            for values in {tuple(values): values for values in made.values}.values():  # those with other names
                check_parameters(task, {**self._work.parameters, **values, **drawn})
        keys = [(self._condition_key({**values, **drawn}), values) for values in made.values]
        super().__init__(make_plan(made.names, keys, ranges), ResultsInMemory())

    def _condition_key(self, values: Values) -> str:
        """Return the digest of a condition. If each participant has other parameters, the function that gives them is the condition.

        Raises
        ------
        ParameterError
            If the task or its rule has no such parameter, or rejects a value.
        """
        subject, options = self._work.subject, self._work.options
        varied, parameters = split_varied(subject, values)
        given = {**self._work.parameters, **parameters}
        task, rest = None, given
        if isinstance(subject, (str, Task)):
            try:
                varied |= sources_of(varied)
                chosen = {**options, **varied}
                task, rest = task_and_rule_parameters(subject, options["preset"], given, chosen["rule"], chosen["procedure"])
            except ParameterError as error:
                raise ParameterError(f"{error}{f' (in the condition {describe_condition(values)})' if values else ''}") from None
        return condition_key(None, {}) if self._of_participant is not None else condition_key(task, {**rest, **varied})

    def run(
        self,
        folder: str | Path | None = None,
        *,
        workers: int | None = None,
        executor: Executor | None = None,
        keep: str | None = None,
        progress: bool | Callable[[Progress], None] = False,
        command_line: Sequence[str] = (),
    ) -> Study:
        """Make the runs that are not yet done.

        Parameters
        ----------
        folder : str or path, optional
            Folder of the study. The same call with the same folder goes on where it stopped, and so does one with more seeds or
            conditions. By default the results are in memory only.
        workers : int, optional
            Number of processes, each with one thread if `engine` has no more. With 1, all runs are made in this process. By default all
            processors are used if the runs take more than about 5 seconds. With `executor`, the number of its workers, if it is known.
        executor : Executor, optional
            Any ``concurrent.futures.Executor``, such as ``dask.distributed.Client(…).get_executor()``, instead of processes of this
            machine. The simulator and the plugins must be installed where it executes.
        keep : {"runs"}, optional
            Whether to write also a folder for each run, as ``connectionist run --out`` does: ``runs/condition-N/seed-N``.
        progress : bool or function
            Whether to show the progress; or a function of the progress, called after each chunk of runs.
        command_line : sequence of str
            Words of a command, for the folder.

        Returns
        -------
        Study
            The study itself.

        Raises
        ------
        ParameterError
            If an argument has another form, or a function is of a notebook and there are several workers.
        FileError
            If the folder has the runs of another study or of another version, is in use by another process, or cannot be written, for
            example because the disk is full. What was done before is kept.
        TrainingInterrupted
            On Ctrl-C. Runs that end within three seconds are kept; the same call goes on.
        """
        workers = None if workers is None else check_number("Study.run", "workers", workers, at_least=1, whole=True)
        self._check_run_arguments(folder, workers, executor, keep)
        with self._opened(folder, keep, command_line) as (store, plan, work):
            self._plan, self._results = plan, store
            finished = finished_runs(store)
            done = sum(seed_ranges.count_in(each.seeds, finished.get(each.number, ())) for each in plan.conditions)
            state = Progress(plan.runs, done)
            with _reporter(progress, _title(self._work.subject), state) as report:
                scheduler = Scheduler(plan.pending(finished), self._of_participant, store, state, report)
                try:
                    make_runs(scheduler, work, self._plan.runs, workers, executor)
                except KeyboardInterrupt:
                    raise TrainingInterrupted(_interrupted_text(state, folder)) from None
        return self

    def _check_run_arguments(self, folder: object, workers: int | None, executor: object, keep: object) -> None:
        if executor is not None and not callable(getattr(executor, "submit", None)):
            raise ParameterError(f"Study.run.executor: must be an executor of concurrent.futures (got {shown(executor)})")
        if keep not in (None, "runs"):
            raise ParameterError(f"Study.run.keep: must be 'runs' or None (got {shown(keep)})")
        if keep is not None and (folder is None or not isinstance(self._work.subject, (str, Task))):
            raise ParameterError("Study.run.keep: must be None without a folder, and for a study of a function (got 'runs')")
        if (executor is not None or (workers or 1) != 1) and (obstacle := obstacle_of(self._work)):
            name, given = ("workers", workers) if executor is None else ("executor", executor)
            raise ParameterError(f"Study.run.{name}: only this process can make the runs, since {obstacle} (got {shown(given)})")

    @contextmanager
    def _opened(self, folder: str | Path | None, keep: str | None, command_line: Sequence[str]) -> Iterator[tuple[ResultStore, Plan, Work]]:
        """Yield where the results are kept, the plan with its numbers there, and the work."""
        if folder is None:
            yield self._results if isinstance(self._results, ResultsInMemory) else ResultsInMemory(), self._plan, self._work
            return
        path, work = as_path(folder, "Study.run.folder").absolute(), self._work
        if keep is not None:
            work = replace(work, keep=str(path / RUNS_KEPT), command_line=tuple(command_line))
        identity = identity_of(work.subject, work.options, work.parameters, work.measure, self._of_participant, work.has_cases)
        with open_folder(path, identity, self._plan, command_line) as (store, plan):
            yield store, plan, work

    def __repr__(self) -> str:
        done = len(self.table)
        conditions, seeds = len(self._plan.conditions), seed_ranges.count(self._plan.conditions[0].seeds)
        over = f"{conditions} condition{'s' * (conditions > 1)} × {seeds} seed{'s' * (seeds > 1)}"
        return f"<Study of {_title(self._work.subject)}: {over}, {done} of {self._plan.runs} runs done>"


def _title(subject: Any) -> str:
    """Return the name of a task or function."""
    named = subject.name if isinstance(subject, Task) else getattr(subject, "__name__", "function")
    return subject if isinstance(subject, str) else str(named)


@contextmanager
def _reporter(progress: bool | Callable[[Progress], None], title: str, state: Progress) -> Iterator[Callable[[Progress], None]]:
    if callable(progress):
        yield progress
        return
    check_flag("Study.run", "progress", progress)
    if not progress:
        yield lambda _: None
        return
    from connectionist.experiments.study.progress import progress_of_study

    with progress_of_study(title, state) as report:
        yield report


def _interrupted_text(state: Progress, folder: str | Path | None) -> str:
    kept = "they are lost unless the study goes on in this process" if folder is None else f"they are in {str(folder)!r}"
    return f"interrupted after {state.done} of {state.total} runs; {kept}; the same call goes on"
