"""Compare update rules and learning procedures on the tasks of this project, and write docs/rules_by_task.md.

usage: python benchmarks/rules_by_task.py [--tasks A,B] [--seeds A-B] [--epochs N] [--minutes M] [--quick] [--write] …

Each task is trained by every pair that fits (`cn.compare_rules`). A procedure that may take more than the given minutes for a task is left
out, and the page says so. With --quick, there are fewer seeds, rates and epochs. With --folder, finished runs are kept, and the same
command goes on. Without --write, the page is printed.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import connectionist as cn
from connectionist.cli.settings import parse_seeds
from connectionist.experiments.rule_comparison.pairs import make_pairs
from connectionist.experiments.rule_comparison.rates import RATES, SEARCH_SEEDS
from connectionist.experiments.rule_comparison.settling_task import SettlingTask
from connectionist.plugins import registry

PAGE = Path(__file__).parents[1] / "docs" / "rules_by_task.md"
TASKS = ("xor", "encoder", "symmetry", "shift-register", "sequence-completion", "family-trees")
TICKS = 15
OWN = "own signals"
QUICK: dict[str, Any] = {"seeds": range(1, 4), "rates": (0.03, 0.3, 3.0), "epochs": 200}
PROBE_SECONDS = 0.2
TEXT = """# Rules by task

This page has the results of tasks of this project with pairs of an update rule and a learning procedure, from
`cn.compare_rules` ([Comparison](learning_procedures.md#comparison)). It was written by

    {command}

A cell has the runs that learned and all runs, the median of the epochs until they had learned, and in brackets the
chosen rate. If no run learned, it has the median of E of the last epoch instead. Rules without a rate have no brackets.
"Own signals" is the procedure of a local rule. A procedure marked with * has a network with symmetric connections, whose
examples are held for {ticks} ticks.

{settings}

The other parameters of a rule are those of the task's rule that it also has, and else its defaults. So a cell shows how a
pair does with little care, not the best that it can do. The times for which procedures were left out are upper estimates,
on the machine that made this page.
"""


@dataclass
class TaskResult:
    """What was found for a task.

    Attributes
    ----------
    name : str
    epochs : int
        Largest number of epochs.
    rows : list of dict
        Rows of `RuleComparison.table`.
    left_out : dict of str to str
        Procedures that take too long, and how long.
    """

    name: str
    epochs: int
    rows: list[dict[str, Any]]
    left_out: dict[str, str] = field(default_factory=dict)


def hours(task: str, procedure: str, epochs: int, runs_of_rule: int) -> float:
    """Return the largest time that all rules with a procedure can take, from the time of some epochs; 0 if it cannot train the task."""
    rules = [pair.rule for pair in make_pairs(None, [procedure])]
    for made in (cn.task(task), SettlingTask(cn.task(task), TICKS)):
        try:
            cn.train(made.network(1), made.training_examples, "steepest", 1, procedure=procedure)  # what is compiled is not measured
            count, seconds = 1, 0.0
            while seconds < PROBE_SECONDS and count < epochs:
                count *= 2
                start = perf_counter()
                run = cn.train(made.network(1), made.training_examples, "steepest", count, procedure=procedure)
                seconds = perf_counter() - start
            return seconds / max(1, run.epochs) * epochs * len(rules) * runs_of_rule / 3600
        except cn.errors.ConnectionistError:
            continue
    return 0.0


def compare(task: str, options: dict[str, Any], epochs: int | None, minutes: float) -> TaskResult:
    """Compare all pairs on a task, without the procedures that take too long."""
    most = sum(phase.epochs for phase in cn.task(task).phases)
    most = most if epochs is None else min(most, epochs)
    runs = len(options["seeds"]) + SEARCH_SEEDS * len(options["rates"])
    procedures, left_out = [], {}
    for name in registry.get_registry().names("learning_procedures"):
        needed = hours(task, name, most, runs)
        if 60 * needed > minutes:
            left_out[name] = f"{needed:.0f} hours" if needed >= 2 else f"{60 * needed + 0.5:.0f} minutes"
        else:
            procedures.append(name)
    folder = options.pop("folder")
    given = {**options, "epochs": most, "folder": None if folder is None else folder / task, "progress": sys.stderr.isatty()}
    given["ticks"] = None if cn.task(task).network(1).in_time else TICKS
    local = list(dict.fromkeys(pair.rule for pair in make_pairs(None, None) if pair.rule == pair.procedure))
    found = [cn.compare_rules(task, **given, procedures=procedures), cn.compare_rules(task, **given, rules=local)]
    rows = [row for comparison in found for row in comparison.table.to_dict("records")]
    return TaskResult(task, most, [{str(name): value for name, value in row.items()} for row in rows], left_out)


def cell(row: dict[str, Any]) -> str:
    """Return what the page says of a pair."""
    rate = f" ({row['rate']:g})" if row["rate"] == row["rate"] else ""
    runs = f"{row['learned']}/{row['n']}"
    return f"{runs}, {row['epochs']:.0f}{rate}" if row["learned"] else f"{runs}, E {row['error']:.3g}{rate}"


def section(result: TaskResult) -> list[str]:
    """Return the lines of the page about a task."""
    columns: dict[str, None] = {}
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    for row in result.rows:
        if row["n"]:
            mark = " *" if "symmetric connections" in row["note"] else ""
            column = OWN if row["procedure"] == row["rule"] else f"`{row['procedure']}`{mark}"
            columns[column] = None
            cells[row["rule"]][column] = cell(row)
        else:
            reasons[row["note"]][row["procedure" if row["note"].startswith("procedure") else "rule"]] = None
    lines = [f"## {result.name}", "", f"At most {result.epochs:,} epochs.", ""]
    lines += [f"| rule | {' | '.join(columns)} |", f"| {' | '.join(['---'] * (len(columns) + 1))} |"]
    lines += [f"| `{rule}` | {' | '.join(of_rule.get(column, '–') for column in columns)} |" for rule, of_rule in cells.items()]
    notes = [f"- {', '.join(f'`{name}`' for name in names)}: {note}" for note, names in reasons.items()]
    notes += [f"- `{name}`: left out, since it may take {time}" for name, time in result.left_out.items()]
    return [*lines, *(["", "Not run:", "", *notes] if notes else []), ""]


def main() -> None:
    """Compare, and write or print the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", default=",".join(TASKS))
    parser.add_argument("--seeds", default="1-10")
    parser.add_argument("--epochs", type=int, help="largest number of epochs, if the task has more")
    parser.add_argument("--minutes", type=float, default=60, help="for all rules with one procedure on one task")
    parser.add_argument("--workers", type=int)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*has no kernels for it")
    options: dict[str, Any] = {"seeds": parse_seeds(given.seeds), "rates": RATES, "workers": given.workers, "folder": given.folder}
    epochs = given.epochs
    if given.quick:
        options |= {"seeds": QUICK["seeds"], "rates": QUICK["rates"]}
        epochs = min(epochs or QUICK["epochs"], QUICK["epochs"])
    seeds, rates = options["seeds"], ", ".join(f"{rate:g}" for rate in options["rates"])
    settings = f"Seeds {seeds[0]} to {seeds[-1]}; rates {rates}, each tried with {SEARCH_SEEDS} other seeds."
    command = " ".join(["python benchmarks/rules_by_task.py", *(word for word in sys.argv[1:] if not word.startswith("--folder"))])
    page = TEXT.format(command=command, settings=settings, ticks=TICKS)
    for task in given.tasks.split(","):
        page += "\n" + "\n".join(section(compare(task, dict(options), epochs, given.minutes)))
        print(f"{task} done", file=sys.stderr)
        if given.write:  # after each task, since it may be interrupted
            PAGE.write_text(page.rstrip() + "\n", encoding="utf-8")
    if not given.write:
        print(page)


if __name__ == "__main__":
    main()
