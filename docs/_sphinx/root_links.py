"""Makes the links of included files outside docs/, such as README.md, relative to docs/."""

from __future__ import annotations

import os.path
import re
from pathlib import Path

from sphinx.application import Sphinx

PAGES = {"../README.md": "overview.md", "../benchmarks/README.md": "benchmarks.md", "../CHANGELOG.md": "changes.md"}
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)[^)#\s]+")


def _rewrite_links(app: Sphinx, path: Path, page: str, text: list[str]) -> None:
    def relative(link: re.Match[str]) -> str:
        target = os.path.relpath(app.srcdir / path.parent / link[0], app.srcdir)
        return PAGES.get(target, target)

    text[0] = LINK.sub(relative, text[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect."""
    app.connect("include-read", _rewrite_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
