"""Running one kernel in several threads at once, as a crew."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from connectionist_plugins.engines.compiled.crews import Crew


def run_together(threads: int, kernel: Callable[..., Any], *arguments: Any) -> Any:
    """Run a kernel in so many threads, and return what it answers to the first.

    Parameters
    ----------
    threads : int
    kernel : callable
        Compiled to run without the interpreter's lock; its last argument is the `Crew`.
    *arguments
    """
    arrivals = np.zeros(1, np.int64)
    if threads == 1:
        return kernel(*arguments, Crew(0, 1, arrivals))
    with ThreadPoolExecutor(threads - 1) as pool:
        others = [pool.submit(kernel, *arguments, Crew(rank, threads, arrivals)) for rank in range(1, threads)]
        answer = kernel(*arguments, Crew(0, threads, arrivals))
        for other in others:
            other.result()
    return answer
