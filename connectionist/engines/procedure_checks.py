"""Checks that a learning procedure can train a network on examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.engines.object_steps import check_separate_units
from connectionist.engines.symmetry import check_ticks_for_targets
from connectionist.errors import DataError, ParameterError, WiringError
from connectionist.model.activation_cost import CHANGE
from connectionist.model.lesions import intact_outputs
from connectionist.model.perturbation import has_noise, logistic_scale_of
from connectionist.model.time.group_copy import without_ticks
from connectionist.plugins.procedures import (
    ON_OBJECTS,
    BackwardProcedure,
    JointSignalProcedure,
    LearningProcedure,
    SignalProcedure,
    StochasticProcedure,
)

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.network import Network


def check_procedure(procedure: LearningProcedure, network: Network, examples: ExampleSet) -> None:
    """Raise an error if a procedure cannot train a network on examples.

    Raises
    ------
    ParameterError
        If a phase has what the procedure does not use, or continues a phase that is not before it.
    WiringError
        If it cannot run the network; if the network has noise in training, and the procedure computes on objects; or if a group has a cost
        of changes, and examples have no ticks.
    DataError
        If examples continue one another, which only procedures with one pass can run; if they clamp units, and the procedure computes on
        objects; if the procedure uses the last tick only, and a unit has a target before it and none there; if they have ticks, and
        derivatives go directly to hidden units; if they have too few ticks for clamped targets to reach the hidden units; or if there are
        targets, and the procedure has signals of groups, which do not use them.
    """
    _check_network(procedure, network)
    on_objects = _computes_units(procedure)
    _check_weighted_sums(procedure, network)
    _check_own_errors(procedure, network)
    _check_outputs(procedure, network)
    _check_no_costs(procedure, network)
    _check_costs_of_changes(network, examples)
    if isinstance(procedure, JointSignalProcedure):
        _check_no_targets(procedure, examples)
    if isinstance(procedure, SignalProcedure):
        _check_phases(procedure, network)
    phases = procedure.phases if isinstance(procedure, SignalProcedure) else ()
    what = procedure._title
    if examples.continues.any() and (len(phases) > 1 or on_objects):
        number = int(examples.continues.argmax())
        raise DataError(
            f"{what}: runs each example from the initial state, so examples cannot continue one another, as {examples.names[number]!r} "
            f"does; make them with continues=False"
        )
    if on_objects:
        _check_units_of_its_own(procedure, network, examples)
    if examples.lengths is not None and isinstance(procedure, BackwardProcedure) and procedure.direct_weights(network) is not None:
        raise DataError(f"{what}: needs examples without ticks; make them as cn.Example(inputs, targets), or use 'feedback_alignment'")
    if (isinstance(procedure, StochasticProcedure) and procedure.clamps_targets) or any(phase.targets == "clamped" for phase in phases):
        _check_hard_clamps(procedure, network)
    if any(phase.targets == "clamped" for phase in phases):
        check_ticks_for_targets(network, examples, procedure.name)
    if (len(phases) > 1 or on_objects) and not getattr(procedure, "uses_all_ticks", True):
        _check_last_targets(procedure, network, examples, needs_targets=any(phase.targets == "clamped" for phase in phases))


def _check_network(procedure: LearningProcedure, network: Network) -> None:
    try:
        procedure.check_network(network)
    except WiringError as error:
        if not _accepts_without_lesions(procedure, network):
            raise
        reason = str(error).partition("; ")[0]  # without the advice to add what is lesioned
        raise type(error)(f"{reason}, since {network.name!r} has lesions; network.restore() removes them") from None


def _accepts_without_lesions(procedure: LearningProcedure, network: Network) -> bool:
    """Return whether a network has lesions, and the procedure could train it without them."""
    if not network.lesioned_connections and not any(unit.lesioned for unit in network.units):
        return False
    intact = network.copy()
    intact.restore()
    try:
        procedure.check_network(intact)
    except WiringError:
        return False
    return True


def _check_no_costs(procedure: LearningProcedure, network: Network) -> None:
    for group in network.groups:  # costs of hidden units are no part of derivatives that come directly from the outputs
        cost = group.cost
        if cost is not None and (not isinstance(procedure, BackwardProcedure) or procedure.direct_weights(network) is not None):
            raise WiringError(
                f"{procedure._title}: has no costs on activations, and group {group.name!r} has the cost {cost.kind!r}; "
                f"remove it, as in net[{group.name!r}].cost = None, or choose back_propagation"
            )


def _check_hard_clamps(procedure: LearningProcedure, network: Network) -> None:
    for group in network.groups:
        if group.role == "output" and not group.clamping.is_hard:
            raise WiringError(
                f"{procedure._title}: clamps the output units to the targets, so the clamping of group {group.name!r} must be "
                f"'hard' (got {group.clamping.kind!r}); assign it, as in net[{group.name!r}].clamping = 'hard'"
            )


def _check_units_of_its_own(procedure: LearningProcedure, network: Network, examples: ExampleSet) -> None:
    """Raise an error if the network draws its activations or has noise, or examples clamp units, and the procedure computes the units."""
    what = procedure._title
    drawn = [group for group in network.groups if logistic_scale_of(group)]
    if drawn:
        raise WiringError(
            f"{what}: computes each unit itself, and {drawn[0].activation_function.name!r} of group {drawn[0].name!r} draws its "
            f"activations; give the group activation='logistic'"
        )
    if has_noise(network, "training"):
        raise WiringError(
            f"{what}: has no noise, so {network.name!r} must have none in training; remove it, as in group.net_input_noise = None, or "
            f"give cn.Noise(…, during='testing')"
        )
    if examples.clamps:
        groups = ", ".join(examples.clamps)
        raise DataError(f"{what}: clamps input units only (got clamps of {groups}); make examples without them, or input groups")


def _computes_units(procedure: LearningProcedure) -> bool:
    """Return whether a procedure computes the units itself, not by the passes of the network: on objects, or down an energy."""
    return isinstance(procedure, ON_OBJECTS) or (isinstance(procedure, SignalProcedure) and procedure.dynamics is not None)


def _check_own_errors(procedure: LearningProcedure, network: Network) -> None:
    """Raise WiringError if an error function compares a whole group, and the procedure compares each unit."""
    for group in network.groups if _computes_units(procedure) else ():
        if group.role == "output" and group.error_function.is_joint:
            raise WiringError(
                f"{procedure._title}: compares each output unit with its target, and the error function "
                f"{group.error_function.name!r} of group {group.name!r} compares all of them at once; choose another one, such as 'squared'"
            )


def _check_outputs(procedure: LearningProcedure, network: Network) -> None:
    """Raise WiringError if connections carry something else than activations, of which the signals of the procedure are."""
    for group in network.groups if isinstance(procedure, (*ON_OBJECTS, SignalProcedure, JointSignalProcedure)) else ():
        if group.output_function is not None:
            raise WiringError(
                f"{procedure._title}: computes with activations, and the connections of group {group.name!r} carry "
                f"{group.output_function.name!r} of them; make the group without output_function"
            )


def _check_weighted_sums(procedure: LearningProcedure, network: Network) -> None:
    """Raise WiringError if a group has an input function, and the procedure computes weighted sums or sends derivatives through others."""
    is_sum = _computes_units(procedure) or (isinstance(procedure, BackwardProcedure) and procedure.backward_weights(network) is not None)
    for group in network.groups if is_sum else ():
        if group.input_function is not None:
            raise WiringError(
                f"{procedure._title}: needs net inputs that are weighted sums, and those of group {group.name!r} are "
                f"{group.input_function.name!r}; make the group without input_function"
            )


def _check_costs_of_changes(network: Network, examples: ExampleSet) -> None:
    for group in network.groups if examples.ticks is None else ():
        if group.cost is not None and group.cost.kind == CHANGE:
            raise without_ticks(group)


def _check_no_targets(procedure: LearningProcedure, examples: ExampleSet) -> None:
    """Raise DataError if an example has a target."""
    has_target = ~np.isnan(examples.targets).reshape(len(examples), -1).all(axis=1)
    for case in np.flatnonzero(has_target)[:1].tolist():
        raise DataError(
            f"{procedure._title}: learns without targets, and example {examples.names[case]!r} has some; give NaN for "
            f"each target, or train with a rule that learns from targets, such as 'delta'"
        )


def _check_phases(procedure: SignalProcedure, network: Network) -> None:
    """Raise an error if a phase has what the procedure does not use, or continues a phase that is not before it."""
    known: list[str] = []
    for phase in procedure.phases:
        start, owner = phase.continues, f"{procedure._title}, phase {phase.name!r}"
        if (start is True and not known) or (isinstance(start, str) and start not in known):
            raise ParameterError(f"{owner}: must continue a phase before it (got continues={start!r}, after {', '.join(known) or 'none'})")
        if procedure.dynamics is None and phase.nudging:
            raise ParameterError(f"{owner}: nudging must be 0 without dynamics (got {phase.nudging:g})")
        if procedure.dynamics is not None and phase.targets != "absent":
            raise ParameterError(f"{owner}: with dynamics, targets must be 'absent' (got {phase.targets!r})")
        if not known and phase.targets != "absent":
            raise ParameterError(f"{owner}: E is that of the first phase, so its targets must be 'absent' (got {phase.targets!r})")
        known.append(phase.name)
    if not any(phase.counts for phase in procedure.phases):
        raise ParameterError(f"{procedure._title}, phases: counts must be True for one of them, whose activations `signal` takes")
    if procedure.dynamics is not None:
        check_separate_units(network, procedure.name)


def _check_last_targets(procedure: LearningProcedure, network: Network, examples: ExampleSet, needs_targets: bool) -> None:
    """Raise DataError if a unit has a target before the last tick and none there, or if no unit has one there that must be clamped."""
    targets = examples.targets
    if examples.lengths is not None:
        last = targets[np.arange(len(examples)), examples.lengths - 1]
        for case in np.flatnonzero((~np.isnan(targets).all(axis=1) & np.isnan(last)).any(axis=1))[:1].tolist():
            raise DataError(
                f"{procedure._title}: uses the targets of the last tick, and example {examples.names[case]!r} has a target "
                f"before it for a unit that has none there; give the last tick its target, as in cn.Event(…, targets_at='last')"
            )
        targets = last
    intact = intact_outputs(network)
    if needs_targets and np.isnan(targets[:, intact]).all():
        what = f"{procedure._title}: clamps the output units to the targets of the last tick, and"
        if not intact.size:
            raise DataError(f"{what} {network.name!r} has none; add some, as in network.add_group('output', 3, role='output')")
        if not np.isnan(targets).all():
            raise DataError(f"{what} only lesioned units have targets there; network.restore() removes the lesions")
        example = "cn.Example(inputs, targets)" if examples.ticks is None else "cn.Event(inputs, targets, time=15, targets_at='last')"
        raise DataError(f"{what} no example has one there; give targets, as in {example}")
