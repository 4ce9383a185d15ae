"""Whether what was measured is what was published, and words that say so plainly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectionist.experiments.seed_summary import findings_by_quantity
from connectionist.reporting.table import text

NEAR = 0.05
RULE = "A number counts as published when it is within 5 % of the published one, or within 0.05 of a published 0."

Report = Mapping[str, Any]


def agrees(measured: object, published: object) -> bool | None:
    """Whether a value is as published; None where the two cannot be compared.

    Examples
    --------
    >>> agrees(1.98, 2.0), agrees(2646, 1425), agrees(True, True), agrees("BE", "none"), agrees(0.27, "high"), agrees(None, 1.0)
    (True, False, True, False, None, None)
    """
    if measured is None or published is None:
        return None
    if isinstance(published, (bool, str)) or isinstance(measured, (bool, str)):
        return measured == published if type(measured) is type(published) else None
    if not isinstance(measured, (int, float)) or not isinstance(published, (int, float)):
        return None
    return abs(measured - published) <= NEAR * (abs(published) or 1.0)


def verdict(finding: Mapping[str, Any]) -> str:
    """Return in two words whether one finding came out."""
    if finding["published"] is None:
        return ""
    if finding["measured"] is None:
        return "not measured"
    agreed = agrees(finding["measured"], finding["published"])
    return "cannot be told" if agreed is None else "yes" if agreed else "no"


def verdict_over_seeds(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return in how many runs one quantity came out."""
    verdicts = [verdict(finding) for finding in findings]
    told = [word for word in verdicts if word not in ("", "cannot be told")]
    if not told:
        return next((word for word in verdicts if word), "")
    return f"{told.count('yes')} of {len(told)}"


def conclusion(report: Report) -> list[str]:
    """Return sentences that say what came out as published and what did not."""
    said = {word: _named(report, word) for word in ("yes", "no", "not measured", "cannot be told")}
    comparable = len(said["yes"]) + len(said["no"]) + len(said["not measured"])
    if not comparable:
        return ["Nothing that this task measures can be compared with a published value."] if report["findings"] else []
    sentences = [f"Of {_count(comparable, 'quantity', 'quantities')} with a published value, {len(said['yes'])} came out as published."]
    if said["no"]:
        sentences.append(f"Otherwise than published: {'; '.join(said['no'])}.")
    if said["not measured"]:
        sentences.append(f"Not measured: {'; '.join(said['not measured'])}.")
    return [*sentences, RULE]


def conclusion_over_seeds(reports: Sequence[Report]) -> list[str]:
    """Return sentences that say what came out as published in how many runs."""
    tallies = {quantity: verdict_over_seeds(findings) for quantity, findings in findings_by_quantity(reports).items()}
    counted = {quantity: tally.split(" of ") for quantity, tally in tallies.items() if " of " in tally}
    if not counted:
        return []
    rare = [f"{quantity} ({tallies[quantity]})" for quantity, (yes, of) in counted.items() if 2 * int(yes) < int(of)]
    least = f"In fewer than half of the runs came out: {'; '.join(rare)}." if rare else "Each came out in half of the runs or more."
    return [f"{_count(len(counted), 'quantity has', 'quantities have')} a published value that can be compared.", least, RULE]


def _named(report: Report, word: str) -> list[str]:
    return [_beside(finding) for finding in report["findings"] if verdict(finding) == word]


def _beside(finding: Mapping[str, Any]) -> str:
    if finding["measured"] is None:
        return f"{finding['quantity']} (published {text(finding['published'])})"
    return f"{finding['quantity']} ({text(finding['measured'])}, published {text(finding['published'])})"


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
