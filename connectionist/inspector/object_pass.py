"""The case that is shown, run through the objects, for `explain` and for walks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.case_runner import CaseRunner
from connectionist.errors import ParameterError
from connectionist.inspector.case_states import QUANTITIES
from connectionist.model.perturbation import has_weight_noise
from connectionist.model.time.unrolling import groups_with_past

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.inspector.session import InspectorSession
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


def run_objects(session: InspectorSession) -> Network:
    """Run the case that is shown forward and, if it has a target, backward, object by object. Return the network that has its state.

    Raises
    ------
    ParameterError
        If weights have noise in testing, which objects do not show.
    """
    network = session.network
    if has_weight_noise(network, "testing"):
        raise ParameterError(f"{network.name}: noise on weights cannot be explained, since the weights are shown without it")
    examples, case = session.place_of(session.case)
    part, first = _with_past(session, examples, case)
    runner = CaseRunner(network, part, end_state=first, noise=network.next_noise())
    for number in range(len(part)):
        running = runner.run(number, number)
    if session.has_target:
        runner.differentiate()
    runner.copy_last_tick()
    return running


def _with_past(session: InspectorSession, examples: ExampleSet, case: int) -> tuple[ExampleSet, list[tuple[float, float]] | None]:
    """Return the examples to run, the case last, and the state from which they continue."""
    longest = max((projection.delay for projection in session.network.projections), default=0)
    if not examples.continues[case] or case == 0:
        return examples[[case]], None
    if longest <= 1:  # the last tick of the case before is all the past that there is
        before = session.states.of_case(examples, case - 1)[-1]
        numbers = number_by_unit(session.network)
        units = [numbers[unit] for group in groups_with_past(session.network) for unit in group]
        activations, net_inputs = (before[QUANTITIES.index(name)][units].tolist() for name in ("activation", "net_input"))
        return examples[[case]], list(zip(activations, net_inputs, strict=True))
    first = case
    while first > 0 and examples.continues[first]:
        first -= 1
    return examples[np.arange(first, case + 1)], None


def state_before(session: InspectorSession) -> list[tuple[float, float]] | None:
    """Return the state from which the case that is shown continues another; None for the initial state."""
    part, first = _with_past(session, *session.place_of(session.case))
    runner = CaseRunner(session.network, part, end_state=first, noise=session.network.next_noise())
    for number in range(len(part) - 1):
        runner.run(number, number)
    return runner.end_state


def number_by_unit(network: Network) -> dict[Unit, int]:
    """Return the number of each unit in the order of ``net.units``, kept until the wiring changes."""
    derived = network.schedule.derived
    if "inspector.numbers" not in derived:
        derived["inspector.numbers"] = {unit: number for number, unit in enumerate(network.units)}
    numbers: dict[Unit, int] = derived["inspector.numbers"]
    return numbers


def object_states(network: Network, running: Network) -> Array:
    """Return the quantities that the objects show, [tick, quantity, unit], of a network and the network in which its case runs."""
    state = running.state
    if running is network:
        rows = np.array([[unit.row for unit in network.units]])
    else:
        groups = [
            [running["bias"], *(running[f"{group.name}@{tick}"] for group in network.groups)] for tick in range(1, (running.ticks or 0) + 1)
        ]
        rows = np.array([np.concatenate([np.arange(group.rows.start, group.rows.stop) for group in each]) for each in groups])
    return np.stack([state.array(name)[rows] for name in QUANTITIES], axis=1)
