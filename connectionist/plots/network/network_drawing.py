"""Drawing of a network: groups as rows, units as circles, connections as lines; large networks in outline."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connectionist.errors import DataError, check_number
from connectionist.model.group_rows import original, row_numbers
from connectionist.model.network import Network, check_network
from connectionist.plots.figure import append_to_title, axes_or_new, literal_text
from connectionist.plots.network._artists import draw_biases, draw_connections, draw_legend, draw_names, draw_units
from connectionist.plots.network._outline import Outline
from connectionist.plots.network._sketch import Sketch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRONGEST = 200  # connections that are drawn; more lines hide one another
MAX_CONNECTIONS = 1500  # lines of more connections cannot be distinguished
MAX_UNITS_PER_ROW = 100  # at all ticks together
MAX_GROUPS, MAX_PROJECTIONS = 300, 1000  # in an outline, copies at all ticks and biases included


@literal_text
def network_drawing(network: Network, axes: Axes | None = None, title: str | None = None, strongest: int = STRONGEST) -> Axes:
    """Draw a network: groups as rows from the input at the bottom to the output, connections black if positive, orange if negative.

    The width of a line is proportional to ``|w|``. Connections with delay are dashed. Within a row, connections to the right bend up and
    connections to the left bend down; a connection from a unit to itself is a loop. An unrolled network has a column for each tick. A small
    square at the lower right of a unit is its bias, in the same colours. A unit is darker for a higher present activation; if an activation
    is negative, positive activations are red and negative ones blue. Lesioned units are crossed out; lesioned connections are grey and
    dotted.

    Of a network with more than 200 connections, those with the largest ``|w|`` of each projection are drawn, the same share of each; the
    title has their number.

    A network with more than 1,500 connections, or with more than 100 units in a row, is drawn in outline: groups as boxes with their number
    of units, projections as arrows with the mean ``|w|``. A network with more than 300 groups or 1,000 projections is not drawn; the axes
    then have its numbers of groups, units and connections as text.

    Parameters
    ----------
    network : Network
        Unrolled or not. It does not change.
    axes : Axes, optional
        Axes to draw into. The default is a new figure, at most 24 inches wide.
    title : str, optional
        The default is the network's name.
    strongest : int
        Number of connections that are drawn, at least 1; a projection always has at least one of them.

    Returns
    -------
    Axes
        Coordinates are in inches, in the scale of the default figure.

    Raises
    ------
    DataError
        If `network` is not a Network, or if it has no groups.
    ParameterError
        If `axes` is not matplotlib Axes, or if `strongest` is not a whole number of at least 1.

    Examples
    --------
    >>> import connectionist as cn
    >>> axes = network_drawing(cn.task("xor").network(seed=1))
    >>> sorted(text.get_text() for text in axes.texts)
    ['0', '0', '0', '1', '1', 'hidden', 'input', 'output']
    """
    check_network(network, "network_drawing")
    strongest = check_number("network_drawing", "strongest", strongest, at_least=1, whole=True)
    if not network.groups:
        raise DataError(f"network_drawing: {network.name} has no groups yet; add_group adds one")
    title = network.name if title is None else title
    if len(network.groups) > MAX_GROUPS or len(network.projections) > MAX_PROJECTIONS:
        return _write_summary(network, axes, title)
    if _is_large(network):
        return Outline(network).draw(axes, title)
    return _draw(Sketch(network, strongest), axes, title)


def _write_summary(network: Network, axes: Axes | None, title: str) -> Axes:
    """Write the size of a network whose boxes and arrows would be too small to be seen, and would take minutes to draw."""
    counts = {"groups": network.groups, "projections": network.projections, "units": network.units, "connections": network.connections}
    lines = [f"{len(parts):,} {name}" for name, parts in counts.items()]
    roles = Counter(group.role for group in network.groups)
    lines[0] += f" ({', '.join(f'{count:,} {role}' for role, count in roles.items())})"
    axes = axes_or_new(axes, 5.0, 0.25 * len(lines) + 0.8)
    axes.axis("off")
    axes.text(0.0, 1.0, "\n".join(lines), va="top", fontsize=8, transform=axes.transAxes)
    axes.set_title(f"{title}\n(more than {MAX_GROUPS} groups or {MAX_PROJECTIONS:,} projections are not drawn)", fontsize=9, loc="left")
    return axes


def _is_large(network: Network) -> bool:
    """Return whether a network must be drawn in outline."""
    rows = row_numbers(network)
    units_per_row: dict[int, int] = {}
    for group in network.groups:
        row = rows[original(group).name]
        units_per_row[row] = units_per_row.get(row, 0) + len(group)
    count = 0
    for projection in network.projections:
        count += len(projection) if projection.sender.role != "bias" else 0
    return count > MAX_CONNECTIONS or max(units_per_row.values()) > MAX_UNITS_PER_ROW


def _draw(sketch: Sketch, axes: Axes | None, title: str) -> Axes:
    axes = axes_or_new(axes, *sketch.inches)
    axes.set(xlim=(sketch.left, sketch.right), ylim=(sketch.bottom, sketch.top), aspect="equal")
    axes.axis("off")
    intact = set(sketch.network.connections)  # used for membership only, so its order does not matter
    kinds = draw_connections(axes, sketch, intact) + draw_biases(axes, sketch, intact) + draw_units(axes, sketch)
    draw_names(axes, sketch)
    drawn = len(sketch.paths)
    left_out = (
        f"the strongest {drawn:,} of {drawn + sketch.left_out:,} connections, {sketch.left_out:,} left out" if sketch.left_out else ""
    )
    axes.set_title(title, fontsize=9, loc="left")
    append_to_title(axes, f"largest |w| {sketch.largest_weight:.3g}" if sketch.largest_weight else "", left_out)
    draw_legend(axes, sketch, kinds)
    return axes
