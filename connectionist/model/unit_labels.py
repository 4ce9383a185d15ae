"""The labels of the units of a group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TypeGuard

from connectionist.errors import WiringError
from connectionist.utils.arrays import check_no_set
from connectionist.utils.real_number import plain_number
from connectionist.utils.visible_text import shown

MOST_UNITS = 10_000_000  # more than fit into memory; a larger number is a typing error


def is_list(units: object) -> TypeGuard[Sequence[str]]:
    """Return whether the units of a group are given by their labels, and not by their number."""
    return not isinstance(units, str) and hasattr(units, "__len__") and getattr(units, "ndim", 1) > 0


def make_labels(group: str, units: int | Sequence[str]) -> tuple[str, ...]:
    """Return the labels of the units of a group: those given, or the indices as text.

    Raises
    ------
    WiringError
        If there is no unit, two labels are equal, or a label is not text or empty.
    """
    if not is_list(units):
        count = plain_number(units, whole=True)
        if count is None or not 1 <= count <= MOST_UNITS:
            raise WiringError(
                f"group {group!r}: units must be a whole number from 1 to {MOST_UNITS}, or a list of labels (got {shown(units)})"
            )
        return tuple(map(str, range(int(count))))
    check_no_set(units, f"group {group!r}, units")
    labels = tuple(units)
    if not labels:
        raise WiringError(f"group {group!r}: must have at least one unit (got no labels)")
    for label in labels:
        if not isinstance(label, str) or not label:
            raise WiringError(f"group {group!r}: a label must be text of at least one character (got {label!r})")
    if len(set(labels)) < len(labels):
        raise WiringError(f"group {group!r}: labels must differ (got {Counter(labels).most_common(1)[0][0]!r} twice)")
    return labels
