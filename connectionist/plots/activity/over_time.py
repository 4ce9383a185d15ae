"""Variables over time: what a unit did tick by tick, or how something changed from epoch to epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import check_not_empty, to_data_array
from connectionist.analysis._labels import label_numbers, label_texts, selection_hint
from connectionist.errors import DataError
from connectionist.plots.figure import add_to_title, line_styles, name_lines, own_axes, tidy
from connectionist.utils.arrays import as_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import DataArray

    from connectionist.utils.arrays import Array

TIMES = ("tick", "epoch")
TARGET = "target"


def over_time(values: Any, targets: Any = None, axes: Axes | None = None, title: str = "") -> Axes:
    """Draw lines over ticks or epochs: one for each unit, connection or case, or for each variable.

    Parameters
    ----------
    values : DataArray, Dataset, DataFrame or Recording
        With the dimension (of a DataFrame: the index or a column) "tick" or "epoch", and at most one other of more than one value. Of
        a Dataset every variable has its lines, except "target", which is drawn as rings. A bare array is [tick] or [tick, unit].
    targets : DataArray or array_like, optional
        Targets of the same shape, or of some of the lines by name; rings in the colour of their line. NaN means "no target".
    axes : Axes, optional
        Where to draw; a figure of its own of 7 by 4 inches unless given.
    title : str

    Returns
    -------
    Axes
        Beyond four lines the legend stands beside them; beyond 24, colours run from dark to light and not every line is named.

    Raises
    ------
    DataError
        When there is neither dimension, or there are others, or targets do not fit.

    Examples
    --------
    >>> axes = over_time([[0.1, 0.9], [0.8, 0.2], [0.4, 0.5]], targets=[[0, 1], [1, 0], [0, 0]])
    >>> axes.get_xlabel(), len(axes.get_legend().get_texts())
    ('tick', 2)
    """
    series, time, quantity = _series(values)
    series, rings = _targets_apart(series)
    if targets is not None:
        rings = _given_targets(targets, series)
    axes = own_axes(axes, 7, 4)
    styles = line_styles(len(series))
    marker = "o" if max(len(each.numbers) for each in series) <= 12 else ""
    lines = []
    for each, style in zip(series, styles, strict=True):
        lines += axes.plot(each.times, each.numbers, marker=marker, markersize=3, linewidth=1.2, **style)
        for goal in (ring for ring in rings if (ring.variable, ring.key) == (each.variable, each.key)):
            axes.plot(goal.times, goal.numbers, "o", markerfacecolor="none", markeredgecolor=style["color"], markersize=7)
    axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axes.set_title(title, fontsize=9, loc="left")
    axes.set(xlabel=time, ylabel=quantity)
    _whole_ticks(axes, series)
    left_out = name_lines(axes, lines, [each.name for each in series]) if len(series) > 1 or series[0].name else ""
    add_to_title(axes, left_out, "rings: targets" if rings else "")
    tidy(axes)
    return axes


@dataclass(frozen=True)
class _Line:
    """Numbers over time, and whose they are: `variable` and `key`, the name along the other dimension."""

    variable: str
    key: str
    name: str
    times: list[float]
    numbers: Array


def _series(values: Any) -> tuple[list[_Line], str, str]:
    """Return the lines, over what they run, and what they show."""
    values = getattr(values, "dataset", values)  # of a recording
    if hasattr(values, "data_vars"):
        variables = {str(name): values[name] for name in values.data_vars}
    elif hasattr(values, "columns"):
        variables = _columns(values)
    else:
        array = to_data_array(values, "over_time, values", (("tick",), ("tick", "unit")))
        variables = {str(array.name or "value"): array}
    if not variables:
        raise DataError("over_time, values: needs at least one variable (got none)")
    times = {name: _time_of(array, name) for name, array in variables.items()}
    if len(dict.fromkeys(times.values())) > 1:
        raise DataError(
            f"over_time, values: must all run over ticks, or all over epochs (got {', '.join(f'{n} over {t}' for n, t in times.items())})"
        )
    shown = [name for name in variables if name != TARGET] or list(variables)
    lines = [line for name, array in variables.items() for line in _lines(name, array, times[name], len(shown) > 1)]
    return lines, next(iter(times.values())), shown[0] if len(shown) == 1 else "value"


def _time_of(array: DataArray, name: str) -> str:
    """Return over what a variable runs, refusing one that needs a choice first."""
    check_not_empty(array, f"over_time, {name}")
    found = [time for time in TIMES if time in array.dims]
    long = [time for time in found if array.sizes[time] > 1] or found[:1]
    if not found:
        raise DataError(f"over_time, {name}: must have the dimension 'tick' or 'epoch' (got {', '.join(map(str, array.dims)) or 'none'})")
    others = [str(dimension) for dimension in array.dims if dimension != long[0] and array.sizes[dimension] > 1]
    if len(others) > 1 or len(long) > 1:
        raise DataError(
            f"over_time, {name}: must have at most one dimension beside {long[0]!r} with more than one value (got {', '.join(others)}); "
            f"{selection_hint(array, others[0])}"
        )
    return long[0]


def _lines(variable: str, array: DataArray, time: str, is_one_of_several: bool) -> list[_Line]:
    times = label_numbers(array, time)
    other = next((str(dimension) for dimension in array.dims if dimension != time and array.sizes[dimension] > 1), None)
    flat = array.squeeze([dimension for dimension in array.dims if dimension not in (time, other)], drop=True).astype(float)
    if other is None:
        return [_Line(variable, "", variable if is_one_of_several else "", times, np.asarray(flat.values))]
    table = flat.transpose(other, time).values
    keys = label_texts(flat, other)
    return [
        _Line(variable, key, f"{variable} {key}" if is_one_of_several else key, times, np.asarray(row))
        for key, row in zip(keys, table, strict=True)
    ]


def _columns(table: Any) -> dict[str, DataArray]:
    """Return the columns of a table of one row per tick or epoch."""
    from xarray import DataArray

    time = next((name for name in TIMES if table.index.name == name or name in table.columns), None)
    if time is None:
        raise DataError(
            f"over_time, values: must have the index or a column 'tick' or 'epoch' (got columns {', '.join(map(str, table.columns))})"
        )
    rows = table if table.index.name == time else table.set_index(time)
    if rows.index.has_duplicates:
        raise DataError(
            f"over_time, values: must have one row per {time} (got several of {rows.index[rows.index.duplicated()][0]}); choose one case"
        )
    return {
        str(name): DataArray(as_numbers(rows[name].to_numpy(), f"over_time, column {name!r}"), dims=(time,), coords={time: rows.index})
        for name in rows.columns
    }


def _targets_apart(series: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """Part lines from what is a Dataset's variable "target", which belongs to its "activation" or, without that, its first variable."""
    lines = [line for line in series if line.variable != TARGET]
    if not lines:
        return series, []
    return lines, [replace(line, variable=_owner(lines)) for line in series if line.variable == TARGET]


def _owner(lines: list[_Line]) -> str:
    """Return the variable that targets are targets of."""
    return next((line.variable for line in lines if line.variable == "activation"), lines[0].variable)


def _given_targets(targets: Any, series: list[_Line]) -> list[_Line]:
    """Return targets with the keys of their lines: by name where they have names, else by place."""
    given, *_ = _series(targets)
    owner = _owner(series)
    keys = [line.key for line in series if line.variable == owner]
    is_bare = not hasattr(targets, "dims") and not hasattr(targets, "columns")
    if (is_bare or len(given) == 1) and len(given) == len(keys):
        given = [replace(line, key=key) for line, key in zip(given, keys, strict=True)]
    for line in given:
        if line.key not in keys:
            raise DataError(f"over_time, targets: there is no line {line.key!r}; there are {', '.join(keys[:40])}")
        if is_bare and len(line.numbers) != len(series[0].numbers):
            raise DataError(f"over_time, targets: must have the {len(series[0].numbers)} ticks of the values (got {len(line.numbers)})")
    return [replace(line, variable=owner) for line in given]


def _whole_ticks(axes: Axes, series: list[_Line]) -> None:
    from matplotlib.ticker import MaxNLocator

    times = [time for each in series for time in each.times]
    if min(times) == max(times):
        axes.set_xlim(times[0] - 1, times[0] + 1)
    if times == [round(time) for time in times]:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
