"""Measure how much the inspector slows training, unwatched and watched, the frames per second, and the size of a frame.

A repeat is a training alone, one in an inspector, and one that a page watches, one after another. The ratios are medians over the repeats:
of the time on the clock, and of the processor time of the thread that trains, which depends less on other programs.

The page takes every frame at once and draws nothing. With --browser it is the page in Chromium, which draws with the same processors. Then
the table has two more columns: the processor time of the browser as a part of the time of training, and, when nothing trains, the pictures
of the network and the steps through a case in a second.

usage: python benchmarks/inspector.py [--browser] [REPEATS] [NETWORK ...]
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter, sleep, thread_time
from typing import Any

import inspector_browser
import numpy as np
from inspector_browser import Browser

import connectionist as cn
from connectionist.inspector.hub import Hub, Page
from connectionist.inspector.session import InspectorSession

WORK = {"xor": 10_000_000, "family-trees": 150_000, "10,000 units": 120}


@dataclass(frozen=True)
class Measured:
    """Seconds of a training, those of the processor in its thread, and the frames that a page took, with their size in bytes.

    In a browser also the seconds of its processes, and pictures and steps in a second when nothing trains.
    """

    seconds: float
    thread_seconds: float
    frames: int = 0
    size: int = 0
    browser_seconds: float = 0.0
    pictures: float = 0.0
    steps: float = 0.0


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


def inspected(name: str, *, watched: bool, browser: Browser | None = None) -> Measured:
    """Train in an inspector. If it is watched, its page takes every frame at once; with a browser, the page in it does."""
    net, examples, phase = make(name)

    def make_session(between: Callable[[], None]) -> InspectorSession:
        return InspectorSession(net, examples, [phase], engine=cn.engine("compiled"), seed=3, between=between)

    hub = Hub(make_session)
    if browser is not None:
        return in_browser(name, hub, browser)
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
    train(hub, 2)
    before = len(taken)
    train(hub, WORK[name])
    frames, size = len(taken) - before, len(taken[-1]) if taken else 0
    pages.clear()
    hub.close()
    return Measured(*times[-1], frames, size)


def in_browser(name: str, hub: Hub, browser: Browser) -> Measured:
    """Train in an inspector whose page is open in a browser. Then redraw the network, and step through a case."""
    with browser.page_of(hub) as page:
        times = _timed(hub.session)
        train(hub, 2)
        before, began = inspector_browser.frames_drawn(page), inspector_browser.processor_seconds()
        train(hub, WORK[name])
        used = inspector_browser.processor_seconds() - began
        frames = inspector_browser.frames_drawn(page) - before
        pictures, steps = page.evaluate(inspector_browser.REDRAW, 1), page.evaluate(inspector_browser.STEP, 1)
    hub.close()
    return Measured(*times[-1], frames, 0, used, pictures, steps)


def train(hub: Hub, epochs: int) -> None:
    """Train in an inspector, until what follows training is done."""
    hub.worker.submit(lambda: hub.session.training.start(epochs, None), pauses=True).result()
    while hub.session.training.is_wanted:
        sleep(0.001)
    hub.worker.submit(int).result()


def _timed(session: InspectorSession) -> list[tuple[float, float]]:
    """Return a list that gets the seconds of each training of a session, and those of the processor in its thread."""
    times, advance = list[tuple[float, float]](), session.advance

    def timed() -> None:
        began, thread_began = perf_counter(), thread_time()
        advance()
        times.append((perf_counter() - began, thread_time() - thread_began))

    session.advance = timed  # type: ignore[method-assign]
    return times


def main(repeats: int, names: list[str], browser: Browser | None) -> None:
    """Print medians over repeats."""
    print(
        f"{'':14}{'alone':>9}{'unwatched':>19}{'watched':>19}{'frames':>17}"
        + (f"{'browser':>9}{'idle':>17}" if browser else f"{'bytes':>9}")
    )
    print(f"{'':14}{'':9}{'clock':>11}{'thread':>8}{'clock':>11}{'thread':>8}")
    for name in names or WORK:
        rows = [(alone(name), inspected(name, watched=False), inspected(name, watched=True, browser=browser)) for _ in range(repeats)]
        ratios = [
            median(getattr(row[column], field) / getattr(row[0], field) for row in rows)
            for column in (1, 2)
            for field in ("seconds", "thread_seconds")
        ]
        base, rate = median(row[0].seconds for row in rows), median(row[2].frames / row[2].seconds for row in rows)
        text = "".join(f"{ratio:{width}.3f}" for ratio, width in zip(ratios, (11, 8, 11, 8), strict=True))
        used = median(row[2].browser_seconds / row[2].seconds for row in rows)
        idle = f"{median(row[2].pictures for row in rows):10.0f}/s{median(row[2].steps for row in rows):5.0f}/s"
        more = f"{100 * used:7.1f} %{idle}" if browser else f"{rows[0][2].size:9,}"
        print(f"{name:14}{base:8.2f}s{text}{median(row[2].frames for row in rows):8.0f}{rate:7.1f}/s{more}", flush=True)


if __name__ == "__main__":
    arguments = [each for each in sys.argv[1:] if each != "--browser"]
    chosen = int(arguments[0]) if arguments else 15, arguments[1:]
    if arguments == sys.argv[1:]:
        main(*chosen, None)
    else:
        with inspector_browser.open_browser() as found:
            if found is not None:
                main(*chosen, found)
