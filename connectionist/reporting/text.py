"""What is told at the end of a run: JSON for programs, tables of measured beside published for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectionist.experiments.seed_summary import findings_by_quantity
from connectionist.reporting.table import Table, text

MOST_VALUES = 4

FACTS = {
    "epochs": "epochs",
    "stopped": "stopped by",
    "error": "error in the last epoch",
    "correct": "training cases right, %",
    "test_correct": "testing cases right, %",
    "seconds": "seconds of training",
}


def run_tables(report: Mapping[str, Any]) -> list[Table]:
    """Return the tables for one run's report: the findings, then how training went."""
    title = f"{report['task']}, preset {report['preset']}, seed {report['seed']}"
    facts: list[Sequence[object]] = [[words, _shown(key, report[key])] for key, words in FACTS.items()]
    facts += [["engine", report["engine"]], ["parameters", _assignments(report["parameters"])]]
    facts += [[f"phase {number}", _phase(phase)] for number, phase in enumerate(report["phases"], 1)]
    training = Table("Training", ["quantity", "value"], facts)
    if not report["findings"]:
        return [Table(title, [], notes=["This task measures nothing of its own."]), training]
    findings = Table(title, ["quantity", "measured", "published", "source"])
    marks = _Marks()
    for finding in report["findings"]:
        findings.rows.append(
            [marks.mark(finding["quantity"], finding["note"]), finding["measured"], finding["published"], finding["source"]]
        )
    findings.notes = marks.notes
    return [findings, training]


def summary_tables(summary: Mapping[str, Any]) -> list[Table]:
    """Return the tables for the runs with several seeds: the distribution of every quantity, then how training went."""
    seeds = summary["seeds"]
    found = findings_by_quantity(summary["runs"])
    table = Table(
        f"{summary['task']}, preset {summary['preset']}, {len(seeds)} seeds ({seeds[0]} to {seeds[-1]})",
        ["quantity", "median", "quartiles", "range", "published", "source"],
    )
    marks = _Marks()
    for quantity, findings in found.items():
        first = next((finding for finding in findings if finding["measured"] is not None), findings[0])
        measured = _spread_cells(summary["distribution"].get(quantity), len(seeds))
        if quantity in summary["counts"]:
            measured = [count_cell(summary["counts"][quantity]), "", ""]
        note = first["note"] if all(finding["note"] == first["note"] for finding in findings) else ""
        table.rows.append([marks.mark(quantity, note), *measured, first["published"], first["source"]])
    table.notes = marks.notes
    table.notes += [] if found else ["This task measures nothing of its own."]
    return [table, _training(summary)]


def _training(summary: Mapping[str, Any]) -> Table:
    seeds, solved = summary["seeds"], summary["solved"]
    table = Table("Training", ["quantity", "median", "quartiles", "range"])
    for key, words in (*FACTS.items(), ("epochs to criterion", "epochs, where the criterion was met")):
        if key in summary["distribution"]:
            spread = summary["distribution"][key]
            percent = spread and {name: value if name == "count" else _shown(key, value) for name, value in spread.items()}
            table.rows.append([words, *_spread_cells(percent, len(seeds))])
    met = f"The criterion was met by {solved} of {len(seeds)}." if solved is not None else "The task has no criterion to be met."
    table.notes = [met, f"{summary['seconds']:.4g} seconds of training, engine {summary['engine']}."]
    table.notes += [f"Diverged: seed {seed}." for seed in summary["diverged"]]
    if summary["unfinished"]:
        table.notes.append(f"Interrupted: {len(summary['unfinished'])} seeds, from {summary['unfinished'][0]}, did not finish.")
    table.notes.append(f"Parameters: {_assignments(summary['parameters'])}.")
    own = [name for name in summary["runs"][0]["parameters"] if name not in summary["parameters"]]
    table.notes += [f"Each seed has its own: {', '.join(own)}."] if own else []
    table.notes += [f"Phase {number}: {_phase(phase)}." for number, phase in enumerate(summary["phases"], 1)]
    return table


class _Marks:
    """Numbers the notes, one number for equal notes."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, quantity: str, note: str) -> str:
        if not note:
            return quantity
        return f"{quantity} [{self._numbers.setdefault(note, len(self._numbers) + 1)}]"

    @property
    def notes(self) -> list[str]:
        return [f"[{number}] {note}" for note, number in self._numbers.items()]


def _spread_cells(spread: Mapping[str, float] | None, runs: int) -> list[object]:
    if spread is None:
        return [None, None, None]
    of = "" if spread["count"] == runs else f" (of {spread['count']})"
    return [
        f"{text(spread['median'])}{of}",
        f"{text(spread['q1'])} to {text(spread['q3'])}",
        f"{text(spread['min'])} to {text(spread['max'])}",
    ]


def _shown(key: str, value: Any) -> Any:
    """Return a fraction of cases in percent, anything else as it is."""
    return 100 * value if key in ("correct", "test_correct") and value is not None else value


def count_cell(counts: Mapping[str, int]) -> str:
    """Return how often each value came; of many values, how many there are."""
    if len(counts) > MOST_VALUES:
        return f"{len(counts)} different"
    return ", ".join(f"{count} × {value}" for value, count in counts.items())


def _phase(phase: Mapping[str, Any]) -> str:
    every = phase["update_after"]
    when = every if every == "epoch" else "example" if every == 1 else f"{every} examples"
    rule = f"{phase['rule']} ({_assignments(phase['parameters'])})"
    return f"{rule}, at most {phase['epochs']} epochs, weights changed after each {when}, order {phase['order']}"


def _assignments(parameters: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in parameters.items()) or "none"
