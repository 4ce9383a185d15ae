"""The page of the inspector in a browser, for `benchmarks/inspector.py --browser`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any

from connectionist.inspector.hub import Hub
from connectionist.inspector.view import View

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
IS_OPEN = "() => { const { state } = document.body.inspector?.store ?? {}; return Boolean(state?.frame && state.caseErrors); }"
COUNT_FRAMES = "() => { window.frames_drawn = 0; document.body.inspector.store.on(['frame'], () => (window.frames_drawn += 1)); }"
REDRAW = """async seconds => {
    const { chart } = document.body.inspector.network;
    const [began, end] = [performance.now(), performance.now() + 1000 * seconds];
    let pictures = 0;
    while (performance.now() < end) {
        chart.redraw();
        await new Promise(requestAnimationFrame);
        pictures += 1;
    }
    return (1000 * pictures) / (performance.now() - began);
}"""
STEP = """async seconds => {
    const { act } = document.body.inspector;
    await act("step", { by: "unit" }); // which begins a walk through the case
    const [began, end] = [performance.now(), performance.now() + 1000 * seconds];
    let steps = 0;
    while (performance.now() < end) {
        await act("step", { by: "unit" });
        await new Promise(requestAnimationFrame);
        steps += 1;
    }
    return (1000 * steps) / (performance.now() - began);
}"""


class Browser:
    """A browser without a window, which draws with the processor."""

    def __init__(self, found: Any) -> None:
        self.found = found

    @contextmanager
    def page_of(self, hub: Hub) -> Iterator[Any]:
        """Open a page of a session, in sight and with all that it shows at first."""
        view = View(hub)
        context = self.found.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.goto(view.url)
        while not page.evaluate(IS_OPEN):
            sleep(0.02)
        page.evaluate(COUNT_FRAMES)
        try:
            yield page
        finally:
            context.close()


@contextmanager
def open_browser() -> Iterator[Browser | None]:
    """Open a browser; None, after a sentence, where there is none."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        program = None
    if program is None:
        print(f"The page in a browser is not measured: it needs one of {', '.join(PROGRAMS)}, and the package playwright.")
        yield None
        return
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield Browser(found)
        found.close()


def frames_drawn(page: Any) -> int:
    """Return how many frames a page has drawn."""
    return int(page.evaluate("() => window.frames_drawn"))


def processor_seconds() -> float:
    """Return the processor time of all processes that this one has started, and that they have started; NaN where there is no /proc."""
    parents, seconds = dict[int, int](), dict[int, float]()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        parents[int(folder.name)] = int(fields[1])
        seconds[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    if not seconds:
        return float("nan")
    total, known = 0.0, [os.getpid()]
    while known:
        known = [process for process, parent in parents.items() if parent in known]
        for process in known:
            total += seconds[process]
    return total
