"""Rows of runs as tables of pyarrow, which are small, and as one table of pandas.

A column of a table has truth values, whole numbers, numbers or text. Other columns, which have several of these, have JSON text. The type
of a column of the final table depends on all its values, not on how the rows were divided into tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import TYPE_CHECKING, Any

from connectionist.utils.visible_text import encodable, shown, visible_line

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Row = Mapping[str, Any]
Fields = Sequence["pa.Field | None"]  # of a column in each of several tables
NAMES = b"connectionist columns"  # metadata: for each set of columns its first run, to find the order of the columns of several tables
PUBLISHED = b"connectionist published"  # metadata: distinct sets of published values, each with the numbers of its conditions
MIXED = {b"connectionist": b"json"}
Published = Mapping[int, Mapping[str, float]]
LARGEST_WHOLE = 2**63 - 1


def column_name(name: str) -> str:
    r"""Return the name of a column for a name that a user's code gives, without control characters and what UTF-8 does not have.

    Examples
    --------
    >>> column_name("errors,\n50\u00a0%")
    'errors,\\n50\xa0%'
    """
    return encodable(visible_line(name))


def to_table(rows: Sequence[Row], published: Published | None = None) -> pa.Table:
    """Return rows as a table, with what was published for their conditions. A key that a row lacks is null."""
    import pyarrow as pa

    layouts: dict[tuple[str, ...], list[int]] = {}
    for row in rows:
        key = [row["condition"], row["seed"]]
        layouts[tuple(row)] = min(layouts.get(tuple(row), key), key)
    names = dict.fromkeys(name for layout in layouts for name in layout)
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    made = {name: (pa.chunked_array([values], kind), is_mixed) for name, (kind, values, is_mixed) in columns.items()}
    return _make_table(made, layouts, published or {})


def join_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the rows of several tables as one table."""
    layouts: dict[tuple[str, ...], list[int]] = {}
    for key, names in (layout for table in tables for layout in column_layouts(table)):
        layouts[tuple(names)] = min(layouts.get(tuple(names), key), key)
    columns = {name: _joined_column(tables, name, fields) for name, fields in _fields_by_name(tables).items()}
    return _make_table(columns, layouts, published_values(tables))


def _make_table(
    columns: Mapping[str, tuple[pa.ChunkedArray, bool]], layouts: Mapping[tuple[str, ...], list[int]], published: Published
) -> pa.Table:
    """Return a table of columns, each with whether it has JSON text for values of several types."""
    import pyarrow as pa

    fields = [pa.field(name, array.type, metadata=MIXED if is_mixed else None) for name, (array, is_mixed) in columns.items()]
    names = json.dumps([(key, list(names)) for names, key in layouts.items()])
    conditions: dict[str, list[int]] = {}
    for condition, found in published.items():
        conditions.setdefault(json.dumps(found), []).append(condition)
    values = json.dumps([(json.loads(text), numbers) for text, numbers in conditions.items()])
    metadata = {NAMES: names.encode(), PUBLISHED: values.encode()}
    return pa.table([array for array, _ in columns.values()], schema=pa.schema(fields, metadata=metadata))


def _fields_by_name(tables: Sequence[pa.Table]) -> dict[str, Fields]:
    """Return for each column its field in each table. To ask a table for one field takes longer the more it has."""
    by_table = [{field.name: field for field in table.schema} for table in tables]
    return {name: [fields.get(name) for fields in by_table] for name in dict.fromkeys(name for fields in by_table for name in fields)}


def _joined_column(tables: Sequence[pa.Table], name: str, fields: Fields) -> tuple[pa.ChunkedArray, bool]:
    """Return a column of all tables, and whether it has JSON text."""
    import pyarrow as pa

    kind = _plain_kind(fields)
    if kind is None:
        found, values, is_mixed = _column(_all_values(tables, fields))
        return pa.chunked_array([values], found), is_mixed
    parts = [
        pa.nulls(len(table), kind) if field is None else table[name].cast(kind, safe=False)
        for table, field in zip(tables, fields, strict=True)
    ]
    return pa.chunked_array(
        [chunk for part in parts for chunk in (part.chunks if isinstance(part, pa.ChunkedArray) else [part])], kind
    ), False


def _plain_kind(fields: Fields) -> pa.DataType | None:
    """Return the type of a column of all tables; None if its values have several types."""
    import pyarrow as pa

    present = [field for field in fields if field is not None]
    kinds = {field.type for field in present} - {pa.null()}
    if any(map(_is_mixed, present)):
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


def published_values(tables: Sequence[pa.Table]) -> dict[int, dict[str, float]]:
    """Return what was published for the conditions of tables of runs, by their numbers. The first table that has a condition counts.

    Raises
    ------
    ValueError
        If the metadata of a table, which may be a file from elsewhere, has another form.
    """
    found: dict[int, dict[str, float]] = {}
    for table in tables:
        for values, conditions in json.loads((table.schema.metadata or {}).get(PUBLISHED, b"[]")):
            if not (
                isinstance(values, dict) and all(isinstance(value, float) for value in values.values()) and isinstance(conditions, list)
            ):
                raise ValueError("its published values are damaged")
            found = {condition: values for condition in conditions if type(condition) is int} | found
    return found


def check_contents(table: pa.Table) -> None:
    """Raise ValueError if a table, which may be a file from elsewhere, has other metadata, or JSON text that is no simple value."""
    names = {name for _, layout in column_layouts(table) for name in layout}
    if names and names != set(table.column_names):  # Parquet has no checksum of the names of columns
        raise ValueError("its columns are not those that were written")
    published_values([table])
    for field in filter(_is_mixed, table.schema):
        if any(not isinstance(value, (bool, int, float, str, NoneType)) for value in _values(table, field)):
            raise ValueError(f"the column {shown(field.name)} has values that are lists or objects")


def to_frame(tables: Sequence[pa.Table]) -> pd.DataFrame:
    """Return the rows of several tables, in their order, with the columns in the order of the first run of each set of columns."""
    import pandas as pd

    layouts = sorted((layout for table in tables for layout in column_layouts(table)), key=lambda layout: layout[0])
    fields = _fields_by_name(tables)
    names = dict.fromkeys(name for _, layout in layouts for name in layout if name in fields)
    names |= dict.fromkeys(sorted(fields))
    return pd.DataFrame({name: _series(tables, name, fields[name]) for name in names})


def _column(values: list[Any]) -> tuple[pa.DataType, list[Any], bool]:
    """Return the type of a column, its values, and whether they are JSON text."""
    import pyarrow as pa

    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {bool} or kinds == {str}:
        kind = pa.null() if not kinds else pa.bool_() if kinds == {bool} else pa.string()
        return kind, [None if value is None else encodable(value) for value in values] if kinds == {str} else values, False
    if kinds <= {int, float} and (int not in kinds or all(value is None or abs(value) <= LARGEST_WHOLE for value in values)):
        return pa.int64() if kinds == {int} else pa.float64(), values, False
    return pa.string(), [None if value is None else json.dumps(value) for value in values], True


def _is_mixed(field: pa.Field) -> bool:
    return bool(field.metadata == MIXED)


def _values(table: pa.Table, field: pa.Field) -> list[Any]:
    values: list[Any] = table[field.name].to_pylist()
    return [None if value is None else json.loads(value) for value in values] if _is_mixed(field) else values


def _all_values(tables: Sequence[pa.Table], fields: Fields) -> list[Any]:
    """Return the values of a column of all tables; None where a table does not have it."""
    each = ([None] * len(table) if field is None else _values(table, field) for table, field in zip(tables, fields, strict=True))
    return [value for values in each for value in values]


def _series(tables: Sequence[pa.Table], name: str, fields: Fields) -> pd.Series[Any]:
    """Return a column of all tables: of floats if a number is missing, of objects if values of several types occur."""
    import pandas as pd

    kind = _plain_kind(fields)
    if kind is None:
        return pd.Series(_all_values(tables, fields), dtype=object)
    joined, _ = _joined_column(tables, name, fields)
    if str(kind) in ("int64", "double") or (str(kind) == "bool" and not joined.null_count):
        return pd.Series(joined.to_numpy())
    return pd.Series(joined.to_pylist(), dtype=object)
