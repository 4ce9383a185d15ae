"""Where a network runs, object by object: in its own units, or in time in those of a copy unrolled for so many ticks, which is kept."""

from __future__ import annotations

from typing import Self, TypeVar

import numpy as np

from connectionist.errors import WiringError, check_number
from connectionist.model.assembly.learnable import Learnable
from connectionist.model.assembly.validation import Values, fit_inputs
from connectionist.model.schedule import Schedule, make_schedule
from connectionist.model.time.unrolling import check_tick_count, longest_delay, unroll_into

MOST_KEPT = 2_000_000  # connections in all copies unrolled and kept for running object by object

AnyStaged = TypeVar("AnyStaged", bound="Staged")


class Staged(Learnable):
    """A network with its order of computation and its copies for each tick."""

    _schedule: Schedule | None
    _stage: Staged | None
    _stages: dict[int, Self]
    _original: Staged | None = None
    _copied_at = 0
    _rewirings = 0

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

    def unroll(self, ticks: int) -> Self:
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
        >>> from connectionist.model.network import Network
        >>> net = Network("echo")
        >>> _ = net.add_group("input", 1, role="input"), net.add_group("output", 1, role="output")
        >>> _ = net.connect("input", "output"), net.connect("output", "output", delay=1)
        >>> [unit.name for unit in net.unroll(2).units]
        ['bias', 'output:0@0', 'input:0@1', 'output:0@1', 'input:0@2', 'output:0@2']
        """
        check_number(f"{self.name}.unroll", "ticks", ticks, at_least=1, whole=True)
        return self._unroll(int(ticks), history=1)

    def stage(self, ticks: int | None) -> Self:
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
    def unrolled(self) -> Self | None:
        """The unrolled network in which the last `forward` ran; None before, and for a network that does not run in time."""
        return self._stages.get(self._stage.ticks) if self._stage is not None and self._stage.ticks is not None else None

    def _was_run(self) -> None:
        """Note that an engine has left the last of its cases in the units. In time, that is no longer the case that the copies show.

        For whoever calls an engine's methods himself; `train`, `outputs` and their like do it.
        """
        self._stage = None if self.in_time else self

    def _unroll(self, ticks: int, history: int) -> Self:
        if self._original is not None:
            raise WiringError(f"{self.name}.unroll: it is an unrolled network; unroll the one it copies, {self._original.name}")
        copy = type(self).__new__(type(self))
        copy._original, copy._copied_at = self, self._rewirings
        Learnable.__init__(copy, f"{self.name}@1…{ticks}", self.tie_derivative, self.ticks_back, self.weight_state, ticks)
        unroll_into(copy, self, ticks, history)
        return copy

    def _drop(self, copy: Staged) -> None:
        """Keep a copy no longer, since somebody lesions it."""
        self._stages = {ticks: kept for ticks, kept in self._stages.items() if kept is not copy}
        if self._stage is copy:
            self._stage = None

    def _rewired(self) -> None:
        super()._rewired()
        self._schedule = None
        self._rewirings += 1
        self._stage = None
        self._stages = {}
        if self._original is not None:
            self._original._drop(self)


def enter(network: AnyStaged, inputs: Values) -> tuple[AnyStaged, list[float]]:
    """Return where a case is to run, which is `Staged.unrolled` from now on, and its inputs in one list. The first part of a pass forward.

    Raises
    ------
    DataError, MemoryLimitError
        As `Network.forward`.
    """
    if network.in_time and isinstance(inputs, np.ndarray):
        check_tick_count(network, len(inputs) if inputs.ndim else 0)  # before so many numbers are copied
    given = fit_inputs(inputs, [group for group in network.groups if group.role == "input"], network.in_time)
    stage = network.stage(len(given) if network.in_time else None)
    network._stage = stage
    return stage, given.ravel().tolist()


def forget(network: Staged) -> None:
    """Note that a case was left before it had been run to its end: nothing can go backward from there."""
    network._stage = None
