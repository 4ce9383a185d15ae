"""Weights as the 1986 papers drew them: a table of squares for a projection, and a page of such tables for a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.errors import DataError, check_number
from connectionist.model.network import Network
from connectionist.model.projection import Projection
from connectionist.plots.figure import checked, new_figure
from connectionist.plots.weights._tables import WeightTable, expand_events, is_plain_copy, tables_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def hinton(weights: Projection | Network, axes: Axes | None = None, largest: float | None = None) -> Axes:
    """Draw weights as squares: white is positive, black negative, the area as large as the weight (a Hinton diagram).

    As in the figures of Rumelhart, Hinton & Williams (1986). Every receiver has a row, every sender a column; a grey cell is a
    connection, and where there is none the page shows. Lesioned connections are crossed out and do not count for the scale. In a large
    table cells are smaller and not every unit is named, which the title says; more than 60,000 weights are shown as grey levels instead
    of squares.

    Parameters
    ----------
    weights : Projection or Network
        Of a network, all connections with delay 0 are drawn in one table, whose title counts the projections that it leaves out;
        `hinton_figure` draws a table per projection.
    axes : Axes, optional
        Where to draw; a figure of its own, large enough for the names of the units and at most 24 inches a side, unless given.
    largest : float, optional
        The weight that fills its cell, above 0; the largest of those drawn unless given. Larger ones fill theirs too.

    Returns
    -------
    Axes

    Raises
    ------
    DataError
        When it is neither a projection nor a network.
    ParameterError
        When the largest weight is not above 0.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.task("xor").network(seed=1)
    >>> hinton(net.projection("input", "hidden"), largest=1.0).get_title(loc="left")
    'input → hidden   (largest |w| 0.478)'
    """
    if largest is not None:
        check_number("hinton", "largest", largest, above=0)
    if not isinstance(weights, (Projection, Network)):
        raise DataError(f"hinton, weights: must be a Projection, as net.projection('input', 'hidden'), or a Network (got {weights!r:.80})")
    table = WeightTable.of_network(weights) if isinstance(weights, Network) else WeightTable.of_projections(weights.name, [weights])
    axes = expand_events([table])[0] if axes is None else checked(axes)
    table.draw(axes, largest)
    return axes


def hinton_figure(network: Network) -> Figure:
    """Draw every projection of a network as `hinton` does, each with its receivers' biases as the last column.

    Returns
    -------
    Figure
        The tables in the order in which the projections were made, down each column; every table has its own scale. At most 24
        inches a side: 3,600 pixels when saved with 150 to the inch. Large projections of fixed weights that are all the same, as those
        to context units, are not drawn but named at the bottom.

    Raises
    ------
    DataError
        When it is no network.
    """
    if not isinstance(network, Network):
        raise DataError(f"hinton_figure, network: must be a Network (got {network!r:.80})")
    copies = [projection for projection in network.projections if is_plain_copy(projection)]
    note = "".join(
        f"   not drawn: {projection.name}, fixed at {projection.connections[0].weight.value:g}" for projection in copies if len(projection)
    )
    tables = tables_of(network)
    if not tables:
        figure = new_figure(3, 1)
        figure.text(0.5, 0.5, f"{network.name}: no connections to draw{note}", ha="center", va="center", fontsize=9)
        return figure
    every_axes = expand_events(tables, note)
    for table, axes in zip(tables, every_axes, strict=True):
        table.draw(axes, None)
    drawn = every_axes[0].get_figure(root=True)
    assert drawn is not None
    return drawn
