"""``connectionist compare-rules``: train a task by several update rules and learning procedures, and compare them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import connectionist as cn
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.run_options import run_options
from connectionist.cli.settings import parse_seeds, whole_number
from connectionist.cli.streams import print_message, results_kept
from connectionist.cli.worker_options import add_worker_options, interruption_text, where_to_run
from connectionist.utils.visible_text import print_text, visible_line

FINISHED, FAILED, INTERRUPTED = 0, 1, 130


class CompareRules(cn.Command):
    """Compare update rules and learning procedures on a task: how many runs learn, and in how many epochs.

    Each rule is combined with each procedure that fits it. The rate of each pair is chosen first, from --rates, by runs with other seeds.
    A pair that cannot train the network of the task is listed with the reason. With --out, finished runs are kept, and the same command
    goes on.

    For example:

      connectionist compare-rules xor --rules momentum,irprop_minus,lbfgs --procedures back_propagation --seeds 1-20
      connectionist compare-rules xor --rules momentum --procedures back_propagation,contrastive_hebbian --ticks 15 --seeds 1-20 --out xor
    """

    name = "compare-rules"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task", metavar="TASK", help="name of a task; 'connectionist list tasks' lists them")
        parser.add_argument("--rules", metavar="A,B", help="names of update rules; by default all that fit the procedures")
        parser.add_argument("--procedures", metavar="A,B", help="names of learning procedures; by default all that fit the rules")
        parser.add_argument("--seeds", metavar="A-B", required=True, help="run each pair once for each seed from A to B")
        parser.add_argument("--rates", metavar="X,Y", help="rates to try, the same for each pair; by default eight from 0.003 to 10")
        parser.add_argument("--search-seeds", metavar="A-B", help="seeds with which each rate is tried; by default the three after --seeds")
        parser.add_argument(
            "--ticks", type=whole_number, metavar="N", help="give procedures that need it a network with symmetric connections, for N ticks"
        )
        parser.add_argument("--preset", default="default", metavar="P", help="preset of the task")
        parser.add_argument("--epochs", type=whole_number, metavar="N", help="number of epochs; a criterion may stop earlier")
        parser.add_argument("--engine", metavar="E", help="name of an engine; 'connectionist list engines' lists them")
        parser.add_argument(
            "--set", action="append", default=[], metavar="KEY=VALUE", help="parameter of the task or of the engine; repeatable"
        )
        add_worker_options(parser)
        parser.add_argument("--out", metavar="DIR", help="folder for the runs, the tables and the figure, new or of the same comparison")
        parser.add_argument("--json", action="store_true", help="print only the comparison, as JSON, on standard output")
        parser.set_defaults(rule=None, procedure=None, clip=None, schedule=[])

    def run(self, arguments: Namespace) -> int:
        """Compare, and print the tables. Return 0, 1 if no pair could be run, or 130 if it was interrupted."""
        options = run_options(arguments) | _comparison_options(arguments)
        seeds = parse_seeds(arguments.seeds)
        try:
            with plugin_code(), where_to_run(arguments) as places:
                found = cn.compare_rules(arguments.task, seeds=seeds, folder=arguments.out, progress=True, **options, **places)
        except cn.errors.TrainingInterrupted as interrupted:
            print_message(f"connectionist compare-rules: {interruption_text(interrupted, arguments.out)}")
            return INTERRUPTED
        return report(found, arguments)


def _comparison_options(arguments: Namespace) -> dict[str, Any]:
    """Return the arguments of `connectionist.compare_rules` that `connectionist.run` does not have."""
    parsers: dict[str, Callable[[str], Any]] = {"rules": _names, "procedures": _names, "rates": _numbers}
    parsers["search_seeds"] = partial(parse_seeds, option="--search-seeds")
    options = {name: parse(getattr(arguments, name)) for name, parse in parsers.items() if getattr(arguments, name) is not None}
    return options | {"ticks": arguments.ticks}


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _numbers(text: str) -> list[float]:
    try:
        return [float(number) for number in text.split(",")]
    except ValueError:
        raise cn.errors.ParameterError(f"--rates: must be numbers with commas between, such as 0.01,0.1,1 (got {text!r})") from None


def report(found: Any, arguments: Namespace) -> int:
    """Write the files, and print the tables or JSON. Return the exit status."""
    from connectionist.reporting.rule_comparison import comparison_json, comparison_tables, write_comparison
    from connectionist.reporting.table import print_tables
    from connectionist.utils.json_values import as_json

    folder = arguments.out
    was_run = bool(found.table["n"].any())
    if folder is not None and was_run:
        write_comparison(Path(folder), found)
    with results_kept(lambda: "nothing was written" if folder is None else f"the results are in {folder!r}"):
        if arguments.json:
            print_text(as_json(comparison_json(found)))
        else:
            print_tables(comparison_tables(found))
            if folder is not None and was_run:
                print_text(f"\nWritten to {visible_line(folder)}; the figure is {visible_line(str(Path(folder) / 'comparison.png'))}")
    if not was_run:
        print_message("connectionist compare-rules: error: no pair could be run")
    return FINISHED if was_run else FAILED


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist compare-rules``."""
    return [CompareRules]
