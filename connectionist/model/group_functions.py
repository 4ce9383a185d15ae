"""The output function of a group, and checks of its functions, noise and timing against one another."""

from __future__ import annotations

import math
from typing import Any

from connectionist.errors import ParameterError
from connectionist.model.state import UnitState
from connectionist.model.timing import Timing
from connectionist.plugins import registry
from connectionist.plugins.functions import KINDS_OF_ACTIVATION, ActivationFunction, ErrorFunction, kind_of_activation
from connectionist.plugins.pairing import describe_partners

KINDS: dict[type, str] = dict(zip(KINDS_OF_ACTIVATION, ("single units", "the whole group", "single units and their past"), strict=True))


def describe_function(activation: Any) -> str:
    """Return the name of an activation function, and of what it is a function."""
    return f"{activation.name!r} (a function of {KINDS[kind_of_activation(activation)]})"


def check_error(group: str, error: ErrorFunction, activation: Any) -> None:
    """Raise ParameterError if an error function is not defined for all activations that an activation function gives."""
    low, high = error.activations
    if activation.range[0] < low or activation.range[1] > high:
        raise ParameterError(
            f"group {group!r}, error: {error.name!r} needs activations from {low:g} to {high:g}, "
            f"{activation.name!r} gives {activation.range[0]:g} to {activation.range[1]:g}; {describe_partners(error, activation)}"
        )


def check_size(group: str, units: int, function: Any) -> None:
    """Raise ParameterError if a group has fewer units than a joint function needs."""
    if units < getattr(function, "least_units", 1):
        raise ParameterError(
            f"group {group!r}: {function!r} needs at least {function.least_units} units (got {units}); add units, or choose another "
            f"function"
        )


def check_range_of_initial(timing: Timing, activation: Any) -> None:
    """Raise ParameterError if units whose activation depends on the one before start outside the range of their activation function."""
    low, high = activation.range
    wrong = (timing.initial < low) | (timing.initial > high)
    if wrong.any():
        raise ParameterError(
            f"group {timing.group!r}, initial: {activation.name!r} gives activations from {low:g} to {high:g}, and a unit starts from this "
            f"value (got {timing.initial[wrong][0]:g})"
        )


def check_noise(group: str, error: ErrorFunction) -> None:
    """Raise ParameterError if noise on the activations can leave the range for which an error function is defined."""
    low, high = error.activations
    if math.isfinite(low) or math.isfinite(high):
        raise ParameterError(
            f"group {group!r}, activation_noise: {error.name!r} needs activations from {low:g} to {high:g}, which noise can leave; "
            f"assign net_input_noise"
        )


def check_initial(timing: Timing, error: ErrorFunction) -> None:
    """Raise ParameterError if units that integrate their activation start outside the range of the error function."""
    low, high = error.activations
    wrong = (timing.initial < low) | (timing.initial > high)
    if timing.integrates == "activation" and wrong.any():
        raise ParameterError(
            f"group {timing.group!r}, initial: {error.name!r} needs activations from {low:g} to {high:g}, and units that integrate "
            f"their activation start from this value (got {timing.initial[wrong][0]:g})"
        )


class Sending:
    """Mixin of `Group`: its output function."""

    name: str
    _state: UnitState
    _output_function: ActivationFunction | None

    @property
    def output_function(self) -> ActivationFunction | None:
        """Function from activation to output; None if the output is the activation."""
        return self._output_function

    @output_function.setter
    def output_function(self, given: str | ActivationFunction) -> None:
        if self._output_function is None:
            raise ParameterError(
                f"group {self.name!r}, output_function: cannot be added to a group without one; give output_function= to add_group"
            )
        self._set_output_function(given)

    def _set_output_function(self, given: str | ActivationFunction) -> None:
        what = f"group {self.name!r}, output_function"
        self._output_function = registry.resolve("activation_functions", given, ActivationFunction, what=what)  # type: ignore[type-abstract]
        if self._output_function.logistic_scale:
            raise ParameterError(f"{what}: must draw no random numbers, since outputs are functions of activations (got {given!r})")
        self._state.has_outputs = True
