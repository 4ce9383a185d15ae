"""Checks of the functions, the noise and the timing of a group against one another."""

from __future__ import annotations

import math
from typing import Any

from connectionist.errors import ParameterError
from connectionist.model.timing import Timing
from connectionist.plugins.functions import KINDS_OF_ACTIVATION, ErrorFunction, kind_of_activation
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
