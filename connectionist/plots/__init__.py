"""Figures: how the error fell, and the weights as the 1986 papers drew them.

Each function draws into axes, its own unless given some, and returns them; ``axes.figure`` is the figure. matplotlib's global
state is left alone, so nothing pops up and nothing has to be closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.network import Network
from connectionist.plots.squares import Table, lay_out, new_figure, tables_of
from connectionist.projection import Projection

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FAR = 2.0  # times the epochs run: what was published beyond that would squeeze the curve
DECADES = 50.0  # errors that fall by more than this factor are drawn on a logarithmic scale


def learning_curve(
    log: pd.DataFrame,
    criterion: float | None = None,
    published: float | None = None,
    title: str = "",
    axes: Axes | None = None,
) -> Axes:
    """Draw the error over epochs.

    Parameters
    ----------
    log : DataFrame
        With the columns "epoch" and "error", as ``run.log``.
    criterion : float, optional
        Error at which training stops; a dashed line.
    published : float, optional
        Number of epochs that was published; a dotted line, left out where the axis would have to be more than doubled for it.
    title : str
    axes : Axes, optional
        Where to draw; a new figure of 6 by 4 inches unless given.

    Returns
    -------
    Axes
    """
    axes = axes or new_figure(6, 4).add_subplot()
    axes.plot(log["epoch"], log["error"], color="black", linewidth=1.2, label="error", marker="o" if len(log) == 1 else "")
    axes.set(xlabel="epoch", ylabel="error (summed over the examples)", title=title)
    if len(log) and 0 < log["error"].min() * DECADES < log["error"].max():
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    longest = max([0, *log["epoch"]])
    if published is not None and published > FAR * longest:
        published = None
    axes.set_xlim(0, 1.05 * max(longest, published or 0) or 1)
    if criterion is not None:
        axes.axhline(criterion, color="0.4", linestyle="--", linewidth=1, label=f"criterion, {criterion:g}")
    if published is not None:
        axes.axvline(published, color="0.4", linestyle=":", linewidth=1.5, label=f"published, {published:g} epochs")
    axes.spines[["top", "right"]].set_visible(False)
    if criterion is not None or published is not None:
        axes.legend(frameon=False)
    return axes


def hinton(weights: Projection | Network, axes: Axes | None = None, largest: float | None = None) -> Axes:
    """Draw weights as squares: white is positive, black negative, the area as large as the weight (a Hinton diagram).

    As in the figures of Rumelhart, Hinton & Williams (1986). Every receiver has a row, every sender a column; a grey cell is a
    connection, and where there is none the page shows.

    Parameters
    ----------
    weights : Projection or Network
        Of a network, all connections with delay 0 are drawn in one table; `hinton_figure` draws a table per projection.
    axes : Axes, optional
        Where to draw; a figure of its own, large enough for the names of the units, unless given.
    largest : float, optional
        The weight that fills its cell, above 0; the largest of those drawn unless given. Larger ones fill theirs too.

    Returns
    -------
    Axes
    """
    table = Table.of_network(weights) if isinstance(weights, Network) else Table.of_projections(weights.name, [weights])
    axes = axes or lay_out([table])[0]
    table.draw(axes, largest)
    return axes


def hinton_figure(network: Network) -> Figure:
    """Draw every projection of a network as `hinton` does, each with its receivers' biases as the last column.

    Returns
    -------
    Figure
        The tables in the order in which the projections were made, down each column; every table has its own scale.
    """
    tables = tables_of(network)
    every_axes = lay_out(tables)
    for table, axes in zip(tables, every_axes, strict=True):
        table.draw(axes, None)
    figure = every_axes[0].get_figure(root=True)
    assert figure is not None
    return figure
