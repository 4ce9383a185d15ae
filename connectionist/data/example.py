"""One example: a pattern of inputs with its targets, or a sequence of such patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from connectionist.data.by_group import Sizes, Values, read_values
from connectionist.data.event import Event, event_slices, expand_events
from connectionist.errors import DataError, check_flag
from connectionist.utils.arrays import Array, as_table
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors
from connectionist.utils.finite_list import finite_list
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.real_number import plain_number
from connectionist.utils.unknown_attributes import OtherNames
from connectionist.utils.visible_text import shown


@with_assignment_errors
@dataclass(frozen=True, eq=False, repr=False)
class Example(HtmlRepr, OtherNames):
    """A named pair of inputs and targets, or a sequence of pairs, one per tick (see `sequence` and `of_events`).

    Parameters
    ----------
    inputs : array_like [input unit] or [tick, input unit], or dict of group name to array_like
        Finite numbers, in the order of the input groups or by group. A sequence has at least one tick.
    targets : array_like [output unit] or [tick, output unit], or dict of group name to array_like
        NaN means "no target".
    name : str
        Name in tables, plots and messages.
    frequency : float
        Relative frequency of presentation when the order is "sampled", above 0. Other orders present each example once per epoch.
    continues : bool
        Whether a sequence starts from the state in which the previous example left the network, instead of from the initial state. The
        first example of an epoch continues the last of the epoch before; the very first starts from the initial state. Error derivatives
        are not propagated back into the previous example.
    error_weight : float
        Factor of E and of its derivatives in this example, above 0.
    clamps : dict of group name to array_like [unit] or [tick, unit]
        Activations to which units of hidden or output groups are clamped; NaN for a unit that is not clamped. A clamped unit has no
        error, and no derivative goes back through it.
    input_groups, target_groups : dict of str to int, optional
        Number of units of each group, in the order of the array, if inputs and targets belong to groups. Dicts of `inputs` and `targets`
        become one array, and their sizes are here.
    event_lengths : sequence of int, optional
        Number of ticks of each event of a sequence, at least 1; `of_events` sets it. By default each tick is an event.

    Raises
    ------
    ParameterError
        If `frequency`, `continues` or `error_weight` is out of range.
    DataError
        If an input is not finite, if a target is infinite, if inputs, targets or groups differ in their number of ticks, or if an example
        without ticks continues another.

    Examples
    --------
    >>> example = Example({"item": [1, 0], "relation": [0, 1, 0]}, {"attribute": [1]}, "canary can")
    >>> example.inputs, example.input_groups
    (array([1., 0., 0., 1., 0.]), {'item': 2, 'relation': 3})
    """

    _elsewhere: ClassVar[Mapping[str, str]] = {
        "input": "inputs",
        "target": "targets",
        "output": "targets",
        "weight": "error_weight",
        "clamp": "clamps",
    }
    inputs: Any  # an array, made from what may also be a list or a dict by group
    targets: Any
    name: str = ""
    _: KW_ONLY
    frequency: float = 1.0
    continues: bool = False
    error_weight: float = 1.0
    clamps: Mapping[str, Any] = field(default_factory=dict)  # arrays
    input_groups: Sizes | None = None
    target_groups: Sizes | None = None
    event_lengths: Sequence[int] | None = None

    def __post_init__(self) -> None:
        what = _name_in_messages(self.name)
        keep_number(self, "Example", "frequency", above=0)
        object.__setattr__(self, "continues", check_flag("Example", "continues", self.continues))
        keep_number(self, "Example", "error_weight", above=0)
        for values, groups in (("inputs", "input_groups"), ("targets", "target_groups")):
            table, sizes = read_values(getattr(self, values), f"{what}, {values}", "[unit]", "[tick, unit]")
            object.__setattr__(self, values, table)
            object.__setattr__(self, groups, _check_sizes(sizes or getattr(self, groups), table, f"{what}, {groups}"))
        wrong = ~np.isfinite(self.inputs) if self.input_groups is None else np.isinf(self.inputs)  # a group may be hidden, and not clamped
        _check_values(wrong, self.inputs, f"{what}, input", "finite, since input units are always clamped; clamps= may have NaN")
        _check_values(np.isinf(self.targets), self.targets, f"{what}, target", "finite, or NaN for none")
        if self.inputs.shape[:-1] != self.targets.shape[:-1]:
            raise DataError(
                f"{what}: inputs and targets must have the same ticks (got {_ticks_text(self.inputs)} and {_ticks_text(self.targets)})"
            )
        if self.ticks == 0:
            raise DataError(f"{what}: needs at least one tick (got none)")
        if self.continues and self.ticks is None:
            raise DataError(f"{what}: only a sequence can continue the example before (its inputs have no ticks)")
        if self.event_lengths is not None:
            object.__setattr__(self, "event_lengths", _read_lengths(self.event_lengths, self.ticks, what))
        if self.clamps or not isinstance(self.clamps, dict):
            object.__setattr__(self, "clamps", _read_clamps(self.clamps, self.inputs, what))

    @property
    def ticks(self) -> int | None:
        """Number of ticks; None for a single pattern."""
        return len(self.inputs) if self.inputs.ndim > 1 else None

    @property
    def events(self) -> list[slice]:
        """The ticks of each event, as slices of the rows of `inputs` and `targets`; one slice for a single pattern."""
        return event_slices(self.ticks, self.event_lengths)

    @classmethod
    def sequence(
        cls,
        inputs: Values,
        targets: npt.ArrayLike | Mapping[Any, Any],
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
        inputs : array_like [tick, input unit], or dict of group name to array_like
        targets : array_like [tick, output unit], dict of tick to array_like [output unit], or dict of group name to one of these
            NaN means "no target" for that unit at that tick. Ticks with targets are numbered from 1.
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
        rows, input_groups = read_values(inputs, f"{what}, inputs", "[tick, unit]")
        target_rows, target_groups = read_values(at_all_ticks(targets, len(rows), what), f"{what}, targets", "[tick, unit]")
        return cls(
            rows,
            target_rows,
            name,
            frequency=frequency,
            continues=continues,
            error_weight=error_weight,
            clamps={} if clamps is None else clamps,
            input_groups=input_groups,
            target_groups=target_groups,
        )

    @classmethod
    def of_events(
        cls,
        events: Iterable[Event],
        name: str = "",
        *,
        frequency: float = 1.0,
        continues: bool = False,
        error_weight: float = 1.0,
        ticks_per_time: int = 1,
    ) -> Example:
        """Return an example made of events, each a pattern held for some time.

        Parameters
        ----------
        events : iterable of Event
            At least one, and at least one with targets.
        name, frequency, continues, error_weight
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
        inputs: Any
        targets: Any
        inputs, targets, lengths = expand_events(events, ticks_per_time, _name_in_messages(name))
        return cls(inputs, targets, name, frequency=frequency, continues=continues, error_weight=error_weight, event_lengths=lengths)

    def __repr__(self) -> str:
        ticks = "" if self.ticks is None else f", {describe_count(self.ticks, 'tick')}"
        inputs, targets = describe_count(self.inputs.shape[-1], "input"), describe_count(self.targets.shape[-1], "target")
        return f"<Example {self.name or 'without a name'}: {inputs}, {targets}{ticks}>"


def _name_in_messages(name: str) -> str:
    return f"example {name!r}" if name else "example"


def _read_clamps(clamps: Mapping[str, npt.ArrayLike], inputs: Array, what: str) -> dict[str, Array]:
    """Return the clamped activations by group, with the ticks of the inputs."""
    if not isinstance(clamps, Mapping):
        raise DataError(f"{what}, clamps: must be a dict of group name to activations (got {shown(clamps)})")
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


def _read_lengths(lengths: Any, ticks: int | None, what: str) -> tuple[int, ...]:
    """Return the numbers of ticks of events, which must add up to the number of ticks."""
    is_list = isinstance(lengths, Iterable) and not isinstance(lengths, str)
    items: list[Any] = finite_list(lengths, f"{what}, event_lengths", in_order=True) if is_list else []
    given = [int(plain_number(length, whole=True) or 0) for length in items]
    if ticks is None or not all(length > 0 for length in given) or sum(given) != ticks:
        allowed = "None, since it has no ticks" if ticks is None else f"whole numbers of at least 1 that add up to its {ticks} ticks"
        raise DataError(f"{what}, event_lengths: must be {allowed} (got {shown(lengths)})")
    return tuple(given)


def _check_sizes(sizes: Sizes | None, table: Array, what: str) -> Sizes | None:
    if sizes is not None and not (isinstance(sizes, Mapping) and all(isinstance(size, int) for size in sizes.values())):
        raise DataError(f"{what}: must be a dict of group name to number of units (got {shown(sizes)})")
    if sizes is not None and sum(sizes.values()) != table.shape[-1]:
        raise DataError(f"{what}: the sizes of the groups must add up to {table.shape[-1]}, as many as there are values (got {sizes})")
    return None if sizes is None else dict(sizes)


def at_all_ticks(targets: Any, ticks: int, what: str) -> Values:
    """Return targets [tick, unit], or these by group, from targets at some ticks."""
    if not isinstance(targets, Mapping):
        return targets  # type: ignore[no-any-return]
    if targets and all(isinstance(key, str) for key in targets):
        return {group: at_all_ticks(rows, ticks, f"{what}, group {group!r}") for group, rows in targets.items()}  # type: ignore[misc]
    if targets and all(isinstance(row, Mapping) for row in targets.values()):
        groups = dict.fromkeys(group for row in targets.values() for group in row)
        return at_all_ticks({group: {tick: row[group] for tick, row in targets.items() if group in row} for group in groups}, ticks, what)
    return _targets_at_ticks(targets, ticks, what)


def _targets_at_ticks(targets: Mapping[int, npt.ArrayLike], ticks: int, what: str) -> Array:
    rows = {tick: as_table(row, f"{what}, targets at tick {tick!r}", "[unit]") for tick, row in targets.items()}
    if not rows:
        raise DataError(f"{what}: must have a target at one tick or more (got none)")
    width = len(next(iter(rows.values())))
    with allocating(NUMBER_BYTES * ticks * width, f"{what}: {ticks} ticks of {width} targets"):
        table = np.full((ticks, width), np.nan)
    for tick, row in rows.items():
        if not 1 <= (plain_number(tick, whole=True) or 0) <= ticks:
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
