"""Random numbers: one root seed, and an independent stream for each name.

A stream depends only on the seed and its name. So a new use of random numbers, noise for example, does not change the other streams.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from contextvars import ContextVar, Token
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from connectionist.errors import ParameterError, check_number
from connectionist.utils.visible_text import shown

Words = npt.NDArray[np.uint64]

LEAST_PREPARED = 32  # streams; fewer take less time one by one
PREPARED_BELOW = 2**32  # seeds of one word


def random_stream(seed: int, name: str) -> np.random.Generator:
    """Return the random generator of a named stream.

    Parameters
    ----------
    seed : int
        Root seed, at least 0.
    name : str
        Purpose of the numbers: "weights", "order", "held-out", …

    Returns
    -------
    numpy.random.Generator
        A new generator (PCG64), at the start of the stream.

    Raises
    ------
    ParameterError
        If the seed is not an integer of at least 0, or the name is not text.

    Examples
    --------
    >>> random_stream(1, "weights").random() == random_stream(1, "weights").random()
    True
    >>> random_stream(1, "weights").random() == random_stream(1, "order").random()
    False
    """
    seed = check_number("random_stream", "seed", seed, at_least=0, whole=True)
    if not isinstance(name, str):
        raise ParameterError(f"random_stream.name: must be text (got {shown(name)})")
    prepared = _prepared.get()
    if prepared is not None and prepared.name == name and seed in prepared.words:
        return np.random.Generator(np.random.PCG64(_PreparedSeed(seed, name, prepared.words[seed])))  # type: ignore[arg-type]
    return np.random.Generator(np.random.PCG64(_seed_sequence(seed, name)))


def _seed_sequence(seed: int, name: str) -> np.random.SeedSequence:
    return np.random.SeedSequence([int(seed), zlib.crc32(name.encode())])


class _Prepared(NamedTuple):
    """The words from which the generators of a stream start, by seed."""

    name: str
    words: Mapping[int, Words]


_prepared: ContextVar[_Prepared | None] = ContextVar("prepared streams", default=None)


class PreparedStreams:
    """The start of a stream for many seeds, computed at once. In its context, `random_stream` makes them in a third of the time.

    Parameters
    ----------
    seeds : sequence of int
        Root seeds, at least 0.
    name : str
        Name of the stream.
    """

    def __init__(self, seeds: Sequence[int], name: str) -> None:
        from numpy.random.bit_generator import ISpawnableSeedSequence

        ISpawnableSeedSequence.register(_PreparedSeed)
        used = [seed for seed in seeds if seed < PREPARED_BELOW]
        words = dict(zip(used, _words(np.array(used, np.uint32), name), strict=True)) if len(used) >= LEAST_PREPARED else {}
        self._streams = _Prepared(name, words)
        self._tokens: list[Token[_Prepared | None]] = []

    def __enter__(self) -> None:
        self._tokens.append(_prepared.set(self._streams))

    def __exit__(self, *_: object) -> None:
        _prepared.reset(self._tokens.pop())


class _PreparedSeed:
    """A `numpy.random.SeedSequence` whose words for a PCG64 generator are known."""

    def __init__(self, seed: int, name: str, words: Words) -> None:
        self.seed, self.name, self.words = seed, name, words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> npt.NDArray[Any]:
        """Return random words."""
        is_known = n_words == len(self.words) and dtype is np.uint64
        return self.words if is_known else _seed_sequence(self.seed, self.name).generate_state(n_words, dtype)

    def spawn(self, n_children: int) -> list[np.random.SeedSequence]:
        """Return further, independent seed sequences."""
        return _seed_sequence(self.seed, self.name).spawn(n_children)


def _words(seeds: npt.NDArray[np.uint32], name: str) -> Words:
    """Return ``SeedSequence.generate_state(4, uint64)`` for each seed.

    The algorithm is that of NumPy (M. E. O'Neill 2015, "Developing a seed_seq alternative", pcg-random.org), for numbers of 32 bits.
    """
    constant = 0x43B0D7E5

    def hashed(value: npt.NDArray[np.uint32], multiplier: int) -> npt.NDArray[np.uint32]:
        nonlocal constant
        value = value ^ np.uint32(constant)
        constant = constant * multiplier % 2**32
        value = value * np.uint32(constant)
        return value ^ (value >> np.uint32(16))

    tag, zero = np.full_like(seeds, zlib.crc32(name.encode())), np.zeros_like(seeds)
    pool = [hashed(each, 0x931E8875) for each in (seeds, tag, zero, zero)]
    for source in range(4):
        for target in range(4):
            if source != target:
                mixed = np.uint32(0xCA01F9DD) * pool[target] - np.uint32(0x4973F715) * hashed(pool[source], 0x931E8875)
                pool[target] = mixed ^ (mixed >> np.uint32(16))
    constant = 0x8B51F9DD
    halves = [hashed(pool[index % 4], 0x58F38DED).astype(np.uint64) for index in range(8)]
    return np.stack([low | high << np.uint64(32) for low, high in zip(halves[::2], halves[1::2], strict=True)], axis=1)
