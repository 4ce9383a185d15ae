"""The cells of a table: numbers, labels, and missing values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

import connectionist as cn
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd


def is_numeric(column: Any) -> bool:
    """Return whether a column has only numbers and missing values."""
    return bool(column.dtype.kind in "biuf") or not len(column.dropna())


def is_missing(value: object) -> bool:
    """Return whether a cell has no value."""
    return value is None or value != value or type(value).__name__ == "NAType"  # noqa: PLR0124  (NaN)


def label_text(value: object) -> str:
    """Return a label; whole numbers have no decimals, since pandas makes floats of a column with missing values."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def column_numbers(file: cn.formats.InputFile, frame: pd.DataFrame, column: str) -> cn.Array:
    """Return the numbers of a column; NaN where one is missing."""
    import pandas as pd

    given = frame[column]
    is_plain = isinstance(given.dtype, np.dtype) and given.dtype.kind in "biuf"
    try:
        numbers = (given if is_plain else pd.to_numeric(given, errors="coerce")).to_numpy(dtype=float, na_value=math.nan)
    except (TypeError, ValueError, OverflowError) as error:
        raise unreadable(file, error) from None
    wrong = np.isinf(numbers) if is_plain else np.isinf(numbers) | (np.isnan(numbers) & given.notna().to_numpy())
    if wrong.any():
        row = int(wrong.argmax())
        value = given.iloc[row]
        raise file.error(f"{shown(getattr(value, 'item', lambda: value)())} in column {column!r}", "a finite number", line=row + 2)
    return numbers


def hint_of_numbers(names: Iterable[str]) -> str:
    """Return what to add to a message about the names of columns, if they are numbers. Some may be empty, or named by pandas for that."""
    given = [name for name in names if name.strip() and not name.startswith("Unnamed: ")]
    try:
        has_numbers = bool([float(name) for name in given])
    except ValueError:
        has_numbers = False
    return "; the first line must have the names of the columns, and has numbers" if has_numbers else ""


def unreadable(file: cn.formats.InputFile, error: Exception) -> cn.errors.FormatError:
    """Return the error for a file that its library cannot read."""
    reason = str(error).strip().splitlines()
    return file.error(message=f"is no such table, or is damaged ({reason[0] if reason else type(error).__name__:.200})")
