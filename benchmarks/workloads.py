"""Workloads: groups of logistic units with biases, full projections, squared error, momentum as in 1986."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import connectionist as cn
    from connectionist.utils.arrays import Array

RATE, MOMENTUM = 0.005, 0.9


@dataclass(frozen=True)
class Workload:
    """A network with its cases and the number of cases per change of the weights.

    Attributes
    ----------
    name : str
    inputs : tuple of (str, int)
        Input groups with their sizes.
    groups : tuple of (str, int)
        Other groups with their sizes, in forward order. The last one is the output group.
    projections : tuple of (str, str)
        Names of sending and receiving group.
    update_after : "epoch" or int
        Number of cases after which the weights change.
    epochs : int
        Epochs per repeat, enough for an exact measurement.
    half_range, margin : float
    threads : int
    cases : str or int
        Source of the cases: "xor", "symmetry", "family-trees", or a number of random cases.
    """

    name: str
    inputs: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, int], ...]
    projections: tuple[tuple[str, str], ...]
    update_after: str | int
    epochs: int
    cases: str | int
    half_range: float = 0.3
    margin: float = 0.0
    threads: int = 1

    def network(self) -> cn.Network:
        """Return a new network with its initial weights, the same at each call."""
        import connectionist as cn

        net = cn.Network(self.name)
        for name, size in self.inputs:
            net.add_group(name, size, role="input")
        for name, size in self.groups[:-1]:
            net.add_group(name, size)
        net.add_group(*self.groups[-1], role="output", margin=self.margin)
        for sender, receiver in self.projections:
            net.connect(sender, receiver)
        net.randomize(self.half_range, seed=1)
        return net

    @cached_property
    def tables(self) -> tuple[Array, Array]:
        """Inputs and targets [case, unit]."""
        import numpy as np

        import connectionist as cn

        if self.cases == "xor":
            return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
        if self.cases == "symmetry":
            bits = np.array(list(product((0.0, 1.0), repeat=6)))
            return bits, np.array([[float((row == row[::-1]).all())] for row in bits])
        if self.cases == "family-trees":
            examples = cn.task("family-trees", data_seed=0).training_examples
            return examples.inputs, examples.targets
        generator = np.random.default_rng(0)
        widths = [sum(size for _, size in self.inputs), self.groups[-1][1]]
        inputs, targets = (generator.integers(0, 2, (int(self.cases), width)).astype(float) for width in widths)
        return inputs, targets


FAMILY = {
    "inputs": (("person", 24), ("relation", 12)),
    "groups": (("person_code", 6), ("relation_code", 6), ("central", 12), ("penultimate", 6), ("output", 24)),
    "projections": (
        ("person", "person_code"),
        ("relation", "relation_code"),
        ("person_code", "central"),
        ("relation_code", "central"),
        ("central", "penultimate"),
        ("penultimate", "output"),
    ),
    "cases": "family-trees",
    "half_range": 1.0,
    "margin": 0.2,
}
SYMMETRY = {
    "inputs": (("input", 6),),
    "groups": (("hidden", 2), ("output", 1)),
    "projections": (("input", "hidden"), ("hidden", "output")),
    "cases": "symmetry",
}
READING = {
    "inputs": (("grapheme", 105),),
    "groups": (("hidden", 100), ("phoneme", 61)),
    "projections": (("grapheme", "hidden"), ("hidden", "phoneme")),
    "cases": 3000,
}
DIGITS = {
    "inputs": (("image", 784),),
    "groups": (("first", 500), ("second", 500), ("digit", 10)),
    "projections": (("image", "first"), ("first", "second"), ("second", "digit")),
    "cases": 10_000,
    "half_range": 0.05,
}

WORKLOADS = (
    Workload("symmetry 6-2-1, 64 cases, each epoch", update_after="epoch", epochs=20_000, **SYMMETRY),  # type: ignore[arg-type]
    Workload("family-trees, 100 cases, each epoch", update_after="epoch", epochs=1_000, **FAMILY),  # type: ignore[arg-type]
    Workload("family-trees, 100 cases, each case", update_after=1, epochs=100, **FAMILY),  # type: ignore[arg-type]
    Workload("105-100-61, 3,000 cases, each epoch", update_after="epoch", epochs=20, **READING),  # type: ignore[arg-type]
    Workload("105-100-61, 3,000 cases, each case", update_after=1, epochs=4, **READING),  # type: ignore[arg-type]
    Workload("784-500-500-10, 10,000 cases, each 100", update_after=100, epochs=1, **DIGITS),  # type: ignore[arg-type]
    Workload("784-500-500-10, 10,000 cases, each 100, 2 threads", update_after=100, epochs=1, threads=2, **DIGITS),  # type: ignore[arg-type]
)
