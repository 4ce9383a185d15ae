"""A task from start to report: what ``connectionist run`` does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from connectionist.data.accuracy import correct_cases
from connectionist.engines.engine import Engine
from connectionist.engines.phase import Phase
from connectionist.errors import DivergenceError, ParameterError, TrainingInterrupted, check_number
from connectionist.experiments.task import Task
from connectionist.learning.progress import Reporter
from connectionist.learning.run import Run
from connectionist.learning.training import train
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plugins import registry
from connectionist.plugins.by_name import task as make_task
from connectionist.plugins.parameters import parameters_of
from connectionist.plugins.registry import make
from connectionist.plugins.rules import Rule
from connectionist.recording.recorder import Recorder
from connectionist.utils.hooks import HtmlRepr

if TYPE_CHECKING:
    import pandas as pd

    from connectionist.data.example_set import ExampleSet


@dataclass(repr=False)
class Result(HtmlRepr):
    """A task that was run.

    Attributes
    ----------
    task : Task
        As it was run, with this seed's own draws.
    run : Run
    report : dict
        What ``connectionist run --json`` prints: task, preset, parameters, phases, seed, engine, epochs, error, correct
        (fraction of the training cases right after training), test_correct (or None), seconds, stopped, and findings.
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
        """A row per epoch."""
        return self.run.log

    @property
    def findings(self) -> pd.DataFrame:
        """What the task measured beside what was published: a row per quantity, "measured", "published", "source" and "note"."""
        import pandas as pd

        return pd.DataFrame(self.report["findings"], dtype=object).set_index("quantity")

    def __repr__(self) -> str:
        shown = {key: self.report[key] for key in ("task", "preset", "seed", "epochs", "error", "correct", "test_correct")}
        said = [f"{key} {f'{value:.6g}' if isinstance(value, float) else value}" for key, value in shown.items() if value is not None]
        return f"<Result {', '.join(said)}>"


def run(
    task: str | Task,
    *,
    preset: str = "default",
    seed: int = 0,
    epochs: int | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    rule: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    record: Recorder | Sequence[Recorder] = (),
    progress: bool | Reporter = False,
) -> Result:
    """Run a task and report what was measured beside what was published.

    Parameters
    ----------
    task : str or Task
        By name, or one of your own that need not be registered.
    preset : str
        Which values of its parameters; for a task by name.
    seed : int
        Root seed of initial weights, order of examples and whatever else the task draws.
    epochs : int, optional
        At most so many in all, in place of the task's own number.
    engine : str or Engine
        By name, or as `connectionist.engine` makes it.
    rule : str, optional
        Name of the rule to use in every phase; parameters of the task's rule that it also has are kept.
    parameters : dict, optional
        Values for parameters of the task, or of `rule` when that is given; as ``--set KEY=VALUE``.
    record : Recorder or sequence of Recorder, optional
        What to record; it is in ``result.run.recording``.
    progress : bool or Reporter

    Returns
    -------
    Result

    Raises
    ------
    UnknownNameError
        When a task, preset, rule or engine does not exist.
    ParameterError
        When a parameter does not exist or is out of range.
    DivergenceError
        When training leaves the finite numbers; its ``result`` has the report on what was learned before.
    TrainingInterrupted
        On Ctrl-C; its ``result`` has the report on what was learned until then.
    """
    if isinstance(task, Task) and preset != "default":
        raise ParameterError(f"run.preset: is for a task by name; the one given has its own values (got {preset!r})")
    given = dict(parameters or {})
    made, for_rule = _task_and_rest(task, preset, given, rule)
    made = made.for_seed(seed)
    using = registry.resolve("engines", engine, Engine)  # type: ignore[type-abstract,unused-ignore]
    registry.find("engines", using.name)  # the task asks for it by name when it measures
    phases = [_with_rule(phase, rule, for_rule, given) for phase in made.phases]
    network = made.network(seed)
    try:
        done = train(
            network,
            made.training_examples,
            phases=phases if epochs is None else _shorten(phases, epochs),
            engine=using,
            seed=seed,
            until=made.criterion,
            tolerance=made.tolerance,
            record=record,
            progress=progress,
        )
    except (TrainingInterrupted, DivergenceError) as ended:
        ended.result = Result(made, ended.run, _report(made, preset, ended.run, using))
        raise
    return Result(made, done, _report(made, preset, done, using))


def run_seeds(task: str | Task, seeds: Iterable[int], **options: Any) -> Iterator[Result]:
    """Run a task once per seed, yielding each result when it is there.

    Parameters
    ----------
    task : str or Task
    seeds : iterable of int
    **options
        As for `run`.

    Yields
    ------
    Result
    """
    for seed in seeds:
        yield run(task, seed=seed, **options)


def _task_and_rest(task: str | Task, preset: str, given: dict[str, Any], rule: str | None) -> tuple[Task, dict[str, Any]]:
    """Make the task with the parameters that are its own, and return it with those left for the rule."""
    kind = registry.find("tasks", task) if isinstance(task, str) else type(task)
    own = {key: value for key, value in given.items() if key in parameters_of(kind)}
    rest = {key: value for key, value in given.items() if key not in own}
    rule_parameters = parameters_of(registry.find("update_rules", rule)) if rule else {}
    for key in rest:
        if key not in rule_parameters:
            known = dict.fromkeys([*parameters_of(kind), *rule_parameters])
            raise ParameterError(f"{kind.name}.{key}: no such parameter; known: {', '.join(known) or 'none'}")
    if isinstance(task, str):
        return make_task(task, preset, **own), rest
    return replace(task, **own) if own else task, rest  # type: ignore[type-var]


def _with_rule(phase: Phase, rule: str | None, parameters: dict[str, Any], given: Mapping[str, Any]) -> Phase:
    if rule is None:
        return phase
    known = parameters_of(registry.find("update_rules", rule))
    for key in given:
        if key in parameters_of(type(phase.rule)) and key not in known:
            raise ParameterError(f"{rule}.{key}: no such parameter of the rule asked for; known: {', '.join(known)}")
    kept = {key: getattr(phase.rule, key) for key in parameters_of(type(phase.rule)) if key in known}
    new: Rule = make("update_rules", rule, {**kept, **parameters})
    return replace(phase, rule=new)


def _shorten(phases: Sequence[Phase], epochs: int) -> list[Phase]:
    """Return the phases with `epochs` in all: cut short, or the last one drawn out."""
    check_number("run", "epochs", epochs, at_least=0, whole=True)
    short: list[Phase] = []
    left = epochs
    for number, phase in enumerate(phases, 1):
        count = left if number == len(phases) else min(left, phase.epochs)
        short.append(replace(phase, epochs=count))
        left -= count
    return short


def _report(task: Task, preset: str, done: Run, engine: Engine) -> dict[str, Any]:
    """Measure the trained network, whose units go on showing the last case of training."""
    with done.network.state.unchanged():
        return _measured(task, preset, done, engine)


def _measured(task: Task, preset: str, done: Run, engine: Engine) -> dict[str, Any]:
    return {
        "task": task.name,
        "preset": preset,
        "parameters": parameters_of_object(task),
        "phases": [phase.describe() for phase in done.phases],
        "seed": done.seed,
        "engine": " ".join([done.engine, *(f"{name}={value}" for name, value in done.engine_settings.items())]),
        "epochs": done.epochs,
        "error": _number(done.error),
        "correct": _fraction_right(task, done.network, task.training_examples, engine),
        "test_correct": _fraction_right(task, done.network, task.testing_examples, engine),
        "seconds": round(done.seconds, 3),
        "stopped": done.stopped,
        "findings": [asdict(finding) for finding in task.findings(done.network, done)],
    }


def parameters_of_object(task: Task) -> dict[str, Any]:
    """Return a task's parameters with their values."""
    return {name: getattr(task, name) for name in parameters_of(type(task))}


def _fraction_right(task: Task, network: Network, examples: ExampleSet | None, engine: Engine) -> float | None:
    if examples is None:
        return None
    return float(correct_cases(network.outputs(examples, engine), examples.targets, task.tolerance).mean())


def _number(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124  (NaN has no place in JSON)
