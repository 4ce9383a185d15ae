"""Settling by the kernel: a network on a constant input until its activations stop changing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.engines.settling_job import SettlingJob, Trajectory
from connectionist.model.perturbation import UNPERTURBED, Perturbation, has_noise, perturb_units
from connectionist.model.timing import INTEGRATED
from connectionist.plugins.functions import JointActivationFunction
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist_plugins.engines.compiled.formulas.python_fallback import CollectedExceptions, raise_first
from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.entries import settle as settle_kernel
from connectionist_plugins.engines.compiled.kernels.trajectory import SettlingTicks, SettlingWiring
from connectionist_plugins.engines.compiled.layout.functions import Addresses
from connectionist_plugins.engines.compiled.layout.trajectory import KnownWiring, TrajectoryLayout, TrajectoryMemory, integers, layout_of

if TYPE_CHECKING:
    from connectionist.model.group import Group

TICKS_AT_ONCE = 64  # of the first block; the memory of the states grows with the ticks
TICKS_WITHOUT_CRITERION = 1024  # the same, for a network that runs for all its ticks


def without_kernel(job: SettlingJob) -> str:
    """Return the part of a network for which the kernel cannot settle it, as in "group 'a', softmax"; empty without one."""
    network = job.network
    kinds = {type(activation_function) for activation_function, _, _ in job.functions}
    is_plain = not any(issubclass(kind, JointActivationFunction) for kind in kinds)
    for group in [] if is_plain and not any(input_function for _, input_function, _ in job.functions) else network.groups:
        if group.joint:
            return f"settling group {group.name!r} with {group.activation_function.name!r}"
        if group.input_function is not None:
            return f"settling group {group.name!r} with {group.input_function.name!r}"
    if job.orders is None and has_noise(network, "testing"):
        return f"settling {network.name!r} with noise"
    return "" if job.units else f"settling {network.name!r}, which has no computed unit"


def settle(job: SettlingJob) -> Trajectory:
    """Settle a network by the kernel."""
    layout = layout_of(job.network)
    memory = layout.memories.pop() if layout.memories else TrajectoryMemory(layout)
    run = _Settling(job, layout, memory)
    run.run()
    run.show()
    trajectory = run.trajectory()
    layout.memories[:] = [memory]
    return trajectory


def _outputs(group: Group, activations: list[float]) -> list[float]:
    """Return the outputs of the units of a group with an output function; many units have the same activation before tick 1."""
    function: Any = group.output_function
    known = {y: float(function.activation(y)) for y in set(activations)}
    return [known[y] for y in activations]


class _Settling:
    """One settling in progress."""

    def __init__(self, job: SettlingJob, layout: TrajectoryLayout, memory: TrajectoryMemory) -> None:
        self.job, self.layout, self.memory, self.state = job, layout, memory, memory.state
        self.is_together = job.orders is None
        perturb_units(job.network, Perturbation(job.case.clamps) if job.case.clamps else UNPERTURBED)
        layout.clamp(job.network.state, job.case.inputs)
        self._set_clamps()
        self._set_weights()
        self.table = np.zeros((0, len(layout.rows)))
        self.done, self.is_settled, self.net_input_change = 0, False, 0.0

    def _set_clamps(self) -> None:
        """Set the clamps of computed units."""
        layout, state, has_clamps = self.layout, self.state, bool(self.job.case.clamps)
        if has_clamps or self.memory.has_clamps:
            given = self.job.network.state.array("clamp")[layout.rows]  # without clamps in this case, NaN
            parts = np.split(given, np.cumsum(layout.sizes)[:-1])
            groups = zip(layout.groups, parts, strict=True)
            clamps = np.concatenate([group.clamping.values(part, group.activation_function) for group, part in groups])
            state.shares[:] = np.repeat([group.clamping.share for group in layout.groups], layout.sizes)
            state.clamps[:] = np.where(state.shares > 0.0, clamps, np.nan)
            state.external[:] = np.where(state.shares > 0.0, 0.0, np.nan_to_num(clamps))
            self.memory.has_clamps = has_clamps

    def _set_weights(self) -> None:
        """Set the weights, and the outputs of the clamped units from tick 1 on, with their parts of the net inputs."""
        network, layout, state, count = self.job.network, self.layout, self.state, len(self.layout.rows)
        self.memory.set_weights(layout, network.weight_state.array("value"))
        clamped = network.state.array("activation")[layout.clamped_rows]
        for group, (_, _, output_function) in zip(network.groups, self.job.functions, strict=True):
            if output_function is not None and group.clamped:
                places = layout.columns_of[group] - count
                clamped[places] = _outputs(group, clamped[places].tolist())
        state.outputs[layout.history :, count:] = clamped
        products = self.memory.constant_values * clamped[layout.constant_senders]
        np.add(np.bincount(layout.constant_receivers, products, minlength=count), state.external, out=state.constants)

    def _set_initial_state(self, known: KnownWiring) -> None:
        state = self.state
        state.net_inputs[:] = state.before[:] = known.initial_net_inputs
        state.outputs[: self.layout.history] = known.outputs
        state.marks[:] = -1
        state.progress[:] = 0, 0, self.layout.history

    def run(self) -> None:
        """Run block after block of ticks with one temperature."""
        job, state = self.job, self.memory.packed
        if job.orders is not None:
            orders = np.ascontiguousarray(job.orders, np.int64)
            deviates = np.zeros((0, 0)) if job.deviates is None else job.deviates
            state = packed(self.state._replace(orders=orders, deviates=deviates), "float64")
        calm_ticks = self.layout.history if self.is_together else 1
        with CollectedExceptions(self.state.has_raised) as exceptions:
            addresses, temperature = Addresses("float64"), None
            known: KnownWiring | None = None
            for first, end in self._blocks():
                now = None if job.temperatures is None else job.temperatures[first]
                if known is None or now != temperature:
                    before, temperature = known, now
                    known = self._wiring(first, addresses)
                    if before is None:
                        self._set_initial_state(known)
                self._reserve(end, known)
                ticks = SettlingTicks(
                    self.table, first, end - first, self.layout.history, job.criterion, calm_ticks, job.last_change_of_temperature
                )
                ran, self.is_settled, self.net_input_change = settle_kernel("float64", known.wiring, state, ticks)
                self.done = first + ran
                raise_first(exceptions)
                if self.is_settled or ran < end - first or (end < job.ticks and not np.isfinite(self.table[self.done]).all()):
                    return

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the first tick, from 0, and the end of each block. The temperature is the same in a block."""
        ticks, temperatures = self.job.ticks, self.job.temperatures
        changes = [] if temperatures is None else (np.flatnonzero(np.diff(temperatures)) + 1).tolist()
        first, size = 0, TICKS_AT_ONCE if self.job.criterion > 0.0 else TICKS_WITHOUT_CRITERION
        for limit in [*changes, ticks]:
            while first < limit:
                end = min(limit, first + size)
                yield first, end
                first, size = end, 2 * size

    def _reserve(self, ticks: int, known: KnownWiring) -> None:
        """Add rows to the activations until there are as many as for some number of ticks."""
        before, units = self.table, len(self.layout.rows)
        if ticks >= len(before):
            rows = max(ticks, min(2 * len(before), self.job.ticks)) + 1
            with allocating(NUMBER_BYTES * rows * units, f"{self.job.network.name}: states of {units} units in {ticks} ticks"):
                self.table = np.empty((rows, units))
            self.table[0] = known.initial
            self.table[: len(before)] = before

    def _wiring(self, tick: int, addresses: Addresses) -> KnownWiring:
        """Return the wiring with the functions of a tick. That of a network without temperatures is kept for the next settling."""
        job, known = self.job, self.layout.known
        at_tick = job.functions_at(tick)
        settings: list[object] = [job.timing, *chain.from_iterable(job.functions)]
        found = known.get(self.is_together)
        if at_tick or found is None or not found.is_current(settings):
            found = self._make_wiring(at_tick, settings, addresses)
            if not at_tick:
                known[self.is_together] = found
        return found

    def _make_wiring(self, at_tick: dict[Group, Any], settings: list[object], addresses: Addresses) -> KnownWiring:
        job, layout, sizes = self.job, self.layout, self.layout.sizes
        functions = [at_tick.get(group, group.activation_function) for group in layout.groups]
        steps = [self._functions_of(group, function, addresses) for group, function in zip(layout.groups, functions, strict=True)]
        if layout.outgoing_starts.size:  # no unit sends to another within a tick, so units with the same functions can be one step
            runs = [list(run) for _, run in groupby(zip(steps, sizes, strict=True), key=lambda pair: pair[0])]
            steps, sizes = [run[0][0] for run in runs], [sum(size for _, size in run) for run in runs]
        of_steps = list(zip(*steps, strict=True))
        wiring = SettlingWiring(
            integers([0, *np.cumsum(sizes)]),
            np.repeat(np.arange(len(sizes), dtype=np.int64), sizes),
            layout.connection_starts,
            layout.senders,
            layout.delays if self.is_together else np.zeros_like(layout.delays),  # one after another, units read the present row
            layout.outgoing_starts if self.is_together else np.zeros(0, np.int64),
            layout.outgoing_receivers,
            integers(of_steps[0]),
            integers(of_steps[1]),
            np.array(of_steps[2], np.uint8),
            integers(of_steps[3]),
            integers(of_steps[4]),
            np.array(of_steps[5], np.uint8),
            job.dt,
            np.array(of_steps[6], float),
        )
        initial = np.where(layout.is_lesioned, 0.0, job.timing.by_row("initial")[layout.all_rows])
        initial[layout.all_rows == job.network["bias"].rows.start] = 1.0
        outputs = initial.copy()
        for group in job.network.groups:
            if group.output_function is not None:
                outputs[layout.columns_of[group]] = _outputs(group, initial[layout.columns_of[group]].tolist())
        of_initial = initial[: len(layout.rows)], job.timing.of_units("initial_net_input"), outputs
        read = {id(each): each for _, _, each in job.functions} | {id(each): each for each in functions}
        return KnownWiring(settings, list(read.values()), addresses.snapshots, addresses.kept, packed(wiring, "float64"), *of_initial)

    def _functions_of(self, group: Group, function: Any, addresses: Addresses) -> tuple[Any, ...]:
        """Return the fields of `SettlingWiring` of a step."""
        return (
            addresses.formula(function, "dynamic_activate" if group.dynamic else "activate"),
            addresses.parameters(function),
            group.dynamic,
            addresses.formula(group.output_function, "activate"),
            addresses.parameters(group.output_function),
            INTEGRATED.index(group.integrates),
            float(function.logistic_scale),
        )

    def show(self) -> None:
        """Write the last tick to the units."""
        state = self.job.network.state
        state.array("activation")[self.layout.rows] = self.table[self.done]
        state.array("net_input")[self.layout.rows] = self.state.net_inputs
        self.job.network._engine_ran()

    def trajectory(self) -> Trajectory:
        """Return the states."""
        states = self.table[1 : self.done + 1]
        if 2 * self.done < len(self.table):
            states = states.copy()  # so that the rows without a tick are not kept
        return Trajectory(
            states, self.table[self.done - 1].copy(), self.state.net_inputs.copy(), self.net_input_change, bool(self.is_settled)
        )
