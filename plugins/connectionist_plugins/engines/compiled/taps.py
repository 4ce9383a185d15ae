"""What is to be recorded, as the columns that the kernels keep, and the records that come of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from connectionist.examples import ExampleSet
from connectionist.network import Network
from connectionist.state import Array
from connectionist.taps import Tap, UnitTap, Wanted, WeightTap
from connectionist.unit import Unit
from connectionist_plugins.engines.compiled import tapping
from connectionist_plugins.engines.compiled.arguments import Taps, Whole
from connectionist_plugins.engines.compiled.program import Program

SOURCES = {
    "net_input": tapping.NET_INPUT,
    "activation": tapping.ACTIVATION,
    "net_derivative": tapping.NET_DERIVATIVE,
    "activation_derivative": tapping.ACTIVATION_DERIVATIVE,
    "target": tapping.TARGET,
    "value": tapping.VALUE,
    "derivative": tapping.DERIVATIVE,
    "change": tapping.CHANGE,
}
NO_ROWS = np.zeros(0, np.int64)
NO_TAPS = Taps(NO_ROWS.reshape(0, 7), NO_ROWS.reshape(0, 0), NO_ROWS, NO_ROWS, NO_ROWS, np.zeros(0))


def keeps_derivatives(taps: Sequence[Tap], network: Network) -> bool:
    """Return whether kernels must keep ∂E/∂y, or sums of ∂E/∂x where errors come by several times, beside what they compute anyway."""
    wanted = {quantity for tap in taps if isinstance(tap, UnitTap) for quantity in tap.quantities}
    return "activation_derivative" in wanted or ("net_derivative" in wanted and network.ticks_back is not None)


class Records:
    """Room for what taps keep in some epochs, and the tables by which kernels find it.

    Parameters
    ----------
    taps : sequence of UnitTap or WeightTap
    wanted : bool array [tap, epoch]
    program : Program
    network : Network
    examples : ExampleSet
    changes : int
        Of the weights in an epoch.
    """

    def __init__(
        self, taps: Sequence[Tap], wanted: Wanted, program: Program, network: Network, examples: ExampleSet, changes: int = 1
    ) -> None:
        self.taps, self.wanted, self.network, self.examples = taps, wanted, network, examples
        counts = wanted.sum(axis=1)
        self.rooms = [
            tap.room(count, examples.ticks) if isinstance(tap, UnitTap) else tap.room(count, changes)
            for tap, count in zip(taps, counts.tolist(), strict=True)
        ]
        columns = [_columns(tap, program, network) for tap in taps]
        sources, rows = (np.concatenate([NO_ROWS, *(each[side] for each in columns)]) for side in (0, 1))
        self.arguments = Taps(
            plan=self._plan([len(each[0]) for each in columns]),
            records=np.where(wanted, np.cumsum(wanted, axis=1) - 1, -1).astype(np.int64),
            sources=sources,
            rows=rows,
            slots=np.concatenate([NO_ROWS, *(self._slots(tap) for tap in taps)]),
            out=np.full(sum(room.size for room in self.rooms), np.nan),
        )

    def of_epochs(self, done: int) -> list[Array]:
        """Return the records of the first so many epochs, one array for each tap."""
        found, at = [], 0
        for tap, room, wanted in zip(self.taps, self.rooms, self.wanted, strict=True):
            room[...] = self.arguments.out[at : at + room.size].reshape(room.shape)
            at += room.size
            if isinstance(tap, UnitTap):
                self._add_up_bias(tap, room)
            found.append(room[: int(wanted[:done].sum())])
        return found

    def _plan(self, columns: list[int]) -> Whole:
        """Return a row for each tap: see `Taps.plan`."""
        plan = np.zeros((len(self.taps), 7), np.int64)
        column = slot = at = 0
        for number, (tap, room) in enumerate(zip(self.taps, self.rooms, strict=True)):
            if isinstance(tap, UnitTap):
                plan[number] = tapping.OF_UNITS, column, columns[number], slot, room.shape[1], room.shape[2], at
            else:
                kind = tapping.OF_CHANGES if tap.each_change else tapping.OF_EPOCHS
                plan[number] = kind, column, columns[number], slot, 0, room.shape[1], at
            column, at = column + columns[number], at + room.size
            slot += len(self.examples) if isinstance(tap, UnitTap) else 0
        return plan

    def _slots(self, tap: Tap) -> Whole:
        if isinstance(tap, WeightTap):
            return NO_ROWS
        slots = np.full(len(self.examples), -1, np.int64)
        slots[tap.cases] = np.arange(len(tap.cases))
        return slots

    def _add_up_bias(self, tap: UnitTap, room: Array) -> None:
        """Show ∂E/∂y of the unit that is always on as what it is: one unit at all ticks."""
        if "activation_derivative" in tap.quantities and self.examples.ticks:
            quantity = tap.quantities.index("activation_derivative")
            for number, unit in enumerate(tap.units):
                if unit.group.role == "bias":
                    at_each = room[:, :, :, quantity, number]
                    of_all = np.nansum(at_each, axis=2, keepdims=True)
                    room[:, :, :, quantity, number] = np.where(np.isnan(at_each), at_each, of_all)


def _columns(tap: Tap, program: Program, network: Network) -> tuple[Whole, Whole]:
    """Return for each column, quantity by quantity, where it comes from and which row it has there."""
    if isinstance(tap, WeightTap):
        pairs = [(SOURCES[quantity], weight.row) for quantity in tap.quantities for weight in tap.weights]
    else:
        outputs = dict(zip(network.schedule.outputs, program.wiring.targets.tolist(), strict=True))
        rows = program.room.rows_of(tap.units).tolist()
        pairs = [
            (_source(quantity, unit, outputs), outputs.get(unit, row) if quantity == "target" else row)
            for quantity in tap.quantities
            for unit, row in zip(tap.units, rows, strict=True)
        ]
    return np.array([source for source, _ in pairs], np.int64), np.array([row for _, row in pairs], np.int64)


def _source(quantity: str, unit: Unit, outputs: dict[Unit, int]) -> int:
    """Return where a quantity of a unit comes from; nothing is computed of units that are clamped, and hardly anything of lesioned ones."""
    if quantity == "target":
        return tapping.TARGET if unit in outputs else tapping.NO_TARGET
    if quantity == "activation":
        return tapping.ACTIVATION
    if unit.lesioned:
        return tapping.NOTHING
    if unit.group.clamped:
        return tapping.ACTIVATION_DERIVATIVE if quantity == "activation_derivative" else tapping.NOTHING
    return SOURCES[quantity]
