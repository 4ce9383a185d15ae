"""A run of a task before training: its network, examples and phases; then training and report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from connectionist.data.accuracy import has_targets
from connectionist.data.example_set import ExampleSet
from connectionist.data.example_values import describe_examples
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Criterion, Phase
from connectionist.engines.schedule import Schedule
from connectionist.errors import DataError, DivergenceError, ParameterError, TrainingInterrupted, WiringError, check_number
from connectionist.experiments.importable import source_digest
from connectionist.experiments.replaced_rule import replace_rule
from connectionist.experiments.result import Result
from connectionist.experiments.settling_task import SettlingTask, task_given, with_proposal
from connectionist.experiments.task import Task
from connectionist.experiments.task_members import (
    check_fit,
    criterion_of,
    drawn_task,
    finding_record,
    findings_of,
    fraction_correct,
    is_untrained,
    network_of,
    phases_of,
    testing_examples_of,
    tolerance_of,
    training_examples_of,
    unchanged,
    wiring_of,
)
from connectionist.formats.network_file import network_arrays
from connectionist.learning.checkpoint_folder import digest_of
from connectionist.learning.checkpoints import Checkpoints
from connectionist.learning.progress import Reporter
from connectionist.learning.resume import SavedTraining, go_on
from connectionist.learning.run import Run, attach
from connectionist.learning.stop_signals import stop_signals
from connectionist.learning.train_arguments import Until, with_checked_answers, with_total_epochs
from connectionist.learning.training import train
from connectionist.model.activation_cost import has_costs
from connectionist.model.network import Network
from connectionist.plugins import registry
from connectionist.plugins.by_name import task as make_task
from connectionist.plugins.faults import describe_fault, exits_as_errors
from connectionist.plugins.find_procedure import procedure_kind, resolve_procedure
from connectionist.plugins.formula_faults import named_formulas, owners_of
from connectionist.plugins.parameter_types import parameters_of
from connectionist.plugins.procedures import LearningProcedure
from connectionist.plugins.registry import make
from connectionist.plugins.rules import Rule
from connectionist.plugins.unknown_parameter import unknown_parameter
from connectionist.recording.recorder import Recorder
from connectionist.utils.caller_warnings import ENGINE, leave_out
from connectionist.utils.default_name import DefaultName
from connectionist.utils.json_values import json_value
from connectionist.utils.visible_text import shown


@dataclass(frozen=True, eq=False)
class PreparedRun:
    """A task for one seed, ready for training.

    Attributes
    ----------
    task : Task
        The task, with the data that it drew for the seed.
    seed : int
        Root seed.
    engine : Engine
    network : Network
    examples : ExampleSet
        Training examples.
    phases : list of Phase
    until : float, Criterion, function or None
        Criterion of the task.
    tolerance : float
        Tolerance of the task.
    described : dict
        The first entries of the report.
    is_recipe : bool
        Whether the task alone chose the rule and the procedure, and no engine was asked for. Then there is no warning of what the engine
        cannot compute; the report names the engine that did.
    """

    task: Task
    seed: int
    engine: Engine
    network: Network
    examples: ExampleSet
    phases: list[Phase]
    until: Until
    tolerance: float
    described: dict[str, Any]
    is_recipe: bool = False

    def train(
        self,
        every: int | None,
        test_every: int | None,
        record: Recorder | Sequence[Recorder],
        progress: bool | Reporter,
        checkpoints: Checkpoints | None = None,
    ) -> Result:
        """Train the network, and return the result. The arguments and the exceptions are those of `run`."""
        return self._measured(
            partial(
                train,
                self.network,
                self.examples,
                phases=self.phases,
                engine=self.engine,
                seed=self.seed,
                until=self._checked_until,
                every=every if every is not None else self.task.every if callable(self.until) else 1,
                tolerance=self.tolerance,
                test=testing_examples_of(self.task, self.network) if test_every else None,
                test_every=test_every or 1,
                record=record,
                progress=progress,
                checkpoint=checkpoints,
            )
        )

    @property
    def _checked_until(self) -> Until:
        return with_checked_answers(self.until, f"task {self.task.name!r}: criterion")

    def go_on(self, saved: SavedTraining, progress: bool | Reporter, checkpoints: Checkpoints) -> Result:
        """Go on with a training of this task from a checkpoint, and return the result."""
        return self._measured(lambda: go_on(saved, self.phases, self._checked_until, (None, None), progress, checkpoints))

    def digest(self) -> str:
        """Return a digest of what the training depends on beside its phases: network, examples, engine, criterion, tolerance and seed.

        Raises
        ------
        ParameterError
            If a function of the network cannot be stored.
        """
        until = "function" if callable(self.until) else repr(self.until)
        settings = {"seed": self.seed, "engine": repr(self.engine), "until": until, "tolerance": self.tolerance}
        return digest_of({**settings, "network": network_arrays(self.network), "examples": describe_examples(self.examples)})

    def _measured(self, training: Callable[[], Run]) -> Result:
        """Train, and return the result."""
        failure = None
        try:
            with self.named_plugins():
                finished = training()
        except BaseException as error:
            if not isinstance(ended := getattr(error, "run", None), Run) or (ended.stopped == "error" and not ended.epochs):
                if isinstance(error, (WiringError, DataError)):
                    raise with_proposal(error, self.task, self.network, self.phases, self.seed) from None
                raise
            failure, finished = error, ended
        return self.result_of(finished, failure)

    @contextmanager
    def named_plugins(self) -> Iterator[None]:
        """In the context, exceptions of the formulas of plugins name the plugin, and SystemExit becomes PluginError."""
        with exits_as_errors(), self._known_engine(), named_formulas(lambda: owners_of(self.network, self.phases)):
            yield

    def _known_engine(self) -> AbstractContextManager[None]:
        return leave_out(ENGINE if self.is_recipe else "")

    def result_of(self, finished: Run, failure: BaseException | None = None) -> Result:
        """Measure what was learned in a training, and return the result. Raise the exception of training, or else of the measurement."""
        network = finished.network
        learned, wiring = network.weight_values, wiring_of(network)
        with self._known_engine():
            report, failures = _report(self.task, self.examples, finished, self.engine, failure)
        if wiring_of(network) != wiring:  # by the task; another network has what was learned
            finished.network = network_of(self.task, self.seed)
            finished.network.weight_values = learned
        result = Result(self.task, finished, self.described | report)
        for first in sorted(failures, key=lambda error: not isinstance(error, KeyboardInterrupt))[:1]:
            attach(first, "run", finished)
            attach(first, "result", result)
            raise first
        return result


class Preparation:
    """A task with the arguments of `run`, for the runs of several seeds. The parameters and the exceptions are those of `run`.

    What is the same for all seeds is made once, unless the task draws data for each seed, or its criterion is a function, which may count.
    """

    def __init__(
        self,
        task: str | Task,
        preset: str,
        epochs: int | None,
        engine: str | Engine,
        rule: str | Rule | None,
        parameters: Mapping[str, Any] | None,
        clip: tuple[str, float] | None = None,
        schedule: Schedule | None = None,
        procedure: str | LearningProcedure | None = None,
        ticks: int | None = None,
    ) -> None:
        self._preset, self._epochs, self._rule, self._parameters = preset, epochs, rule, dict(parameters or {})
        self.task, rest = task_and_rule_parameters(task, preset, self._parameters, rule, procedure)
        self._rule_parameters, of_procedure = _split_parameters(rest, rule)
        settings = {"clip": clip, "schedule": schedule, "procedure": _make_procedure(procedure, of_procedure, rule)}
        self._settings: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
        self._is_default_engine = isinstance(engine, DefaultName)
        self._engine = registry.resolve("engines", engine, Engine, what="run.engine")  # type: ignore[type-abstract,unused-ignore]
        registry.find("engines", self._engine.name)  # findings use the engine by name, so it must be in the registry
        if ticks is not None:
            ticks = check_number("run", "ticks", ticks, at_least=1, whole=True)
            self._check_can_settle()
            self.task = SettlingTask(self.task, ticks, source_digest(type(self.task)))
        self._last: PreparedRun | None = None

    def for_seed(self, seed: int) -> PreparedRun:
        """Make the network of a seed, and read the examples and phases of the task."""
        task = drawn_task(self.task, seed)
        if self._last is None or task is not self._last.task:
            self._last = self._prepare(task, seed)
            return self._last
        network = network_of(task, seed)
        check_fit(task, "training_examples", network, self._last.examples)
        until = criterion_of(task) if callable(self._last.until) else self._last.until
        return replace(self._last, seed=seed, network=network, until=until)

    def phases(self, task: Task) -> list[Phase]:
        """Return the phases of the task with the rule and the settings that were given."""
        of_task = phases_of(task)
        if is_untrained(task, of_task):
            self._check_untrained(task)
        return [replace_rule(phase, self._rule, self._rule_parameters, self._parameters, self._settings) for phase in of_task]

    def _described(self, task: Task) -> dict[str, Any]:
        """Return the first entries of the report."""
        base = task_given(task)
        described = {"task": base.name, "preset": self._preset, "parameters": parameters_of_object(base)}
        return described | ({"ticks": task.ticks} if isinstance(task, SettlingTask) else {})

    def _check_can_settle(self) -> None:
        if is_untrained(self.task, phases_of(self.task)):
            raise ParameterError(f"run.ticks: task {self.task.name!r} trains nothing, so its network needs no symmetric connections")

    def _check_untrained(self, task: Task) -> None:
        """Raise ParameterError if there are epochs, a rule or settings of training for a task that trains nothing."""
        for name, value in {"epochs": self._epochs or None, "rule": self._rule, **self._settings}.items():
            if value is not None:
                raise ParameterError(f"run.{name}: task {task.name!r} trains nothing, so it has none (got {shown(value)})")

    def _prepare(self, task: Task, seed: int) -> PreparedRun:
        phases = self.phases(task)
        network = network_of(task, seed)
        until = criterion_of(task)
        described = self._described(task) | ({"criterion": until.describe()} if isinstance(until, Criterion) else {})
        json_value(described)  # before training, since the values are objects of the plugin
        return PreparedRun(
            task=task,
            seed=seed,
            engine=self._engine,
            network=network,
            examples=training_examples_of(task, network),
            phases=phases if self._epochs is None else with_total_epochs(phases, self._epochs, "run"),
            until=until,
            tolerance=tolerance_of(task),
            described=described,
            is_recipe=self._rule is None and "procedure" not in self._settings and self._is_default_engine,
        )


def task_and_rule_parameters(
    task: str | Task, preset: str, given_parameters: Mapping[str, Any], rule: object, procedure: object = None
) -> tuple[Task, dict[str, Any]]:
    """Return the task made with its own parameters, and the remaining parameters, which are those of a rule or procedure given by name.

    Raises
    ------
    UnknownNameError, ParameterError
        As for `run`.
    """
    if rule is not None and not isinstance(rule, str):
        registry.resolve("update_rules", rule, Rule, what="run.rule")
    kind = registry.find("tasks", task) if isinstance(task, str) else type(task)
    task_parameters = {key: value for key, value in given_parameters.items() if key in parameters_of(kind)}
    rest = {key: value for key, value in given_parameters.items() if key not in task_parameters}
    known = parameters_of(registry.find("update_rules", rule)) if isinstance(rule, str) else {}
    if isinstance(procedure, str):
        known = {**known, **parameters_of(registry.find(procedure_kind(procedure), procedure))}
    for key in rest:
        if key == "epochs" and getattr(kind, key, None) == 0:
            raise ParameterError(f"{kind.name}.epochs: the task trains nothing, so it has no epochs (got {shown(given_parameters[key])})")
        if key not in known:
            raise unknown_parameter(kind, key, known)
    if isinstance(task, str):
        return make_task(task, preset, **task_parameters), rest
    return replace(task, **task_parameters) if task_parameters else task, rest  # type: ignore[type-var]


def _split_parameters(given: Mapping[str, Any], rule: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters of a rule given by name, and the others, which are those of the procedure."""
    of_rule = parameters_of(registry.find("update_rules", rule)) if isinstance(rule, str) else {}
    of_procedure = {key: value for key, value in given.items() if key not in of_rule}
    return {key: value for key, value in given.items() if key in of_rule}, of_procedure


def _make_procedure(given: str | LearningProcedure | None, parameters: dict[str, Any], rule: str | Rule | None) -> LearningProcedure | None:
    """Return the procedure; None for the usual one of the rule, also if a local rule is given a second time by its name."""
    if isinstance(given, str) and given == getattr(rule, "name", rule):
        return None
    if isinstance(given, str):
        made: LearningProcedure = make(procedure_kind(given), given, parameters)
        return made
    return None if given is None else resolve_procedure(given, "run.procedure")


def _report(
    task: Task, examples: ExampleSet, finished: Run, engine: Engine, failure: BaseException | None
) -> tuple[dict[str, Any], list[BaseException]]:
    """Measure the trained network, and return the report and the exceptions that were raised, that of training first.

    A quantity whose measurement raised is None, and there are no findings then. After Ctrl-C, nothing else is measured. Afterwards the
    units have the state of the last training case again.
    """
    network = finished.network
    failures = [failure] if failure is not None else []

    def measured(member: str, measure: Callable[[], Any], otherwise: Any = None) -> Any:
        try:
            if not any(_is_interrupt(error) for error in failures):
                with stop_signals().raising(), exits_as_errors(), unchanged(network, task, member):
                    return measure()
        except (Exception, KeyboardInterrupt) as error:  # a plugin's code may raise anything, and what was learned is kept
            failures.append(error)
        return otherwise

    with network.state.restored_afterwards():
        report = {
            "phases": [phase.describe() for phase in finished.phases],
            "seed": finished.seed,
            "engine": _engine_text(finished),
            "epochs": finished.epochs,
            "error": _none_for_nan(finished.error) if has_targets(examples) or has_costs(network) else None,
            "correct": measured("training_examples", lambda: fraction_correct(task, network, examples, engine)),
            "test_correct": measured("testing_examples", lambda: fraction_correct(task, network, task.testing_examples, engine)),
            "seconds": round(finished.seconds, 3),
            "stopped": finished.stopped,
            "findings": measured("findings", lambda: [*map(finding_record, findings_of(task, network, finished))], []),
        }
    of_plugins = [error for error in failures if not isinstance(error, (DivergenceError, TrainingInterrupted))]
    return report | {"failures": list(dict.fromkeys(map(_failure_text, of_plugins)))}, failures


def _engine_text(finished: Run) -> str:
    """Return the engine of a run with its settings; first the engines that ran it, if they are others."""
    asked = " ".join([finished.engine, *(f"{name}={value}" for name, value in finished.engine_settings.items())])
    return asked if finished.ran_by in ([], [finished.engine]) else f"{' and '.join(finished.ran_by)} in place of {asked}"


def _is_interrupt(error: BaseException) -> bool:
    """Return whether an error is Ctrl-C after training."""
    return isinstance(error, KeyboardInterrupt) and not isinstance(error, TrainingInterrupted)


def _failure_text(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt) and stop_signals().number:
        return f"the measurement of the network was interrupted{stop_signals().cause}"
    return describe_fault(error)


def parameters_of_object(task: Task) -> dict[str, Any]:
    """Return the parameters of a task with their values."""
    return {name: getattr(task, name) for name in parameters_of(type(task))}


def _none_for_nan(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  (JSON has no NaN)
