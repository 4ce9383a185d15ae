"""The error as a landscape over two weights, and the way that training took through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.errors import DataError, ParameterError, check_number
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.model.selection import connection_name
from connectionist.plots.figure import own_axes
from connectionist.plots.weights._surface_axes import Named, Span, connection_of, ranges, way_of
from connectionist.plugins import registry

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.connection import Weight
    from connectionist.utils.arrays import Array

LEVELS = 16
DECADES = 6  # errors smaller than the largest by more than so many powers of ten are one colour


def error_surface(
    network: Network,
    examples: ExampleSet,
    first: Named,
    second: Named,
    span: Span | None = None,
    path: Any = None,
    axes: Axes | None = None,
    engine: str | Engine = DEFAULT_ENGINE,
    resolution: int = 41,
    title: str | None = None,
) -> Axes:
    """Draw the error, summed over examples, for all values of two weights, every other weight being as it is.

    A path that training took went through other values of the other weights too; where it starts, the surface need not be as drawn.

    Parameters
    ----------
    network : Network
        A copy is used; this one, its weights and its units stay as they are.
    examples : ExampleSet
    first, second : Connection, Weight, str or pair of str
        Two different weights: themselves, connections that carry them, their names, as ``"input:0 → hidden:1"`` or ``"hidden:0 →
        hidden:1 with delay 1"``, or sender and receiver. The first runs across, the second up. Connections tied to one change with it.
    span : float, or ((low, high), (low, high)), optional
        From where to where the weights go; a number is how far to either side of where they are. Wide enough for the path, or 1.5
        times the weight and at least 2 to either side, unless given.
    path : array_like [epoch, 2], Recording, or DataArray with the dimensions epoch and connection, optional
        Values of the two weights epoch by epoch. Of a recording's weights, or of a DataArray, these two are taken by name.
    axes : Axes, optional
        Where to draw; a figure of its own of 6 by 5 inches unless given.
    engine : str or Engine
    resolution : int
        At how many values of each weight the error is computed, at least 2.
    title : str, optional
        The network's name unless given.

    Returns
    -------
    Axes
        Contours are equally spaced in the logarithm of the error. A ring is the start of the path, a square its end; without a path
        a square is where the weights are.

    Raises
    ------
    UnknownNameError
        When there is no such unit or connection.
    ParameterError
        When both are one weight, or the span or the resolution is out of range.
    DataError
        When the path or the examples do not fit.

    Examples
    --------
    >>> import connectionist as cn
    >>> task = cn.task("xor")
    >>> net = task.network(seed=1)
    >>> axes = error_surface(net, task.training_examples, "input:0 → hidden:0", "input:1 → hidden:0", resolution=5)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('weight input:0 → hidden:0', 'weight input:1 → hidden:0')
    """
    if not isinstance(network, Network):
        raise DataError(f"error_surface, network: must be a Network (got {network!r:.80})")
    check_number("error_surface", "resolution", resolution, at_least=2, whole=True)
    chosen = [connection_of(network, given) for given in (first, second)]
    if chosen[0].weight is chosen[1].weight:
        raise ParameterError(f"error_surface: first and second must be two weights; {chosen[0].name} and {chosen[1].name} share one")
    way = None if path is None else way_of(path, chosen)
    now = [connection.weight.value for connection in chosen]
    across, up = (np.linspace(low, high, resolution) for low, high in ranges(span, now, way))
    errors = _errors(network, examples, [connection.weight for connection in chosen], across, up, engine)
    axes = own_axes(axes, 6, 5)
    _draw_surface(axes, across, up, errors)
    _draw_way(axes, np.array([now]) if way is None else way)
    names = [f"weight {connection_name(connection)}" for connection in chosen]
    axes.set(xlabel=names[0], ylabel=names[1], xlim=(across[0], across[-1]), ylim=(up[0], up[-1]))
    axes.set_title(network.name if title is None else title, fontsize=9, loc="left")
    return axes


def _errors(network: Network, examples: ExampleSet, weights: list[Weight], across: Array, up: Array, engine: str | Engine) -> Array:
    """Return the error [second weight, first weight], from a copy of the network."""
    using: Engine = registry.resolve("engines", engine, Engine)  # type: ignore[type-abstract,unused-ignore]
    network.check(examples)
    places = [network.weights.index(weight) for weight in weights]
    twin = network.copy()
    first, second = (twin.weights[place] for place in places)
    errors = np.empty((len(up), len(across)))
    for row, high in enumerate(up.tolist()):
        second.value = high
        for column, far in enumerate(across.tolist()):
            first.value = far
            errors[row, column], _ = using.error_derivatives(twin, examples)
    return errors


def _draw_surface(axes: Axes, across: Array, up: Array, errors: Array) -> None:
    from matplotlib.colors import LogNorm

    figure: Any = axes.get_figure()
    finite = errors[np.isfinite(errors) & (errors > 0)]
    if not finite.size or finite.max() <= finite.min() * (1 + 1e-9):
        level = float(finite.max()) if finite.size else 0.0
        axes.text(0.5, 0.9, f"the error is {level:.4g} everywhere", transform=axes.transAxes, ha="center", fontsize=8)
        return
    most = float(finite.max())
    least = max(float(finite.min()), most * 10.0**-DECADES)
    levels = np.geomspace(least, most, LEVELS)
    levels[0], levels[-1] = levels[0] * (1 - 1e-9), levels[-1] * (1 + 1e-9)
    shown = np.ma.masked_invalid(np.where(np.isfinite(errors), np.maximum(errors, least), np.nan))
    filled = axes.contourf(across, up, shown, levels=levels, norm=LogNorm(levels[0], levels[-1]), cmap="cividis")
    axes.contour(across, up, shown, levels=levels, colors="white", linewidths=0.3, alpha=0.6)
    every = _round_numbers(levels[0], levels[-1])
    bar = figure.colorbar(filled, ax=axes, label="error (summed over the examples)", ticks=every)
    bar.ax.set_yticks(every, [f"{level:.3g}" for level in every], fontsize=8)
    bar.ax.minorticks_off()


def _round_numbers(least: float, most: float) -> list[float]:
    """Return numbers as 1, 2, 5, 10 between two ends for a scale; the ends where there are hardly any."""
    powers = range(int(np.floor(np.log10(least))), int(np.ceil(np.log10(most))) + 1)
    found = [float(f"{digit}e{power}") for power in powers for digit in (1, 2, 5)]
    within = [number for number in found if least <= number <= most]
    return within if len(within) > 1 else [least, most]


def _draw_way(axes: Axes, way: Array) -> None:
    mark: dict[str, Any] = {"linestyle": "none", "markeredgecolor": "black", "markersize": 8, "zorder": 4, "clip_on": False}
    if len(way) > 1:
        axes.plot(way[:, 0], way[:, 1], color="black", linewidth=3, zorder=3)
        axes.plot(way[:, 0], way[:, 1], color="white", linewidth=1.4, zorder=3, label="training")
        axes.plot(*way[0], marker="o", color="white", label="start", **mark)
    axes.plot(*way[-1], marker="s", color="#D55E00", label="end" if len(way) > 1 else "where the weights are", **mark)
    axes.legend(fontsize=7, loc="best", facecolor="0.6", framealpha=0.9)
