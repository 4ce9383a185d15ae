"""Steps through the case that is shown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.inspector.case_states import QUANTITIES
from connectionist.inspector.editing import weights_undo
from connectionist.inspector.object_pass import number_by_unit, object_states, state_before
from connectionist.inspector.python_code import rule_code
from connectionist.inspector.script import Act
from connectionist.stepper.step import walk_case
from connectionist.stepper.stop import Stop

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

SHOWN_LINES = 12  # of the text of a stop
COMPUTED = {
    "clamp": ("activation",),
    "forward": ("activation", "net_input"),
    "compare": ("target", "activation_derivative"),
    "backward": ("activation_derivative", "net_derivative"),
    "change": (),
}


class Walk:
    """A walk through one case.

    Parameters
    ----------
    network : Network
    by : {"unit", "group", "tick"}
    stops : iterator of Stop
    total : int
        Number of stops of the whole case.

    Attributes
    ----------
    number : int
        Number of the present stop, from 1.
    stop : Stop
    running : Network
        The network in which the case runs: `network` or, in time, its copies.
    """

    def __init__(self, network: Network, by: str, stops: Iterator[Stop], total: int) -> None:
        self.network, self.by, self.stops, self.total = network, by, stops, total
        self.stop, self.number = next(stops), 1
        self.running = network.unrolled or network
        shape = self.running.ticks or 1, len(network.units)
        self._is_done = {name: np.zeros(shape, bool) for name in QUANTITIES}
        self._note()

    def go_on(self) -> bool:
        """Go to the next stop. Return whether there is one."""
        stop = next(self.stops, None)
        if stop is None:
            return False
        self.stop, self.number = stop, self.number + 1
        self._note()
        return True

    def covers(self, other: Walk) -> bool:
        """Return whether all that another walk has computed so far is computed here too."""
        return all((self._is_done[name] >= other._is_done[name]).all() for name in QUANTITIES)

    def _note(self) -> None:
        """Note the quantities that were computed for the present stop."""
        numbers, computed = number_by_unit(self.network), COMPUTED[self.stop.phase]
        for unit in self.stop.units:
            tick = 0 if unit.group.tick is None else unit.group.tick - 1
            for name in computed if tick >= 0 else ():
                self._is_done[name][tick, numbers[self.network.unit(_folded(unit))]] = True

    def states(self) -> Array:
        """Return what the objects show, [tick, quantity, unit]; NaN for what was not computed yet."""
        shown = object_states(self.network, self.running)
        is_done = np.stack([self._is_done[name] for name in QUANTITIES], axis=1)
        bias = self.network["bias"].units[0]
        is_done[:, 0, number_by_unit(self.network)[bias]] = True
        return np.where(is_done, shown, np.nan)

    def describe(self) -> dict[str, Any]:
        """Return the stop as `Frame.stop`."""
        numbers = number_by_unit(self.network)
        units = [self.network.unit(_folded(unit)) for unit in self.stop.units]
        lines = self.stop.text.split("\n")
        return {
            "phase": self.stop.phase,
            "text": "\n".join(lines[:SHOWN_LINES] + ([f"and {len(lines) - SHOWN_LINES} more"] if len(lines) > SHOWN_LINES else [])),
            "units": [numbers[unit] for unit in units],
            "tick": self.stop.tick,
            "first": self.number == 1,
            "last": self.number == self.total,
        }


def _folded(unit: Unit) -> str:
    """Return the name of the unit, or of the unit of which it is the copy at a tick."""
    return unit.name if unit.group.tick is None else unit.name.rpartition("@")[0]


def step_within(session: InspectorSession, by: str, *, back: bool) -> None:
    """Go to the next or previous stop of the case that is shown."""
    walk = session.walk
    if walk is not None and walk.by == by and not back and walk.go_on():
        session.changed(is_rewired=False)
        return
    if walk is None or walk.by == by:
        session.walk = _walk_to(session, by, max(1, walk.number - 1) if walk is not None and back else 1, walk)
    else:
        session.walk = _walk_on(session, by, walk, back=back)
    session.changed(is_rewired=False)


def _walk_on(session: InspectorSession, by: str, before: Walk, *, back: bool) -> Walk:
    """Return a walk by other steps, at the first stop that is further than another walk; with `back` at the last that is not as far."""
    walk = _walk_to(session, by, 1, None)
    while not walk.covers(before) and walk.go_on():
        pass
    if back:
        return _walk_to(session, by, max(1, walk.number - 1), walk)
    if before.covers(walk):
        walk.go_on()
    return walk


def _walk_to(session: InspectorSession, by: str, number: int, before: Walk | None) -> Walk:
    """Return a new walk at a stop."""
    total = before.total if before is not None and before.by == by else sum(1 for _ in _stops(session, by))
    walk = Walk(session.network, by, _stops(session, by), total)
    while walk.number < number and walk.go_on():
        pass
    return walk


def _stops(session: InspectorSession, by: str, **options: Any) -> Iterator[Stop]:
    example = session.example
    if not session.network.in_time and by == "tick":
        raise ParameterError(f"step.by: must be 'unit' or 'group', since {session.network.name} does not run in time (got 'tick')")
    before = None if "rule" in options else state_before(session)
    stops = walk_case(session.network, example, example.targets, by=by, before=before, **options)
    return stops if session.has_target or options else takewhile(lambda stop: stop.phase in ("clamp", "forward"), stops)


def change_weights(session: InspectorSession) -> None:
    """Change the weights by the derivatives of the case that is shown alone, from a rule without memory."""
    rule = session.training.phase[0].rule
    example, undo = session.example, weights_undo(session)
    for _ in _stops(session, "group", rule=rule):
        pass
    code = session.case_code(session.case) if session.case >= 0 else "entered"
    is_plain = not example.continues and example.error_weight == 1.0
    shown = code if is_plain else f"cn.Example({code}.inputs, {code}.targets, clamps={code}.clamps)"
    note = "  # from the initial state" if example.continues else ""
    lines = (f'for stop in cn.step(net, {shown}, rule={rule_code(rule)}, by="group"):{note}', "    pass")
    session.add(Act(lines=lines, undo=undo.restore, size=undo.size), is_rewired=False)
