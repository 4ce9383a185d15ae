"""What a unit does over the plane of two inputs: where it is on, where off, and where the line between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.engine import Engine
from connectionist.errors import DataError, ParameterError, check_number, unknown
from connectionist.model.network import DEFAULT_ENGINE, Network
from connectionist.plots.figure import own_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

SPAN = (0.0, 1.0)
MARGIN = 0.25  # of the span, beyond it


def response(
    network: Network,
    unit: str | Unit,
    inputs: tuple[str, str] | None = None,
    span: tuple[float, float] | None = None,
    axes: Axes | None = None,
    examples: ExampleSet | None = None,
    others: float = 0.0,
    engine: str | Engine = DEFAULT_ENGINE,
    resolution: int = 101,
    title: str | None = None,
) -> Axes:
    """Draw a unit's activation for all values of two input units, the darker the higher.

    Parameters
    ----------
    network : Network
        One that does not run in time. A copy is used; this one stays as it is.
    unit : str or Unit
        Any unit but an input unit.
    inputs : pair of str, optional
        Two input units by name; the first runs across, the second up. The first two of the network unless given.
    span : (low, high), optional
        From where to where both inputs go; somewhat beyond those of the examples, or of 0 to 1, unless given.
    axes : Axes, optional
        Where to draw; a figure of its own of 5.4 by 4.5 inches unless given.
    examples : ExampleSet, optional
        Each is a dot: black where the first target is above 0.5, white where it is not, grey where there is none.
    others : float
        The activation of all other input units.
    engine : str or Engine
    resolution : int
        At how many values of each input, at least 2.
    title : str, optional
        The unit's name unless given.

    Returns
    -------
    Axes
        A line runs where the activation is half way between the least and the greatest that the unit's function has, if both are finite.

    Raises
    ------
    UnknownNameError
        When there is no such unit.
    DataError
        When the network runs in time, or is given examples that do not fit.
    ParameterError
        When the inputs are no two input units, or the span or the resolution is out of range.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.task("xor").network(seed=1)
    >>> axes = response(net, "hidden:0", resolution=11)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('activation of input:0', 'activation of input:1')
    """
    if not isinstance(network, Network):
        raise DataError(f"response, network: must be a Network (got {network!r:.80})")
    if network.in_time:
        raise DataError(f"response: needs a network that does not run in time ({network.in_time})")
    check_number("response", "resolution", resolution, at_least=2, whole=True)
    check_number("response", "others", others)
    shown = network.unit(unit if isinstance(unit, str) else getattr(unit, "name", repr(unit)))
    columns, names = _columns(network, inputs)
    points = None if examples is None else _points(network, examples, columns)
    low, high = _range(span, points)
    values = np.linspace(low, high, resolution)
    table = _activations(network, shown, columns, values, others, engine)
    axes = own_axes(axes, 5.4, 4.5)
    _draw(axes, shown, values, table)
    if examples is not None and points is not None:
        _draw_points(axes, points, examples.targets[:, 0])
    axes.set(xlabel=f"activation of {names[0]}", ylabel=f"activation of {names[1]}")
    axes.set_title(shown.name if title is None else title, fontsize=9, loc="left")
    return axes


def _columns(network: Network, inputs: tuple[str, str] | None) -> tuple[list[int], list[str]]:
    """Return which columns of the inputs the two units are, and their names."""
    known = [unit.name for group in network.groups if group.role == "input" for unit in group]
    pair = inputs if isinstance(inputs, (tuple, list)) else ()
    names = known[:2] if inputs is None else [str(getattr(given, "name", given)) for given in pair]
    if len(names) != 2 or names[0] == names[1]:
        raise ParameterError(
            f"response.inputs: must be two input units of {network.name}, which has {', '.join(known[:40]) or 'none'} (got {inputs!r})"
        )
    for name in names:
        if name not in known:
            raise unknown(f"input unit of {network.name}", name, known)
    return [known.index(name) for name in names], names


def _points(network: Network, examples: ExampleSet, columns: list[int]) -> Array:
    network.check(examples)
    return np.asarray(examples.inputs[:, columns])


def _range(span: Any, points: Array | None) -> tuple[float, float]:
    if span is None:
        low, high = SPAN if points is None else (float(points.min()), float(points.max()))
        room = MARGIN * (high - low) or 1.0
        return low - room, high + room
    try:
        low, high = (float(end) for end in span)
    except (TypeError, ValueError):
        raise ParameterError(f"response.span: must be two numbers, low and high (got {span!r})") from None
    if not (np.isfinite([low, high]).all() and low < high):
        raise ParameterError(f"response.span: low must be below high, and both finite (got {span!r})")
    return low, high


def _activations(network: Network, unit: Unit, columns: list[int], values: Array, others: float, engine: str | Engine) -> Array:
    """Return activations [second input, first input], from a copy of the network."""
    if unit.group.clamped:
        raise ParameterError(f"response.unit: must be a unit that is activated, not clamped as {unit.name}")
    widths = [sum(len(group) for group in network.groups if group.role == role) for role in ("input", "output")]
    inputs = np.full((len(values) ** 2, widths[0]), others)
    up, across = np.meshgrid(values, values, indexing="ij")
    inputs[:, columns[0]], inputs[:, columns[1]] = across.ravel(), up.ravel()
    cases = ExampleSet.from_arrays(inputs, np.full((len(inputs), widths[1]), np.nan))
    found = network.copy().activations(cases, unit.group.name, engine)
    return np.asarray(found[:, unit.index].reshape(len(values), len(values)))


def _draw(axes: Axes, unit: Unit, values: Array, table: Array) -> None:
    low, high = (float(end) for end in unit.group.activation_function.range)
    bounded = np.isfinite(low) and np.isfinite(high)
    ends = (low, high) if bounded else (float(table.min()), float(table.max()))
    most = max(abs(ends[0]), abs(ends[1])) or 1.0
    how: dict[str, Any] = (
        {"cmap": "RdBu_r", "vmin": -most, "vmax": most} if ends[0] < 0 else {"cmap": "gray_r", "vmin": ends[0], "vmax": ends[1]}
    )
    half = (values[1] - values[0]) / 2
    extent = (values[0] - half, values[-1] + half, values[0] - half, values[-1] + half)
    image = axes.imshow(table, origin="lower", extent=extent, interpolation="nearest", aspect="auto", **how)
    middle = (low + high) / 2 if bounded else float("nan")
    if table.min() < middle < table.max():
        axes.contour(values, values, table, levels=[middle], colors="#D55E00", linewidths=1.2)
    figure: Any = axes.get_figure()
    figure.colorbar(image, ax=axes, label="activation", fraction=0.05, pad=0.03)


def _draw_points(axes: Axes, points: Array, targets: Array) -> None:
    colours = ["0.5" if np.isnan(target) else "black" if target > 0.5 else "white" for target in targets.tolist()]
    axes.scatter(points[:, 0], points[:, 1], s=22, c=colours, edgecolors="#D55E00", linewidths=0.9, zorder=3)
