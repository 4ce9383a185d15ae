"""Arguments of commands that make many runs: how many processes, or a cluster."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectionist.cli.settings import whole_number
from connectionist.errors import ParameterError, TrainingInterrupted
from connectionist.learning.stop_signals import stop_signals


def add_worker_options(parser: ArgumentParser) -> None:
    """Declare --workers and --dask."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=whole_number, metavar="N", help="number of processes; by default one per processor")
    where.add_argument("--dask", metavar="ADDRESS", help="address of a Dask scheduler, such as tcp://host:8786, that gives out the runs")


@contextmanager
def where_to_run(arguments: Namespace) -> Iterator[dict[str, Any]]:
    """Yield the arguments of `Study.run` that say where the runs are made.

    Raises
    ------
    ParameterError
        If Dask is not installed, or there is no scheduler at the address.
    """
    if arguments.dask is None:
        yield {} if arguments.workers is None else {"workers": arguments.workers}
        return
    try:
        from distributed import Client
    except ImportError:
        raise ParameterError("--dask: needs Dask; install it with  pip install 'connectionist-simulator[dask]'") from None
    try:
        client = Client(arguments.dask, timeout="10 s")
    except (OSError, ValueError) as error:
        raise ParameterError(f"--dask: must be the address of a Dask scheduler (got {arguments.dask!r}: {error})") from None
    with client:
        yield {"executor": client.get_executor(pure=False), "workers": max(1, sum(client.ncores().values()))}


def interruption_text(interrupted: TrainingInterrupted, out: str | None) -> str:
    """Return the message on an interrupted command that makes many runs: what is kept, and how the command goes on.

    Parameters
    ----------
    interrupted : TrainingInterrupted
        Its message begins with the number of runs that are done, and a semicolon.
    out : str or None
        Value of --out.
    """
    done = str(interrupted).partition(";")[0].replace("interrupted", f"interrupted{stop_signals().cause}", 1)
    kept = "nothing is kept; with --out DIR, runs are kept" if out is None else f"they are in {out!r} (--out)"
    return f"{done}; {kept}, and the same command goes on"
