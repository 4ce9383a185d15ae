"""Examples played through the objects one by one: what an engine that asks them does, and the specification of what others compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.model.propagation import passes, truncation
from connectionist.model.time.unrolling import History, copy_last_tick_to, end_state, longest_delay

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.network import Network
    from connectionist.model.unit import Unit


class CaseRunner:
    """Plays examples through the objects: those of the network, or those of its copies, one for each tick.

    Parameters
    ----------
    network : Network
    examples : ExampleSet
    carried : list of (float, float), optional
        What the first example goes on from, if it continues.

    Attributes
    ----------
    end_state : list of (float, float) or None
        What the next example goes on from, if it continues: the state in which the last one ended.
    """

    def __init__(self, network: Network, examples: ExampleSet, carried: History | None = None) -> None:
        self.network = network
        self.end_state = carried
        self.continues = examples.continues.tolist()
        self.history = max(1, longest_delay(network)) if examples.continues.any() else 0
        self.cases = [(example.inputs.ravel().tolist(), example.targets.ravel().tolist(), example.ticks) for example in examples]
        self.stage = network
        self.targets: list[float] = []

    def run(self, case: int) -> Network:
        """Run one case forward, and return where."""
        inputs, self.targets, ticks = self.cases[case]
        carried = self.end_state if self.continues[case] else None
        self.stage = self.network.stage(ticks)
        passes.run(self.stage, inputs, carried)
        if self.history:
            self.end_state = end_state(self.stage, self.history)
        return self.stage

    @property
    def ticks(self) -> int | None:
        """How many ticks the present case has; None for a network that does not run in time."""
        return None if self.stage is self.network else self.stage.ticks

    def compare(self) -> float:
        """Compare the outputs with the targets and return E, with no derivatives of the weights."""
        passes.clear_derivatives(self.network.weight_state)
        return passes.compare(self.stage.schedule, self.stage.state, self.targets)

    def differentiate(self) -> float:
        """Run the case backward, leave its derivatives with the weights, averaged over ties, and return E."""
        passes.clear_derivatives(self.network.weight_state)
        error = truncation.differentiate(self.stage, self.targets)
        passes.average_ties(self.stage.schedule, self.network.tie_derivative)
        return error

    def is_right(self, tolerance: float) -> bool:
        """Whether every output unit with a target is less than `tolerance` from it."""
        outputs = self.stage.schedule.outputs
        return not any(abs(unit.activation - unit.target) >= tolerance for unit in outputs)

    def unit(self, unit: Unit, tick: int) -> Unit:
        """Return the copy of a unit at one tick."""
        return self.stage.unit("bias") if unit.group.role == "bias" else self.stage[f"{unit.group.name}@{tick}"][unit.index]

    def copy_last_tick(self) -> None:
        """Let the units of the network show the last tick."""
        copy_last_tick_to(self.network, self.stage)
