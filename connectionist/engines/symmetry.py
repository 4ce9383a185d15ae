"""Checks of networks for procedures that settle: connections back from output units, and symmetric connections."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from connectionist.errors import DataError, WiringError
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.connection import Connection
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit

COMPUTED = ("hidden", "output")  # roles of units whose activation is computed


def check_feedback(network: Network, procedure: str) -> None:
    """Raise an error unless each hidden unit that reaches an output unit is reached by one, through connections with a delay.

    Parameters
    ----------
    network : Network
    procedure : str
        Name of the procedure, for messages.

    Raises
    ------
    WiringError
        The message says how to add what is missing.
    """
    reached = _reached({unit for unit in network.units if unit.group.role == "output"})
    for group in network.groups:
        intact = [unit for unit in group if not unit.lesioned]
        if group.role != "hidden" or not intact or any(unit in reached for unit in intact):
            continue
        receivers = [each.receiver for each in network.projections if each.sender is group and each.receiver.role in COMPUTED]
        for receiver in sorted(receivers, key=lambda each: each.role != "output")[:1]:  # an output group if there is one
            raise WiringError(
                f"procedure {procedure!r}: the targets of the output units do not reach group {group.name!r}, so it cannot learn; add "
                f"connections back, as in network.connect({receiver.name!r}, {group.name!r}, delay=1), or "
                f"network.make_symmetric({group.name!r}, {receiver.name!r})"
            )


def check_ticks_for_targets(network: Network, examples: ExampleSet, procedure: str) -> None:
    """Raise an error unless each example has enough ticks for clamped output units to reach every hidden unit that they can reach.

    Parameters
    ----------
    network : Network
    examples : ExampleSet
    procedure : str
        Name of the procedure, for messages.

    Raises
    ------
    DataError
        The message says how many ticks are needed.
    """
    if examples.lengths is None:
        return
    shortest = int(examples.lengths.argmin())
    for unit, delay in _delays({unit for unit in network.units if unit.group.role == "output"}).items():
        if unit.group.role == "hidden" and delay >= examples.lengths[shortest]:
            raise DataError(
                f"procedure {procedure!r}: the targets need {delay + 1} ticks to reach group {unit.group.name!r}, and example "
                f"{examples.names[shortest]!r} has {describe_count(int(examples.lengths[shortest]), 'tick')}; hold each example until the "
                f"network has settled, as in cn.Event(inputs, targets, time=15, targets_at='last')"
            )


def check_symmetric(network: Network, procedure: str) -> None:
    """Raise an error unless each connection between two units that are computed has an opposite connection that shares its weight.

    The parameters are those of `check_feedback`.

    Raises
    ------
    WiringError
        The message says how to add what is missing.
    """
    found: dict[tuple[Unit, Unit], list[Connection]] = {}
    for connection in network.connections:
        found.setdefault((connection.sender, connection.receiver), []).append(connection)
    for connection in network.connections:
        sender, receiver = connection.sender, connection.receiver
        if sender.group.role not in COMPUTED or receiver.group.role not in COMPUTED:
            continue
        opposite = found.get((receiver, sender), [])
        if any(each.weight is connection.weight for each in opposite):
            continue
        if not connection.backpropagate:
            reason = "goes one way only, as into a context; leave out that group, or use 'feedback_alignment'"
        elif not opposite:
            reason = f"has no opposite one; add them, as in network.make_symmetric({sender.group.name!r}, {receiver.group.name!r})"
        else:
            tied = f"network.tie([{connection.name!r}, {opposite[0].name!r}])"
            if sender.group is receiver.group:
                tied = f"network.make_symmetric({sender.group.name!r}, {sender.group.name!r})"
            reason = f"does not share its weight with {opposite[0].name}; tie them, as in {tied}"
        raise WiringError(f"procedure {procedure!r}: needs symmetric connections, and {connection.name} {reason}")


def _reached(units: set[Unit]) -> set[Unit]:
    """Return the units that some units reach through their connections, without those that none of them reaches."""
    reached = set(_delays(units))
    return reached - units | {connection.receiver for unit in reached for connection in unit.outgoing}


def _delays(units: set[Unit]) -> dict[Unit, int]:
    """Return the units that some units reach through their connections, and these, with the smallest delay in ticks."""
    delays = dict.fromkeys(units, 0)
    waiting = deque(units)
    while waiting:
        sender = waiting.popleft()
        for connection in sender.outgoing:
            delay = delays[sender] + connection.delay
            if delay < delays.get(connection.receiver, delay + 1):
                delays[connection.receiver] = delay
                waiting.append(connection.receiver)
    return delays
