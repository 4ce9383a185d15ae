"""Making a task again from the record of its run: its name, its parameters as JSON values, and the seed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from connectionist.errors import FileError, ParameterError, UnknownNameError
from connectionist.experiments.importable import source_digest
from connectionist.experiments.settling_task import SettlingTask
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import kinds_of, parameters_of
from connectionist.plugins.registry import make
from connectionist.utils.caller_warnings import warn_caller
from connectionist.utils.visible_text import one_line, shown

if TYPE_CHECKING:
    from connectionist.experiments.task import Task


def remake_task(folder: Path, record: Mapping[str, Any]) -> Task:
    """Return the task of a run with its parameters and the data drawn for its seed.

    Parameters
    ----------
    folder : Path
        Folder of the run, for messages.
    record : dict
        Content of ``run.json``, as `read_run.read_record` returns it.

    Raises
    ------
    UnknownNameError
        If no installed plugin has the task.
    ParameterError
        If the installed task does not have a parameter of the run, or rejects its value.
    FileError
        If a value in the record has none of the types of its parameter.

    Warns
    -----
    UserWarning
        If the installed task has parameters that the run did not have.
    """
    name, given = record["report"]["task"], record["report"]["parameters"]
    kind = kind_of_task(folder, record)
    known = parameters_of(kind)
    new = [key for key in known if key not in given]
    if new:
        message = f"run {str(folder)!r}: the task {name!r} now has more parameters, which get their defaults: {', '.join(new)}"
        warn_caller(message)
    values = {key: _from_json(folder, kind, key, value) if key in known else value for key, value in given.items()}
    try:
        made: Task = make("tasks", name, values)
    except ParameterError as error:
        raise ParameterError(f"run {str(folder)!r}: {error}") from None
    if (ticks := record["report"].get("ticks")) is not None:
        made = SettlingTask(made, ticks, source_digest(kind))
    return made.for_seed(record["seed"])


def kind_of_task(folder: Path, record: Mapping[str, Any]) -> type[Task]:
    """Return the class of the task of a run. The arguments are those of `remake_task`.

    Raises
    ------
    UnknownNameError
        If no installed plugin has the task. The message names what had it in the run.
    """
    name = record["report"]["task"]
    try:
        kind: type[Task] = registry.find("tasks", name)
    except UnknownNameError as error:
        origins = record.get("plugins")
        origin = origins.get(name) if isinstance(origins, dict) else None
        if not isinstance(origin, str):
            raise UnknownNameError(f"run {str(folder)!r}: {error}. In the run, it came from no plugin") from None
        advice = f"; give its folder again, as --plugins-dir {one_line(str(Path(origin).parent))}" if origin.endswith(".py") else ""
        raise UnknownNameError(
            f"run {str(folder)!r}: unknown task {name!r}, which is not installed. In the run, it came from {one_line(origin)}{advice}"
        ) from None
    return kind


def _from_json(folder: Path, owner: type, key: str, written: Any) -> Any:
    """Return the value of a parameter from its JSON value: a list was a tuple, and text may stand for an object."""
    for kind in kinds_of(owner, key):
        if _has_type(kind, written):
            return _as_tuples(written)
    name = getattr(owner, "name", owner.__name__)
    raise FileError(f"run {str(folder)!r}: {name}.{key} is written as {shown(written)}, which does not determine its value")


def _has_type(kind: Any, written: Any) -> bool:
    if kind is Any:
        return True
    if not isinstance(kind, type) and get_origin(kind) is None:
        return bool(written == kind)  # one of the values of a Literal
    plain = get_origin(kind) or kind
    if plain in (tuple, list):
        inner = [each for each in get_args(kind) if each is not Ellipsis]
        return isinstance(written, list) and (not inner or all(any(_has_type(each, item) for each in inner) for item in written))
    if isinstance(written, bool):
        return plain is bool
    return isinstance(written, (int, float) if plain is float else plain)


def _as_tuples(written: Any) -> Any:
    return tuple(map(_as_tuples, written)) if isinstance(written, list) else written
