r"""iRprop⁺: resilient propagation that undoes a change only if the error has risen.

.. math::
    \Delta w(t) = \begin{cases}
        -\operatorname{sign}(g(t))\, \Delta(t) - \lambda\, w(t) & \text{if } g \text{ keeps its sign, or is or was } 0 \\
        -\Delta w(t - 1) & \text{if its sign has changed and } E(t) > E(t - 1) \\
        0 & \text{if its sign has changed otherwise}
    \end{cases}

g is the error derivative ∂E/∂w, λ ``weight_decay``, 0 by default, and t counts the updates. The size Δ of the step of each weight is
changed as by ``rprop_plus``. After a change of sign, g is remembered as 0. E is summed over the examples since the last change. Source:
Igel & Hüsken (2000), Improving the Rprop learning algorithm, Proceedings of the Second International Symposium on Neural Computation,
115–121. Mesh divides E by the number of patterns, which makes the same comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import connectionist as cn

FLOAT = 1.0  # a factor that makes a float of a whole parameter, as compiled formulas need


@dataclass(frozen=True)
class IrpropPlus(cn.WholeNetRule):
    """Rprop that undoes the last change after a change of sign if the error has risen.

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

    Examples
    --------
    >>> IrpropPlus().change(1.0, -0.25, 3.0, 0.5, 0.1, -0.125, 2.0)  # E has risen from 2 to 3
    (0.125, 0.0, 0.05, 0.0, 3.0)
    >>> IrpropPlus().change(1.0, -0.25, 1.0, 0.5, 0.1, -0.125, 2.0)
    (0.0, 0.0, 0.05, 0.0, 1.0)
    """

    initial_step: float = cn.parameter(0.1, above=0)
    smallest_step: float = cn.parameter(1e-6, above=0)
    largest_step: float = cn.parameter(50.0, above=0)
    increase: float = cn.parameter(1.2, at_least=1)
    decrease: float = cn.parameter(0.5, above=0, below=1)
    decay: float = cn.parameter(0.0, at_least=0, below=1)
    weight_decay: float = cn.parameter(0.0, at_least=0, below=1)
    name = "irprop_plus"
    rate_parameter = "initial_step"
    continuous = False
    equation = "Δw = −sign(∂E/∂w) · step − weight_decay · w, after a change of sign −last change if E has risen, else 0"
    memory = ("last_derivative", "step", "last_change", "last_error")

    def __post_init__(self) -> None:
        """Check the parameters."""
        super().__post_init__()
        if not self.smallest_step <= self.initial_step <= self.largest_step:
            raise cn.errors.ParameterError(
                f"{self.name}: initial_step must be at least smallest_step and at most largest_step "
                f"(got {self.initial_step:g}, with {self.smallest_step:g} and {self.largest_step:g})"
            )

    def summarize(self, derivatives: Sequence[float], error: float) -> float:
        """Return E."""
        return error

    def change(
        self, value: float, derivative: float, summary: float, last_derivative: float, step: float, last_change: float, last_error: float
    ) -> tuple[float, float, float, float, float]:
        """Return Δw, the derivative to remember, the size of the step, the change that can be undone, and E."""
        size = step if step > 0.0 else FLOAT * self.initial_step
        if derivative < 0.0 < last_derivative or last_derivative < 0.0 < derivative:
            change = -last_change if summary > last_error else 0.0
            return change, 0.0, max(size * self.decrease, FLOAT * self.smallest_step), 0.0, summary
        if derivative > 0.0 < last_derivative or derivative < 0.0 > last_derivative:
            size = min(size * self.increase, FLOAT * self.largest_step)
        step_downhill = -size if derivative > 0.0 else size if derivative < 0.0 else 0.0
        change = step_downhill - self.weight_decay * value
        return change, derivative, size, change, summary


@cn.hookimpl
def update_rules() -> Sequence[type[cn.WholeNetRule]]:
    """Return the rule."""
    return [IrpropPlus]
