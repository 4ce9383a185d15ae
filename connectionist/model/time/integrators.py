"""Continuous-time units, as they stand in an unrolled network: each looks at itself one tick before.

The equations are those of `connectionist.model.timing.Timing`. ``net_derivative`` is the derivative by the sum of what comes in, Σ w y, so
that equations 6 and 7 of `unit` hold as they stand. For a unit that integrates its net input it comes from its own tick and the next::

    net_derivative(t) = dt · ∂E/∂y(t) · f'(x(t)) + (1 − dt) · net_derivative(t + 1)
"""

from __future__ import annotations

from connectionist.model.unit import Unit


class Integrator(Unit):
    """A unit at one tick that goes on from where it was one tick before.

    Attributes
    ----------
    previous : Unit
        Itself, one tick before.
    """

    __slots__ = ("previous",)

    previous: Unit

    @property
    def dt(self) -> float:
        """Fraction of the way to its drive that it goes in one tick."""
        return float(self.group.timing.dt[self.index])


class NetInputIntegrator(Integrator):
    """A unit that integrates its net input."""

    __slots__ = ()

    def compute_net_input(self) -> None:
        """Go part of the way from the net input before to what comes in now."""
        super().compute_net_input()
        self.net_input = self.dt * self.net_input + (1.0 - self.dt) * self.previous.net_input

    def set_net_derivative(self, net_derivative: float) -> None:
        """Add this tick's share to what the next tick handed back, and hand on to the tick before and to the senders."""
        self.net_derivative += self.dt * net_derivative
        self.previous.net_derivative += (1.0 - self.dt) * self.net_derivative
        self.propagate_derivative()


class ActivationIntegrator(Integrator):
    """A unit that integrates its activation."""

    __slots__ = ()

    def activate(self) -> None:
        """Go part of the way from the activation before to the answer to what comes in now."""
        self.compute_net_input()
        self.activation = self.dt * self.answer + (1.0 - self.dt) * self.previous.activation

    @property
    def answer(self) -> float:
        """The activation it is on its way to, f(x)."""
        return float(self.group.activation_function.activation(self.net_input))

    def backpropagate(self) -> None:
        """Hand its ∂E/∂y on to the tick before, and find ∂E/∂x at the slope of the answer."""
        self.previous.activation_derivative += (1.0 - self.dt) * self.activation_derivative
        slope = self.group.activation_function.slope(self.net_input, self.answer)
        self.set_net_derivative(self.dt * self.activation_derivative * slope)


KINDS: dict[str | None, type[Unit]] = {None: Unit, "net_input": NetInputIntegrator, "activation": ActivationIntegrator}
