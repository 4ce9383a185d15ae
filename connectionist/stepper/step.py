"""The function `step`, which computes one case with stops at which every number can be read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from connectionist.data.example import Example
from connectionist.engines.weight_updates import WeightUpdates, check_memory
from connectionist.errors import DataError, ParameterError
from connectionist.model.assembly.validation import (
    Values,
    validate_case_inputs,
    validate_case_targets,
    values_of,
)
from connectionist.model.network import Network, check_network
from connectionist.model.noise import scale_of
from connectionist.model.time.unrolling import EndState
from connectionist.plugins import registry
from connectionist.plugins.formula_faults import named_formulas, owners_of
from connectionist.plugins.rules import Rule, SearchRule
from connectionist.stepper.case_walk import CaseWalk
from connectionist.stepper.stop import Stop
from connectionist.utils.arrays import Array

STOP_DISTANCES = ("unit", "group", "tick")


def step(
    network: Network,
    inputs: Values | Example,
    targets: Values | None = None,
    rule: Rule | str | None = None,
    *,
    by: str = "unit",
    memory: dict[str, Array] | None = None,
) -> Iterator[Stop]:
    """Walk through one case: compute it with a stop after each unit, group or tick.

    At each stop the objects show what has been computed so far. At the end of the walk, all numbers are exactly those that ``forward``,
    ``backward`` and a weight change of the "local" engine compute. If the walk is abandoned during the forward pass, call ``forward``
    before ``backward``. In a network that runs in time, ``net.unrolled`` has the copies from the first stop on, and the units of
    the network show the last tick after each pass.

    Parameters
    ----------
    network : Network
    inputs : array_like, dict or Example
        Inputs as for `Network.forward`, or an example, which also gives the targets. The walk starts from the initial state, so the example
        must not continue another.
    targets : array_like or dict, optional
        Targets as for `Network.backward`. Without targets the walk ends after the forward pass.
    rule : Rule or str, optional
        Rule that changes the weights at the end; a name means the rule with its default parameters. With a `LocalRule` there is no backward
        pass. With a ``JointRule`` neither, and the numbers that it keeps for each unit, such as the threshold of "bcm", start at 0.
    by : {"unit", "group", "tick"}
        Distance between two stops. A group with a joint activation function, such as softmax, is a single step even with "unit". With
        "tick", some units of earlier ticks may be backpropagated before the stop of a later tick, since the order of each sum is kept.
    memory : dict of str to array [weight], optional
        State of the rule, as in ``run.memory``. The new state is written to it. The default is zeros.

    Returns
    -------
    iterator of Stop

    Raises
    ------
    DataError, ParameterError, UnknownNameError
        If an argument does not fit the network, or if `memory` has a name under which the rule keeps no state. Also if there is noise on
        weights in testing: each weight would have to keep its noise between two stops, where the caller may assign it. Raised by the call,
        before the first stop.
    WiringError
        If the wiring of the network changes during the walk.
    DivergenceError
        If a weight becomes infinite or NaN. All weights are then as before the change.

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
    check_network(network, "step")
    if isinstance(inputs, Example):
        _check_example(inputs, targets)
        targets = values_of(inputs, "target")
    return walk_case(network, inputs, targets, rule, by=by, memory=memory)


def walk_case(
    network: Network,
    inputs: Values | Example,
    targets: Values | None,
    rule: Rule | str | None = None,
    *,
    by: str,
    memory: dict[str, Array] | None = None,
    before: EndState | None = None,
) -> Iterator[Stop]:
    """Walk through one case as `step`, from the state `before`. The targets of an example are not used, nor its error weight."""
    noisy = [each.name for each in network.projections if scale_of(each.weight_noise, "testing")]
    if noisy:
        raise ParameterError(f"step: cannot show noise on weights, which are the same at all stops; remove that of {', '.join(noisy)}")
    for group in network.groups:
        if targets is not None and group.role == "output" and group.error_function.is_joint:
            raise ParameterError(
                f"step.targets: cannot show the error function {group.error_function.name!r} of group {group.name!r}, which compares the "
                f"whole group at once; leave the targets out"
            )
    if by not in STOP_DISTANCES:
        raise ParameterError(f"step.by: must be 'unit', 'group' or 'tick' (got {by!r})")
    rule = None if rule is None else registry.resolve("update_rules", rule, Rule, what="step.rule")
    _check_rule(rule, targets)
    if rule is None and memory is not None:
        raise ParameterError("step.memory: is the state of a rule; give the rule as well (got none)")
    checked = validate_case_inputs(inputs, network.groups, network.in_time)
    ticks = len(checked.inputs) if network.in_time else None
    case_targets = None if targets is None else validate_case_targets(targets, network.groups, network.in_time, ticks, "step")
    updates = None if rule is None else _make_updates(network, rule, {} if memory is None else memory)
    return _named_stops(network, CaseWalk(network, by, checked, case_targets, updates, before))


def _named_stops(network: Network, walk: CaseWalk) -> Iterator[Stop]:
    with named_formulas(lambda: owners_of(network)):
        yield from walk.stops()


def _check_example(example: Example, targets: object) -> None:
    if targets is not None:
        raise ParameterError("step.targets: must not be given with an example, which has targets; give inputs and targets, or an example")
    if example.error_weight != 1.0:
        raise ParameterError(
            f"step: example {example.name!r} has the error weight {example.error_weight:g}, but a walk shows E and its derivatives with "
            f"the weight 1; give its inputs and targets"
        )
    if example.continues:
        raise ParameterError(
            f"step: example {example.name!r} continues the one before it, but a walk starts from the initial state; give its inputs and "
            f"targets to start it there"
        )


def _check_rule(rule: Rule | None, targets: object) -> None:
    if isinstance(rule, SearchRule):
        raise ParameterError(f"step.rule: must not be a SearchRule, which evaluates many passes for one change (got {rule.name!r})")
    if rule is not None and targets is None:
        raise DataError("step.targets: are required if a rule changes the weights; NaN means no target (got none)")


def _make_updates(network: Network, rule: Rule, memory: dict[str, Array]) -> WeightUpdates:
    """Return the updates of the weights. `memory` gets an array for each name under which the rule keeps state."""
    checked = check_memory(memory, network, [rule], "step.memory")
    memory.update({name: checked.get(name, np.zeros(len(network.weights))) for name in rule.memory})
    return WeightUpdates(network, rule, memory)
