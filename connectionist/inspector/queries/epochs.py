"""Queries about earlier epochs, whose weights are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError, UnknownNameError
from connectionist.inspector import messages
from connectionist.model.selection import connection_name

if TYPE_CHECKING:
    from connectionist.inspector.frames import Frames
    from connectionist.inspector.history import Kept
    from connectionist.inspector.session import InspectorSession
    from connectionist.utils.arrays import Array

MOST_POINTS, MOST_MOMENTS, MOST_DIFFERENT = 2000, 200, 20
Content = tuple[dict[str, Any], dict[str, "Array"]]


@contextmanager
def weights_of(session: InspectorSession, kept: Kept) -> Iterator[None]:
    """In the context, the network has the weights of a kept moment."""
    values, rows = session.network.weight_state.array("value"), session.network.weight_rows
    before = values[rows]
    values[rows] = kept.values
    try:
        yield
    finally:
        values[rows] = before


def find_moment(session: InspectorSession, epoch: int) -> Kept:
    """Return a kept moment.

    Raises
    ------
    UnknownNameError
        If the weights of the epoch are not kept.
    """
    found = session.training.history.find(epoch)
    if found is None:
        raise UnknownNameError(f"epoch {epoch}: its weights are not kept")
    return found


def moment(session: InspectorSession, frames: Frames, query: messages.MomentQuery) -> Content:
    """Answer `messages.MomentQuery`."""
    with weights_of(session, find_moment(session, query.epoch)):
        states = session.states.of_case(*session.place_of(session.case))
        return {"epoch": query.epoch}, frames.arrays(states, query.quantity, query.unit)


def over_moments(session: InspectorSession, tick: int, read: Callable[[Array, int], Array]) -> tuple[Array, Array]:
    """Return epochs, and for each what a function reads from the quantities of all units [tick, quantity, unit] and the tick."""
    kept = _thinned(session.training.history.moments, MOST_MOMENTS)
    rows = []
    for each in kept:
        with weights_of(session, each):
            states = session.states.of_case(*session.place_of(session.case))
        if not 0 <= tick <= len(states):
            raise ParameterError(f"tick: must be from 0 (the last) to {len(states)} (got {tick})")
        rows.append(read(states, tick - 1))
    return np.array([each.epoch for each in kept]), np.array(rows)


def weight_over(session: InspectorSession, query: messages.WeightOverQuery) -> Content:
    """Answer `messages.WeightOverQuery`."""
    network = session.network
    if not query.connections:
        raise UnknownNameError("weight_over.connections: must name one connection or more (got none)")
    found = [network.connection(name) for name in query.connections]
    place = {row: number for number, row in enumerate(network.weight_rows.tolist())}
    columns = [place[connection.weight.row] for connection in found]
    moments = session.training.history.moments
    y = np.array([each.values[columns] for each in moments]).T
    content = {"x_label": "epoch", "labels": [], "connections": [connection_name(connection) for connection in found]}
    return content, {"x": np.array([each.epoch for each in moments]), "y": y}


def compare_moments(session: InspectorSession, query: messages.CompareMomentsQuery) -> Content:
    """Answer `messages.CompareMomentsQuery`."""
    network = session.network
    first, second = find_moment(session, query.first).values, find_moment(session, query.second).values
    place = {row: number for number, row in enumerate(network.weight_rows.tolist())}
    projections = [projection for projection in network.projections if len(projection)]
    columns = [[place[connection.weight.row] for connection in projection] for projection in projections]
    differences = [second[each] - first[each] for each in columns]
    connections = [connection for projection in projections for connection in projection]
    every = np.array([number for each in columns for number in each], np.intp)
    most = np.argsort(-np.abs(second[every] - first[every]), kind="stable")[:MOST_DIFFERENT]
    return {
        "epochs": [query.first, query.second],
        "projections": [projection.name for projection in projections],
        "connections": [connection_name(connections[number]) for number in most],
    }, {
        "distance": np.array([np.sqrt(np.mean(each**2)) for each in differences]),
        "largest": np.array([np.abs(each).max() for each in differences]),
        "first": first[every[most]],
        "second": second[every[most]],
    }


def runs(session: InspectorSession, _: messages.RunsQuery) -> Content:
    """Answer `messages.RunsQuery`."""
    names: list[str] = []
    arrays: dict[str, Array] = {}
    curves = [(base, run.errors) for base, run in session.training.curves.values() if run is not None and run.epochs]
    for number, (base, errors) in enumerate(curves):
        points = np.unique(np.linspace(0, len(errors) - 1, min(len(errors), MOST_POINTS)).astype(int))
        arrays[f"epochs {number}"] = base + 1 + points
        arrays[f"errors {number}"] = np.array([errors[point] for point in points.tolist()])
        names.append(f"run {number + 1}, from epoch {base}")
    return {"names": names}, arrays


def _thinned(moments: list[Kept], most: int) -> list[Kept]:
    """Return at most `most` moments, evenly chosen, the first and last among them."""
    if len(moments) <= most:
        return moments
    return [moments[number] for number in np.unique(np.linspace(0, len(moments) - 1, most).astype(int)).tolist()]
