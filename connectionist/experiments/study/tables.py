"""Rows of runs as tables of pyarrow, which are small, and as one table of pandas.

A column of a table has truth values, whole numbers, numbers or text. Other columns, which have several of these, have JSON text. The type
of a column of the final table depends on all its values, not on how the rows were divided into tables.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any

from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Row = Mapping[str, Any]
NAMES = b"connectionist columns"  # metadata: for each set of columns its first run, to find the order of the columns of several tables
MIXED = {b"connectionist": b"json"}
LARGEST_WHOLE = 2**63 - 1


def to_table(rows: Sequence[Row]) -> pa.Table:
    """Return rows as a table. A key that a row lacks is null."""
    import pyarrow as pa

    layouts: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        key = [row["condition"], row["seed"]]
        layouts[tuple(row)] = min(layouts.get(tuple(row), key), key)
    names = dict.fromkeys(name for layout in layouts for name in layout)
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    return _make_table({name: (pa.chunked_array([values], kind), is_mixed) for name, (kind, values, is_mixed) in columns.items()}, layouts)


def join_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of several tables as one table."""
    layouts: dict[tuple[str, ...], list[int]] = {}
    for key, names in (layout for table in tables for layout in column_layouts(table)):
        layouts[tuple(names)] = min(layouts.get(tuple(names), key), key)
    columns = dict.fromkeys(name for table in tables for name in table.column_names)
    return _make_table({name: _joined_column(tables, name) for name in columns}, layouts)


def _make_table(columns: Mapping[str, tuple[pa.ChunkedArray, bool]], layouts: Mapping[tuple[str, ...], list[int]]) -> pa.Table:
    """Return a table of columns, each with whether it has JSON text for values of several types."""
    import pyarrow as pa

    fields = [pa.field(name, array.type, metadata=MIXED if is_mixed else None) for name, (array, is_mixed) in columns.items()]
    names = json.dumps([(key, list(names)) for names, key in layouts.items()])
    return pa.table([array for array, _ in columns.values()], schema=pa.schema(fields, metadata={NAMES: names.encode()}))


def _joined_column(tables: Sequence[pa.Table], name: str) -> tuple[pa.ChunkedArray, bool]:
    """Return a column of all tables, and whether it has JSON text."""
    import pyarrow as pa

    kind = _plain_kind(tables, name)
    if kind is None:
        found, values, is_mixed = _column(_chained(_values_or_none(table, name) for table in tables))
        return pa.chunked_array([values], found), is_mixed
    parts = [table[name].cast(kind, safe=False) if name in table.column_names else pa.nulls(len(table), kind) for table in tables]
    return pa.chunked_array(
        [chunk for part in parts for chunk in (part.chunks if isinstance(part, pa.ChunkedArray) else [part])], kind
    ), False


def _plain_kind(tables: Sequence[pa.Table], name: str) -> pa.DataType | None:
    """Return the type of a column of all tables; None if its values have several types."""
    import pyarrow as pa

    present = [table for table in tables if name in table.column_names]
    kinds = {table.schema.field(name).type for table in present} - {pa.null()}
    if any(_is_mixed(table, name) for table in present):
        return None
    if kinds == {pa.int64(), pa.float64()}:
        return pa.float64()
    return (kinds or {pa.null()}).pop() if len(kinds) <= 1 else None


def column_layouts(table: pa.Table) -> list[tuple[list[int], list[str]]]:
    """Return the sets of columns of the rows of a table, each with the condition and the seed of its first run.

    Raises
    ------
    ValueError
        If the metadata of the table, which may be a file from elsewhere, has another form.
    """
    text = (table.schema.metadata or {}).get(NAMES, b"[]")
    found = json.loads(text)
    for key, names in found:
        if not (isinstance(names, list) and all(isinstance(name, str) for name in names) and [type(each) for each in key] == [int, int]):
            raise ValueError("its list of columns is damaged")
    return [(key, names) for key, names in found]


def check_contents(table: pa.Table) -> None:
    """Raise ValueError if a table, which may be a file from elsewhere, has other metadata, or JSON text that is no simple value."""
    column_layouts(table)
    for name in filter(lambda name: _is_mixed(table, name), table.column_names):
        if any(not isinstance(value, (bool, int, float, str, NoneType)) for value in _values(table, name)):
            raise ValueError(f"the column {shown(name)} has values that are lists or objects")


def to_frame(tables: Sequence[pa.Table]) -> pd.DataFrame:
    """Return the rows of several tables, in their order, with the columns in the order of the first run of each set of columns."""
    import pandas as pd

    layouts = sorted((layout for table in tables for layout in column_layouts(table)), key=lambda layout: layout[0])
    known = {name for table in tables for name in table.column_names}
    names = dict.fromkeys(name for _, layout in layouts for name in layout if name in known)
    names |= dict.fromkeys(sorted(known))
    return pd.DataFrame({name: _series(tables, name) for name in names})


def _column(values: list[Any]) -> tuple[pa.DataType, list[Any], bool]:
    """Return the type of a column, its values, and whether they are JSON text."""
    import pyarrow as pa

    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {bool} or kinds == {str}:
        kind = pa.null() if not kinds else pa.bool_() if kinds == {bool} else pa.string()
        return kind, [_encodable(value) for value in values] if kinds == {str} else values, False
    if kinds <= {int, float} and (int not in kinds or all(value is None or abs(value) <= LARGEST_WHOLE for value in values)):
        return pa.int64() if kinds == {int} else pa.float64(), values, False
    return pa.string(), [None if value is None else json.dumps(value) for value in values], True


def _encodable(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def _is_mixed(table: pa.Table, name: str) -> bool:
    return bool(table.schema.field(name).metadata == MIXED)


def _values(table: pa.Table, name: str) -> list[Any]:
    values: list[Any] = table[name].to_pylist()
    return [None if value is None else json.loads(value) for value in values] if _is_mixed(table, name) else values


def _values_or_none(table: pa.Table, name: str) -> list[Any]:
    return _values(table, name) if name in table.column_names else [None] * len(table)


def _series(tables: Sequence[pa.Table], name: str) -> pd.Series[Any]:
    """Return a column of all tables: of floats if a number is missing, of objects if values of several types occur."""
    import pandas as pd

    kind = _plain_kind(tables, name)
    if kind is None:
        return pd.Series(_chained(_values_or_none(table, name) for table in tables), dtype=object)
    joined, _ = _joined_column(tables, name)
    if str(kind) in ("int64", "double") or (str(kind) == "bool" and not joined.null_count):
        return pd.Series(joined.to_numpy())
    return pd.Series(joined.to_pylist(), dtype=object)


def _chained(lists: Iterable[list[Any]]) -> list[Any]:
    return [value for each in lists for value in each]
