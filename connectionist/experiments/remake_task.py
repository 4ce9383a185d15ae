"""A task made again from what the record of its run says: its name, its parameters as JSON has them, and the seed."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from connectionist.errors import FileError, ParameterError, UnknownNameError
from connectionist.plugins import registry
from connectionist.plugins.parameters import kinds_of, parameters_of
from connectionist.plugins.registry import make

if TYPE_CHECKING:
    from connectionist.experiments.task import Task


def remake_task(folder: Path, record: Mapping[str, Any]) -> Task:
    """Return the task of a record as it was run.

    Raises
    ------
    UnknownNameError
        When no plugin has it any more.
    ParameterError
        When it no longer has a parameter of the run's, or refuses its value.
    FileError
        When a value cannot be told from what is written.

    Warns
    -----
    UserWarning
        When it has got parameters since.
    """
    name, given = record["report"]["task"], record["report"]["parameters"]
    try:
        kind = registry.find("tasks", name)
    except UnknownNameError as error:
        origins = record.get("plugins")
        origin = origins.get(name) if isinstance(origins, dict) else None
        raise UnknownNameError(f"run {str(folder)!r}: {error}. The run had it from {origin or 'no plugin'}") from None
    known = parameters_of(kind)
    new = [key for key in known if key not in given]
    if new:
        said = f"run {str(folder)!r}: the task {name!r} has got parameters since, which have their defaults: {', '.join(new)}"
        warnings.warn(said, UserWarning, stacklevel=3)
    values = {key: _value(folder, kind, key, value) if key in known else value for key, value in given.items()}
    try:
        made: Task = make("tasks", name, values)
    except ParameterError as error:
        raise ParameterError(f"run {str(folder)!r}: {error}") from None
    return made.for_seed(record["seed"])


def _value(folder: Path, owner: type, key: str, written: Any) -> Any:
    """Return a parameter's value from what JSON made of it: tuples are written as lists, what JSON does not know as its text."""
    for kind in kinds_of(owner, key):
        if _is_of(kind, written):
            return _as_tuples(written)
    name = getattr(owner, "name", owner.__name__)
    raise FileError(f"run {str(folder)!r}: {name}.{key} is written as {written!r}, from which the value that it had cannot be told")


def _is_of(kind: Any, written: Any) -> bool:
    if kind is Any:
        return True
    if not isinstance(kind, type) and get_origin(kind) is None:
        return bool(written == kind)  # one of the values of a Literal
    plain = get_origin(kind) or kind
    if plain in (tuple, list):
        inner = [each for each in get_args(kind) if each is not Ellipsis]
        return isinstance(written, list) and (not inner or all(any(_is_of(each, item) for each in inner) for item in written))
    if isinstance(written, bool):
        return plain is bool
    return isinstance(written, (int, float) if plain is float else plain)


def _as_tuples(written: Any) -> Any:
    return tuple(map(_as_tuples, written)) if isinstance(written, list) else written
