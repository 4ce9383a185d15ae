"""The gallery: Sphinx runs each piece, and the table of docs/gallery/README.md shows its title and first figure.

``scripts/docs -D run_gallery=0`` skips the runs; the pages then have no outputs and no figures.
"""

from __future__ import annotations

import logging
import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

PAGE = "gallery/README"
LINK = re.compile(r"\]\((\w+)\.py\)")
TOCTREE = "\n```{{toctree}}\n:hidden:\n\n{}\n```\n"


def _choose_reader(app: Sphinx, config: Config) -> None:
    config.nb_custom_formats = {".py": "notebooks.read_and_run" if config.run_gallery else "notebooks.read"}


def _add_toctree(app: Sphinx, name: str, source: list[str]) -> None:
    if name == PAGE:
        source[0] += TOCTREE.format("\n".join(LINK.findall(source[0])))


def _add_thumbnails(app: Sphinx, page: nodes.document, name: str) -> None:
    if name != PAGE:
        return
    pieces = [found for found in app.env.found_docs if found.startswith("gallery/") and found != PAGE]
    by_address = {app.builder.get_relative_uri(PAGE, piece): piece for piece in pieces}
    for link in page.findall(nodes.reference):
        piece = by_address.get(link.get("refuri", ""))
        if piece is not None:
            figures = [*app.env.get_doctree(piece).findall(nodes.image)]
            link["classes"].append("thumbnail")
            link.children = []
            link += [*(figure.deepcopy() for figure in figures[:1]), nodes.inline("", app.env.titles[piece].astext())]


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect, before myst_nb does."""
    logging.getLogger("traitlets").setLevel(logging.WARNING)  # of the notebooks' kernels
    app.add_config_value("run_gallery", True, "env", bool)
    app.connect("config-inited", _choose_reader, priority=400)
    app.connect("source-read", _add_toctree)
    app.connect("doctree-resolved", _add_thumbnails)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
