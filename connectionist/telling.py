"""How units and connections are explained, without knowing who does it.

They stand in the low layers; who explains them looks at the whole network, its order of computation and its copies for each tick, and so
stands above it. As `lookup` does for plugins and `displaying` for notebooks, the low layers ask here, and who explains says so once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Explainer = Callable[[object], Any]

_explainer: Explainer | None = None


def use(explainer: Explainer) -> None:
    """Register the function that explains a unit or a connection."""
    global _explainer  # noqa: PLW0603  (registered once, as in the standard library's codecs)
    _explainer = explainer


def explain(thing: object) -> Any:
    """Return the explanation of a unit or a connection."""
    if _explainer is None:
        raise RuntimeError("nobody explains: import connectionist first")
    return _explainer(thing)
