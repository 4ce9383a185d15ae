"""``connectionist compare``: a table of several runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import nullcontext

import connectionist as cn
from connectionist.cli.streams import results_kept
from connectionist.reporting.table import print_tables
from connectionist.utils.json_values import as_json
from connectionist.utils.visible_text import print_text, visible_line


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
        from connectionist.reporting.compare.output import check_output_path, comparison_json, comparison_tables, write_comparison
        from connectionist.reporting.compare.rows import comparison_rows
        from connectionist.reporting.compare.runs import read_compared_runs

        target = None if arguments.out is None else check_output_path(arguments.out)
        compared = read_compared_runs(arguments.runs)
        rows = comparison_rows(compared, arguments.all)
        if target is not None:
            write_comparison(target, compared, rows)
        with results_kept(lambda: f"the comparison is in {arguments.out!r}") if target is not None else nullcontext():
            if arguments.json:
                print_text(as_json(comparison_json(compared, rows)))
            else:
                print_tables(comparison_tables(compared, rows))
                if target is not None:
                    print_text(f"\nWritten to {visible_line(str(target))}")
        return 0


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist compare``."""
    return [Compare]
