"""Summary of several runs of a task with different seeds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MEASURES = ("epochs", "error", "correct", "test_correct")
MAX_RANGES = 5  # in a message

Report = Mapping[str, Any]


def summarize(
    reports: Sequence[Report], has_criterion: bool, unfinished: Sequence[Sequence[int]] = (), failed: Sequence[int] = ()
) -> dict[str, Any]:
    """Return the distribution over seeds, as ``connectionist run --seeds A-B --json`` prints it.

    Parameters
    ----------
    reports : sequence of dict
        `Result.report` of each finished run; at least one.
    has_criterion : bool
        Whether the task has a criterion.
    unfinished : sequence of pair of int
        First and last seed of each range whose runs were not finished because of an interruption.
    failed : sequence of int
        Seeds without a report, because a plugin raised an error.

    Returns
    -------
    dict
        Keys and values:

        - "task", "preset", "phases", "engine", "criterion" if the task has one, and "ticks" if it was given: as in the first report;
        - "parameters": those with the same value in all runs;
        - "seeds": list of the finished runs' seeds;
        - "solved": number of runs that met the criterion; None without a criterion;
        - "diverged", "failed": lists of seeds; "failed" are those in whose runs a plugin raised an error;
        - "unfinished": list of ranges of seeds, each a list of its first and last seed;
        - "runs": the reports;
        - "distribution": for each quantity that is a number, a dict of "median", "q1", "q3", "min", "max" and "count", or None if no run
          measured it;
        - "counts": for each other finding, the number of runs with each value;
        - "seconds": training time of all runs together, in seconds.
    """
    first = reports[0]
    stopped = [report["stopped"] for report in reports]
    return {
        **{key: first[key] for key in ("task", "preset", "phases", "engine", "ticks", "criterion") if key in first},
        "parameters": {name: value for name, value in first["parameters"].items() if _is_common(name, value, reports)},
        "seeds": [report["seed"] for report in reports],
        "solved": stopped.count("criterion") if has_criterion else None,
        "diverged": [report["seed"] for report in reports if report["stopped"] == "diverged"],
        "failed": sorted({*failed, *(report["seed"] for report in reports if report.get("failures"))}),
        "unfinished": [list(each) for each in unfinished],
        "runs": list(reports),
        "distribution": _distributions(reports, has_criterion),
        "counts": _counts(reports),
        "seconds": round(sum(report["seconds"] for report in reports), 3),
    }


def missing_ranges(first: int, last: int, finished: Iterable[int]) -> list[tuple[int, int]]:
    """Return the ranges of seeds from `first` to `last` that are not finished, each as its first and last seed.

    Examples
    --------
    >>> missing_ranges(0, 20_000_000, [0, 1, 5])
    [(2, 4), (6, 20000000)]
    """
    ranges = []
    for seed in [*sorted(finished), last + 1]:
        if seed > first:
            ranges.append((first, seed - 1))
        first = max(first, seed + 1)
    return ranges


def describe_unfinished(ranges: Sequence[Sequence[int]]) -> str:
    """Return how many seeds are in ranges, and the first of the ranges.

    Examples
    --------
    >>> describe_unfinished([(2, 4), (6, 6)])
    '4 runs did not finish: seeds 2-4, 6'
    """
    count = sum(last - first + 1 for first, last in ranges)
    texts = [f"{first}-{last}" if last > first else str(first) for first, last in ranges[:MAX_RANGES]]
    return f"{count} {'run' if count == 1 else 'runs'} did not finish: seeds {', '.join([*texts, *['…'] * (len(ranges) > MAX_RANGES)])}"


def distribution(values: Sequence[float | None]) -> dict[str, float] | None:
    """Return median, quartiles (linear interpolation), minimum, maximum and count of the finite values; None if there are none.

    Examples
    --------
    >>> distribution([4.0, None, 1.0, 2.0])
    {'median': 2.0, 'q1': 1.5, 'q3': 3.0, 'min': 1.0, 'max': 4.0, 'count': 3}
    >>> distribution([None])
    """
    import numpy as np

    numbers = [float(value) for value in values if value is not None and math.isfinite(value)]
    if not numbers:
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # numbers near the largest float, in a file from elsewhere
        least, q1, median, q3, greatest = np.percentile(numbers, [0, 25, 50, 75, 100]).tolist()
    return {"median": median, "q1": q1, "q3": q3, "min": least, "max": greatest, "count": len(numbers)}


def distribution_or_counts(values: Sequence[Any]) -> dict[str, Any] | None:
    """Return the distribution of values that are numbers, or the number of occurrences of each other value.

    Examples
    --------
    >>> distribution_or_counts([True, False, True])
    {'yes': 2, 'no': 1}
    >>> distribution_or_counts([1, 3])
    {'median': 2.0, 'q1': 1.5, 'q3': 2.5, 'min': 1.0, 'max': 3.0, 'count': 2}
    """
    return dict(distribution(values) or {}) or None if _are_numbers(values) else dict(Counter(_word(value) for value in values))


def findings_by_quantity(reports: Sequence[Report]) -> dict[str, list[Mapping[str, Any]]]:
    """Return for each quantity the findings of all reports, in the order in which the quantities first occur."""
    findings: dict[str, list[Mapping[str, Any]]] = {}
    for report in reports:
        for finding in report["findings"]:
            findings.setdefault(finding["quantity"], []).append(finding)
    return findings


def _is_common(name: str, value: object, reports: Sequence[Report]) -> bool:
    return all(report["parameters"][name] == value for report in reports)


def _distributions(reports: Sequence[Report], has_criterion: bool) -> dict[str, Any]:
    values: dict[str, list[Any]] = {measure: [report[measure] for report in reports] for measure in MEASURES}
    if has_criterion:
        values["epochs to criterion"] = [report["epochs"] for report in reports if report["stopped"] == "criterion"]
    for quantity, findings in findings_by_quantity(reports).items():
        measured = [finding["measured"] for finding in findings]
        if _are_numbers(measured):
            values.setdefault(quantity, measured)
    return {quantity: distribution(numbers) for quantity, numbers in values.items()}


def _counts(reports: Sequence[Report]) -> dict[str, dict[str, int]]:
    counts = {}
    for quantity, findings in findings_by_quantity(reports).items():
        measured = [finding["measured"] for finding in findings]
        if not _are_numbers(measured):
            counts[quantity] = dict(Counter(_word(value) for value in measured))
    return counts


def _are_numbers(values: Sequence[object]) -> bool:
    return all(value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)) for value in values)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not measured" if value is None else str(value)
