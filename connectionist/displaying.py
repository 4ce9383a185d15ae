"""How things look in a notebook, without knowing who draws them.

Units, groups and networks stand in the low layers; tables and figures of them are made in a high one. As `lookup` does for plugins,
the low layers ask here, and whoever makes HTML says so once. Everything public that is worth looking at is `Displayed`; what it looks like
stands in `reporting.representations`.
"""

from __future__ import annotations

from collections.abc import Callable

Renderer = Callable[[object], str | None]

_renderer: Renderer | None = None


def use(renderer: Renderer) -> None:
    """Register the function that makes HTML of an object, or None when it knows nothing of it."""
    global _renderer  # noqa: PLW0603  (registered once, as in the standard library's codecs)
    _renderer = renderer


class Displayed:
    """Something that notebooks show as a table or drawing, and everything else by its short ``repr``."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        return None if _renderer is None else _renderer(self)
