"""Where the chunks of a study are executed: in this process, in worker processes of this machine, or by any executor of Python."""

from __future__ import annotations

import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import IO, Any

from connectionist.errors import ConnectionistError
from connectionist.utils.caller_warnings import warn_caller

COMMAND = "from connectionist.experiments.study.worker import main; main()"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
WarningText = tuple[str, type[Warning], str]  # text, category and topic
LENGTH = struct.Struct("<Q")
READY = "ready"
SECONDS_TO_END = 2.0  # of a process that has closed its output

_has_one_processor: ContextVar[bool] = ContextVar("_has_one_processor", default=False)


class WorkerEnded(BrokenExecutor):
    """A worker process ended before it had returned a result."""


class WorkerStartError(ConnectionistError, RuntimeError):
    """A worker process could not start."""


@contextmanager
def this_processor_only() -> Iterator[None]:
    """Let `processors` return 1 in the block, so that studies inside the runs of a study start no workers."""
    token = _has_one_processor.set(True)
    try:
        yield
    finally:
        _has_one_processor.reset(token)


def processors() -> int:
    """Return the number of processors that this process may use; 1 in the runs of a study."""
    if _has_one_processor.get():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ThisProcess(Executor):
    """Executes each call at once, in this thread. Ctrl-C is raised where it comes."""

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Execute a call, and return a future that has its result."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*arguments, **options))
        except Exception as error:
            future.set_exception(error)
        return future


class WorkerProcesses(Executor):
    """Processes of this machine, each with one thread. They do not import the program of the user, but only what the calls need.

    A process that ends is replaced at the next call. The processes end when this process ends, however that happens. `shutdown` gives each
    of their warnings once.

    Parameters
    ----------
    workers : int
        Number of processes, at least 1. Each is started at its first call.
    """

    def __init__(self, workers: int) -> None:
        self._calls: queue.SimpleQueue[tuple[Future[Any], bytes] | None] = queue.SimpleQueue()
        self._workers = [_Worker() for _ in range(workers)]
        self._threads = [threading.Thread(target=self._serve, args=(worker,), daemon=True) for worker in self._workers]
        self._is_ended = False
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        """Let a process execute a call. Its arguments and its result are pickled."""
        future: Future[Any] = Future()
        self._calls.put((future, pickle.dumps((function, arguments, options))))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes, after the calls that were submitted unless `cancel_futures` is true; then also those that run."""
        self._is_ended = self._is_ended or cancel_futures
        for _ in self._threads:
            self._calls.put(None)
        if cancel_futures:
            for worker in self._workers:
                worker.end()
        if wait:
            for thread in self._threads:
                thread.join()
            for text, category, topic in self._take_warnings():
                warn_caller(text, category, topic)

    def _take_warnings(self) -> list[WarningText]:
        """Return the different warnings of all workers, and forget them."""
        found = dict.fromkeys(each for worker in self._workers for each in worker.warnings)
        for worker in self._workers:
            worker.warnings.clear()
        return [*found]

    def _serve(self, worker: _Worker) -> None:
        """Give calls to a worker until the end."""
        while (call := self._calls.get()) is not None:
            future, content = call
            if self._is_ended or not future.set_running_or_notify_cancel():
                future.cancel()
                continue
            try:
                future.set_result(worker.call(content))
            except BaseException as error:  # also what the call raised
                future.set_exception(error)
        worker.end()


class _Worker:
    """One worker process, which is started at the first call and after it has ended.

    Attributes
    ----------
    warnings : dict
        Warnings of the calls that have ended, each once.
    """

    def __init__(self) -> None:
        self.warnings: dict[WarningText, None] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def call(self, content: bytes) -> Any:
        """Return the result of a pickled call, or raise its exception.

        Raises
        ------
        WorkerEnded
            If the process ends first.
        WorkerStartError
            If it cannot start.
        """
        process = self._process if self._process is not None and self._process.poll() is None else self._start()
        try:
            send(process.stdin, content)
            is_result, value, warnings = receive(process.stdout)
        except (OSError, EOFError, ValueError):  # ValueError: a pipe that `end` has closed
            with suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_TO_END)  # or `end` would be what ends it
            self.end()
            raise WorkerEnded(f"its worker process ended ({_ending(process.wait())})") from None
        self.warnings |= dict.fromkeys(warnings)
        if is_result:
            return value
        raise value

    def _start(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100
        own_session: dict[str, Any] = (
            {"start_new_session": True} if os.name == "posix" else {"creationflags": 0x200}
        )  # so that Ctrl-C does not reach it
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-c", COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
            **own_session,
        )
        self._process = process
        try:
            if receive(process.stdout) != READY:
                raise EOFError
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
            self.end()
            raise WorkerStartError(f"study: a worker process could not start ({_ending(process.wait())})") from None
        return process

    def end(self) -> None:
        """End the process at once."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()


def send(pipe: IO[bytes] | None, content: bytes) -> None:
    """Write a message into a pipe."""
    assert pipe is not None
    pipe.write(LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes] | None) -> Any:
    """Read a message that the other process of a pipe has pickled.

    Raises
    ------
    EOFError
        If the other process has ended.
    """
    assert pipe is not None
    header = pipe.read(LENGTH.size)
    if len(header) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(header)
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit status {code}"
