"""Single passes over a set of examples, and the state that they leave with the objects."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from connectionist.examples import ExampleSet
from connectionist.network import Network
from connectionist.state import Array
from connectionist_plugins.engines.compiled import kernels
from connectionist_plugins.engines.compiled.arguments import Cases
from connectionist_plugins.engines.compiled.callbacks import raise_kept
from connectionist_plugins.engines.compiled.program import functions_of, wiring_of

Number = TypeVar("Number", np.float64, np.int64)
BLOCK_BYTES = 2**19  # of the arrays of a block, so that they stay in the second-level cache


def outputs(network: Network, examples: ExampleSet) -> Array:
    """Return the output activations [case, output unit]."""
    (wiring, _), (functions, kept) = wiring_of(network), functions_of(network)
    cases = make_cases(network, len(examples))
    values = network.weight_state.array("value")
    inputs, targets = columns(network, examples)
    everyone = owned(np.arange(len(examples)), np.int64)
    answers = np.empty((len(examples), len(wiring.outputs)))
    for first, count in blocks(len(examples), cases):
        kernels.load(wiring, inputs, targets, everyone, first, count, cases)
        kernels.forward(wiring, functions, values, cases, count)
        raise_kept()
        answers[first : first + count] = cases.y[wiring.outputs, :count].T
    show(network, cases, count, ("net_input", "activation"))
    del kept
    return answers


def error_derivatives(network: Network, examples: ExampleSet) -> tuple[float, Array]:
    """Return E and ∂E/∂w, summed over the examples."""
    (wiring, _), (functions, kept) = wiring_of(network), functions_of(network)
    cases = make_cases(network, len(examples))
    values, derivatives = network.weight_state.array("value"), network.weight_state.array("derivative")
    inputs, targets = columns(network, examples)
    everyone = owned(np.arange(len(examples)), np.int64)
    derivatives[:] = 0.0
    error = 0.0
    for first, count in blocks(len(examples), cases):
        kernels.load(wiring, inputs, targets, everyone, first, count, cases)
        kernels.forward(wiring, functions, values, cases, count)
        error += kernels.compare(wiring, functions, cases, count, np.inf)
        kernels.backward(wiring, functions, values, derivatives, cases, count)
        raise_kept()
    if network.tie_derivative == "mean":
        kernels.average_ties(wiring, derivatives)
    show(network, cases, count)
    del kept
    return error, derivatives[network.weight_rows]


def blocks(total: int, cases: Cases) -> list[tuple[int, int]]:
    """Return first case and size of each block."""
    size = cases.x.shape[1]
    return [(first, min(size, total - first)) for first in range(0, total, size)]


def tables(network: Network, examples: ExampleSet) -> tuple[Array, Array]:
    """Return inputs and targets [case, unit], as the kernels need them. A lesioned output unit has no target."""
    lesioned = [number for number, unit in enumerate(network.schedule.outputs) if unit.lesioned]
    targets = np.array(examples.targets, dtype=np.float64, order="C") if lesioned else owned(examples.targets, np.float64)
    targets[:, lesioned] = np.nan
    return owned(examples.inputs, np.float64), targets


def columns(network: Network, examples: ExampleSet) -> tuple[Array, Array]:
    """Return inputs and targets [unit, case], as the kernels need them."""
    inputs, targets = tables(network, examples)
    return owned(inputs.T, np.float64), owned(targets.T, np.float64)


def owned(array: npt.NDArray[Any], kind: type[Number]) -> npt.NDArray[Number]:
    """Return the same numbers row by row in successive places that may be written, the only kind of array that the kernels know."""
    return np.require(array, kind, ["C_CONTIGUOUS", "ALIGNED", "WRITEABLE"])


def make_cases(network: Network, count: int) -> Cases:
    """Return room for a block of cases: as many as stay in the cache, at most `count`."""
    units = network.state.size
    size = min(count, max(8, BLOCK_BYTES // (40 * units)))
    x, y, dy, dx = (np.zeros((units, size)) for _ in range(4))
    y[network["bias"].rows] = 1.0
    d = np.full((units, size), np.nan)
    return Cases(x, y, dy, dx, d, np.zeros(size, dtype=np.uint8), np.zeros(3 * units))


QUANTITIES = {"net_input": "x", "activation": "y", "activation_derivative": "dy", "net_derivative": "dx", "target": "d"}


def show(network: Network, cases: Cases, count: int, quantities: tuple[str, ...] = tuple(QUANTITIES)) -> None:
    """Leave the state of the last of `count` cases with the objects."""
    outputs_only = [unit.row for unit in network.schedule.outputs]
    for quantity in quantities:
        rows = outputs_only if quantity == "target" else slice(None)
        network.state.array(quantity)[rows] = getattr(cases, QUANTITIES[quantity])[rows, count - 1]
