"""Tables of users: data frames of pandas or polars, lists of dicts, and dicts of lists."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral
from typing import Any

import numpy as np

from connectionist.errors import DataError, unknown_name
from connectionist.utils.arrays import check_no_set
from connectionist.utils.finite_list import finite_list
from connectionist.utils.visible_text import shown


class GivenTable:
    """The columns of a table by name.

    Parameters
    ----------
    given : DataFrame of pandas or polars, table of pyarrow, structured array, list of dict, or dict of lists

    Attributes
    ----------
    columns : dict of str to list
    rows : list
        What messages call each row: its label in the index of pandas, or its number from 0.

    Raises
    ------
    DataError
        If it is no table, has no rows, or has two columns of one name.
    """

    def __init__(self, given: Any) -> None:
        pairs = [
            (str(column_name(name)), finite_list(values, f"ExampleSet.from_table, column {name!r}")) for name, values in _columns(given)
        ]
        self.columns = dict(pairs)
        for name, _ in pairs:
            if [other for other, _ in pairs].count(name) > 1:
                raise DataError(f"ExampleSet.from_table: has two columns named {name!r}")
        lengths = {name: len(values) for name, values in pairs}
        if len(set(lengths.values())) > 1:
            raise DataError(f"ExampleSet.from_table: all columns must have the same number of rows (got {lengths})")
        self.rows = list(given.index) if hasattr(given, "iloc") else list(range(next(iter(lengths.values()), 0)))
        if not self.rows:
            raise DataError("ExampleSet.from_table: needs at least one row (got none)")

    def column(self, name: object, what: str) -> list[Any]:
        """Return the values of a column; None where a value is missing.

        Parameters
        ----------
        name : str
        what : str
            Name of the argument in messages.

        Raises
        ------
        UnknownNameError
            If there is no such column.
        """
        if not isinstance(name, str) or name not in self.columns:
            raise unknown_name(f"column for {what}", name, self.columns)
        return [None if is_missing(value) else value for value in self.columns[name]]

    def place(self, row: int, column: str) -> str:
        """Return what messages call a cell."""
        return f"ExampleSet.from_table, row {self.rows[row]!r}, column {column!r}"


def column_name(given: Any) -> Any:
    """Return the number of a column as text, since columns of pandas without a header have numbers. Other values do not change."""
    return str(int(given)) if isinstance(given, Integral) and not isinstance(given, (bool, np.bool_)) else given


def is_missing(value: object) -> bool:
    """Return whether a cell has no value: None, NaN, or the missing values of pandas."""
    if value is None or value is getattr(sys.modules.get("pandas"), "NA", None):
        return True
    try:
        return bool(value != value)  # noqa: PLR0124  (NaN and NaT)
    except (TypeError, ValueError):
        return False


def _columns(given: Any) -> Iterable[tuple[Any, Iterable[Any]]]:
    given = given.collect() if hasattr(given, "collect_schema") and hasattr(given, "collect") else given  # a LazyFrame of polars
    if hasattr(given, "to_pydict"):  # a table of pyarrow
        return [(name, column.to_pylist()) for name, column in zip(given.column_names, given.columns, strict=True)]
    if isinstance(given, np.ndarray) and given.dtype.names:
        return [(name, given[name].tolist()) for name in given.dtype.names]
    if hasattr(given, "iloc") and hasattr(given, "columns"):
        return [(name, given.iloc[:, number].tolist()) for number, name in enumerate(given.columns)]
    if hasattr(given, "get_columns"):
        return [(column.name, column.to_list()) for column in given.get_columns()]
    if isinstance(given, Mapping):
        for name, values in given.items():
            check_no_set(values, f"ExampleSet.from_table, column {name!r}")
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise DataError(f"ExampleSet.from_table, column {name!r}: must be a list with a value for each row (got {shown(values)})")
        return given.items()
    rows = finite_list(given, "ExampleSet.from_table") if isinstance(given, (list, tuple, Iterator)) else []
    if rows and all(isinstance(row, Mapping) for row in rows):
        return [(name, [row.get(name) for row in rows]) for name in dict.fromkeys(name for row in rows for name in row)]
    raise DataError(
        f"ExampleSet.from_table: must be a data frame, a list of dicts with at least one row, or a dict of lists (got {shown(given)})"
    )
