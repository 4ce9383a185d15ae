"""Runs examples through the unit and connection objects, one case at a time.

The arithmetic of the objects is the specification. Every engine is tested against it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from connectionist.model.perturbation import Perturbation, noisy_weights, perturbation_of
from connectionist.model.propagation import passes, truncation
from connectionist.model.time.unrolling import EndState, copy_tick_to, longest_delay, read_end_state
from connectionist.utils.memory_limit import allocating

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.model.noise import NoiseSource
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array


CASE_BYTES, FLOAT_BYTES = 200, 32  # memory for a case in lists, and for each number in it; a test measures both


class CaseRunner:
    """Runs examples through the units of a network or, if the network runs in time, through its copies, one per tick.

    Parameters
    ----------
    network : Network
    examples : ExampleSet
    end_state : list of (float, float), optional
        State from which the first example continues, if it is a continuation. It is an `end_state` of another runner.
    noise : NoiseSource, optional
        Keys of the noise; no noise by default.

    Attributes
    ----------
    end_state : list of (float, float) or None
        State at the end of the last case. An example that continues another starts from it.
    unrolled : Network
        Network in which the last case ran: the unrolled network, or `network` itself if that does not run in time.
    targets : list of float
        Targets of the last case, tick by tick.
    error_weight : float
        Factor of its E and derivatives.
    """

    def __init__(self, network: Network, examples: ExampleSet, end_state: EndState | None = None, noise: NoiseSource | None = None) -> None:
        self.network = network
        self.noise = noise
        self.examples = examples
        self.clamps = examples.clamps
        self.end_state = end_state
        self.continues = examples.continues.tolist()
        self.error_weights = examples.error_weights.tolist()
        self.ticks_before = max(1, longest_delay(network)) if examples.continues.any() else 0
        needed = CASE_BYTES * len(examples) + FLOAT_BYTES * (examples.inputs.size + examples.targets.size)
        with allocating(needed, f"{network.name}: lists of {len(examples)} cases"):
            self.cases = [(example.inputs.ravel().tolist(), example.targets.ravel().tolist(), example.ticks) for example in examples]
        self.unrolled = network
        self.targets: list[float] = []
        self.error_weight = 1.0

    def run(self, case: int, presentation: int = 0) -> Network:
        """Run the forward pass of one case and return the network in which it ran.

        The presentation is counted from 0 in the epoch. Weights do not have their noise: see `noisy_weights`.
        """
        inputs, self.targets, ticks = self.cases[case]
        self.error_weight = self.error_weights[case]
        end_state = self.end_state if self.continues[case] else None
        self.unrolled = self.network._network_for(ticks)
        passes.run(self.unrolled, inputs, end_state, self.perturbation(case, presentation))
        if self.ticks_before:
            self.end_state = read_end_state(self.unrolled, self.ticks_before)
        return self.unrolled

    def perturbation(self, case: int, presentation: int) -> Perturbation:
        """Return the noise and clamps of one presentation."""
        ticks = slice(None) if self.cases[case][2] is None else slice(self.cases[case][2])
        return perturbation_of(self.noise, presentation, {name: table[case][ticks] for name, table in self.clamps.items()})

    def noisy_weights(self, presentation: int) -> AbstractContextManager[None]:
        """Return a context in which the weights have the noise of a presentation."""
        return noisy_weights(self.network, perturbation_of(self.noise, presentation, {}))

    @property
    def ticks(self) -> int | None:
        """Number of ticks of the last case; None if the network does not run in time."""
        return None if self.unrolled is self.network else self.unrolled.ticks

    def compare(self) -> float:
        """Compare the outputs with the targets and return E. The derivatives of all weights become 0."""
        passes.clear_derivatives(self.network.weight_state)
        return passes.compare(self.unrolled.schedule, self.unrolled.state, self.targets, self.error_weight)

    def differentiate(self) -> float:
        """Run the backward pass and return E. It leaves ∂E/∂w of this case in the weights.

        The derivative of a tied weight is the mean or the sum over its connections, according to ``network.tie_derivative``.
        """
        passes.clear_derivatives(self.network.weight_state)
        error = truncation.differentiate(self.unrolled, self.targets, self.error_weight)
        passes.average_ties(self.unrolled.schedule, self.network.tie_derivative)
        return error

    def is_correct(self, tolerance: float) -> bool:
        """Return whether the activation of every output unit with a target differs from the target by less than `tolerance`."""
        outputs = self.unrolled.schedule.outputs
        return not any(abs(unit.activation - unit.target) >= tolerance for unit in outputs)

    def copy_of(self, unit: Unit, tick: int) -> Unit:
        """Return the copy of a unit at one tick, counted from 1."""
        return self.unrolled.unit("bias") if unit.group.role == "bias" else self.unrolled[f"{unit.group.name}@{tick}"][unit.index]

    def activations(self, group: Group) -> Array:
        """Return the activations of a group in the last case, [tick, unit]."""
        import numpy as np

        ticks = [None] if self.ticks is None else range(1, self.ticks + 1)
        return np.array([[(unit if tick is None else self.copy_of(unit, tick)).activation for unit in group] for tick in ticks])

    def copy_last_tick(self) -> None:
        """Copy the state at the last tick to the units of the network."""
        self.show(None)

    def show(self, tick: int | None) -> None:
        """Copy the state at a tick, from 1, or the last tick to the units of the network."""
        copy_tick_to(self.network, self.unrolled, tick)
