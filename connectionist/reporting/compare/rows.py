"""What is compared of runs, quantity by quantity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectionist.reporting.compare.runs import ComparedRun, Report
from connectionist.reporting.text import FACTS, count_cell

SETTINGS, MEASURED, TRAINING, VERSIONS = "what was run", "measured", "training", "versions"
THEN, NOW = "the run", "this session"
PERCENT = ("correct", "test_correct")


@dataclass(frozen=True)
class Row:
    """One quantity of all runs.

    Parameters
    ----------
    part : str
        "what was run", "measured", "training" or "versions".
    quantity : str
    values : list
        One per run: a number, text, True or False, or None; of several seeds what `distribution_or_counts` makes of them.
    published : list
        What was published, one per run.
    source : str
    """

    part: str
    quantity: str
    values: list[Any]
    published: list[Any]
    source: str = ""

    @property
    def differs(self) -> bool:
        """Whether the runs are not all alike in this."""
        return any(value != self.values[0] for value in self.values)


def rows_of(sides: Sequence[ComparedRun], every: bool = False) -> list[Row]:
    """Return every quantity that is compared: all that was measured, and of settings and versions those that differ, or all."""
    settings = [_row(SETTINGS, name, [_settings(side).get(name) for side in sides]) for name in _names(map(_settings, sides))]
    versions = [_row(VERSIONS, name, [_versions(side).get(name) for side in sides]) for name in _names(map(_versions, sides))]
    versions = [*_versions_of(sides), *versions]
    found = [_findings(side) for side in sides]
    measured = [_finding_row(quantity, sides, [findings.get(quantity, []) for findings in found]) for quantity in _names(found)]
    training = [_row(TRAINING, words, [_fact(side, key) for side in sides]) for key, words in FACTS.items()]
    return [
        *(row for row in settings if every or row.differs),
        *measured,
        *training,
        *(row for row in versions if every or row.differs),
    ]


def plain(value: Any) -> Any:
    """Return a value as a table holds it: the median of a spread, and counts as text.

    Examples
    --------
    >>> plain({"yes": 3, "no": 1}), plain({"median": 2.0, "q1": 1.0, "q3": 3.0}), plain(0.5)
    ('3 × yes, 1 × no', 2.0, 0.5)
    """
    if is_spread(value):
        return value["median"]
    return count_cell(value) if isinstance(value, dict) else value


def is_spread(value: Any) -> bool:
    """Whether a value is the distribution of numbers over seeds."""
    return isinstance(value, dict) and "median" in value


def one_or_all(values: Sequence[Any]) -> Any:
    """Return the one value that is there; when the runs have different ones, all of them as text."""
    there = [value for value in values if value is not None]
    if all(value == there[0] for value in there):
        return there[0] if there else None
    return "; ".join("–" if value is None else str(value) for value in values)


def _names(tables: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for table in tables for name in table))


def _row(part: str, quantity: str, values: list[Any]) -> Row:
    return Row(part, quantity, values, [None] * len(values))


def _settings(side: ComparedRun) -> dict[str, Any]:
    """Return what was asked for: task, preset, engine, seeds, parameters, phases."""
    reports = side.reports
    seeds = [report["seed"] for report in reports]
    settings = {key: side.common([report[key] for report in reports]) for key in ("task", "preset", "engine")}
    settings["seed"] = seeds[0] if len(seeds) == 1 else f"{len(seeds)} seeds, {seeds[0]} to {seeds[-1]}"
    settings |= {name: side.common([report["parameters"].get(name) for report in reports]) for name in reports[0]["parameters"]}
    for number, phase in enumerate(reports[0]["phases"], 1):
        told = {key: phase[key] for key in ("rule", "epochs", "update_after", "order")} | phase["parameters"]
        settings |= {f"phase {number}, {key.replace('_', ' ')}": value for key, value in told.items()}
    return settings


def _versions_of(sides: Sequence[ComparedRun]) -> list[Row]:
    """Return whose versions they are, where some sides are results at hand, which say nothing of them."""
    if not any(side.results for side in sides):
        return []
    return [_row(VERSIONS, "versions of", [NOW if side.results else THEN for side in sides])]


def _versions(side: ComparedRun) -> dict[str, Any]:
    told = {**side.record.get("versions", {}), **{key: side.record.get(key) for key in ("platform", "processor")}}
    return {name: value for name, value in told.items() if value is not None}


def _findings(side: ComparedRun) -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = {}
    for report in side.reports:
        for finding in report["findings"]:
            found.setdefault(finding["quantity"], []).append(finding)
    return found


def _finding_row(quantity: str, sides: Sequence[ComparedRun], found: list[list[Report]]) -> Row:
    values = [
        side.value([finding["measured"] for finding in findings]) if findings else None for side, findings in zip(sides, found, strict=True)
    ]
    published = [findings[0]["published"] if findings else None for findings in found]
    source = next((finding["source"] for findings in found for finding in findings if finding["source"]), "")
    return Row(MEASURED, quantity, values, published, source)


def _fact(side: ComparedRun, key: str) -> Any:
    values = [report[key] for report in side.reports]
    return side.value([100 * value if key in PERCENT and value is not None else value for value in values])
