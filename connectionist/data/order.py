"""The order of presentation of the examples in each epoch. It is the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from connectionist.utils.counts import describe_count
from connectionist.utils.memory_limit import NUMBER_BYTES, allocating
from connectionist.utils.random_streams import PreparedStreams, random_stream

if TYPE_CHECKING:
    from connectionist.data.example_set import ExampleSet
    from connectionist.engines.engine import Orders
    from connectionist.utils.arrays import Array


STREAM = "order"


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
        self.frequencies = examples.frequencies
        self.seed = seed
        self.waiting: list[int] = []  # examples drawn and not yet presented, if epochs have another number of presentations

    @classmethod
    def of_seeds(cls, examples: ExampleSet, seeds: Sequence[int]) -> list[PresentationOrder]:
        """Return the orders of many seeds, with their generators."""
        orders = [cls(examples, seed) for seed in seeds]
        with PreparedStreams(seeds, STREAM):
            for order in orders:
                order.generator = random_stream(order.seed, STREAM)
        return orders

    @cached_property
    def probabilities(self) -> Array:
        """Probability of each example in a sampled order."""
        relative = self.frequencies / self.frequencies.max()
        probabilities: Array = relative / relative.sum()
        return probabilities

    @cached_property
    def generator(self) -> np.random.Generator:
        """Generator of the stream "order"; a fixed order does not need it."""
        return random_stream(self.seed, STREAM)

    def state(self) -> tuple[dict[str, Any] | None, list[int]]:
        """Return the position in the sequence of orders: that of the generator, None before its first use, and the examples that wait."""
        started = "generator" in vars(self)
        return dict(self.generator.bit_generator.state) if started else None, list(self.waiting)

    def restore(self, state: tuple[Mapping[str, Any] | None, Sequence[int]]) -> None:
        """Go to a position that `state` returned."""
        position, waiting = state
        if position is not None:
            self.generator.bit_generator.state = position
        elif "generator" in vars(self):
            del self.generator
        self.waiting = list(waiting)

    def orders(self, order: str, epochs: int, presentations: int | None = None) -> Orders:
        """Return the orders of the next epochs.

        Parameters
        ----------
        order : {"fixed", "permuted", "sampled"}
            See `Phase`.
        epochs : int
            Number of epochs, at least 0.
        presentations : int, optional
            Number of presentations per epoch, at least 1; by default as many as there are examples. The epochs are then successive parts
            of one sequence of orders.

        Returns
        -------
        int array [epoch, presentation]
            Numbers of the examples. They do not depend on how many epochs each call asks for. Do not write to the array.
        """
        if presentations is not None:
            return self._parts(order, epochs, int(presentations))
        if order == "fixed":
            one = np.arange(self.count)[np.newaxis]
            return one if epochs == 1 else np.broadcast_to(one, (epochs, self.count))
        with allocating(
            NUMBER_BYTES * epochs * self.count, f"orders of {describe_count(self.count, 'example')} in {describe_count(epochs, 'epoch')}"
        ):
            rows = np.empty((epochs, self.count), dtype=np.intp)
        for row in rows:
            row[:] = self._next(order)
        return rows

    def _parts(self, order: str, epochs: int, presentations: int) -> Orders:
        """Return successive parts of one sequence of orders. What is left of an order begins the next epoch."""
        what = f"orders of {describe_count(presentations, 'presentation')} in {describe_count(epochs, 'epoch')}"
        with allocating(NUMBER_BYTES * epochs * presentations, what):
            while len(self.waiting) < epochs * presentations:
                self.waiting += range(self.count) if order == "fixed" else self._next(order).tolist()
            rows = np.array(self.waiting[: epochs * presentations], dtype=np.intp).reshape(epochs, presentations)
        del self.waiting[: epochs * presentations]
        return rows

    def _next(self, order: str) -> Orders:
        if order == "permuted":
            return self.generator.permutation(self.count)
        return self.generator.choice(self.count, self.count, p=self.probabilities)
