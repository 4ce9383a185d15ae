"""What the clamps of a case do to the units of a hidden or output group: hard, weak and soft clamps, and external input."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.errors import ParameterError
from connectionist.plugins.functions import ActivationFunction
from connectionist.utils.arrays import Array
from connectionist.utils.declared_attributes import ReadOnlyProperties, keep_number, with_assignment_errors
from connectionist.utils.real_number import real_number
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    from connectionist.model.group import Group
    from connectionist.model.state import UnitState

KINDS = ("hard", "weak", "soft", "external")
DEFAULT_STRENGTHS = {"hard": 1.0, "weak": 0.5, "soft": 0.5, "external": 1.0}


@with_assignment_errors
@dataclass(frozen=True)
class Clamping(KnownAttributes):
    r"""How the units of a group are clamped in the cases that give them a value.

    c is the value that the case gives for a unit, s the strength, x the net input and f the activation function.

    - "hard": :math:`y = c`. The unit has no error, and no derivative goes back through it.
    - "weak": :math:`y = f(x) + s\,(c - f(x))`, where f(x) stands for the integrated and noisy activation of units that have one.
      Derivatives go back through the part :math:`1 - s`.
    - "soft": the net input that gives the activation :math:`f(0) + s\,(c - f(0))` is added to x. The activation function must have an
      inverse.
    - "external": :math:`s\,c` is added to x.

    The first three are HARD_CLAMP, WEAK_CLAMP and SOFT_CLAMP of LENS (Rohde 1999, LENS: The light, efficient network simulator, technical
    report CMU-CS-99-164), whose ``clampStrength`` is s. "external" is the external input of the PDP programs, whose ``estr`` is s
    (McClelland & Rumelhart 1988, Explorations in parallel distributed processing, ch. 2).

    Parameters
    ----------
    kind : {"hard", "weak", "soft", "external"}
    strength : float, optional
        s: above 0 and below 1 for "weak" and "soft" (0.5 by default), any number but 0 for "external" (1 by default). A hard clamp has
        none.

    Raises
    ------
    ParameterError
        If the kind does not exist, or the strength is out of range.

    Examples
    --------
    >>> Clamping("weak").strength
    0.5
    """

    kind: str = "hard"
    strength: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in KINDS:
            raise ParameterError(f"Clamping.kind: must be one of {', '.join(KINDS)} (got {self.kind!r})")
        if self.strength is None:
            object.__setattr__(self, "strength", DEFAULT_STRENGTHS[self.kind])
            return
        if self.kind == "external":
            keep_number(self, "Clamping", "strength")
            if self.strength == 0:
                raise ParameterError("Clamping.strength: must not be 0 for kind 'external' (got 0), since nothing would be added")
        elif self.kind != "hard":
            keep_number(self, "Clamping", "strength", above=0, below=1)
        elif self.strength != 1:
            raise ParameterError(f"Clamping.strength: a hard clamp has none (got {self.strength!r}); the kind 'weak' has")
        object.__setattr__(self, "strength", float(self.strength))

    @property
    def is_hard(self) -> bool:
        """Whether the activation is the value of the clamp."""
        return self.kind == "hard"

    @property
    def share(self) -> float:
        """The part of the activation that is the value of the clamp; 0 if the clamp is added to the net input."""
        return float(self.strength or 0.0) if self.kind in ("hard", "weak") else 0.0

    def values(self, clamps: Array, activation_function: Any) -> Array:
        """Return the activations to which units are clamped or, if `share` is 0, what is added to their net inputs.

        NaN, for a unit without a clamp, remains NaN.
        """
        strength = float(self.strength or 0.0)
        if self.kind == "external":
            return clamps * strength
        if self.kind != "soft":
            return clamps
        rest = real_number(activation_function.activation(0.0))
        low, high = activation_function.range
        wanted = np.clip(rest + strength * (clamps - rest), np.nextafter(low, high), np.nextafter(high, low))
        inverse = [math.nan if math.isnan(y) else real_number(activation_function.inverse(y)) for y in wanted.ravel().tolist()]
        return np.array(inverse, float).reshape(wanted.shape)


HARD = Clamping()


def as_clamping(given: Clamping | str, what: str) -> Clamping:
    """Return the clamping that a user assigned: a `Clamping`, or a kind.

    Raises
    ------
    ParameterError
        If it is something else, or no kind.
    """
    if isinstance(given, Clamping):
        return given
    if not isinstance(given, str) or given not in KINDS:
        raise ParameterError(f"{what}: must be one of {', '.join(KINDS)}, or a cn.Clamping (got {given!r})")
    return Clamping(given)


class ClampedUnit(ReadOnlyProperties):
    """Mixin of `Unit`: its clamp in the present case."""

    __slots__ = ()

    _state: UnitState
    _row: int
    _group: Group

    @property
    def clamp(self) -> float:
        """The value that the case gives for the unit, whatever its `Clamping` does with it; NaN if there is none."""
        return self._state.clamp[self._row]

    @clamp.setter
    def clamp(self, activation: float) -> None:
        self._state.clamp[self._row] = activation

    @property
    def is_clamped(self) -> bool:
        """Whether the unit has a hard clamp in the present case, so that it has no error, and no derivative goes back through it."""
        return self.clamped_share == 1.0

    @property
    def clamped_share(self) -> float:
        """The part of the activation that is the clamp: 1 with a hard clamp, 0 without a clamp of the activation."""
        return self._group.clamping.share if self._state.is_perturbed and not math.isnan(self.clamp) else 0.0

    @property
    def external_input(self) -> float:
        """What a clamp adds to the net input; 0 if there is none."""
        if not self.has_external_input:
            return 0.0
        group = self._group
        return float(group.clamping.values(np.array([self.clamp]), group.activation_function)[0])

    @property
    def has_external_input(self) -> bool:
        """Whether a clamp adds a number, which may be 0, to the net input."""
        return self._state.is_perturbed and self._group.clamping.share == 0.0 and not math.isnan(self.clamp)


class Clampable:
    """Mixin of `Group`: its clamping."""

    name: str
    role: str
    _clamping: Clamping = HARD
    if TYPE_CHECKING:

        @property
        def clamped(self) -> bool:
            """Whether the activations of its units are set from outside."""

        @property
        def activation_function(self) -> Any:
            """The activation function; None for input and bias."""

    @property
    def clamping(self) -> Clamping:
        """What a value for a unit in the inputs of a case does; a `Clamping` or its kind may be assigned. "hard" by default."""
        return self._clamping

    @clamping.setter
    def clamping(self, given: Clamping | str) -> None:
        what = f"group {self.name!r}, clamping"
        clamping = as_clamping(given, what)
        if self.clamped and not clamping.is_hard:
            raise ParameterError(f"{what}: is for hidden and output groups (the role of {self.name!r} is {self.role!r})")
        check_inverse(self.name, clamping, self.activation_function)
        self._clamping = clamping


def check_inverse(group: str, clamping: Clamping, activation_function: Any) -> None:
    """Raise ParameterError if a soft clamp needs the inverse of an activation function that has none."""
    if clamping.kind == "soft" and not has_inverse(activation_function):
        raise ParameterError(
            f"group {group!r}, clamping: a soft clamp needs an activation function with an inverse, and {activation_function.name!r} has "
            f"none; the kind 'external' adds a number to the net input"
        )


def has_inverse(activation_function: Any) -> bool:
    """Return whether an activation function has a formula of its inverse."""
    return isinstance(activation_function, ActivationFunction) and type(activation_function).inverse is not ActivationFunction.inverse
