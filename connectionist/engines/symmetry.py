"""Checks of networks for procedures that settle: connections back from output units, and symmetric connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import WiringError

if TYPE_CHECKING:
    from connectionist.model.connection import Connection
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit


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
    for projection in network.projections:
        sender = projection.sender
        if sender.role == "hidden" and not any(unit in reached for unit in sender if not unit.lesioned):
            raise WiringError(
                f"procedure {procedure!r}: the targets of the output units do not reach group {sender.name!r}, so it cannot learn; add "
                f"connections back, as in network.connect({projection.receiver.name!r}, {sender.name!r}, delay=1), or "
                f"network.make_symmetric({sender.name!r}, {projection.receiver.name!r})"
            )


def check_symmetric(network: Network, procedure: str) -> None:
    """Raise an error unless each connection between two units that are computed has an opposite connection that shares its weight.

    The parameters are those of `check_feedback`.

    Raises
    ------
    WiringError
        The message says how to add what is missing.
    """
    computed = ("hidden", "output")
    found: dict[tuple[Unit, Unit], list[Connection]] = {}
    for connection in network.connections:
        found.setdefault((connection.sender, connection.receiver), []).append(connection)
    for connection in network.connections:
        sender, receiver = connection.sender, connection.receiver
        if sender.group.role not in computed or receiver.group.role not in computed:
            continue
        opposite = found.get((receiver, sender), [])
        groups = f"({sender.group.name!r}, {receiver.group.name!r})"
        if not opposite:
            raise WiringError(
                f"procedure {procedure!r}: needs symmetric connections, and {connection.name} has no opposite one; add them, as in "
                f"network.make_symmetric{groups}"
            )
        if all(each.weight is not connection.weight for each in opposite):
            raise WiringError(
                f"procedure {procedure!r}: needs symmetric connections, and {connection.name} does not share its weight with "
                f"{opposite[0].name}; tie them, as in network.tie([{connection.name!r}, {opposite[0].name!r}])"
            )


def _reached(units: set[Unit]) -> set[Unit]:
    """Return the units that some units reach through their connections, without these."""
    reached: set[Unit] = set()
    waiting = list(units)
    while waiting:
        for connection in waiting.pop().outgoing:
            if connection.receiver not in reached:
                reached.add(connection.receiver)
                waiting.append(connection.receiver)
    return reached
