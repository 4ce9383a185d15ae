"""Compare update rules and learning procedures on the tasks of this project, and write docs/rules_by_task.md.

usage: python benchmarks/rules_by_task.py [--tasks A,B] [--seeds A-B] [--rates X,Y] [--epochs N]
                                          [--minutes M] [--minutes-of A=M …] [--folder F] [--quick] [--write] …

Each task is trained by every pair that fits (`cn.compare_rules`). By default these are all tasks. A procedure that may take more than
the given minutes of processor time for a task has fewer epochs. It is left out if these are below --least-epochs. The page says so. With
--quick, there are fewer seeds, rates and epochs. With --folder, finished runs are kept, and the same command goes on. Without --write, the
page is printed.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import process_time
from typing import Any

from workers import whole_number

import connectionist as cn
from connectionist.cli.settings import parse_seeds
from connectionist.experiments.prepared_run import Preparation
from connectionist.experiments.rule_comparison.pairs import make_pairs
from connectionist.experiments.rule_comparison.rates import RATES, SEARCH_SEEDS
from connectionist.experiments.settling_task import SettlingTask
from connectionist.plugins import registry
from connectionist.utils.counts import describe_count

PAGE = Path(__file__).parents[1] / "docs" / "rules_by_task.md"
TICKS = 15
OWN = "own signals"
QUICK: dict[str, Any] = {"seeds": range(1, 4), "search_seeds": [4], "rates": (0.03, 0.3, 3.0), "epochs": 200}
PROBE_SECONDS, MOST_PROBED, FIRST = 0.1, 4096, 20  # of a measurement: its time, its epochs and its examples
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
pair does with little care, not the best that it can do. Procedures that take longer have fewer epochs, as many as the
heading says, or for a rule with a procedure of its own the cell. Those with time for fewer than {least} are left out, and the
list below the table has the time of an epoch. Whether they fit into the time was estimated on the machine that made this
page. Tasks that train nothing or have no targets cannot be compared. A run has learned if it met a criterion of E or of
correct cases, or if every training case is correct. In boltzmann-shifter, no run can: some patterns are the same after
several shifts.
"""


@dataclass
class TaskResult:
    """What was found for a task.

    Attributes
    ----------
    name : str
    epochs : int
        Largest number of epochs.
    seconds : dict of str to float
        Time of an epoch, by procedure, and by rule for local and search rules.
    rows : list of dict
        Rows of `RuleComparison.table`.
    left_out : dict of str to str
        Procedures and rules that take too long, and how long.
    fewer : dict of str to int
        Epochs of procedures and rules that have fewer.
    reason : str
        Why the task cannot be compared; "" if it can.
    """

    name: str
    epochs: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    fewer: dict[str, int] = field(default_factory=dict)
    reason: str = ""


def seconds_of_epoch(task: str, rule: str, procedure: str | None, most: float) -> float:
    """Return the processor time of an epoch of a pair, measured on the first examples; 0 if it cannot train the task.

    The measurement ends when a pair has shown that an epoch takes longer than `most`.
    """
    for made in (cn.task(task), SettlingTask(cn.task(task), TICKS)):
        try:
            prepared = Preparation(made, "default", None, "compiled", rule, None, procedure=procedure).for_seed(1)
            examples = prepared.examples[:FIRST]
            phase = replace(prepared.phases[0], presentations=None)
            cn.train(prepared.network, examples, phases=[replace(phase, epochs=1)], seed=1)  # what is compiled is not measured
            count, seconds = 1, 0.0
            while seconds < PROBE_SECONDS and count < MOST_PROBED:
                count *= 2
                start = process_time()
                run = cn.train(prepared.network, examples, phases=[replace(phase, epochs=count)], seed=1)
                seconds = process_time() - start
                if seconds / max(1, run.epochs) > most:
                    break
            return seconds / max(1, run.epochs) * len(prepared.examples) / len(examples)
        except cn.errors.DivergenceError:
            return PROBE_SECONDS
        except cn.errors.ConnectionistError:
            continue
    return 0.0


def limits_of_epochs(result: TaskResult, runs: int, minutes: float, least: int) -> dict[tuple[tuple[str, ...], str | None], int]:
    """Return the largest number of epochs for each procedure with its rules, and for each local or search rule alone."""
    every: dict[str, list[str]] = defaultdict(list)
    for pair in make_pairs(None, None):
        is_alone = pair.rule == pair.procedure or issubclass(registry.find("update_rules", pair.rule), cn.SearchRule)
        every[pair.rule if is_alone else pair.procedure].append(pair.rule)
    most_rules = max(map(len, every.values()))
    cn.task(result.name).network(1)  # the first one imports modules
    start = process_time()
    cn.task(result.name).network(2)
    making = process_time() - start
    budget = 60 * minutes / most_rules - runs * making  # of a pair
    limits: dict[tuple[tuple[str, ...], str | None], int] = {}
    for name, rules in every.items():
        procedure = None if [name] == rules else name
        seconds = seconds_of_epoch(result.name, rules[0] if procedure is None else "steepest", procedure, max(budget, PROBE_SECONDS))
        limit = result.epochs if not seconds else min(result.epochs, int(max(0.0, budget) / (runs * seconds)))
        if seconds:
            result.seconds[name] = seconds
        if limit < min(least, result.epochs):
            result.left_out[name] = f"an epoch takes {seconds:.2g} s"
            continue
        limits[(*rules,), procedure] = limit
        if limit < result.epochs:
            result.fewer[name] = limit
    return limits


def compare(task: str, options: dict[str, Any], epochs: int | None, minutes: float, least: int) -> TaskResult:
    """Compare all pairs on a task. Procedures that take too long have fewer epochs; those with fewer than `least` are left out."""
    folder = options.pop("folder")
    try:
        cn.compare_rules(task, rules=["steepest"], procedures=["back_propagation"], seeds=[1], search_seeds=[2], rates=[1e-6], epochs=1)
    except cn.errors.ParameterError as error:
        return TaskResult(task, reason=str(error))
    most = sum(phase.epochs for phase in cn.task(task).phases)
    result = TaskResult(task, most if epochs is None else min(most, epochs))
    runs = len(options["seeds"]) + len(options["search_seeds"]) * len(options["rates"])
    given = {**options, "progress": sys.stderr.isatty(), "ticks": None if cn.task(task).network(1).in_time else TICKS}
    for number, ((rules, procedure), limit) in enumerate(limits_of_epochs(result, runs, minutes, least).items()):
        where = None if folder is None else folder / f"{task}-{number}-{limit}"
        own: dict[str, Any] = {} if procedure is None else {"procedures": [procedure]}
        table = cn.compare_rules(task, **given, epochs=limit, folder=where, rules=list(rules), **own).table
        result.rows += [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    return result


def cell(row: dict[str, Any]) -> str:
    """Return what the page says of a pair."""
    rate = f" ({row['rate']:g})" if row["rate"] == row["rate"] else ""
    runs = f"{row['learned']}/{row['n']}"
    return f"{runs}, {row['epochs']:.0f}{rate}" if row["learned"] else f"{runs}, E {row['error']:.3g}{rate}"


def section(result: TaskResult) -> list[str]:
    """Return the lines of the page about a task."""
    if result.reason:
        return [f"## {result.name}", "", f"Not compared: {result.reason.split('; ')[0].removeprefix('compare_rules.task: ')}.", ""]
    columns: dict[str, None] = {}
    cells: dict[str, dict[str, str]] = defaultdict(dict)
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    for row in result.rows:
        rule, procedure = row["rule"], row["procedure"]
        if row["n"]:
            mark = " *" if "symmetric connections" in row["note"] else ""
            limit = f", {count(result.fewer[procedure])}" if procedure in result.fewer and procedure != rule else ""
            column = OWN if procedure == rule else f"`{procedure}`{mark}{limit}"
            columns[column] = None
            alone = f", {count(result.fewer[rule])}" if rule in result.fewer else ""
            cells[rule][column] = cell(row) + alone
        else:
            reasons[row["note"]][procedure if row["note"].startswith("procedure") else rule] = None
    slowest = ", ".join(f"{1000 * seconds:.3g} ms with `{name}`" for name, seconds in result.seconds.items() if name == "back_propagation")
    took = f" An epoch takes {slowest}." if slowest else ""
    lines = [f"## {result.name}", "", f"At most {count(result.epochs)}.{took}", ""]
    if cells:
        lines += [f"| rule | {' | '.join(columns)} |", f"| {' | '.join(['---'] * (len(columns) + 1))} |"]
        lines += [f"| `{rule}` | {' | '.join(of_rule.get(column, '–') for column in columns)} |" for rule, of_rule in cells.items()]
    else:
        lines += ["No pair was run: each takes too long or cannot train the network."]
    notes = [f"- too long: {', '.join(f'`{name}` ({time})' for name, time in result.left_out.items())}"] if result.left_out else []
    notes += [f"- {', '.join(f'`{name}`' for name in names)}: {note}" for note, names in reasons.items()]
    return [*lines, *(["", "Not run:", "", *notes] if notes else []), ""]


def count(epochs: int) -> str:
    """Return a number of epochs in words."""
    return f"{epochs:,} epoch{'' if epochs == 1 else 's'}"


def task_name(text: str) -> str:
    """Return the name of a task given on the command line."""
    names = registry.get_registry().names("tasks")
    if text not in names:
        raise argparse.ArgumentTypeError(f"must be one of the tasks {', '.join(names)} (got {text!r})")
    return text


def positive_number(text: str) -> float:
    """Return a number above 0 given on the command line."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0 (got {text!r})")
    return number


def minutes_of_task(text: str) -> tuple[str, float]:
    """Return the task and the minutes of a text TASK=M."""
    name, equals, minutes = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"must be TASK=M, such as xor=5 (got {text!r})")
    return task_name(name), positive_number(minutes)


def seeds_of(text: str) -> range:
    """Return the seeds of a text A-B."""
    try:
        return parse_seeds(text)
    except cn.errors.ParameterError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("--seeds: ")) from None


def of_each(convert: Callable[[str], Any]) -> Callable[[str], tuple[Any, ...]]:
    """Return a function that converts each part of a text with commas."""
    return lambda text: tuple(convert(part) for part in text.split(","))


def main() -> None:
    """Compare, and write or print the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tasks", type=of_each(task_name), default=",".join(registry.get_registry().names("tasks")))
    parser.add_argument("--seeds", type=seeds_of, default="1-10")
    parser.add_argument("--search-seeds", type=seeds_of, help="by default the three after --seeds")
    parser.add_argument("--rates", type=of_each(positive_number), default=",".join(f"{rate:g}" for rate in RATES))
    parser.add_argument("--epochs", type=whole_number, help="largest number of epochs, if the task has more")
    parser.add_argument("--minutes", type=positive_number, default=60, help="for all rules with one procedure on one task")
    parser.add_argument("--minutes-of", type=minutes_of_task, metavar="TASK=M", nargs="+", default=[], help="other minutes for some tasks")
    parser.add_argument("--least-epochs", type=whole_number, default=20, help="a procedure with time for fewer is left out")
    parser.add_argument("--workers", type=whole_number)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    minutes_of = dict(given.minutes_of)
    if others := minutes_of.keys() - set(given.tasks):
        parser.error(f"argument --minutes-of: must be of the tasks that are compared, {', '.join(given.tasks)} (got {min(others)!r})")
    warnings.simplefilter("ignore")  # of pairs without kernels, that do not come to rest, or whose slopes are 0
    after = given.seeds[-1] + 1
    options: dict[str, Any] = {name: getattr(given, name) for name in ("seeds", "search_seeds", "rates", "workers", "folder")}
    options["search_seeds"] = given.search_seeds or range(after, after + SEARCH_SEEDS)
    epochs = given.epochs
    if given.quick:
        options |= {"seeds": QUICK["seeds"], "search_seeds": QUICK["search_seeds"], "rates": QUICK["rates"]}
        epochs = min(epochs or QUICK["epochs"], QUICK["epochs"])
    seeds, tried = options["seeds"], ", ".join(f"{rate:g}" for rate in options["rates"])
    searched = describe_count(len(options["search_seeds"]), "other seed")
    settings = f"Seeds {seeds[0]} to {seeds[-1]}; rates {tried}, each tried with {searched}."
    command = re.sub(r" --folder[ =]\S+", "", " ".join(["python benchmarks/rules_by_task.py", *sys.argv[1:]]))  # a path of this machine
    page = TEXT.format(command=command, settings=settings, ticks=TICKS, least=count(given.least_epochs))
    for task in given.tasks:
        minutes = minutes_of.get(task, given.minutes)
        page += "\n" + "\n".join(section(compare(task, dict(options), epochs, minutes, given.least_epochs)))
        print(f"{task} done after {process_time():.0f} s", file=sys.stderr)
        if given.write:  # after each task, since it may be interrupted
            PAGE.write_text(page.rstrip() + "\n", encoding="utf-8")
    if not given.write:
        print(page)


if __name__ == "__main__":
    main()
