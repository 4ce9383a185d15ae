"""The copy of a group at one tick of an unrolled network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.errors import WiringError
from connectionist.model.activation_cost import CHANGE, ActivationCost
from connectionist.model.combining_unit import CombiningUnit
from connectionist.model.group import Group
from connectionist.model.noise import Noise
from connectionist.model.time.integrators import unit_kind
from connectionist.model.timing import Timing
from connectionist.model.unit import Unit
from connectionist.plugins.functions import (
    ActivationFunction,
    DynamicActivationFunction,
    ErrorFunction,
    JointActivationFunction,
    JointErrorFunction,
)

if TYPE_CHECKING:
    from connectionist.model.clamping import Clamping
    from connectionist.model.state import UnitState


class GroupAtTick(Group):
    """The copy of a group at one tick. It has the functions, margin and timing of its original.

    Attributes
    ----------
    original : Group
    tick : int
        From 1; 0 or less for units clamped to the state before tick 1.
    previous : GroupAtTick or None
        The copy one tick before; None if there is none.
    """

    original: Group
    tick: int
    previous: GroupAtTick | None

    def __init__(self, state: UnitState, original: Group, tick: int, previous: GroupAtTick | None) -> None:
        self.original = original
        self.tick = tick
        self.previous = previous
        role = original.role if tick > 0 else "initial"
        self._unit_kind = unit_kind(original) if tick > 0 else Unit
        if original.input_function is not None and tick > 0:
            self._unit_kind = CombiningUnit
        super().__init__(state, f"{original.name}@{tick}", original.labels, role, None, timing=original.timing)
        state.has_outputs |= original.output_function is not None

    def name_of(self, label: str) -> str:
        """Return the full name of the unit with this label."""
        return f"{self.original.name}:{label}@{self.tick}"

    @property
    def timing(self) -> Timing:
        """Timing of the original."""
        return self.original.timing

    def _retime(self, timing: Timing) -> None:
        """Replace the timing of the original, and so of its copies at every tick."""
        self.original._retime(timing)

    @property
    def activation_function(self) -> Any:
        """Activation function of the original. An assignment changes the original, and so its copies at every tick."""
        return self.original.activation_function

    @activation_function.setter
    def activation_function(self, given: str | ActivationFunction | JointActivationFunction | DynamicActivationFunction) -> None:
        self.original.activation_function = given

    @property
    def output_function(self) -> ActivationFunction | None:
        """Output function of the original, as `activation_function`."""
        return self.original.output_function

    @output_function.setter
    def output_function(self, given: str | ActivationFunction) -> None:
        self.original.output_function = given

    @property
    def error_function(self) -> Any:
        """Error function of the original, as `activation_function`."""
        return self.original.error_function

    @error_function.setter
    def error_function(self, given: str | ErrorFunction | JointErrorFunction) -> None:
        self.original.error_function = given

    @property
    def input_function(self) -> Any:
        """That of the original."""
        return self.original.input_function

    @input_function.setter
    def input_function(self, given: object) -> None:
        self.original.input_function = given

    @property
    def paired_error(self) -> ErrorFunction | None:
        """That of the original."""
        return self.original.paired_error

    @property
    def margin(self) -> float:
        """Margin of the original, as `activation_function`."""
        return self.original.margin

    @margin.setter
    def margin(self, margin: float) -> None:
        self.original.margin = margin

    @property
    def clamping(self) -> Clamping:
        """Clamping of the original, as `activation_function`."""
        return self.original.clamping

    @clamping.setter
    def clamping(self, given: Clamping | str) -> None:
        self.original.clamping = given

    @property
    def cost(self) -> ActivationCost | None:
        """Cost of the original, if this tick is computed."""
        return self.original.cost if self.tick > 0 else None

    @cost.setter
    def cost(self, given: ActivationCost | str | None) -> None:
        self.original.cost = given

    @property
    def net_input_noise(self) -> Noise | None:
        """Noise on the net inputs of the original, as `activation_function`."""
        return self.original.net_input_noise

    @net_input_noise.setter
    def net_input_noise(self, noise: Noise | float | None) -> None:
        self.original.net_input_noise = noise

    @property
    def activation_noise(self) -> Noise | None:
        """Noise on the activations of the original, as `activation_function`."""
        return self.original.activation_noise

    @activation_noise.setter
    def activation_noise(self, noise: Noise | float | None) -> None:
        self.original.activation_noise = noise

    @property
    def joint(self) -> bool:
        """Whether the original is joint, and this tick is computed."""
        return self.tick > 0 and self.original.joint

    @property
    def dynamic(self) -> bool:
        """Whether the original is dynamic, and this tick is computed."""
        return self.tick > 0 and self.original.dynamic

    def set_initial_state(self) -> None:
        """Set the units to the state before tick 1."""
        timing = self.timing
        for unit, activation, net_input in zip(self.units, timing.initial.tolist(), timing.initial_net_input.tolist(), strict=True):
            unit.activation = 0.0 if unit.lesioned else activation
            unit.net_input = 0.0 if unit.lesioned else net_input


def argument_of_cost(unit: Unit, cost: ActivationCost) -> float:
    """Return what of a unit the cost depends on: its activation, or the change of it since the tick before, at tick 1 none.

    Raises
    ------
    WiringError
        If the cost is of changes, and there are no ticks.
    """
    if cost.kind != CHANGE:
        return unit.activation
    group = unit.group
    if not isinstance(group, GroupAtTick):
        raise without_ticks(group)
    if group.tick == 1 or group.previous is None:
        return 0.0
    return unit.activation - group.previous.units[unit.index].activation


def without_ticks(group: Group) -> WiringError:
    """Return the error of a group that has a cost of changes, if there are no ticks."""
    return WiringError(
        f"group {group.name!r}, cost: {CHANGE!r} is of changes from tick to tick; give examples with ticks, or assign another cost"
    )
