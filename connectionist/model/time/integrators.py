"""Units of an unrolled network whose state depends on their own state: each reads its own copy one tick before.

The equations are those of `connectionist.model.timing.Timing`. ``net_derivative`` is the derivative of E by the summed input Σ w y, so that
equations 6 and 7 of `unit` apply unchanged. For a unit that integrates its net input, it has terms of its own tick and of the next::

    net_derivative(t) = dt · ∂E/∂y(t) · f'(x(t)) + (1 − dt) · net_derivative(t + 1)

A unit with a dynamic activation function f(x, y') has, with y' its activation one tick before::

    y(t) = f(x(t), y(t − 1))      ∂E/∂x(t) = ∂E/∂y(t) · ∂f/∂x      ∂E/∂y(t − 1) has the term ∂E/∂y(t) · ∂f/∂y'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectionist.model.unit import Unit
from connectionist.utils.real_number import real_number

if TYPE_CHECKING:
    from connectionist.model.group import Group


class UnitWithPast(Unit):
    """A unit at one tick whose state depends on its own state one tick before.

    Attributes
    ----------
    previous : Unit
        The copy of the unit one tick before.
    """

    __slots__ = ("previous",)

    previous: Unit


class Integrator(UnitWithPast):
    """A unit of continuous time."""

    __slots__ = ()

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
        return real_number(self._group.activation_function.activation(self.net_input))

    def backpropagate(self) -> None:
        """Pass ∂E/∂y back to the tick before, and compute ∂E/∂x with the slope at the drive."""
        derivative = self.free(self.activation_derivative)
        self.previous.activation_derivative += (1.0 - self.dt) * derivative
        slope = self._group.activation_function.slope(self.net_input, self.drive)
        self.set_net_derivative(self.dt * derivative * slope)


class DynamicUnit(UnitWithPast):
    """A unit whose activation function has the activation one tick before as an argument."""

    __slots__ = ()

    def activate(self) -> None:
        """Compute y(t) = f(x(t), y(t − 1))."""
        self.compute_net_input()
        self.activation = self.function_value

    @property
    def function_value(self) -> float:
        """The activation without noise, f(x(t), y(t − 1))."""
        return real_number(self._group.activation_function.activation(self.net_input, self.previous.activation))

    @property
    def computed_activation(self) -> float:
        """The activation without noise, from which the slopes are computed."""
        return self.function_value if self._state.is_perturbed else self.activation

    @property
    def slope(self) -> float:
        """∂y(t)/∂x(t)."""
        return real_number(self._group.activation_function.slope(self.net_input, self.previous.activation, self.computed_activation))

    @property
    def previous_slope(self) -> float:
        """∂y(t)/∂y(t − 1)."""
        return real_number(
            self._group.activation_function.previous_slope(self.net_input, self.previous.activation, self.computed_activation)
        )

    def backpropagate(self) -> None:
        """Pass ∂E/∂y back to the tick before, and compute ∂E/∂x."""
        derivative = self.free(self.activation_derivative)
        self.previous.activation_derivative += derivative * self.previous_slope
        self.set_net_derivative(derivative * self.slope)


KINDS: dict[str | None, type[Unit]] = {None: Unit, "net_input": NetInputIntegrator, "activation": ActivationIntegrator}


def unit_kind(group: Group) -> type[Unit]:
    """Return the class of the units of a group at one tick."""
    return DynamicUnit if group.dynamic else KINDS[group.timing.integrates]
