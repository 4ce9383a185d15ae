"""Variables over time: quantities of units by tick, or anything that changes from epoch to epoch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import check_not_empty, to_data_array
from connectionist.analysis._labels import label_numbers, label_texts, selection_hint
from connectionist.errors import DataError
from connectionist.plots.figure import add_legend, append_to_title, axes_or_new, hide_frame, line_styles, literal_text
from connectionist.utils.arrays import as_numbers
from connectionist.utils.counts import describe_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from xarray import DataArray

    from connectionist.utils.arrays import Array

TIMES = ("tick", "epoch")
TARGET = "target"
MAX_MARKED = 12  # limit: lines with more points have no dots


@literal_text
def over_time(values: Any, targets: Any = None, axes: Axes | None = None, title: str = "") -> Axes:
    """Draw lines over ticks or epochs: one for each unit, connection or case, or one for each variable.

    Parameters
    ----------
    values : DataArray, Dataset, DataFrame, Recording or array_like
        An array needs the dimension "tick" or "epoch", and may have one other dimension of more than one value. A DataFrame needs "tick"
        or "epoch" as its index or as a column. Every variable of a Dataset or column of a DataFrame is drawn; a variable "target" is drawn
        as rings. A plain array is [tick] or [tick, unit].
    targets : Example, DataArray or array_like, optional
        Targets of the same shape, or of some of the lines by label; rings in the colour of their line. NaN means "no target".
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 7 by 4 inches.
    title : str

    Returns
    -------
    Axes
        The legend of more than four lines is to the right of the axes. With more than 24 lines, colours run from dark to light, and the
        legend has only some of the lines.

    Raises
    ------
    DataError
        If there is neither ticks nor epochs, if there are further dimensions, or if the targets do not have the ticks or the labels of
        the lines.

    Examples
    --------
    >>> axes = over_time([[0.1, 0.9], [0.8, 0.2], [0.4, 0.5]], targets=[[0, 1], [1, 0], [0, 0]])
    >>> axes.get_xlabel(), len(axes.get_legend().get_texts())
    ('tick', 2)
    """
    series, time, quantity = _read_lines(values)
    series, rings = _split_targets(series)
    if targets is not None:
        rings = _read_targets(targets, series)
    axes = axes_or_new(axes, 7, 4)
    lines = _draw_lines(axes, series, rings)
    axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axes.set_title(title, fontsize=9, loc="left")
    axes.set(xlabel=time, ylabel=quantity)
    _use_whole_ticks(axes, series)
    note = add_legend(axes, lines, [line.name for line in series]) if len(series) > 1 or series[0].name else ""
    append_to_title(axes, note, "rings: targets" if rings else "")
    hide_frame(axes)
    return axes


@dataclass(frozen=True)
class _Line:
    """Numbers over time.

    Attributes
    ----------
    variable : str
    key : str
        Label along the other dimension; empty if there is none.
    name : str
        Name in the legend.
    times : list of float
    numbers : array [time]
    """

    variable: str
    key: str
    name: str
    times: list[float]
    numbers: Array


def _draw_lines(axes: Axes, series: list[_Line], rings: list[_Line]) -> list[Any]:
    """Draw the lines and the rings of their targets, and return the lines."""
    marker = "o" if max(len(line.numbers) for line in series) <= MAX_MARKED else ""
    drawn: list[Any] = []
    for line, style in zip(series, line_styles(len(series)), strict=True):
        drawn += axes.plot(line.times, line.numbers, marker=marker, markersize=3, linewidth=1.2, **style)
        for ring in (each for each in rings if (each.variable, each.key) == (line.variable, line.key)):
            axes.plot(ring.times, ring.numbers, "o", markerfacecolor="none", markeredgecolor=style["color"], markersize=7)
    return drawn


def _read_lines(values: Any) -> tuple[list[_Line], str, str]:
    """Return the lines, "tick" or "epoch", and the quantity for the label of the vertical axis."""
    values = getattr(values, "dataset", values)  # a recording has an attribute dataset
    if hasattr(values, "data_vars"):
        variables = {str(name): values[name] for name in values.data_vars}
    elif hasattr(values, "columns"):
        variables = _columns(values)
    else:
        array = to_data_array(values, "over_time.values", (("tick",), ("tick", "unit")))
        variables = {str(array.name or "value"): array}
    if not variables:
        raise DataError("over_time.values: needs at least one variable (got none)")
    times = {name: _time_dimension(array, name) for name, array in variables.items()}
    if len(set(times.values())) > 1:
        found = ", ".join(f"{name} over {time}" for name, time in times.items())
        raise DataError(f"over_time.values: all variables must have ticks, or all must have epochs (got {found})")
    drawn = [name for name in variables if name != TARGET] or list(variables)
    lines = [line for name, array in variables.items() for line in _lines(name, array, times[name], len(drawn) > 1)]
    return lines, next(iter(times.values())), drawn[0] if len(drawn) == 1 else "value"


def _time_dimension(array: DataArray, name: str) -> str:
    """Return "tick" or "epoch".

    Raises
    ------
    DataError
        If a dimension is empty, if the array has neither of the two, or if one entry of a further dimension must be chosen first.
    """
    check_not_empty(array, f"over_time.{name}")
    found = [time for time in TIMES if time in array.dims]
    if not found:
        raise DataError(f"over_time.{name}: must have the dimension 'tick' or 'epoch' (got {', '.join(map(str, array.dims)) or 'none'})")
    long = [time for time in found if array.sizes[time] > 1] or found[:1]
    others = [str(dim) for dim in array.dims if dim != long[0] and array.sizes[dim] > 1]
    if len(others) > 1 or len(long) > 1:
        raise DataError(
            f"over_time.{name}: must have at most one dimension beside {long[0]!r} with more than one value (got {', '.join(others)}); "
            f"{selection_hint(array, others[0])}"
        )
    return long[0]


def _lines(variable: str, array: DataArray, time: str, is_one_of_several: bool) -> list[_Line]:
    """Return a line for each label along the other dimension of an array, or one line if there is no other dimension."""
    times = label_numbers(array, time)
    other = next((str(dim) for dim in array.dims if dim != time and array.sizes[dim] > 1), None)
    table = array.squeeze([dim for dim in array.dims if dim not in (time, other)], drop=True).astype(float)
    if other is None:
        return [_Line(variable, "", variable if is_one_of_several else "", times, np.asarray(table.values))]
    return [
        _Line(variable, key, f"{variable} {key}" if is_one_of_several else key, times, np.asarray(row))
        for key, row in zip(label_texts(table, other), table.transpose(other, time).values, strict=True)
    ]


def _columns(table: Any) -> dict[str, DataArray]:
    """Return the columns of a DataFrame with one row per tick or epoch.

    Raises
    ------
    DataError
        If there is neither an index nor a column "tick" or "epoch", or if a tick or epoch has several rows.
    """
    from xarray import DataArray

    time = next((name for name in TIMES if table.index.name == name or name in table.columns), None)
    if time is None:
        found = ", ".join(map(str, table.columns))
        raise DataError(f"over_time.values: must have an index named 'tick' or 'epoch', or a column of that name (got columns {found})")
    rows = table if table.index.name == time else table.set_index(time)
    if rows.index.has_duplicates:
        repeated = rows.index[rows.index.duplicated()][0]
        raise DataError(f"over_time.values: must have one row per {time} (got several of {repeated}); choose one case")
    return {
        str(name): DataArray(as_numbers(rows[name].to_numpy(), f"over_time, column {name!r}"), dims=(time,), coords={time: rows.index})
        for name in rows.columns
    }


def _split_targets(series: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    """Return the lines without those of the variable "target", and the latter as targets of another variable."""
    lines = [line for line in series if line.variable != TARGET]
    if not lines:
        return series, []
    return lines, [replace(line, variable=_variable_with_targets(lines)) for line in series if line.variable == TARGET]


def _variable_with_targets(lines: list[_Line]) -> str:
    """Return "activation" if there is such a variable, otherwise the first variable."""
    return next((line.variable for line in lines if line.variable == "activation"), lines[0].variable)


def _read_targets(targets: Any, series: list[_Line]) -> list[_Line]:
    """Return targets with the keys of their lines: by label if they have labels, otherwise by position.

    Raises
    ------
    DataError
        If a label is not that of a line, or if targets without labels do not have the ticks of the lines.
    """
    targets = getattr(targets, "targets", targets)  # of an example
    given, *_ = _read_lines(targets)
    variable = _variable_with_targets(series)
    keys = [line.key for line in series if line.variable == variable]
    is_plain = not hasattr(targets, "dims") and not hasattr(targets, "columns")
    if (is_plain or len(given) == 1) and len(given) == len(keys):
        given = [replace(line, key=key) for line, key in zip(given, keys, strict=True)]
    for line in given:
        if line.key not in keys:
            raise DataError(f"over_time.targets: there is no line {line.key!r}; there are {', '.join(keys[:40])}")
        if is_plain and len(line.numbers) != len(series[0].numbers):
            raise DataError(
                f"over_time.targets: must have the {describe_count(len(series[0].numbers), 'tick')} of the values (got {len(line.numbers)})"
            )
    return [replace(line, variable=variable) for line in given]


def _use_whole_ticks(axes: Axes, series: list[_Line]) -> None:
    """Put the ticks of the time axis at whole numbers if all times are whole, and widen an axis with a single time."""
    from matplotlib.ticker import MaxNLocator

    times = [time for line in series for time in line.times]
    if min(times) == max(times):
        axes.set_xlim(times[0] - 1, times[0] + 1)
    if times == [round(time) for time in times]:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
