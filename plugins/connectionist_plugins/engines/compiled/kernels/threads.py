"""Run one kernel in several threads at once."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist_plugins.engines.compiled.kernel_compiler.structs import packed
from connectionist_plugins.engines.compiled.kernels.barrier import ABANDONED, ThreadTeam


@cache
def processor_count() -> int:
    """Return the number of processors on which this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _yield_address() -> int:
    """Return the address of the C function that yields the processor to another thread, or 0."""
    for library, name in ((None, "sched_yield"), ("kernel32", "SwitchToThread")):
        with suppress(OSError, AttributeError, TypeError):
            return ctypes.cast(getattr(ctypes.CDLL(library), name), ctypes.c_void_p).value or 0
    return 0


@cache
def pause_address() -> int:
    """Return the address of the C function that pauses a thread for a number of microseconds, or of one that yields, or 0."""
    with suppress(OSError, AttributeError, TypeError):
        return ctypes.cast(ctypes.CDLL(None).usleep, ctypes.c_void_p).value or 0
    return _yield_address()


@cache
def _one_thread() -> ThreadTeam:
    """Return a team of one thread, as kernels take it. It has no state, so all calls share it."""
    return packed(ThreadTeam(0, 1, np.zeros(1, np.int64), _yield_address()), "float64")


@contextmanager
def _abandoned_on_failure(arrivals: npt.NDArray[np.int64]) -> Iterator[None]:
    """Abandon the team if the block raises. Otherwise the other threads would wait for ever."""
    try:
        yield
    except BaseException:
        arrivals[:] = ABANDONED
        raise


def run_in_threads(threads: int, run: Callable[[ThreadTeam], Any]) -> Any:
    """Run a kernel in several threads, and return its result in the first thread.

    Parameters
    ----------
    threads : int
        Number of threads, at least 1. The calling thread is the first of them. The others have copies of its context variables.
    run : callable
        Runs the kernel in one thread. It takes the `ThreadTeam`.
    """
    if threads == 1:
        return run(_one_thread())
    arrivals, yield_address = np.zeros(1, np.int64), _yield_address()

    def run_rank(rank: int) -> Any:
        with _abandoned_on_failure(arrivals):
            return run(ThreadTeam(rank, threads, arrivals, yield_address))

    with ThreadPoolExecutor(threads - 1) as pool:
        with _abandoned_on_failure(arrivals):  # starting a thread may fail too
            others = [pool.submit(copy_context().run, run_rank, rank) for rank in range(1, threads)]
        result = run_rank(0)
        for other in others:
            other.result()
    return result
