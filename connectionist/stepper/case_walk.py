"""The way of one case, stop by stop: the parts of `propagation` and `learners`, in the same order, with pauses."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from connectionist.engines.weight_updates import WeightUpdates
from connectionist.errors import WiringError
from connectionist.model.network import Network
from connectionist.model.propagation import passes, truncation
from connectionist.model.time.unrolling import copy_last_tick_to
from connectionist.plugins.rules import LocalRule
from connectionist.stepper.stop import Stop, activated, compared, group_of, handed_back, portions, shortened, stop_at
from connectionist.stepper.weight_change import WeightChange


class CaseWalk:
    """One case on its way.

    Parameters
    ----------
    network : Network
    by : {"unit", "group", "tick"}
    inputs : array_like or dict
    targets : list of float or None
        As `fitting.fit_goals` returns them; None ends the walk after the pass forward.
    learning : WeightUpdates or None
        None ends it after the pass backward.
    """

    def __init__(self, network: Network, by: str, inputs: Any, targets: list[float] | None, learning: WeightUpdates | None) -> None:
        self.network = network
        self.by = by
        self.inputs = inputs
        self.targets = targets
        self.learning = learning
        self.is_forward = False

    def stops(self) -> Iterator[Stop]:
        """Go through the case."""
        for stop in self.phases():
            yield stop
            if self.stage.schedule is not self.schedule:
                raise WiringError(f"step: {self.network.name} was rewired on the way; begin the walk anew")

    def phases(self) -> Iterator[Stop]:
        """Go through the case, whatever is done to the network meanwhile."""
        try:
            yield from self.forward()
        finally:
            if not self.is_forward:
                self.network._copies.discard_case()
        if self.targets is None:
            return
        passes.clear_derivatives(self.network.weight_state)
        if self.learning is not None and isinstance(self.learning.rule, LocalRule):
            passes.clear_units(self.stage.state)
            yield from self.compare(self.targets, None)
            copy_last_tick_to(self.network, self.stage)
        else:
            yield from self.backward(self.targets)
        if self.learning is not None:
            yield from WeightChange(self.network, self.stage, self.learning, self.by).stops()

    def forward(self) -> Iterator[Stop]:
        """Clamp, and activate every step."""
        self.stage, given = self.network._copies.begin_forward(self.inputs)
        self.schedule = self.stage.schedule
        passes.begin(self.stage, given)
        clamped = (*self.schedule.initial, *self.schedule.inputs)
        yield Stop("clamp", shortened([f"{unit.name} = {unit.activation:.6g}" for unit in clamped]), clamped)
        cut = portions(self.schedule.steps, self.by)
        for number, steps in enumerate(cut, 1):
            for one in steps:
                one.activate()
            if number == len(cut):
                copy_last_tick_to(self.network, self.stage)
                self.is_forward = True
            yield stop_at("forward", steps, activated)
        self.is_forward = True

    def backward(self, targets: list[float]) -> Iterator[Stop]:
        """Compare and hand back, once or for the error of each tick; then make the sums and means that the passes leave."""
        by_tick = truncation.is_truncated(self.stage)
        sums = truncation.DerivativeSums(self.stage.state)
        for way in truncation.backward_passes(self.stage, targets):
            passes.clear_units(self.stage.state)
            yield from self.compare(way.targets, way.tick)
            yield from self.propagate_derivative(way)
            truncation.drop_truncated(self.stage, way)
            sums.add()
        if by_tick:
            truncation.write_sums(self.stage, targets, sums)
        tied = tuple(self.schedule.tied)
        passes.average_ties(self.schedule, self.network.tie_derivative)
        copy_last_tick_to(self.network, self.stage)
        if by_tick or tied:
            yield Stop("backward", self.gathered(by_tick), weights=tied)

    def gathered(self, by_tick: bool) -> str:
        """Say what has been made of the derivatives at the end."""
        shared = f"derivatives of {len(self.schedule.tied)} shared weights are now the {self.network.tie_derivative} over their connections"
        summed = "units' derivatives are now the sums over the errors of all ticks"
        return "; ".join(([summed] if by_tick else []) + ([shared] if self.schedule.tied else []))

    def compare(self, targets: Sequence[float], tick: int | None) -> Iterator[Stop]:
        """Compare the output units with their targets; with one tick's, the units of that tick have stops."""
        pairs = list(zip(self.schedule.outputs, targets, strict=True))
        keys = {"unit": lambda unit: unit, "group": lambda unit: unit.group, "tick": lambda unit: unit.group.tick}
        key: Any = keys[self.by]
        for _, some in groupby(pairs, key=lambda pair: key(pair[0])):
            units, lines = [], []
            for unit, target in some:
                error = unit.compare(math.nan if unit.lesioned else target)
                if tick in (None, unit.group.tick):
                    units.append(unit)
                    lines.append(compared(unit, error))
            if units:
                yield Stop("compare", "\n".join(lines), tuple(units), (), units[0].group.tick)

    def propagate_derivative(self, way: truncation.BackwardPass) -> Iterator[Stop]:
        """Ask the steps that the error reaches, last first; by tick, stop when nothing of it, nor of a later one, is left to ask."""
        of_tick = "" if way.tick is None else f" (error of tick {way.tick})"
        if self.by != "tick":
            key = group_of if self.by == "group" else lambda one: one
            for _, some in groupby(reversed(way.steps), key=key):
                steps = list(some)
                for one in steps:
                    one.backpropagate()
                yield stop_at("backward", steps, handed_back, of_tick)
            return
        waiting, done = iter(reversed(way.steps)), set[Any]()
        for portion in reversed(portions(way.steps, "tick")):
            while not done.issuperset(portion):
                one = next(waiting)
                one.backpropagate()
                done.add(one)
            yield stop_at("backward", portion[::-1], handed_back, of_tick)
