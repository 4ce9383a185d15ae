"""Activations of cases or ticks by units, as a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.analysis._arrays import is_data_array, select_variable, with_dimensions
from connectionist.analysis._labels import label_texts
from connectionist.data.example_set import ExampleSet, examples_among
from connectionist.errors import DataError
from connectionist.plots.activity._heatmap import CELL_INCHES, MAX_INCHES, add_colour_bar, draw_heatmap
from connectionist.plots.figure import (
    FONT_SIZE,
    MIN_FONT_SIZE,
    append_to_title,
    axes_or_new,
    font_size_and_step,
    label_ticks,
    literal_text,
    size_in_inches,
    split_repeated_prefix,
    text_width,
)
from connectionist.utils.arrays import as_numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from xarray import DataArray

    from connectionist.utils.arrays import Array

SHAPES = ("case", "unit"), ("tick", "unit"), ("case", "tick", "unit")
RING_COLOUR = "#D55E00"


@literal_text
def activations(values: Any, targets: Any = None, axes: Axes | None = None, title: str = "") -> Axes:
    """Draw activations as a heat map, darker for higher activations.

    If an activation is negative, positive activations are red and negative ones blue. NaN is hatched.

    Parameters
    ----------
    values : DataArray, Recording or array_like
        [case, unit], [tick, unit] or [case, tick, unit]; a plain array of two dimensions is [case, unit]. For [tick, unit] time runs to
        the right. For [case, tick, unit] the ticks of each case are rows; ticks after the last of a case are left out. Labels are
        the coordinates.
    targets : ExampleSet, list of Example, DataArray, Recording or array_like, optional
        Targets of the same shape, those of the examples, or a labelled selection of the cases, ticks and units. Examples also give names
        to the cases and units of a plain array. A target other than 0 is drawn as a ring, filled with the colour of that activation. NaN
        means "no target".
    axes : Axes, optional
        Axes to draw into. The default is a new figure, whose size depends on the number of cells.
    title : str

    Returns
    -------
    Axes
        With a colour bar beside it.

    Raises
    ------
    DataError
        If the dimensions are not allowed, if a dimension is empty, or if the targets do not have the shape or the labels of the values.

    Examples
    --------
    >>> axes = activations([[0.1, 0.9], [0.8, 0.2], [0.4, 0.5]], targets=[[0, 1], [1, 0], [0, 0]])
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('unit', 'case')
    """
    targets = targets if (examples := examples_among(targets)) is None else examples
    array = _with_names_of(targets, with_dimensions(values, "activations.values", *SHAPES))
    aligned_targets = None if targets is None else _align_targets(targets, array)
    grid = _Grid(array)
    axes = axes_or_new(axes, *grid.inches)
    image = draw_heatmap(axes, grid.table, full_scale=1.0)
    axes.set_title(title, fontsize=9, loc="left")
    notes = grid.label_axes(axes)
    if aligned_targets is not None:
        _draw_target_rings(axes, grid.to_table(aligned_targets), image)
        notes.append("rings: targets other than 0")
    append_to_title(axes, *notes)
    add_colour_bar(axes, image, str(array.name or "activation"))
    return axes


class _Grid:
    """Rows and columns of the heat map, with their labels."""

    def __init__(self, values: DataArray) -> None:
        self.values = values
        self.has_cases = "case" in values.dims
        self.is_row_drawn = _rows_with_ticks(values)
        self.table = self.to_table(values)
        units = label_texts(values, "unit")
        prefix, units = split_repeated_prefix(units)
        self.unit_noun = f"unit of {prefix[:-1]}" if prefix.endswith(":") else "unit"
        self.columns, self.rows = (units, self._row_labels()) if self.has_cases else (label_texts(values, "tick"), units)

    def to_table(self, values: DataArray) -> Array:
        """Return values of the grid's shape as [row, column]."""
        if not self.has_cases:
            return np.asarray(values.values.T)
        return np.asarray(values.values.reshape(-1, values.sizes["unit"])[self.is_row_drawn])

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height of a figure with room for cells, labels and colour bar."""
        height, width = (length * min(CELL_INCHES, MAX_INCHES / length) for length in self.table.shape)
        beside, under = text_width(self.rows) + 1.6, text_width(self.columns) + 0.8
        return max(3.5, width + beside), max(2.2, height + under)

    def label_axes(self, axes: Axes) -> list[str]:
        """Label rows and columns, and return notes on labels that were left out."""
        width, height = size_in_inches(axes)
        column_noun, row_noun = ("unit", "case") if self.has_cases else ("tick", "unit")
        axes.set(xlabel=self.unit_noun if self.has_cases else column_noun, ylabel=row_noun if self.has_cases else self.unit_noun)
        spacing = width / len(self.columns)
        rotation = 90 if text_width(self.columns) > 0.9 * spacing else 0
        note = label_ticks(axes.xaxis, self.columns, spacing, column_noun, rotation=rotation)
        spacing = height / len(self.rows)
        if "tick" in self.values.dims and self.has_cases:
            return [note, self._label_cases_and_ticks(axes, spacing)]
        return [note, label_ticks(axes.yaxis, self.rows, spacing, row_noun)]

    def _label_cases_and_ticks(self, axes: Axes, spacing: float) -> str:
        """Draw a line between cases, and label every tick, or only the cases if the rows are too narrow."""
        starts = self._first_rows()
        axes.hlines(starts[1:] - 0.5, -0.5, len(self.columns) - 0.5, color="#56B4E9", linewidth=0.8)
        if font_size_and_step(spacing)[1] == 1:
            axes.set_ylabel("case and tick")
            return label_ticks(axes.yaxis, self.rows, spacing, "case")
        axes.set_ylabel("case (its ticks from top to bottom)")
        fewest_rows = float(np.diff([*starts, len(self.rows)]).min())
        return label_ticks(axes.yaxis, label_texts(self.values, "case"), spacing * fewest_rows, "case", places=starts.tolist())

    def _first_rows(self) -> npt.NDArray[np.intp]:
        """Return the first row of each case."""
        rows_per_case = self.is_row_drawn.reshape(self.values.sizes["case"], -1).sum(axis=1)
        return np.concatenate([[0], np.cumsum(rows_per_case)[:-1]])

    def _row_labels(self) -> list[str]:
        """Return the case of each row; with ticks, the case and tick of a case's first row, and the tick of its other rows."""
        cases = label_texts(self.values, "case")
        if "tick" not in self.values.dims:
            return cases
        ticks = label_texts(self.values, "tick")
        labels = []
        for case, is_drawn in zip(cases, self.is_row_drawn.reshape(len(cases), len(ticks)).tolist(), strict=True):
            own_ticks = [tick for tick, drawn in zip(ticks, is_drawn, strict=True) if drawn]
            labels += [f"{case}   {tick}" if not number else tick for number, tick in enumerate(own_ticks)]
        return labels


def _rows_with_ticks(values: DataArray) -> npt.NDArray[np.bool_]:
    """Return which rows are drawn: of a case with ticks, those up to its last tick, and the first if it has none."""
    if "tick" not in values.dims or "case" not in values.dims:
        return np.ones(values.shape[0], dtype=bool)
    has_value = np.isfinite(values.values).any(axis=2)
    has_value[:, 0] = True
    drawn: npt.NDArray[np.bool_] = np.flip(np.logical_or.accumulate(np.flip(has_value, axis=1), axis=1), axis=1)
    return drawn.ravel()


def _align_targets(targets: Any, values: DataArray) -> DataArray:
    """Return a target for each of the values, NaN where there is none.

    Raises
    ------
    DataError
        If a labelled target has no value, or if targets without labels do not have the shape of the values.
    """
    what = "activations.targets"
    targets = select_variable(getattr(targets, "targets", targets), what, "target")
    if is_data_array(targets):
        labelled = with_dimensions(targets, what, tuple(map(str, values.dims)))
        common = [str(dim) for dim in values.dims if dim in labelled.coords and dim in values.coords]
        for dim in common:
            unknown = [label for label in label_texts(labelled, dim) if label not in label_texts(values, dim)]
            if unknown:
                raise DataError(f"{what}: no activations are given for {dim} {unknown[0]!r}")
        targets = labelled.reindex({dim: values[dim] for dim in common}).values
    table = as_numbers(targets, what)
    if table.shape != values.shape:
        raise DataError(f"{what}: must have the shape of the activations, {values.shape} (got {table.shape})")
    return values.copy(data=table)


def _with_names_of(targets: Any, values: DataArray) -> DataArray:
    """Return a plain array with the names of the cases, and of the output units if they are known, of the examples of the targets."""
    if not isinstance(targets, ExampleSet):
        return values
    names = {"case": targets.names, "unit": targets.unit_names("targets")}
    return values.assign_coords(
        {dim: list(labels) for dim, labels in names.items() if dim not in values.coords and len(labels) == values.sizes.get(dim)}
    )


def _draw_target_rings(axes: Axes, targets: Array, image: Any) -> None:
    """Draw a ring in each cell with a target other than 0, filled with the colour of that activation."""
    rows, columns = np.nonzero(np.isfinite(targets) & (targets != 0))
    width, height = size_in_inches(axes)
    cell_points = 72 * min(width / targets.shape[1], height / targets.shape[0])
    diameter = max(2.0, min(FONT_SIZE, 0.45 * cell_points)) if cell_points > MIN_FONT_SIZE / 2 else 1.0
    colours = image.cmap(image.norm(targets[rows, columns]))
    axes.scatter(columns, rows, s=diameter * diameter, c=colours, edgecolors=RING_COLOUR, linewidths=0.9 if diameter > 2 else 0.4)
