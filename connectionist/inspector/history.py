"""The weights of earlier epochs, kept at a growing distance."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectionist.utils.arrays import Array

MOST_BYTES = 200_000_000
MOST_MOMENTS = 600


@dataclass(frozen=True, eq=False)
class Kept:
    """The weights of one epoch.

    Attributes
    ----------
    run : int
        Number of the run in the session.
    epoch : int
    values : array [weight]
    error : float
        E of the epoch; NaN before the first.
    """

    run: int
    epoch: int
    values: Array
    error: float


@dataclass(eq=False)
class History:
    """Kept moments of the present run, in the order of their epochs.

    The distance between two of them grows with the epoch, by `growth`. If they are too many, or take too much memory, every second one is
    dropped and the growth doubles. The first and the last stay.
    """

    most_bytes: int = MOST_BYTES
    moments: list[Kept] = field(default_factory=list)
    growth: float = 0.02

    def is_due(self, epoch: int) -> bool:
        """Return whether the weights of an epoch would be kept."""
        if not self.moments:
            return True
        first, last = self.moments[0].epoch, self.moments[-1].epoch
        return epoch > last and epoch - last >= self.growth * (epoch - first)

    def keep(self, moment: Kept) -> None:
        """Keep a moment, in place of one of the same epoch."""
        if self.moments and self.moments[-1].epoch == moment.epoch:
            self.moments.pop()
        self.moments.append(moment)
        while len(self.moments) > 2 and (self.size > self.most_bytes or len(self.moments) > MOST_MOMENTS):
            self.moments[1:-1] = self.moments[2:-1:2]
            self.growth *= 2

    @property
    def size(self) -> int:
        """Bytes of the kept weights."""
        return sum(moment.values.nbytes for moment in self.moments)

    @property
    def epochs(self) -> list[int]:
        """Epochs that are kept."""
        return [moment.epoch for moment in self.moments]

    def find(self, epoch: int) -> Kept | None:
        """Return the moment of an epoch; None if it was not kept."""
        return next((moment for moment in self.moments if moment.epoch == epoch), None)
