"""The arrays of a set of examples: their groups, their padding, and the memory that they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from connectionist.data.by_group import Sizes, check_sizes, in_order, split_groups
from connectionist.data.example import Example
from connectionist.errors import DataError, unknown_name
from connectionist.utils.arrays import Array
from connectionist.utils.counts import describe_count
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.real_number import plain_number

if TYPE_CHECKING:
    from connectionist.model.network import Network

EXAMPLE_BYTES = 510  # memory for an example without its numbers; a test measures it
NAME_BYTES = 170  # memory for a name in a set, with its place


def groups_of(examples: list[Example], field: str, network: Network | None) -> Sizes | None:
    """Return the groups of the inputs or targets in their order: that of the network, or of the first example; None without groups."""
    groups = [getattr(example, f"{field}_groups") for example in examples]
    first: Sizes | None = groups[0]
    if network is not None and any(groups):
        role = "input" if field == "input" else "output"
        first = {group.name: len(group) for group in network.groups if group.role == role}
    for number, (example, sizes) in enumerate(zip(examples, groups, strict=True)):
        name = example.name or str(number)
        if sizes == first or (sizes is None and network is not None):
            continue
        if sizes is None or first is None:
            raise DataError(f"example {name!r}: either all examples have {field}s by group or none")
        check_sizes(sizes, first, f" of example {name!r}", field)
    return first


def arranged(table: Array, given: Sizes | None, wanted: Sizes | None) -> Array:
    """Return a table whose groups have the wanted order. A table without groups does not change."""
    return table if given is None or wanted is None else in_order(table, given, wanted)


def stack(tables: list[Array]) -> Array:
    """Return all tables in one array; shorter tables are padded with NaN."""
    if tables[0].ndim == 1:
        return np.stack(tables)
    shape = len(tables), max(map(len, tables)), tables[0].shape[1]
    with allocating(NUMBER_BYTES * prod(shape), f"ExampleSet: {shape[0]} examples of up to {shape[1]} ticks and {shape[2]} units"):
        filled = np.full(shape, np.nan)
    for row, table in zip(filled, tables, strict=True):
        row[: len(table)] = table
    return filled


def with_all_targets(example: Example, network: Network) -> Example:
    """Return an example whose targets by group, if it has some, are NaN for the output groups that it does not name."""
    sizes = example.target_groups or {}
    missing = [group for group in network.groups if group.role == "output" and sizes and group.name not in sizes]
    if not missing:
        return example
    ticks = example.targets.shape[:-1]
    targets: Any = split_groups(example.targets, sizes) | {group.name: np.full((*ticks, len(group)), np.nan) for group in missing}
    return replace(example, targets=targets, target_groups=None)


def with_clamps(example: Example, network: Network, number_or_name: str) -> Example:
    """Return an example whose inputs of hidden and output groups, if it has some, are clamps; the name is for messages."""
    sizes = example.input_groups or {}
    names = [group.name for group in network.groups]
    for name in sizes:
        if name not in names:
            raise unknown_name(f"group of example {number_or_name!r}:", name, names)
    clamped = [group.name for group in network.groups if group.role in ("hidden", "output") and group.name in sizes]
    if not clamped:
        return example
    parts = split_groups(example.inputs, sizes)
    clamps = {name: parts.pop(name) for name in clamped}
    inputs: Any = parts or np.zeros((*example.inputs.shape[:-1], 0))
    return replace(example, inputs=inputs, input_groups=None, clamps={**clamps, **example.clamps})


def stack_clamps(examples: list[Example]) -> dict[str, Array]:
    """Return the clamped activations of all examples by group; NaN for those of an example that does not clamp the group.

    Raises
    ------
    DataError
        If examples differ in the number of units of a group.
    """
    if not any(example.clamps for example in examples):
        return {}
    widths: dict[str, int] = {}
    for number, example in enumerate(examples):
        for group, table in example.clamps.items():
            width = np.shape(table)[-1]
            if widths.setdefault(group, width) != width:
                name = example.name or str(number)
                raise DataError(f"example {name!r}: must have {widths[group]} clamps of group {group!r} like those before (got {width})")
    return {group: stack([_clamps_of(example, group, width) for example in examples]) for group, width in widths.items()}


def _clamps_of(example: Example, group: str, width: int) -> Array:
    table: Array = np.asarray(example.clamps.get(group, np.full((*example.inputs.shape[:-1], width), np.nan)))
    return table


def memory_for(count: int, numbers: int, *, from_examples: bool = False) -> tuple[int, str]:
    """Return the bytes that a set of examples with some numbers in all needs, and its name in messages.

    `from_examples` is whether the examples, which are copies of their numbers, must be made first.
    """
    needed = NAME_BYTES * count + NUMBER_BYTES * numbers + from_examples * (EXAMPLE_BYTES * count + NUMBER_BYTES * numbers)
    return needed, f"ExampleSet: {count} examples"


def tick_slices(lengths: Sequence[int], table: Array) -> list[slice]:
    """Return the ticks of each case of a table [case, tick, unit].

    Raises
    ------
    DataError
        If the table has no ticks, or a length is out of range.
    """
    if table.ndim != 3:
        raise DataError(f"ExampleSet.from_arrays.lengths: must be given only for tables with ticks (got shape {table.shape})")
    slices = list[slice]()
    for number, length in enumerate(lengths):
        ticks = plain_number(length, whole=True)
        if ticks is None or not 1 <= ticks <= table.shape[1]:
            raise DataError(f"ExampleSet.from_arrays.lengths: must be from 1 to {table.shape[1]} ticks (got {length!r} for case {number})")
        slices.append(slice(ticks))
    return slices


def range_text(lengths: npt.NDArray[np.intp]) -> str:
    """Return the range of some lengths: "3", "1 to 3"."""
    least, most = int(lengths.min()), int(lengths.max())
    return str(most) if least == most else f"{least} to {most}"


def check_same_width(examples: list[Example], field: str) -> None:
    """Raise DataError if examples differ in their number of inputs or targets, or if only some have ticks."""
    first = getattr(examples[0], field)
    first_name = examples[0].name or "0"
    for number, example in enumerate(examples):
        table, name = getattr(example, field), example.name or str(number)
        if table.ndim != first.ndim:
            raise DataError(f"example {name!r} and example {first_name!r}: either all examples have ticks or none")
        if table.shape[-1] != first.shape[-1]:
            wanted = describe_count(first.shape[-1], field[:-1])
            raise DataError(f"example {name!r}: must have {wanted} like example {first_name!r} (got {table.shape[-1]})")


def numbers_by_name(names: Sequence[str]) -> dict[str, int]:
    """Return the number of each example by its name; -1 for a name of several.

    Examples
    --------
    >>> numbers_by_name(["cat", "dog", "cat"])
    {'cat': -1, 'dog': 1}
    """
    numbers = {name: number for number, name in enumerate(names)}
    if len(numbers) < len(names):
        numbers |= {name: -1 for name, count in Counter(names).items() if count > 1}
    return numbers


def numbered_names(names: Sequence[str], repeated: Container[str]) -> list[str]:
    """Return distinct names: those that are repeated are followed by " #1", " #2", …."""
    taken, numbers, numbered = set(names), Counter[str](), []
    for name in names:
        unique = name
        while name in repeated and unique in taken:
            numbers[name] += 1
            unique = f"{name} #{numbers[name]}"
        taken.add(unique)
        numbered.append(unique)
    return numbered
