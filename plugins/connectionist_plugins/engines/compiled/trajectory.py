"""Settling by the kernel: a network on a constant input until its activations stop changing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.settling_job import SettlingJob, StateTable, Trajectory
from connectionist.model.perturbation import Perturbation, has_noise, perturb_units
from connectionist.model.propagation import passes
from connectionist.model.timing import INTEGRATED
from connectionist_plugins.engines.compiled.formulas.python_fallback import collected_exceptions, raise_first
from connectionist_plugins.engines.compiled.kernels.entries import settle as settle_kernel
from connectionist_plugins.engines.compiled.kernels.trajectory import SettlingLimits, SettlingState, SettlingWiring
from connectionist_plugins.engines.compiled.layout.functions import Addresses
from connectionist_plugins.engines.compiled.layout.program import merged_steps
from connectionist_plugins.engines.compiled.simd.vectors import VECTOR_BYTES

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

LANES = VECTOR_BYTES // 8
TICKS_AT_ONCE = 64  # of the first block; the memory of the states grows with the ticks


def without_kernel(job: SettlingJob) -> str:
    """Return the part of a network for which the kernel cannot settle it, as in "group 'a', softmax"; empty without one."""
    network = job.network
    for group in network.groups:
        if group.joint:
            return f"settling group {group.name!r} with {group.activation_function.name!r}"
        if group.input_function is not None:
            return f"settling group {group.name!r} with {group.input_function.name!r}"
    if job.orders is None and has_noise(network, "testing"):
        return f"settling {network.name!r} with noise"
    return "" if job.units else f"settling {network.name!r}, which has no computed unit"


def settle(job: SettlingJob) -> Trajectory:
    """Settle a network by the kernel."""
    run = _Settling(job, _layout_of(job.network))
    run.run()
    run.show()
    return run.trajectory()


@dataclass(frozen=True, eq=False)
class _Layout:
    """What follows from the wiring of a network. Arrays that are not described are those of `SettlingWiring`.

    Attributes
    ----------
    steps : list of tuple of Unit
        Units of one group that do not send to each other within a tick.
    clamped : list of Unit
        Units that are not computed: their columns follow those of the computed ones.
    weight_rows, outgoing_rows : int array [connection]
        Rows of the weights of the incoming and of the outgoing connections.
    rows : int array [unit]
        Rows of the computed units.
    from_clamped : bool array [connection]
        Whether the sender of an incoming connection is clamped.
    receivers : int array [connection]
    """

    steps: list[tuple[Unit, ...]]
    clamped: list[Unit]
    connection_starts: Any
    senders: Any
    delays: Any
    weight_rows: Any
    rows: Any
    from_clamped: Any
    receivers: Any
    outgoing_starts: Any
    outgoing_receivers: Any
    outgoing_rows: Any


def _layout_of(network: Network) -> _Layout:
    known: dict[object, _Layout] = network.schedule.derived
    if _Layout not in known:
        known[_Layout] = _make_layout(network)
    return known[_Layout]


def _make_layout(network: Network) -> _Layout:
    units = network.schedule.units
    computed = set(units)
    clamped = [unit for group in (network["bias"], *network.groups) for unit in group if unit not in computed]
    column = {unit: number for number, unit in enumerate([*units, *clamped])}
    incoming = [connection for unit in units for connection in unit.incoming]
    senders, receivers = _integers(column[c.sender] for c in incoming), _integers(column[c.receiver] for c in incoming)
    delays = _integers(connection.delay for connection in incoming)
    weight_rows, from_clamped = _integers(connection.weight.row for connection in incoming), senders >= len(units)
    between = np.flatnonzero(~from_clamped)
    outgoing = between[np.argsort(senders[between], kind="stable")]
    has_delay_1 = bool((delays[between] == 1).all() and (delays[from_clamped] == 0).all())
    return _Layout(
        merged_steps(network.schedule),
        clamped,
        _integers([0, *np.cumsum([len(unit.incoming) for unit in units])]),
        senders,
        delays,
        weight_rows,
        np.array([unit.row for unit in units], np.intp),
        from_clamped,
        receivers,
        np.searchsorted(senders[outgoing], np.arange(len(units) + 1)) if has_delay_1 else np.zeros(0, np.int64),
        receivers[outgoing],
        weight_rows[outgoing],
    )


def _integers(values: Any) -> Any:
    return np.array(list(values), dtype=np.int64)


class _Settling:
    """One settling in progress."""

    def __init__(self, job: SettlingJob, layout: _Layout) -> None:
        self.job, self.layout, network = job, layout, job.network
        self.groups: list[Group] = [step[0].group for step in layout.steps]
        perturb_units(network, Perturbation(job.case.clamps))
        passes.clamp(network.schedule, job.case.inputs.tolist())
        self.values = network.weight_state.array("value")[layout.weight_rows]
        self.outgoing_values = network.weight_state.array("value")[layout.outgoing_rows]
        self.sums = np.zeros(len(job.units))
        self.clamps = network.state.array("clamp")[layout.rows]  # without clamps in this case, NaN
        self.history = job.calm_ticks  # as many ticks before the first as the longest delay
        columns = len(job.units) + len(layout.clamped)
        has_outputs = any(group.output_function is not None for group in network.groups)
        self.activations = StateTable(job, columns, self.history)
        self.outputs = StateTable(job, columns, self.history) if has_outputs else self.activations
        self.net_inputs = np.array([unit.group.initial_net_input[unit.index] for unit in job.units], float)
        self.before = self.net_inputs.copy()
        self._set_initial_state(has_outputs=has_outputs)
        products = self.values * self.outputs.first[layout.senders] * layout.from_clamped
        self.constants: Array = np.bincount(layout.receivers, products, minlength=len(job.units)).astype(float)
        self.scratch = self.scales = np.zeros(0)
        self.marks, self.progress = np.full(len(job.units), -1, np.int64), np.zeros(2, np.int64)
        self.has_raised = np.zeros(1, np.int64)
        self.done, self.is_settled, self.net_input_change = 0, False, 0.0

    def _set_initial_state(self, *, has_outputs: bool) -> None:
        """Set the states before tick 1, and those of the clamped units at every tick."""
        units = [*self.job.units, *self.layout.clamped]
        self.activations.first[:] = [unit.activation for unit in units]
        initial = [1.0 if unit.group.role == "bias" else 0.0 if unit.lesioned else float(unit.group.initial[unit.index]) for unit in units]
        self.activations.before[:] = initial
        if has_outputs:
            functions = [unit.group.output_function for unit in units]
            for of, given in ((self.outputs.first, self.activations.first), (self.outputs.before, self.activations.before)):
                of[:] = [y if g is None else g.activation(y) for g, y in zip(functions, given.tolist(), strict=True)]

    def run(self) -> None:
        """Run block after block of ticks with one temperature."""
        with collected_exceptions(self.has_raised) as exceptions:
            addresses, wiring, temperature = Addresses("float64"), None, None
            for first, end in self._blocks():
                now = None if self.job.temperatures is None else self.job.temperatures[first]
                if wiring is None or now != temperature:
                    wiring, temperature = self._wiring(first, addresses), now
                self.activations.reserve(end)
                self.outputs.reserve(end)
                limits = SettlingLimits(
                    self.history + first, first, end - first, self.job.criterion, self._calm_ticks(), self.job.last_change_of_temperature
                )
                ran, self.is_settled, self.net_input_change = settle_kernel("float64", wiring, self._state(), limits)
                self.done = first + ran
                raise_first(exceptions)
                if self.is_settled or ran < end - first or not np.isfinite(self.activations.at(self.done)).all():
                    return

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the first tick, from 0, and the end of each block. The temperature is the same in a block."""
        ticks, temperatures = self.job.ticks, self.job.temperatures
        changes = np.zeros(0, int) if temperatures is None else np.flatnonzero(np.diff(temperatures)) + 1
        first, size = 0, TICKS_AT_ONCE
        for limit in [*changes.tolist(), ticks]:
            while first < limit:
                end = min(limit, first + size)
                yield first, end
                first, size = end, 2 * size

    def _calm_ticks(self) -> int:
        return self.job.calm_ticks if self.job.orders is None else 1

    def _wiring(self, tick: int, addresses: Addresses) -> SettlingWiring:
        job, layout, functions = self.job, self.layout, self.job.functions_at(tick)
        is_together = job.orders is None
        steps = [self._functions_of(group, functions.get(group, group.activation_function), addresses) for group in self.groups]
        sizes = [len(step) for step in layout.steps]
        if layout.outgoing_starts.size:  # no unit sends to another within a tick, so units with the same functions can be one step
            runs = [list(run) for _, run in groupby(zip(steps, sizes, strict=True), key=lambda pair: pair[0])]
            steps, sizes = [run[0][0] for run in runs], [sum(size for _, size in run) for run in runs]
        of_steps = list(zip(*steps, strict=True))
        self.scales = np.array(of_steps[-1], float)
        self.scratch = np.zeros((3, -(-max(sizes, default=1) // LANES) * LANES))
        return SettlingWiring(
            _integers([0, *np.cumsum(sizes)]),
            np.repeat(np.arange(len(sizes), dtype=np.int64), sizes),
            layout.connection_starts,
            layout.senders,
            layout.delays if is_together else np.zeros_like(layout.delays),  # one after another, units read the present row
            layout.outgoing_starts if is_together else np.zeros(0, np.int64),
            layout.outgoing_receivers,
            _integers(of_steps[0]),
            _integers(of_steps[1]),
            np.array(of_steps[2], np.uint8),
            _integers(of_steps[3]),
            _integers(of_steps[4]),
            np.array(of_steps[5], np.uint8),
            job.dt,
        )

    def _functions_of(self, group: Group, function: Any, addresses: Addresses) -> tuple[Any, ...]:
        """Return the fields of `SettlingWiring` of a step, and the scale of its deviates."""
        return (
            addresses.formula(function, "dynamic_activate" if group.dynamic else "activate"),
            addresses.parameters(function),
            group.dynamic,
            addresses.formula(group.output_function, "activate"),
            addresses.parameters(group.output_function),
            INTEGRATED.index(group.integrates),
            float(function.logistic_scale),
        )

    def _state(self) -> SettlingState:
        orders = np.zeros((0, 0), np.int64) if self.job.orders is None else np.ascontiguousarray(self.job.orders, np.int64)
        return SettlingState(
            values=self.values,
            outgoing_values=self.outgoing_values,
            constants=self.constants,
            sums=self.sums,
            clamps=self.clamps,
            activations=self.activations.table,
            outputs=self.outputs.table,
            net_inputs=self.net_inputs,
            before=self.before,
            orders=orders,
            deviates=np.zeros((0, 0)) if self.job.deviates is None else self.job.deviates,
            scales=self.scales,
            scratch=self.scratch,
            marks=self.marks,
            progress=self.progress,
            has_raised=self.has_raised,
        )

    def show(self) -> None:
        """Write the last tick to the units."""
        state = self.job.network.state
        state.array("activation")[self.layout.rows] = self._states()[-1]
        state.array("net_input")[self.layout.rows] = self.net_inputs
        self.job.network._engine_ran()

    def _states(self) -> Array:
        count = len(self.job.units)
        return self.activations.table[self.history : self.history + self.done, :count]

    def trajectory(self) -> Trajectory:
        """Return the states."""
        states, count = self._states(), len(self.job.units)
        before = states[-2] if len(states) > 1 else self.activations.before[:count]
        return Trajectory(states.copy(), before.copy(), self.net_inputs.copy(), self.net_input_change, bool(self.is_settled))
