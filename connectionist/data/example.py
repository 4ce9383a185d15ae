"""One thing to learn: a pattern of inputs with its targets, or a sequence of such patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from connectionist.data.event import Event, expand_events
from connectionist.errors import DataError, check_flag, check_number
from connectionist.utils.arrays import Array, as_numbers
from connectionist.utils.hooks import HtmlRepr


@dataclass(frozen=True, eq=False, repr=False)
class Example(HtmlRepr):
    """One input–target pair with a name; or a sequence of them, tick by tick (see `sequence` and `of_events`).

    Parameters
    ----------
    inputs : array_like [input unit] or [tick, input unit]
        Finite numbers.
    targets : array_like [output unit] or [tick, output unit]
        NaN means "no target".
    name : str
        Its name in tables, plots and messages.
    frequency : float
        How often it is drawn, relative to the others, when the order is "sampled"; above 0.
    continues : bool
        Of a sequence: whether the network goes on from the state in which the example presented before left it, if any was, instead
        of from its initial state. The first of an epoch goes on from the last of the epoch before. No error goes back into the
        example before.

    Raises
    ------
    DataError
        When an input is not finite, a target is infinite, or inputs and targets differ in their number of ticks.
    """

    inputs: Array
    targets: Array
    name: str = ""
    frequency: float = 1.0
    continues: bool = False

    def __post_init__(self) -> None:
        what = f"example {self.name!r}"
        check_number("Example", "frequency", self.frequency, above=0)
        check_flag("Example", "continues", self.continues)
        for field in ("inputs", "targets"):
            object.__setattr__(self, field, numbers(getattr(self, field), f"{what}, {field}", "[unit]", "[tick, unit]"))
        _check(~np.isfinite(self.inputs), self.inputs, f"{what}, input", "finite")
        _check(np.isinf(self.targets), self.targets, f"{what}, target", "finite, or NaN for none")
        if self.inputs.shape[:-1] != self.targets.shape[:-1]:
            raise DataError(
                f"{what}: inputs and targets must have the same ticks (got {_ticks_text(self.inputs)} and {_ticks_text(self.targets)})"
            )
        if self.ticks == 0:
            raise DataError(f"{what}: needs at least one tick (got none)")
        if self.continues and self.ticks is None:
            raise DataError(f"{what}: only a sequence can continue the example before (its inputs have no ticks)")

    @property
    def ticks(self) -> int | None:
        """How many ticks it has; None for a single pattern."""
        return len(self.inputs) if self.inputs.ndim > 1 else None

    @classmethod
    def sequence(
        cls,
        inputs: npt.ArrayLike,
        targets: npt.ArrayLike | Mapping[int, npt.ArrayLike],
        name: str = "",
        frequency: float = 1.0,
        continues: bool = False,
    ) -> Example:
        """Make an example of a pattern for each tick.

        Parameters
        ----------
        inputs : array_like [tick, input unit]
        targets : array_like [tick, output unit], or dict of tick to array_like [output unit]
            NaN means "no target" for that unit at that tick. A dict has the ticks, from 1, at which something is asked for.
        name, frequency, continues
            As for `Example`.

        Raises
        ------
        DataError
            When the inputs have no ticks, or there are targets for a tick that does not exist.

        Examples
        --------
        >>> Example.sequence([[1.0], [0.0], [0.0]], {3: [1.0]}).targets.ravel()
        array([nan, nan,  1.])
        """
        what = f"example {name!r}"
        table = numbers(inputs, f"{what}, inputs", "[tick, unit]")
        goals = (
            _at_ticks(targets, len(table), what) if isinstance(targets, Mapping) else numbers(targets, f"{what}, targets", "[tick, unit]")
        )
        return cls(table, goals, name, frequency, continues)

    @classmethod
    def of_events(
        cls, events: Iterable[Event], name: str = "", frequency: float = 1.0, continues: bool = False, ticks_per_time: int = 1
    ) -> Example:
        """Make an example of events, each a pattern held for some time.

        Parameters
        ----------
        events : iterable of Event
        name, frequency, continues
            As for `Example`.
        ticks_per_time : int
            How many ticks a unit of time has, at least 1.

        Raises
        ------
        DataError
            When there is no event, or events differ in their number of inputs or targets.

        Examples
        --------
        >>> Example.of_events([Event([1.0], time=2, stays=False), Event([0.0], [1.0])]).inputs.ravel()
        array([1., 0., 0.])
        """
        return cls(*expand_events(events, ticks_per_time, f"example {name!r}"), name, frequency, continues)

    def __repr__(self) -> str:
        ticks = "" if self.ticks is None else f", {self.ticks} ticks"
        return f"<Example {self.name or 'without a name'}: {self.inputs.shape[-1]} inputs, {self.targets.shape[-1]} targets{ticks}>"


def numbers(values: npt.ArrayLike, what: str, *shapes: str) -> Array:
    """Return a new array of what was given, if it has as many dimensions as one of the shapes names, as in ``"[tick, unit]"``.

    Raises
    ------
    DataError
        For anything else.
    """
    array = as_numbers(values, what)
    if array.ndim not in [shape.count(",") + 1 for shape in shapes]:
        raise DataError(f"{what}: must be of shape {' or '.join(shapes)} (got {array.ndim} dimensions, shape {array.shape})")
    return array


def _at_ticks(targets: Mapping[int, npt.ArrayLike], ticks: int, what: str) -> Array:
    rows = {tick: numbers(row, f"{what}, targets at tick {tick!r}", "[unit]") for tick, row in targets.items()}
    if not rows:
        raise DataError(f"{what}: needs targets at one tick at least (got none)")
    goals = np.full((ticks, len(next(iter(rows.values())))), np.nan)
    for tick, row in rows.items():
        if not hasattr(tick, "__index__") or not 1 <= tick <= ticks:
            raise DataError(f"{what}: targets at tick {tick!r}, but it has ticks 1 to {ticks}")
        if len(row) != goals.shape[1]:
            raise DataError(f"{what}: must have {goals.shape[1]} targets at each tick (got {len(row)} at tick {tick})")
        goals[tick - 1] = row
    return goals


def _ticks_text(table: Array) -> str:
    return "no ticks" if table.ndim == 1 else f"{len(table)}"


def _check(wrong: npt.NDArray[np.bool_], values: Array, what: str, allowed: str) -> None:
    if wrong.any():
        *tick, place = (int(at[0]) for at in np.nonzero(wrong))
        when = f" at tick {tick[0] + 1}" if tick else ""
        raise DataError(f"{what} {place}{when}: must be {allowed} (got {values[(*tick, place)]})")
