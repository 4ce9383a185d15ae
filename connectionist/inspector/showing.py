"""Acts that show a case or an input entered by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.example import Example
from connectionist.data.example_set import ExampleSet
from connectionist.errors import DataError, ParameterError, check_number, unknown_name
from connectionist.inspector.object_pass import run_objects
from connectionist.inspector.script import Act, literal
from connectionist.model.perturbation import has_weight_noise

if TYPE_CHECKING:
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.group import Group
    from connectionist.model.network import Network

MOST_TICKS = 1000  # of an input entered by hand
FEW_CONNECTIONS = 20_000  # with more, the objects run a case only when their sums are asked for


def show_case(session: InspectorSession, case: int) -> None:
    """Show a case."""
    session.place_of(case)
    session.case, session.walk = case, None
    example = session.example
    code = session.case_code(case) if case >= 0 else "entered"
    passes = ("forward", "backward") if session.has_target else ("forward",)
    _show(session, () if example.continues else tuple(f"net.{name}({code})" for name in passes))


def enter_input(session: InspectorSession, inputs: Mapping[str, Any], targets: Mapping[str, Any] | None, ticks: int | None) -> None:
    """Show an input that was entered by hand. In time, inputs and targets that are given for one tick are held for `ticks`.

    Raises
    ------
    DataError
        If it does not fit the network.
    ParameterError
        If the number of ticks is out of range.
    """
    network = session.network
    held = _held_ticks(network, ticks)
    ticks = _ticks(bool(network.in_time), inputs) if held == 1 else held
    given = _by_group([group for group in network.groups if group.role == "input"], inputs, ticks, 0.0)
    outputs = [group for group in network.groups if group.role == "output"]
    wanted: Any = _by_group(outputs, targets or {}, ticks, float("nan")) or ([] if ticks is None else [[]] * ticks)
    example = Example(given, wanted, "entered by hand")
    entered = ExampleSet([example], network)
    network.check(entered)
    session.entered, session.case, session.walk = entered, -1, None
    shown_targets = wanted if targets is not None or not outputs else {outputs[0].name: wanted[outputs[0].name]}
    lines = [f"entered = cn.Example({_code(given)}, {_code(shown_targets)})", "net.forward(entered)"]
    _show(session, (*lines, "net.backward(entered)") if session.has_target else tuple(lines), is_entered=True)


def _held_ticks(network: Network, ticks: int | None) -> int:
    """Return the number of ticks for which one tick is held."""
    if ticks is None:
        return 1
    if not network.in_time:
        raise ParameterError(f"enter_input.ticks: must be null, since {network.name} does not run in time (got {ticks})")
    check_number("enter_input", "ticks", ticks, at_least=1, at_most=MOST_TICKS, whole=True)
    return ticks


def _code(values: Mapping[str, list[Any]] | list[Any]) -> str:
    """Return values, by group if there are groups, as Python. Ticks that are all alike are written once."""
    if isinstance(values, list):
        return _repeated(values)
    return "{" + ", ".join(f"{literal(name)}: {_repeated(rows)}" for name, rows in values.items()) + "}"


def _repeated(rows: list[Any]) -> str:
    is_held = len(rows) > 1 and isinstance(rows[0], list) and all(map(literal(rows[0]).__eq__, map(literal, rows)))
    return f"{literal(rows[:1])} * {len(rows)}" if is_held else literal(rows)


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
    is_rows = isinstance(given, list) and bool(given) and isinstance(given[0], list)
    rows = given if ticks is None or is_rows else [given]
    if ticks is not None and len(rows) == 1:
        rows = rows * ticks
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
