"""The computation of one case with stops: the same operations in the same order as in `propagation` and `weight_updates`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from connectionist.engines.joint_signals import JointSignals
from connectionist.engines.weight_updates import WeightUpdates
from connectionist.errors import WiringError
from connectionist.model.assembly.validation import CaseInputs
from connectionist.model.network import Network
from connectionist.model.propagation import passes, truncation
from connectionist.model.schedule import group_of
from connectionist.model.time.unrolling import EndState, copy_tick_to
from connectionist.model.unit import Unit
from connectionist.plugins.rules import JointRule, LocalRule
from connectionist.stepper.stop import (
    Step,
    Stop,
    describe_activation,
    describe_backpropagation,
    describe_comparison,
    join_first,
    split_at_stops,
    stop_after,
)
from connectionist.stepper.weight_change import WeightChange


class CaseWalk:
    """The computation of one case with stops.

    Parameters
    ----------
    network : Network
    by : {"unit", "group", "tick"}
        Distance between two stops.
    inputs : CaseInputs
    targets : list of float or None
        Targets as returned by `validate_case_targets`. None ends the walk after the forward pass.
    updates : WeightUpdates or None
        None ends the walk after the backward pass.
    before : list of (float, float) or None
        State from which the case continues, an `end_state` of `CaseRunner`; None for the initial state.
    """

    def __init__(
        self,
        network: Network,
        by: str,
        inputs: CaseInputs,
        targets: list[float] | None,
        updates: WeightUpdates | None,
        before: EndState | None = None,
    ) -> None:
        self.network = network
        self.by = by
        self.inputs = inputs
        self.targets = targets
        self.updates = updates
        self.before = before
        self.error = 0.0
        self.is_forward_done = False

    def stops(self) -> Iterator[Stop]:
        """Compute the case and yield the stops.

        Raises
        ------
        WiringError
            If the wiring of the network changes between two stops.
        """
        for stop in self._stops():
            yield stop
            if self.unrolled.schedule is not self.schedule:
                raise WiringError(f"step: {self.network.name} was rewired during the walk; call step again")

    def _stops(self) -> Iterator[Stop]:
        try:
            yield from self._forward()
        finally:
            if not self.is_forward_done:
                self.network._discard_case()
        if self.targets is None:
            return
        passes.clear_derivatives(self.network.weight_state)
        if self.updates is not None and isinstance(self.updates.rule, (LocalRule, JointRule)):
            passes.clear_units(self.unrolled.state)
            yield from self._compare(self.targets, None)
            if isinstance(self.updates.rule, JointRule):
                JointSignals(self.network, self.updates.rule, {}).set_derivatives(self.unrolled)
            copy_tick_to(self.network, self.unrolled)
        else:
            yield from self._backward(self.targets)
        if self.updates is not None:
            self.updates.error = self.error
            yield from WeightChange(self.network, self.unrolled, self.updates, self.by).stops()

    def _forward(self) -> Iterator[Stop]:
        self.unrolled, inputs, perturbation = self.network._begin_forward(self.inputs)
        self.schedule = self.unrolled.schedule
        passes.begin(self.unrolled, inputs, self.before, perturbation)
        clamped = (*self.schedule.initial, *self.schedule.inputs)
        yield Stop("clamp", join_first([f"{unit.name} = {unit.activation:.6g}" for unit in clamped]), clamped)
        parts = split_at_stops(self.schedule.steps, self.by)
        for number, steps in enumerate(parts, 1):
            passes.activate(steps, self.unrolled.state)
            if number == len(parts):
                copy_tick_to(self.network, self.unrolled)
                self.is_forward_done = True
            yield stop_after("forward", steps, describe_activation)
        self.is_forward_done = True

    def _backward(self, targets: list[float]) -> Iterator[Stop]:
        """Run the backward pass, or one per tick if ``ticks_back`` is set, and then compute the sums and means over passes and ties."""
        is_truncated = truncation.is_truncated(self.unrolled)
        sums = truncation.DerivativeSums(self.unrolled.state)
        for backward_pass in truncation.backward_passes(self.unrolled, targets):
            passes.clear_units(self.unrolled.state)
            yield from self._compare(backward_pass.targets, backward_pass.tick)
            yield from self._backpropagate(backward_pass)
            truncation.drop_truncated(self.unrolled, backward_pass)
            sums.add()
        if is_truncated:
            truncation.write_sums(self.unrolled, targets, sums)
        tied = tuple(self.schedule.tied)
        passes.average_ties(self.schedule, self.network.tie_derivative)
        copy_tick_to(self.network, self.unrolled)
        if is_truncated or tied:
            yield Stop("backward", self._describe_sums(is_truncated), weights=tied)

    def _describe_sums(self, is_truncated: bool) -> str:
        shared = f"derivatives of {len(self.schedule.tied)} shared weights are now the {self.network.tie_derivative} over their connections"
        summed = "units' derivatives are now the sums over the errors of all ticks"
        return "; ".join(([summed] if is_truncated else []) + ([shared] if self.schedule.tied else []))

    def _compare(self, targets: Sequence[float], tick: int | None) -> Iterator[Stop]:
        """Compare the output units with their targets. For the error of one tick, only the units of that tick have stops."""
        pairs = list(zip(self.schedule.outputs, targets, strict=True))
        keys: dict[str, Callable[[Unit], Any]] = {"unit": lambda unit: unit, "group": group_of, "tick": lambda unit: unit.group.tick}
        key = keys[self.by]
        for _, same in groupby(pairs, key=lambda pair: key(pair[0])):
            units, lines = [], []
            for unit, target in same:
                error = unit.compare(math.nan if unit.lesioned or unit.is_clamped else target)
                if unit.group.joint:
                    error += unit.group.compare_net_inputs().get(unit, (0.0, 0.0))[0]
                if tick in (None, unit.group.tick):
                    units.append(unit)
                    self.error += error
                    lines.append(describe_comparison(unit, error))
            if units:
                yield Stop("compare", "\n".join(lines), tuple(units), (), units[0].group.tick)
        yield from self._add_costs(tick)

    def _add_costs(self, tick: int | None) -> Iterator[Stop]:
        """Add the costs on activations, at one stop for each group, with a tick only of this one."""
        for group in self.unrolled.groups:
            if group.cost is not None and tick in (None, group.tick):
                cost = passes.add_cost(group)
                self.error += cost
                units = tuple(unit for unit in group if not unit.lesioned)
                yield Stop("compare", f"cost of {group.name}: {cost:.6g}, added to E", units, (), group.tick)

    def _backpropagate(self, backward_pass: truncation.BackwardPass) -> Iterator[Stop]:
        """Backpropagate the steps that the error reaches, the last first."""
        suffix = "" if backward_pass.tick is None else f" (error of tick {backward_pass.tick})"
        if self.by == "tick":
            yield from self._backpropagate_by_tick(backward_pass.steps, suffix)
            return
        key: Callable[[Step], Any] = group_of if self.by == "group" else lambda step: step
        for _, same in groupby(reversed(backward_pass.steps), key=key):
            steps = list(same)
            for step in steps:
                step.backpropagate()
            yield stop_after("backward", steps, describe_backpropagation, suffix)

    def _backpropagate_by_tick(self, steps: Sequence[Step], suffix: str) -> Iterator[Stop]:
        """Backpropagate in the order of the schedule, and stop when all steps of a tick are done.

        Steps of earlier ticks may be done before that stop, since the order of the schedule is kept: it determines the order of each sum.
        """
        remaining, done = iter(reversed(steps)), set[Step]()
        for part in reversed(split_at_stops(steps, "tick")):
            while not done.issuperset(part):
                step = next(remaining)
                step.backpropagate()
                done.add(step)
            yield stop_after("backward", part[::-1], describe_backpropagation, suffix)
