"""In which order the examples of an epoch are presented. Every engine asks here, so all see the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from connectionist.utils.random_streams import random_stream

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Orders


class PresentationOrder:
    """Orders of presentation, epoch after epoch, from the stream "order" of a seed.

    Parameters
    ----------
    examples : ExampleSet
    seed : int
    """

    def __init__(self, examples: ExampleSet, seed: int) -> None:
        self.count = len(examples)
        relative = examples.frequencies / examples.frequencies.max()
        self.probabilities = relative / relative.sum()
        self.generator = random_stream(seed, "order")

    def orders(self, order: str, epochs: int) -> Orders:
        """Return which example to present when, for the next epochs.

        Parameters
        ----------
        order : {"fixed", "permuted", "sampled"}
            See `Phase`.
        epochs : int

        Returns
        -------
        int array [epoch, presentation]
            The same whether epochs are asked for one by one or many at a time. To be read only.
        """
        if order == "fixed":
            return np.broadcast_to(np.arange(self.count), (epochs, self.count))
        rows = np.empty((epochs, self.count), dtype=np.intp)
        for row in rows:
            row[:] = self._one(order)
        return rows

    def _one(self, order: str) -> Orders:
        if order == "permuted":
            return self.generator.permutation(self.count)
        return self.generator.choice(self.count, self.count, p=self.probabilities)
