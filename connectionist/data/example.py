"""One example: a pattern of inputs with its targets, or a sequence of such patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.data.event import Event, expand_events
from connectionist.errors import DataError, check_flag, check_number
from connectionist.utils.arrays import Array, as_numbers
from connectionist.utils.counts import describe_count
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating


@dataclass(frozen=True, eq=False, repr=False)
class Example(HtmlRepr):
    """A named pair of inputs and targets, or a sequence of pairs, one per tick (see `sequence` and `of_events`).

    Parameters
    ----------
    inputs : array_like [input unit] or [tick, input unit]
        Finite numbers. A sequence has at least one tick.
    targets : array_like [output unit] or [tick, output unit]
        NaN means "no target".
    name : str
        Name in tables, plots and messages.
    frequency : float
        Relative frequency of presentation when the order is "sampled", above 0.
    continues : bool
        Whether a sequence starts from the state in which the previous example left the network, instead of from the initial state. The
        first example of an epoch continues the last of the epoch before; the very first starts from the initial state. Error derivatives
        are not propagated back into the previous example.
    error_weight : float
        Factor of E and of its derivatives in this example, above 0.
    clamps : dict of group name to array_like [unit] or [tick, unit]
        Activations to which units of hidden or output groups are clamped; NaN for a unit that is not clamped. A clamped unit has no
        error, and no derivative goes back through it.

    Raises
    ------
    ParameterError
        If `frequency`, `continues` or `error_weight` is out of range.
    DataError
        If an input is not finite, if a target is infinite, if inputs and targets differ in their number of ticks, or if an example without
        ticks continues another.
    """

    inputs: Array
    targets: Array
    name: str = ""
    _: KW_ONLY
    frequency: float = 1.0
    continues: bool = False
    error_weight: float = 1.0
    clamps: Mapping[str, Any] = field(default_factory=dict)  # arrays

    def __post_init__(self) -> None:
        what = _name_in_messages(self.name)
        check_number("Example", "frequency", self.frequency, above=0)
        check_flag("Example", "continues", self.continues)
        if self.error_weight != 1.0:
            check_number("Example", "error_weight", self.error_weight, above=0)
        for table in ("inputs", "targets"):
            object.__setattr__(self, table, as_table(getattr(self, table), f"{what}, {table}", "[unit]", "[tick, unit]"))
        _check_values(~np.isfinite(self.inputs), self.inputs, f"{what}, input", "finite")
        _check_values(np.isinf(self.targets), self.targets, f"{what}, target", "finite, or NaN for none")
        if self.inputs.shape[:-1] != self.targets.shape[:-1]:
            raise DataError(
                f"{what}: inputs and targets must have the same ticks (got {_ticks_text(self.inputs)} and {_ticks_text(self.targets)})"
            )
        if self.ticks == 0:
            raise DataError(f"{what}: needs at least one tick (got none)")
        if self.continues and self.ticks is None:
            raise DataError(f"{what}: only a sequence can continue the example before (its inputs have no ticks)")
        if self.clamps or not isinstance(self.clamps, dict):
            object.__setattr__(self, "clamps", _read_clamps(self.clamps, self.inputs, what))

    @property
    def ticks(self) -> int | None:
        """Number of ticks; None for a single pattern."""
        return len(self.inputs) if self.inputs.ndim > 1 else None

    @classmethod
    def sequence(
        cls,
        inputs: npt.ArrayLike,
        targets: npt.ArrayLike | Mapping[int, npt.ArrayLike],
        name: str = "",
        *,
        frequency: float = 1.0,
        continues: bool = False,
        error_weight: float = 1.0,
        clamps: Mapping[str, npt.ArrayLike] | None = None,
    ) -> Example:
        """Return an example with one pattern per tick.

        Parameters
        ----------
        inputs : array_like [tick, input unit]
        targets : array_like [tick, output unit], or dict of tick to array_like [output unit]
            NaN means "no target" for that unit at that tick. The keys of a dict are the ticks with targets, from 1.
        name, frequency, continues, error_weight, clamps
            As for `Example`.

        Returns
        -------
        Example

        Raises
        ------
        ParameterError
            As for `Example`.
        DataError
            If the inputs have no ticks, if a tick with targets does not exist, or as for `Example`.

        Examples
        --------
        >>> Example.sequence([[1.0], [0.0], [0.0]], {3: [1.0]}).targets.ravel()
        array([nan, nan,  1.])
        """
        what = _name_in_messages(name)
        rows = as_table(inputs, f"{what}, inputs", "[tick, unit]")
        if isinstance(targets, Mapping):
            target_rows = _targets_at_ticks(targets, len(rows), what)
        else:
            target_rows = as_table(targets, f"{what}, targets", "[tick, unit]")
        return cls(
            rows,
            target_rows,
            name,
            frequency=frequency,
            continues=continues,
            error_weight=error_weight,
            clamps={} if clamps is None else clamps,
        )

    @classmethod
    def of_events(
        cls, events: Iterable[Event], name: str = "", *, frequency: float = 1.0, continues: bool = False, ticks_per_time: int = 1
    ) -> Example:
        """Return an example made of events, each a pattern held for some time.

        Parameters
        ----------
        events : iterable of Event
            At least one, and at least one with targets.
        name, frequency, continues
            As for `Example`.
        ticks_per_time : int
            Ticks per unit of time, at least 1.

        Returns
        -------
        Example

        Raises
        ------
        ParameterError
            If `ticks_per_time` is out of range, or as for `Example`.
        DataError
            If there is no event or no target, if events differ in their number of inputs or targets, or if an event is shorter than half
            a tick.
        MemoryLimitError
            If the ticks would not fit in memory.

        Examples
        --------
        >>> Example.of_events([Event([1.0], time=2, stays=False), Event([0.0], [1.0])]).inputs.ravel()
        array([1., 0., 0.])
        """
        inputs, targets = expand_events(events, ticks_per_time, _name_in_messages(name))
        return cls(inputs, targets, name, frequency=frequency, continues=continues)

    def __repr__(self) -> str:
        ticks = "" if self.ticks is None else f", {describe_count(self.ticks, 'tick')}"
        inputs, targets = describe_count(self.inputs.shape[-1], "input"), describe_count(self.targets.shape[-1], "target")
        return f"<Example {self.name or 'without a name'}: {inputs}, {targets}{ticks}>"


def as_table(values: npt.ArrayLike, what: str, *shapes: str) -> Array:
    """Return a user's values as a new array with the number of dimensions of one of the shapes.

    Parameters
    ----------
    values : array_like
    what : str
        Name of the values in the error message.
    *shapes : str
        Allowed shapes, with the names of the axes: ``"[unit]"``, ``"[tick, unit]"``.

    Returns
    -------
    float64 array

    Raises
    ------
    DataError
        If the values are not numbers or have another number of dimensions.
    """
    array = as_numbers(values, what)
    if array.ndim not in [shape.count(",") + 1 for shape in shapes]:
        raise DataError(
            f"{what}: must be of shape {' or '.join(shapes)} (got {describe_count(array.ndim, 'dimension')}, shape {array.shape})"
        )
    return array


def _name_in_messages(name: str) -> str:
    return f"example {name!r}" if name else "example"


def _read_clamps(clamps: Mapping[str, npt.ArrayLike], inputs: Array, what: str) -> dict[str, Array]:
    """Return the clamped activations by group, with the ticks of the inputs."""
    if not isinstance(clamps, Mapping):
        raise DataError(f"{what}, clamps: must be a dict of group name to activations (got {clamps!r:.80})")
    shape = "[unit]" if inputs.ndim == 1 else "[tick, unit]"
    tables = {name: as_table(values, f"{what}, clamps of group {name!r}", shape) for name, values in clamps.items()}
    for name, table in tables.items():
        _check_values(np.isinf(table), table, f"{what}, clamp of group {name!r}", "finite, or NaN for none")
        if table.shape[:-1] != inputs.shape[:-1]:
            raise DataError(
                f"{what}, clamps of group {name!r}: must have the same ticks as the inputs "
                f"(got {_ticks_text(table)} and {_ticks_text(inputs)})"
            )
    return tables


def _targets_at_ticks(targets: Mapping[int, npt.ArrayLike], ticks: int, what: str) -> Array:
    rows = {tick: as_table(row, f"{what}, targets at tick {tick!r}", "[unit]") for tick, row in targets.items()}
    if not rows:
        raise DataError(f"{what}: must have a target at one tick or more (got none)")
    width = len(next(iter(rows.values())))
    with allocating(NUMBER_BYTES * ticks * width, f"{what}: {ticks} ticks of {width} targets"):
        table = np.full((ticks, width), np.nan)
    for tick, row in rows.items():
        if not hasattr(tick, "__index__") or isinstance(tick, bool) or not 1 <= tick <= ticks:
            raise DataError(f"{what}, targets: the ticks must be whole numbers from 1 to {ticks} (got {tick!r})")
        if len(row) != table.shape[1]:
            raise DataError(f"{what}: must have {describe_count(table.shape[1], 'target')} at each tick (got {len(row)} at tick {tick})")
        table[tick - 1] = row
    return table


def _ticks_text(table: Array) -> str:
    return "no ticks" if table.ndim == 1 else f"{len(table)}"


def _check_values(wrong: npt.NDArray[np.bool_], values: Array, what: str, allowed: str) -> None:
    if wrong.any():
        *tick, place = (int(at[0]) for at in np.nonzero(wrong))
        when = f" at tick {tick[0] + 1}" if tick else ""
        raise DataError(f"{what} {place}{when}: must be {allowed} (got {values[(*tick, place)]})")
