"""A progress bar for notebooks, in HTML.

The bars of rich need ipywidgets in a notebook and warn if it is not installed. An updating display of IPython needs nothing else.
"""

from __future__ import annotations

import importlib
import sys
from html import escape
from time import monotonic
from typing import Any

SECONDS_BETWEEN_UPDATES = 0.1  # each update sends a message to the browser


def in_notebook() -> bool:
    """Return whether this code runs in the kernel of a notebook, whose outputs can be updated."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class ProgressLine:
    """A progress bar with text beside it, in the output of a notebook cell. Front ends without HTML show plain text.

    Parameters
    ----------
    title : str
    unit : str
        Plural noun for the things counted, such as "epochs".
    """

    def __init__(self, title: str, unit: str) -> None:
        self._title, self._unit = title, unit
        self._start_time = monotonic()
        self._shown_time = 0.0
        self._done = 0
        self._state = ""
        display: Any = importlib.import_module("IPython.display")
        self._handle = display.display(_mime_bundle(title, 0, 1, "…"), raw=True, display_id=True)

    def update(self, done: int, total: int, state: str) -> None:
        """Show the progress, unless less than `SECONDS_BETWEEN_UPDATES` have passed since it was last shown."""
        self._done, self._state = done, state
        if monotonic() - self._shown_time >= SECONDS_BETWEEN_UPDATES:
            self._show(total, f"{done}/{total} {self._unit} · {state} · {self._time_left(total)} left")

    def finish(self) -> None:
        """Show the last state, with a full bar."""
        self._show(self._done, f"{self._done} {self._unit} · {self._state} · {_clock(monotonic() - self._start_time)}")

    def _show(self, total: int, text: str) -> None:
        self._shown_time = monotonic()
        self._handle.update(_mime_bundle(self._title, self._done, total, text), raw=True)

    def _time_left(self, total: int) -> str:
        return _clock((monotonic() - self._start_time) * (total - self._done) / max(self._done, 1))


def _clock(seconds: float) -> str:
    """Return a time as minutes and seconds.

    Examples
    --------
    >>> _clock(83.4)
    '1:23'
    """
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _mime_bundle(title: str, done: int, total: int, text: str) -> dict[str, str]:
    bar = f'<progress value="{done}" max="{max(total, 1)}"></progress>'
    return {"text/html": f"<div>{escape(title)} {bar} {escape(text)}</div>", "text/plain": f"{title}: {text}"}
