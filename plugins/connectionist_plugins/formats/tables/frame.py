"""The table of a set of examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import connectionist as cn

if TYPE_CHECKING:
    import pandas as pd

MOST_WHOLE = 2.0**53


def example_frame(examples: cn.ExampleSet) -> pd.DataFrame:
    """Return the table of a set of examples."""
    import pandas as pd

    cases, ticks, events = _rows_of(examples)
    columns: dict[str, Any] = {"name": [examples.names[case] for case in cases.tolist()]}
    for column, values in (("frequency", examples.frequencies), ("error_weight", examples.error_weights)):
        if (values != 1.0).any():
            columns[column] = values[cases]
    if examples.continues.any():
        columns["continues"] = examples.continues[cases].astype(int)
    if examples.lengths is not None:
        columns |= {"tick": ticks + 1, "event": events}
    for role, table, sizes, labels in (
        ("input", examples.inputs, examples.input_groups, examples.unit_names("inputs")),
        ("target", examples.targets, examples.target_groups, examples.unit_names("targets")),
    ):
        numbers = table[cases] if examples.lengths is None else table[cases, ticks]
        columns |= {name: _whole(numbers[:, unit]) for unit, name in enumerate(_unit_columns(role, sizes, labels, table.shape[-1]))}
    for group, table in examples.clamps.items():
        numbers = table[cases] if examples.lengths is None else table[cases, ticks]
        columns |= {f"clamp:{group}:{unit}": _whole(numbers[:, unit]) for unit in range(table.shape[-1])}
    return pd.DataFrame(columns)


def _rows_of(examples: cn.ExampleSet) -> tuple[Any, Any, Any]:
    """Return the number of the case, the tick from 0, and the event from 1, of each row."""
    count = len(examples)
    if examples.lengths is None:
        return np.arange(count), np.zeros(count, dtype=int), np.ones(count, dtype=int)
    cases = np.repeat(np.arange(count), examples.lengths)
    ticks = np.concatenate([np.arange(length) for length in examples.lengths.tolist()])
    events = [
        number for case in range(count) for number, rows in enumerate(examples.events_of(case), 1) for _ in range(rows.start, rows.stop)
    ]
    return cases, ticks, np.array(events)


def _unit_columns(role: str, sizes: dict[str, int] | None, labels: Sequence[str], count: int) -> list[str]:
    if sizes is None:
        return [f"{role}:{unit}" for unit in range(count)]
    if labels:
        return [f"{role}:{label}" for label in labels]
    return [f"{role}:{group}:{unit}" for group, size in sizes.items() for unit in range(size)]


def _whole(values: cn.Array) -> Any:
    """Return numbers without decimals if all are whole; some may be missing."""
    import pandas as pd

    is_missing = np.isnan(values)
    given = values[~is_missing]
    if not len(given) or not ((np.abs(given) < MOST_WHOLE) & (given == np.floor(given))).all():
        return values
    return pd.arrays.IntegerArray(np.where(is_missing, 0, values).astype(np.int64), is_missing)
