"""The program of a worker process: it executes calls that come through its standard input.

A thread reads the calls, so that the process ends as soon as the process that started it has ended, also in the middle of a run. What the
code of a run prints goes to standard error, and standard input is empty for it.
"""

from __future__ import annotations

import gc
import os
import pickle
import queue
import threading
from typing import IO, Any

from connectionist.experiments.study.executors import READY, receive, send

Calls = queue.SimpleQueue[Any]


def main() -> None:
    """Execute calls until the other process ends."""
    calls_in, results_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    calls: Calls = queue.SimpleQueue()
    threading.Thread(target=_read, args=(calls_in, calls), daemon=True).start()
    send(results_out, pickle.dumps(READY))
    send(results_out, _answer(calls.get()))
    gc.freeze()  # what was imported is never garbage; without this, collections of networks take a fifth of the time of short runs
    while True:
        send(results_out, _answer(calls.get()))


def _read(pipe: IO[bytes], calls: Calls) -> None:
    """Read calls, and end the process when there are no more."""
    while True:
        try:
            calls.put(receive(pipe))
        except (EOFError, OSError):
            os._exit(0)
        except Exception as error:  # the call cannot be unpickled here
            calls.put(error)


def _answer(call: Any) -> bytes:
    """Return whether a call returned a result, and the result or the exception, pickled."""
    try:
        if isinstance(call, Exception):
            raise call
        function, arguments, options = call
        return pickle.dumps((True, function(*arguments, **options)))
    except Exception as error:
        try:
            return pickle.dumps((False, error))
        except Exception:  # not every exception can be pickled
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
