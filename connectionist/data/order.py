"""The order of presentation of the examples in each epoch. It is the same for every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.random_streams import random_stream

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Orders


class PresentationOrder:
    """Orders of presentation, epoch after epoch, from the random stream "order" of a seed.

    Parameters
    ----------
    examples : ExampleSet
        Only its number of examples and their frequencies are used.
    seed : int
        Root seed, at least 0.
    """

    def __init__(self, examples: ExampleSet, seed: int) -> None:
        self.count = len(examples)
        relative = examples.frequencies / examples.frequencies.max()
        self.probabilities = relative / relative.sum()
        self.generator = random_stream(seed, "order")

    def orders(self, order: str, epochs: int) -> Orders:
        """Return the orders of the next epochs.

        Parameters
        ----------
        order : {"fixed", "permuted", "sampled"}
            See `Phase`.
        epochs : int
            Number of epochs, at least 0.

        Returns
        -------
        int array [epoch, presentation]
            Numbers of the examples. They do not depend on how many epochs each call asks for. Do not write to the array.
        """
        if order == "fixed":
            return np.broadcast_to(np.arange(self.count), (epochs, self.count))
        with allocating(NUMBER_BYTES * epochs * self.count, f"orders of {self.count} examples in {epochs} epochs"):
            rows = np.empty((epochs, self.count), dtype=np.intp)
        for row in rows:
            row[:] = self._next(order)
        return rows

    def _next(self, order: str) -> Orders:
        if order == "permuted":
            return self.generator.permutation(self.count)
        return self.generator.choice(self.count, self.count, p=self.probabilities)
