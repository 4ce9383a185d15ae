"""Items selected by slices, lists, masks and patterns of names, as in ``examples[0:2]`` and ``group["a*"]``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from connectionist.errors import DataError
from connectionist.utils.arrays import check_no_set
from connectionist.utils.counts import describe_count
from connectionist.utils.visible_text import shown


def is_position(key: Any, count: int) -> bool:
    """Return whether a key is the position of one of the items, from the start or negative from the end. True and False are none."""
    return hasattr(key, "__index__") and not isinstance(key, (bool, np.bool_)) and -count <= int(key) < count


def select_numbers(key: Any, names: Sequence[str], index: Callable[[Any], int], owner: str) -> list[int] | None:
    """Return the numbers of the items that a key selects, or None if the key means one item.

    Parameters
    ----------
    key : slice, sequence of names and numbers, mask [item] of bool, or str
        A text selects several items if it is no name and has a wildcard: ``*`` for any text, ``?`` for one character.
    names : sequence of str
        Names of all items.
    index : function
        Returns the number of the item with a name or number, or raises UnknownNameError.
    owner : str
        Name of the items in messages.

    Raises
    ------
    DataError
        If a mask has another length than the items, or the key is a set.
    UnknownNameError
        If a list has an unknown name.
    """
    if isinstance(key, slice):
        return list(range(len(names)))[key]
    if isinstance(key, str):
        is_pattern = any(character in key for character in "*?[") and key not in names
        return [number for number, name in enumerate(names) if fnmatchcase(name, key)] or None if is_pattern else None
    if not hasattr(key, "__iter__") or (isinstance(key, np.ndarray) and key.ndim == 0):
        return None
    check_no_set(key, owner)
    items = list(key)
    if items and all(isinstance(item, (bool, np.bool_)) for item in items):
        if len(items) != len(names):
            raise DataError(f"{owner}: a mask must have {describe_count(len(names), 'value')}, one for each (got {len(items)})")
        return [number for number, is_selected in enumerate(items) if is_selected]
    for item in items:
        if hasattr(item, "__iter__") and not isinstance(item, str):
            raise DataError(f"{owner}: must be selected by names and numbers (got {shown(item)} in a list)")
    return [index(item) for item in items]
