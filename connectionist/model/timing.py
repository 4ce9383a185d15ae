"""The timing of a group: the state of its units before tick 1, and the fraction dt of continuous-time units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError
from connectionist.utils.arrays import Array, as_numbers
from connectionist.utils.declared_attributes import with_assignment_errors

INTEGRATED = (None, "net_input", "activation")


@with_assignment_errors
@dataclass(frozen=True, eq=False)
class Timing:
    """The state before tick 1, and the equation in continuous time, of each unit of a group.

    In one tick, a unit covers the fraction dt of the distance to its drive::

        integrates="net_input"     x(t) = dt · Σ w y + (1 − dt) · x(t − 1)      y(t) = f(x(t))
        integrates="activation"    x(t) = Σ w y      y(t) = dt · f(x(t)) + (1 − dt) · y(t − 1)

    These are the two forms of a leaky integrator in Euler's discretization (Pearlmutter 1989, Neural Computation 1, 263–269; the input and
    output integrators of LENS).

    Parameters
    ----------
    group : str
        Name of the group, for messages.
    units : int
        Number of units.
    initial : float or array_like [unit]
        Activation before tick 1.
    integrates : {None, "net_input", "activation"}
    dt : float or array_like [unit]
        Fraction of the distance to its drive that a unit covers in one tick, above 0 and at most 1. With n ticks per unit of time and
        a time constant of 1 it is 1/n.
    initial_net_input : float or array_like [unit]
        Net input before tick 1, for units that integrate it.

    Raises
    ------
    ParameterError
        If a value is out of range.
    """

    group: str
    units: int
    initial: Array
    integrates: str | None
    dt: Array
    initial_net_input: Array

    @classmethod
    def of(
        cls,
        group: str,
        units: int,
        initial: npt.ArrayLike = 0.0,
        integrates: str | None = None,
        dt: npt.ArrayLike = 1.0,
        initial_net_input: npt.ArrayLike = 0.0,
    ) -> Timing:
        """Return the timing of a group. Each value is one number for all units, or one number per unit."""
        if integrates not in INTEGRATED:
            raise ParameterError(f"group {group!r}, integrates: must be None, 'net_input' or 'activation' (got {integrates!r})")
        made = cls(
            group,
            units,
            _per_unit(group, "initial", initial, units),
            integrates,
            _per_unit(group, "dt", dt, units),
            _per_unit(group, "initial_net_input", initial_net_input, units),
        )
        made._check()
        return made

    def changed(self, **values: object) -> Timing:
        """Return a copy with other values of some parameters."""
        known = {name: getattr(self, name) for name in ("initial", "integrates", "dt", "initial_net_input")}
        return Timing.of(self.group, self.units, **{**known, **values})

    def _check(self) -> None:
        if not ((self.dt > 0.0) & (self.dt <= 1.0)).all():
            raise ParameterError(f"group {self.group!r}, dt: must be a number above 0 and at most 1 (got {_first_wrong(self.dt)})")
        if self.integrates is None and (self.dt != 1.0).any():
            raise ParameterError(
                f"group {self.group!r}, dt: needs integrates='net_input' or integrates='activation' (got {_first_other_than_1(self.dt)})"
            )
        if self.integrates != "net_input" and self.initial_net_input.any():
            raise ParameterError(
                f"group {self.group!r}, initial_net_input: needs integrates='net_input' (got integrates={self.integrates!r})"
            )


def _per_unit(group: str, what: str, given: npt.ArrayLike, units: int) -> Array:
    if type(given) is float and isfinite(given):  # the usual case first, since every group has three
        return _read_only(np.full(units, given))
    try:
        values = as_numbers(given, what)
    except ValueError as error:
        raise ParameterError(f"group {group!r}, {error}") from None
    if values.shape not in ((), (units,)) or not np.isfinite(values).all():
        raise ParameterError(f"group {group!r}, {what}: must be one finite number, or one for each of {units} units (got {given!r})")
    return _read_only(np.broadcast_to(values, units).copy())


def _read_only(array: Array) -> Array:
    array.flags.writeable = False
    return array


def _first_wrong(dt: Array) -> float:
    wrong: Sequence[float] = dt[~((dt > 0.0) & (dt <= 1.0))].tolist()
    return wrong[0]


def _first_other_than_1(dt: Array) -> float:
    return float(dt[dt != 1.0][0])
