"""What one moment shows, and the other messages that a page gets without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.probes import DERIVATIVES
from connectionist.errors import ParameterError
from connectionist.inspector.case_states import QUANTITIES
from connectionist.inspector.messages import Frame, Log, Script, Watch
from connectionist.inspector.unit_lines import flags, lines_of, weights_by_unit

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.learning.run import Run
    from connectionist.utils.arrays import Array


MOST_ROWS = 2000  # of the log in one message


class Frames:
    """Makes frames of a session. What several pages see of one moment is computed once."""

    def __init__(self, session: InspectorSession) -> None:
        self.session = session
        self._flags: tuple[int, Array] = (-1, np.empty(0))

    def frame(self, watch: Watch) -> Frame:
        """Return the present moment as a page watches it."""
        session, training = self.session, self.session.training
        run = training.live or training.run
        ran = run is not None and run.epochs > 0
        return Frame(
            epoch=training.epoch,
            training=training.is_wanted,
            case=session.case,
            epoch_error=run.error if run is not None and ran else None,
            epoch_correct=run.correct if run is not None and ran and not session.origin.judges_cases else None,
            quantity=watch.quantity,
            unit=watch.unit,
            stop=session.walk.describe() if session.walk else None,
            seconds_per_epoch=training.seconds_per_epoch,
            arrays=self.arrays(session.shown_states(backward=watch.quantity in DERIVATIVES), watch.quantity, watch.unit),
        )

    def arrays(self, states: Array, quantity: str, unit: str) -> dict[str, Array]:
        """Return the arrays of a frame, given the quantities of all units [tick, quantity, unit]."""
        network = self.session.network
        if quantity in QUANTITIES:
            values = states[:, QUANTITIES.index(quantity)]
        elif unit:
            values = weights_by_unit(network, unit, quantity)[np.newaxis]
        else:
            values = np.full((1, states.shape[-1]), np.nan)
        lines = {name: lines_of(network, unit, name).table(network) if unit else np.empty((0, 3)) for name in ("incoming", "outgoing")}
        return {"values": values, "targets": states[:, QUANTITIES.index("target")], "flags": self._unit_flags(), **lines}

    def _unit_flags(self) -> Array:
        if self._flags[0] != self.session.version:
            self._flags = self.session.version, flags(self.session)
        return self._flags[1]

    def log(self, run: int, epoch: int) -> Log:
        """Return the log from an epoch of a run on, which a page has so far; −1 for none. Runs share the epochs before the later one."""
        training = self.session.training
        live = training.live or training.run
        first = epoch if run == training.number and epoch <= training.epoch else min(epoch, training.base)
        first = max(0, first)
        arrays = self._rows(live, first)
        return Log(run=training.number, first=first + 1, kept=training.history.epochs, stopped=training.stopped, arrays=arrays)

    def _rows(self, run: Run | None, start: int) -> dict[str, Array]:
        """Return epochs, errors and fractions of correct examples from an epoch on, at most `MOST_ROWS` of them."""
        earlier, base = self.session.training.earlier, self.session.training.base
        count = base + (0 if run is None else run.epochs) - start
        numbers = start + np.unique(np.linspace(0, count - 1, min(count, MOST_ROWS)).astype(int))
        rows = np.array([earlier[number] for number in numbers[numbers < base].tolist()], float).reshape(-1, 2)
        if run is not None:
            rows = np.concatenate([rows, run._log_at(numbers[numbers >= base] - base)])
        errors, corrects = rows.T
        return {"epochs": numbers + 1.0, "errors": errors, "corrects": corrects}

    def script(self, lines: list[str]) -> Script:
        """Return the lines of the script from the first on that differs from those that a page has."""
        present = self.session.script_lines()
        same = next((n for n, (old, new) in enumerate(zip(lines, present, strict=False)) if old != new), min(len(lines), len(present)))
        return Script(first=same, lines=present[same:], undo=self.session.undo_line)


def check_watch(session: InspectorSession, watch: Watch) -> None:
    """Raise an error if a page watches a unit that does not exist, or with a negative gap."""
    if watch.gap < 0:
        raise ParameterError(f"watch.gap: must be at least 0 (got {watch.gap:g})")
    if watch.unit:
        session.network.unit(watch.unit)
