"""Running a task: training, measurement and report. ``connectionist run`` calls `run`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from inspect import signature
from typing import TYPE_CHECKING, Any

from connectionist.engines.engine import Engine
from connectionist.engines.phase import Phase
from connectionist.errors import DivergenceError, ParameterError, TrainingInterrupted, check_number
from connectionist.experiments.task import Task
from connectionist.experiments.task_members import (
    criterion_of,
    drawn_task,
    findings_of,
    fraction_correct,
    network_of,
    phases_of,
    testing_examples_of,
    tolerance_of,
    training_examples_of,
    unchanged,
    wiring_of,
)
from connectionist.learning.progress import Reporter
from connectionist.learning.run import Run, attach
from connectionist.learning.stop_signals import stop_signals
from connectionist.learning.training import train
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins import registry
from connectionist.plugins.by_name import task as make_task
from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.plugins.formula_faults import named_formulas
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.registry import make
from connectionist.plugins.rules import Rule
from connectionist.plugins.unknown_parameter import unknown_parameter
from connectionist.recording.recorder import Recorder
from connectionist.utils.declared_attributes import ReadOnlyProperties
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.json_values import json_value

if TYPE_CHECKING:
    import pandas as pd


@dataclass(repr=False, slots=True)
class Result(HtmlRepr, ReadOnlyProperties):
    """Result of a run of a task.

    Attributes
    ----------
    task : Task
        The task with its parameters, and the data that it drew for the seed.
    run : Run
        The training.
    report : dict
        The report, as ``connectionist run --json`` prints it. Its keys are "task", "preset", "parameters", "phases", "seed", "engine",
        "epochs", "error" (E summed over the training examples in the last epoch), "correct" and "test_correct" (fractions of the training
        and of the testing cases that are correct after training; None without testing examples), "seconds", "stopped", "findings" and
        "failures" (list of text: errors in training or in the measurement of what was learned).
    """

    task: Task
    run: Run
    report: dict[str, Any]

    @property
    def network(self) -> Network:
        """The trained network."""
        return self.run.network

    @property
    def log(self) -> pd.DataFrame:
        """The log, one row per epoch."""
        return self.run.log

    @property
    def findings(self) -> pd.DataFrame:
        """Measured and published values: one row per quantity, with the columns "measured", "published", "source" and "note"."""
        import pandas as pd

        return pd.DataFrame(self.report["findings"], dtype=object).set_index("quantity")

    def __repr__(self) -> str:
        values = {key: self.report[key] for key in ("task", "preset", "seed", "epochs", "error", "correct", "test_correct")}
        texts = [f"{key} {f'{value:.6g}' if isinstance(value, float) else value}" for key, value in values.items() if value is not None]
        return f"<Result {', '.join(texts)}>"


@exits_as_errors()
def run(
    task: str | Task,
    *,
    preset: str = "default",
    seed: int = 0,
    epochs: int | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    rule: str | Rule | None = None,
    parameters: Mapping[str, Any] | None = None,
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
        Update rule for all phases. A rule by name keeps the parameters of the task's rule that it also has.
    parameters : dict, optional
        Parameters of the task, or of `rule` if it is given, like ``--set KEY=VALUE``.
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
    _check_task(task, preset)
    _check_options(seed, parameters, test_every)
    given_parameters = dict(parameters or {})
    chosen_task, rule_parameters = _split_parameters(task, preset, given_parameters, rule)
    chosen_task = drawn_task(chosen_task, seed)
    chosen_engine = registry.resolve("engines", engine, Engine, what="run.engine")  # type: ignore[type-abstract,unused-ignore]
    registry.find("engines", chosen_engine.name)  # findings use the engine by name, so it must be in the registry
    phases = [_replace_rule(phase, rule, rule_parameters, given_parameters) for phase in phases_of(chosen_task)]
    network = network_of(chosen_task, seed)
    described = {"task": chosen_task.name, "preset": preset, "parameters": parameters_of_object(chosen_task)}
    examples, tolerance = training_examples_of(chosen_task, network), tolerance_of(chosen_task)
    criterion = criterion_of(chosen_task)
    every = every if every is not None else chosen_task.every if callable(criterion) else 1
    json_value(described)  # before training, since the values are objects of the plugin
    failure = None
    try:
        with exits_as_errors(), named_formulas(lambda: _formula_owners(network, phases)):
            finished = train(
                network,
                examples,
                phases=phases if epochs is None else _with_total_epochs(phases, epochs),
                engine=chosen_engine,
                seed=seed,
                until=criterion,
                every=every,
                tolerance=tolerance,
                test=testing_examples_of(chosen_task, network) if test_every else None,
                test_every=test_every or 1,
                record=record,
                progress=progress,
            )
    except BaseException as error:
        if not isinstance(ended := getattr(error, "run", None), Run) or (ended.stopped == "error" and not ended.epochs):
            raise
        failure, finished = error, ended
    learned, wiring = network.weight_values, wiring_of(network)
    report, failures = _report(chosen_task, finished, chosen_engine, failure)
    if wiring_of(network) != wiring:  # by the task; another network has what was learned
        finished.network = network_of(chosen_task, seed)
        finished.network.weight_values = learned
    result = Result(chosen_task, finished, described | report)
    for first in sorted(failures, key=lambda error: not isinstance(error, KeyboardInterrupt))[:1]:
        attach(first, "run", finished)
        attach(first, "result", result)
        raise first
    return result


def run_seeds(task: str | Task, seeds: Iterable[int], **options: Any) -> Iterator[Result]:
    """Run a task once for each seed, and yield each result when its run ends. The arguments are checked before the first run.

    Parameters
    ----------
    task : str or Task
    seeds : iterable of int
        Root seeds, each at least 0.
    **options
        Further arguments of `run`.

    Yields
    ------
    Result

    Raises
    ------
    UnknownNameError, ParameterError, DivergenceError, TrainingInterrupted
        As for `run`.
    """
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise ParameterError(f"run_seeds.seeds: must be a list or range of whole numbers, such as range(1, 41) (got {seeds!r})")
    for seed in seeds if isinstance(seeds, Collection) else ():
        check_number("run_seeds", "seeds", seed, at_least=0, whole=True)
    signature(run).bind(task, seed=0, **options)
    _check_task(task, options.get("preset", "default"))
    return (run(task, seed=seed, **options) for seed in seeds)


def _check_task(task: object, preset: str) -> None:
    if isinstance(task, Task):
        if preset != "default":
            raise ParameterError(f"run.preset: must not be given with a task object, which has its parameters (got {preset!r})")
    elif isinstance(task, str):
        registry.find("tasks", task)
    else:
        raise ParameterError(f"run.task: must be the name of a task or an object of class Task (got {registry.describe_given(task)})")


def _check_options(seed: Any, parameters: object, test_every: Any) -> None:
    check_number("run", "seed", seed, at_least=0, whole=True)
    if test_every is not None:
        check_number("run", "test_every", test_every, at_least=1, whole=True)
    if parameters is not None and not isinstance(parameters, Mapping):
        raise ParameterError(f"run.parameters: must be a dict of name to value (got {parameters!r})")


def _split_parameters(task: str | Task, preset: str, given_parameters: dict[str, Any], rule: object) -> tuple[Task, dict[str, Any]]:
    """Return the task made with its own parameters, and the remaining parameters, which are those of a rule given by name."""
    if rule is not None and not isinstance(rule, str):
        registry.resolve("update_rules", rule, Rule, what="run.rule")
    kind = registry.find("tasks", task) if isinstance(task, str) else type(task)
    task_parameters = {key: value for key, value in given_parameters.items() if key in parameters_of(kind)}
    rule_parameters = {key: value for key, value in given_parameters.items() if key not in task_parameters}
    known_rule_parameters = parameters_of(registry.find("update_rules", rule)) if isinstance(rule, str) else {}
    for key in rule_parameters:
        if key not in known_rule_parameters:
            raise unknown_parameter(kind, key, known_rule_parameters)
    if isinstance(task, str):
        return make_task(task, preset, **task_parameters), rule_parameters
    return replace(task, **task_parameters) if task_parameters else task, rule_parameters  # type: ignore[type-var]


def _replace_rule(phase: Phase, rule: str | Rule | None, rule_parameters: dict[str, Any], given_parameters: Mapping[str, Any]) -> Phase:
    if not isinstance(rule, str):
        return phase if rule is None else replace(phase, rule=rule)
    known_parameters = parameters_of(registry.find("update_rules", rule))
    for key in given_parameters:
        if key in parameters_of(type(phase.rule)) and key not in known_parameters:
            raise unknown_parameter(registry.find("update_rules", rule), key)
    kept_parameters = {key: getattr(phase.rule, key) for key in parameters_of(type(phase.rule)) if key in known_parameters}
    new_rule: Rule = make("update_rules", rule, {**kept_parameters, **rule_parameters})
    return replace(phase, rule=new_rule)


def _with_total_epochs(phases: Sequence[Phase], epochs: int) -> list[Phase]:
    """Return the phases with this number of epochs in total: the first ones shortened, or the last one extended."""
    check_number("run", "epochs", epochs, at_least=0, whole=True)
    adjusted: list[Phase] = []
    left = epochs
    for number, phase in enumerate(phases, 1):
        count = left if number == len(phases) else min(left, phase.epochs)
        adjusted.append(replace(phase, epochs=count))
        left -= count
    return adjusted


def _formula_owners(network: Network, phases: Sequence[Phase]) -> list[Any]:
    """Return the functions of a network and the rules of phases."""
    functions = [function for group in network.groups for function in (group.activation_function, group.error_function)]
    return [*functions, *(phase.rule for phase in phases)]


def _report(task: Task, finished: Run, engine: Engine, failure: BaseException | None) -> tuple[dict[str, Any], list[BaseException]]:
    """Measure the trained network, and return the report and the exceptions that were raised, that of training first.

    A quantity whose measurement raised is None, and there are no findings then. After Ctrl-C, nothing else is measured. Afterwards the
    units have the state of the last training case again.
    """
    network = finished.network
    failures = [failure] if failure is not None else []

    def measured(member: str, measure: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            if not any(_is_interrupt(error) for error in failures):
                with exits_as_errors(), unchanged(network, task, member):
                    return measure()
        except (Exception, KeyboardInterrupt) as error:  # a plugin's code may raise anything, and what was learned is kept
            failures.append(error)
        return otherwise

    with network.state.restored_afterwards():
        report = {
            "phases": [phase.describe() for phase in finished.phases],
            "seed": finished.seed,
            "engine": " ".join([finished.engine, *(f"{name}={value}" for name, value in finished.engine_settings.items())]),
            "epochs": finished.epochs,
            "error": _none_for_nan(finished.error),
            "correct": measured("training_examples", lambda: fraction_correct(task, network, task.training_examples, engine)),
            "test_correct": measured("testing_examples", lambda: fraction_correct(task, network, task.testing_examples, engine)),
            "seconds": round(finished.seconds, 3),
            "stopped": finished.stopped,
            "findings": measured("findings", lambda: [asdict(finding) for finding in findings_of(task, network, finished)], []),
        }
    of_plugins = [error for error in failures if not isinstance(error, (DivergenceError, TrainingInterrupted))]
    return report | {"failures": list(dict.fromkeys(map(_failure_text, of_plugins)))}, failures


def _is_interrupt(error: BaseException) -> bool:
    """Return whether an error is Ctrl-C after training."""
    return isinstance(error, KeyboardInterrupt) and not isinstance(error, TrainingInterrupted)


def _failure_text(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt) and stop_signals().number:
        return f"the measurement of what was learned was interrupted{stop_signals().cause}"
    return describe_fault(error)


def parameters_of_object(task: Task) -> dict[str, Any]:
    """Return the parameters of a task with their values."""
    return {name: getattr(task, name) for name in parameters_of(type(task))}


def _none_for_nan(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  (JSON has no NaN)
