"""Steps through the case that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError
from connectionist.inspector.editing import weights_undo
from connectionist.inspector.object_pass import number_by_unit, object_states
from connectionist.inspector.python_code import rule_code
from connectionist.inspector.script import Act
from connectionist.stepper.step import step
from connectionist.stepper.stop import Stop

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

SHOWN_LINES = 12  # of the text of a stop


@dataclass(eq=False)
class Walk:
    """A walk through one case.

    Attributes
    ----------
    network : Network
    by : {"unit", "group", "tick"}
    stops : iterator of Stop
    total : int
        Number of stops of the whole case.
    number : int
        Number of the present stop, from 1.
    stop : Stop
    """

    network: Network
    by: str
    stops: Iterator[Stop]
    total: int
    number: int
    stop: Stop

    def go_on(self) -> bool:
        """Go to the next stop. Return whether there is one."""
        stop = next(self.stops, None)
        if stop is None:
            return False
        self.stop, self.number = stop, self.number + 1
        return True

    def states(self) -> Array:
        """Return what the objects show, [tick, quantity, unit]."""
        return object_states(self.network, self.network.unrolled or self.network)

    def describe(self) -> dict[str, Any]:
        """Return the stop as `Frame.stop`."""
        numbers = number_by_unit(self.network)
        units = [self.network.unit(_folded(unit.name)) for unit in self.stop.units]
        lines = self.stop.text.split("\n")
        return {
            "phase": self.stop.phase,
            "text": "\n".join(lines[:SHOWN_LINES] + ([f"and {len(lines) - SHOWN_LINES} more"] if len(lines) > SHOWN_LINES else [])),
            "units": [numbers[unit] for unit in units],
            "tick": self.stop.tick,
            "first": self.number == 1,
            "last": self.number == self.total,
        }


def _folded(name: str) -> str:
    """Return the name of the unit of which this is the copy at a tick."""
    before, at, tick = name.rpartition("@")
    return before if at and tick.lstrip("-").isdecimal() else name


def step_within(session: InspectorSession, by: str, *, back: bool) -> None:
    """Go to the next or previous stop of the case that is shown."""
    walk = session.walk
    if walk is not None and walk.by == by and not back and walk.go_on():
        session.changed(is_rewired=False)
        return
    number = walk.number - 1 if walk is not None and walk.by == by and back else 1
    session.walk = _walk_to(session, by, max(1, number), walk)
    session.changed(is_rewired=False)


def _walk_to(session: InspectorSession, by: str, number: int, before: Walk | None) -> Walk:
    """Return a new walk at a stop."""
    total = before.total if before is not None and before.by == by else sum(1 for _ in _stops(session, by))
    stops = _stops(session, by)
    stop = next(stops)
    walk = Walk(session.network, by, stops, total, 1, stop)
    while walk.number < number and walk.go_on():
        pass
    return walk


def _stops(session: InspectorSession, by: str, **options: Any) -> Iterator[Stop]:
    example = session.example
    if not session.network.in_time and by == "tick":
        raise ParameterError(f"step.by: must be 'unit' or 'group', since {session.network.name} does not run in time (got 'tick')")
    if example.continues or example.error_weight != 1.0:
        return step(session.network, example.inputs, example.targets, by=by, **options)
    return step(session.network, example, by=by, **options)


def change_weights(session: InspectorSession) -> None:
    """Change the weights by the derivatives of the case that is shown alone, from a rule without memory."""
    rule = session.training.phase[0].rule
    example, undo = session.example, weights_undo(session)
    for _ in _stops(session, "group", rule=rule):
        pass
    code = session.case_code(session.case) if session.case >= 0 else "entered"
    is_plain = not example.continues and example.error_weight == 1.0
    arguments = code if is_plain else f"{code}.inputs, {code}.targets"
    lines = (f'for stop in cn.step(net, {arguments}, rule={rule_code(rule)}, by="group"):', "    pass")
    session.add(Act(lines=lines, undo=undo.restore, size=undo.size), is_rewired=False)
