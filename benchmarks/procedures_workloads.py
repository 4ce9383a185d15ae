"""Workloads for learning procedures: a symmetric network that settles, and the networks and cases of `workloads`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import connectionist as cn
    from connectionist.utils.arrays import Array

RATE = 0.01
TICKS = 20
BETA, DT, STEPS, CRITERION = 0.1, 0.5, 200, 1e-6
SIZES = (20, 30, 10)
CASES = 50


@dataclass(frozen=True)
class Settling:
    """A network whose hidden and output units have symmetric connections with delay 1, trained by steepest descent.

    Attributes
    ----------
    procedure : str
    update_after : "epoch" or 1
    epochs : int
        Epochs per repeat.
    is_short : bool
        Whether PyTorch and JAX have one tick in the plus phase, after which its hidden units do not change any more in this network.
    """

    procedure: str
    update_after: str | int
    epochs: int
    is_short: bool = False

    @property
    def name(self) -> str:
        """Name of the row."""
        name = f"{self.procedure}, each {'case' if self.update_after == 1 else 'epoch'}"
        return f"{name}; peers with one tick in the plus phase" if self.is_short else name

    def network(self) -> cn.Network:
        """Return a new network with its initial weights, the same at each call."""
        import connectionist as cn

        net = cn.Network("settling")
        for name, size, role in zip(("input", "hidden", "output"), SIZES, ("input", "hidden", "output"), strict=True):
            net.add_group(name, size, role=role)
        net.connect("input", "hidden")
        net.connect("hidden", "output")
        if self.procedure != "feedback_alignment":
            net.make_symmetric("hidden", "output")
        net.randomize(0.3, seed=1)
        return net

    @cached_property
    def tables(self) -> tuple[Array, Array]:
        """Inputs and targets [case, unit]."""
        import numpy as np

        numbers = np.random.default_rng(0)
        return numbers.random((CASES, SIZES[0])), 0.1 + 0.8 * numbers.random((CASES, SIZES[2]))

    def examples(self) -> cn.ExampleSet:
        """Return the examples; with inputs that stay for all ticks, and targets at the last one, unless the network has no time."""
        import connectionist as cn

        inputs, targets = self.tables
        if self.procedure == "feedback_alignment":
            return cn.ExampleSet.from_arrays(inputs, targets)
        time = TICKS if self.procedure == "contrastive_hebbian" else 1
        events = [cn.Event(x, d, time=time, targets_at="last") for x, d in zip(inputs, targets, strict=True)]
        return cn.ExampleSet([cn.Example.of_events([event]) for event in events])


SETTLING = (
    Settling("contrastive_hebbian", "epoch", 1500),
    Settling("contrastive_hebbian", 1, 600),
    Settling("contrastive_hebbian", "epoch", 1500, is_short=True),
    Settling("contrastive_hebbian", 1, 600, is_short=True),
    Settling("equilibrium_propagation", "epoch", 800),
    Settling("equilibrium_propagation", 1, 400),
    Settling("feedback_alignment", "epoch", 20_000),
    Settling("feedback_alignment", 1, 5_000),
)
