"""Acts that show a case or an input entered by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.errors import DataError, unknown_name
from connectionist.inspector.object_pass import run_objects
from connectionist.inspector.script import Act, literal
from connectionist.model.perturbation import has_weight_noise

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.group import Group

FEW_CONNECTIONS = 20_000  # with more, the objects run a case only when their sums are asked for


def show_case(session: InspectorSession, case: int) -> None:
    """Show a case."""
    session.place_of(case)
    session.case, session.walk = case, None
    example = session.example
    code = session.case_code(case) if case >= 0 else "entered"
    lines = () if example.continues else (f"net.forward({code})", f"net.backward({code})")
    _show(session, lines)


def enter_input(session: InspectorSession, inputs: Mapping[str, Any], targets: Mapping[str, Any] | None) -> None:
    """Show an input that was entered by hand.

    Raises
    ------
    DataError
        If it does not fit the network.
    """
    network = session.network
    ticks = _ticks(bool(network.in_time), inputs)
    given = _by_group([group for group in network.groups if group.role == "input"], inputs, ticks, 0.0)
    outputs = [group for group in network.groups if group.role == "output"]
    wanted = _by_group(outputs, targets or {}, ticks, float("nan"))
    example = Example(given, wanted, "entered by hand")
    entered = ExampleSet([example], network)
    network.check(entered)
    session.entered, session.case, session.walk = entered, -1, None
    shown_targets = wanted if targets is not None else {group.name: wanted[group.name] for group in outputs[:1]}
    lines = [f"entered = cn.Example({literal(given)}, {literal(shown_targets)})", "net.forward(entered)"]
    _show(session, (*lines, "net.backward(entered)") if targets is not None else tuple(lines), is_entered=True)


def _show(session: InspectorSession, lines: tuple[str, ...], *, is_entered: bool = False) -> None:
    network = session.network
    ticks = session.example.ticks or 1
    is_small = len(network.connections) * ticks <= FEW_CONNECTIONS
    if is_small and not session.training.is_wanted and not has_weight_noise(network, "testing"):
        run_objects(session)
    if lines:
        session.acts.append(Act(lines=lines, shows=not is_entered, is_entered=is_entered))
    session.moment += 1
    session.changed(is_rewired=False)


def _ticks(in_time: bool, inputs: Mapping[str, Any]) -> int | None:
    """Return the number of ticks of an input, which all groups must have."""
    if not in_time:
        return None
    lengths = {len(values) if isinstance(values, list) and values and isinstance(values[0], list) else 1 for values in inputs.values()}
    if len(lengths) > 1:
        raise DataError(f"enter_input: all groups must have the same number of ticks (got {', '.join(map(str, sorted(lengths)))})")
    return lengths.pop() if lengths else 1


def _by_group(groups: list[Group], given: Mapping[str, Any], ticks: int | None, default: float) -> dict[str, list[Any]]:
    known = {group.name: group for group in groups}
    for name in given:
        if name not in known:
            raise unknown_name("group of enter_input:", name, known)
    return {name: _values(group, given.get(name), ticks, default) for name, group in known.items()}


def _values(group: Group, given: Any, ticks: int | None, default: float) -> list[Any]:
    """Return the values of a group, [unit] or [tick][unit]; null is NaN."""
    shape = (len(group),) if ticks is None else (ticks, len(group))
    if given is None:
        defaults: list[Any] = np.full(shape, default).tolist()
        return defaults
    rows = given if ticks is not None and given and isinstance(given[0], list) else [given] if ticks is not None else given
    try:
        array = np.array([[_number(each) for each in row] for row in rows] if ticks is not None else [_number(each) for each in rows])
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.shape != shape:
        raise DataError(f"enter_input: group {group.name!r} must have {' × '.join(map(str, shape))} numbers")
    values: list[Any] = array.tolist()
    return values


def _number(value: Any) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)
