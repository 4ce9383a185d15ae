"""Single passes over a set of examples."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.probes import UnitProbe
from connectionist.model.network import Network
from connectionist.model.noise import NoiseSource
from connectionist.model.perturbation import perturb_units, perturbation_of
from connectionist.plugins.procedures import BackwardProcedure, LearningProcedure
from connectionist.utils.arrays import Array
from connectionist.utils.memory_limit import allocating
from connectionist_plugins.engines.compiled.formulas.python_fallback import CollectedExceptions, raise_first
from connectionist_plugins.engines.compiled.kernel_compiler.types import Floats, Integers
from connectionist_plugins.engines.compiled.kernels.arguments import CaseBuffers, ProbeTable
from connectionist_plugins.engines.compiled.kernels.entries import accumulate_derivatives, present_examples
from connectionist_plugins.engines.compiled.kernels.entry_arguments import PassArguments
from connectionist_plugins.engines.compiled.layout.buffers import as_precision
from connectionist_plugins.engines.compiled.layout.direct_feedback import direct_weights_of
from connectionist_plugins.engines.compiled.layout.functions import functions_of
from connectionist_plugins.engines.compiled.layout.probe_table import ProbeAddresses, ProbeBuffers, needs_dy_recording
from connectionist_plugins.engines.compiled.layout.program import Program, program_of
from connectionist_plugins.engines.compiled.layout.ready_network import ReadyNetwork
from connectionist_plugins.engines.compiled.precision import FLOAT_BYTES, Precision


def states(network: Network, examples: ExampleSet, probe: UnitProbe, precision: Precision) -> Array:
    """Return the quantities that a probe asks for, [case, tick, quantity, unit]."""
    has_backward_pass = probe.needs_backward_pass
    run = _Pass(network, examples, precision, records_dy=needs_dy_recording([probe], network))
    with CollectedExceptions(run.buffers.has_raised) as exceptions:
        addresses = ProbeAddresses(run.program, network, run.buffers, has_backward_pass=has_backward_pass)
        probe_buffers = ProbeBuffers([probe], np.ones((1, 1), bool), examples, addresses)
        run.last_block = present_examples(precision, run.arguments(probe_buffers.table, has_backward_pass=has_backward_pass))
        raise_first(exceptions)
        run.copy_last_case(() if has_backward_pass else ("net_input", "activation"))
    recorded: Array = probe_buffers.of_epochs(1)[0][0]
    return recorded


def error_derivatives(
    network: Network, examples: ExampleSet, precision: Precision, procedure: LearningProcedure | None = None
) -> tuple[float, Array]:
    """Return E and ∂E/∂w, or what a procedure with a backward pass gives in its place, summed over the examples."""
    derivatives = np.zeros(network.weight_state.size, precision)
    run = _Pass(network, examples, precision, procedure=procedure)
    with CollectedExceptions(run.buffers.has_raised) as exceptions:
        *run.last_block, error = accumulate_derivatives(
            precision, run.arguments(derivatives=derivatives, backward=backward_array(network, procedure, precision))
        )
        raise_first(exceptions)
        network.weight_state.array("derivative")[:] = derivatives
        run.copy_last_case()
    return float(error), derivatives[network.weight_rows].astype(np.float64)


def backward_array(network: Network, procedure: LearningProcedure | None, precision: Precision) -> Floats:
    """Return the weights through which derivatives go back, [weight row]; empty if these are the values of the weights."""
    weights = procedure.backward_weights(network) if isinstance(procedure, BackwardProcedure) else None
    if weights is None:
        return np.zeros(0, precision)
    backward = np.zeros(network.weight_state.size, precision)
    backward[network.weight_rows] = weights
    return backward


class _Pass:
    """The kernel arguments of one pass over examples, and the objects whose addresses the kernels use."""

    def __init__(
        self,
        network: Network,
        examples: ExampleSet,
        precision: Precision,
        records_dy: bool = False,
        procedure: LearningProcedure | None = None,
    ) -> None:
        self.network = network
        self.examples = examples
        self.noise = network.next_noise()
        self.program = program_of(network)
        self.precision: Precision = precision
        self.known = functions_of(self.program, precision)
        count = len(examples)
        self.ready = ReadyNetwork.of(
            self.program,
            self.known,
            network,
            examples,
            count,
            precision,
            records_dy=records_dy,
            noise=self.noise,
            direct_weights=direct_weights_of(network, procedure),
        )
        self.buffers = self.ready.buffers
        self.records_dy = records_dy
        self.values = as_precision(network.weight_state.array("value"), precision)
        self.tables = example_tables(network, self.program, examples, precision)
        self.order = group_by_length(np.arange(len(examples)), self.buffers, len(examples))
        self.last_block: Sequence[int] = (0, 1)  # number of cases, and ticks

    def arguments(
        self,
        probes: ProbeTable | None = None,
        has_backward_pass: bool = True,
        derivatives: Floats | None = None,
        backward: Floats | None = None,
    ) -> PassArguments:
        """Return the arguments of the kernel."""
        return PassArguments(
            network=self.ready.recording_arguments if self.records_dy else self.ready.arguments,
            values=self.values,
            inputs=self.tables[0],
            targets=self.tables[1],
            order=self.order,
            probes=probes,
            has_backward_pass=has_backward_pass,
            averages_ties=self.network.tie_derivative == "mean",
            derivatives=np.zeros(0, self.precision) if derivatives is None else derivatives,
            backward=np.zeros(0, self.precision) if backward is None else backward,
        )

    def copy_last_case(self, quantities: tuple[str, ...] = ()) -> None:
        """Copy the state of the last case to the network."""
        ticks = self.last_block[1]
        copy_last_case(self.network, self.program, self.buffers, self.last_block[0], ticks, quantities)
        show_last_perturbation(self.network, self.examples, int(self.order[-1]), len(self.order) - 1, ticks, self.noise)
        self.ready.keep(self.known)


def group_by_length(order: Integers, buffers: CaseBuffers, per_change: int) -> Integers:
    """Return an order in which examples with the same number of ticks are successive between two changes of the weights.

    The last example stays last, since its state is copied to the network.
    """
    if buffers.lengths.size == 1 or buffers.continues.size or per_change == 1 or buffers.noise_keys.size or buffers.after_example:
        return order
    chunks = []
    for start in range(0, len(order), per_change):
        chunk = order[start : start + per_change]
        lengths = buffers.lengths[chunk]
        chunks.append(chunk[np.argsort(np.where(lengths == lengths[-1], 0, -lengths), kind="stable")])
    return np.concatenate(chunks)


def example_tables(network: Network, program: Program, examples: ExampleSet, precision: Precision) -> tuple[Floats, Floats]:
    """Return inputs and targets [case, tick · unit] as the kernels require them. A lesioned or clamped output unit has no target."""
    numbers = examples.inputs.size + examples.targets.size
    with allocating(numbers * FLOAT_BYTES[precision], f"{network.name}: the inputs and targets of {len(examples)} cases"):
        return _copied_tables(network, program, examples, precision)


def _copied_tables(network: Network, program: Program, examples: ExampleSet, precision: Precision) -> tuple[Floats, Floats]:
    lesioned = program.lesioned_outputs
    inputs, targets = examples.inputs, examples.targets
    if lesioned:
        targets = targets.copy()
        targets[..., lesioned] = np.nan
    first = 0
    for group in (each for each in network.groups if examples.clamps and each.role == "output"):
        if group.name in examples.clamps and group.clamping.is_hard:
            targets = targets.copy()
            targets[..., first : first + len(group)][~np.isnan(examples.clamps[group.name])] = np.nan
        first += len(group)
    if examples.lengths is not None and np.isnan(inputs).any():
        inputs = np.nan_to_num(inputs, nan=0.0)
    count = len(examples)
    return as_precision(inputs.reshape(count, -1), precision), as_precision(targets.reshape(count, -1), precision)


def show_last_perturbation(
    network: Network, examples: ExampleSet, case: int, position: int, ticks: int, noise: NoiseSource | None, epoch: int = 0
) -> None:
    """Write the noise and clamps of a presentation to the units."""
    if noise is None and not examples.clamps and not network.state.is_perturbed:
        return
    clamps = {name: table[case] for name, table in examples.clamps.items()}
    perturbation = perturbation_of(noise, position, clamps, epoch)
    perturb_units(network, perturbation, None if examples.ticks is None else ticks)


def copy_last_case(
    network: Network,
    program: Program,
    buffers: CaseBuffers,
    count: int,
    ticks: int,
    quantities: tuple[str, ...] = (),
    *,
    has_backward_pass: bool = True,
) -> None:
    """Copy the state of the last of `count` cases, at its last tick, to the network.

    Parameters
    ----------
    network : Network
    program : Program
    buffers : CaseBuffers
    count : int
        Number of cases of the last block.
    ticks : int
        Number of ticks of these cases.
    quantities : tuple of str
        Quantities to copy; all, with the targets, if empty.
    has_backward_pass : bool
        Whether there was a backward pass.
    """
    state, last = network.state, count - 1
    rows = slice((buffers.ticks_before + ticks - 1) * buffers.tick_rows, (buffers.ticks_before + ticks) * buffers.tick_rows)
    scale = ticks if has_backward_pass and network.tie_derivative == "mean" else 1  # kernels divide the derivatives of a case by its ticks
    final = {"net_input": buffers.x[rows, last], "activation": buffers.y[rows, last]}
    if not quantities:
        final["activation_derivative"] = buffers.last_dy if scale == 1 else scale * buffers.last_dy
        final["net_derivative"] = buffers.dy[rows, last] if scale == 1 else scale * buffers.dy[rows, last]
        targets = buffers.d[(ticks - 1) * buffers.target_tick_rows :, last]
        state.array("target")[program.output_state_rows] = targets[program.wiring.target_rows]
    for quantity in quantities or final:
        array = state.array(quantity)
        array[:] = final[quantity][program.layout.rows]
        if quantity in ("net_input", "net_derivative"):
            array[program.idle_units] = 0.0
    if not (has_backward_pass or quantities):
        state.array("net_derivative")[:] = 0.0
    network.state.error_weight = float(buffers.error_weights[last]) if buffers.error_weights.size else 1.0
    if has_backward_pass and not quantities:
        _add_own_activation_derivatives(network)


def _add_own_activation_derivatives(network: Network) -> None:
    """Add the derivatives of their own errors to ∂E/∂y of those output units for which the kernels compute ∂E/∂x without it."""
    for group in network.groups:
        if group.role == "output" and group.paired_error is not None:
            break
    else:
        return
    for unit in network.schedule.outputs:
        paired = unit.group.paired_error
        if paired is not None and not unit.lesioned and unit.has_error:
            with suppress(ArithmeticError):  # after a divergence
                derivative = float(paired.derivative(unit.activation, unit.target))
                unit.activation_derivative += network.state.error_weight * derivative
