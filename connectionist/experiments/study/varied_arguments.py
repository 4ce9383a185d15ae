"""Arguments of `connectionist.run` that may vary between the conditions of a study as parameters do: the rule and the procedure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connectionist.errors import ParameterError
from connectionist.experiments.importable import source_digest
from connectionist.experiments.task import Task
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind
from connectionist.plugins.parameter_types import parameters_of
from connectionist.utils.visible_text import shown

VARIED = ("rule", "procedure")


def split_varied(subject: Any, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments of `run` among the values of a condition, and the parameters. A parameter of the task is never an argument.

    Parameters
    ----------
    subject : str, Task or function
        For a function, all values are parameters.
    values : dict of str to object

    Examples
    --------
    >>> split_varied("xor", {"rule": "adam", "rate": 0.01})
    ({'rule': 'adam'}, {'rate': 0.01})
    """
    if not isinstance(subject, (str, Task)):
        return {}, dict(values)
    own = parameters_of(registry.find("tasks", subject) if isinstance(subject, str) else type(subject))
    arguments = {name: values[name] for name in VARIED if name in values and name not in own}
    return arguments, {name: value for name, value in values.items() if name not in arguments}


def varied_classes(arguments: Mapping[str, Any]) -> dict[str, type]:
    """Return the class of each rule or procedure that is given by its name.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    ParameterError
        If it is given in another way.
    """
    classes = {}
    for name, given in arguments.items():
        if given is not None and not isinstance(given, str):
            raise ParameterError(f"Study.{name}: must vary by name, such as {name}='{_EXAMPLES[name]}' (got {shown(given)})")
        if given is not None:
            classes[name] = registry.find("update_rules" if name == "rule" else procedure_kind(given), given)
    return classes


def sources_of(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Return a digest of the source of each rule or procedure that varies, for the key of a condition."""
    return {f"{name} source": source_digest(kind) for name, kind in varied_classes(arguments).items()}


def check_given_once(options: Mapping[str, Any], names: Iterable[str], subject: Any) -> None:
    """Raise ParameterError if an argument of the study is also what varies."""
    for name in split_varied(subject, dict.fromkeys(names))[0]:
        if options[name] is not None:
            raise ParameterError(f"Study.{name}: must not be given, since it varies (got {shown(options[name])})")


_EXAMPLES = {"rule": "momentum", "procedure": "feedback_alignment"}
