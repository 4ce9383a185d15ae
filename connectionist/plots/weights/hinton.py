"""Hinton diagrams: weights as squares, of one projection, or of every projection of a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import DataError, check_number
from connectionist.model.network import Network, check_network
from connectionist.model.projection import Projection
from connectionist.plots.figure import check_axes, literal_text, new_figure, text_width
from connectionist.plots.weights._tables import WeightTable, describe_undrawn, lay_out_tables, projection_columns, table_of
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_TABLES = 100  # limit: more tables are unreadable and slow


@literal_text
def hinton(weights: Projection | Network, axes: Axes | None = None, largest: float | None = None) -> Axes:
    """Draw a Hinton diagram: white squares are positive weights, black squares negative ones, and the area is proportional to ``|w|``.

    Every receiver has a row and every sender a column. A grey cell is a connection; the figure is blank where there is none. Lesioned
    connections are crossed out and do not count for the scale. In a large table the cells are smaller, and only every n-th unit is
    labelled, as the title then says. More than 60,000 weights are drawn as grey levels instead of squares.

    Parameters
    ----------
    weights : Projection or Network
        For a network, all projections with delay 0 are drawn in one table, and the title counts those left out. `hinton_figure` draws a
        table for each projection.
    axes : Axes, optional
        Axes to draw into. The default is a new figure with room for the names of the units, at most 24 inches wide and high.
    largest : float, optional
        ``|w|`` that fills its cell, above 0. The default is the largest ``|w|`` drawn. Larger weights fill their cell too.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        If `weights` is neither a projection nor a network.
    ParameterError
        If `largest` is not a finite number above 0, or if `axes` is not matplotlib Axes.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton & R. J. Williams (1986), Learning representations by back-propagating errors, *Nature* 323, 533–536,
    Figs 1 and 4.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.task("xor").network(seed=1)
    >>> hinton(net.projection("input", "hidden"), largest=1.0).get_title(loc="left")
    'input → hidden   (largest |w| 0.478)'
    """
    if largest is not None:
        largest = check_number("hinton", "largest", largest, above=0)
    if not isinstance(weights, (Projection, Network)):
        raise DataError(f"hinton.weights: must be a Projection, as net.projection('input', 'hidden'), or a Network (got {shown(weights)})")
    table = WeightTable.of_network(weights) if isinstance(weights, Network) else WeightTable.of_projections(weights.name, [weights])
    axes = lay_out_tables([table])[0] if axes is None else check_axes(axes)
    table.draw(axes, largest)
    return axes


@literal_text
def hinton_figure(network: Network) -> Figure:
    """Draw a Hinton diagram of every projection of a network in one figure.

    Parameters
    ----------
    network : Network

    Returns
    -------
    Figure
        Tables in the order in which the projections were made, in columns or in rows. Every table has its own scale.
        The biases of a group are the last column of the first table into it. The figure is at most 24 inches wide and high, which is
        3,600 pixels at 150 per inch. A projection from or to at least 10 units is not drawn if its weights are fixed and equal, such as
        a projection to context units. Projections from or to more than 3,600 units, each of which would be less than a pixel, and all
        projections after the first 100 are not drawn either. The text below the tables names the projections that are not drawn.

    Raises
    ------
    DataError
        If `network` is not a Network.
    """
    check_network(network, "hinton_figure")
    columns = projection_columns(network)
    tables = [table_of(projections) for projections in columns[:MAX_TABLES]]
    note = describe_undrawn(network, columns[MAX_TABLES:])
    if not tables:
        text = f"{network.name}: no connections to draw{note}"
        figure = new_figure(max(3, text_width([text], 9.0) + 0.3), 1)
        figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=9)
        return figure
    every_axes = lay_out_tables(tables, note)
    for table, axes in zip(tables, every_axes, strict=True):
        table.draw(axes, None)
    drawn = every_axes[0].get_figure(root=True)
    assert drawn is not None
    return drawn
