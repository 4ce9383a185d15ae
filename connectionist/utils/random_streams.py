"""Random numbers: one root seed, and an independent stream for each name.

A stream depends only on the seed and its name. So a new use of random numbers, noise for example, does not change the other streams.
"""

from __future__ import annotations

import zlib

import numpy as np

from connectionist.errors import ParameterError, check_number
from connectionist.utils.visible_text import shown


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
    check_number("random_stream", "seed", seed, at_least=0, whole=True)
    if not isinstance(name, str):
        raise ParameterError(f"random_stream.name: must be text (got {shown(name)})")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([int(seed), zlib.crc32(name.encode())])))
