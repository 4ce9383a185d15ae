"""A network's own drawing: groups as rows, units as circles, connections as lines by sign and size; large networks in outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import DataError
from connectionist.model.network import Network
from connectionist.plots.figure import own_axes
from connectionist.plots.network._artists import draw_biases, draw_connections, draw_legend, draw_names, draw_units
from connectionist.plots.network._layout import original, rows_of
from connectionist.plots.network._outline import Outline
from connectionist.plots.network._sketch import Sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES = 1500  # connections; more are a grey mass
MOST_UNITS = 100  # in a row, all ticks together


def network_drawing(network: Network, axes: Axes | None = None, title: str | None = None) -> Axes:
    """Draw a network: groups as rows from input, at the bottom, to output; connections black where positive, orange where negative.

    A line is the wider the larger the weight. Those that take time are dashed; within a row they bend up to the right and down to the
    left, and a unit's connection to itself is a loop. An unrolled network has a column for each tick. A small square at the lower right
    of a unit is its bias, by the same colours. The darker a unit, the higher its present activation; with negative activations anywhere,
    red is positive and blue negative. Lesioned units are crossed out, lesioned connections grey and dotted.

    A network with more than 1,500 connections, or 100 units abreast, is drawn in outline: groups as boxes with their number of units,
    projections as arrows with the mean size of their weights.

    Parameters
    ----------
    network : Network
        Unrolled or not; it is only looked at.
    axes : Axes, optional
        Where to draw; a figure of its own, at most 24 inches wide, unless given.
    title : str, optional
        The network's name unless given.

    Returns
    -------
    Axes
        Its scale is in inches of the figure that it would have of its own.

    Raises
    ------
    DataError
        When it is no network, or one without groups.

    Examples
    --------
    >>> import connectionist as cn
    >>> axes = network_drawing(cn.task("xor").network(seed=1))
    >>> sorted(text.get_text() for text in axes.texts)
    ['0', '0', '0', '1', '1', 'hidden', 'input', 'output']
    """
    if not isinstance(network, Network):
        raise DataError(f"network_drawing, network: must be a Network (got {network!r:.80})")
    if not network.groups:
        raise DataError(f"network_drawing: {network.name} has no groups yet; add_group adds one")
    called = network.name if title is None else title
    if _is_large(network):
        return Outline(network).draw(axes, called)
    return _draw(Sketch(network), axes, called)


def _is_large(network: Network) -> bool:
    rows = rows_of(network)
    abreast: dict[int, int] = {}
    for group in network.groups:
        row = rows[original(group).name]
        abreast[row] = abreast.get(row, 0) + len(group)
    count = 0
    for projection in network.projections:
        count += len(projection) if projection.sender.role != "bias" else 0
    return count > MOST_LINES or max(abreast.values()) > MOST_UNITS


def _draw(sketch: Sketch, axes: Axes | None, title: str) -> Axes:
    axes = own_axes(axes, *sketch.inches)
    axes.set(xlim=(sketch.left, sketch.right), ylim=(sketch.bottom, sketch.top), aspect="equal")
    axes.axis("off")
    intact = set(sketch.network.connections)  # only ever asked whether something is in it
    kinds = draw_connections(axes, sketch, intact) + draw_biases(axes, sketch, intact) + draw_units(axes, sketch)
    draw_names(axes, sketch)
    axes.set_title(f"{title}   (largest |w| {sketch.biggest:.3g})" if sketch.biggest else title, fontsize=9, loc="left")
    draw_legend(axes, sketch, kinds)
    return axes
