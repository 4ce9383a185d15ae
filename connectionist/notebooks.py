"""One line in a notebook that is written anew as work goes on: a bar of HTML, with plain text beside it for front ends without.

The bars of rich need ipywidgets in a notebook, and warn where that is not installed; the notebook's own updating display does not.
"""

from __future__ import annotations

import importlib
import sys
from html import escape
from time import monotonic
from typing import Any

SECONDS_BETWEEN = 0.1  # more often nobody sees, and every update is a message to the browser


def in_notebook() -> bool:
    """Whether this runs in the kernel of a notebook, whose outputs can be updated."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class Line:
    """A bar with words beside it.

    Parameters
    ----------
    title : str
    unit : str
        What is counted.
    """

    def __init__(self, title: str, unit: str) -> None:
        self._title, self._unit = title, unit
        self._started = monotonic()
        self._shown = 0.0
        self._done = 0
        self._state = ""
        display: Any = importlib.import_module("IPython.display")
        self._handle = display.display(_bundle(title, 0, 1, "…"), raw=True, display_id=True)

    def update(self, done: int, total: int, state: str) -> None:
        """Show how far it has come, unless it was shown just now."""
        self._done, self._state = done, state
        if monotonic() - self._shown >= SECONDS_BETWEEN:
            self._show(total, f"{done}/{total} {self._unit} · {state} · {self._left(total)} left")

    def finish(self) -> None:
        """Show where it ended, with a full bar."""
        self._show(self._done, f"{self._done} {self._unit} · {self._state} · {_clock(monotonic() - self._started)}")

    def _show(self, total: int, words: str) -> None:
        self._shown = monotonic()
        self._handle.update(_bundle(self._title, self._done, total, words), raw=True)

    def _left(self, total: int) -> str:
        return _clock((monotonic() - self._started) * (total - self._done) / max(self._done, 1))


def _clock(seconds: float) -> str:
    """Return a time as minutes and seconds.

    Examples
    --------
    >>> _clock(83.4)
    '1:23'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _bundle(title: str, done: int, total: int, words: str) -> dict[str, str]:
    bar = f'<progress value="{done}" max="{max(total, 1)}"></progress>'
    return {"text/html": f"<div>{escape(title)} {bar} {escape(words)}</div>", "text/plain": f"{title}: {words}"}
