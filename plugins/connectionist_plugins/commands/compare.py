"""``connectionist compare``: a table of several runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import connectionist as cn
from connectionist.reporting.table import show
from connectionist.utils.json_values import as_json


class Compare(cn.Command):
    """Compare runs: the settings that differ, the measured and published results, and the training.

    A run is a folder written by 'connectionist run TASK --out DIR'. For runs with several seeds, medians and quartiles are compared.

    For example:

      connectionist compare results/xor results/xor-quick
      connectionist compare results/* --out curves.png
    """

    name = "compare"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("runs", nargs="+", metavar="RUN", help="two or more run folders")
        parser.add_argument("--all", action="store_true", help="also list settings and versions that do not differ")
        parser.add_argument("--out", metavar="FILE", help="write a report (.html), or a figure of the learning curves (.png, .svg, .pdf)")
        parser.add_argument("--json", action="store_true", help="print only the comparison, as JSON, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Compare the runs, write the file, and print the comparison."""
        from connectionist.reporting.compare.output import as_json_value, check_target, tables_of, write
        from connectionist.reporting.compare.rows import rows_of
        from connectionist.reporting.compare.runs import sides_of

        target = None if arguments.out is None else check_target(arguments.out)
        sides = sides_of(arguments.runs)
        rows = rows_of(sides, arguments.all)
        if target is not None:
            write(target, sides, rows)
        if arguments.json:
            print(as_json(as_json_value(sides, rows)))  # noqa: T201  (this is the command line)
        else:
            show(tables_of(sides, rows))
            if target is not None:
                print(f"\nWritten to {target}")  # noqa: T201
        return 0


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist compare``."""
    return [Compare]
