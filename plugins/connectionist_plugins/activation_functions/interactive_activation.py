r"""Interactive activation: the net input moves the activation toward its maximum or minimum, and decay moves it toward rest.

.. math:: y(t) = y(t - 1) + \begin{cases} (M - y(t - 1)) \, x & x > 0 \\ (y(t - 1) - m) \, x & x \le 0 \end{cases}
          - \theta \, (y(t - 1) - r)

x is the net input, y the activation, M, m and r its maximum, minimum and rest, and θ the decay. The result is kept from m to M. The
strengths of excitation, inhibition and external input of the original model are factors of the weights. In the original model, only units
with a positive activation send it: give the group ``output_function="rectified"``, and ``initial`` the resting activation.

Sources: McClelland & Rumelhart (1981), An interactive activation model of context effects in letter perception: Part 1, Psychological
Review 88, 375–407; McClelland (1981), Retrieving general and specific information from stored knowledge of specifics, Proceedings of the
Third Annual Conference of the Cognitive Science Society, 170–172; the equations as in McClelland & Rumelhart (1988), Explorations in
parallel distributed processing, chapter 2. With a minimum, a rest and a decay of 0 it is the schema model of Rumelhart, Smolensky,
McClelland & Hinton (1986), PDP vol. 2, chapter 14; with a minimum of −1 and a rest of 0, the auto-associator of PDP vol. 2, chapter 17.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn


@dataclass(frozen=True)
class InteractiveActivation(cn.DynamicActivationFunction):
    """Interactive activation.

    Parameters
    ----------
    maximum, minimum : float
        Largest and smallest activation; the maximum is the larger.
    rest : float
        Resting activation, from the minimum to the maximum.
    decay : float
        Fraction of the distance to the resting activation that the activation loses in one tick, from 0 to 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range.

    Examples
    --------
    >>> round(InteractiveActivation().activation(0.4, -0.1), 12), InteractiveActivation().activation(-0.1, 0.5)
    (0.34, 0.37)
    """

    maximum: float = cn.parameter(1.0)
    minimum: float = cn.parameter(-0.2)
    rest: float = cn.parameter(-0.1)
    decay: float = cn.parameter(0.1, at_least=0, at_most=1)
    name = "interactive_activation"
    synonyms = ("iac", "ia")
    equation = "y(t) = y' + (maximum − y') x if x > 0, else y' + (y' − minimum) x; − decay (y' − rest), with y' = y(t − 1)"

    def __post_init__(self) -> None:
        """Check the parameters against one another."""
        super().__post_init__()
        if not self.minimum < self.maximum:
            raise cn.errors.ParameterError(
                f"{self.name}: minimum must be below maximum (got minimum={self.minimum!r}, maximum={self.maximum!r})"
            )
        if not self.minimum <= self.rest <= self.maximum:
            raise cn.errors.ParameterError(
                f"{self.name}: rest must be from minimum to maximum, {self.minimum!r} to {self.maximum!r} (got {self.rest!r})"
            )

    @property
    def range(self) -> tuple[float, float]:  # type: ignore[override]
        """Smallest and greatest activation."""
        return self.minimum, self.maximum

    def activation(self, net_input: float, previous: float) -> float:
        """Return y(t)."""
        distance = self.maximum - previous if net_input > 0.0 else previous - self.minimum
        return min(max(previous + (distance * net_input - self.decay * (previous - self.rest)), self.minimum), self.maximum)

    def slope(self, net_input: float, previous: float, activation: float) -> float:
        """Return ∂y(t)/∂x(t); 0 at the ends of the range."""
        if activation <= self.minimum or activation >= self.maximum:
            return 0.0
        return self.maximum - previous if net_input > 0.0 else previous - self.minimum

    def previous_slope(self, net_input: float, previous: float, activation: float) -> float:
        """Return ∂y(t)/∂y(t − 1); 0 at the ends of the range."""
        if activation <= self.minimum or activation >= self.maximum:
            return 0.0
        return 1.0 - self.decay - net_input if net_input > 0.0 else 1.0 - self.decay + net_input


@cn.hookimpl
def activation_functions() -> Sequence[type[cn.DynamicActivationFunction]]:
    """Return the function."""
    return [InteractiveActivation]
