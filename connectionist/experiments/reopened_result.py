"""The result of a run that was read from its folder, for figures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectionist.engines.phase import SETTINGS, Phase
from connectionist.engines.schedule import with_whole_epochs
from connectionist.errors import ConnectionistError, ParameterError
from connectionist.experiments.read_run import ReopenedRun, read_run
from connectionist.experiments.result import Result
from connectionist.learning.run import Run
from connectionist.plugins.find_procedure import procedure_kind
from connectionist.plugins.registry import make
from connectionist.utils.visible_text import shown


def read_result(folder: Path) -> tuple[Result, dict[str, Any]]:
    """Return the result of a run from its folder, and the content of ``run.json``.

    Its `Run` has the log and the network, but neither the memory of the rule nor recordings, which the folder does not have.

    Raises
    ------
    FileError, UnknownNameError, ParameterError, DataError
        As `read_run`.
    """
    reopened = read_run(folder)
    return Result(reopened.task, _run_of(reopened), reopened.report), reopened.record


def _run_of(reopened: ReopenedRun) -> Run:
    log, report = reopened.log, reopened.report
    has_tests = "test_error" in log
    return Run(
        reopened.network,
        _phases(report),
        report["engine"],
        reopened.seed,
        errors=log["error"].tolist() if "error" in log else [float("nan")] * len(log),
        corrects=log["correct"].tolist() if "correct" in log else [float("nan")] * len(log),
        phase_numbers=log["phase"].tolist() if "phase" in log else [1] * len(log),
        test_every=int(has_tests),
        test_errors=log["test_error"].tolist() if has_tests else [],
        test_corrects=log["test_correct"].tolist() if has_tests and "test_correct" in log else [],
        stopped=report["stopped"],
        seconds=report["seconds"],
    )


def _phases(report: Mapping[str, Any]) -> tuple[Phase, ...]:
    """Return the phases of training; none if a rule is not installed, or was an object of the user."""
    try:
        return tuple(_phase(described) for described in report["phases"])
    except ConnectionistError:
        return ()


def _phase(described: Mapping[str, Any]) -> Phase:
    rule = make("update_rules", described["rule"], dict(described["parameters"]))
    options = {name: described[name] for name in SETTINGS if name in described}
    if (procedure := described.get("procedure")) is not None:
        name, parameters = _name_and_parameters(procedure)
        options["procedure"] = make(procedure_kind(name), name, parameters)
    if isinstance(options.get("schedule"), dict):
        given = {name: values for name, values in options["schedule"].items() if isinstance(values, dict)}  # others were functions
        options["schedule"] = with_whole_epochs(given) or None
    return Phase(rule, described["epochs"], **options)


def _name_and_parameters(described: object) -> tuple[str, dict[str, Any]]:
    """Return the name and the parameters of a described procedure, from a file that anyone may have written."""
    found = described if isinstance(described, Mapping) else {}
    name, parameters = found.get("name"), found.get("parameters")
    if not isinstance(name, str) or not isinstance(parameters, Mapping):
        raise ParameterError(f"the procedure of a phase must have a name and parameters (got {shown(described)})")
    return name, dict(parameters)
