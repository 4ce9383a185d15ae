"""Tables of the report of a run, or of runs with several seeds, for the terminal and for HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectionist.experiments.seed_summary import describe_unfinished, findings_by_quantity
from connectionist.reporting.agreement import published_text
from connectionist.reporting.table import Table, format_value
from connectionist.utils.counts import describe_count

MAX_COUNTED = 4  # distinct values that are counted one by one
NO_FINDINGS = "This task reports no findings."
NOTHING_TRAINED = "Nothing was trained."
FRACTIONS = ("correct", "test_correct")  # shown in percent
CRITERION_WAS_BEFORE = "The criterion was met before the last change of the weights, and the correct cases were counted after it."
TRAINING_QUANTITIES = {
    "epochs": "epochs",
    "stopped": "stopped by",
    "error": "error in the last epoch",
    "correct": "training cases correct, %",
    "test_correct": "testing cases correct, %",
    "seconds": "seconds of training",
}


def trained_nothing(report: Mapping[str, Any]) -> bool:
    """Return whether the phases in a report of a run, or in a summary of several, have no epochs."""
    return not any(phase["epochs"] for phase in report["phases"])


def training_quantities(reports: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names of the quantities of training that some of the runs have, by key. Runs that trained nothing have fractions only."""
    trained = not all(map(trained_nothing, reports))
    return {
        key: name
        for key, name in TRAINING_QUANTITIES.items()
        if (trained or key in FRACTIONS) and any(report[key] is not None for report in reports)
    }


def run_tables(report: Mapping[str, Any]) -> list[Table]:
    """Return the tables of a run's report: its findings, and its training."""
    title = f"{report['task']}, preset {report['preset']}, seed {report['seed']}"
    nothing = trained_nothing(report)
    rows: list[Sequence[object]] = [[name, _quantity_text(key, report)] for key, name in training_quantities([report]).items()]
    title_of_training = "Training" if rows else "Settings"
    rows += [["engine", report["engine"]], ["parameters", _assignments(report["parameters"])]]
    rows += [["ticks", f"{report['ticks']}, with symmetric connections"]] if "ticks" in report else []
    rows += [] if nothing else [[f"phase {number}", _phase(phase)] for number, phase in enumerate(report["phases"], 1)]
    training = Table(title_of_training, ["quantity", "value"], rows, notes=[NOTHING_TRAINED] if nothing else [])
    training.notes += notes_on_criterion(report)
    training.notes += [f"Error: {failure}" for failure in report.get("failures", ())]
    if not report["findings"]:
        return [Table(title, [], notes=[NO_FINDINGS]), training]
    findings = Table(title, ["quantity", "measured", "published", "source"])
    notes = _NumberedNotes()
    for finding in report["findings"]:
        quantity = notes.append_number(finding["quantity"], finding["note"])
        findings.rows.append([quantity, finding["measured"], published_text(finding), finding["source"]])
    findings.notes = notes.lines
    return [findings, training]


def summary_tables(summary: Mapping[str, Any]) -> list[Table]:
    """Return the tables of runs with several seeds: the distribution of every finding, and of the training.

    Parameters
    ----------
    summary : mapping
        What `experiments.seed_summary.summarize` returns.
    """
    seeds = summary["seeds"]
    title = f"{summary['task']}, preset {summary['preset']}, {seeds_text(seeds)}"
    table = Table(title, ["quantity", "median", "quartiles", "range", "published", "source"])
    by_quantity = findings_by_quantity(summary["runs"])
    notes = _NumberedNotes()
    for quantity, findings in by_quantity.items():
        example = next((finding for finding in findings if finding["measured"] is not None), findings[0])
        measured = _distribution_cells(summary["distribution"].get(quantity), len(seeds))
        if quantity in summary["counts"]:
            measured = [format_counts(summary["counts"][quantity]), "", ""]
        note = example["note"] if all(finding["note"] == example["note"] for finding in findings) else ""
        table.rows.append([notes.append_number(quantity, note), *measured, published_text(example), example["source"]])
    table.notes = notes.lines if by_quantity else [NO_FINDINGS]
    return [table, _training_table(summary)]


def _training_table(summary: Mapping[str, Any]) -> Table:
    """Return the distributions of epochs, errors and correct cases; the notes have what is the same in all runs."""
    table = Table("Training", ["quantity", "median", "quartiles", "range"])
    nothing = trained_nothing(summary)
    for key, name in (*TRAINING_QUANTITIES.items(), ("epochs to criterion", "epochs of runs that met the criterion")):
        found = summary["distribution"].get(key)
        if found and (not nothing or key in FRACTIONS):
            shown = {part: value if part == "count" else in_percent(key, value) for part, value in found.items()}
            table.rows.append([name, *_distribution_cells(shown, len(summary["seeds"]))])
    table.title = table.title if table.rows else "Settings"
    table.notes = [*_outcome_notes(summary), *_settings_notes(summary)]
    return table


def _outcome_notes(summary: Mapping[str, Any]) -> list[str]:
    """Return notes on the criterion, the time, and runs that diverged or were interrupted."""
    from connectionist.learning.train_arguments import OTHER_WORDS  # not when the command line starts

    solved, unfinished = summary["solved"], summary["unfinished"]
    runs = describe_count(len(summary["seeds"]), "run")
    words = [stopped for report in summary["runs"] if (stopped := report["stopped"]) not in OTHER_WORDS]
    ended = f"A function of the task ended {len(words)} of {runs} ({', '.join(dict.fromkeys(words))})."
    without = ended if words else "The task has no criterion."
    described = f" ({summary['criterion']})" if "criterion" in summary else ""
    criterion = without if solved is None else f"{solved} of {runs} met the criterion{described}."
    notes = [criterion, f"{summary['seconds']:.4g} seconds of training, engine {summary['engine']}."]
    notes = [f"{NOTHING_TRAINED} Engine {summary['engine']}."] if trained_nothing(summary) else notes
    notes += [f"Diverged: seed {seed}." for seed in summary["diverged"]]
    notes += [f"Error: seed {seed}." for seed in summary.get("failed", ())]
    return notes + ([f"Interrupted: {describe_unfinished(unfinished)}."] if unfinished else [])


def _settings_notes(summary: Mapping[str, Any]) -> list[str]:
    """Return notes on parameters and phases."""
    varying = [name for name in summary["runs"][0]["parameters"] if name not in summary["parameters"]]
    return [
        f"Parameters: {_assignments(summary['parameters'])}.",
        *([f"Different for each seed: {', '.join(varying)}."] if varying else []),
        *(f"Phase {number}: {_phase(phase)}." for number, phase in enumerate(summary["phases"], 1) if not trained_nothing(summary)),
    ]


class _NumberedNotes:
    """Notes below a table; equal notes have one number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def append_number(self, quantity: str, note: str) -> str:
        """Return a quantity with the number of its note, as "epochs [1]"."""
        if not note:
            return quantity
        return f"{quantity} [{self._numbers.setdefault(note, len(self._numbers) + 1)}]"

    @property
    def lines(self) -> list[str]:
        """The notes with their numbers."""
        return [f"[{number}] {note}" for note, number in self._numbers.items()]


def _distribution_cells(distribution: Mapping[str, float] | None, runs: int) -> list[object]:
    """Return the cells for median, quartiles and range; the median has the number of runs that measured it, if not all."""
    if distribution is None:
        return [None, None, None]
    count = "" if distribution["count"] == runs else f" ({describe_count(int(distribution['count']), 'run')})"
    return [
        f"{format_value(distribution['median'])}{count}",
        f"{format_value(distribution['q1'])} to {format_value(distribution['q3'])}",
        f"{format_value(distribution['min'])} to {format_value(distribution['max'])}",
    ]


def notes_on_criterion(report: Mapping[str, Any]) -> list[str]:
    """Return a note if training was ended by a criterion, and not every training case is correct afterwards."""
    is_wrong = report["correct"] is not None and report["correct"] < 1
    return [CRITERION_WAS_BEFORE] if report["stopped"] == "criterion" and is_wrong else []


def _quantity_text(key: str, report: Mapping[str, Any]) -> Any:
    """Return a quantity of training as it is shown: fractions in percent, and what the criterion was."""
    if key == "stopped" and report["stopped"] == "criterion" and "criterion" in report:
        return f"criterion ({report['criterion']})"
    return in_percent(key, report[key])


def seeds_text(seeds: Sequence[int]) -> str:
    """Return the number of seeds with the first and the last, as "3 seeds (1 to 4)"; a single one as "seed 1".

    Examples
    --------
    >>> seeds_text([1, 2, 4]), seeds_text([7])
    ('3 seeds (1 to 4)', 'seed 7')
    """
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})"


def in_percent(key: str, value: Any) -> Any:
    """Return the value of "correct" or "test_correct" in percent, any other value unchanged."""
    return 100 * value if key in FRACTIONS and value is not None else value


def format_counts(counts: Mapping[str, int]) -> str:
    """Return the number of occurrences of each value, or only the number of distinct values if there are more than four.

    Examples
    --------
    >>> format_counts({"yes": 3, "no": 1}), format_counts(dict.fromkeys("abcde", 1))
    ('3 × yes, 1 × no', '5 different values')
    """
    if len(counts) > MAX_COUNTED:
        return f"{len(counts)} different values"
    return ", ".join(f"{count} × {value}" for value, count in counts.items())


def _phase(phase: Mapping[str, Any]) -> str:
    """Return the rule, the epochs and the order of a phase of training as text."""
    update_after = phase["update_after"]
    interval = update_after if update_after == "epoch" else "example" if update_after == 1 else describe_count(update_after, "example")
    rule = f"{phase['rule']} ({_assignments(phase['parameters'])})"
    parts = [f"at most {describe_count(phase['epochs'], 'epoch')}", f"weights changed after each {interval}", f"order {phase['order']}"]
    return ", ".join([rule, *parts, *further_settings(phase)])


def further_settings(phase: Mapping[str, Any]) -> list[str]:
    """Return the procedure of a phase, how its derivatives are clipped, and the schedule of each parameter, as texts.

    Examples
    --------
    >>> further_settings({"clip": ["length", 1.0], "schedule": {"rate": {"0": 0.1, "500": 0.01}}})
    ['clip length=1.0', 'schedule rate=0:0.1,500:0.01']
    """
    found = []
    if phase.get("procedure"):
        parameters = ", ".join(f"{name}={value}" for name, value in phase["procedure"]["parameters"].items())
        found.append(f"procedure {phase['procedure']['name']}{f' ({parameters})' if parameters else ''}")
    found += [f"clip {phase['clip'][0]}={phase['clip'][1]}"] if phase.get("clip") else []
    for name, values in (phase.get("schedule") or {}).items():
        text = ",".join(f"{epoch}:{value}" for epoch, value in values.items()) if isinstance(values, Mapping) else values
        found.append(f"schedule {name}={text}")
    return found


def _assignments(parameters: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in parameters.items()) or "none"
