"""Several threads that run one kernel, each on its share: of the cases in a pass, of the weights when derivatives are summed and changed.

No number depends on who computes it: cases do not meet before derivatives are summed over them, and then one thread sums one weight's.
So there are the same bits with any number of threads.
"""

# mypy: disable-error-code="no-untyped-def,untyped-decorator"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from connectionist_plugins.engines.compiled.numba_runtime.c_calls import address_of, call
from connectionist_plugins.engines.compiled.numba_runtime.code_cache import part

# Looks at the count before a waiting thread lets others run. The others mostly come soon, and then looking is quicker than a call of the
# system; but where fewer processors are free than there are threads, who is waited for may need this one.
PATIENCE = 1000
EVERYBODY = 2**62  # arrivals at which a crew is abandoned: one of its threads failed, and nobody is to wait for it


class ThreadTeam(NamedTuple):
    """One thread's place among those that run a kernel.

    Attributes
    ----------
    rank, size : int
        Its number, from 0, and how many there are.
    arrivals : int array [1]
        How often threads have come to a meeting so far, all together.
    let_others : int
        Address of the function by which a thread lets others run in its place, 0 where there is none.
    """

    rank: int
    size: int
    arrivals: npt.NDArray[np.int64]
    let_others: int


@intrinsic
def _arrive(_context: Any, place: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        pointer = builder.inttoptr(given[0], ir.PointerType(ir.IntType(64)))
        return builder.atomic_rmw("add", pointer, ir.IntType(64)(1), "seq_cst")

    return types.int64(types.int64), build


@intrinsic
def _count(_context: Any, place: Any) -> Any:  # noqa: ARG001  (numba passes it)
    def build(_: Any, builder: Any, __: Any, given: Any) -> Any:
        pointer = builder.inttoptr(given[0], ir.PointerType(ir.IntType(64)))
        return builder.load_atomic(pointer, "seq_cst", 8)

    return types.int64(types.int64), build


arrive: Any = _arrive
count_of: Any = _count


@part
def meet(crew):
    """Wait until every thread of the crew has come here, and return whether to go on: not when the crew is abandoned."""
    if crew.size == 1:
        return True
    place = address_of(crew.arrivals)
    before, waited = arrive(place), 0
    all_there = min((before // crew.size + 1) * crew.size, EVERYBODY)  # who comes when it is abandoned does not wait
    while count_of(place) < all_there:
        waited += 1
        if waited > PATIENCE and crew.let_others != 0:
            call(crew.let_others, ())
    return count_of(place) < EVERYBODY


@part
def share(rank, threads, total, unit):
    """Return the first and the end of this thread's share of a total, in whole units but for the last one's."""
    if threads == 1:
        return 0, total
    units = (total + unit - 1) // unit
    first, end = units * rank // threads * unit, units * (rank + 1) // threads * unit
    return min(first, total), min(end, total)
