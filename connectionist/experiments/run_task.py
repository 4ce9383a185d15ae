"""Running a task: training, measurement and report. ``connectionist run`` calls `run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectionist.engines.engine import Engine
from connectionist.engines.schedule import Schedule
from connectionist.errors import ParameterError, check_number
from connectionist.experiments.prepared_run import Preparation
from connectionist.experiments.result import Result
from connectionist.experiments.task import Task
from connectionist.experiments.task_members import is_untrained
from connectionist.learning.progress import Reporter
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.plugins import registry
from connectionist.plugins.faults import exits_as_errors
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.rules import Rule
from connectionist.recording.recorder import Recorder
from connectionist.utils.functions import with_known_arguments
from connectionist.utils.visible_text import shown


@with_known_arguments
@exits_as_errors()
def run(
    task: str | Task,
    *,
    preset: str = "default",
    seed: int = 0,
    epochs: int | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    rule: str | Rule | None = None,
    procedure: str | LearningProcedure | None = None,
    parameters: Mapping[str, Any] | None = None,
    clip: tuple[str, float] | None = None,
    schedule: Schedule | None = None,
    ticks: int | None = None,
    every: int | None = None,
    test_every: int | None = None,
    record: Recorder | Sequence[Recorder] = (),
    progress: bool | Reporter = False,
) -> Result:
    """Train the network of a task, and report the measured and the published results.

    Parameters
    ----------
    task : str or Task
        Name of a task, or a task, which need not belong to a plugin.
    preset : str
        Name of the parameter values of a task given by name.
    seed : int
        Root seed of the initial weights, the order of the examples and other random numbers of the task; at least 0.
    epochs : int, optional
        Number of epochs of all phases together, instead of the number in the task; at least 0. A criterion may stop training earlier.
    engine : str or Engine
        Name of an engine, or an engine made by `connectionist.engine`.
    rule : str or Rule, optional
        Update rule for all phases. A rule by name keeps the parameters of the task's rule that it also has, and any rule the schedules of
        parameters that it has. A search rule searches over whole epochs, with ``update_after="epoch"`` and ``order="fixed"``. A local rule
        uses its own signals, not the procedure of the task.
    procedure : str or LearningProcedure, optional
        Learning procedure for all phases.
    parameters : dict, optional
        Parameters of the task, or of `rule` or `procedure` if it is given by name, like ``--set KEY=VALUE``.
    clip, schedule
        Clipping of derivatives and schedule of the rule's parameters in all phases, instead of those of the task; see `Phase`.
    ticks : int, optional
        Number of ticks, at least 1. With it, the network gets symmetric connections between its hidden and output groups
        (`Network.make_symmetric`), from the same initial weights. Each example is held for this number of ticks, with targets at the last.
        It is for procedures that need such networks, such as "contrastive_hebbian", in tasks without time. There are no findings then.
    every : int, optional
        Number of epochs between two calls of the task's criterion, if that is a function; by default ``task.every``.
    test_every : int, optional
        Number of epochs between two tests of the task's testing examples during training. The log then has "test_error" and
        "test_correct", as with ``train(test=…)``: a case is correct there by the task's tolerance. By default they are tested after
        training only.
    record : Recorder or sequence of Recorder, optional
        Quantities to record during training; ``result.run.recording`` has them.
    progress : bool or Reporter
        Whether to show a progress bar, or a context manager as for `train`.

    Returns
    -------
    Result

    Raises
    ------
    UnknownNameError
        If a task, preset, rule or engine does not exist.
    ParameterError
        If a parameter does not exist or is out of range.
    PluginError
        If a member of the task returns a value of the wrong type.
    DivergenceError
        If training produces infinity or NaN. Its ``result`` has the report on the training before.
    TrainingInterrupted
        On Ctrl-C in training. Its ``result`` has the report on the training before.
    KeyboardInterrupt
        On Ctrl-C in the measurement of what was learned. Its ``result`` has the training and what was measured before.
    Exception
        What the code of a plugin raises in training or afterwards, unchanged, except that SystemExit becomes PluginError. Its ``result``
        has the training before and what could be measured.

    Examples
    --------
    >>> result = run("xor", seed=1)
    >>> result.report["correct"]
    1.0
    """
    check_task(task, preset)
    seed = check_number("run", "seed", seed, at_least=0, whole=True)
    check_options(parameters, test_every)
    prepared = Preparation(task, preset, epochs, engine, rule, parameters, clip, schedule, procedure, ticks).for_seed(seed)
    if record and is_untrained(prepared.task, prepared.phases):
        raise ParameterError(f"run.record: task {prepared.task.name!r} trains nothing, so there is nothing to record (got {shown(record)})")
    return prepared.train(every, test_every, record, progress)


def check_task(task: object, preset: str) -> None:
    """Raise ParameterError or UnknownNameError unless `task` is a task, or the name of one, with this preset."""
    if isinstance(task, Task):
        registry.check_named(task)
        if preset != "default":
            raise ParameterError(f"run.preset: must not be given with a task object, which has its parameters (got {preset!r})")
    elif isinstance(task, str):
        registry.find("tasks", task)
    else:
        raise ParameterError(f"run.task: must be the name of a task or an object of class Task (got {registry.describe_given(task)})")


def check_options(parameters: object, test_every: Any) -> None:
    """Raise ParameterError if one of the options of `run` is out of range."""
    if test_every is not None:
        check_number("run", "test_every", test_every, at_least=1, whole=True)
    if parameters is not None and not isinstance(parameters, Mapping):
        raise ParameterError(f"run.parameters: must be a dict of name to value (got {parameters!r})")
