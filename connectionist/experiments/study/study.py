"""Studies: many runs of a task, or of a function, over conditions and seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from inspect import signature
from pathlib import Path
from types import FunctionType, NoneType
from typing import TYPE_CHECKING, Any

from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError, TrainingInterrupted, check_flag, check_number
from connectionist.experiments.prepared_run import task_and_rule_parameters
from connectionist.experiments.run_task import check_task, run
from connectionist.experiments.study import seeds as seed_ranges
from connectionist.experiments.study.automatic import run_automatically
from connectionist.experiments.study.conditions import OfParticipant, Values, describe_condition, make_conditions, participant_values
from connectionist.experiments.study.executors import ThisProcess, WorkerProcesses, processors
from connectionist.experiments.study.importable import is_importable, name_of
from connectionist.experiments.study.plan import Plan, make_plan
from connectionist.experiments.study.run_key import condition_key, identity_of
from connectionist.experiments.study.scheduler import Place, Progress, Scheduler
from connectionist.experiments.study.store import RUNS_KEPT, ResultsInMemory, ResultStore, open_folder
from connectionist.experiments.study.study_tables import StudyTables, finished_runs
from connectionist.experiments.study.work import PackedWork, Work
from connectionist.experiments.task import Task
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.plugins import registry
from connectionist.plugins.error_text import error_text
from connectionist.plugins.rules import Rule
from connectionist.recording.recorder import Recorder
from connectionist.utils.files import as_path
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.experiments.study.work import RunFunction

CHUNKS_PER_WORKER = 2  # one that is executed, and one that waits
CHUNKS_OF_EXECUTOR = 64  # at a time, if the number of its workers is not known


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
        Root seeds, each at least 0.
    vary : dict of str to list, or function, optional
        Names of parameters with their values; the conditions are all combinations. Or a function of the seed that returns the parameters
        of this participant, as a dict; its parameters are columns of the table.
    conditions : DataFrame or list of dict, optional
        Conditions, one per row, instead of `vary`.
    preset : str
        Preset of a task given by name.
    rule : str or Rule, optional
        Update rule for all phases, as for `connectionist.run`.
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
        record: Recorder | Sequence[Recorder] = (),
        measure: Callable[[Any], Mapping[str, Any]] | None = None,
        cases: bool = True,
    ) -> None:
        check_flag("Study", "cases", cases)
        if parameters is not None and not isinstance(parameters, Mapping):
            raise ParameterError(f"Study.parameters: must be a dict of name to value (got {shown(parameters)})")
        if measure is not None and not takes(measure, 1):
            raise ParameterError(f"Study.measure: must be a function of a result (got {shown(measure)})")
        options = {"preset": preset, "rule": rule, "epochs": epochs, "engine": engine, "record": _checked_recorders(record)}
        is_task = isinstance(task, (str, Task))
        if not is_task:
            _check_function(task, options)
        else:
            check_task(task, preset)
        self._work = Work(task, _run_options(options) if is_task else {}, dict(parameters or {}), measure, has_cases=bool(cases))
        ranges = seed_ranges.read_seeds(seeds)
        made = make_conditions(vary, conditions)
        for name in {*made.names}.intersection(parameters or {}):
            raise ParameterError(f"Study.parameters: must not have {name!r}, which varies (got {shown(dict(parameters or {})[name])})")
        self._of_participant = made.of_participant
        drawn = {} if made.of_participant is None else participant_values(made.of_participant, ranges[0][0])
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
        given = {**self._work.parameters, **values}
        task, rest = None, given
        if isinstance(subject, (str, Task)):
            try:
                task, rest = task_and_rule_parameters(subject, options["preset"], given, options["rule"])
            except ParameterError as error:
                raise ParameterError(f"{error}{f' (in the condition {describe_condition(values)})' if values else ''}") from None
        return condition_key(None, {}) if self._of_participant is not None else condition_key(task, rest)

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
            Number of processes, each with one thread. With 1, all runs are made in this process. By default all processors are used if
            the runs take more than about 5 seconds. With `executor`, the number of its workers, if it is known.
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
        self._check_run_arguments(folder, workers, executor, keep)
        with self._opened(folder, keep, command_line) as (store, plan, work):
            self._plan, self._results = plan, store
            finished = finished_runs(store)
            done = sum(seed_ranges.count_in(each.seeds, finished.get(each.number, ())) for each in plan.conditions)
            state = Progress(plan.runs, done)
            with _reporter(progress, _title(self._work.subject), state) as report:
                scheduler = Scheduler(plan.pending(finished), self._of_participant, store, state, report)
                try:
                    self._make_runs(scheduler, work, workers, executor)
                except KeyboardInterrupt:
                    raise TrainingInterrupted(_interrupted_text(state, folder)) from None
        return self

    def _make_runs(self, scheduler: Scheduler, work: Work, workers: int | None, executor: Executor | None) -> None:
        """Make all runs, where the arguments of `run` say."""
        if executor is not None:
            known = workers or getattr(executor, "_max_workers", None)
            chunks = CHUNKS_PER_WORKER * known if isinstance(known, int) else CHUNKS_OF_EXECUTOR
            scheduler.places = [Place(executor, PackedWork.of(work), chunks)]
            scheduler.run()
        elif workers == 1:
            scheduler.places = [Place(ThisProcess(), work, 1)]
            scheduler.run()
        else:
            with _Processes(work) as processes:
                if workers is None:
                    has_more = processors() > 1 and not self._obstacle()
                    run_automatically(scheduler, work, processes.start if has_more else None)
                else:
                    scheduler.places = processes.start(self._plan.runs, workers)
                    scheduler.run()

    def _check_run_arguments(self, folder: object, workers: object, executor: object, keep: object) -> None:
        if workers is not None:
            check_number("Study.run", "workers", workers, at_least=1, whole=True)
        if executor is not None and not callable(getattr(executor, "submit", None)):
            raise ParameterError(f"Study.run.executor: must be an executor of concurrent.futures (got {shown(executor)})")
        if keep not in (None, "runs"):
            raise ParameterError(f"Study.run.keep: must be 'runs' or None (got {shown(keep)})")
        if keep is not None and (folder is None or not isinstance(self._work.subject, (str, Task))):
            raise ParameterError("Study.run.keep: must be None without a folder, and for a study of a function (got 'runs')")
        if (executor is not None or (workers or 1) != 1) and (obstacle := self._obstacle()):
            name, given = ("workers", workers) if executor is None else ("executor", executor)
            raise ParameterError(f"Study.run.{name}: only this process can make the runs, since {obstacle} (got {shown(given)})")

    def _obstacle(self) -> str:
        """Return why other processes cannot make the runs; "" if they can."""
        work, options = self._work, self._work.options
        objects = [value for value in (work.subject, options.get("rule"), options.get("engine")) if not isinstance(value, (str, NoneType))]
        used = [each if isinstance(each, FunctionType) else type(each) for each in objects]
        used += [
            function for function in (work.measure, *(recorder.when for recorder in options.get("record", ()))) if function is not None
        ]
        for each in used:
            if not is_importable(each):
                return f"others cannot import {name_of(each)}, which is a lambda or in a notebook or script; define it in a module"
        try:
            PackedWork.of(work)
        except Exception as error:  # of the class of an argument
            return f"its arguments cannot be sent to others ({error_text(error)})"
        return ""

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


class _Processes:
    """Worker processes, which are started on demand and end with the block.

    Parameters
    ----------
    work : Work
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._executor: WorkerProcesses | None = None

    def __enter__(self) -> _Processes:
        return self

    def start(self, runs: int, workers: int | None = None) -> list[Place]:
        """Return processes for a number of runs: one per processor by default, and at most one per run."""
        count = max(1, min(workers or processors(), runs))
        self._executor = WorkerProcesses(count)
        return [Place(self._executor, PackedWork.of(self._work), CHUNKS_PER_WORKER * count)]

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)


def _check_function(task: object, options: Mapping[str, Any]) -> None:
    """Raise ParameterError unless a study can be made of a function, with options that a function has."""
    if not callable(task) or isinstance(task, type):
        raise ParameterError(
            f"Study.task: must be the name of a task, a Task, or a function of a seed (got {registry.describe_given(task)})"
        )
    defaults = {"preset": "default", "rule": None, "epochs": None, "engine": DEFAULT_ENGINE, "record": ()}
    for name, default in defaults.items():
        if options[name] != default:
            raise ParameterError(f"Study.{name}: must not be given with a function, which has its own (got {shown(options[name])})")


def _run_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `connectionist.run` without the task, the seed and the parameters, all with a value.

    Raises
    ------
    UnknownNameError, ParameterError
        If there is no such rule or engine.
    """
    given = signature(run).bind("", **options)
    given.apply_defaults()
    if options["epochs"] is not None:
        check_number("Study", "epochs", options["epochs"], at_least=0, whole=True)
    registry.resolve("engines", options["engine"], Engine, what="Study.engine")  # type: ignore[type-abstract,unused-ignore]
    if isinstance(options["rule"], str):
        registry.find("update_rules", options["rule"])
    elif options["rule"] is not None:
        registry.resolve("update_rules", options["rule"], Rule, what="Study.rule")
    return {name: value for name, value in given.arguments.items() if name not in ("task", "seed", "parameters")}


def _checked_recorders(record: Recorder | Sequence[Recorder]) -> tuple[Recorder, ...]:
    recorders = (record,) if isinstance(record, Recorder) else tuple(record) if isinstance(record, Iterable) else (record,)
    for recorder in recorders:
        if not isinstance(recorder, Recorder):
            raise ParameterError(f"Study.record: must be a Recorder, or several (got {registry.describe_given(recorder)})")
    quantities = [quantity for recorder in recorders for quantity in recorder.quantities]
    if len(set(quantities)) < len(quantities):
        raise ParameterError(f"Study.record: several recorders must record different quantities (got {', '.join(quantities)})")
    for recorder in recorders:
        if recorder.folder is not None:
            raise ParameterError(
                f"Study.record: the folder of the study has the recordings, so folder must be None (got {recorder.folder!r})"
            )
    return recorders


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
