"""What determines the runs of a study, so that a folder is never continued with other ones.

The identity is what all runs have in common: the task or function and its source, preset, parameters, rule, epochs, engine, what is
recorded and measured, and the versions that change bits. The key of a condition is a digest of all its parameters by value, so that a
further parameter in the grid, with its default as one of the values, finds the finished runs again. A condition and a seed are a run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from connectionist.engines.engine import Engine
from connectionist.experiments.importable import digest, name_of, source_digest
from connectionist.experiments.run_folder import distribution_version
from connectionist.experiments.task import Task
from connectionist.plugins import registry
from connectionist.plugins.find_procedure import procedure_kind
from connectionist.plugins.procedures import LearningProcedure
from connectionist.utils.visible_text import shown

Identity = dict[str, Any]
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")  # in the repr of an object that has no other
WITHOUT_EFFECT = {"threads"}  # settings of engines that change no bit
WORDS = {
    "task source": "the file of the task",
    "rule source": "the file of the rule",
    "procedure source": "the file of the learning procedure",
    "function source": "the source of the function",
    "measure source": "the source of measure",
    "vary source": "the source of vary",
    "distance source": "the source of distance",
}


def identity_of(
    subject: Any, options: Mapping[str, Any], parameters: Mapping[str, Any], measure: Any, of_participant: Any, has_cases: bool
) -> Identity:
    """Return what determines the runs of a study, as JSON values.

    Parameters
    ----------
    subject : str, Task or function
    options : dict
        Arguments of `connectionist.run`; empty for a function.
    parameters : dict
        Parameters of every run.
    measure, of_participant : function or None
    has_cases : bool
    """
    identity: Identity = {}
    if isinstance(subject, (str, Task)):
        kind = registry.find("tasks", subject) if isinstance(subject, str) else type(subject)
        own = {} if isinstance(subject, str) else {"task parameters": _described(subject)}
        identity |= {"task": subject if isinstance(subject, str) else subject.name, "task source": source_digest(kind), **own}
        identity |= {"preset": options["preset"], "epochs": options["epochs"], "rule": _described(options["rule"])}
        if options["rule"] is not None:
            named = isinstance(options["rule"], str)
            identity["rule source"] = source_digest(registry.find("update_rules", options["rule"]) if named else type(options["rule"]))
        identity |= _described_procedure(options["procedure"])
        identity |= {} if options["ticks"] is None else {"ticks": options["ticks"]}
        identity |= {} if options["clip"] is None else {"clip": _described(options["clip"])}
        for name, values in (options["schedule"] or {}).items():
            what = f"schedule of {name}"
            identity |= _described_function(what, values) if callable(values) else {what: _described(values)}
        identity |= {"every": options["every"], "test_every": options["test_every"], "engine": _described_engine(options["engine"])}
        identity |= {"record": [_described(recorder) for recorder in options["record"]], "cases": has_cases}
    else:
        identity |= _described_function("function", subject)
    identity |= {"parameters": _described(dict(parameters))}
    identity |= _described_function("measure", measure) | _described_function("vary", of_participant)
    return identity | {"connectionist": distribution_version("connectionist-simulator"), "numpy": np.__version__.rpartition(".")[0]}


def _described_procedure(given: str | LearningProcedure | None) -> dict[str, Any]:
    if given is None:
        return {}
    kind = registry.find(procedure_kind(given), given) if isinstance(given, str) else type(given)
    return {"procedure": _described(given), "procedure source": source_digest(kind)}


def condition_key(subject: Any, parameters: Mapping[str, Any]) -> str:
    """Return the digest of all parameters of a condition.

    Parameters
    ----------
    subject : Task or None
        The task with its parameters; None for a function.
    parameters : dict
        Parameters of a function, or those that the task does not have.
    """
    own = {} if subject is None else {field.name: getattr(subject, field.name) for field in fields(subject)}
    return digest(_json(_described({**parameters, **own})))


def differences(made: Mapping[str, Any], wanted: Identity) -> str:
    """Return in words how an identity in a folder differs from another; "" if it does not.

    Examples
    --------
    >>> differences({"task": "xor", "epochs": 10}, {"task": "xor", "epochs": 20})
    'epochs was 10 and is now 20'
    >>> differences({"task": "xor", "task source": "0123"}, {"task": "encoder", "task source": "4567"})
    "task was 'xor' and is now 'encoder'"
    """
    changed = [name for name in {**made, **wanted} if _json(made.get(name)) != _json(wanted.get(name))]
    found = []
    for name in changed:
        before, now = made.get(name), wanted.get(name)
        if name.removesuffix(" source") not in changed or not name.endswith(" source"):  # another task has another source
            word = WORDS.get(name)
            found.append(f"{word} has changed" if word and before and now else f"{name} was {shown(before)} and is now {shown(now)}")
    return ", ".join(found)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _described(value: Any) -> Any:
    """Return a value as JSON: an object by its class and its fields, or by its ``repr``."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 2 and 2.0 are the same value of a parameter
    if value is None or isinstance(value, (bool, int, str)) or (isinstance(value, float) and np.isfinite(value)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _described(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_described(item) for item in value]
    return _described_object(value)


def _described_object(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {"class": type(value).__qualname__, **{field.name: _described(getattr(value, field.name)) for field in fields(value)}}
    if callable(value):
        return [name_of(value), source_digest(value)]
    arrays = {name: getattr(value, name, None) for name in ("inputs", "targets", "lengths", "continues", "names")}
    if arrays["inputs"] is not None:
        return _described({"class": type(value).__qualname__, **arrays})
    return ADDRESS.sub("", repr(value))


def _described_engine(engine: str | Engine) -> Any:
    made = registry.resolve("engines", engine, Engine, what="Study.engine")  # type: ignore[type-abstract,unused-ignore]
    return {"name": made.name, **{name: value for name, value in made.settings.items() if name not in WITHOUT_EFFECT}}


def _described_function(what: str, function: Any) -> Identity:
    return {} if function is None else {what: name_of(function), f"{what} source": source_digest(function)}
