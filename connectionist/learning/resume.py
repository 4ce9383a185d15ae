"""Going on with a training from its last checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.data.example_set import ExampleSet
from connectionist.data.example_values import examples_of
from connectionist.data.order import PresentationOrder
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.presentation import Presentation
from connectionist.engines.schedule import with_whole_epochs
from connectionist.errors import FileError, MemoryLimitError, ParameterError, check_number
from connectionist.formats.network_file import network_of
from connectionist.learning.checkpoint_folder import EXAMPLES, LOG_FILE, SLOTS, described_errors, read_values, written_slots
from connectionist.learning.checkpoints import COLUMNS, Checkpoints, read_interval
from connectionist.learning.continuation import Continuation, tests_due
from connectionist.learning.example_functions import make_example_functions
from connectionist.learning.progress import Reporter
from connectionist.learning.run import Run
from connectionist.learning.train_arguments import Until, make_reporter, split_until, with_total_epochs
from connectionist.learning.trainer import Trainer
from connectionist.plugins.stored_objects import restore
from connectionist.recording.continued import RecordedRows, recorder_of
from connectionist.recording.in_training import ActiveRecorders
from connectionist.recording.recorder import Recorder
from connectionist.utils.appended_rows import AppendedRows
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.counts import describe_count
from connectionist.utils.files import as_path, check_path
from connectionist.utils.finite_list import finite_list
from connectionist.utils.folder_lock import check_not_locked, lock_folder
from connectionist.utils.functions import with_known_arguments
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.network import Network


@with_known_arguments
def resume(
    folder: str | Path,
    epochs: int | None = None,
    *,
    until: Until = None,
    record: Recorder | Sequence[Recorder] = (),
    after_example: Callable[[Presentation], None] | None = None,
    after_event: Callable[[Presentation], None] | None = None,
    progress: bool | Reporter = False,
    checkpoint_every: int | str | None = None,
) -> Run:
    """Go on with a training from its last checkpoint, with the bits of a training that was not interrupted.

    Checkpoints are written into the same folder.

    Parameters
    ----------
    folder : str or path
        The folder of ``checkpoint`` of `connectionist.train`.
    epochs : int, optional
        Number of epochs of all phases together, to train longer: the last phase gets more of them. By default as before.
    until, after_example, after_event
        The functions of the training, which a file cannot have. They must be given if the training had them. A criterion is stored; one
        that is given here replaces it.
    record : Recorder or sequence of Recorder, optional
        The recorders of the training, if one has a function ``when``, which a file cannot have. By default they are those of before.
    progress : bool or Reporter
        As for `connectionist.train`.
    checkpoint_every : int or str, optional
        Interval of the next checkpoints; by default as before.

    Returns
    -------
    Run
        The whole run: its log begins with the first epoch. If nothing is left to train, it is returned as it is.

    Raises
    ------
    FileError
        If the folder has no checkpoint that can be read, or is in use by another process.
    ParameterError
        If a function is missing, or an argument is out of range.
    PluginError
        If a rule, function or engine is not installed.
    DivergenceError, TrainingInterrupted, Exception
        As `connectionist.train`.

    Warns
    -----
    UserWarning
        If the last checkpoint is damaged, so that the training goes on from the one before.
    """
    path = check_path(as_path(folder, "resume.folder"), "resume:")
    if not path.is_dir():
        raise FileError(f"resume: {str(path)!r} is not a folder")
    check_not_locked(path.absolute().parent, "resume")  # by ``connectionist run``, which locks the folder of the run
    with lock_folder(path, "resume"):
        saved = read_checkpoint(path, record)
        phases = saved.run.phases if epochs is None else with_total_epochs(saved.run.phases, epochs, "resume", at_least=saved.run.epochs)
        checkpoints = Checkpoints(path, saved.values["every"] if checkpoint_every is None else checkpoint_every, saved.about)
        return go_on(saved, phases, until, (after_example, after_event), progress, checkpoints)


@dataclass(frozen=True, eq=False, kw_only=True)
class SavedTraining:
    """A training that was read from its last checkpoint.

    Attributes
    ----------
    folder : Path
    values : dict
        The values of the checkpoint.
    run : Run
        Up to the checkpoint.
    position : Continuation
    examples : ExampleSet
    recorders : ActiveRecorders
    rows : RecordedRows
    """

    folder: Path
    values: Mapping[str, Any]
    run: Run
    position: Continuation
    examples: ExampleSet
    recorders: ActiveRecorders
    rows: RecordedRows

    @property
    def about(self) -> dict[str, Any]:
        """What the caller of the training stored in its checkpoints."""
        return dict(self.values["about"])


def read_checkpoint(folder: Path, record: Recorder | Sequence[Recorder] = ()) -> SavedTraining:
    """Read the last checkpoint of a folder or, if that is damaged, the one before, with a warning.

    Raises
    ------
    FileError
        If there is no checkpoint that can be read.
    ParameterError, PluginError, MemoryLimitError
        As `resume`.
    """
    if not (slots := written_slots(folder)):
        raise FileError(f"resume: {str(folder)!r} has no checkpoint")
    failures: list[str] = []
    read: list[dict[str, Any]] = []
    for number in slots:
        try:
            read.append(_read_slot(folder / SLOTS[number]))
        except MemoryLimitError:
            raise
        except FileError as error:
            failures.append(str(error))
    for values in sorted(read, key=lambda values: -values["number"]):
        try:
            saved = _restore(folder, values, record)
        except FileError as error:
            failures.append(str(error))
        else:
            if failures:
                after = describe_count(saved.run.epochs, "epoch")
                warn_caller(f"resume: {failures[0]}; training goes on from the checkpoint before, after {after}")
            return saved
    raise FileError(f"resume: {str(folder)!r} has no checkpoint that can be read: {'; '.join(failures)}")


def _read_slot(path: Path) -> dict[str, Any]:
    values = read_values(path, f"checkpoint {str(path)!r}")
    if type(values.get("number")) is not int:
        raise FileError(f"checkpoint {str(path)!r} is not that of a training ('number' must be a whole number)")
    return values


def _restore(folder: Path, values: Mapping[str, Any], record: Recorder | Sequence[Recorder]) -> SavedTraining:
    subject = f"checkpoint {str(folder / SLOTS[values['number'] % len(SLOTS)])!r}"
    given = read_values(folder / EXAMPLES, f"checkpoint {str(folder / EXAMPLES)!r}")
    with described_errors(subject):
        if given["key"] != values["key"]:
            raise ValueError(f"{EXAMPLES} is that of another training")
        examples = examples_of(given["training"])
        test_examples = None if given["testing"] is None else examples_of(given["testing"])
        network = network_of(values["network"], values["arrays"], subject)
        engine = restore("engines", values["engine"], subject)
        position = Continuation(engine=engine, test_examples=test_examples, **values["position"])
        run = _run_of(folder, values, network, position)
        settings = [recorder_of(each) for each in values["recorders"]]
        rows = RecordedRows(folder, values["records"])
        network._check(examples)
        _check_position(run, position, examples)
        _check_settings(values)
    chosen = _with_functions(settings, values["recorders"], record)
    with described_errors(subject):
        recorders = ActiveRecorders(run, examples, engine, chosen)
        recorders.make_recordings(again=True)
        rows.restore(recorders)
    return SavedTraining(folder=folder, values=values, run=run, position=position, examples=examples, recorders=recorders, rows=rows)


def _check_position(run: Run, position: Continuation, examples: ExampleSet) -> None:
    """Raise ValueError or another error if the position does not fit the run."""
    PresentationOrder(examples, run.seed).restore(position.order)
    if not all(type(case) is int and 0 <= case < len(examples) for case in position.order[1]):
        raise ValueError("the examples that wait must be numbers of examples")
    if type(position.phase) is not int or not 0 <= position.phase <= len(run.phases):
        raise ValueError(f"the phase must be a number up to {len(run.phases)}")
    count = len(run.network.weights)
    if any(values.shape != (count,) for values in (*run.memory.values(), *position.initial_memory.values())):
        raise ValueError(f"the memory of rules must have {count} numbers")


def _check_settings(values: Mapping[str, Any]) -> None:
    """Raise ValueError or another error if the settings of a training have another form."""
    if not isinstance(values["about"], dict) or not all(isinstance(name, str) for name in values["functions"]):
        raise ValueError("'about' must be an object, and 'functions' names")
    if values["criterion"] is not None:
        Criterion(**values["criterion"])
    check_number("resume", "until_every", values["until_every"], at_least=1, whole=True)
    read_interval(values["every"])


def _run_of(folder: Path, values: Mapping[str, Any], network: Network, position: Continuation) -> Run:
    """Return the run up to the checkpoint."""
    log = AppendedRows(folder / LOG_FILE, COLUMNS, *values["log"]).read(f"checkpoint {str(folder / LOG_FILE)!r}").T.tolist()
    run = Run(
        network,
        tuple(_phase_of(each) for each in values["phases"]),
        position.engine.name,
        engine_settings=position.engine.settings,
        errors=log[0],
        corrects=log[1],
        phase_numbers=[int(number) for number in log[2]],
        **values["run"],
    )
    if run.test_every:
        run.test_errors, run.test_corrects = log[3], log[4]
    run._continuation = position
    return run


def _phase_of(described: Mapping[str, Any]) -> Phase:
    schedule, procedure = described.get("schedule"), described.get("procedure")
    restored = {
        "rule": restore("update_rules", described["rule"], "resume"),
        "schedule": None if schedule is None else with_whole_epochs(schedule),
        "procedure": None if procedure is None else restore(_procedure_kind(procedure), procedure, "resume"),
    }
    return Phase(**{**described, **restored})


def _procedure_kind(described: Mapping[str, Any]) -> str:
    if described["kind"] not in ("learning_procedures", "update_rules"):
        raise ValueError(f"the kind of a procedure is {described['kind']!r}")
    return str(described["kind"])


def _with_functions(
    settings: list[Recorder], described: Sequence[Mapping[str, Any]], record: Recorder | Sequence[Recorder]
) -> list[Recorder]:
    """Return the recorders of a training with the functions `when` of those that the user gives again.

    Raises
    ------
    ParameterError
        If a function is missing, or if other recorders are given.
    """
    given = [record] if isinstance(record, Recorder) else finite_list(record, "resume.record")
    if not given and not any(each["when"] for each in described):
        return settings
    if len(given) != len(settings) or not all(isinstance(recorder, Recorder) for recorder in given):
        reason = "; a function `when` cannot be stored" if any(each["when"] for each in described) else ""
        raise ParameterError(f"resume.record: must be {describe_count(len(settings), 'recorder')}, as before{reason} (got {shown(record)})")
    for recorder, before in zip(given, settings, strict=True):
        if recorder.quantities != before.quantities:
            names = (", ".join(each.quantities) for each in (before, recorder))
            raise ParameterError("resume.record: must record {}, as before (got {})".format(*names))
    return [replace(before, when=recorder.when) for recorder, before in zip(given, settings, strict=True)]


def go_on(
    saved: SavedTraining,
    phases: Sequence[Phase],
    until: Until,
    functions: tuple[Callable[[Presentation], None] | None, Callable[[Presentation], None] | None],
    progress: bool | Reporter,
    checkpoints: Checkpoints,
) -> Run:
    """Go on with a training that was read; see `resume`."""
    values, run = saved.values, saved.run
    given = {"until": until if callable(until) else None, "after_example": functions[0], "after_event": functions[1]}
    for name in values["functions"]:
        if name != "record" and given[name] is None:
            raise ParameterError(f"resume.{name}: must be given, since the training had a function there; no file can have it")
    criterion, stop = split_until(until, values["until_every"] if callable(until) else 1)
    if until is None and values["criterion"] is not None:
        criterion = Criterion(**values["criterion"])
    run.phases = tuple(phases)
    if saved.position.reason or (run.stopped == "epochs" and run.epochs == sum(phase.epochs for phase in phases)):
        run.stopped = saved.position.reason or run.stopped
        return run
    run.test_errors, run.test_corrects = (tests_due(each, run.epochs, run.test_every) for each in (run.test_errors, run.test_corrects))
    checkpoints.go_on(values, saved.rows)
    trainer = Trainer(
        run=run,
        examples=saved.examples,
        position=saved.position,
        criterion=criterion,
        stop=stop,
        every=values["until_every"],
        recorders=saved.recorders,
        example_functions=make_example_functions(run.phases, *functions),
        checkpoints=checkpoints,
    )
    return trainer.train_with(make_reporter(progress, run.network.name))
