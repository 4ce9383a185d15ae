"""Sizes of modules and functions, number of entries at the top, names of classes, and folders of the tests."""

from __future__ import annotations

import ast
import statistics
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("connectionist", "plugins/connectionist_plugins", "tasks/connectionist_tasks")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60  # lines without the docstring
MOST_ENTRIES = 20
EXCEPT = {"connectionist/model/network.py"}  # every public method of a network in one class


@cache
def functions(path: Path) -> list[tuple[str, int]]:
    """Return the name of each function of a module, and its number of lines without the docstring."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            docstring = ast.get_docstring(node, clean=False)
            assert node.end_lineno is not None
            found.append((node.name, node.end_lineno - node.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_MODULE or str(path.relative_to(ROOT)) in EXCEPT
    assert [(name, lines) for name, lines in functions(path) if lines > LONGEST_FUNCTION] == []


def test_the_median_function_has_about_six_lines_and_nine_in_ten_have_under_25() -> None:
    lengths = sorted(lines for path in MODULES for _, lines in functions(path))
    assert statistics.median(lengths) <= 6
    assert lengths[int(0.9 * len(lengths))] < 25


def test_the_top_of_the_package_has_few_entries() -> None:
    top = [path.name for path in (ROOT / "connectionist").iterdir() if path.is_dir() or path.suffix == ".py"]
    assert len([name for name in top if name != "__pycache__"]) <= MOST_ENTRIES


def test_each_folder_of_unit_tests_is_named_after_what_it_tests() -> None:
    folders = {path.name for path in (ROOT / "tests" / "unit").iterdir() if path.is_dir() and path.name != "__pycache__"}
    packages = {path.name for path in (ROOT / "connectionist").iterdir() if path.is_dir()}
    engines = {path.name for path in (ROOT / PACKAGES[1] / "engines").iterdir() if path.is_dir()}
    assert folders <= packages | engines


def test_no_two_public_classes_have_the_same_name() -> None:
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert len(places) > 100
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}
