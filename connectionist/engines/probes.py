"""Probes: the quantities of units or weights that an engine must record.

The recording code makes the probes, and an engine fills one array for each. The quantities of a unit are recorded when an example has been
presented, after the forward and the backward pass and before the weight change that follows. The quantities of a weight are recorded after
a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from connectionist.model.connection import Weight
    from connectionist.model.unit import Unit
    from connectionist.utils.arrays import Array

    DueMask = npt.NDArray[np.bool_]

DERIVATIVES = ("activation_derivative", "net_derivative")


@with_assignment_errors
@dataclass(frozen=True)
class UnitProbe:
    """Quantities of some units to record while examples are presented.

    Attributes
    ----------
    quantities : tuple of str
        Any of "net_input", "activation", "activation_derivative", "net_derivative", "target".
    units : tuple of Unit
    cases : int array
        Numbers of the examples to record, from 0.
    """

    quantities: tuple[str, ...]
    units: tuple[Unit, ...]
    cases: npt.NDArray[np.intp]

    @property
    def needs_backward_pass(self) -> bool:
        """Whether a quantity is an error derivative."""
        return any(quantity in DERIVATIVES for quantity in self.quantities)

    def shape(self, records: int, ticks: int | None) -> tuple[int, ...]:
        """Return the shape of the records, [record, case, tick, quantity, unit]. Examples without ticks have one tick."""
        return records, len(self.cases), ticks or 1, len(self.quantities), len(self.units)


@with_assignment_errors
@dataclass(frozen=True)
class WeightProbe:
    """Quantities of some weights to record after a change.

    Attributes
    ----------
    quantities : tuple of str
        Any of "value", "derivative", "change".
    weights : tuple of Weight
    each_change : bool
        True to record after each change within an epoch; False to record after the last one only.
    """

    quantities: tuple[str, ...]
    weights: tuple[Weight, ...]
    each_change: bool = False

    def shape(self, records: int, changes: int) -> tuple[int, ...]:
        """Return the shape of the records, [record, change, quantity, weight]; one change unless `each_change` is set."""
        return records, changes if self.each_change else 1, len(self.quantities), len(self.weights)


Probe = UnitProbe | WeightProbe


def empty_records(shape: tuple[int, ...]) -> Array:
    """Return an array for the records of a probe, full of NaN.

    Raises
    ------
    MemoryLimitError
        If it would not fit in memory.
    """
    import numpy as np

    with allocating_records([shape]):
        return np.full(shape, np.nan)


def allocating_records(shapes: Sequence[tuple[int, ...]]) -> AbstractContextManager[None]:
    """Return a context in which arrays for records are made. It raises MemoryLimitError if they do not fit in memory."""
    texts = [" × ".join(map(str, shape)) for shape in shapes]
    return allocating(NUMBER_BYTES * sum(map(prod, shapes)), f"records of {' and '.join(texts)} numbers")
