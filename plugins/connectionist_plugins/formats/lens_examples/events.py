"""The events of a set of examples, for writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import connectionist as cn


@dataclass(frozen=True)
class WrittenEvent:
    """An event as LENS has it.

    Attributes
    ----------
    ticks, grace : int
        Ticks, and how many of them at the beginning have no targets.
    inputs : dict of group name to array [unit]
        With the clamps. The name is "" if the set has no groups.
    targets : dict of group name to array [unit]
    """

    ticks: int
    grace: int
    inputs: dict[str, cn.Array]
    targets: dict[str, cn.Array]


def written_events(file: cn.formats.OutputFile, example: cn.Example) -> list[WrittenEvent]:
    """Return the events of an example. One that changes within is divided into its ticks, which the file lists."""
    inputs = _by_group(example.inputs, example.input_groups) | dict(example.clamps)
    targets = _by_group(example.targets, example.target_groups)
    if example.ticks is None:
        return [WrittenEvent(1, 0, inputs, targets)]
    written: list[WrittenEvent] = []
    for rows in example.events:
        event = _constant_event(rows, inputs, targets)
        if event is None:
            file.cannot(f"an event of example {example.name!r} changes within its time; each of its ticks is written as an event")
            written += _ticks_of(rows, inputs, targets)
        else:
            written.append(event)
    return written


def _by_group(table: cn.Array, sizes: dict[str, int] | None) -> dict[str, cn.Array]:
    if sizes is None:
        return {"": table}
    return dict(zip(sizes, np.split(table, np.cumsum(list(sizes.values()))[:-1], axis=-1), strict=True))


def _constant_event(rows: slice, inputs: dict[str, cn.Array], targets: dict[str, cn.Array]) -> WrittenEvent | None:
    """Return an event with the same inputs at all ticks, and the same targets from one tick on; None if it has others."""
    held = {group: table[rows] for group, table in inputs.items()}
    wanted = {group: table[rows] for group, table in targets.items()}
    ticks = rows.stop - rows.start
    has_target = np.zeros(ticks, dtype=bool)
    for table in wanted.values():
        has_target |= ~np.isnan(table).all(axis=1)
    grace = int(has_target.argmax()) if has_target.any() else 0
    is_constant = all(_is_constant(table) for table in held.values()) and all(_is_constant(table[grace:]) for table in wanted.values())
    if not is_constant:
        return None
    return WrittenEvent(
        ticks, grace, {group: table[0] for group, table in held.items()}, {group: table[-1] for group, table in wanted.items()}
    )


def _is_constant(table: cn.Array) -> bool:
    return bool(((table == table[:1]) | (np.isnan(table) & np.isnan(table[:1]))).all())


def _ticks_of(rows: slice, inputs: dict[str, cn.Array], targets: dict[str, cn.Array]) -> Iterator[WrittenEvent]:
    for tick in range(rows.start, rows.stop):
        yield WrittenEvent(
            1, 0, {group: table[tick] for group, table in inputs.items()}, {group: table[tick] for group, table in targets.items()}
        )


def check_expressible(file: cn.formats.OutputFile, examples: cn.ExampleSet) -> None:
    """List the properties for which LENS has no word."""
    if examples.continues.any():
        first = examples.names[int(examples.continues.argmax())]
        file.cannot(f"example {first!r} continues the one before it; in LENS, a group does (-RESET_ON_EXAMPLE), and not an example")
    if (examples.error_weights != 1.0).any():
        file.cannot("the examples have weights of the error; in LENS, 'freq' with pseudoExampleFreq is such a weight")
