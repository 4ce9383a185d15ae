"""Checks of what ``run.json`` and ``summary.json`` contain, which may have been written elsewhere.

A form is a type or a tuple of types, a list with the form of its items, a dict with the forms of its keys, or a function that returns what
a value must be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import NoneType
from typing import Any

from connectionist.utils.visible_text import shown

NUMBER = (int, float)
VALUE = (int, float, str, bool, NoneType, list, dict)
TEXT = (str, NoneType)


def check_run(record: Mapping[str, Any]) -> None:
    """Check the content of ``run.json``.

    Raises
    ------
    ValueError
        If an entry is missing or has another type; the message names it.
    """
    _check(record, "", {"seed": _whole, "report": REPORT})
    _check_failures([record["report"]])
    check_provenance(record)


def check_summary(record: Mapping[str, Any]) -> None:
    """Check the content of ``summary.json``, as `check_run` does."""
    _check(record, "", {"summary": {"seeds": [_whole], "runs": [REPORT]}})
    _check_failures(record["summary"]["runs"])
    check_provenance(record)
    summary = record["summary"]
    if not summary["runs"] or [report["seed"] for report in summary["runs"]] != summary["seeds"]:
        raise ValueError("'summary.seeds' must have the seed of each of 'summary.runs'")


def _check_failures(reports: list[Mapping[str, Any]]) -> None:
    """Check the descriptions of failures, the settings of phases and the tolerances of findings, which not all reports have."""
    for report in reports:
        _check({"failures": report.get("failures", [])}, "report.", {"failures": [str]})
        _check({"ticks": report.get("ticks", 1)}, "report.", {"ticks": _above_0})
        _check({"criterion": report.get("criterion", "")}, "report.", {"criterion": str})
        for phase in report["phases"]:
            _check(phase, "report.phases", {key: form for key, form in RARE_SETTINGS.items() if phase.get(key) is not None})
        for finding in report["findings"]:
            _check({"tolerance": finding.get("tolerance", 1.0)}, "report.findings", {"tolerance": NUMBER})


def check_provenance(record: Mapping[str, Any]) -> None:
    """Check the entries on the origin of a record, such as its date, as `check_run` does. Older records lack some of them."""
    for key, form in PROVENANCE.items():
        if key in record:
            _check(record, "", {key: form})


def _whole(value: object) -> str:
    return "" if type(value) is int and value >= 0 else "a whole number of at least 0"


def _above_0(value: object) -> str:
    return "" if type(value) is int and value > 0 else "a whole number of at least 1"


def _positive(value: object) -> str:
    return "" if value == "epoch" or (type(value) is int and value > 0) else "'epoch' or a whole number above 0"


def _texts(value: object) -> str:
    is_table = isinstance(value, dict) and all(isinstance(each, (str, NoneType)) for each in value.values())
    return "" if is_table else "an object of texts"


def _clip(value: object) -> str:
    is_pair = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and type(value[1]) in NUMBER
    return "" if is_pair else "a pair of text and a number"


def _schedule(value: object) -> str:
    is_table = isinstance(value, dict) and all(isinstance(each, (str, dict)) for each in value.values())
    return "" if is_table else "an object of texts or objects"


PHASE: dict[str, Any] = {"rule": str, "parameters": dict, "epochs": _whole, "update_after": _positive, "order": str}
RARE_SETTINGS: dict[str, Any] = {"clip": _clip, "schedule": _schedule, "procedure": {"name": str, "parameters": dict}}
FINDING: dict[str, Any] = {"quantity": str, "measured": VALUE, "published": VALUE, "source": TEXT, "note": TEXT}
REPORT: dict[str, Any] = {
    "task": str,
    "preset": str,
    "parameters": dict,
    "phases": [PHASE],
    "seed": _whole,
    "engine": str,
    "epochs": _whole,
    "error": (*NUMBER, NoneType),
    "correct": (*NUMBER, NoneType),
    "test_correct": (*NUMBER, NoneType),
    "seconds": NUMBER,
    "stopped": str,
    "findings": [FINDING],
}
PROVENANCE = {"command_line": [str], "date": str, "platform": str, "processor": str, "versions": _texts, "plugins": _texts}
NOUNS = {str: "text", int: "a number", float: "a number", dict: "an object", list: "a list", bool: "true or false", NoneType: "null"}


def _check(value: Any, name: str, form: Any) -> None:
    if isinstance(form, dict):
        _check(value, name, dict)
        for key, inner in form.items():
            full_name = f"{name}.{key}" if name else key
            if key not in value:
                raise ValueError(f"{full_name!r} is missing")
            _check(value[key], full_name, inner)
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise ValueError(f"{name!r} must be a list (got {shown(value)})")
        for number, item in enumerate(value):
            _check(item, f"{name}[{number}]", form[0])
    else:
        allowed = _allowed(value, form)
        if allowed:
            raise ValueError(f"{name!r} must be {allowed} (got {shown(value)})")


def _allowed(value: object, form: type | tuple[type, ...] | Callable[[object], str]) -> str:
    """Return the allowed form of a value, or "" if the value has it."""
    if not isinstance(form, (type, tuple)):
        return form(value)
    kinds = form if isinstance(form, tuple) else (form,)
    return "" if type(value) in kinds else " or ".join(dict.fromkeys(NOUNS[kind] for kind in kinds))
