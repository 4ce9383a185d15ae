"""Continuous-time units in an unrolled network: each unit reads its own copy one tick before.

The equations are those of `connectionist.model.timing.Timing`. ``net_derivative`` is the derivative of E by the summed input Σ w y, so that
equations 6 and 7 of `unit` apply unchanged. For a unit that integrates its net input, it has terms of its own tick and of the next::

    net_derivative(t) = dt · ∂E/∂y(t) · f'(x(t)) + (1 − dt) · net_derivative(t + 1)
"""

from __future__ import annotations

from connectionist.model.unit import Unit


class Integrator(Unit):
    """A unit at one tick whose state depends on its state one tick before.

    Attributes
    ----------
    previous : Unit
        The copy of the unit one tick before.
    """

    __slots__ = ("previous",)

    previous: Unit

    @property
    def dt(self) -> float:
        """Fraction of the distance to its drive that the unit covers in one tick."""
        return float(self._group.timing.dt[self._index])


class NetInputIntegrator(Integrator):
    """A unit that integrates its net input."""

    __slots__ = ()

    def compute_net_input(self) -> None:
        """Compute x(t) = dt · Σ w y + (1 − dt) · x(t − 1)."""
        super().compute_net_input()
        self.net_input = self.dt * self.net_input + (1.0 - self.dt) * self.previous.net_input

    def set_net_derivative(self, net_derivative: float) -> None:
        """Add the term of this tick to that of the next tick, and pass the sum back to the tick before and to the senders."""
        self.net_derivative += self.dt * net_derivative
        self.previous.net_derivative += (1.0 - self.dt) * self.net_derivative
        self.propagate_derivative()


class ActivationIntegrator(Integrator):
    """A unit that integrates its activation."""

    __slots__ = ()

    def activate(self) -> None:
        """Compute y(t) = dt · f(x(t)) + (1 − dt) · y(t − 1)."""
        self.compute_net_input()
        self.activation = self.dt * self.drive + (1.0 - self.dt) * self.previous.activation

    @property
    def drive(self) -> float:
        """The activation that the unit approaches, f(x)."""
        return float(self._group.activation_function.activation(self.net_input))

    def backpropagate(self) -> None:
        """Pass ∂E/∂y back to the tick before, and compute ∂E/∂x with the slope at the drive."""
        derivative = self.free(self.activation_derivative)
        self.previous.activation_derivative += (1.0 - self.dt) * derivative
        slope = self._group.activation_function.slope(self.net_input, self.drive)
        self.set_net_derivative(self.dt * derivative * slope)


KINDS: dict[str | None, type[Unit]] = {None: Unit, "net_input": NetInputIntegrator, "activation": ActivationIntegrator}
