"""Functions of upper layers that objects of the model call: how they look in a notebook, and how they are explained.

Units, groups and networks belong to the lowest layers; HTML of them is made, and their arithmetic explained, in higher ones. The package
registers both functions at import, so that no lower layer imports a higher one (``codecs`` of the standard library does the same).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Renderer = Callable[[object], str | None]
Explainer = Callable[[object], Any]

_renderer: Renderer | None = None
_explainer: Explainer | None = None


def set_html_renderer(renderer: Renderer) -> None:
    """Register the function that returns HTML of an object, or None for an object of an unknown class."""
    global _renderer  # noqa: PLW0603  (registered once, as in the standard library's codecs)
    _renderer = renderer


def set_explainer(explainer: Explainer) -> None:
    """Register the function that explains a unit or a connection."""
    global _explainer  # noqa: PLW0603  (registered once, as in the standard library's codecs)
    _explainer = explainer


def explain(thing: object) -> Any:
    """Return the explanation of a unit or a connection."""
    if _explainer is None:
        raise RuntimeError("no explainer is registered: import connectionist first")
    return _explainer(thing)


class HtmlRepr:
    """An object that notebooks show as a table or drawing, and other programs by its ``repr``."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return None if _renderer is None else _renderer(self)
