"""The noise on the units of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError
from connectionist.model.activation_cost import ActivationCost, check_cost_with_noise
from connectionist.model.group_functions import check_noise
from connectionist.model.noise import ACTIVATION, NET_INPUT, Noise, as_noise


class Noisy:
    """Mixin of `Group`: noise on its net inputs and activations."""

    name: str
    role: str
    _noise: dict[int, Noise | None]
    _error_function: Any
    _cost: ActivationCost | None
    if TYPE_CHECKING:

        @property
        def clamped(self) -> bool:
            """Whether the activations of its units are set from outside."""

        def _network(self) -> Any: ...

    @property
    def net_input_noise(self) -> Noise | None:
        """Noise on the net inputs; a `Noise` or a number, the standard deviation, may be assigned."""
        return self._noise[NET_INPUT]

    @net_input_noise.setter
    def net_input_noise(self, noise: Noise | float | None) -> None:
        self._set_noise(NET_INPUT, noise, f"group {self.name!r}, net_input_noise")

    @property
    def activation_noise(self) -> Noise | None:
        """Noise on the activations, for an input group on the inputs; assignable as `net_input_noise`."""
        return self._noise[ACTIVATION]

    @activation_noise.setter
    def activation_noise(self, noise: Noise | float | None) -> None:
        self._set_noise(ACTIVATION, noise, f"group {self.name!r}, activation_noise")

    def _set_noise(self, quantity: int, given: Noise | float | None, what: str) -> None:
        noise = as_noise(given, what)
        if noise is not None and (self.role == "bias" or (quantity == NET_INPUT and self.clamped)):
            raise ParameterError(f"{what}: is for hidden and output groups (the role of {self.name!r} is {self.role!r})")
        if noise is not None and quantity == ACTIVATION and self._error_function is not None:
            check_noise(self.name, self._error_function)
        if noise is not None and quantity == ACTIVATION:
            check_cost_with_noise(self.name, self._cost)
        self._network().weight_state.may_have_noise |= noise is not None
        self._noise[quantity] = noise
