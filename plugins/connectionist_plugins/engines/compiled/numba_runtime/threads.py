"""Running one kernel in several threads at once, as a crew."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from connectionist_plugins.engines.compiled.numba_runtime.barrier import EVERYBODY, ThreadTeam


@cache
def processors() -> int:
    """Return on how many processors this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _let_others() -> int:
    for library, name in ((None, "sched_yield"), ("kernel32", "SwitchToThread")):
        with suppress(OSError, AttributeError, TypeError):
            return ctypes.cast(getattr(ctypes.CDLL(library), name), ctypes.c_void_p).value or 0
    return 0


@contextmanager
def _abandoned_on_failure(arrivals: npt.NDArray[np.int64]) -> Iterator[None]:
    """Let the others of a crew go when what is done here fails: they would wait for ever."""
    try:
        yield
    except BaseException:
        arrivals[:] = EVERYBODY
        raise


def run_together(threads: int, kernel: Callable[..., Any], *arguments: Any) -> Any:
    """Run a kernel in so many threads, and return what it answers to the first.

    Parameters
    ----------
    threads : int
    kernel : callable
        Compiled to run without the interpreter's lock; its last argument is the `ThreadTeam`.
    *arguments
    """
    arrivals, let_others = np.zeros(1, np.int64), _let_others()
    if threads == 1:
        return kernel(*arguments, ThreadTeam(0, 1, arrivals, let_others))

    def take_part(rank: int) -> Any:
        with _abandoned_on_failure(arrivals):
            return kernel(*arguments, ThreadTeam(rank, threads, arrivals, let_others))

    with ThreadPoolExecutor(threads - 1) as pool:
        with _abandoned_on_failure(arrivals):  # a thread may not even start
            others = [pool.submit(take_part, rank) for rank in range(1, threads)]
        answer = take_part(0)
        for other in others:
            other.result()
    return answer
