"""One case walked through, forward, backward and the change of the weights, with stops at which everything can be looked at.

The parts of the passes are those of `propagation` and `learners`, in the same order, so that a walk to the end leaves what ``forward`` and
``backward`` leave, and the change that the `local` engine makes. Between two stops the network belongs to whoever looks; nothing is
computed twice.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from connectionist.data.example import Example
from connectionist.engines.weight_updates import WeightUpdates, check_memory
from connectionist.errors import DataError, ParameterError
from connectionist.model.assembly.validation import Values, validate_case_targets, validate_inputs
from connectionist.model.network import Network
from connectionist.plugins.rules import Rule, SearchRule
from connectionist.stepper.case_walk import CaseWalk
from connectionist.stepper.stop import Stop
from connectionist.utils.arrays import Array

WAYS = ("unit", "group", "tick")


def step(
    network: Network,
    inputs: Values | Example,
    targets: Values | None = None,
    rule: Rule | None = None,
    *,
    by: str = "unit",
    memory: dict[str, Array] | None = None,
) -> Iterator[Stop]:
    """Walk one case through the network, and stop after each unit, group or tick.

    At each stop the objects show what the pass has reached so far. Walked to its end, it leaves exactly what ``forward``, ``backward`` and
    a change by the rule leave; a walk that is left during the pass forward leaves a network that must be run ``forward`` anew. In time,
    ``net.unrolled`` has the copies from the first stop on, and the network's own units show the last tick when a pass has ended.

    Parameters
    ----------
    network : Network
    inputs : array_like or dict, or Example
        As for `Network.forward`. An example, ``examples["name"]``, brings its targets; one that continues another is refused, since a walk
        starts from the initial state.
    targets : array_like or dict, optional
        As for `Network.backward`; without, the walk ends after the pass forward.
    rule : Rule, optional
        By which the weights are changed at the end. With a rule that learns from activations there is no pass backward.
    by : {"unit", "group", "tick"}
        How far it is from stop to stop. A joint group (softmax) is one step, since its units are. By tick, the error of some units of
        earlier ticks may be handed back before a tick is done, since each sum keeps its order.
    memory : dict of str to array [weight], optional
        What the rule remembers, as ``run.memory``; what it then remembers is left there. Zeros unless given.

    Returns
    -------
    iterator of Stop

    Raises
    ------
    DataError, ParameterError, UnknownNameError
        When what is given does not fit, before the first stop; the rule must remember all that `memory` names.
    WiringError
        When the network is rewired on the way.
    DivergenceError
        When a change leaves the finite numbers; the weights are then as they were before any was changed.

    Examples
    --------
    >>> net = Network("sum")
    >>> _ = net.add_group("input", 2, role="input")
    >>> _ = net.add_group("output", 1, role="output", activation="linear", biased=False)
    >>> _ = net.connect("input", "output", weights=[[0.5], [-0.25]])
    >>> for stop in step(net, [2, 3], [1]):
    ...     print(stop)
    clamp: input:0 = 2, input:1 = 3
    forward: output:0: net input 0.25, activation 0.25
    compare: output:0: activation 0.25, target 1, share of E 0.28125, ∂E/∂y -0.75
    backward: output:0: ∂E/∂y -0.75, ∂E/∂x -0.75, added to the derivatives of 2 weights
    """
    if by not in WAYS:
        raise ParameterError(f"step, by: must be 'unit', 'group' or 'tick' (got {by!r})")
    if isinstance(inputs, Example):
        if targets is not None:
            raise ParameterError("step, targets: are those of the example; give inputs and targets, or an example alone")
        if inputs.continues:
            raise ParameterError(
                f"step: example {inputs.name!r} continues the one before, and a walk starts from the initial state; for a walk from there "
                f"give its inputs and targets instead of it"
            )
        return step(network, inputs.inputs, inputs.targets, rule, by=by, memory=memory)
    _check_rule(rule, targets)
    if rule is None and memory is not None:
        raise ParameterError("step.memory: is what a rule remembers; give the rule as well (got none)")
    fitted = validate_inputs(inputs, [group for group in network.groups if group.role == "input"], network.in_time)
    goals = None if targets is None else validate_case_targets(targets, network.groups, network.in_time, len(fitted), "step")
    learning = None if rule is None else _learning(network, rule, {} if memory is None else memory)
    return CaseWalk(network, by, inputs, goals, learning).stops()


def _check_rule(rule: object, targets: object) -> None:
    if rule is not None and not isinstance(rule, Rule):
        raise ParameterError(f"step, rule: must be a rule, as made by cn.rule(name, rate=…) (got {rule!r})")
    if isinstance(rule, SearchRule):
        raise ParameterError(f"step, rule: {rule.name!r} tries points for all weights at once, which is no walk through one case")
    if rule is not None and targets is None:
        raise DataError("step, targets: are needed where a rule is to change the weights; NaN means no target (got none)")


def _learning(network: Network, rule: Rule, memory: dict[str, Array]) -> WeightUpdates:
    given = check_memory(memory, network, [rule], "step.memory")
    memory.update({name: given.get(name, np.zeros(len(network.weights))) for name in rule.memory})
    return WeightUpdates(network, rule, memory)
