"""Random numbers: one root seed, independent streams by name.

A stream depends on the seed and its own name alone, so that a new use of chance (noise, say) leaves the others as they were.
"""

from __future__ import annotations

import zlib

import numpy as np

from connectionist.errors import check_number


def random_stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one named stream.

    Parameters
    ----------
    seed : int
        Root seed, at least 0.
    name : str
        What the numbers are for: "weights", "order", "held-out", …

    Raises
    ------
    ParameterError
        When the seed is not a whole number of at least 0.

    Examples
    --------
    >>> random_stream(1, "weights").random() == random_stream(1, "weights").random()
    True
    >>> random_stream(1, "weights").random() == random_stream(1, "order").random()
    False
    """
    check_number("random_stream", "seed", seed, at_least=0, whole=True)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([int(seed), zlib.crc32(name.encode())])))
