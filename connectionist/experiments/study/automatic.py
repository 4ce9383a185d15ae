"""A study without a given number of workers: it begins in this process, and workers take over if much is left to do."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from connectionist.experiments.study.scheduler import Place, Scheduler
from connectionist.experiments.study.work import Work
from connectionist.learning.stop_signals import stop_signals


class MainThread(Executor):
    """Executes calls in the thread that calls `serve`, where the code of users and signals belong."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Return the future of a call that `serve` will execute."""
        future: Future[Any] = Future()

        def call() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(*arguments, **options))
            except Exception as error:
                future.set_exception(error)
            except BaseException as error:  # Ctrl-C
                future.set_exception(RuntimeError("interrupted"))
                raise error from None

        self._calls.put(call)
        return future

    def end(self) -> None:
        """Let `serve` return."""
        self._calls.put(None)

    def serve(self) -> None:
        """Execute calls until the end."""
        while True:
            stop_signals().allow()
            call = self._calls.get()
            if call is None:
                return
            call()


def run_automatically(scheduler: Scheduler, work: Work, more_places: Callable[[int], list[Place] | None] | None) -> None:
    """Make all runs in this thread at first, while another thread gives them out and keeps the results. The errors are those of `run`."""
    main = MainThread()
    errors: list[BaseException] = []
    scheduler.places = [Place(main, work, 1)]
    scheduler.more_places = more_places

    def give_out() -> None:
        try:
            scheduler.run()
        except BaseException as error:
            errors.append(error)
        finally:
            main.end()

    thread = threading.Thread(target=give_out, daemon=True)
    thread.start()
    try:
        main.serve()
    except KeyboardInterrupt:
        scheduler.stop()
        thread.join()
        raise
    thread.join()
    for error in errors:
        raise error
