"""One case walked through, forward, backward and the change of the weights, with stops at which everything can be looked at.

The parts of the passes are those of `propagation` and `learners`, in the same order, so that a walk to the end leaves what ``forward`` and
``backward`` leave, and the change that the `local` engine makes. Between two stops the network belongs to whoever looks; nothing is
computed twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from connectionist import propagation
from connectionist.connection import Connection, Weight
from connectionist.errors import ParameterError, PatternError, WiringError
from connectionist.example import Example
from connectionist.fitting import Values, fit_inputs
from connectionist.learners import Learner, Learning, SignalGatherer
from connectionist.network import Network
from connectionist.rules import LocalRule, Rule, SearchRule
from connectionist.state import Array, as_numbers
from connectionist.stops import Stop, activated, changed, compared, group_of, handed_back, portions, shortened, stop_at

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
    PatternError, ParameterError
        When what is given does not fit, before the first stop.
    WiringError
        When the network is rewired on the way.

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
    _refuse_rule(rule, targets)
    fitted = fit_inputs(inputs, [group for group in network.groups if group.role == "input"], network.in_time)
    goals = None if targets is None else network.goals(targets, len(fitted) if network.in_time else None)
    learning = None if rule is None else _learning(network, rule, {} if memory is None else memory)
    return _Walk(network, by, inputs, goals, learning).stops()


def _refuse_rule(rule: object, targets: object) -> None:
    if rule is not None and not isinstance(rule, Rule):
        raise ParameterError(f"step, rule: must be a rule, as made by cn.rule(name, rate=…) (got {rule!r})")
    if isinstance(rule, SearchRule):
        raise ParameterError(f"step, rule: {rule.name!r} tries points for all weights at once, which is no walk through one case")
    if rule is not None and targets is None:
        raise PatternError("step, targets: are needed where a rule is to change the weights; NaN means no target (got none)")


def _learning(network: Network, rule: Rule, memory: dict[str, Array]) -> Learning:
    for name in rule.memory:
        memory[name] = as_numbers(memory.get(name, np.zeros(len(network.weights))), f"step, memory {name!r}")
        if memory[name].shape != (len(network.weights),):
            raise PatternError(
                f"step, memory {name!r}: must have {len(network.weights)} numbers, one per weight (got {memory[name].shape})"
            )
    return Learning(network, rule, memory)


class _Walk:
    """One case on its way."""

    def __init__(self, network: Network, by: str, inputs: Any, targets: list[float] | None, learning: Learning | None) -> None:
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
        try:
            yield from self.forward()
        finally:
            if not self.is_forward:
                self.network.forget()
        if self.targets is None:
            return
        propagation.clear_derivatives(self.network.weight_state)
        if self.learning is not None and isinstance(self.learning.rule, LocalRule):
            propagation.clear_units(self.stage.state)
            yield from self.compare(self.targets, None)
            self.network.show(self.stage)
        else:
            yield from self.backward(self.targets)
        if self.learning is not None:
            yield from self.change(self.learning)

    def forward(self) -> Iterator[Stop]:
        self.stage, given = self.network.enter(self.inputs)
        self.schedule = self.stage.schedule
        propagation.begin(self.stage, given)
        clamped = (*self.schedule.initial, *self.schedule.inputs)
        yield Stop("clamp", shortened([f"{unit.name} = {unit.activation:.6g}" for unit in clamped]), clamped)
        cut = portions(self.schedule.steps, self.by)
        for number, steps in enumerate(cut, 1):
            for one in steps:
                one.activate()
            if number == len(cut):
                self.network.show(self.stage)
                self.is_forward = True
            yield stop_at("forward", steps, activated)
        self.is_forward = True

    def backward(self, targets: list[float]) -> Iterator[Stop]:
        by_tick = propagation.goes_back_by_tick(self.stage)
        sums = propagation.Sums(self.stage.state)
        for way in propagation.ways_back(self.stage, targets):
            propagation.clear_units(self.stage.state)
            yield from self.compare(way.targets, way.tick)
            yield from self.hand_back(way)
            sums.add()
        if by_tick:
            propagation.leave_sums(self.stage, targets, sums)
        tied = tuple(self.schedule.tied)
        propagation.average_ties(self.schedule, self.network.tie_derivative)
        self.network.show(self.stage)
        if by_tick or tied:
            yield Stop("backward", self.gathered(by_tick), weights=tied)

    def gathered(self, by_tick: bool) -> str:
        shared = f"derivatives of {len(self.schedule.tied)} shared weights are now the {self.network.tie_derivative} over their connections"
        summed = "units' derivatives are now the sums over the errors of all ticks"
        return "; ".join(([summed] if by_tick else []) + ([shared] if self.schedule.tied else []))

    def compare(self, targets: Sequence[float], tick: int | None) -> Iterator[Stop]:
        pairs = list(zip(self.schedule.outputs, targets, strict=True))
        keys = {"unit": lambda unit: unit, "group": lambda unit: unit.group, "tick": lambda unit: unit.group.tick}
        key: Any = keys[self.by]
        for _, some in groupby(pairs, key=lambda pair: key(pair[0])):
            units, lines = [], []
            for unit, target in some:
                error = unit.compare(float("nan") if unit.lesioned else target)
                if tick in (None, unit.group.tick):
                    units.append(unit)
                    lines.append(compared(unit, error))
            if units:
                yield Stop("compare", "\n".join(lines), tuple(units), (), units[0].group.tick)

    def hand_back(self, way: propagation.WayBack) -> Iterator[Stop]:
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

    def change(self, learning: Learning) -> Iterator[Stop]:
        state = self.network.weight_state
        gatherer = self.gatherer(learning.rule)
        state.last_change = None
        extra = learning.summary()
        carriers = self.carriers()
        for learners in self.changed_together(learning, carriers):
            lines = []
            for learner in learners:
                learner.change(gatherer.sums[learner.weight] if gatherer else learner.weight.derivative, extra)
                lines.append(changed(learner, carriers[learner.weight]))
            if learners[-1] is learning.learners[-1]:
                learning.examples = 1
                learning.leave()
            yield Stop("change", "\n".join(lines), (), tuple(learner.weight for learner in learners))

    def gatherer(self, rule: Rule) -> SignalGatherer | None:
        if not isinstance(rule, LocalRule):
            return None
        gatherer = SignalGatherer(self.network, rule)
        gatherer.gather(self.stage)
        return gatherer

    def carriers(self) -> dict[Weight, Connection]:
        """Return the first intact connection that carries each weight."""
        return {connection.weight: connection for connection in reversed(self.network.connections)}

    def changed_together(self, learning: Learning, carriers: dict[Weight, Connection]) -> list[list[Learner]]:
        if self.by == "unit":
            return [[learner] for learner in learning.learners]
        if self.by == "tick":
            return [learning.learners] if learning.learners else []
        return [list(some) for _, some in groupby(learning.learners, key=lambda learner: carriers[learner.weight].projection)]
