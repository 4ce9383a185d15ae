"""Queries about cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.data.accuracy import correct_cases
from connectionist.experiments.task_members import correct_cases_of, unchanged
from connectionist.inspector import messages
from connectionist.inspector.case_states import have_targets

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.inspector.session import InspectorSession
    from connectionist.utils.arrays import Array

Content = tuple[dict[str, Any], dict[str, "Array"]]


def cases(session: InspectorSession, _: messages.CasesQuery) -> Content:
    """Answer `messages.CasesQuery`."""
    sets = [each for each in (session.examples, session.testing) if each is not None]
    with session.network.state.restored_afterwards():
        errors = [session.states.errors(each) for each in sets]
        correct = [_correct(session, each) for each in sets]
    return {}, {"error": np.concatenate(errors), "correct": np.concatenate(correct)}


def _correct(session: InspectorSession, examples: ExampleSet) -> Array:
    """Return 1 for each case that is correct, as its task says, 0 for others, NaN for those without a target."""
    network, engine, task = session.network, session.states.engine, session.origin.task
    if task is not None and session.origin.judges_cases:
        with unchanged(network, task, "correct_cases"):
            right = correct_cases_of(task, network, examples, engine)
    else:
        right = correct_cases(engine.outputs(network, examples), examples.targets, session.tolerance)
    return np.where(have_targets(examples), right, np.nan)


def case_details(session: InspectorSession, query: messages.CaseDetailsQuery) -> Content:
    """Answer `messages.CaseDetailsQuery`."""
    examples, number = session.place_of(query.case)
    example = examples[number]
    outputs = session.network.schedule.outputs
    states = session.states.of_case(examples, number)[:, 0]
    units = {unit: place for place, unit in enumerate(session.network.units)}
    return {"name": example.name, "last_inputs": np.atleast_2d(example.inputs)[-1].tolist()}, {
        "inputs": np.atleast_2d(example.inputs),
        "outputs": states[:, [units[unit] for unit in outputs]],
        "targets": np.atleast_2d(example.targets),
    }
