"""Acts that change the network, its weights or what is trained. Each says what undoes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError, UnknownNameError, WiringError
from connectionist.inspector.python_code import rule_code
from connectionist.inspector.script import Act, literal, saved_name
from connectionist.inspector.training import WeightsBefore
from connectionist.model.assembly.parts import find_parts
from connectionist.model.assembly.rewiring import present_ties, restore_ties
from connectionist.model.selection import connection_name
from connectionist.model.unit import Unit
from connectionist.plugins.by_name import rule as make_rule

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.connection import Connection


@dataclass(frozen=True)
class WeightsUndo:
    """Puts back all weights, and the training to which they belong."""

    session: InspectorSession
    before: WeightsBefore

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self.before.size

    def restore(self) -> None:
        """Put them back."""
        self.session.training.pause()
        self.session.training.restore(self.before)


def weights_undo(session: InspectorSession) -> WeightsUndo:
    """Return what puts back the present weights."""
    return WeightsUndo(session, session.training.before())


def set_trainable(session: InspectorSession, part: str, *, trainable: bool) -> None:
    """Freeze the weights of a part, or make them trainable. A unit or group means its incoming weights."""
    connections = _connections(session, part)
    weights = {connection.weight: connection.weight.trainable for connection in connections}
    if not weights:
        raise WiringError(f"{part}: has no incoming connection")
    lines = _trainable_lines(session, part, connections, trainable=trainable)
    for weight in weights:
        weight.trainable = trainable
        session.fixed[weight.row : weight.row + 1] = False  # of a new connection there is nothing to set

    def undo() -> None:
        for weight, before in weights.items():
            weight.trainable = before

    session.add(Act(lines=lines, undo=undo))


def _trainable_lines(session: InspectorSession, part: str, connections: Sequence[Connection], *, trainable: bool) -> tuple[str, ...]:
    network = session.network
    found: list[Any] = find_parts(network._wiring, part)
    projections = list(dict.fromkeys(connection.projection for connection in connections))
    if isinstance(found[0], Unit):
        names = [unit.name for unit in found]
        whole = part in {group.name for group in network.groups}
        units = f"net[{literal(part)}]" if whole else f"map(net.unit, {literal(names)})"
        loop = f"net.unit({literal(names[0])}).incoming" if len(names) == 1 else f"[each for unit in {units} for each in unit.incoming]"
    elif len(connections) == 1:
        return (f"{_connection_code(session, connections[0])}.weight.trainable = {trainable}",)
    elif len(projections) == 1 and len(projections[0]) == len(connections):
        ends = projections[0].sender.name, projections[0].receiver.name
        loop = f"net.projection({literal(ends[0])}, {literal(ends[1])}, {projections[0].delay})"
    else:
        loop = f"map(net.connection, {literal([connection_name(connection) for connection in connections])})"
    return (f"for connection in {loop}:", f"    connection.weight.trainable = {trainable}")


def _connections(session: InspectorSession, part: str) -> list[Connection]:
    found: list[Any] = find_parts(session.network._wiring, part)
    return [connection for unit in found for connection in unit.incoming] if isinstance(found[0], Unit) else found


def lesion(session: InspectorSession, part: str) -> None:
    """Take a part out of the network."""
    session.network.lesion(part)
    session.add(Act(lines=(f"net.lesion({literal(part)})",), undo=lambda: session.network.restore(part)))


def restore(session: InspectorSession, part: str) -> None:
    """Put a lesioned part back; everything if `part` is empty."""
    lesions = session.network._wiring.lesions
    before: list[Any] = [*lesions.connections, *lesions.units]
    if part:
        session.network.restore(part)
    elif before:
        session.network.restore()
    else:
        raise WiringError(f"restore: nothing of {session.network.name} is lesioned")
    after = {*lesions.connections, *lesions.units}
    restored = [each for each in before if each not in after]

    def undo() -> None:
        session.network.restore() if after else None
        session.network.lesion(*before)

    session.add(Act(lines=(f"net.restore({literal(part) if part else ''})",), undo=undo if restored else None))


def set_weight(session: InspectorSession, name: str, value: float) -> None:
    """Set the weight of a connection."""
    connection = _one_connection(session, name)
    before, code = connection.weight.value, _connection_code(session, connection)
    connection.weight.value = value

    def undo() -> None:
        connection.weight.value = before

    session.add(Act(lines=(f"{code}.weight.value = {value!r}",), undo=undo), is_rewired=False)


def clamp(session: InspectorSession, unit: str, value: float | None) -> None:
    """Clamp a unit in all training and testing cases, or end that."""
    before = session.examples, session.testing
    name = session.network.unit(unit).name
    session.examples = session.examples.clamped(session.network, {name: value})
    lines = [f"examples = examples.clamped(net, {{{literal(name)}: {literal(value)}}})"]
    if session.testing is not None:
        session.testing = session.testing.clamped(session.network, {name: value})
        lines.append(f"testing = testing.clamped(net, {{{literal(name)}: {literal(value)}}})")

    def undo() -> None:
        session.examples, session.testing = before

    session.add(Act(lines=tuple(lines), undo=undo))


def tie(session: InspectorSession, connections: list[str]) -> None:
    """Make connections share the weight of the first. It begins a new run, since the memory of the rule belongs to other weights."""
    network, weights, ties = session.network, weights_undo(session), present_ties(session.network._wiring)
    network.tie(connections)

    def undo() -> None:
        restore_ties(network._wiring, ties)
        weights.restore()

    session.training.begin_run(session.training.epoch, drop=True)
    line = f"net.tie({literal(connections)})"
    session.add(Act(lines=(line,), undo=undo, size=weights.size, begins=_begun(session)))


def randomize(session: InspectorSession, size: float, seed: int) -> None:
    """Draw all trainable weights, and begin a new run."""
    network, weights, before = session.network, weights_undo(session), (session.network.seed, session.network._drawn_seed)
    network.randomize(size, seed=seed)

    def undo() -> None:
        weights.restore()
        network.seed, network._drawn_seed = before

    session.training.begin_run(0, drop=True)
    session.add(Act(lines=(f"net.randomize({size!r}, seed={seed})",), undo=undo, size=weights.size, begins=_begun(session)))


def go_to_epoch(session: InspectorSession, epoch: int) -> None:
    """Give the network the weights of a kept epoch, and begin a new run there."""
    training = session.training
    moment = training.history.find(epoch)
    if moment is None:
        raise UnknownNameError(f"go_to_epoch: the weights of epoch {epoch} are not kept")
    weights = weights_undo(session)
    training.pause()
    session.network.weight_values = moment.values
    training.begin_run(epoch)
    line = f"net.weight_values = {saved_name(moment.run, moment.epoch)}"
    session.add(Act(lines=(line,), undo=weights.restore, size=weights.size, saves=((moment.run, moment.epoch),)), is_rewired=False)


def set_rule(session: InspectorSession, name: str, parameters: dict[str, Any]) -> None:
    """Use another rule for the next epochs. A schedule of the rule before ends."""
    rule, training = make_rule(name, **parameters), session.training
    phases, in_script = training.phases, training.rule_in_script
    training.change_phase(rule=rule, schedule=None)
    training.rule_in_script = rule

    def undo() -> None:
        training.phases, training.rule_in_script = phases, in_script

    session.add(Act(lines=(f"rule = {rule_code(rule)}",), undo=undo))


def set_schedule(session: InspectorSession, update_after: int | None, order: str) -> None:
    """Change weights at other times, or present the examples in another order, in the next epochs."""
    training = session.training
    settings = {"update_after": "epoch" if update_after is None else update_after, "order": order}
    phases = training.phases
    training.change_phase(**settings)

    def undo() -> None:
        training.phases = phases

    line = f"# the next epochs have {', '.join(f'{name}={literal(value)}' for name, value in settings.items())}"
    session.add(Act(lines=(line,), undo=undo))


def arrange(session: InspectorSession, name: str, position: tuple[float | None, float | None], columns: int | None) -> None:
    """Place a group."""
    group = session.network[name]
    before = group.position, group.columns
    x, y = position
    if (x is None) != (y is None):
        raise ParameterError("arrange: must have both x and y, or neither")
    place = None if x is None or y is None else (x, y)
    try:
        group.position, group.columns = place, columns
    except ParameterError:
        group.position, group.columns = before  # the place is the old one if the columns are too many
        raise
    changed = [(key, value) for key, value, old in zip(("position", "columns"), (place, columns), before, strict=True) if value != old]
    if not changed:
        return

    def undo() -> None:
        group.position, group.columns = before

    lines = []
    for key, value in changed:
        code = f"({value[0]!r}, {value[1]!r})" if isinstance(value, tuple) else repr(value)
        lines.append(f"net[{literal(group.name)}].{key} = {code}")
    session.add(Act(lines=tuple(lines), undo=undo))


def _begun(session: InspectorSession) -> tuple[int, int]:
    return session.training.number, session.training.base


def _one_connection(session: InspectorSession, name: str) -> Connection:
    found: list[Any] = find_parts(session.network._wiring, name)
    if isinstance(found[0], Unit):
        raise UnknownNameError(f"{name!r} is no connection; name both ends, as in 'input:0 → hidden:0'")
    if len(found) > 1:
        raise UnknownNameError(f"{name!r} means {len(found)} connections; name one, such as {connection_name(found[0])!r}")
    connection: Connection = found[0]
    return session.network.connection(connection.sender, connection.receiver, connection.delay)  # an error if it is lesioned


def _connection_code(session: InspectorSession, connection: Connection) -> str:
    ends = f"{literal(connection.sender.name)}, {literal(connection.receiver.name)}"
    alone = connection is session.network.connection(connection.sender, connection.receiver)
    return f"net.connection({ends})" if alone else f"net.connection({ends}, {connection.delay})"
