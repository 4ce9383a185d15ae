"""``connectionist compare``: runs side by side."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from connectionist.cli.command import Command
from connectionist.plugins.hookspecs import hookimpl
from connectionist.reporting.table import show
from connectionist.utils.json_values import as_json


class Compare(Command):
    """Set runs side by side: settings that differ, what was measured and published, how training went.

    A run is a folder that 'connectionist run TASK --out DIR' wrote; of one with several seeds, medians and quartiles are compared.

    For example:

      connectionist compare results/xor results/xor-quick
      connectionist compare results/* --out curves.png
    """

    name = "compare"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("runs", nargs="+", metavar="RUN", help="folders of runs, two or more")
        parser.add_argument("--all", action="store_true", help="list settings and versions that do not differ as well")
        parser.add_argument("--out", metavar="FILE", help="write a page (.html), or the learning curves in one figure (.png, .svg, .pdf)")
        parser.add_argument("--json", action="store_true", help="print the comparison as JSON, and nothing else, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Compare, write and show."""
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


@hookimpl
def commands() -> Sequence[type[Command]]:
    """Offer ``compare``."""
    return [Compare]
