"""A browser, views of networks, and pages that click, drag and type in them."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import connectionist as cn
from connectionist.inspector.view import View

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60.0  # longest wait
PEOPLE = ["Ann", "Bea", "Cid", "Dan", "Eve", "Fay"]
PALETTE = {"negative": (38, 98, 168), "paper": (241, 239, 234), "positive": (214, 92, 26)}


def _missing(reason: str) -> None:
    """Skip the tests or, in CI, fail."""
    if os.environ.get("CI"):
        pytest.fail(f"the tests in a browser are required in CI, and {reason}")
    pytest.skip(f"the page of the inspector is not tested in a browser, because {reason}")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        _missing(f"none of {', '.join(PROGRAMS)} is installed")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        _missing("the package playwright is not installed")
    with sync_playwright() as playwright:
        temporary = str(tmp_path_factory.mktemp("b"))  # the browser leaves folders; the path of its socket must be short
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], env={**os.environ, "TMPDIR": temporary})
        yield found
        found.close()


def make_network(seed: int = 1) -> cn.Network:
    net = cn.Network("people")
    net.add_group("person", PEOPLE, role="input")
    net.add_group("hidden", 4)
    net.add_group("trait", ["kind", "tall", "loud"], role="output")
    net.connect("person", "hidden")
    net.connect("hidden", "trait")
    net.randomize(0.8, seed=seed)
    return net


def make_examples() -> cn.ExampleSet:
    targets = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1]]
    return cn.ExampleSet.from_arrays(np.eye(6), targets, names=[f"{name} asks" for name in PEOPLE])


@pytest.fixture
def make() -> Callable[[], tuple[cn.Network, cn.ExampleSet]]:
    return lambda: (make_network(), make_examples())


@pytest.fixture
def net() -> cn.Network:
    return make_network()


@pytest.fixture
def view(net: cn.Network) -> Iterator[View]:
    found = cn.inspect(net, make_examples(), cn.rule("momentum", rate=0.2), open_browser=False)
    yield found
    found.close()


class Page:
    """A page of a view, and what a person does in it. All numbers of the page come from its store."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.set_default_timeout(1000 * SECONDS)
        page.goto(url)
        self.until("frame !== null && description !== null && caseErrors !== null")
        self.settle()

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning") and "willReadFrequently" not in message.text:  # the tests read pixels, the page does not
            self.faults.append(message.text)

    def evaluate(self, code: str) -> Any:
        """Return the value of an expression of the fields of the state; `app` is the page."""
        return self.page.evaluate(
            f"() => {{ const app = document.body.inspector; if (!app) return undefined; "
            f"const {{ frame, film, description, curve, caseErrors, caseCorrect, locked, connection, lines, undo, tick, limit, "
            f"quantity, tab, view, message, isOpen, isUnrolled, hovered, place }} = app.store.state; return ({code}); }}"
        )

    def until(self, code: str, seconds: float = SECONDS) -> None:
        """Wait until an expression of the state is true."""
        end = time.perf_counter() + seconds
        while not self.evaluate(code):
            assert time.perf_counter() < end, f"not within {seconds} s: {code}; message {self.evaluate('message.text')!r}"
            time.sleep(0.01)

    def act(self, do: Callable[[], Any], code: str) -> None:
        do()
        self.until(code)

    def place(self, unit: int) -> tuple[float, float]:
        """Where a unit is on the screen."""
        box = self.page.locator("canvas.network").bounding_box()
        found = self.evaluate(f"app.network.centreOf({unit})")
        return box["x"] + found["x"], box["y"] + found["y"]

    def click_unit(self, unit: int) -> None:
        self.page.mouse.click(*self.place(unit))

    def hover_unit(self, unit: int) -> None:
        self.page.mouse.move(*self.place(unit))

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def tab_to(self, name: str, most: int = 120) -> None:
        """Press tab until the element with a name has the focus."""
        for _ in range(most):
            self.press("Tab")
            if self.focused() == name:
                return
        raise AssertionError(f"tab does not reach {name!r}")

    def focused(self) -> str:
        """The name of the element that has the focus, when what changed is drawn."""
        self.settle()
        return str(
            self.page.evaluate(
                "() => { const at = document.activeElement; return at.getAttribute('aria-label') || at.textContent.trim(); }"
            )
        )

    def type_into(self, name: str, text: str) -> None:
        """Replace a text by the keyboard, and leave it."""
        self.tab_to(name)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def colour(self, unit: int, copy: int = 0) -> tuple[int, ...]:
        """The colour of a pixel of a unit, above its centre, where no mark is drawn."""
        self.settle()
        return tuple(
            self.page.evaluate(
                "([unit, copy]) => { const app = document.body.inspector; const { x, y, size } = app.network.centreOf(unit, copy);"
                "const canvas = document.querySelector('canvas.network'); const ratio = canvas.width / canvas.clientWidth;"
                "const at = [x - size / 5, y - size / 5].map(each => ratio * each);"
                "return [...canvas.getContext('2d').getImageData(...at, 1, 1).data.slice(0, 3)]; }",
                [unit, copy],
            )
        )

    def settle(self) -> None:
        """Wait until what changed is drawn."""
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"
        )

    def values(self, name: str = "values") -> np.ndarray:
        """An array of the present frame."""
        data, shape = self.evaluate(f"[Array.from(frame.{name}.data, value => Number.isNaN(value) ? null : value), frame.{name}.shape]")
        return np.array([np.nan if value is None else value for value in data], dtype=float).reshape(shape)

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).first.inner_text())

    def numbers(self, selector: str) -> list[float]:
        """The numbers in the text of an element."""
        return [float(each.replace("−", "-")) for each in re.findall(r"[−-]?\d+\.\d+", self.text(selector))]


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def open_(view: View, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 720}, "accept_downloads": True} | options)
        pages.append(Page(context.new_page(), view.url))
        return pages[-1]

    yield open_
    for page in pages:
        page.page.context.close()
    assert [fault for page in pages for fault in page.faults] == []


@pytest.fixture
def page(open_page: Callable[..., Page], view: View) -> Page:
    return open_page(view)


def expected_colour(value: float, limit: float) -> tuple[int, ...]:
    """The colour of a value in the light theme."""
    step = round(128 * max(-1.0, min(1.0, value / limit))) / 128
    end = PALETTE["negative"] if step < 0 else PALETTE["positive"]
    return tuple(round(zero + abs(step) ** 0.8 * (other - zero)) for zero, other in zip(PALETTE["paper"], end, strict=True))


@pytest.fixture
def colour_of() -> Callable[[float, float], tuple[int, ...]]:
    return expected_colour
