"""What a network is to learn: examples, each a pattern of inputs with its targets, or a sequence of such patterns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from connectionist.errors import PatternError, check_flag, check_number, unknown
from connectionist.events import Event, lay_out
from connectionist.state import Array, as_numbers


@dataclass(frozen=True, eq=False)
class Example:
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
    PatternError
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
        _refuse(~np.isfinite(self.inputs), self.inputs, f"{what}, input", "finite")
        _refuse(np.isinf(self.targets), self.targets, f"{what}, target", "finite, or NaN for none")
        if self.inputs.shape[:-1] != self.targets.shape[:-1]:
            raise PatternError(
                f"{what}: inputs and targets must have the same ticks (got {_ticks_text(self.inputs)} and {_ticks_text(self.targets)})"
            )
        if self.ticks == 0:
            raise PatternError(f"{what}: needs at least one tick (got none)")
        if self.continues and self.ticks is None:
            raise PatternError(f"{what}: only a sequence can continue the example before (its inputs have no ticks)")

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
        PatternError
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
        PatternError
            When there is no event, or events differ in their number of inputs or targets.

        Examples
        --------
        >>> Example.of_events([Event([1.0], time=2, stays=False), Event([0.0], [1.0])]).inputs.ravel()
        array([1., 0., 0.])
        """
        return cls(*lay_out(events, ticks_per_time, f"example {name!r}"), name, frequency, continues)


class ExampleSet:
    """Examples in a fixed order, all with the same number of inputs and of targets, and either all with ticks or none.

    Parameters
    ----------
    examples : iterable of Example
        At least one. Examples without a name are called by their number, from 0.

    Attributes
    ----------
    inputs : array [case, input unit] or [case, tick, input unit]
    targets : array [case, output unit] or [case, tick, output unit]
        NaN means "no target". Sequences that are shorter than the longest are filled up with NaN in both.
    lengths : int array [case] or None
        How many ticks each has; None without ticks.
    continues : bool array [case]
        Which go on from the state that the example presented before left.
    names : tuple of str
    frequencies : array [case]
        All arrays are read-only: make another set to change them.

    Raises
    ------
    PatternError
        When there are none, when they differ in width, when some have ticks and others not, or when two have one name.

    Examples
    --------
    >>> xor = ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> len(xor), xor["2"].inputs
    (4, array([1., 0.]))
    """

    def __init__(self, examples: Iterable[Example]) -> None:
        given = list(examples)
        if not given:
            raise PatternError("ExampleSet: needs at least one example (got none)")
        for example in given:
            if not isinstance(example, Example):
                raise PatternError(f"ExampleSet: must be examples, as made by cn.Example(inputs, targets) (got {example!r})")
        for field in ("inputs", "targets"):
            _refuse_uneven(given, field)
        self.inputs: Array = _stack([example.inputs for example in given])
        self.targets: Array = _stack([example.targets for example in given])
        has_ticks = given[0].ticks is not None
        self.lengths = np.array([example.ticks for example in given], dtype=np.intp) if has_ticks else None
        self.continues = np.array([example.continues for example in given], dtype=bool)
        self.frequencies: Array = np.array([example.frequency for example in given], dtype=float)
        for array in (self.inputs, self.targets, self.frequencies, self.continues, self.lengths):
            if array is not None:
                array.flags.writeable = False
        self.names = tuple(example.name or str(number) for number, example in enumerate(given))
        self._index = {name: number for number, name in enumerate(self.names)}
        if len(self._index) < len(self.names):
            twice = next(name for name in self.names if self.names.count(name) > 1)
            raise PatternError(f"ExampleSet: names must differ (got {twice!r} twice)")

    @property
    def ticks(self) -> int | None:
        """How many ticks the longest example has; None without ticks."""
        return None if self.lengths is None else int(self.lengths.max())

    @classmethod
    def from_arrays(
        cls,
        inputs: npt.ArrayLike,
        targets: npt.ArrayLike,
        names: Sequence[str] | None = None,
        frequencies: Sequence[float] | None = None,
    ) -> ExampleSet:
        """Make a set from tables with a row per case.

        Parameters
        ----------
        inputs : array_like [case, input unit] or [case, tick, input unit]
        targets : array_like [case, output unit] or [case, tick, output unit]
            NaN means "no target".
        names : sequence of str, optional
        frequencies : sequence of float, optional
            Relative, above 0; 1 each unless given.

        Raises
        ------
        PatternError
            When the tables differ in length, or hold what no example may.
        """
        shapes = "[case, unit]", "[case, tick, unit]"
        table = numbers(inputs, "ExampleSet.from_arrays, inputs", *shapes)
        goals = numbers(targets, "ExampleSet.from_arrays, targets", *shapes)
        count = len(table)
        given = {"targets": goals, "names": names, "frequencies": frequencies}
        for what, values in given.items():
            if values is not None and np.shape(values)[:1] != (count,):
                raise PatternError(
                    f"ExampleSet.from_arrays: inputs has {count} cases and {what} has shape {np.shape(values)}; they must agree"
                )
        return cls(
            Example(table[i], goals[i], str(names[i]) if names is not None else str(i), frequencies[i] if frequencies is not None else 1.0)
            for i in range(count)
        )

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Example]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, key: int | str) -> Example:
        """Return an example by number or name."""
        number = self._index.get(key, len(self)) if isinstance(key, str) else key
        if not hasattr(number, "__index__") or not -len(self) <= int(number) < len(self):
            raise unknown("example", key, self.names)
        ticks = slice(None if self.lengths is None else int(self.lengths[number]))
        inputs, targets = (table[number] if table.ndim == 2 else table[number, ticks] for table in (self.inputs, self.targets))
        return Example(inputs, targets, self.names[number], float(self.frequencies[number]), bool(self.continues[number]))

    def __repr__(self) -> str:
        ticks = "" if self.lengths is None else f", {_range_text(self.lengths)} ticks"
        return f"<ExampleSet of {len(self)}: {self.inputs.shape[-1]} inputs, {self.targets.shape[-1]} targets{ticks}>"


def numbers(values: npt.ArrayLike, what: str, *shapes: str) -> Array:
    """Return a new array of what was given, if it has as many dimensions as one of the shapes names, as in ``"[tick, unit]"``.

    Raises
    ------
    PatternError
        For anything else.
    """
    array = as_numbers(values, what)
    if array.ndim not in [shape.count(",") + 1 for shape in shapes]:
        raise PatternError(f"{what}: must be of shape {' or '.join(shapes)} (got {array.ndim} dimensions, shape {array.shape})")
    return array


def _stack(tables: list[Array]) -> Array:
    """Return all tables in one array, shorter ones filled up with NaN."""
    if tables[0].ndim == 1:
        return np.stack(tables)
    filled = np.full((len(tables), max(map(len, tables)), tables[0].shape[1]), np.nan)
    for row, table in zip(filled, tables, strict=True):
        row[: len(table)] = table
    return filled


def _at_ticks(targets: Mapping[int, npt.ArrayLike], ticks: int, what: str) -> Array:
    rows = {tick: numbers(row, f"{what}, targets at tick {tick!r}", "[unit]") for tick, row in targets.items()}
    if not rows:
        raise PatternError(f"{what}: needs targets at one tick at least (got none)")
    goals = np.full((ticks, len(next(iter(rows.values())))), np.nan)
    for tick, row in rows.items():
        if not hasattr(tick, "__index__") or not 1 <= tick <= ticks:
            raise PatternError(f"{what}: targets at tick {tick!r}, but it has ticks 1 to {ticks}")
        if len(row) != goals.shape[1]:
            raise PatternError(f"{what}: must have {goals.shape[1]} targets at each tick (got {len(row)} at tick {tick})")
        goals[tick - 1] = row
    return goals


def _ticks_text(table: Array) -> str:
    return "no ticks" if table.ndim == 1 else f"{len(table)}"


def _range_text(lengths: npt.NDArray[np.intp]) -> str:
    least, most = int(lengths.min()), int(lengths.max())
    return str(most) if least == most else f"{least} to {most}"


def _refuse(wrong: npt.NDArray[np.bool_], values: Array, what: str, allowed: str) -> None:
    if wrong.any():
        *tick, place = (int(at[0]) for at in np.nonzero(wrong))
        when = f" at tick {tick[0] + 1}" if tick else ""
        raise PatternError(f"{what} {place}{when}: must be {allowed} (got {values[(*tick, place)]})")


def _refuse_uneven(examples: list[Example], field: str) -> None:
    first = getattr(examples[0], field)
    for example in examples:
        table = getattr(example, field)
        if table.ndim != first.ndim:
            raise PatternError(f"example {example.name!r} and example {examples[0].name!r}: either all examples have ticks or none")
        if table.shape[-1] != first.shape[-1]:
            raise PatternError(
                f"example {example.name!r}: must have {first.shape[-1]} {field} like example {examples[0].name!r} (got {table.shape[-1]})"
            )
