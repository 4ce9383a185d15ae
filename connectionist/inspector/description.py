"""The description of a session that a page gets at the start."""

from __future__ import annotations

import math
from dataclasses import MISSING
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.phase import Criterion
from connectionist.inspector.case_states import have_targets
from connectionist.inspector.messages import SessionDescription
from connectionist.inspector.unit_lines import places
from connectionist.model.group_rows import row_numbers
from connectionist.plugins import registry
from connectionist.plugins.parameter_types import describe_allowed, parameters_of
from connectionist.plugins.rules import Rule
from connectionist.reporting.file_tables import activation_text
from connectionist.reporting.plugin_description import first_line

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.projection import Projection


def describe(session: InspectorSession) -> SessionDescription:
    """Return the network, the examples and what can be chosen."""
    network, origin = session.network, session.origin
    groups = [network["bias"], *network.groups]
    rows = row_numbers(network)
    firsts, first = {}, 0
    for group in groups:
        firsts[group.name], first = first, first + len(group)
    units = {role: [firsts[group.name] + index for group in groups if group.role == role for index in range(len(group))] for role in _ENDS}
    return SessionDescription(
        name=network.name,
        title=origin.title or network.name,
        in_time=bool(network.in_time),
        groups=[_describe_group(group, firsts[group.name], rows.get(group.name, 0)) for group in groups],
        projections=[_describe_projection(network, projection) for projection in network.projections],
        cases=[*_cases(session.examples, "training"), *_cases(session.testing, "testing")],
        input_units=units["input"],
        output_units=units["output"],
        rule=_describe_rule(session),
        rules=_rules(),
        criterion=_describe_criterion(origin.criterion),
        published=list(origin.published),
        trains=origin.trains,
        note=_note(session),
    )


_ENDS = ("input", "output")


def _note(session: InspectorSession) -> str:
    """Return what is not as one may expect."""
    procedure = session.training.phase[0].learning_procedure
    sentences = [session.origin.note]
    if not session.origin.trains:
        sentences.insert(0, "Nothing is trained: the weights are given.")
    elif procedure.name != "back_propagation" and not isinstance(procedure, Rule):
        sentences.append(f"Training is by the procedure {procedure.name}. A case is shown as forward and backward compute it.")
    return " ".join(filter(None, sentences))


def _describe_group(group: Group, first: int, row: int) -> dict[str, Any]:
    position = group.position or (None, None)
    return {
        "name": group.name,
        "role": group.role,
        "first": first,
        "labels": list(group.labels),
        "row": row,
        "x": position[0],
        "y": position[1],
        "columns": group.columns,
        "activation": activation_text(group),
        "error": getattr(group.error_function, "name", None),
    }


def _describe_projection(network: Network, projection: Projection) -> dict[str, Any]:
    return {
        "name": projection.name,
        "sender": projection.sender.name,
        "receiver": projection.receiver.name,
        "delay": projection.delay,
        "connections": len(projection),
        "trainable": int(np.count_nonzero(network.weight_state.array("trainable")[places(network, projection)[2]])),
    }


def _cases(examples: ExampleSet | None, kind: str) -> list[dict[str, Any]]:
    if examples is None:
        return []
    lengths = [1] * len(examples) if examples.lengths is None else examples.lengths.tolist()
    names = [name or str(number) for number, name in enumerate(examples.names)]
    columns = zip(names, lengths, have_targets(examples).tolist(), strict=True)
    return [{"name": name, "set": kind, "ticks": ticks, "has_target": has_target} for name, ticks, has_target in columns]


def _describe_rule(session: InspectorSession) -> dict[str, Any]:
    phase, _ = session.training.phase
    parameters = {name: _plain(getattr(phase.rule, name)) for name in parameters_of(type(phase.rule))}
    after = None if phase.update_after == "epoch" else phase.update_after
    scheduled = list(phase.schedule or ())
    return {"name": phase.rule.name, "parameters": parameters, "update_after": after, "order": phase.order, "scheduled": scheduled}


@cache
def _rules() -> list[dict[str, Any]]:
    found = []
    for name in registry.get_registry().names("update_rules"):
        kind = registry.find("update_rules", name)
        parameters = [
            {"name": each, "default": None if default is MISSING else _plain(default), "type": describe_allowed(kind, each), "summary": ""}
            for each, default in parameters_of(kind).items()
        ]
        found.append({"name": name, "summary": first_line(kind), "parameters": parameters})
    return found


def _describe_criterion(criterion: object) -> dict[str, Any] | None:
    if isinstance(criterion, Criterion):
        return {"error": criterion.error, "correct": criterion.correct}
    is_number = isinstance(criterion, int | float) and math.isfinite(criterion)
    return {"error": criterion, "correct": None} if is_number else None


def _plain(value: Any) -> Any:
    """Return a value that JSON has: numbers, text, truth values and null as they are, others as text."""
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)
