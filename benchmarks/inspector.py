"""Measure how much the inspector slows training, unwatched and watched, the frames per second, and the size of a frame.

A repeat is a training alone, one in an inspector, and one that a page watches, one after another. The ratios are medians over the repeats:
of the time on the clock, and of the processor time of the thread that trains, which depends less on other programs.

usage: python benchmarks/inspector.py [REPEATS] [NETWORK ...]
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter, sleep, thread_time
from typing import Any

import numpy as np

import connectionist as cn
from connectionist.inspector.hub import Hub, Page
from connectionist.inspector.session import InspectorSession

WORK = {"xor": 3_000_000, "family-trees": 30_000, "10,000 units": 60}


@dataclass(frozen=True)
class Measured:
    """Seconds of a training, those of the processor in its thread, and the frames that a page took, with their size in bytes."""

    seconds: float
    thread_seconds: float
    frames: int = 0
    size: int = 0


def make(name: str) -> tuple[cn.Network, cn.ExampleSet, cn.Phase]:
    """Return a network, examples, and how they are trained."""
    if name != "10,000 units":
        task = cn.task(name).for_seed(3)
        return task.network(seed=3), task.training_examples, task.phases[-1]
    net, rng = cn.Network(name), np.random.default_rng(0)
    net.add_group("input", 3000, role="input"), net.add_group("hidden", 4000), net.add_group("output", 3000, role="output")
    net.connect("input", "hidden", pattern=cn.Random(probability=0.02, seed=1))
    net.connect("hidden", "output", pattern=cn.Random(probability=0.02, seed=2))
    net.randomize(0.1, seed=1)
    patterns = (rng.random((2, 100, 3000)) < 0.1).astype(float)
    return net, cn.ExampleSet.from_arrays(*patterns), cn.Phase(cn.rule("momentum", rate=0.001), 1)


def alone(name: str) -> Measured:
    """Train without an inspector."""
    net, examples, phase = make(name)
    settings: dict[str, Any] = {"seed": 3, "update_after": phase.update_after, "order": phase.order}
    run = cn.train(net, examples, phase.rule, 2, **settings)
    began, thread_began = perf_counter(), thread_time()
    cn.train(net, examples, phase.rule, WORK[name], continue_from=run)
    return Measured(perf_counter() - began, thread_time() - thread_began)


def inspected(name: str, *, watched: bool) -> Measured:
    """Train in an inspector, whose page takes every frame at once if it is watched."""
    net, examples, phase = make(name)

    def make_session(between: Callable[[], None]) -> InspectorSession:
        return InspectorSession(net, examples, [phase], engine=cn.engine("compiled"), seed=3, between=between)

    hub = Hub(make_session)
    news, taken, pages = threading.Event(), list[bytes](), list[Page]()

    def take() -> None:
        while pages:
            news.wait(0.1)
            news.clear()
            taken.extend(data for page in pages for data in page.take() if data[4:20] == b'{"kind":"frame",')

    if watched:
        pages.append(hub.open_page(news.set))
        threading.Thread(target=take, daemon=True).start()
    times = _timed(hub.session)
    for epochs in (2, WORK[name]):
        before = len(taken)
        hub.worker.submit(lambda epochs=epochs: hub.session.training.start(epochs, None), pauses=True).result()  # type: ignore[misc]
        while hub.session.training.is_wanted:
            sleep(0.001)
    hub.worker.submit(int).result()  # when what follows training is done
    frames, size = len(taken) - before, len(taken[-1]) if taken else 0
    pages.clear()
    hub.close()
    return Measured(*times[-1], frames, size)


def _timed(session: InspectorSession) -> list[tuple[float, float]]:
    """Return a list that gets the seconds of each training of a session, and those of the processor in its thread."""
    times, advance = list[tuple[float, float]](), session.advance

    def timed() -> None:
        began, thread_began = perf_counter(), thread_time()
        advance()
        times.append((perf_counter() - began, thread_time() - thread_began))

    session.advance = timed  # type: ignore[method-assign]
    return times


def main(repeats: int, *names: str) -> None:
    """Print medians over repeats."""
    print(f"{'':14}{'alone':>9}{'unwatched':>19}{'watched':>19}{'frames':>17}{'bytes':>9}")
    print(f"{'':14}{'':9}{'clock':>11}{'thread':>8}{'clock':>11}{'thread':>8}")
    for name in names or WORK:
        rows = [(alone(name), inspected(name, watched=False), inspected(name, watched=True)) for _ in range(repeats)]
        ratios = [
            median(getattr(row[column], field) / getattr(row[0], field) for row in rows)
            for column in (1, 2)
            for field in ("seconds", "thread_seconds")
        ]
        base, rate = median(row[0].seconds for row in rows), median(row[2].frames / row[2].seconds for row in rows)
        text = "".join(f"{ratio:{width}.3f}" for ratio, width in zip(ratios, (11, 8, 11, 8), strict=True))
        print(f"{name:14}{base:8.2f}s{text}{median(row[2].frames for row in rows):8.0f}{rate:7.1f}/s{rows[0][2].size:9,}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 15, *sys.argv[2:])
