"""A recording as JSON values and arrays, for files that have the recordings of many runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from connectionist.recording.folder import FORMAT, check_epochs, read_parts
from connectionist.recording.recording import Recording
from connectionist.recording.stores import InMemory
from connectionist.utils.arrays import Array

EPOCHS = "epochs"


def pack_recording(recording: Recording) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the labels of a recording as JSON values, and its arrays by name: "epochs", "units", "connections"."""
    parts, stores = recording._parts, recording._stores
    has_epochs = recording._epochs is not None
    described = {"format": FORMAT, "network": recording.name, "has_epochs": has_epochs, "parts": [part.__dict__ for part in parts]}
    count = len(recording.epochs) if has_epochs else None
    arrays = {part.kind: np.ascontiguousarray(store.array()[:count], dtype="<f8") for part, store in zip(parts, stores, strict=True)}
    return described, ({EPOCHS: np.array(recording.epochs, dtype="<f8")} if has_epochs else {}) | arrays


def array_names(described: Mapping[str, Any]) -> list[str]:
    """Return the names of the arrays of a recording.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If the labels, which may come from elsewhere, have another form.
    """
    return [*([EPOCHS] if described["has_epochs"] else []), *(part.kind for part in read_parts(described))]


def unpack_recording(described: Mapping[str, Any], arrays: Mapping[str, Array]) -> Recording:
    """Return the recording of labels and arrays.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If the labels have another form, or the arrays do not fit them.
    """
    parts = read_parts(described)
    epochs = arrays[EPOCHS] if described["has_epochs"] else None
    records = [arrays[part.kind] for part in parts]
    count = 1 if epochs is None else len(epochs)
    for part, array in zip(parts, records, strict=True):
        if array.shape != (count, *part.shape):
            raise ValueError(f"its {part.kind} must have the shape {(count, *part.shape)}, not {array.shape}")
    if epochs is not None:
        check_epochs(epochs)
    stores = [_filled(part.shape, array) for part, array in zip(parts, records, strict=True)]
    return Recording(described["network"], parts, stores, None if epochs is None else _filled((), epochs))


def _filled(shape: tuple[int, ...], array: Array) -> InMemory:
    store = InMemory(shape)
    store.pieces = [array]
    return store
