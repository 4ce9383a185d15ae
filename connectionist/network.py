"""A network: parts that can be named, and one case at a time through them.

How its parts are found stands in `naming`, how they are put together in `building` and `rebuilding`, how they are copied for each tick in
`unrolling`, how one case runs through them in `propagation`, in which order in `schedule`; many cases at once are the engines' affair.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from connectionist import lookup, propagation
from connectionist.copying import copy_into
from connectionist.errors import ParameterError, PatternError, WiringError, check_number
from connectionist.examples import ExampleSet
from connectionist.fitting import Values, check_fit, fit_inputs, fit_targets
from connectionist.group import Group
from connectionist.learnable import Learnable
from connectionist.schedule import Schedule, make_schedule
from connectionist.state import Array
from connectionist.unrolling import longest_delay, refuse_too_many, show_last_tick, unroll_into

DEFAULT_ENGINE = "compiled"
MOST_KEPT = 2_000_000  # connections in all copies unrolled and kept for running object by object


class Network(Learnable):
    """Units and connections that can be addressed by name.

    Parameters
    ----------
    name : str
        For messages and reports.
    tie_derivative : {"mean", "sum"}
        What the derivative of a tied weight is of its connections' derivatives: their mean (Rumelhart, Hinton & Williams
        1986) or their sum (the 1988 PDP programs, LENS, tlearn). Connections at each tick of a network in time are tied.
    ticks_back : int, optional
        Through how many ticks the error of one tick is carried back, that tick included; all unless given.

    Attributes
    ----------
    state : UnitState
        Every number of every unit, one array per quantity.
    weight_state : WeightState
        Every number of every weight.

    Examples
    --------
    >>> net = Network("xor")
    >>> net.add_group("input", 2, role="input")
    <Group input, 2 input units>
    >>> net.add_group("output", 1, role="output")
    <Group output, 1 output units>
    >>> net.connect("input", "output", weights=[[2.0], [-1.0]])
    <Projection input → output, 2 connections>
    >>> net.forward([0, 0])
    array([0.5])
    """

    _schedule: Schedule | None
    _stage: Network | None
    _stages: dict[int, Network]
    _original: Network | None = None
    _copied_at = 0
    _rewirings = 0

    def __init__(self, name: str = "network", tie_derivative: str = "mean", ticks_back: int | None = None) -> None:
        super().__init__(name, tie_derivative, ticks_back)

    @property
    def in_time(self) -> str:
        """Why the network runs in time, as ``"hidden → hidden has a delay of 1"``; empty for one that does not."""
        for projection in self.projections:
            if projection.delay and len(projection):
                return f"{self.name}: {projection.name} has a delay of {projection.delay}"
        integrating = next((group.name for group in self.groups if group.timing.integrates and self.ticks is None), None)
        return f"{self.name}: the units of group {integrating!r} integrate" if integrating else ""

    @property
    def schedule(self) -> Schedule:
        """The order of computation within a tick, derived anew when the graph has changed.

        Raises
        ------
        LoopError
            When connections without delay form a loop.
        WiringError
            For an unrolled network when the one it copies has been rewired since.
        """
        if self._original is not None and self._original._rewirings != self._copied_at:
            raise WiringError(f"{self.name}: {self._original.name}, which it copies, has been rewired since; unroll it again")
        if self._schedule is None:
            groups, size = tuple(self._groups.values()), self.weight_state.size
            self._schedule = make_schedule(self._graph, groups, self._projections, self.connections, size)
        return self._schedule

    def forward(self, inputs: Values) -> Array:
        """Clamp the input units and activate the rest, object by object.

        A network in time starts from its initial state and runs for as many ticks as there are patterns, unrolled (`unrolled` is where);
        its own units then show the last tick.

        Parameters
        ----------
        inputs : array_like [input unit] or dict of group name to array_like
            Finite numbers, in the order of the input groups; or by group. For a network in time [tick, input unit].

        Returns
        -------
        array [output unit] or [tick, output unit]
            Activations of the output groups, in their order.

        Raises
        ------
        PatternError
            When their number is wrong, one is not finite, or a network in time is given a single pattern.
        MemoryLimitError
            When there are so many ticks that the copies would not fit into memory.
        """
        if self.in_time and isinstance(inputs, np.ndarray):
            refuse_too_many(self, len(inputs) if inputs.ndim else 0)  # before so many numbers are copied
        given = fit_inputs(inputs, self._with_role("input"), self.in_time)
        stage = self.stage(len(given) if self.in_time else None)
        self._stage = stage
        propagation.run(stage, given.ravel().tolist())
        self._show(stage)
        outputs = np.array([unit.activation for unit in stage.schedule.outputs])
        return outputs.reshape(*given.shape[:-1], -1) if self.in_time else outputs

    def backward(self, targets: Values) -> float:
        """Compare the output of the last `forward` with targets and hand the error derivatives back, object by object.

        Parameters
        ----------
        targets : array_like [output unit] or dict of group name to array_like
            NaN means "no target". For a network in time [tick, output unit], as many ticks as `forward` had.

        Returns
        -------
        float
            E of this case. Every unit and weight then holds its derivatives for this case.

        Raises
        ------
        PatternError
            When their number is wrong, or one is infinite or out of the error function's range.
        WiringError
            When nothing has been propagated forward since the network was built or rewired or, in time, run by an engine.
        """
        stage = self._stage
        if stage is None:
            raise WiringError(f"{self.name}.backward: call forward first; the network was built or rewired, or an engine ran it, since")
        goals = fit_targets(targets, self._with_role("output"), self.in_time)
        if self.in_time and len(goals) != stage.ticks:
            raise PatternError(f"{self.name}.backward: targets must have the {stage.ticks} ticks that forward had (got {len(goals)})")
        propagation.clear_derivatives(self.weight_state)
        error = propagation.differentiate(stage, goals.ravel().tolist())
        propagation.average_ties(stage.schedule, self.tie_derivative)
        self._show(stage)
        return error

    def unroll(self, ticks: int) -> Network:
        """Return the network unrolled in time: a network without delays that computes in one pass what this one does in so many ticks.

        Its units are the copies ``"group:label@tick"``; those at ``@0`` are clamped to the initial state. Corresponding connections share
        this network's `Weight` objects, so each weight's derivative is the mean (or sum) over all its copies. Inputs and targets are
        those of tick 1, then those of tick 2, and so on. What is done to this network's wiring later needs another call.

        Parameters
        ----------
        ticks : int
            At least 1.

        Returns
        -------
        Network

        Raises
        ------
        ParameterError
            When it is not a whole number of at least 1.
        WiringError
            When the network is an unrolled one already.
        MemoryLimitError
            When the copies would not fit into memory.

        Examples
        --------
        >>> net = Network("echo")
        >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output")
        >>> _ = net.connect("input", "output"), net.connect("output", "output", delay=1)
        >>> [unit.name for unit in net.unroll(2).units]
        ['bias', 'output:0@0', 'input:0@1', 'output:0@1', 'input:0@2', 'output:0@2']
        """
        check_number(f"{self.name}.unroll", "ticks", ticks, at_least=1, whole=True)
        return self._unroll(int(ticks), history=1)

    def stage(self, ticks: int | None) -> Network:
        """Return where a case of so many ticks runs, object by object: this network, or for ticks a copy that is kept for next time."""
        if ticks is None:
            return self
        if ticks not in self._stages:
            if len(self.connections) * (ticks + sum(self._stages)) > MOST_KEPT:
                self._stages.clear()
            self._stages[ticks] = self._unroll(ticks, history=max(1, longest_delay(self)))
        stage, self._stage = self._stages[ticks], None
        stage.tie_derivative, stage.ticks_back = self.tie_derivative, self.ticks_back
        return stage

    @property
    def unrolled(self) -> Network | None:
        """The unrolled network in which the last `forward` ran; None before, and for a network that does not run in time."""
        return self._stage if self.in_time else None

    def outputs(self, examples: ExampleSet, engine: object = DEFAULT_ENGINE) -> Array:
        """Return the activations of the output units for each example.

        Parameters
        ----------
        examples : ExampleSet
        engine : str or Engine
            Who computes them.

        Returns
        -------
        array [case, output unit] or [case, tick, output unit]
            NaN at ticks that an example does not have.
        """
        return self._ask(engine, examples, "outputs")

    def activations(self, examples: ExampleSet, group: str, engine: object = DEFAULT_ENGINE) -> Array:
        """Return the activations of a group's units for each example.

        Parameters
        ----------
        examples : ExampleSet
        group : str
        engine : str or Engine
            Who computes them.

        Returns
        -------
        array [case, unit] or [case, tick, unit]
            NaN at ticks that an example does not have.
        """
        return self._ask(engine, examples, "activations", self[group].units)

    def copy(self) -> Network:
        """Return a second network like this one: groups, wiring, ties, lesions, weights and state, and nothing shared."""
        if self._original is not None:
            raise WiringError(f"{self.name}.copy: copy the network it was unrolled from, {self._original.name}, and unroll that")
        twin = Network(self.name, self.tie_derivative, self.ticks_back)
        copy_into(twin, self)
        return twin

    def __copy__(self) -> Network:
        return self.copy()

    def __deepcopy__(self, _: dict[int, Any]) -> Network:
        return self.copy()

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError(
            f"{self.name}: a network cannot be pickled; keep its weights with connectionist.save_weights, or copy it with .copy()"
        )

    def __repr__(self) -> str:
        groups = ", ".join(f"{group.name} {len(group)}" for group in self.groups)
        return f"<Network {self.name}: {groups}; {len(self.connections)} connections>"

    def check(self, examples: ExampleSet) -> None:
        """Refuse examples that this network cannot take.

        Raises
        ------
        PatternError
            When the number of inputs or targets is wrong, a target is out of its error function's range, or a network in time is given
            examples without ticks.
        """
        check_fit(self.groups, examples, self.in_time)
        if self.ticks is not None and examples.lengths is not None:
            raise PatternError(
                f"{self.name}: an unrolled network takes single patterns, those of all its ticks one after the other (got ticks)"
            )

    def _ask(self, engine: object, examples: ExampleSet, what: str, *given: object) -> Array:
        self.check(examples)
        found: Any = lookup.find("engines", engine)() if isinstance(engine, str) else engine
        if not hasattr(found, what):
            raise ParameterError(f"{self.name}.{what}, engine: must be the name of an engine or an Engine (got {engine!r})")
        answer: Array = getattr(found, what)(self, examples, *given)
        self.was_run()
        return answer

    def was_run(self) -> None:
        """Note that an engine has left the last of its cases in the units. In time, that is no longer the case that the copies show."""
        self._stage = None if self.in_time else self

    def _unroll(self, ticks: int, history: int) -> Network:
        if self._original is not None:
            raise WiringError(f"{self.name}.unroll: it is an unrolled network; unroll the one it copies, {self._original.name}")
        copy = Network.__new__(Network)
        copy._original, copy._copied_at = self, self._rewirings
        Learnable.__init__(copy, f"{self.name}@1…{ticks}", self.tie_derivative, self.ticks_back, self.weight_state, ticks)
        unroll_into(copy, self, ticks, history)
        return copy

    def _show(self, stage: Network) -> None:
        if stage is not self:
            show_last_tick(self, stage)

    def _drop(self, copy: Network) -> None:
        """Keep a copy no longer, since somebody lesions it."""
        self._stages = {ticks: kept for ticks, kept in self._stages.items() if kept is not copy}
        if self._stage is copy:
            self._stage = None

    def _with_role(self, role: str) -> list[Group]:
        return [group for group in self.groups if group.role == role]

    def _rewired(self) -> None:
        super()._rewired()
        self._schedule = None
        self._rewirings += 1
        self._stage = None
        self._stages = {}
        if self._original is not None:
            self._original._drop(self)
