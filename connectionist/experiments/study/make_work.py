"""The work of a study, from its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any

from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError, check_flag, check_number
from connectionist.experiments.run_task import check_task, run
from connectionist.experiments.study.work import Work
from connectionist.experiments.task import Task
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import resolve_procedure
from connectionist.plugins.rules import Rule
from connectionist.recording.recorder import Recorder
from connectionist.utils.finite_list import finite_list
from connectionist.utils.functions import takes
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.experiments.study.work import RunFunction


def make_work(
    task: str | Task | RunFunction,
    parameters: Mapping[str, Any] | None,
    measure: Callable[[Any], Mapping[str, Any]] | None,
    cases: bool,
    options: Mapping[str, Any],
) -> Work:
    """Return the work of a study.

    Parameters
    ----------
    task, parameters, measure, cases
        As for `Study`.
    options : dict
        Its arguments preset, rule, epochs, engine and record.

    Raises
    ------
    UnknownNameError
        If a task, preset, rule or engine does not exist.
    ParameterError
        If an argument has another form.
    """
    cases = check_flag("Study", "cases", cases)
    if parameters is not None and not isinstance(parameters, Mapping):
        raise ParameterError(f"Study.parameters: must be a dict of name to value (got {shown(parameters)})")
    if measure is not None and not takes(measure, 1):
        raise ParameterError(f"Study.measure: must be a function of a result (got {shown(measure)})")
    options = {**options, "record": _checked_recorders(options["record"])}
    is_task = isinstance(task, (str, Task))
    if is_task:
        check_task(task, options["preset"])
    else:
        _check_function(task, options)
    return Work(task, _run_options(options) if is_task else {}, dict(parameters or {}), measure, has_cases=cases)


def check_parameters(function: Callable[..., Any], parameters: Mapping[str, Any]) -> None:
    """Raise ParameterError unless a user's function, in place of a task, can be called with a seed and parameters by name."""
    try:
        expected = signature(function)
    except ValueError:  # a function without a signature, such as one written in C
        return
    try:
        expected.bind(0, **parameters)
    except TypeError as error:
        name = getattr(function, "__name__", type(function).__name__)
        names = " and ".join(["the seed", *([", ".join(map(repr, parameters))] if parameters else [])])
        raise ParameterError(
            f"Study.task: the function must take {names}, as the study calls it, and {name}{expected} does not ({error})"
        ) from None


def _check_function(task: object, options: Mapping[str, Any]) -> None:
    """Raise ParameterError unless a study can be made of a function, with options that a function has."""
    if not callable(task) or isinstance(task, type):
        raise ParameterError(
            f"Study.task: must be the name of a task, a Task, or a function of a seed (got {registry.describe_given(task)})"
        )
    defaults: dict[str, Any] = {"preset": "default", "engine": DEFAULT_ENGINE, "record": ()}
    defaults |= dict.fromkeys(("rule", "epochs", "clip", "schedule", "procedure", "ticks"))
    for name, default in defaults.items():
        if options[name] != default:
            raise ParameterError(f"Study.{name}: must not be given with a function, which has its own (got {shown(options[name])})")


def _run_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of `connectionist.run` without the task, the seed and the parameters, all with a value.

    Raises
    ------
    UnknownNameError, ParameterError
        If there is no such rule, procedure or engine.
    """
    given = signature(run).bind("", **options)
    given.apply_defaults()
    if options["epochs"] is not None:
        given.arguments["epochs"] = check_number("Study", "epochs", options["epochs"], at_least=0, whole=True)
    if options["ticks"] is not None:
        given.arguments["ticks"] = check_number("Study", "ticks", options["ticks"], at_least=1, whole=True)
    registry.resolve("engines", options["engine"], Engine, what="Study.engine")  # type: ignore[type-abstract,unused-ignore]
    if isinstance(options["rule"], str):
        registry.find("update_rules", options["rule"])
    elif options["rule"] is not None:
        registry.resolve("update_rules", options["rule"], Rule, what="Study.rule")
    if options["procedure"] is not None:
        resolve_procedure(options["procedure"], "Study.procedure")
    return {name: value for name, value in given.arguments.items() if name not in ("task", "seed", "parameters")}


def _checked_recorders(record: Recorder | Sequence[Recorder]) -> tuple[Recorder, ...]:
    recorders = tuple(finite_list(record, "Study.record") if isinstance(record, Iterable) else [record])
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
