"""Activations as a grid of cells: cases, ticks or both against units, in grey levels, or red and blue where there are negative ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import is_data_array, with_dimensions
from connectionist.analysis._labels import label_texts
from connectionist.errors import DataError
from connectionist.plots.activity._heatmap import CELL, MOST, add_scale, draw_cells
from connectionist.plots.figure import POINTS, SMALLEST, add_to_title, name_ticks, own_axes, size_and_step, size_in_inches, width_of
from connectionist.utils.arrays import as_numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from xarray import DataArray

    from connectionist.utils.arrays import Array

SHAPES = ("case", "unit"), ("tick", "unit"), ("case", "tick", "unit")
MARK = "#D55E00"


def activations(values: Any, targets: Any = None, axes: Axes | None = None, title: str = "") -> Axes:
    """Draw activations as cells, the darker the higher; with negative ones, red for positive and blue for negative.

    Parameters
    ----------
    values : DataArray, Recording or array_like
        With the dimensions case and unit, tick and unit (one sequence; time runs to the right), or case, tick and unit (the ticks
        of each case below one another; those that a case does not have are left out). NaN is hatched. An array of two
        dimensions is taken for [case, unit]. Names are the coordinates.
    targets : DataArray or array_like, optional
        Of the same shape, or of some of the same cases, ticks and units; each that is not 0 is a ring, filled as its value is.
        NaN means "no target".
    axes : Axes, optional
        Where to draw; a figure of its own unless given.
    title : str

    Returns
    -------
    Axes
        With a colour bar beside it.

    Raises
    ------
    DataError
        When the dimensions are others, one is empty, or targets do not fit.

    Examples
    --------
    >>> axes = activations([[0.1, 0.9], [0.8, 0.2], [0.4, 0.5]], targets=[[0, 1], [1, 0], [0, 0]])
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('unit', 'case')
    """
    shown = with_dimensions(values, "activations, values", *SHAPES)
    goals = None if targets is None else _fitted(targets, shown)
    grid = _Grid(shown)
    axes = own_axes(axes, *grid.inches)
    image = grid.draw(axes)
    axes.set_title(title, fontsize=9, loc="left")
    left_out = grid.name(axes)
    if goals is not None:
        _mark(axes, grid.table_of(goals), image)
    add_to_title(axes, *left_out, "rings: targets other than 0" if goals is not None else "")
    add_scale(axes, image, str(shown.name or "activation"))
    return axes


class _Grid:
    """Values as rows and columns with names."""

    def __init__(self, values: DataArray) -> None:
        self.values = values
        self.has_cases = "case" in values.dims
        self.kept = _present(values)
        self.table = self.table_of(values)
        units = label_texts(values, "unit")
        self.columns, self.rows = (units, self._row_names()) if self.has_cases else (label_texts(values, "tick"), units)

    def table_of(self, values: DataArray) -> Array:
        """Return values [row, column] as this grid shows them."""
        if not self.has_cases:
            return np.asarray(values.values.T)
        return np.asarray(values.values.reshape(-1, values.sizes["unit"])[self.kept])

    @property
    def inches(self) -> tuple[float, float]:
        """A page with room for cells, names and colour bar."""
        height, width = (length * min(CELL, MOST / length) for length in self.table.shape)
        beside, under = width_of(self.rows) + 1.6, width_of(self.columns) + 0.8
        return max(3.5, width + beside), max(2.2, height + under)

    def draw(self, axes: Axes) -> Any:
        """Draw the cells."""
        return draw_cells(axes, self.table, full=1.0)

    def name(self, axes: Axes) -> list[str]:
        """Write the names, and return what was left out."""
        width, height = size_in_inches(axes)
        kinds = ("unit", "case") if self.has_cases else ("tick", "unit")
        room = width / len(self.columns)
        upright = 90 if width_of(self.columns) > 0.9 * room else 0
        left_out = [name_ticks(axes.xaxis, self.columns, room, kinds[0], rotation=upright)]
        axes.set(xlabel=kinds[0], ylabel=kinds[1])
        room = height / len(self.rows)
        if "tick" in self.values.dims and self.has_cases:
            axes.set_ylabel("case and tick")
            starts = self._starts()
            axes.hlines(starts[1:] - 0.5, -0.5, len(self.columns) - 0.5, color="#56B4E9", linewidth=0.8)
            if size_and_step(room)[1] > 1:
                axes.set_ylabel("case (its ticks from top to bottom)")
                nearest = float(np.diff([*starts, len(self.rows)]).min())
                return [*left_out, name_ticks(axes.yaxis, label_texts(self.values, "case"), room * nearest, "case", starts.tolist())]
        return [*left_out, name_ticks(axes.yaxis, self.rows, room, kinds[1])]

    def _starts(self) -> npt.NDArray[np.intp]:
        """Return the first row of each case."""
        per_case = self.kept.reshape(self.values.sizes["case"], -1).sum(axis=1)
        return np.concatenate([[0], np.cumsum(per_case)[:-1]])

    def _row_names(self) -> list[str]:
        cases = label_texts(self.values, "case")
        if "tick" not in self.values.dims:
            return cases
        ticks = label_texts(self.values, "tick")
        kept = self.kept.reshape(len(cases), len(ticks))
        rows = []
        for case, there in zip(cases, kept, strict=True):
            own = [tick for tick, is_there in zip(ticks, there.tolist(), strict=True) if is_there]
            rows += [f"{case}   {tick}" if not number else tick for number, tick in enumerate(own)]
        return rows


def _present(values: DataArray) -> npt.NDArray[np.bool_]:
    """Return which rows are shown: of cases with ticks all up to a case's last, and one of a case that has none."""
    if "tick" not in values.dims or "case" not in values.dims:
        return np.ones(values.shape[0], dtype=bool)
    there = np.isfinite(values.values).any(axis=2)
    there[:, 0] = True
    kept: npt.NDArray[np.bool_] = np.flip(np.logical_or.accumulate(np.flip(there, axis=1), axis=1), axis=1)
    return kept.ravel()


def _fitted(targets: Any, values: DataArray) -> DataArray:
    """Return targets for each of the values, NaN where there is none."""
    owner = "activations, targets"
    if is_data_array(targets):
        found = with_dimensions(targets, owner, tuple(map(str, values.dims)))
        for dimension in (each for each in values.dims if each in found.coords and each in values.coords):
            strangers = [name for name in label_texts(found, str(dimension)) if name not in label_texts(values, str(dimension))]
            if strangers:
                raise DataError(f"{owner}: no activations are given for {dimension} {strangers[0]!r}")
        aligned = found.reindex(
            {dimension: values[dimension] for dimension in values.dims if dimension in found.coords and dimension in values.coords}
        )
        targets = aligned.values
    goals = as_numbers(targets, owner)
    if goals.shape != values.shape:
        raise DataError(f"{owner}: must have the shape of the activations, {values.shape} (got {goals.shape})")
    return values.copy(data=goals)


def _mark(axes: Axes, goals: Array, image: Any) -> None:
    """Draw a ring around the middle of each cell with a target, filled as the cell of such an activation would be."""
    rows, columns = np.nonzero(np.isfinite(goals) & (goals != 0))
    width, height = size_in_inches(axes)
    side = 72 * min(width / goals.shape[1], height / goals.shape[0])
    across = max(2.0, min(POINTS, 0.45 * side)) if side > SMALLEST / 2 else 1.0
    colours = image.cmap(image.norm(goals[rows, columns]))
    axes.scatter(columns, rows, s=across * across, c=colours, edgecolors=MARK, linewidths=0.9 if across > 2 else 0.4)
