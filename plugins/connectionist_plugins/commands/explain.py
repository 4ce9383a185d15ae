"""``connectionist explain``: the arithmetic of one unit or connection of a trained network, for one case."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from connectionist.cli.command import Command
from connectionist.errors import ParameterError, unknown
from connectionist.plugins.hookspecs import hookimpl

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.experiments.read_run import ReopenedRun
    from connectionist.model.connection import Connection
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit


class Explain(Command):
    """Print the arithmetic of a unit or connection of a run's network: every term of its sums, forward and backward.

    RUN is a folder that 'connectionist run TASK --out RUN' wrote. The case is run with the weights that the training ended with; a case
    that continues others is run after them. Numbers are printed to the last digit: what is shown adds up to what the network has.

    For example:

      connectionist run family-trees --seed 1 --out trees
      connectionist explain trees central:0
      connectionist explain trees "person_code:2 -> central:0" --case "Colin father"
    """

    name = "explain"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("run", metavar="RUN", help="a run's folder, as 'connectionist run TASK --out RUN' writes it")
        parser.add_argument("what", metavar="UNIT", help="a unit, 'hidden:0', or a connection, 'input:0 -> hidden:0'")
        parser.add_argument("--case", metavar="NAME", help="a training or testing case by name; the first training case unless given")
        parser.add_argument("--tick", type=int, metavar="T", help="of a network in time: at which tick, from 1; the last unless given")
        parser.add_argument("--delay", type=int, metavar="D", help="of a connection: of which delay; the shortest unless given")

    def run(self, arguments: Namespace) -> int:
        """Run the case, and print the explanation."""
        from connectionist.experiments.read_run import read_run

        run = read_run(arguments.run)
        asked = _find(run.network, arguments.what, arguments.delay)
        examples, number, kind = _case(run, arguments.case)
        stage = _played(run.network, examples, number)
        tick = _tick(run.network, stage, arguments.tick)
        when = "" if tick is None else f", tick {tick} of {stage.ticks}"
        print(f"{run.task.name}, seed {run.seed}: {kind} case {examples.names[number]!r}{when}\n")  # noqa: T201  (this is the command line)
        print(_at(asked, stage, tick).explain())  # noqa: T201
        return 0


def _find(network: Network, what: str, delay: int | None) -> Unit | Connection:
    """Return the unit, or the connection, that is asked for; in a network in time that of all ticks."""
    from connectionist.model.selection import means_connections, select_connections

    if not means_connections(network, what):
        if delay is not None:
            raise ParameterError(f"--delay: is for a connection, 'input:0 -> hidden:0' (got the unit {what!r})")
        return network.unit(what.strip())
    found = [connection for connection in select_connections(network, what, "UNIT") if delay in (None, connection.delay)]
    if len({(connection.sender, connection.receiver) for connection in found}) > 1:
        raise ParameterError(f"UNIT: must be one unit, 'hidden:0', or one connection, 'input:0 -> hidden:0' (got {what!r})")
    if not found:
        raise ParameterError(f"--delay: there is no connection {what!r} with delay {delay}")
    return min(found, key=lambda connection: connection.delay)


def _case(run: ReopenedRun, name: str | None) -> tuple[ExampleSet, int, str]:
    """Return the examples that a case is among, its number, and which they are."""
    sets = [("training", run.task.training_examples), ("testing", run.task.testing_examples)]
    known = [(kind, examples) for kind, examples in sets if examples is not None]
    for kind, examples in known:
        if name is None or name in examples.names:
            return examples, 0 if name is None else examples.names.index(name), kind
    raise unknown(f"case of {run.task.name}", name, (each for _, examples in known for each in examples.names))


def _played(network: Network, examples: ExampleSet, number: int) -> Network:
    """Run a case forward, after those that it continues, and backward, and return where."""
    from connectionist.engines.case_runner import CaseRunner

    first = number
    while first > 0 and examples.continues[first]:
        first -= 1
    player = CaseRunner(network, examples)
    for case in range(first, number + 1):
        stage = player.run(case)
    player.differentiate()
    return stage


def _tick(network: Network, stage: Network, tick: int | None) -> int | None:
    if not network.in_time:
        if tick is not None:
            raise ParameterError(f"--tick: {network.name} does not run in time, so there are no ticks (got {tick})")
        return None
    if tick is not None and not 1 <= tick <= (stage.ticks or 0):
        raise ParameterError(f"--tick: must be from 1 to {stage.ticks}, which this case has (got {tick})")
    return stage.ticks if tick is None else tick


def _at(asked: Unit | Connection, stage: Network, tick: int | None) -> Unit | Connection:
    """Return what is asked for as it is at one tick."""
    from connectionist.model.unit import Unit

    if tick is None:
        return asked
    if isinstance(asked, Unit):
        return stage.unit(asked.name if asked.group.role == "bias" else f"{asked.name}@{tick}")
    from connectionist.explain.connection import copy_at

    return copy_at(asked, stage, tick)


@hookimpl
def commands() -> Sequence[type[Command]]:
    """Offer ``explain``."""
    return [Explain]
