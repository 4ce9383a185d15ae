"""Error over two weights of a network, with the path that training took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import Examples
from connectionist.engines.engine import Engine
from connectionist.errors import ParameterError, check_number
from connectionist.model.network import DEFAULT_ENGINE, Network, check_network
from connectionist.model.selection import connection_name
from connectionist.plots.figure import axes_or_new, literal_text
from connectionist.plots.weights._surface_axes import Named, Span, read_path, resolve_connection, resolve_ranges
from connectionist.plugins import registry
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.connection import Connection
    from connectionist.utils.arrays import Array

CONTOURS = 16
DECADES = 6  # errors that are smaller than the largest by more powers of ten have the darkest colour


@literal_text
def error_surface(
    network: Network,
    examples: Examples,
    first: Named,
    second: Named,
    span: Span | None = None,
    path: Any = None,
    axes: Axes | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    resolution: int = 41,
    title: str | None = None,
) -> Axes:
    """Draw the error, summed over examples, for all values of two weights; all other weights keep their values.

    During training the other weights change too, so the surface at the start of a path may differ from the one drawn.

    Parameters
    ----------
    network : Network
        The function uses a copy; the network, its weights and its units do not change.
    examples : ExampleSet or list of Example
    first, second : Connection, Weight, str or pair of str
        Weights for the horizontal and the vertical axis: a weight, a connection, its name such as ``"input:0 → hidden:1"`` or
        ``"hidden:0 → hidden:1 with delay 1"``, or the names of sender and receiver. Tied connections change together.
    span : float, or ((low, high), (low, high)), optional
        Range of each weight; a number is the distance from the present value to both ends. The default contains the path, or is 1.5 ``|w|``
        and at least 2 to both sides.
    path : array_like [epoch, 2], Recording, or DataArray with the dimensions epoch and connection, optional
        Values of the two weights by epoch. From a DataArray, or the weights of a recording, the two are selected by name.
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 6 by 5 inches.
    engine : str or Engine
    resolution : int
        Number of values of each weight, at least 2. The error is computed resolution² times.
    title : str, optional
        The default is the network's name.

    Returns
    -------
    Axes
        Contours are equally spaced in the logarithm of the error. A ring marks the start of the path and a square its end; without a path,
        a square marks the present weights.

    Raises
    ------
    UnknownNameError
        If there is no such unit or connection.
    WiringError
        If a connection or weight belongs to another network.
    ParameterError
        If both connections share one weight, or if the span or the resolution is out of range.
    DataError
        If `network` is not a Network, if a name means none or several connections, if the examples do not have the shape of the
        groups, or if the path is not finite numbers [epoch, 2].

    Examples
    --------
    >>> import connectionist as cn
    >>> task = cn.task("xor")
    >>> net = task.network(seed=1)
    >>> axes = error_surface(net, task.training_examples, "input:0 → hidden:0", "input:1 → hidden:0", resolution=5)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('weight input:0 → hidden:0', 'weight input:1 → hidden:0')
    """
    check_network(network, "error_surface")
    resolution = check_number("error_surface", "resolution", resolution, at_least=2, whole=True)
    chosen = [resolve_connection(network, given) for given in (first, second)]
    if chosen[0].weight is chosen[1].weight:
        raise ParameterError(f"error_surface: first and second must be two weights; {chosen[0].name} and {chosen[1].name} share one")
    values = None if path is None else read_path(path, chosen)
    present = [connection.weight.value for connection in chosen]
    first_values, second_values = (np.linspace(low, high, resolution) for low, high in resolve_ranges(span, present, values))
    errors = _compute_errors(network, examples, chosen, (first_values, second_values), engine)
    axes = axes_or_new(axes, 6, 5)
    _draw_surface(axes, first_values, second_values, errors)
    _draw_path(axes, np.array([present]) if values is None else values)
    names = [f"weight {connection_name(connection)}" for connection in chosen]
    axes.set(xlabel=names[0], ylabel=names[1], xlim=first_values[[0, -1]], ylim=second_values[[0, -1]])
    axes.set_title(network.name if title is None else title, fontsize=9, loc="left")
    return axes


def _compute_errors(
    network: Network, examples: Examples, chosen: list[Connection], grid: tuple[Array, Array], engine: str | Engine
) -> Array:
    """Return the error [second weight, first weight], computed with a copy of the network."""
    using: Engine = registry.resolve("engines", engine, Engine, what="error_surface.engine")  # type: ignore[type-abstract,unused-ignore]
    checked = network._examples(examples)
    places = [network.weights.index(connection.weight) for connection in chosen]
    copy = network.copy()
    first, second = (copy.weights[place] for place in places)
    shape = len(grid[1]), len(grid[0])
    with allocating(NUMBER_BYTES * shape[0] * shape[1], f"error_surface: the errors of {shape[0]} × {shape[1]} points"):
        errors = np.empty(shape)
    for row, second_value in enumerate(grid[1].tolist()):
        second.value = second_value
        for column, first_value in enumerate(grid[0].tolist()):
            first.value = first_value
            errors[row, column], _ = using.error_derivatives(copy, checked)
    return errors


def _draw_surface(axes: Axes, first: Array, second: Array, errors: Array) -> None:
    """Draw filled contours of the error with a colour bar, or a text if the error is the same everywhere."""
    positive = errors[np.isfinite(errors) & (errors > 0)]
    if not positive.size or positive.max() <= positive.min() * (1 + 1e-9):
        level = float(positive.max()) if positive.size else 0.0
        axes.text(0.5, 0.9, f"the error is {level:.4g} everywhere", transform=axes.transAxes, ha="center", fontsize=8)
        return
    largest = float(positive.max())
    smallest = max(float(positive.min()), largest * 10.0**-DECADES)
    levels = np.geomspace(smallest, largest, CONTOURS)
    levels[0], levels[-1] = levels[0] * (1 - 1e-9), levels[-1] * (1 + 1e-9)
    table = np.ma.masked_invalid(np.where(np.isfinite(errors), np.maximum(errors, smallest), np.nan))
    _draw_contours(axes, first, second, table, levels)


def _draw_contours(axes: Axes, first: Array, second: Array, table: Any, levels: Array) -> None:
    from matplotlib.colors import LogNorm

    filled = axes.contourf(first, second, table, levels=levels, norm=LogNorm(levels[0], levels[-1]), cmap="cividis")
    axes.contour(first, second, table, levels=levels, colors="white", linewidths=0.3, alpha=0.6)
    ticks = _round_numbers(float(levels[0]), float(levels[-1]))
    figure: Any = axes.get_figure()
    bar = figure.colorbar(filled, ax=axes, label="error (summed over the examples)", ticks=ticks)
    bar.ax.set_yticks(ticks, [f"{level:.3g}" for level in ticks], fontsize=8)
    bar.ax.minorticks_off()


def _round_numbers(low: float, high: float) -> list[float]:
    """Return the numbers 1, 2, 5, 10, 20 … and .5, .2, .1 … in a range, or equally spaced round numbers if it has fewer than three."""
    from matplotlib.ticker import MaxNLocator

    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    numbers = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    within = [number for number in numbers if low <= number <= high]
    if len(within) > 2:
        return within
    return [float(number) for number in MaxNLocator(5).tick_values(low, high) if low <= number <= high]


def _draw_path(axes: Axes, path: Array) -> None:
    """Draw the path of training with marks for its start and end, or one mark for the present weights."""
    mark: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "markersize": 8, "zorder": 4, "clip_on": False}
    if len(path) > 1:
        axes.plot(path[:, 0], path[:, 1], color="black", linewidth=3, zorder=3)
        axes.plot(path[:, 0], path[:, 1], color="white", linewidth=1.4, zorder=3, label="path of training")
        axes.plot(*path[0], marker="o", color="white", label="start", **mark)
    axes.plot(*path[-1], marker="s", color="#D55E00", label="end" if len(path) > 1 else "present weights", **mark)
    axes.legend(fontsize=7, loc="best", facecolor="0.6", framealpha=0.9)
