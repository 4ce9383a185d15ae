"""Measure how much the inspector slows training, unwatched and watched, the frames per second, and the size of a frame.

usage: python benchmarks/inspector.py [REPEATS]
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter, sleep
from typing import Any

import numpy as np

import connectionist as cn
from connectionist.inspector.hub import Hub, Page
from connectionist.inspector.session import InspectorSession

WORK = {"xor": 3_000_000, "family-trees": 30_000, "10,000 units": 200}


@dataclass(frozen=True)
class Measured:
    """Seconds of a training, and the frames that a page took meanwhile, with their size in bytes."""

    seconds: float
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
    began = perf_counter()
    cn.train(net, examples, phase.rule, WORK[name], continue_from=run)
    return Measured(perf_counter() - began)


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
    for epochs in (2, WORK[name]):
        hub.worker.submit(lambda epochs=epochs: hub.session.training.start(epochs, None), pauses=True).result()  # type: ignore[misc]
        began, before = perf_counter(), len(taken)
        while hub.session.training.is_wanted:
            sleep(0.001)
        seconds = perf_counter() - began
    frames, size = len(taken) - before, len(taken[-1]) if taken else 0
    pages.clear()
    hub.close()
    return Measured(seconds, frames, size)


def main(repeats: int = 5) -> None:
    """Print medians over repeats in turn."""
    print(f"{'':14}{'alone':>9}{'unwatched':>11}{'watched':>9}{'frames':>9}{'bytes':>9}")
    for name in WORK:
        rows = [(alone(name), inspected(name, watched=False), inspected(name, watched=True)) for _ in range(repeats)]
        base, unwatched, watched = (median(row[column].seconds for row in rows) for column in range(3))
        frames = median(row[2].frames / row[2].seconds for row in rows)
        size = rows[0][2].size
        print(f"{name:14}{base:8.2f}s{unwatched / base:11.3f}{watched / base:9.3f}{frames:7.1f}/s{size:9,}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
