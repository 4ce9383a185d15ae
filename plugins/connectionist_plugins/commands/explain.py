"""``connectionist explain``: the arithmetic of a unit or connection of a trained network for one case."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import connectionist as cn
from connectionist.cli.plugin_code import plugin_code
from connectionist.cli.settings import whole_number
from connectionist.utils.visible_text import print_text


class Explain(cn.Command):
    """Print the arithmetic of a unit or connection for one case: every term of its sums, forward and backward.

    RUN is a folder written by 'connectionist run TASK --out RUN'. The case is run with the trained weights. A case that continues other
    cases is run after them. Numbers are printed exactly, so that the terms add up to the values of the network.

    For example:

      connectionist run family-trees --seed 1 --out trees
      connectionist explain trees central:0
      connectionist explain trees "person_code:2 -> central:0" --case "Colin father"
    """

    name = "explain"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("run", metavar="RUN", help="run folder, written by 'connectionist run TASK --out RUN'")
        parser.add_argument("what", metavar="UNIT", help="unit ('hidden:0') or connection ('input:0 -> hidden:0')")
        parser.add_argument("--case", metavar="NAME", help="name of a training or testing case (default: the first training case)")
        parser.add_argument("--tick", type=whole_number, metavar="T", help="tick of a network in time, from 1 (default: the last)")
        parser.add_argument("--delay", type=whole_number, metavar="D", help="delay of a connection (default: the shortest)")

    def run(self, arguments: Namespace) -> int:
        """Run the case and print the explanation."""
        with plugin_code():
            run = cn.read_run(arguments.run)
            explained = _find(run.network, arguments.what, arguments.delay)
            examples, number, kind = _case(run, arguments.case)
            network = _run_case(run.network, examples, number)
            tick = _tick(run.network, network, arguments.tick)
            explanation = str(_at_tick(explained, network, tick).explain())
        when = "" if tick is None else f", tick {tick} of {network.ticks}"
        print_text(f"{run.task.name}, seed {run.seed}: {kind} case {examples.names[number]!r}{when}\n")
        print_text(explanation)
        return 0


def _find(network: cn.Network, what: str, delay: int | None) -> cn.Unit | cn.Connection:
    """Return the named unit or connection; in a network in time, that of the folded network."""
    from connectionist.model.selection import means_connections, select_connections

    if not means_connections(network, what):
        if delay is not None:
            raise cn.errors.ParameterError(f"--delay: must be given only for a connection, such as 'input:0 -> hidden:0' (got {what!r})")
        return network.unit(what)
    found = [connection for connection in select_connections(network, what, "UNIT") if delay in (None, connection.delay)]
    if len({(connection.sender, connection.receiver) for connection in found}) > 1:
        raise cn.errors.ParameterError(f"UNIT: must be one unit, 'hidden:0', or one connection, 'input:0 -> hidden:0' (got {what!r})")
    if not found:
        raise cn.errors.ParameterError(f"--delay: there is no connection {what!r} with delay {delay}")
    return min(found, key=lambda connection: connection.delay)


def _case(run: cn.ReopenedRun, name: str | None) -> tuple[cn.ExampleSet, int, str]:
    """Return the examples with the named case, its number among them, and their kind, "training" or "testing"."""
    sets = [("training", run.task.training_examples), ("testing", run.task.testing_examples)]
    known = [(kind, examples) for kind, examples in sets if examples is not None]
    for kind, examples in known:
        if name is None or name in examples.names:
            return examples, 0 if name is None else examples.index(name), kind
    raise cn.errors.unknown_name(f"case of {run.task.name}", name, (each for _, examples in known for each in examples.names))


def _run_case(network: cn.Network, examples: cn.ExampleSet, number: int) -> cn.Network:
    """Run a case forward, after those that it continues, and backward. Return the network that has its state."""
    from connectionist.engines.case_runner import CaseRunner
    from connectionist.model.perturbation import has_weight_noise

    if has_weight_noise(network, "testing"):
        raise cn.errors.ParameterError(f"{network.name}: noise on weights cannot be explained, since the weights are shown without it")
    first = number
    while first > 0 and examples.continues[first]:
        first -= 1
    runner = CaseRunner(network, examples, noise=network.next_noise())
    for case in range(first, number + 1):
        state = runner.run(case, case)
    runner.differentiate()
    return state


def _tick(network: cn.Network, state: cn.Network, tick: int | None) -> int | None:
    if not network.in_time:
        if tick is not None:
            raise cn.errors.ParameterError(f"--tick: must not be given, because {network.name} does not run in time (got {tick})")
        return None
    if tick is not None and not 1 <= tick <= (state.ticks or 0):
        raise cn.errors.ParameterError(f"--tick: must be from 1 to {state.ticks}, the ticks of this case (got {tick})")
    return state.ticks if tick is None else tick


def _at_tick(explained: cn.Unit | cn.Connection, state: cn.Network, tick: int | None) -> cn.Unit | cn.Connection:
    """Return the copy of a unit or connection at one tick."""
    if tick is None:
        return explained
    if isinstance(explained, cn.Unit):
        return state.unit(explained.name if explained.group.role == "bias" else f"{explained.name}@{tick}")
    from connectionist.explain.connection import copy_at

    return copy_at(explained, state, tick)


@cn.hookimpl
def commands() -> Sequence[type[cn.Command]]:
    """Offer ``connectionist explain``."""
    return [Explain]
