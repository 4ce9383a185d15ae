"""Costs on activations: terms of E that do not depend on targets, for hidden and output groups."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from connectionist.errors import ParameterError
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    from connectionist.model.network import Network
    from connectionist.model.noise import Noise

SMALLEST, GREATEST = 1e-300, 1.0 - 2.0**-53  # activations for logarithms

Formula = Callable[[float, float], tuple[float, float]]  # of y and p: the cost and its slope, for the strength 1


def _linear(y: float, p: float) -> tuple[float, float]:
    if y == p:
        return 1.0, 0.0
    return (y / p, 1.0 / p) if y < p else ((1.0 - y) / (1.0 - p), -1.0 / (1.0 - p))


def _quadratic(y: float, p: float) -> tuple[float, float]:
    cost, slope = _linear(y, p)
    return cost * cost, 2.0 * cost * slope


def _convex_quadratic(y: float, p: float) -> tuple[float, float]:
    least = 2.0 * p - 1.0 if p < 0.5 else 0.0
    scale = p * p - least
    return (y * (2.0 * p - y) - least) / scale, 2.0 * (p - y) / scale


def _logistic(y: float, p: float) -> tuple[float, float]:
    y, largest = min(max(y, SMALLEST), GREATEST), math.log(min(p, 1.0 - p))
    of_y, of_rest = math.log(y / p), math.log((1.0 - y) / (1.0 - p))
    return 1.0 + (y * of_y + (1.0 - y) * of_rest) / largest, (of_y - of_rest) / largest


def _cosine(y: float, p: float) -> tuple[float, float]:
    angle, turn = (math.pi * y / p, math.pi / p) if y < p else (math.pi * (y - 2.0 * p + 1.0) / (1.0 - p), math.pi / (1.0 - p))
    return 0.5 - 0.5 * math.cos(angle), 0.5 * turn * math.sin(angle)


def _absolute(y: float, _: float) -> tuple[float, float]:
    return abs(y), 1.0 if y > 0.0 else -1.0 if y < 0.0 else 0.0


def _square(y: float, _: float) -> tuple[float, float]:
    return y * y, 2.0 * y


WITH_PEAK: dict[str, Formula] = {
    "linear": _linear,
    "quadratic": _quadratic,
    "convex_quadratic": _convex_quadratic,
    "logistic": _logistic,
    "cosine": _cosine,
}
OF_ACTIVATION: dict[str, Formula] = {**WITH_PEAK, "absolute": _absolute, "square": _square}
CHANGE = "change"  # the kind of the change of the activation since the tick before
KINDS = {**OF_ACTIVATION, CHANGE: _square}


@with_assignment_errors
@dataclass(frozen=True)
class ActivationCost(KnownAttributes):
    r"""A term :math:`s\,c(y)` of E for each unit of a group, whose derivative is added to ∂E/∂y.

    The first five kinds are for activations y from 0 to 1. They are 1 at the peak p and move activations away from it. They are 0 at both
    ends if the peak is 0.5; with another peak, "convex_quadratic" and "logistic" are 0 at the end that is farther from it.

    - "linear": :math:`c = y/p` below p, else :math:`(1 - y)/(1 - p)`
    - "quadratic": the square of the linear cost
    - "convex_quadratic": :math:`c = (y\,(2p - y) - m)/(p^2 - m)`, with :math:`m = 2p - 1` if p is below 0.5, else 0
    - "logistic": :math:`c = 1 + (y \ln\frac{y}{p} + (1 - y) \ln\frac{1 - y}{1 - p}) / \ln \min(p, 1 - p)`
    - "cosine": :math:`c = \tfrac12 - \tfrac12 \cos(\pi y/p)` below p, else :math:`\tfrac12 - \tfrac12 \cos(\pi (y - 2p + 1)/(1 - p))`
    - "absolute": :math:`c = |y|`; "square": :math:`c = y^2`. They move activations to 0, and have no peak.
    - "change": :math:`c = (y - y')^2`, with the activation :math:`y'` one tick before, for networks in time and for examples with ticks.
      It has no peak either. Tick 1 has no cost. The derivative is also added to that of :math:`y'`.

    They are the output costs of LENS (Rohde 1999, LENS: The light, efficient network simulator, technical report CMU-CS-99-164), whose
    ``outputCostStrength`` is s and whose ``outputCostPeak`` is p. LENS does not add costs to the error that it reports. The derivative of
    its ``DELTA_COST`` is that by y alone, so it is not that of the sum of the costs; the one here is.

    Parameters
    ----------
    kind : {"linear", "quadratic", "convex_quadratic", "logistic", "cosine", "absolute", "square", "change"}
    strength : float
        s, above 0.
    peak : float, optional
        p, above 0 and below 1; 0.5 by default. The last three kinds have none.

    Raises
    ------
    ParameterError
        If the kind does not exist, or a number is out of range.

    Examples
    --------
    >>> ActivationCost("quadratic", strength=0.1).cost(0.25)
    0.025
    """

    kind: str
    strength: float = 0.01
    peak: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in KINDS:
            raise ParameterError(f"ActivationCost.kind: must be one of {', '.join(KINDS)} (got {self.kind!r})")
        keep_number(self, "ActivationCost", "strength", above=0)
        if self.kind in WITH_PEAK:
            object.__setattr__(self, "peak", 0.5 if self.peak is None else self.peak)
            keep_number(self, "ActivationCost", "peak", above=0, below=1)
        elif self.peak is not None:
            raise ParameterError(f"ActivationCost.peak: must be left out, since {self.kind!r} has none (got {self.peak!r})")

    def cost(self, activation: float) -> float:
        """Return s c(y); for "change", y is the change of the activation."""
        return self.strength * KINDS[self.kind](activation, self.peak or 0.0)[0]

    def slope(self, activation: float) -> float:
        """Return s dc/dy; for "change", y is the change of the activation."""
        return self.strength * KINDS[self.kind](activation, self.peak or 0.0)[1]


def check_cost(group: str, cost: ActivationCost | None, activation_function: Any) -> None:
    """Raise ParameterError if a cost is not defined for all activations of a function."""
    if cost is None or cost.kind not in WITH_PEAK:
        return
    low, high = activation_function.range
    if low < 0.0 or high > 1.0:
        raise ParameterError(
            f"group {group!r}, cost: {cost.kind!r} needs activations from 0 to 1, {activation_function.name!r} gives {low:g} to {high:g}; "
            f"the kinds 'absolute', 'square' and 'change' have no range"
        )


def check_cost_with_noise(group: str, cost: ActivationCost | None) -> None:
    """Raise ParameterError if noise on the activations can leave the range for which a cost is defined."""
    if cost is not None and cost.kind in WITH_PEAK:
        raise ParameterError(
            f"group {group!r}: the cost {cost.kind!r} needs activations from 0 to 1, which activation_noise can leave; assign "
            f"net_input_noise, or the cost 'absolute', 'square' or 'change'"
        )


def has_costs(network: Network) -> bool:
    """Return whether a group of a network has a cost on its activations, so that E does not depend on targets alone."""
    return any(group.cost is not None for group in network.groups)


class Costed:
    """Mixin of `Group`: the cost on its activations."""

    name: str
    role: str
    _cost: ActivationCost | None = None
    if TYPE_CHECKING:

        @property
        def activation_function(self) -> Any:
            """The activation function; None for input and bias."""

        @property
        def activation_noise(self) -> Noise | None:
            """Noise on the activations."""

    @property
    def cost(self) -> ActivationCost | None:
        """Cost on the activations, a term of E; an `ActivationCost`, its kind or None may be assigned. None by default."""
        return self._cost

    @cost.setter
    def cost(self, given: ActivationCost | str | None) -> None:
        what = f"group {self.name!r}, cost"
        if not (given is None or isinstance(given, ActivationCost) or (isinstance(given, str) and given in KINDS)):
            raise ParameterError(f"{what}: must be one of {', '.join(KINDS)}, a cn.ActivationCost, or None (got {given!r})")
        cost = ActivationCost(given) if isinstance(given, str) else given
        if cost is not None and self.role not in ("hidden", "output"):
            raise ParameterError(f"{what}: is for hidden and output groups (the role of {self.name!r} is {self.role!r})")
        check_cost(self.name, cost, self.activation_function)
        if self.activation_noise is not None:
            check_cost_with_noise(self.name, cost)
        self._cost = cost
