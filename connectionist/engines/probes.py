"""What an engine is to keep while it presents examples or trains: chosen quantities of chosen units or weights.

A probe is opened by whoever wants to record; an engine fills one array for each. What is kept of units is what they were as an example was
presented, forward and backward, and so before the change of weights that follows; of weights, what they are after a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from connectionist.model.connection import Weight
    from connectionist.model.unit import Unit

    Wanted = npt.NDArray[np.bool_]

DERIVATIVES = ("activation_derivative", "net_derivative")


@dataclass(frozen=True)
class UnitProbe:
    """Some units as examples are presented.

    Attributes
    ----------
    quantities : tuple of str
        Of "net_input", "activation", "activation_derivative", "net_derivative", "target".
    units : tuple of Unit
    cases : int array
        Numbers of the examples; the others are not kept.
    """

    quantities: tuple[str, ...]
    units: tuple[Unit, ...]
    cases: npt.NDArray[np.intp]

    @property
    def goes_back(self) -> bool:
        """Whether a backward pass must have been made."""
        return any(quantity in DERIVATIVES for quantity in self.quantities)

    def shape(self, records: int, ticks: int | None) -> tuple[int, ...]:
        """Return the sizes of [record, case, tick, quantity, unit]; without ticks there is one."""
        return records, len(self.cases), ticks or 1, len(self.quantities), len(self.units)


@dataclass(frozen=True)
class WeightProbe:
    """Some weights after a change.

    Attributes
    ----------
    quantities : tuple of str
        Of "value", "derivative", "change".
    weights : tuple of Weight
    each_change : bool
        Whether after each change within an epoch; else after its last.
    """

    quantities: tuple[str, ...]
    weights: tuple[Weight, ...]
    each_change: bool = False

    def shape(self, records: int, changes: int) -> tuple[int, ...]:
        """Return the sizes of [record, change, quantity, weight]; there is one change unless each is kept."""
        return records, changes if self.each_change else 1, len(self.quantities), len(self.weights)


Probe = UnitProbe | WeightProbe
