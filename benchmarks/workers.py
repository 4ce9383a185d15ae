"""Processes with a given number of threads, in which the programs are timed.

JAX reads its number of threads at its start, from the variable NPROC (JAX 0.10 ignores other settings). NumPy, numba and PyTorch have
variables too. So the programs run in a process that starts with these variables. `timed` measures what the threads of the process did, and
raises SpreadError if more threads worked than the process may have.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from shutil import which
from types import TracebackType
from typing import Any, BinaryIO, TypeVar

VARIABLES = ("NPROC", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
MOST_SPREAD = 1.15  # processor time over wall time for each thread; with one thread also over the time of the busiest thread
LEAST_PROCESSORS = 1.9  # of two threads without common data, on a machine that is quiet
LEAST_SECONDS = 0.01  # processor time below which the threads are not compared

T = TypeVar("T")
Key = TypeVar("Key", str, tuple[str, str])


class SpreadError(Exception):
    """More threads worked than the process may have."""


class Times:
    """Wall and processor time of a timed block, in seconds."""

    wall = 0.0
    processor = 0.0


@contextmanager
def timed() -> Iterator[Times]:
    """Measure a block, and raise SpreadError if more threads worked in it than the variable NPROC says."""
    times, before = Times(), _thread_seconds()
    wall, processor = time.perf_counter(), time.process_time()
    yield times
    times.wall, times.processor = time.perf_counter() - wall, time.process_time() - processor
    after = _thread_seconds()
    check_spread(times, [seconds - before.get(thread, 0.0) for thread, seconds in after.items()])


def check_spread(times: Times, of_threads: Sequence[float]) -> None:
    """Raise SpreadError if the processor time of a block is spread over more threads than the variable NPROC says.

    One thread may work as long as the wall time, and no other thread may work beside it or in turn. The second condition holds on a machine
    with other work too, whose wall times are long.
    """
    allowed = int(os.environ.get("NPROC", "1"))
    longest = min(times.wall, max(of_threads, default=times.wall)) if allowed == 1 else times.wall
    if times.processor < LEAST_SECONDS or times.processor <= allowed * MOST_SPREAD * longest:
        return
    raise SpreadError(
        f"its processor time of {times.processor:.3g} s is {times.processor / longest:.3g} times "
        f"{'the wall time' if longest == times.wall else 'that of its busiest thread'}, more than {allowed * MOST_SPREAD:.3g}"
    )


def _thread_seconds() -> dict[str, float]:
    """Return the processor time of each thread of this process; nothing where the system does not list them."""
    if not sys.platform.startswith("linux"):
        return {}
    found = {}
    for thread in Path("/proc/self/task").iterdir():
        try:
            found[thread.name] = time.clock_gettime(
                (~int(thread.name) << 3) | 6
            )  # the clock of a thread, as pthread_getcpuclockid computes it
        except OSError:  # the thread has ended
            continue
    return found


class Worker:
    """A process that calls functions one after the other, with a given number of threads.

    Parameters
    ----------
    threads : int
        Number of threads that the libraries of the process may use.
    python : str
        Python of the environment. The functions must be importable from this folder, and use only what the environment has.
    """

    def __init__(self, threads: int, python: str = sys.executable) -> None:
        environment = os.environ | dict.fromkeys(VARIABLES, str(threads))
        self.process = subprocess.Popen(
            [python, str(Path(__file__).resolve())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self.process.terminate()
        self.process.communicate()  # closes its input, which ends it

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Call a function in the process. Return what it returns, or raise what it raises."""
        return self.begin(function, *arguments)()

    def begin(self, function: Callable[..., T], *arguments: object) -> Callable[[], T]:
        """Begin a call of a function in the process. Return a function that waits for it, as `call` does."""
        assert self.process.stdin is not None
        name = getattr(function, "__name__", str(function))
        try:
            pickle.dump((function, arguments), self.process.stdin)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._ended(name) from None
        return lambda: self._answer(name)

    def _answer(self, name: str) -> Any:
        assert self.process.stdout is not None
        try:
            has_returned, answer = pickle.load(self.process.stdout)
        except EOFError:
            raise self._ended(name) from None
        if not has_returned:
            raise answer
        return answer

    def _ended(self, name: str) -> SystemExit:
        return SystemExit(f"the process of {name} ended with status {self.process.wait()}")


def interleaved(calls: Mapping[Key, Callable[[], T]], repeats: int) -> tuple[dict[Key, list[T]], list[str]]:
    """Call each function once, then each again, and so on. Return the answers, and a sentence for each function that raised SpreadError.

    The first function is that of this project. If it raises SpreadError, the run ends.
    """
    answers: dict[Key, list[T]] = {key: [] for key in calls}
    rejected = []
    for _ in range(repeats):
        for key in tuple(answers):
            try:
                answers[key].append(calls[key]())
            except SpreadError as error:
                del answers[key]
                if key == next(iter(calls)):
                    raise SystemExit(f"the run has ended: in {key}, {error}") from error
                name = key if isinstance(key, str) else ", ".join(filter(None, map(str, key)))
                rejected.append(f"{name} is rejected, because {error}.")
    return answers, rejected


def quiet_rounds(
    calls: Mapping[str, Callable[[], T]], wanted: int, most: int, processors: Callable[[], float]
) -> tuple[list[dict[str, T]], int]:
    """Call each function in each of some rounds. Return the answers of the quiet ones, as many as are wanted, and how many rounds ran.

    A round is quiet if two threads without common data have two processors before it and after it.
    """
    found: list[dict[str, T]] = []
    for tried in range(most):
        before = processors()
        order = list(calls)[:: -1 if tried % 2 else 1]  # a call may be slower or faster after a certain other one
        answers = {row: calls[row]() for row in order}
        if min(before, processors()) >= LEAST_PROCESSORS:
            found.append(answers)
        if len(found) == wanted:
            return found, tried + 1
    return found, most


def free_processors(threads: int) -> float:
    """Return how many processors some threads without common data have now: their processor time over the wall time."""
    work = [threading.Thread(target=hashlib.pbkdf2_hmac, args=("sha256", b"", b"", 300_000)) for _ in range(threads)]
    wall, processor = time.perf_counter(), time.process_time()
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    return (time.process_time() - processor) / (time.perf_counter() - wall)


def program(name: str) -> str:
    """Return the path of a program given on the command line."""
    found = which(name)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be a program that can be run (got {name!r})")
    return found


def whole_number(text: str) -> int:
    """Return a number of at least 1 given on the command line."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1 (got {text!r})")
    return int(text)


def _answer(given: BinaryIO, answers: BinaryIO) -> None:
    """Answer calls until the input ends."""
    while True:
        try:
            function, arguments = pickle.load(given)
        except EOFError:
            return
        try:
            with redirect_stdout(sys.stderr):
                answer = True, function(*arguments)
        except Exception as error:  # the caller raises it
            answer = False, error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    # The module has a second name here, and exceptions must be those of the module that the caller imports.
    import workers

    workers._answer(sys.stdin.buffer, sys.stdout.buffer)
