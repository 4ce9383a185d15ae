"""Agreement of measured with published values, as one word per finding and as sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectionist.experiments.seed_summary import findings_by_quantity
from connectionist.reporting.table import format_value

TOLERANCE = 0.05
CRITERION = "A number agrees with the published one if it is within 5 % of it, within 0.05 of a published 0, or within the ± after it."

YES, NO, NOT_MEASURED, NOT_COMPARABLE = "yes", "no", "not measured", "not comparable"

Report = Mapping[str, Any]


def agrees(measured: object, published: object, tolerance: float | None = None) -> bool | None:
    """Return whether a measured value agrees with the published one; None if they cannot be compared.

    Numbers m and p agree if |m − p| is at most the tolerance, which is 0.05 |p|, or 0.05 for p = 0, if none is given. Flags and texts agree
    if they are equal.

    Examples
    --------
    >>> agrees(1.98, 2.0), agrees(2646, 1425), agrees(True, True), agrees("BE", "none"), agrees(0.27, "high"), agrees(None, 1.0)
    (True, False, True, False, None, None)
    >>> agrees(0.33, 0.3), agrees(0.33, 0.3, tolerance=0.08)
    (False, True)
    """
    if measured is None or published is None:
        return None
    if isinstance(published, (bool, str)) or isinstance(measured, (bool, str)):
        return measured == published if type(measured) is type(published) else None
    if not isinstance(measured, (int, float)) or not isinstance(published, (int, float)):
        return None
    return abs(measured - published) <= (TOLERANCE * (abs(published) or 1.0) if tolerance is None else tolerance)


def agreement(finding: Mapping[str, Any]) -> str:
    """Return "yes", "no", "not measured" or "not comparable" for a finding; empty if nothing was published."""
    if finding["published"] is None:
        return ""
    if finding["measured"] is None:
        return NOT_MEASURED
    agreed = agrees(finding["measured"], finding["published"], finding.get("tolerance"))
    return NOT_COMPARABLE if agreed is None else YES if agreed else NO


def published_text(finding: Mapping[str, Any]) -> object:
    """Return the published value of a finding for a table, with ± and the tolerance if it has one."""
    published, tolerance = finding["published"], finding.get("tolerance")
    return published if published is None or tolerance is None else f"{format_value(published)} ± {format_value(float(tolerance))}"


def agreement_over_seeds(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return the number of runs in which a quantity agrees, as "3 of 4"; or the word that holds for all of them."""
    words = [agreement(finding) for finding in findings]
    comparable = [word for word in words if word not in ("", NOT_COMPARABLE)]
    if not comparable:
        return next((word for word in words if word), "")
    return f"{comparable.count(YES)} of {len(comparable)}"


def agreement_sentences(report: Report) -> list[str]:
    """Return sentences that name the quantities that do not agree with the published values."""
    quantities = {word: _quantities(report, word) for word in (YES, NO, NOT_MEASURED)}
    comparable = sum(map(len, quantities.values()))
    if not comparable:
        return ["No quantity of this task can be compared with a published value."] if report["findings"] else []
    agreeing, count = len(quantities[YES]), _count(comparable, "quantity", "quantities")
    sentences = [f"Of {count} with a published value, {agreeing} {'agrees' if agreeing == 1 else 'agree'}."]
    if quantities[NO]:
        sentences.append(f"Different from published: {'; '.join(quantities[NO])}.")
    if quantities[NOT_MEASURED]:
        sentences.append(f"Not measured: {'; '.join(quantities[NOT_MEASURED])}.")
    return [*sentences, CRITERION]


def agreement_sentences_over_seeds(reports: Sequence[Report]) -> list[str]:
    """Return sentences that name the quantities that agree with the published values in fewer than half of the runs."""
    tallies = {quantity: agreement_over_seeds(findings) for quantity, findings in findings_by_quantity(reports).items()}
    counts = {quantity: tally.split(" of ") for quantity, tally in tallies.items() if " of " in tally}
    if not counts:
        return []
    rare = [f"{quantity} ({tallies[quantity]})" for quantity, (yes, total) in counts.items() if 2 * int(yes) < int(total)]
    sentence = f"In fewer than half of the runs these agree: {'; '.join(rare)}." if rare else "Each agrees in at least half of the runs."
    return [f"{_count(len(counts), 'quantity has', 'quantities have')} a published value that can be compared.", sentence, CRITERION]


def _quantities(report: Report, word: str) -> list[str]:
    """Return the quantities with this agreement, each with its measured and its published value."""
    return [_with_values(finding) for finding in report["findings"] if agreement(finding) == word]


def _with_values(finding: Mapping[str, Any]) -> str:
    if finding["measured"] is None:
        return f"{finding['quantity']} (published {format_value(published_text(finding))})"
    return f"{finding['quantity']} ({format_value(finding['measured'])}, published {format_value(published_text(finding))})"


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
