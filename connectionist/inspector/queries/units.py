"""Queries about a unit or a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.probes import DERIVATIVES
from connectionist.errors import ParameterError, UnknownNameError, WiringError
from connectionist.explain import explain as explain_object
from connectionist.explain.connection import ConnectionExplanation, copy_at
from connectionist.explain.terms import FunctionValue, Sum
from connectionist.explain.unit import UnitExplanation
from connectionist.inspector import messages
from connectionist.inspector.case_states import QUANTITIES, have_targets
from connectionist.inspector.object_pass import number_by_unit, run_objects
from connectionist.inspector.queries import epochs
from connectionist.inspector.unit_lines import lines_of, weights_by_unit
from connectionist.model.unit import Unit

if TYPE_CHECKING:
    from connectionist.explain.terms import Term
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array

MOST_TERMS = 400
MOST_POINTS = 20_000
Content = tuple[dict[str, Any], dict[str, "Array"]]


def explain(session: InspectorSession, query: messages.ExplainQuery) -> Content:
    """Answer `messages.ExplainQuery`."""
    network = session.network
    if bool(query.unit) == bool(query.connection):
        raise ParameterError("explain: must name a unit or a connection, and not both")
    explained: Any = network.unit(query.unit) if query.unit else network.connection(query.connection)
    running = run_objects(session) if session.walk is None else session.walk.running
    shown = explain_object(_at_tick(explained, network, running, _tick(running, query.tick)))
    names = _PARTS if session.has_target else _PARTS[:_FORWARD]
    sums = [getattr(shown, name, None) for name in names] if isinstance(shown, UnitExplanation) else _connection_parts(session, shown)
    parts = [_part(each) for each in sums if each is not None]
    return {"name": explained.name, "text": str(shown), "notes": list(shown.notes), "parts": parts}, {}


_PARTS = ("net_input", "activation", "integrated", "activation_derivative", "slope", "net_derivative")


_FORWARD = 3  # of the parts


def _connection_parts(session: InspectorSession, shown: ConnectionExplanation) -> list[Any]:
    derivative, change = shown.derivative, shown.change
    return [derivative.copies if derivative and session.has_target else None, *((change.change, change.after) if change else ())]


def _tick(running: Network, tick: int) -> int | None:
    ticks = running.ticks
    if ticks is None:
        return None
    if not 0 <= tick <= ticks:
        raise ParameterError(f"tick: must be from 0 (the last) to {ticks} (got {tick})")
    return tick or ticks


def _at_tick(explained: Any, network: Network, running: Network, tick: int | None) -> Any:
    if tick is None or running is network:
        return explained
    if isinstance(explained, Unit):
        return running.unit(explained.name if explained.group.role == "bias" else f"{explained.name}@{tick}")
    return copy_at(explained, running, tick)


def _part(part: Sum | FunctionValue) -> dict[str, Any]:
    if isinstance(part, FunctionValue):
        return {
            "part": "function",
            "name": part.name,
            "function": part.function,
            "equation": part.equation,
            "arguments": [list(each) for each in part.arguments],
            "value": part.value,
            "stored": part.stored,
            "agreement": part.agreement,
        }
    terms = list(part.terms)
    if len(terms) > MOST_TERMS:
        least = sorted((abs(term.value) for term in terms), reverse=True)[MOST_TERMS - 1]
        terms = [term for term in terms if abs(term.value) >= least][:MOST_TERMS]
    return {
        "part": "sum",
        "name": part.name,
        "terms": [_term(term) for term in terms],
        "more": len(part.terms) - len(terms),
        "total": part.total,
        "stored": part.stored,
        "agreement": part.agreement,
    }


def _term(term: Term) -> dict[str, Any]:
    return {"name": term.name, "value": term.value, "factors": [list(each) for each in term.factors]}


def weights(session: InspectorSession, query: messages.WeightsQuery) -> Content:
    """Answer `messages.WeightsQuery`."""
    network, states = session.network, session.shown_states()
    unit, numbers = network.unit(query.unit), number_by_unit(network)
    lines = lines_of(network, unit.name, query.direction)
    tick = _tick_index(query.tick, len(states))
    own = np.full(len(lines.rows), numbers[unit], np.intp)
    senders = lines.others if query.direction == "incoming" else own
    activations = _sent(session, states, tick, senders, lines.delays if query.direction == "incoming" else 0 * lines.delays)
    values = lines.values(network)
    products = values * activations
    order = np.lexsort((-np.abs(values), -np.nan_to_num(np.abs(products))))
    chosen, names = [lines.connections[number] for number in order], lines.names
    tied = network.schedule.tied
    return {
        "connections": [names[number] for number in order],
        "units": [(connection.sender if query.direction == "incoming" else connection.receiver).name for connection in chosen],
        "frozen": [not connection.weight.trainable for connection in chosen],
        "tied": [connection.weight in tied for connection in chosen],
    }, {
        "unit": lines.others[order].astype(float),
        "weight": values[order],
        "activation": activations[order],
        "product": products[order],
        "derivative": lines.values(network, "derivative")[order],
        "change": lines.values(network, "change")[order],
    }


def _sent(session: InspectorSession, states: Array, tick: int, senders: Any, delays: Any) -> Array:
    """Return what connections carry at a tick, from 0: activations or, of groups with an output function, outputs."""
    activations = states[:, QUANTITIES.index("activation")]
    count = int(max(0, (delays - tick).max(initial=0)))
    sent: Array = np.concatenate([_past(session, count), activations])[count + tick - delays, senders]
    units = session.network.units
    for place in np.flatnonzero([units[number].group.output_function is not None for number in senders]).tolist():
        function: Any = units[senders[place]].group.output_function
        sent[place] = function.activation(float(sent[place]))
    return sent


def _past(session: InspectorSession, count: int) -> Array:
    """Return the activations at the ticks before the first, [tick, unit]: of the cases that this one continues, or the initial ones."""
    network, (examples, case) = session.network, session.place_of(session.case)
    past = np.empty((0, len(network.units)))
    while len(past) < count and case > 0 and examples.continues[case]:
        case -= 1
        past = np.concatenate([session.states.of_case(examples, case)[:, QUANTITIES.index("activation")], past])
    initial = np.concatenate([group.initial for group in (network["bias"], *network.groups)])
    return np.concatenate([np.tile(initial, (max(0, count - len(past)), 1)), past[max(0, len(past) - count) :]])


def _tick_index(tick: int, count: int) -> int:
    if not 0 <= tick <= count:
        raise ParameterError(f"tick: must be from 0 (the last) to {count} (got {tick})")
    return (tick or count) - 1


def receptive_field(session: InspectorSession, query: messages.ReceptiveFieldQuery) -> Content:
    """Answer `messages.ReceptiveFieldQuery`."""
    network = session.network
    group, numbers = network[query.group], number_by_unit(network)
    first = numbers[group[0]]
    values = weights_by_unit(network, network.unit(query.unit).name, "incoming")
    return {"columns": group.columns or len(group)}, {"weight": values[first : first + len(group)]}


def unit_over(session: InspectorSession, query: messages.UnitOverQuery) -> Content:
    """Answer `messages.UnitOverQuery`."""
    network, numbers = session.network, number_by_unit(session.network)
    found = [network.unit(name) for name in query.units]
    if not found:
        raise UnknownNameError("unit_over.units: must name one unit or more (got none)")
    columns, quantity = [numbers[unit] for unit in found], QUANTITIES.index(query.quantity)
    labels: list[str] = []
    x: Array
    if query.over == "ticks":
        if not network.in_time:
            raise WiringError(f"unit_over: {network.name} does not run in time, so there are no ticks")
        rows = session.shown_states()[:, quantity][:, columns]
        x, label = np.arange(1.0, len(rows) + 1), "tick"
    elif query.over == "cases":
        count = min(len(session.examples), MOST_POINTS)
        states = session.states.read(session.examples, (query.quantity,), tuple(found), np.arange(count))
        rows, x, label = at_tick(session, states, query.tick)[:, 0], np.arange(float(count)), "case"
        if query.quantity in DERIVATIVES:
            rows[~have_targets(session.examples)[:count]] = np.nan
        labels = [name or str(number) for number, name in enumerate(session.examples.names[:count])]
    else:
        x, rows = epochs.over_moments(session, query.tick, lambda states, tick: states[tick, quantity, columns])
        label = "epoch"
    return {"x_label": label, "labels": labels, "units": [unit.name for unit in found]}, {"x": x, "y": rows.T}


def at_tick(session: InspectorSession, states: Array, tick: int) -> Array:
    """Return states [case, tick, …] at one tick, 0 for the last of each case, [case, …]."""
    if session.examples.lengths is None:
        return states[:, 0]
    last = session.examples.lengths[: len(states)] - 1
    if not 0 <= tick <= int(last.max()) + 1:
        raise ParameterError(f"tick: must be from 0 (the last) to {int(last.max()) + 1} (got {tick})")
    chosen: Array = states[np.arange(len(states)), last if tick == 0 else tick - 1]
    return chosen
