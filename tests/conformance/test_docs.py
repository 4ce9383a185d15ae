"""What the documentation shows as a plugin file is one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import connectionist as cn
from connectionist.plugins import registry
from connectionist.plugins.registry import Registry

DOCS = Path(__file__).parents[2] / "docs"


def offered(page: str, folder: Path) -> Registry:
    """Put the page's Python blocks that have a hook into a folder of plugins, and load that."""
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    (folder / "shown.py").write_text(next(block for block in blocks if "hookimpl\ndef" in block), encoding="utf-8")
    return registry.load([folder])


@pytest.mark.parametrize(
    ("page", "kind", "name"),
    [("tasks.md", "tasks", "majority"), ("plugins.md", "update_rules", "unlearning"), ("commands.md", "commands", "greet")],
)
def test_the_plugin_that_a_page_shows_works_as_it_stands(tmp_path: Path, page: str, kind: str, name: str) -> None:
    try:
        found = offered(page, tmp_path)
        assert found.failures == []
        assert found.origin(kind, name).name == "shown"
        if kind == "tasks":
            assert cn.run(name, seed=1).report["correct"] == 1.0
    finally:
        registry.load()
