"""``connectionist inspect``: the live view of a task or of a trained network in the browser."""

from __future__ import annotations

import threading
import webbrowser
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import connectionist as cn
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.run_options import add_run_options, run_options
from connectionist.cli.settings import whole_number
from connectionist.utils.visible_text import print_text

if TYPE_CHECKING:
    from connectionist.inspector.view import View


class Inspect(cn.Command):
    """Show a network live in the browser: units, weights, cases and training.

    TASK is the name of a task, whose network is shown before training. RUN is a folder written by 'connectionist run TASK --out RUN', whose
    trained network is shown. The command prints the address of the page, and serves it until Ctrl-C.

    For example:

      connectionist inspect family-trees --seed 3
      connectionist inspect xor --preset published --no-browser --port 8000
    """

    name = "inspect"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task", metavar="TASK|RUN", help="name of a task, or a run folder")
        parser.add_argument("--preset", metavar="P", help="preset of the task (default: 'default')")
        parser.add_argument("--seed", type=whole_number, metavar="N", help="root seed of all random numbers (default 0)")
        add_run_options(parser)
        parser.add_argument("--port", type=whole_number, default=0, metavar="N", help="port of the server (default: any free port)")
        parser.add_argument("--host", default="127.0.0.1", metavar="A", help="address to bind; other computers reach one that is not local")
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")

    def run(self, arguments: Namespace) -> int:
        """Serve until Ctrl-C."""
        with plugin_code():
            view = _open(arguments)
        try:
            print_text(view.url)
            if not arguments.no_browser:
                webbrowser.open_new_tab(view.url)
            with plugin_code():  # what the code of a task prints while the page is open
                threading.Event().wait()
        except KeyboardInterrupt:
            pass  # the usual end
        finally:
            view.close()
        return 0


def _open(arguments: Namespace) -> View:
    """Return the view of the task or run folder.

    Raises
    ------
    ParameterError
        If options of a task are given with a run folder.
    """
    from connectionist.inspector.of_task import open_run, open_task
    from connectionist.plugins import registry

    options = ("preset", "seed", "epochs", "engine", "rule", "procedure", "set", "clip", "schedule")
    given = [each for each in options if getattr(arguments, each) not in (None, [])]
    if arguments.task and arguments.task not in registry.get_registry().names("tasks") and Path(arguments.task).exists():
        if given:
            raise cn.errors.ParameterError(f"--{given[0]}: is for a task, not for a run folder, which has its own (got {arguments.task!r})")
        return open_run(arguments.task, arguments.host, arguments.port)
    arguments.preset = arguments.preset or "default"
    return open_task(arguments.task, arguments.seed or 0, run_options(arguments), arguments.host, arguments.port)


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist inspect``."""
    return [Inspect]
