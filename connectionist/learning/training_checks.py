"""Checks of a network, examples and phases before training, and warnings of training that cannot do what was meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from weakref import ref

import numpy as np

from connectionist.data.accuracy import has_targets
from connectionist.data.example_set import ExampleSet
from connectionist.engines.phase import Criterion, Phase, are_equal
from connectionist.engines.procedure_checks import check_procedure
from connectionist.errors import DataError
from connectionist.learning.jacobian import check_residuals
from connectionist.learning.network_changes import NetworkSettings
from connectionist.model.activation_cost import has_costs
from connectionist.model.lesions import intact_outputs
from connectionist.model.network import Network
from connectionist.plugins.formula_faults import named_formulas
from connectionist.plugins.procedures import BackwardProcedure, JointSignalProcedure, LearningProcedure, SignalProcedure
from connectionist.plugins.rules import LocalRule, SearchRule
from connectionist.utils.caller_warnings import TARGETS, warn_caller


class _Accepted(NamedTuple):
    """The last training of a network that was accepted without a warning. What is as it was then is not checked again."""

    examples: ref[ExampleSet]
    phases: tuple[Phase, ...]
    settings: NetworkSettings

    def is_of(self, examples: ExampleSet, phases: Sequence[Phase]) -> bool:
        return self.examples() is examples and are_equal(self.phases, tuple(phases)) and self.settings.is_same()


def accepted_phase(network: Network) -> Phase | None:
    """Return the phase of the network's last training that was accepted without a warning; None without one, or if it had several."""
    accepted: _Accepted | None = network._derived.get(_Accepted)
    return accepted.phases[0] if accepted is not None and len(accepted.phases) == 1 else None


def check_training(network: Network, examples: ExampleSet, phases: Sequence[Phase]) -> object:
    """Check the learning procedures, and warn of training that cannot do what was meant, as `train` describes.

    Returns
    -------
    object or None
        See `TrainingJob.checked`.

    Raises
    ------
    WiringError, DataError, ParameterError
        If a procedure or a rule cannot train the network on the examples.
    """
    accepted: _Accepted | None = network.schedule.derived.get(_Accepted)
    messages, of_groups = list[str](), list[str]()
    if accepted is None or not accepted.is_of(examples, phases):
        check_phases(network, examples, phases)
        messages = [
            *_warnings_of_learning(network, examples, phases),
            *_warnings_of_slopes(network, phases),
            *_warnings_of_streams(examples, phases),
            *_warnings_of_frequencies(examples, phases),
            *warnings_of_targets(network, examples),
        ]
        of_groups = [*_warnings_of_groups_without_targets(network, phases)]
        if not messages and not of_groups and not any(_checks_networks(phase.learning_procedure) for phase in phases):
            accepted = network.schedule.derived[_Accepted] = _Accepted(ref(examples), tuple(phases), NetworkSettings.of(network))
        else:
            accepted = None
    for message in (*_warnings_of_weights(network), *messages):
        warn_caller(message)
    for message in of_groups:
        warn_caller(message, topic=TARGETS)
    return accepted


def check_criterion(criterion: Criterion | None, network: Network, examples: ExampleSet, tolerance: float, call: str = "train") -> None:
    """Check that a criterion fits the examples. Warn if it counts correct cases, and one output is correct for both targets of a unit.

    Raises
    ------
    DataError
        If it needs targets, and none of the examples has one. E may be that of costs alone.
    """
    if criterion is None:
        return
    if not has_targets(examples) and (criterion.correct is not None or not has_costs(network)):
        raise DataError(f"{call}.until: a criterion needs targets, and no example has one; give epochs only, or a function of the run")
    if criterion.correct is not None:
        for message in _warnings_of_tolerance(examples, tolerance):
            warn_caller(message)


def _warnings_of_tolerance(examples: ExampleSet, tolerance: float) -> Iterator[str]:
    """Yield a warning if the targets of a unit have two values, and an output is within the tolerance of both."""
    targets = examples.targets.reshape(-1, examples.targets.shape[-1])
    least, greatest = np.fmin.reduce(targets), np.fmax.reduce(targets)
    ranges = greatest - least
    is_wide = (ranges > 0) & (ranges < 2 * tolerance * (1 - 1e-5))  # the tolerance in the message has six digits
    for low, high, values in zip(least[is_wide].tolist(), greatest[is_wide].tolist(), targets.T[is_wide], strict=True):
        if not ((values == low) | (values == high) | np.isnan(values)).all():
            continue
        yield (
            f"tolerance {tolerance:g}: the output {(low + high) / 2:g} is correct for the target {low:g} and for the target {high:g}, so "
            f"the criterion may end training before anything is learned; with a tolerance of {(high - low) / 2:g} or less, no output is "
            f"correct for both"
        )
        return


def _checks_networks(procedure: LearningProcedure) -> bool:
    """Return whether a procedure has a check of its own, which may depend on the values of weights."""
    return type(procedure).check_network is not LearningProcedure.check_network


def check_phases(network: Network, examples: ExampleSet, phases: Sequence[Phase]) -> None:
    """Raise WiringError, DataError or ParameterError if the procedure or the rule of a phase cannot train the network on the examples."""
    for phase in phases:
        check_procedure(phase.learning_procedure, network, examples)
        if isinstance(phase.rule, SearchRule) and phase.rule.uses_residuals:
            check_residuals(network, examples, f"rule {phase.rule.name!r}")


def _warnings_of_weights(network: Network) -> Iterator[str]:
    """Yield a warning if there are hidden units and every trainable weight is 0."""
    rows, state = network.weight_rows, network.weight_state
    if not len(rows) or (state.value[rows[-1]] and state.trainable[rows[-1]]):  # so in nearly every network, and found at once
        return
    if not any(group.role == "hidden" for group in network.groups):
        return
    values = network.weight_values[state.array("trainable")[rows] != 0]
    if values.size and not values.any():
        yield f"{network.name}: every trainable weight is 0, so units of a hidden group will learn the same weights; call randomize first"


def _warnings_of_learning(network: Network, examples: ExampleSet, phases: Sequence[Phase]) -> Iterator[str]:
    """Yield a warning if all weights are frozen, or if no example has a target and the rules learn from targets."""
    if not any(phase.epochs for phase in phases):
        return
    rows, state = network.weight_rows, network.weight_state
    if len(rows) and not state.trainable[rows[-1]] and not state.array("trainable")[rows].any():
        yield f"{network.name}: all weights are frozen, so training changes none; network.outputs runs examples without training"
    learns_from_targets = not any(_has_signals_alone(phase.learning_procedure) for phase in phases)
    if learns_from_targets and not has_costs(network) and not has_targets(examples):
        yield "no example has a target, so the error is 0 and nothing is learned; rules such as 'oja' learn without targets"
    elif learns_from_targets and not has_costs(network) and _all_targets_are_lesioned(network, examples):
        yield (
            f"{network.name}: the output units that have targets are lesioned, so the error is 0 and nothing is learned; network.restore() "
            f"removes the lesions"
        )


def _all_targets_are_lesioned(network: Network, examples: ExampleSet) -> bool:
    intact = intact_outputs(network)
    return not intact.all() and bool(np.isnan(examples.targets[..., intact]).all())


def _warnings_of_slopes(network: Network, phases: Sequence[Phase]) -> Iterator[str]:
    """Yield a warning for each group if derivatives would go back through a function whose slope is 0, so that weights do not change."""
    names = {each.learning_procedure.name for each in phases if each.epochs and isinstance(each.learning_procedure, BackwardProcedure)}
    for group in network.groups if names else ():
        function = group.activation_function
        if function is None or function.has_slope:
            continue  # before its connections are read, of which there may be millions
        if any(connection.weight.trainable for unit in group for connection in unit.incoming):
            yield (
                f"group {group.name!r}: the slope of {function.name!r} is 0, so {' and '.join(sorted(names))} changes no "
                f"weight to its units; freeze these weights, choose another function, or a rule without slopes"
            )


def _warnings_of_groups_without_targets(network: Network, phases: Sequence[Phase]) -> Iterator[str]:
    """Yield a warning if a local rule that learns from targets alone, such as "delta", would train weights of hidden units."""
    for rule in [phase.rule for phase in phases if phase.epochs and isinstance(phase.rule, LocalRule)]:
        with named_formulas(lambda rule=rule: [(rule, None)]):  # type: ignore[misc]
            has_signal = bool(rule.signal(0.3, 0.7, 0.6, float("nan")))
        if has_signal:
            continue
        trained = {connection.receiver.group for connection in network.connections if connection.weight.trainable}
        if hidden := [group.name for group in network.groups if group.role == "hidden" and group in trained]:
            yield (
                f"rule {rule.name!r}: learns from targets, and hidden units have none, so the weights to {', '.join(map(repr, hidden))} do "
                f"not change; choose a rule of derivatives, such as 'steepest', or freeze these weights"
            )
            return


def _has_signals_alone(procedure: LearningProcedure) -> bool:
    """Return whether a procedure may learn without targets."""
    return isinstance(procedure, JointSignalProcedure) or (isinstance(procedure, SignalProcedure) and procedure.dynamics is None)


def _warnings_of_streams(examples: ExampleSet, phases: Sequence[Phase]) -> Iterator[str]:
    """Yield a warning if examples that continue one another will be presented in another order than their own."""
    orders = [phase.order for phase in phases if phase.order != "fixed"]
    if orders and examples.continues.any():
        yield f"examples continue one another, but are presented in {orders[0]} order: each continues from the one presented before it"


def _warnings_of_frequencies(examples: ExampleSet, phases: Sequence[Phase]) -> Iterator[str]:
    """Yield a warning if examples have frequencies that neither a phase nor the weights of the error use, or that a phase uses twice."""
    if not (examples.frequencies != examples.frequencies[0]).any():
        return
    for number, phase in enumerate(phases, 1):
        if phase.order == "sampled" and phase.weighting == "frequency":
            yield (
                f"phase {number} uses the frequencies of the examples twice: order 'sampled' draws examples by them, and weighting "
                f"'frequency' multiplies the errors of examples by them"
            )
    are_used = any(phase.order == "sampled" or phase.weighting == "frequency" for phase in phases)
    is_weighted = np.ptp(examples.error_weights) > 0  # by the user, perhaps by a function of the frequencies
    if not are_used and not is_weighted:
        orders = ", ".join(f"phase {number} has order {phase.order!r}" for number, phase in enumerate(phases[:3], 1))
        yield (
            f"the frequencies of the examples, {examples.frequencies.min():g} to {examples.frequencies.max():g}, have no effect: {orders}, "
            f"which presents each example once per epoch; order='sampled' draws examples by their frequencies, and weighting='frequency' "
            f"multiplies the errors of examples by them"
        )


def warnings_of_targets(network: Network, examples: ExampleSet) -> Iterator[str]:
    """Yield a warning if a target, less its margin, is an activation that the output function of its unit cannot give."""
    start = 0
    for group in network.groups:
        if group.role != "output":
            continue
        targets = examples.targets[..., start : start + len(group)]
        start += len(group)
        low, high = group.activation_function.range
        is_out = (targets - group.margin > high) | (targets + group.margin < low)
        if count := int(is_out.sum()):
            case, *tick, unit = (int(each[0]) for each in np.nonzero(is_out))
            when = f" at tick {tick[0] + 1}" if tick else ""
            others = f" ({count} such targets in the group)" if count > 1 else ""
            limits = f"activations of {group.activation_function.name} are from {low:g} to {high:g}"
            yield (
                f"example {examples.names[case]!r}, unit {group[unit].name}{when}: the target {targets[(case, *tick, unit)]:g} cannot be "
                f"reached, since {limits}{others}"
            )
            return
