"""Units whose net input is not the weighted sum, but an input function of the weights and activations of their connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError
from connectionist.model.unit import Unit
from connectionist.plugins import registry
from connectionist.plugins.formula_faults import call_formula, write_results
from connectionist.plugins.input_functions import InputFunction
from connectionist.utils.real_number import real_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from connectionist.model.connection import Connection, Weight
    from connectionist.model.timing import Timing


class CombiningUnit(Unit):
    """A unit of a group with an input function. It takes the place of equations 1, 6 and 7."""

    __slots__ = ()

    def compute_net_input(self) -> None:
        """Set the net input to the input function, the noise and the external input."""
        net_input = real_number(call_formula(self._group.input_function, "net_input", *self._incoming_numbers()))
        self.net_input = net_input + self.net_input_noise + self.external_input if self._state.is_perturbed else net_input

    def propagate_derivative(self) -> None:
        """Add ∂E/∂x ∂x/∂w to the derivative of each incoming weight, and ∂E/∂x ∂x/∂y to ∂E/∂y of each sender."""
        size, net_derivative = len(self._incoming), self.net_derivative
        weight_slopes, activation_slopes = [0.0] * size, [0.0] * size
        write_results(self._group.input_function, "slopes", *self._incoming_numbers(), weight_slopes, activation_slopes)
        for connection, weight_slope, activation_slope in zip(self._incoming, weight_slopes, activation_slopes, strict=True):
            connection.weight.derivative += net_derivative * weight_slope
            if connection.backpropagate:
                sender = connection.sender
                sender.activation_derivative += net_derivative * activation_slope * sender.output_slope

    def slopes_of(self, connection: Connection, value_of: Callable[[Weight], float]) -> tuple[float, float]:
        """Return ∂x/∂w and ∂x/∂y of an incoming connection, given a function of a weight that returns its value."""
        weights, activations = [value_of(each.weight) for each in self._incoming], self._incoming_numbers()[1]
        weight_slopes, activation_slopes = [0.0] * len(weights), [0.0] * len(weights)
        write_results(self._group.input_function, "slopes", weights, activations, weight_slopes, activation_slopes)
        place = self._incoming.index(connection)
        return weight_slopes[place], activation_slopes[place]

    def _incoming_numbers(self) -> tuple[list[float], list[float]]:
        weights = [connection.weight.value for connection in self._incoming]
        return weights, [connection.sender.output for connection in self._incoming]


class Combining:
    """Mixin of `Group`: its input function."""

    name: str
    role: str
    _unit_kind: type[Unit]
    _input_function: Any
    if TYPE_CHECKING:
        activation_function: Any

        @property
        def dynamic(self) -> bool:
            """Whether the activation of a unit depends on its activation one tick before."""

    def _set_input_function(self, given: str | InputFunction | None, timing: Timing) -> None:
        """Set the input function and the kind of the units, before the units are made."""
        self._input_function = None
        if given is None:
            return
        what = f"group {self.name!r}, input_function"
        function: InputFunction = registry.resolve("input_functions", given, InputFunction, what=what)  # type: ignore[type-abstract]
        if self.role not in ("hidden", "output"):
            raise ParameterError(f"{what}: is for hidden and output groups only (the role of {self.name!r} is {self.role!r})")
        if timing.integrates:
            raise ParameterError(
                f"{what}: units that integrate their {timing.integrates} have the weighted sum only (got {function.name!r})"
            )
        if self.dynamic:
            raise ParameterError(
                f"{what}: units with the activation function {self.activation_function.name!r} have the weighted sum only (got "
                f"{function.name!r})"
            )
        self._input_function, self._unit_kind = function, CombiningUnit

    @property
    def input_function(self) -> Any:
        """Function that takes the place of the weighted sum in the net inputs; None for the sum. Not assignable."""
        return self._input_function

    @input_function.setter
    def input_function(self, given: object) -> None:
        raise ParameterError(f"group {self.name!r}, input_function: cannot change; choose it in add_group (got {given!r})")
