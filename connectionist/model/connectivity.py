"""Patterns of connectivity: functions of two sizes that return a mask, independent of any network.

A mask is a boolean array [sender, receiver], true for each pair that is connected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError, WiringError, unknown_name
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors
from connectionist.utils.functions import takes
from connectionist.utils.random_streams import random_stream
from connectionist.utils.visible_text import shown

DRAWN_AT_A_TIME = 2**20  # random numbers

Mask = npt.NDArray[np.bool_]
Pattern = Callable[[int, int], Mask]


def full(senders: int, receivers: int) -> Mask:
    """Connect every sender to every receiver."""
    return np.ones((senders, receivers), dtype=bool)


def one_to_one(senders: int, receivers: int) -> Mask:
    """Connect the first sender to the first receiver, the second to the second, and so on.

    Raises
    ------
    WiringError
        If the groups differ in size.
    """
    if senders != receivers:
        raise WiringError(f"pattern one_to_one: both groups must have the same size (got {senders} senders and {receivers} receivers)")
    return np.eye(senders, dtype=bool)


@with_assignment_errors
@dataclass(frozen=True)
class Random:
    """Connect at random: each pair with a probability, or each receiver with a fixed number of senders.

    Parameters
    ----------
    probability : float, optional
        Probability of each connection, from 0 to 1.
    fan_in : int, optional
        Number of senders of each receiver, drawn without replacement; from 1 to the number of senders.
    seed : int
        Root seed, at least 0. The same seed and sizes give the same mask, in other networks and projections too: for participants that
        differ in their wiring, give each its seed, and each projection another, such as ``seed=(100 * participant + number)``.

    Raises
    ------
    ParameterError
        If both or neither of `probability` and `fan_in` are given, or one is out of range.

    Examples
    --------
    >>> Random(fan_in=2, seed=1)(5, 3).sum(axis=0)
    array([2, 2, 2])
    """

    probability: float | None = None
    fan_in: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.probability is None) == (self.fan_in is None):
            raise ParameterError(
                f"Random: needs either probability or fan_in (got probability={self.probability!r}, fan_in={self.fan_in!r})"
            )
        if self.probability is not None:
            keep_number(self, "Random", "probability", at_least=0, at_most=1)
        if self.fan_in is not None:
            keep_number(self, "Random", "fan_in", at_least=1, whole=True)
        keep_number(self, "Random", "seed", at_least=0, whole=True)

    def __call__(self, senders: int, receivers: int) -> Mask:
        """Return the mask for a number of senders and of receivers."""
        generator = random_stream(self.seed, "pattern")
        if self.probability is not None:
            return _draw_pairs(generator, senders, receivers, self.probability)
        assert self.fan_in is not None
        if self.fan_in > senders:
            raise WiringError(f"Random.fan_in: must be at most the number of senders, {senders} (got {self.fan_in})")
        mask = np.zeros((senders, receivers), dtype=bool)
        for receiver in range(receivers):
            mask[generator.choice(senders, self.fan_in, replace=False), receiver] = True
        return mask


def _draw_pairs(generator: np.random.Generator, senders: int, receivers: int, probability: float) -> Mask:
    """Return a mask with a probability for each pair. Some rows at a time need little memory, and give the same numbers as all at once."""
    mask = np.empty((senders, receivers), dtype=bool)
    rows = max(1, DRAWN_AT_A_TIME // receivers)
    for first in range(0, senders, rows):
        part = mask[first : first + rows]
        part[:] = generator.random(part.shape) < probability
    return mask


NAMED: dict[str, Pattern] = {"full": full, "one_to_one": one_to_one}


def make_mask(pattern: str | Pattern | npt.ArrayLike, senders: int, receivers: int) -> Mask:
    """Return the mask of a pattern: a name, a function of two sizes, or the boolean array itself.

    Raises
    ------
    UnknownNameError
        If no pattern has this name.
    WiringError
        If the array is not boolean, or does not have shape [sender, receiver].
    """
    if isinstance(pattern, str):
        if pattern == "random":
            raise ParameterError("pattern 'random': needs a parameter, as in pattern=cn.Random(probability=0.1) or cn.Random(fan_in=3)")
        if pattern not in NAMED:
            raise unknown_name("pattern", pattern, [*NAMED, "Random(…)", "a boolean array [sender, receiver]"])
        return NAMED[pattern](senders, receivers)
    if callable(pattern) and not takes(pattern, 2):
        raise WiringError(f"pattern: a function must take two arguments, the numbers of senders and receivers (got {shown(pattern)})")
    given = pattern(senders, receivers) if callable(pattern) else pattern
    try:
        array = np.asarray(given)
    except ValueError:  # rows of different lengths
        raise WiringError(f"pattern: must have shape {(senders, receivers)}, [sender, receiver] (got {shown(given)})") from None
    if array.shape != (senders, receivers):
        raise WiringError(f"pattern: must have shape {(senders, receivers)}, [sender, receiver] (got {array.shape})")
    if array.dtype != bool and not ((array == 0) | (array == 1)).all():
        raise WiringError(f"pattern: must hold true and false only (got {array.dtype} with other values)")
    return array.astype(bool, copy=False)
