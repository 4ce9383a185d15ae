"""The thread of a session. Everything that reads or changes the session runs in it, one thing after another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from connectionist.inspector.training import Paused
from connectionist.utils.caller_warnings import given_to


class Worker:
    """Runs calls in one thread, and trains in between.

    Parameters
    ----------
    train : function
        Called when no call waits; it returns after how many seconds it is called again, if no call comes.
    idle : function
        Called every `seconds` when there is nothing to do.
    failed : function
        Called with what one of the two has raised. The thread goes on.
    warned : function
        Called with each warning that the simulator gives in the thread, and its topic.
    """

    def __init__(
        self,
        train: Callable[[], float],
        idle: Callable[[], None],
        failed: Callable[[BaseException], None],
        warned: Callable[[str, str], None],
        seconds: float = 0.5,
    ) -> None:
        self._train, self._idle, self._failed, self._warned, self._seconds = train, idle, failed, warned, seconds
        self._calls: deque[tuple[Callable[[], Any], Future[Any], bool]] = deque()
        self._wake = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="connectionist inspector", daemon=True)
        self._thread.start()

    def submit(self, call: Callable[[], Any], *, pauses: bool = False) -> Future[Any]:
        """Run a call in the thread. While the network trains, it runs after the present block of epochs.

        With `pauses`, training ends there and begins again after the call, so that the call may change the network.
        """
        future: Future[Any] = Future()
        with self._wake:
            if self._is_closed:
                future.cancel()
            else:
                self._calls.append((call, future, pauses))
                self._wake.notify()
        return future

    def between(self) -> None:
        """Run the calls that wait, between two blocks of training.

        Raises
        ------
        Paused
            If the next call changes the network, or the worker is closed.
        """
        while True:
            with self._wake:
                if self._is_closed or (self._calls and self._calls[0][2]):
                    raise Paused
                if not self._calls:
                    return
                call, future, _ = self._calls.popleft()
            _run_call(call, future)

    def close(self, timeout: float = 10.0) -> None:
        """End the thread after the present block of training."""
        with self._wake:
            self._is_closed = True
            while self._calls:
                self._calls.popleft()[1].cancel()
            self._wake.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout)

    def _run(self) -> None:
        with given_to(self._warned):
            self._work()

    def _work(self) -> None:
        while True:
            with self._wake:
                if self._is_closed:
                    return
                call, future, _ = self._calls.popleft() if self._calls else (None, Future[Any](), False)
            if call is not None:
                _run_call(call, future)
            elif (seconds := self._guarded(self._train)) > 0:
                with self._wake:
                    is_idle = not self._calls and not self._is_closed and not self._wake.wait(seconds)
                if is_idle and seconds == self._seconds:
                    self._guarded(self._idle)

    def _guarded(self, call: Callable[[], float | None]) -> float:
        """Return what a call returns, at most `seconds`, also if it raises an error. A page could not be answered if the thread ended."""
        try:
            return min(call() or 0.0, self._seconds)
        except BaseException as error:
            self._failed(error)
            return self._seconds


def _run_call(call: Callable[[], Any], future: Future[Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)
