"""One presentation of an example during training, for functions that `train` calls after each of them or after its events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectionist.utils.declared_attributes import with_assignment_errors
from connectionist.utils.unknown_attributes import KnownAttributes

if TYPE_CHECKING:
    from connectionist.data.example import Example
    from connectionist.data.example_set import ExampleSet
    from connectionist.model.group import Group
    from connectionist.model.network import Network
    from connectionist.utils.arrays import Array


@with_assignment_errors
@dataclass(frozen=True, eq=False, repr=False)
class Presentation(KnownAttributes):
    """An example that training has just presented, with the state of the network after it.

    If the weights change after this example, they have changed already. The units of the network show the example, at its last tick. The
    derivatives of the weights are complete if the weights have just changed; within a batch they are not. Weights may be assigned.
    What the presentation reads from the network is valid during the call only.

    For a function that is called after each event, the units show the last tick of the event. The error derivatives of the units are NaN
    after all events but the last, since they are kept for the last tick only.

    Attributes
    ----------
    network : Network
    examples : ExampleSet
    case : int
        Number of the example in the set, from 0.
    position : int
        Number of examples that were presented in this epoch before, from 0.
    epoch : int
        Number of the epoch, from 1.
    error : float
        E of the example, before the change.
    is_correct : bool
        Whether every output unit with a target was within the tolerance.
    event : int or None
        Number of the event in the example, from 0; None in a call after an example.
    ticks : slice
        Rows of the event in ``inputs`` and ``targets`` of the example; all in a call after an example.
    """

    network: Network
    examples: ExampleSet
    case: int
    position: int
    epoch: int
    error: float
    is_correct: bool
    _read: Callable[[Group], Array] = field(repr=False)
    event: int | None = None
    ticks: slice = field(default_factory=lambda: slice(None))

    @property
    def example(self) -> Example:
        """The example."""
        return self.examples[self.case]

    @property
    def name(self) -> str:
        """Name of the example."""
        return self.examples.names[self.case]

    def activations(self, group: str | Group) -> Array:
        """Return the activations of a group as a new array [unit], or [tick, unit] of the example or event if the example has ticks.

        Raises
        ------
        UnknownNameError
            If there is no such group.
        """
        read = self._read(self.network[group])
        return read[self.ticks] if self.examples.lengths is not None else read[0]

    def __repr__(self) -> str:
        event = "" if self.event is None else f", event {self.event},"
        return f"<Presentation of {self.name}{event} in epoch {self.epoch}, E {self.error:.6g}>"
