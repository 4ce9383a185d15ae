"""A barrier for threads that run one kernel together.

Each thread runs the passes for a slice of the cases. Then it sums and changes the derivatives of a slice of the weights. One thread
alone computes each number, in a fixed order, so the results have the same bits for any number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

from connectionist_plugins.engines.compiled.kernel_compiler.intrinsics import address_of, call, increment_counter, read_counter
from connectionist_plugins.engines.compiled.kernel_compiler.kernel import inline
from connectionist_plugins.engines.compiled.kernel_compiler.types import Integers

# Number of reads of the counter before a waiting thread yields its processor. The other threads usually arrive soon, and a read is
# faster than a system call. With fewer free processors than threads, the missing thread may need the processor of the waiting one.
SPINS_BEFORE_YIELD = 1000
ABANDONED = 2**62  # value of the arrival counter after a thread failed: no thread waits any longer


class ThreadTeam(NamedTuple):
    """One thread among those that run a kernel together.

    Attributes
    ----------
    rank : int
        Index of this thread, from 0.
    size : int
        Number of threads.
    arrivals : int array [1]
        Number of arrivals at a barrier so far, summed over all threads.
    yield_address : int
        Address of the C function that yields the processor to another thread; 0 if the platform has none.
    """

    rank: int
    size: int
    arrivals: Integers
    yield_address: int


@inline
def barrier(team: ThreadTeam) -> bool:
    """Wait until every thread of the team has arrived. Return False if a thread failed and the team is abandoned, else True."""
    if team.size == 1:
        return True
    address = address_of(team.arrivals)
    before, spins = increment_counter(address), 0
    complete = min((before // team.size + 1) * team.size, ABANDONED)  # the minimum: in an abandoned team nobody waits
    while read_counter(address) < complete:
        spins += 1
        if spins > SPINS_BEFORE_YIELD and team.yield_address != 0:
            call(team.yield_address, ())
    return read_counter(address) < ABANDONED


@inline
def slice_of(rank: int, threads: int, total: int, unit: int) -> tuple[int, int]:
    """Return the begin and the end of a thread's slice of `total` items. Slices begin at multiples of `unit`."""
    if threads == 1:
        return 0, total
    units = (total + unit - 1) // unit
    begin, end = units * rank // threads * unit, units * (rank + 1) // threads * unit
    return min(begin, total), min(end, total)
