"""Activation of a unit over the plane of two inputs, with the contour between on and off."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example_set import Examples, ExampleSet
from connectionist.engines.engine import Engine
from connectionist.errors import DataError, ParameterError, check_number, unknown_name
from connectionist.model.network import DEFAULT_ENGINE, Network, check_network
from connectionist.plots.figure import append_to_title, axes_or_new, literal_text
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

DEFAULT_SPAN = (0.0, 1.0)
MARGIN = 0.25  # beyond the default span, as a fraction of it
EDGE_COLOUR = "#D55E00"


@literal_text
def response(
    network: Network,
    unit: str | Unit,
    inputs: tuple[str, str] | None = None,
    span: tuple[float, float] | None = None,
    axes: Axes | None = None,
    examples: Examples | None = None,
    others: float = 0.0,
    engine: str | Engine = DEFAULT_ENGINE,
    resolution: int = 101,
    title: str | None = None,
) -> Axes:
    """Draw the activation of a unit for all values of two input units, darker for higher activations.

    Parameters
    ----------
    network : Network
        A network without delays and integrating units. The function uses a copy; the network does not change.
    unit : str or Unit
        A unit that is not clamped, by name or as an object.
    inputs : pair of str, optional
        Names of two input units, for the horizontal and the vertical axis. The default is the first two input units.
    span : (low, high), optional
        Range of both inputs. The default is the range of the examples, or 0 to 1, widened by a quarter at each end.
    axes : Axes, optional
        Axes to draw into. The default is a new figure of 5.4 by 4.5 inches.
    examples : ExampleSet or list of Example, optional
        Each example is a dot: black if its first target is above 0.5, white if not, grey if it has no first target.
    others : float
        Activation of all other input units.
    engine : str or Engine
    resolution : int
        Number of values of each input, at least 2.
    title : str, optional
        The default is the unit's name.

    Returns
    -------
    Axes
        A contour line marks the middle of the range of the unit's activation function, if the range is finite.

    Raises
    ------
    UnknownNameError
        If the unit or an input unit does not exist.
    DataError
        If `network` is not a Network, if it has delays or integrating units, or if the examples do not have the shape of its groups.
    ParameterError
        If `inputs` is not two different units, if `unit` is clamped, or if `span`, `others` or `resolution` is out of range.

    Examples
    --------
    >>> import connectionist as cn
    >>> net = cn.task("xor").network(seed=1)
    >>> axes = response(net, "hidden:0", resolution=11)
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('activation of input:0', 'activation of input:1')
    """
    _check_network(network)
    resolution = check_number("response", "resolution", resolution, at_least=2, whole=True)
    others = check_number("response", "others", others)
    chosen = network.unit(unit if isinstance(unit, str) else getattr(unit, "name", repr(unit)))
    columns, names = _resolve_inputs(network, inputs)
    drawn = None if examples is None else network._examples(examples)
    points = None if drawn is None else np.asarray(drawn.inputs[:, columns])
    low, high = _resolve_span(span, points)
    values = np.linspace(low, high, resolution)
    table = _compute_activations(network, chosen, columns, values, others=others, engine=engine)
    axes = axes_or_new(axes, 5.4, 4.5)
    _draw_response(axes, chosen, values, table)
    if drawn is not None and points is not None:
        _draw_examples(axes, points, drawn.targets[:, 0])
    axes.set(xlabel=f"activation of {names[0]}", ylabel=f"activation of {names[1]}")
    axes.set_title(chosen.name if title is None else title, fontsize=9, loc="left")
    append_to_title(axes, "dots: examples, black for a target above 0.5" if points is not None else "")
    return axes


def _check_network(network: Network) -> None:
    """Raise DataError unless this is a network that can be run on patterns without ticks."""
    check_network(network, "response")
    if network.in_time:
        raise DataError(f"response: needs a network that does not run in time ({network.in_time})")


def _resolve_inputs(network: Network, inputs: tuple[str, str] | None) -> tuple[list[int], list[str]]:
    """Return the columns of the two input units in the input patterns, and their names.

    Raises
    ------
    ParameterError
        If there are not two different units.
    UnknownNameError
        If one is not an input unit.
    """
    known = [unit.name for group in network.groups if group.role == "input" for unit in group]
    pair = inputs if isinstance(inputs, (tuple, list)) else ()
    names = known[:2] if inputs is None else [str(getattr(unit, "name", unit)) for unit in pair]
    if len(names) != 2 or names[0] == names[1]:
        raise ParameterError(
            f"response.inputs: must be two input units of {network.name}, which has {', '.join(known[:40]) or 'none'} (got {inputs!r})"
        )
    for name in names:
        if name not in known:
            raise unknown_name(f"input unit of {network.name}", name, known)
    return [known.index(name) for name in names], names


def _resolve_span(span: Any, points: Array | None) -> tuple[float, float]:
    """Return the range of both inputs.

    Raises
    ------
    ParameterError
        If the span is not two finite numbers, the first below the second.
    """
    if span is None:
        low, high = DEFAULT_SPAN if points is None else (float(points.min()), float(points.max()))
        margin = MARGIN * (high - low) or 1.0
        return low - margin, high + margin
    try:
        low, high = (float(end) for end in span)
    except (TypeError, ValueError):
        raise ParameterError(f"response.span: must be two numbers, low and high (got {span!r})") from None
    if not (np.isfinite([low, high]).all() and low < high):
        raise ParameterError(f"response.span: low must be below high, and both finite (got {span!r})")
    return low, high


def _compute_activations(network: Network, unit: Unit, columns: list[int], values: Array, *, others: float, engine: str | Engine) -> Array:
    """Return activations [second input, first input] of a unit, computed with a copy of the network.

    Raises
    ------
    ParameterError
        If the unit is clamped.
    """
    if unit.group.clamped:
        raise ParameterError(f"response.unit: must be a unit that is not clamped (got {unit.name})")
    widths = [sum(len(group) for group in network.groups if group.role == role) for role in ("input", "output")]
    shape = len(values) ** 2, widths[0]
    with allocating(NUMBER_BYTES * prod(shape), f"response: the inputs of {shape[0]} points in {shape[1]} units"):
        inputs = np.full(shape, others)
    second, first = np.meshgrid(values, values, indexing="ij")
    inputs[:, columns[0]], inputs[:, columns[1]] = first.ravel(), second.ravel()
    cases = ExampleSet.from_arrays(inputs, np.full((len(inputs), widths[1]), np.nan))
    found = network.copy().activations(cases, unit.group.name, engine)
    return np.asarray(found[:, unit.index].reshape(len(values), len(values)))


def _draw_response(axes: Axes, unit: Unit, values: Array, table: Array) -> None:
    """Draw activations [second input, first input] as an image, with a contour at the middle of the unit's range."""
    low, high = (float(end) for end in unit.group.activation_function.range)
    is_bounded = bool(np.isfinite([low, high]).all())
    half_cell = (values[1] - values[0]) / 2
    ends = values[0] - half_cell, values[-1] + half_cell
    style = _colour_scale(low, high) if is_bounded else _colour_scale(float(table.min()), float(table.max()))
    image = axes.imshow(table, origin="lower", extent=(*ends, *ends), interpolation="nearest", aspect="auto", **style)
    middle = (low + high) / 2 if is_bounded else float("nan")
    if table.min() < middle < table.max():
        axes.contour(values, values, table, levels=[middle], colors=EDGE_COLOUR, linewidths=1.2)
    figure: Any = axes.get_figure()
    figure.colorbar(image, ax=axes, label="activation", fraction=0.05, pad=0.03)


def _colour_scale(low: float, high: float) -> dict[str, Any]:
    if low < 0:
        limit = max(abs(low), abs(high))
        return {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    return {"cmap": "gray_r", "vmin": low, "vmax": high}


def _draw_examples(axes: Axes, points: Array, targets: Array) -> None:
    """Draw a dot for each example: black for a target above 0.5, white below, grey for none."""
    colours = ["0.5" if np.isnan(target) else "black" if target > 0.5 else "white" for target in targets.tolist()]
    axes.scatter(points[:, 0], points[:, 1], s=22, c=colours, edgecolors=EDGE_COLOUR, linewidths=0.9, zorder=3)
