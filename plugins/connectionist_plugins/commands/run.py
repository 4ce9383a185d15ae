"""``connectionist run``: run a task with one or several seeds, and report the results."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import nullcontext

import connectionist as cn
from connectionist.cli.run_options import add_run_options, add_ticks_option
from connectionist.cli.runs import execute
from connectionist.cli.settings import checkpoint_interval, whole_number

CHECKPOINT_EVERY = "30 s"


class RunTask(cn.Command):
    """Run a task and compare the measured with the published results.

    The preset of the task determines the training. Options override it. With --seeds, the task is run once for each seed, and the
    distribution over seeds is reported. Ctrl-C stops the training; the results so far are reported and written.

    For example:

      connectionist run symmetry --seed 1
      connectionist run symmetry --seeds 1-40 --json
      connectionist run xor --preset published --set rate=0.25 --out xor-run

    With --out, training writes checkpoints. 'connectionist resume DIR' goes on from them if the run is killed.
    """

    name = "run"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task", metavar="TASK", help="name of a task; 'connectionist list tasks' lists them")
        parser.add_argument(
            "--preset", default="default", metavar="P", help="preset of the task; 'published' is the recipe printed in the paper"
        )
        seeds = parser.add_mutually_exclusive_group()
        seeds.add_argument("--seed", type=whole_number, default=0, metavar="N", help="root seed of all random numbers (default 0)")
        seeds.add_argument("--seeds", metavar="A-B", help="run once for each seed from A to B")
        add_run_options(parser)
        add_ticks_option(parser)
        parser.add_argument("--test-every", type=whole_number, metavar="N", help="test also after every N epochs, for the log")
        parser.add_argument("--out", metavar="DIR", help="write report, log, weights and figures to a new folder")
        parser.add_argument(
            "--checkpoint-every",
            type=checkpoint_interval,
            default=CHECKPOINT_EVERY,
            metavar="T",
            help="with --out, interval of checkpoints for 'connectionist resume': epochs, or a time such as '5 min' (default 30 s)",
        )
        parser.add_argument("--json", action="store_true", help="print only the report, as JSON, on standard output")

    def run(self, arguments: Namespace) -> int:
        """Run the task. Return 0, 1 if training diverged or a plugin failed, or 130 if it was interrupted.

        Raises
        ------
        KeyboardInterrupt
            With a message, if a signal came before training, or a second one before everything was written.
        """
        if arguments.out is None:
            if arguments.checkpoint_every != CHECKPOINT_EVERY:
                raise cn.errors.ParameterError(f"--checkpoint-every: needs --out DIR (got {arguments.checkpoint_every!r} without it)")
            return execute(arguments, nullcontext(None))
        from connectionist.experiments.run_folder import claim_folder

        return execute(arguments, claim_folder(arguments.out))


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist run``."""
    return [RunTask]
