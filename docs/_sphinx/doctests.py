"""Removes the empty line that a doctest in Markdown needs before the closing fence."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def _strip(app: Sphinx, page: nodes.document) -> None:
    for block in page.findall(nodes.literal_block):
        if block.get("language") in ("pycon", "python"):
            block.rawsource = block.astext().rstrip()  # the writer colours a block only if its source is its text
            block.children = [nodes.Text(block.rawsource)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect."""
    app.connect("doctree-read", _strip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
