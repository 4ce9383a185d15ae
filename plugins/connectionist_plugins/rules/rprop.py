r"""Resilient propagation: the size of a step depends on the signs of the derivatives only.

.. math::
    \Delta(t) = \begin{cases}
        \min(\eta^+ \Delta(t - 1), \Delta_\text{max}) & \text{if } g(t) \text{ has the sign of } g(t - 1) \\
        \max(\eta^- \Delta(t - 1), \Delta_\text{min}) & \text{if it has the other sign} \\
        \Delta(t - 1) & \text{if one of them is 0}
    \end{cases} \qquad
    \Delta w(t) = -\operatorname{sign}(g(t))\, \Delta(t) - \lambda\, w(t)

g is the error derivative ∂E/∂w of a weight w, Δ the size of its step, η⁺ ``increase``, η⁻ ``decrease``, Δ_max ``largest_step``, Δ_min
``smallest_step``, λ ``weight_decay``, and t counts the updates. The first step has the size ``initial_step``. The variants differ where the
sign of g has changed, after a step over a minimum:

- ``rprop_minus``: the smaller step is made. Source: Riedmiller (1994), Advanced supervised learning in multi-layer perceptrons, Computer
  Standards & Interfaces 16, 265–278.
- ``rprop_plus``: the last change is undone, and g is remembered as 0, so that the next step has the smaller size. Source: Riedmiller &
  Braun (1993), A direct adaptive method for faster backpropagation learning: the RPROP algorithm, IEEE International Conference on Neural
  Networks, 586–591.
- ``irprop_minus``: no step is made, except for the decay, and g is remembered as 0. Source: Igel & Hüsken (2000), Improving the Rprop
  learning algorithm, Proceedings of the Second International Symposium on Neural Computation, 115–121.
- ``irprop_plus``, in the file of this name: as ``rprop_plus``, but the last change is undone only if E has risen. Same source.

``Rprop`` of PyTorch is ``irprop_minus``. So is that of SNNS, with two differences: a weight whose g becomes exactly 0 repeats its last
step, and the decay is part of g. Here, as in Mesh, the decay λ does not influence signs, and is left out where a change is undone. The
signs are compared, not the product g(t) g(t − 1), which may round to 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn

FLOAT = 1.0  # a factor that makes a float of a whole parameter, as compiled formulas need


@dataclass(frozen=True)
class Rprop(cn.UpdateRule):
    """The parameters of the variants.

    Parameters
    ----------
    initial_step, smallest_step, largest_step : float
        Size of the first step, and limits of the size, above 0 and in the order smallest ≤ initial ≤ largest.
    increase : float
        Factor η⁺ of the size while the derivative keeps its sign, at least 1.
    decrease : float
        Factor η⁻ of the size after a change of sign, above 0 and below 1.
    decay : float
        Weight decay per change, at least 0 and below 1: w ← (1 − decay) w after w ← w + Δw.
    weight_decay : float
        Weight decay λ as a part of Δw, at least 0 and below 1.

    Raises
    ------
    ParameterError
        If a parameter is out of range, the steps are not in order, or both decays are above 0.
    """

    initial_step: float = cn.parameter(0.1, above=0)
    smallest_step: float = cn.parameter(1e-6, above=0)
    largest_step: float = cn.parameter(50.0, above=0)
    increase: float = cn.parameter(1.2, at_least=1)
    decrease: float = cn.parameter(0.5, above=0, below=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    rate_parameter = "initial_step"
    equation = "Δw = −sign(∂E/∂w) · step − weight_decay · w, step · increase if ∂E/∂w keeps its sign, · decrease if it has changed"

    def __post_init__(self) -> None:
        """Check the parameters."""
        super().__post_init__()
        if not self.smallest_step <= self.initial_step <= self.largest_step:
            raise cn.errors.ParameterError(
                f"{self.name}: initial_step must be at least smallest_step and at most largest_step "
                f"(got {self.initial_step:g}, with {self.smallest_step:g} and {self.largest_step:g})"
            )


@dataclass(frozen=True)
class RpropMinus(Rprop):
    """Rprop that makes the smaller step after a change of sign.

    The parameters are those of ``Rprop``.

    Examples
    --------
    >>> RpropMinus().change(1.0, -0.25, 0.5, 0.1)
    (0.05, -0.25, 0.05)
    """

    name = "rprop_minus"
    continuous = False
    memory = ("last_derivative", "step")

    def change(self, value: float, derivative: float, last_derivative: float, step: float) -> tuple[float, float, float]:
        """Return Δw, the derivative, and the size of the step."""
        size = step if step > 0.0 else FLOAT * self.initial_step
        if has_same_sign(derivative, last_derivative):
            size = min(size * self.increase, FLOAT * self.largest_step)
        elif has_other_sign(derivative, last_derivative):
            size = max(size * self.decrease, FLOAT * self.smallest_step)
        return downhill(derivative, size) - self.weight_decay * value, derivative, size


@dataclass(frozen=True)
class RpropPlus(Rprop):
    """Rprop that undoes the last change after a change of sign.

    The parameters are those of ``Rprop``.

    Examples
    --------
    >>> RpropPlus().change(1.0, -0.25, 0.5, 0.1, -0.125)
    (0.125, 0.0, 0.05, 0.0)
    """

    name = "rprop_plus"
    continuous = False
    synonyms = ("rprop",)
    memory = ("last_derivative", "step", "last_change")

    def change(
        self, value: float, derivative: float, last_derivative: float, step: float, last_change: float
    ) -> tuple[float, float, float, float]:
        """Return Δw, the derivative to remember, the size of the step, and the change that can be undone."""
        size = step if step > 0.0 else FLOAT * self.initial_step
        if has_other_sign(derivative, last_derivative):
            return -last_change, 0.0, max(size * self.decrease, FLOAT * self.smallest_step), 0.0
        if has_same_sign(derivative, last_derivative):
            size = min(size * self.increase, FLOAT * self.largest_step)
        change = downhill(derivative, size) - self.weight_decay * value
        return change, derivative, size, change


@dataclass(frozen=True)
class IrpropMinus(Rprop):
    """Rprop that makes no step after a change of sign.

    The parameters are those of ``Rprop``.

    Examples
    --------
    >>> IrpropMinus().change(1.0, -0.25, 0.5, 0.1)
    (-0.0, 0.0, 0.05)
    """

    name = "irprop_minus"
    continuous = False
    memory = ("last_derivative", "step")

    def change(self, value: float, derivative: float, last_derivative: float, step: float) -> tuple[float, float, float]:
        """Return Δw, the derivative to remember, and the size of the step."""
        size = step if step > 0.0 else FLOAT * self.initial_step
        if has_other_sign(derivative, last_derivative):
            return -self.weight_decay * value, 0.0, max(size * self.decrease, FLOAT * self.smallest_step)
        if has_same_sign(derivative, last_derivative):
            size = min(size * self.increase, FLOAT * self.largest_step)
        return downhill(derivative, size) - self.weight_decay * value, derivative, size


def has_same_sign(derivative: float, last_derivative: float) -> bool:
    """Return whether both derivatives are above 0, or both below."""
    return derivative > 0.0 < last_derivative or derivative < 0.0 > last_derivative


def has_other_sign(derivative: float, last_derivative: float) -> bool:
    """Return whether one derivative is above 0 and the other below."""
    return derivative < 0.0 < last_derivative or last_derivative < 0.0 < derivative


def downhill(derivative: float, size: float) -> float:
    """Return a step of some size against the sign of the derivative, or 0 if it is 0."""
    return -size if derivative > 0.0 else size if derivative < 0.0 else 0.0


@cn.hookimpl
def update_rules() -> Sequence[type[cn.UpdateRule]]:
    """Return the variants that need no error."""
    return [RpropMinus, RpropPlus, IrpropMinus]
