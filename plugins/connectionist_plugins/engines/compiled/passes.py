"""Single passes over a set of examples, and the state that they leave with the objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist.examples import ExampleSet
from connectionist.network import Network
from connectionist.state import Array
from connectionist.unit import Unit
from connectionist_plugins.engines.compiled import epochs, kernels
from connectionist_plugins.engines.compiled.arguments import Cases, Numbers
from connectionist_plugins.engines.compiled.callbacks import raise_kept
from connectionist_plugins.engines.compiled.loops.addresses import over_cases
from connectionist_plugins.engines.compiled.loops.vectors import VECTOR_BYTES
from connectionist_plugins.engines.compiled.program import Program, functions_of, program_of
from connectionist_plugins.engines.compiled.templates import NUMBER_BYTES, Number

ARRAYS = 3  # of units × cases
LEAST_VECTORS = 16  # of cases in a block, so that going through the connections is worth while
BLOCK_BYTES = 2**20  # of these arrays together, so that they stay in the second-level cache; at least as much as the weights take
LANES = {number: VECTOR_BYTES // size for number, size in NUMBER_BYTES.items()}


def activations(network: Network, examples: ExampleSet, units: Sequence[Unit], number: Number) -> Array:
    """Return the activations of some units [case, unit]."""
    program = program_of(network)
    functions, kept = functions_of(program, number)
    cases = make_cases(program, network, len(examples), number)
    values = as_kind(network.weight_state.array("value"), number)
    inputs, targets = tables(network, examples, number)
    everyone = np.arange(len(examples))
    answers = np.empty((len(examples), len(units)))
    rows = program.room.rows_of(units)
    for first, count in blocks(len(examples), cases):
        kernels.present(program.wiring, functions, over_cases(number), values, inputs, targets, everyone, first, count, cases)
        raise_kept()
        answers[first : first + count] = cases.y[rows, :count].T
    show(network, program, cases, count, ("net_input", "activation"))
    del kept
    return answers


def error_derivatives(network: Network, examples: ExampleSet, number: Number) -> tuple[float, Array]:
    """Return E and ∂E/∂w, summed over the examples."""
    program = program_of(network)
    functions, kept = functions_of(program, number)
    cases = make_cases(program, network, len(examples), number)
    values, gathered = as_kind(network.weight_state.array("value"), number), np.zeros(len(network.weight_state.array("value")), number)
    inputs, targets = tables(network, examples, number)
    everyone = np.arange(len(examples))
    error = 0.0
    for first, count in blocks(len(examples), cases):
        kernels.present(program.wiring, functions, over_cases(number), values, inputs, targets, everyone, first, count, cases)
        error += kernels.differentiate(program.wiring, functions, over_cases(number), values, gathered, cases, count)
        raise_kept()
    if network.tie_derivative == "mean":
        epochs.average(program.wiring.tied, program.wiring.copies, gathered)
    network.weight_state.array("derivative")[:] = gathered
    show(network, program, cases, count)
    del kept
    return error, gathered[network.weight_rows].astype(np.float64)


def blocks(total: int, cases: Cases) -> list[tuple[int, int]]:
    """Return first case and size of each block."""
    size = cases.x.shape[1]
    return [(first, min(size, total - first)) for first in range(0, total, size)]


def tables(network: Network, examples: ExampleSet, number: Number) -> tuple[Numbers, Numbers]:
    """Return inputs and targets [case, unit], as the kernels need them. A lesioned output unit has no target."""
    lesioned = [place for place, unit in enumerate(network.schedule.outputs) if unit.lesioned]
    targets = np.array(examples.targets, number, order="C") if lesioned else as_kind(examples.targets, number)
    targets[:, lesioned] = np.nan
    return as_kind(examples.inputs, number), targets


def as_kind(array: npt.NDArray[Any], number: Number) -> Numbers:
    """Return the same numbers row by row in successive places that may be written, the only kind of array that the kernels know."""
    return np.require(array, number, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])


def make_cases(program: Program, network: Network, count: int, number: Number, threads: int = 1) -> Cases:
    """Return room for a block of cases: as many as stay in the cache, at most `count`, and then up to a whole vector."""
    lanes, bytes_each = LANES[number], NUMBER_BYTES[number]
    of_weights = bytes_each * len(network.weight_state.array("value"))
    fitting = max(BLOCK_BYTES, of_weights) // (ARRAYS * bytes_each * program.room.size)
    size = min(count, max(LEAST_VECTORS, -(-fitting // (4 * lanes)) * 4) * lanes)
    targets = program.room.size if program.room.spacing > 1 else len(program.wiring.outputs) + 2
    return _room(program, size if program.room.spacing > 1 else -(-size // lanes) * lanes, targets, number, threads)


def _room(program: Program, width: int, targets: int, number: Number, threads: int) -> Cases:
    x, y, dy = (np.zeros((program.room.size, width), number) for _ in range(3))
    y[program.room.rows[program.always_on]] = 1.0
    per_case = program.room.size if program.room.spacing > 1 else width
    return Cases(
        x=x,
        y=y,
        dy=dy,
        d=np.full((targets, width), np.nan, number),
        errors=np.zeros(per_case, number),
        wrong=np.zeros(per_case, number),
        shown=np.zeros(program.room.size, number),
        scratch=np.zeros((threads, 3 * max(1, int(np.diff(program.wiring.bounds).max(initial=0))))),
    )


def show(network: Network, program: Program, cases: Cases, count: int, quantities: tuple[str, ...] = (), *, went_back: bool = True) -> None:
    """Leave the state of the last of `count` cases with the objects."""
    state, last, wiring = network.state, count - 1, program.wiring
    activated = np.zeros(program.room.size, bool)
    activated[wiring.units] = True
    final = {
        "net_input": np.where(activated, cases.x[:, last], 0.0),
        "activation": cases.y[:, last],
        "activation_derivative": cases.shown,
        "net_derivative": np.where(activated & went_back, cases.dy[:, last], 0.0),
    }
    for quantity in quantities or final:
        state.array(quantity)[:] = final[quantity][program.room.rows]
    if not quantities:
        rows = [unit.row for unit in network.schedule.outputs]
        state.array("target")[rows] = cases.d[wiring.targets[: len(rows)], last]
