"""Single passes over a set of examples, and the state that they leave with the objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np

from connectionist.data.example_set import ExampleSet
from connectionist.engines.probes import UnitProbe
from connectionist.model.network import Network
from connectionist.utils.arrays import Array
from connectionist_plugins.engines.compiled.formulas.python_fallback import raise_pending
from connectionist_plugins.engines.compiled.kernels.block.derivatives import average
from connectionist_plugins.engines.compiled.kernels.block.passes import differentiate, present
from connectionist_plugins.engines.compiled.layout.buffers import as_kind, make_cases
from connectionist_plugins.engines.compiled.layout.kernel_arguments import Cases, Numbers, Whole
from connectionist_plugins.engines.compiled.layout.probe_table import ProbeAddresses, ProbeBuffers, keeps_derivatives
from connectionist_plugins.engines.compiled.layout.program import Program, functions_of, going_back_to_clamped, program_of
from connectionist_plugins.engines.compiled.precision import Precision
from connectionist_plugins.engines.compiled.simd.table import block_loops


def states(network: Network, examples: ExampleSet, probe: UnitProbe, number: Precision) -> Array:
    """Return what a probe keeps, [case, tick, quantity, unit]."""
    with _Pass(network, examples, number, keeps=keeps_derivatives([probe], network)) as here:
        sources = ProbeAddresses(here.program, network, here.cases, goes_back=probe.needs_backward_pass)
        records = ProbeBuffers([probe], np.ones((1, 1), bool), examples, sources)
        is_mean = network.tie_derivative == "mean"
        here.last = present(*here.means, *here.tables, here.order, here.cases, records.arguments, probe.needs_backward_pass, is_mean)
        raise_pending()
        here.show(() if probe.needs_backward_pass else ("net_input", "activation"))
    kept: Array = records.of_epochs(1)[0][0]
    return kept


def error_derivatives(network: Network, examples: ExampleSet, number: Precision) -> tuple[float, Array]:
    """Return E and ∂E/∂w, summed over the examples."""
    gathered, is_mean = np.zeros(network.weight_state.size, number), network.tie_derivative == "mean"
    with _Pass(network, examples, number) as here:
        *here.last, error = differentiate(*here.means, *here.tables, here.order, here.cases, is_mean, gathered)
        raise_pending()
        wiring = here.program.wiring
        if is_mean:
            average(wiring.tied, wiring.copies, gathered)
        network.weight_state.array("derivative")[:] = gathered
        here.show()
    return float(error), gathered[network.weight_rows].astype(np.float64)


class _Pass:
    """What a pass over examples hands to a kernel. As a context it keeps what the kernels point to."""

    def __init__(self, network: Network, examples: ExampleSet, number: Precision, keeps: bool = False) -> None:
        self.network = network
        self.program = program_of(network)
        functions, self.kept = functions_of(self.program, number)
        self.cases = make_cases(self.program, network, examples, len(examples), number, keeps=keeps)
        values = as_kind(network.weight_state.array("value"), number)
        wiring = going_back_to_clamped(self.program.wiring) if keeps else self.program.wiring
        self.means = wiring, functions, block_loops(number), values
        self.tables = tables(network, examples, number)
        self.order = arranged(np.arange(len(examples)), self.cases, len(examples))
        self.last: Sequence[int] = (0, 1)  # size and ticks of the last block

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kept.clear()

    def show(self, quantities: tuple[str, ...] = ()) -> None:
        """Leave the state of the last case with the objects."""
        show(self.network, self.program, self.cases, self.last[0], self.last[1], quantities)


def arranged(order: Whole, cases: Cases, per_change: int) -> Whole:
    """Return one epoch's order such that examples of the same number of ticks follow one another, as far as weights do not change between.

    The last example stays last, since its state is the one that is left with the objects.
    """
    if cases.lengths.size == 1 or cases.continues.size or per_change == 1:
        return order
    chunks = []
    for start in range(0, len(order), per_change):
        chunk = order[start : start + per_change]
        lengths = cases.lengths[chunk]
        chunks.append(chunk[np.argsort(np.where(lengths == lengths[-1], 0, -lengths), kind="stable")])
    return np.concatenate(chunks)


def tables(network: Network, examples: ExampleSet, number: Precision) -> tuple[Numbers, Numbers]:
    """Return inputs and targets [case, tick · unit], as the kernels need them. A lesioned output unit has no target."""
    lesioned = [place for place, unit in enumerate(network.schedule.outputs) if unit.lesioned]
    inputs, targets = examples.inputs, examples.targets
    if lesioned:
        targets = targets.copy()
        targets[..., lesioned] = np.nan
    if examples.lengths is not None and np.isnan(inputs).any():
        inputs = np.nan_to_num(inputs, nan=0.0)
    count = len(examples)
    return as_kind(inputs.reshape(count, -1), number), as_kind(targets.reshape(count, -1), number)


def show(
    network: Network,
    program: Program,
    cases: Cases,
    count: int,
    ticks: int,
    quantities: tuple[str, ...] = (),
    *,
    went_back: bool = True,
) -> None:
    """Leave the state of the last of `count` cases, at the last of its ticks, with the objects."""
    state, last, wiring = network.state, count - 1, program.wiring
    activated = np.zeros(program.room.size, bool)
    activated[wiring.units] = True
    now = slice((cases.history + ticks - 1) * cases.span, (cases.history + ticks) * cases.span)
    scale = ticks if went_back and network.tie_derivative == "mean" else 1  # in kernels, errors of a case are shared out among its ticks
    final = {
        "net_input": np.where(activated, cases.x[now, last], 0.0),
        "activation": cases.y[now, last],
        "activation_derivative": scale * cases.shown,
        "net_derivative": np.where(activated & went_back, scale * cases.dy[now, last], 0.0),
    }
    for quantity in quantities or final:
        state.array(quantity)[:] = final[quantity][program.room.rows]
    if not quantities:
        rows = [unit.row for unit in network.schedule.outputs]
        state.array("target")[rows] = cases.d[(ticks - 1) * cases.target_span + wiring.targets, last]
