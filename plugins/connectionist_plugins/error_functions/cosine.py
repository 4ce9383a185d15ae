r"""One minus the cosine of the angle between the activations and the targets of a group.

.. math::
    E = 1 - c \qquad c = \frac{\sum y d}{|y| |d|} \qquad
    \frac{\partial E}{\partial y_i} = \frac{c\, y_i}{|y|^2} - \frac{d_i}{|y| |d|}

E is the error, y an activation, d a target; the sum runs over the units of a group with a target, and ``|y|`` and ``|d|`` are the
lengths of both vectors. If one of them is 0, c and the derivatives are 0. E does not depend on the lengths. It is the ``COSINE`` error of
LENS (Rohde 1999, LENS: the light, efficient network simulator, CMU-CS-99-164).
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from math import sqrt

import connectionist as cn


@dataclass(frozen=True)
class Cosine(cn.JointErrorFunction):
    """One minus the cosine of the angle between activations and targets.

    The share of each of n units in E is ``1/n − y d / (|y| |d|)``.

    Examples
    --------
    >>> errors, derivatives = [0.0, 0.0], [0.0, 0.0]
    >>> Cosine().compare([2.0, 0.0], [0.0, 1.0], errors, derivatives)
    >>> errors, derivatives
    ([0.5, 0.5], [0.0, -0.5])
    """

    name = "cosine"
    least_units = 2  # the angle of single numbers does not change with them
    equation = "E = 1 − c, c = Σ y · d / (|y| · |d|), ∂E/∂y = c · y / |y|² − d / (|y| · |d|)"

    def compare(
        self,
        activations: Sequence[float],
        targets: Sequence[float],
        errors: MutableSequence[float],
        derivatives: MutableSequence[float],
    ) -> None:
        """Write the share of each unit in E, and its ∂E/∂y."""
        product, y_square, d_square = 0.0, 0.0, 0.0
        for i in range(len(activations)):
            product += activations[i] * targets[i]
            y_square += activations[i] * activations[i]
            d_square += targets[i] * targets[i]
        lengths = sqrt(y_square) * sqrt(d_square)
        for i in range(len(activations)):
            errors[i], derivatives[i] = 1.0 / len(activations), 0.0
            if lengths > 0.0:
                errors[i] -= activations[i] * targets[i] / lengths
                derivatives[i] = product / lengths * activations[i] / y_square - targets[i] / lengths


@cn.hookimpl
def error_functions() -> Sequence[type[cn.JointErrorFunction]]:
    """Return the function."""
    return [Cosine]
