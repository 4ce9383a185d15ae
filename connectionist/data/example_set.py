"""A set of examples in a fixed order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any, ClassVar, overload

import numpy as np
import numpy.typing as npt

from connectionist.data.example import Example, as_table
from connectionist.errors import DataError, UnknownNameError, check_number, unknown_name
from connectionist.utils.arrays import Array, check_order
from connectionist.utils.counts import describe_count
from connectionist.utils.declared_attributes import DeclaredAttributes
from connectionist.utils.hooks import HtmlRepr
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.subsets import is_position, select_numbers

EXAMPLE_BYTES = 510  # memory for an example without its numbers; a test measures it
NAME_BYTES = 170  # memory for a name in a set, with its place


class ExampleSet(HtmlRepr, DeclaredAttributes):
    """Examples in a fixed order. They have the same number of inputs and of targets; either all have ticks or none.

    Parameters
    ----------
    examples : iterable of Example
        At least one. The name of an example without a name is its number, from 0. Several examples may have the same name.

    Attributes
    ----------
    inputs : array [case, input unit] or [case, tick, input unit]
    targets : array [case, output unit] or [case, tick, output unit]
        NaN means "no target". In inputs and targets, sequences shorter than the longest are padded with NaN.
    lengths : int array [case] or None
        Number of ticks of each example; None without ticks.
    continues : bool array [case]
        Which examples start from the state in which the previous example left the network.
    names : tuple of str
    frequencies : array [case]
        Relative frequencies of presentation. All arrays are read-only; make another set to change them.
    error_weights : array [case]
        Factors of E and of its derivatives in each case (see `weighted`).
    clamps : dict of group name to array [case, unit] or [case, tick, unit]
        Activations to which units of hidden and output groups are clamped; NaN for none.

    Raises
    ------
    DataError
        If there is no example, if examples differ in their number of inputs or targets, or if only some have ticks.
    MemoryLimitError
        If the arrays would not fit in memory.

    Examples
    --------
    >>> xor = ExampleSet.from_arrays([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]])
    >>> len(xor), xor["2"].inputs
    (4, array([1., 0.]))
    """

    inputs: Array
    targets: Array
    lengths: npt.NDArray[np.intp] | None
    continues: npt.NDArray[np.bool_]
    names: tuple[str, ...]
    frequencies: Array
    error_weights: Array
    clamps: Mapping[str, Array]

    _instead: ClassVar[dict[str, str]] = dict.fromkeys(
        ("inputs", "targets", "lengths", "continues", "names", "frequencies", "error_weights", "clamps"),
        "make another set, for example with from_arrays",
    )

    def __init__(self, examples: Iterable[Example]) -> None:
        check_order(examples, "ExampleSet")
        if not hasattr(examples, "__iter__"):
            raise DataError(f"ExampleSet: must be a list of examples (got {examples!r})")
        given = list(examples)
        if not given:
            raise DataError("ExampleSet: needs at least one example (got none)")
        for example in given:
            if not isinstance(example, Example):
                raise DataError(f"ExampleSet: must be examples, as made by cn.Example(inputs, targets) (got {example!r})")
        for field in ("inputs", "targets"):
            _check_same_width(given, field)
        with allocating(*_memory_for(len(given), sum(example.inputs.size + example.targets.size for example in given))):
            self._fill(given)

    def _fill(self, given: list[Example]) -> None:
        self.inputs = _stack([example.inputs for example in given])
        self.targets = _stack([example.targets for example in given])
        has_ticks = given[0].ticks is not None
        self.lengths = np.array([example.ticks for example in given], dtype=np.intp) if has_ticks else None
        self.continues = np.array([example.continues for example in given], dtype=bool)
        self.frequencies = np.array([example.frequency for example in given], dtype=float)
        self.error_weights = np.array([example.error_weight for example in given], dtype=float)
        self.clamps = _stack_clamps(given)
        for array in (self.inputs, self.targets, self.frequencies, self.error_weights, self.continues, self.lengths, *self.clamps.values()):
            if array is not None:
                array.flags.writeable = False
        self.names = tuple(example.name or str(number) for number, example in enumerate(given))
        self._last = {name: number for number, name in enumerate(self.names)}
        has_repeated = len(self._last) < len(self.names)
        self._repeated = {name for name, count in Counter(self.names).items() if count > 1} if has_repeated else set[str]()

    @property
    def ticks(self) -> int | None:
        """Number of ticks of the longest example; None without ticks."""
        return None if self.lengths is None else int(self.lengths.max())

    @classmethod
    def from_arrays(
        cls,
        inputs: npt.ArrayLike,
        targets: npt.ArrayLike,
        names: Sequence[str] | None = None,
        *,
        frequencies: Sequence[float] | None = None,
        lengths: Sequence[int] | None = None,
    ) -> ExampleSet:
        """Return a set of examples from tables with one row per case.

        Parameters
        ----------
        inputs : array_like [case, input unit] or [case, tick, input unit]
        targets : array_like [case, output unit] or [case, tick, output unit]
            NaN means "no target".
        names : sequence of str, optional
            One per case; the numbers of the cases, from 0, by default.
        frequencies : sequence of float, optional
            Relative frequencies, above 0; 1 by default.
        lengths : sequence of int, optional
            Number of ticks of each case, for tables with ticks; all ticks by default. Values after the last tick are ignored.

        Returns
        -------
        ExampleSet

        Raises
        ------
        ParameterError
            If a frequency is out of range.
        DataError
            If the tables differ in their number of cases, if a length is out of range, or as for `Example` and `ExampleSet`.
        MemoryLimitError
            If the examples would not fit in memory.

        Examples
        --------
        >>> ExampleSet.from_arrays([[[0.0], [1.0]], [[1.0], [0.0]]], [[[1.0], [1.0]], [[0.0], [0.0]]], lengths=[2, 1])
        <ExampleSet of 2: 1 input, 1 target, 1 to 2 ticks>
        """
        shapes = "[case, unit]", "[case, tick, unit]"
        input_table = as_table(inputs, "ExampleSet.from_arrays.inputs", *shapes)
        target_table = as_table(targets, "ExampleSet.from_arrays.targets", *shapes)
        count = len(input_table)
        given = {"targets": target_table, "names": names, "frequencies": frequencies, "lengths": lengths}
        for what, values in given.items():
            check_order(values, f"ExampleSet.from_arrays.{what}")
            if values is not None and np.shape(values)[:1] != (count,):
                got = len(values) if np.ndim(values) else repr(values)
                raise DataError(f"ExampleSet.from_arrays: inputs and {what} must have the same number of cases (got {count} and {got})")
        numbers = input_table.size + target_table.size
        with allocating(*_memory_for(count, numbers, from_tables=True)):
            ticks = [slice(None)] * count if lengths is None else _tick_slices(lengths, input_table)
            all_names = [str(number) for number in range(count)] if names is None else [str(name) for name in names]
            relative = [1.0] * count if frequencies is None else list(frequencies)
            return cls(
                Example(input_table[i][ticks[i]], target_table[i][ticks[i]], all_names[i], frequency=relative[i]) for i in range(count)
            )

    @classmethod
    def stream(cls, inputs: npt.ArrayLike, targets: npt.ArrayLike, ticks: int = 1) -> ExampleSet:
        """Return a set made from one long sequence, cut into examples that each continue the previous one.

        Weights can change between the examples. Error derivatives are not propagated from one example into the previous one.

        Parameters
        ----------
        inputs : array_like [tick, input unit]
        targets : array_like [tick, output unit]
            NaN means "no target".
        ticks : int
            Ticks of each example, at least 1; the last example may have fewer.

        Returns
        -------
        ExampleSet

        Raises
        ------
        ParameterError
            If `ticks` is out of range.
        DataError
            If the tables differ in their number of ticks, or as for `Example`.
        MemoryLimitError
            If the examples would not fit in memory.

        Examples
        --------
        >>> ExampleSet.stream([[0.0], [1.0], [1.0]], [[1.0], [1.0], [0.0]], ticks=2)
        <ExampleSet of 2: 1 input, 1 target, 1 to 2 ticks>
        """
        check_number("ExampleSet.stream", "ticks", ticks, at_least=1, whole=True)
        whole = Example.sequence(inputs, targets)
        starts = range(0, len(whole.inputs), int(ticks))
        with allocating(*_memory_for(len(starts), whole.inputs.size + whole.targets.size, from_tables=True)):
            return cls(Example(whole.inputs[at : at + ticks], whole.targets[at : at + ticks], continues=True) for at in starts)

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Example]:
        return (self[number] for number in range(len(self)))

    def index(self, key: int | str) -> int:
        """Return the number of an example, from 0, by its name or number. A name precedes a number of the same text.

        Raises
        ------
        UnknownNameError
            If there is no such example, or if several have this name.
        """
        if isinstance(key, str) and key in self._last:
            if key in self._repeated:
                numbers = ", ".join(str(number) for number, name in enumerate(self.names) if name == key)
                raise UnknownNameError(f"example {key!r}: is the name of several examples; use the number of one: {numbers}")
            return self._last[key]
        is_number = isinstance(key, str) and key.isdecimal() and len(key) <= len(str(len(self)))
        number = int(key) if is_number else key
        if not is_position(number, len(self)):
            raise unknown_name("example", key, self.names)
        return int(number) % len(self)

    def with_numbered_names(self) -> ExampleSet:
        """Return a set in which no two examples have the same name: repeated names are followed by " #1", " #2", ….

        Examples
        --------
        >>> ExampleSet.from_arrays([[0], [1], [1]], [[1], [0], [0]], names=["cat", "dog", "cat"]).with_numbered_names().names
        ('cat #1', 'dog', 'cat #2')
        """
        taken, numbers, numbered = set(self.names), Counter[str](), []
        for name in self.names:
            unique = name
            while name in self._repeated and unique in taken:
                numbers[name] += 1
                unique = f"{name} #{numbers[name]}"
            taken.add(unique)
            numbered.append(unique)
        return ExampleSet(replace(example, name=name) for example, name in zip(self, numbered, strict=True))

    def weighted(self, weights: npt.ArrayLike | None = None) -> ExampleSet:
        """Return a set in which E of each case, and so each derivative, is multiplied by a weight.

        Parameters
        ----------
        weights : array_like [case], optional
            Above 0; the frequencies by default. ``Phase(weighting="frequency")`` does this during training.

        Raises
        ------
        ParameterError
            If a weight is out of range.
        DataError
            If the number of weights is wrong.

        Examples
        --------
        >>> words = ExampleSet.from_arrays([[0], [1]], [[1], [0]], frequencies=[3, 1])
        >>> words.weighted().error_weights
        array([3., 1.])
        """
        given = self.frequencies if weights is None else as_table(weights, "ExampleSet.weighted.weights", "[case]")
        if len(given) != len(self):
            raise DataError(f"ExampleSet.weighted.weights: must be one number for each of {len(self)} examples (got {len(given)})")
        return ExampleSet(replace(example, error_weight=weight) for example, weight in zip(self, given.tolist(), strict=True))

    @overload
    def __getitem__(self, key: int | str) -> Example: ...

    @overload
    def __getitem__(self, key: slice | list[Any] | tuple[Any, ...] | npt.NDArray[Any]) -> ExampleSet: ...

    def __getitem__(self, key: Any) -> Example | ExampleSet:
        """Return an example by its number or name, see `index`, or the set of those that a slice, list, mask or pattern selects."""
        numbers = select_numbers(key, self.names, self.index, "examples")
        if numbers is not None:
            return ExampleSet(self[number] for number in numbers)
        number = self.index(key)
        ticks = slice(None if self.lengths is None else int(self.lengths[number]))
        inputs, targets = (table[number] if table.ndim == 2 else table[number, ticks] for table in (self.inputs, self.targets))
        clamps = {group: table[number] if table.ndim == 2 else table[number, ticks] for group, table in self.clamps.items()}
        return Example(
            inputs,
            targets,
            self.names[number],
            frequency=float(self.frequencies[number]),
            continues=bool(self.continues[number]),
            error_weight=float(self.error_weights[number]),
            clamps=clamps,
        )

    def __repr__(self) -> str:
        ticks = "" if self.lengths is None else f", {_range_text(self.lengths)} tick{'' if self.ticks == 1 else 's'}"
        inputs, targets = describe_count(self.inputs.shape[-1], "input"), describe_count(self.targets.shape[-1], "target")
        return f"<ExampleSet of {len(self)}: {inputs}, {targets}{ticks}>"


def _stack(tables: list[Array]) -> Array:
    """Return all tables in one array; shorter tables are padded with NaN."""
    if tables[0].ndim == 1:
        return np.stack(tables)
    shape = len(tables), max(map(len, tables)), tables[0].shape[1]
    with allocating(NUMBER_BYTES * prod(shape), f"ExampleSet: {shape[0]} examples of up to {shape[1]} ticks and {shape[2]} units"):
        filled = np.full(shape, np.nan)
    for row, table in zip(filled, tables, strict=True):
        row[: len(table)] = table
    return filled


def _stack_clamps(examples: list[Example]) -> dict[str, Array]:
    """Return the clamped activations of all examples by group; NaN for those of an example that does not clamp the group."""
    if not any(example.clamps for example in examples):
        return {}
    widths: dict[str, int] = {}
    for number, example in enumerate(examples):
        for group, table in example.clamps.items():
            width = np.shape(table)[-1]
            if widths.setdefault(group, width) != width:
                name = example.name or str(number)
                raise DataError(f"example {name!r}: must have {widths[group]} clamps of group {group!r} like those before it (got {width})")
    return {group: _stack([_clamps_of(example, group, width) for example in examples]) for group, width in widths.items()}


def _clamps_of(example: Example, group: str, width: int) -> Array:
    table: Array = np.asarray(example.clamps.get(group, np.full((*example.inputs.shape[:-1], width), np.nan)))
    return table


def _memory_for(count: int, numbers: int, *, from_tables: bool = False) -> tuple[int, str]:
    """Return the bytes that a set of examples with some numbers in all needs, and its name in messages.

    `from_tables` is whether the examples, which are copies of their numbers, must be made first.
    """
    needed = NAME_BYTES * count + NUMBER_BYTES * numbers + from_tables * (EXAMPLE_BYTES * count + NUMBER_BYTES * numbers)
    return needed, f"ExampleSet: {describe_count(count, 'example')}"


def _tick_slices(lengths: Sequence[int], table: Array) -> list[slice]:
    if table.ndim != 3:
        raise DataError(f"ExampleSet.from_arrays.lengths: must be given only for tables with ticks (got shape {table.shape})")
    most = describe_count(table.shape[1], "tick")
    for number, length in enumerate(lengths):
        if not hasattr(length, "__index__") or isinstance(length, bool) or not 1 <= length <= table.shape[1]:
            raise DataError(f"ExampleSet.from_arrays.lengths: must be from 1 to {most} (got {length!r} for case {number})")
    return [slice(int(length)) for length in lengths]


def _range_text(lengths: npt.NDArray[np.intp]) -> str:
    least, most = int(lengths.min()), int(lengths.max())
    return str(most) if least == most else f"{least} to {most}"


def _check_same_width(examples: list[Example], field: str) -> None:
    first = getattr(examples[0], field)
    first_name = examples[0].name or "0"
    for number, example in enumerate(examples):
        table, name = getattr(example, field), example.name or str(number)
        if table.ndim != first.ndim:
            raise DataError(f"example {name!r} and example {first_name!r}: either all examples have ticks or none")
        if table.shape[-1] != first.shape[-1]:
            wanted = describe_count(first.shape[-1], field.removesuffix("s"))
            raise DataError(f"example {name!r}: must have {wanted} like example {first_name!r} (got {table.shape[-1]})")
