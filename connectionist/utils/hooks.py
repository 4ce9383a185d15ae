"""Functions of higher layers that objects of the model call: HTML for notebooks, and explanations.

Units, groups and networks are in a low layer. Their HTML and their explanations are made in higher layers, which a lower layer must
not import. So ``connectionist/__init__.py`` registers both functions here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Renderer = Callable[[object], str | None]
Explainer = Callable[[object], Any]

_renderer: Renderer | None = None
_explainer: Explainer | None = None


def set_html_renderer(renderer: Renderer) -> None:
    """Register the function that returns the HTML of an object, or None if it does not know the object's class."""
    global _renderer  # noqa: PLW0603  (registered once, when the package is imported)
    _renderer = renderer


def set_explainer(explainer: Explainer) -> None:
    """Register the function that explains a unit or a connection."""
    global _explainer  # noqa: PLW0603  (registered once, when the package is imported)
    _explainer = explainer


def explain(explained: object) -> Any:
    """Return the explanation of a unit or a connection.

    Raises
    ------
    RuntimeError
        If no explainer is registered.
    """
    if _explainer is None:
        raise RuntimeError("no explainer is registered: import connectionist first")
    return _explainer(explained)


class HtmlRepr:
    """Mixin for objects that notebooks show as HTML and other programs show by their ``repr``."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return None if _renderer is None else _renderer(self)
