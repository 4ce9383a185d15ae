"""Workloads of many networks at once: the networks differ in their weights only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from in_time_workloads import SRN, InTime
from workloads import FAMILY, RATE, SYMMETRY, Workload

if TYPE_CHECKING:
    from connectionist.utils.arrays import Array

SMALL = 64  # networks above which a tenth of the epochs is enough for an exact measurement
LEAST = 3  # epochs
XOR = {
    "inputs": (("input", 2),),
    "groups": (("hidden", 2), ("output", 1)),
    "projections": (("input", "hidden"), ("hidden", "output")),
    "cases": "xor",
    "half_range": 0.5,
}


@dataclass(frozen=True)
class Many:
    """A population.

    Attributes
    ----------
    name : str
    workload : Workload or InTime
        Network in time with a context, or network without time.
    epochs : int
        Epochs of one network for an exact measurement.
    most : int
        Largest number of networks that is measured by default.
    """

    name: str
    workload: Workload | InTime
    epochs: int
    most: int

    def epochs_of(self, count: int, divisor: int = 1) -> int:
        """Return the epochs of a measurement of some networks."""
        return max(LEAST, self.epochs // divisor // (1 if count <= SMALL else 10))

    @property
    def rate(self) -> float:
        """Learning rate."""
        return self.workload.rate if isinstance(self.workload, InTime) else RATE

    @property
    def examples(self) -> Any:
        """Examples of all networks."""
        import connectionist as cn

        return cn.ExampleSet.from_arrays(*self.workload.tables)

    def values(self, count: int) -> Array:
        """Return the initial weights [network, weight] of some networks, the same at each call."""
        return _initial_values(self, count).copy()


@cache
def _initial_values(many: Many, count: int) -> Array:
    import numpy as np

    net = many.workload.network()
    values = np.empty((count, len(net.weight_values)))
    for number in range(count):
        net.randomize(many.workload.half_range, seed=number + 1)
        values[number] = net.weight_values
    return values


@dataclass(frozen=True, eq=False)
class Plan:
    """A workload as other programs compute it: rows of inputs go through groups in forward order.

    The rows of a block are the cases between two changes of the weights, or the ticks of one sequence. A context is a group of inputs whose
    rows are those of the hidden units, one row later. No error goes through it, so the contexts can be computed first.

    Attributes
    ----------
    inputs, groups : tuple of (str, int)
        Input groups without the context, and the other groups, with their sizes.
    projections : tuple of (str, str)
        Names of sending and receiving group.
    tables : (array [block, row, unit], array [block, row, unit])
        Inputs and targets.
    context : int
        Number of units of the context; 0 without one.
    initial : float
        Activations of the context at the first row.
    margin : float
        Margin of the targets.
    biases : dict of str to array [unit]
        Places of the biases of each group among the weights of a network.
    weights : list of array [receiver, sender]
        Places of the weights of each projection.
    """

    inputs: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, int], ...]
    projections: tuple[tuple[str, str], ...]
    tables: tuple[Array, Array]
    context: int
    initial: float
    margin: float
    biases: dict[str, Any]
    weights: list[Any]


@cache
def plan_of(many: Many) -> Plan:
    """Return the plan of a population."""
    import numpy as np

    workload, (inputs, targets) = many.workload, many.workload.tables
    net = workload.network()
    net.weight_values = np.arange(len(net.weight_values), dtype=float)  # each weight is its place

    def biases(groups: Sequence[tuple[str, int]]) -> dict[str, Any]:
        return {name: net.projection("bias", name).weights[0].astype(int) for name, _ in groups}

    def weights(projections: Sequence[tuple[str, str]]) -> list[Any]:
        return [net.projection(s, r).weights.T.astype(int) for s, r in projections]

    if isinstance(workload, InTime):
        given, hidden, output = workload.sizes
        groups = ("hidden", hidden), ("output", output)
        links = ("input", "hidden"), ("context", "hidden"), ("hidden", "output")
        rest = hidden, workload.initial, 0.0
        return Plan((("input", given),), groups, links, (inputs, targets), *rest, biases(groups), weights(links))
    size = len(inputs) if workload.update_after == "epoch" else int(workload.update_after)
    tables = inputs.reshape(-1, size, inputs.shape[1]), targets.reshape(-1, size, targets.shape[1])
    parts = workload.inputs, workload.groups, workload.projections
    return Plan(*parts, tables, 0, 0.0, workload.margin, biases(workload.groups), weights(workload.projections))


FAMILY_EPOCH, FAMILY_CASE = (
    Workload("family trees", update_after=update_after, epochs=0, **FAMILY)  # type: ignore[arg-type]
    for update_after in ("epoch", 1)
)
MANY = (
    Many("xor 2-2-1, each epoch", Workload("xor", update_after="epoch", epochs=0, **XOR), 20_000, 10_000),  # type: ignore[arg-type]
    Many("symmetry 6-2-1, each epoch", Workload("symmetry", update_after="epoch", epochs=0, **SYMMETRY), 5_000, 10_000),  # type: ignore[arg-type]
    Many("family trees, each epoch", FAMILY_EPOCH, 500, 1_024),
    Many("family trees, each case", FAMILY_CASE, 100, 1_024),
    Many("SRN 20-12-10, 100 × 10 ticks, each sequence", InTime("SRN", update_after=1, epochs=0, rate=0.005, **SRN), 30, 1_024),  # type: ignore[arg-type]
)
