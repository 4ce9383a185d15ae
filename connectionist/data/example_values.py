"""A set of examples as plain values and arrays, for files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.errors import DataError

ARRAYS = ("inputs", "targets", "lengths", "continues", "frequencies", "error_weights")


def describe_examples(examples: ExampleSet) -> dict[str, Any]:
    """Return the arrays of a set, and its names, groups, events and labels as values that JSON has."""
    return {
        "arrays": {name: np.array(array) for name in ARRAYS if (array := getattr(examples, name)) is not None},
        "clamps": {name: np.array(table) for name, table in examples.clamps.items()},
        "names": list(examples.names),
        "groups": [None if sizes is None else list(map(list, sizes.items())) for sizes in (examples.input_groups, examples.target_groups)],
        "events": {str(number): list(lengths) for number, lengths in examples._event_lengths.items()},
        "labels": {table: [[group, list(labels)] for group, labels in known] for table, known in examples._labels.items()},
        "has_network": examples._has_network,
    }


def examples_of(described: Mapping[str, Any]) -> ExampleSet:
    """Return the set of examples that was described.

    Raises
    ------
    ValueError, KeyError, TypeError, IndexError, AttributeError
        If the description has another form. The errors of the package are among them.
    """
    arrays, names = described["arrays"], described["names"]
    if any(len(array) != len(names) for array in (*arrays.values(), *described["clamps"].values())):
        raise DataError(f"each array must have {len(names)} cases, as there are names")
    lengths = arrays["lengths"].tolist() if "lengths" in arrays else [None] * len(names)
    groups = [None if sizes is None else dict(map(tuple, sizes)) for sizes in described["groups"]]
    made = ExampleSet(
        Example(
            arrays["inputs"][number][slice(ticks)] if ticks is not None else arrays["inputs"][number],
            arrays["targets"][number][slice(ticks)] if ticks is not None else arrays["targets"][number],
            name,
            frequency=float(arrays["frequencies"][number]),
            continues=bool(arrays["continues"][number]),
            error_weight=float(arrays["error_weights"][number]),
            clamps={group: table[number] if ticks is None else table[number][:ticks] for group, table in described["clamps"].items()},
            input_groups=groups[0],
            target_groups=groups[1],
            event_lengths=described["events"].get(str(number)),
        )
        for number, (name, ticks) in enumerate(zip(names, lengths, strict=True))
    )
    made._labels = {table: tuple((group, tuple(labels)) for group, labels in known) for table, known in described["labels"].items()}
    made._has_network = bool(described["has_network"])
    return made
