"""Views of a task and of a run folder."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectionist.engines.phase import Phase
from connectionist.errors import PluginError
from connectionist.experiments.prepared_run import Preparation, PreparedRun
from connectionist.experiments.read_run import read_run
from connectionist.experiments.settling_task import SettlingTask, task_given
from connectionist.experiments.task_members import (
    case_note_of,
    criterion_of,
    finding_record,
    findings_of,
    is_untrained,
    phases_of,
    testing_examples_of,
    tolerance_of,
    training_examples_of,
)
from connectionist.inspector.hub import Hub
from connectionist.inspector.script import literal
from connectionist.inspector.session import InspectorSession, Origin
from connectionist.inspector.view import View
from connectionist.learning.training import train
from connectionist.model.network import DEFAULT_ENGINE
from connectionist.plugins import registry
from connectionist.plugins.faults import describe_fault

if TYPE_CHECKING:
    from connectionist.experiments.task import Task
    from connectionist.model.network import Network

IMPORTS = "import connectionist as cn"
PARTS = ("examples = task.training_examples", "testing = task.testing_examples")


def open_task(name: str, seed: int, options: dict[str, Any], host: str, port: int) -> View:
    """Return the view of a task before training. The options are the arguments of `connectionist.run`.

    Raises
    ------
    ConnectionistError
        As `connectionist.run`.
    """
    prepared = Preparation(name, **{"epochs": None, "rule": None, "parameters": None, **options}).for_seed(seed)
    given = task_given(prepared.task)
    parameters = {each: value for each, value in (options.get("parameters") or {}).items() if hasattr(given, each)}
    made = _settling_lines if isinstance(prepared.task, SettlingTask) else _task_lines
    lines = (IMPORTS, "", *made(name, seed, options, parameters), *PARTS)
    return _open(prepared.task, prepared.network, prepared.phases, prepared, lines, f"{name}, seed {seed}", host, port)


def _task_lines(name: str, seed: int, options: dict[str, Any], parameters: dict[str, Any]) -> list[str]:
    """Return the lines that make a task and its network."""
    arguments = [literal(name), literal(options["preset"]), *(f"{each}={literal(value)}" for each, value in parameters.items())]
    return [f"task = cn.task({', '.join(arguments)}).for_seed({seed})", f"net = task.network(seed={seed})"]


def _settling_lines(name: str, seed: int, options: dict[str, Any], parameters: dict[str, Any]) -> list[str]:
    """Return the lines that make a task whose network gets symmetric connections, and this network."""
    settings = {"preset": options["preset"], "seed": seed, "ticks": options["ticks"], "epochs": 0}
    arguments = {**settings, **({"parameters": parameters} if parameters else {})}
    texts = ", ".join(f"{each}={literal(value)}" for each, value in arguments.items())
    return [f"started = cn.run({literal(name)}, {texts})", "task, net = started.task, started.network"]


def open_run(folder: str, host: str, port: int) -> View:
    """Return the view of the trained network of a run folder.

    Raises
    ------
    ConnectionistError
        As `connectionist.read_run`.
    """
    run = read_run(folder)
    is_trained = not is_untrained(run.task, phases_of(run.task))
    title = f"{run.task.name}, seed {run.seed}{', trained' if is_trained else ''}"
    lines = (IMPORTS, "", f"trained = cn.read_run({literal(str(Path(folder)))})", "task, net = trained.task, trained.network", *PARTS)
    last = phases_of(run.task)[-1:]
    return _open(run.task, run.network, last, None, lines, title, host, port, seed=run.seed, findings=run.report.get("findings", []))


def _open(
    task: Task,
    network: Network,
    phases: Sequence[Phase],
    prepared: PreparedRun | None,
    lines: tuple[str, ...],
    title: str,
    host: str,
    port: int,
    seed: int = 0,
    findings: Sequence[dict[str, Any]] = (),
) -> View:
    engine = prepared.engine if prepared else registry.find("engines", DEFAULT_ENGINE)()
    origin = Origin(
        lines=lines,
        title=title,
        task=task,
        published=published_marks(findings),
        criterion=criterion_of(task),
        is_made=True,
        trains=not is_untrained(task, phases_of(task)),
        is_recipe=prepared is None or prepared.is_recipe,
        note=case_note_of(task),
    )
    testing = None if task.testing_examples is None else testing_examples_of(task, network)

    def make_session(between: Callable[[], None]) -> InspectorSession:
        return InspectorSession(
            network,
            prepared.examples if prepared else training_examples_of(task, network),
            phases,
            engine=engine,
            testing=testing,
            seed=prepared.seed if prepared else seed,
            tolerance=tolerance_of(task),
            origin=origin,
            between=between,
        )

    def find_marks() -> Callable[[InspectorSession], None]:
        marks = published_marks(untrained_findings(task, prepared.seed if prepared else seed))

        def add_marks(session: InspectorSession) -> None:
            session.origin = replace(origin, published=marks)
            session.version += 1

        return add_marks

    return View(Hub(make_session, None if findings else find_marks), host, port)


def untrained_findings(task: Task, seed: int) -> list[dict[str, Any]]:
    """Return the findings of another network of the task after one epoch, if it trains at all, for the published values in them.

    Raises
    ------
    PluginError
        What the code of the task raises, which may be anything.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            network, phases = task.network(seed), phases_of(task)
            epochs = 0 if is_untrained(task, phases) else 1
            run = train(network, task.training_examples, phases=[replace(phase, epochs=epochs) for phase in phases], seed=seed)
            return [*map(finding_record, findings_of(task, network, run))]
    except BaseException as error:
        raise PluginError(f"no published values are shown: {describe_fault(error)}") from error


def published_marks(findings: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Return the published values of findings that are numbers; those of epochs are marks on the curve of errors."""
    marks = []
    for finding in findings:
        value, quantity = finding.get("published"), str(finding.get("quantity", ""))
        if isinstance(value, int | float) and not isinstance(value, bool):
            is_epoch = any(word in quantity.lower() for word in ("epochs", "sweeps"))
            source = str(finding.get("source", ""))
            marks.append({"quantity": quantity, "value": value, "source": source, "epoch": value if is_epoch else None})
    return tuple(marks)
