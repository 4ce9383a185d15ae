"""The last networks of a population, which are trained one after the other when that takes less time than in lanes.

An epoch of all lanes takes the same time for one network as for eight. When no network waits any more, each thread takes those that are
left out of its lanes. All threads then train them alone, from the weights, the memory and the order that they have, with the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from threading import Condition

from connectionist_plugins.engines.compiled.layout.buffers import LANES
from connectionist_plugins.engines.compiled.population.arrays import PopulationArrays
from connectionist_plugins.engines.compiled.population.pack import CALL_SECONDS
from connectionist_plugins.engines.compiled.population.single import SingleTraining
from connectionist_plugins.engines.compiled.session import CompiledSession

THREADS_SHARE = 0.75  # of the estimate for several threads, for which it is up to a third too great


def most_to_take_out(session: CompiledSession, threads: int) -> int:
    """Return the number of networks that some threads train alone in less time than one thread trains them in lanes.

    The time of an epoch of all lanes over that of one network alone is estimated by formulas that were fitted to measurements (see
    ``benchmarks/last_networks.py``).
    """
    weights, cases, lanes = session.trained_weights.rows.size, session.per_change, LANES[session.precision]
    ratio = _ratio_by_case(weights, lanes) if cases == 1 else _ratio_by_block(weights, cases, lanes, session.program.wiring.blocks.size > 0)
    most = int(threads * ratio * (1.0 if threads == 1 else THREADS_SHARE))
    return min(lanes, max(threads, most))


def _ratio_by_block(weights: int, cases: int, lanes: int, is_dense: bool) -> float:
    """Return the estimate if the weights change after several cases.

    In lanes, each case takes a vector, and the change of the weights takes as long as two cases. Alone, as many cases as there are lanes
    take a vector. What each unit costs in an epoch is divided among fewer weights in a small network; the number of units is taken as the
    square root of that of weights. The sum of the lanes of each derivative of a single connection takes as long as a vector.
    """
    units = sqrt(max(1, weights))  # there is none if all are frozen
    vectors = -(-cases // lanes) * (1 + 1.5 / units)
    return (cases + 2) / (vectors + 0.35 + 13 / units + (0 if is_dense else 1))


def _ratio_by_case(weights: int, lanes: int) -> float:
    """Return the estimate if the weights change after each case. Alone, the weights of some units share a vector."""
    return lanes * (weights + 135) / (weights + 700)


class RemainingNetworks:
    """The networks that threads take out of their lanes.

    Parameters
    ----------
    arrays : PopulationArrays
    threads_with_lanes : int
        Number of threads that still train networks in lanes.
    """

    def __init__(self, arrays: PopulationArrays, threads_with_lanes: int) -> None:
        self.arrays = arrays
        self.threads_with_lanes, self.idle = threads_with_lanes, 0  # idle are the threads that wait for these networks
        self.waiting: list[int] = []
        self.changed = Condition()
        self._set_limit()

    def add(self, networks: Sequence[int]) -> None:
        """Add the networks that a thread has taken out of its lanes, which are empty then."""
        with self.changed:
            self.waiting.extend(networks)
            self.threads_with_lanes -= 1
            self.changed.notify_all()

    def train(self, check: Callable[[], None] = lambda: None) -> None:
        """Train networks, until none waits and all lanes are empty. The function `check` may raise an exception, which ends training."""
        single = None
        while (network := self._next(check)) is not None:
            if single is None or self.arrays.population.rates.size:
                with self.changed:  # since a session reads the network, and keeps things in it
                    single = SingleTraining(self.arrays, network)
            single.train(network, check)

    def _next(self, check: Callable[[], None]) -> int | None:
        """Return the next network; None without one. While this thread waits, the others take networks out of their lanes earlier."""
        with self.changed:
            self.idle += 1
            self._set_limit()
            while not self.waiting and self.threads_with_lanes and not self.arrays.is_stopped[0]:
                self.changed.wait(CALL_SECONDS)
                check()
            self.idle -= 1
            self._set_limit()
            return self._take() if self.waiting and not self.arrays.is_stopped[0] else None

    def _take(self) -> int:
        """Take the network that is likely to have the most epochs left. If it came last, the other threads would wait for it.

        With a criterion it is the one with the most epochs so far, since a network that learns slowly goes on to do so.
        """
        first = min if self.arrays.job.criterion is None else max
        network = first(self.waiting, key=self.arrays.population.epochs.__getitem__)
        self.waiting.remove(network)
        return network

    def _set_limit(self) -> None:
        self.arrays.population.most_to_take_out[0] = most_to_take_out(self.arrays.session, 1 + self.idle)
