"""Values by group, as in ``{"item": [1, 0], "relation": [0, 1]}``: one array with the values side by side, and the sizes of the groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.errors import DataError, unknown_name
from connectionist.utils.arrays import Array, as_table, check_no_set
from connectionist.utils.visible_text import shown

Values = npt.ArrayLike | Mapping[str, npt.ArrayLike]
Sizes = dict[str, int]


def read_values(values: Values, what: str, *shapes: str) -> tuple[Array, Sizes | None]:
    """Return the values of all groups side by side, and the number of units of each group; None if they are not given by group.

    Parameters
    ----------
    values : array_like or dict of group name to array_like
    what : str
        Name of the values in messages.
    *shapes : str
        Allowed shapes, as for `connectionist.utils.arrays.as_table`.

    Raises
    ------
    DataError
        If the values are not numbers or have another shape, or if groups differ in their ticks or cases.
    """
    if not isinstance(values, Mapping):
        return as_table(values, what, *shapes), None
    if not values:
        raise DataError(f"{what}: must have values for one group or more (got an empty dict)")
    tables = {}
    for name, table in values.items():
        if not isinstance(name, str):
            raise DataError(f"{what}: the keys of the dict must be names of groups (got {name!r})")
        tables[name] = as_table(table, f"{what}, group {name!r}", *shapes)
    if len({table.shape[:-1] for table in tables.values()}) > 1:
        axes = " and ".join(shapes).replace(", unit", "").replace("unit", "no ticks")
        got = ", ".join(f"{name!r} {list(table.shape[:-1])}" for name, table in tables.items())
        raise DataError(f"{what}: all groups must have the same {axes} (got {got})")
    return np.concatenate(list(tables.values()), axis=-1), {name: table.shape[-1] for name, table in tables.items()}


def split_groups(values: Array, sizes: Sizes) -> dict[str, Array]:
    """Return the values [..., unit] of each group from those of all groups side by side."""
    parts = np.split(values, np.cumsum(list(sizes.values()))[:-1], axis=-1) if sizes else []  # np.split has one part at least
    return dict(zip(sizes, parts, strict=True))


def check_is_network(network: object, what: str) -> None:
    """Raise DataError unless an argument is a network or None."""
    if network is not None and (isinstance(network, type) or not (hasattr(network, "groups") and hasattr(network, "in_time"))):
        raise DataError(f"{what}: must be a Network (got {shown(network)})")


def read_texts(given: object, what: str) -> list[str]:
    """Return labels or names given as a list or a text of characters.

    Raises
    ------
    DataError
        If they are not texts in an order.
    """
    check_no_set(given, what)
    is_list = isinstance(given, (str, list, tuple)) or (isinstance(given, np.ndarray) and given.ndim == 1)
    texts: list[Any] = [str(text) if isinstance(text, str) else text for text in given] if is_list else [None]  # type: ignore[attr-defined]
    if not all(isinstance(text, str) for text in texts):
        raise DataError(f"{what}: must be a list of text (got {shown(given)})")
    if twice := next((text for text in texts if texts.count(text) > 1), None):
        raise DataError(f"{what}: has {twice!r} twice")
    return texts


def check_names(given: Iterable[str], known: Iterable[str], what: str, role: str) -> None:
    """Raise an error unless the given groups are the known ones, in any order.

    Parameters
    ----------
    given, known : iterable of str
    what, role : str
        Name of the values, and role of the groups ("input" or "target"), in messages.

    Raises
    ------
    UnknownNameError
        If a group does not exist.
    DataError
        If a group is missing.
    """
    names, known_names = list(given), list(known)
    for name in names:
        if name not in known_names:
            raise unknown_name(f"{role} group{what}", name, known_names)
    for name in known_names:
        if name not in names:
            got, groups = ", ".join(map(repr, names)) or "none", ", ".join(map(repr, known_names))
            raise DataError(f"{role} for group {name!r}{what} is missing (got {got}; the {role} groups are {groups})")


def check_sizes(given: Sizes, wanted: Sizes, what: str, role: str) -> None:
    """Raise an error unless the given groups are the wanted ones, in any order, with the same sizes; parameters as `check_names`.

    Raises
    ------
    UnknownNameError
        If a group does not exist.
    DataError
        If a group is missing, or has another size.
    """
    check_names(given, wanted, what, role)
    for name, size in given.items():
        if size != wanted[name]:
            raise DataError(f"{role}s of group {name!r}{what}: must be {wanted[name]}, one for each unit (got {size})")


def in_order(values: Array, given: Sizes, wanted: Iterable[str]) -> Array:
    """Return values whose groups are in another order."""
    names = list(wanted)
    if names == list(given):
        return values
    parts = split_groups(values, given)
    return np.concatenate([parts[name] for name in names], axis=-1)
