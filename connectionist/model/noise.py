"""Noise on net inputs, activations and weights.

Each number of the noise is a function of a key and of what it belongs to: the seed, the epoch and the presentation give the key; the tick,
the unit or weight, and the quantity give a number. So every engine adds the same noise, in any order of computation. The function is the
finalizer of SplitMix64 (Steele, Lea & Flood 2014, Fast splittable pseudorandom number generators, OOPSLA, 453–472). Normal deviates come
from two such numbers (Box & Muller 1958, Annals of Mathematical Statistics 29, 610–611).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError, check_number
from connectionist.utils.arrays import Array
from connectionist.utils.declared_attributes import keep_number, with_assignment_errors
from connectionist.utils.real_number import plain_number
from connectionist.utils.unknown_attributes import KnownAttributes
from connectionist.utils.visible_text import shown

if TYPE_CHECKING:
    from connectionist.model.projection import Projection

Words = npt.NDArray[np.uint64]

DURING = ("both", "training", "testing")
INCREMENT, FACTORS, SHIFTS = 0x9E3779B97F4A7C15, (0xBF58476D1CE4E5B9, 0x94D049BB133111EB), (30, 27, 31)
EPOCH_BITS = 32  # the presentation is in the lower bits of a key's number, the epoch above it
LOGISTIC = 1 << 62  # added to the words of logistic deviates, so that they are others than those of the noise
NET_INPUT, ACTIVATION, WEIGHT = range(3)  # quantities; a number of the noise is 3 · (row + tick · rows) + quantity


@with_assignment_errors
@dataclass(frozen=True)
class Noise(KnownAttributes):
    """Random numbers, independent of each other and with mean 0, that are added to a quantity each time it is computed.

    Parameters
    ----------
    sd : float, optional
        Standard deviation of a normal distribution, above 0.
    half_range : float, optional
        Half the width of a uniform distribution, above 0. Either this or `sd` must be given.
    during : {"both", "training", "testing"}
        When there is noise. Everything except `train` counts as testing.

    Raises
    ------
    ParameterError
        If neither or both are given, or one is out of range.

    Examples
    --------
    >>> Noise(0.1)
    Noise(sd=0.1, half_range=None, during='both')
    """

    sd: float | None = None
    half_range: float | None = None
    during: str = "both"

    def __post_init__(self) -> None:
        if (self.sd is None) == (self.half_range is None):
            raise ParameterError(f"Noise: give either sd or half_range (got {self.sd!r} and {self.half_range!r})")
        for name in ("sd", "half_range"):
            if getattr(self, name) is not None:
                keep_number(self, "Noise", name, above=0)
        if not isinstance(self.during, str) or self.during not in DURING:
            raise ParameterError(f"Noise.during: must be one of {', '.join(DURING)} (got {self.during!r})")

    @property
    def scale(self) -> float:
        """The standard deviation, or minus the half range of a uniform distribution. Engines read this."""
        return -float(self.half_range) if self.half_range is not None else float(self.sd or 0.0)


def as_noise(given: Noise | float | None, what: str) -> Noise | None:
    """Return the noise that a user assigned: a `Noise`, or a number, which is the standard deviation. 0 and None mean no noise.

    Raises
    ------
    ParameterError
        If it is something else, or a number below 0.
    """
    if given is None or isinstance(given, Noise):
        return given
    if isinstance(given, bool) or (not isinstance(given, Real) and plain_number(given) is None):
        raise ParameterError(f"{what}: must be a number (the standard deviation), a cn.Noise or None (got {shown(given)})")
    sd = check_number(what, "sd", given, at_least=0)
    return Noise(float(sd)) if sd else None


def scale_of(noise: Noise | None, mode: str) -> float:
    """Return the scale of a noise in "training" or "testing"; 0 if there is none."""
    return noise.scale if noise is not None and noise.during in ("both", mode) else 0.0


@dataclass
class NoiseSource:
    """The keys of the noise in one mode.

    Parameters
    ----------
    seed : int
        Root seed, at least 0.
    mode : {"training", "testing"}
    epoch : int
        Number of epochs of training, or passes of testing, so far. The caller counts it.
    """

    seed: int
    mode: str
    epoch: int = 0

    @property
    def root(self) -> int:
        """The number of 64 bits from which all keys come."""
        words = np.random.SeedSequence([self.seed, zlib.crc32(f"noise in {self.mode}".encode())]).generate_state(1, np.uint64)
        return int(words[0])

    def key(self, presentation: int, epoch: int = 0) -> Words:
        """Return the key of a presentation, counted from 0, as an array of one number. `epoch` is relative to the present one."""
        return mix(np.array([self.root], np.uint64), np.array([(self.epoch + epoch << EPOCH_BITS) + presentation], np.uint64))


def mix(key: Words, numbers: Words) -> Words:
    """Return a random number of 64 bits for each number."""
    words = key + np.uint64(INCREMENT) * (numbers + np.uint64(1))
    for shift, factor in zip(SHIFTS[:2], FACTORS, strict=True):
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    mixed: Words = words ^ (words >> np.uint64(SHIFTS[2]))
    return mixed


def draw(scale: float, key: Words, numbers: Words) -> Array:
    """Return the noise of some quantities.

    Parameters
    ----------
    scale : float
        As `Noise.scale`.
    key : uint64 array [1]
    numbers : uint64 array
        What the noise belongs to.
    """
    first = _uniform(mix(key, np.uint64(2) * numbers))
    if scale < 0.0:
        return np.asarray(-scale * (2.0 * first - 1.0))
    second = _uniform(mix(key, np.uint64(2) * numbers + np.uint64(1)))
    with np.errstate(over="ignore"):  # infinite noise is reported as a divergence
        return np.asarray(scale * (np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second)))


def draw_logistic(scale: float, key: Words, numbers: Words) -> Array:
    """Return deviates of a logistic distribution with mean 0, for units whose activation function has some.

    Parameters
    ----------
    scale : float
        Scale s, above 0: a deviate is below x with the probability 1 / (1 + e^(−x/s)).
    key, numbers : uint64 array
        As for `draw`.
    """
    uniform = _uniform(mix(key, np.uint64(2) * numbers + np.uint64(LOGISTIC)))
    return np.asarray(scale * np.log(uniform / (1.0 - uniform)))


def _uniform(words: Words) -> Array:
    """Return numbers between 0 and 1, both excluded."""
    return np.asarray((words >> np.uint64(12)) * 2.0**-52 + 2.0**-53)


def weight_scales(projections: tuple[Projection, ...], mode: str, rows: int) -> Array:
    """Return the scale of the noise on each weight [weight row]; empty if there is none.

    A weight that several projections share has the noise of those that have some.
    """
    noisy = [(each, scale_of(each.weight_noise, mode)) for each in projections if scale_of(each.weight_noise, mode)]
    scales = np.zeros(rows if noisy else 0)
    for projection, scale in noisy:
        scales[[connection.weight.row for connection in projection]] = scale
    return scales
