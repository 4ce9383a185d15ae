"""Tasks, rules and functions import `connectionist` and nothing within it, so that a copy of the file depends on public names only."""

import ast
from pathlib import Path

import pytest

import connectionist as cn

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins" / "connectionist_plugins"
FOLDERS = (
    ROOT / "tasks" / "connectionist_tasks",
    PLUGINS / "rules",
    PLUGINS / "activation_functions",
    PLUGINS / "input_functions",
    PLUGINS / "error_functions",
)
FILES = sorted(path for folder in FOLDERS for path in folder.glob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_only_public_names_are_used(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name.startswith("connectionist")} <= {"connectionist"}
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cn"}
    assert used <= set(cn.__all__)
