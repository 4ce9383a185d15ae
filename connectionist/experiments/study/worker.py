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
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from connectionist.experiments.study.executors import READY, WarningText, receive, send
from connectionist.utils.caller_warnings import given_to
from connectionist.utils.worker_process import become_worker

Calls = queue.SimpleQueue[Any]


def main() -> None:
    """Execute calls until the other process ends."""
    become_worker()
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
    """Return whether a call returned a result, the result or the exception, and the warnings, pickled."""
    given: dict[WarningText, None] = {}
    try:
        if isinstance(call, Exception):
            raise call
        function, arguments, options = call
        with _collected(given):
            result = function(*arguments, **options)
        return pickle.dumps((True, result, [*given]))
    except Exception as error:
        try:
            return pickle.dumps((False, error, [*given]))
        except Exception:  # not every exception can be pickled
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}"), [*given]))


@contextmanager
def _collected(given: dict[WarningText, None]) -> Iterator[None]:
    """Collect the warnings in the context: text, category and topic. A category of other modules counts as UserWarning."""

    def show(message: Warning | str, category: type[Warning], *_: Any) -> None:
        given[str(message), category if category.__module__ == "builtins" else UserWarning, ""] = None

    def receive(message: str, topic: str) -> None:
        given[message, UserWarning, topic] = None

    with warnings.catch_warnings(), given_to(receive):
        warnings.showwarning = show  # type: ignore[assignment]
        yield
