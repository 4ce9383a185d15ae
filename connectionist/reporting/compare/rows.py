"""The quantities of a comparison, one row for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectionist.reporting.compare.runs import ComparedRun, Report
from connectionist.reporting.text import format_counts, in_percent, training_quantities

SETTINGS, MEASURED, TRAINING, VERSIONS = "settings", "measured", "training", "versions"
OF_RUN, OF_SESSION = "the run", "this session"
PHASE_SETTINGS = ("rule", "epochs", "update_after", "order")


@dataclass(frozen=True)
class Row:
    """One quantity of all runs.

    Parameters
    ----------
    part : str
        "settings", "measured", "training" or "versions".
    quantity : str
    values : list
        One per run: a number, text, True, False or None; for several seeds the result of `distribution_or_counts`.
    published : list
        Published value, one per run.
    source : str
        Source of the published value.
    """

    part: str
    quantity: str
    values: list[Any]
    published: list[Any]
    source: str = ""

    @property
    def differs(self) -> bool:
        """Whether the runs have different values."""
        return any(value != self.values[0] for value in self.values)


def comparison_rows(compared: Sequence[ComparedRun], every: bool = False) -> list[Row]:
    """Return a row for each finding and each quantity of training, and for settings and versions that differ, or for all of these."""
    settings = _rows_from_tables(SETTINGS, [_settings(run) for run in compared])
    versions = [*_version_owners(compared), *_rows_from_tables(VERSIONS, [_versions(run) for run in compared])]
    findings = [_findings(run) for run in compared]
    measured = [_finding_row(quantity, compared, [found.get(quantity, []) for found in findings]) for quantity in _names(findings)]
    quantities = training_quantities([report for run in compared for report in run.reports])
    training = [_row(TRAINING, name, [_training_value(run, key) for run in compared]) for key, name in quantities.items()]
    return [
        *(row for row in settings if every or row.differs),
        *measured,
        *training,
        *(row for row in versions if every or row.differs),
    ]


def plain_value(value: Any) -> Any:
    """Return a value for a table: the median of a distribution, counts as text, anything else unchanged.

    Examples
    --------
    >>> plain_value({"yes": 3, "no": 1}), plain_value({"median": 2.0, "q1": 1.0, "q3": 3.0}), plain_value(0.5)
    ('3 × yes, 1 × no', 2.0, 0.5)
    """
    if is_distribution(value):
        return value["median"]
    return format_counts(value) if isinstance(value, dict) else value


def is_distribution(value: Any) -> bool:
    """Return whether a value is the distribution of numbers over seeds."""
    return isinstance(value, dict) and "median" in value


def join_distinct(values: Sequence[Any]) -> Any:
    """Return the one value that runs have, without None; if they have different values, all of them as text.

    Examples
    --------
    >>> join_distinct([245, None, 245]), join_distinct([245, None, 558]), join_distinct([None])
    (245, '245; –; 558', None)
    """
    present = [value for value in values if value is not None]
    if all(value == present[0] for value in present):
        return present[0] if present else None
    return "; ".join("–" if value is None else str(value) for value in values)


def _names(tables: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the keys of all tables, in the order of first occurrence."""
    return list(dict.fromkeys(name for table in tables for name in table))


def _rows_from_tables(part: str, tables: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return a row for each key of the tables of the runs."""
    return [_row(part, name, [table.get(name) for table in tables]) for name in _names(tables)]


def _row(part: str, quantity: str, values: list[Any]) -> Row:
    return Row(part, quantity, values, [None] * len(values))


def _settings(run: ComparedRun) -> dict[str, Any]:
    """Return the settings of a run: task, preset, engine, seeds, parameters, phases."""
    reports = run.reports
    seeds = [report["seed"] for report in reports]
    settings = {key: run.common_value([report[key] for report in reports]) for key in ("task", "preset", "engine")}
    settings["seed"] = seeds[0] if len(seeds) == 1 else f"{len(seeds)} seeds, {seeds[0]} to {seeds[-1]}"
    settings |= {name: run.common_value([report["parameters"].get(name) for report in reports]) for name in reports[0]["parameters"]}
    for number, phase in enumerate(reports[0]["phases"], 1):
        of_phase = {key: phase[key] for key in PHASE_SETTINGS} | phase["parameters"]
        settings |= {f"phase {number}, {key.replace('_', ' ')}": value for key, value in of_phase.items()}
    return settings


def _version_owners(compared: Sequence[ComparedRun]) -> list[Row]:
    """Return a row that says whose versions are listed, if any of the runs is a result in memory, which has no record of versions."""
    if not any(run.results for run in compared):
        return []
    return [_row(VERSIONS, "versions of", [OF_SESSION if run.results else OF_RUN for run in compared])]


def _versions(run: ComparedRun) -> dict[str, Any]:
    """Return the known versions of distributions, and the platform and processor."""
    versions = {**run.record.get("versions", {}), **{key: run.record.get(key) for key in ("platform", "processor")}}
    return {name: value for name, value in versions.items() if value is not None}


def _findings(run: ComparedRun) -> dict[str, list[Report]]:
    """Return the findings of all seeds by quantity."""
    findings: dict[str, list[Report]] = {}
    for report in run.reports:
        for finding in report["findings"]:
            findings.setdefault(finding["quantity"], []).append(finding)
    return findings


def _finding_row(quantity: str, compared: Sequence[ComparedRun], findings_of_runs: list[list[Report]]) -> Row:
    values = [
        run.value([finding["measured"] for finding in findings]) if findings else None
        for run, findings in zip(compared, findings_of_runs, strict=True)
    ]
    published = [findings[0]["published"] if findings else None for findings in findings_of_runs]
    source = next((finding["source"] for findings in findings_of_runs for finding in findings if finding["source"]), "")
    return Row(MEASURED, quantity, values, published, source)


def _training_value(run: ComparedRun, key: str) -> Any:
    return run.value([in_percent(key, report[key]) for report in run.reports])
